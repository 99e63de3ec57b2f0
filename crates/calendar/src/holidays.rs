//! Statutory holidays and make-up workdays by date (rule C4). Knows no weights.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use jiff::civil::Date;

use crate::{CalendarError, DateRange};

/// What a holiday table says of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// 春节; where two fall together 国庆节、中秋节
    pub name: Arc<str>,
    /// A day off, or a workday that makes up for one (调休上班).
    pub off: bool,
}

/// A replaceable table of holidays. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holidays {
    table: Arc<Table>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Table {
    days: BTreeMap<Date, Holiday>,
    years: BTreeSet<i16>,
    /// Nobody asked for holidays, so no year is missing.
    none: bool,
}

static CHINA: LazyLock<Holidays> = LazyLock::new(|| {
    Holidays::parse_csv(include_str!("../holidays_cn.csv"))
        .expect("the table that comes with the crate is tested")
});

impl Holidays {
    /// Mainland China 2018 to 2026, days off and make-up workdays.
    ///
    /// ```
    /// use fenjie_calendar::{Date, Holidays};
    /// let china = Holidays::china();
    /// assert!(china.class_of(Date::constant(2026, 2, 17)).unwrap().off);
    /// let sunday_at_work = china.class_of(Date::constant(2026, 1, 4)).unwrap();
    /// assert_eq!((&*sunday_at_work.name, sunday_at_work.off), ("元旦", false));
    /// assert!(!china.covers(2027));
    /// ```
    pub fn china() -> Self {
        CHINA.clone()
    }

    /// No holidays at all, wanted so: every year counts as covered.
    ///
    /// ```
    /// assert!(fenjie_calendar::Holidays::none().covers(2027));
    /// ```
    pub fn none() -> Self {
        Self {
            table: Arc::new(Table {
                none: true,
                ..Table::default()
            }),
        }
    }

    /// Reads a table: one line per day or per `first..last`, its name, and `off` or `makeup`
    /// (also 休 / 班, or 1 / 0 as in `is_off_day`). Empty lines and lines after `#` are skipped;
    /// a heading may be the first line. The years covered are those of the days in it.
    ///
    /// # Errors
    /// `holidays_unreadable` and `holidays_twice` with the line; those of [`DateRange::parse`]
    /// appear as the first.
    ///
    /// ```
    /// use fenjie_calendar::{Date, Holidays};
    /// let table = Holidays::parse_csv("day,name,kind\n2027-02-05..2027-02-11,春节,off\n")?;
    /// assert!(table.covers(2027) && !table.covers(2026));
    /// assert_eq!(table.len(), 7);
    /// assert!(Holidays::parse_csv("2027-02-29,春节,off").is_err());
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn parse_csv(text: &str) -> Result<Self, CalendarError> {
        let mut table = Table::default();
        let mut heading_allowed = true;
        for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line_text = line.trim();
            if line_text.is_empty() || line_text.starts_with('#') {
                continue;
            }
            let heading = heading_allowed && !line_text.starts_with(|c: char| c.is_ascii_digit());
            heading_allowed = false;
            if heading {
                continue;
            }
            let unreadable = || CalendarError::HolidaysUnreadable {
                line: at + 1,
                text: line_text.to_owned(),
            };
            let mut fields = line_text
                .split(',')
                .map(|f| f.trim().trim_matches('"').trim());
            let (Some(day), Some(name), Some(kind)) = (fields.next(), fields.next(), fields.next())
            else {
                return Err(unreadable());
            };
            let range = DateRange::parse(day).map_err(|_| unreadable())?;
            let off = is_off(kind).ok_or_else(unreadable)?;
            if name.is_empty() || range.days() > 60 {
                return Err(unreadable());
            }
            let name: Arc<str> = name.into();
            for date in range.dates() {
                table.years.insert(date.year());
                let holiday = Holiday {
                    name: Arc::clone(&name),
                    off,
                };
                if table.days.insert(date, holiday).is_some() {
                    return Err(CalendarError::HolidaysTwice { line: at + 1, date });
                }
            }
        }
        Ok(Self {
            table: Arc::new(table),
        })
    }

    /// This table with the years of another in place of its own: a new year's notice on top of
    /// the built-in table.
    ///
    /// ```
    /// use fenjie_calendar::{Date, Holidays};
    /// let notice = Holidays::parse_csv("2027-01-01..2027-01-03,元旦,off")?;
    /// let both = Holidays::china().replaced_by(&notice);
    /// assert!(both.covers(2026) && both.covers(2027));
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn replaced_by(&self, other: &Self) -> Self {
        let mut table = (*self.table).clone();
        table
            .days
            .retain(|date, _| !other.table.years.contains(&date.year()));
        table.days.extend(
            other
                .table
                .days
                .iter()
                .map(|(date, day)| (*date, day.clone())),
        );
        table.years.extend(&other.table.years);
        Self {
            table: Arc::new(table),
        }
    }

    /// What the table says of a day; none for an ordinary day.
    ///
    /// ```
    /// use fenjie_calendar::{Date, Holidays};
    /// assert_eq!(Holidays::china().class_of(Date::constant(2026, 3, 6)), None);
    /// ```
    pub fn class_of(&self, date: Date) -> Option<&Holiday> {
        self.table.days.get(&date)
    }

    /// Whether the table has this year; where not, nothing may be concluded from its silence.
    ///
    /// ```
    /// use fenjie_calendar::Holidays;
    /// assert!((2018..=2026).all(|year| Holidays::china().covers(year)));
    /// ```
    pub fn covers(&self, year: i16) -> bool {
        self.table.none || self.table.years.contains(&year)
    }

    /// The years of a range that the table does not have, ascending.
    ///
    /// ```
    /// use fenjie_calendar::{DateRange, Holidays};
    /// let plan = DateRange::parse("2026..2028")?;
    /// assert_eq!(Holidays::china().unknown_years(plan), [2027, 2028]);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn unknown_years(&self, range: DateRange) -> Vec<i16> {
        (range.start.year()..=range.last().year())
            .filter(|year| !self.covers(*year))
            .collect()
    }

    /// How many days the table names.
    ///
    /// ```
    /// assert_eq!(fenjie_calendar::Holidays::none().len(), 0);
    /// ```
    pub fn len(&self) -> usize {
        self.table.days.len()
    }

    /// Whether the table names no day.
    ///
    /// ```
    /// assert!(!fenjie_calendar::Holidays::china().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.table.days.is_empty()
    }

    /// Every day of the table, in order.
    ///
    /// ```
    /// use fenjie_calendar::Holidays;
    /// let off = Holidays::china().days().filter(|(date, day)| date.year() == 2026 && day.off).count();
    /// assert_eq!(off, 33);
    /// ```
    pub fn days(&self) -> impl Iterator<Item = (Date, &Holiday)> {
        self.table.days.iter().map(|(date, day)| (*date, day))
    }
}

fn is_off(kind: &str) -> Option<bool> {
    match kind.to_lowercase().as_str() {
        "off" | "休" | "放假" | "1" | "true" => Some(true),
        "makeup" | "make_up" | "make-up" | "班" | "上班" | "调休" | "0" | "false" => {
            Some(false)
        }
        _ => None,
    }
}
