//! From a member's text to the place of its node among the rows of a result. Knows no lines.

use fenjie_plan::Tree;
use fenjie_track::UNASSIGNED;

use super::{SKIP, UNASSIGNED_LINE};

/// One dimension of a request.
pub(crate) struct AxisPlan<'p> {
    tree: &'p Tree,
    /// The node whose members alone count.
    within: u32,
    /// The nodes of the rows, in order; unknown members come behind them.
    rows: Vec<u32>,
    /// The row of each node below `within`, counted from it.
    row_of: Vec<u32>,
    /// Whether unknown members have a row of their own.
    apart: bool,
    /// Whether unknown members alone count.
    pub(crate) only_unknown: bool,
    /// What a row adds to a cell's number.
    pub(crate) stride: u64,
}

impl<'p> AxisPlan<'p> {
    pub(crate) fn new(tree: &'p Tree, depth: usize, within: u32) -> AxisPlan<'p> {
        let (mut rows, mut row_of) = (Vec::new(), Vec::new());
        let mut above = within;
        while tree.depth(above) > depth {
            above = tree.parent(above).expect("a root has depth 0");
        }
        for node in within..tree.end(within) {
            if node == within || tree.depth(node) <= depth {
                rows.push(if node == within { above } else { node });
            }
            row_of.push(rows.len() as u32 - 1);
        }
        AxisPlan {
            tree,
            within,
            rows,
            row_of,
            apart: within == 0 && depth > 0,
            only_unknown: false,
            stride: 1,
        }
    }

    /// How many rows the dimension may have.
    pub(crate) fn len(&self) -> u64 {
        self.rows.len() as u64 + u64::from(self.apart)
    }

    /// The node of a row.
    pub(crate) fn node(&self, row: u64) -> u32 {
        let node = self.rows.get(row as usize);
        node.copied().unwrap_or(UNASSIGNED)
    }

    /// What a line of this member adds to its cell's number, and what is to be said of it.
    pub(crate) fn entry(&self, text: &str) -> u64 {
        match self.tree.with_code(text) {
            Some(_) if self.only_unknown => SKIP,
            Some(node) if self.tree.contains(self.within, node) => {
                u64::from(self.row_of[(node - self.within) as usize]) * self.stride
            }
            Some(_) => SKIP,
            None if self.within > 0 => SKIP,
            None if self.apart => (self.rows.len() as u64 * self.stride) | UNASSIGNED_LINE,
            None => UNASSIGNED_LINE,
        }
    }

    /// Whether only some members count.
    pub(crate) fn is_narrow(&self) -> bool {
        self.within > 0 || self.only_unknown
    }

    /// Whether the codes that count can be listed.
    pub(crate) fn is_listed(&self) -> bool {
        self.within > 0 && !self.only_unknown
    }

    /// Whether lines may go to different rows.
    pub(crate) fn matters(&self) -> bool {
        self.len() > 1 || self.is_narrow()
    }

    /// Whether a code that counts lies between two texts, by their bytes.
    pub(crate) fn any_between(&self, wanted: &[&str], least: &[u8], most: &[u8]) -> bool {
        let at = wanted.partition_point(|code| code.as_bytes() < least);
        wanted.get(at).is_some_and(|code| code.as_bytes() <= most)
    }

    /// The codes that count, in the order of their bytes.
    pub(crate) fn wanted(&self) -> Vec<&'p str> {
        let nodes = self.within..self.tree.end(self.within);
        let mut codes: Vec<&str> = nodes.map(|node| self.tree.code(node)).collect();
        codes.sort_unstable();
        codes
    }

    /// The node of a text, where it counts.
    pub(crate) fn node_of(&self, text: &str) -> Option<u32> {
        self.tree.with_code(text)
    }
}
