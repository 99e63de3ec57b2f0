//! Everything a calendar says of one day, in one record. Knows the calendar, no targets.

use jiff::civil::{Date, Weekday};

use crate::label::month_name;
use crate::{Coefficient, DateRange, DayType, Level, SalesCalendar, WeightReason};

/// One line of `fenjie calendar`. Keys of a level that free boundaries do not give are absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayFacts {
    /// The day.
    pub date: Date,
    /// Its weekday.
    pub weekday: Weekday,
    /// Key of its week, `2026-W10`.
    pub week: String,
    /// Key of its piece, `2026-03/W10`.
    pub piece: Option<String>,
    /// Its Gregorian month, `2026-03`, whatever the fiscal periods are.
    pub calendar_month: String,
    /// Key of its month or fiscal period: `2026-03`, `FY2026-P03`, or a free period's.
    pub month: Option<String>,
    /// The place of that month in its selling year, from 1.
    pub month_number: Option<usize>,
    /// Key of its quarter, `2026-Q1`.
    pub quarter: Option<String>,
    /// Key of its half-year, `2026-H1`.
    pub half: Option<String>,
    /// Key of its selling year, `2026` or `FY2026`.
    pub year: Option<String>,
    /// The holiday that gives it off, or for which it makes up.
    pub holiday: Option<String>,
    /// Whether the holiday table has this year; where not, `holiday` says nothing.
    pub holidays_known: bool,
    /// A make-up workday (调休上班).
    pub make_up: bool,
    /// What kind of day it is.
    pub day_type: DayType,
    /// What it weighs.
    pub coefficient: Coefficient,
    /// Where that coefficient was found.
    pub why: WeightReason,
}

impl SalesCalendar {
    /// Everything the calendar says of a day.
    ///
    /// ```
    /// use fenjie_calendar::{Date, SalesCalendar};
    /// let friday = SalesCalendar::brief().day(Date::constant(2026, 3, 6));
    /// assert_eq!(friday.week, "2026-W10");
    /// assert_eq!(friday.piece.as_deref(), Some("2026-03/W10"));
    /// assert_eq!(friday.coefficient.to_string(), "1.2");
    /// assert!(!friday.make_up);
    /// ```
    pub fn day(&self, date: Date) -> DayFacts {
        let only = DateRange {
            start: date,
            end: crate::days::plus(date, 1),
        };
        let key = |level| {
            self.periods(only, level)
                .into_iter()
                .next()
                .map(|period| period.key)
        };
        let year = match self.year.check() {
            Ok(()) => self.year.year_of(date, self.year_named),
            Err(_) => None,
        };
        let holiday = self.holidays.class_of(date);
        let weight = self.day_weights.weight(date, &self.holidays);
        let (calendar_year, calendar_month) = month_name(date, 1);
        DayFacts {
            date,
            weekday: date.weekday(),
            week: self.week_key(&self.week_of(date)),
            piece: year.as_ref().and_then(|_| key(Level::Piece)),
            calendar_month: format!("{calendar_year}-{calendar_month:02}"),
            month: key(Level::Month),
            month_number: year.map(|year| year.period_of(date) + 1),
            quarter: key(Level::Quarter),
            half: key(Level::Half),
            year: key(Level::Year),
            holiday: holiday.map(|day| day.name.to_string()),
            holidays_known: self.holidays.covers(date.year()),
            make_up: holiday.is_some_and(|day| !day.off),
            day_type: weight.day_type,
            coefficient: weight.coefficient,
            why: weight.why,
        }
    }

    /// The facts of every day of a range, in order.
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, SalesCalendar};
    /// let march = DateRange::parse("2026-03")?;
    /// let sundays = SalesCalendar::brief()
    ///     .days(march)
    ///     .filter(|day| day.coefficient.to_string() == "1.8")
    ///     .count();
    /// assert_eq!(sundays, 5);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn days(&self, range: DateRange) -> impl Iterator<Item = DayFacts> + use<'_> {
        range.dates().map(|date| self.day(date))
    }
}
