//! Measures of an organisation over HTTP.

use axum::extract::State as Shared;
use fenjie_store::EntryId;
use fenjie_store::dimension::EntryKind;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::entries::{self, EntryBody, EntryBodyWanted};
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

/// Lists the measures.
#[utoipa::path(get, path = "/measures", tag = "organisation", params(PageQuery), responses(
    (status = 200, body = List<EntryBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_organisation_measures(
    state: Shared<State>,
    signed: Signed,
    query: Asking<PageQuery>,
) -> Result<axum::Json<List<EntryBody>>, Problem> {
    entries::list(KIND, state, signed, query).await
}

/// Adds a measure.
#[utoipa::path(post, path = "/measures", tag = "organisation", request_body = EntryBodyWanted,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = EntryBody, headers(("ETag" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_measure(
    state: Shared<State>,
    write: Write<EntryBodyWanted>,
) -> Result<Reply, Problem> {
    entries::create(KIND, "/api/v1/measures", state, write).await
}

/// Gives a measure.
#[utoipa::path(get, path = "/measures/{measure}", tag = "organisation",
    params(("measure" = String, Path)), responses(
    (status = 200, body = EntryBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_measure(
    state: Shared<State>,
    signed: Signed,
    id: Named<EntryId>,
) -> Result<Reply, Problem> {
    entries::get(KIND, state, signed, id).await
}

/// Writes a measure anew; its code stays.
#[utoipa::path(put, path = "/measures/{measure}", tag = "organisation", request_body = EntryBodyWanted,
    params(("measure" = String, Path), ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, body = EntryBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn update_measure(
    state: Shared<State>,
    id: Named<EntryId>,
    write: Write<EntryBodyWanted>,
) -> Result<Reply, Problem> {
    entries::update(KIND, state, id, write).await
}

/// Takes a measure away; plans that were made of it keep their own.
#[utoipa::path(delete, path = "/measures/{measure}", tag = "organisation",
    params(("measure" = String, Path)), responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn remove_measure(
    state: Shared<State>,
    id: Named<EntryId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    entries::remove(KIND, state, id, write).await
}
