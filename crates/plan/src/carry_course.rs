//! How what is carried came about, period by period: for one row, or for many one after the other.
//! Reads only.

use crate::carry_sheet::{Sheet, Work};
use crate::error::PlanError;
use crate::state::Plan;

/// One counted period of a row: how the amounts to carry came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarryStep {
    /// The closed period, a node of the time axis.
    pub period: u32,
    /// Its base target, in steps.
    pub base: i64,
    /// What it had been given to make good when it was closed.
    pub carried: i64,
    /// What was sold.
    pub sold: i64,
    /// Of it, what counts: at most base + carried.
    pub counted: i64,
    /// Open after it.
    pub open: i64,
    /// Of what it fell short of, what stays with it because no later period takes it (rule J4).
    pub kept: i64,
}

/// Reads the counted periods of rows one after the other; what they need in common is prepared once.
pub struct CarryCourse<'p> {
    sheet: Option<Sheet<'p>>,
    work: Work,
}

impl CarryCourse<'_> {
    /// The counted periods of some members (one node per dimension) in time order. Empty where
    /// nothing is carried or the members are no row of the rule.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let mut course = plan.carry_course(0).unwrap();
    /// assert!(course.steps(&[0, 0, 0]).unwrap().is_empty());
    /// ```
    pub fn steps(&mut self, members: &[u32]) -> Result<Vec<CarryStep>, PlanError> {
        match &self.sheet {
            Some(sheet) => sheet.steps(members, &mut self.work),
            None => Ok(Vec::new()),
        }
    }
}

impl Plan {
    /// Prepares to read how the carried amounts of many rows came about.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert!(plan.carry_course(0).is_ok());
    /// ```
    pub fn carry_course(&self, measure: usize) -> Result<CarryCourse<'_>, PlanError> {
        Ok(CarryCourse {
            sheet: Sheet::of(self, measure, None)?,
            work: Work::default(),
        })
    }

    /// How the carried amounts of some members came about: every counted period in time order.
    /// Empty where nothing is carried or the members are no row of the rule.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert!(plan.carry_steps(0, &[0, 0, 0]).unwrap().is_empty());
    /// ```
    pub fn carry_steps(
        &self,
        measure: usize,
        members: &[u32],
    ) -> Result<Vec<CarryStep>, PlanError> {
        match Sheet::of(self, measure, Some(members))? {
            Some(sheet) => sheet.steps(members, &mut Work::default()),
            None => Ok(Vec::new()),
        }
    }
}
