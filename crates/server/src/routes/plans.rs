//! Plans over HTTP: made from a plan file, listed, named, put away.

use axum::extract::State as Shared;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fenjie_app::plans::{self, NewPlan, Renamed};
use fenjie_app::{Answer, AppError, Verb};
use fenjie_store::PlanId;
use fenjie_store::plans::{PlanRecord, PlanStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, List, Named, PageQuery};
use crate::write::{LARGEST_PLAN, Write};

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_plans, create_plan))
        .routes(routes!(get_plan, update_plan))
}

/// A plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanBody {
    /// Its identifier.
    #[schema(value_type = String, example = "pln_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: PlanId,
    /// What people call it.
    #[schema(example = "2026 年度目标")]
    pub name: String,
    /// The dimension whose members are the organisation tree.
    #[schema(example = "org")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_axis: Option<String>,
    /// Where it branched off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branched_from: Option<BranchBody>,
    /// `draft`, `submitted`, `approved`, `published`, `locked`.
    #[schema(value_type = String, example = "draft")]
    pub status: PlanStatus,
    /// How far its log goes: what `If-Match` names where operations are sent.
    #[schema(example = 17)]
    pub version: u64,
    /// The hash of its log up to there.
    pub hash: String,
    /// The revision of this record; the ETag.
    #[schema(example = 1)]
    pub revision: i64,
    /// Since when.
    #[schema(example = "2026-11-22T08:00:00Z")]
    pub created_at: String,
    /// When it was put away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<String>,
}

/// Where a scenario begins.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BranchBody {
    /// The plan.
    #[schema(value_type = String)]
    pub plan: PlanId,
    /// The last operation that both have.
    pub version: u64,
}

/// A plan to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanWanted {
    /// What people call it, 1 to 100 characters; the plan file's own name where missing.
    #[schema(example = "2026 年度目标", min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// The dimension that is the organisation tree; the first one where missing.
    #[schema(example = "org")]
    pub scope_axis: Option<String>,
    /// The plan file's text, TOML.
    #[schema(
        example = "plan = \"2026\"\nperiod = \"2026\"\nmeasure = { name = \"销售额\", unit = \"元\" }\ntotal = \"1000万\"\n"
    )]
    pub text: String,
    /// The files that it names.
    #[serde(default)]
    pub files: Vec<FileWanted>,
}

/// A file that a plan file names.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileWanted {
    /// Its name, as the plan file writes it.
    #[schema(example = "team.csv")]
    pub name: String,
    /// Its bytes in base 64.
    #[schema(example = "Y29kZSxuYW1lCkEsQQo=")]
    pub content_base64: String,
}

/// What a plan's record is to be; what is not named stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanRenamed {
    /// What people call it, 1 to 100 characters.
    #[schema(example = "2026 年度目标（第二稿）", min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// Whether it is put away.
    pub archived: Option<bool>,
}

pub(crate) fn body(plan: PlanRecord) -> PlanBody {
    PlanBody {
        id: plan.id,
        name: plan.name,
        scope_axis: plan.scope_axis,
        branched_from: plan.branched_from.map(|branch| BranchBody {
            plan: branch.plan,
            version: branch.sequence,
        }),
        status: plan.status,
        version: plan.last_sequence,
        hash: plan.last_hash,
        revision: plan.revision,
        created_at: plan.created_at.to_string(),
        archived_at: plan.archived_at.map(|at| at.to_string()),
    }
}

impl PlanWanted {
    fn read(self) -> Result<NewPlan, AppError> {
        let bytes = |(number, file): (usize, FileWanted)| {
            let decoded = STANDARD.decode(file.content_base64.as_bytes());
            let bytes = decoded.map_err(|error| {
                AppError::invalid(
                    format!("files[{number}].content_base64"),
                    "base64_invalid",
                    format!("不是 base64：{error}"),
                    format!("it is not base 64: {error}"),
                )
            })?;
            Ok((file.name, bytes))
        };
        let files = self.files.into_iter().enumerate().map(bytes);
        Ok(NewPlan {
            name: self.name,
            scope_axis: self.scope_axis,
            text: self.text,
            files: files.collect::<Result<_, AppError>>()?,
        })
    }
}

/// Lists the plans of which the asker sees anything.
#[utoipa::path(get, path = "/plans", tag = "plans", params(PageQuery), responses(
    (status = 200, body = List<PlanBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_plans(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Asking(query): Asking<PageQuery>,
) -> Result<axum::Json<List<PlanBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let page = query.page().map_err(refused)?;
    let listed = plans::list(&state.app, &actor, &page).await;
    Ok(axum::Json(List::of(listed.map_err(refused)?, body)))
}

/// Makes a plan from a plan file and the files that it names, up to 32 MiB in all; larger ones go to
/// `/plan-files`.
#[utoipa::path(post, path = "/plans", tag = "plans", request_body = PlanWanted,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = PlanBody, headers(("ETag" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_plan(
    Shared(state): Shared<State>,
    write: Write<PlanWanted, LARGEST_PLAN>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let new = write.body.read().map_err(refused)?;
    let prepared = plans::prepare(&write.asked.actor, &state.app, new).await;
    let prepared = prepared.map_err(refused)?;
    let answer = state.app.write(&write.asked, move |unit| {
        let prepared = prepared.clone();
        Box::pin(async move { made(plans::add(unit, prepared).await?) })
    });
    answer.await.map(Reply).map_err(refused)
}

/// A plan that was just made.
pub(crate) fn made(plan: PlanRecord) -> Result<Answer, AppError> {
    let (place, revision) = (format!("/api/v1/plans/{}", plan.id), plan.revision);
    Ok(Answer::created(place, &body(plan))?.tagged(revision))
}

/// Gives a plan.
#[utoipa::path(get, path = "/plans/{plan}", tag = "plans", params(("plan" = String, Path)), responses(
    (status = 200, body = PlanBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_plan(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<PlanId>,
) -> Result<Reply, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let plan = plans::seen(&state.app, &actor, &id, Verb::ReadPlan).await;
    let plan = plan.map_err(refused)?;
    let revision = plan.revision;
    let answer = Answer::ok(&body(plan)).map_err(refused)?;
    Ok(Reply(answer.tagged(revision)))
}

/// Names a plan anew, puts it away or takes it out again.
#[utoipa::path(patch, path = "/plans/{plan}", tag = "plans", request_body = PlanRenamed,
    params(("plan" = String, Path), ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, body = PlanBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn update_plan(
    Shared(state): Shared<State>,
    Named(id): Named<PlanId>,
    write: Write<PlanRenamed>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let actor = &write.asked.actor;
    plans::seen(&state.app, actor, &id, Verb::ManagePlan)
        .await
        .map_err(refused)?;
    let seen = write.seen().map_err(refused)?;
    let wanted = Renamed {
        name: write.body.name,
        archived: write.body.archived,
    };
    let answer = state.app.write(&write.asked, move |unit| {
        let (id, wanted) = (id.clone(), wanted.clone());
        Box::pin(async move {
            let plan = plans::update(unit, &id, seen, wanted).await?;
            let revision = plan.revision;
            Ok(Answer::ok(&body(plan))?.tagged(revision))
        })
    });
    answer.await.map(Reply).map_err(refused)
}
