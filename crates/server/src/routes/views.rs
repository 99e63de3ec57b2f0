//! Saved views over HTTP.

use axum::extract::State as Shared;
use fenjie_app::{Answer, views};
use fenjie_store::view::View;
use fenjie_store::{PlanId, ViewId};
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
    OpenApiRouter::new()
        .routes(routes!(list_views, create_view))
        .routes(routes!(get_view, update_view, remove_view))
}

/// A saved view.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ViewBody {
    /// Its identifier.
    #[schema(value_type = String, example = "viw_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: ViewId,
    /// Of which plan.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanId>,
    /// Its name.
    #[schema(example = "华东按周")]
    pub name: String,
    /// What it shows, as the interface writes it.
    pub content: serde_json::Value,
    /// Whether others of the organisation see it too.
    pub shared: bool,
    /// Whether it is the asker's own.
    pub own: bool,
    /// Its revision; the ETag.
    pub revision: i64,
    /// When it was last changed.
    pub updated_at: String,
}

/// What a view is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewWanted {
    /// Its name, 1 to 100 characters.
    #[schema(example = "华东按周", min_length = 1, max_length = 100)]
    pub name: String,
    /// Of which plan.
    #[schema(value_type = Option<String>)]
    pub plan: Option<PlanId>,
    /// What it shows, up to 32 KiB of JSON.
    pub content: serde_json::Value,
    /// Whether others of the organisation see it too.
    #[serde(default)]
    pub shared: bool,
}

impl From<ViewWanted> for views::Wanted {
    fn from(body: ViewWanted) -> views::Wanted {
        views::Wanted {
            name: body.name,
            plan: body.plan,
            content: body.content,
            shared: body.shared,
        }
    }
}

fn body(view: View, asker: &fenjie_store::UserId) -> ViewBody {
    ViewBody {
        own: &view.owner == asker,
        id: view.id,
        plan: view.plan,
        name: view.name,
        content: view.content,
        shared: view.shared,
        revision: view.revision,
        updated_at: view.updated_at.to_string(),
    }
}

/// Lists the views that the asker sees: their own and the shared ones.
#[utoipa::path(get, path = "/views", tag = "views", params(PageQuery), responses(
    (status = 200, body = List<ViewBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_views(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Asking(query): Asking<PageQuery>,
) -> Result<axum::Json<List<ViewBody>>, Problem> {
    let listed = state.read(&actor, async |unit| views::list(unit, &query.page()?).await);
    Ok(axum::Json(List::of(listed.await?, |view| {
        body(view, &actor.user)
    })))
}

/// Saves a view.
#[utoipa::path(post, path = "/views", tag = "views", request_body = ViewWanted,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = ViewBody, headers(("ETag" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_view(
    Shared(state): Shared<State>,
    write: Write<ViewWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let wanted: views::Wanted = write.body.into();
    let answer = state.app.write(&write.asked, move |unit| {
        let wanted = wanted.clone();
        Box::pin(async move {
            let view = views::create(unit, wanted).await?;
            let (place, revision) = (format!("/api/v1/views/{}", view.id), view.revision);
            Ok(Answer::created(place, &body(view, &unit.actor.user))?.tagged(revision))
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// Gives a view.
#[utoipa::path(get, path = "/views/{view}", tag = "views", params(("view" = String, Path)), responses(
    (status = 200, body = ViewBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_view(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<ViewId>,
) -> Result<Reply, Problem> {
    let found = state.read(&actor, async |unit| {
        let view = views::get(unit, &id).await?;
        let revision = view.revision;
        Ok(Answer::ok(&body(view, &actor.user))?.tagged(revision))
    });
    found.await.map(Reply)
}

/// Writes one's own view anew.
#[utoipa::path(put, path = "/views/{view}", tag = "views", request_body = ViewWanted,
    params(("view" = String, Path), ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, body = ViewBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn update_view(
    Shared(state): Shared<State>,
    Named(id): Named<ViewId>,
    write: Write<ViewWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let wanted: views::Wanted = write.body.into();
    let answer = state.app.write(&write.asked, move |unit| {
        let (id, wanted) = (id.clone(), wanted.clone());
        Box::pin(async move {
            let view = views::update(unit, &id, seen, wanted).await?;
            let revision = view.revision;
            Ok(Answer::ok(&body(view, &unit.actor.user))?.tagged(revision))
        })
    });
    answer.await.map(Reply).map_err(refused)
}

/// Takes one's own view away.
#[utoipa::path(delete, path = "/views/{view}", tag = "views", params(("view" = String, Path)), responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn remove_view(
    Shared(state): Shared<State>,
    Named(id): Named<ViewId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let answer = state.app.write(&write.asked, move |unit| {
        let id = id.clone();
        Box::pin(async move {
            views::remove(unit, &id).await?;
            Ok(Answer::nothing())
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}
