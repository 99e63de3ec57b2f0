//! Calendars that programs subscribe to, over HTTP.

use axum::extract::State as Shared;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fenjie_app::notices::feeds;
use fenjie_app::{Answer, AppError};
use fenjie_store::FeedId;
use fenjie_store::channel::Feed;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::{Signed, language};
use crate::state::State;
use crate::wire::{Asking, List, Named, PageQuery};
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_feeds, create_feed))
        .routes(routes!(get_feed, revoke_feed))
}

/// A calendar's address.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeedBody {
    /// Its identifier.
    #[schema(value_type = String, example = "fed_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: FeedId,
    /// What it is called.
    #[schema(example = "我的截止日")]
    pub name: String,
    /// The path to subscribe to; given once, when it is made.
    #[schema(example = "/api/v1/feeds/9f….ics")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Since when.
    #[schema(example = "2026-03-18T00:30:00Z")]
    pub created_at: String,
}

/// What a calendar is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedWanted {
    /// Its name, 1 to 60 characters.
    #[schema(example = "我的截止日", min_length = 1, max_length = 60)]
    pub name: String,
}

fn body(feed: Feed, secret: Option<String>) -> FeedBody {
    FeedBody {
        id: feed.id,
        name: feed.name,
        path: secret.map(|secret| format!("/api/v1/feeds/{secret}.ics")),
        created_at: feed.created_at.to_string(),
    }
}

/// Lists one's own calendar addresses.
#[utoipa::path(get, path = "/feeds", tag = "feeds", params(PageQuery), responses(
    (status = 200, body = List<FeedBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_feeds(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Asking(query): Asking<PageQuery>,
) -> Result<axum::Json<List<FeedBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let page = query.page().map_err(refused)?;
    let mut unit = state.app.reading(&actor).await.map_err(refused)?;
    let listed = feeds::list(&mut unit, &page).await.map_err(refused)?;
    Ok(axum::Json(List::of(listed, |feed| body(feed, None))))
}

/// Makes a calendar address of one's own; whoever has it reads the calendar.
#[utoipa::path(post, path = "/feeds", tag = "feeds", request_body = FeedWanted,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = FeedBody, headers(("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_feed(
    Shared(state): Shared<State>,
    write: Write<FeedWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let name = write.body.name;
    let answer = state.app.write(&write.asked, move |unit| {
        let name = name.clone();
        Box::pin(async move {
            let (feed, secret) = feeds::create(unit, &name).await?;
            let place = format!("/api/v1/feeds/{}", feed.id);
            Answer::created(place, &body(feed, Some(secret)))
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// Gives the calendar behind a secret: `{secret}.ics`. Nobody has to be signed in.
#[utoipa::path(get, path = "/feeds/{feed}", tag = "feeds", security(()),
    params(("feed" = String, Path, description = "the secret and `.ics`")), responses(
    (status = 200, body = String, content_type = "text/calendar"),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_feed(
    Shared(state): Shared<State>,
    headers: HeaderMap,
    Named(file): Named<String>,
) -> Result<Response, Problem> {
    let lang = language(&headers).unwrap_or_default();
    let refused = |error| Problem::new(error, lang);
    let secret = file.strip_suffix(".ics");
    // What was asked for is not repeated: it may be a secret with a slip in it.
    let secret = secret.ok_or_else(|| refused(AppError::not_found("feed")))?;
    let text = feeds::read(&state.app, secret).await.map_err(refused)?;
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/calendar; charset=utf-8"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    Ok(response)
}

/// Withdraws a calendar address of one's own.
#[utoipa::path(delete, path = "/feeds/{feed}", tag = "feeds",
    params(("feed" = String, Path, description = "its identifier")), responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn revoke_feed(
    Shared(state): Shared<State>,
    Named(id): Named<FeedId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let answer = state.app.write(&write.asked, move |unit| {
        let id = id.clone();
        Box::pin(async move {
            feeds::revoke(unit, &id).await?;
            Ok(Answer::nothing())
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}
