//! Amounts of one measure over the visible nodes of every axis, totals included, in one flat array.
//! Keeps every total equal to the sum of its children; knows no weights and no rules.

use crate::frontier::{Frontier, each_combination};

/// A dense array over frontiers. Position `(p0, p1, …)` is at `Σ p_k × stride_k`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cube {
    frontiers: Vec<Frontier>,
    strides: Vec<usize>,
    values: Vec<i64>,
}

/// More entries than this are refused before memory is asked for.
pub(crate) const MOST_ENTRIES: usize = 1_500_000_000;

fn strides_of(frontiers: &[Frontier]) -> Option<(Vec<usize>, usize)> {
    let mut strides = vec![1usize; frontiers.len()];
    let mut size = 1usize;
    for axis in (0..frontiers.len()).rev() {
        strides[axis] = size;
        size = size.checked_mul(frontiers[axis].len())?;
    }
    (size <= MOST_ENTRIES).then_some((strides, size))
}

impl Cube {
    /// All zero, or nothing when there would be too many entries.
    pub(crate) fn zero(frontiers: Vec<Frontier>) -> Option<Cube> {
        let (strides, size) = strides_of(&frontiers)?;
        Some(Cube {
            frontiers,
            strides,
            values: vec![0; size],
        })
    }

    pub(crate) fn frontiers(&self) -> &[Frontier] {
        &self.frontiers
    }

    pub(crate) fn frontier(&self, axis: usize) -> &Frontier {
        &self.frontiers[axis]
    }

    pub(crate) fn stride(&self, axis: usize) -> usize {
        self.strides[axis]
    }

    /// Where a combination of positions stands.
    pub(crate) fn offset(&self, positions: &[u32]) -> usize {
        positions
            .iter()
            .zip(&self.strides)
            .map(|(at, stride)| *at as usize * stride)
            .sum()
    }

    pub(crate) fn get(&self, positions: &[u32]) -> i64 {
        self.values[self.offset(positions)]
    }

    pub(crate) fn at(&self, offset: usize) -> i64 {
        self.values[offset]
    }

    pub(crate) fn put(&mut self, offset: usize, value: i64) {
        self.values[offset] = value;
    }

    /// Number of cells: leaves × leaves × …
    pub(crate) fn cell_count(&self) -> usize {
        self.frontiers
            .iter()
            .map(|frontier| frontier.leaves().len())
            .product()
    }

    /// The leaf lists of every axis.
    pub(crate) fn leaf_lists(&self) -> Vec<&[u32]> {
        self.frontiers.iter().map(Frontier::leaves).collect()
    }

    /// Adds every total up from the cells, axis by axis. Cells are right, totals are ignored.
    pub(crate) fn add_up(&mut self) {
        let Cube {
            frontiers,
            strides,
            values,
        } = self;
        for (axis, frontier) in frontiers.iter().enumerate() {
            let stride = strides[axis];
            let span = stride * frontier.len();
            for block in values.chunks_mut(span) {
                add_up_block(block, frontier, stride);
            }
        }
    }

    /// Adds `delta` to a cell and to every total above it: one addition per total.
    pub(crate) fn add_to_cell(&mut self, positions: &[u32], delta: i64) {
        let Cube {
            frontiers,
            strides,
            values,
        } = self;
        add_upward(frontiers, strides, values, positions, 0, 0, delta);
    }

    /// Replaces the cells of a box (row-major over its leaves) and brings every total up to date.
    /// Costs the box and its ancestors, not the siblings of either.
    pub(crate) fn replace_cells(&mut self, place: &[u32], cells: &[i64]) {
        let lists: Vec<Vec<u32>> = place
            .iter()
            .zip(&self.frontiers)
            .map(|(at, frontier)| frontier.leaves_in(*at).to_vec())
            .collect();
        let slices: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
        let above: usize = place
            .iter()
            .zip(&self.frontiers)
            .map(|(at, frontier)| frontier.upward(frontier.leaves_in(*at)[0]).count())
            .product();
        let few = cells.len().saturating_mul(above) < self.values.len();
        let mut next = cells.iter();
        each_combination(&slices, |positions| {
            let value = *next.next().expect("one value per cell of the box");
            let offset = self.offset(positions);
            if few {
                let delta = value - self.values[offset];
                if delta != 0 {
                    self.add_to_cell(positions, delta);
                }
            } else {
                self.values[offset] = value;
            }
        });
        if !few {
            self.add_up();
        }
    }

    /// The cells of a box, row-major over its leaves.
    pub(crate) fn cells(&self, place: &[u32]) -> Vec<i64> {
        let lists: Vec<&[u32]> = place
            .iter()
            .zip(&self.frontiers)
            .map(|(at, frontier)| frontier.leaves_in(*at))
            .collect();
        let mut cells = Vec::with_capacity(lists.iter().map(|list| list.len()).product());
        each_combination(&lists, |positions| cells.push(self.get(positions)));
        cells
    }

    /// The root's value.
    pub(crate) fn total(&self) -> i64 {
        self.values[0]
    }
}

fn add_upward(
    frontiers: &[Frontier],
    strides: &[usize],
    values: &mut [i64],
    positions: &[u32],
    axis: usize,
    base: usize,
    delta: i64,
) {
    let stride = strides[axis];
    for at in frontiers[axis].upward(positions[axis]) {
        let offset = base + at as usize * stride;
        if axis + 1 == positions.len() {
            values[offset] += delta;
        } else {
            add_upward(
                frontiers,
                strides,
                values,
                positions,
                axis + 1,
                offset,
                delta,
            );
        }
    }
}

/// Adds one axis up within a block of the array. Children come after their parent in depth-first
/// order, so going backward every node is complete before it is added to its parent.
fn add_up_block(block: &mut [i64], frontier: &Frontier, stride: usize) {
    for at in (0..frontier.len() as u32).filter(|at| !frontier.is_leaf(*at)) {
        let start = at as usize * stride;
        block[start..start + stride].fill(0);
    }
    for at in (1..frontier.len() as u32).rev() {
        let parent = frontier.parent(at).expect("only the root has no parent") as usize;
        let (head, tail) = block.split_at_mut(at as usize * stride);
        let target = &mut head[parent * stride..(parent + 1) * stride];
        for (sum, part) in target.iter_mut().zip(&tail[..stride]) {
            *sum += part;
        }
    }
}
