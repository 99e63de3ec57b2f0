//! Weekday coefficients learned from history, per member (rule C4): what a Monday, a Tuesday … usually
//! sells against the average day. Exact integers; knows no targets.

use fenjie_calendar::{Coefficient, Date};
use rustc_hash::FxHashMap;

use crate::definition::Reference;
use crate::error::PlanError;

/// One member's weekday coefficients, Monday first; the average open day is 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearnedWeekdays {
    /// The member's code or name, as the history has it.
    pub member: String,
    /// The coefficients; 0 for a weekday on which it never sold.
    pub coefficients: [Coefficient; 7],
    /// How many days with sales they rest on.
    pub days: u32,
}

/// Learns weekday coefficients for every member of a dimension. Days without sales are closed days
/// and count for nothing; several rows of one day are one day.
///
/// Refused: a history without days, or without the dimension.
///
/// ```
/// use fenjie_calendar::Date;
/// use fenjie_plan::{Reference, ReferenceColumn, learned_weekdays};
/// // Monday 1 and Tuesday 2 June 2026, two weeks.
/// let days = [1, 2, 8, 9].map(|day| Date::constant(2026, 6, day));
/// let sales = Reference {
///     name: "sales".into(), dates: days.to_vec(), values: vec![100, 300, 100, 300],
///     members: vec![ReferenceColumn {
///         dimension: "store".into(), dictionary: vec!["S1".into()], codes: vec![0; 4],
///     }], ..Reference::default()
/// };
/// let learned = learned_weekdays(&sales, "store").unwrap();
/// assert_eq!(learned[0].coefficients[0].to_string(), "0.5");
/// assert_eq!(learned[0].coefficients[1].to_string(), "1.5");
/// assert_eq!(learned[0].coefficients[2].to_string(), "0");
/// ```
pub fn learned_weekdays(
    reference: &Reference,
    dimension: &str,
) -> Result<Vec<LearnedWeekdays>, PlanError> {
    let lacks = |what: &str| PlanError::ReferenceLacks {
        reference: reference.name.clone(),
        what: what.into(),
    };
    if reference.dates.is_empty() {
        return Err(lacks("dates"));
    }
    let column = reference
        .members
        .iter()
        .find(|column| column.dimension == dimension)
        .ok_or_else(|| lacks(dimension))?;
    let mut by_day: FxHashMap<(u32, Date), i128> = FxHashMap::default();
    for (row, date) in reference.dates.iter().enumerate() {
        let day = by_day.entry((column.codes[row], *date)).or_insert(0);
        *day += i128::from(reference.values[row]);
    }
    let mut sums = vec![[(0i128, 0i128); 7]; column.dictionary.len()];
    for ((member, date), value) in by_day.into_iter().filter(|(_, value)| *value > 0) {
        let weekday = date.weekday().to_monday_zero_offset() as usize;
        let (sum, days) = &mut sums[member as usize][weekday];
        *sum += value;
        *days += 1;
    }
    let mut learned = Vec::with_capacity(sums.len());
    for (member, weekdays) in column.dictionary.iter().zip(sums) {
        learned.push(LearnedWeekdays {
            member: member.clone(),
            coefficients: coefficients(&weekdays),
            days: weekdays.iter().map(|(_, days)| *days as u32).sum(),
        });
    }
    Ok(learned)
}

/// Each weekday's mean over the mean of those means, in millionths, rounded down (a named rounding).
fn coefficients(weekdays: &[(i128, i128); 7]) -> [Coefficient; 7] {
    const SCALE: i128 = 1_000_000;
    let means = weekdays.map(|(sum, days)| if days == 0 { 0 } else { sum * SCALE / days });
    let open = means.iter().filter(|mean| **mean > 0).count() as i128;
    let total: i128 = means.iter().sum();
    means.map(|mean| {
        let millionths = if total == 0 {
            0
        } else {
            mean * open * SCALE / total
        };
        let millionths = u64::try_from(millionths).unwrap_or(0);
        Coefficient::from_millionths(millionths).expect("at most seven times the average")
    })
}
