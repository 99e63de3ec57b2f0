//! Whose rows somebody sees of a plan (rule R3): nodes of the plan's organisation axis. Every read
//! path asks here, and nowhere else. Must not know routes.

use std::ops::Range;

use fenjie_plan::Tree;
use fenjie_store::people::Scope;

use crate::Actor;

/// The part of a plan that somebody sees.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// All of it, totals included.
    All,
    /// Of this axis (index among the dimensions) these nodes: each with all below it, or alone.
    /// Without nodes: nothing.
    Nodes {
        /// Index of the organisation axis.
        axis: usize,
        /// The nodes, ascending.
        nodes: Vec<Reached>,
    },
    /// Nothing: the plan has no organisation axis, or they are not in it.
    Nothing,
}

/// A node within reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reached {
    /// The node.
    pub node: u32,
    /// Whether all below it is within reach too.
    pub below: bool,
}

impl Reach {
    /// What an actor sees of a plan whose organisation axis is number `axis` with this tree.
    pub fn of(actor: &Actor, axis: Option<(usize, &Tree)>) -> Reach {
        if actor.scope == Scope::All {
            return Reach::All;
        }
        let Some((axis, tree)) = axis else {
            return Reach::Nothing;
        };
        let own = actor
            .member
            .as_deref()
            .and_then(|code| tree.with_code(code));
        let mut nodes = Vec::new();
        match actor.scope {
            Scope::All => {}
            Scope::Own => nodes.extend(own.map(|node| Reached { node, below: false })),
            Scope::OwnAndSubordinates => {
                nodes.extend(own.map(|node| Reached { node, below: true }));
                let theirs = actor
                    .subordinates
                    .iter()
                    .filter_map(|code| tree.with_code(code));
                nodes.extend(theirs.map(|node| Reached { node, below: true }));
            }
            Scope::Department | Scope::DepartmentAndBelow => {
                let department = own.and_then(|node| department(tree, node));
                let below = actor.scope == Scope::DepartmentAndBelow;
                if let Some(node) = department {
                    nodes.push(Reached { node, below });
                    if !below {
                        let members = tree.children(node).filter(|child| tree.is_leaf(*child));
                        nodes.extend(members.map(|node| Reached { node, below: false }));
                    }
                }
                nodes.extend(own.map(|node| Reached { node, below: false }));
            }
        }
        match nodes.is_empty() {
            true => Reach::Nothing,
            false => Reach::Nodes {
                axis,
                nodes: in_order(tree, nodes),
            },
        }
    }

    /// Whether a node of the organisation axis is within reach.
    pub fn sees(&self, tree: &Tree, node: u32) -> bool {
        match self {
            Reach::All => true,
            Reach::Nothing => false,
            Reach::Nodes { nodes, .. } => {
                // Only the last one at or before the node can hold it: see `in_order`.
                let until = nodes.partition_point(|reached| reached.node <= node);
                let last = until.checked_sub(1).map(|at| nodes[at]);
                last.is_some_and(|reached| {
                    reached.node == node || (reached.below && tree.contains(reached.node, node))
                })
            }
        }
    }

    /// The nodes of the organisation axis within reach, as ranges in depth-first order; none where it
    /// is everything.
    pub fn ranges(&self, tree: &Tree) -> Option<(usize, Vec<Range<u32>>)> {
        let Reach::Nodes { axis, nodes } = self else {
            return None;
        };
        let range = |reached: &Reached| match reached.below {
            true => reached.node..tree.end(reached.node),
            false => reached.node..reached.node + 1,
        };
        Some((*axis, nodes.iter().map(range).collect()))
    }

    /// Whether a place, one node for each dimension, is within reach; `tree_of` gives the tree of an
    /// axis.
    pub fn sees_members<'t>(&self, tree_of: impl Fn(usize) -> &'t Tree, members: &[u32]) -> bool {
        match self {
            Reach::All => true,
            Reach::Nothing => false,
            Reach::Nodes { axis, .. } => self.sees(tree_of(*axis), members[*axis]),
        }
    }
}

/// Ascending, each once, without those that another one's part holds already.
fn in_order(tree: &Tree, mut nodes: Vec<Reached>) -> Vec<Reached> {
    // Of the same node the one with all below it comes first.
    nodes.sort_unstable_by_key(|reached| (reached.node, !reached.below));
    let mut kept: Vec<Reached> = Vec::with_capacity(nodes.len());
    let mut whole: Option<u32> = None;
    for reached in nodes {
        let held = whole.is_some_and(|above| tree.contains(above, reached.node));
        if held || kept.last().is_some_and(|last| last.node == reached.node) {
            continue;
        }
        if reached.below {
            whole = Some(reached.node);
        }
        kept.push(reached);
    }
    kept
}

/// The department of a member: the member itself where it has members, otherwise what it is in. The
/// root is no department.
fn department(tree: &Tree, node: u32) -> Option<u32> {
    let found = match tree.is_leaf(node) {
        true => tree.parent(node)?,
        false => node,
    };
    (found != 0).then_some(found)
}
