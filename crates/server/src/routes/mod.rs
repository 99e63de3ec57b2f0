//! The routes, a file for each area.

pub mod views;
