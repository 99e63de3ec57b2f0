//! What people decided while the plan runs — closed periods, action plans, revisions — within reach
//! (rules J1–J6).

use std::sync::Arc;

use fenjie_plan::RevisionAnswer;
use fenjie_store::{Listed, Page, PlanId};

use super::super::lists::paged;
use super::words::members_at;
use crate::{Actor, App, AppError, Verb};

/// A closed period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosingSeen {
    /// The operation's number.
    pub operation: usize,
    /// The measure's code.
    pub measure: String,
    /// The period's code.
    pub period: String,
    /// Everything that was sold, for who sees all of it.
    pub total: Option<String>,
    /// Sold by nobody who is known, for who sees all of it.
    pub unassigned: Option<String>,
    /// How often it was closed before.
    pub closed_before: usize,
    /// What the asker's parts sold.
    pub parts: Vec<ClosingPart>,
}

/// What a part sold in a closed period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosingPart {
    /// The members; empty for the whole plan.
    pub at: String,
    /// What it was asked for.
    pub target: Option<String>,
    /// What it sold.
    pub actual: String,
}

/// An action plan (rule J5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionSeen {
    /// The operation's number.
    pub operation: usize,
    /// The measure's code.
    pub measure: String,
    /// Whose.
    pub at: String,
    /// Why the target was missed: code and words.
    pub causes: Vec<(&'static str, String)>,
    /// What will be done.
    pub measures: Vec<String>,
    /// Who answers for it.
    pub owner: String,
    /// By when.
    pub due: String,
    /// Whether it worked, and what was seen, once it was looked at.
    pub effect: Option<(&'static str, String)>,
}

/// A proposed revision and its answer (rule J6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionSeen {
    /// The operation's number.
    pub operation: usize,
    /// The measure's code.
    pub measure: String,
    /// The place.
    pub at: String,
    /// Why.
    pub reason: String,
    /// The value before.
    pub before: Option<String>,
    /// The value after, once approved.
    pub after: Option<String>,
    /// `proposed`, `approved` or `rejected`.
    pub state: &'static str,
    /// The number of the operation that answered.
    pub answered_by: Option<usize>,
    /// How often the place was revised.
    pub times_revised: usize,
}

/// The closed periods of every measure, in the order of time.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn closings(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    page: &Page,
) -> Result<(u64, Listed<ClosingSeen>), AppError> {
    let opened = app.open_plan(actor, plan, Verb::ReadActuals).await?;
    let within = opened.within();
    let plan = within.plan;
    let axes = plan.model().axes();
    let time = axes.len() - 1;
    let all = within.cut_axis().is_none();
    let mut seen = Vec::new();
    for (measure, known) in plan.model().definition().measures.iter().enumerate() {
        let amount = |steps: i64| plan.step(measure).format(steps);
        let base = plan.base(measure);
        for closed in plan.closes(measure) {
            let tops = match within.cut_axis() {
                None => vec![vec![0; time]],
                Some(cut) => {
                    let at = |node| {
                        let mut members = vec![0; time];
                        members[cut] = node;
                        members
                    };
                    within.tops(cut).into_iter().map(at).collect()
                }
            };
            let parts = tops.iter().map(|members| ClosingPart {
                at: members_at(plan, members),
                target: base
                    .series(members, &[closed.period])
                    .and_then(|values| values.first().copied())
                    .map(amount),
                actual: amount(closed.actual(members)),
            });
            seen.push(ClosingSeen {
                operation: closed.number,
                measure: known.code.clone(),
                period: axes[time].tree.code(closed.period).to_owned(),
                total: all.then(|| amount(closed.total)),
                unassigned: all.then(|| amount(closed.unassigned)),
                closed_before: closed.closed_before,
                parts: parts.collect(),
            });
        }
    }
    let listed = paged(seen.into_iter().enumerate(), page)?;
    Ok((opened.loaded.sequence(), listed))
}

/// The action plans within reach.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn action_plans(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    page: &Page,
) -> Result<(u64, Listed<ActionSeen>), AppError> {
    let opened = app.open_plan(actor, plan, Verb::ReadActuals).await?;
    let within = opened.within();
    let (plan, lang) = (within.plan, actor.lang);
    let filed = plan.action_plans();
    let filed = filed.iter().filter(|filed| within.sees(&filed.members));
    let seen = filed.map(|filed| ActionSeen {
        operation: filed.number,
        measure: filed.plan.measure.clone(),
        at: members_at(plan, &filed.members),
        causes: filed
            .plan
            .causes
            .iter()
            .map(|(cause, text)| match text.is_empty() {
                true => (cause.code(), cause.name(lang).to_owned()),
                false => (cause.code(), text.clone()),
            })
            .collect(),
        measures: filed.plan.measures.clone(),
        owner: filed.plan.owner.clone(),
        due: filed.plan.due.to_string(),
        effect: filed
            .check
            .map(|(_, check)| (check.effect.code(), check.note.clone())),
    });
    let listed = paged(seen.enumerate(), page)?;
    Ok((opened.loaded.sequence(), listed))
}

/// The revisions within reach, with their answers.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn revisions(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    page: &Page,
) -> Result<(u64, Listed<RevisionSeen>), AppError> {
    let opened = app.open_plan(actor, plan, Verb::ReadPlan).await?;
    let within = opened.within();
    let plan = within.plan;
    let known = plan.revisions();
    let known = known.iter().filter(|known| within.sees(&known.place.0));
    let seen = known.map(|known| {
        let measure = plan
            .model()
            .measure_index(&known.revision.measure)
            .unwrap_or(0);
        let amount = |steps: i64| plan.step(measure).format(steps);
        let (state, answered_by) = match known.state {
            RevisionAnswer::Proposed => ("proposed", None),
            RevisionAnswer::Approved(number) => ("approved", Some(number)),
            RevisionAnswer::Rejected(number) => ("rejected", Some(number)),
        };
        RevisionSeen {
            operation: known.number,
            measure: plan.model().definition().measures[measure].code.clone(),
            at: plan.model().place_text(&known.place),
            reason: known.revision.reason.clone(),
            before: known.before.map(amount),
            after: known.after.map(amount),
            state,
            answered_by,
            times_revised: plan.times_revised(&known.place),
        }
    });
    let listed = paged(seen.enumerate(), page)?;
    Ok((opened.loaded.sequence(), listed))
}
