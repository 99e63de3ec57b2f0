//! Totals that cross each other inside a box: handed to proportional fitting with controlled rounding
//! (rule D9). Translates positions of the cube into the flat ranges that fitting knows.

use std::ops::Range;

use crate::cube::Cube;
use crate::fit::{Family, Prior, Problem, fit};
use crate::model::Model;
use crate::settle::{Constraint, SettleError, may_take};

/// How often one limit that fitting crossed is pinned and the fit repeated, before all are.
const MOST_SINGLE_ROUNDS: usize = 40;

/// The cells of a box that meets its total and every constraint, nearest to what they were.
pub(crate) fn settle_crossing(
    model: &Model,
    cube: &Cube,
    place: &[u32],
    total: i64,
    inside: &[&Constraint],
) -> Result<Vec<i64>, SettleError> {
    let shape: Vec<usize> = place
        .iter()
        .enumerate()
        .map(|(axis, at)| cube.frontier(axis).leaves_in(*at).len())
        .collect();
    let mut prior = cube.cells(place);
    let boxes: Vec<Vec<Range<u32>>> = inside
        .iter()
        .map(|constraint| ranges(cube, place, &constraint.place))
        .collect();
    let whole: Vec<Range<u32>> = shape.iter().map(|count| 0..*count as u32).collect();
    let awake = who_may_take(model, cube, place);
    wake(&mut prior, &awake, &shape, &whole, total);
    for (constraint, ranges) in inside.iter().zip(&boxes) {
        wake(
            &mut prior,
            &awake,
            &shape,
            ranges,
            constraint.floor.max(i64::from(constraint.cap > 0)),
        );
    }
    let mut table = Table::new(&shape, inside, &boxes);
    table.pin(whole, total, place);
    let mut rounds = 0;
    loop {
        let (families, places) = families(&table.fixed);
        let problem = Problem {
            shape: &shape,
            prior: Prior::I64(&prior),
            families,
            bounds: Some((&table.floors, &table.caps)),
        };
        let fitted = fit(&problem).map_err(|error| SettleError::Crossing { error, places })?;
        let sum_of = |index: usize| box_sum(&fitted.cells, &shape, &boxes[index]);
        let crosses = |index: &usize| {
            let (floor, cap) = (inside[*index].floor, inside[*index].cap);
            !(i128::from(floor)..=i128::from(cap)).contains(&sum_of(*index))
        };
        let mut crossed: Vec<usize> = table.loose.iter().copied().filter(crosses).collect();
        if crossed.is_empty() {
            return Ok(fitted.cells);
        }
        // One at a time, since pinning one may relieve another; all of them where they are many.
        if rounds < MOST_SINGLE_ROUNDS {
            crossed.truncate(1);
        }
        rounds += 1;
        for index in crossed {
            let Constraint { floor, cap, .. } = *inside[index];
            let low = sum_of(index) < i128::from(floor);
            let pinned = if low { floor } else { cap };
            table.loose.retain(|known| *known != index);
            table.pin(boxes[index].clone(), pinned, &inside[index].place);
        }
    }
}

/// What a fit must keep: boxes with totals, limits of single cells, limits still to be looked at.
struct Table {
    fixed: Vec<Fixed>,
    floors: Vec<i64>,
    caps: Vec<i64>,
    loose: Vec<usize>,
}

impl Table {
    fn new(shape: &[usize], inside: &[&Constraint], boxes: &[Vec<Range<u32>>]) -> Table {
        let cells: usize = shape.iter().product();
        let mut table = Table {
            fixed: Vec::new(),
            floors: vec![0i64; cells],
            caps: vec![i64::MAX; cells],
            loose: Vec::new(),
        };
        for (index, constraint) in inside.iter().enumerate() {
            if constraint.is_fixed() {
                table.pin(boxes[index].clone(), constraint.floor, &constraint.place);
            } else if boxes[index].iter().all(|range| range.len() == 1) {
                let at = flat(shape, &boxes[index]);
                table.floors[at] = table.floors[at].max(constraint.floor);
                table.caps[at] = table.caps[at].min(constraint.cap);
            } else {
                table.loose.push(index);
            }
        }
        table
    }

    fn pin(&mut self, ranges: Vec<Range<u32>>, value: i64, place: &[u32]) {
        self.fixed.push(Fixed {
            ranges,
            value,
            place: place.to_vec(),
        });
    }
}

/// Leaf ranges of an inner box, relative to an outer one.
fn ranges(cube: &Cube, outer: &[u32], inner: &[u32]) -> Vec<Range<u32>> {
    (0..outer.len())
        .map(|axis| {
            let frontier = cube.frontier(axis);
            let first = frontier
                .leaves()
                .partition_point(|leaf| *leaf < outer[axis]);
            let from = frontier
                .leaves()
                .partition_point(|leaf| *leaf < inner[axis]);
            let count = frontier.leaves_in(inner[axis]).len();
            (from - first) as u32..(from - first + count) as u32
        })
        .collect()
}

/// Cells that are all zero but must carry something start out equal (rule D4).
fn wake(prior: &mut [i64], awake: &[bool], shape: &[usize], ranges: &[Range<u32>], wanted: i64) {
    if wanted <= 0 || box_sum(prior, shape, ranges) != 0 {
        return;
    }
    let mut anyone = false;
    each_cell(shape, ranges, |at| anyone |= awake[at]);
    each_cell(shape, ranges, |at| {
        prior[at] = i64::from(awake[at] || !anyone)
    });
}

/// For every cell of a box: whether its members are there in its period (rule D12).
fn who_may_take(model: &Model, cube: &Cube, place: &[u32]) -> Vec<bool> {
    let leaves = |(axis, at): (usize, &u32)| cube.frontier(axis).leaves_in(*at);
    let lists: Vec<&[u32]> = place.iter().enumerate().map(leaves).collect();
    let mut awake = Vec::with_capacity(lists.iter().map(|list| list.len()).product());
    let limited = model.has_any_limits();
    crate::frontier::each_combination(&lists, |at| {
        awake.push(!limited || may_take(model, cube, at));
    });
    awake
}

/// A box of cells with the total it must have.
struct Fixed {
    ranges: Vec<Range<u32>>,
    value: i64,
    place: Vec<u32>,
}

/// Boxes put into families of disjoint ones, first fit; with the place of every box.
fn families(fixed: &[Fixed]) -> (Vec<Family>, Vec<Vec<Vec<u32>>>) {
    let mut families: Vec<Vec<&Fixed>> = Vec::new();
    for one in fixed {
        let apart = |known: &&Fixed| {
            let ranges = known.ranges.iter().zip(&one.ranges);
            let mut ranges = ranges.into_iter();
            ranges.any(|(a, b)| a.end <= b.start || b.end <= a.start)
        };
        match families.iter_mut().find(|family| family.iter().all(apart)) {
            Some(family) => family.push(one),
            None => families.push(vec![one]),
        }
    }
    let boxes = |family: &Vec<&Fixed>| Family::Boxes {
        boxes: family
            .iter()
            .map(|one| (one.ranges.clone(), one.value))
            .collect(),
    };
    let places = |family: &Vec<&Fixed>| family.iter().map(|one| one.place.clone()).collect();
    (
        families.iter().map(boxes).collect(),
        families.iter().map(places).collect(),
    )
}

fn flat(shape: &[usize], ranges: &[Range<u32>]) -> usize {
    shape
        .iter()
        .zip(ranges)
        .fold(0, |at, (count, range)| at * count + range.start as usize)
}

fn box_sum(cells: &[i64], shape: &[usize], ranges: &[Range<u32>]) -> i128 {
    let mut sum = 0i128;
    each_cell(shape, ranges, |at| sum += i128::from(cells[at]));
    sum
}

fn each_cell(shape: &[usize], ranges: &[Range<u32>], mut visit: impl FnMut(usize)) {
    let lists: Vec<Vec<u32>> = ranges.iter().map(|range| range.clone().collect()).collect();
    let slices: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
    crate::frontier::each_combination(&slices, |at| {
        visit(
            shape
                .iter()
                .zip(at)
                .fold(0, |sum, (count, at)| sum * count + *at as usize),
        );
    });
}
