//! Closes, carries, action plans, revisions and resolutions as written become operations. Must not
//! know members, periods or amounts.

use std::borrow::Cow;

use fenjie_plan::{
    ActionCheck, ActionPlan, Address, CarryRule, CarryShare, Cause, Close, Decision, Effect, Keep,
    Operation, Resolution, Revision, TIME, Waiver,
};

use super::operations::{address, change_of, keep};
use super::{Scope, date, decimal, optional, optional_date, or_empty, word};
use crate::plan_file::error::Refusal;
use crate::plan_file::scalar::Text;
use crate::plan_file::wire::adjustment::*;
use crate::plan_file::wire::place::{self, PlaceEntry};
use crate::plan_file::{CarryHints, member_axis, usual_horizon};

/// A close.
pub(super) fn close(entry: &CloseEntry, scope: &Scope<'_>) -> Result<Operation, Refusal> {
    let of = or_empty(entry.of.as_ref());
    Ok(Operation::Close(Close {
        measure: scope.measure(entry.measure.as_ref())?,
        period: period(&entry.close)?,
        actuals: entry
            .actuals
            .as_ref()
            .map_or(Ok(Vec::new()), |actuals| actual_results(actuals, &of))?,
        of,
        unassigned: optional(entry.unassigned.as_ref()),
        reason: or_empty(entry.why.as_ref()),
    }))
}

fn actual_results(entry: &ActualsEntry, of: &str) -> Result<Vec<(Address, String)>, Refusal> {
    match entry {
        ActualsEntry::Table(table) => {
            let axis = member_axis(of);
            let one = |(at, amount): &(Text, Text)| {
                let at = match axis {
                    Some(axis) if !at.contains(['=', '＝']) => {
                        Address(vec![(axis.to_owned(), at.text.clone())])
                    }
                    _ => place::parse(at, at.span)?,
                };
                Ok((at, amount.text.clone()))
            };
            table.0.iter().map(one).collect()
        }
        ActualsEntry::List(list) => {
            let one = |entry: &ActualEntry| Ok((entry.at.address()?, entry.amount.text.clone()));
            list.iter().map(one).collect()
        }
    }
}

/// `2026-Q1` alone is the period.
fn period(entry: &PlaceEntry) -> Result<Address, Refusal> {
    match entry {
        PlaceEntry::Text(text) if !text.contains(['=', '＝']) && !is_everything(text) => {
            Ok(Address(vec![(TIME.into(), text.trim().to_owned())]))
        }
        entry => entry.address(),
    }
}

fn is_everything(text: &str) -> bool {
    matches!(text.trim(), "" | "*")
}

/// An act of carrying.
pub(super) fn carry(entry: &CarryEntry, scope: &Scope<'_>) -> Result<Operation, Refusal> {
    let level = scope.level(&entry.carry);
    let horizon = match &entry.horizon {
        Some(text) => scope.level(text),
        None => usual_horizon(&level).to_owned(),
    };
    Ok(Operation::Carry(CarryRule {
        measure: scope.measure(entry.measure.as_ref())?,
        of: or_empty(entry.of.as_ref()),
        level,
        horizon,
        share: share(entry.share.as_ref())?.unwrap_or_default(),
        cap: entry.cap.as_ref().map(decimal).transpose()?,
    }))
}

fn share(text: Option<&Text>) -> Result<Option<CarryShare>, Refusal> {
    let words = [
        ("weights", CarryShare::Weights),
        ("base", CarryShare::Base),
        ("equal", CarryShare::Equal),
        ("next", CarryShare::Next),
    ];
    text.map(|text| word(text, &words)).transpose()
}

/// What `[carry]` says.
pub(super) fn carry_hints(
    entry: Option<&CarryTable>,
    scope: &Scope<'_>,
) -> Result<CarryHints, Refusal> {
    let Some(entry) = entry else {
        return Ok(CarryHints::default());
    };
    let level = |text: &Text| scope.level(text);
    Ok(CarryHints {
        of: optional(entry.of.as_ref()),
        level: entry.level.as_ref().map(level),
        horizon: entry.horizon.as_ref().map(level),
        share: share(entry.share.as_ref())?,
        cap: entry.cap.as_ref().map(decimal).transpose()?,
    })
}

/// An action plan.
pub(super) fn action(entry: &ActionEntry, scope: &Scope<'_>) -> Result<Operation, Refusal> {
    let pairs: Cow<'_, [(Text, Text)]> = match &entry.causes {
        None => Cow::Owned(Vec::new()),
        Some(CausesEntry::Table(table)) => Cow::Borrowed(&table.0),
        Some(CausesEntry::Pairs(pairs)) => Cow::Borrowed(pairs),
    };
    let cause = |(name, text): &(Text, Text)| Ok((cause_word(name)?, text.text.clone()));
    let causes: Result<Vec<_>, Refusal> = pairs.iter().map(cause).collect();
    Ok(Operation::Act(ActionPlan {
        measure: scope.measure(entry.measure.as_ref())?,
        at: entry.action.address()?,
        causes: causes?,
        measures: entry
            .measures
            .as_ref()
            .map(|measures| measures.texts())
            .unwrap_or_default(),
        owner: entry.owner.text.clone(),
        due: date(&entry.due)?,
    }))
}

/// One of the five causes, by code or by what people call it.
fn cause_word(text: &Text) -> Result<Cause, Refusal> {
    let zh = fenjie_message::Lang::Zh;
    if let Some(cause) = Cause::ALL
        .iter()
        .find(|cause| cause.name(zh) == text.trim())
    {
        return Ok(*cause);
    }
    word(text, &Cause::ALL.map(|cause| (cause.code(), cause)))
}

/// What became of an action plan.
pub(super) fn check_action(entry: &CheckActionEntry) -> Result<Operation, Refusal> {
    let effects = [Effect::Effective, Effect::Partly, Effect::Ineffective];
    Ok(Operation::CheckAction(ActionCheck {
        sequence: entry.check_action,
        effect: word(
            &entry.effect,
            &effects.map(|effect| (effect.code(), effect)),
        )?,
        note: or_empty(entry.note.as_ref()),
    }))
}

/// A waiver.
pub(super) fn waive(entry: &WaiveEntry, scope: &Scope<'_>) -> Result<Operation, Refusal> {
    Ok(Operation::Waive(Waiver {
        measure: scope.measure(entry.measure.as_ref())?,
        at: entry.waive.address()?,
        reason: or_empty(entry.why.as_ref()),
    }))
}

/// A revision.
pub(super) fn revise(entry: &ReviseEntry, scope: &Scope<'_>) -> Result<Operation, Refusal> {
    Ok(Operation::Revise(Revision {
        measure: scope.measure(entry.measure.as_ref())?,
        at: entry.revise.address()?,
        change: change_of(entry.to.as_ref(), entry.by.as_ref())?,
        keep: keep(entry.keep.as_ref(), Keep::Nothing)?,
        reason: or_empty(entry.why.as_ref()),
    }))
}

/// An answer to a revision.
pub(super) fn decide(entry: &DecideEntry) -> Operation {
    Operation::Decide(Decision {
        sequence: entry.decide,
        approved: entry.approved,
        reason: or_empty(entry.why.as_ref()),
    })
}

/// What a meeting decided.
pub(super) fn resolve(entry: &ResolveEntry) -> Result<Operation, Refusal> {
    Ok(Operation::Resolve(Resolution {
        period: entry
            .period
            .as_ref()
            .map_or(Ok(Address::default()), period)?,
        at: address(entry.at.as_ref())?,
        text: entry.resolve.text.clone(),
        owner: or_empty(entry.owner.as_ref()),
        due: optional_date(entry.due.as_ref())?,
    }))
}
