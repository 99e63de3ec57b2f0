//! One more operation on a plan, tried: on refusal everything is as it was. Knows not what operations
//! do.

use std::sync::Arc;

use crate::adjusted::Adjustments;
use crate::carrying::Kept;
use crate::cube::Cube;
use crate::hold_back::may_need_a_line;
use crate::model::{Model, Place};
use crate::operation::{LayerRule, Operation};
use crate::refusal::Refusal;
use crate::state::{Hold, Limit, Plan, Statement};

/// What takes one operation back.
#[derive(Debug)]
pub struct Reversal(Back);

#[derive(Debug)]
enum Back {
    /// The plan before, where it was computed anew.
    Whole(Box<Plan>),
    /// What was changed.
    Parts(Box<Parts>),
}

#[derive(Debug)]
struct Parts {
    rules: Rules,
    /// Of every grid the cells as they were before an axis was opened further.
    replaced: Vec<Option<Box<Cube>>>,
    /// Of every grid the changed cells with what they were.
    cells: Vec<Vec<(usize, i64)>>,
}

/// Everything of a plan but its cells, to go back to.
#[derive(Debug)]
struct Rules {
    model: Arc<Model>,
    stated: Option<Stated>,
    findings: usize,
    grids: Vec<GridRules>,
    adjustments: Adjustments,
    kept: Kept,
}

/// What a grid knows beside its cells.
#[derive(Debug)]
struct GridRules {
    profile_depth: usize,
    stated: Option<i64>,
    margins: Vec<(Place, i64)>,
    closed: Arc<Vec<u32>>,
}

/// What only some operations touch.
#[derive(Debug)]
struct Stated {
    holds: Vec<Hold>,
    limits: Vec<Limit>,
    layers: Vec<LayerRule>,
    statements: Vec<Statement>,
}

impl Plan {
    /// One more operation on this plan; on refusal the plan is as it was. An `Undo` counts every
    /// operation ever applied, undos included, from 1; it may undo an undo.
    ///
    /// ```
    /// # use fenjie_plan::{Address, ChangeBy, Keep, Operation, Plan, example};
    /// let mut plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let at = Address::parse("region=华东, month=2026-07").unwrap();
    /// let change = ChangeBy::parse("+10%").unwrap();
    /// let grown = plan.apply(Operation::Set { measure: "".into(), at, change, keep: Keep::Nothing });
    /// assert!(grown.unwrap().cells_changed > 0);
    /// ```
    pub fn apply(&mut self, operation: Operation) -> Result<crate::Change, Refusal> {
        self.apply_reversibly(operation).map(|(change, _)| change)
    }

    /// One more operation on this plan, and what takes it back; on refusal the plan is as it was.
    ///
    /// ```
    /// # use fenjie_plan::{Address, ChangeBy, Keep, Operation, Plan, example};
    /// let mut plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let before = plan.content_hash();
    /// let (at, change) = (Address::default(), ChangeBy::parse("1100万").unwrap());
    /// let operation = Operation::Set { measure: "".into(), at, change, keep: Keep::Nothing };
    /// let (change, reversal) = plan.apply_reversibly(operation).unwrap();
    /// assert_eq!(change.total_after - change.total_before, 100_000_000);
    /// plan.take_back(reversal);
    /// assert_eq!(plan.content_hash(), before);
    /// ```
    pub fn apply_reversibly(
        &mut self,
        operation: Operation,
    ) -> Result<(crate::Change, Reversal), Refusal> {
        let number = self.next_number();
        if matches!(operation, Operation::Undo { .. }) || self.lacks_a_line_for(&operation) {
            let (change, before) = self.replay_with(operation)?;
            return Ok((change, Reversal(Back::Whole(Box::new(before)))));
        }
        let rules = self.rules(&operation);
        let totals: Vec<i64> = self.grids.iter().map(|grid| grid.cube.total()).collect();
        self.grids.iter_mut().for_each(|grid| grid.cube.remember());
        match self.carry_out(number, operation, None) {
            Ok(()) => {
                let grids = self.grids.iter_mut();
                let (replaced, cells): (Vec<_>, Vec<_>) = grids
                    .map(|grid| (grid.replaced.take(), grid.cube.take_changes()))
                    .unzip();
                let change = crate::Change::of(self, &totals, &replaced, &cells);
                let parts = Parts {
                    rules,
                    replaced,
                    cells,
                };
                Ok((change, Reversal(Back::Parts(Box::new(parts)))))
            }
            Err(error) => {
                self.go_back(rules);
                Err(Refusal {
                    operation: number,
                    error,
                })
            }
        }
    }

    /// Takes the last operation back; of several the last one first. Costs what the operation did.
    ///
    /// ```
    /// # use fenjie_plan::{Address, ChangeBy, Keep, Operation, Plan, example};
    /// let mut plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let before = plan.content_hash();
    /// let undo = Operation::Undo { sequence: 1 };
    /// if let Ok((_, reversal)) = plan.apply_reversibly(undo) {
    ///     plan.take_back(reversal);
    /// }
    /// assert_eq!(plan.content_hash(), before);
    /// ```
    pub fn take_back(&mut self, reversal: Reversal) {
        let parts = match reversal.0 {
            Back::Whole(before) => {
                *self = *before;
                return;
            }
            Back::Parts(parts) => parts,
        };
        let changed = parts.replaced.into_iter().zip(parts.cells);
        for (grid, (replaced, cells)) in self.grids.iter_mut().zip(changed) {
            match replaced {
                Some(_) => grid.replaced = replaced,
                None => grid.cube.restore(cells),
            }
        }
        self.go_back(parts.rules);
        self.operations.pop();
        self.numbers.pop();
    }

    /// What an operation would do, without doing it.
    ///
    /// ```
    /// # use fenjie_plan::{Address, ChangeBy, Keep, Operation, Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let (at, change) = (Address::default(), ChangeBy::parse("1100万").unwrap());
    /// let operation = Operation::Set { measure: "".into(), at, change, keep: Keep::Nothing };
    /// let change = plan.preview(&operation).unwrap();
    /// assert_eq!(change.total_after - change.total_before, 100_000_000);
    /// ```
    pub fn preview(&self, operation: &Operation) -> Result<crate::Change, Refusal> {
        self.to_try(operation).apply(operation.clone())
    }

    /// A copy to try an operation on; without the log so far, which may hold the results of many
    /// closed periods, where the operation does not look at it.
    fn to_try(&self, operation: &Operation) -> Plan {
        if matches!(operation, Operation::Undo { .. }) || may_need_a_line(operation) {
            return self.clone();
        }
        Plan {
            model: self.model.clone(),
            grids: self.grids.clone(),
            holds: self.holds.clone(),
            limits: self.limits.clone(),
            layers: self.layers.clone(),
            statements: self.statements.clone(),
            findings: self.findings.clone(),
            operations: Vec::new(),
            numbers: self.numbers.clone(),
            undone: self.undone.last().cloned().into_iter().collect(),
            adjustments: self.adjustments.clone(),
            kept: self.kept.clone(),
            bare: self.bare.clone(),
        }
    }

    fn rules(&self, operation: &Operation) -> Rules {
        let moves_amounts_only = matches!(
            operation,
            Operation::Set { .. } | Operation::Transfer { .. } | Operation::Total { .. }
        );
        Rules {
            model: self.model.clone(),
            stated: (!moves_amounts_only).then(|| Stated {
                holds: self.holds.clone(),
                limits: self.limits.clone(),
                layers: self.layers.clone(),
                statements: self.statements.clone(),
            }),
            findings: self.findings.len(),
            grids: self
                .grids
                .iter()
                .map(|grid| GridRules {
                    profile_depth: grid.profile_depth,
                    stated: grid.stated,
                    margins: grid.margins.clone(),
                    closed: grid.closed.clone(),
                })
                .collect(),
            adjustments: self.adjustments.clone(),
            kept: self.kept.clone(),
        }
    }

    fn go_back(&mut self, rules: Rules) {
        for (grid, before) in self.grids.iter_mut().zip(rules.grids) {
            if let Some(old) = grid.replaced.take() {
                grid.cube = *old;
            }
            grid.cube.put_back();
            grid.profile_depth = before.profile_depth;
            grid.stated = before.stated;
            grid.margins = before.margins;
            if grid.closed != before.closed {
                grid.closed = before.closed;
                grid.close_cells();
            }
        }
        self.model = rules.model;
        if let Some(stated) = rules.stated {
            self.holds = stated.holds;
            self.limits = stated.limits;
            self.layers = stated.layers;
            self.statements = stated.statements;
        }
        self.findings.truncate(rules.findings);
        self.adjustments = rules.adjustments;
        self.kept = rules.kept;
    }
}
