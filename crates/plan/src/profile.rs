//! Detail below the stored cells — week pieces, days, slots — evaluated on demand by the calendar, and
//! the values of any place. Stores nothing.

use fenjie_calendar::DateRange;
use rustc_hash::FxHashMap;

use crate::model::{Model, Place};
use crate::period_table::{Buffers, reduced};
use crate::state::Plan;

impl Plan {
    /// The value of a place in steps, totals included; detail by the calendar is computed. Nothing
    /// where the plan has not been decomposed that far.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let friday = plan.place("region=华东, day=2026-07-03").unwrap();
    /// assert!(plan.value(0, &friday).unwrap() > 0);
    /// ```
    pub fn value(&self, measure: usize, place: &Place) -> Option<i64> {
        self.base(measure).value(place)
    }

    /// The time depth down to which a measure has values: stored, or evaluated by the calendar.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert_eq!(plan.model().axes()[3].tree.level_names().len(), plan.time_depth(0));
    /// ```
    pub fn time_depth(&self, measure: usize) -> usize {
        let grid = self.grid(measure);
        let time = self.model.time();
        let tree = &self.model.axes()[time].tree;
        let frontier = grid.cube.frontier(time);
        let stored = frontier
            .leaves()
            .iter()
            .map(|leaf| tree.depth(frontier.node(*leaf)))
            .max();
        stored.unwrap_or(0).max(grid.profile_depth)
    }
}

/// The calendar, the stored period, and the days that count.
type BlockKey = (usize, u32, Option<DateRange>);

/// Weights of one group of periods below a stored cell, level by level.
pub(crate) struct Detail<'m> {
    model: &'m Model,
    depth: usize,
    blocks: FxHashMap<BlockKey, (Block, Vec<usize>)>,
    buffers: Buffers,
}

/// The periods below one stored period, for one calendar: children and weights, flat.
#[derive(Debug)]
pub(crate) struct Block {
    /// Every node below in depth-first order, parents before children.
    pub(crate) nodes: Vec<u32>,
    pub(crate) groups: Vec<Group>,
}

#[derive(Debug)]
pub(crate) struct Group {
    /// Index of the parent in `nodes`; [`STORED`] for the stored period itself.
    pub(crate) parent: usize,
    /// Indices of the children in `nodes`.
    pub(crate) children: Vec<usize>,
    pub(crate) weights: Vec<u64>,
}

/// Stands for the stored period itself.
pub(crate) const STORED: usize = usize::MAX;

impl<'m> Detail<'m> {
    pub(crate) fn new(model: &'m Model, depth: usize) -> Self {
        Detail {
            model,
            depth,
            blocks: FxHashMap::default(),
            buffers: Buffers::default(),
        }
    }

    /// All periods below a stored one, in depth-first order, with their amounts written to `out`.
    pub(crate) fn all(
        &mut self,
        members: &[u32],
        from: u32,
        value: i64,
        out: &mut Vec<i64>,
    ) -> &[u32] {
        let key = (
            self.model.table_of(members),
            from,
            limit_within(self.model, self.model.limit_of(members), from),
        );
        let (model, depth) = (self.model, self.depth);
        let (block, groups) = self.blocks.entry(key).or_insert_with(|| {
            let block = Block::new(model, depth, from, key.0, key.2);
            let groups = (0..block.groups.len()).collect();
            (block, groups)
        });
        self.buffers.all.clear();
        block.share(value, groups, &mut self.buffers);
        out.clear();
        out.extend_from_slice(&self.buffers.all);
        &block.nodes
    }
}

/// A limit as it bears on one stored period: none where all of its days count, so that members who
/// joined in other periods share their weights.
pub(crate) fn limit_within(
    model: &Model,
    limit: Option<DateRange>,
    from: u32,
) -> Option<DateRange> {
    let (limit, whole) = (limit?, model.period_range(from));
    let start = limit.start.clamp(whole.start, whole.end);
    let end = limit.end.clamp(start, whole.end);
    let range = DateRange { start, end };
    (range != whole).then_some(range)
}

impl Block {
    pub(crate) fn new(
        model: &Model,
        depth: usize,
        from: u32,
        table: usize,
        limit: Option<DateRange>,
    ) -> Block {
        let tree = &model.axes()[model.time()].tree;
        let nodes: Vec<u32> = (from + 1..tree.end(from))
            .filter(|node| tree.depth(*node) <= depth)
            .collect();
        let index_of: FxHashMap<u32, usize> = nodes
            .iter()
            .enumerate()
            .map(|(at, node)| (*node, at))
            .collect();
        let mut groups = Vec::new();
        for parent in std::iter::once(from).chain(nodes.iter().copied()) {
            if tree.depth(parent) >= depth || tree.is_leaf(parent) {
                continue;
            }
            let children: Vec<u32> = tree.children(parent).collect();
            let weight = |child: &u32| model.period_weight(table, *child, limit);
            let weights: Vec<u64> = children.iter().map(weight).collect();
            groups.push(Group {
                parent: index_of.get(&parent).copied().unwrap_or(STORED),
                weights: reduced(&weights),
                children: children.iter().map(|child| index_of[child]).collect(),
            });
        }
        Block { nodes, groups }
    }
    /// Where some nodes stand.
    pub(crate) fn indices(&self, nodes: &[u32]) -> Vec<usize> {
        let index = |node| self.nodes.binary_search(node);
        let found = nodes
            .iter()
            .map(|node| index(node).expect("a node of the block"));
        found.collect()
    }
}
