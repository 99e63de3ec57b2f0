//! Scenarios over HTTP: branched off a plan, and brought back.

use axum::extract::State as Shared;
use fenjie_app::operations::check_why;
use fenjie_app::scenarios::{self, Merge};
use fenjie_app::working::AlongWith;
use fenjie_app::{Verb, plans};
use fenjie_store::PlanId;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::operations::{AppliedBody, applied};
use super::plans::{PlanBody, made};
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::state::State;
use crate::wire::Named;
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(branch_scenario))
        .routes(routes!(merge_scenario))
}

/// A scenario to be branched off.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioWanted {
    /// What people call it, 1 to 100 characters; the plan's name where missing.
    #[schema(example = "悲观情景", min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// The version that it begins at; the last one where missing.
    #[schema(example = 17)]
    pub version: Option<u64>,
}

/// A scenario to be brought back into its plan.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeWanted {
    /// The scenario.
    #[schema(value_type = String, example = "pln_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub scenario: PlanId,
    /// Why, up to 500 characters.
    #[schema(example = "采用悲观情景", max_length = 500)]
    pub why: Option<String>,
}

/// Branches a scenario off a plan: the same operations up to a version.
#[utoipa::path(post, path = "/plans/{plan}/scenarios", tag = "plans", request_body = ScenarioWanted,
    params(("plan" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = PlanBody, headers(("ETag" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn branch_scenario(
    Shared(state): Shared<State>,
    Named(id): Named<PlanId>,
    write: Write<ScenarioWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    plans::seen(&state.app, &write.asked.actor, &id, Verb::ManagePlan)
        .await
        .map_err(refused)?;
    let (name, version) = (write.body.name, write.body.version);
    let answer = state.app.write(&write.asked, move |unit| {
        let (id, name) = (id.clone(), name.clone());
        Box::pin(async move { made(scenarios::branch(unit, &id, name, version).await?) })
    });
    answer.await.map(Reply).map_err(refused)
}

/// Brings a scenario back: what is in effect of its operations is applied to the plan, all of it or
/// nothing.
#[utoipa::path(post, path = "/plans/{plan}/merges", tag = "plans", request_body = MergeWanted,
    params(("plan" = String, Path),
        ("If-Match" = String, Header, description = "the version of the plan that was seen"),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 200, body = AppliedBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn merge_scenario(
    Shared(state): Shared<State>,
    Named(id): Named<PlanId>,
    write: Write<MergeWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let merge = Merge {
        seen: write.seen().map_err(refused)?.unsigned_abs(),
        scenario: write.body.scenario,
        why: check_why(write.body.why).map_err(refused)?,
    };
    let along: AlongWith = Box::new(|_, done, loaded| {
        let answer = applied(loaded, done);
        Box::pin(std::future::ready(answer))
    });
    let merged = scenarios::merge(&state.app, &write.asked, &id, merge, along);
    merged.await.map(Reply).map_err(refused)
}
