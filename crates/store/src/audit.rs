//! The audit: one record for each change, chained by hashes, only ever appended to. Must not know what
//! the changes mean.

use async_trait::async_trait;
use fenjie_message::{Lang, Message};
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

/// Which records are looked for; what is missing does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Who.
    pub who: Option<String>,
    /// What was done: all of it, or the beginning up to a dot, such as `plan.`.
    pub action: Option<String>,
    /// To what.
    pub target: Option<String>,
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Whether the newest come first.
    pub newest_first: bool,
}

/// The end of a chain: how many records there are, and the hash of the last.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AuditEnd {
    /// The number of the last record, 0 for none.
    pub number: i64,
    /// Its hash, empty for none.
    pub hash: String,
}

/// What is wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditFault {
    /// Records are not there.
    Missing {
        /// The first of them.
        from: i64,
        /// The last of them.
        to: i64,
    },
    /// A record is not what was written, or not where it was written.
    Changed {
        /// Its number.
        number: i64,
    },
    /// The chain does not end as its end says.
    EndDiffers {
        /// What the end says.
        said: AuditEnd,
        /// The last record.
        found: AuditEnd,
    },
    /// The end bears no seal, or one that this server's key did not make.
    SealBroken,
    /// An end that was noted elsewhere, such as in a backup, is no part of the chain.
    NotedDiffers {
        /// The end that was noted.
        noted: AuditEnd,
    },
    /// The database no longer refuses to change or delete records.
    Unguarded,
}

impl Message for AuditFault {
    fn code(&self) -> &'static str {
        match self {
            AuditFault::Missing { .. } => "audit_missing",
            AuditFault::Changed { .. } => "audit_changed",
            AuditFault::EndDiffers { .. } => "audit_end_differs",
            AuditFault::SealBroken => "audit_seal_broken",
            AuditFault::NotedDiffers { .. } => "audit_noted_differs",
            AuditFault::Unguarded => "audit_unguarded",
        }
    }

    fn text(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        match self {
            AuditFault::Missing { from, to } if zh => format!("缺少第 {from} 至 {to} 条记录"),
            AuditFault::Missing { from, to } => format!("records {from} to {to} are missing"),
            AuditFault::Changed { number } if zh => format!("第 {number} 条记录与写入时不同"),
            AuditFault::Changed { number } => format!("record {number} is not what was written"),
            AuditFault::EndDiffers { said, found } if zh => format!(
                "记录链应止于第 {} 条，实际止于第 {} 条或散列不同",
                said.number, found.number
            ),
            AuditFault::EndDiffers { said, found } => format!(
                "the chain should end with record {} and ends with {}, or with another hash",
                said.number, found.number
            ),
            AuditFault::SealBroken => lang
                .pick(
                    "记录链末端的印记缺失或不符",
                    "the seal on the chain's end is missing or wrong",
                )
                .into(),
            AuditFault::NotedDiffers { noted } if zh => {
                format!("另处记下的第 {} 条不在记录链中", noted.number)
            }
            AuditFault::NotedDiffers { noted } => {
                format!(
                    "record {}, as noted elsewhere, is no part of the chain",
                    noted.number
                )
            }
            AuditFault::Unguarded => lang
                .pick(
                    "数据库已不再拒绝修改或删除审计记录",
                    "the database no longer refuses to change or delete records",
                )
                .into(),
        }
    }
}

/// What proving a chain has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditVerification {
    /// How many records were read.
    pub records: u64,
    /// How the chain ends.
    pub end: AuditEnd,
    /// What is wrong, in the order of the records, at most [`MOST_FAULTS`].
    pub faults: Vec<AuditFault>,
}

/// The most faults that are listed.
pub const MOST_FAULTS: usize = 100;
/// For how many days, at the least, records are kept.
pub const KEPT_DAYS: u32 = 180;

/// The audit of an organisation. There is no function that changes or removes a record, and the
/// database refuses it for [`KEPT_DAYS`].
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
    /// The records that are looked for, page by page.
    async fn find_audit(
        &mut self,
        organisation: &OrganisationId,
        filter: &AuditFilter,
        page: &Page,
    ) -> Kept<Listed<AuditRecord>>;
    /// The end of the chain.
    async fn audit_end(&mut self, organisation: &OrganisationId) -> Kept<AuditEnd>;
    /// Proves the chain from its first record to its end: every hash, the seal on the end, the
    /// database's own guard, and that the ends in `noted` are part of it.
    async fn verify_audit(
        &mut self,
        organisation: &OrganisationId,
        noted: &[AuditEnd],
    ) -> Kept<AuditVerification>;
}
