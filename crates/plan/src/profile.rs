//! Detail below the stored cells — week pieces, days, slots — evaluated on demand by the calendar, and
//! the values of any place. Stores nothing.

use fenjie_calendar::DateRange;
use fenjie_money::{Policy, Scratch, allocate_with};
use rustc_hash::FxHashMap;

use crate::frontier::each_combination;
use crate::model::{Model, Place};
use crate::state::Plan;
use crate::weigher::nodes_at;

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
        let grid = self.grid(measure);
        let time = self.model.time();
        let mut positions = Vec::with_capacity(place.0.len());
        for (axis, node) in place.0.iter().enumerate() {
            match grid.cube.frontier(axis).position(*node) {
                Some(at) => positions.push(at),
                None if axis == time => break,
                None => return None,
            }
        }
        if positions.len() == place.0.len() {
            return Some(grid.cube.get(&positions));
        }
        let node = place.0[time];
        let tree = &self.model.axes()[time].tree;
        if tree.depth(node) > grid.profile_depth {
            return None;
        }
        let frontier = grid.cube.frontier(time);
        let leaf = frontier.covering(tree, node);
        positions.push(leaf);
        let mut detail = Detail::new(&self.model, grid.profile_depth);
        let from = frontier.node(leaf);
        let mut sum = 0i64;
        let mut lists: Vec<&[u32]> = positions
            .iter()
            .enumerate()
            .map(|(axis, at)| grid.cube.frontier(axis).leaves_in(*at))
            .collect();
        let leaf = [leaf];
        lists[time] = &leaf;
        each_combination(&lists, |at| {
            let value = grid.cube.get(at);
            if value != 0 {
                let nodes = nodes_at(grid.cube.frontiers(), at);
                sum += detail.value(&nodes, from, node, value);
            }
        });
        Some(sum)
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

    /// The amount of one period below a stored one, for members given by their nodes.
    pub(crate) fn value(&mut self, members: &[u32], from: u32, node: u32, value: i64) -> i64 {
        let tree = &self.model.axes()[self.model.time()].tree;
        let table = self.model.table_of(members);
        let limit = self.model.limit_of(members);
        let mut path = vec![node];
        while *path.last().expect("never empty") != from {
            let last = *path.last().expect("never empty");
            path.push(tree.parent(last).expect("the stored period is above"));
        }
        let mut value = value;
        for pair in path.windows(2).rev() {
            let (child, parent) = (pair[0], pair[1]);
            let children: Vec<u32> = tree.children(parent).collect();
            let weights: Vec<u64> = children
                .iter()
                .map(|child| self.model.period_weight(table, *child, limit))
                .collect();
            let mut parts = vec![0; children.len()];
            let policy = Policy::LargestRemainder;
            allocate_with(value, &weights, policy, &mut parts, &mut self.scratch);
            let at = children
                .iter()
                .position(|known| *known == child)
                .expect("a child");
            value = parts[at];
        }
        value
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
