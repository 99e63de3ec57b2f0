//! What was decided while a plan runs, over HTTP: closed periods, action plans, revisions.

use axum::extract::State as Shared;
use fenjie_app::Answer;
use fenjie_app::reading::tracking;
use fenjie_store::PlanId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::mirror::mirror;
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, List, Named, PageQuery};

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_closings))
        .routes(routes!(list_action_plans))
        .routes(routes!(list_revisions))
}

mirror! {
    /// What a part sold in a closed period.
    ClosingPartBody of tracking::ClosingPart {
        /// The members; empty for the whole plan.
        #[schema(example = "store=east")]
        at: String,
        /// What it was asked for.
        #[serde(skip_serializing_if = "Option::is_none")]
        target: Option<String>,
        /// What it sold.
        actual: String,
    }
}

mirror! {
    /// A closed period.
    ClosingBody of tracking::ClosingSeen {
        /// The number of the operation that closed it.
        operation: usize,
        /// The measure's code.
        #[schema(example = "sales")]
        measure: String,
        /// The period's code.
        #[schema(example = "2026-03")]
        period: String,
        /// Everything that was sold, for who sees all of it.
        #[serde(skip_serializing_if = "Option::is_none")]
        total: Option<String>,
        /// Sold by nobody who is known, for who sees all of it.
        #[serde(skip_serializing_if = "Option::is_none")]
        unassigned: Option<String>,
        /// How often it was closed before.
        closed_before: usize,
        /// What the asker's parts sold.
        parts: Vec<ClosingPartBody>,
    }
}

/// Lists the closed periods with what the asker's parts sold in them.
#[utoipa::path(get, path = "/plans/{plan}/closings", tag = "tracking",
    params(("plan" = String, Path), PageQuery), responses(
    (status = 200, body = List<ClosingBody>, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_closings(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
    Asking(query): Asking<PageQuery>,
) -> Result<Reply, Problem> {
    let found = async {
        let page = query.page()?;
        let (version, found) = tracking::closings(&state.app, &actor, &plan, &page).await?;
        let list = List::of(found, ClosingBody::from);
        Ok(Reply(Answer::ok(&list)?.tagged(version)))
    };
    found.await.map_err(|error| Problem::new(error, actor.lang))
}

/// Why a target was missed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CauseBody {
    /// `market`, `target`, `strategy`, `execution` or `customers`.
    #[schema(example = "market")]
    pub cause: &'static str,
    /// In words.
    pub text: String,
}

impl From<(&'static str, String)> for CauseBody {
    fn from((cause, text): (&'static str, String)) -> CauseBody {
        CauseBody { cause, text }
    }
}

/// Whether an action plan worked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkedBody {
    /// The effect's code.
    pub effect: &'static str,
    /// What was seen.
    pub note: String,
}

impl From<(&'static str, String)> for WorkedBody {
    fn from((effect, note): (&'static str, String)) -> WorkedBody {
        WorkedBody { effect, note }
    }
}

mirror! {
    /// An action plan.
    ActionPlanBody of tracking::ActionSeen {
        /// The number of the operation that filed it.
        operation: usize,
        /// The measure's code.
        measure: String,
        /// Whose.
        #[schema(example = "store=S2")]
        at: String,
        /// Why the target was missed.
        causes: Vec<CauseBody>,
        /// What will be done.
        measures: Vec<String>,
        /// Who answers for it.
        owner: String,
        /// By when.
        #[schema(example = "2026-03-31")]
        due: String,
        /// Whether it worked, once it was looked at.
        #[serde(skip_serializing_if = "Option::is_none")]
        effect: Option<WorkedBody>,
    }
}

/// Lists the action plans that the asker sees.
#[utoipa::path(get, path = "/plans/{plan}/action-plans", tag = "tracking",
    params(("plan" = String, Path), PageQuery), responses(
    (status = 200, body = List<ActionPlanBody>, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_action_plans(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
    Asking(query): Asking<PageQuery>,
) -> Result<Reply, Problem> {
    let found = async {
        let page = query.page()?;
        let (version, found) = tracking::action_plans(&state.app, &actor, &plan, &page).await?;
        let list = List::of(found, ActionPlanBody::from);
        Ok(Reply(Answer::ok(&list)?.tagged(version)))
    };
    found.await.map_err(|error| Problem::new(error, actor.lang))
}

mirror! {
    /// A proposed revision and its answer.
    RevisionBody of tracking::RevisionSeen {
        /// The number of the operation that proposed it.
        operation: usize,
        /// The measure's code.
        measure: String,
        /// The place.
        #[schema(example = "store=S2, month=2026-04")]
        at: String,
        /// Why.
        reason: String,
        /// The value before.
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<String>,
        /// The value after, once approved.
        #[serde(skip_serializing_if = "Option::is_none")]
        after: Option<String>,
        /// `proposed`, `approved` or `rejected`.
        #[schema(example = "proposed")]
        state: &'static str,
        /// The number of the operation that answered.
        #[serde(skip_serializing_if = "Option::is_none")]
        answered_by: Option<usize>,
        /// How often the place was revised.
        times_revised: usize,
    }
}

/// Lists the revisions that the asker sees, with their answers.
#[utoipa::path(get, path = "/plans/{plan}/revisions", tag = "tracking",
    params(("plan" = String, Path), PageQuery), responses(
    (status = 200, body = List<RevisionBody>, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_revisions(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
    Asking(query): Asking<PageQuery>,
) -> Result<Reply, Problem> {
    let found = async {
        let page = query.page()?;
        let (version, found) = tracking::revisions(&state.app, &actor, &plan, &page).await?;
        let list = List::of(found, RevisionBody::from);
        Ok(Reply(Answer::ok(&list)?.tagged(version)))
    };
    found.await.map_err(|error| Problem::new(error, actor.lang))
}
