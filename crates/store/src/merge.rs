//! What of a scenario was brought back into its plan. Must not know what operations are.

use async_trait::async_trait;

use crate::{Kept, OrganisationId, PlanId, Timestamp};

/// A scenario brought back once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// Whose.
    pub organisation: OrganisationId,
    /// Into which plan.
    pub plan: PlanId,
    /// Which scenario.
    pub scenario: PlanId,
    /// The last of the scenario's operations that was looked at.
    pub until: u64,
    /// Numbers of operations of the scenario, each with its number in the plan.
    pub operations: Vec<(u64, u64)>,
    /// When.
    pub at: Timestamp,
}

/// Records of scenarios brought back.
#[async_trait]
pub trait MergeRecords {
    /// Keeps that a scenario was brought back.
    async fn add_merge(&mut self, merge: &Merge) -> Kept<()>;
    /// How a scenario was brought back so far, oldest first.
    async fn merges(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        scenario: &PlanId,
    ) -> Kept<Vec<Merge>>;
}
