//! Reads rows of periods one after the other, for whatever members: what a row needs is prepared once.
//! Changes nothing.

use fenjie_calendar::DateRange;
use rustc_hash::FxHashMap;

use crate::frontier::each_combination;
use crate::period_table::{Buffers, Excerpt};
use crate::profile::{Block, limit_within};
use crate::view::View;

/// A reader of rows over the same periods; one row costs its cells, not its preparation.
#[derive(Debug)]
pub struct Rows<'v> {
    view: &'v View<'v>,
    /// Stored periods: where in the row, and their position on the time axis.
    stored: Vec<(usize, u32)>,
    runs: Vec<Run>,
    excerpts: Vec<Excerpt>,
    known: FxHashMap<(usize, usize, Option<DateRange>), usize>,
    /// The calendar that `chosen` is for, and the excerpt of each run in it.
    calendar: Option<(usize, Option<DateRange>)>,
    chosen: Vec<usize>,
    room: usize,
    buffers: Buffers,
    values: Vec<i64>,
    /// One cell's amounts while several are summed.
    part: Vec<i64>,
}

/// Neighbouring periods of a row that lie below one stored period.
#[derive(Debug)]
struct Run {
    /// The stored period: its position on the time axis, and its node.
    leaf: u32,
    from: u32,
    /// Where in the row.
    first: usize,
    nodes: Vec<u32>,
}

/// All tables of a reader together: 64 MB.
const MOST_ENTRIES: usize = 32 << 20;

impl View<'_> {
    /// Prepares to read rows of these periods (nodes of the time axis, in any order); nothing where
    /// the plan is not that fine.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let (base, east) = (plan.base(0), plan.place("region=华东").unwrap());
    /// let days = plan.model().nodes_at_depth(3, 4);
    /// let mut rows = base.rows(&days).unwrap();
    /// assert_eq!(rows.row(&east.0[..3]).unwrap().iter().sum::<i64>(), 300_000_000);
    /// ```
    pub fn rows(&self, periods: &[u32]) -> Option<Rows<'_>> {
        let model = self.plan().model();
        let tree = &model.axes()[model.time()].tree;
        let frontier = self.cube().frontier(model.time());
        let (mut stored, mut runs): (Vec<(usize, u32)>, Vec<Run>) = (Vec::new(), Vec::new());
        for (at, node) in periods.iter().enumerate() {
            if let Some(position) = frontier.position(*node) {
                stored.push((at, position));
                continue;
            }
            if tree.depth(*node) > self.profile_depth() {
                return None;
            }
            match runs.last_mut() {
                Some(run)
                    if run.first + run.nodes.len() == at && tree.contains(run.from, *node) =>
                {
                    run.nodes.push(*node);
                }
                _ => {
                    let leaf = frontier.covering(tree, *node);
                    runs.push(Run {
                        leaf,
                        from: frontier.node(leaf),
                        first: at,
                        nodes: vec![*node],
                    });
                }
            }
        }
        let longest = runs.iter().map(|run| run.nodes.len()).max().unwrap_or(0);
        Some(Rows {
            view: self,
            stored,
            runs,
            excerpts: Vec::new(),
            known: FxHashMap::default(),
            calendar: None,
            chosen: Vec::new(),
            room: MOST_ENTRIES,
            buffers: Buffers::default(),
            values: vec![0; periods.len()],
            part: vec![0; longest],
        })
    }
}

impl Rows<'_> {
    /// The values of some members (one node per dimension) in the order of the periods; nothing
    /// where a member's cells are not there.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let (base, year) = (plan.base(0), [0]);
    /// let mut rows = base.rows(&year).unwrap();
    /// assert_eq!(rows.row(&[0, 0, 0]), Some(&[1_000_000_000][..]));
    /// ```
    pub fn row(&mut self, members: &[u32]) -> Option<&[i64]> {
        let cube = self.view.cube();
        let mut positions = Vec::with_capacity(members.len() + 1);
        for (axis, node) in members.iter().enumerate() {
            positions.push(cube.frontier(axis).position(*node)?);
        }
        positions.push(0);
        let base = cube.offset(&positions);
        let stride = cube.stride(members.len());
        for (at, position) in &self.stored {
            self.values[*at] = cube.at(base + *position as usize * stride);
        }
        if self.runs.is_empty() {
            return Some(&self.values);
        }
        let is_leaf = |(axis, at): (usize, &u32)| cube.frontier(axis).is_leaf(*at);
        if positions[..members.len()].iter().enumerate().all(is_leaf) {
            self.choose(members);
            self.write_cell(base, stride);
        } else {
            self.sum_cells(&positions[..members.len()], stride);
        }
        Some(&self.values)
    }

    /// One cell per stored period: its detail is the row's.
    fn write_cell(&mut self, base: usize, stride: usize) {
        let cube = self.view.cube();
        for (run, chosen) in self.runs.iter().zip(&self.chosen) {
            let out = &mut self.values[run.first..run.first + run.nodes.len()];
            let value = cube.at(base + run.leaf as usize * stride);
            self.excerpts[*chosen].write(value, out, &mut self.buffers, &mut self.room);
        }
    }

    /// Several cells per stored period: their details are added up, each by its own calendar.
    fn sum_cells(&mut self, positions: &[u32], stride: usize) {
        let cube = self.view.cube();
        let leaves = |(axis, at): (usize, &u32)| cube.frontier(axis).leaves_in(*at);
        let lists: Vec<&[u32]> = positions.iter().enumerate().map(leaves).collect();
        for run in &self.runs {
            self.values[run.first..run.first + run.nodes.len()].fill(0);
        }
        let mut nodes = vec![0; positions.len()];
        each_combination(&lists, |at| {
            for (axis, (node, at)) in nodes.iter_mut().zip(at).enumerate() {
                *node = cube.frontier(axis).node(*at);
            }
            self.choose(&nodes);
            let base = cube.offset(at);
            for (run, chosen) in self.runs.iter().zip(&self.chosen) {
                let value = cube.at(base + run.leaf as usize * stride);
                if value == 0 {
                    continue;
                }
                let part = &mut self.part[..run.nodes.len()];
                self.excerpts[*chosen].write(value, part, &mut self.buffers, &mut self.room);
                let out = &mut self.values[run.first..run.first + run.nodes.len()];
                for (sum, part) in out.iter_mut().zip(part) {
                    *sum += *part;
                }
            }
        });
    }

    /// Finds the excerpts for the calendar of some members, unless they are there already.
    fn choose(&mut self, members: &[u32]) {
        let model = self.view.plan().model();
        let calendar = (model.table_of(members), model.limit_of(members));
        if self.calendar == Some(calendar) {
            return;
        }
        self.calendar = Some(calendar);
        self.chosen.clear();
        let (table, limit) = calendar;
        for (at, run) in self.runs.iter().enumerate() {
            let limit = limit_within(model, limit, run.from);
            let (excerpts, depth) = (&mut self.excerpts, self.view.profile_depth());
            let index = *self.known.entry((at, table, limit)).or_insert_with(|| {
                let block = Block::new(model, depth, run.from, table, limit);
                let wanted = block.indices(&run.nodes);
                excerpts.push(Excerpt::new(block, wanted));
                excerpts.len() - 1
            });
            self.chosen.push(index);
        }
    }
}
