//! Operations as written become the domain's. Must not know members or amounts: the plan checks
//! those when it carries an operation out.

use fenjie_money::{Policy, ZeroBasis};
use fenjie_plan::{
    Address, ChangeBy, CommitMode, Decimal, Decompose, Keep, Operation, TotalAmount,
};

use super::basis::basis;
use super::fit::fit;
use super::layers::{layer, state};
use super::{Scope, adjustments, date, decimal, optional, optional_date, or_empty, word};
use crate::plan_file::error::{Fault, Named, Refusal};
use crate::plan_file::scalar::Text;
use crate::plan_file::wire::operation::*;
use crate::plan_file::wire::place::{self, PlaceEntry};

/// Operations that one entry stands for, with who and why.
pub(crate) struct Written {
    pub(crate) operations: Vec<Operation>,
    pub(crate) who: Option<String>,
    pub(crate) why: Option<String>,
}

macro_rules! who_why {
    ($entry:expr, $($variant:ident)*) => {
        match $entry {
            $(OperationEntry::$variant(entry) => (entry.who.as_ref(), entry.why.as_ref()),)*
        }
    };
}

/// The operations of an entry. `before` are those already read: a fit on cells that exist stays near
/// them, a first one near equal shares, unless it says otherwise.
pub(crate) fn operations(
    entry: &OperationEntry,
    scope: &Scope<'_>,
    before: &[Operation],
) -> Result<Written, Refusal> {
    let (who, why) = who_why!(
        entry,
        Total Decompose Fit Set Hold Release Bound Transfer Reallocate Commit Layer State Leave
        Close Carry Action CheckAction Waive Revise Decide Resolve Undo
    );
    let operations = match entry {
        OperationEntry::Decompose(entry) => decompose(entry, scope)?,
        OperationEntry::State(entry) => state(entry, scope)?,
        OperationEntry::Fit(entry) => vec![fit(entry, scope, before)?],
        OperationEntry::Hold(entry) => vec![hold(entry, scope)?],
        OperationEntry::Layer(entry) => vec![layer(entry, scope)?],
        single => vec![operation(single, scope)?],
    };
    Ok(Written {
        operations,
        who: optional(who),
        why: optional(why),
    })
}

fn operation(entry: &OperationEntry, scope: &Scope<'_>) -> Result<Operation, Refusal> {
    Ok(match entry {
        OperationEntry::Total(entry) => total(&entry.total, entry.measure.as_ref(), scope)?,
        OperationEntry::Set(entry) => set(entry, scope)?,
        OperationEntry::Release(entry) => Operation::Release {
            measure: scope.measure(entry.measure.as_ref())?,
            at: entry.release.address()?,
        },
        OperationEntry::Bound(entry) => Operation::Bound {
            measure: scope.measure(entry.measure.as_ref())?,
            at: entry.bound.address()?,
            floor: one_of(&entry.floor, &entry.min, ["floor", "min"])?,
            cap: one_of(&entry.cap, &entry.max, ["cap", "max"])?,
        },
        OperationEntry::Transfer(entry) => Operation::Transfer {
            measure: scope.measure(entry.measure.as_ref())?,
            from: entry.from.address()?,
            to: entry.to.address()?,
            amount: entry.transfer.text.clone(),
        },
        OperationEntry::Reallocate(entry) => Operation::Set {
            measure: scope.measure(entry.measure.as_ref())?,
            at: entry.reallocate.address()?,
            change: change(&entry.to)?,
            keep: Keep::Ancestors,
        },
        OperationEntry::Commit(entry) => commit(entry, scope)?,
        OperationEntry::Leave(entry) => Operation::Leave {
            measure: scope.measure(entry.measure.as_ref())?,
            member: entry.leave.address()?,
            date: date(&entry.date)?,
            successor: optional(entry.successor.as_ref()),
        },
        OperationEntry::Close(entry) => adjustments::close(entry, scope)?,
        OperationEntry::Carry(entry) => adjustments::carry(entry, scope)?,
        OperationEntry::Action(entry) => adjustments::action(entry, scope)?,
        OperationEntry::CheckAction(entry) => adjustments::check_action(entry)?,
        OperationEntry::Waive(entry) => adjustments::waive(entry, scope)?,
        OperationEntry::Revise(entry) => adjustments::revise(entry, scope)?,
        OperationEntry::Decide(entry) => adjustments::decide(entry),
        OperationEntry::Resolve(entry) => adjustments::resolve(entry)?,
        OperationEntry::Undo(entry) => Operation::Undo {
            sequence: entry.undo,
        },
        _ => unreachable!("entries with a function of their own are handled above"),
    })
}

fn one_of(
    first: &Option<Text>,
    second: &Option<Text>,
    keys: [&str; 2],
) -> Result<Option<String>, Refusal> {
    if let (Some(_), Some(second)) = (first, second) {
        let fault = Fault::ChoiceTwice {
            keys: keys.map(str::to_owned),
        };
        return Err(Refusal::at(fault, second.span));
    }
    Ok(optional(first.as_ref().or(second.as_ref())))
}

/// The operation that states a total.
pub(super) fn total(
    value: &TotalValue,
    measure: Option<&Text>,
    scope: &Scope<'_>,
) -> Result<Operation, Refusal> {
    let amount = match value {
        TotalValue::Amount(text) => TotalAmount::Amount(text.text.clone()),
        TotalValue::History(grown) => TotalAmount::Grown {
            reference: scope.reference(&grown.history)?,
            period: grown
                .period
                .as_ref()
                .map(|text| scope.period(text))
                .transpose()?,
            growth: grown.growth.as_ref().map_or(Ok(Decimal::ZERO), decimal)?,
        },
    };
    Ok(Operation::Total {
        measure: scope.measure(measure)?,
        amount,
    })
}

fn decompose(entry: &DecomposeEntry, scope: &Scope<'_>) -> Result<Vec<Operation>, Refusal> {
    let policy = match &entry.policy {
        Some(text) => Policy::parse(text).map_err(|error| Refusal::value(error, text.span))?,
        None => Policy::default(),
    };
    let one = |target: &Text| {
        let (axis, level) = scope.axis_level(target)?;
        Ok(Operation::Decompose(Decompose {
            measure: scope.measure(entry.measure.as_ref())?,
            axis,
            level,
            within: address(entry.within.as_ref())?,
            basis: basis(&entry.by, scope)?,
            policy,
            step: optional(entry.step.as_ref()),
            zero_basis: zero_basis(entry.zero_basis.as_ref())?,
            hold_back: entry.hold_back.as_ref().map(decimal).transpose()?,
        }))
    };
    entry.decompose.0.iter().map(one).collect()
}

/// A place; the whole plan where none is written.
pub(super) fn address(place: Option<&PlaceEntry>) -> Result<Address, Refusal> {
    place.map_or(Ok(Address::default()), PlaceEntry::address)
}

/// What all-zero weights mean.
pub(super) fn zero_basis(text: Option<&Text>) -> Result<ZeroBasis, Refusal> {
    let words = [("equal", ZeroBasis::Equal), ("refuse", ZeroBasis::Refuse)];
    text.map_or(Ok(ZeroBasis::default()), |text| word(text, &words))
}

fn set(entry: &SetEntry, scope: &Scope<'_>) -> Result<Operation, Refusal> {
    Ok(Operation::Set {
        measure: scope.measure(entry.measure.as_ref())?,
        at: entry.set.address()?,
        change: change_of(entry.to.as_ref(), entry.by.as_ref())?,
        keep: keep(entry.keep.as_ref(), Keep::Nothing)?,
    })
}

/// The change that `to` or `by` says.
pub(super) fn change_of(to: Option<&Text>, by: Option<&Text>) -> Result<ChangeBy, Refusal> {
    match (to, by) {
        (Some(to), None) => change(to),
        (None, Some(by)) => Ok(match change(by)? {
            ChangeBy::To(amount) => ChangeBy::By(amount),
            relative => relative,
        }),
        (Some(_), Some(by)) => {
            let fault = Fault::ChoiceTwice {
                keys: ["to".into(), "by".into()],
            };
            Err(Refusal::at(fault, by.span))
        }
        (None, None) => Err(Fault::KeyMissing { key: "to".into() }.into()),
    }
}

fn change(text: &Text) -> Result<ChangeBy, Refusal> {
    ChangeBy::parse(text).map_err(|error| Refusal::value(error, text.span))
}

/// What keeps its value.
pub(super) fn keep(text: Option<&Text>, default: Keep) -> Result<Keep, Refusal> {
    let Some(text) = text else { return Ok(default) };
    if let Some(axis) = text.strip_prefix("parent:") {
        return Ok(Keep::Parent(axis.trim().to_owned()));
    }
    let words = [
        ("nothing", 0),
        ("total", 1),
        ("ancestors", 2),
        ("parent:<axis>", 3),
    ];
    Ok(match word(text, &words)? {
        0 => Keep::Nothing,
        1 => Keep::Total,
        2 => Keep::Ancestors,
        _ => {
            return Err(Refusal::at(
                Fault::NameUnusable {
                    what: Named::Axis,
                    name: text.text.clone(),
                },
                text.span,
            ));
        }
    })
}

fn hold(entry: &HoldEntry, scope: &Scope<'_>) -> Result<Operation, Refusal> {
    let default = if entry.at.is_some() {
        Keep::Total
    } else {
        Keep::Nothing
    };
    Ok(Operation::Hold {
        measure: scope.measure(entry.measure.as_ref())?,
        at: entry.hold.address()?,
        amount: optional(entry.at.as_ref()),
        keep: keep(entry.keep.as_ref(), default)?,
        owner: or_empty(entry.who.as_ref()),
        reason: or_empty(entry.why.as_ref()),
        until: optional_date(entry.until.as_ref())?,
    })
}

fn commit(entry: &CommitEntry, scope: &Scope<'_>) -> Result<Operation, Refusal> {
    let values = match &entry.commit {
        CommitValues::Table(table) => {
            let value =
                |(at, amount): &(Text, Text)| Ok((place::parse(at, at.span)?, amount.text.clone()));
            table.0.iter().map(value).collect::<Result<_, Refusal>>()?
        }
        CommitValues::List(list) => {
            let value = |value: &CommitValue| Ok((value.at.address()?, value.amount.text.clone()));
            list.iter().map(value).collect::<Result<_, Refusal>>()?
        }
    };
    let modes = [("keep", CommitMode::Keep), ("near", CommitMode::Near)];
    let mode = entry
        .mode
        .as_ref()
        .map_or(Ok(CommitMode::Keep), |mode| word(mode, &modes))?;
    Ok(Operation::Commit {
        measure: scope.measure(entry.measure.as_ref())?,
        values,
        mode,
    })
}
