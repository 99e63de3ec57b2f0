//! Actual sales: from a file to a segment, from segments to actual results. Must not know arguments or
//! terminals.

mod lines;

pub use lines::{AmountColumn, SalesLines, TextColumn};
