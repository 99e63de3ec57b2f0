//! Top-down and bottom-up side by side (rule D8): for each member what the plan says, what was
//! released, what its owner answered, what those below add up to, and who has not answered.

use std::collections::HashMap;
use std::sync::Arc;

use fenjie_money::Step;
use fenjie_plan::{Plan, Tree};
use fenjie_store::rhythm::{Commitment, CommitmentKind, Release};
use fenjie_store::{PlanId, ReleaseId, Timestamp};

use super::commitment::standing;
use super::{code_of, flow, organisation_axis, period, place_of};
use crate::working::Opened;
use crate::{Actor, App, AppError, Reach, Verb};

/// What is to be compared.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// Of which flow; the first where not said.
    pub measure: Option<String>,
    /// For which period; empty for the whole plan.
    pub period: String,
}

/// How far a member's answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answered {
    /// 未下达
    NotReleased,
    /// 待答复
    Waiting,
    /// 逾期未答复
    Late,
    /// 已承诺
    Committed,
    /// 已还价
    Countered,
}

impl Answered {
    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            Answered::NotReleased => "not_released",
            Answered::Waiting => "waiting",
            Answered::Late => "late",
            Answered::Committed => "committed",
            Answered::Countered => "countered",
        }
    }
}

/// A member of the organisation tree. Amounts are in steps.
#[derive(Clone, Debug)]
pub struct Row {
    /// The node.
    pub node: u32,
    /// What the plan says now.
    pub target: i64,
    /// What was released last, where anything was.
    pub released: Option<i64>,
    /// In which release.
    pub release: Option<ReleaseId>,
    /// Until when an answer was asked for.
    pub due_at: Option<Timestamp>,
    /// The answer that counts.
    pub answer: Option<Commitment>,
    /// How far it is.
    pub state: Answered,
    /// What those below come to, each by their answer, or their target where they have not answered;
    /// the own answer where nobody below was asked.
    pub bottom_up: i64,
    /// How many below, the member included, were asked and have not answered.
    pub waiting: usize,
    /// How many of those are late.
    pub late: usize,
}

impl Row {
    /// Bottom-up less top-down: what the plan would come short of, where negative.
    pub fn gap(&self) -> i64 {
        self.bottom_up.saturating_sub(self.target)
    }
}

/// Rows in the order of the tree, with what they were read from.
pub struct Reconciliation {
    /// The plan.
    pub opened: Opened,
    /// Index of the organisation axis.
    pub axis: usize,
    /// Index of the flow.
    pub measure: usize,
    /// The period, a node of the time axis.
    pub period: u32,
    /// The members within reach that were asked, and those above them.
    pub rows: Vec<Row>,
}

/// What was last released to a member, with the answers to it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub release: Release,
    pub target: i64,
    pub answer: Option<Commitment>,
}

/// The last release of each member for a flow and period, with its answer.
pub(crate) async fn asked(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    measure: &str,
    period: &str,
) -> Result<HashMap<String, Asked>, AppError> {
    let mut unit = app.reading(actor).await?;
    let organisation = unit.organisation();
    let standing_ones = unit.tx.standing_releases(&organisation, Some(plan)).await?;
    let mut found = HashMap::new();
    for release in standing_ones {
        if release.measure != measure || release.period != period {
            continue;
        }
        let targets = unit.tx.released_targets(&organisation, &release.id).await?;
        let answers = unit.tx.commitments(&organisation, &release.id).await?;
        for target in targets {
            let asked = Asked {
                release: release.clone(),
                target: target.target,
                answer: standing(&answers, &target.node).cloned(),
            };
            found.insert(target.node, asked);
        }
    }
    Ok(found)
}

/// The canonical text of a period, as releases keep it.
pub(crate) fn period_text(plan: &Plan, period: u32) -> String {
    let place = place_of(plan, 0, 0, period);
    match plan.model().place_text(&place).as_str() {
        "*" => String::new(),
        text => text.to_owned(),
    }
}

/// How amounts of a measure are written.
///
/// # Errors
/// `measure_unknown`.
pub fn step_of(opened: &Opened, measure: &str) -> Result<Step, AppError> {
    let plan = opened.loaded.plan();
    Ok(plan.step(flow(plan, Some(measure))?))
}

/// Compares what comes from above with what comes from below, within reach.
///
/// # Errors
/// `forbidden`, `not_found`, `measure_unknown`, `period_invalid`, `plan_without_organisation`.
pub async fn compare(
    app: &App,
    actor: &Arc<Actor>,
    id: &PlanId,
    compared: &Compared,
) -> Result<Reconciliation, AppError> {
    let opened = app.open_plan(actor, id, Verb::ReadPlan).await?;
    let plan = opened.loaded.plan();
    let axis = organisation_axis(&opened.loaded, &opened.record)?;
    let measure = flow(plan, compared.measure.as_deref())?;
    let during = period(plan, &compared.period)?;
    let (code, text) = (code_of(plan, measure).to_owned(), period_text(plan, during));
    let asked = asked(app, actor, id, &code, &text).await?;
    let tree = &plan.model().axes()[axis].tree;
    let view = plan.base(measure);
    let target = |node: u32| view.value(&place_of(plan, axis, node, during)).unwrap_or(0);
    let rows = rows(tree, &opened.reach, &asked, &target, app.now());
    Ok(Reconciliation {
        axis,
        measure,
        period: during,
        rows,
        opened,
    })
}

fn rows(
    tree: &Tree,
    reach: &Reach,
    asked: &HashMap<String, Asked>,
    target: &dyn Fn(u32) -> i64,
    now: Timestamp,
) -> Vec<Row> {
    let count = tree.len() as u32;
    // Which nodes have anybody below who was asked, within reach.
    let mut wanted = vec![false; tree.len()];
    for node in 0..count {
        if asked.contains_key(tree.code(node)) && reach.sees(tree, node) {
            let mut at = Some(node);
            while let Some(node) = at.filter(|node| !wanted[*node as usize]) {
                wanted[node as usize] = true;
                at = tree.parent(node);
            }
        }
    }
    let mut done: Vec<Option<Row>> = vec![None; tree.len()];
    // Children stand behind their parents: from the end, all below are known.
    for node in (0..count).rev().filter(|node| wanted[*node as usize]) {
        let mut row = own_row(tree, node, asked, target(node), now);
        let below: Vec<u32> = tree.children(node).collect();
        let asked_below = below
            .iter()
            .any(|child| wanted[*child as usize] && reach.sees(tree, *child));
        if asked_below {
            let sums = below.iter().map(|child| match &done[*child as usize] {
                Some(child) => (child.bottom_up, child.waiting, child.late),
                None => (target(*child), 0, 0),
            });
            row.bottom_up = 0;
            for (amount, waiting, late) in sums {
                row.bottom_up = row.bottom_up.saturating_add(amount);
                row.waiting += waiting;
                row.late += late;
            }
        }
        done[node as usize] = Some(row);
    }
    let seen = |row: &Row| reach.sees(tree, row.node);
    done.into_iter().flatten().filter(seen).collect()
}

fn own_row(
    tree: &Tree,
    node: u32,
    asked: &HashMap<String, Asked>,
    target: i64,
    now: Timestamp,
) -> Row {
    let asked = asked.get(tree.code(node));
    let answer = asked.and_then(|asked| asked.answer.clone());
    let state = match (asked, &answer) {
        (None, _) => Answered::NotReleased,
        (Some(_), Some(answer)) => match answer.kind {
            CommitmentKind::Commit => Answered::Committed,
            CommitmentKind::Counter => Answered::Countered,
        },
        (Some(asked), None) if asked.release.due_at <= now => Answered::Late,
        (Some(_), None) => Answered::Waiting,
    };
    Row {
        node,
        target,
        released: asked.map(|asked| asked.target),
        release: asked.map(|asked| asked.release.id.clone()),
        due_at: asked.map(|asked| asked.release.due_at),
        bottom_up: answer.as_ref().map_or(target, |answer| answer.amount),
        waiting: usize::from(matches!(state, Answered::Waiting | Answered::Late)),
        late: usize::from(state == Answered::Late),
        answer,
        state,
    }
}
