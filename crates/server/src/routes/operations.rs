//! Operations on a working plan over HTTP.

use axum::extract::State as Shared;
use fenjie_app::operations::{self, Effect, Logged, Moved, check_why, read_operations};
use fenjie_app::working::{AlongWith, Applied, Edit, Loaded, Seen};
use fenjie_app::{Answer, AppError};
use fenjie_store::PlanId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, List, Named, PageQuery};
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list_operations, apply_operations))
}

/// Operations to be applied together: all of them, or none.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationsWanted {
    /// 1 to 200 operations, each as an entry of `[[do]]` in a plan file.
    #[schema(value_type = Vec<Object>, example = json!([{ "set": "region=华东, month=2026-07", "to": "+10%" }]))]
    pub operations: Vec<serde_json::Value>,
    /// Why, up to 500 characters.
    #[schema(example = "旺季提前", max_length = 500)]
    pub why: Option<String>,
}

/// What operations did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AppliedBody {
    /// The plan's version now; the ETag.
    #[schema(example = 18)]
    pub version: u64,
    /// The number of the first of them.
    #[schema(example = 18)]
    pub first: u64,
    /// The hash of the plan's log now.
    pub hash: String,
    /// Whether others had written since the version that was seen, on disjoint parts.
    pub rebased: bool,
    /// What each did.
    pub changes: Vec<EffectBody>,
}

/// What an operation did, as much of it as the asker sees.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EffectBody {
    /// The measure.
    #[schema(example = "sales")]
    pub measure: String,
    /// How many cells have another value; only for who sees all of the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cells_changed: Option<usize>,
    /// The plan's total; only for who sees all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<MovedBody>,
    /// The cells that moved most, within reach.
    pub movers: Vec<MoverBody>,
}

/// A value before and after.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MovedBody {
    /// Before.
    #[schema(example = "10000000.00")]
    pub before: String,
    /// After.
    #[schema(example = "11000000.00")]
    pub after: String,
}

/// A cell that moved.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MoverBody {
    /// Where.
    #[schema(example = "region=华东, month=2026-07")]
    pub at: String,
    /// Before.
    #[schema(example = "250000.00")]
    pub before: String,
    /// After.
    #[schema(example = "275000.00")]
    pub after: String,
}

/// An operation in the plan's log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoggedBody {
    /// Its number, from 1.
    #[schema(example = 17)]
    pub sequence: u64,
    /// When.
    #[schema(example = "2026-11-22T08:00:00Z")]
    pub at: String,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What, as an entry of `[[do]]` in a plan file.
    #[schema(value_type = Object, example = json!({ "set": "region=华东", "to": "+10%" }))]
    pub operation: serde_json::Value,
}

impl From<Moved> for MovedBody {
    fn from(moved: Moved) -> MovedBody {
        MovedBody {
            before: moved.before,
            after: moved.after,
        }
    }
}

impl From<Effect> for EffectBody {
    fn from(effect: Effect) -> EffectBody {
        let mover = |(at, moved): (String, Moved)| MoverBody {
            at,
            before: moved.before,
            after: moved.after,
        };
        EffectBody {
            measure: effect.measure,
            cells_changed: effect.cells_changed,
            total: effect.total.map(MovedBody::from),
            movers: effect.movers.into_iter().map(mover).collect(),
        }
    }
}

impl From<Logged> for LoggedBody {
    fn from(logged: Logged) -> LoggedBody {
        LoggedBody {
            sequence: logged.sequence,
            at: logged.at,
            who: logged.who,
            why: logged.why,
            operation: logged.operation,
        }
    }
}

/// The answer to whoever applied operations.
pub(crate) fn applied(loaded: &Loaded, applied: &Applied) -> Result<Answer, AppError> {
    let effect = |change| EffectBody::from(Effect::of(loaded.plan(), &applied.reach, change));
    let body = AppliedBody {
        version: applied.last,
        first: applied.first,
        hash: applied.hash.clone(),
        rebased: applied.rebased,
        changes: applied.changes.iter().map(effect).collect(),
    };
    Ok(Answer::ok(&body)?.tagged(applied.last))
}

/// Lists the operations of a plan, oldest first. The ETag is the plan's version: what `If-Match` names
/// where operations are sent.
#[utoipa::path(get, path = "/plans/{plan}/operations", tag = "operations",
    params(("plan" = String, Path), PageQuery), responses(
    (status = 200, body = List<LoggedBody>, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_operations(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<PlanId>,
    Asking(query): Asking<PageQuery>,
) -> Result<Reply, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let page = query.page().map_err(refused)?;
    let listed = operations::list(&state.app, &actor, &id, &page).await;
    let (version, listed) = listed.map_err(refused)?;
    let answer = Answer::ok(&List::of(listed, LoggedBody::from)).map_err(refused)?;
    Ok(Reply(answer.tagged(version)))
}

/// Applies operations: all of them, or none. Durable when it answers.
#[utoipa::path(post, path = "/plans/{plan}/operations", tag = "operations",
    request_body = OperationsWanted,
    params(("plan" = String, Path),
        ("If-Match" = String, Header, description = "the version of the plan that was seen"),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 200, body = AppliedBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn apply_operations(
    Shared(state): Shared<State>,
    Named(id): Named<PlanId>,
    write: Write<OperationsWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let edit = Edit {
        operations: read_operations(write.body.operations).map_err(refused)?,
        why: check_why(write.body.why).map_err(refused)?,
        seen: Seen::At(seen.unsigned_abs()),
        known: Vec::new(),
        action: "plan.operation",
    };
    let along: AlongWith = Box::new(|_, done, loaded| {
        let answer = applied(loaded, done);
        Box::pin(std::future::ready(answer))
    });
    let answer = operations::apply(&state.app, &write.asked, &id, edit, along);
    answer.await.map(Reply).map_err(refused)
}
