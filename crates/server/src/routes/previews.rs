//! Previews, undo and redo over HTTP.

use axum::extract::State as Shared;
use fenjie_app::operations::{check_why, read_operations};
use fenjie_app::trial;
use fenjie_app::undoing::{self, Wanted, Way};
use fenjie_app::working::AlongWith;
use fenjie_app::{Answer, AppError, Asked};
use fenjie_store::PlanId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::operations::{AppliedBody, EffectBody, MoverBody, OperationsWanted, applied};
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::state::State;
use crate::wire::Named;
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(preview_operations))
        .routes(routes!(undo_operation))
        .routes(routes!(redo_operation))
}

/// What operations would do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreviewBody {
    /// The version of the plan that they were tried on; send it as `If-Match` with them.
    #[schema(example = 17)]
    pub version: u64,
    /// What each would do.
    pub changes: Vec<EffectBody>,
    /// The totals of what the asker sees.
    pub totals: Vec<TotalBody>,
}

/// A total before and after.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TotalBody {
    /// The measure.
    #[schema(example = "sales")]
    pub measure: String,
    /// Where, and its values.
    #[serde(flatten)]
    pub moved: MoverBody,
}

/// Which operation is taken out of effect, or brought back.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoWanted {
    /// The number of the operation (of the undo, where it is to be brought back); one's own last one
    /// where missing.
    #[schema(example = 17)]
    pub sequence: Option<u64>,
    /// Why, up to 500 characters.
    #[schema(example = "数字有误", max_length = 500)]
    pub why: Option<String>,
}

/// Says what operations would do, without doing them.
#[utoipa::path(post, path = "/plans/{plan}/previews", tag = "operations",
    request_body = OperationsWanted, params(("plan" = String, Path)), responses(
    (status = 200, body = PreviewBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn preview_operations(
    Shared(state): Shared<State>,
    Named(id): Named<PlanId>,
    write: Write<OperationsWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let found = async {
        check_why(write.body.why)?;
        let operations = read_operations(write.body.operations)?;
        let preview = trial::preview(&state.app, &write.asked.actor, &id, operations).await?;
        let totals = preview.totals.into_iter();
        let body = PreviewBody {
            version: preview.version,
            changes: preview.effects.into_iter().map(EffectBody::from).collect(),
            totals: totals
                .map(|(measure, at, moved)| TotalBody {
                    measure,
                    moved: MoverBody {
                        at,
                        before: moved.before,
                        after: moved.after,
                    },
                })
                .collect(),
        };
        Ok::<Answer, AppError>(Answer::ok(&body)?.tagged(preview.version))
    };
    found
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

async fn undo(state: &State, id: &PlanId, asked: &Asked, wanted: Wanted) -> Result<Reply, Problem> {
    let along: AlongWith = Box::new(|_, done, loaded| {
        let answer = applied(loaded, done);
        Box::pin(std::future::ready(answer))
    });
    undoing::undo(&state.app, asked, id, wanted, along)
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, asked.actor.lang))
}

fn wanted(write: &Write<UndoWanted>, way: Way) -> Result<Wanted, Problem> {
    let refused = |error| Problem::new(error, write.lang());
    Ok(Wanted {
        way,
        sequence: write.body.sequence,
        why: check_why(write.body.why.clone()).map_err(refused)?,
        seen: write.seen().map_err(refused)?.unsigned_abs(),
    })
}

/// Takes an operation out of effect: one's own last one, or the one named.
#[utoipa::path(post, path = "/plans/{plan}/undos", tag = "operations", request_body = UndoWanted,
    params(("plan" = String, Path),
        ("If-Match" = String, Header, description = "the version of the plan that was seen"),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 200, body = AppliedBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn undo_operation(
    Shared(state): Shared<State>,
    Named(id): Named<PlanId>,
    write: Write<UndoWanted>,
) -> Result<Reply, Problem> {
    let wanted = wanted(&write, Way::Undo)?;
    undo(&state, &id, &write.asked, wanted).await
}

/// Brings back what one undid last, or what the named undo took out of effect.
#[utoipa::path(post, path = "/plans/{plan}/redos", tag = "operations", request_body = UndoWanted,
    params(("plan" = String, Path),
        ("If-Match" = String, Header, description = "the version of the plan that was seen"),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 200, body = AppliedBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn redo_operation(
    Shared(state): Shared<State>,
    Named(id): Named<PlanId>,
    write: Write<UndoWanted>,
) -> Result<Reply, Problem> {
    let wanted = wanted(&write, Way::Redo)?;
    undo(&state, &id, &write.asked, wanted).await
}
