//! Reads days as people and systems write them. Knows no columns.

use fenjie_message::{Lang, Message, english};
use jiff::civil::Date;

/// Why a text is no day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DateError {
    /// It has none of the known forms.
    FormUnknown {
        /// The text.
        text: String,
    },
    /// It has a month and a day and no year.
    YearMissing {
        /// The text.
        text: String,
    },
    /// Its year has two digits.
    YearShort {
        /// The text.
        text: String,
    },
    /// There is no such day, such as 29 February of a common year.
    DayMissing {
        /// The text.
        text: String,
    },
    /// Day and month cannot be told apart; both readings.
    Ambiguous {
        /// The text.
        text: String,
        /// The reading with the month first.
        month_first: Date,
        /// The reading with the day first.
        day_first: Date,
    },
}

impl Message for DateError {
    fn code(&self) -> &'static str {
        match self {
            DateError::FormUnknown { .. } => "date_form_unknown",
            DateError::YearMissing { .. } => "date_without_year",
            DateError::YearShort { .. } => "date_year_short",
            DateError::DayMissing { .. } => "date_missing",
            DateError::Ambiguous { .. } => "date_ambiguous",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (DateError::FormUnknown { text }, Lang::Zh) => format!("`{text}` 不是日期"),
            (DateError::FormUnknown { text }, Lang::En) => format!("`{text}` is no date"),
            (DateError::YearMissing { text }, Lang::Zh) => format!("`{text}` 没有写年份"),
            (DateError::YearMissing { text }, Lang::En) => format!("`{text}` has no year"),
            (DateError::YearShort { text }, Lang::Zh) => {
                format!("`{text}` 的年份要写四位，年月日的先后才看得出来")
            }
            (DateError::YearShort { text }, Lang::En) => {
                format!("`{text}` needs a year of four digits to tell year, month and day apart")
            }
            (DateError::DayMissing { text }, Lang::Zh) => format!("没有 `{text}` 这一天"),
            (DateError::DayMissing { text }, Lang::En) => format!("there is no day `{text}`"),
            (
                DateError::Ambiguous {
                    text,
                    month_first,
                    day_first,
                },
                Lang::Zh,
            ) => {
                format!("日期 `{text}` 有两种读法：{month_first} 或 {day_first}")
            }
            (
                DateError::Ambiguous {
                    text,
                    month_first,
                    day_first,
                },
                Lang::En,
            ) => {
                format!("the date `{text}` can be read as {month_first} or {day_first}")
            }
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        if let DateError::YearMissing { .. } | DateError::YearShort { .. } = self {
            let zh = "在表格软件里把这一列的格式设为 `yyyy-mm-dd`，再导出";
            let en = "give the column the format `yyyy-mm-dd` in the spreadsheet program and export again";
            return Some(lang.pick(zh, en).to_owned());
        }
        let zh = "写成 `2026-03-01`、`2026/3/1`、`2026年3月1日` 或 `20260301`";
        let en = "write `2026-03-01`, `2026/3/1`, `2026年3月1日` or `20260301`";
        Some(lang.pick(zh, en).to_owned())
    }
}

impl std::fmt::Display for DateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&english(self))
    }
}

impl std::error::Error for DateError {}

/// Reads a day: `2026-03-01`, `2026/3/1`, `2026.3.1`, `2026年3月1日`, `20260301`, each also followed
/// by a time of day, which is dropped, and `13/2/2026` where only one reading is a day.
///
/// ```
/// use fenjie_exchange::table::parse_date;
/// let day = jiff::civil::date(2026, 3, 1);
/// for text in ["2026-03-01", "2026/3/1", "2026年3月1日", "20260301", "2026-03-01 08:30:00"] {
///     assert_eq!(parse_date(text), Ok(day));
/// }
/// assert!(parse_date("3/1/2026").is_err());
/// assert!(parse_date("2026-02-29").is_err());
/// ```
///
/// # Errors
/// [`DateError`], with both readings where day and month cannot be told apart.
pub fn parse_date(text: &str) -> Result<Date, DateError> {
    let unknown = || DateError::FormUnknown {
        text: text.to_owned(),
    };
    let missing = || DateError::DayMissing {
        text: text.to_owned(),
    };
    let trimmed = text.trim();
    let day = without_time(trimmed);
    if day.len() == 8 && day.bytes().all(|b| b.is_ascii_digit()) {
        let number: i32 = day.parse().map_err(|_| unknown())?;
        return civil(number / 10_000, number / 100 % 100, number % 100).ok_or_else(missing);
    }
    if is_without_year(day) {
        return Err(DateError::YearMissing {
            text: text.to_owned(),
        });
    }
    let parts = parts(day).ok_or_else(unknown)?;
    if parts.iter().all(|(_, digits)| matches!(digits, 1..=2)) {
        return Err(DateError::YearShort {
            text: text.to_owned(),
        });
    }
    match parts {
        [(year, 4), (month, 1..=2), (date, 1..=2)] => civil(year, month, date).ok_or_else(missing),
        [(first, 1..=2), (second, 1..=2), (year, 4)] => {
            match (civil(year, first, second), civil(year, second, first)) {
                (Some(month_first), Some(day_first)) if month_first != day_first => {
                    let text = text.to_owned();
                    Err(DateError::Ambiguous {
                        text,
                        month_first,
                        day_first,
                    })
                }
                (Some(day), _) | (None, Some(day)) => Ok(day),
                (None, None) => Err(missing()),
            }
        }
        _ => Err(unknown()),
    }
}

/// Whether it is `3/7`, `3-7` or `3月7日`. `3.7` may be a number.
fn is_without_year(day: &str) -> bool {
    let Some((month, rest)) = day.split_once(['/', '-', '月']) else {
        return false;
    };
    let number = |text: &str| {
        let text = text.trim();
        matches!(text.len(), 1 | 2) && text.bytes().all(|b| b.is_ascii_digit())
    };
    number(month) && number(rest.trim_end_matches(['日', '号']))
}

fn civil(year: i32, month: i32, day: i32) -> Option<Date> {
    Date::new(
        year.try_into().ok()?,
        month.try_into().ok()?,
        day.try_into().ok()?,
    )
    .ok()
}

/// The text before a time of day such as `T08:30:00Z` or ` 8:30`.
fn without_time(text: &str) -> &str {
    let (day, time) = match text.split_once(['T', ' ', '\u{3000}']) {
        Some((day, time)) => (day.trim(), time.trim()),
        None => return text,
    };
    let clock = |c: char| c.is_ascii_digit() || ":.+-Zz时分秒 ".contains(c);
    if !time.is_empty() && time.starts_with(|c: char| c.is_ascii_digit()) && time.chars().all(clock)
    {
        day
    } else {
        text
    }
}

/// Three numbers with their digits, between like marks or 年月日.
fn parts(day: &str) -> Option<[(i32, usize); 3]> {
    let mut numbers = [(0, 0); 3];
    let mut marks = ['\0'; 3];
    let mut at = 0;
    for c in day.chars() {
        if let Some(digit) = c.to_digit(10) {
            let (number, digits) = numbers.get_mut(at)?;
            *number = *number * 10 + digit as i32;
            *digits += 1;
            if *digits > 4 {
                return None;
            }
        } else {
            *marks.get_mut(at)? = c;
            at += 1;
        }
    }
    let same = matches!(
        marks,
        ['-', '-', '\0'] | ['/', '/', '\0'] | ['.', '.', '\0']
    );
    let chinese = matches!(marks, ['年', '月', '日' | '号' | '\0']);
    (same || chinese).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expected: Expect) {
        let shown = match parse_date(text) {
            Ok(day) => day.to_string(),
            Err(error) => format!("{} | {error}", error.text(Lang::Zh)),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn forms() {
        check(
            "1/1/02",
            expect![
                "`1/1/02` 的年份要写四位，年月日的先后才看得出来 | `1/1/02` needs a year of four digits to tell year, month and day apart [date_year_short]"
            ],
        );
        check(
            "3/7",
            expect!["`3/7` 没有写年份 | `3/7` has no year [date_without_year]"],
        );
        check(
            "3月7日",
            expect!["`3月7日` 没有写年份 | `3月7日` has no year [date_without_year]"],
        );
        check("2026-03-01", expect!["2026-03-01"]);
        check(" 2026/3/1 ", expect!["2026-03-01"]);
        check("2026.03.1", expect!["2026-03-01"]);
        check("2026年3月1日", expect!["2026-03-01"]);
        check("2026年03月01号 8时30分", expect!["2026-03-01"]);
        check("20260301", expect!["2026-03-01"]);
        check("1996-07-04 00:00:00.000", expect!["1996-07-04"]);
        check("2026-03-01T23:59:59+08:00", expect!["2026-03-01"]);
        check("31/12/2026", expect!["2026-12-31"]);
        check("12/31/2026", expect!["2026-12-31"]);
        check("3/3/2026", expect!["2026-03-03"]);
    }

    #[test]
    fn refusals() {
        check(
            "3/1/2026",
            expect![
                "日期 `3/1/2026` 有两种读法：2026-03-01 或 2026-01-03 | the date `3/1/2026` can be read as 2026-03-01 or 2026-01-03 [date_ambiguous]"
            ],
        );
        check(
            "2026-02-29",
            expect!["没有 `2026-02-29` 这一天 | there is no day `2026-02-29` [date_missing]"],
        );
        check(
            "20261301",
            expect!["没有 `20261301` 这一天 | there is no day `20261301` [date_missing]"],
        );
        check(
            "Apr-18",
            expect!["`Apr-18` 不是日期 | `Apr-18` is no date [date_form_unknown]"],
        );
        check(
            "3/1/26",
            expect![
                "`3/1/26` 的年份要写四位，年月日的先后才看得出来 | `3/1/26` needs a year of four digits to tell year, month and day apart [date_year_short]"
            ],
        );
        check(
            "2026-3/1",
            expect!["`2026-3/1` 不是日期 | `2026-3/1` is no date [date_form_unknown]"],
        );
        check(
            "",
            expect!["`` 不是日期 | `` is no date [date_form_unknown]"],
        );
    }
}
