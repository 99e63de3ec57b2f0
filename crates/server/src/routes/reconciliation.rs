//! What comes from above beside what comes from below, over HTTP.

use axum::extract::State as Shared;
use fenjie_app::rhythm::reconciliation;
use fenjie_store::{PlanId, ReleaseId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::commitments::{CommitmentBody, commitment_body};
use crate::called::{Known, Peopled, page_called};
use crate::problem::{Problem, ProblemBody};
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, Named};

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(get_reconciliation))
}

/// What is to be compared.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReconciliationQuery {
    /// Of which measure; the first that is decomposed where not said.
    pub measure: Option<String>,
    /// For which period; the whole plan where not said.
    pub period: Option<String>,
}

/// Top-down and bottom-up side by side.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReconciliationBody {
    /// Of which measure.
    #[schema(example = "sales")]
    pub measure: String,
    /// The version of the plan.
    #[schema(example = 17)]
    pub version: u64,
    /// The members that were asked and those above them, in the order of the tree.
    pub rows: Vec<ReconciledBody>,
}

/// A member, top-down and bottom-up.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReconciledBody {
    /// The member.
    #[schema(example = "east")]
    pub node: String,
    /// What it is called.
    #[schema(example = "华东")]
    pub name: String,
    /// How deep in the tree.
    #[schema(example = 1)]
    pub depth: usize,
    /// What the plan says now.
    #[schema(example = "12000000.00")]
    pub target: String,
    /// What was released last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "12000000.00")]
    pub released: Option<String>,
    /// In which release.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub release: Option<ReleaseId>,
    /// `not_released`, `waiting`, `late`, `committed` or `countered`.
    #[schema(example = "countered")]
    pub state: String,
    /// The answer that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<CommitmentBody>,
    /// What those below come to: each by the answer, or the target where there is none.
    #[schema(example = "10000000.00")]
    pub bottom_up: String,
    /// Bottom-up less the target.
    #[schema(example = "-2000000.00")]
    pub gap: String,
    /// How many here and below have not answered.
    #[schema(example = 2)]
    pub waiting: usize,
    /// How many of those are late.
    #[schema(example = 1)]
    pub late: usize,
    /// Until when an answer was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<String>,
}

impl Peopled for ReconciledBody {
    fn people(&self) -> Vec<&UserId> {
        self.answer.iter().flat_map(Peopled::people).collect()
    }

    fn name(&mut self, known: &Known) {
        if let Some(answer) = &mut self.answer {
            answer.name(known);
        }
    }
}

/// Compares what comes from above with what comes from below, within reach (rule D8).
#[utoipa::path(get, path = "/plans/{plan}/reconciliation", tag = "releases",
    params(("plan" = String, Path), ReconciliationQuery), responses(
    (status = 200, body = ReconciliationBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_reconciliation(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
    Asking(query): Asking<ReconciliationQuery>,
) -> Result<axum::Json<ReconciliationBody>, Problem> {
    let compared = reconciliation::Compared {
        measure: query.measure,
        period: query.period.unwrap_or_default(),
    };
    let found = reconciliation::compare(&state.app, &actor, &plan, &compared).await;
    let found = found.map_err(|error| Problem::new(error, actor.lang))?;
    let loaded = &found.opened.loaded;
    let tree = &loaded.plan().model().axes()[found.axis].tree;
    let step = loaded.plan().step(found.measure);
    let row = |row: reconciliation::Row| ReconciledBody {
        node: tree.code(row.node).to_owned(),
        name: tree.name(row.node).to_owned(),
        depth: tree.depth(row.node),
        target: step.format(row.target),
        released: row.released.map(|released| step.format(released)),
        state: row.state.code().to_owned(),
        bottom_up: step.format(row.bottom_up),
        gap: step.format(row.gap()),
        waiting: row.waiting,
        late: row.late,
        due_at: row.due_at.as_ref().map(Timestamp::to_string),
        release: row.release,
        answer: row.answer.map(|answer| commitment_body(answer, step)),
    };
    let measures = &loaded.plan().model().definition().measures;
    let (measure, version) = (measures[found.measure].code.clone(), loaded.sequence());
    let rows = found.rows.into_iter().map(row).collect();
    drop(found.opened);
    let rows = page_called(&state.app, &actor, rows).await;
    Ok(axum::Json(ReconciliationBody {
        measure,
        version,
        rows: rows.map_err(|error| Problem::new(error, actor.lang))?,
    }))
}
