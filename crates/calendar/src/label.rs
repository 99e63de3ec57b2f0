//! Keys and labels of periods. Knows which days a period has, not why.

use fenjie_message::Lang;
use jiff::civil::Date;

use crate::week::Week;
use crate::year::SellingYear;
use crate::{DateRange, Level, Period, SalesCalendar, YearRule, weekday_name};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const QUARTERS: [&str; 4] = ["一", "二", "三", "四"];

/// A key with its two labels.
pub(crate) struct Names {
    pub(crate) key: String,
    pub(crate) zh: String,
    pub(crate) en: String,
}

impl Names {
    /// The period of these names.
    pub(crate) fn period(self, level: Level, range: DateRange) -> Period {
        Period {
            key: self.key,
            label_zh: self.zh,
            label_en: self.en,
            level,
            range,
            slot: None,
        }
    }
}

impl SalesCalendar {
    /// `2026`, or `FY2026` where the year is not the Gregorian one.
    pub(crate) fn year_names(&self, year: i16) -> Names {
        if self.year.is_gregorian() {
            let key = year.to_string();
            return Names {
                zh: format!("{year}年"),
                en: key.clone(),
                key,
            };
        }
        let key = format!("FY{year}");
        Names {
            zh: format!("{year}财年"),
            en: key.clone(),
            key,
        }
    }

    /// `2026-H1`, at from 0.
    pub(crate) fn half_names(&self, year: i16, at: usize) -> Names {
        let names = self.year_names(year);
        Names {
            key: format!("{}-H{}", names.key, at + 1),
            zh: format!("{}{}半年", names.zh, ["上", "下"][at]),
            en: format!("{} H{}", names.en, at + 1),
        }
    }

    /// `2026-Q1`, at from 0.
    pub(crate) fn quarter_names(&self, year: i16, at: usize) -> Names {
        let names = self.year_names(year);
        Names {
            key: format!("{}-Q{}", names.key, at + 1),
            zh: format!("{}{}季度", names.zh, QUARTERS[at]),
            en: format!("{} Q{}", names.en, at + 1),
        }
    }

    /// `2026-03`, `FY2026-P03`, or the key given with a free boundary; at from 0.
    pub(crate) fn month_names(&self, year: &SellingYear, at: usize) -> Names {
        match &self.year {
            YearRule::Calendar { start_day, .. } => {
                let (year, month) = month_name(year.starts[at], *start_day);
                Names {
                    key: format!("{year}-{month:02}"),
                    zh: format!("{year}年{month}月"),
                    en: format!("{} {year}", MONTHS[usize::from(month.unsigned_abs()) - 1]),
                }
            }
            YearRule::Thirteen { .. } | YearRule::Weeks { .. } => {
                let names = self.year_names(year.number);
                Names {
                    key: format!("{}-P{:02}", names.key, at + 1),
                    zh: format!("{}第{}期", names.zh, at + 1),
                    en: format!("{} period {}", names.en, at + 1),
                }
            }
            YearRule::Free { boundaries, .. } => {
                let key = boundaries[at].0.clone();
                Names {
                    zh: key.clone(),
                    en: key.clone(),
                    key,
                }
            }
        }
    }

    /// The key of a whole week: `2026-W10`, `FY2026-W10`.
    pub(crate) fn week_key(&self, week: &Week) -> String {
        format!("{}{}-W{:02}", self.week_prefix(), week.year, week.number)
    }

    /// A week, or the part of it given by `range`; `other_year` is the key of the year in which
    /// that part lies, where that is not the week's own.
    pub(crate) fn week_names(
        &self,
        week: &Week,
        range: DateRange,
        other_year: Option<String>,
    ) -> Names {
        let key = self.week_key(week);
        let year = if self.week_prefix().is_empty() {
            "年"
        } else {
            "财年"
        };
        Names {
            zh: format!("{}{year}第{}周 {}", week.year, week.number, days_zh(range)),
            en: format!("{}, {}", key.replace('-', " "), days_en(range)),
            key: match other_year {
                Some(year) => format!("{year}/{key}"),
                None => key,
            },
        }
    }

    /// The piece of a week in a month: `2026-03/W10`. A free period may be longer than a year, so
    /// there the week's whole key stands: `春季/2026-W10`.
    pub(crate) fn piece_names(&self, month: &Names, week: &Week, range: DateRange) -> Names {
        let week_text = match &self.year {
            YearRule::Free { .. } => self.week_key(week),
            _ => format!("W{:02}", week.number),
        };
        Names {
            key: format!("{}/{week_text}", month.key),
            zh: format!("{}第{}周段 {}", month.zh, week.number, days_zh(range)),
            en: format!("{} {week_text}, {}", month.en, days_en(range)),
        }
    }

    fn week_prefix(&self) -> &'static str {
        match &self.year {
            YearRule::Free { .. } => "",
            rule if rule.is_gregorian() => "",
            _ => "FY",
        }
    }
}

/// The year and month by which a month from `start` is called: the one it starts in, or the next
/// where it starts on the 16th or later (26 December to 25 January is January).
pub(crate) fn month_name(start: Date, start_day: i8) -> (i16, i8) {
    let later = i32::from(start_day > 15);
    crate::days::month_plus(start.year(), start.month(), later)
}

/// `2026-03-06`.
pub(crate) fn day_names(date: Date) -> Names {
    Names {
        key: date.to_string(),
        zh: format!(
            "{}年{}月{}日 {}",
            date.year(),
            date.month(),
            date.day(),
            weekday_name(date.weekday(), Lang::Zh)
        ),
        en: format!("{} {date}", weekday_name(date.weekday(), Lang::En)),
    }
}

/// `2026-03-06#1`, at from 0.
pub(crate) fn slot_names(date: Date, at: usize, label: &str) -> Names {
    Names {
        key: format!("{date}#{}", at + 1),
        zh: format!("{}月{}日 {label}", date.month(), date.day()),
        en: format!("{date} {label}"),
    }
}

/// `3月6日–12日`; the month again where it changes.
fn days_zh(range: DateRange) -> String {
    let (first, last) = (range.start, range.last());
    let start = format!("{}月{}日", first.month(), first.day());
    match (first == last, first.month() == last.month()) {
        (true, _) => start,
        (false, true) => format!("{start}–{}日", last.day()),
        (false, false) => format!("{start}–{}月{}日", last.month(), last.day()),
    }
}

/// `6–12 Mar`; the month twice where it changes.
fn days_en(range: DateRange) -> String {
    let (first, last) = (range.start, range.last());
    let month = |date: Date| &MONTHS[usize::from(date.month().unsigned_abs()) - 1][..3];
    let end = format!("{} {}", last.day(), month(last));
    match (first == last, first.month() == last.month()) {
        (true, _) => end,
        (false, true) => format!("{}–{end}", first.day()),
        (false, false) => format!("{} {}–{end}", first.day(), month(first)),
    }
}
