//! Fast kernels over flat arrays: one amount down a whole tree, one amount over a calendar,
//! shortfalls to later periods.
//! No per-node objects; each equals the plain definition, cell by cell.

mod carry;
mod nested;
mod periodic;
mod tree;

pub use carry::{Carry, CarryBy, CarryClose, CarryOverflow, CarryRest};
pub use nested::Nested;
pub use periodic::Periodic;
pub use tree::{roll_up, share_down_tree, share_down_tree_u64};
