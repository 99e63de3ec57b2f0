//! When something is to happen, again and again: five fields as in a crontab, in a zone. Must not know
//! what happens.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// How far ahead a moment is looked for, in days.
const FARTHEST: i32 = 366 * 5;

/// Minute, hour, day of the month, month, day of the week (0 and 7 are Sunday): `30 8 * * 1-5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    minutes: Vec<u8>,
    hours: Vec<u8>,
    days: Vec<u8>,
    months: Vec<u8>,
    weekdays: Vec<u8>,
    /// Whether either of the two fields of days is enough, as where both are stated.
    either: bool,
}

/// Which field of a rule nobody understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoRule {
    /// The field, or the whole.
    pub text: String,
}

impl Rule {
    /// The rule that a text is.
    ///
    /// # Errors
    /// [`NoRule`] with the field that is none; also where it asks for more than four times an hour.
    pub fn parse(text: &str) -> Result<Rule, NoRule> {
        let whole = || NoRule {
            text: text.chars().take(60).collect(),
        };
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields[..] else {
            return Err(whole());
        };
        let mut named = field(weekdays, 0, 7)?;
        for day in &mut named {
            *day %= 7;
        }
        named.sort_unstable();
        named.dedup();
        let rule = Rule {
            minutes: field(minutes, 0, 59)?,
            hours: field(hours, 0, 23)?,
            days: field(days, 1, 31)?,
            months: field(months, 1, 12)?,
            weekdays: named,
            either: days != "*" && weekdays != "*",
        };
        match rule.minutes.len() <= 4 {
            true => Ok(rule),
            false => Err(whole()),
        }
    }

    /// The first moment after another one; none where the rule never holds, such as on 30 February.
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut day = zone.to_datetime(after).date();
        for _ in 0..FARTHEST {
            if self.holds(day) {
                let found = self.on(day, zone).into_iter().find(|at| *at > after);
                if found.is_some() {
                    return found;
                }
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// The last moment at or before another one, looked for over five weeks.
    pub fn last(&self, until: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut day = zone.to_datetime(until).date();
        for _ in 0..35 {
            if self.holds(day) {
                let found = self.on(day, zone).into_iter().rfind(|at| *at <= until);
                if found.is_some() {
                    return found;
                }
            }
            day = day.yesterday().ok()?;
        }
        None
    }

    fn holds(&self, day: Date) -> bool {
        let weekday = day.weekday().to_sunday_zero_offset() as u8;
        let by_day = self.days.contains(&(day.day() as u8));
        let by_weekday = self.weekdays.contains(&weekday);
        let by_both = match self.either {
            true => by_day || by_weekday,
            false => by_day && by_weekday,
        };
        by_both && self.months.contains(&(day.month() as u8))
    }

    /// The moments of a day. An hour that a zone leaves out is made up for after it; one that it has
    /// twice counts once.
    fn on(&self, day: Date, zone: &TimeZone) -> Vec<Timestamp> {
        let mut found: Vec<Timestamp> = Vec::new();
        for hour in &self.hours {
            for minute in &self.minutes {
                let at = day.at(*hour as i8, *minute as i8, 0, 0);
                found.extend(zone.to_zoned(at).ok().map(|at| at.timestamp()));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The numbers of a field: `*`, `5`, `1-5`, `*/15`, `8-18/2`, and lists of these.
fn field(text: &str, low: u8, high: u8) -> Result<Vec<u8>, NoRule> {
    let fault = || NoRule {
        text: text.chars().take(60).collect(),
    };
    let mut found = Vec::new();
    for part in text.split(',') {
        let (range, step) = part.split_once('/').unwrap_or((part, "1"));
        let step: u8 = step.parse().map_err(|_| fault())?;
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (low, high),
            Some((from, to)) => (
                from.parse().map_err(|_| fault())?,
                to.parse().map_err(|_| fault())?,
            ),
            None => {
                let one: u8 = range.parse().map_err(|_| fault())?;
                (one, one)
            }
        };
        if step == 0 || from < low || to > high || from > to {
            return Err(fault());
        }
        found.extend((from..=to).step_by(usize::from(step)));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::Rule;

    fn next(rule: &str, after: &str, zone: &str) -> String {
        let zone = TimeZone::get(zone).unwrap();
        let rule = Rule::parse(rule).unwrap();
        let found = rule.next(after.parse().unwrap(), &zone);
        found.map_or_else(|| "never".into(), |at| at.to_string())
    }

    #[test]
    fn moments_are_of_the_organisations_zone() {
        let (shanghai, berlin) = ("Asia/Shanghai", "Europe/Berlin");
        for (rule, after, zone, wanted) in [
            (
                "30 8 * * *",
                "2026-03-18T00:00:00Z",
                shanghai,
                "2026-03-18T00:30:00Z",
            ),
            (
                "30 8 * * *",
                "2026-03-18T00:30:00Z",
                shanghai,
                "2026-03-19T00:30:00Z",
            ),
            (
                "0 9 * * 1",
                "2026-03-18T00:00:00Z",
                shanghai,
                "2026-03-23T01:00:00Z",
            ),
            (
                "0 9 * * 7",
                "2026-03-18T00:00:00Z",
                shanghai,
                "2026-03-22T01:00:00Z",
            ),
            (
                "0 2 1 * *",
                "2026-03-18T00:00:00Z",
                shanghai,
                "2026-03-31T18:00:00Z",
            ),
            (
                "0 0 29 2 *",
                "2026-03-18T00:00:00Z",
                shanghai,
                "2028-02-28T16:00:00Z",
            ),
            ("0 0 30 2 *", "2026-03-18T00:00:00Z", shanghai, "never"),
            (
                "0,30 8-18/5 * * 1-5",
                "2026-03-20T10:30:00Z",
                shanghai,
                "2026-03-23T00:00:00Z",
            ),
            // Half past two is left out in spring, and comes twice in autumn.
            (
                "30 2 * * *",
                "2026-03-28T23:00:00Z",
                berlin,
                "2026-03-29T01:30:00Z",
            ),
            (
                "30 2 * * *",
                "2026-10-25T00:00:00Z",
                berlin,
                "2026-10-25T00:30:00Z",
            ),
            (
                "30 2 * * *",
                "2026-10-25T00:30:00Z",
                berlin,
                "2026-10-26T01:30:00Z",
            ),
            // Where both are stated, either is enough.
            (
                "0 0 13 * 5",
                "2026-03-18T00:00:00Z",
                "UTC",
                "2026-03-20T00:00:00Z",
            ),
        ] {
            assert_eq!(next(rule, after, zone), wanted, "{rule} after {after}");
        }
    }

    #[test]
    fn what_is_no_rule_is_named() {
        for (text, wrong) in [
            ("", ""),
            ("* * * *", "* * * *"),
            ("60 * * * *", "60"),
            ("0 24 * * *", "24"),
            ("0 0 0 * *", "0"),
            ("0 0 * 13 *", "13"),
            ("0 0 * * 8", "8"),
            ("0 5-3 * * *", "5-3"),
            ("0 */0 * * *", "*/0"),
            ("a 0 * * *", "a"),
            ("* * * * *", "* * * * *"),
            ("0 0 * * *;rm", "*;rm"),
        ] {
            assert_eq!(Rule::parse(text).unwrap_err().text, wrong, "{text}");
        }
    }
}
