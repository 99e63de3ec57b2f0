//! Reading a plan within reach: slices, members, explanations, standings. Must not know HTTP or SQL.
//!
//! Every answer about a plan is cut here (rule R3). [`App::open_plan`](crate::App::open_plan) gives a
//! plan with the asker's reach; [`Opened::within`] gives what they may ask of it:
//! - [`Within::place`], [`Within::member`]: what an address names. A member that is hidden and one that
//!   is not there are the same refusal, `not_found`, and nothing is suggested in its place.
//! - [`Within::sees`], [`Within::sees_node`], [`Within::visible_nodes`], [`Within::tops`]: what is
//!   within reach. A total is given where its own node is within reach, never otherwise; nothing is
//!   summed over what is hidden.
//! - [`Within::layers`]: the layers that the asker's role may see (rule L1).
//!
//! Somebody who writes asks the same questions inside `along` with [`Within::new`].

mod axes;
mod basis;
mod cache;
pub mod explanation;
pub mod lists;
mod matrix;
mod render;
mod slice;
pub mod tracking;
mod within;

pub use cache::{Rendered, Slices};
pub use slice::{MOST_CELLS, MOST_COLUMNS, SliceAsked, SliceTag, slice};
pub use within::{Within, sees_layer};
