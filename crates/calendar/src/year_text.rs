//! Year rules as people write them in a plan file or a command. Free boundaries are no text.

use crate::{CalendarError, YearEnd, YearRule, parse_weekday};

impl YearRule {
    /// Reads the first day of the year, `04-01` or `12月26日`; or weeks to a month and how the year
    /// ends, `4-4-5 last sunday 12` or `4-5-4 nearest saturday 1` (the Saturday nearest to the end
    /// of January); or `13 last sunday 12` for thirteen periods; `calendar` is 1 January.
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
    /// assert_eq!(YearRule::parse("4-5-4 nearest saturday 1")?, retail);
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let words = text.split_whitespace().collect::<Vec<_>>();
        let rule = match words.as_slice() {
            ["calendar" | "gregorian" | "自然年"] => Some(Self::gregorian()),
            [day] => start_day(day),
            [weeks, which, weekday, month] => whole_weeks(weeks, which, weekday, month),
            _ => None,
        };
        let rule = rule.ok_or_else(|| CalendarError::YearRuleInvalid {
            zh: format!("读不懂年度规则 `{text}`：可写 04-01 或 4-4-5 last sunday 12"),
            en: format!("`{text}` is no year rule: write 04-01 or 4-4-5 last sunday 12"),
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

fn whole_weeks(weeks: &str, which: &str, weekday: &str, month: &str) -> Option<YearRule> {
    let year_end = match which {
        "last" => YearEnd::Last,
        "nearest" => YearEnd::Nearest,
        _ => return None,
    };
    let ends_on = parse_weekday(weekday).ok()?;
    let month = month.parse::<i8>().ok()?;
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
