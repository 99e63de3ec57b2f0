//! Calendars of an organisation over HTTP.

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
const KIND: EntryKind = EntryKind::Calendar;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_calendars, create_calendar))
        .routes(routes!(get_calendar, update_calendar, remove_calendar))
}

/// Lists the calendars.
#[utoipa::path(get, path = "/calendars", tag = "organisation", params(PageQuery), responses(
    (status = 200, body = List<EntryBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_calendars(
    state: Shared<State>,
    signed: Signed,
    query: Asking<PageQuery>,
) -> Result<axum::Json<List<EntryBody>>, Problem> {
    entries::list(KIND, state, signed, query).await
}

/// Adds a calendar.
#[utoipa::path(post, path = "/calendars", tag = "organisation", request_body = EntryBodyWanted,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = EntryBody, headers(("ETag" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_calendar(
    state: Shared<State>,
    write: Write<EntryBodyWanted>,
) -> Result<Reply, Problem> {
    entries::create(KIND, "/api/v1/calendars", state, write).await
}

/// Gives a calendar.
#[utoipa::path(get, path = "/calendars/{calendar}", tag = "organisation",
    params(("calendar" = String, Path)), responses(
    (status = 200, body = EntryBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_calendar(
    state: Shared<State>,
    signed: Signed,
    id: Named<EntryId>,
) -> Result<Reply, Problem> {
    entries::get(KIND, state, signed, id).await
}

/// Writes a calendar anew; its code stays.
#[utoipa::path(put, path = "/calendars/{calendar}", tag = "organisation", request_body = EntryBodyWanted,
    params(("calendar" = String, Path), ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, body = EntryBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn update_calendar(
    state: Shared<State>,
    id: Named<EntryId>,
    write: Write<EntryBodyWanted>,
) -> Result<Reply, Problem> {
    entries::update(KIND, state, id, write).await
}

/// Takes a calendar away; plans that were made of it keep their own.
#[utoipa::path(delete, path = "/calendars/{calendar}", tag = "organisation",
    params(("calendar" = String, Path)), responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn remove_calendar(
    state: Shared<State>,
    id: Named<EntryId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    entries::remove(KIND, state, id, write).await
}
