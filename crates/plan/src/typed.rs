//! Amounts typed by member where other axes are open as well: they are totals over those axes, so
//! the cells meet them and their parents at once (rules D2, D8). Knows no weights.

use crate::decompose::merged;
use crate::error::PlanError;
use crate::frontier::{Frontier, each_combination};
use crate::settle::{Constraint, settle};
use crate::state::{Plan, settle_error, text_of};

impl Plan {
    /// The positions of an axis whose amounts an act has shared: what were leaves before, or what
    /// stands just above the level where it was there already.
    pub(crate) fn parents_shared(
        &self,
        measure: usize,
        axis: usize,
        depth: usize,
        again: bool,
        old: &Frontier,
    ) -> Vec<u32> {
        let frontier = self.grid(measure).cube.frontier(axis);
        let tree = &self.model.axes()[axis].tree;
        let shared = |at: &u32| {
            let node = frontier.node(*at);
            let was_leaf = old.position(node).is_some_and(|known| old.is_leaf(known));
            !frontier.is_leaf(*at)
                && if again {
                    tree.depth(node) + 1 == depth
                } else {
                    was_leaf
                }
        };
        (0..frontier.len() as u32).filter(shared).collect()
    }

    /// Brings members to their typed totals inside a box; every shared parent keeps its amount in
    /// every cell of the other axes.
    pub(crate) fn impose_typed(
        &mut self,
        measure: usize,
        axis: usize,
        within: &[u32],
        typed: &[(u32, i64)],
        parents: &[u32],
    ) -> Result<(), PlanError> {
        let cube = &self.grid(measure).cube;
        let frontier = cube.frontier(axis).clone();
        let mut fixed: Vec<(u32, i64)> = Vec::with_capacity(typed.len());
        for (node, amount) in typed {
            if let Some(at) = frontier.position(*node) {
                fixed.push((at, *amount));
            }
        }
        let inside = |at: &u32| frontier.contains(within[axis], *at);
        let parents: Vec<u32> = parents.iter().copied().filter(inside).collect();
        for parent in &parents {
            self.refuse_typed_beyond(measure, axis, within, *parent, &fixed)?;
        }
        let mut constraints = self.constraints_on(measure, within);
        let mut lists: Vec<&[u32]> = within
            .iter()
            .enumerate()
            .map(|(axis, at)| cube.frontier(axis).leaves_in(*at))
            .collect();
        lists[axis] = &parents;
        each_combination(&lists, |place| {
            let value = cube.get(place);
            constraints.push(Constraint::fixed(place.to_vec(), value, String::new()));
        });
        for (at, amount) in fixed {
            let mut place = within.to_vec();
            place[axis] = at;
            let name = self.positions_text(measure, &place);
            constraints.push(Constraint::fixed(place, amount, name));
        }
        let total = cube.get(within);
        let constraints = merged(constraints);
        let model = self.model.clone();
        let cube = &mut self.grid_mut(measure).cube;
        settle(&model, cube, within, total, &constraints, None)
            .map_err(|error| settle_error(self, measure, error))
    }

    /// Typed amounts above their parent, or for everybody and not its amount.
    fn refuse_typed_beyond(
        &self,
        measure: usize,
        axis: usize,
        within: &[u32],
        parent: u32,
        typed: &[(u32, i64)],
    ) -> Result<(), PlanError> {
        let cube = &self.grid(measure).cube;
        let frontier = cube.frontier(axis);
        let mut place = within.to_vec();
        place[axis] = parent;
        let total = i128::from(cube.get(&place));
        let children: Vec<u32> = frontier.children(parent).collect();
        let ours = typed.iter().filter(|(at, _)| children.contains(at));
        let sum: i128 = ours.clone().map(|(_, amount)| i128::from(*amount)).sum();
        let everyone = ours.count() == children.len();
        if sum <= total && !(everyone && sum != total) {
            return Ok(());
        }
        let step = self.step(measure);
        let place = self.positions_text(measure, &place);
        let (typed, total_text) = (text_of(step, sum), text_of(step, total));
        Err(if sum > total {
            PlanError::AmountsExceed {
                place,
                typed,
                total: total_text,
            }
        } else {
            PlanError::AmountsDiffer {
                place,
                typed,
                total: total_text,
            }
        })
    }
}
