//! Imports of sales, files on their way in, and sales entered by hand. Must not know how a file is
//! read.

use async_trait::async_trait;
use serde_json::Value as Json;

use crate::{ImportId, Kept, Listed, OrganisationId, Page, PlanId, SaleId, Timestamp, UserId};

/// An import of sales into a plan, from the request to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportRecord {
    /// Its identifier.
    pub id: ImportId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Into which plan.
    pub plan: PlanId,
    /// What people call the file.
    pub file: String,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// How it is read, as it was asked for.
    pub options: Json,
    /// Whether it only checks.
    pub dry_run: bool,
    /// How far it is.
    pub state: ImportState,
    /// Its number in the plan's manifest, once its lines are there.
    pub number: Option<u64>,
    /// What was found, by language: `{"zh": …, "en": …}`.
    pub report: Option<Json>,
    /// Why it was refused, by language.
    pub problem: Option<Json>,
    /// Who brought it.
    pub created_by: UserId,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// The stamp of its line in the manifest.
    pub stamped_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Which process works on it.
    pub runner: String,
    /// When that process last said that it does.
    pub beat_at: Timestamp,
    /// Grows with every change: the record's ETag.
    pub revision: i64,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImportState {
    /// 等待中
    Waiting,
    /// 正在读取: read and checked; it can still be cancelled.
    Reading,
    /// 正在写入: from here on it cannot be cancelled, only undone.
    Writing,
    /// 已完成
    Done,
    /// 已拒绝: nothing was taken in.
    Refused,
    /// 已取消: nothing was taken in.
    Cancelled,
    /// 已中断: its process ended; nothing was taken in.
    Interrupted,
    /// 已撤销: its lines do not count any more.
    Undone,
}

impl ImportState {
    /// All of them.
    pub const ALL: [ImportState; 8] = [
        ImportState::Waiting,
        ImportState::Reading,
        ImportState::Writing,
        ImportState::Done,
        ImportState::Refused,
        ImportState::Cancelled,
        ImportState::Interrupted,
        ImportState::Undone,
    ];

    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            ImportState::Waiting => "waiting",
            ImportState::Reading => "reading",
            ImportState::Writing => "writing",
            ImportState::Done => "done",
            ImportState::Refused => "refused",
            ImportState::Cancelled => "cancelled",
            ImportState::Interrupted => "interrupted",
            ImportState::Undone => "undone",
        }
    }

    /// The state of a stable name.
    pub fn parse(code: &str) -> Option<ImportState> {
        ImportState::ALL
            .into_iter()
            .find(|state| state.code() == code)
    }

    /// Whether a process should be working on it.
    pub fn is_live(self) -> bool {
        matches!(
            self,
            ImportState::Waiting | ImportState::Reading | ImportState::Writing
        )
    }
}

/// A sale that somebody entered by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct SaleRecord {
    /// Its identifier.
    pub id: SaleId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Of which plan.
    pub plan: PlanId,
    /// The sale: day, minute, members, amounts, customer.
    pub content: Json,
    /// Its own number outside, where it has one.
    pub external_id: Option<String>,
    /// Who entered it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it was taken back.
    pub voided_at: Option<Timestamp>,
    /// Whether its present content lies in a segment.
    pub stored: bool,
}

/// Records of imports and of sales entered by hand.
#[async_trait]
pub trait ImportRecords {
    /// Adds an import.
    async fn add_import(&mut self, import: &ImportRecord) -> Kept<()>;
    /// Writes an import anew, where its revision is still `seen`. Gives whether it was.
    async fn update_import(&mut self, import: &ImportRecord, seen: i64) -> Kept<bool>;
    /// Says that a process still works on it.
    async fn beat_import(
        &mut self,
        organisation: &OrganisationId,
        id: &ImportId,
        at: Timestamp,
    ) -> Kept<()>;
    /// An import of the organisation.
    async fn import(
        &mut self,
        organisation: &OrganisationId,
        id: &ImportId,
    ) -> Kept<Option<ImportRecord>>;
    /// The imports of a plan, the latest first.
    async fn imports(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        page: &Page,
    ) -> Kept<Listed<ImportRecord>>;
    /// Imports of all organisations that some process should be working on.
    async fn live_imports(&mut self) -> Kept<Vec<ImportRecord>>;
    /// Adds a sale.
    async fn add_sale(&mut self, sale: &SaleRecord) -> Kept<()>;
    /// Takes a sale back: it has to be stored anew.
    async fn void_sale(
        &mut self,
        organisation: &OrganisationId,
        id: &SaleId,
        at: Timestamp,
    ) -> Kept<bool>;
    /// A sale of the organisation.
    async fn sale(
        &mut self,
        organisation: &OrganisationId,
        id: &SaleId,
    ) -> Kept<Option<SaleRecord>>;
    /// The sales that somebody entered, the latest first; everybody's without `by`.
    async fn sales(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        by: Option<&UserId>,
        page: &Page,
    ) -> Kept<Listed<SaleRecord>>;
    /// Sales of a plan that do not lie in a segment yet, oldest first, at most `limit`.
    async fn sales_to_store(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        limit: usize,
    ) -> Kept<Vec<SaleRecord>>;
    /// Says that a sale lies in a segment now, as it was when it was read.
    async fn sale_stored(&mut self, organisation: &OrganisationId, sale: &SaleRecord) -> Kept<()>;
}
