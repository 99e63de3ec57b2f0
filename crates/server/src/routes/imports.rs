//! Imports of sales over HTTP: a file and how it is read; the work goes on in the background.

use std::sync::Arc;

use axum::extract::State as Shared;
use axum::response::Response;
use fenjie_app::imports::{self, ImportWish};
use fenjie_app::{Answer, AppError};
use fenjie_message::Lang;
use fenjie_store::imports::ImportRecord;
use fenjie_store::{Cursor, ImportId, Listed, PlanId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::imports_wire::{ImportBody, ImportOptionsBody, body};
use crate::multipart::Upload;
use crate::problem::{Problem, ProblemBody};
use crate::refused::RefusedRowBody;
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, List, Named, PageQuery};
use crate::write::{Write, json};

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_imports, create_import))
        .routes(routes!(get_import, remove_import))
        .routes(routes!(list_refused_rows))
        .routes(routes!(get_refused_rows_file))
        .routes(routes!(cancel_import))
        .routes(routes!(undo_import))
        .routes(routes!(redo_import))
}

/// A file of sales with how it is read.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it describes a form; the form is read part by part"
)]
pub struct ImportForm {
    /// The file: CSV, TSV, XLSX, XLS, XLSB, ODS, Parquet, JSON, JSON lines, gzip of text.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// How it is read, as JSON text; what the command line's options say.
    #[schema(value_type = Option<ImportOptionsBody>)]
    options: Option<String>,
}

/// Why something is done.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhyBody {
    /// Why, up to 500 characters.
    #[schema(example = "文件取错了", max_length = 500)]
    pub why: Option<String>,
}

impl WhyBody {
    fn checked(self) -> Result<Option<String>, AppError> {
        fenjie_app::operations::check_why(self.why)
    }
}

/// Lists the imports of a plan, the latest first.
#[utoipa::path(get, path = "/plans/{plan}/imports", tag = "imports",
    params(("plan" = String, Path), PageQuery), responses(
    (status = 200, body = List<ImportBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_imports(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
    Asking(query): Asking<PageQuery>,
) -> Result<axum::Json<List<ImportBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let page = query.page().map_err(refused)?;
    let listed = imports::list(&state.app, &actor, &plan, &page).await;
    let listed = listed.map_err(refused)?;
    Ok(axum::Json(List::of(listed, |import| {
        body(&import, actor.lang)
    })))
}

/// Brings a file of sales in, or checks it: answered at once, done in the background.
#[utoipa::path(post, path = "/plans/{plan}/imports", tag = "imports",
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    params(("plan" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 202, body = ImportBody, headers(("ETag" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_import(
    Shared(state): Shared<State>,
    Named(plan): Named<PlanId>,
    mut upload: Upload,
) -> Result<Reply, Problem> {
    let lang = upload.lang();
    let begun = async {
        let file = upload.file()?;
        let options: ImportOptionsBody = match upload.text("options") {
            Some(text) => json(text.as_bytes())?,
            None => ImportOptionsBody::default(),
        };
        upload.finish()?;
        let wish = serde_json::to_value(options).map_err(AppError::internal)?;
        let wish: ImportWish = serde_json::from_value(wish).map_err(AppError::internal)?;
        let answer = Arc::new(move |import: &ImportRecord| accepted(import, lang));
        imports::begin(&state.app, &upload.asked, &plan, file, wish, answer).await
    };
    begun
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

fn accepted(import: &ImportRecord, lang: Lang) -> Result<Answer, AppError> {
    let mut answer = Answer::created(
        format!("/api/v1/imports/{}", import.id),
        &body(import, lang),
    )?;
    answer.status = 202;
    Ok(answer.tagged(import.revision))
}

/// Gives an import: how far it is, and what was found.
#[utoipa::path(get, path = "/imports/{import}", tag = "imports",
    params(("import" = String, Path)), responses(
    (status = 200, body = ImportBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_import(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<ImportId>,
) -> Result<Reply, Problem> {
    let found = async {
        let import = imports::get(&state.app, &actor, &id).await?;
        Ok::<Answer, AppError>(Answer::ok(&body(&import, actor.lang))?.tagged(import.revision))
    };
    found
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, actor.lang))
}

/// Lists the rows that were refused, with the reason of each, page by page (the first 1,000).
#[utoipa::path(get, path = "/imports/{import}/refused-rows", tag = "imports",
    params(("import" = String, Path), PageQuery), responses(
    (status = 200, body = List<RefusedRowBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_refused_rows(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<ImportId>,
    Asking(query): Asking<PageQuery>,
) -> Result<axum::Json<List<RefusedRowBody>>, Problem> {
    let found = async {
        let page = query.page()?;
        let import = imports::get(&state.app, &actor, &id).await?;
        let rows = super::imports_wire::refused_rows(&import, actor.lang);
        let after = page.after.as_ref().and_then(|after| after.0.parse().ok());
        let from: usize = after.unwrap_or(0);
        let last = (from + page.limit).min(rows.len());
        let more = last < rows.len();
        let items = rows.into_iter().skip(from).take(page.limit).collect();
        let next = more.then(|| Cursor(last.to_string()));
        Ok::<_, AppError>(axum::Json(List::of(Listed { items, next }, |row| row)))
    };
    found.await.map_err(|error| Problem::new(error, actor.lang))
}

/// Gives the refused rows as CSV, with their reasons in front, to mend and bring again.
#[utoipa::path(get, path = "/imports/{import}/refused-rows-file", tag = "imports",
    params(("import" = String, Path)), responses(
    (status = 200, body = String, content_type = "text/csv"),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_refused_rows_file(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<ImportId>,
) -> Result<Response, Problem> {
    let found = async {
        let import = imports::get(&state.app, &actor, &id).await?;
        let path = imports::refused_rows(&state.app, &import, actor.lang)?;
        let name = format!("{}.refused.csv", import.file);
        crate::download::file(&path, &name, "text/csv; charset=utf-8").await
    };
    found.await.map_err(|error| Problem::new(error, actor.lang))
}

async fn cancelled(
    state: State,
    id: ImportId,
    write: Write<Option<WhyBody>>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let done = async {
        let import = imports::get(&state.app, &write.asked.actor, &id).await?;
        let answer = state.app.write(&write.asked, move |unit| {
            let import = import.clone();
            Box::pin(async move {
                let import = imports::cancel(unit, &import).await?;
                Ok(Answer::ok(&body(&import, unit.actor.lang))?.tagged(import.revision))
            })
        });
        answer.await
    };
    done.await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// Cancels an import that is not written yet: nothing of it is taken in.
#[utoipa::path(delete, path = "/imports/{import}", tag = "imports",
    params(("import" = String, Path)), responses(
    (status = 200, body = ImportBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn remove_import(
    Shared(state): Shared<State>,
    Named(id): Named<ImportId>,
    write: Write<Option<WhyBody>>,
) -> Result<Reply, Problem> {
    cancelled(state, id, write).await
}

/// Cancels an import that is not written yet: nothing of it is taken in.
#[utoipa::path(post, path = "/imports/{import}/cancellations", tag = "imports",
    request_body = Option<WhyBody>,
    params(("import" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 200, body = ImportBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn cancel_import(
    Shared(state): Shared<State>,
    Named(id): Named<ImportId>,
    write: Write<Option<WhyBody>>,
) -> Result<Reply, Problem> {
    cancelled(state, id, write).await
}

async fn effected(
    state: State,
    id: ImportId,
    write: Write<Option<WhyBody>>,
    on: bool,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let done = async {
        let why = write.body.unwrap_or_default().checked()?;
        let import = imports::get(&state.app, &write.asked.actor, &id).await?;
        let told = import.clone();
        let answer = state.app.write(&write.asked, move |unit| {
            let (import, why) = (import.clone(), why.clone());
            Box::pin(async move {
                let import = imports::set_effect(unit, &import, on, why.as_deref()).await?;
                Ok(Answer::ok(&body(&import, unit.actor.lang))?.tagged(import.revision))
            })
        });
        let answer = answer.await?;
        imports::announce_plan(&state.app, &told.organisation, &told.plan).await;
        Ok(answer)
    };
    done.await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// Takes an import out of effect as a whole; what it replaced counts again.
#[utoipa::path(post, path = "/imports/{import}/undos", tag = "imports",
    request_body = Option<WhyBody>,
    params(("import" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 200, body = ImportBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn undo_import(
    Shared(state): Shared<State>,
    Named(id): Named<ImportId>,
    write: Write<Option<WhyBody>>,
) -> Result<Reply, Problem> {
    effected(state, id, write, false).await
}

/// Brings an undone import back.
#[utoipa::path(post, path = "/imports/{import}/redos", tag = "imports",
    request_body = Option<WhyBody>,
    params(("import" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 200, body = ImportBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn redo_import(
    Shared(state): Shared<State>,
    Named(id): Named<ImportId>,
    write: Write<Option<WhyBody>>,
) -> Result<Reply, Problem> {
    effected(state, id, write, true).await
}
