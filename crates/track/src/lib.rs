//! Tracking: where every node of a plan stands on a day. Does no I/O, reads no clock.
//!
//! Amounts are counts of the measure's step, percentages exact fractions. What a day yields is in
//! [`Actuals`]; [`Board`] sets it against the plan.

#![cfg_attr(not(test), deny(clippy::float_arithmetic))]

mod actuals;
mod alert;
mod band;
mod board;
mod bridge;
mod burn_up;
mod composition;
mod days;
mod error;
mod expected;
mod groups;
mod judged;
mod leaves;
mod ratio;
mod reckon;
mod roll_up;
mod slots_today;
mod standing;
mod stated;
mod status;
mod targets;
mod weights;

pub use actuals::{ActualRequest, Actuals, UNASSIGNED};
pub use alert::{
    Alert, AlertFigures, AlertRequest, AlertRules, AlertSeverity, BandRule, Digest, PaceRule,
    QuietHours, alerts, digests,
};
pub use board::{Board, BoardRequest, members_label};
pub use bridge::{Bridge, BridgeBy, BridgeOf, BridgePart, BridgeRequest};
pub use burn_up::{BandPoint, Bullet, BurnUp, HeatDay, bullets, burn_up, heat_calendar};
pub use composition::{Composition, CompositionRow, composition};
pub use error::TrackError;
pub use ratio::Ratio;
pub use slots_today::{Phase, SlotToday, SlotsToday, slot_nodes, slots_today};
pub use standing::{Line, Projection, Standing};
pub use stated::{StatedStanding, stated_board};
pub use status::{Status, Thresholds};
