//! Taking operations out of effect, and bringing them back. Everybody undoes what is their own; others'
//! operations are for who manages the plan. Must not know HTTP or SQL.

use std::sync::Arc;

use fenjie_plan::{Operation, Plan};
use fenjie_store::PlanId;
use fenjie_store::plans::PlanLine;

use crate::operations::verb_of;
use crate::working::{AlongWith, Edit, Seen};
use crate::{Actor, Answer, App, AppError, Asked, Verb};

/// How far back one's own last operation is looked for.
const FARTHEST: u64 = 500;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Out of effect.
    Undo,
    /// Back into effect: an undo is undone.
    Redo,
}

/// What is to be undone or redone.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Which way.
    pub way: Way,
    /// The number of the operation, or of the undo to take back; one's own last one where missing.
    pub sequence: Option<u64>,
    /// Why.
    pub why: Option<String>,
    /// The version that was seen.
    pub seen: u64,
}

/// Undoes or redoes.
///
/// # Errors
/// `nothing_to_undo`, `forbidden`; those of [`App::edit`].
pub async fn undo(
    app: &App,
    asked: &Asked,
    id: &PlanId,
    wanted: Wanted,
    along: AlongWith,
) -> Result<Answer, AppError> {
    let actor = &asked.actor;
    actor.may(Verb::EditPlan)?;
    if let Some(answer) = app.answered(asked).await? {
        return Ok(answer);
    }
    let opened = app.open_plan(actor, id, Verb::ReadPlan).await?;
    let last = opened.loaded.sequence();
    let standing = standing(opened.loaded.plan(), last, wanted.way);
    drop(opened);
    let from = match wanted.sequence {
        Some(sequence) => sequence,
        None => last.saturating_sub(FARTHEST).max(1),
    };
    let many = usize::try_from(last.saturating_sub(from) + 1).unwrap_or(usize::MAX);
    let limit = wanted.sequence.map_or(many, |_| 1);
    let mut unit = app.reading(actor).await?;
    let lines = unit.tx.lines(&actor.organisation, id, from, limit).await?;
    drop(unit);
    let line = match wanted.sequence {
        Some(sequence) => lines.iter().find(|line| line.sequence == sequence),
        None => last_own(&lines, actor, &standing),
    };
    let target = line.and_then(|line| {
        let found = standing.iter().find(|(known, _)| *known == line.sequence);
        Some((line, found?.1.clone()))
    });
    let (line, about) = target.ok_or_else(|| nothing(wanted.way))?;
    let verb = verb_of(&about);
    actor.may(verb)?;
    if line.user.as_ref() != Some(&actor.user) {
        actor.may(Verb::ManagePlan)?;
    }
    let edit = Edit {
        operations: vec![Operation::Undo {
            sequence: line.sequence,
        }],
        why: wanted.why,
        seen: Seen::At(wanted.seen),
        known: Vec::new(),
        action: "plan.operation",
    };
    app.edit(asked, id, verb, edit, along).await
}

/// One's own last operation that may be undone, or undo that may be taken back.
fn last_own<'l>(
    lines: &'l [PlanLine],
    actor: &Arc<Actor>,
    standing: &[(u64, Operation)],
) -> Option<&'l PlanLine> {
    let is = |line: &&PlanLine| {
        line.user.as_ref() == Some(&actor.user)
            && standing.iter().any(|(known, _)| *known == line.sequence)
    };
    lines.iter().rev().find(is)
}

/// The operations in effect by number (for redo: the undos in effect), each with the operation that it
/// is about in the end.
fn standing(plan: &Plan, last: u64, way: Way) -> Vec<(u64, Operation)> {
    let count = usize::try_from(last).unwrap_or(usize::MAX);
    let mut undone = vec![false; count + 1];
    let mut found = Vec::new();
    for number in (1..=count).rev() {
        let Some(operation) = plan.operation(number).filter(|_| !undone[number]) else {
            continue;
        };
        let mut about = operation;
        if let Operation::Undo { sequence } = operation {
            let target = usize::try_from(*sequence).unwrap_or(0);
            if let Some(undone) = undone.get_mut(target) {
                *undone = true;
            }
            if way == Way::Undo {
                continue;
            }
            while let Operation::Undo { sequence } = about {
                let target = usize::try_from(*sequence).unwrap_or(0);
                let Some(next) = plan.operation(target) else {
                    break;
                };
                about = next;
            }
        } else if way == Way::Redo {
            continue;
        }
        found.push((number as u64, about.clone()));
    }
    found
}

fn nothing(way: Way) -> AppError {
    match way {
        Way::Undo => AppError::conflict(
            "nothing_to_undo",
            "没有可撤销的操作",
            "there is no operation in effect to undo",
        ),
        Way::Redo => AppError::conflict(
            "nothing_to_redo",
            "没有可恢复的操作",
            "there is nothing undone to bring back",
        ),
    }
}
