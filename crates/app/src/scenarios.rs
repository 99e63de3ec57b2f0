//! Scenarios: a plan branched off at a version, and brought back by applying what was done in it. Must
//! not know HTTP or SQL.

use std::collections::{HashMap, HashSet};

use fenjie_exchange::log::LogEntry;
use fenjie_exchange::log::lines::open_entry;
use fenjie_plan::Operation;
use fenjie_store::PlanId;
use fenjie_store::merge::Merge as MergeRecord;
use fenjie_store::plans::{Branch, PlanRecord, PlanStatus};
use serde_json::json;

use crate::plans::check_name;
use crate::rhythm::status;
use crate::working::{AlongWith, Edit, Seen, rules};
use crate::{Answer, App, AppError, Asked, Unit, Verb};

/// The most operations that are merged at once.
const MOST_MERGED: usize = 1_000;

/// Branches a scenario off a plan at a version; at the last one where missing. That the asker sees the
/// plan is proved by [`crate::plans::seen`] before.
///
/// # Errors
/// `forbidden`, `not_found`, `name_length`, `version_unknown`.
pub async fn branch(
    unit: &mut Unit,
    id: &PlanId,
    name: Option<String>,
    version: Option<u64>,
) -> Result<PlanRecord, AppError> {
    unit.actor.may(Verb::ManagePlan)?;
    if let Some(name) = &name {
        check_name(name)?;
    }
    let organisation = unit.organisation();
    let from = crate::plans::get(unit, id).await?;
    let sequence = version.unwrap_or(from.last_sequence);
    let line = unit.tx.lines(&organisation, id, sequence, 1).await?.pop();
    let line = line.ok_or_else(|| {
        AppError::invalid(
            "version",
            "version_unknown",
            format!("方案最新为第 {} 版", from.last_sequence),
            format!("the plan's last version is {}", from.last_sequence),
        )
    })?;
    let plan = PlanRecord {
        id: PlanId::of(unit.app.bits()),
        organisation,
        name: name.map_or_else(|| from.name.clone(), |name| name.trim().to_owned()),
        scope_axis: from.scope_axis,
        branched_from: Some(Branch {
            plan: id.clone(),
            sequence,
        }),
        status: PlanStatus::Draft,
        last_sequence: sequence,
        last_hash: line.hash,
        revision: 1,
        created_by: unit.actor.user.clone(),
        created_at: unit.now,
        archived_at: None,
    };
    unit.tx.add_branch(&plan).await?;
    let after = json!({ "name": plan.name, "from": id, "version": sequence });
    unit.record("plan.branch", &plan.id, serde_json::Value::Null, after);
    Ok(plan)
}

/// A scenario to be brought back into the plan that it branched off.
#[derive(Clone, Debug)]
pub struct Merge {
    /// The scenario.
    pub scenario: PlanId,
    /// Why.
    pub why: Option<String>,
    /// The version of the plan that was seen.
    pub seen: u64,
}

/// Applies what is in effect of a scenario's operations since it branched off, or since it was merged
/// last: all of them, or none. Where the plan has changed since they branched, the two must not meet;
/// what came from the scenario itself meets nothing.
///
/// # Errors
/// `not_a_scenario`, `nothing_to_merge`, `merge_conflict` with what was changed, `version_stale`; those
/// of [`App::edit`].
pub async fn merge(
    app: &App,
    asked: &Asked,
    id: &PlanId,
    merge: Merge,
    along: AlongWith,
) -> Result<Answer, AppError> {
    let actor = &asked.actor;
    actor.may(Verb::ManagePlan)?;
    actor.may(Verb::EditPlan)?;
    if let Some(answer) = app.answered(asked).await? {
        return Ok(answer);
    }
    let opened = app
        .open_plan(actor, &merge.scenario, Verb::ReadPlan)
        .await?;
    let (scenario, reach) = (opened.record.clone(), opened.reach.clone());
    drop(opened);
    let branch = scenario.branched_from.filter(|branch| branch.plan == *id);
    let branch = branch.ok_or_else(|| {
        AppError::conflict(
            "not_a_scenario",
            "它不是从这个方案分出的情景",
            "it did not branch off this plan",
        )
    })?;
    let gained = gained(app, asked, id, &merge.scenario, branch.sequence).await?;
    if gained.operations.is_empty() {
        return Err(AppError::conflict(
            "nothing_to_merge",
            "情景里没有新的操作",
            "nothing was done in the scenario",
        ));
    }
    let opened = app.open_plan(actor, id, Verb::EditPlan).await?;
    status::writable(&opened.record, false)?;
    let found = opened.loaded.sequence();
    if merge.seen != found {
        return Err(rules::stale(
            &opened.loaded,
            (&reach, asked.actor.role),
            merge.seen,
            found,
        ));
    }
    drop(opened);
    let edit = Edit {
        operations: gained.operations.clone(),
        why: merge.why,
        seen: Seen::At(branch.sequence),
        known: gained.known.clone(),
        action: "plan.merge",
    };
    let along = kept_along(id.clone(), merge.scenario, gained, along);
    let merged = app.edit(asked, id, Verb::EditPlan, edit, along).await;
    merged.map_err(|error| match error {
        AppError::Stale { changed, .. } => AppError::Meets { changed },
        other => other,
    })
}

/// Keeps with a merge which operations came of which, so that the next one goes on from there.
fn kept_along(plan: PlanId, scenario: PlanId, gained: Gained, along: AlongWith) -> AlongWith {
    Box::new(move |unit, done, loaded| {
        let pairs = gained.sequences.iter().copied().zip(done.first..);
        let merge = MergeRecord {
            organisation: unit.organisation(),
            plan,
            scenario,
            until: gained.until,
            operations: pairs.collect(),
            at: unit.now,
        };
        Box::pin(async move {
            unit.tx.add_merge(&merge).await?;
            along(unit, done, loaded).await
        })
    })
}

/// What a scenario gained since it branched off or was merged.
struct Gained {
    /// The operations in effect.
    operations: Vec<Operation>,
    /// Their numbers in the scenario.
    sequences: Vec<u64>,
    /// The last operation of the scenario that was looked at.
    until: u64,
    /// What came of earlier merges, by its numbers in the plan.
    known: Vec<u64>,
}

/// What is in effect of the operations since the branch that were not merged yet.
async fn gained(
    app: &App,
    asked: &Asked,
    plan: &PlanId,
    scenario: &PlanId,
    branched: u64,
) -> Result<Gained, AppError> {
    let organisation = &asked.actor.organisation;
    let mut unit = app.reading(&asked.actor).await?;
    let merges = unit.tx.merges(organisation, plan, scenario).await?;
    let from = merges.last().map_or(branched, |merge| merge.until);
    let limit = MOST_MERGED + 2;
    let lines = unit.tx.lines(organisation, scenario, from, limit).await?;
    drop(unit);
    if lines.len() > MOST_MERGED + 1 {
        return Err(AppError::TooLarge {
            what: "scenario",
            most: MOST_MERGED as u64,
        });
    }
    let pairs = lines.iter().zip(lines.iter().skip(1));
    let entries: Vec<LogEntry> = pairs
        .map(|(before, line)| open_entry(&line.line, line.sequence, &before.hash))
        .collect::<Result<_, _>>()
        .map_err(AppError::refused)?;
    let merged: HashMap<u64, u64> = merges
        .iter()
        .flat_map(|merge| merge.operations.iter().copied())
        .collect();
    let mut gained = Gained {
        operations: Vec::new(),
        sequences: Vec::new(),
        until: lines.last().map_or(from, |line| line.sequence),
        known: merged.values().copied().collect(),
    };
    let undone = undone(&entries);
    for entry in entries
        .iter()
        .filter(|entry| !undone.contains(&entry.sequence))
    {
        let operation = match entry.operation {
            // It has done its work among what is new.
            Operation::Undo { sequence } if sequence > from => continue,
            // What the plan has under another number.
            Operation::Undo { sequence } if sequence > branched => {
                let there = merged.get(&sequence).copied().ok_or_else(unsupported)?;
                Operation::Undo { sequence: there }
            }
            ref operation if names_a_number(operation) => return Err(unsupported()),
            ref operation => operation.clone(),
        };
        gained.operations.push(operation);
        gained.sequences.push(entry.sequence);
    }
    Ok(gained)
}

/// The numbers of operations that later ones among them take back.
fn undone(entries: &[LogEntry]) -> HashSet<u64> {
    let mut undone = HashSet::new();
    for entry in entries.iter().rev() {
        if let Operation::Undo { sequence } = entry.operation
            && !undone.contains(&entry.sequence)
            && sequence < entry.sequence
        {
            undone.insert(sequence);
        }
    }
    undone
}

fn unsupported() -> AppError {
    AppError::conflict(
        "merge_unsupported",
        "情景里有对操作编号的批复或复盘，或恢复了合并前撤销的操作，请在原方案中重做",
        "the scenario answers operations by number, or brings back what was undone before it was \
         merged; do that in the plan itself",
    )
}

fn names_a_number(operation: &Operation) -> bool {
    matches!(operation, Operation::Decide(_) | Operation::CheckAction(_))
}
