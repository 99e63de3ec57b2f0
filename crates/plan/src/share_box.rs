//! Shares a total over an unconstrained box of cells in proportion to what they were: axis by axis,
//! parents before children, over flat arrays. What keeps its total keeps its cells.

use fenjie_money::{Policy, Scratch, allocate_with};

use crate::cube::Cube;
use crate::model::Model;
use crate::settle::may_take;

/// Buffers of one box after the other.
#[derive(Default)]
pub(crate) struct BoxBuffers {
    /// For each axis the amounts of the positions below the box's own.
    amounts: Vec<Vec<i64>>,
    at: Vec<u32>,
    children: Vec<u32>,
    weights: Vec<u64>,
    parts: Vec<i64>,
    scratch: Scratch,
}

/// One box on its way down.
struct Down<'a> {
    model: &'a Model,
    cube: &'a Cube,
    place: &'a [u32],
    /// Where the box's first leaf stands on each axis, and the shape of the cells written to.
    first: Vec<usize>,
    shape: &'a [usize],
    cells: &'a mut [i64],
    buffers: &'a mut BoxBuffers,
}

/// Shares a total over the box at `place`, by the cube's values, into cells of a larger box of the
/// shape, row-major, which hold what they were; `first` is the box's first leaf in it on each axis.
pub(crate) fn share_box(
    model: &Model,
    cube: &Cube,
    (place, total): (&[u32], i64),
    (first, shape): (Vec<usize>, &[usize]),
    cells: &mut [i64],
    buffers: &mut BoxBuffers,
) {
    buffers.amounts.resize_with(place.len(), Vec::new);
    buffers.at.clear();
    buffers.at.extend_from_slice(place);
    let base = cube.offset(place);
    let mut down = Down {
        model,
        cube,
        place,
        first,
        shape,
        cells,
        buffers,
    };
    down.share(0, base, 0, total);
}

impl Down<'_> {
    /// Shares from one axis on. `corner` is the offset with the axes before at their leaves and the
    /// others at the box's own positions; `row` the index of the leaves before.
    fn share(&mut self, axis: usize, corner: usize, row: usize, total: i64) {
        let Some(top) = self.place.get(axis).copied() else {
            self.cells[row] = total;
            return;
        };
        if self.cube.at(corner) == total {
            return;
        }
        let (frontier, stride) = (self.cube.frontier(axis), self.cube.stride(axis));
        let row = row * self.shape[axis] + self.first[axis];
        let end = frontier.end(top);
        if end == top + 1 {
            return self.share(axis + 1, corner, row, total);
        }
        let mut amounts = std::mem::take(&mut self.buffers.amounts[axis]);
        amounts.clear();
        amounts.resize((end - top) as usize, 0);
        amounts[0] = total;
        let mut leaf = 0;
        for at in top..end {
            let offset = corner + (at - top) as usize * stride;
            let amount = amounts[(at - top) as usize];
            self.buffers.at[axis] = at;
            if frontier.is_leaf(at) {
                self.share(axis + 1, offset, row + leaf, amount);
                leaf += 1;
            } else {
                self.share_children(axis, offset, amount);
                let buffers = &*self.buffers;
                for (child, part) in buffers.children.iter().zip(&buffers.parts) {
                    amounts[(child - top) as usize] = *part;
                }
            }
        }
        self.buffers.at[axis] = top;
        self.buffers.amounts[axis] = amounts;
    }

    /// The parts of a position's children, left in the buffers.
    fn share_children(&mut self, axis: usize, offset: usize, amount: i64) {
        let BoxBuffers {
            at,
            children,
            weights,
            parts,
            scratch,
            ..
        } = &mut *self.buffers;
        let (cube, parent) = (self.cube, at[axis]);
        let (frontier, stride) = (cube.frontier(axis), cube.stride(axis));
        children.clear();
        children.extend(frontier.children(parent));
        let value = |child: &u32| cube.at(offset + (child - parent) as usize * stride);
        parts.clear();
        if cube.at(offset) == amount {
            parts.extend(children.iter().map(value));
            return;
        }
        weights.clear();
        weights.extend(children.iter().map(|child| value(child).max(0) as u64));
        if self.model.has_any_limits() && weights.iter().all(|weight| *weight == 0) {
            for (weight, child) in weights.iter_mut().zip(&*children) {
                at[axis] = *child;
                *weight = u64::from(may_take(self.model, cube, at));
            }
            at[axis] = parent;
        }
        parts.resize(children.len(), 0);
        allocate_with(amount, weights, Policy::LargestRemainder, parts, scratch);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::replay::Watch;
    use crate::trace::Trace;
    use crate::{Address, ChangeBy, Keep, Operation, Plan, example};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// A watched replay shares place by place; both ways give the same cells, and every total
        /// is the sum of its parts.
        #[test]
        fn boxes_are_shared_as_one_place_after_the_other(
            edits in prop::collection::vec((0usize..6, 0usize..4, 0usize..6, 0u32..3_000_000), 1..6),
        ) {
            let regions = ["", "region=东北", "region=华北", "region=华东", "region=华南", "region=华西"];
            let products = ["", ", product=A", ", product=B", ", product=C"];
            let times = [
                "", ", month=2026-07", ", month=2026-12", ", quarter=2026-Q1", ", day=2026-07-03",
                ", day=2026-10-01",
            ];
            let mut operations = example::operations();
            for (region, product, time, amount) in edits {
                let at = format!("{}{}{}", regions[region], products[product], times[time]);
                operations.push(Operation::Set {
                    measure: String::new(),
                    at: Address::parse(&at).expect("an address"),
                    change: ChangeBy::To(format!("{}.{:02}", amount / 100, amount % 100)),
                    keep: Keep::Nothing,
                });
            }
            let plain = Plan::replay(example::definition(), &operations).expect("amounts above zero");
            let place = plain.place("region=华东, month=2026-07").expect("a place");
            let watch = Watch {
                trace: Trace::new(plain.model(), &place),
                measure: 0,
                place,
                values: Vec::new(),
            };
            let watched = Plan::replay_watched(example::definition(), &operations, Some(watch));
            let (watched, _) = watched.expect("the same operations");
            let cells = |plan: &Plan| {
                let cube = &plan.grid(0).cube;
                cube.cells(&vec![0; cube.frontiers().len()])
            };
            prop_assert_eq!(cells(&plain), cells(&watched));
            prop_assert!(plain.verify().is_ok(), "{:?}", plain.verify());
        }
    }
}
