//! Operations on a working plan as programs send them and read them back. Must not know HTTP or SQL.

use std::sync::Arc;

use fenjie_exchange::log::LogEntry;
use fenjie_exchange::log::lines::open_entry;
use fenjie_exchange::plan_file::{operation_json, operation_of_json};
use fenjie_message::{Lang, Message};
use fenjie_plan::{Address, Change, Model, Mover, Operation, Plan};
use fenjie_store::people::Role;
use fenjie_store::{Listed, Page, PlanId};
use serde::Serialize;
use serde_json::Value as Json;

use crate::reading::sees_layer;
use crate::working::{AlongWith, Edit, rules};
use crate::{Actor, Answer, App, AppError, Asked, Reach, Verb};

/// The most operations of one request.
pub const MOST_OPERATIONS: usize = 200;
/// The longest reason, in characters.
pub const LONGEST_WHY: usize = 500;

/// Reads operations as a plan file and a log write them.
///
/// # Errors
/// `operations_count`; the refusal of the one that is none, its field naming it.
pub fn read_operations(written: Vec<Json>) -> Result<Vec<Operation>, AppError> {
    if written.is_empty() || written.len() > MOST_OPERATIONS {
        return Err(AppError::invalid(
            "operations",
            "operations_count",
            format!("须有 1 至 {MOST_OPERATIONS} 个操作"),
            format!("there are 1 to {MOST_OPERATIONS} operations in one request"),
        ));
    }
    let read = |(number, json): (usize, Json)| {
        operation_of_json(json).map_err(|error| {
            let (zh, en) = (error.text(Lang::Zh), error.text(Lang::En));
            AppError::invalid(format!("operations[{number}]"), error.code(), zh, en)
        })
    };
    written.into_iter().enumerate().map(read).collect()
}

/// Applies operations that people send by hand: each within what their role may do.
///
/// # Errors
/// `forbidden`; those of [`App::edit`].
pub async fn apply(
    app: &App,
    asked: &Asked,
    id: &PlanId,
    mut edit: Edit,
    along: AlongWith,
) -> Result<Answer, AppError> {
    let verb = authorise(&asked.actor, &mut edit.operations)?;
    app.edit(asked, id, verb, edit, along).await
}

/// Lets operations pass that somebody's role may send; gives what the edit counts as. Holds without an
/// owner become theirs.
pub(crate) fn authorise(actor: &Actor, operations: &mut [Operation]) -> Result<Verb, AppError> {
    let mut verb = None;
    for operation in operations {
        let needed = verb_of(operation);
        actor.may(needed)?;
        if verb != Some(Verb::EditPlan) {
            verb = Some(needed);
        }
        if let Operation::Hold { owner, .. } = operation
            && owner.trim().is_empty()
        {
            owner.clone_from(&actor.name);
        }
    }
    Ok(verb.unwrap_or(Verb::EditPlan))
}

/// What somebody has to be allowed who sends an operation.
pub fn verb_of(operation: &Operation) -> Verb {
    match operation {
        Operation::Close(_)
        | Operation::Carry(_)
        | Operation::CheckAction(_)
        | Operation::Waive(_)
        | Operation::Decide(_)
        | Operation::Resolve(_) => Verb::Close,
        Operation::Act(_) | Operation::Revise(_) => Verb::Commit,
        Operation::Undo { .. } => Verb::ManagePlan,
        _ => Verb::EditPlan,
    }
}

/// A reason within bounds.
///
/// # Errors
/// `why_length`.
pub fn check_why(why: Option<String>) -> Result<Option<String>, AppError> {
    let why = why.map(|why| why.trim().to_owned());
    let Some(why) = why.filter(|why| !why.is_empty()) else {
        return Ok(None);
    };
    if why.chars().count() > LONGEST_WHY {
        return Err(AppError::invalid(
            "why",
            "why_length",
            format!("理由至多 {LONGEST_WHY} 个字"),
            format!("a reason has at most {LONGEST_WHY} characters"),
        ));
    }
    Ok(Some(why))
}

/// An operation in a plan's log.
#[derive(Clone, Debug, Serialize)]
pub struct Logged {
    /// Its number, from 1.
    pub sequence: u64,
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    pub who: Option<String>,
    /// Why.
    pub why: Option<String>,
    /// What, as a plan file writes it.
    pub operation: Json,
}

/// The operations of a plan behind the page's cursor, oldest first. Who does not see all of the plan
/// gets those that touch what they see.
///
/// # Errors
/// `forbidden`, `not_found`, `cursor_invalid`.
pub async fn list(
    app: &App,
    actor: &Arc<Actor>,
    id: &PlanId,
    page: &Page,
) -> Result<(u64, Listed<Logged>), AppError> {
    let opened = app.open_plan(actor, id, Verb::ReadPlan).await?;
    let after = match &page.after {
        None => 0,
        Some(cursor) => cursor.0.parse::<u64>().map_err(|_| cursor_invalid())?,
    };
    let (version, reach) = (opened.loaded.sequence(), opened.reach);
    let model = opened.loaded.plan().shared_model();
    drop(opened.loaded);
    let mut found = Vec::new();
    let mut from = after;
    while found.len() <= page.limit {
        let lines = lines(app, actor, id, from, page.limit + 1).await?;
        let Some(last) = lines.last() else { break };
        from = last.sequence;
        found.extend(
            lines
                .into_iter()
                .filter(|entry| seen(&model, &reach, actor.role, &entry.operation)),
        );
    }
    let listed = Listed::of(found, page.limit, |entry| entry.sequence.to_string());
    Ok((version, listed.map(Logged::of)))
}

/// The entries of a log behind number `after`, each proved against the hash before.
pub(crate) async fn lines(
    app: &App,
    actor: &Arc<Actor>,
    id: &PlanId,
    after: u64,
    limit: usize,
) -> Result<Vec<LogEntry>, AppError> {
    let mut unit = app.reading(actor).await?;
    // The line before says the hash that the first one builds on.
    let lines = unit
        .tx
        .lines(&actor.organisation, id, after, limit + 1)
        .await?;
    drop(unit);
    let pairs = lines.iter().zip(lines.iter().skip(1));
    pairs
        .map(|(before, line)| open_entry(&line.line, line.sequence, &before.hash))
        .collect::<Result<_, _>>()
        .map_err(AppError::refused)
}

impl Logged {
    /// An entry of a log, as people read it.
    pub fn of(entry: LogEntry) -> Logged {
        Logged {
            sequence: entry.sequence,
            at: entry.at,
            who: entry.who,
            why: entry.why,
            operation: operation_json(&entry.operation),
        }
    }
}

/// Whether somebody may know of an operation: they see all of the plan, or every place that it names;
/// of a layer besides, whether it is for their role (rule L1).
pub(crate) fn seen(model: &Model, reach: &Reach, role: Role, operation: &Operation) -> bool {
    if let Operation::Layer(rule) = operation
        && !sees_layer(role, rule)
    {
        return false;
    }
    if *reach == Reach::All {
        return true;
    }
    let tree = |axis: usize| &model.axes()[axis].tree;
    let within = |address: &&Address| {
        let place = model.place(address);
        place.is_ok_and(|place| reach.sees_members(tree, &place.0))
    };
    let named = named(operation);
    !named.is_empty() && named.iter().all(within)
}

/// The places that an operation names; none where it is about the plan as a whole.
fn named(operation: &Operation) -> Vec<&Address> {
    match operation {
        Operation::Set { at, .. }
        | Operation::Hold { at, .. }
        | Operation::Release { at, .. }
        | Operation::Bound { at, .. }
        | Operation::State { at, .. } => vec![at],
        Operation::Act(plan) => vec![&plan.at],
        Operation::Waive(waiver) => vec![&waiver.at],
        Operation::Transfer { from, to, .. } => vec![from, to],
        Operation::Commit { values, .. } => values.iter().map(|(at, _)| at).collect(),
        Operation::Decompose(act) => vec![&act.within],
        Operation::Leave { member, .. } => vec![member],
        Operation::Revise(revision) => vec![&revision.at],
        _ => Vec::new(),
    }
}

fn cursor_invalid() -> AppError {
    AppError::invalid(
        "cursor",
        "cursor_invalid",
        "cursor 无效",
        "this is no cursor of ours",
    )
}

/// What an operation did, as much of it as the asker may see.
#[derive(Clone, Debug, Serialize)]
pub struct Effect {
    /// The measure, by code.
    pub measure: String,
    /// How many cells have another value; none for who does not see all of them.
    pub cells_changed: Option<usize>,
    /// The plan's total before and after; none for who does not see all of the plan.
    pub total: Option<Moved>,
    /// The cells that moved most.
    pub movers: Vec<(String, Moved)>,
}

/// A value before and after, in the measure's own writing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

impl Effect {
    /// A change within reach.
    pub fn of(plan: &Plan, reach: &Reach, change: &Change) -> Effect {
        let step = plan.step(change.measure);
        let moved = |before, after| Moved {
            before: step.format(before),
            after: step.format(after),
        };
        let all = *reach == Reach::All;
        let inside = all || rules::within(plan, reach, &change.footprint).is_ok();
        let model = plan.model();
        let tree = |axis: usize| &model.axes()[axis].tree;
        let within = |mover: &&Mover| reach.sees_members(tree, &mover.place.0);
        let movers = change.movers.iter().filter(within);
        Effect {
            measure: model.definition().measures[change.measure].code.clone(),
            cells_changed: inside.then_some(change.cells_changed),
            total: all.then(|| moved(change.total_before, change.total_after)),
            movers: movers
                .map(|mover| {
                    let place = model.place_text(&mover.place);
                    (place, moved(mover.before, mover.after))
                })
                .collect(),
        }
    }
}
