//! Grids of fine periods: months with their week pieces, one month's days with their slots. Knows
//! nothing of spreadsheets.

use fenjie_calendar::Level;
use fenjie_message::Lang;
use fenjie_plan::{Place, Plan, View};
use rustc_hash::FxHashMap;

use super::grid::{Grid, Line, link};
use super::grid_build::{lines, stored_depths};
use super::names::period_label;
use super::{WorkbookError, WorkbookOptions};

/// More columns of members than this and only the total is shown.
const MOST_MEMBERS: usize = 40;

/// More stored cells than this and the weeks, which have to be computed, are left out.
const MOST_COMPUTED: usize = 4_000_000;

/// The depth of a level on the time axis, where the measure is that fine.
fn depth_of(plan: &Plan, measure: usize, level: Level) -> Option<usize> {
    let time = plan.model().axes().last().expect("time is always there");
    let mut nodes = 0..time.tree.len() as u32;
    let node = nodes.find(|node| time.time_level_of(*node) == Some(level))?;
    Some(time.tree.depth(node)).filter(|depth| *depth <= plan.time_depth(measure))
}

/// Whether the plan has weeks or week pieces that a workbook can show.
pub(super) enum Weeks {
    Shown(Box<Grid>),
    TooMany,
    Missing,
}

/// Months and their week pieces by the first dimension's upper members, then whole weeks.
pub(super) fn weeks(
    plan: &Plan,
    view: &View<'_>,
    measure: usize,
    lang: Lang,
) -> Result<Weeks, WorkbookError> {
    let axes = plan.model().axes();
    let time = axes.len() - 1;
    let depth = depth_of(plan, measure, Level::Piece).or(depth_of(plan, measure, Level::Week));
    let Some(depth) = depth else {
        return Ok(Weeks::Missing);
    };
    if view.cell_count() > MOST_COMPUTED {
        return Ok(Weeks::TooMany);
    }
    let mut grain = stored_depths(plan, measure)?;
    let tree = &axes[time].tree;
    let nodes = (0..tree.len() as u32).filter(|node| tree.depth(*node) <= depth);
    let mut rows: Vec<Line> = nodes
        .map(|node| Line::of_node(axes, time, node, period_label(plan, node, lang)))
        .collect();
    link(&mut rows);
    rows.extend(whole_weeks(plan, &rows));
    let mut columns = vec![Line::everything(lang.pick("合计", "Total"))];
    if time > 0 {
        grain.depths[0] = grain.depths[0].min(1);
        columns = lines(view, 0, &grain, lang);
        if columns.len() > MOST_MEMBERS {
            grain.depths[0] = 0;
            columns = lines(view, 0, &grain, lang);
        }
        columns[0].label = lang.pick("合计", "Total").into();
    }
    let mut grid = Grid::zero(measure, Place(vec![0; time + 1]), rows, columns);
    let leaves: Vec<usize> = (0..grid.rows.len())
        .filter(|row| !grid.rows[*row].is_total() && grid.rows[*row].node.is_some())
        .collect();
    let periods: Vec<u32> = leaves
        .iter()
        .map(|row| grid.rows[*row].node.expect("a leaf is a period").1)
        .collect();
    for column in 0..grid.columns.len() {
        if grid.columns[column].is_total() {
            continue;
        }
        let place = grid.place(0, column);
        let Some(values) = view.series(&place.0[..time], &periods) else {
            return Ok(Weeks::Missing);
        };
        for (row, value) in leaves.iter().zip(values) {
            grid.put(*row, column, value);
        }
    }
    grid.add_up();
    Ok(Weeks::Shown(Box::new(grid)))
}

/// Whole weeks as totals of their pieces; none where weeks are not cut.
fn whole_weeks(plan: &Plan, rows: &[Line]) -> Vec<Line> {
    let time = plan.model().axes().last().expect("time is always there");
    let calendar = &plan.model().definition().calendar;
    let mut weeks: Vec<Line> = Vec::new();
    let mut known: FxHashMap<String, usize> = FxHashMap::default();
    for (row, line) in rows.iter().enumerate() {
        let Some((_, node)) = line.node else { continue };
        if time.time_level_of(node) != Some(Level::Piece) {
            continue;
        }
        let days = time.days_of(node).expect("a piece has days");
        let week = calendar.day(days.start).week;
        let at = *known.entry(week.clone()).or_insert_with(|| {
            let label = calendar
                .find(&week)
                .map(|period| super::names::week_label(&period));
            weeks.push(Line {
                id: format!("week={week}"),
                label: label.unwrap_or(week),
                depth: 1,
                ..Line::default()
            });
            weeks.len() - 1
        });
        weeks[at].parts.push(row as u32);
    }
    weeks
}

/// One month of one store (or whoever was asked for): week pieces and days by slots.
pub(super) struct Days {
    pub grid: Grid,
    /// The members and the month.
    pub place: Place,
}

/// The grid of days and slots; nothing where the plan has no days.
pub(super) fn days(
    plan: &Plan,
    view: &View<'_>,
    measure: usize,
    options: &WorkbookOptions,
) -> Result<Option<Days>, WorkbookError> {
    let axes = plan.model().axes();
    let time = axes.len() - 1;
    let tree = &axes[time].tree;
    let Some(day_depth) = depth_of(plan, measure, Level::Day) else {
        return Ok(None);
    };
    let has_slots = depth_of(plan, measure, Level::Slot).is_some();
    let place = chosen_place(plan, view, measure, options)?;
    let month = place.0[time];
    let nodes: Vec<u32> = (month..tree.end(month)).collect();
    let Some(values) = view.series(&place.0[..time], &nodes) else {
        return Ok(None);
    };
    let rows = nodes.iter().filter(|node| tree.depth(**node) <= day_depth);
    let mut rows: Vec<Line> = rows
        .map(|node| Line::of_node(axes, time, *node, period_label(plan, *node, options.lang)))
        .collect();
    let top = rows[0].depth;
    rows.iter_mut().for_each(|row| row.depth -= top);
    link(&mut rows);
    let mut columns = vec![Line::everything(options.lang.pick("全天", "Whole day"))];
    if has_slots {
        let slots = &plan.model().definition().calendar.slots;
        columns.extend(
            slots
                .shares()
                .iter()
                .enumerate()
                .map(|(slot, (label, _))| Line {
                    id: format!("slot={slot}"),
                    label: label.clone(),
                    depth: 1,
                    ..Line::default()
                }),
        );
        link(&mut columns);
    }
    let mut grid = Grid::zero(measure, place.clone(), rows, columns);
    for row in 0..grid.rows.len() {
        let node = grid.rows[row].node.expect("a day is a period").1;
        if tree.depth(node) < day_depth {
            continue;
        }
        grid.put(row, 0, values[(node - month) as usize]);
        for (slot, child) in tree.children(node).enumerate().take(grid.columns.len() - 1) {
            grid.put(row, slot + 1, values[(child - month) as usize]);
        }
    }
    grid.add_up();
    Ok(Some(Days { grid, place }))
}

fn chosen_place(
    plan: &Plan,
    view: &View<'_>,
    measure: usize,
    options: &WorkbookOptions,
) -> Result<Place, WorkbookError> {
    let axes = plan.model().axes();
    let time = axes.len() - 1;
    let grain = stored_depths(plan, measure)?;
    let mut place = match &options.store {
        Some(store) => store.clone(),
        None => {
            let mut place = Place(vec![0; time + 1]);
            if time > 0 {
                let leaves = view.nodes(0, &grain);
                place.0[0] = leaves.first().copied().unwrap_or(0);
            }
            place
        }
    };
    let month = |node: &u32| axes[time].time_level_of(*node) == Some(Level::Month);
    let first = (0..axes[time].tree.len() as u32).find(month).unwrap_or(0);
    place.0[time] = options.month.unwrap_or(first);
    Ok(place)
}
