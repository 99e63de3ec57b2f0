//! Pictures of where a plan stands, over HTTP.

use axum::extract::State as Shared;
use axum::http::HeaderMap;
use axum::response::Response;
use fenjie_app::AppError;
use fenjie_app::exports::Form;
use fenjie_app::reading::tracking::{self, ChartAsked, ChartKind, TrackAsked};
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
    OpenApiRouter::new().routes(routes!(get_chart))
}

/// How a picture is written.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChartFormat {
    /// Lines and texts, sharp at any size; without scripts.
    Svg,
    /// Pixels, twice as many as `width`; needs fonts on the server's machine.
    Png,
}

/// The ground of a picture.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// White.
    Light,
    /// Nearly black.
    Dark,
}

impl From<Theme> for tracking::Theme {
    fn from(theme: Theme) -> tracking::Theme {
        match theme {
            Theme::Light => tracking::Theme::Light,
            Theme::Dark => tracking::Theme::Dark,
        }
    }
}

/// Of what, and how it looks.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChartQuery {
    /// Whose lines on a board; what a bridge is taken apart by: an axis, `weeks`, `days` or `price`;
    /// which composition.
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
    /// The ground; light unless said.
    #[param(inline)]
    pub theme: Option<Theme>,
    /// Width in pixels, 320 to 4000, of a PNG to 2000; 760 unless said. The height follows.
    #[param(minimum = 320, maximum = 4000)]
    pub width: Option<u32>,
    /// The unit of amounts: `one`, `wan` (万) or `yi` (亿); the one that suits unless said.
    #[param(example = "wan")]
    pub unit: Option<String>,
    /// The language of its words; the asker's unless said.
    #[param(inline)]
    pub lang: Option<Language>,
    /// How it is written; what `Accept` likes best where missing, SVG where it says nothing.
    #[param(inline)]
    pub format: Option<ChartFormat>,
}

/// Draws where the asker's part stands: `burn_up`, `board`, `heat_calendar`, `bridge`, `composition`.
#[utoipa::path(get, path = "/plans/{plan}/charts/{kind}", tag = "tracking",
    params(("plan" = String, Path),
        ("kind" = String, Path, example = "burn_up",
            description = "`burn_up`, `board`, `heat_calendar`, `bridge` or `composition`"),
        ChartQuery,
        ("If-None-Match" = Option<String>, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, description = "the picture, in the form asked for", headers(("ETag" = String)),
        content((String = "image/svg+xml"), (String = "image/png"))),
    (status = 304, description = "the picture is still the same"),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_chart(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named((plan, kind)): Named<(PlanId, String)>,
    Asking(query): Asking<ChartQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let actor = Language::spoken(query.lang, actor);
    let usual = || wanted(&headers, &[Form::Svg, Form::Png]);
    let form = query.format.map_or_else(usual, |format| match format {
        ChartFormat::Svg => Form::Svg,
        ChartFormat::Png => Form::Png,
    });
    let made = async {
        let known = ChartKind::parse(&kind);
        let kind = known.ok_or_else(|| {
            AppError::not_found(format!(
                "charts/{}",
                kind.chars().take(40).collect::<String>()
            ))
        })?;
        let asked = ChartAsked {
            kind,
            theme: query.theme.map(tracking::Theme::from),
            width: query.width,
            unit: query.unit,
            track: TrackAsked {
                by: query.by,
                at: query.at,
                period: query.period,
                measure: query.measure,
                as_of: query.as_of,
            },
        };
        let _turn = turn()?;
        tracking::chart(&state.app, &actor, &plan, asked, form).await
    };
    let made = made.await;
    made.map(|made| given(made, &headers))
        .map_err(|error| Problem::new(error, actor.lang))
}
