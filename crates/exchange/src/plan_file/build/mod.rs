//! Turns what is written into domain types, naming the place of everything it refuses. Must not know
//! TOML or JSON.

mod adjustments;
mod alerts;
mod axes;
mod basis;
mod calendar;
mod files;
mod fit;
mod layers;
mod learned;
mod measures;
mod member_columns;
mod member_rows;
mod operations;
mod plan;
mod reading;
mod reference;
mod scope;
mod year;

use std::sync::Arc;

use fenjie_calendar::{Coefficient, Date, DateRange};
use fenjie_message::Message;
use fenjie_plan::Decimal;

pub(crate) use files::{Files, StoredFile, hexadecimal, sha256_of, stays_inside};
pub(crate) use member_rows::{
    CODE as MEMBER_CODE, FROM as MEMBER_FROM, NAME as MEMBER_NAME, PARENT as MEMBER_PARENT,
    UNTIL as MEMBER_UNTIL,
};
pub(crate) use operations::operations;
pub(crate) use plan::plan;
pub(crate) use scope::Scope;

use super::error::{Cause, Fault, Refusal};
use super::near::nearest;
use super::scalar::Text;
use crate::table::parse_date;

/// Carries another module's message along.
pub(crate) fn cause(message: impl Message + Send + Sync + 'static) -> Cause {
    Arc::new(message)
}

/// A rate or other plain number: `15%`, `0.15`.
fn decimal(text: &Text) -> Result<Decimal, Refusal> {
    Decimal::parse(text).map_err(|error| Refusal::value(error, text.span))
}

/// A day.
fn date(text: &Text) -> Result<Date, Refusal> {
    parse_date(text).map_err(|error| Refusal::value(error, text.span))
}

/// A day that is optional.
fn optional_date(text: Option<&Text>) -> Result<Option<Date>, Refusal> {
    text.map(date).transpose()
}

/// A Gregorian period.
fn period(text: &Text) -> Result<DateRange, Refusal> {
    DateRange::parse(text).map_err(|error| Refusal::value(error, text.span))
}

/// A day's coefficient.
fn coefficient(text: &Text) -> Result<Coefficient, Refusal> {
    Coefficient::parse(text).map_err(|error| Refusal::value(error, text.span))
}

/// One of a few words.
fn word<T: Copy>(text: &Text, known: &[(&str, T)]) -> Result<T, Refusal> {
    let found = known.iter().find(|(name, _)| *name == text.trim());
    found.map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<String> = known.iter().map(|(name, _)| (*name).to_owned()).collect();
        let fault = Fault::WordUnknown {
            word: text.text.clone(),
            nearest: nearest(text, &words),
            known: words,
        };
        Refusal::at(fault, text.span)
    })
}

/// Two texts for a reason that occurs in one place only.
fn other(
    code: &'static str,
    span: super::node::Span,
    zh: impl Into<String>,
    en: impl Into<String>,
) -> Refusal {
    Refusal::at(
        Fault::Other {
            code,
            zh: zh.into(),
            en: en.into(),
        },
        span,
    )
}

fn optional(text: Option<&Text>) -> Option<String> {
    text.map(|text| text.text.clone())
}

fn or_empty(text: Option<&Text>) -> String {
    text.map(|text| text.text.clone()).unwrap_or_default()
}
