//! Submitting for approval and deciding over HTTP.

use axum::extract::State as Shared;
use fenjie_app::rhythm::eligible::Claim;
use fenjie_app::rhythm::{approval, submission};
use fenjie_app::{Answer, AppError, Verb};
use fenjie_store::rhythm_approval::{
    ApprovalDecision, ApprovalFilter, ApprovalState, ApprovalStep, Subject,
};
use fenjie_store::{ApprovalId, PlanId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::chains::ApproverBody;
use crate::called::{Called, Known, Peopled, among, called, page_called};
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, List, Named, PageQuery};
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(submit_plan))
        .routes(routes!(list_approvals))
        .routes(routes!(get_approval, withdraw_approval))
        .routes(routes!(decide))
}

/// A request for approval.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApprovalBody {
    /// Its identifier.
    #[schema(value_type = String, example = "apr_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: ApprovalId,
    /// Of which plan.
    #[schema(value_type = String, example = "pln_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub plan: PlanId,
    /// `publish` or `recall`.
    #[schema(example = "publish")]
    pub subject: String,
    /// The version of the plan that was submitted.
    #[schema(example = 17)]
    pub version: u64,
    /// The hash of its content.
    pub content_hash: String,
    /// Who asks.
    #[schema(value_type = String, example = "usr_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub author: UserId,
    /// What they say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// `waiting`, `approved`, `rejected`, `withdrawn` or `invalidated`.
    #[schema(example = "waiting")]
    pub state: String,
    /// The steps to pass.
    pub steps: Vec<ApprovalStepBody>,
    /// How many of them are passed.
    #[schema(example = 0)]
    pub passed: usize,
    /// The largest change against the version in force, as a rate: `0.05` is 5 %; missing where
    /// there is no version yet, or something was zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0.050000")]
    pub changed_rate: Option<String>,
    /// Until when the step at which it waits is to be decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<String>,
    /// Whether that is past.
    pub overdue: bool,
    /// Who may decide now.
    pub deciders: Vec<DeciderBody>,
    /// Whether the asker is one of them.
    pub mine: bool,
    /// What was decided.
    pub decisions: Vec<DecisionBody>,
    /// What the people above are called, by identifier.
    #[schema(value_type = std::collections::HashMap<String, String>,
        example = json!({"usr_0d9m3m7e5w8qf2v6h1c4k0r9ts": "王芳"}))]
    pub people: Called,
    /// When it was submitted.
    pub created_at: String,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<String>,
    /// Its revision; the ETag.
    #[schema(example = 1)]
    pub revision: i64,
}

impl Peopled for ApprovalBody {
    fn people(&self) -> Vec<&UserId> {
        let steps = self.steps.iter();
        let steps = steps.flat_map(|step| step.escalate_to.iter().chain(step.approver.person()));
        let deciders = self.deciders.iter();
        let deciders = deciders.flat_map(|one| [Some(&one.user), one.acting_for.as_ref()]);
        let decisions = self.decisions.iter();
        let decisions = decisions.flat_map(|one| [Some(&one.by), one.acting_for.as_ref()]);
        let others = deciders.chain(decisions).flatten();
        [&self.author]
            .into_iter()
            .chain(steps)
            .chain(others)
            .collect()
    }

    fn name(&mut self, known: &Known) {
        self.people = among(known, &Peopled::people(self));
    }
}

/// A step of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApprovalStepBody {
    /// Who decides.
    pub approver: ApproverBody,
    /// Within how many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// Who may decide as well once it is overdue.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub escalate_to: Option<UserId>,
}

/// Somebody who may decide.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeciderBody {
    /// Who.
    #[schema(value_type = String, example = "usr_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub user: UserId,
    /// For whom they stand in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub acting_for: Option<UserId>,
    /// Whether it came to them because it is overdue.
    pub escalated: bool,
}

/// A decision.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecisionBody {
    /// At which step, from 1.
    #[schema(example = 1)]
    pub step: usize,
    /// `approve` or `reject`.
    #[schema(example = "approve")]
    pub decision: String,
    /// Who.
    #[schema(value_type = String, example = "usr_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub by: UserId,
    /// For whom they stood in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub acting_for: Option<UserId>,
    /// Whether it had come to them because it was overdue.
    pub escalated: bool,
    /// What they say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// When.
    pub at: String,
}

pub(crate) fn approval_body(seen: approval::Seen) -> ApprovalBody {
    let step = |step: &ApprovalStep| ApprovalStepBody {
        approver: ApproverBody::of(&step.approver),
        days: step.days,
        escalate_to: step.escalate_to.clone(),
    };
    let decider = |claim: Claim| DeciderBody {
        user: claim.user,
        acting_for: claim.acting_for,
        escalated: claim.escalated,
    };
    let decision = |decision: ApprovalDecision| DecisionBody {
        step: decision.step + 1,
        decision: if decision.approved {
            "approve"
        } else {
            "reject"
        }
        .to_owned(),
        by: decision.by,
        acting_for: decision.acting_for,
        escalated: decision.escalated,
        comment: decision.comment,
        at: decision.at.to_string(),
    };
    let rate =
        |millionths: i64| format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
    let approval = seen.approval;
    ApprovalBody {
        id: approval.id,
        plan: approval.plan,
        subject: approval.subject.code().to_owned(),
        version: approval.sequence,
        content_hash: approval.content_hash,
        author: approval.author,
        comment: approval.comment,
        state: approval.state.code().to_owned(),
        steps: approval.steps.iter().map(step).collect(),
        passed: approval.step,
        changed_rate: approval.changed_rate.map(rate),
        due_at: approval.due_at.map(|at| at.to_string()),
        overdue: seen.overdue,
        deciders: seen.deciders.into_iter().map(decider).collect(),
        mine: seen.mine,
        decisions: seen.decisions.into_iter().map(decision).collect(),
        people: Called::new(),
        created_at: approval.created_at.to_string(),
        closed_at: approval.closed_at.map(|at| at.to_string()),
        revision: approval.revision,
    }
}

/// What is said with a submission.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionWanted {
    /// What the approvers read, up to 2,000 characters.
    #[serde(default)]
    #[schema(example = "按各区承诺调整后的年度目标", max_length = 2000)]
    pub comment: String,
}

/// Submits a plan for approval. From then on nobody edits it until it is decided or withdrawn.
#[utoipa::path(post, path = "/plans/{plan}/submissions", tag = "approvals",
    request_body = SubmissionWanted,
    params(("plan" = String, Path),
        ("If-Match" = String, Header, description = "the version of the plan that was seen"),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = ApprovalBody, headers(("ETag" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn submit_plan(
    Shared(state): Shared<State>,
    Named(plan): Named<PlanId>,
    write: Write<SubmissionWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    if let Some(answer) = state.app.answered(&write.asked).await.map_err(refused)? {
        return Ok(Reply(answer));
    }
    let seen = write.seen().map_err(refused)?.unsigned_abs();
    let (actor, comment) = (&write.asked.actor, &write.body.comment);
    let prepared =
        submission::prepare(&state.app, actor, &plan, Verb::Submit, Some(seen), comment).await;
    let prepared = prepared.map_err(refused)?;
    let answer = state
        .app
        .write_and_tell(&write.asked, Some(&plan), "approvals", move |unit| {
            let prepared = prepared.clone();
            Box::pin(async move {
                let made = submission::submit(unit, prepared).await?;
                let seen = approval::get(unit, &made.id).await?;
                let place = format!("/api/v1/approvals/{}", made.id);
                let body = called(unit, approval_body(seen)).await?;
                Ok(Answer::created(place, &body)?.tagged(made.revision))
            })
        });
    answer.await.map(Reply).map_err(refused)
}

/// Which requests.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApprovalsQuery {
    /// Only those that the asker may decide on now: the inbox.
    #[serde(default)]
    pub mine: bool,
    /// Of this plan.
    #[param(value_type = Option<String>)]
    pub plan: Option<PlanId>,
    /// By this author.
    #[param(value_type = Option<String>)]
    pub author: Option<UserId>,
    /// `waiting`, `approved`, `rejected`, `withdrawn` or `invalidated`.
    pub state: Option<String>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// How many, 1 to 500; 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
}

impl ApprovalsQuery {
    fn wanted(&self) -> Result<approval::Wanted, AppError> {
        let state = |code: &String| {
            ApprovalState::parse(code).ok_or_else(|| {
                AppError::invalid(
                    "state",
                    "state_unknown",
                    format!("没有状态 `{code}`"),
                    format!("there is no state `{code}`"),
                )
            })
        };
        Ok(approval::Wanted {
            filter: ApprovalFilter {
                plan: self.plan.clone(),
                author: self.author.clone(),
                state: self.state.as_ref().map(state).transpose()?,
            },
            mine: self.mine,
        })
    }
}

/// Lists the requests that concern the asker; those to decide on now with `mine=true`.
#[utoipa::path(get, path = "/approvals", tag = "approvals", params(ApprovalsQuery), responses(
    (status = 200, body = List<ApprovalBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_approvals(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Asking(query): Asking<ApprovalsQuery>,
) -> Result<axum::Json<List<ApprovalBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let wanted = query.wanted().map_err(refused)?;
    let page = PageQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let page = page.page().map_err(refused)?;
    let listed = approval::list(&state.app, &actor, &wanted, &page).await;
    let list = List::of(listed.map_err(refused)?, approval_body);
    let items = page_called(&state.app, &actor, list.items).await;
    Ok(axum::Json(List {
        items: items.map_err(refused)?,
        next: list.next,
    }))
}

/// Gives a request.
#[utoipa::path(get, path = "/approvals/{approval}", tag = "approvals",
    params(("approval" = String, Path)), responses(
    (status = 200, body = ApprovalBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_approval(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<ApprovalId>,
) -> Result<Reply, Problem> {
    let found = async {
        let mut unit = state.app.reading(&actor).await?;
        let seen = approval::get(&mut unit, &id).await?;
        let revision = seen.approval.revision;
        let body = called(&mut unit, approval_body(seen)).await?;
        Ok::<Answer, AppError>(Answer::ok(&body)?.tagged(revision))
    };
    found
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, actor.lang))
}

/// Takes one's own request back; a plan that was submitted or approved is a draft again.
#[utoipa::path(delete, path = "/approvals/{approval}", tag = "approvals",
    params(("approval" = String, Path),
        ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn withdraw_approval(
    Shared(state): Shared<State>,
    Named(id): Named<ApprovalId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let plan = approval::plan(&state.app, &write.asked.actor, &id).await;
    let plan = plan.map_err(refused)?;
    let answer = state
        .app
        .write_and_tell(&write.asked, plan.as_ref(), "approvals", move |unit| {
            let id = id.clone();
            Box::pin(async move {
                approval::withdraw(unit, &id, seen).await?;
                Ok(Answer::nothing())
            })
        });
    answer.await.map(Reply).map_err(refused)
}

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// On to the next step; at the last one it is done.
    Approve,
    /// Back to the author.
    Reject,
}

/// A decision to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionWanted {
    /// Approve or reject.
    pub decision: DecisionKind,
    /// What is said to the author, up to 2,000 characters; needed to reject.
    #[serde(default)]
    #[schema(example = "同意", max_length = 2000)]
    pub comment: String,
}

/// Approves or rejects at the step at which a request waits. Nobody decides on their own.
#[utoipa::path(post, path = "/approvals/{approval}/decisions", tag = "approvals",
    request_body = DecisionWanted,
    params(("approval" = String, Path),
        ("If-Match" = String, Header, description = "the ETag that was seen"),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 200, body = ApprovalBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn decide(
    Shared(state): Shared<State>,
    Named(id): Named<ApprovalId>,
    write: Write<DecisionWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let approved = write.body.decision == DecisionKind::Approve;
    let comment = write.body.comment.clone();
    let plan = approval::plan(&state.app, &write.asked.actor, &id).await;
    let plan = plan.map_err(refused)?;
    let answer = state
        .app
        .write_and_tell(&write.asked, plan.as_ref(), "approvals", move |unit| {
            let (id, comment) = (id.clone(), comment.clone());
            Box::pin(async move {
                let seen = approval::decide(unit, &id, seen, approved, &comment).await?;
                let revision = seen.approval.revision;
                let body = called(unit, approval_body(seen)).await?;
                Ok(Answer::ok(&body)?.tagged(revision))
            })
        });
    answer.await.map(Reply).map_err(refused)
}

/// The subject that a code names.
pub(crate) fn subject(code: &str) -> Result<Subject, AppError> {
    Subject::parse(code).ok_or_else(|| {
        AppError::invalid(
            "subject",
            "subject_unknown",
            format!("没有审批事项 `{code}`；有 publish、recall"),
            format!("there is no subject `{code}`; there are publish and recall"),
        )
    })
}
