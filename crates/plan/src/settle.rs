//! Brings a box of cells to a total while everything fixed inside it keeps its value or limits: the
//! plan nearest to the one before (rules D4–D6). Where the fixed things nest, one pass of proportional
//! shares from the top; where they cross, fitting. Knows no operations.

use fenjie_money::{Bounds, Policy, Scratch, Weights, allocate_bounded, allocate_with};

use crate::crossing::settle_crossing;
use crate::cube::Cube;
use crate::fit::FitError;
use crate::interval::Interval;
use crate::model::Model;
use crate::settle_open::settle_open;
use crate::share_box::{BoxBuffers, share_box};
use crate::trace::{Touch, Trace};
use crate::weigher::nodes_at;

/// Something fixed or limited: a hold has floor = cap.
#[derive(Clone, Debug)]
pub(crate) struct Constraint {
    /// Positions on every axis.
    pub(crate) place: Vec<u32>,
    pub(crate) floor: i64,
    pub(crate) cap: i64,
    /// How messages name it.
    pub(crate) name: String,
}

impl Constraint {
    /// A value that stands.
    pub(crate) fn fixed(place: Vec<u32>, value: i64, name: String) -> Constraint {
        Constraint {
            place,
            floor: value,
            cap: value,
            name,
        }
    }

    pub(crate) fn is_fixed(&self) -> bool {
        self.floor == self.cap
    }
}

/// Why a box cannot be settled; the places are positions of the cube.
#[derive(Clone, Debug)]
pub(crate) enum SettleError {
    /// Fixed values above (or, with nothing free, different from) their total.
    Held {
        place: Vec<u32>,
        total: i128,
        held: i128,
        names: Vec<String>,
        all: bool,
    },
    /// Closed cells above their total, or nothing open to take another (rule J4).
    Closed {
        place: Vec<u32>,
        total: i128,
        kept: i128,
        periods: Vec<u32>,
        /// A hold or limit that is in the way.
        name: Option<String>,
    },
    /// Limits that cannot be met.
    Limits {
        place: Vec<u32>,
        total: i128,
        nearest: Option<i128>,
        names: Vec<String>,
    },
    /// The plan's total would leave the range of an amount.
    OutOfRange { place: Vec<u32> },
    /// Crossing totals that no cells can meet, with the place of every group of the fit.
    Crossing {
        error: FitError,
        places: Vec<Vec<Vec<u32>>>,
    },
}

/// A box being settled: the cube as it was, and the new cells of the box.
pub(crate) struct Work<'a> {
    pub(crate) model: &'a Model,
    pub(crate) cube: &'a Cube,
    pub(crate) constraints: &'a [Constraint],
    /// First leaf ordinal of the box on each axis, and the box's shape in leaves.
    first: Vec<usize>,
    shape: Vec<usize>,
    cells: Vec<i64>,
    scratch: Scratch,
    buffers: BoxBuffers,
    trace: Option<&'a mut Trace>,
}

/// Settles a box: afterwards its total is `total` and every constraint inside it holds. Constraints
/// outside the box, or around it, are the caller's business.
pub(crate) fn settle(
    model: &Model,
    cube: &mut Cube,
    place: &[u32],
    total: i64,
    constraints: &[Constraint],
    trace: Option<&mut Trace>,
) -> Result<(), SettleError> {
    let all = i128::from(cube.total()) - i128::from(cube.get(place)) + i128::from(total);
    if i64::try_from(all).is_err() {
        return Err(SettleError::OutOfRange {
            place: place.to_vec(),
        });
    }
    settle_within(model, cube, place, total, constraints, trace)
}

/// [`settle`] as one of several that together leave the plan's total within range.
pub(crate) fn settle_within(
    model: &Model,
    cube: &mut Cube,
    place: &[u32],
    total: i64,
    constraints: &[Constraint],
    trace: Option<&mut Trace>,
) -> Result<(), SettleError> {
    if cube.closed_at(place[place.len() - 1]).0 {
        return settle_open(model, cube, place, total, constraints, trace);
    }
    if cube.is_cell(place) {
        cube.add_to_cell(place, total.wrapping_sub(cube.get(place)));
        return Ok(());
    }
    let cells = settled_cells(model, cube, place, total, constraints, trace)?;
    debug_assert_eq!(
        cells.iter().map(|c| i128::from(*c)).sum::<i128>(),
        i128::from(total)
    );
    cube.replace_cells(place, &cells);
    assert_eq!(cube.get(place), total, "a settled box has its total");
    Ok(())
}

fn settled_cells(
    model: &Model,
    cube: &Cube,
    place: &[u32],
    total: i64,
    constraints: &[Constraint],
    trace: Option<&mut Trace>,
) -> Result<Vec<i64>, SettleError> {
    let first: Vec<usize> = place
        .iter()
        .enumerate()
        .map(|(axis, at)| cube.frontier(axis).ordinal(*at))
        .collect();
    let shape = place
        .iter()
        .enumerate()
        .map(|(axis, at)| cube.frontier(axis).leaves_in(*at).len())
        .collect();
    let mut work = Work {
        model,
        cube,
        constraints,
        first,
        shape,
        cells: cube.cells(place),
        scratch: Scratch::default(),
        buffers: BoxBuffers::default(),
        trace,
    };
    let inside: Vec<usize> = (0..constraints.len())
        .filter(|index| work.lies_in(&constraints[*index].place, place))
        .collect();
    work.bring(place, total, &inside)?;
    Ok(work.cells)
}

/// What a child of a box may become.
struct Child {
    place: Vec<u32>,
    inside: Vec<usize>,
    held: i128,
    weight: u64,
    bounds: Bounds,
    free: bool,
}

impl Work<'_> {
    pub(crate) fn lies_in(&self, inner: &[u32], outer: &[u32]) -> bool {
        inner
            .iter()
            .zip(outer)
            .enumerate()
            .all(|(axis, (inner, outer))| self.cube.frontier(axis).contains(*outer, *inner))
    }

    fn write_cell(&mut self, place: &[u32], value: i64) {
        let mut index = 0;
        for (axis, at) in place.iter().enumerate() {
            index = index * self.shape[axis] + self.ordinal(axis, *at) - self.first[axis];
        }
        self.cells[index] = value;
    }

    /// How many leaves of an axis stand before a position.
    fn ordinal(&self, axis: usize, at: u32) -> usize {
        self.cube.frontier(axis).ordinal(at)
    }

    /// Brings a box to a total; `inside` are the constraints within it, itself included.
    fn bring(&mut self, place: &[u32], total: i64, inside: &[usize]) -> Result<(), SettleError> {
        let below: Vec<usize> = inside
            .iter()
            .copied()
            .filter(|index| self.constraints[*index].place != place)
            .collect();
        if below.is_empty() {
            self.share(place, total);
            return Ok(());
        }
        match self.axis_that_cuts_nothing(place, &below) {
            Some(axis) => self.bring_children(place, total, axis, &below),
            None => self.bring_crossing(place, total, &below),
        }
    }

    /// An axis along which every constraint lies within one child.
    pub(crate) fn axis_that_cuts_nothing(&self, place: &[u32], below: &[usize]) -> Option<usize> {
        (0..place.len()).find(|axis| {
            !self.cube.frontier(*axis).is_leaf(place[*axis])
                && below
                    .iter()
                    .all(|index| self.constraints[*index].place[*axis] != place[*axis])
        })
    }

    fn bring_children(
        &mut self,
        place: &[u32],
        total: i64,
        axis: usize,
        below: &[usize],
    ) -> Result<(), SettleError> {
        let positions: Vec<u32> = self.cube.frontier(axis).children(place[axis]).collect();
        let mut buckets = self.buckets(place, axis, below);
        let mut children: Vec<Child> = positions
            .iter()
            .map(|at| self.child(place, axis, *at, buckets.remove(at).unwrap_or_default()))
            .collect();
        let held: i128 = children.iter().map(|child| child.held).sum();
        let rest = i128::from(total) - held;
        let anyone_free = children.iter().any(|child| child.free);
        if (rest < 0 && total >= 0) || (!anyone_free && rest != 0) {
            let is_fixed = |index: &usize| self.constraints[*index].is_fixed();
            let fixed: Vec<usize> = below.iter().copied().filter(is_fixed).collect();
            return Err(SettleError::Held {
                place: place.to_vec(),
                total: i128::from(total),
                held,
                names: self.names(if fixed.is_empty() { below } else { &fixed }),
                all: !anyone_free,
            });
        }
        if children.iter().all(|child| child.weight == 0) {
            children
                .iter_mut()
                .for_each(|child| child.weight = u64::from(child.free));
        }
        if self.model.has_any_limits() {
            self.rest_the_absent(&mut children);
        }
        let weights: Vec<u64> = children.iter().map(|child| child.weight).collect();
        let bounds: Vec<Bounds> = children.iter().map(|child| child.bounds).collect();
        let mut parts = vec![0i64; children.len()];
        let limits = |nearest: Option<i128>, names| SettleError::Limits {
            place: place.to_vec(),
            total: i128::from(total),
            nearest: nearest.map(|nearest| nearest + held),
            names,
        };
        let rest = i64::try_from(rest).map_err(|_| limits(None, self.names(below)))?;
        if let Err(error) = allocate_bounded(rest, &weights, &bounds, &mut parts) {
            let clashing: Vec<usize> = error
                .clashing()
                .iter()
                .flat_map(|child| children[*child].inside.iter().copied())
                .collect();
            return Err(limits(error.nearest(), self.names(&clashing)));
        }
        let mut values = Vec::with_capacity(children.len());
        for (child, part) in children.iter().zip(parts) {
            let value = i64::try_from(i128::from(part) + child.held)
                .map_err(|_| limits(None, self.names(&child.inside)))?;
            values.push(value);
        }
        self.note(place, axis, total, &positions, &weights, (rest, &values));
        for (child, value) in children.iter().zip(values) {
            if child.inside.is_empty() {
                self.share(&child.place, value);
            } else {
                self.bring(&child.place, value, &child.inside)?;
            }
        }
        Ok(())
    }

    /// Members who are not there in a period take nothing that they do not have already, as long
    /// as anybody else can take it (rule D12).
    fn rest_the_absent(&self, children: &mut [Child]) {
        let absent: Vec<bool> = children
            .iter()
            .map(|child| {
                let idle = child.inside.is_empty() && self.cube.get(&child.place) == 0;
                idle && !may_take(self.model, self.cube, &child.place)
            })
            .collect();
        if absent.iter().all(|absent| *absent) {
            return;
        }
        for (child, absent) in children.iter_mut().zip(absent) {
            if absent {
                child.weight = 0;
                child.bounds.cap = 0;
                child.free = false;
            }
        }
    }

    fn names(&self, constraints: &[usize]) -> Vec<String> {
        constraints
            .iter()
            .map(|index| self.constraints[*index].name.clone())
            .filter(|name| !name.is_empty())
            .collect()
    }

    fn child(&self, place: &[u32], axis: usize, at: u32, inside: Vec<usize>) -> Child {
        let mut child = place.to_vec();
        child[axis] = at;
        let may = if inside.is_empty() {
            Interval::free()
        } else {
            self.interval(&child, &inside)
        };
        let weight = i128::from(self.cube.get(&child)) - may.held_now;
        let bounds = Bounds {
            floor: clamp(may.floor - may.held),
            cap: may.cap.map_or(i64::MAX, |cap| clamp(cap - may.held)),
        };
        Child {
            place: child,
            inside,
            held: may.held,
            weight: u64::try_from(weight.max(0)).unwrap_or(u64::MAX),
            free: bounds.cap > bounds.floor,
            bounds,
        }
    }

    /// Shares a total over an unconstrained box in proportion to what it was, axis by axis.
    fn share(&mut self, place: &[u32], total: i64) {
        if self.trace.is_none() {
            let from = |(axis, at): (usize, &u32)| self.ordinal(axis, *at) - self.first[axis];
            let first = place.iter().enumerate().map(from).collect();
            let (model, cube) = (self.model, self.cube);
            let (shape, cells) = (&self.shape, &mut self.cells);
            let to = (place, total);
            share_box(model, cube, to, (first, shape), cells, &mut self.buffers);
            return;
        }
        if self.cube.is_cell(place) {
            self.write_cell(place, total);
            return;
        }
        let axis = (0..place.len())
            .find(|axis| !self.cube.frontier(*axis).is_leaf(place[*axis]))
            .expect("a box that is no cell has an axis to go down");
        let positions: Vec<u32> = self.cube.frontier(axis).children(place[axis]).collect();
        let mut child = place.to_vec();
        let mut weights: Vec<u64> = positions
            .iter()
            .map(|at| {
                child[axis] = *at;
                u64::try_from(self.cube.get(&child)).unwrap_or(0)
            })
            .collect();
        let asleep = weights.iter().all(|weight| *weight == 0);
        if asleep && self.model.has_any_limits() {
            for (weight, at) in weights.iter_mut().zip(&positions) {
                child[axis] = *at;
                *weight = u64::from(may_take(self.model, self.cube, &child));
            }
        }
        let mut parts = vec![0i64; positions.len()];
        let policy = Policy::LargestRemainder;
        allocate_with(total, &weights, policy, &mut parts, &mut self.scratch);
        self.note(place, axis, total, &positions, &weights, (total, &parts));
        for (at, part) in positions.iter().zip(parts) {
            child[axis] = *at;
            self.share(&child, part);
        }
    }

    fn note(
        &mut self,
        place: &[u32],
        axis: usize,
        total: i64,
        children: &[u32],
        weights: &[u64],
        (rest, values): (i64, &[i64]),
    ) {
        if let Some(trace) = self.trace.as_deref_mut() {
            let weights = Weights::from_u64(weights.to_vec());
            let frontiers = self.cube.frontiers();
            let (at, policy) = (place, Policy::LargestRemainder);
            trace.touch(Touch {
                frontiers,
                at,
                axis,
                total,
                rest,
                children,
                weights,
                values,
                policy,
            });
        }
    }

    fn bring_crossing(
        &mut self,
        place: &[u32],
        total: i64,
        below: &[usize],
    ) -> Result<(), SettleError> {
        let inside: Vec<&Constraint> = below
            .iter()
            .map(|index| &self.constraints[*index])
            .collect();
        let cells = settle_crossing(self.model, self.cube, place, total, &inside)?;
        let lists: Vec<Vec<u32>> = place
            .iter()
            .enumerate()
            .map(|(axis, at)| self.cube.frontier(axis).leaves_in(*at).to_vec())
            .collect();
        let slices: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
        let mut next = cells.into_iter();
        crate::frontier::each_combination(&slices, |positions| {
            let value = next.next().expect("one value per cell of the box");
            self.write_cell(positions, value);
        });
        Ok(())
    }
}

fn clamp(value: i128) -> i64 {
    value.clamp(i128::from(i64::MIN + 1), i128::from(i64::MAX)) as i64
}

/// Whether a place's members are there on any day of its period that counts (rule D12).
pub(crate) fn may_take(model: &Model, cube: &Cube, place: &[u32]) -> bool {
    let nodes = nodes_at(cube.frontiers(), place);
    let Some(limit) = model.limit_of(&nodes) else {
        return true;
    };
    model.period_weight(model.table_of(&nodes), nodes[model.time()], Some(limit)) > 0
}
