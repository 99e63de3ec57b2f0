//! Answers kept for those who ask twice. Must not know what was asked.

use async_trait::async_trait;

use crate::{Kept, OrganisationId, Timestamp, UserId};

/// An answer kept under somebody's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// SHA-256 of method, path and body of the request.
    pub request_hash: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers that belong to it: `etag`, `location`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// When it was given.
    pub at: Timestamp,
}

/// Answers by key.
#[async_trait]
pub trait IdempotencyRecords {
    /// The answer kept under this key.
    async fn kept_answer(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        key: &str,
    ) -> Kept<Option<KeptAnswer>>;
    /// Keeps an answer.
    ///
    /// # Errors
    /// `record_conflict` where the key has one already.
    async fn keep_answer(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        key: &str,
        answer: &KeptAnswer,
    ) -> Kept<()>;
    /// Forgets the answers given before a moment; gives how many.
    async fn forget_answers(&mut self, before: Timestamp) -> Kept<u64>;
}
