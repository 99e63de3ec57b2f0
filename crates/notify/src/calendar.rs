//! Deadlines, reviews and closings as a calendar that programs subscribe to (RFC 5545). Must not know
//! whose they are.

use icalendar::{Calendar, Component, Event, Property};
use jiff::Timestamp;
use jiff::civil::Date;

/// When something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// A whole day.
    Day(Date),
    /// From a moment, for so many minutes.
    From(Timestamp, u16),
}

/// Something in the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The same for the same thing at every read, such as `pln_…-deadline-3`.
    pub uid: String,
    /// When.
    pub when: When,
    /// What, on one line.
    pub title: String,
    /// More of it.
    pub text: String,
    /// When it was last changed.
    pub changed: Timestamp,
}

/// The calendar as a text. `host` makes identifiers the world's own; `zone` is the organisation's.
pub fn written(name: &str, zone: &str, host: &str, entries: &[Entry]) -> String {
    let mut calendar = Calendar::empty();
    calendar.append_property(("VERSION", "2.0"));
    calendar.append_property(("PRODID", "-//fenjie//fenjie 1//ZH"));
    calendar.append_property(("CALSCALE", "GREGORIAN"));
    calendar.append_property(("METHOD", "PUBLISH"));
    calendar.append_property(("X-WR-CALNAME", plain(name).as_str()));
    calendar.append_property(("X-WR-TIMEZONE", plain(zone).as_str()));
    calendar.append_property(("REFRESH-INTERVAL;VALUE=DURATION", "PT1H"));
    for entry in entries {
        calendar.push(event(entry, host));
    }
    calendar.to_string()
}

fn event(entry: &Entry, host: &str) -> Event {
    let mut event = Event::new();
    event
        .uid(&format!("{}@{host}", entry.uid))
        .summary(&plain(&entry.title))
        .description(&entry.text)
        .add_property("DTSTAMP", instant(entry.changed))
        .add_property("LAST-MODIFIED", instant(entry.changed));
    match entry.when {
        When::Day(day) => {
            let next = day.tomorrow().unwrap_or(day);
            event.append_property(on("DTSTART", day));
            event.append_property(on("DTEND", next));
            event.add_property("TRANSP", "TRANSPARENT");
        }
        When::From(start, minutes) => {
            let end = start + jiff::SignedDuration::from_mins(i64::from(minutes));
            event.add_property("DTSTART", instant(start));
            event.add_property("DTEND", instant(end));
        }
    }
    event.done()
}

fn on(name: &str, day: Date) -> Property {
    let mut property = Property::new(name, day.strftime("%Y%m%d").to_string());
    property.add_parameter("VALUE", "DATE");
    property.done()
}

/// UTC, which every program reads alike, whatever zones it knows.
fn instant(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text on one line.
fn plain(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Entry, When, written};

    #[test]
    fn days_stay_days_and_identifiers_stay_the_same() {
        let entry = |title: &str, when| Entry {
            uid: "pln_1-deadline-1".into(),
            when,
            title: title.into(),
            text: "第一行\n第二行; 逗号,".into(),
            changed: "2026-03-01T00:00:00Z".parse().unwrap(),
        };
        let entries = [
            entry(
                "承诺截止\r\nEVIL:1",
                When::Day("2026-03-31".parse().unwrap()),
            ),
            entry(
                &"很长的标题".repeat(20),
                When::From("2026-03-02T01:30:00Z".parse().unwrap(), 90),
            ),
        ];
        let text = written("2026 年销售目标", "Asia/Shanghai", "acme.fenjie", &entries);
        for line in [
            "BEGIN:VCALENDAR\r\n",
            "UID:pln_1-deadline-1@acme.fenjie\r\n",
            "DTSTART;VALUE=DATE:20260331\r\n",
            "DTEND;VALUE=DATE:20260401\r\n",
            "DTSTART:20260302T013000Z\r\n",
            "DTEND:20260302T030000Z\r\n",
            "X-WR-TIMEZONE:Asia/Shanghai\r\n",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        assert!(!text.contains("\nEVIL"), "{text}");
        assert!(text.contains("第一行\\n第二行\\; 逗号\\,"), "{text}");
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        assert_eq!(
            text,
            written("2026 年销售目标", "Asia/Shanghai", "acme.fenjie", &entries)
        );
    }
}
