//! Packs of meetings over HTTP.

use axum::extract::State as Shared;
use axum::http::HeaderMap;
use axum::response::Response;
use fenjie_app::exports::Form;
use fenjie_app::reading::tracking::{self, ReviewAsked, TrackAsked};
use fenjie_store::PlanId;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::exports::turn;
use crate::given::{Language, given, wanted};
use crate::problem::{Problem, ProblemBody};
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, Named};

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(get_review))
}

/// How a pack is written.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PackFormat {
    /// Stable keys, amounts as decimal texts.
    Json,
    /// A page of text.
    Md,
    /// A workbook with a sheet for each point of the agenda; needs the right to export.
    Xlsx,
}

impl PackFormat {
    fn form(self) -> Form {
        match self {
            PackFormat::Json => Form::Json,
            PackFormat::Md => Form::Markdown,
            PackFormat::Xlsx => Form::Xlsx,
        }
    }
}

/// Which pack.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReviewQuery {
    /// A week, month, quarter or year: `2026-W11`, `2026-03`, `2026-Q1`, `2026`, or a day for its week;
    /// `week`, `month`, `quarter`, `year` for the last one that is over. The last week where missing.
    #[param(example = "2026-03")]
    pub period: Option<String>,
    /// Whose part; the asker's own where missing.
    #[param(example = "store=east")]
    pub at: Option<String>,
    /// Whose lines: `store`, `region, product`; the finest level of the organisation where missing.
    #[param(example = "store")]
    pub by: Option<String>,
    /// The measure's code; the plan's first flow where missing.
    #[param(example = "sales")]
    pub measure: Option<String>,
    /// The day looked from; the period's last day, or today while it runs, where missing.
    #[param(example = "2026-03-18")]
    pub as_of: Option<String>,
    /// How many members and parts a list shows, 1 to 500; 10 unless said.
    #[param(minimum = 1, maximum = 500)]
    pub top: Option<usize>,
    /// The language of its words; the asker's unless said.
    #[param(inline)]
    pub lang: Option<Language>,
    /// How it is written; what `Accept` likes best where missing, JSON where it says nothing.
    #[param(inline)]
    pub format: Option<PackFormat>,
}

/// Gives the pack of a weekly, monthly, quarterly or year-end meeting about the asker's part: results,
/// gap, who needs help, carry proposal, action plans, decisions, revisions.
#[utoipa::path(get, path = "/plans/{plan}/reviews", tag = "tracking",
    params(("plan" = String, Path), ReviewQuery,
        ("If-None-Match" = Option<String>, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, description = "the pack, in the form asked for", headers(("ETag" = String)),
        content((Object = "application/json",
                example = json!({"plan": "store chain", "whose": "East", "measure": "Sales",
                    "period": {"level": "month", "label": "March 2026", "from": "2026-03-01",
                        "to": "2026-03-31"}, "as_of": "2026-03-18", "rhythm": "middle_check"})),
            (String = "text/markdown"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    (status = 304, description = "the pack is still the same"),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_review(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
    Asking(query): Asking<ReviewQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let actor = Language::spoken(query.lang, actor);
    let usual = || wanted(&headers, &[Form::Json, Form::Markdown, Form::Xlsx]);
    let form = query.format.map_or_else(usual, PackFormat::form);
    let asked = ReviewAsked {
        top: query.top,
        track: TrackAsked {
            by: query.by,
            at: query.at,
            period: query.period,
            measure: query.measure,
            as_of: query.as_of,
        },
    };
    let made = async {
        let _turn = turn()?;
        tracking::review(&state.app, &actor, &plan, asked, form).await
    };
    let made = made.await;
    made.map(|made| given(made, &headers))
        .map_err(|error| Problem::new(error, actor.lang))
}
