//! Period names as people type them, read into their parts. Knows no calendar: which days a name
//! means is resolved elsewhere.

use jiff::civil::Date;

use crate::CalendarError;
use crate::days::YEARS;

/// A period's name in its parts; the year is absent where the text leaves it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// `FY` or 财年 stands before it.
    pub(crate) fiscal: bool,
    pub(crate) year: Option<i16>,
    pub(crate) part: Part,
}

/// What of the year is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    Half(u8),
    Quarter(u8),
    /// A month by its number in the calendar: 7月.
    Month(u8),
    /// A fiscal period by its place in the year: P07.
    Numbered(u8),
    Week(u8),
    /// A week's part in a month, 2026-03/W10, or in a fiscal period, FY2026-P03/W10.
    Piece(Box<Part>, u8),
    Day(Date),
    /// A slot of a day, counted from 1.
    Slot(Date, u8),
}

impl Name {
    /// Reads `2026`, `FY2026`, `2026-H1`, `2026-Q3`, `2026-03`, `FY2026-P03`, `2026-W10`,
    /// `2026-03/W10`, `2026-03-06`, `2026-03-06#1` and their Chinese forms, with or without year.
    pub(crate) fn parse(text: &str) -> Result<Self, CalendarError> {
        let unknown = || CalendarError::PeriodUnknown {
            text: text.to_owned(),
        };
        let plain = plain_form(text);
        if text.trim().is_empty() {
            return Err(CalendarError::PeriodEmpty {
                text: text.to_owned(),
            });
        }
        let (fiscal, rest) = match plain.strip_prefix("FY") {
            Some(rest) => (true, rest),
            None => (false, plain.as_str()),
        };
        let (year, rest) = year_and_rest(rest).map_err(|()| unknown())?;
        if fiscal && year.is_none() {
            return Err(unknown());
        }
        let part = part(rest, year, text)?.ok_or_else(unknown)?;
        if year.is_none() && part == Part::Whole {
            return Err(unknown());
        }
        Ok(Self { fiscal, year, part })
    }
}

/// Chinese and lower-case spellings brought to the one form that is read: 2026年一季度 to 2026-Q1.
fn plain_form(text: &str) -> String {
    let mut plain = text
        .trim()
        .to_uppercase()
        .replace("财年", "年")
        .replace("年度", "年");
    if text.contains("财年") && !plain.starts_with("FY") {
        plain.insert_str(0, "FY");
    }
    for (chinese, form) in [
        ("上半年", "H1"),
        ("下半年", "H2"),
        ("第", ""),
        ("星期", "周"),
    ] {
        plain = plain.replace(chinese, form);
    }
    for (number, words) in ["一1", "二2", "三3", "四4"].iter().enumerate() {
        for word in words.chars() {
            for ending in ["季度", "季"] {
                plain = plain.replace(&format!("{word}{ending}"), &format!("Q{}", number + 1));
            }
        }
    }
    plain = plain.replace('号', "日").replace("周段", "周");
    match plain.split_once('年') {
        Some((year, "")) => year.to_owned(),
        Some((year, rest)) => format!("{year}-{}", rest.trim_start_matches('-')),
        None => plain,
    }
}

/// The leading four-digit year, if there is one, and what follows its hyphen.
fn year_and_rest(text: &str) -> Result<(Option<i16>, &str), ()> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits < 3 {
        return Ok((None, text));
    }
    if digits != 4 {
        return Err(());
    }
    let year = text[..4].parse::<i16>().map_err(|_| ())?;
    if !YEARS.contains(&year) {
        return Err(());
    }
    match &text[4..] {
        "" => Ok((Some(year), "")),
        "-" => Err(()),
        rest => rest
            .strip_prefix('-')
            .map(|rest| (Some(year), rest))
            .ok_or(()),
    }
}

fn part(rest: &str, year: Option<i16>, text: &str) -> Result<Option<Part>, CalendarError> {
    if rest.is_empty() {
        return Ok(Some(Part::Whole));
    }
    if let Some((month, week)) = rest.split_once('/') {
        let month = part(month, year, text)?;
        return Ok(match (month, week_number(week)) {
            (Some(month @ (Part::Month(_) | Part::Numbered(_))), Some(week)) => {
                Some(Part::Piece(Box::new(month), week))
            }
            _ => None,
        });
    }
    if let Some((day, slot)) = rest.split_once('#') {
        return Ok(match (part(day, year, text)?, number(slot, 1, 255)) {
            (Some(Part::Day(date)), Some(slot)) => Some(Part::Slot(date, slot)),
            _ => None,
        });
    }
    if let Some(week) = week_number(rest) {
        return Ok(Some(Part::Week(week)));
    }
    if let Some(at) = rest.strip_prefix('H') {
        return Ok(number(at, 1, 2).map(Part::Half));
    }
    if let Some(at) = rest.strip_prefix('Q') {
        return Ok(number(at, 1, 4).map(Part::Quarter));
    }
    let numbered = rest.strip_prefix('P').or_else(|| rest.strip_suffix('期'));
    if let Some(at) = numbered {
        return Ok(number(at, 1, 99).map(Part::Numbered));
    }
    month_or_day(rest, year, text)
}

/// `03`, `3月`, `03-06`, `3月6日`; without a year the character 月 is needed.
fn month_or_day(rest: &str, year: Option<i16>, text: &str) -> Result<Option<Part>, CalendarError> {
    let (month, day) = match rest.split_once('月') {
        Some((month, day)) => (month, day.strip_suffix('日').unwrap_or(day)),
        None if year.is_none() => return Ok(None),
        None => rest.split_once('-').unwrap_or((rest, "")),
    };
    let (Some(month), day_number) = (number(month, 0, 99), number(day, 0, 99)) else {
        return Ok(None);
    };
    if !(1..=12).contains(&month) || (!day.is_empty() && day_number.is_none()) {
        return Err(CalendarError::DateInvalid {
            text: text.trim().to_owned(),
        });
    }
    let Some(day) = day_number else {
        return Ok(Some(Part::Month(month)));
    };
    let Some(year) = year else {
        return Err(CalendarError::YearMissing {
            text: text.trim().to_owned(),
        });
    };
    let date = Date::new(year, month as i8, day as i8);
    match date {
        Ok(date) => Ok(Some(Part::Day(date))),
        Err(_) => Err(CalendarError::DateInvalid {
            text: text.trim().to_owned(),
        }),
    }
}

fn week_number(text: &str) -> Option<u8> {
    let at = text.strip_prefix('W').or_else(|| text.strip_suffix('周'))?;
    number(at, 0, 99)
}

/// A plain number of one to three digits within bounds.
fn number(text: &str, low: u8, high: u8) -> Option<u8> {
    let plain = (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let value = if plain {
        text.parse::<u8>().ok()?
    } else {
        return None;
    };
    (low..=high).contains(&value).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, wanted: &str) {
        let found = match Name::parse(text) {
            Ok(Name { fiscal, year, part }) => {
                let year = year.map_or("-".to_owned(), |y| y.to_string());
                format!("{}{year} {part:?}", if fiscal { "FY" } else { "" })
            }
            Err(error) => error.code().to_owned(),
        };
        assert_eq!(found, wanted, "{text}");
    }

    #[test]
    fn names_in_both_languages() {
        check("2026", "2026 Whole");
        check(" 2026年 ", "2026 Whole");
        check("2026年度", "2026 Whole");
        check("fy2026", "FY2026 Whole");
        check("2026财年", "FY2026 Whole");
        check("2026财年二季度", "FY2026 Quarter(2)");
        check("FY2026-P03", "FY2026 Numbered(3)");
        check("2026财年第3期", "FY2026 Numbered(3)");
        check("2026-H1", "2026 Half(1)");
        check("2026年下半年", "2026 Half(2)");
        check("2026年第三季度", "2026 Quarter(3)");
        check("2026-q4", "2026 Quarter(4)");
        check("2026-03", "2026 Month(3)");
        check("2026年3月", "2026 Month(3)");
        check("7月", "- Month(7)");
        check("Q3", "- Quarter(3)");
        check("第10周", "- Week(10)");
        check("2026-W10", "2026 Week(10)");
        check("2026年第10周", "2026 Week(10)");
        check("2026-03/W10", "2026 Piece(Month(3), 10)");
        check("FY2026-P03/W10", "FY2026 Piece(Numbered(3), 10)");
        check("2026年3月6日", "2026 Day(2026-03-06)");
        check("2026-03-06", "2026 Day(2026-03-06)");
        check("2026-03-06#2", "2026 Slot(2026-03-06, 2)");
    }

    #[test]
    fn what_is_no_name() {
        check("", "period_empty");
        check("2025-02-29", "date_invalid");
        check("2026-13", "date_invalid");
        check("2026-04-31", "date_invalid");
        check("2026-3-6-1", "date_invalid");
        check("2026-00-10", "date_invalid");
        check("3月6日", "year_missing");
        for text in [
            "26", "202", "20260306", "2026-Q5", "2026-H0", "Q", "FYQ1", "FY", "0026",
        ] {
            check(text, "period_unknown");
        }
        for text in [
            "2026-",
            "2026/03",
            "03",
            "-5",
            "2026-03-06#0",
            "2026-Q1/W3",
            "month",
            "年",
        ] {
            check(text, "period_unknown");
        }
        for text in ["2026-０３", "9999", "2026--03", "W", "2026-Wx"] {
            check(text, "period_unknown");
        }
    }
}
