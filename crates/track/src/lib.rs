//! Tracking: where every node of a plan stands on a day. Does no I/O, reads no clock.

#![cfg_attr(not(test), deny(clippy::float_arithmetic))]

mod actuals;

pub use actuals::{ActualRequest, Actuals, UNASSIGNED};
