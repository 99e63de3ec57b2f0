//! Plans that come as files over HTTP: a plan file with the files it names, or a whole plan directory.

use axum::extract::State as Shared;
use fenjie_app::files::Received;
use fenjie_app::plans::{self, NewPlan, Prepared};
use fenjie_app::{Answer, AppError, Verb, files};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::plans::{PlanBody, body};
use crate::multipart::Upload;
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::state::State;

/// The largest plan file, in bytes.
const LARGEST_PLAN_FILE: u64 = 16 * 1024 * 1024;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(create_plan_of_files))
        .routes(routes!(create_plan_of_directory))
}

/// A plan file and the files that it names.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it describes a form; the form is read part by part"
)]
pub struct PlanForm {
    /// The plan file, TOML.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// The files that it names, each under the path that it writes (`filename`).
    #[schema(value_type = Option<Vec<String>>, format = Binary)]
    input: Option<Vec<Vec<u8>>>,
    /// What people call the plan.
    name: Option<String>,
    /// The dimension that is the organisation tree.
    scope_axis: Option<String>,
}

/// A plan directory as an archive.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it describes a form; the form is read part by part"
)]
pub struct DirectoryForm {
    /// The plan directory, as a zip: `log.jsonl`, `inputs/…`, `facts/…`.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// What people call the plan.
    name: Option<String>,
    /// The dimension that is the organisation tree.
    scope_axis: Option<String>,
}

/// Makes a plan of a plan file and the files that come with it; nothing else is looked for.
#[utoipa::path(post, path = "/plan-files", tag = "plans",
    request_body(content = PlanForm, content_type = "multipart/form-data"),
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = PlanBody, headers(("ETag" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_plan_of_files(
    Shared(state): Shared<State>,
    mut upload: Upload,
) -> Result<Reply, Problem> {
    let lang = upload.lang();
    let made = async {
        upload.asked.actor.may(Verb::ManagePlan)?;
        let file = upload.file()?;
        let (name, scope_axis) = (upload.text("name"), upload.text("scope_axis"));
        let inputs = upload.files("input");
        upload.finish()?;
        if file.bytes > LARGEST_PLAN_FILE {
            return Err(AppError::TooLarge {
                what: "file",
                most: LARGEST_PLAN_FILE,
            });
        }
        let text = String::from_utf8(file.read()?).map_err(|_| {
            AppError::invalid(
                "file",
                "not_utf8",
                "方案文件须是 UTF-8 文本",
                "a plan file is UTF-8 text",
            )
        })?;
        let files = inputs
            .iter()
            .map(|input: &Received| Ok((input.called.clone(), input.read()?)));
        let new = NewPlan {
            name,
            scope_axis,
            text: text.trim_start_matches('\u{feff}').to_owned(),
            files: files.collect::<Result<_, AppError>>()?,
        };
        let prepared = plans::prepare(&upload.asked.actor, &state.app, new).await?;
        added(&state, &upload, prepared, None).await
    };
    made.await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// Makes a plan of a plan directory as the command line has it, byte for byte, with its sales.
#[utoipa::path(post, path = "/plan-directories", tag = "plans",
    request_body(content = DirectoryForm, content_type = "multipart/form-data"),
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = PlanBody, headers(("ETag" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_plan_of_directory(
    Shared(state): Shared<State>,
    mut upload: Upload,
) -> Result<Reply, Problem> {
    let lang = upload.lang();
    let made = async {
        let actor = upload.asked.actor.clone();
        actor.may(Verb::ManagePlan)?;
        let file = upload.file()?;
        let (name, scope_axis) = (upload.text("name"), upload.text("scope_axis"));
        upload.finish()?;
        let folder = files::unpacked(&state.app, file).await?;
        let prepared = plans::prepare_directory(&actor, folder.path(), name, scope_axis).await?;
        let answer = added(&state, &upload, prepared, Some(folder.path())).await;
        drop(folder);
        answer
    };
    made.await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

async fn added(
    state: &State,
    upload: &Upload,
    prepared: Prepared,
    facts: Option<&std::path::Path>,
) -> Result<Answer, AppError> {
    let facts = facts.map(std::path::Path::to_owned);
    let answer = state.app.write(&upload.asked, move |unit| {
        let (prepared, facts) = (prepared.clone(), facts.clone());
        Box::pin(async move {
            let plan = plans::add(unit, prepared).await?;
            if let Some(folder) = facts {
                files::copy_facts(unit, &plan.id, &folder).await?;
            }
            let (place, revision) = (format!("/api/v1/plans/{}", plan.id), plan.revision);
            Ok(Answer::created(place, &body(plan))?.tagged(revision))
        })
    });
    answer.await
}
