//! Quiet hours: when nobody is to be disturbed, and when a message that waits goes out (rule T6). Reads
//! no clock.

use jiff::civil::{DateTime, Time};

/// Hours of the day in which nothing goes out, half-open; they may run past midnight.
///
/// ```
/// use fenjie_review::QuietHours;
/// let quiet = QuietHours::parse("21:00-08:00").unwrap();
/// assert_eq!(quiet.to_string(), "21:00-08:00");
/// assert!(QuietHours::parse("21:00").is_none());
/// assert!(QuietHours::parse("08:00-08:00").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    from: Time,
    until: Time,
}

impl QuietHours {
    /// Reads `21:00-08:00`; full-width colons and dashes are read too. Nothing where it is no range of
    /// hours, or an empty one.
    pub fn parse(text: &str) -> Option<QuietHours> {
        let plain: String = text
            .chars()
            .map(|c| match c {
                '：' => ':',
                '–' | '—' | '－' | '~' | '～' | '至' => '-',
                c => c,
            })
            .collect();
        let (from, until) = plain.split_once('-')?;
        let (from, until) = (time(from.trim())?, time(until.trim())?);
        (from != until).then_some(QuietHours { from, until })
    }

    /// Whether nothing goes out at that moment.
    ///
    /// ```
    /// # use fenjie_review::QuietHours;
    /// let quiet = QuietHours::parse("21:00-08:00").unwrap();
    /// let at = |hour| jiff::civil::date(2026, 3, 18).at(hour, 0, 0, 0);
    /// assert_eq!([20, 21, 23, 7, 8].map(|hour| quiet.holds(at(hour))), [false, true, true, true, false]);
    /// ```
    pub fn holds(&self, at: DateTime) -> bool {
        let time = at.time();
        if self.from < self.until {
            (self.from..self.until).contains(&time)
        } else {
            time >= self.from || time < self.until
        }
    }

    /// When a message of that moment goes out: at once, or at the end of the quiet hours.
    ///
    /// ```
    /// # use fenjie_review::QuietHours;
    /// let quiet = QuietHours::parse("21:00-08:00").unwrap();
    /// let late = jiff::civil::date(2026, 3, 18).at(22, 30, 0, 0);
    /// assert_eq!(quiet.goes_out(late), jiff::civil::date(2026, 3, 19).at(8, 0, 0, 0));
    /// let noon = jiff::civil::date(2026, 3, 18).at(12, 0, 0, 0);
    /// assert_eq!(quiet.goes_out(noon), noon);
    /// ```
    pub fn goes_out(&self, at: DateTime) -> DateTime {
        if !self.holds(at) {
            return at;
        }
        let mut day = at.date();
        // After midnight the quiet hours end on the same day.
        if self.until <= at.time() {
            // The last day of the calendar has no day after it; nothing is planned there.
            day = day.tomorrow().unwrap_or(day);
        }
        day.to_datetime(self.until)
    }
}

impl std::fmt::Display for QuietHours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let clock = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
        write!(f, "{}-{}", clock(self.from), clock(self.until))
    }
}

/// An hour of the day: `8:00`, `21:30`; `24:00` is midnight.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(hour) || !is_number(minute) || hour.len() > 2 || minute.len() != 2 {
        return None;
    }
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = if (hour, minute) == (24, 0) { 0 } else { hour };
    Time::new(hour, minute, 0, 0).ok()
}
