//! Remarks on cells of a plan, in threads. Must not know who sees the cell.

use async_trait::async_trait;

use crate::{CommentId, Kept, Listed, OrganisationId, Page, PlanId, Timestamp, UserId};

/// A remark on a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its identifier.
    pub id: CommentId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Of which plan.
    pub plan: PlanId,
    /// The first remark of its thread: itself where it begins one.
    pub thread: CommentId,
    /// Of which measure, by code.
    pub measure: String,
    /// Which cell, as members' codes: `region=E, month=2026-07`; empty for the plan's total.
    pub place: String,
    /// The member of the organisation tree that the cell belongs to, by code; empty for all.
    pub node: String,
    /// What is said.
    pub text: String,
    /// Who is meant to read it.
    pub mentions: Vec<UserId>,
    /// Who says it.
    pub author: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub edited_at: Option<Timestamp>,
    /// Who settled the thread; noted on its first remark.
    pub resolved_by: Option<UserId>,
    /// When.
    pub resolved_at: Option<Timestamp>,
    /// Grows with every change: the record's ETag.
    pub revision: i64,
}

/// The cells of a plan that open threads of remarks are on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarked {
    /// Grows with every remark that is made, changed or settled; none is ever taken away.
    pub changes: u64,
    /// Measure and place of each, as in [`Comment`].
    pub cells: Vec<(String, String)>,
}

/// Records of remarks.
#[async_trait]
pub trait CommentRecords {
    /// Adds a remark.
    async fn add_comment(&mut self, comment: &Comment) -> Kept<()>;
    /// Writes text, mentions and settling anew, where the revision is still `seen`. Gives whether
    /// it was.
    async fn update_comment(&mut self, comment: &Comment, seen: i64) -> Kept<bool>;
    /// A remark of the organisation.
    async fn comment(
        &mut self,
        organisation: &OrganisationId,
        id: &CommentId,
    ) -> Kept<Option<Comment>>;
    /// The remarks on a plan in the order they were made, behind a key of [`Comment::key`].
    async fn comments(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        page: &Page,
    ) -> Kept<Listed<Comment>>;
    /// The cells of a plan with threads that are not settled, at most so many of the oldest.
    async fn remarked(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        most: usize,
    ) -> Kept<Remarked>;
}

impl Comment {
    /// Where a list goes on behind this remark.
    pub fn key(&self) -> String {
        format!(
            "{} {}",
            self.created_at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ"),
            self.id
        )
    }
}
