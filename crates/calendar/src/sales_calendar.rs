//! A calendar of selling: year rule, weeks, holidays, day weights and slots together, and the
//! weights of its periods. Knows nothing of amounts.

use jiff::civil::Weekday;

use crate::{
    CalendarError, Coefficient, DateRange, DayWeights, Holidays, PeriodTree, Slots, YearNamed,
    YearRule,
};

/// Everything that says how time is cut and what each piece of it weighs. The default is the
/// Gregorian year, weeks from Monday, the holidays of mainland China, the brief's coefficients and
/// slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalesCalendar {
    /// How years are cut (rule C2).
    pub year: YearRule,
    /// Which calendar year numbers a fiscal year.
    pub year_named: YearNamed,
    /// The first day of the week (rule C3).
    pub week_starts: Weekday,
    /// Holidays and make-up workdays (rule C4).
    pub holidays: Holidays,
    /// What days weigh (rule C4).
    pub day_weights: DayWeights,
    /// How a day is divided (rule C5).
    pub slots: Slots,
}

impl Default for SalesCalendar {
    fn default() -> Self {
        Self {
            year: YearRule::gregorian(),
            year_named: YearNamed::default(),
            week_starts: Weekday::Monday,
            holidays: Holidays::china(),
            day_weights: DayWeights::brief(),
            slots: Slots::brief(),
        }
    }
}

impl SalesCalendar {
    /// The calendar of the brief's stores: weeks from Friday to Thursday.
    ///
    /// ```
    /// use fenjie_calendar::{SalesCalendar, Weekday};
    /// assert_eq!(SalesCalendar::brief().week_starts, Weekday::Friday);
    /// ```
    pub fn brief() -> Self {
        Self {
            week_starts: Weekday::Friday,
            ..Self::default()
        }
    }

    /// The sum of the coefficients of a range's days, in millionths (rule C3).
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, SalesCalendar};
    /// let week = DateRange::parse("2026-03-06..2026-03-12")?;
    /// assert_eq!(SalesCalendar::brief().weight_of(week), 8_500_000);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn weight_of(&self, range: DateRange) -> u64 {
        self.day_weights.sum(range, &self.holidays)
    }

    /// The weight of every node of a tree, to be compared among siblings: the sum of its days'
    /// coefficients in millionths, and of a slot its share in millionths of a percent.
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, Level, SalesCalendar};
    /// let calendar = SalesCalendar::brief();
    /// let tree = calendar.tree(DateRange::parse("2026-03")?, &[Level::Month, Level::Piece])?;
    /// assert_eq!(
    ///     calendar.weights(&tree),
    ///     [37_800_000, 5_800_000, 8_500_000, 8_500_000, 8_500_000, 6_500_000]
    /// );
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn weights(&self, tree: &PeriodTree) -> Vec<u64> {
        self.weights_with(tree, &self.day_weights, &self.slots)
    }

    /// [`SalesCalendar::weights`] with a member's own coefficients and slots. A slot that the
    /// member's own slots do not have weighs 0.
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, DayWeights, Level, SalesCalendar, Slots};
    /// let calendar = SalesCalendar::brief();
    /// let tree = calendar.tree(DateRange::parse("2026-03-06")?, &[Level::Day, Level::Slot])?;
    /// let own = Slots::parse([("早", "50"), ("晚", "50")])?;
    /// let weights = calendar.weights_with(&tree, &DayWeights::calendar_days(), &own);
    /// assert_eq!(weights, [1_000_000, 50_000_000, 50_000_000, 0, 0]);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn weights_with(&self, tree: &PeriodTree, days: &DayWeights, slots: &Slots) -> Vec<u64> {
        // Sums up to each day, so that a node costs one subtraction whatever its length.
        let mut sums = vec![0];
        for date in tree.range.dates() {
            sums.push(sums[sums.len() - 1] + days.millionths(date, &self.holidays));
        }
        let place = |date| {
            usize::try_from(crate::days::between(tree.range.start, date)).expect("nodes lie inside")
        };
        let weight = |node: &crate::Period| match node.slot {
            None => sums[place(node.range.end)] - sums[place(node.range.start)],
            Some(at) => {
                let share = slots.shares().get(usize::from(at)).map(|(_, share)| *share);
                u64::from(share.unwrap_or(Coefficient::ZERO).millionths())
            }
        };
        tree.nodes.iter().map(weight).collect()
    }

    /// What a careful planner should know of a range before trusting its weights: years of which
    /// the holiday table knows nothing while coefficients hang on it.
    ///
    /// # Errors
    /// `holidays_unknown_year`, `coefficient_too_large`, `year_rule_invalid`.
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, DayWeights, SalesCalendar};
    /// let day_weights = DayWeights::workdays();
    /// let calendar = SalesCalendar { day_weights, ..SalesCalendar::default() };
    /// assert!(calendar.check(DateRange::parse("2026")?).is_ok());
    /// let unknown = calendar.check(DateRange::parse("2027")?).unwrap_err();
    /// assert_eq!(unknown.code(), "holidays_unknown_year");
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn check(&self, range: DateRange) -> Result<(), CalendarError> {
        self.year.check()?;
        self.day_weights.check(range, &self.holidays)?;
        let years = self.holidays.unknown_years(range);
        if years.is_empty() || !self.day_weights.uses_holidays() {
            return Ok(());
        }
        Err(CalendarError::HolidaysUnknownYear { years })
    }
}
