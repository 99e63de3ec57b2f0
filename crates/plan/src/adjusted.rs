//! What a plan knows of its adjustments: closes, carries, action plans, revisions, resolutions, in the
//! order of the log. Computes no target.

use std::sync::Arc;

use crate::adjustment::{ActionCheck, ActionPlan, CarryRule, Resolution, Revision};
use crate::error::PlanError;
use crate::model::Place;
use crate::operation::Operation;
use crate::roster::Roster;
use crate::state::Plan;
use crate::trace::Trace;

/// Adjustments so far, each with its operation's number. Cloning is cheap.
#[derive(Clone, Debug, Default)]
pub(crate) struct Adjustments {
    pub(crate) closes: Arc<Vec<Arc<CloseRecord>>>,
    pub(crate) carries: Arc<Vec<CarryRecord>>,
    pub(crate) actions: Arc<Vec<ActionRecord>>,
    pub(crate) waivers: Arc<Vec<WaiverRecord>>,
    pub(crate) revisions: Arc<Vec<RevisionRecord>>,
    pub(crate) resolutions: Arc<Vec<(usize, Resolution)>>,
}

/// A close: the results of a period by rows.
#[derive(Debug)]
pub(crate) struct CloseRecord {
    pub(crate) number: usize,
    pub(crate) measure: usize,
    pub(crate) period: u32,
    pub(crate) roster: Arc<Roster>,
    /// What each row sold, in its order.
    pub(crate) sold: Vec<i64>,
    pub(crate) unassigned: i64,
    pub(crate) total: i64,
    pub(crate) reason: String,
    /// A hash of the rows' base targets when the period was closed.
    pub(crate) base: u64,
}

/// An act of carrying.
#[derive(Clone, Debug)]
pub(crate) struct CarryRecord {
    pub(crate) number: usize,
    pub(crate) measure: usize,
    pub(crate) rule: CarryRule,
    pub(crate) depths: Vec<usize>,
    /// Depths of the carried level and of the horizon on the time axis.
    pub(crate) level: usize,
    pub(crate) horizon: usize,
}

/// An action plan.
#[derive(Clone, Debug)]
pub(crate) struct ActionRecord {
    pub(crate) number: usize,
    pub(crate) measure: usize,
    pub(crate) members: Vec<u32>,
    pub(crate) plan: ActionPlan,
    pub(crate) check: Option<(usize, ActionCheck)>,
}

/// A waiver.
#[derive(Clone, Debug)]
pub(crate) struct WaiverRecord {
    pub(crate) number: usize,
    pub(crate) measure: usize,
    pub(crate) members: Vec<u32>,
}

/// A revision and its answer.
#[derive(Clone, Debug)]
pub(crate) struct RevisionRecord {
    pub(crate) number: usize,
    pub(crate) measure: usize,
    pub(crate) place: Place,
    pub(crate) revision: Revision,
    pub(crate) before: Option<i64>,
    /// The number of the answer, and the new value where it approves.
    pub(crate) answer: Option<(usize, Option<i64>)>,
}

impl Plan {
    /// Carries out an adjustment.
    pub(crate) fn adjust(
        &mut self,
        number: usize,
        operation: &Operation,
        trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        match operation {
            Operation::Close(close) => self.close(number, close),
            Operation::Carry(rule) => self.carry_forward(number, rule),
            Operation::Act(plan) => self.file_action(number, plan),
            Operation::CheckAction(check) => self.check_action(number, check),
            Operation::Waive(waiver) => self.waive(number, waiver),
            Operation::Revise(revision) => self.propose(number, revision),
            Operation::Decide(decision) => self.decide(number, decision, trace),
            Operation::Resolve(resolution) => self.resolve(number, resolution),
            _ => unreachable!("the other operations are no adjustments"),
        }
    }

    /// The last close of each period of a measure among those before an operation, in time order.
    pub(crate) fn closes_before(&self, measure: usize, number: usize) -> Vec<&Arc<CloseRecord>> {
        let closes = self.adjustments.closes.iter();
        let ours = closes.filter(|close| close.measure == measure && close.number < number);
        let mut last: std::collections::BTreeMap<u32, &Arc<CloseRecord>> = Default::default();
        for close in ours {
            last.insert(close.period, close);
        }
        last.into_values().collect()
    }
}
