//! Short ways to write days and to show periods in tables.

use fenjie_calendar::{Coefficient, Date, DateRange, Level, Period, SalesCalendar};

/// A range as people write it.
pub fn range(text: &str) -> DateRange {
    DateRange::parse(text).unwrap()
}

/// The first day of a range.
pub fn day(text: &str) -> Date {
    range(text).start
}

/// `key first..last weight` of every period of a level, one per line.
pub fn table(calendar: &SalesCalendar, days: &str, level: Level) -> String {
    let line = |period: &Period| {
        let weight = Coefficient::from_millionths(calendar.weight_of(period.range)).unwrap();
        format!("{} {} {weight}", period.key, period.range)
    };
    let periods = calendar.periods(range(days), level);
    periods.iter().map(line).collect::<Vec<_>>().join("\n")
}
