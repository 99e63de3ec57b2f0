//! Approvals: chains, requests, decisions, and who stands in for whom. Must not know who may decide.

use async_trait::async_trait;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::people::Role;
use crate::{
    ApprovalId, ChainId, DeputyId, Kept, Listed, OrganisationId, Page, PlanId, Timestamp, UserId,
};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// That a plan's targets may be published.
    Publish,
    /// That a published version is recalled.
    Recall,
}

impl Subject {
    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            Subject::Publish => "publish",
            Subject::Recall => "recall",
        }
    }

    /// The subject of a stable name.
    pub fn parse(code: &str) -> Option<Subject> {
        [Subject::Publish, Subject::Recall]
            .into_iter()
            .find(|subject| subject.code() == code)
    }
}

/// Who decides at a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Approver {
    /// Anybody of a role.
    Role(Role),
    /// One person.
    User(UserId),
    /// Whoever the author reports to.
    Superior,
}

/// A step of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainStep {
    /// Who decides.
    pub approver: Approver,
    /// Only where something changes by more than this rate, as text: `0.05` is 5 %.
    pub over_rate: Option<String>,
    /// Only where something changes by more than this amount, as text.
    pub over_amount: Option<String>,
    /// Within how many days of the step's beginning.
    pub days: Option<u32>,
    /// Who may decide as well once it is overdue; the approver's superior where nobody is named.
    pub escalate_to: Option<UserId>,
}

/// The steps that something has to pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Its identifier.
    pub id: ChainId,
    /// Whose.
    pub organisation: OrganisationId,
    /// For which plan; none for all that have none of their own.
    pub plan: Option<PlanId>,
    /// For what.
    pub subject: Subject,
    /// The steps, in order; without any, what is submitted is approved at once.
    pub steps: Vec<ChainStep>,
    /// Grows with every change: the record's ETag.
    pub revision: i64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A step of a request, as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalStep {
    /// Who decides: a role or a person.
    pub approver: Approver,
    /// Within how many days.
    pub days: Option<u32>,
    /// Who may decide as well once it is overdue.
    pub escalate_to: Option<UserId>,
}

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// 待审批
    Waiting,
    /// 已批准
    Approved,
    /// 已驳回
    Rejected,
    /// 已撤销: by its author.
    Withdrawn,
    /// 已失效: what was submitted has changed since.
    Invalidated,
}

impl ApprovalState {
    /// All of them.
    pub const ALL: [ApprovalState; 5] = [
        ApprovalState::Waiting,
        ApprovalState::Approved,
        ApprovalState::Rejected,
        ApprovalState::Withdrawn,
        ApprovalState::Invalidated,
    ];

    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            ApprovalState::Waiting => "waiting",
            ApprovalState::Approved => "approved",
            ApprovalState::Rejected => "rejected",
            ApprovalState::Withdrawn => "withdrawn",
            ApprovalState::Invalidated => "invalidated",
        }
    }

    /// The state of a stable name.
    pub fn parse(code: &str) -> Option<ApprovalState> {
        ApprovalState::ALL
            .into_iter()
            .find(|state| state.code() == code)
    }
}

/// A request for approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Its identifier.
    pub id: ApprovalId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Of which plan.
    pub plan: PlanId,
    /// What is asked for.
    pub subject: Subject,
    /// The plan's version that was submitted.
    pub sequence: u64,
    /// The hash of its content.
    pub content_hash: String,
    /// Who asks.
    pub author: UserId,
    /// What they say.
    pub comment: String,
    /// The steps to pass.
    pub steps: Vec<ApprovalStep>,
    /// At which step it waits, from 0; the number of steps once all are passed.
    pub step: usize,
    /// Until when that step is to be decided.
    pub due_at: Option<Timestamp>,
    /// How far it is.
    pub state: ApprovalState,
    /// The largest change against the version in force, as a rate in millionths; none where there
    /// is no version yet, or something was zero.
    pub changed_rate: Option<i64>,
    /// The largest change against the version in force, in steps of the first flow.
    pub changed_amount: i64,
    /// Grows with every change: the record's ETag.
    pub revision: i64,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
}

/// A decision at a step of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalDecision {
    /// Of which request.
    pub approval: ApprovalId,
    /// At which step, from 0. One step is decided once.
    pub step: usize,
    /// Who.
    pub by: UserId,
    /// For whom they stood in.
    pub acting_for: Option<UserId>,
    /// Whether they came by escalation.
    pub escalated: bool,
    /// Approved or rejected.
    pub approved: bool,
    /// What they say.
    pub comment: String,
    /// When.
    pub at: Timestamp,
}

/// Somebody stands in for somebody for some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deputy {
    /// Its identifier.
    pub id: DeputyId,
    /// Whose organisation.
    pub organisation: OrganisationId,
    /// Who is away.
    pub user: UserId,
    /// Who stands in.
    pub deputy: UserId,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// Grows with every change: the record's ETag.
    pub revision: i64,
}

/// Which requests are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApprovalFilter {
    /// Of this plan.
    pub plan: Option<PlanId>,
    /// By this author.
    pub author: Option<UserId>,
    /// In this state.
    pub state: Option<ApprovalState>,
}

/// Records of approvals.
#[async_trait]
pub trait ApprovalRecords {
    /// Adds a chain.
    ///
    /// # Errors
    /// `record_conflict` where plan and subject have one.
    async fn add_chain(&mut self, chain: &Chain) -> Kept<()>;
    /// Writes a chain's steps anew, where its revision is still `seen`. Gives whether it was.
    async fn update_chain(&mut self, chain: &Chain, seen: i64) -> Kept<bool>;
    /// Takes a chain away, where its revision is still `seen`. Gives whether it was there.
    async fn remove_chain(
        &mut self,
        organisation: &OrganisationId,
        id: &ChainId,
        seen: i64,
    ) -> Kept<bool>;
    /// The chains of the organisation, by identifier.
    async fn chains(&mut self, organisation: &OrganisationId) -> Kept<Vec<Chain>>;
    /// Adds a request.
    async fn add_approval(&mut self, approval: &Approval) -> Kept<()>;
    /// Writes steps, state and end of a request anew, where its revision is still `seen`. Gives
    /// whether it was.
    async fn update_approval(&mut self, approval: &Approval, seen: i64) -> Kept<bool>;
    /// A request of the organisation.
    async fn approval(
        &mut self,
        organisation: &OrganisationId,
        id: &ApprovalId,
    ) -> Kept<Option<Approval>>;
    /// Requests of the organisation, by identifier.
    async fn approvals(
        &mut self,
        organisation: &OrganisationId,
        filter: &ApprovalFilter,
        page: &Page,
    ) -> Kept<Listed<Approval>>;
    /// Adds a decision.
    ///
    /// # Errors
    /// `record_conflict` where the step was decided already.
    async fn add_decision(
        &mut self,
        organisation: &OrganisationId,
        decision: &ApprovalDecision,
    ) -> Kept<()>;
    /// The decisions of a request, in order.
    async fn decisions(
        &mut self,
        organisation: &OrganisationId,
        approval: &ApprovalId,
    ) -> Kept<Vec<ApprovalDecision>>;
    /// Adds somebody standing in.
    async fn add_deputy(&mut self, deputy: &Deputy) -> Kept<()>;
    /// Writes the end of it, where its revision is still `seen`. Gives whether it was.
    async fn update_deputy(&mut self, deputy: &Deputy, seen: i64) -> Kept<bool>;
    /// All of the organisation, by identifier, the ended ones too.
    async fn deputies(&mut self, organisation: &OrganisationId) -> Kept<Vec<Deputy>>;
}
