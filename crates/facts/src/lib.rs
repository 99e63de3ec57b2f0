//! Actual sales: from a file to a segment, from segments to actual results. Must not know arguments or
//! terminals.

pub mod closing;
mod drill;
mod error;
mod folder;
mod ids;
pub mod import;
mod lines;
mod manifest;
mod record;
mod scan;
mod segment;
mod skips;
mod state;
mod store;
pub mod today_index;

pub use error::{FactsError, FactsNote};
pub use lines::{AmountColumn, SalesLines, TextColumn};
pub use record::{
    Added, Compacted, FoundLines, ImportMeta, ImportRecord, LineFilter, SalesLine, Verified,
};
pub use store::{DayLine, FACTS_FOLDER, Store, actuals_of};
