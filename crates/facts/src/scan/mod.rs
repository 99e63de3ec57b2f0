//! Adds up sales lines by members and periods: every text of a dictionary becomes a node once, then
//! whole numbers are added. Must not know which segments there are.

mod axes;
mod cells;
mod last;
mod levels;
mod memory;
mod pages;
mod periods;
mod prepared;
mod run;
mod segments;

pub(crate) use memory::MemoryPages;
pub(crate) use pages::{Need, PageRows, Pages};
pub(crate) use periods::{day_number, day_of};
pub(crate) use prepared::Prepared;
pub(crate) use run::{Sink, Unit, add_up, run};
pub(crate) use segments::{GroupPages, SegmentUnit};

/// A line that does not count: superseded, undone, too late, of other members.
pub(crate) const SKIP: u64 = 1 << 63;
/// A line of a day outside the plan.
pub(crate) const OUTSIDE: u64 = 1 << 62;
/// A line of a day of the plan that nobody asked for.
pub(crate) const OTHER: u64 = 1 << 61;
/// A line with an unknown member.
pub(crate) const UNASSIGNED_LINE: u64 = 1 << 60;
/// The period depends on the minute too.
pub(crate) const BY_SLOT: u64 = 1 << 59;
/// What a line's cell is counted by.
pub(crate) const LOW: u64 = UNASSIGNED_LINE - 1;
/// The most cells a request may have.
const MOST_CELLS: u128 = 1 << 56;
