//! Published versions and the status of plans over HTTP.

use axum::extract::State as Shared;
use fenjie_app::rhythm::status::Move;
use fenjie_app::rhythm::{publish, submission, version};
use fenjie_app::{Answer, Verb};
use fenjie_store::rhythm_version::{StatusChange, Version};
use fenjie_store::{ApprovalId, PlanId, UserId, VersionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::plans::{PlanBody, body as plan_body};
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
        .routes(routes!(list_versions, publish_version))
        .routes(routes!(get_version))
        .routes(routes!(verify_version))
        .routes(routes!(list_status_changes, change_status))
}

/// A published version. It never changes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VersionBody {
    /// Its identifier.
    #[schema(value_type = String, example = "ver_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: VersionId,
    /// Its number within the plan.
    #[schema(example = 2)]
    pub number: i64,
    /// `in_force`, `superseded` or `recalled`.
    #[schema(example = "in_force")]
    pub state: String,
    /// The last operation in it.
    #[schema(example = 17)]
    pub version: u64,
    /// The hash of the log up to there.
    pub log_hash: String,
    /// The hash of what it computes to.
    pub content_hash: String,
    /// Why it was made.
    #[schema(example = "下半年调整")]
    pub reason: String,
    /// Which request was approved for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub approval: Option<ApprovalId>,
    /// Who published.
    #[schema(value_type = String, example = "usr_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub published_by: UserId,
    /// What the people above are called, by identifier.
    #[schema(value_type = std::collections::HashMap<String, String>,
        example = json!({"usr_0d9m3m7e5w8qf2v6h1c4k0r9ts": "王芳"}))]
    pub people: Called,
    /// When.
    pub published_at: String,
    /// When a later one took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_at: Option<String>,
    /// When it was recalled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recalled_at: Option<String>,
}

impl Peopled for VersionBody {
    fn people(&self) -> Vec<&UserId> {
        vec![&self.published_by]
    }

    fn name(&mut self, known: &Known) {
        self.people = among(known, &Peopled::people(self));
    }
}

fn version_body(found: &Version) -> VersionBody {
    VersionBody {
        id: found.id.clone(),
        number: found.number,
        state: version::state(found).to_owned(),
        version: found.sequence,
        log_hash: found.log_hash.clone(),
        content_hash: found.content_hash.clone(),
        reason: found.reason.clone(),
        approval: found.approval.clone(),
        published_by: found.published_by.clone(),
        people: Called::new(),
        published_at: found.published_at.to_string(),
        superseded_at: found.superseded_at.map(|at| at.to_string()),
        recalled_at: found.recalled_at.map(|at| at.to_string()),
    }
}

/// Lists the published versions of a plan, by number.
#[utoipa::path(get, path = "/plans/{plan}/versions", tag = "versions",
    params(("plan" = String, Path)), responses(
    (status = 200, body = List<VersionBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_versions(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
) -> Result<axum::Json<List<VersionBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let found = version::list(&state.app, &actor, &plan).await;
    let (versions, _, _) = found.map_err(refused)?;
    let items = versions.iter().map(version_body).collect();
    let items = page_called(&state.app, &actor, items).await;
    let items = items.map_err(refused)?;
    Ok(axum::Json(List { items, next: None }))
}

/// Gives a published version.
#[utoipa::path(get, path = "/plans/{plan}/versions/{number}", tag = "versions",
    params(("plan" = String, Path), ("number" = i64, Path)), responses(
    (status = 200, body = VersionBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_version(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named((plan, number)): Named<(PlanId, i64)>,
) -> Result<axum::Json<VersionBody>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let found = version::list(&state.app, &actor, &plan).await;
    let (versions, _, _) = found.map_err(refused)?;
    let mut versions = versions.iter();
    let found = versions.find(|version| version.number == number);
    let missing = || fenjie_app::AppError::not_found(format!("{plan} v{number}"));
    let found = found.ok_or_else(missing).map_err(refused)?;
    let bodies = page_called(&state.app, &actor, vec![version_body(found)]).await;
    let mut bodies = bodies.map_err(refused)?;
    Ok(axum::Json(bodies.remove(0)))
}

/// The proof of a version.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProofBody {
    /// Its number.
    #[schema(example = 2)]
    pub number: i64,
    /// Whether it is what was published.
    pub holds: bool,
    /// The hash of its log as published.
    pub log_hash: String,
    /// The hash of its log as it is.
    pub log_found: String,
    /// The hash of its content as published.
    pub content_hash: String,
    /// The hash of its content as computed anew.
    pub content_found: String,
}

/// Computes a published version anew from its log and compares it with what was published.
#[utoipa::path(get, path = "/plans/{plan}/versions/{number}/verification", tag = "versions",
    params(("plan" = String, Path), ("number" = i64, Path)), responses(
    (status = 200, body = ProofBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn verify_version(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named((plan, number)): Named<(PlanId, i64)>,
) -> Result<axum::Json<ProofBody>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let found = version::prove(&state.app, &actor, &plan, Some(number)).await;
    let missing = || fenjie_app::AppError::not_found(format!("{plan} v{number}"));
    let proof = found.map_err(refused)?.into_iter().next();
    let proof = proof.ok_or_else(missing).map_err(refused)?;
    Ok(axum::Json(ProofBody {
        number: proof.number,
        holds: proof.holds(),
        log_hash: proof.log_hash,
        log_found: proof.log_found,
        content_hash: proof.content_hash,
        content_found: proof.content_found,
    }))
}

/// A version to be published.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VersionWanted {
    /// Why, 1 to 2,000 characters.
    #[schema(example = "2026 年度目标定稿", min_length = 1, max_length = 2000)]
    pub reason: String,
}

/// Publishes what was approved; the version before it is superseded.
#[utoipa::path(post, path = "/plans/{plan}/versions", tag = "versions",
    request_body = VersionWanted,
    params(("plan" = String, Path),
        ("If-Match" = String, Header, description = "the version of the plan that was seen"),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = VersionBody, headers(("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn publish_version(
    Shared(state): Shared<State>,
    Named(plan): Named<PlanId>,
    write: Write<VersionWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    if let Some(answer) = state.app.answered(&write.asked).await.map_err(refused)? {
        return Ok(Reply(answer));
    }
    let seen = write.seen().map_err(refused)?.unsigned_abs();
    let (actor, reason) = (&write.asked.actor, &write.body.reason);
    let prepared = publish::prepare(&state.app, actor, &plan, seen, reason).await;
    let prepared = prepared.map_err(refused)?;
    let answer = state
        .app
        .write_and_tell(&write.asked, Some(&plan), "versions", move |unit| {
            let prepared = prepared.clone();
            Box::pin(async move {
                let made = publish::publish(unit, prepared).await?;
                let place = format!("/api/v1/plans/{}/versions/{}", made.plan, made.number);
                let body = called(unit, version_body(&made)).await?;
                Answer::created(place, &body)
            })
        });
    answer.await.map(Reply).map_err(refused)
}

/// A change of a plan's status.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatusChangeBody {
    /// Its number within the plan.
    #[schema(example = 3)]
    pub number: i64,
    /// What was done, such as `publish`.
    #[schema(example = "lock")]
    pub made: String,
    /// The status before.
    #[schema(example = "published")]
    pub from: String,
    /// The status after.
    #[schema(example = "locked")]
    pub to: String,
    /// Why.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The version of the plan at that moment.
    #[schema(example = 17)]
    pub version: u64,
    /// Who.
    #[schema(value_type = String, example = "usr_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub by: UserId,
    /// What the people above are called, by identifier.
    #[schema(value_type = std::collections::HashMap<String, String>,
        example = json!({"usr_0d9m3m7e5w8qf2v6h1c4k0r9ts": "王芳"}))]
    pub people: Called,
    /// When.
    pub at: String,
}

impl Peopled for StatusChangeBody {
    fn people(&self) -> Vec<&UserId> {
        vec![&self.by]
    }

    fn name(&mut self, known: &Known) {
        self.people = among(known, &Peopled::people(self));
    }
}

fn change_body(change: StatusChange) -> StatusChangeBody {
    StatusChangeBody {
        number: change.number,
        made: change.made,
        from: change.from.code().to_owned(),
        to: change.to.code().to_owned(),
        reason: change.reason,
        version: change.sequence,
        by: change.by,
        people: Called::new(),
        at: change.at.to_string(),
    }
}

/// Lists the changes of a plan's status, in order.
#[utoipa::path(get, path = "/plans/{plan}/status-changes", tag = "versions",
    params(("plan" = String, Path)), responses(
    (status = 200, body = List<StatusChangeBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_status_changes(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
) -> Result<axum::Json<List<StatusChangeBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let found = version::list(&state.app, &actor, &plan).await;
    let (_, changes, _) = found.map_err(refused)?;
    let items = changes.into_iter().map(change_body).collect();
    let items = page_called(&state.app, &actor, items).await;
    let items = items.map_err(refused)?;
    Ok(axum::Json(List { items, next: None }))
}

/// What is to be done with a plan's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusStep {
    /// Nobody edits until it is unlocked.
    Lock,
    /// What is published can be adjusted again.
    Unlock,
    /// Targets are worked on again; the version in force stays until the next one.
    Reopen,
    /// The version in force is taken out of force, once that is approved.
    Recall,
}

/// A change of status asked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusChangeWanted {
    /// What is to be done.
    pub step: StatusStep,
    /// Why, 1 to 2,000 characters.
    #[schema(example = "季度结束，目标不再变动", min_length = 1, max_length = 2000)]
    pub reason: String,
}

/// What came of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatusChangedBody {
    /// The plan as it is then.
    pub plan: PlanBody,
    /// The request that waits for approval first; missing where it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub waits_for: Option<ApprovalId>,
}

/// Locks, unlocks, reopens or recalls a plan, each with a reason (rule J6).
#[utoipa::path(post, path = "/plans/{plan}/status-changes", tag = "versions",
    request_body = StatusChangeWanted,
    params(("plan" = String, Path),
        ("If-Match" = String, Header, description = "the ETag of the plan that was seen"),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 200, body = StatusChangedBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn change_status(
    Shared(state): Shared<State>,
    Named(plan): Named<PlanId>,
    write: Write<StatusChangeWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    if let Some(answer) = state.app.answered(&write.asked).await.map_err(refused)? {
        return Ok(Reply(answer));
    }
    let actor = &write.asked.actor;
    let may = publish::may_change(&state.app, actor, &plan).await;
    may.map_err(refused)?;
    let seen = write.seen().map_err(refused)?;
    let (step, reason) = (write.body.step, write.body.reason);
    let prepared = match step {
        StatusStep::Recall => {
            let prepared =
                submission::prepare(&state.app, actor, &plan, Verb::Publish, None, &reason).await;
            Some(prepared.map_err(refused)?)
        }
        _ => None,
    };
    let id = plan.clone();
    let answer = state
        .app
        .write_and_tell(&write.asked, Some(&plan), "versions", move |unit| {
            let (id, reason, prepared) = (id.clone(), reason.clone(), prepared.clone());
            Box::pin(async move {
                let step = match step {
                    StatusStep::Lock => Move::Lock,
                    StatusStep::Unlock => Move::Unlock,
                    StatusStep::Reopen | StatusStep::Recall => Move::Reopen,
                };
                let changed = match prepared {
                    Some(prepared) => publish::recall(unit, prepared, seen, &reason).await?,
                    None => publish::change(unit, &id, seen, step, &reason).await?,
                };
                let revision = changed.plan.revision;
                let body = StatusChangedBody {
                    plan: plan_body(changed.plan),
                    waits_for: changed.waits.map(|approval| approval.id),
                };
                Ok(Answer::ok(&body)?.tagged(revision))
            })
        });
    answer.await.map(Reply).map_err(refused)
}
