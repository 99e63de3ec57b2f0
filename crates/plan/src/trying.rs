//! One more operation on a plan, tried: on refusal everything is as it was. Knows not what operations
//! do.

use std::sync::Arc;

use crate::adjusted::Adjustments;
use crate::carrying::Kept;
use crate::hold_back::may_need_a_line;
use crate::model::{Model, Place};
use crate::operation::{LayerRule, Operation};
use crate::refusal::Refusal;
use crate::state::{Hold, Limit, Plan, Statement};

/// Everything of a plan but its cells, to go back to.
struct Rules {
    model: Arc<Model>,
    stated: Option<Stated>,
    findings: usize,
    grids: Vec<GridRules>,
    adjustments: Adjustments,
    kept: Kept,
}

/// What a grid knows beside its cells.
struct GridRules {
    profile_depth: usize,
    stated: Option<i64>,
    margins: Vec<(Place, i64)>,
    closed: Arc<Vec<u32>>,
}

/// What only some operations touch.
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
        let number = self.next_number();
        if matches!(operation, Operation::Undo { .. }) || self.lacks_a_line_for(&operation) {
            return self.replay_with(operation);
        }
        let before = self.rules(&operation);
        let totals: Vec<i64> = self.grids.iter().map(|grid| grid.cube.total()).collect();
        self.grids.iter_mut().for_each(|grid| grid.cube.remember());
        match self.carry_out(number, operation, None) {
            Ok(()) => {
                let replaced = self
                    .grids
                    .iter_mut()
                    .map(|grid| grid.replaced.take())
                    .collect();
                Ok(crate::Change::of(self, &totals, replaced))
            }
            Err(error) => {
                self.go_back(before);
                Err(Refusal {
                    operation: number,
                    error,
                })
            }
        }
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
