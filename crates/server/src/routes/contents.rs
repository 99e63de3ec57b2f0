//! What a plan consists of, over HTTP: axes, members, measures, layers, holds, limits, findings.

use axum::extract::State as Shared;
use fenjie_app::reading::lists::{self, MembersAsked};
use fenjie_app::{Answer, AppError};
use fenjie_store::PlanId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::mirror::mirror;
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, List, Named, PageQuery};

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_axes))
        .routes(routes!(list_members))
        .routes(routes!(list_measures))
        .routes(routes!(list_layers))
        .routes(routes!(list_holds))
        .routes(routes!(list_limits))
        .routes(routes!(list_findings))
}

/// A list with the plan's version as its ETag.
fn tagged<T: Serialize>(version: u64, list: &List<T>) -> Result<Reply, AppError> {
    Ok(Reply(Answer::ok(list)?.tagged(version)))
}

/// Everything on one page.
fn whole<T, U>(items: Vec<T>, each: impl FnMut(T) -> U) -> List<U> {
    List {
        items: items.into_iter().map(each).collect(),
        next: None,
    }
}

mirror! {
    /// An axis of a plan.
    AxisBody of lists::AxisSeen {
        /// Its code.
        #[schema(example = "region")]
        code: String,
        /// What people call it.
        #[schema(example = "区域")]
        name: String,
        /// Its levels below the total, from the top.
        #[schema(example = json!(["area", "store"]))]
        levels: Vec<String>,
        /// Whether it is time.
        time: bool,
        /// Whether it is the organisation tree that rows are cut on.
        organisation: bool,
        /// Whether its shares must be stated and sum to 100 %.
        composition: bool,
        /// How many nodes of it the asker sees.
        #[schema(example = 8)]
        members: usize,
    }
}

/// Lists the axes of a plan, time last.
#[utoipa::path(get, path = "/plans/{plan}/axes", tag = "slices", params(("plan" = String, Path)),
    responses(
    (status = 200, body = List<AxisBody>, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_axes(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
) -> Result<Reply, Problem> {
    let found = lists::axes(&state.app, &actor, &plan).await;
    found
        .and_then(|(version, axes)| tagged(version, &whole(axes, AxisBody::from)))
        .map_err(|error| Problem::new(error, actor.lang))
}

mirror! {
    /// A node of an axis: a member, or a period.
    MemberBody of lists::MemberSeen {
        /// Its code.
        #[schema(example = "S1")]
        code: String,
        /// What people call it.
        #[schema(example = "人民路店")]
        name: String,
        /// Its level.
        #[schema(example = "store")]
        level: String,
        /// How far below the total, which is 0.
        #[schema(example = 2)]
        depth: usize,
        /// Its parent, where the asker sees that.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(example = "east")]
        parent: Option<String>,
        /// Whether it has no parts that the asker sees.
        leaf: bool,
        /// Whether it is the part of its parent that is not handed down.
        held_back: bool,
        /// A period's first day, or from when a member counts.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// The day after the last.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<String>,
        /// Whether the period is closed.
        closed: bool,
    }
}

/// Which members of an axis.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MembersQuery {
    /// Only the parts of this member, by code or name.
    #[param(example = "east")]
    pub parent: Option<String>,
    /// Only those whose code or name contains this, whatever the case.
    #[param(example = "店")]
    pub search: Option<String>,
    /// Only those of this level.
    #[param(example = "store")]
    pub level: Option<String>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// How many, 1 to 500; 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
}

/// Lists the members of an axis that the asker sees, in the order of its tree.
#[utoipa::path(get, path = "/plans/{plan}/axes/{axis}/members", tag = "slices",
    params(("plan" = String, Path), ("axis" = String, Path), MembersQuery),
    responses(
    (status = 200, body = List<MemberBody>, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_members(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named((plan, axis)): Named<(PlanId, String)>,
    Asking(query): Asking<MembersQuery>,
) -> Result<Reply, Problem> {
    let found = async {
        let (cursor, limit) = (query.cursor, query.limit);
        let page = PageQuery { cursor, limit }.page()?;
        let asked = MembersAsked {
            parent: query.parent,
            search: query.search,
            level: query.level,
        };
        let found = lists::members(&state.app, &actor, &plan, &axis, &asked, &page).await?;
        tagged(found.0, &List::of(found.1, MemberBody::from))
    };
    found.await.map_err(|error| Problem::new(error, actor.lang))
}

mirror! {
    /// A measure of a plan.
    MeasureBody of lists::MeasureSeen {
        /// Its code.
        #[schema(example = "sales")]
        code: String,
        /// What people call it.
        #[schema(example = "销售额")]
        name: String,
        /// `flow`, `level` or `ratio`.
        #[schema(example = "flow")]
        kind: &'static str,
        /// Its unit.
        #[schema(example = "CNY")]
        unit: String,
        /// The size of one count.
        #[schema(example = "0.01")]
        step: String,
        /// `target` or `expense`.
        #[schema(example = "target")]
        role: &'static str,
    }
}

/// Lists the measures of a plan.
#[utoipa::path(get, path = "/plans/{plan}/measures", tag = "slices",
    params(("plan" = String, Path)), responses(
    (status = 200, body = List<MeasureBody>, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_measures(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
) -> Result<Reply, Problem> {
    let found = lists::measures(&state.app, &actor, &plan).await;
    found
        .and_then(|(version, seen)| tagged(version, &whole(seen, MeasureBody::from)))
        .map_err(|error| Problem::new(error, actor.lang))
}

/// A layer above the base.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LayerBody {
    /// `over_assignment`, `stretch`, `challenge` or `carried`.
    #[schema(example = "stretch")]
    pub layer: &'static str,
    /// What people call it.
    #[schema(example = "冲刺目标")]
    pub name: String,
    /// The measure's code.
    #[schema(example = "sales")]
    pub measure: String,
    /// Where over-assignment begins; missing for the whole plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The rate on top of the base.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0.1")]
    pub rate: Option<String>,
    /// The amount for the whole plan, for who sees the whole plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// The roles that may see it; everybody where empty.
    pub roles: Vec<String>,
}

impl From<lists::LayerSeen> for LayerBody {
    fn from(seen: lists::LayerSeen) -> LayerBody {
        LayerBody {
            layer: seen.layer,
            name: seen.name,
            measure: seen.measure,
            level: Some(seen.level).filter(|level| !level.is_empty()),
            rate: seen.rate,
            amount: seen.amount,
            roles: seen.roles,
        }
    }
}

/// Lists the layers that the asker's role may see.
#[utoipa::path(get, path = "/plans/{plan}/layers", tag = "slices",
    params(("plan" = String, Path)), responses(
    (status = 200, body = List<LayerBody>, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_layers(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
) -> Result<Reply, Problem> {
    let found = lists::layers(&state.app, &actor, &plan).await;
    found
        .and_then(|(version, seen)| tagged(version, &whole(seen, LayerBody::from)))
        .map_err(|error| Problem::new(error, actor.lang))
}

mirror! {
    /// A held value.
    HoldBody of lists::HoldSeen {
        /// The measure's code.
        #[schema(example = "sales")]
        measure: String,
        /// The place.
        #[schema(example = "store=S2, month=2026-05")]
        at: String,
        /// The value.
        #[schema(example = "150000.00")]
        value: String,
        /// Who holds it.
        #[schema(example = "赵敏")]
        owner: String,
        /// Why.
        #[schema(example = "五月装修")]
        reason: String,
        /// The last day in force.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<String>,
        /// The number of the operation that held it.
        operation: usize,
    }
}

/// Lists the holds that the asker sees.
#[utoipa::path(get, path = "/plans/{plan}/holds", tag = "slices",
    params(("plan" = String, Path), PageQuery), responses(
    (status = 200, body = List<HoldBody>, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_holds(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
    Asking(query): Asking<PageQuery>,
) -> Result<Reply, Problem> {
    let found = async {
        let found = lists::holds(&state.app, &actor, &plan, &query.page()?).await?;
        tagged(found.0, &List::of(found.1, HoldBody::from))
    };
    found.await.map_err(|error| Problem::new(error, actor.lang))
}

mirror! {
    /// A floor and a cap.
    LimitBody of lists::LimitSeen {
        /// The measure's code.
        #[schema(example = "sales")]
        measure: String,
        /// The place.
        #[schema(example = "store=S5")]
        at: String,
        /// The least.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(example = "800000.00")]
        floor: Option<String>,
        /// The most.
        #[serde(skip_serializing_if = "Option::is_none")]
        cap: Option<String>,
    }
}

/// Lists the floors and caps that the asker sees.
#[utoipa::path(get, path = "/plans/{plan}/limits", tag = "slices",
    params(("plan" = String, Path), PageQuery), responses(
    (status = 200, body = List<LimitBody>, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_limits(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
    Asking(query): Asking<PageQuery>,
) -> Result<Reply, Problem> {
    let found = async {
        let found = lists::limits(&state.app, &actor, &plan, &query.page()?).await?;
        tagged(found.0, &List::of(found.1, LimitBody::from))
    };
    found.await.map_err(|error| Problem::new(error, actor.lang))
}

mirror! {
    /// Something worth saying about a plan.
    FindingBody of lists::FindingSeen {
        /// `error`, `warning` or `note`.
        #[schema(example = "warning")]
        severity: &'static str,
        /// Its stable code.
        #[schema(example = "zero_basis_equal")]
        code: &'static str,
        /// One sentence, in the language asked for.
        message: String,
        /// The place; empty where there is none.
        at: String,
        /// The number of the operation it is about; 0 for the definition.
        operation: usize,
    }
}

/// Lists the warnings about a plan, as far as they are about what the asker sees.
#[utoipa::path(get, path = "/plans/{plan}/findings", tag = "slices",
    params(("plan" = String, Path), PageQuery), responses(
    (status = 200, body = List<FindingBody>, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_findings(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
    Asking(query): Asking<PageQuery>,
) -> Result<Reply, Problem> {
    let found = async {
        let found = lists::findings(&state.app, &actor, &plan, &query.page()?).await?;
        tagged(found.0, &List::of(found.1, FindingBody::from))
    };
    found.await.map_err(|error| Problem::new(error, actor.lang))
}
