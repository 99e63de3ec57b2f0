//! Detail below the stored cells — week pieces, days, slots — evaluated on demand by the calendar, and
//! the values of any place. Stores nothing.

use fenjie_calendar::DateRange;
use fenjie_money::{Policy, Scratch, allocate_with};
use rustc_hash::FxHashMap;

use crate::model::{Model, Place};
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

/// Weights of one group of periods below a stored cell, level by level.
pub(crate) struct Detail<'m> {
    model: &'m Model,
    depth: usize,
    blocks: FxHashMap<(usize, u32, Option<DateRange>), Block>,
    scratch: Scratch,
}

/// The periods below one stored period, for one calendar: children ranges and weights, flat.
pub(crate) struct Block {
    /// Every node below, breadth by breadth is not needed: depth-first, parents before children.
    pub(crate) nodes: Vec<u32>,
    groups: Vec<Group>,
}

struct Group {
    /// Index of the parent in `nodes`; `usize::MAX` for the stored period itself.
    parent: usize,
    /// Indices of the children in `nodes`.
    children: Vec<usize>,
    weights: Vec<u64>,
}

impl<'m> Detail<'m> {
    pub(crate) fn new(model: &'m Model, depth: usize) -> Self {
        Detail {
            model,
            depth,
            blocks: FxHashMap::default(),
            scratch: Scratch::default(),
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
            self.model.limit_of(members),
        );
        let (model, depth) = (self.model, self.depth);
        let block = self
            .blocks
            .entry(key)
            .or_insert_with(|| Block::new(model, depth, from, key.0, key.2));
        out.clear();
        out.resize(block.nodes.len(), 0);
        let mut parts = Vec::new();
        for group in &block.groups {
            let amount = if group.parent == usize::MAX {
                value
            } else {
                out[group.parent]
            };
            parts.clear();
            parts.resize(group.children.len(), 0);
            let policy = Policy::LargestRemainder;
            allocate_with(
                amount,
                &group.weights,
                policy,
                &mut parts,
                &mut self.scratch,
            );
            for (child, part) in group.children.iter().zip(&parts) {
                out[*child] = *part;
            }
        }
        &block.nodes
    }
}

impl Block {
    fn new(
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
            groups.push(Group {
                parent: index_of.get(&parent).copied().unwrap_or(usize::MAX),
                weights: children
                    .iter()
                    .map(|child| model.period_weight(table, *child, limit))
                    .collect(),
                children: children.iter().map(|child| index_of[child]).collect(),
            });
        }
        Block { nodes, groups }
    }
}
