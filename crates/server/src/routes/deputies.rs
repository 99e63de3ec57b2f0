//! Who stands in for whom, over HTTP.

use axum::extract::State as Shared;
use fenjie_app::Answer;
use fenjie_app::rhythm::day;
use fenjie_app::rhythm::deputy::{self, NewDeputy};
use fenjie_store::rhythm_approval::Deputy;
use fenjie_store::{DeputyId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::called::{Called, Known, Peopled, all_called, among, called};
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{List, Named};
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_deputies, create_deputy))
        .routes(routes!(revoke_deputy))
}

/// Somebody standing in for somebody.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeputyBody {
    /// Its identifier.
    #[schema(value_type = String, example = "dep_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: DeputyId,
    /// Who is away.
    #[schema(value_type = String, example = "usr_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub user: UserId,
    /// Who stands in.
    #[schema(value_type = String, example = "usr_1d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub deputy: UserId,
    /// What the people above are called, by identifier.
    #[schema(value_type = std::collections::HashMap<String, String>,
        example = json!({"usr_0d9m3m7e5w8qf2v6h1c4k0r9ts": "王芳"}))]
    pub people: Called,
    /// The first day.
    #[schema(example = "2026-11-23")]
    pub from: String,
    /// The last day.
    #[schema(example = "2026-11-27")]
    pub until: String,
    /// Why.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When it was ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<String>,
    /// Its revision; the ETag.
    #[schema(example = 1)]
    pub revision: i64,
}

impl Peopled for DeputyBody {
    fn people(&self) -> Vec<&UserId> {
        vec![&self.user, &self.deputy]
    }

    fn name(&mut self, known: &Known) {
        self.people = among(known, &Peopled::people(self));
    }
}

fn deputy_body(deputy: Deputy) -> DeputyBody {
    DeputyBody {
        id: deputy.id,
        user: deputy.user,
        deputy: deputy.deputy,
        people: Called::new(),
        from: deputy.from.to_string(),
        until: deputy.until.to_string(),
        reason: deputy.reason,
        revoked_at: deputy.revoked_at.map(|at| at.to_string()),
        revision: deputy.revision,
    }
}

/// Somebody to stand in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeputyWanted {
    /// Who is away; the asker where not said. For others only who manages accounts says so.
    #[schema(value_type = Option<String>)]
    pub user: Option<UserId>,
    /// Who stands in.
    #[schema(value_type = String, example = "usr_1d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub deputy: UserId,
    /// The first day.
    #[schema(example = "2026-11-23")]
    pub from: String,
    /// The last day; at most 366 days.
    #[schema(example = "2026-11-27")]
    pub until: String,
    /// Why, up to 2,000 characters.
    #[serde(default)]
    #[schema(example = "休假", max_length = 2000)]
    pub reason: String,
}

/// Lists who stands in for whom, as far as it concerns the asker.
#[utoipa::path(get, path = "/deputies", tag = "approvals", responses(
    (status = 200, body = List<DeputyBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_deputies(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
) -> Result<axum::Json<List<DeputyBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let mut unit = state.app.reading(&actor).await.map_err(refused)?;
    let found = deputy::list(&mut unit).await.map_err(refused)?;
    let items = found.into_iter().map(deputy_body).collect();
    let items = all_called(&mut unit, items).await.map_err(refused)?;
    Ok(axum::Json(List { items, next: None }))
}

/// Appoints somebody to stand in from one day to another.
#[utoipa::path(post, path = "/deputies", tag = "approvals", request_body = DeputyWanted,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = DeputyBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_deputy(
    Shared(state): Shared<State>,
    write: Write<DeputyWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let new = NewDeputy {
        user: write.body.user,
        deputy: write.body.deputy,
        from: day("from", &write.body.from).map_err(refused)?,
        until: day("until", &write.body.until).map_err(refused)?,
        reason: write.body.reason,
    };
    let answer = state.app.write(&write.asked, move |unit| {
        let new = new.clone();
        Box::pin(async move {
            let made = deputy::create(unit, new).await?;
            let revision = made.revision;
            let body = called(unit, deputy_body(made)).await?;
            Ok(Answer::created("/api/v1/deputies", &body)?.tagged(revision))
        })
    });
    answer.await.map(Reply).map_err(refused)
}

/// Ends somebody's standing in.
#[utoipa::path(delete, path = "/deputies/{deputy}", tag = "approvals",
    params(("deputy" = String, Path), ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, body = DeputyBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn revoke_deputy(
    Shared(state): Shared<State>,
    Named(id): Named<DeputyId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let answer = state.app.write(&write.asked, move |unit| {
        let id = id.clone();
        Box::pin(async move {
            let after = deputy::revoke(unit, &id, seen).await?;
            let revision = after.revision;
            let body = called(unit, deputy_body(after)).await?;
            Ok(Answer::ok(&body)?.tagged(revision))
        })
    });
    answer.await.map(Reply).map_err(refused)
}
