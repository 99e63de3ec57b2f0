//! What a plan knows of its adjustments: closes, carries, action plans, revisions, resolutions, in the
//! order of the log. Computes no target.

use std::sync::Arc;

use crate::error::PlanError;
use crate::operation::Operation;
use crate::state::Plan;

/// Adjustments so far, each with its operation's number. Cloning is cheap.
#[derive(Clone, Debug, Default)]
pub(crate) struct Adjustments {
    pub(crate) entries: Arc<Vec<(usize, Operation)>>,
}

impl Plan {
    /// Takes an adjustment into the plan's memory.
    pub(crate) fn adjust(&mut self, number: usize, operation: &Operation) -> Result<(), PlanError> {
        Arc::make_mut(&mut self.adjustments.entries).push((number, operation.clone()));
        Ok(())
    }
}
