//! The routes, a file for each area.

pub mod audit;
pub mod contents;
pub mod operations;
pub mod plans;
pub mod slices;
pub mod views;
