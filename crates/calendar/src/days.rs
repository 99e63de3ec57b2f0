//! Counting days. Knows only civil dates.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// The years that texts may name; what lies outside is a typing error, not a sales plan.
pub(crate) const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// The date `days` later (earlier when negative).
pub(crate) fn plus(date: Date, days: i32) -> Date {
    date.saturating_add(i64::from(days).days())
}

/// Days from `start` to `end`, negative when `end` is earlier.
pub(crate) fn between(start: Date, end: Date) -> i32 {
    let days = start.duration_until(end).as_secs() / 86_400;
    i32::try_from(days).expect("civil dates lie within 8 million days of each other")
}

/// The latest day not after `date` that falls on `weekday`.
pub(crate) fn on_or_before(date: Date, weekday: Weekday) -> Date {
    plus(date, -i32::from(date.weekday().since(weekday)))
}

/// The day of a month, or the month's last day where the month is shorter.
pub(crate) fn in_month(year: i16, month: i8, day: i8) -> Date {
    let year = year.clamp(-9990, 9990);
    let first = Date::new(year, month, 1).expect("months are 1 to 12");
    plus(first, i32::from(day.min(first.days_in_month())) - 1)
}

/// Year and month `months` later than the given month.
pub(crate) fn month_plus(year: i16, month: i8, months: i32) -> (i16, i8) {
    let count = i32::from(year) * 12 + i32::from(month) - 1 + months;
    let year = i16::try_from(count.div_euclid(12)).expect("years are limited");
    let month = i8::try_from(count.rem_euclid(12) + 1).expect("a month is 1 to 12");
    (year, month)
}
