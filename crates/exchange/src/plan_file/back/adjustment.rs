//! Closes, carries, action plans, revisions and resolutions become entries again. Must not know where
//! they are written.

use fenjie_plan::{
    ActionPlan, Address, CarryRule, CarryShare, Cause, Close, Keep, Operation, Resolution, Revision,
};
use rustc_hash::FxHashSet;

use super::{changed, kept, number};
use crate::plan_file::member_axis;
use crate::plan_file::scalar::{Many, Table, Text};
use crate::plan_file::wire::adjustment::*;
use crate::plan_file::wire::operation::OperationEntry;
use crate::plan_file::wire::place::PlaceEntry;

/// The entry of an operation that adjusts; none for the others.
pub(super) fn entry_of(operation: &Operation) -> Option<OperationEntry> {
    Some(match operation {
        Operation::Close(close) => OperationEntry::Close(closed(close)),
        Operation::Carry(rule) => OperationEntry::Carry(carried(rule)),
        Operation::Act(plan) => OperationEntry::Action(action(plan)),
        Operation::CheckAction(check) => OperationEntry::CheckAction(CheckActionEntry {
            check_action: check.sequence,
            effect: Text::new(check.effect.code()),
            note: said(&check.note),
            who: None,
            why: None,
        }),
        Operation::Waive(waiver) => OperationEntry::Waive(WaiveEntry {
            waive: PlaceEntry::of(&waiver.at),
            measure: Some(Text::new(&waiver.measure)),
            who: None,
            why: said(&waiver.reason),
        }),
        Operation::Revise(revision) => OperationEntry::Revise(revised(revision)),
        Operation::Decide(decision) => OperationEntry::Decide(DecideEntry {
            decide: decision.sequence,
            approved: decision.approved,
            who: None,
            why: said(&decision.reason),
        }),
        Operation::Resolve(resolution) => OperationEntry::Resolve(resolved(resolution)),
        _ => return None,
    })
}

fn said(text: &str) -> Option<Text> {
    (!text.is_empty()).then(|| Text::new(text))
}

fn closed(close: &Close) -> CloseEntry {
    CloseEntry {
        close: period(&close.period),
        of: said(&close.of),
        actuals: (!close.actuals.is_empty()).then(|| actual_results(&close.actuals, &close.of)),
        unassigned: close.unassigned.as_deref().map(Text::new),
        measure: Some(Text::new(&close.measure)),
        who: None,
        why: said(&close.reason),
    }
}

/// A lone period would be read as its key, so it is written with the axis unless it is everything.
fn period(address: &Address) -> PlaceEntry {
    match PlaceEntry::of(address) {
        PlaceEntry::Text(text) if text.contains('=') || address.0.is_empty() => {
            PlaceEntry::Text(text)
        }
        _ => {
            let pair = |(axis, key): &(String, String)| (Text::new(axis), Text::new(key));
            PlaceEntry::Pairs(address.0.iter().map(pair).collect())
        }
    }
}

/// A table by member where the grain names one axis, a table by place, or a list where a place does
/// not read back from its text or stands twice.
fn actual_results(actuals: &[(Address, String)], of: &str) -> ActualsEntry {
    let axis = member_axis(of);
    let key = |at: &Address| match (axis, at.0.as_slice()) {
        (Some(axis), [(own, member)]) if own == axis && !member.contains(['=', '＝']) => {
            Some(member.clone())
        }
        _ => match PlaceEntry::of(at) {
            PlaceEntry::Text(text) if axis.is_none() || text.contains('=') => Some(text.text),
            _ => None,
        },
    };
    let keys: Option<Vec<String>> = actuals.iter().map(|(at, _)| key(at)).collect();
    let unique = keys.filter(|keys| {
        let mut seen = FxHashSet::default();
        keys.iter().all(|key| seen.insert(key.as_str()))
    });
    match unique {
        Some(keys) => {
            let pairs = keys.into_iter().zip(actuals);
            let pairs = pairs.map(|(key, (_, amount))| (Text::new(key), Text::new(amount)));
            ActualsEntry::Table(Table(pairs.collect()))
        }
        None => {
            let one = |(at, amount): &(Address, String)| ActualEntry {
                at: PlaceEntry::of(at),
                amount: Text::new(amount),
            };
            ActualsEntry::List(actuals.iter().map(one).collect())
        }
    }
}

fn carried(rule: &CarryRule) -> CarryEntry {
    let share = match rule.share {
        CarryShare::Weights => None,
        CarryShare::Base => Some("base"),
        CarryShare::Equal => Some("equal"),
        CarryShare::Next => Some("next"),
    };
    CarryEntry {
        carry: Text::new(&rule.level),
        of: said(&rule.of),
        horizon: Some(Text::new(&rule.horizon)),
        share: share.map(Text::new),
        cap: rule.cap.map(number),
        measure: Some(Text::new(&rule.measure)),
        who: None,
        why: None,
    }
}

fn action(plan: &ActionPlan) -> ActionEntry {
    let pair = |(cause, text): &(Cause, String)| (Text::new(cause.code()), Text::new(text));
    let pairs: Vec<(Text, Text)> = plan.causes.iter().map(pair).collect();
    let mut seen = FxHashSet::default();
    let is_unique = plan.causes.iter().all(|(cause, _)| seen.insert(*cause));
    let causes = match is_unique {
        true => CausesEntry::Table(Table(pairs)),
        false => CausesEntry::Pairs(pairs),
    };
    ActionEntry {
        action: PlaceEntry::of(&plan.at),
        owner: Text::new(&plan.owner),
        due: Text::new(plan.due.to_string()),
        causes: (!plan.causes.is_empty()).then_some(causes),
        measures: (!plan.measures.is_empty())
            .then(|| Many(plan.measures.iter().map(Text::new).collect())),
        measure: Some(Text::new(&plan.measure)),
        who: None,
        why: None,
    }
}

fn revised(revision: &Revision) -> ReviseEntry {
    let (to, by) = changed(&revision.change);
    ReviseEntry {
        revise: PlaceEntry::of(&revision.at),
        to,
        by,
        keep: (revision.keep != Keep::Nothing).then(|| kept(&revision.keep)),
        measure: Some(Text::new(&revision.measure)),
        who: None,
        why: said(&revision.reason),
    }
}

fn resolved(resolution: &Resolution) -> ResolveEntry {
    ResolveEntry {
        resolve: Text::new(&resolution.text),
        period: (resolution.period != Address::default()).then(|| period(&resolution.period)),
        at: (resolution.at != Address::default()).then(|| PlaceEntry::of(&resolution.at)),
        owner: said(&resolution.owner),
        due: resolution.due.map(|due| Text::new(due.to_string())),
        who: None,
        why: None,
    }
}
