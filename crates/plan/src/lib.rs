//! The plan: axes, operations, decomposition, explanation, proof. Does no I/O, reads no clock.

mod decimal;
mod definition;
pub mod fit;
mod measure;
mod operation;
mod tree;
mod tree_error;

pub use decimal::{Decimal, DecimalError};
pub use definition::{
    Definition, Dimension, Duty, MemberCalendar, Reference, ReferenceColumn, TIME,
};
pub use measure::{LevelPeriod, Measure, MeasureKind, MeasureRole, Trend};
pub use operation::{
    Address, Basis, CalendarBasis, ChangeBy, CommitMode, Decompose, Keep, LayerAmount, LayerKind,
    LayerRule, Margin, MarginTotals, Operation, Pattern, TotalAmount,
};
pub use tree::{HOLD_BACK_MARK, MemberRow, NodeKind, Tree, UnknownMember};
pub use tree_error::TreeError;
