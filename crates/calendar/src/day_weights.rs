//! The weight of a day: the coefficient found for it (rule C4). Knows no periods.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{
    CalendarError, Coefficient, DateRange, DayType, DayWeight, Holiday, Holidays, WeightReason,
};

/// Coefficients by day type, looked up in this order: a closed day weighs 0; the day itself; its
/// holiday; make-up workday; weekday (rule C4). A season changes what stands below the day itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayWeights {
    /// Monday to Sunday.
    pub by_weekday: [Coefficient; 7],
    /// Days off; a holiday without coefficient weighs what its weekday weighs.
    pub holiday: HolidayCoefficients,
    /// Make-up workdays; without coefficient they weigh what their weekday weighs.
    pub make_up: Option<Coefficient>,
    /// Single days.
    pub by_date: BTreeMap<Date, Coefficient>,
    /// Days without business. A closed day weighs 0 whatever else is said of it.
    pub closed: Vec<DateRange>,
    /// Seasons; where several hold a day, all factors apply and the later one's coefficients win.
    pub seasons: Vec<Season>,
}

/// Coefficients of days off, by name and for all others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HolidayCoefficients {
    /// Any holiday that is not named below.
    pub any: Option<Coefficient>,
    /// By name. 国庆节 also finds 国庆节、中秋节, unless that very name is given; of two names that
    /// fall together and both have a coefficient, the larger one counts.
    pub by_name: BTreeMap<String, Coefficient>,
}

/// A stretch of days with a factor and, where given, coefficients of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Season {
    /// The days.
    pub range: DateRange,
    /// Multiplies the coefficients of holidays, make-up workdays and weekdays, not of single days.
    pub factor: Coefficient,
    /// Monday to Sunday, where the season has its own.
    pub by_weekday: [Option<Coefficient>; 7],
    /// Days off, where the season has its own.
    pub holiday: HolidayCoefficients,
    /// Make-up workdays, where the season has its own.
    pub make_up: Option<Coefficient>,
}

/// What one member has of its own; everything absent stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayWeightsPatch {
    /// Monday to Sunday.
    pub by_weekday: [Option<Coefficient>; 7],
    /// Days off; names are added to those there are.
    pub holiday: HolidayCoefficients,
    /// Make-up workdays.
    pub make_up: Option<Coefficient>,
    /// Single days, added.
    pub by_date: BTreeMap<Date, Coefficient>,
    /// Closed days, added.
    pub closed: Vec<DateRange>,
    /// Seasons, added after those there are.
    pub seasons: Vec<Season>,
}

impl DayWeights {
    /// The brief's default: Monday to Thursday 1.0, Friday 1.2, Saturday 1.5, Sunday 1.8.
    ///
    /// ```
    /// use fenjie_calendar::{Date, DayWeights, Holidays};
    /// let sunday = DayWeights::brief().weight(Date::constant(2026, 3, 8), &Holidays::china());
    /// assert_eq!(sunday.coefficient.to_string(), "1.8");
    /// ```
    pub fn brief() -> Self {
        let mut weights = Self::calendar_days();
        for (at, millionths) in [(4, 1_200_000), (5, 1_500_000), (6, 1_800_000)] {
            weights.by_weekday[at] =
                Coefficient::from_millionths(millionths).expect("1.8 is below 4000");
        }
        weights
    }

    /// Reads the coefficients of a week, Monday first, between commas.
    ///
    /// # Errors
    /// `weekdays_not_seven`, `coefficient_invalid`.
    ///
    /// ```
    /// use fenjie_calendar::DayWeights;
    /// let week = DayWeights::parse_weekdays("1,1,1,1,1.2,1.5,1.8")?;
    /// assert_eq!(week, DayWeights::brief().by_weekday);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn parse_weekdays(list: &str) -> Result<[Coefficient; 7], CalendarError> {
        let week = list
            .split([',', '，'])
            .map(Coefficient::parse)
            .collect::<Result<Vec<_>, _>>()?;
        let count = week.len();
        week.try_into()
            .map_err(|_| CalendarError::WeekdaysNotSeven { count })
    }

    /// Every day weighs 1 (rule C6).
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, DayWeights, Holidays};
    /// let march = DateRange::parse("2026-03")?;
    /// assert_eq!(DayWeights::calendar_days().sum(march, &Holidays::china()), 31_000_000);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn calendar_days() -> Self {
        Self {
            by_weekday: [Coefficient::ONE; 7],
            holiday: HolidayCoefficients::default(),
            make_up: None,
            by_date: BTreeMap::new(),
            closed: Vec::new(),
            seasons: Vec::new(),
        }
    }

    /// Monday to Friday and make-up workdays weigh 1, weekends and days off 0 (rule C6).
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, DayWeights, Holidays};
    /// let february = DateRange::parse("2026-02")?;
    /// assert_eq!(DayWeights::workdays().sum(february, &Holidays::china()), 16_000_000);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn workdays() -> Self {
        let mut weights = Self::calendar_days();
        weights.by_weekday[5..].fill(Coefficient::ZERO);
        weights.holiday.any = Some(Coefficient::ZERO);
        weights.make_up = Some(Coefficient::ONE);
        weights
    }

    /// The weight of a day, its type, and where the coefficient was found (rule C4).
    ///
    /// ```
    /// use fenjie_calendar::{Coefficient, Date, DayType, DayWeights, Holidays, WeightReason};
    /// let mut weights = DayWeights::brief();
    /// weights.holiday.any = Some(Coefficient::parse("2")?);
    /// let labour_day = weights.weight(Date::constant(2026, 5, 1), &Holidays::china());
    /// assert_eq!(labour_day.coefficient.to_string(), "2");
    /// assert_eq!(labour_day.day_type, DayType::Holiday("劳动节".into()));
    /// assert_eq!(labour_day.why, WeightReason::HolidayAny);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn weight(&self, date: Date, holidays: &Holidays) -> DayWeight {
        let holiday = holidays.class_of(date);
        let (coefficient, why) = self.find(date, holiday);
        let day_type = match (&why, holiday) {
            (WeightReason::Closed, _) => DayType::Closed,
            (WeightReason::Day, _) => DayType::Special,
            (_, Some(day)) if day.off => DayType::Holiday(day.name.to_string()),
            (_, Some(_)) => DayType::MakeUp,
            _ if date.weekday().to_monday_zero_offset() >= 5 => DayType::Weekend,
            _ => DayType::Weekday,
        };
        DayWeight {
            coefficient,
            day_type,
            why,
        }
    }

    /// The coefficient of a day alone, in millionths: what the bulk of the work asks for.
    ///
    /// ```
    /// use fenjie_calendar::{Date, DayWeights, Holidays};
    /// let saturday = Date::constant(2026, 3, 7);
    /// assert_eq!(DayWeights::brief().millionths(saturday, &Holidays::none()), 1_500_000);
    /// ```
    pub fn millionths(&self, date: Date, holidays: &Holidays) -> u64 {
        u64::from(self.find(date, holidays.class_of(date)).0.millionths())
    }

    /// The sum of the coefficients of a range's days, in millionths (rule C3).
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, DayWeights, Holidays};
    /// let store_week = DateRange::parse("2026-03-06..2026-03-12")?;
    /// assert_eq!(DayWeights::brief().sum(store_week, &Holidays::china()), 8_500_000);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn sum(&self, range: DateRange, holidays: &Holidays) -> u64 {
        range
            .dates()
            .map(|date| self.millionths(date, holidays))
            .sum()
    }

    /// These weights with a member's own in their place.
    ///
    /// ```
    /// use fenjie_calendar::{Coefficient, Date, DayWeights, DayWeightsPatch, Holidays};
    /// let mut own = DayWeightsPatch::default();
    /// own.by_weekday[0] = Some(Coefficient::ZERO); // rests on Mondays
    /// let store = DayWeights::brief().merged(&own);
    /// assert_eq!(store.millionths(Date::constant(2026, 3, 9), &Holidays::none()), 0);
    /// assert_eq!(store.millionths(Date::constant(2026, 3, 6), &Holidays::none()), 1_200_000);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn merged(&self, over: &DayWeightsPatch) -> Self {
        let mut weights = self.clone();
        for (own, weight) in over.by_weekday.iter().zip(&mut weights.by_weekday) {
            *weight = own.unwrap_or(*weight);
        }
        weights.holiday.any = over.holiday.any.or(weights.holiday.any);
        let names = over
            .holiday
            .by_name
            .iter()
            .map(|(name, own)| (name.clone(), *own));
        weights.holiday.by_name.extend(names);
        weights.make_up = over.make_up.or(weights.make_up);
        weights.by_date.extend(&over.by_date);
        weights.closed.extend(&over.closed);
        weights.seasons.extend(over.seasons.iter().cloned());
        weights
    }

    /// Whether any coefficient hangs on the holiday table, so that a year without data matters.
    ///
    /// ```
    /// use fenjie_calendar::DayWeights;
    /// assert!(DayWeights::workdays().uses_holidays());
    /// assert!(!DayWeights::brief().uses_holidays());
    /// ```
    pub fn uses_holidays(&self) -> bool {
        let uses = |holiday: &HolidayCoefficients, make_up: Option<Coefficient>| {
            holiday.any.is_some() || !holiday.by_name.is_empty() || make_up.is_some()
        };
        uses(&self.holiday, self.make_up)
            || self
                .seasons
                .iter()
                .any(|season| uses(&season.holiday, season.make_up))
    }

    /// Proves that no season lifts a day above the largest coefficient.
    ///
    /// # Errors
    /// `coefficient_too_large` with the first such day.
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, DayWeights, Holidays};
    /// let year = DateRange::parse("2026")?;
    /// assert!(DayWeights::brief().check(year, &Holidays::china()).is_ok());
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn check(&self, range: DateRange, holidays: &Holidays) -> Result<(), CalendarError> {
        if self
            .seasons
            .iter()
            .all(|season| season.factor <= Coefficient::ONE)
        {
            return Ok(());
        }
        let mut dates = range.dates();
        match dates.find(|date| self.millionths(*date, holidays) >= MOST) {
            Some(date) => Err(CalendarError::CoefficientTooLarge { date }),
            None => Ok(()),
        }
    }

    fn find(&self, date: Date, holiday: Option<&Holiday>) -> (Coefficient, WeightReason) {
        if self.closed.iter().any(|range| range.contains(date)) {
            return (Coefficient::ZERO, WeightReason::Closed);
        }
        if let Some(own) = self.by_date.get(&date) {
            return (*own, WeightReason::Day);
        }
        let seasons = || {
            self.seasons
                .iter()
                .rev()
                .filter(|season| season.range.contains(date))
        };
        let (mut coefficient, why) = self.by_class(date, holiday, seasons);
        for season in seasons() {
            coefficient = coefficient.times_rounded_half_up(season.factor);
        }
        (coefficient, why)
    }

    /// The coefficient of the day's class: at each step the latest season's first, then the year's.
    fn by_class<'a, S: Iterator<Item = &'a Season>>(
        &self,
        date: Date,
        holiday: Option<&Holiday>,
        seasons: impl Fn() -> S,
    ) -> (Coefficient, WeightReason) {
        let of_holiday = match holiday {
            Some(day) if day.off => seasons()
                .find_map(|season| season.holiday.find(&day.name))
                .or_else(|| self.holiday.find(&day.name)),
            Some(_) => seasons()
                .find_map(|season| season.make_up)
                .or(self.make_up)
                .map(|own| (own, WeightReason::MakeUp)),
            None => None,
        };
        of_holiday.unwrap_or_else(|| {
            let weekday = date.weekday();
            let at = usize::try_from(weekday.to_monday_zero_offset()).expect("0 to 6");
            let own = seasons().find_map(|season| season.by_weekday[at]);
            (
                own.unwrap_or(self.by_weekday[at]),
                WeightReason::Weekday(weekday),
            )
        })
    }
}

const MOST: u64 = Coefficient::MAX.millionths() as u64;

impl HolidayCoefficients {
    fn find(&self, name: &str) -> Option<(Coefficient, WeightReason)> {
        let named = |name: &str| {
            let own = self.by_name.get(name)?;
            Some((*own, WeightReason::HolidayNamed(name.to_owned())))
        };
        named(name)
            .or_else(|| {
                name.split('、')
                    .filter_map(named)
                    .max_by_key(|(own, _)| *own)
            })
            .or_else(|| self.any.map(|own| (own, WeightReason::HolidayAny)))
    }
}

impl Season {
    /// A season that only multiplies.
    ///
    /// ```
    /// use fenjie_calendar::{Coefficient, Date, DateRange, DayWeights, Holidays, Season};
    /// let mut weights = DayWeights::brief();
    /// let june = DateRange::parse("2026-06")?;
    /// weights.seasons.push(Season::times(june, Coefficient::parse("1.5")?));
    /// let friday = weights.weight(Date::constant(2026, 6, 5), &Holidays::china());
    /// assert_eq!(friday.coefficient.to_string(), "1.8");
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn times(range: DateRange, factor: Coefficient) -> Self {
        let holiday = HolidayCoefficients::default();
        Self {
            range,
            factor,
            by_weekday: [None; 7],
            holiday,
            make_up: None,
        }
    }
}
