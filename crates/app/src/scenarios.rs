//! Scenarios: a plan branched off at a version, and brought back by applying what was done in it. Must
//! not know HTTP or SQL.

use fenjie_exchange::log::LogEntry;
use fenjie_exchange::log::lines::open_entry;
use fenjie_plan::Operation;
use fenjie_store::PlanId;
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

/// Applies what is in effect of a scenario's operations since it branched off: all of them, or none.
/// Where the plan has changed since, the two must not meet.
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
    let operations = done_since(app, asked, &merge.scenario, branch.sequence).await?;
    if operations.is_empty() {
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
        return Err(rules::stale(&opened.loaded, &reach, merge.seen, found));
    }
    drop(opened);
    let edit = Edit {
        operations,
        why: merge.why,
        seen: Seen::At(branch.sequence),
        action: "plan.merge",
    };
    let merged = app.edit(asked, id, Verb::EditPlan, edit, along).await;
    merged.map_err(|error| match error {
        AppError::Stale { changed, .. } => AppError::Meets { changed },
        other => other,
    })
}

/// What is in effect of the operations since a version.
async fn done_since(
    app: &App,
    asked: &Asked,
    id: &PlanId,
    version: u64,
) -> Result<Vec<Operation>, AppError> {
    let actor = &asked.actor;
    let mut unit = app.reading(actor).await?;
    let limit = MOST_MERGED + 2;
    let lines = unit
        .tx
        .lines(&actor.organisation, id, version, limit)
        .await?;
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
    let mut own: Vec<Operation> = entries.into_iter().map(|entry| entry.operation).collect();
    let mut undone = vec![false; own.len()];
    for at in (0..own.len()).rev() {
        if let (false, Operation::Undo { sequence }) = (undone[at], &own[at]) {
            let behind = sequence.checked_sub(version + 1);
            let target = behind.and_then(|behind| usize::try_from(behind).ok());
            if let Some(target) = target.filter(|target| *target < at) {
                undone[target] = true;
            }
        }
    }
    // Undos of what the plan had before the branch are done in the plan too; those of the scenario's
    // own operations have done their work.
    let mut undone = undone.into_iter();
    own.retain(|operation| {
        let out = undone.next().unwrap_or(false);
        !out && !matches!(operation, Operation::Undo { sequence } if *sequence > version)
    });
    if own.iter().any(names_a_number) {
        return Err(AppError::conflict(
            "merge_unsupported",
            "情景里含有对操作编号的批复或复盘，请在原方案中重做",
            "the scenario answers operations by number; do that in the plan itself",
        ));
    }
    Ok(own)
}

fn names_a_number(operation: &Operation) -> bool {
    matches!(operation, Operation::Decide(_) | Operation::CheckAction(_))
}
