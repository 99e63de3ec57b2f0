//! Finds the period that a key or a typed name means. Knows the calendar, reads names.

use crate::days::{between, plus};
use crate::label::{day_names, month_name, slot_names};
use crate::name::{Name, Part};
use crate::week::Week;
use crate::year::SellingYear;
use crate::{CalendarError, DateRange, Level, Period, SalesCalendar, YearRule};

impl SalesCalendar {
    /// The whole period of a key or of what people type for it: `2026`, `FY2026`, `2026-Q3`,
    /// `2026年三季度`, `2026-07`, `FY2026-P07`, `2026-W10`, `2026-03/W10`, `2026-03-06`,
    /// `2026-03-06#1`, a free period's key. A bare year is the selling year of that number.
    ///
    /// # Errors
    /// `week_unknown` for a week its year does not have, `year_missing` (see
    /// [`SalesCalendar::find_within`]), `period_unknown`, `date_invalid`, `outside_boundaries`.
    ///
    /// ```
    /// use fenjie_calendar::SalesCalendar;
    /// let calendar = SalesCalendar::brief();
    /// assert_eq!(calendar.find("2026-W10")?.range.to_string(), "2026-03-06..2026-03-12");
    /// assert_eq!(calendar.find("2026年3月")?.key, "2026-03");
    /// assert_eq!(calendar.find("2026-W53").unwrap_err().code(), "week_unknown");
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn find(&self, key: &str) -> Result<Period, CalendarError> {
        self.year.check()?;
        if let Some(period) = self.free_period(key.trim()) {
            return Ok(period);
        }
        if let Some((month, week)) = key.trim().split_once('/')
            && let Some(month) = self.free_period(month)
        {
            return self.piece_in(&month, week, key);
        }
        let (other_year, key_text) = match key.trim().split_once('/') {
            Some((year, week)) if week.contains('-') => (Some(year), week),
            _ => (None, key),
        };
        let name = Name::parse(key_text)?;
        let year = name.year.ok_or_else(|| CalendarError::YearMissing {
            text: key.to_owned(),
        })?;
        let period = self.resolve(year, &name, key)?;
        match other_year {
            Some(other) => self.week_part(other, &period, key),
            None => Ok(period),
        }
    }

    /// Like [`SalesCalendar::find`], for names that leave out the year: `7月`, `Q3`, `第10周`,
    /// `3月8日` is the one in the range.
    ///
    /// # Errors
    /// Those of `find`; `year_missing` where the range holds none or several.
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, SalesCalendar};
    /// let plan = DateRange::parse("2026")?;
    /// let calendar = SalesCalendar::default();
    /// assert_eq!(calendar.find_within("7月", plan)?.key, "2026-07");
    /// assert_eq!(calendar.find_within("3月8日", plan)?.key, "2026-03-08");
    /// let long = DateRange::parse("2026..2028")?;
    /// assert_eq!(calendar.find_within("7月", long).unwrap_err().code(), "year_missing");
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn find_within(&self, key: &str, range: DateRange) -> Result<Period, CalendarError> {
        if let Some(period) = self.free_period(key.trim()) {
            return Ok(period);
        }
        let without_year = match Name::parse(key) {
            Ok(name) => name.year.is_none(),
            Err(error) => matches!(error, CalendarError::YearMissing { .. }),
        };
        if !without_year {
            return self.find(key);
        }
        let years = range.start.year() - 1..=range.last().year() + 1;
        let mut found = years
            .filter_map(|year| self.find(&format!("{year}年{}", key.trim())).ok())
            .filter(|period| period.range.common(&range).is_some())
            .collect::<Vec<_>>();
        if found.len() > 1 {
            // The first week of the next year may begin in this one: the fuller one is meant.
            let middle = |days: DateRange| plus(days.start, between(days.start, days.end) / 2);
            found.retain(|period| range.contains(middle(period.range)));
        }
        match (found.pop(), found.is_empty()) {
            (Some(period), true) => Ok(period),
            _ => Err(CalendarError::YearMissing {
                text: key.trim().to_owned(),
            }),
        }
    }

    /// The days of one period or of two joined ones, fiscal years and weeks included:
    /// `FY2026`, `2026-Q1..2026-Q3`, `2026-W10`.
    ///
    /// # Errors
    /// Those of [`SalesCalendar::find`], and `period_reversed`.
    ///
    /// ```
    /// use fenjie_calendar::{SalesCalendar, YearRule};
    /// let year = YearRule::Calendar { start_month: 12, start_day: 26 };
    /// let calendar = SalesCalendar { year, ..SalesCalendar::default() };
    /// assert_eq!(calendar.range("FY2026")?.to_string(), "2025-12-26..2026-12-25");
    /// assert_eq!(calendar.range("2026-01")?.to_string(), "2025-12-26..2026-01-25");
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn range(&self, text: &str) -> Result<DateRange, CalendarError> {
        DateRange::parse_with(text, |part| Ok(self.find(part)?.range))
    }

    fn resolve(&self, number: i16, name: &Name, text: &str) -> Result<Period, CalendarError> {
        let unknown = || CalendarError::PeriodUnknown {
            text: text.trim().to_owned(),
        };
        let selling_year = || {
            self.year
                .year_numbered(number, self.year_named)
                .ok_or_else(unknown)
        };
        match &name.part {
            Part::Whole => {
                let year = selling_year()?;
                Ok(self.year_names(number).period(Level::Year, year.range))
            }
            Part::Half(_) | Part::Quarter(_) if matches!(self.year, YearRule::Free { .. }) => {
                Err(unknown())
            }
            Part::Half(at) => {
                let at = usize::from(*at) - 1;
                let range = selling_year()?.part(at, 2);
                Ok(self.half_names(number, at).period(Level::Half, range))
            }
            Part::Quarter(at) => {
                let at = usize::from(*at) - 1;
                let range = selling_year()?.part(at, 4);
                Ok(self.quarter_names(number, at).period(Level::Quarter, range))
            }
            Part::Month(_) | Part::Numbered(_) => {
                let (year, at) = self.month_place(number, name, text)?;
                Ok(self
                    .month_names(&year, at)
                    .period(Level::Month, year.period(at)))
            }
            Part::Week(at) => {
                let week = self.week_at(number, *at, text)?;
                Ok(self
                    .week_names(&week, week.range, None)
                    .period(Level::Week, week.range))
            }
            Part::Piece(month, week) => {
                let month = Name {
                    part: (**month).clone(),
                    ..name.clone()
                };
                let month = self.resolve(number, &month, text)?;
                self.piece_in(&month, &format!("W{week}"), text)
            }
            Part::Day(date) => {
                let day = DateRange::through(*date, *date)?;
                Ok(day_names(*date).period(Level::Day, day))
            }
            Part::Slot(date, at) => {
                let day = DateRange::through(*date, *date)?;
                let at = usize::from(*at) - 1;
                let (label, _) = self.slots.shares().get(at).ok_or_else(unknown)?;
                let mut slot = slot_names(*date, at, label).period(Level::Slot, day);
                slot.slot = u8::try_from(at).ok();
                Ok(slot)
            }
        }
    }

    /// The selling year and place of a month by its calendar name or by its number.
    fn month_place(
        &self,
        number: i16,
        name: &Name,
        text: &str,
    ) -> Result<(SellingYear, usize), CalendarError> {
        let unknown = || CalendarError::PeriodUnknown {
            text: text.trim().to_owned(),
        };
        let at_number = |at: u8| {
            let year = self
                .year
                .year_numbered(number, self.year_named)
                .ok_or_else(unknown)?;
            let at = usize::from(at)
                .checked_sub(1)
                .filter(|at| *at < year.starts.len());
            Ok((year, at.ok_or_else(unknown)?))
        };
        match (&self.year, &name.part) {
            (YearRule::Free { .. }, _) => Err(unknown()),
            (_, Part::Numbered(at)) => at_number(*at),
            (YearRule::Calendar { start_day, .. }, Part::Month(month)) => {
                let years = number - 1..=number + 1;
                let mut years = years
                    .filter_map(|year| self.year.year_numbered(year, self.year_named))
                    .filter_map(|year| {
                        let wanted = (number, *month as i8);
                        let is = |start| month_name(start, *start_day) == wanted;
                        let at = year.starts.iter().position(|start| is(*start))?;
                        Some((year, at))
                    });
                years
                    .find(|(year, _)| !name.fiscal || year.number == number)
                    .ok_or_else(unknown)
            }
            _ => Err(unknown()),
        }
    }

    fn week_at(&self, number: i16, week: u8, text: &str) -> Result<Week, CalendarError> {
        let year = self.week_year_numbered(number);
        self.week_numbered(&year, week)
            .ok_or_else(|| CalendarError::WeekUnknown {
                text: text.trim().to_owned(),
                year: self.year_names(number).key,
                weeks: self.weeks_in(&year),
            })
    }

    /// The piece of a month by its week, `W10`, or `2026-W10` in a free period.
    fn piece_in(&self, month: &Period, week: &str, text: &str) -> Result<Period, CalendarError> {
        let unknown = || CalendarError::PeriodUnknown {
            text: text.trim().to_owned(),
        };
        let (year, number) = week.rsplit_once('-').unwrap_or(("", week));
        let number = format!("W{:0>2}", number.trim_start_matches(['W', 'w', '0']));
        let meant = |piece: &Period| {
            let key = piece.key.rsplit('/').next().unwrap_or_default();
            let (own_year, own_number) = key.rsplit_once('-').unwrap_or(("", key));
            own_number == number && (year.is_empty() || year == own_year)
        };
        let mut pieces = self
            .periods(month.range, Level::Piece)
            .into_iter()
            .filter(meant);
        match (pieces.next(), pieces.next()) {
            (Some(piece), None) => Ok(piece),
            (Some(_), Some(_)) => Err(CalendarError::YearMissing {
                text: text.trim().to_owned(),
            }),
            (None, _) => Err(unknown()),
        }
    }

    /// The part of a week that lies in another year: `2025/2026-W01`.
    fn week_part(&self, year: &str, week: &Period, text: &str) -> Result<Period, CalendarError> {
        let year = self.find(year)?;
        let unknown = || CalendarError::PeriodUnknown {
            text: text.trim().to_owned(),
        };
        if (year.level, week.level) != (Level::Year, Level::Week) {
            return Err(unknown());
        }
        let range = year.range.common(&week.range).ok_or_else(unknown)?;
        let mut part = self.periods(range, Level::Week).into_iter();
        part.find(|part| part.key == text.trim())
            .ok_or_else(unknown)
    }

    /// A period with free boundaries by its key.
    fn free_period(&self, key: &str) -> Option<Period> {
        let YearRule::Free { boundaries, .. } = &self.year else {
            return None;
        };
        let at = boundaries.iter().position(|(own, _)| own == key)?;
        let year = self.year.year_of(boundaries[0].1, self.year_named)?;
        Some(
            self.month_names(&year, at)
                .period(Level::Month, year.period(at)),
        )
    }
}
