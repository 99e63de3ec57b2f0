//! The routes, a file for each area.

pub mod audit;
pub mod contents;
mod imports_wire;
pub mod explanations;
pub mod import_events;
pub mod imports;
pub mod operations;
pub mod plans;
pub mod sales;
pub mod slices;
pub mod views;
