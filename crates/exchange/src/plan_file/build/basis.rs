//! A basis as written becomes the domain's. Must not know which operation asks.

use fenjie_plan::{Basis, CalendarBasis, Decimal, Pattern};

use super::{Scope, decimal};
use crate::plan_file::error::{Fault, Refusal};
use crate::plan_file::scalar::{Many, Table, Text};
use crate::plan_file::wire::basis::BasisEntry;

/// Where the weights come from.
pub(super) fn basis(entry: &BasisEntry, scope: &Scope<'_>) -> Result<Basis, Refusal> {
    Ok(match entry {
        BasisEntry::Equal => Basis::Equal,
        BasisEntry::Calendar => Basis::Calendar(CalendarBasis::Coefficients),
        BasisEntry::Workdays => Basis::Calendar(CalendarBasis::Workdays),
        BasisEntry::Days => Basis::Calendar(CalendarBasis::Days),
        BasisEntry::Current => Basis::Current,
        BasisEntry::First => Basis::Pattern(Pattern::First),
        BasisEntry::Last => Basis::Pattern(Pattern::Last),
        BasisEntry::Bell => Basis::Pattern(Pattern::Bell),
        BasisEntry::History(entry) => Basis::History {
            reference: scope.reference(&entry.history)?,
            smooth: entry.smooth.unwrap_or(1),
            period: entry
                .period
                .as_ref()
                .map(|text| scope.period(text))
                .transpose()?,
        },
        BasisEntry::Weights(entry) => Basis::Weights(decimals(&entry.weights)?),
        BasisEntry::Shares(entry) => Basis::Shares(decimals(&entry.shares)?),
        BasisEntry::Attribute(entry) => Basis::Attribute(entry.attribute.text.clone()),
        BasisEntry::Capacity(entry) => Basis::Capacity(entry.capacity.texts()),
        BasisEntry::Growth(entry) => Basis::Growth {
            base: Box::new(basis(&entry.base, scope)?),
            rates: decimals(&entry.growth)?,
            otherwise: entry
                .otherwise
                .as_ref()
                .map_or(Ok(Decimal::ZERO), decimal)?,
        },
        BasisEntry::Pattern(entry) => Basis::Pattern(pattern(&entry.pattern)?),
        BasisEntry::StraightLine(entry) => {
            Basis::Pattern(Pattern::StraightLine(decimal(&entry.straight_line)?))
        }
        BasisEntry::Compound(entry) => Basis::Pattern(Pattern::Compound(decimal(&entry.compound)?)),
        BasisEntry::Amounts(entry) => Basis::Amounts {
            typed: texts(&entry.amounts),
            rest: match &entry.rest {
                Some(rest) => Box::new(basis(rest, scope)?),
                None => Box::new(Basis::Equal),
            },
        },
        BasisEntry::Measure(entry) => Basis::Measure(scope.measure(Some(&entry.measure))?),
        BasisEntry::Mix(entry) => {
            let part = |part: &crate::plan_file::wire::basis::MixPart| {
                Ok((decimal(&part.share)?, basis(&part.by, scope)?))
            };
            Basis::Mix(entry.mix.iter().map(part).collect::<Result<_, Refusal>>()?)
        }
    })
}

/// Numbers by member.
pub(super) fn decimals(table: &Table<Text>) -> Result<Vec<(String, Decimal)>, Refusal> {
    table
        .0
        .iter()
        .map(|(member, value)| Ok((member.text.clone(), decimal(value)?)))
        .collect()
}

/// Texts by member.
pub(super) fn texts(table: &Table<Text>) -> Vec<(String, String)> {
    table
        .0
        .iter()
        .map(|(member, value)| (member.text.clone(), value.text.clone()))
        .collect()
}

fn pattern(entry: &Many<Text>) -> Result<Pattern, Refusal> {
    match entry.0.as_slice() {
        [] => Err(Fault::TypeWrong {
            expected: "number".into(),
            found: "list".into(),
        }
        .into()),
        [word] if word.text == "first" => Ok(Pattern::First),
        [word] if word.text == "last" => Ok(Pattern::Last),
        [word] if word.text == "bell" => Ok(Pattern::Bell),
        list => Ok(Pattern::List(
            list.iter().map(decimal).collect::<Result<_, _>>()?,
        )),
    }
}
