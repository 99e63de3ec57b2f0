//! Actual results by members and periods: what a scan of the facts gives and everything here starts
//! from. Knows no file.

use fenjie_calendar::Date;

/// Stands for a member nobody knows, on any dimension (rule T3).
pub const UNASSIGNED: u32 = u32::MAX;

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
    /// Sales lines that were added up.
    pub lines: u64,
    /// Of these, lines with an unknown member on some dimension.
    pub unassigned_lines: u64,
    /// Lines on days outside the plan's period; not part of the values.
    pub outside_lines: u64,
    /// The last day with a line on or before the day looked from.
    pub through: Option<Date>,
}
