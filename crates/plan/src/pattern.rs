//! Shapes over ordered children as whole numbers: lists, first, last, bell, lines, compound growth.

use num_bigint::BigUint;

use crate::decimal::Decimal;
use crate::error::PlanError;
use crate::operation::Pattern;

pub(crate) fn checked(pattern: &Pattern) -> Result<Pattern, PlanError> {
    let bad = |value: String, zh, en| PlanError::Parameter {
        name: "pattern".into(),
        value,
        zh,
        en,
    };
    match pattern {
        Pattern::List(list) if list.is_empty() => {
            Err(bad("[]".into(), "列表不能为空", "the list is empty"))
        }
        Pattern::List(list) if list.iter().any(|weight| weight.is_negative()) => Err(bad(
            list.iter()
                .map(Decimal::to_string)
                .collect::<Vec<_>>()
                .join(" "),
            "列表里有负数",
            "the list has a negative number",
        )),
        Pattern::List(list) if common_digits(list).is_none() => Err(bad(
            format!("{} …", list[0]),
            "列表里的数太长",
            "the list has numbers that are too long",
        )),
        Pattern::StraightLine(rate) | Pattern::Compound(rate)
            if rate
                .plus(Decimal::ONE)
                .is_none_or(|grown| grown.is_negative()) =>
        {
            Err(bad(
                rate.to_string(),
                "增长率不能低于 -100%",
                "the rate is below -100 %",
            ))
        }
        Pattern::StraightLine(rate) | Pattern::Compound(rate) if rate.scale() > 12 => Err(bad(
            rate.to_string(),
            "增长率最多 12 位小数",
            "the rate has over 12 decimals",
        )),
        known => Ok(known.clone()),
    }
}

/// A pattern as whole numbers over `count` children.
pub(crate) fn shape(pattern: &Pattern, count: usize) -> Vec<BigUint> {
    let whole = |n: usize| BigUint::from(n as u64);
    match pattern {
        Pattern::List(list) => {
            let digits = common_digits(list).expect("the list was checked");
            (0..count)
                .map(|at| BigUint::from(digits[at % digits.len()]))
                .collect()
        }
        Pattern::First => (0..count).map(|at| whole(usize::from(at == 0))).collect(),
        Pattern::Last => (0..count)
            .map(|at| whole(usize::from(at + 1 == count)))
            .collect(),
        Pattern::Bell => (0..count)
            .map(|at| whole((at + 1).min(count - at)))
            .collect(),
        Pattern::StraightLine(rate) => {
            let one = 10i128.pow(rate.scale());
            let line = |at: usize| {
                let grown = rate.digits().saturating_mul(at as i128);
                one.saturating_add(grown).max(0).unsigned_abs()
            };
            (0..count).map(|at| BigUint::from(line(at))).collect()
        }
        Pattern::Compound(rate) => {
            let one = 10i128.pow(rate.scale());
            let grown = BigUint::from((one + rate.digits()).unsigned_abs());
            let one = BigUint::from(one.unsigned_abs());
            (0..count)
                .map(|at| grown.pow(at as u32) * one.pow((count - 1 - at) as u32))
                .collect()
        }
    }
}

/// A list's numbers at one scale, where they fit.
fn common_digits(list: &[Decimal]) -> Option<Vec<u128>> {
    let scale = list.iter().map(|weight| weight.scale()).max().unwrap_or(0);
    let digits = |weight: &Decimal| Some(weight.at_scale(scale)?.unsigned_abs());
    list.iter().map(digits).collect()
}
