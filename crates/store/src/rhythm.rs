//! Targets released to their owners, and what the owners answer. Must not know who may do so.

use async_trait::async_trait;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    CommitmentId, Kept, Listed, OrganisationId, Page, PlanId, ReleaseId, Timestamp, UserId,
};

/// Targets of one version of a plan, put before their owners for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its identifier.
    pub id: ReleaseId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Of which plan.
    pub plan: PlanId,
    /// Of which flow, by code.
    pub measure: String,
    /// For which period, such as `quarter=2026-Q1`; empty for the whole plan.
    pub period: String,
    /// The plan's version that the targets were taken from.
    pub sequence: u64,
    /// The last day for an answer.
    pub deadline: Date,
    /// The end of that day where the organisation is.
    pub due_at: Timestamp,
    /// What the owners are told.
    pub note: String,
    /// Who released.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
    /// Grows with every change: the record's ETag.
    pub revision: i64,
}

/// A target of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleasedTarget {
    /// The member of the organisation tree, by code.
    pub node: String,
    /// The target when it was released, in steps.
    pub target: i64,
}

/// What an owner answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitmentKind {
    /// 承诺: takes the target, or more.
    Commit,
    /// 还价: takes another amount, with a reason.
    Counter,
}

impl CommitmentKind {
    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            CommitmentKind::Commit => "commit",
            CommitmentKind::Counter => "counter",
        }
    }

    /// The kind of a stable name.
    pub fn parse(code: &str) -> Option<CommitmentKind> {
        [CommitmentKind::Commit, CommitmentKind::Counter]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// An owner's answer to a released target. The last one that was not withdrawn counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// Its identifier.
    pub id: CommitmentId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Of which plan.
    pub plan: PlanId,
    /// To which release.
    pub release: ReleaseId,
    /// For which member of the organisation tree, by code.
    pub node: String,
    /// The how-manieth answer of this member to this release, from 1.
    pub number: i64,
    /// Committed, or countered.
    pub kind: CommitmentKind,
    /// The amount, in steps.
    pub amount: i64,
    /// The target that was released, in steps.
    pub target: i64,
    /// Why; a counter-offer always has one.
    pub reason: String,
    /// Who answered.
    pub author: UserId,
    /// For whom they stood in.
    pub acting_for: Option<UserId>,
    /// When.
    pub at: Timestamp,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
    /// Grows with every change: the record's ETag.
    pub revision: i64,
}

/// Records of releases and answers.
#[async_trait]
pub trait RhythmRecords {
    /// Adds a release with its targets.
    async fn add_release(&mut self, release: &Release, targets: &[ReleasedTarget]) -> Kept<()>;
    /// Writes deadline, note and withdrawal anew, where the revision is still `seen`. Gives whether
    /// it was.
    async fn update_release(&mut self, release: &Release, seen: i64) -> Kept<bool>;
    /// A release of the organisation.
    async fn release(
        &mut self,
        organisation: &OrganisationId,
        id: &ReleaseId,
    ) -> Kept<Option<Release>>;
    /// The releases of a plan, by identifier.
    async fn releases(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        page: &Page,
    ) -> Kept<Listed<Release>>;
    /// The releases of a plan (of all plans where none is named) that were not withdrawn, in the
    /// order they were made.
    async fn standing_releases(
        &mut self,
        organisation: &OrganisationId,
        plan: Option<&PlanId>,
    ) -> Kept<Vec<Release>>;
    /// The targets of a release, by member.
    async fn released_targets(
        &mut self,
        organisation: &OrganisationId,
        release: &ReleaseId,
    ) -> Kept<Vec<ReleasedTarget>>;
    /// Adds an answer.
    ///
    /// # Errors
    /// `record_conflict` where its number is taken: somebody else answered meanwhile.
    async fn add_commitment(&mut self, commitment: &Commitment) -> Kept<()>;
    /// Writes the withdrawal of an answer, where its revision is still `seen`. Gives whether it was.
    async fn update_commitment(&mut self, commitment: &Commitment, seen: i64) -> Kept<bool>;
    /// An answer of the organisation.
    async fn commitment(
        &mut self,
        organisation: &OrganisationId,
        id: &CommitmentId,
    ) -> Kept<Option<Commitment>>;
    /// All answers to a release, by member and number, the withdrawn ones too.
    async fn commitments(
        &mut self,
        organisation: &OrganisationId,
        release: &ReleaseId,
    ) -> Kept<Vec<Commitment>>;
}
