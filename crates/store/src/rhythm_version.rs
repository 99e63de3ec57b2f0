//! Published versions of a plan, and every change of its status. Must not know who may make them.

use async_trait::async_trait;

use crate::plans::PlanStatus;
use crate::{ApprovalId, Kept, OrganisationId, PlanId, Timestamp, UserId, VersionId};

/// A published version: a position in the log with the hash of what it computes to. It never changes;
/// only its being superseded or recalled is noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its identifier.
    pub id: VersionId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Of which plan.
    pub plan: PlanId,
    /// Its number within the plan, from 1.
    pub number: i64,
    /// The last operation in it.
    pub sequence: u64,
    /// The hash of the log up to there.
    pub log_hash: String,
    /// The hash of its content.
    pub content_hash: String,
    /// Why it was made.
    pub reason: String,
    /// Which request was approved for it.
    pub approval: Option<ApprovalId>,
    /// Who published.
    pub published_by: UserId,
    /// When.
    pub published_at: Timestamp,
    /// When a later one took its place.
    pub superseded_at: Option<Timestamp>,
    /// When it was recalled.
    pub recalled_at: Option<Timestamp>,
}

/// A change of a plan's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// Its number within the plan, from 1.
    pub number: i64,
    /// What was done, such as `lock`.
    pub made: String,
    /// The status before.
    pub from: PlanStatus,
    /// The status after.
    pub to: PlanStatus,
    /// Why.
    pub reason: String,
    /// The plan's version at that moment.
    pub sequence: u64,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// Records of versions.
#[async_trait]
pub trait VersionRecords {
    /// Adds a version.
    ///
    /// # Errors
    /// `record_conflict` where its number is taken.
    async fn add_version(&mut self, version: &Version) -> Kept<()>;
    /// Notes on a version that it is superseded or recalled.
    async fn end_version(&mut self, version: &Version) -> Kept<()>;
    /// The versions of a plan, by number.
    async fn versions(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
    ) -> Kept<Vec<Version>>;
    /// Adds a change of status; its number is given by the records.
    async fn add_status_change(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        change: &StatusChange,
    ) -> Kept<()>;
    /// The changes of a plan's status, in order.
    async fn status_changes(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
    ) -> Kept<Vec<StatusChange>>;
}
