//! What an operation changed: cells, biggest movers, totals before and after (rule D6). Compares two
//! states; knows no operation.

use crate::cube::Cube;
use crate::frontier::each_combination;
use crate::model::Place;
use crate::state::Plan;
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
    /// What is different between two states of a plan. Where the axes were opened further, cells
    /// cannot be compared one by one: then only the totals and counts are given.
    pub(crate) fn between(before: &Plan, after: &Plan) -> Change {
        let measure = (0..after.grids.len())
            .find(|measure| before.grids[*measure].cube != after.grids[*measure].cube)
            .unwrap_or_else(|| after.model.flow_index("").unwrap_or(0));
        let (old, new) = (&before.grids[measure].cube, &after.grids[measure].cube);
        let mut change = Change {
            measure,
            cells_changed: 0,
            cells: new.cell_count(),
            total_before: old.total(),
            total_after: new.total(),
            movers: Vec::new(),
        };
        if old.frontiers() == new.frontiers() {
            change.compare(old, new);
        } else {
            change.cells_changed = new.cell_count();
        }
        change
    }

    fn compare(&mut self, old: &Cube, new: &Cube) {
        each_combination(&new.leaf_lists(), |at| {
            let (before, after) = (old.get(at), new.get(at));
            if before == after {
                return;
            }
            self.cells_changed += 1;
            let moved = after.abs_diff(before);
            let smallest = self
                .movers
                .last()
                .map_or(0, |last| last.after.abs_diff(last.before));
            if self.movers.len() == MOST_MOVERS && moved <= smallest {
                return;
            }
            let place = Place(nodes_at(new.frontiers(), at));
            let slot = self
                .movers
                .partition_point(|known| known.after.abs_diff(known.before) >= moved);
            self.movers.insert(
                slot,
                Mover {
                    place,
                    before,
                    after,
                },
            );
            self.movers.truncate(MOST_MOVERS);
        });
    }
}
