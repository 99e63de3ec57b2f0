//! Layers above the base and stated values of levels and ratios, as written, become operations. Must
//! not know members or amounts.

use fenjie_plan::{Address, LayerAmount, LayerKind, LayerRule, Operation, TIME};

use super::{Scope, decimal, other, word};
use crate::plan_file::error::{Fault, Refusal};
use crate::plan_file::node::Span;
use crate::plan_file::scalar::Text;
use crate::plan_file::wire::operation::{LayerEntry, StateEntry, StatePlaces};
use crate::plan_file::wire::place::{self, PlaceEntry};

/// A layer above the base.
pub(super) fn layer(entry: &LayerEntry, scope: &Scope<'_>) -> Result<Operation, Refusal> {
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

/// Values of a level or ratio measure, one or several.
pub(super) fn state(entry: &StateEntry, scope: &Scope<'_>) -> Result<Vec<Operation>, Refusal> {
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
