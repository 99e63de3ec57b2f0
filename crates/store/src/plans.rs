//! Plans, their logs and the files they were made from. Must not know what an operation does.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Kept, Listed, OrganisationId, Page, PlanId, Timestamp, UserId};

/// A plan, or a scenario branched off one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRecord {
    /// Its identifier.
    pub id: PlanId,
    /// Whose.
    pub organisation: OrganisationId,
    /// What people call it.
    pub name: String,
    /// The dimension of the plan whose members are the organisation tree; rows by scope are cut on
    /// it. None: only who sees everything sees the plan.
    pub scope_axis: Option<String>,
    /// Where it branched off.
    pub branched_from: Option<Branch>,
    /// How far it is.
    pub status: PlanStatus,
    /// How far its log goes: the number of its last operation.
    pub last_sequence: u64,
    /// The hash of its log so far.
    pub last_hash: String,
    /// Grows with every change of this record but its log's end: the record's ETag.
    pub revision: i64,
    /// Who made it.
    pub created_by: UserId,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was put away.
    pub archived_at: Option<Timestamp>,
}

/// Where a scenario begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The plan.
    pub plan: PlanId,
    /// The last operation that both have.
    pub sequence: u64,
}

/// How far a plan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanStatus {
    /// 草稿
    Draft,
    /// 已提交: waits for approval; nobody edits.
    Submitted,
    /// 已批准
    Approved,
    /// 已发布: what everybody works to.
    Published,
    /// 已锁定: nobody edits until it is unlocked with a reason.
    Locked,
}

impl PlanStatus {
    /// All of them.
    pub const ALL: [PlanStatus; 5] = [
        PlanStatus::Draft,
        PlanStatus::Submitted,
        PlanStatus::Approved,
        PlanStatus::Published,
        PlanStatus::Locked,
    ];

    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            PlanStatus::Draft => "draft",
            PlanStatus::Submitted => "submitted",
            PlanStatus::Approved => "approved",
            PlanStatus::Published => "published",
            PlanStatus::Locked => "locked",
        }
    }

    /// The status of a stable name.
    pub fn parse(code: &str) -> Option<PlanStatus> {
        PlanStatus::ALL
            .into_iter()
            .find(|status| status.code() == code)
    }
}

/// One line of a plan's log: exactly the line that a plan directory's `log.jsonl` holds. Number 0 is
/// the definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanLine {
    /// Its number.
    pub sequence: u64,
    /// The line, without its end.
    pub line: String,
    /// The hash of the log up to here, in hexadecimal digits.
    pub hash: String,
    /// Who, as an account; none for lines that came with a file.
    pub user: Option<UserId>,
    /// When.
    pub at: Timestamp,
}

/// A file that a plan was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanInput {
    /// Where it lies in a plan directory, such as `inputs/<sha256>.csv`.
    pub stored: String,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Records of plans.
#[async_trait]
pub trait PlanRecords {
    /// Adds a plan with its first lines (definition first) and its files.
    async fn add_plan(
        &mut self,
        plan: &PlanRecord,
        lines: &[PlanLine],
        inputs: &[PlanInput],
    ) -> Kept<()>;
    /// Adds a scenario: the lines of the plan that it says it branched off up to the number it says,
    /// and that plan's files.
    async fn add_branch(&mut self, plan: &PlanRecord) -> Kept<()>;
    /// Writes name, status, scope axis and archiving anew, where the revision is still `seen`. Gives
    /// whether it was.
    async fn update_plan(&mut self, plan: &PlanRecord, seen: i64) -> Kept<bool>;
    /// A plan of the organisation.
    async fn plan(
        &mut self,
        organisation: &OrganisationId,
        id: &PlanId,
    ) -> Kept<Option<PlanRecord>>;
    /// A plan of the organisation, for whoever will change its log: until this transaction ends nobody
    /// else does.
    async fn plan_to_change(
        &mut self,
        organisation: &OrganisationId,
        id: &PlanId,
    ) -> Kept<Option<PlanRecord>>;
    /// The plans of the organisation, by identifier.
    async fn plans(
        &mut self,
        organisation: &OrganisationId,
        page: &Page,
    ) -> Kept<Listed<PlanRecord>>;
    /// Appends lines behind line `after`, and moves the plan's end.
    ///
    /// # Errors
    /// `record_conflict` where the log does not end at `after` any more.
    async fn append_lines(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        after: u64,
        lines: &[PlanLine],
    ) -> Kept<()>;
    /// The lines from number `from` on, at most `limit`.
    async fn lines(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        from: u64,
        limit: usize,
    ) -> Kept<Vec<PlanLine>>;
    /// The files of a plan.
    async fn inputs(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
    ) -> Kept<Vec<PlanInput>>;
}
