//! Actual sales: from a file to a segment, from segments to actual results. Must not know arguments or
//! terminals.

mod error;
pub mod import;
mod lines;
mod record;
mod store;

pub use error::{FactsError, FactsNote};
pub use lines::{AmountColumn, SalesLines, TextColumn};
pub use record::{
    Added, Compacted, FoundLines, ImportMeta, ImportRecord, LineFilter, SalesLine, Verified,
};
pub use store::{FACTS_FOLDER, Store, actuals_of};
