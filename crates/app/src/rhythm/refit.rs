//! Bringing a plan to what people answered (rule D8): their figures stay and only the rest is
//! shared, or everything comes nearest to them under the total. First a preview: what each answer
//! costs the others.

use std::collections::HashMap;
use std::sync::Arc;

use fenjie_plan::{CommitMode, Operation, Plan};
use fenjie_store::PlanId;
use serde_json::Value as Json;

use super::reconciliation::{asked, period_text};
use super::{code_of, flow, organisation_axis, period, place_of};
use crate::working::{Edit, Seen};
use crate::{Actor, App, AppError, Reach, Verb};

/// What happens to the figures that people answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They stay; only the rest is shared.
    Keep,
    /// Everything moves to be nearest to them under the total.
    Near,
}

/// A refit asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Of which flow; the first where not said.
    pub measure: Option<String>,
    /// For which period; empty for the whole plan.
    pub period: String,
    /// Keep the answers and share the rest, or come nearest to all.
    pub mode: Mode,
    /// Whose answers count, by code; everybody's who answered where nobody is named.
    pub nodes: Vec<String>,
    /// Which version of the plan was seen.
    pub seen: u64,
}

/// A member that was asked, before and after. Amounts as the measure writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The member, by code.
    pub node: String,
    /// What it is called.
    pub name: String,
    /// What it answered, where that counts.
    pub answer: Option<String>,
    /// Its target before.
    pub before: String,
    /// Its target after.
    pub after: String,
    /// What keeping this answer costs the others: how much they take more; negative where less.
    pub others_take: Option<String>,
}

/// What a refit does.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The version of the plan it was computed on.
    pub version: u64,
    /// The measure, by code.
    pub measure: String,
    /// The period, as releases write it.
    pub period: String,
    /// The plan's total, which stays.
    pub total: String,
    /// Everybody who was asked.
    pub rows: Vec<Moved>,
    /// The operation that does it.
    pub operation: Operation,
}

impl Preview {
    /// The edit that does it.
    pub fn edit(&self, why: Option<String>) -> Edit {
        Edit {
            operations: vec![self.operation.clone()],
            why,
            seen: Seen::At(self.version),
            known: Vec::new(),
            action: "plan.refit",
        }
    }
}

/// Computes a refit without doing it. Only who sees all of a plan refits it: what one part keeps,
/// the others take.
///
/// # Errors
/// `forbidden`, `not_found`, `version_stale`, `refit_nobody`, `refit_not_answered`; the refusal of the
/// plan where the answers cannot all be kept, naming them.
pub async fn preview(
    app: &App,
    actor: &Arc<Actor>,
    id: &PlanId,
    wanted: Wanted,
) -> Result<Preview, AppError> {
    let opened = app.open_plan(actor, id, Verb::EditPlan).await?;
    if opened.reach != Reach::All {
        return Err(AppError::Forbidden {
            verb: Verb::EditPlan,
        });
    }
    let found = opened.loaded.sequence();
    if found != wanted.seen {
        return Err(AppError::Stale {
            seen: wanted.seen,
            found,
            changed: Json::Null,
        });
    }
    let plan = opened.loaded.plan();
    let axis = organisation_axis(&opened.loaded, &opened.record)?;
    let measure = flow(plan, wanted.measure.as_deref())?;
    let during = period(plan, &wanted.period)?;
    let (code, text) = (code_of(plan, measure).to_owned(), period_text(plan, during));
    let asked = asked(app, actor, id, &code, &text).await?;
    let tree = &plan.model().axes()[axis].tree;
    let mut nodes: Vec<(u32, Option<i64>)> = Vec::new();
    for node in 0..tree.len() as u32 {
        if let Some(asked) = asked.get(tree.code(node)) {
            let counts =
                wanted.nodes.is_empty() || wanted.nodes.iter().any(|code| code == tree.code(node));
            let answer = asked.answer.as_ref().filter(|_| counts);
            nodes.push((node, answer.map(|answer| answer.amount)));
        }
    }
    check_named(&wanted.nodes, &asked)?;
    let at = At {
        axis,
        measure,
        period: during,
    };
    let operation = operation(plan, at, &nodes, wanted.mode)?;
    let (rows, total) = tokio::task::spawn_blocking(move || -> Result<_, AppError> {
        let mut after = opened.loaded.plan().clone();
        after.apply(operation.clone()).map_err(AppError::refused)?;
        let rows = rows(opened.loaded.plan(), &after, at, &nodes);
        let total = after.step(measure).format(after.base(measure).total());
        Ok(((rows, operation), total))
    })
    .await
    .map_err(AppError::internal)??;
    let (rows, operation) = rows;
    Ok(Preview {
        version: found,
        measure: code,
        period: text,
        total,
        rows,
        operation,
    })
}

/// Where the answers stand.
#[derive(Clone, Copy)]
struct At {
    axis: usize,
    measure: usize,
    period: u32,
}

fn check_named(
    named: &[String],
    asked: &HashMap<String, super::reconciliation::Asked>,
) -> Result<(), AppError> {
    let answered = |code: &&String| asked.get(*code).is_some_and(|asked| asked.answer.is_some());
    match named.iter().find(|code| !answered(code)) {
        None => Ok(()),
        Some(code) => Err(AppError::invalid(
            "nodes",
            "refit_not_answered",
            format!("`{code}` 没有答复可用"),
            format!("`{code}` has not answered"),
        )),
    }
}

fn operation(
    plan: &Plan,
    at: At,
    nodes: &[(u32, Option<i64>)],
    mode: Mode,
) -> Result<Operation, AppError> {
    let step = plan.step(at.measure);
    let values: Vec<_> = nodes
        .iter()
        .filter_map(|(node, answer)| {
            let place = place_of(plan, at.axis, *node, at.period);
            Some((plan.model().address(&place), step.format((*answer)?)))
        })
        .collect();
    if values.is_empty() {
        return Err(AppError::conflict(
            "refit_nobody",
            "还没有人答复，无可调整",
            "nobody has answered yet: there is nothing to come nearer to",
        ));
    }
    Ok(Operation::Commit {
        measure: code_of(plan, at.measure).to_owned(),
        values,
        mode: match mode {
            Mode::Keep => CommitMode::Keep,
            Mode::Near => CommitMode::Near,
        },
    })
}

fn rows(before: &Plan, after: &Plan, at: At, nodes: &[(u32, Option<i64>)]) -> Vec<Moved> {
    let step = before.step(at.measure);
    let tree = &before.model().axes()[at.axis].tree;
    let (old, new) = (before.base(at.measure), after.base(at.measure));
    let row = |(node, answer): &(u32, Option<i64>)| {
        let place = place_of(before, at.axis, *node, at.period);
        let was = old.value(&place).unwrap_or(0);
        let is = new.value(&place).unwrap_or(0);
        Moved {
            node: tree.code(*node).to_owned(),
            name: tree.name(*node).to_owned(),
            answer: answer.map(|answer| step.format(answer)),
            before: step.format(was),
            after: step.format(is),
            others_take: answer.map(|_| step.format(was.saturating_sub(is))),
        }
    };
    nodes.iter().map(row).collect()
}
