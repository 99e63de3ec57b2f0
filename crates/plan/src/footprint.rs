//! Which part of a plan an operation touched: what tells edits on disjoint parts from edits that meet.
//! Knows places and the cells that changed, not what operations do.

use std::ops::Range;

use crate::cube::Cube;
use crate::frontier::Frontier;
use crate::model::{Model, Place};
use crate::operation::{Address, Operation};
use crate::tree::Tree;

/// The part of a plan that an operation touched: boxes of leaf nodes, or everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    everything: bool,
    boxes: Vec<Touched>,
}

/// A box: of one measure, on every axis the nodes touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// Index of the measure.
    pub measure: usize,
    /// For every axis ranges of nodes in depth-first order, ascending, none touching the next.
    pub axes: Vec<Vec<Range<u32>>>,
}

/// The cells of a measure that changed, with what they were.
pub(crate) struct ChangedCells<'a> {
    pub(crate) measure: usize,
    pub(crate) cube: &'a Cube,
    pub(crate) cells: &'a [(usize, i64)],
}

impl Footprint {
    /// Of an operation that may touch anything.
    ///
    /// ```
    /// use fenjie_plan::Footprint;
    /// assert!(Footprint::everything().is_everything());
    /// ```
    pub fn everything() -> Footprint {
        Footprint {
            everything: true,
            boxes: Vec::new(),
        }
    }

    /// Whether it may be anything.
    ///
    /// ```
    /// use fenjie_plan::Footprint;
    /// assert!(!Footprint::default().is_everything());
    /// ```
    pub fn is_everything(&self) -> bool {
        self.everything
    }

    /// The boxes; none where it is everything.
    ///
    /// ```
    /// use fenjie_plan::Footprint;
    /// assert!(Footprint::default().boxes().is_empty());
    /// ```
    pub fn boxes(&self) -> &[Touched] {
        &self.boxes
    }

    /// Whether two operations touched no cell in common.
    ///
    /// ```
    /// # use fenjie_plan::{Address, ChangeBy, Keep, Operation, Plan, example};
    /// let mut plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let mut grow = |at: &str| {
    ///     let (at, change) = (Address::parse(at).unwrap(), ChangeBy::parse("+10%").unwrap());
    ///     let grown = Operation::Set { measure: "".into(), at, change, keep: Keep::Nothing };
    ///     plan.apply(grown).unwrap().footprint
    /// };
    /// let (east, south) = (grow("region=华东"), grow("region=华南"));
    /// let july = grow("month=2026-07");
    /// assert!(east.is_disjoint(&south));
    /// assert!(!east.is_disjoint(&july));
    /// ```
    pub fn is_disjoint(&self, other: &Footprint) -> bool {
        if self.everything || other.everything {
            return false;
        }
        let apart = |mine: &Touched, theirs: &Touched| {
            mine.measure != theirs.measure
                || mine
                    .axes
                    .iter()
                    .zip(&theirs.axes)
                    .any(|(mine, theirs)| !meet(mine, theirs))
        };
        self.boxes
            .iter()
            .all(|mine| other.boxes.iter().all(|theirs| apart(mine, theirs)))
    }

    /// Whether all of it lies, on one axis, within these ranges of nodes (ascending).
    ///
    /// ```
    /// use fenjie_plan::Footprint;
    /// assert!(Footprint::default().is_within(0, &[]));
    /// assert!(!Footprint::everything().is_within(0, &[0..9]));
    /// ```
    pub fn is_within(&self, axis: usize, ranges: &[Range<u32>]) -> bool {
        let covered = |own: &Range<u32>| {
            ranges
                .iter()
                .any(|range| range.start <= own.start && own.end <= range.end)
        };
        !self.everything
            && self
                .boxes
                .iter()
                .all(|touched| touched.axes[axis].iter().all(covered))
    }

    /// Whether any of it lies, on one axis, within these ranges of nodes (ascending).
    ///
    /// ```
    /// use fenjie_plan::Footprint;
    /// assert!(Footprint::everything().touches(0, &[3..4]));
    /// ```
    pub fn touches(&self, axis: usize, ranges: &[Range<u32>]) -> bool {
        self.everything
            || self
                .boxes
                .iter()
                .any(|touched| meet(&touched.axes[axis], ranges))
    }

    /// Takes in what another operation touched.
    ///
    /// ```
    /// use fenjie_plan::Footprint;
    /// let mut all = Footprint::default();
    /// all.join(Footprint::everything());
    /// assert!(all.is_everything());
    /// ```
    pub fn join(&mut self, other: Footprint) {
        self.everything |= other.everything;
        self.boxes.extend(other.boxes);
        if self.everything {
            self.boxes.clear();
        }
    }

    /// Of an operation that was carried out: the places that it names and the cells that changed.
    pub(crate) fn of(
        model: &Model,
        operation: &Operation,
        changed: &[ChangedCells<'_>],
    ) -> Footprint {
        let Some(places) = places(model, operation) else {
            return Footprint::everything();
        };
        let mut boxes: Vec<Touched> = places
            .into_iter()
            .map(|(measure, place)| box_of(model, measure, &place))
            .collect();
        for ChangedCells {
            measure,
            cube,
            cells,
        } in changed
        {
            boxes.push(Touched {
                measure: *measure,
                axes: touched_axes(model, cube, cells),
            });
        }
        Footprint {
            everything: false,
            boxes,
        }
    }
}

/// Whether two ascending lists of ranges have a node in common.
fn meet(one: &[Range<u32>], other: &[Range<u32>]) -> bool {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    while let (Some(a), Some(b)) = (one.peek(), other.peek()) {
        if a.end <= b.start {
            one.next();
        } else if b.end <= a.start {
            other.next();
        } else {
            return true;
        }
    }
    false
}

/// The places that an operation is about; none where it may touch anything.
fn places(model: &Model, operation: &Operation) -> Option<Vec<(usize, Place)>> {
    let (measure, named): (&str, Vec<&Address>) = match operation {
        Operation::Set { measure, at, .. }
        | Operation::Hold { measure, at, .. }
        | Operation::Release { measure, at }
        | Operation::Bound { measure, at, .. }
        | Operation::State { measure, at, .. } => (measure, vec![at]),
        Operation::Transfer {
            measure, from, to, ..
        } => (measure, vec![from, to]),
        Operation::Act(plan) => (&plan.measure, vec![&plan.at]),
        Operation::Waive(waiver) => (&waiver.measure, vec![&waiver.at]),
        Operation::Revise(revision) => (&revision.measure, vec![&revision.at]),
        _ => return None,
    };
    let is_state = matches!(operation, Operation::State { .. });
    let measure = match is_state {
        true => model.measure_index(measure).ok()?,
        false => model.flow_index(measure).ok()?,
    };
    let place = |at: &Address| Some((measure, model.place(at).ok()?));
    named.into_iter().map(place).collect()
}

fn box_of(model: &Model, measure: usize, place: &Place) -> Touched {
    let ranges = place.0.iter().zip(model.axes());
    Touched {
        measure,
        axes: ranges
            .map(|(node, axis)| std::iter::once(*node..axis.tree.end(*node)).collect())
            .collect(),
    }
}

/// On every axis, the nodes of the cells that changed.
fn touched_axes(model: &Model, cube: &Cube, cells: &[(usize, i64)]) -> Vec<Vec<Range<u32>>> {
    let last = cube.frontiers().len() - 1;
    let length = cube.frontier(last).len();
    let mut touched: Vec<Positions> = cube
        .frontiers()
        .iter()
        .map(|frontier| Positions::of(frontier.len(), cells.len()))
        .collect();
    let mut row = usize::MAX;
    for (offset, _) in cells {
        // Cells come in order: most of them stand in the row of the one before.
        if offset / length != row {
            row = offset / length;
            for (axis, at) in cube.positions_of(row * length).into_iter().enumerate() {
                if axis < last {
                    touched[axis].add(at);
                }
            }
        }
        touched[last].add((offset % length) as u32);
    }
    let trees = model.axes().iter().map(|axis| &axis.tree);
    let axes = trees.zip(cube.frontiers()).zip(touched);
    axes.map(|((tree, frontier), touched)| ranges_of(tree, frontier, touched.in_order()))
        .collect()
}

/// Positions of an axis, each once: a list of few, or a mark for each of many.
enum Positions {
    Few(Vec<u32>),
    Many(Vec<bool>),
}

impl Positions {
    fn of(length: usize, cells: usize) -> Positions {
        match cells < length / 8 {
            true => Positions::Few(Vec::new()),
            false => Positions::Many(vec![false; length]),
        }
    }

    fn add(&mut self, at: u32) {
        match self {
            Positions::Few(list) if list.last() == Some(&at) => {}
            Positions::Few(list) => list.push(at),
            Positions::Many(marks) => marks[at as usize] = true,
        }
    }

    fn in_order(self) -> Vec<u32> {
        match self {
            Positions::Few(mut list) => {
                list.sort_unstable();
                list.dedup();
                list
            }
            Positions::Many(marks) => (0..marks.len() as u32)
                .filter(|at| marks[*at as usize])
                .collect(),
        }
    }
}

fn ranges_of(tree: &Tree, frontier: &Frontier, positions: Vec<u32>) -> Vec<Range<u32>> {
    let mut ranges: Vec<Range<u32>> = Vec::new();
    for at in positions {
        let node = frontier.node(at);
        let end = tree.end(node);
        match ranges.last_mut() {
            Some(last) if last.end == node => last.end = end,
            _ => ranges.push(node..end),
        }
    }
    ranges
}
