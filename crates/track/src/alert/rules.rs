//! The rules of alerts as data, with their defaults (rule T6). Knows no plan.

use crate::ratio::Ratio;

/// When to say something. Every rule can be switched off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRules {
    /// Pace below so many points for so many days in a row.
    pub pace: Option<PaceRule>,
    /// Nothing booked on so many selling days in a row, by default 2.
    pub silent_days: Option<u32>,
    /// A closed period that missed its target.
    pub missed: bool,
    /// An action plan that is due (rule J5).
    pub action_due: bool,
    /// What is left of the target asks so many times what was done of what was due, by default 1.3.
    pub required_over_run: Option<Ratio>,
    /// Bands that ratios must stay in.
    pub bands: Vec<BandRule>,
    /// When nobody is to be disturbed, by default 21:00 to 08:00.
    pub quiet: Option<QuietHours>,
}

/// Pace below a line for some days in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaceRule {
    /// The line, in points: −5 is `Ratio::percent(-5)`.
    pub below: Ratio,
    /// On so many selling days in a row, at least one.
    pub days: u32,
}

/// The band that a ratio must stay in; a side that is missing has no end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BandRule {
    /// The ratio measure, by index.
    pub measure: usize,
    /// The least.
    pub low: Option<Ratio>,
    /// The most.
    pub high: Option<Ratio>,
}

/// Hours without messages: from a minute of the day to another, over midnight where `to` is smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// First quiet minute.
    pub from: u16,
    /// First minute that is not quiet any more.
    pub to: u16,
}

impl Default for AlertRules {
    fn default() -> Self {
        AlertRules {
            pace: Some(PaceRule {
                below: Ratio::percent(-5),
                days: 3,
            }),
            silent_days: Some(2),
            missed: true,
            action_due: true,
            required_over_run: Some(Ratio::percent(130)),
            bands: Vec::new(),
            quiet: Some(QuietHours {
                from: 21 * 60,
                to: 8 * 60,
            }),
        }
    }
}

impl QuietHours {
    /// Days from the day looked from and minute at which a message of this minute is delivered: at
    /// once, or at the end of the quiet hours.
    ///
    /// ```
    /// let quiet = fenjie_track::QuietHours { from: 21 * 60, to: 8 * 60 };
    /// assert_eq!(quiet.deliver_at(12 * 60), (0, 12 * 60));
    /// assert_eq!(quiet.deliver_at(22 * 60), (1, 8 * 60));
    /// assert_eq!(quiet.deliver_at(6 * 60), (0, 8 * 60));
    /// ```
    pub fn deliver_at(&self, minute: u16) -> (u32, u16) {
        let over_midnight = self.to <= self.from;
        match (over_midnight, minute >= self.from, minute < self.to) {
            (true, true, _) => (1, self.to),
            (true, _, true) | (false, true, true) => (0, self.to),
            _ => (0, minute),
        }
    }
}
