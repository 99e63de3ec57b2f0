//! A reference (sales history, another plan) brought to the shape of a cube, as weights. Days of past
//! years count for the same day of the plan's years. Knows no targets.

use fenjie_calendar::{Date, DateRange};
use rustc_hash::FxHashMap;

use crate::cube::Cube;
use crate::definition::Reference;
use crate::error::PlanError;
use crate::frontier::{Frontier, each_combination};
use crate::model::{Model, unknown_member};

/// A reference summed over the visible nodes of the axes it knows.
pub(crate) struct History {
    cube: Cube,
    /// Axes the reference knows; on the others its sums hold for every member.
    known: Vec<bool>,
    decimals: u32,
}

impl History {
    /// Sums a reference over frontiers.
    pub(crate) fn prepare(
        model: &Model,
        name: &str,
        smooth: u32,
        period: Option<DateRange>,
        frontiers: &[Frontier],
    ) -> Result<History, PlanError> {
        let reference = find(model, name)?;
        let time = model.time();
        let mut known = vec![false; frontiers.len()];
        let mut columns: Vec<(usize, Vec<u32>, &[u32])> = Vec::new();
        for column in &reference.members {
            let axis = model.axis_index(&column.dimension)?;
            known[axis] = true;
            let mut positions = Vec::with_capacity(column.dictionary.len());
            for member in &column.dictionary {
                let tree = &model.axes()[axis].tree;
                let node = tree.find(member).map_err(unknown_member)?;
                positions.push(frontiers[axis].covering(tree, node));
            }
            columns.push((axis, positions, &column.codes));
        }
        known[time] = !reference.dates.is_empty();
        let shape = (0..frontiers.len())
            .map(|axis| {
                if known[axis] {
                    frontiers[axis].clone()
                } else {
                    Frontier::root()
                }
            })
            .collect();
        let mut cube = Cube::zero(shape).ok_or_else(|| too_many(model, frontiers))?;
        let mut dates = Shifter::new(model, &frontiers[time]);
        let out_of_range = || PlanError::OutOfRange {
            place: format!("history {name}"),
        };
        let mut at = vec![0u32; frontiers.len()];
        let mut rows = 0usize;
        for (row, value) in reference.values.iter().enumerate() {
            for (axis, positions, codes) in &columns {
                at[*axis] = positions[codes[row] as usize];
            }
            let Some(date) = reference.dates.get(row).copied() else {
                if period.is_none() {
                    rows += 1;
                    add(&mut cube, &at, *value).ok_or_else(out_of_range)?;
                }
                continue;
            };
            if period.is_some_and(|period| !period.contains(date)) {
                continue;
            }
            rows += 1;
            for position in dates.positions(date) {
                at[time] = *position;
                add(&mut cube, &at, *value).ok_or_else(out_of_range)?;
            }
        }
        if rows == 0 {
            let what = period.map_or("rows".into(), |period| format!("rows in {period}"));
            return Err(PlanError::ReferenceLacks {
                reference: name.into(),
                what,
            });
        }
        smoothed(&mut cube, time, smooth)?.ok_or_else(out_of_range)?;
        add_up_keeping(&mut cube).ok_or_else(out_of_range)?;
        Ok(History {
            cube,
            known,
            decimals: reference.decimals,
        })
    }

    /// The sum at positions of the cube being filled.
    pub(crate) fn value(&self, at: &[u32]) -> i64 {
        let mut offset = 0;
        for (axis, position) in at.iter().enumerate() {
            if self.known[axis] {
                offset += *position as usize * self.cube.stride(axis);
            }
        }
        self.cube.at(offset)
    }

    /// Whether the reference says anything about an axis.
    pub(crate) fn knows(&self, axis: usize) -> bool {
        self.known[axis]
    }

    /// A value of the reference as text.
    pub(crate) fn text(&self, value: i64) -> String {
        crate::decimal::Decimal::new(i128::from(value), self.decimals).to_string()
    }
}

/// A reference by name.
pub(crate) fn find<'m>(model: &'m Model, name: &str) -> Result<&'m Reference, PlanError> {
    let references = &model.definition().references;
    references
        .iter()
        .find(|reference| reference.name == name)
        .ok_or_else(|| PlanError::ReferenceUnknown {
            reference: name.into(),
            known: references
                .iter()
                .map(|reference| reference.name.clone())
                .collect(),
        })
}

/// The exact sum of a reference over some of its days, in counts of `10^-decimals`.
pub(crate) fn total(reference: &Reference, period: Option<DateRange>) -> Option<(i128, usize)> {
    let mut sum = 0i128;
    let mut rows = 0;
    for (row, value) in reference.values.iter().enumerate() {
        let inside = match (period, reference.dates.get(row)) {
            (None, _) => true,
            (Some(period), Some(date)) => period.contains(*date),
            (Some(_), None) => false,
        };
        if inside {
            sum = sum.checked_add(i128::from(*value))?;
            rows += 1;
        }
    }
    Some((sum, rows))
}

fn too_many(model: &Model, frontiers: &[Frontier]) -> PlanError {
    let named = model.axes().iter().zip(frontiers);
    PlanError::TooManyCells {
        axes: named
            .map(|(axis, frontier)| (axis.code.clone(), frontier.len()))
            .collect(),
    }
}

fn add(cube: &mut Cube, at: &[u32], value: i64) -> Option<()> {
    let offset = cube.offset(at);
    cube.put(offset, cube.at(offset).checked_add(value)?);
    Some(())
}

/// Adds totals up without clearing them: rows that name a total stay counted in it.
fn add_up_keeping(cube: &mut Cube) -> Option<()> {
    let axes = cube.frontiers().len();
    for axis in 0..axes {
        let all: Vec<Vec<u32>> = cube
            .frontiers()
            .iter()
            .map(|frontier| (0..frontier.len() as u32).collect())
            .collect();
        let mut lists: Vec<&[u32]> = all.iter().map(Vec::as_slice).collect();
        lists[axis] = &[0];
        let frontier = cube.frontier(axis).clone();
        let stride = cube.stride(axis);
        let mut bases = Vec::new();
        each_combination(&lists, |others| bases.push(cube.offset(others)));
        for base in bases {
            for at in (1..frontier.len() as u32).rev() {
                let parent = frontier.parent(at).expect("not the root") as usize;
                let part = cube.at(base + at as usize * stride);
                let target = base + parent * stride;
                cube.put(target, cube.at(target).checked_add(part)?);
            }
        }
    }
    Some(())
}

/// A centred moving sum over the leaves of the time axis, around the year.
fn smoothed(cube: &mut Cube, time: usize, smooth: u32) -> Result<Option<()>, PlanError> {
    if smooth <= 1 {
        return Ok(Some(()));
    }
    if smooth.is_multiple_of(2) || smooth > 365 {
        return Err(PlanError::Parameter {
            name: "smooth".into(),
            value: smooth.to_string(),
            zh: "平滑期数应为 3、5、7 等奇数",
            en: "smoothing takes an odd number of periods: 3, 5, 7",
        });
    }
    let leaves = cube.frontier(time).leaves().to_vec();
    let count = leaves.len();
    if count < smooth as usize {
        return Ok(Some(()));
    }
    let mut lists: Vec<Vec<u32>> = cube
        .frontiers()
        .iter()
        .map(|frontier| (0..frontier.len() as u32).collect())
        .collect();
    lists[time] = vec![0];
    let slices: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
    let mut bases = Vec::new();
    each_combination(&slices, |others| bases.push(cube.offset(others)));
    let (half, stride) = (smooth as usize / 2, cube.stride(time));
    for base in bases {
        let row: Vec<i64> = leaves
            .iter()
            .map(|leaf| cube.at(base + *leaf as usize * stride))
            .collect();
        for (at, leaf) in leaves.iter().enumerate() {
            let sum: i128 = (0..smooth as usize)
                .map(|k| i128::from(row[(at + count + k - half) % count]))
                .sum();
            let Ok(sum) = i64::try_from(sum) else {
                return Ok(None);
            };
            cube.put(base + *leaf as usize * stride, sum);
        }
    }
    Ok(Some(()))
}

/// Finds the leaf of the time axis for a day of another year.
struct Shifter {
    years: Vec<i16>,
    period: DateRange,
    leaves: Vec<(DateRange, u32)>,
    cache: FxHashMap<(i8, i8), Vec<u32>>,
    exact: FxHashMap<Date, Vec<u32>>,
}

impl Shifter {
    fn new(model: &Model, frontier: &Frontier) -> Self {
        let period = model.definition().period;
        let mut leaves: Vec<(DateRange, u32)> = frontier
            .leaves()
            .iter()
            .map(|leaf| (model.period_range(frontier.node(*leaf)), *leaf))
            .collect();
        leaves.sort_by_key(|(range, leaf)| (range.start, *leaf));
        leaves.dedup_by_key(|(range, _)| range.start);
        Shifter {
            years: (period.start.year()..=period.end.year()).collect(),
            period,
            leaves,
            cache: FxHashMap::default(),
            exact: FxHashMap::default(),
        }
    }

    /// The positions a day counts for: its own when it lies in the plan, else the same day of each
    /// of the plan's years (29 February counts for the 28th where there is none, a day that a year
    /// of whole weeks lacks for the last one).
    fn positions(&mut self, date: Date) -> &[u32] {
        if self.period.contains(date) {
            if !self.exact.contains_key(&date) {
                let found = self.leaf(date).into_iter().collect();
                self.exact.insert(date, found);
            }
            return &self.exact[&date];
        }
        let key = (date.month(), date.day());
        if !self.cache.contains_key(&key) {
            let days = self.years.iter().filter_map(|year| {
                Date::new(*year, key.0, key.1)
                    .or_else(|_| Date::new(*year, key.0, 28))
                    .ok()
            });
            let mut found: Vec<u32> = days
                .filter(|day| self.period.contains(*day))
                .filter_map(|day| self.leaf(day))
                .collect();
            // A year of 52 weeks lacks a day or two of the calendar's: they count at its end.
            if found.is_empty() && self.period.days() >= 52 * 7 {
                found.extend(self.leaf(self.period.last()));
            }
            self.cache.insert(key, found);
        }
        &self.cache[&key]
    }

    fn leaf(&self, date: Date) -> Option<u32> {
        let after = self
            .leaves
            .partition_point(|(range, _)| range.start <= date);
        after.checked_sub(1).map(|at| self.leaves[at].1)
    }
}
