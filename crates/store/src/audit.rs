//! The audit: one record for each change, chained by hashes, only ever appended to. Must not know what
//! the changes mean.

use async_trait::async_trait;
use serde_json::Value as Json;

use crate::{Kept, Listed, OrganisationId, Page, Timestamp};

/// What is to be recorded of one change.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who: an identifier of a user, or `system` with a job's name.
    pub who: String,
    /// Where from: an address, with the session or key.
    pub origin: String,
    /// What was done, such as `plan.operation` or `user.update`.
    pub action: String,
    /// To what, such as `pln_…` or `usr_…`.
    pub target: String,
    /// What it was before.
    pub before: Json,
    /// What it is after.
    pub after: Json,
    /// `done`, or the code of the refusal.
    pub result: String,
}

/// A record in the chain.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRecord {
    /// Its number within the organisation, from 1 without a gap.
    pub number: i64,
    /// What is recorded.
    pub entry: AuditEntry,
    /// SHA-256 over the hash before and this record, in hexadecimal digits.
    pub hash: String,
}

/// The audit of an organisation.
#[async_trait]
pub trait AuditRecords {
    /// Appends records behind the last; gives the last number and hash.
    async fn append_audit(
        &mut self,
        organisation: &OrganisationId,
        entries: &[AuditEntry],
    ) -> Kept<(i64, String)>;
    /// The records behind a number, oldest first.
    async fn audit(
        &mut self,
        organisation: &OrganisationId,
        page: &Page,
    ) -> Kept<Listed<AuditRecord>>;
}
