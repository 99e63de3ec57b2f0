//! Where a plan stands, over HTTP: standings, today, alerts, bridges, burn-ups, compositions.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use fenjie_app::reading::tracking::{self, TrackAsked};
use fenjie_app::{Actor, Answer, App, AppError};
use fenjie_store::{Page, PlanId};
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
        .routes(routes!(list_standings))
        .routes(routes!(get_today))
        .routes(routes!(list_alerts))
        .routes(routes!(get_bridge))
        .routes(routes!(get_burn_up))
        .routes(routes!(list_compositions))
}

/// What is looked at.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TrackQuery {
    /// Whose lines: `store`, `region, product`; the finest level of the organisation where missing. Of a
    /// bridge: an axis, `weeks`, `days` or `price`; of compositions an axis.
    #[param(example = "store")]
    pub by: Option<String>,
    /// Inside which members; the asker's own part where missing.
    #[param(example = "store=east")]
    pub at: Option<String>,
    /// A period's code, or `day`, `week`, `month`, `quarter`, `year` for the one now running; the month
    /// where missing.
    #[param(example = "2026-03")]
    pub period: Option<String>,
    /// The measure's code; the plan's first flow where missing.
    #[param(example = "sales")]
    pub measure: Option<String>,
    /// The day looked from; today in the plan's time zone where missing.
    #[param(example = "2026-03-18")]
    pub as_of: Option<String>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// How many, 1 to 500; 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
}

/// A look at where a plan stands: who asks, which plan, what of it.
struct Look {
    app: App,
    actor: Arc<Actor>,
    plan: PlanId,
    query: TrackQuery,
    page: Page,
}

impl FromRequestParts<State> for Look {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Look, Problem> {
        let Signed(actor) = Signed::from_request_parts(parts, state).await?;
        let Named(plan) = Named::from_request_parts(parts, state).await?;
        let Asking(mut query): Asking<TrackQuery> =
            Asking::from_request_parts(parts, state).await?;
        let (cursor, limit) = (query.cursor.take(), query.limit);
        let page = PageQuery { cursor, limit }.page();
        Ok(Look {
            page: page.map_err(|error| Problem::new(error, actor.lang))?,
            app: state.app.clone(),
            actor,
            plan,
            query,
        })
    }
}

impl Look {
    fn asked(&self) -> TrackAsked {
        let query = self.query.clone();
        TrackAsked {
            by: query.by,
            at: query.at,
            period: query.period,
            measure: query.measure,
            as_of: query.as_of,
        }
    }

    /// What was found, with the plan's version, as an answer.
    fn tell<T: Serialize>(&self, found: Result<(u64, T), AppError>) -> Result<Reply, Problem> {
        let told = found.and_then(|(version, body)| Ok(Answer::ok(&body)?.tagged(version)));
        told.map(Reply)
            .map_err(|error| Problem::new(error, self.actor.lang))
    }
}

mirror! {
    /// Where a period ends as it went so far.
    ProjectionBody of tracking::ProjectionSeen {
        /// P10.
        #[schema(example = "800000.00")]
        low: String,
        /// The middle.
        #[schema(example = "860000.00")]
        middle: String,
        /// P90.
        #[schema(example = "910000.00")]
        high: String,
        /// Days the band is learned from.
        days: u32,
    }
}

mirror! {
    /// Where one member stands in a period; amounts in the measure's unit, ratios as decimals.
    StandingBody of tracking::StandingSeen {
        /// The members; empty for the whole plan.
        #[schema(example = "store=S1")]
        at: String,
        /// What people call them.
        name: String,
        /// `member`, `above` (booked above these lines) or `unassigned`.
        #[schema(example = "member")]
        line: &'static str,
        /// Whether the period is closed.
        closed: bool,
        /// The original target.
        #[schema(example = "150000.00")]
        base: String,
        /// What carrying adds or takes.
        #[schema(example = "0.00")]
        carried: String,
        /// The working target.
        #[schema(example = "150000.00")]
        working: String,
        /// The target it is judged by.
        #[schema(example = "150000.00")]
        target: String,
        /// What was sold through the day looked from.
        #[schema(example = "92000.00")]
        actual: String,
        /// Actual ÷ target; missing without a target.
        #[schema(example = "0.613333")]
        #[serde(skip_serializing_if = "Option::is_none")]
        attainment: Option<String>,
        /// The share of the target whose days are gone.
        #[schema(example = "0.580000")]
        elapsed: String,
        /// What is due by the day looked from.
        expected: String,
        /// Target − actual.
        gap: String,
        /// Expected − actual.
        gap_to_date: String,
        /// Attainment − elapsed.
        #[schema(example = "0.033333")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pace: Option<String>,
        /// Done per weighted day.
        #[serde(skip_serializing_if = "Option::is_none")]
        run_rate: Option<String>,
        /// Needed per weighted day left.
        #[serde(skip_serializing_if = "Option::is_none")]
        required_rate: Option<String>,
        /// Where it ends as it went so far.
        #[serde(skip_serializing_if = "Option::is_none")]
        projection: Option<ProjectionBody>,
        /// Its status.
        #[schema(example = "ahead")]
        status: &'static str,
        /// Its status in words.
        status_name: String,
        /// 1 for the best attainment among the lines that the asker sees.
        #[serde(skip_serializing_if = "Option::is_none")]
        rank: Option<u32>,
        /// The gap ÷ the gap of the member above.
        #[serde(skip_serializing_if = "Option::is_none")]
        share_of_gap: Option<String>,
    }
}

/// Standings of a period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StandingsBody {
    /// The measure's code.
    #[schema(example = "sales")]
    pub measure: String,
    /// The period's code.
    #[schema(example = "2026-03")]
    pub period: String,
    /// The day looked from.
    #[schema(example = "2026-03-18")]
    pub as_of: String,
    /// The last day that sales have arrived for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// The totals of the parts that the asker sees.
    pub totals: Vec<StandingBody>,
    /// The lines.
    pub items: Vec<StandingBody>,
    /// Give it as `cursor` for the next page; missing at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Lists where the members that the asker sees stand in a period.
#[utoipa::path(get, path = "/plans/{plan}/standings", tag = "tracking",
    params(("plan" = String, Path), TrackQuery), responses(
    (status = 200, body = StandingsBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_standings(look: Look) -> Result<Reply, Problem> {
    let (asked, page) = (look.asked(), look.page.clone());
    let found = tracking::standings(&look.app, &look.actor, &look.plan, asked, page).await;
    look.tell(found.map(|found| {
        let version = found.version;
        let lines = List::of(found.lines, StandingBody::from);
        let body = StandingsBody {
            measure: found.measure,
            period: found.period,
            as_of: found.as_of,
            through: found.through,
            totals: found.totals.into_iter().map(StandingBody::from).collect(),
            items: lines.items,
            next: lines.next,
        };
        (version, body)
    }))
}

mirror! {
    /// One slot of a day.
    SlotBody of tracking::SlotSeen {
        /// From when to when.
        #[schema(example = "10:00–14:00")]
        label: String,
        /// Its own target.
        target: String,
        /// What missed slots before it add.
        added: String,
        /// Target and what is added.
        working: String,
        /// Done in it.
        done: String,
        /// Still to do.
        left: String,
        /// `gone`, `running` or `to_come`.
        #[schema(example = "running")]
        phase: &'static str,
    }
}

mirror! {
    /// A day of some members by slots.
    TodayBody of tracking::TodaySeen {
        /// The members.
        #[schema(example = "store=S1")]
        at: String,
        /// What people call them.
        name: String,
        /// The day.
        #[schema(example = "2026-03-18")]
        day: String,
        /// The time of day looked from.
        #[schema(example = "15:20")]
        time: String,
        /// The day's working target.
        target: String,
        /// Done so far.
        done: String,
        /// Done by lines whose slot is not known.
        without_slot: String,
        /// Still to do.
        left: String,
        /// Done ÷ target.
        #[serde(skip_serializing_if = "Option::is_none")]
        attainment: Option<String>,
        /// The share of the day that is due.
        elapsed: String,
        /// What is due by now.
        expected: String,
        /// The status.
        #[schema(example = "behind")]
        status: &'static str,
        /// The slots.
        slots: Vec<SlotBody>,
    }
}

/// Gives the day of a store by slots: the asker's own where no place is named.
#[utoipa::path(get, path = "/plans/{plan}/today", tag = "tracking",
    params(("plan" = String, Path), TrackQuery), responses(
    (status = 200, body = TodayBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_today(look: Look) -> Result<Reply, Problem> {
    let found = tracking::today(&look.app, &look.actor, &look.plan, look.asked()).await;
    look.tell(found.map(|found| (found.version, TodayBody::from(found))))
}

mirror! {
    /// Something that needs a look.
    AlertBody of tracking::AlertSeen {
        /// Its stable code.
        #[schema(example = "pace")]
        code: &'static str,
        /// How urgent it is.
        severity: &'static str,
        /// The members.
        #[schema(example = "store=S2")]
        at: String,
        /// What people call them.
        name: String,
        /// The period's code.
        period: String,
        /// Who answers for the place; empty where nobody does.
        owner: String,
        /// One sentence, in the language asked for.
        message: String,
    }
}

/// Lists what needs a look among what the asker sees, urgent first.
#[utoipa::path(get, path = "/plans/{plan}/alerts", tag = "tracking",
    params(("plan" = String, Path), TrackQuery), responses(
    (status = 200, body = List<AlertBody>, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_alerts(look: Look) -> Result<Reply, Problem> {
    let (asked, page) = (look.asked(), look.page.clone());
    let found = tracking::alerts(&look.app, &look.actor, &look.plan, asked, page).await;
    look.tell(found.map(|(version, found)| (version, List::of(found, AlertBody::from))))
}

mirror! {
    /// One part of a gap.
    BridgePartBody of tracking::BridgePartSeen {
        /// Its code; missing for what is no member or period.
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// What people call it.
        name: String,
        /// Its target.
        target: String,
        /// Its actual.
        actual: String,
        /// What it adds to the gap: above zero is missing.
        gap: String,
    }
}

mirror! {
    /// A gap and its parts, which sum to it.
    BridgeBody of tracking::BridgeSeen {
        /// The members.
        #[schema(example = "store=east")]
        at: String,
        /// The period's code.
        #[schema(example = "2026-03")]
        period: String,
        /// What it is taken apart by.
        #[schema(example = "store")]
        by: String,
        /// The target due.
        target: String,
        /// The actual.
        actual: String,
        /// Target − actual.
        gap: String,
        /// The parts.
        parts: Vec<BridgePartBody>,
    }
}

/// Takes the gap of a place apart, to the last cent.
#[utoipa::path(get, path = "/plans/{plan}/bridges", tag = "tracking",
    params(("plan" = String, Path), TrackQuery), responses(
    (status = 200, body = BridgeBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_bridge(look: Look) -> Result<Reply, Problem> {
    let found = tracking::bridge(&look.app, &look.actor, &look.plan, look.asked()).await;
    look.tell(found.map(|found| (found.version, BridgeBody::from(found))))
}

/// A point of a projection.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PointBody {
    /// The day.
    pub day: String,
    /// P10.
    pub low: String,
    /// The middle.
    pub middle: String,
    /// P90.
    pub high: String,
}

impl From<(String, String, String, String)> for PointBody {
    fn from((day, low, middle, high): (String, String, String, String)) -> PointBody {
        PointBody {
            day,
            low,
            middle,
            high,
        }
    }
}

mirror! {
    /// A period day by day, added up.
    BurnUpBody of tracking::BurnUpSeen {
        /// The members.
        #[schema(example = "store=S1")]
        at: String,
        /// The period's code.
        #[schema(example = "2026-03")]
        period: String,
        /// The day looked from.
        as_of: String,
        /// The days.
        days: Vec<String>,
        /// The base target through each day.
        base: Vec<String>,
        /// The working target through each day.
        working: Vec<String>,
        /// What was sold through each day gone.
        actual: Vec<String>,
        /// What is due by the day looked from.
        expected: String,
        /// Where it goes from there.
        projection: Vec<PointBody>,
    }
}

/// Gives a place's period day by day: base, working target, what was sold.
#[utoipa::path(get, path = "/plans/{plan}/burn-ups", tag = "tracking",
    params(("plan" = String, Path), TrackQuery), responses(
    (status = 200, body = BurnUpBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_burn_up(look: Look) -> Result<Reply, Problem> {
    let found = tracking::burn_up(&look.app, &look.actor, &look.plan, look.asked()).await;
    look.tell(found.map(|found| (found.version, BurnUpBody::from(found))))
}

mirror! {
    /// One part of a composition.
    CompositionRowBody of tracking::CompositionRowSeen {
        /// Its code; missing for what nobody knows.
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// What people call it.
        name: String,
        /// Its target.
        target: String,
        /// Its result.
        actual: String,
        /// Its share of the target.
        #[serde(skip_serializing_if = "Option::is_none")]
        target_share: Option<String>,
        /// Its share of the result.
        #[serde(skip_serializing_if = "Option::is_none")]
        actual_share: Option<String>,
    }
}

mirror! {
    /// What business a result is made of.
    CompositionBody of tracking::CompositionSeen {
        /// The axis's code.
        axis: String,
        /// What people call it.
        name: String,
        /// The target of all its parts.
        target: String,
        /// The result of all its parts.
        actual: String,
        /// The parts.
        rows: Vec<CompositionRowBody>,
    }
}

/// Lists what business a place's result is made of, by every axis whose shares are stated or by one.
#[utoipa::path(get, path = "/plans/{plan}/compositions", tag = "tracking",
    params(("plan" = String, Path), TrackQuery), responses(
    (status = 200, body = List<CompositionBody>, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_compositions(look: Look) -> Result<Reply, Problem> {
    let found = tracking::compositions(&look.app, &look.actor, &look.plan, look.asked()).await;
    let list = |found: Vec<_>| List {
        items: found.into_iter().map(CompositionBody::from).collect(),
        next: None,
    };
    look.tell(found.map(|(version, found)| (version, list(found))))
}
