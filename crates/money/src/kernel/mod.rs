//! Fast kernels over flat arrays: one amount down a whole tree, one amount over a calendar.
//! No per-node objects; each equals the plain definition, cell by cell.

mod nested;
mod periodic;
mod tree;

pub use nested::Nested;
pub use periodic::Periodic;
pub use tree::{roll_up, share_down_tree, share_down_tree_u64};
