//! What an operation changed: cells, biggest movers, totals before and after (rule D6). Reads what the
//! cells remember; knows no operation.

use crate::cube::Cube;
use crate::footprint::{ChangedCells, Footprint};
use crate::frontier::each_combination;
use crate::model::Place;
use crate::operation::Operation;
use crate::state::{Grid, Plan};
use crate::weigher::nodes_at;

/// The effect of one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The measure that changed.
    pub measure: usize,
    /// How many cells have another value.
    pub cells_changed: usize,
    /// How many cells the measure has now.
    pub cells: usize,
    /// The plan's total before, in steps.
    pub total_before: i64,
    /// The plan's total after, in steps.
    pub total_after: i64,
    /// The cells and totals that moved most, with their values before and after.
    pub movers: Vec<Mover>,
    /// Which part of the plan it touched.
    pub footprint: Footprint,
}

/// A place whose value changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mover {
    /// The place.
    pub place: Place,
    /// Its value before, in steps.
    pub before: i64,
    /// Its value after, in steps.
    pub after: i64,
}

/// How many movers are kept.
const MOST_MOVERS: usize = 10;

impl Change {
    /// What the operation that was just carried out has changed, by the cells of every grid that have
    /// another value. Where an axis was opened further, cells cannot be compared one by one: all of
    /// them count.
    pub(crate) fn of(
        plan: &Plan,
        totals: &[i64],
        replaced: &[Option<Box<Cube>>],
        changes: &[Vec<(usize, i64)>],
    ) -> Change {
        let opened = replaced.iter().position(Option::is_some);
        let touched = changes.iter().position(|changes| !changes.is_empty());
        let main = || plan.model.flow_index("").unwrap_or(0);
        let measure = opened.or(touched).unwrap_or_else(main);
        let cube = &plan.grids[measure].cube;
        let mut change = Change {
            measure,
            cells_changed: changes[measure].len(),
            cells: cube.cell_count(),
            total_before: totals[measure],
            total_after: cube.total(),
            movers: Vec::new(),
            footprint: footprint(plan, opened.is_some(), changes),
        };
        if opened.is_some() {
            change.cells_changed = change.cells;
        } else {
            change.rank(cube, &changes[measure]);
        }
        change
    }

    /// What is different between two plans, where the second was computed anew. Cells are compared
    /// one by one only where the axes stand as they did.
    pub(crate) fn between(before: &Plan, after: &Plan) -> Change {
        let differs = |measure: &usize| {
            let (old, new) = (&before.grids[*measure].cube, &after.grids[*measure].cube);
            old.frontiers() != new.frontiers() || !changed_cells(old, new).is_empty()
        };
        let main = || after.model.flow_index("").unwrap_or(0);
        let measure = (0..after.grids.len()).find(differs).unwrap_or_else(main);
        let (old, new) = (&before.grids[measure].cube, &after.grids[measure].cube);
        let mut change = Change {
            measure,
            cells_changed: new.cell_count(),
            cells: new.cell_count(),
            total_before: old.total(),
            total_after: new.total(),
            movers: Vec::new(),
            footprint: Footprint::everything(),
        };
        let sizes = |plan: &Plan| -> Vec<usize> {
            plan.model
                .axes()
                .iter()
                .map(|axis| axis.tree.len())
                .collect()
        };
        if sizes(before) == sizes(after) && old.frontiers() == new.frontiers() {
            let cells = changed_cells(old, new);
            change.cells_changed = cells.len();
            change.rank(new, &cells);
            change.footprint = footprint_between(before, after);
        }
        change
    }

    fn rank(&mut self, cube: &Cube, changes: &[(usize, i64)]) {
        for (offset, before) in changes {
            let after = cube.at(*offset);
            let moved = after.abs_diff(*before);
            let smallest = self
                .movers
                .last()
                .map_or(0, |last| last.after.abs_diff(last.before));
            if self.movers.len() == MOST_MOVERS && moved <= smallest {
                continue;
            }
            let positions = cube.positions_of(*offset);
            let place = Place(nodes_at(cube.frontiers(), &positions));
            let slot = self
                .movers
                .partition_point(|known| known.after.abs_diff(known.before) >= moved);
            self.movers.insert(
                slot,
                Mover {
                    place,
                    before: *before,
                    after,
                },
            );
            self.movers.truncate(MOST_MOVERS);
        }
    }
}

/// The part that the last operation touched.
fn footprint(plan: &Plan, opened: bool, changes: &[Vec<(usize, i64)>]) -> Footprint {
    let Some(operation) = plan.operations.last().filter(|_| !opened) else {
        return Footprint::everything();
    };
    let changed = changed_in(&plan.grids, changes);
    Footprint::of(&plan.model, operation, &changed)
}

/// The measures of which any cell changed.
fn changed_in<'a>(grids: &'a [Grid], cells: &'a [Vec<(usize, i64)>]) -> Vec<ChangedCells<'a>> {
    let pairs = grids.iter().zip(cells).enumerate();
    pairs
        .filter(|(_, (_, cells))| !cells.is_empty())
        .map(|(measure, (grid, cells))| ChangedCells {
            measure,
            cube: &grid.cube,
            cells,
        })
        .collect()
}

/// What taking an operation out of effect has touched, where the trees stand as they did.
fn footprint_between(before: &Plan, after: &Plan) -> Footprint {
    let mut about = after.undone.last().map(|(_, operation)| operation);
    while let Some(Operation::Undo { sequence }) = about {
        let number = usize::try_from(*sequence).unwrap_or(usize::MAX);
        about = after.operation(number);
    }
    let Some(about) = about else {
        return Footprint::everything();
    };
    let mut cells = Vec::with_capacity(after.grids.len());
    for (old, new) in before.grids.iter().zip(&after.grids) {
        if old.cube.frontiers() != new.cube.frontiers() {
            return Footprint::everything();
        }
        cells.push(changed_cells(&old.cube, &new.cube));
    }
    let changed = changed_in(&after.grids, &cells);
    Footprint::of(&after.model, about, &changed)
}

/// The offsets of cells that differ between cubes of one shape, with the old values.
fn changed_cells(old: &Cube, new: &Cube) -> Vec<(usize, i64)> {
    let mut changed = Vec::new();
    each_combination(&new.leaf_lists(), |at| {
        let offset = new.offset(at);
        if old.at(offset) != new.at(offset) {
            changed.push((offset, old.at(offset)));
        }
    });
    changed
}
