//! Grids of a plan: a dimension by periods, two dimensions across. Chooses a coarser level where a
//! sheet would grow too large. Knows nothing of spreadsheets.

use fenjie_calendar::Level;
use fenjie_message::Lang;
use fenjie_plan::{Grain, Place, Plan, View};

use super::grid::{Grid, Line, link};
use super::names::period_label;
use super::{MOST_CELLS, WorkbookError};

/// What was left out of a grid because it would have been too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Coarser {
    /// The axis.
    pub axis: usize,
    /// The depth that is shown.
    pub shown: usize,
    /// The depth that the plan has.
    pub planned: usize,
}

/// A grid and what was left out of it.
pub(super) struct Built {
    pub grid: Grid,
    pub coarser: Vec<Coarser>,
}

/// How fine each axis of a measure is stored; time down to the last level above weeks.
pub(super) fn stored_depths(plan: &Plan, measure: usize) -> Result<Grain, WorkbookError> {
    let mut grain = plan.grain(measure, "stored")?;
    let time = plan.model().axes().last().expect("time is always there");
    let is_coarse = |node: &u32| {
        !matches!(
            time.time_level_of(*node),
            Some(Level::Week | Level::Piece | Level::Day | Level::Slot)
        )
    };
    let nodes = (0..time.tree.len() as u32).filter(is_coarse);
    let coarse = nodes.map(|node| time.tree.depth(node)).max().unwrap_or(0);
    let last = grain.depths.len() - 1;
    grain.depths[last] = coarse.min(plan.time_depth(measure));
    Ok(grain)
}

/// The nodes of an axis down to a grain, totals among them, in preorder.
pub(super) fn nodes_down_to(view: &View<'_>, axis: usize, grain: &Grain) -> Vec<u32> {
    let tree = &view.plan().model().axes()[axis].tree;
    let mut nodes = view.nodes(axis, grain);
    let mut seen: rustc_hash::FxHashSet<u32> = nodes.iter().copied().collect();
    for at in 0..nodes.len() {
        let mut node = nodes[at];
        while let Some(parent) = tree.parent(node).filter(|parent| seen.insert(*parent)) {
            nodes.push(parent);
            node = parent;
        }
    }
    nodes.sort_unstable();
    nodes
}

/// The lines of an axis down to a grain.
pub(super) fn lines(view: &View<'_>, axis: usize, grain: &Grain, lang: Lang) -> Vec<Line> {
    let plan = view.plan();
    let axes = plan.model().axes();
    let is_time = axis == axes.len() - 1;
    let label = |node: u32| match is_time {
        true => period_label(plan, node, lang),
        false => axes[axis].tree.name(node).to_owned(),
    };
    let mut nodes = nodes_down_to(view, axis, grain);
    if is_time {
        let root = vec![0; axes.len() - 1];
        nodes.retain(|node| view.series(&root, &[*node]).is_some());
    }
    let mut lines: Vec<Line> = nodes
        .iter()
        .map(|node| Line::of_node(axes, axis, *node, label(*node)))
        .collect();
    link(&mut lines);
    lines
}

/// A dimension by periods; without a dimension, one row of periods.
pub(super) fn by_time(
    plan: &Plan,
    view: &View<'_>,
    measure: usize,
    axis: Option<usize>,
    lang: Lang,
) -> Result<Built, WorkbookError> {
    let time = plan.model().axes().len() - 1;
    let mut grain = stored_depths(plan, measure)?;
    let all = lang.pick("合计", "Total");
    let rows_of = |grain: &Grain| match axis {
        Some(axis) => lines(view, axis, grain, lang),
        None => vec![Line::everything(all)],
    };
    let mut columns = lines(view, time, &grain, lang);
    let mut rows = rows_of(&grain);
    let mut coarser = Vec::new();
    while rows.len() * columns.len() > MOST_CELLS {
        let narrowed = axis.filter(|axis| grain.depths[*axis] > 1).or(Some(time));
        let narrowed = narrowed.filter(|axis| grain.depths[*axis] > 0);
        let Some(narrowed) = narrowed else { break };
        step_back(&mut grain, narrowed, &mut coarser);
        match narrowed == time {
            true => columns = lines(view, time, &grain, lang),
            false => rows = rows_of(&grain),
        }
    }
    let nodes: Vec<u32> = columns
        .iter()
        .map(|line| line.node.expect("a period is a node").1)
        .collect();
    let fixed = Place(vec![0; time + 1]);
    let mut grid = Grid::zero(measure, fixed, rows, columns);
    grid.values.clear();
    for row in 0..grid.rows.len() {
        let place = grid.place(row, 0);
        let values = view
            .series(&place.0[..time], &nodes)
            .expect("rows and periods are visible");
        grid.values.extend(values);
    }
    Ok(Built { grid, coarser })
}

/// Two dimensions over the whole period.
pub(super) fn crossing(
    plan: &Plan,
    view: &View<'_>,
    measure: usize,
    axes: (usize, usize),
    lang: Lang,
) -> Result<Built, WorkbookError> {
    let count = plan.model().axes().len();
    let mut grain = stored_depths(plan, measure)?;
    let mut rows = lines(view, axes.0, &grain, lang);
    let mut columns = lines(view, axes.1, &grain, lang);
    let mut coarser = Vec::new();
    while rows.len() * columns.len() > MOST_CELLS {
        let narrowed = if columns.len() >= rows.len() {
            axes.1
        } else {
            axes.0
        };
        let others = [narrowed, axes.0, axes.1];
        let Some(narrowed) = others.into_iter().find(|axis| grain.depths[*axis] > 1) else {
            break;
        };
        step_back(&mut grain, narrowed, &mut coarser);
        match narrowed == axes.0 {
            true => rows = lines(view, axes.0, &grain, lang),
            false => columns = lines(view, axes.1, &grain, lang),
        }
    }
    let mut grid = Grid::zero(measure, Place(vec![0; count]), rows, columns);
    for row in 0..grid.rows.len() {
        for column in 0..grid.columns.len() {
            let value = view.value(&grid.place(row, column));
            grid.put(row, column, value.expect("rows and columns are visible"));
        }
    }
    Ok(Built { grid, coarser })
}

fn step_back(grain: &mut Grain, axis: usize, coarser: &mut Vec<Coarser>) {
    let planned = grain.depths[axis];
    grain.depths[axis] -= 1;
    let shown = grain.depths[axis];
    match coarser.iter_mut().find(|known| known.axis == axis) {
        Some(known) => known.shown = shown,
        None => coarser.push(Coarser {
            axis,
            shown,
            planned,
        }),
    }
}
