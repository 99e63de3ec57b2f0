//! Computing a plan from its operations, with an eye on one place where its origin is asked for. Knows
//! which operations an `Undo` takes out of effect, not what they do.

use crate::definition::Definition;
use crate::error::PlanError;
use crate::model::Place;
use crate::operation::Operation;
use crate::refusal::Refusal;
use crate::state::Plan;
use crate::trace::Trace;

/// A place watched during a replay: how it was allocated, and its value after each operation.
pub(crate) struct Watch {
    pub(crate) trace: Trace,
    pub(crate) measure: usize,
    pub(crate) place: Place,
    pub(crate) values: Vec<(usize, Option<i64>)>,
}

impl Plan {
    /// Computes a plan from its operations. The same operations give the same integers on every
    /// machine. Operations that a later `Undo` names are left out.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let total = plan.value(0, &plan.place("").unwrap()).unwrap();
    /// assert_eq!(plan.step(0).format(total), "10000000.00");
    /// ```
    pub fn replay(definition: Definition, operations: &[Operation]) -> Result<Plan, Refusal> {
        Plan::replay_watched(definition, operations, None).map(|(plan, _)| plan)
    }

    /// Replays while keeping an eye on a place.
    pub(crate) fn replay_watched(
        definition: Definition,
        operations: &[Operation],
        mut watch: Option<Watch>,
    ) -> Result<(Plan, Option<Watch>), Refusal> {
        let refuse = |operation: usize| move |error: PlanError| Refusal { operation, error };
        let in_force = in_force(operations).map_err(refuse(0))?;
        let definition =
            crate::hold_back::with_lines(definition, operations, &in_force).map_err(refuse(0))?;
        let mut plan = Plan::new(definition).map_err(refuse(0))?;
        for number in in_force {
            if let Some(watch) = &mut watch {
                watch.trace.operation = number;
            }
            let operation = operations[number - 1].clone();
            let trace = watch.as_mut().map(|watch| &mut watch.trace);
            plan.carry_out(number, operation, trace)
                .map_err(refuse(number))?;
            plan.grids.iter_mut().for_each(|grid| grid.replaced = None);
            if let Some(watch) = &mut watch {
                let value = plan.value(watch.measure, &watch.place);
                watch.values.push((number, value));
            }
        }
        Ok((plan, watch))
    }
}

/// The numbers (from 1) of the operations that no later `Undo` takes out of effect.
fn in_force(operations: &[Operation]) -> Result<Vec<usize>, PlanError> {
    let mut undone = vec![false; operations.len()];
    for number in (1..=operations.len()).rev() {
        if undone[number - 1] {
            continue;
        }
        if let Operation::Undo { sequence } = &operations[number - 1] {
            let target = usize::try_from(*sequence).unwrap_or(usize::MAX);
            if target == 0 || target >= number {
                return Err(PlanError::CannotUndo {
                    sequence: *sequence,
                });
            }
            undone[target - 1] = true;
        }
    }
    let stays = |number: &usize| {
        !undone[number - 1] && !matches!(operations[number - 1], Operation::Undo { .. })
    };
    Ok((1..=operations.len()).filter(stays).collect())
}
