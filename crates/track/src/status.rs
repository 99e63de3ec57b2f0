//! What a standing is called: reached, ahead, behind (rules T1, T2). Computed, never stored.

use fenjie_message::Lang;

use crate::ratio::Ratio;

/// Where a member stands in a period: a shape and a word, never colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The actual is at least the target, unrounded.
    Reached,
    /// ▲ the pace is at or above the first threshold.
    Ahead,
    /// ◆ the pace is between the thresholds.
    Behind,
    /// ▼ the pace is below the second threshold.
    FarBehind,
    /// The period is over or closed and the target was not reached.
    Missed,
    /// Nothing is due yet, and nothing is sold.
    NotBegun,
    /// The target is zero: there is no percentage.
    NoTarget,
}

/// From which pace on a standing is ahead, and below which it is far behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// At this pace and above: ahead. By default 0.
    pub ahead: Ratio,
    /// Below this pace: far behind. By default −5 points.
    pub far_behind: Ratio,
}

impl Default for Thresholds {
    fn default() -> Self {
        Thresholds {
            ahead: Ratio::percent(0),
            far_behind: Ratio::percent(-5),
        }
    }
}

impl Thresholds {
    /// The status of a running period that has not reached its target, by its pace.
    ///
    /// ```
    /// use fenjie_track::{Ratio, Status, Thresholds};
    /// let default = Thresholds::default();
    /// assert_eq!(default.status(Ratio::percent(0)), Status::Ahead);
    /// assert_eq!(default.status(Ratio::percent(-5)), Status::Behind);
    /// assert_eq!(default.status(Ratio::percent(-6)), Status::FarBehind);
    /// ```
    pub fn status(&self, pace: Ratio) -> Status {
        if pace >= self.ahead {
            Status::Ahead
        } else if pace >= self.far_behind {
            Status::Behind
        } else {
            Status::FarBehind
        }
    }
}

impl Status {
    /// Every status, from the best to none.
    pub const ALL: [Status; 7] = [
        Status::Reached,
        Status::Ahead,
        Status::Behind,
        Status::FarBehind,
        Status::Missed,
        Status::NotBegun,
        Status::NoTarget,
    ];

    /// The stable code.
    ///
    /// ```
    /// assert_eq!(fenjie_track::Status::FarBehind.code(), "far_behind");
    /// ```
    pub fn code(self) -> &'static str {
        match self {
            Status::Reached => "reached",
            Status::Ahead => "ahead",
            Status::Behind => "behind",
            Status::FarBehind => "far_behind",
            Status::Missed => "missed",
            Status::NotBegun => "not_begun",
            Status::NoTarget => "no_target",
        }
    }

    /// The shape that stands before the word.
    ///
    /// ```
    /// assert_eq!(fenjie_track::Status::Ahead.shape(), "▲");
    /// ```
    pub fn shape(self) -> &'static str {
        match self {
            Status::Reached => "●",
            Status::Ahead => "▲",
            Status::Behind => "◆",
            Status::FarBehind => "▼",
            Status::Missed => "×",
            Status::NotBegun => "○",
            Status::NoTarget => "–",
        }
    }

    /// What people call it.
    ///
    /// ```
    /// use fenjie_message::Lang;
    /// assert_eq!(fenjie_track::Status::Behind.name(Lang::Zh), "略落后");
    /// ```
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Status::Reached => lang.pick("已达成", "reached"),
            Status::Ahead => lang.pick("领先", "ahead"),
            Status::Behind => lang.pick("略落后", "slightly behind"),
            Status::FarBehind => lang.pick("落后", "behind"),
            Status::Missed => lang.pick("未达成", "missed"),
            Status::NotBegun => lang.pick("未开始", "not begun"),
            Status::NoTarget => lang.pick("无目标", "no target"),
        }
    }

    /// Shape and word: `▲ 领先`.
    ///
    /// ```
    /// use fenjie_message::Lang;
    /// assert_eq!(fenjie_track::Status::Ahead.text(Lang::Zh), "▲ 领先");
    /// ```
    pub fn text(self, lang: Lang) -> String {
        format!("{} {}", self.shape(), self.name(lang))
    }
}
