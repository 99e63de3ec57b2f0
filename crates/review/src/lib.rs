//! The packs of the regular meetings, as data and as text. Does no I/O, reads no clock.

#![cfg_attr(not(test), deny(clippy::float_arithmetic))]

mod asked;
mod bridges;
mod carry;
mod decisions;
mod document;
mod figures;
mod gather;
mod label;
mod layout;
mod markdown;
mod pack;
mod rhythm;
mod watch;
mod width;

pub use asked::{ReviewError, Span};
pub use carry::{CarryMember, CarryPeriod, CarryProposal};
pub use decisions::{ActionDue, Decided, DueState, RevisionLine, RunningAction};
pub use document::{At, Block, Cell, CellFormula, Document, Section, Table};
pub use figures::Figures;
pub use gather::ReviewRequest;
pub use label::Label;
pub use markdown::markdown;
pub use pack::{
    BridgeLine, BridgeTable, CompositionTable, MemberLine, Pack, People, Remarks, ResultKind,
    ResultLine, ShareLine,
};
pub use rhythm::Rhythm;
pub use watch::Watch;
