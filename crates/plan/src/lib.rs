//! The plan: axes, operations, decomposition, explanation, proof. Does no I/O, reads no clock.
//!
//! A plan is a program: a [`Definition`] and a list of [`Operation`]s. Its cells are the output, the
//! same integers on every machine.
//!
//! ```
//! use fenjie_plan::{Plan, example};
//! let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
//! let july = plan.place("region=华东, month=2026-07").unwrap();
//! let target = plan.value(0, &july).unwrap();
//! assert_eq!(plan.step(0).format(target), "250000.00");
//! ```

#![cfg_attr(not(test), deny(clippy::float_arithmetic))]

mod adjust_error;
mod adjusted;
mod adjustment;
mod advice;
mod carry_course;
mod carry_sheet;
mod carrying;
mod change;
mod check;
mod check_adjust;
mod check_figures;
mod closing;
mod constraints;
mod crossing;
mod cube;
mod decimal;
mod decompose;
mod definition;
mod diff;
mod edit;
mod error;
pub mod example;
mod explain;
mod explain_carried;
mod finding;
pub mod fit;
mod fit_words;
mod fitting;
mod fitting_open;
mod footprint;
mod frontier;
mod hash;
mod history;
mod hold_back;
mod interval;
mod layers;
mod learned;
mod measure;
mod member_days;
mod member_weights;
mod model;
mod operation;
mod pattern;
mod people;
mod period_table;
mod periods;
mod profile;
mod refusal;
mod replay;
mod revising;
mod roster;
mod rows;
mod settle;
mod settle_open;
mod share_box;
mod sharer;
mod state;
mod stated;
mod streaks;
mod text_index;
mod trace;
mod tree;
mod tree_build;
mod tree_columns;
mod tree_error;
mod trying;
mod typed;
mod verify;
mod verify_closed;
mod view;
mod weigher;

pub use adjust_error::{AdjustError, ClosedSince};
pub use adjustment::{
    ActionCheck, ActionPlan, CarryRule, CarryShare, Cause, Close, Decision, Effect, Resolution,
    Revision, Waiver,
};
pub use carry_course::{CarryCourse, CarryStep};
pub use carrying::{Carried, CarriedRow};
pub use change::{Change, Mover};
pub use check::check;
pub use closing::Closed;
pub use decimal::{Decimal, DecimalError};
pub use definition::{
    Definition, Dimension, Duty, MemberCalendar, Reference, ReferenceColumn, TIME,
};
pub use diff::{Difference, DifferenceRow, diff};
pub use error::PlanError;
pub use explain::{Origin, ValueChange};
pub use explain_carried::CarriedOrigin;
pub use finding::{Finding, Severity};
pub use footprint::{Footprint, Touched};
pub use layers::Layer;
pub use learned::{LearnedWeekdays, learned_weekdays};
pub use measure::{LevelPeriod, Measure, MeasureKind, MeasureRole, Trend};
pub use member_days::MemberDays;
pub use model::{Axis, Model, Place};
pub use operation::{
    Address, Basis, CalendarBasis, ChangeBy, CommitMode, Decompose, Keep, LayerAmount, LayerKind,
    LayerRule, Margin, MarginTotals, Operation, Pattern, TotalAmount,
};
pub use refusal::Refusal;
pub use revising::{FiledAction, RevisionAnswer, RevisionState};
pub use rows::Rows;
pub use state::{Hold, Limit, Plan, Statement};
pub use stated::Fraction;
pub use streaks::{ActionState, Streak};
pub use trace::TraceStep;
pub use tree::{Arena, Attribute, HOLD_BACK_MARK, MemberRow, NodeKind, Tree, UnknownMember};
pub use tree_columns::MemberColumns;
pub use tree_error::TreeError;
pub use trying::Reversal;
pub use verify::{Check, Verification};
pub use view::{Grain, View};
