//! Computing a plan from its operations, with an eye on one place where its origin is asked for. Knows
//! which operations an `Undo` takes out of effect, not what they do.

use crate::change::Change;
use crate::definition::{Definition, Dimension};
use crate::error::PlanError;
use crate::hold_back::{may_need_a_line, with_lines};
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
        let in_force = in_force(operations)?;
        let dimensions = definition.dimensions.iter();
        let bare = dimensions.map(|dimension| dimension.tree.clone()).collect();
        let definition = with_lines(definition, operations, &in_force);
        let mut plan = Plan::new(definition).map_err(refuse(0))?;
        plan.bare = bare;
        let is_undone = |number: &usize| in_force.binary_search(number).is_err();
        plan.undone = (1..=operations.len())
            .filter(is_undone)
            .map(|number| (number, operations[number - 1].clone()))
            .collect();
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

    /// The number that the next operation gets, counted over the whole log.
    pub(crate) fn next_number(&self) -> usize {
        let last = self.numbers.last().copied().unwrap_or(0);
        let undone = self.undone.last().map_or(0, |(number, _)| *number);
        last.max(undone) + 1
    }

    /// The operation of a number in the log, counted from 1, in force or not.
    ///
    /// ```
    /// # use fenjie_plan::{Operation, Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert!(matches!(plan.operation(1), Some(Operation::Total { .. })));
    /// assert!(plan.operation(99).is_none());
    /// ```
    pub fn operation(&self, number: usize) -> Option<&Operation> {
        let kept = self.numbers.binary_search(&number).ok();
        let undone = || {
            let at = self.undone.binary_search_by_key(&number, |known| known.0);
            at.ok().map(|at| &self.undone[at].1)
        };
        kept.map(|at| &self.operations[at]).or_else(undone)
    }

    /// Every operation ever applied, undos and undone ones included, in order: the numbers that
    /// operations name are places in it, counted from 1.
    pub(crate) fn log(&self) -> Vec<Operation> {
        let kept = self.numbers.iter().copied().zip(self.operations.clone());
        let mut log: Vec<(usize, Operation)> = kept.chain(self.undone.clone()).collect();
        log.sort_by_key(|(number, _)| *number);
        log.into_iter().map(|(_, known)| known).collect()
    }

    /// Computes the plan anew with one more operation: where it takes another out of effect, or
    /// needs a held-back line that the tree does not have yet. Gives the plan before too.
    pub(crate) fn replay_with(&mut self, operation: Operation) -> Result<(Change, Plan), Refusal> {
        let mut operations = self.log();
        operations.push(operation);
        let mut definition = self.model.definition.clone();
        for (dimension, tree) in definition.dimensions.iter_mut().zip(&self.bare) {
            dimension.tree = tree.clone();
        }
        let after = Plan::replay(definition, &operations)?;
        let change = Change::between(self, &after);
        let before = std::mem::replace(self, after);
        Ok((change, before))
    }

    /// Whether the tree lacks a held-back line that an operation keeps something at.
    pub(crate) fn lacks_a_line_for(&self, operation: &Operation) -> bool {
        if !may_need_a_line(operation) {
            return false;
        }
        let mut operations = self.operations.clone();
        operations.push(operation.clone());
        let all: Vec<usize> = (1..=operations.len()).collect();
        let lined = with_lines(self.model.definition.clone(), &operations, &all);
        let known = &self.model.definition.dimensions;
        let longer = |(new, old): (&Dimension, &Dimension)| new.tree.len() != old.tree.len();
        lined.dimensions.iter().zip(known).any(longer)
    }
}

/// The numbers (from 1) of the operations that no later `Undo` takes out of effect.
pub(crate) fn in_force(operations: &[Operation]) -> Result<Vec<usize>, Refusal> {
    let mut undone = vec![false; operations.len()];
    for number in (1..=operations.len()).rev() {
        if undone[number - 1] {
            continue;
        }
        if let Operation::Undo { sequence } = &operations[number - 1] {
            let target = usize::try_from(*sequence).unwrap_or(usize::MAX);
            if target == 0 || target >= number {
                let sequence = *sequence;
                let error = PlanError::CannotUndo { sequence };
                return Err(Refusal {
                    operation: number,
                    error,
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
