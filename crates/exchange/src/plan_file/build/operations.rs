//! Operations as written become the domain's. Must not know members or amounts: the plan checks
//! those when it carries an operation out.

use fenjie_money::{Policy, ZeroBasis};
use fenjie_plan::{
    Address, Basis, ChangeBy, CommitMode, Decimal, Decompose, Keep, LayerAmount, LayerKind,
    LayerRule, Margin, MarginTotals, Operation, TIME, TotalAmount,
};

use super::basis::{basis, decimals, texts};
use super::{Scope, date, decimal, optional, optional_date, or_empty, other, word};
use crate::plan_file::error::{Fault, Refusal};
use crate::plan_file::node::Span;
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
        Total Decompose Fit Set Hold Release Bound Transfer Reallocate Commit Layer State Leave Undo
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

fn address(place: Option<&PlaceEntry>) -> Result<Address, Refusal> {
    place.map_or(Ok(Address::default()), PlaceEntry::address)
}

fn zero_basis(text: Option<&Text>) -> Result<ZeroBasis, Refusal> {
    let words = [("equal", ZeroBasis::Equal), ("refuse", ZeroBasis::Refuse)];
    text.map_or(Ok(ZeroBasis::default()), |text| word(text, &words))
}

fn fit(entry: &FitEntry, scope: &Scope<'_>, before: &[Operation]) -> Result<Operation, Refusal> {
    let measure = scope.measure(entry.measure.as_ref())?;
    let mut margins = Vec::new();
    for (axis, margin) in &entry.fit.0 {
        margin_of(axis, margin, scope, &mut margins)?;
    }
    let prior = match &entry.prior {
        Some(prior) => basis(prior, scope)?,
        None if before
            .iter()
            .any(|operation| makes_cells(operation, &measure)) =>
        {
            Basis::Current
        }
        None => Basis::Equal,
    };
    let zero_basis = zero_basis(entry.zero_basis.as_ref())?;
    Ok(Operation::Fit {
        measure,
        margins,
        prior,
        zero_basis,
    })
}

fn makes_cells(operation: &Operation, of: &str) -> bool {
    match operation {
        Operation::Decompose(decompose) => decompose.measure == of,
        Operation::Fit { measure, .. } | Operation::Commit { measure, .. } => measure == of,
        _ => false,
    }
}

/// The margin along an axis, or those along its levels where `time.month` was written without quotes.
fn margin_of(
    axis: &Text,
    entry: &MarginEntry,
    scope: &Scope<'_>,
    margins: &mut Vec<Margin>,
) -> Result<(), Refusal> {
    let totals = match entry {
        MarginEntry::Shares(entry) => MarginTotals::Shares(decimals(&entry.shares)?),
        MarginEntry::By(entry) => MarginTotals::By(basis(&entry.by, scope)?),
        MarginEntry::Amounts(entry) => MarginTotals::Amounts(texts(&entry.amounts)),
        MarginEntry::Members(members) => {
            let mut amounts = Vec::new();
            let mut levels = 0;
            for (member, value) in &members.0 {
                match value {
                    MarginMember::Amount(text) => {
                        amounts.push((member.text.clone(), text.text.clone()))
                    }
                    MarginMember::Level(margin) => {
                        let level = Text {
                            text: format!(
                                "{axis}.{member}",
                                axis = axis.text,
                                member = member.text
                            ),
                            span: member.span,
                        };
                        margin_of(&level, margin, scope, margins)?;
                        levels += 1;
                    }
                }
            }
            if levels > 0 && amounts.is_empty() {
                return Ok(());
            }
            if levels > 0 {
                let fault = Fault::TypeWrong {
                    expected: "text or number".into(),
                    found: "table".into(),
                };
                return Err(Refusal::at(fault, axis.span));
            }
            MarginTotals::Amounts(amounts)
        }
    };
    let (axis, level) = scope.axis_level(axis)?;
    let axis = if level.is_empty() {
        axis
    } else {
        format!("{axis}.{level}")
    };
    margins.push(Margin { axis, totals });
    Ok(())
}

fn set(entry: &SetEntry, scope: &Scope<'_>) -> Result<Operation, Refusal> {
    let change = match (&entry.to, &entry.by) {
        (Some(to), None) => change(to)?,
        (None, Some(by)) => match change(by)? {
            ChangeBy::To(amount) => ChangeBy::By(amount),
            relative => relative,
        },
        (Some(_), Some(by)) => {
            let fault = Fault::ChoiceTwice {
                keys: ["to".into(), "by".into()],
            };
            return Err(Refusal::at(fault, by.span));
        }
        (None, None) => return Err(Fault::KeyMissing { key: "to".into() }.into()),
    };
    Ok(Operation::Set {
        measure: scope.measure(entry.measure.as_ref())?,
        at: entry.set.address()?,
        change,
        keep: keep(entry.keep.as_ref(), Keep::Nothing)?,
    })
}

fn change(text: &Text) -> Result<ChangeBy, Refusal> {
    ChangeBy::parse(text).map_err(|error| Refusal::value(error, text.span))
}

fn keep(text: Option<&Text>, default: Keep) -> Result<Keep, Refusal> {
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
                    what: crate::plan_file::error::Named::Axis,
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

fn layer(entry: &LayerEntry, scope: &Scope<'_>) -> Result<Operation, Refusal> {
    let kinds = [
        LayerKind::OverAssignment,
        LayerKind::Stretch,
        LayerKind::Challenge,
        LayerKind::Carried,
    ]
    .map(|kind| (kind.code(), kind));
    let amount = match (&entry.rate, &entry.amount) {
        (Some(rate), None) => LayerAmount::Rate(decimal(rate)?),
        (None, Some(amount)) => LayerAmount::Amount(amount.text.clone()),
        (Some(_), Some(amount)) => {
            let fault = Fault::ChoiceTwice {
                keys: ["rate".into(), "amount".into()],
            };
            return Err(Refusal::at(fault, amount.span));
        }
        (None, None) => return Err(Fault::KeyMissing { key: "rate".into() }.into()),
    };
    let level = match &entry.level {
        Some(text) => match scope.axis_level(text)? {
            (axis, level) if level.is_empty() => axis,
            (axis, level) => format!("{axis}.{level}"),
        },
        None => String::new(),
    };
    Ok(Operation::Layer(LayerRule {
        measure: scope.measure(entry.measure.as_ref())?,
        layer: word(&entry.layer, &kinds)?,
        level,
        amount,
        roles: entry
            .roles
            .as_ref()
            .map(|roles| roles.texts())
            .unwrap_or_default(),
    }))
}

fn state(entry: &StateEntry, scope: &Scope<'_>) -> Result<Vec<Operation>, Refusal> {
    let measure = scope.stated_measure(entry.measure.as_ref())?;
    let at = match &entry.state {
        StatePlaces::Values(table) => {
            if let Some(value) = &entry.value {
                return Err(stray_value(value.span));
            }
            let one = |(at, value): &(Text, Text)| {
                let (measure, value) = (measure.clone(), decimal(value)?);
                Ok(Operation::State {
                    measure,
                    at: period_or_place(at)?,
                    value,
                })
            };
            return table.0.iter().map(one).collect();
        }
        StatePlaces::Place(text) => period_or_place(text)?,
        StatePlaces::Pairs(pairs) => PlaceEntry::Pairs(pairs.clone()).address()?,
    };
    let missing = || {
        Refusal::from(Fault::KeyMissing {
            key: "value".into(),
        })
    };
    let value = decimal(entry.value.as_ref().ok_or_else(missing)?)?;
    Ok(vec![Operation::State { measure, at, value }])
}

fn stray_value(span: Span) -> Refusal {
    other(
        "key_unfit",
        span,
        "各期的值已写在 state 里，不用再写 value",
        "the values already stand in `state`; `value` has no place here",
    )
}

/// `2026-Q1` alone is the period.
fn period_or_place(text: &Text) -> Result<Address, Refusal> {
    if text.trim() == "*" || text.trim().is_empty() || text.contains(['=', '＝']) {
        return place::parse(text, text.span);
    }
    Ok(Address(vec![(TIME.into(), text.trim().to_owned())]))
}
