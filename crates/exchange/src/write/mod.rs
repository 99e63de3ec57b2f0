//! Output: files that appear whole or not at all, and long tables of cells as CSV, JSON or Parquet,
//! written in batches. Must not know plans; what the columns mean is the caller's matter.

mod atomic;
mod cells;
mod decimal;
mod error;
mod parquet_cells;
pub mod parquet_chunk;
pub mod parquet_pages;
mod parquet_rows;
mod text_cells;

pub use atomic::AtomicFile;
pub use cells::{AmountColumn, CellBatch, CellFormat, CellSchema, CellWriter, TextColumn, Texts};
pub use decimal::push_amount;
pub use error::WriteError;
pub use parquet_rows::{RowColumn, write_parquet_rows};
pub use text_cells::push_csv_text;
