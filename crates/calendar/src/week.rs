//! Weeks that start on any weekday, and their numbers (rule C3). Knows years, no months.

use jiff::civil::Date;

use crate::days::{between, on_or_before, plus};
use crate::year::SellingYear;
use crate::{DateRange, SalesCalendar, YearRule};

/// A whole week with its place in the year that holds most of its days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Week {
    /// The number of the year it belongs to.
    pub(crate) year: i16,
    /// 1 to 53.
    pub(crate) number: u8,
    /// Its seven days.
    pub(crate) range: DateRange,
}

impl SalesCalendar {
    /// The week that holds a date. A week belongs to the year that holds four or more of its days,
    /// which is the year of its fourth day; ISO 8601 is this rule with weeks from Monday.
    pub(crate) fn week_of(&self, date: Date) -> Week {
        let start = on_or_before(date, self.week_starts);
        let fourth = plus(start, 3);
        let year = self.week_year(fourth);
        let number = between(year.range.start, fourth) / 7 + 1;
        Week {
            year: year.number,
            number: u8::try_from(number).expect("a year has at most 53 weeks"),
            range: DateRange {
                start,
                end: plus(start, 7),
            },
        }
    }

    /// The weeks of a year, first to last.
    pub(crate) fn weeks_in(&self, year: &SellingYear) -> i32 {
        i32::from(
            self.week_of(self.first_fourth(year, year.range.end, -7))
                .number,
        )
    }

    /// The week of this number in a year, if the year has it.
    pub(crate) fn week_numbered(&self, year: &SellingYear, number: u8) -> Option<Week> {
        if number == 0 || i32::from(number) > self.weeks_in(year) {
            return None;
        }
        let fourth = self.first_fourth(year, year.range.start, 0);
        Some(self.week_of(plus(fourth, (i32::from(number) - 1) * 7)))
    }

    /// The first fourth day of a week on or after `from`, moved by `days`.
    fn first_fourth(&self, year: &SellingYear, from: Date, days: i32) -> Date {
        debug_assert!(year.range.start <= from && from <= year.range.end);
        let fourth_weekday = self.week_starts.wrapping_add(3);
        plus(on_or_before(plus(from, 6), fourth_weekday), days)
    }

    /// The year by which weeks are numbered: the selling year, but the Gregorian one where
    /// boundaries are given by date.
    pub(crate) fn week_year(&self, date: Date) -> SellingYear {
        self.week_rule()
            .year_of(date, self.year_named)
            .expect("these rules have every date")
    }

    /// The year of a number by which weeks are numbered.
    pub(crate) fn week_year_numbered(&self, number: i16) -> SellingYear {
        self.week_rule()
            .year_numbered(number, self.year_named)
            .expect("these rules have every number")
    }

    fn week_rule(&self) -> &YearRule {
        const GREGORIAN: &YearRule = &YearRule::gregorian();
        match &self.year {
            YearRule::Free { .. } => GREGORIAN,
            rule => rule,
        }
    }
}
