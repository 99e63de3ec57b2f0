//! Who may change what of a plan: its state, the closed periods, what they see of it, what others have
//! changed meanwhile. Must not know HTTP or SQL.

use fenjie_exchange::plan_file::operation_json;
use fenjie_plan::{Footprint, Operation, Place, Plan};
use fenjie_store::people::Role;
use fenjie_store::plans::PlanRecord;
use serde_json::{Value as Json, json};

use super::state::{Loaded, Recent};
use super::{Applied, Edit, Seen};
use crate::operations::seen as may_know;
use crate::rhythm::status;
use crate::{Actor, AppError, Reach, Verb};

/// How many changes since a version are told.
const MOST_TOLD: usize = 50;

/// What has to hold before anything is applied; gives what the writer sees.
pub(super) fn before(
    loaded: &Loaded,
    actor: &Actor,
    record: &PlanRecord,
    edit: &Edit,
) -> Result<Reach, AppError> {
    let reach = loaded.reach(actor, record);
    if reach == Reach::Nothing {
        return Err(AppError::not_found(record.id.to_string()));
    }
    status::writable(record, status::all_follow(loaded.plan(), &edit.operations))?;
    if let Seen::At(seen) = edit.seen
        && (seen > loaded.sequence() || loaded.since(seen).is_none())
    {
        return Err(stale(loaded, (&reach, actor.role), seen, loaded.sequence()));
    }
    for operation in &edit.operations {
        changes_closed(loaded.plan(), actor, operation, edit.why.as_deref())?;
    }
    Ok(reach)
}

/// Closed periods change only by an administrator with a reason (rule J6): closing one again, or
/// taking its close out of effect.
pub(crate) fn changes_closed(
    plan: &Plan,
    actor: &Actor,
    operation: &Operation,
    why: Option<&str>,
) -> Result<(), AppError> {
    let reason = match operation {
        Operation::Close(close) => {
            let time = plan.model().axes().len() - 1;
            let place = plan.model().place(&close.period);
            let closed = place.is_ok_and(|place| plan.is_closed(place.0[time]));
            if !closed {
                return Ok(());
            }
            Some(close.reason.as_str()).filter(|reason| !reason.trim().is_empty())
        }
        Operation::Undo { sequence } => {
            let number = usize::try_from(*sequence).unwrap_or(usize::MAX);
            match plan.operation(number) {
                Some(Operation::Close(_)) => None,
                _ => return Ok(()),
            }
        }
        _ => return Ok(()),
    };
    actor.may(Verb::ChangeClosed)?;
    if reason.or(why).is_none() {
        return Err(AppError::invalid(
            "why",
            "reason_missing",
            "修改已封存的期间须写明理由",
            "a closed period is changed with a reason",
        ));
    }
    Ok(())
}

/// A total that has to stay.
pub(crate) struct Total {
    measure: usize,
    place: Place,
    value: i64,
}

/// The totals that a manager's edit leaves as they are: those of the members that their part of the
/// plan begins at. Nothing for others.
pub(crate) fn totals(plan: &Plan, actor: &Actor, verb: Verb, reach: &Reach) -> Vec<Total> {
    let own_part = !matches!(
        actor.role,
        Role::Administrator | Role::Planner | Role::Director
    );
    let Reach::Nodes { axis, nodes } = reach else {
        return Vec::new();
    };
    if !own_part || verb != Verb::EditPlan {
        return Vec::new();
    }
    let mut totals = Vec::new();
    for (measure, known) in plan.model().definition().measures.iter().enumerate() {
        for reached in nodes.iter().filter(|_| known.is_flow()) {
            let mut place = Place(vec![0; plan.model().axes().len()]);
            place.0[*axis] = reached.node;
            if let Some(value) = plan.value(measure, &place) {
                totals.push(Total {
                    measure,
                    place,
                    value,
                });
            }
        }
    }
    totals
}

/// What has to hold of what was applied: it lies within reach, it leaves a manager's totals, and it
/// meets nothing that was changed since the version that was seen.
pub(super) fn after(
    loaded: &Loaded,
    (verb, role): (Verb, Role),
    edit: &Edit,
    applied: &mut Applied,
    found: u64,
    kept: &[Total],
) -> Result<(), AppError> {
    let mut footprint = Footprint::default();
    for change in &applied.changes {
        footprint.join(change.footprint.clone());
    }
    if verb == Verb::EditPlan {
        within(loaded.plan(), &applied.reach, &footprint)?;
    }
    totals_stay(loaded.plan(), kept)?;
    let Seen::At(seen) = edit.seen else {
        return Ok(());
    };
    if seen == found {
        return Ok(());
    }
    let mut others = loaded.since(seen).into_iter().flatten();
    let meets = others.any(|recent| {
        let sequence = recent.entry.sequence;
        let is_new = sequence <= found && !edit.known.contains(&sequence);
        is_new && !recent.footprint.is_disjoint(&footprint)
    });
    if meets {
        return Err(stale(loaded, (&applied.reach, role), seen, found));
    }
    applied.rebased = true;
    Ok(())
}

/// Refuses a change of totals that have to stay.
pub(crate) fn totals_stay(plan: &Plan, kept: &[Total]) -> Result<(), AppError> {
    let moved = |total: &&Total| plan.value(total.measure, &total.place) != Some(total.value);
    let Some(total) = kept.iter().find(moved) else {
        return Ok(());
    };
    let place = plan.model().place_text(&total.place);
    Err(AppError::conflict(
        "total_not_yours",
        format!("`{place}` 的合计由上级下达，您的修改须使它保持不变"),
        format!("the total of `{place}` is set above you; a change has to leave it as it is"),
    ))
}

/// Refuses a change that goes beyond what somebody sees.
pub(crate) fn within(plan: &Plan, reach: &Reach, footprint: &Footprint) -> Result<(), AppError> {
    let axis = match reach {
        Reach::Nodes { axis, .. } => *axis,
        _ => return Ok(()),
    };
    let tree = &plan.model().axes()[axis].tree;
    let inside = reach
        .ranges(tree)
        .is_some_and(|(axis, ranges)| footprint.is_within(axis, &ranges));
    if inside {
        return Ok(());
    }
    Err(AppError::conflict(
        "outside_reach",
        "这项修改会动到您范围之外的目标；请只改自己的部分，并指明由谁吸收差额",
        "the change moves targets that are not yours; change your own part and say who absorbs it",
    ))
}

/// The refusal of who saw version `seen` while it is `found`, with what has changed since.
pub(crate) fn stale(
    loaded: &Loaded,
    (reach, role): (&Reach, Role),
    seen: u64,
    found: u64,
) -> AppError {
    let since: Vec<&Recent> = loaded
        .since(seen)
        .map(|since| {
            since
                .filter(|recent| recent.entry.sequence <= found)
                .collect()
        })
        .unwrap_or_default();
    let model = loaded.plan().model();
    let (known, hidden): (Vec<&Recent>, Vec<&Recent>) = since
        .iter()
        .partition(|recent| may_know(model, reach, role, &recent.entry.operation));
    let told = known.iter().rev().take(MOST_TOLD).rev().map(|recent| {
        let entry = &recent.entry;
        json!({
            "sequence": entry.sequence,
            "at": entry.at,
            "who": entry.who,
            "why": entry.why,
            "operation": operation_json(&entry.operation),
        })
    });
    let told: Vec<Json> = told.collect();
    let others = hidden.len() + known.len() - told.len();
    AppError::Stale {
        seen,
        found,
        changed: json!({ "operations": told, "others": others }),
    }
}
