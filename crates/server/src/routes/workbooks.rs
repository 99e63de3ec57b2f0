//! Changed workbooks over HTTP: looked at first, then applied.

use axum::extract::State as Shared;
use fenjie_app::workbooks::{self, WorkbookChanges};
use fenjie_app::working::{AlongWith, Applied, Loaded};
use fenjie_app::{AppError, operations};
use fenjie_store::PlanId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::operations::{AppliedBody, applied};
use crate::multipart::Upload;
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::state::State;
use crate::wire::Named;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(preview_workbook))
        .routes(routes!(apply_workbook))
}

/// A workbook that was exported and changed.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it describes a form; the form is read part by part"
)]
pub struct WorkbookForm {
    /// The workbook.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Why, where it is applied.
    #[schema(example = "区域会议后调整")]
    why: Option<String>,
}

/// What a workbook would change.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkbookChangesBody {
    /// The plan's version that it was compared with.
    pub version: u64,
    /// Changed cells.
    pub changes: Vec<WorkbookChangeBody>,
    /// Cells changed both in the workbook and in the plan, differently.
    pub conflicts: Vec<WorkbookConflictBody>,
    /// Cells as they were.
    pub unchanged: usize,
}

/// A changed cell.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkbookChangeBody {
    /// The sheet.
    pub sheet: String,
    /// The cell.
    #[schema(example = "C7")]
    pub cell: String,
    /// What it comes to, as an entry of `[[do]]`.
    #[schema(value_type = Object)]
    pub operation: serde_json::Value,
    /// How many cells of the plan change.
    pub cells_changed: u64,
}

/// A cell that somebody has to decide about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkbookConflictBody {
    /// The sheet.
    pub sheet: String,
    /// The cell.
    pub cell: String,
    /// The place in the plan.
    #[schema(example = "store=S1, month=2026-02")]
    pub at: String,
    /// The value when it was exported.
    pub exported: String,
    /// The value in the workbook.
    pub edited: String,
    /// The value in the plan now.
    pub current: String,
}

fn body(found: WorkbookChanges) -> WorkbookChangesBody {
    let change = |change: workbooks::WorkbookChange| WorkbookChangeBody {
        sheet: change.sheet,
        cell: change.cell,
        operation: change.operation,
        cells_changed: change.cells_changed,
    };
    let conflict = |conflict: workbooks::WorkbookConflict| WorkbookConflictBody {
        sheet: conflict.sheet,
        cell: conflict.cell,
        at: conflict.at,
        exported: conflict.exported,
        edited: conflict.edited,
        current: conflict.current,
    };
    WorkbookChangesBody {
        version: found.version,
        changes: found.changes.into_iter().map(change).collect(),
        conflicts: found.conflicts.into_iter().map(conflict).collect(),
        unchanged: found.unchanged,
    }
}

/// Says what a changed workbook would change, and what was changed meanwhile; writes nothing.
#[utoipa::path(post, path = "/plans/{plan}/workbook-previews", tag = "workbooks",
    request_body(content = WorkbookForm, content_type = "multipart/form-data"),
    params(("plan" = String, Path)), responses(
    (status = 200, body = WorkbookChangesBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn preview_workbook(
    Shared(state): Shared<State>,
    Named(plan): Named<PlanId>,
    mut upload: Upload,
) -> Result<axum::Json<WorkbookChangesBody>, Problem> {
    let lang = upload.lang();
    let found = async {
        let file = upload.file()?;
        upload.text("why");
        upload.finish()?;
        workbooks::preview(&state.app, &upload.asked.actor, &plan, &file).await
    };
    let found = found.await.map_err(|error| Problem::new(error, lang))?;
    Ok(axum::Json(body(found)))
}

/// Applies what was changed in a workbook: all of it, or nothing where somebody has to decide.
#[utoipa::path(post, path = "/plans/{plan}/workbooks", tag = "workbooks",
    request_body(content = WorkbookForm, content_type = "multipart/form-data"),
    params(("plan" = String, Path),
        ("If-Match" = String, Header, description = "the version of the plan that was seen"),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 200, body = AppliedBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn apply_workbook(
    Shared(state): Shared<State>,
    Named(plan): Named<PlanId>,
    mut upload: Upload,
) -> Result<Reply, Problem> {
    let lang = upload.lang();
    let done = async {
        let seen = upload.seen()?.unsigned_abs();
        let file = upload.file()?;
        let why = operations::check_why(upload.text("why"))?;
        upload.finish()?;
        let along: AlongWith = Box::new(|_unit, done: &Applied, loaded: &Loaded| {
            let answer = applied(loaded, done);
            Box::pin(async move { answer })
        });
        let asked = &upload.asked;
        let answer = workbooks::apply(&state.app, asked, &plan, &file, seen, why, along);
        Ok::<_, AppError>(Reply(answer.await?))
    };
    done.await.map_err(|error| Problem::new(error, lang))
}
