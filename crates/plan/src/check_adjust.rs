//! What is wrong with the names in adjustments, before anything is computed: periods, members, levels,
//! numbers of the log. Knows no amounts.

use crate::error::PlanError;
use crate::model::Model;
use crate::operation::{Address, Operation};

/// Each error with the address it is about; nothing for operations that are no adjustment.
pub(crate) fn adjustment_errors(
    model: &Model,
    number: usize,
    operation: &Operation,
) -> Vec<(Address, PlanError)> {
    let mut errors = Vec::new();
    let mut report = |at: &Address, result: Result<(), PlanError>| {
        errors.extend(result.err().map(|error| (at.clone(), error)));
    };
    let nowhere = Address::default();
    let flow = |measure: &str| model.flow_index(measure).map(|_| ());
    let place = |at: &Address| model.place(at).map(|_| ());
    match operation {
        Operation::Close(close) => {
            report(&close.period, flow(&close.measure));
            report(&close.period, place(&close.period));
            close
                .actuals
                .iter()
                .for_each(|(at, _)| report(at, place(at)));
        }
        Operation::Carry(rule) => {
            report(&nowhere, flow(&rule.measure));
            report(&nowhere, model.level(model.time(), &rule.level).map(|_| ()));
        }
        Operation::Act(plan) => {
            report(&plan.at, flow(&plan.measure));
            report(&plan.at, place(&plan.at));
        }
        Operation::Waive(waiver) => {
            report(&waiver.at, flow(&waiver.measure));
            report(&waiver.at, place(&waiver.at));
        }
        Operation::Revise(revision) => {
            report(&revision.at, flow(&revision.measure));
            report(&revision.at, place(&revision.at));
        }
        Operation::Resolve(resolution) => {
            report(&resolution.period, place(&resolution.period));
            report(&resolution.at, place(&resolution.at));
        }
        Operation::CheckAction(check) => report(&nowhere, earlier(check.sequence, number, true)),
        Operation::Decide(decision) => report(&nowhere, earlier(decision.sequence, number, false)),
        _ => {}
    }
    errors
}

/// A number that names an earlier step of the log.
fn earlier(sequence: u64, number: usize, action: bool) -> Result<(), PlanError> {
    if sequence >= 1 && sequence < number as u64 {
        return Ok(());
    }
    let known = Vec::new();
    Err(match action {
        true => crate::AdjustError::NoActionPlan { sequence, known },
        false => crate::AdjustError::NoRevision { sequence, known },
    }
    .into())
}
