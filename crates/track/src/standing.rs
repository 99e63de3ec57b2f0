//! One member in one period: what was asked, what was done, what it comes to (rules T1–T3). Plain
//! figures; how they are computed is the board's.

use crate::ratio::Ratio;
use crate::status::Status;

/// Whose line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Line {
    /// A member of the grain, which has a target of its own.
    Member,
    /// Booked on a member above the grain: sold, but by nobody below it. Without a target.
    Above,
    /// Booked on a member nobody knows, on some dimension (rule T3). Without a target.
    Unassigned,
}

/// Where a member stands in a period on a day. Amounts in steps of the measure; `as_of` counts as
/// gone, results are those through its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// A node for each dimension, or [`crate::UNASSIGNED`].
    pub members: Vec<u32>,
    /// Whose line it is.
    pub line: Line,
    /// The period, a node of the time axis.
    pub period: u32,
    /// Whether the period, or one that holds it, is closed.
    pub closed: bool,
    /// The original target.
    pub base: i64,
    /// What carrying adds to it or takes from it.
    pub carried: i64,
    /// The working target: base and carried.
    pub working: i64,
    /// The target it is judged by: the working target; of a closed period the base; of an open one
    /// that holds closed ones at least the base, so what it passes on stays in it (rule J4).
    pub target: i64,
    /// What was sold through the end of the day looked from.
    pub actual: i64,
    /// Actual ÷ target, not capped; nothing where the target is not above zero (rule T1).
    pub attainment: Option<Ratio>,
    /// Expected ÷ target: the share of the target whose days are gone (rule T2). Without a target the
    /// weight of the days gone ÷ weight of the period, by the member's own calendar.
    pub elapsed: Ratio,
    /// Weight of the days gone, in millionths.
    pub weight_gone: u64,
    /// Weight of the days left, in millionths.
    pub weight_left: u64,
    /// Days of weight above zero gone.
    pub days_gone: u32,
    /// Days of weight above zero left.
    pub days_left: u32,
    /// What of the target is due: the day targets of the days gone, by the working target, or by the
    /// base where the period is closed or holds a closed one.
    pub expected: i64,
    /// The base day targets of the days gone.
    pub expected_base: i64,
    /// Target − actual, signed.
    pub gap: i64,
    /// Expected − actual, signed.
    pub gap_to_date: i64,
    /// Attainment − elapsed, so pace × target = actual − expected, exactly (rule T2).
    pub pace: Option<Ratio>,
    /// Actual per day of weight 1.0, in steps; nothing before the first day.
    pub run_rate: Option<Ratio>,
    /// What is left per day of weight 1.0, in steps, at least zero; nothing when no day is left.
    pub required_rate: Option<Ratio>,
    /// Where the period ends as it went so far; nothing before anything is due.
    pub projection: Option<Projection>,
    /// What it is called.
    pub status: Status,
    /// 1 for the best attainment of the board in this period; equal ones share the better rank.
    pub rank: Option<u32>,
    /// The gap ÷ the gap of the member one level above, on the last dimension of the grain (of what
    /// is unassigned ÷ the total's); nothing where that one has no gap.
    pub share_of_gap: Option<Ratio>,
}

/// Where a period ends if what is left of the target is met as what was due so far. Low and high are the ends of the middle 80 % (P10, P90).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Projection {
    /// P10; the middle where it is not known.
    pub low: i64,
    /// Actual ÷ elapsed, rounded half away from zero.
    pub middle: i64,
    /// P90; the middle where it is not known.
    pub high: i64,
    /// Days the band is learned from; below two there is no band, below five it is a guess.
    pub days: u32,
}

impl Projection {
    /// Whether there is a band, and of at least five days.
    ///
    /// ```
    /// let early = fenjie_track::Projection { low: 80, middle: 91, high: 102, days: 4 };
    /// assert!(!early.is_firm());
    /// ```
    pub fn is_firm(&self) -> bool {
        self.days >= 5
    }
}

impl Standing {
    /// What a selling day yields so far, in steps, rounded half away from zero: the figure for texts,
    /// where [`Standing::run_rate`] is per weighted day.
    ///
    /// ```
    /// # use fenjie_track::{Actuals, Board, BoardRequest};
    /// # use fenjie_plan::{Plan, example};
    /// # let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// # let march = plan.place("month=2026-03").unwrap().0[3];
    /// # let request = BoardRequest::new(0, vec![1, 0, 0], vec![march], "2026-03-10".parse().unwrap());
    /// let board = Board::new(&plan, &Actuals::default(), &request).unwrap();
    /// assert_eq!(board.standings[0].done_per_day(), Some(0));
    /// ```
    pub fn done_per_day(&self) -> Option<i64> {
        Some(Ratio::new(self.actual.into(), self.days_gone.into())?.rounded(0))
    }

    /// How many times as well as so far it must go to reach the target, day target for day target:
    /// (gap ÷ what is still to fall due) ÷ (actual ÷ what was due). A busy season ahead does not count.
    /// Nothing where nothing is sold, was due, or is still to fall due.
    ///
    /// ```
    /// # use fenjie_track::{Actuals, Board, BoardRequest};
    /// # use fenjie_plan::{Plan, example};
    /// # let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// # let march = plan.place("month=2026-03").unwrap().0[3];
    /// # let request = BoardRequest::new(0, vec![0, 0, 0], vec![march], "2026-03-30".parse().unwrap());
    /// let board = Board::new(&plan, &Actuals::default(), &request).unwrap();
    /// assert_eq!(board.standings[0].times_as_well(), None);
    /// ```
    pub fn times_as_well(&self) -> Option<Ratio> {
        let to_come = self.target - self.expected;
        if self.target <= 0 || self.actual <= 0 || self.expected <= 0 || to_come <= 0 {
            return None;
        }
        let above = i128::from(self.gap.max(0)).checked_mul(self.expected.into())?;
        let below = i128::from(to_come).checked_mul(self.actual.into())?;
        Ratio::new(above, below)
    }

    /// What a selling day must yield from tomorrow, in steps, rounded half away from zero; zero where
    /// the target is reached.
    ///
    /// ```
    /// # use fenjie_track::{Actuals, Board, BoardRequest};
    /// # use fenjie_plan::{Plan, example};
    /// # let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// # let march = plan.place("month=2026-03").unwrap().0[3];
    /// # let request = BoardRequest::new(0, vec![0, 0, 0], vec![march], "2026-03-30".parse().unwrap());
    /// let board = Board::new(&plan, &Actuals::default(), &request).unwrap();
    /// assert_eq!(board.standings[0].needed_per_day(), Some(83_333_334));
    /// ```
    pub fn needed_per_day(&self) -> Option<i64> {
        Some(Ratio::new(self.gap.max(0).into(), self.days_left.into())?.rounded(0))
    }
}
