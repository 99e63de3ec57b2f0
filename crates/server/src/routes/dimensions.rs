//! Dimensions and their members over HTTP: who is where, on which day.

use std::collections::BTreeMap;

use axum::extract::State as Shared;
use fenjie_app::Answer;
use fenjie_app::organisation::{self, DimensionWanted, MemberChange, MembersAsked, NewMember};
use fenjie_store::dimension::{DimensionRecord, MemberRecord, MemberSpan};
use fenjie_store::{DimensionId, MemberId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
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
        .routes(routes!(list_dimensions, create_dimension))
        .routes(routes!(get_dimension, update_dimension, remove_dimension))
        .routes(routes!(list_dimension_members, create_member))
        .routes(routes!(get_member, change_member))
}

/// A dimension.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DimensionBody {
    /// Its identifier.
    #[schema(value_type = String, example = "dim_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: DimensionId,
    /// Its code, as plans name it.
    #[schema(example = "store")]
    pub code: String,
    /// What people call it.
    #[schema(example = "门店")]
    pub name: String,
    /// Whether its members are the organisation tree, which accounts belong to.
    pub is_organisation: bool,
    /// Its revision; the ETag.
    pub revision: i64,
    /// When it was last changed.
    pub updated_at: String,
}

/// What a dimension is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DimensionBodyWanted {
    /// Its code, as plans name it; does not change.
    #[schema(example = "store", min_length = 1, max_length = 100)]
    pub code: String,
    /// What people call it.
    #[schema(example = "门店", min_length = 1, max_length = 100)]
    pub name: String,
    /// Whether its members are the organisation tree.
    #[serde(default)]
    pub is_organisation: bool,
}

impl From<DimensionBodyWanted> for DimensionWanted {
    fn from(body: DimensionBodyWanted) -> DimensionWanted {
        DimensionWanted {
            code: body.code,
            name: body.name,
            is_organisation: body.is_organisation,
        }
    }
}

fn body(dimension: DimensionRecord) -> DimensionBody {
    DimensionBody {
        id: dimension.id,
        code: dimension.code,
        name: dimension.name,
        is_organisation: dimension.is_organisation,
        revision: dimension.revision,
        updated_at: dimension.updated_at.to_string(),
    }
}

/// Lists the dimensions.
#[utoipa::path(get, path = "/dimensions", tag = "organisation", responses(
    (status = 200, body = List<DimensionBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_dimensions(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
) -> Result<axum::Json<List<DimensionBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let mut unit = state.app.reading(&actor).await.map_err(refused)?;
    let found = organisation::dimensions(&mut unit).await.map_err(refused)?;
    Ok(axum::Json(List {
        items: found.into_iter().map(body).collect(),
        next: None,
    }))
}

/// Adds a dimension.
#[utoipa::path(post, path = "/dimensions", tag = "organisation", request_body = DimensionBodyWanted,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = DimensionBody, headers(("ETag" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_dimension(
    Shared(state): Shared<State>,
    write: Write<DimensionBodyWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let wanted = DimensionWanted::from(write.body);
    let answer = state.app.write(&write.asked, move |unit| {
        let wanted = wanted.clone();
        Box::pin(async move {
            let made = organisation::add_dimension(unit, wanted).await?;
            let (place, revision) = (format!("/api/v1/dimensions/{}", made.id), made.revision);
            Ok(Answer::created(place, &body(made))?.tagged(revision))
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// Gives a dimension.
#[utoipa::path(get, path = "/dimensions/{dimension}", tag = "organisation",
    params(("dimension" = String, Path)), responses(
    (status = 200, body = DimensionBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_dimension(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<DimensionId>,
) -> Result<Reply, Problem> {
    let found = state.read(&actor, async |unit| {
        let found = organisation::dimension(unit, &id).await?;
        let revision = found.revision;
        Ok(Answer::ok(&body(found))?.tagged(revision))
    });
    found.await.map(Reply)
}

/// Names a dimension anew; its code stays.
#[utoipa::path(put, path = "/dimensions/{dimension}", tag = "organisation",
    request_body = DimensionBodyWanted,
    params(("dimension" = String, Path), ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, body = DimensionBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn update_dimension(
    Shared(state): Shared<State>,
    Named(id): Named<DimensionId>,
    write: Write<DimensionBodyWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let wanted = DimensionWanted::from(write.body);
    let answer = state.app.write(&write.asked, move |unit| {
        let (id, wanted) = (id.clone(), wanted.clone());
        Box::pin(async move {
            let made = organisation::update_dimension(unit, &id, seen, wanted).await?;
            let revision = made.revision;
            Ok(Answer::ok(&body(made))?.tagged(revision))
        })
    });
    answer.await.map(Reply).map_err(refused)
}

/// Takes a dimension away that has no members.
#[utoipa::path(delete, path = "/dimensions/{dimension}", tag = "organisation",
    params(("dimension" = String, Path)), responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn remove_dimension(
    Shared(state): Shared<State>,
    Named(id): Named<DimensionId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let answer = state.app.write(&write.asked, move |unit| {
        let id = id.clone();
        Box::pin(async move {
            organisation::remove_dimension(unit, &id).await?;
            Ok(Answer::nothing())
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// A member, as it is on a day and with its whole history.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DimensionMemberBody {
    /// Its identifier.
    #[schema(value_type = String, example = "mbr_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: MemberId,
    /// Of which dimension.
    #[schema(value_type = String)]
    pub dimension: DimensionId,
    /// Its code.
    #[schema(example = "S1")]
    pub code: String,
    /// What it is on the day asked for; where none was, what it was last.
    pub now: SpanBody,
    /// What it was and will be, oldest first.
    pub history: Vec<SpanBody>,
    /// Its revision; the ETag.
    pub revision: i64,
}

/// What a member is for a while.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SpanBody {
    /// The first day.
    #[schema(example = "2026-01-01")]
    pub valid_from: String,
    /// The last day; missing for as far as anybody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
    /// What people call it.
    #[schema(example = "人民路店")]
    pub name: String,
    /// The member above; missing at the top.
    #[schema(example = "east")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Numbers by name.
    #[schema(example = json!({ "capacity": "120" }))]
    pub attributes: BTreeMap<String, String>,
}

impl From<MemberSpan> for SpanBody {
    fn from(span: MemberSpan) -> SpanBody {
        SpanBody {
            valid_from: span.valid_from,
            valid_to: span.valid_to,
            name: span.name,
            parent: span.parent,
            attributes: span.attributes,
        }
    }
}

fn member_body(record: MemberRecord, span: Option<MemberSpan>) -> DimensionMemberBody {
    let last = || record.spans.last().cloned();
    let now = span.or_else(last).map(SpanBody::from);
    let empty = SpanBody {
        valid_from: String::new(),
        valid_to: None,
        name: String::new(),
        parent: None,
        attributes: BTreeMap::new(),
    };
    DimensionMemberBody {
        now: now.unwrap_or(empty),
        id: record.id,
        dimension: record.dimension,
        code: record.code,
        history: record.spans.into_iter().map(SpanBody::from).collect(),
        revision: record.revision,
    }
}

/// Which members.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DimensionMembersQuery {
    /// As of which day; today unless said.
    #[param(example = "2026-11-22")]
    pub on: Option<String>,
    /// Directly below which member, by code; empty for the top.
    pub parent: Option<String>,
    /// Whose code or name holds this text.
    pub search: Option<String>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// How many, 1 to 500; 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
}

/// Today in the business time zone, as far as the server knows one.
pub(super) fn today(state: &State, on: Option<String>) -> String {
    on.unwrap_or_else(|| fenjie_app::sales::today(state.app.now(), None).to_string())
}

/// Lists the members of a dimension as they are on a day.
#[utoipa::path(get, path = "/dimensions/{dimension}/members", tag = "organisation",
    params(("dimension" = String, Path), DimensionMembersQuery), responses(
    (status = 200, body = List<DimensionMemberBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_dimension_members(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<DimensionId>,
    Asking(query): Asking<DimensionMembersQuery>,
) -> Result<axum::Json<List<DimensionMemberBody>>, Problem> {
    let found = async {
        let page = PageQuery {
            cursor: query.cursor,
            limit: query.limit,
        };
        let page = page.page()?;
        let asked = MembersAsked {
            on: today(&state, query.on),
            parent: query.parent,
            search: query.search,
        };
        let mut unit = state.app.reading(&actor).await?;
        organisation::members(&mut unit, &id, &asked, &page).await
    };
    let found = found
        .await
        .map_err(|error| Problem::new(error, actor.lang))?;
    Ok(axum::Json(List::of(found, |seen| {
        member_body(seen.record, Some(seen.span))
    })))
}

/// A member to be added.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberWanted {
    /// Its code; does not change.
    #[schema(example = "S9", min_length = 1, max_length = 100)]
    pub code: String,
    /// What people call it.
    #[schema(example = "滨江店", min_length = 1, max_length = 100)]
    pub name: String,
    /// The member above, by code; missing at the top.
    #[schema(example = "east")]
    pub parent: Option<String>,
    /// The first day.
    #[schema(example = "2026-12-01")]
    pub valid_from: String,
    /// The last day; missing for as far as anybody knows.
    pub valid_to: Option<String>,
    /// Numbers by name.
    #[serde(default)]
    #[schema(example = json!({ "capacity": "80" }))]
    pub attributes: BTreeMap<String, String>,
}

/// Adds a member to a dimension.
#[utoipa::path(post, path = "/dimensions/{dimension}/members", tag = "organisation",
    request_body = MemberWanted,
    params(("dimension" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = DimensionMemberBody, headers(("ETag" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_member(
    Shared(state): Shared<State>,
    Named(of): Named<DimensionId>,
    write: Write<MemberWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let wanted = write.body;
    let new = NewMember {
        code: wanted.code,
        name: wanted.name,
        parent: wanted.parent,
        valid_from: wanted.valid_from,
        valid_to: wanted.valid_to,
        attributes: wanted.attributes,
    };
    let answer = state.app.write(&write.asked, move |unit| {
        let (of, new) = (of.clone(), new.clone());
        Box::pin(async move {
            let made = organisation::add_member(unit, &of, new).await?;
            let (place, revision) = (format!("/api/v1/members/{}", made.id), made.revision);
            Ok(Answer::created(place, &member_body(made, None))?.tagged(revision))
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// Gives a member with its history.
#[utoipa::path(get, path = "/members/{member}", tag = "organisation",
    params(("member" = String, Path)), responses(
    (status = 200, body = DimensionMemberBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_member(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<MemberId>,
) -> Result<Reply, Problem> {
    let found = state.read(&actor, async |unit| {
        let found = organisation::member(unit, &id).await?;
        let revision = found.revision;
        Ok(Answer::ok(&member_body(found, None))?.tagged(revision))
    });
    found.await.map(Reply)
}

/// What changes of a member from a day on; what is not named stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberChanged {
    /// From which day on; later changes that were planned are replaced.
    #[schema(example = "2026-12-01")]
    pub from: String,
    /// What people call it.
    pub name: Option<String>,
    /// The member above, by code; empty for the top.
    #[schema(example = "west")]
    pub parent: Option<String>,
    /// Numbers by name, all of them.
    pub attributes: Option<BTreeMap<String, String>>,
    /// Whether the day before `from` is its last.
    #[serde(default)]
    pub ends: bool,
}

/// Moves, names, weighs or ends a member from a day on.
#[utoipa::path(patch, path = "/members/{member}", tag = "organisation", request_body = MemberChanged,
    params(("member" = String, Path), ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, body = DimensionMemberBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn change_member(
    Shared(state): Shared<State>,
    Named(id): Named<MemberId>,
    write: Write<MemberChanged>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let wanted = write.body;
    let change = MemberChange {
        from: wanted.from,
        name: wanted.name,
        parent: wanted
            .parent
            .map(|parent| Some(parent).filter(|parent| !parent.is_empty())),
        attributes: wanted.attributes,
        ends: wanted.ends,
    };
    let answer = state.app.write(&write.asked, move |unit| {
        let (id, change) = (id.clone(), change.clone());
        Box::pin(async move {
            let made = organisation::change_member(unit, &id, seen, change).await?;
            let revision = made.revision;
            Ok(Answer::ok(&member_body(made, None))?.tagged(revision))
        })
    });
    answer.await.map(Reply).map_err(refused)
}
