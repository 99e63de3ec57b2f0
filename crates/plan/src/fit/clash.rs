//! Why totals cannot all hold: the smallest clash found and the nearest totals that could be.
//! Must not know rounding to nearness, only whether whole numbers exist.

use super::cells::Support;
use super::check::Grid;
use super::flow::{Cut, Listed, Need, push, smallest_cut};
use super::parts::NONE;
use super::rings::unmovable;
use super::scale::fitted;
use super::search;
use super::{FitError, Proposal, Stated};

/// Visits of cells that the search for a smaller clash among many families may take.
const MOST_VISITS: usize = 2_000_000_000;

/// Refuses groups of zero with a floor inside.
pub(super) fn zero_groups(grid: &Grid<'_>, support: &Support) -> Result<(), FitError> {
    if let Some(bounds) = &grid.bounds {
        let kept = |cell: &usize| support.cell.binary_search(&(*cell as u32)).is_ok();
        let floored = (0..bounds.low.len()).filter(|cell| bounds.low[*cell] > 0);
        if let Some(cell) = floored.into_iter().find(|cell| !kept(cell)) {
            return Err(zero_with_floor(grid, cell));
        }
    }
    Ok(())
}

fn zero_with_floor(grid: &Grid<'_>, cell: usize) -> FitError {
    let label = |part: &super::parts::Part| {
        let (inner, length) = super::cells::stride(part, &grid.shape);
        part.label[cell / inner % length]
    };
    let zero = grid.parts.iter().find_map(|part| {
        let label = label(part);
        (label != NONE && part.totals[label as usize] == 0).then(|| part.names[label as usize])
    });
    FitError::Infeasible {
        clash: zero.into_iter().collect(),
        proposal: Vec::new(),
        bounds: vec![cell],
    }
}

/// The largest distance of a group from its total, in steps.
pub(super) fn largest_miss(support: &Support, values: &[f64]) -> f64 {
    let mut worst = 0.0f64;
    for (label, totals) in support.label.iter().zip(&support.totals) {
        let mut sums = vec![0.0; totals.len() + 1];
        for (label, value) in label.iter().zip(values) {
            sums[*label as usize] += value;
        }
        for (total, sum) in totals.iter().zip(&sums) {
            let miss = (*total as f64 - sum).abs();
            worst = if miss < worst { worst } else { miss };
        }
    }
    if worst.is_nan() { f64::INFINITY } else { worst }
}

/// A whole value near each real one, within its bounds.
fn whole(support: &Support, values: &[f64]) -> Vec<i64> {
    let near = |at: usize, value: f64| {
        let value = if value.is_finite() {
            value.min(9.2e18).floor() as i64
        } else {
            0
        };
        match &support.bounds {
            Some((low, high)) => value.max(low[at]).min(high[at]),
            None => value,
        }
    };
    values
        .iter()
        .enumerate()
        .map(|(at, value)| near(at, *value))
        .collect()
}

fn limits(support: &Support, at: usize, now: i64) -> (i64, i64) {
    match &support.bounds {
        Some((low, high)) => (now - low[at], high[at] - now),
        None => (now, i64::MAX - now),
    }
}

/// One or two partitions: the cells that have the same value in every table with these totals.
/// Errs if there is no such table.
pub(super) fn only_choices(
    grid: &Grid<'_>,
    support: &Support,
    values: &[f64],
) -> Result<Vec<Option<i64>>, FitError> {
    let nothing = vec![0u32; support.cell.len()];
    let first = support.label.first().unwrap_or(&nothing);
    let second = support.label.get(1).unwrap_or(&nothing);
    let groups = |side: usize| support.totals.get(side).map_or(0, Vec::len);
    let edges = Listed::new([first, second], [groups(0), groups(1)]);
    let mut cells = whole(support, values);
    let mut need: Need = [vec![0; groups(0) + 1], vec![0; groups(1) + 1]];
    for ((need, label), totals) in need.iter_mut().zip(&support.label).zip(&support.totals) {
        need[..totals.len()].copy_from_slice(totals);
        for (group, value) in label.iter().zip(&cells) {
            need[*group as usize] = need[*group as usize].saturating_sub(*value);
        }
        need[totals.len()] = 0;
    }
    let room = |at: usize, now: i64| limits(support, at, now);
    if !push(&edges, &mut cells, &mut need, &room) {
        let cut = smallest_cut(&edges, &cells, &need, &room);
        mend(support, &mut cells, &need);
        return Err(cut_error(grid, support, &cut, &cells));
    }
    let fixed = unmovable(&edges, &cells, &room);
    Ok(fixed
        .iter()
        .zip(&cells)
        .map(|(fixed, value)| fixed.then_some(*value))
        .collect())
}

/// Puts what could not be placed into cells that serve one of their two groups, so that one
/// margin holds as far as possible and the other is what must change.
fn mend(support: &Support, cells: &mut [i64], need: &Need) {
    for (side, label) in support.label.iter().enumerate().rev() {
        let mut need = need[side].clone();
        if support.label.len() == 2 && side == 0 {
            break;
        }
        for (at, group) in label.iter().enumerate() {
            let lack = &mut need[*group as usize];
            let (down, up) = limits(support, at, cells[at]);
            let by = (*lack).clamp(-down, up);
            cells[at] += by;
            *lack -= by;
        }
    }
}

fn cut_error(grid: &Grid<'_>, support: &Support, cut: &Cut, cells: &[i64]) -> FitError {
    let mut clash: Vec<Stated> = Vec::new();
    for (part, groups) in grid.parts.iter().zip(cut) {
        for group in groups.iter().filter(|group| **group < part.names.len()) {
            clash.push(part.names[*group]);
            let inside = |at: &usize| part.parent[*at] == Some(*group as u32);
            clash.extend(
                (0..part.names.len())
                    .filter(inside)
                    .map(|at| part.names[at]),
            );
        }
    }
    clash.sort();
    clash.dedup();
    let inside = |side: usize, at: usize| {
        support
            .label
            .get(side)
            .is_none_or(|label| cut[side].contains(&(label[at] as usize)))
    };
    let mut bounds = Vec::new();
    if let Some((low, high)) = &support.bounds {
        for at in 0..cells.len() {
            let crosses = inside(0, at) != inside(1, at);
            if crosses && (cells[at] == low[at] && low[at] > 0 || cells[at] == high[at]) {
                bounds.push(support.cell[at] as usize);
            }
        }
    }
    FitError::Infeasible {
        clash,
        proposal: proposals(grid, support, cells),
        bounds,
    }
}

/// The totals of a table that does exist, where they differ from the stated ones.
fn proposals(grid: &Grid<'_>, support: &Support, cells: &[i64]) -> Vec<Proposal> {
    let mut changes = Vec::new();
    for (part, label) in grid.parts.iter().zip(&support.label) {
        let mut own = vec![0i128; part.totals.len() + 1];
        for (group, value) in label.iter().zip(cells) {
            own[*group as usize] += i128::from(*value);
        }
        own.pop();
        let sums = part.stated_totals(&own);
        for (stated, sum) in part.names.iter().zip(sums) {
            let proposed = i64::try_from(sum).unwrap_or(i64::MAX);
            if proposed != stated.total {
                changes.push(Proposal {
                    group: stated.group,
                    stated: stated.total,
                    proposed,
                });
            }
        }
    }
    changes.sort_by_key(|change| change.group);
    changes
}

/// Three or more partitions: groups are left out as long as the rest still clashes.
pub(super) fn among_many(
    grid: &Grid<'_>,
    support: &Support,
    weight: &[f64],
    values: &[f64],
) -> FitError {
    let all: Vec<(usize, usize)> = (0..support.totals.len())
        .flat_map(|family| (0..support.totals[family].len()).map(move |group| (family, group)))
        .collect();
    let mut visits = MOST_VISITS;
    let mut clashes = |groups: &[(usize, usize)]| {
        let cost = weight.len().max(1) * 1_000;
        if visits < cost {
            return None;
        }
        let fewer = without_others(support, groups);
        let (values, outcome) = fitted(&fewer, weight.to_vec(), &[]);
        visits -= (weight.len() * (outcome.passes + 1) * fewer.totals.len().max(1)).min(visits);
        Some(!outcome.converged && largest_miss(&fewer, &values) > 0.4)
    };
    let mut left = all;
    let mut run = left.len().div_ceil(2);
    'smaller: while run > 0 {
        let mut at = 0;
        while at < left.len() {
            let mut fewer = left.clone();
            fewer.drain(at..(at + run).min(left.len()));
            match clashes(&fewer) {
                Some(true) => left = fewer,
                Some(false) => at += run,
                None => break 'smaller,
            }
        }
        run = if run == 1 { 0 } else { run.div_ceil(2) };
    }
    let mut clash: Vec<Stated> = left
        .iter()
        .map(|(family, group)| grid.parts[*family].names[*group])
        .collect();
    clash.sort();
    FitError::Infeasible {
        clash,
        proposal: possible(grid, support, values),
        bounds: Vec::new(),
    }
}

/// The same cells with only these groups stated.
fn without_others(support: &Support, groups: &[(usize, usize)]) -> Support {
    let mut place: Vec<Vec<u32>> = support
        .totals
        .iter()
        .map(|t| vec![u32::MAX; t.len() + 1])
        .collect();
    let mut totals: Vec<Vec<i64>> = vec![Vec::new(); support.totals.len()];
    for (family, group) in groups {
        place[*family][*group] = totals[*family].len() as u32;
        totals[*family].push(support.totals[*family][*group]);
    }
    let relabel = |family: usize| {
        let free = totals[family].len() as u32;
        support.label[family]
            .iter()
            .map(|label| place[family][*label as usize].min(free))
            .collect()
    };
    Support {
        cell: support.cell.clone(),
        label: (0..totals.len()).map(relabel).collect(),
        totals: totals.clone(),
        bounds: support.bounds.clone(),
    }
}

/// Totals of a whole table near to where the sweeps came to.
fn possible(grid: &Grid<'_>, support: &Support, values: &[f64]) -> Vec<Proposal> {
    let mut cells = whole(support, values);
    search::nearest_totals(support, &mut cells, values);
    proposals(grid, support, &cells)
}
