//! Actual results by members and periods: what a scan of the facts gives and everything here starts
//! from. Knows no file.

use std::collections::BTreeSet;

use fenjie_calendar::Date;
use fenjie_plan::Tree;

/// Stands for a member nobody knows, on any dimension (rule T3).
pub const UNASSIGNED: u32 = u32::MAX;

/// How deep a member stands; one nobody knows stands nowhere below the root.
pub(crate) fn depth_of(tree: &Tree, node: u32) -> usize {
    match node {
        UNASSIGNED => 0,
        node => tree.depth(node),
    }
}

/// What to add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActualRequest {
    /// The measures, by index; flows and levels.
    pub measures: Vec<usize>,
    /// A depth for each dimension (not time): 0 adds everything up. A line booked above that depth
    /// keeps its own node.
    pub depths: Vec<usize>,
    /// Nodes of the time axis, apart from each other and in order.
    pub periods: Vec<u32>,
    /// The last day that counts.
    pub until: Date,
    /// For each dimension the node whose members alone count; the root is everyone, unassigned lines
    /// included.
    pub within: Vec<u32>,
}

/// Actual results in steps of their measures. Row `i` is `members[axis][i]` for each dimension.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actuals {
    /// The measures, by index.
    pub measures: Vec<usize>,
    /// Nodes of the time axis, in order.
    pub periods: Vec<u32>,
    /// For each dimension the node of each row, or [`UNASSIGNED`]. Rows differ and are in order.
    pub members: Vec<Vec<u32>>,
    /// For each measure the values, row after row, each as long as `periods`.
    pub values: Vec<Vec<i64>>,
    /// Where a level was taken and is exactly zero: the place of its measure, the row, the place of the
    /// period. A zero of a level that is not here is no value.
    pub zeros: BTreeSet<(usize, usize, usize)>,
    /// Sales lines that were added up.
    pub lines: u64,
    /// Of these, lines with an unknown member on some dimension.
    pub unassigned_lines: u64,
    /// Lines on days outside the plan's period; not part of the values.
    pub outside_lines: u64,
    /// The last day with a line on or before the day looked from.
    pub through: Option<Date>,
}

impl Actuals {
    /// No result at all, for the measures and periods asked for.
    ///
    /// ```
    /// let empty = fenjie_track::Actuals::empty(3, vec![0], vec![0]);
    /// assert_eq!((empty.row_count(), empty.total(0)), (0, 0));
    /// ```
    pub fn empty(dimensions: usize, measures: Vec<usize>, periods: Vec<u32>) -> Actuals {
        Actuals {
            members: vec![Vec::new(); dimensions],
            values: vec![Vec::new(); measures.len()],
            measures,
            periods,
            ..Actuals::default()
        }
    }

    /// How many rows there are.
    ///
    /// ```
    /// assert_eq!(fenjie_track::Actuals::default().row_count(), 0);
    /// ```
    pub fn row_count(&self) -> usize {
        match self.members.first() {
            Some(nodes) => nodes.len(),
            None => self.values.first().map_or(0, |values| {
                values.len().checked_div(self.periods.len()).unwrap_or(0)
            }),
        }
    }

    /// The members of a row, one node for each dimension.
    ///
    /// ```
    /// let actuals = fenjie_track::Actuals { members: vec![vec![1, 2]], ..Default::default() };
    /// assert_eq!(actuals.members_of(1), [2]);
    /// ```
    pub fn members_of(&self, row: usize) -> Vec<u32> {
        self.members.iter().map(|nodes| nodes[row]).collect()
    }

    /// The sum of all values of a measure of the plan, unassigned ones included (rule T3); zero where
    /// the measure was not asked for.
    ///
    /// ```
    /// use fenjie_track::{Actuals, UNASSIGNED};
    /// let actuals = Actuals {
    ///     measures: vec![0],
    ///     periods: vec![7, 8],
    ///     members: vec![vec![1, UNASSIGNED]],
    ///     values: vec![vec![10, 20, 5, 0]],
    ///     ..Default::default()
    /// };
    /// assert_eq!(actuals.total(0), 35);
    /// ```
    pub fn total(&self, measure: usize) -> i64 {
        let at = self.measures.iter().position(|known| *known == measure);
        at.map_or(0, |at| self.values[at].iter().sum())
    }

    /// The values of a row of a measure, by its place in [`Actuals::measures`], over the periods.
    ///
    /// ```
    /// use fenjie_track::Actuals;
    /// let actuals = Actuals {
    ///     measures: vec![0], periods: vec![7, 8], members: vec![vec![1]], values: vec![vec![10, 20]],
    ///     ..Default::default()
    /// };
    /// assert_eq!(actuals.values_of(0, 0), [10, 20]);
    /// ```
    pub fn values_of(&self, measure_at: usize, row: usize) -> &[i64] {
        let width = self.periods.len();
        &self.values[measure_at][row * width..(row + 1) * width]
    }

    /// The row of some members, by binary search.
    ///
    /// ```
    /// use fenjie_track::{Actuals, UNASSIGNED};
    /// let actuals = Actuals { members: vec![vec![1, 4, UNASSIGNED]], ..Default::default() };
    /// assert_eq!((actuals.find(&[4]), actuals.find(&[5])), (Some(1), None));
    /// ```
    pub fn find(&self, members: &[u32]) -> Option<usize> {
        let order = |row: usize| {
            let own = self.members.iter().map(|nodes| nodes[row]);
            own.cmp(members.iter().copied())
        };
        let (mut from, mut to) = (0, self.row_count());
        while from < to {
            let middle = usize::midpoint(from, to);
            match order(middle) {
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    /// The first measure's values of some members over the periods; nothing where they sold nothing.
    ///
    /// ```
    /// use fenjie_track::Actuals;
    /// let actuals = Actuals {
    ///     measures: vec![0], periods: vec![7, 8], members: vec![vec![1]], values: vec![vec![10, 20]],
    ///     ..Default::default()
    /// };
    /// assert_eq!((actuals.row(&[1]), actuals.row(&[2])), (Some(&[10, 20][..]), None));
    /// ```
    pub fn row(&self, members: &[u32]) -> Option<&[i64]> {
        let row = self.find(members)?;
        (!self.measures.is_empty()).then(|| self.values_of(0, row))
    }
}
