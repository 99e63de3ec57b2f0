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
    /// Days that a notice takes back; they matter when this table lies on another.
    ordinary: BTreeSet<Date>,
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
    /// (also 休 / 班, or 1 / 0 as in `is_off_day`), or `ordinary` to take back what another table
    /// says. Empty lines and lines after `#` are skipped; a heading may be the first line. A year
    /// is covered once a day before December is named: late December belongs to the next notice.
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
            let kind = Kind::parse(kind).ok_or_else(unreadable)?;
            if name.is_empty() || range.days() > 60 {
                return Err(unreadable());
            }
            let name: Arc<str> = name.into();
            for date in range.dates() {
                if date.month() < 12 {
                    table.years.insert(date.year());
                }
                if !table.add(date, &name, kind) {
                    return Err(CalendarError::HolidaysTwice { line: at + 1, date });
                }
            }
        }
        Ok(Self {
            table: Arc::new(table),
        })
    }

    /// This table with another on top, day by day: a new year's notice on the built-in table. What
    /// the other names as ordinary is ordinary.
    ///
    /// ```
    /// use fenjie_calendar::{Date, Holidays};
    /// let notice = "2026-12-31..2027-01-02,元旦,off\n2026-10-10,国庆节,ordinary";
    /// let both = Holidays::china().replaced_by(&Holidays::parse_csv(notice)?);
    /// assert!(both.covers(2026) && both.covers(2027));
    /// assert!(both.class_of(Date::constant(2026, 10, 1)).is_some());
    /// assert!(both.class_of(Date::constant(2026, 10, 10)).is_none());
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn replaced_by(&self, other: &Self) -> Self {
        let mut table = (*self.table).clone();
        let over = &other.table;
        table.days.retain(|date, _| !over.ordinary.contains(date));
        table.ordinary.retain(|date| !over.days.contains_key(date));
        table
            .days
            .extend(over.days.iter().map(|(date, day)| (*date, day.clone())));
        table.ordinary.extend(&over.ordinary);
        table.years.extend(&over.years);
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

impl Table {
    /// Whether the day was new.
    fn add(&mut self, date: Date, name: &Arc<str>, kind: Kind) -> bool {
        let holiday = |off| Holiday {
            name: Arc::clone(name),
            off,
        };
        let known = self.days.contains_key(&date) || self.ordinary.contains(&date);
        match kind {
            Kind::Off => drop(self.days.insert(date, holiday(true))),
            Kind::MakeUp => drop(self.days.insert(date, holiday(false))),
            Kind::Ordinary => drop(self.ordinary.insert(date)),
        }
        !known
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Off,
    MakeUp,
    Ordinary,
}

impl Kind {
    fn parse(kind: &str) -> Option<Self> {
        match kind.to_lowercase().as_str() {
            "off" | "休" | "放假" | "1" | "true" => Some(Self::Off),
            "makeup" | "make_up" | "make-up" | "班" | "上班" | "调休" | "0" | "false" => {
                Some(Self::MakeUp)
            }
            "ordinary" | "平日" => Some(Self::Ordinary),
            _ => None,
        }
    }
}
