//! Year rules as people write them in a plan file or a command. Free boundaries are no text.

use jiff::civil::Weekday;

use crate::{CalendarError, YearEnd, YearRule, parse_weekday};

/// The months' English names in small letters, January first.
pub const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads how a year of whole weeks ends: `last sunday of december`, `nearest saturday to january`
/// (the Saturday nearest to the end of January), `last 周日 12月`.
///
/// # Errors
/// `year_rule_invalid`.
///
/// ```
/// use fenjie_calendar::{Weekday, YearEnd, parse_year_end};
/// let retail = parse_year_end("nearest saturday to january")?;
/// assert_eq!(retail, (YearEnd::Nearest, Weekday::Saturday, 1));
/// assert_eq!(parse_year_end("last 周日 12月")?, (YearEnd::Last, Weekday::Sunday, 12));
/// # Ok::<(), fenjie_calendar::CalendarError>(())
/// ```
pub fn parse_year_end(text: &str) -> Result<(YearEnd, Weekday, i8), CalendarError> {
    let words = text
        .split_whitespace()
        .filter(|word| !matches!(*word, "of" | "to"));
    year_end(&words.collect::<Vec<_>>()).ok_or_else(|| CalendarError::YearRuleInvalid {
        zh: format!("读不懂年度的结束日 `{text}`：可写 last sunday of december"),
        en: format!("`{text}` is no end of a year: write last sunday of december"),
    })
}

impl YearRule {
    /// Reads the first day of the year, `04-01` or `12月26日`; or weeks to a month and how the year
    /// ends (see [`parse_year_end`]), `4-5-4 nearest saturday to january`; or thirteen periods,
    /// `13 last sunday of december`; `calendar` is 1 January.
    ///
    /// # Errors
    /// `year_rule_invalid`, also where [`YearRule::check`] refuses.
    ///
    /// ```
    /// use fenjie_calendar::{Weekday, YearEnd, YearRule};
    /// let april = YearRule::Calendar { start_month: 4, start_day: 1 };
    /// assert_eq!(YearRule::parse("04-01")?, april);
    /// let (ends_on, year_end) = (Weekday::Saturday, YearEnd::Nearest);
    /// let retail = YearRule::Weeks { pattern: [4, 5, 4], ends_on, year_end, month: 1 };
    /// assert_eq!(YearRule::parse("4-5-4 nearest saturday to january")?, retail);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let words = text
            .split_whitespace()
            .filter(|word| !matches!(*word, "of" | "to"));
        let words = words.collect::<Vec<_>>();
        let rule = match words.as_slice() {
            ["calendar" | "gregorian" | "自然年"] => Some(Self::gregorian()),
            [day] => start_day(day),
            [weeks, end @ ..] => year_end(end).and_then(|end| whole_weeks(weeks, end)),
            _ => None,
        };
        let rule = rule.ok_or_else(|| CalendarError::YearRuleInvalid {
            zh: format!("读不懂年度规则 `{text}`：可写 04-01 或 4-4-5 last sunday of december"),
            en: format!("`{text}` is no year rule: write 04-01 or 4-4-5 last sunday of december"),
        })?;
        rule.check()?;
        Ok(rule)
    }
}

fn start_day(text: &str) -> Option<YearRule> {
    let chinese = text
        .strip_suffix('日')
        .and_then(|text| text.split_once('月'));
    let (month, day) = chinese.or_else(|| text.split_once('-'))?;
    let number = |text: &str| text.parse::<u8>().ok().and_then(|n| i8::try_from(n).ok());
    Some(YearRule::Calendar {
        start_month: number(month)?,
        start_day: number(day)?,
    })
}

fn year_end(words: &[&str]) -> Option<(YearEnd, Weekday, i8)> {
    let [which, weekday, month] = words else {
        return None;
    };
    let year_end = match *which {
        "last" => YearEnd::Last,
        "nearest" => YearEnd::Nearest,
        _ => return None,
    };
    let name = month.to_lowercase();
    let named = (1i8..)
        .zip(MONTHS)
        .find(|(_, full)| name.len() >= 3 && full.starts_with(&name));
    let numbered = || month.trim_end_matches('月').parse::<i8>().ok();
    let month = named.map(|(number, _)| number).or_else(numbered)?;
    Some((year_end, parse_weekday(weekday).ok()?, month))
}

fn whole_weeks(weeks: &str, end: (YearEnd, Weekday, i8)) -> Option<YearRule> {
    let (year_end, ends_on, month) = end;
    if weeks == "13" {
        return Some(YearRule::Thirteen {
            ends_on,
            year_end,
            month,
        });
    }
    let pattern = weeks.split('-').map(|part| part.parse::<u8>().ok());
    let pattern = pattern.collect::<Option<Vec<_>>>()?.try_into().ok()?;
    Some(YearRule::Weeks {
        pattern,
        ends_on,
        year_end,
        month,
    })
}
