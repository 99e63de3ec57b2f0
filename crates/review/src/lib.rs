//! The packs of the regular meetings, as data and as text. Does no I/O, reads no clock.

#![cfg_attr(not(test), deny(clippy::float_arithmetic))]

mod document;
mod markdown;
mod quiet;
mod rhythm;
mod width;

pub use document::{Block, Cell, CellFormula, Document, Section, Table};
pub use markdown::markdown;
pub use quiet::QuietHours;
pub use rhythm::Rhythm;
