//! A cell's history, differences, verification and the stream of changes over HTTP.

use std::convert::Infallible;

use axum::extract::State as Shared;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use fenjie_app::past::{self, Checked, Differs, With};
use fenjie_app::{Answer, AppError, following};
use fenjie_store::PlanId;
use futures::Stream;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, Named};

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(cell_history))
        .routes(routes!(plan_differences))
        .routes(routes!(plan_verification))
        .routes(routes!(plan_events))
}

/// Which cell.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// The place, such as `region=华东, month=2026-07`; the plan as a whole where missing.
    #[serde(default)]
    #[param(example = "region=华东, month=2026-07")]
    pub at: String,
    /// The measure, by code; the first one where missing.
    #[serde(default)]
    pub measure: String,
}

/// How a cell came to its value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HistoryBody {
    /// The version of the plan.
    #[schema(example = 17)]
    pub version: u64,
    /// The operations that changed it, oldest first.
    pub items: Vec<PastBody>,
}

/// A change of one value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PastBody {
    /// The operation's number.
    #[schema(example = 4)]
    pub sequence: u64,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What, as an entry of `[[do]]` in a plan file.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<serde_json::Value>,
    /// The value after it.
    #[schema(example = "250000.00")]
    pub value: String,
}

/// What to compare: two versions, or another plan.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DifferencesQuery {
    /// The first version.
    pub from: Option<u64>,
    /// The second version; the last one where missing.
    pub to: Option<u64>,
    /// Another plan, instead of versions.
    #[param(value_type = Option<String>)]
    pub with: Option<PlanId>,
}

/// What differs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DifferencesBody {
    /// How many cells differ.
    pub count: u64,
    /// The cells, largest differences first, at most 500.
    pub cells: Vec<DiffersBody>,
    /// The totals by measure; only for who sees all of both.
    pub totals: Vec<DiffersBody>,
}

/// A cell that differs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DiffersBody {
    /// The measure.
    #[schema(example = "sales")]
    pub measure: String,
    /// Where.
    #[schema(example = "region=华东, month=2026-07")]
    pub at: String,
    /// Its value in the first; missing where it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Its value in the second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Whether everything adds up.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VerificationBody {
    /// The version of the plan.
    #[schema(example = 17)]
    pub version: u64,
    /// Whether nothing failed.
    pub sound: bool,
    /// The kinds of checks.
    pub checks: Vec<CheckBody>,
}

/// A kind of check.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckBody {
    /// Stable code.
    #[schema(example = "sums")]
    pub code: String,
    /// What was checked.
    pub what: String,
    /// How many comparisons.
    pub counted: u64,
    /// How many failed.
    pub failed: u64,
    /// The failures; only for who sees all of the plan.
    pub failures: Vec<String>,
}

fn differs(found: Differs) -> DiffersBody {
    DiffersBody {
        measure: found.measure,
        at: found.at,
        before: found.before,
        after: found.after,
    }
}

fn check(found: Checked) -> CheckBody {
    CheckBody {
        code: found.code.into(),
        what: found.what.into(),
        counted: found.counted,
        failed: found.failed,
        failures: found.failures,
    }
}

/// Says how a cell came to its value.
#[utoipa::path(get, path = "/plans/{plan}/history", tag = "operations",
    params(("plan" = String, Path), HistoryQuery), responses(
    (status = 200, body = HistoryBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn cell_history(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<PlanId>,
    Asking(query): Asking<HistoryQuery>,
) -> Result<Reply, Problem> {
    let found = past::history(&state.app, &actor, &id, &query.measure, &query.at).await;
    let answer = found.and_then(|(version, past)| {
        let items = past.into_iter().map(|past| PastBody {
            sequence: past.sequence,
            at: past.at,
            who: past.who,
            why: past.why,
            operation: past.operation,
            value: past.value,
        });
        Answer::ok(&HistoryBody {
            version,
            items: items.collect(),
        })
    });
    answer
        .map(Reply)
        .map_err(|error| Problem::new(error, actor.lang))
}

/// Says what differs between two versions of a plan, or between it and another plan.
#[utoipa::path(get, path = "/plans/{plan}/differences", tag = "operations",
    params(("plan" = String, Path), DifferencesQuery), responses(
    (status = 200, body = DifferencesBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn plan_differences(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<PlanId>,
    Asking(query): Asking<DifferencesQuery>,
) -> Result<Reply, Problem> {
    let found = async {
        let with = match (query.with, query.from, query.to) {
            (Some(other), None, None) => With::Plan(other),
            (None, Some(from), to) => With::Versions { from, to },
            _ => {
                return Err(AppError::invalid(
                    "from",
                    "comparison_unclear",
                    "请给出 from（与 to），或 with",
                    "give `from` (and `to`), or `with`",
                ));
            }
        };
        let found = past::differences(&state.app, &actor, &id, with).await?;
        Answer::ok(&DifferencesBody {
            count: found.count,
            cells: found.cells.into_iter().map(differs).collect(),
            totals: found.totals.into_iter().map(differs).collect(),
        })
    };
    found
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, actor.lang))
}

/// Proves a plan: sums, holds, limits, and whatever else it promises.
#[utoipa::path(get, path = "/plans/{plan}/verification", tag = "operations",
    params(("plan" = String, Path)), responses(
    (status = 200, body = VerificationBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn plan_verification(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<PlanId>,
) -> Result<Reply, Problem> {
    let found = past::verification(&state.app, &actor, &id).await;
    let answer = found.and_then(|(version, checks)| {
        Answer::ok(&VerificationBody {
            version,
            sound: checks.iter().all(|check| check.failed == 0),
            checks: checks.into_iter().map(check).collect(),
        })
    });
    answer
        .map(Reply)
        .map_err(|error| Problem::new(error, actor.lang))
}

/// Tells changes of a plan as they happen: events `change`, whose id is the version that they made. Of
/// what is out of the listener's sight they learn that the version moved.
#[utoipa::path(get, path = "/plans/{plan}/events", tag = "operations",
    params(("plan" = String, Path),
        ("Last-Event-ID" = Option<String>, Header, description = "the version that was told last")),
    responses(
    (status = 200, body = String, content_type = "text/event-stream",
        description = "events `change`: sequence, who, at, why, operation, yours"),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn plan_events(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<PlanId>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let last = headers.get("last-event-id");
    let since = last.and_then(|last| last.to_str().ok()?.parse().ok());
    let listener = state.app.follow(&actor, &id, since).await;
    let listener = listener.map_err(|error| Problem::new(error, actor.lang))?;
    let events = futures::stream::unfold(listener, |mut listener| async move {
        let change: following::Event = listener.next().await?;
        let event = Event::default()
            .event("change")
            .id(change.sequence.to_string())
            .json_data(&change);
        event.ok().map(|event| (Ok(event), listener))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}
