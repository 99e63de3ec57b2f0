//! The moment looked from: typed, or what the clock says. Knows no plan.

use fenjie_calendar::{BusinessZone, Date, DateRange, Timestamp, business_date};
use fenjie_message::{Lang, Message};

use crate::failure::{Exit, Failure};

/// A day and a minute of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The day.
    pub day: Date,
    /// Minutes since midnight; 1440 is the day's end.
    pub minute: u16,
    /// Whether the clock said so; sales lines after it are not there yet.
    pub is_now: bool,
}

impl Moment {
    /// The time of day: `15:20`.
    pub fn time(self) -> String {
        format!("{:02}:{:02}", self.minute / 60, self.minute % 60)
    }

    /// Refuses days outside a plan.
    ///
    /// # Errors
    /// [`Outside`].
    pub fn check(self, period: DateRange) -> Result<(), Failure> {
        let day = self.day;
        match period.contains(day) {
            true => Ok(()),
            false => Err(Failure::new(Outside { day, period }, Exit::Usage)),
        }
    }
}

/// Reads a moment; without one it is now.
///
/// # Errors
/// Texts that are no day and time, zones nobody knows.
pub fn of(text: Option<&str>, zone: Option<&str>) -> Result<Moment, Failure> {
    if let Some(text) = text {
        return parse(text).ok_or_else(|| Failure::new(NotAMoment(text.to_owned()), Exit::Usage));
    }
    if let Some(zone) = zone {
        let (day, minute) = business_date(Timestamp::now(), &BusinessZone::parse(zone)?);
        let is_now = true;
        return Ok(Moment {
            day,
            minute,
            is_now,
        });
    }
    let now = jiff::Zoned::now();
    let minute = now.hour() as u16 * 60 + now.minute() as u16;
    Ok(Moment {
        day: now.date(),
        minute,
        is_now: true,
    })
}

/// `2026-03-07 15:20`, with a `T` or a full-width colon too; a day alone is its end.
fn parse(text: &str) -> Option<Moment> {
    let text = text.trim().replace('：', ":");
    let (day, time) = match text.split_once([' ', 'T']) {
        Some((day, time)) => (day, Some(time.trim())),
        None => (text.as_str(), None),
    };
    let range = DateRange::parse(day)
        .ok()
        .filter(|range| range.days() == 1)?;
    let Some(time) = time else {
        return Some(Moment {
            day: range.start,
            minute: 1440,
            is_now: false,
        });
    };
    let mut parts = time.split(':');
    let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
    let second = parts.next().map_or(Some(0), number)?;
    let is_time = hour < 24 && minute < 60 && second < 60 && parts.next().is_none();
    is_time.then_some(Moment {
        day: range.start,
        minute: hour * 60 + minute,
        is_now: false,
    })
}

fn number(text: &str) -> Option<u16> {
    let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

#[derive(Debug)]
struct NotAMoment(String);

impl Message for NotAMoment {
    fn code(&self) -> &'static str {
        "time_expected"
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => format!("`{}` 不是一个时刻", self.0),
            Lang::En => format!("`{}` is not a day and a time", self.0),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let hint = lang.pick("写成 '2026-03-07 15:20'", "write it as '2026-03-07 15:20'");
        Some(hint.to_owned())
    }
}

#[derive(Debug)]
struct Outside {
    day: Date,
    period: DateRange,
}

impl Message for Outside {
    fn code(&self) -> &'static str {
        "track_outside_plan"
    }

    fn text(&self, lang: Lang) -> String {
        let (day, start, last) = (self.day, self.period.start, self.period.last());
        match lang {
            Lang::Zh => format!("{day} 不在方案期间内：{start} 至 {last}"),
            Lang::En => format!("{day} lies outside the plan: {start} to {last}"),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let hint = lang.pick("用 `--at` 指定一天", "name a day with `--at`");
        Some(hint.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_as_people_write_them() {
        for (text, wanted) in [
            ("2026-03-07 15:20", Some(("2026-03-07", 920))),
            ("2026-03-07T09:05:59", Some(("2026-03-07", 545))),
            ("2026-3-7 9：05", Some(("2026-03-07", 545))),
            ("2026-03-07", Some(("2026-03-07", 1440))),
            ("2026-03-07 24:00", None),
            ("2026-02-29 10:00", None),
            ("2026-03 10:00", None),
            ("15:20", None),
            ("", None),
        ] {
            let found = parse(text).map(|moment| (moment.day.to_string(), moment.minute));
            let wanted = wanted.map(|(day, minute)| (day.to_owned(), minute));
            assert_eq!(found, wanted, "{text}");
        }
    }
}
