//! Settles a box that has closed cells in it: these keep their values, the open ones are settled as if
//! they were all there is (rules D4, J4). Knows no operations.

use crate::cube::Cube;
use crate::frontier::{Frontier, each_combination};
use crate::model::{Model, Place};
use crate::settle::{Constraint, SettleError, settle_within};
use crate::trace::Trace;
use crate::weigher::nodes_at;

/// The open cells of a box as a cube of their own.
struct Open {
    cube: Cube,
    /// For each axis the leaves of the box, and whether each of time is open.
    leaves: Vec<Vec<u32>>,
}

/// Settles the open cells of a box so that all of it comes to a total.
pub(crate) fn settle_open(
    model: &Model,
    cube: &mut Cube,
    place: &[u32],
    total: i64,
    constraints: &[Constraint],
    mut trace: Option<&mut Trace>,
) -> Result<(), SettleError> {
    let Some(mut open) = open_part(cube, place) else {
        let now = cube.get(place);
        return if now == total {
            Ok(())
        } else {
            Err(beyond_closed(cube, place, (total, now)))
        };
    };
    let root = vec![0u32; place.len()];
    let closed = cube.get(place) - open.cube.get(&root);
    let Some(rest) = total
        .checked_sub(closed)
        .filter(|rest| *rest >= 0 || total < 0)
    else {
        return Err(beyond_closed(cube, place, (total, closed)));
    };
    let inside = constraints_of_open(cube, place, &open.cube, constraints)?;
    let seen = trace.as_deref().map_or(0, |trace| trace.steps.len());
    let before = open.cube.clone();
    let settled = settle_within(
        model,
        &mut open.cube,
        &root,
        rest,
        &inside,
        trace.as_deref_mut(),
    );
    settled.map_err(|error| in_whole(cube, &before, error))?;
    let cells = all_cells(cube, place, &open);
    cube.replace_cells(place, &cells);
    if let Some(trace) = trace {
        retell(cube, trace, seen);
    }
    Ok(())
}

/// The open cells below a place; none where all are closed.
fn open_part(cube: &Cube, place: &[u32]) -> Option<Open> {
    let time = place.len() - 1;
    let is_open = |leaf: u32| !cube.closed_at(leaf).0;
    let mut frontiers: Vec<Frontier> = Vec::with_capacity(place.len());
    for (axis, at) in place.iter().enumerate() {
        let frontier = cube.frontier(axis);
        frontiers.push(match axis == time {
            true => frontier.part(*at, &is_open)?,
            false => frontier.part(*at, &|_| true)?,
        });
    }
    let leaves: Vec<Vec<u32>> = place
        .iter()
        .enumerate()
        .map(|(axis, at)| cube.frontier(axis).leaves_in(*at).to_vec())
        .collect();
    let mut lists: Vec<&[u32]> = leaves.iter().map(Vec::as_slice).collect();
    let times: Vec<u32> = leaves[time]
        .iter()
        .copied()
        .filter(|leaf| is_open(*leaf))
        .collect();
    lists[time] = &times;
    let mut cells = Vec::new();
    each_combination(&lists, |at| cells.push(cube.get(at)));
    let mut part = Cube::zero(frontiers).expect("a part is no larger than the whole");
    part.replace_cells(&vec![0; place.len()], &cells);
    Some(Open { cube: part, leaves })
}

/// The cells of the box, row-major: closed ones as they were, open ones as they were settled.
fn all_cells(cube: &Cube, place: &[u32], open: &Open) -> Vec<i64> {
    let time = place.len() - 1;
    let settled = open.cube.cells(&vec![0; place.len()]);
    let mut settled = settled.into_iter();
    let mut cells = cube.cells(place);
    let width = open.leaves[time].len();
    let is_open: Vec<bool> = open.leaves[time]
        .iter()
        .map(|leaf| !cube.closed_at(*leaf).0)
        .collect();
    for row in cells.chunks_mut(width) {
        for (cell, _) in row.iter_mut().zip(&is_open).filter(|(_, open)| **open) {
            *cell = settled.next().expect("as many cells as were open");
        }
    }
    cells
}

/// What holds and limits leave to the open cells.
fn constraints_of_open(
    cube: &Cube,
    place: &[u32],
    open: &Cube,
    constraints: &[Constraint],
) -> Result<Vec<Constraint>, SettleError> {
    let mut inside = Vec::with_capacity(constraints.len());
    for constraint in constraints {
        let lies_in = |(axis, (outer, inner)): (usize, (&u32, &u32))| {
            cube.frontier(axis).contains(*outer, *inner)
        };
        if !place.iter().zip(&constraint.place).enumerate().all(lies_in) {
            continue;
        }
        let now = cube.get(&constraint.place);
        let clash = || {
            let total = if now < constraint.floor {
                constraint.floor
            } else {
                constraint.cap
            };
            let mut error = beyond_closed(cube, &constraint.place, (total, now));
            if let SettleError::Closed { name, .. } = &mut error {
                *name = Some(constraint.name.clone());
            }
            error
        };
        let nodes = nodes_at(cube.frontiers(), &constraint.place);
        let at = |(axis, node): (usize, &u32)| open.frontier(axis).position(*node);
        let positions: Option<Vec<u32>> = nodes.iter().enumerate().map(at).collect();
        let Some(positions) = positions else {
            match (constraint.floor..=constraint.cap).contains(&now) {
                true => continue,
                false => return Err(clash()),
            }
        };
        let closed = now - open.get(&positions);
        let cap = match constraint.cap {
            i64::MAX => i64::MAX,
            cap => cap - closed,
        };
        if cap < 0 {
            return Err(clash());
        }
        inside.push(Constraint {
            place: positions,
            floor: (constraint.floor - closed).max(0),
            cap,
            name: constraint.name.clone(),
        });
    }
    Ok(inside)
}

/// A total that closed cells already exceed, or that nothing open is left for.
pub(crate) fn beyond_closed(cube: &Cube, place: &[u32], (total, kept): (i64, i64)) -> SettleError {
    SettleError::Closed {
        place: place.to_vec(),
        total: i128::from(total),
        kept: i128::from(kept),
        periods: closed_nodes(cube, place[place.len() - 1]),
        name: None,
    }
}

/// The closed periods at or below a position of time, the longest that are closed as a whole.
pub(crate) fn closed_nodes(cube: &Cube, at: u32) -> Vec<u32> {
    let frontier = cube.frontiers().last().expect("time is always there");
    let mut nodes = Vec::new();
    let mut stack = vec![at];
    while let Some(at) = stack.pop() {
        match cube.closed_at(at) {
            (_, true) => nodes.push(frontier.node(at)),
            (true, false) => {
                let before = stack.len();
                stack.extend(frontier.children(at));
                stack[before..].reverse();
            }
            _ => {}
        }
    }
    nodes
}

/// An error of the open cells, told of the whole: places and totals with what is closed.
fn in_whole(cube: &Cube, open: &Cube, error: SettleError) -> SettleError {
    let whole = |at: &[u32]| -> (Vec<u32>, i128) {
        let nodes = nodes_at(open.frontiers(), at);
        let position = |(axis, node): (usize, &u32)| {
            let found = cube.frontier(axis).position(*node);
            found.expect("a part's nodes are those of the whole")
        };
        let place: Vec<u32> = nodes.iter().enumerate().map(position).collect();
        let closed = i128::from(cube.get(&place)) - i128::from(open.get(at));
        (place, closed)
    };
    match error {
        SettleError::Held {
            place,
            total,
            held,
            names,
            all,
        } => {
            let (place, closed) = whole(&place);
            SettleError::Held {
                place,
                total: total + closed,
                held: held + closed,
                names,
                all,
            }
        }
        SettleError::Limits {
            place,
            total,
            nearest,
            names,
        } => {
            let (place, closed) = whole(&place);
            SettleError::Limits {
                place,
                total: total + closed,
                nearest: nearest.map(|nearest| nearest + closed),
                names,
            }
        }
        SettleError::Closed { .. } => error,
        SettleError::OutOfRange { place } => SettleError::OutOfRange {
            place: whole(&place).0,
        },
        SettleError::Crossing { error, places } => SettleError::Crossing {
            error,
            places: places
                .iter()
                .map(|group| group.iter().map(|at| whole(at).0).collect())
                .collect(),
        },
    }
}

/// What was seen of the open cells told of the whole, so that the amounts are the plan's.
fn retell(cube: &Cube, trace: &mut Trace, seen: usize) {
    let value = |place: &Place| {
        let position = |(axis, node): (usize, &u32)| cube.frontier(axis).position(*node);
        let positions: Option<Vec<u32>> = place.0.iter().enumerate().map(position).collect();
        positions.map(|positions| cube.get(&positions))
    };
    for step in &mut trace.steps[seen..] {
        let child = step.child_place();
        step.parent_value = value(&step.parent).unwrap_or(step.parent_value);
        step.value = value(&child).unwrap_or(step.value);
    }
}
