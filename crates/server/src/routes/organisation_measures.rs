//! Measures of an organisation over HTTP.

use axum::extract::State as Shared;
use fenjie_app::organisation::{self, EntryWanted};
use fenjie_app::{Answer, AppError};
use fenjie_store::EntryId;
use fenjie_store::dimension::EntryKind;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::entries_wire::{EntryBody, EntryBodyWanted, body};
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, List, Named, PageQuery};
use crate::write::Write;

/// What these routes are about.
const KIND: EntryKind = EntryKind::Measure;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_organisation_measures, create_measure))
        .routes(routes!(get_measure, update_measure, remove_measure))
}

fn wanted(body: EntryBodyWanted) -> EntryWanted {
    EntryWanted {
        kind: KIND,
        code: body.code,
        name: body.name,
        content: body.content,
    }
}

/// Lists the measures.
#[utoipa::path(get, path = "/measures", tag = "organisation", params(PageQuery), responses(
    (status = 200, body = List<EntryBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_organisation_measures(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Asking(query): Asking<PageQuery>,
) -> Result<axum::Json<List<EntryBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let page = query.page().map_err(refused)?;
    let mut unit = state.app.reading(&actor).await.map_err(refused)?;
    let found = organisation::entries(&mut unit, KIND, &page).await;
    Ok(axum::Json(List::of(found.map_err(refused)?, body)))
}

/// Adds a measure.
#[utoipa::path(post, path = "/measures", tag = "organisation", request_body = EntryBodyWanted,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = EntryBody, headers(("ETag" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_measure(
    Shared(state): Shared<State>,
    write: Write<EntryBodyWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let wanted = wanted(write.body);
    let answer = state.app.write(&write.asked, move |unit| {
        let wanted = wanted.clone();
        Box::pin(async move {
            let made = organisation::add_entry(unit, wanted).await?;
            let (place, revision) = (format!("/api/v1/measures/{}", made.id), made.revision);
            Ok(Answer::created(place, &body(made))?.tagged(revision))
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// Gives a measure.
#[utoipa::path(get, path = "/measures/{measure}", tag = "organisation",
    params(("measure" = String, Path)), responses(
    (status = 200, body = EntryBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_measure(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<EntryId>,
) -> Result<Reply, Problem> {
    let found = async {
        let mut unit = state.app.reading(&actor).await?;
        let found = organisation::entry(&mut unit, KIND, &id).await?;
        let revision = found.revision;
        Ok::<Answer, AppError>(Answer::ok(&body(found))?.tagged(revision))
    };
    found
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, actor.lang))
}

/// Writes a measure anew; its code stays.
#[utoipa::path(put, path = "/measures/{measure}", tag = "organisation", request_body = EntryBodyWanted,
    params(("measure" = String, Path), ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, body = EntryBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn update_measure(
    Shared(state): Shared<State>,
    Named(id): Named<EntryId>,
    write: Write<EntryBodyWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let wanted = wanted(write.body);
    let answer = state.app.write(&write.asked, move |unit| {
        let (id, wanted) = (id.clone(), wanted.clone());
        Box::pin(async move {
            let made = organisation::update_entry(unit, &id, seen, wanted).await?;
            let revision = made.revision;
            Ok(Answer::ok(&body(made))?.tagged(revision))
        })
    });
    answer.await.map(Reply).map_err(refused)
}

/// Takes a measure away; plans that were made of it keep their own.
#[utoipa::path(delete, path = "/measures/{measure}", tag = "organisation",
    params(("measure" = String, Path)), responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn remove_measure(
    Shared(state): Shared<State>,
    Named(id): Named<EntryId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let answer = state.app.write(&write.asked, move |unit| {
        let id = id.clone();
        Box::pin(async move {
            organisation::remove_entry(unit, KIND, &id).await?;
            Ok(Answer::nothing())
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}
