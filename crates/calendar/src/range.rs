//! A set of consecutive days. Knows the Gregorian year, month and quarter, no fiscal year.

use std::fmt;

use jiff::civil::Date;

use crate::CalendarError;
use crate::days::{between, month_plus, plus};
use crate::name::{Name, Part};

/// Consecutive days, half-open: `start` is in, `end` is the first day that is not (rule C1).
/// Written with its last day: `2026-01-01..2026-03-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateRange {
    /// The first day.
    pub start: Date,
    /// The day after the last.
    pub end: Date,
}

impl DateRange {
    /// A range from its first day to the day after its last.
    ///
    /// # Errors
    /// `period_empty` when both are the same day, `period_reversed` when `end` is earlier.
    ///
    /// ```
    /// use fenjie_calendar::{Date, DateRange};
    /// let march = DateRange::new(Date::constant(2026, 3, 1), Date::constant(2026, 4, 1))?;
    /// assert_eq!(march.days(), 31);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn new(start: Date, end: Date) -> Result<Self, CalendarError> {
        if start == end {
            return Err(CalendarError::PeriodEmpty {
                text: format!("{start}..{start}"),
            });
        }
        if end < start {
            return Err(CalendarError::PeriodReversed {
                start,
                last: plus(end, -1),
            });
        }
        Ok(Self { start, end })
    }

    /// A range from its first to its last day, both in.
    ///
    /// # Errors
    /// `period_reversed` when `last` is earlier than `start`.
    ///
    /// ```
    /// use fenjie_calendar::{Date, DateRange};
    /// let one = Date::constant(2026, 3, 6);
    /// assert_eq!(DateRange::through(one, one)?.days(), 1);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn through(start: Date, last: Date) -> Result<Self, CalendarError> {
        if last < start {
            return Err(CalendarError::PeriodReversed { start, last });
        }
        Ok(Self {
            start,
            end: plus(last, 1),
        })
    }

    /// Reads a Gregorian period: `2026`, `2026-H1`, `2026-Q3`, `2026-03`, `2026-03-06`, their
    /// Chinese forms, and two of them joined by `..` (or `至`), both in.
    /// [`crate::SalesCalendar::range`] reads fiscal years and weeks too.
    ///
    /// # Errors
    /// `period_empty`, `period_reversed`, `period_unknown`, `date_invalid`, `year_missing`, and
    /// `period_needs_calendar` for `FY2026` or `2026-W10`.
    ///
    /// ```
    /// use fenjie_calendar::DateRange;
    /// assert_eq!(DateRange::parse("2026-Q1")?, DateRange::parse("2026-01-01..2026-03-31")?);
    /// assert_eq!(DateRange::parse("2026..2028")?.days(), 1096);
    /// assert_eq!(DateRange::parse("2026年3月")?.to_string(), "2026-03-01..2026-03-31");
    /// assert_eq!(DateRange::parse("2026-03..2026-01").unwrap_err().code(), "period_reversed");
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        Self::parse_with(text, |part| Self::gregorian(&Name::parse(part)?, part))
    }

    /// Reads one period or two joined ones, each resolved by `resolve`.
    pub(crate) fn parse_with(
        text: &str,
        resolve: impl Fn(&str) -> Result<Self, CalendarError>,
    ) -> Result<Self, CalendarError> {
        match text.split_once("..").or_else(|| text.split_once('至')) {
            None => resolve(text),
            Some((first, last)) => {
                let (first, last) = (resolve(first)?, resolve(last)?);
                Self::through(first.start, last.last())
            }
        }
    }

    /// The days of a name in the Gregorian calendar.
    pub(crate) fn gregorian(name: &Name, text: &str) -> Result<Self, CalendarError> {
        let text = || text.trim().to_owned();
        let year = name
            .year
            .ok_or_else(|| CalendarError::YearMissing { text: text() })?;
        if name.fiscal {
            return Err(CalendarError::PeriodNeedsCalendar { text: text() });
        }
        match &name.part {
            Part::Whole => Ok(Self::months(year, 1, 12)),
            Part::Half(at) => Ok(Self::months(year, *at as i8 * 6 - 5, 6)),
            Part::Quarter(at) => Ok(Self::months(year, *at as i8 * 3 - 2, 3)),
            Part::Month(at) => Ok(Self::months(year, *at as i8, 1)),
            Part::Day(date) => Self::through(*date, *date),
            Part::Numbered(_) | Part::Week(_) | Part::Piece(..) | Part::Slot(..) => {
                Err(CalendarError::PeriodNeedsCalendar { text: text() })
            }
        }
    }

    /// `count` Gregorian months from the given one.
    fn months(year: i16, month: i8, count: i32) -> Self {
        let first = |(year, month)| crate::days::in_month(year, month, 1);
        Self {
            start: first((year, month)),
            end: first(month_plus(year, month, count)),
        }
    }

    /// The last day that is in.
    ///
    /// ```
    /// use fenjie_calendar::{Date, DateRange};
    /// assert_eq!(DateRange::parse("2024-02")?.last(), Date::constant(2024, 2, 29));
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn last(&self) -> Date {
        plus(self.end, -1)
    }

    /// How many days are in.
    ///
    /// ```
    /// assert_eq!(fenjie_calendar::DateRange::parse("2026")?.days(), 365);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn days(&self) -> usize {
        usize::try_from(between(self.start, self.end)).unwrap_or(0)
    }

    /// Whether the day is in.
    ///
    /// ```
    /// use fenjie_calendar::{Date, DateRange};
    /// let march = DateRange::parse("2026-03")?;
    /// assert!(march.contains(Date::constant(2026, 3, 31)));
    /// assert!(!march.contains(Date::constant(2026, 4, 1)));
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn contains(&self, date: Date) -> bool {
        self.start <= date && date < self.end
    }

    /// The days in both, if there are any.
    ///
    /// ```
    /// use fenjie_calendar::DateRange;
    /// let year = DateRange::parse("2026")?;
    /// let employed = DateRange::parse("2026-03-16..2028-12-31")?;
    /// assert_eq!(year.common(&employed), Some(DateRange::parse("2026-03-16..2026-12-31")?));
    /// assert_eq!(year.common(&DateRange::parse("2027")?), None);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn common(&self, other: &Self) -> Option<Self> {
        let (start, end) = (self.start.max(other.start), self.end.min(other.end));
        (start < end).then_some(Self { start, end })
    }

    /// Every day, in order.
    ///
    /// ```
    /// let days = fenjie_calendar::DateRange::parse("2026-02")?.dates().count();
    /// assert_eq!(days, 28);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn dates(&self) -> impl Iterator<Item = Date> + use<> {
        let Self { start, end } = *self;
        std::iter::successors(Some(start), |date| Some(plus(*date, 1)))
            .take_while(move |date| *date < end)
    }
}

impl fmt::Display for DateRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.last())
    }
}

impl std::str::FromStr for DateRange {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        Self::parse(text)
    }
}
