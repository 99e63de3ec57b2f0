//! Held-back lines (预留): where operations will need one, the tree gets it before anything is
//! computed, so that node numbers never change afterward. Knows which operations ask for it.

use rustc_hash::FxHashMap;

use crate::definition::{Definition, Dimension};
use crate::operation::{Address, Decompose, Margin, MarginTotals, Operation};
use crate::tree::HOLD_BACK_MARK;

/// The definition with a held-back line under every parent that an operation keeps something at.
pub(crate) fn with_lines(
    mut definition: Definition,
    operations: &[Operation],
    in_force: &[usize],
) -> Definition {
    for dimension in &mut definition.dimensions {
        let mut parents = parents_with_a_line(dimension, operations, in_force);
        parents.sort_unstable();
        parents.dedup();
        parents.retain(|parent| {
            let code = format!("{}{HOLD_BACK_MARK}", dimension.tree.code(*parent));
            dimension.tree.find(&code).is_err()
        });
        if !parents.is_empty() {
            dimension.tree = dimension
                .tree
                .with_hold_back(&parents)
                .expect("a tree stays a tree");
        }
    }
    definition
}

/// Whether an operation can need a line that no operation before it needed.
pub(crate) fn may_need_a_line(operation: &Operation) -> bool {
    match operation {
        Operation::Decompose(act) => act.hold_back.is_some(),
        Operation::Leave { successor, .. } => successor.is_none(),
        _ => false,
    }
}

fn parents_with_a_line(
    dimension: &Dimension,
    operations: &[Operation],
    in_force: &[usize],
) -> Vec<u32> {
    let tree = &dimension.tree;
    let mut parents: Vec<u32> = Vec::new();
    // How deep each measure has been decomposed on this axis so far.
    let mut reached: FxHashMap<&str, usize> = FxHashMap::default();
    for number in in_force {
        match &operations[number - 1] {
            Operation::Decompose(act) => {
                let Some(depth) = depth_of_act(dimension, act, &reached) else {
                    continue;
                };
                let known = reached.entry(&act.measure).or_default();
                if act.hold_back.is_some() {
                    let shared = (*known).min(depth.saturating_sub(1))..depth;
                    let inner =
                        |node: &u32| !tree.is_leaf(*node) && shared.contains(&tree.depth(*node));
                    parents.extend((0..tree.len() as u32).filter(inner));
                }
                *known = (*known).max(depth);
            }
            Operation::Fit {
                measure, margins, ..
            } => {
                let depth = margins.iter().filter_map(|m| depth_of_margin(dimension, m));
                let known = reached.entry(measure).or_default();
                *known = (*known).max(depth.max().unwrap_or(0));
            }
            Operation::Leave {
                member,
                successor: None,
                ..
            } => {
                let leaver = named_on(dimension, member);
                parents.extend(leaver.and_then(|node| tree.parent(node)));
            }
            _ => {}
        }
    }
    parents
}

/// The depth that a decomposition reaches on this dimension; nothing where it is about another.
fn depth_of_act(
    dimension: &Dimension,
    act: &Decompose,
    reached: &FxHashMap<&str, usize>,
) -> Option<usize> {
    let tree = &dimension.tree;
    let (axis, level) = act.axis.split_once('.').unwrap_or((&act.axis, ""));
    let level = if level.is_empty() { &act.level } else { level };
    if axis != dimension.code && axis != dimension.name {
        return tree.level_depth(&act.axis);
    }
    if !level.is_empty() {
        return tree.level_depth(level);
    }
    let before = reached.get(act.measure.as_str()).copied().unwrap_or(0);
    Some((before + 1).min(tree.level_names().len().max(1)))
}

fn depth_of_margin(dimension: &Dimension, margin: &Margin) -> Option<usize> {
    let tree = &dimension.tree;
    let (axis, level) = margin.axis.split_once('.').unwrap_or((&margin.axis, ""));
    if axis != dimension.code && axis != dimension.name {
        return tree.level_depth(&margin.axis);
    }
    if !level.is_empty() {
        return tree.level_depth(level);
    }
    let first = match &margin.totals {
        MarginTotals::Amounts(amounts) => amounts.first().map(|(member, _)| member),
        MarginTotals::Shares(shares) => shares.first().map(|(member, _)| member),
        MarginTotals::By(_) => None,
    };
    Some(first.map_or(1, |member| {
        tree.find(member).map_or(1, |node| tree.depth(node))
    }))
}

/// The member of this dimension that an address names, by the axis or one of its levels.
fn named_on(dimension: &Dimension, address: &Address) -> Option<u32> {
    let tree = &dimension.tree;
    let is_ours = |key: &str| {
        let axis = key.split_once('.').map_or(key, |(axis, _)| axis);
        axis == dimension.code || axis == dimension.name || tree.level_depth(key).is_some()
    };
    let named = address.0.iter().find(|(key, _)| is_ours(key))?;
    tree.find(&named.1).ok().filter(|node| *node != 0)
}
