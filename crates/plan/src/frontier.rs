//! How far down an axis is decomposed: the visible nodes of its tree, and among them the leaves that
//! carry cells. Knows the tree's shape, nothing of amounts.

use crate::tree::Tree;

/// The visible part of one axis, in depth-first order. A visible node is a leaf here when none of its
/// children is visible, whatever the tree has below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frontier {
    nodes: Vec<u32>,
    end: Vec<u32>,
    parent: Vec<u32>,
    leaves: Vec<u32>,
    /// How many leaves stand before each position, and before the end.
    before: Vec<u32>,
}

impl Frontier {
    /// Only the root.
    pub(crate) fn root() -> Self {
        Frontier::of(vec![0], &|_| None)
    }

    /// From visible nodes in ascending order, closed upward.
    fn of(nodes: Vec<u32>, parent_of: &dyn Fn(u32) -> Option<u32>) -> Self {
        let count = nodes.len();
        let mut parent = vec![u32::MAX; count];
        let mut stack: Vec<u32> = Vec::new();
        for (at, node) in nodes.iter().enumerate() {
            let above = parent_of(*node);
            while let Some(top) = stack.last() {
                if Some(nodes[*top as usize]) == above {
                    break;
                }
                stack.pop();
            }
            parent[at] = stack.last().copied().unwrap_or(u32::MAX);
            stack.push(at as u32);
        }
        let mut end: Vec<u32> = (1..=count as u32).collect();
        for at in (1..count).rev() {
            let above = parent[at] as usize;
            end[above] = end[above].max(end[at]);
        }
        let mut leaves = Vec::new();
        let mut before = Vec::with_capacity(count + 1);
        for at in 0..count as u32 {
            before.push(leaves.len() as u32);
            if end[at as usize] == at + 1 {
                leaves.push(at);
            }
        }
        before.push(leaves.len() as u32);
        Frontier {
            nodes,
            end,
            parent,
            leaves,
            before,
        }
    }

    /// This frontier with everything opened that `open` says, from each leaf downward.
    pub(crate) fn opened(&self, tree: &Tree, open: &dyn Fn(u32) -> bool) -> Frontier {
        let mut nodes = Vec::with_capacity(self.nodes.len());
        for (at, node) in self.nodes.iter().enumerate() {
            nodes.push(*node);
            if !self.is_leaf(at as u32) {
                continue;
            }
            let mut stack: Vec<u32> = vec![*node];
            while let Some(next) = stack.pop() {
                if next != *node {
                    nodes.push(next);
                }
                if open(next) {
                    let before = stack.len();
                    stack.extend(tree.children(next));
                    stack[before..].reverse();
                }
            }
        }
        Frontier::of(nodes, &|node| tree.parent(node))
    }

    /// The part below (and with) a position, with `top` as its root: of its leaves those to keep, and
    /// what lies above them. None where no leaf is kept.
    pub(crate) fn part(&self, top: u32, keep: &dyn Fn(u32) -> bool) -> Option<Frontier> {
        let mut kept = vec![false; (self.end(top) - top) as usize];
        for leaf in self.leaves_in(top).iter().filter(|leaf| keep(**leaf)) {
            for above in self.upward(*leaf).take_while(|above| *above >= top) {
                if std::mem::replace(&mut kept[(above - top) as usize], true) {
                    break;
                }
            }
        }
        if !kept[0] {
            return None;
        }
        let positions = (top..self.end(top)).filter(|at| kept[(at - top) as usize]);
        let nodes: Vec<u32> = positions.map(|at| self.node(at)).collect();
        let parent_of = |node: u32| {
            let at = self.position(node).expect("a node of this frontier");
            let above = self.parent(at).filter(|_| at != top)?;
            Some(self.node(above))
        };
        Some(Frontier::of(nodes, &parent_of))
    }

    /// Visible nodes.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The tree node at a position.
    pub(crate) fn node(&self, at: u32) -> u32 {
        self.nodes[at as usize]
    }

    /// All visible tree nodes in order.
    pub(crate) fn nodes(&self) -> &[u32] {
        &self.nodes
    }

    /// The position of a tree node, where it is visible.
    pub(crate) fn position(&self, node: u32) -> Option<u32> {
        // Where the axis is fully open a node stands at its own number.
        if self.nodes.get(node as usize) == Some(&node) {
            return Some(node);
        }
        self.nodes.binary_search(&node).ok().map(|at| at as u32)
    }

    /// The deepest visible node that holds a tree node.
    pub(crate) fn covering(&self, tree: &Tree, mut node: u32) -> u32 {
        loop {
            if let Some(at) = self.position(node) {
                return at;
            }
            node = tree.parent(node).expect("the root is always visible");
        }
    }

    /// One past the last position below `at`.
    pub(crate) fn end(&self, at: u32) -> u32 {
        self.end[at as usize]
    }

    /// The position of the parent.
    pub(crate) fn parent(&self, at: u32) -> Option<u32> {
        Some(self.parent[at as usize]).filter(|above| *above != u32::MAX)
    }

    /// Whether a position carries cells.
    pub(crate) fn is_leaf(&self, at: u32) -> bool {
        self.end[at as usize] == at + 1
    }

    /// The positions that carry cells, in order.
    pub(crate) fn leaves(&self) -> &[u32] {
        &self.leaves
    }

    /// The leaf positions below (or at) a position.
    pub(crate) fn leaves_in(&self, at: u32) -> &[u32] {
        &self.leaves[self.ordinal(at)..self.ordinal(self.end(at))]
    }

    /// How many leaves stand before a position.
    pub(crate) fn ordinal(&self, at: u32) -> usize {
        self.before[at as usize] as usize
    }

    /// The children of a position.
    pub(crate) fn children(&self, at: u32) -> impl Iterator<Item = u32> + '_ {
        let end = self.end(at);
        let mut next = at + 1;
        std::iter::from_fn(move || {
            let child = next;
            (child < end).then(|| {
                next = self.end(child);
                child
            })
        })
    }

    /// The position and everything above it, from the bottom.
    pub(crate) fn upward(&self, at: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(at), |below| self.parent(*below))
    }

    /// Whether `inner` lies below (or is) `outer`.
    pub(crate) fn contains(&self, outer: u32, inner: u32) -> bool {
        outer <= inner && inner < self.end(outer)
    }
}

/// Calls `visit` with every combination of one entry from each list, the last list fastest.
pub(crate) fn each_combination(lists: &[&[u32]], mut visit: impl FnMut(&[u32])) {
    if lists.iter().any(|list| list.is_empty()) {
        return;
    }
    let mut digits = vec![0usize; lists.len()];
    let mut coordinates: Vec<u32> = lists.iter().map(|list| list[0]).collect();
    loop {
        visit(&coordinates);
        let mut axis = lists.len();
        loop {
            if axis == 0 {
                return;
            }
            axis -= 1;
            digits[axis] += 1;
            if digits[axis] < lists[axis].len() {
                coordinates[axis] = lists[axis][digits[axis]];
                break;
            }
            digits[axis] = 0;
            coordinates[axis] = lists[axis][0];
        }
    }
}
