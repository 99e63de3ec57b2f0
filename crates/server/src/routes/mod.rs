//! The routes, a file for each area.

pub mod audit;
pub mod contents;
pub mod explanations;
pub mod import_events;
pub mod imports;
mod imports_wire;
pub mod operations;
pub mod plans;
pub mod sales;
pub mod slices;
pub mod views;
