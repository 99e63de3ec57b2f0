//! Amounts of a column in whole steps of its measure (rule A1). Knows no rows.

use fenjie_exchange::table::{CellRef, Column};
use fenjie_money::{AmountError, Step};

use super::{Rounding, RowFault};

/// What a column's entries come to.
#[derive(Debug, Default)]
pub(super) struct Amounts {
    /// Values in steps; zero where the entry is empty or at fault.
    pub values: Vec<i64>,
    /// Whether the entry has a value.
    pub present: Vec<bool>,
    /// Rounded minus given in `10^-18` of a unit, where the entry was rounded.
    pub rounded: Vec<(u32, i128)>,
    /// What is wrong with it.
    pub faults: Vec<Option<RowFault>>,
}

/// Reads every entry once. `power` is the power of ten that the heading states.
pub(super) fn read_amounts(
    column: &Column,
    step: Step,
    power: u32,
    round: Option<Rounding>,
) -> Amounts {
    let mut amounts = Amounts::default();
    let count = column.entry_count();
    amounts.values.reserve(count);
    amounts.present.reserve(count);
    amounts.faults.reserve(count);
    for (code, cell) in column.entries().enumerate() {
        // A value that states its unit itself is not multiplied with the heading's.
        let power = if has_unit(cell.text) { 0 } else { power };
        let (value, fault) = match read_amount(cell, step, power, round) {
            Ok(None) => (None, None),
            Ok(Some((value, 0))) => (Some(value), None),
            Ok(Some((value, difference))) => {
                amounts.rounded.push((code as u32, difference));
                (Some(value), None)
            }
            Err(error) => (None, Some(RowFault::Amount(error))),
        };
        amounts.present.push(value.is_some());
        amounts.values.push(value.unwrap_or(0));
        amounts.faults.push(fault);
    }
    amounts
}

/// The value in steps, and what rounding added to it.
fn read_amount(
    cell: CellRef<'_>,
    step: Step,
    power: u32,
    round: Option<Rounding>,
) -> Result<Option<(i64, i128)>, AmountError> {
    if cell.is_empty() || is_dash(cell.text) {
        return Ok(None);
    }
    if power == 0 {
        match step.parse_amount(cell.text) {
            Ok(value) => return Ok(Some((value, 0))),
            Err(AmountError::NotMultiple { .. }) if round.is_some() => {}
            Err(error) => return Err(error),
        }
    }
    let Some((digits, decimals)) = exact(cell.text)? else {
        // More digits than any amount of money: the plain reader says what is wrong.
        return step.parse_amount(cell.text).map(|value| Some((value, 0)));
    };
    let exact = i128::from(digits) * 10i128.pow(18 - decimals) * 10i128.pow(power);
    let size = i128::from(step.units()) * 10i128.pow(18 - step.decimals());
    let (steps, rest) = (exact.div_euclid(size), exact.rem_euclid(size));
    let up = match (rest * 2).cmp(&size) {
        _ if rest == 0 => false,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => match round {
            Some(Rounding::HalfEven) => steps % 2 != 0,
            _ => exact > 0,
        },
    };
    let count = steps + i128::from(up);
    let out_of_range = || AmountError::OutOfRange {
        text: cell.text.to_owned(),
        step: step.format(1),
    };
    let value = i64::try_from(count).map_err(|_| out_of_range())?;
    if rest != 0 && round.is_none() {
        let near = |count: i128| i64::try_from(count).map(|near| step.format(near));
        return Err(AmountError::NotMultiple {
            text: cell.text.to_owned(),
            step: step.format(1),
            below: near(steps).map_err(|_| out_of_range())?,
            above: near(steps + 1).map_err(|_| out_of_range())?,
        });
    }
    Ok(Some((value, count * size - exact)))
}

/// The value as digits and decimals, where both fit.
fn exact(text: &str) -> Result<Option<(i64, u32)>, AmountError> {
    for decimals in 0..=12 {
        let step = Step::power(decimals).expect("at most 18 decimals");
        match step.parse_amount(text) {
            Ok(digits) => return Ok(Some((digits, decimals))),
            Err(AmountError::NotMultiple { .. }) => {}
            Err(AmountError::OutOfRange { .. }) if decimals > 0 => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    for decimals in 13..=18 {
        let step = Step::power(decimals).expect("at most 18 decimals");
        if let Ok(digits) = step.parse_amount(text) {
            return Ok(Some((digits, decimals)));
        }
    }
    Ok(None)
}

/// Whether a value states its own unit: `0.8万`, `1200元`. A currency sign is none.
fn has_unit(text: &str) -> bool {
    text.contains(['元', '十', '百', '千', '万', '亿'])
}

/// What accounting writes for nothing.
fn is_dash(text: &str) -> bool {
    matches!(text, "-" | "—" | "–" | "－" | "--" | "——")
}
