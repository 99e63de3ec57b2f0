//! Amounts of one measure over the visible nodes of every axis, totals included, in one flat array.
//! Keeps every total equal to the sum of its children; knows no weights and no rules.

use crate::frontier::{Frontier, each_combination};

/// A dense array over frontiers. Position `(p0, p1, …)` is at `Σ p_k × stride_k`.
#[derive(Clone, Debug)]
pub(crate) struct Cube {
    frontiers: Vec<Frontier>,
    strides: Vec<usize>,
    values: Vec<i64>,
    /// While an operation is tried: where each changed cell stands and what it was, oldest first.
    journal: Option<Vec<(usize, i64)>>,
    /// Leaves of the last axis, by ordinal, whose cells are closed and keep their values.
    closed: Option<std::sync::Arc<[bool]>>,
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
            journal: None,
            closed: None,
        })
    }

    /// From now on the cells at these positions of the last axis, and below them, are closed; none
    /// where there are no positions.
    pub(crate) fn close(&mut self, positions: &[u32]) {
        let frontier = self.frontiers.last().expect("time is always there");
        let mut closed = vec![false; frontier.leaves().len()];
        for at in positions {
            closed[frontier.ordinal(*at)..frontier.ordinal(frontier.end(*at))].fill(true);
        }
        self.closed = (!positions.is_empty()).then(|| closed.into());
    }

    /// Whether any cell, and whether every cell, at a position of the last axis is closed.
    pub(crate) fn closed_at(&self, at: u32) -> (bool, bool) {
        let Some(closed) = &self.closed else {
            return (false, false);
        };
        let frontier = self.frontiers.last().expect("time is always there");
        let closed = &closed[frontier.ordinal(at)..frontier.ordinal(frontier.end(at))];
        let is_closed = |leaf: &bool| *leaf;
        (closed.iter().any(is_closed), closed.iter().all(is_closed))
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

    /// Whether a place is one cell, not the total of several.
    pub(crate) fn is_cell(&self, place: &[u32]) -> bool {
        let is_leaf = |(frontier, at): (&Frontier, &u32)| frontier.is_leaf(*at);
        self.frontiers.iter().zip(place).all(is_leaf)
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
            ..
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
        let offset = self.offset(positions);
        if let Some(journal) = &mut self.journal {
            journal.push((offset, self.values[offset]));
        }
        let Cube {
            frontiers,
            strides,
            values,
            ..
        } = self;
        add_upward(frontiers, strides, values, positions, 0, delta);
    }

    /// Replaces the cells of a box (row-major over its leaves) and brings every total up to date.
    /// Costs the box and its ancestors once, not the siblings of either.
    pub(crate) fn replace_cells(&mut self, place: &[u32], cells: &[i64]) {
        let lengths: Vec<usize> = self.lengths_of(place);
        let size: usize = lengths.iter().product();
        if size.saturating_mul(2) > self.values.len() && cells.len() > 1 {
            self.write_cells(place, cells);
            return self.add_up();
        }
        // What changes, totals inside the box included: below a position all stand side by side.
        let mut deltas = vec![0i64; size];
        let mut journal = self.journal.take();
        let mut next = cells.iter();
        self.each_cell(place, |offset, inside| {
            let value = *next.next().expect("one value per cell of the box");
            let before = self.values[offset];
            deltas[inside] = value.wrapping_sub(before);
            if value != before
                && let Some(journal) = &mut journal
            {
                journal.push((offset, before));
            }
        });
        self.journal = journal;
        let mut span = size;
        for (axis, length) in lengths.iter().enumerate() {
            let stride = span / length;
            for block in deltas.chunks_mut(span) {
                add_up_below(block, &self.frontiers[axis], place[axis], stride);
            }
            span = stride;
        }
        let Cube {
            frontiers,
            strides,
            values,
            ..
        } = self;
        add_box(frontiers, strides, values, place, &deltas, 0);
    }

    /// How many positions stand below (and at) each of a place's own.
    fn lengths_of(&self, place: &[u32]) -> Vec<usize> {
        let length = |(at, frontier): (&u32, &Frontier)| (frontier.end(*at) - at) as usize;
        place.iter().zip(&self.frontiers).map(length).collect()
    }

    /// Visits the cells of a box, row-major over its leaves: each one's offset, and its offset among
    /// the positions of the box alone.
    fn each_cell(&self, place: &[u32], mut visit: impl FnMut(usize, usize)) {
        let pairs = place.iter().zip(&self.frontiers);
        let lists: Vec<&[u32]> = pairs.map(|(at, axis)| axis.leaves_in(*at)).collect();
        let lengths = self.lengths_of(place);
        let Some((last, outer)) = lists.split_last() else {
            return visit(0, 0);
        };
        let axis = outer.len();
        each_combination(outer, |positions| {
            let (mut offset, mut inside) = (0, 0);
            for (axis, at) in positions.iter().enumerate() {
                offset += *at as usize * self.strides[axis];
                inside = inside * lengths[axis] + (at - place[axis]) as usize;
            }
            for at in *last {
                let below = (at - place[axis]) as usize;
                visit(
                    offset + *at as usize * self.strides[axis],
                    inside * lengths[axis] + below,
                );
            }
        });
    }

    /// Writes the cells of a box and leaves the totals as they are.
    pub(crate) fn write_cells(&mut self, place: &[u32], cells: &[i64]) {
        let mut values = std::mem::take(&mut self.values);
        let mut journal = self.journal.take();
        let mut next = cells.iter();
        self.each_cell(place, |offset, _| {
            let value = *next.next().expect("one value per cell of the box");
            let before = std::mem::replace(&mut values[offset], value);
            if let Some(journal) = &mut journal
                && before != value
            {
                journal.push((offset, before));
            }
        });
        self.values = values;
        self.journal = journal;
    }

    /// From now on changed cells are remembered, so that they can be put back or listed.
    pub(crate) fn remember(&mut self) {
        self.journal = Some(Vec::new());
    }

    /// The changed cells with what they were, each once, by offset. Forgets them.
    pub(crate) fn take_changes(&mut self) -> Vec<(usize, i64)> {
        let mut changes = self.journal.take().unwrap_or_default();
        if !changes.is_sorted_by(|(a, _), (b, _)| a < b) {
            // A stable sort keeps the oldest entry of a cell first.
            changes.sort_by_key(|(offset, _)| *offset);
            changes.dedup_by_key(|(offset, _)| *offset);
        }
        changes.retain(|(offset, before)| self.values[*offset] != *before);
        changes
    }

    /// Puts every changed cell back.
    pub(crate) fn put_back(&mut self) {
        let changes = self.take_changes();
        self.restore(changes);
    }

    /// Gives cells the values they had.
    pub(crate) fn restore(&mut self, cells: Vec<(usize, i64)>) {
        for (offset, before) in cells {
            let positions = self.positions_of(offset);
            self.add_to_cell(&positions, before - self.values[offset]);
        }
    }

    /// The positions of an offset.
    pub(crate) fn positions_of(&self, mut offset: usize) -> Vec<u32> {
        let digit = |stride: &usize| {
            let at = offset / stride;
            offset %= stride;
            at as u32
        };
        self.strides.iter().map(digit).collect()
    }

    /// The cells of a box, row-major over its leaves.
    pub(crate) fn cells(&self, place: &[u32]) -> Vec<i64> {
        let leaves = |(at, frontier): (&u32, &Frontier)| frontier.leaves_in(*at).len();
        let count = place.iter().zip(&self.frontiers).map(leaves).product();
        let mut cells = Vec::with_capacity(count);
        self.each_cell(place, |offset, _| cells.push(self.values[offset]));
        cells
    }

    /// Adds the cells and totals of a cube of the same shape.
    pub(crate) fn add(&mut self, other: &Cube) {
        for (value, added) in self.values.iter_mut().zip(&other.values) {
            *value = value.wrapping_add(*added);
        }
    }

    /// The root's value.
    pub(crate) fn total(&self) -> i64 {
        self.values[0]
    }
}

/// Adds to a cell and all totals above it, one axis after the other; `base` is where the axes before
/// have led.
fn add_upward(
    frontiers: &[Frontier],
    strides: &[usize],
    values: &mut [i64],
    positions: &[u32],
    base: usize,
    delta: i64,
) {
    let ([frontier, frontiers @ ..], [stride, strides @ ..], [at, positions @ ..]) =
        (frontiers, strides, positions)
    else {
        values[base] = values[base].wrapping_add(delta);
        return;
    };
    for above in frontier.upward(*at) {
        let offset = base + above as usize * stride;
        if positions.is_empty() {
            // Wrapping: of several boxes replaced one after another only the last total counts.
            values[offset] = values[offset].wrapping_add(delta);
        } else {
            add_upward(frontiers, strides, values, positions, offset, delta);
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
            *sum = sum.wrapping_add(*part);
        }
    }
}

/// Adds one axis up among the positions below `top`, the first of the block.
fn add_up_below(block: &mut [i64], frontier: &Frontier, top: u32, stride: usize) {
    for at in (top + 1..frontier.end(top)).rev() {
        let parent = frontier.parent(at).expect("only the root has no parent") - top;
        let (head, tail) = block.split_at_mut((at - top) as usize * stride);
        let target = &mut head[parent as usize * stride..(parent as usize + 1) * stride];
        for (sum, part) in target.iter_mut().zip(&tail[..stride]) {
            *sum = sum.wrapping_add(*part);
        }
    }
}

/// Adds what changes in a box to its positions and to everything above them, axis by axis; `base` is
/// where the axes before have led. Wrapping: of several boxes only the last total counts.
fn add_box(
    frontiers: &[Frontier],
    strides: &[usize],
    values: &mut [i64],
    place: &[u32],
    deltas: &[i64],
    base: usize,
) {
    let ([frontier, frontiers @ ..], [stride, strides @ ..], [top, place @ ..]) =
        (frontiers, strides, place)
    else {
        values[base] = values[base].wrapping_add(deltas[0]);
        return;
    };
    let inner = deltas.len() / (frontier.end(*top) - top) as usize;
    for above in frontier.upward(*top).skip(1) {
        let base = base + above as usize * stride;
        add_box(frontiers, strides, values, place, &deltas[..inner], base);
    }
    if place.is_empty() && *stride == 1 {
        let from = base + *top as usize;
        for (value, delta) in values[from..from + deltas.len()].iter_mut().zip(deltas) {
            *value = value.wrapping_add(*delta);
        }
        return;
    }
    for (at, deltas) in deltas.chunks_exact(inner).enumerate() {
        let base = base + (*top as usize + at) * stride;
        add_box(frontiers, strides, values, place, deltas, base);
    }
}
