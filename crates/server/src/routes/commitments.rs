//! Answers to released targets, and refits to them, over HTTP.

use axum::extract::State as Shared;
use fenjie_app::operations::check_why;
use fenjie_app::rhythm::commitment::{self, NewCommitment};
use fenjie_app::rhythm::{Step, reconciliation, refit};
use fenjie_app::working::{AlongWith, Applied, Loaded};
use fenjie_app::{Answer, AppError, Unit, Verb};
use fenjie_store::rhythm::{Commitment, CommitmentKind};
use fenjie_store::{CommitmentId, PlanId, ReleaseId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::called::{Called, Known, Peopled, among, called, page_called};
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{List, Named};
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_commitments, create_commitment))
        .routes(routes!(withdraw_commitment))
        .routes(routes!(preview_refit))
        .routes(routes!(refit_plan))
}

/// An answer to a released target.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommitmentBody {
    /// Its identifier.
    #[schema(value_type = String, example = "com_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: CommitmentId,
    /// To which release.
    #[schema(value_type = String, example = "rel_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub release: ReleaseId,
    /// For which member.
    #[schema(example = "east")]
    pub node: String,
    /// The how-manieth answer of this member, from 1.
    #[schema(example = 1)]
    pub number: i64,
    /// `commit` or `counter`.
    #[schema(example = "counter")]
    pub kind: String,
    /// The amount.
    #[schema(example = "10000000.00")]
    pub amount: String,
    /// The target that was released.
    #[schema(example = "12000000.00")]
    pub target: String,
    /// Why.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(example = "两家门店上半年改造")]
    pub reason: String,
    /// Who answered.
    #[schema(value_type = String, example = "usr_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub author: UserId,
    /// For whom they stood in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub acting_for: Option<UserId>,
    /// When.
    pub at: String,
    /// When it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<String>,
    /// What the people above are called, by identifier.
    #[schema(value_type = std::collections::HashMap<String, String>,
        example = json!({"usr_0d9m3m7e5w8qf2v6h1c4k0r9ts": "王芳"}))]
    pub people: Called,
    /// Its revision; the ETag.
    #[schema(example = 1)]
    pub revision: i64,
}

impl Peopled for CommitmentBody {
    fn people(&self) -> Vec<&UserId> {
        let others = self.acting_for.iter();
        [&self.author].into_iter().chain(others).collect()
    }

    fn name(&mut self, known: &Known) {
        self.people = among(known, &Peopled::people(self));
    }
}

/// What an owner answers.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommitmentWantedKind {
    /// Takes the target, or more.
    Commit,
    /// Takes another amount, with a reason.
    Counter,
}

/// An answer to be given.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitmentWanted {
    /// For which member.
    #[schema(example = "east")]
    pub node: String,
    /// Whether the target is taken.
    pub kind: CommitmentWantedKind,
    /// The amount, in any writing that a plan file takes; the target where not said.
    #[schema(example = "1000万")]
    pub amount: Option<String>,
    /// Why, up to 2,000 characters; needed for a counter-offer.
    #[serde(default)]
    #[schema(example = "两家门店上半年改造", max_length = 2000)]
    pub reason: String,
}

pub(crate) fn commitment_body(commitment: Commitment, step: Step) -> CommitmentBody {
    CommitmentBody {
        id: commitment.id,
        release: commitment.release,
        node: commitment.node,
        number: commitment.number,
        kind: commitment.kind.code().to_owned(),
        amount: step.format(commitment.amount),
        target: step.format(commitment.target),
        reason: commitment.reason,
        author: commitment.author,
        acting_for: commitment.acting_for,
        at: commitment.at.to_string(),
        withdrawn_at: commitment.withdrawn_at.map(|at| at.to_string()),
        people: Called::new(),
        revision: commitment.revision,
    }
}

/// Lists all answers to a release that the asker sees, the earlier and withdrawn ones too.
#[utoipa::path(get, path = "/releases/{release}/commitments", tag = "releases",
    params(("release" = String, Path)), responses(
    (status = 200, body = List<CommitmentBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_commitments(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<ReleaseId>,
) -> Result<axum::Json<List<CommitmentBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let found = commitment::list(&state.app, &actor, &id).await;
    let (found, release, opened) = found.map_err(refused)?;
    let step = reconciliation::step_of(&opened, &release.measure).map_err(refused)?;
    let items = found.into_iter().map(|one| commitment_body(one, step));
    let items = page_called(&state.app, &actor, items.collect()).await;
    let items = items.map_err(refused)?;
    Ok(axum::Json(List { items, next: None }))
}

/// Commits to a released target, or counter-offers with a reason.
#[utoipa::path(post, path = "/releases/{release}/commitments", tag = "releases",
    request_body = CommitmentWanted,
    params(("release" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = CommitmentBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_commitment(
    Shared(state): Shared<State>,
    Named(id): Named<ReleaseId>,
    write: Write<CommitmentWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    if let Some(answer) = state.app.answered(&write.asked).await.map_err(refused)? {
        return Ok(Reply(answer));
    }
    let new = NewCommitment {
        node: write.body.node,
        kind: match write.body.kind {
            CommitmentWantedKind::Commit => CommitmentKind::Commit,
            CommitmentWantedKind::Counter => CommitmentKind::Counter,
        },
        amount: write.body.amount,
        reason: write.body.reason,
    };
    let prepared = commitment::prepare(&state.app, &write.asked.actor, &id, new).await;
    let prepared = prepared.map_err(refused)?;
    let plan = prepared.plan().clone();
    let answer = state
        .app
        .write_and_tell(&write.asked, Some(&plan), "commitments", move |unit| {
            let prepared = prepared.clone();
            Box::pin(async move {
                let step = prepared.step;
                let made = commitment::create(unit, prepared).await?;
                let place = format!("/api/v1/releases/{}/commitments", made.release);
                let revision = made.revision;
                let body = called(unit, commitment_body(made, step)).await?;
                Ok(Answer::created(place, &body)?.tagged(revision))
            })
        });
    answer.await.map(Reply).map_err(refused)
}

/// Takes one's own answer back; the one before it does not count again.
#[utoipa::path(delete, path = "/commitments/{commitment}", tag = "releases",
    params(("commitment" = String, Path),
        ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn withdraw_commitment(
    Shared(state): Shared<State>,
    Named(id): Named<CommitmentId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let plan = commitment::plan(&state.app, &write.asked.actor, &id).await;
    let plan = plan.map_err(refused)?;
    let answer =
        state
            .app
            .write_and_tell(&write.asked, plan.as_ref(), "commitments", move |unit| {
                let id = id.clone();
                Box::pin(async move {
                    commitment::withdraw(unit, &id, seen).await?;
                    Ok(Answer::nothing())
                })
            });
    answer.await.map(Reply).map_err(refused)
}

/// What happens to the figures that people answered.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefitMode {
    /// They stay; only the rest is shared.
    Keep,
    /// Everything moves to be nearest to them under the total.
    Near,
}

/// A refit asked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefitWanted {
    /// Whether the answers are kept or come near to.
    pub mode: RefitMode,
    /// Of which measure; the first that is decomposed where not said.
    #[schema(example = "sales")]
    pub measure: Option<String>,
    /// For which period; the whole plan where not said.
    #[schema(example = "quarter=2026-Q1")]
    pub period: Option<String>,
    /// Whose answers count; everybody's who answered where nobody is named.
    #[serde(default)]
    #[schema(example = json!(["east"]))]
    pub nodes: Vec<String>,
    /// Why, up to 500 characters.
    #[schema(example = "按各区承诺调整", max_length = 500)]
    pub why: Option<String>,
}

/// What a refit does, or did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefitBody {
    /// The version of the plan: the one it was computed on, or the one it made.
    #[schema(example = 18)]
    pub version: u64,
    /// Of which measure.
    #[schema(example = "sales")]
    pub measure: String,
    /// The plan's total, which stays.
    #[schema(example = "60000000.00")]
    pub total: String,
    /// Everybody who was asked.
    pub rows: Vec<RefitRowBody>,
}

/// A member before and after.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefitRowBody {
    /// The member.
    #[schema(example = "east")]
    pub node: String,
    /// What it is called.
    #[schema(example = "华东")]
    pub name: String,
    /// What it answered, where that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "10000000.00")]
    pub answer: Option<String>,
    /// Its target before.
    #[schema(example = "12000000.00")]
    pub before: String,
    /// Its target after.
    #[schema(example = "10000000.00")]
    pub after: String,
    /// How much the others take more for this answer; negative where less.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2000000.00")]
    pub others_take: Option<String>,
}

fn refit_body(preview: &refit::Preview, version: u64) -> RefitBody {
    let row = |row: &refit::Moved| RefitRowBody {
        node: row.node.clone(),
        name: row.name.clone(),
        answer: row.answer.clone(),
        before: row.before.clone(),
        after: row.after.clone(),
        others_take: row.others_take.clone(),
    };
    RefitBody {
        version,
        measure: preview.measure.clone(),
        total: preview.total.clone(),
        rows: preview.rows.iter().map(row).collect(),
    }
}

impl RefitWanted {
    fn read(self, seen: i64) -> refit::Wanted {
        refit::Wanted {
            measure: self.measure,
            period: self.period.unwrap_or_default(),
            mode: match self.mode {
                RefitMode::Keep => refit::Mode::Keep,
                RefitMode::Near => refit::Mode::Near,
            },
            nodes: self.nodes,
            seen: seen.unsigned_abs(),
        }
    }
}

/// Computes a refit without doing it: what each answer costs the others (rule D8).
#[utoipa::path(post, path = "/plans/{plan}/refit-previews", tag = "releases",
    request_body = RefitWanted,
    params(("plan" = String, Path),
        ("If-Match" = String, Header, description = "the version of the plan that was seen")),
    responses(
    (status = 200, body = RefitBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn preview_refit(
    Shared(state): Shared<State>,
    Named(plan): Named<PlanId>,
    write: Write<RefitWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let wanted = write.body.read(seen);
    let preview = refit::preview(&state.app, &write.asked.actor, &plan, wanted).await;
    let preview = preview.map_err(refused)?;
    let body = refit_body(&preview, preview.version);
    let answer = Answer::ok(&body).map_err(refused)?;
    Ok(Reply(answer.tagged(preview.version)))
}

/// Brings the plan to what people answered (rule D8).
#[utoipa::path(post, path = "/plans/{plan}/refits", tag = "releases", request_body = RefitWanted,
    params(("plan" = String, Path),
        ("If-Match" = String, Header, description = "the version of the plan that was seen"),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 200, body = RefitBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn refit_plan(
    Shared(state): Shared<State>,
    Named(plan): Named<PlanId>,
    write: Write<RefitWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    if let Some(answer) = state.app.answered(&write.asked).await.map_err(refused)? {
        return Ok(Reply(answer));
    }
    let seen = write.seen().map_err(refused)?;
    let why = check_why(write.body.why.clone()).map_err(refused)?;
    let wanted = write.body.read(seen);
    let preview = refit::preview(&state.app, &write.asked.actor, &plan, wanted).await;
    let preview = preview.map_err(refused)?;
    let edit = preview.edit(why);
    let along: AlongWith = Box::new(move |_: &mut Unit, applied: &Applied, _: &Loaded| {
        let answer = Answer::ok(&refit_body(&preview, applied.last));
        let last = applied.last;
        Box::pin(async move { Ok::<Answer, AppError>(answer?.tagged(last)) })
    });
    let done = state
        .app
        .edit(&write.asked, &plan, Verb::EditPlan, edit, along);
    done.await.map(Reply).map_err(refused)
}
