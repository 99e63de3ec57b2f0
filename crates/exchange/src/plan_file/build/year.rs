//! How years are cut, as written, becomes the calendar's rule (rule C2). Must not know weights.

use fenjie_calendar::{
    Date, DateRange, MONTHS, Weekday, YearEnd, YearNamed, YearRule, parse_weekday,
};

use super::{date, other, word};
use crate::plan_file::error::{Fault, Refusal};
use crate::plan_file::scalar::Text;
use crate::plan_file::wire::calendar::{CalendarEntry, FreePeriod, YearEntry};

/// The rule, how its years are numbered, and the weekday that follows its years' last day.
pub(super) struct Year {
    pub(super) rule: YearRule,
    pub(super) named: YearNamed,
}

/// Reads `year`, `period` and `periods_end`; the Gregorian year where none is there.
pub(super) fn year(
    entry: &CalendarEntry,
    week_starts: Option<Weekday>,
    plan_period: &Text,
) -> Result<Year, Refusal> {
    if let Some(periods) = &entry.period {
        if let Some(YearEntry::Name(name)) = &entry.year {
            let keys = ["year".into(), "period".into()];
            return Err(Refusal::at(Fault::ChoiceTwice { keys }, name.span));
        }
        let rule = free(periods, entry.periods_end.as_ref(), plan_period)?;
        return Ok(Year {
            rule,
            named: YearNamed::default(),
        });
    }
    match &entry.year {
        None => Ok(Year {
            rule: YearRule::gregorian(),
            named: YearNamed::default(),
        }),
        Some(YearEntry::Name(name)) => {
            let rule = by_name(name, week_starts)?;
            Ok(Year {
                rule,
                named: YearNamed::default(),
            })
        }
        Some(YearEntry::Start(start)) => {
            let rule = started(&start.start)?;
            Ok(Year {
                rule,
                named: named(start.named.as_ref())?,
            })
        }
        Some(YearEntry::Weeks(weeks)) => {
            let rule = of_weeks(&weeks.weeks, weeks.ends.as_ref(), week_starts)?;
            Ok(Year {
                rule,
                named: named(weeks.named.as_ref())?,
            })
        }
    }
}

fn named(text: Option<&Text>) -> Result<YearNamed, Refusal> {
    let words = [
        ("majority", YearNamed::Majority),
        ("start", YearNamed::Start),
        ("end", YearNamed::End),
    ];
    text.map_or(Ok(YearNamed::default()), |text| word(text, &words))
}

fn by_name(name: &Text, week_starts: Option<Weekday>) -> Result<YearRule, Refusal> {
    if matches!(name.trim(), "calendar" | "gregorian" | "自然年") {
        return Ok(YearRule::gregorian());
    }
    match pattern(name) {
        Some(_) => of_weeks(name, None, week_starts),
        None => started(name),
    }
}

/// Weeks of three months, or an empty pattern for 13 periods.
fn pattern(text: &str) -> Option<Vec<u8>> {
    if text.trim() == "13" {
        return Some(Vec::new());
    }
    let weeks: Option<Vec<u8>> = text
        .trim()
        .split('-')
        .map(|part| part.parse().ok())
        .collect();
    weeks.filter(|weeks| weeks.len() == 3)
}

fn started(text: &Text) -> Result<YearRule, Refusal> {
    let parts: Vec<Option<i8>> = text
        .trim()
        .split('-')
        .map(|part| part.parse().ok())
        .collect();
    let [Some(start_month), Some(start_day)] = parts[..] else {
        return Err(other(
            "year_rule_invalid",
            text.span,
            format!(
                "年度 `{}` 看不懂，写成 \"calendar\"、\"04-01\"、\"4-4-5\" 或 \"13\"",
                text.text
            ),
            format!(
                "`{}` is no year; write \"calendar\", \"04-01\", \"4-4-5\" or \"13\"",
                text.text
            ),
        ));
    };
    checked(
        YearRule::Calendar {
            start_month,
            start_day,
        },
        text,
    )
}

fn checked(rule: YearRule, text: &Text) -> Result<YearRule, Refusal> {
    rule.check()
        .map_err(|error| Refusal::value(error, text.span))?;
    Ok(rule)
}

fn of_weeks(
    weeks: &Text,
    ends: Option<&Text>,
    week_starts: Option<Weekday>,
) -> Result<YearRule, Refusal> {
    let end = match ends {
        Some(text) => year_end(text)?,
        None => (
            week_starts.map_or(Weekday::Sunday, Weekday::previous),
            YearEnd::Last,
            12,
        ),
    };
    let (ends_on, year_end, month) = end;
    let rule = match pattern(weeks).as_deref() {
        Some([]) => YearRule::Thirteen {
            ends_on,
            year_end,
            month,
        },
        Some(&[a, b, c]) => YearRule::Weeks {
            pattern: [a, b, c],
            ends_on,
            year_end,
            month,
        },
        _ => {
            let known = ["4-4-5", "4-5-4", "5-4-4", "13"]
                .map(str::to_owned)
                .to_vec();
            let fault = Fault::WordUnknown {
                word: weeks.text.clone(),
                nearest: None,
                known,
            };
            return Err(Refusal::at(fault, weeks.span));
        }
    };
    checked(rule, weeks)
}

/// Reads `last saturday of january`, `nearest saturday to january`, `1月最后一个周六`,
/// `最接近1月底的周六`.
fn year_end(text: &Text) -> Result<(Weekday, YearEnd, i8), Refusal> {
    let lower = text.to_lowercase();
    let end = if lower.contains("nearest") || lower.contains("最接近") {
        YearEnd::Nearest
    } else {
        YearEnd::Last
    };
    let words = || lower.split_whitespace();
    let english = words().find_map(|word| parse_weekday(word).ok());
    let chinese = ["周", "星期"].iter().find_map(|mark| {
        let at = lower.find(mark)?;
        let day: String = lower[at..].chars().take(mark.chars().count() + 1).collect();
        parse_weekday(&day).ok()
    });
    let month = words()
        .find_map(|word| {
            MONTHS
                .iter()
                .position(|month| month.starts_with(word) && word.len() > 2)
        })
        .or_else(|| {
            let digits: String = lower.chars().filter(char::is_ascii_digit).collect();
            lower
                .contains('月')
                .then(|| digits.parse::<usize>().ok())?
                .map(|month| month - 1)
        });
    match (english.or(chinese), month) {
        (Some(weekday), Some(month)) if month < 12 => Ok((weekday, end, month as i8 + 1)),
        _ => Err(other(
            "year_end_invalid",
            text.span,
            format!(
                "年度的结束 `{}` 看不懂，写成 \"1月最后一个周六\"",
                text.text
            ),
            format!(
                "`{}` is no end of a year; write \"last saturday of january\"",
                text.text
            ),
        )),
    }
}

fn free(
    periods: &[FreePeriod],
    end: Option<&Text>,
    plan_period: &Text,
) -> Result<YearRule, Refusal> {
    let mut boundaries = Vec::new();
    for period in periods {
        boundaries.push((period.key.text.clone(), date(&period.start)?));
    }
    let place = periods.first().map_or(plan_period, |first| &first.key);
    let end: Date = match end {
        Some(text) => {
            let last = date(text)?;
            last.tomorrow().map_err(|_| {
                Refusal::at(
                    Fault::Other {
                        code: "date_invalid",
                        zh: format!("`{last}` 之后没有日期"),
                        en: format!("there is no day after `{last}`"),
                    },
                    text.span,
                )
            })?
        }
        None => {
            let range = DateRange::parse(plan_period);
            range
                .map_err(|error| Refusal::value(error, plan_period.span))?
                .end
        }
    };
    checked(YearRule::Free { boundaries, end }, place)
}
