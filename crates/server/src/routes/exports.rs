//! Files on their way out over HTTP.

use axum::extract::State as Shared;
use axum::response::Response;
use fenjie_app::AppError;
use fenjie_app::exports::{self, ExportAsked};
use fenjie_app::reading::tracking::{ChartKind, TrackAsked};
use fenjie_store::PlanId;
use serde::Deserialize;
use tokio::sync::{Semaphore, SemaphorePermit};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::{Problem, ProblemBody};
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, Named};

/// How many files this process makes or sends at once.
const MOST_AT_ONCE: usize = 8;

static TURNS: Semaphore = Semaphore::const_new(MOST_AT_ONCE);

/// A turn at making a file.
///
/// # Errors
/// `too_many` where so many are being made already.
pub(super) fn turn() -> Result<SemaphorePermit<'static>, AppError> {
    let turn = TURNS.try_acquire();
    turn.map_err(|_| AppError::TooMany { retry_after: 5 })
}

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(export))
}

/// What is taken out.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Every target of a grain, within reach.
    Targets,
    /// The members of a dimension within reach, as a members file of a new plan (csv).
    Members,
    /// The log as a plan directory holds it (jsonl), for who sees all.
    Log,
    /// The plan directory with its inputs and sales (zip), for who sees all.
    Directory,
    /// Where the members within reach stand in a period (csv, json, xlsx).
    Standings,
    /// The pack of a meeting about the asker's part (md, json, xlsx).
    Pack,
    /// A picture of the asker's part (svg, png); `chart` says which.
    Chart,
}

/// How it is written.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A workbook; where not all is within reach, a plain table of what is.
    Xlsx,
    /// Comma separated, UTF-8 with a byte order mark.
    Csv,
    /// One array of objects.
    Json,
    /// One object per line.
    Jsonl,
    /// Parquet.
    Parquet,
    /// An archive.
    Zip,
    /// A page of text.
    Md,
    /// A picture as text.
    Svg,
    /// A picture as pixels.
    Png,
}

/// Which file.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// What is taken out.
    #[param(inline)]
    pub what: What,
    /// How it is written.
    #[param(inline)]
    pub format: Format,
    /// How fine the targets are: `region, month`, `finest`, `stored`, `all`; `finest` unless said.
    #[param(example = "store, month")]
    pub level: Option<String>,
    /// Which measure; the first flow unless said.
    pub measure: Option<String>,
    /// Which dimension's members; the organisation's unless said.
    pub dimension: Option<String>,
    /// The member whose days and slots the workbook shows.
    #[param(example = "store=S1")]
    pub store: Option<String>,
    /// Which picture: `burn_up`, `board`, `heat_calendar`, `bridge`, `composition`.
    #[param(example = "burn_up")]
    pub chart: Option<String>,
    /// Of standings, packs and pictures: whose lines, or what a bridge is taken apart by.
    #[param(example = "store")]
    pub by: Option<String>,
    /// Of standings, packs and pictures: inside which members; the asker's own part unless said.
    #[param(example = "store=east")]
    pub at: Option<String>,
    /// Of standings, packs and pictures: which period; the month now running, of packs the last week.
    #[param(example = "2026-03")]
    pub period: Option<String>,
    /// Of standings, packs and pictures: the day looked from; today unless said.
    #[param(example = "2026-03-18")]
    pub as_of: Option<String>,
    /// How many members and parts a list of a pack shows, 1 to 500.
    #[param(minimum = 1, maximum = 500)]
    pub top: Option<usize>,
}

/// Takes a file out: targets, members, the log, the plan directory, standings, packs, pictures.
#[utoipa::path(get, path = "/plans/{plan}/exports", tag = "exports",
    params(("plan" = String, Path), ExportQuery), responses(
    (status = 200, content(
        (String = "text/csv"), (serde_json::Value = "application/json"), (String = "application/jsonl"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "application/vnd.apache.parquet"), (String = "application/zip"),
        (String = "text/markdown"), (String = "image/svg+xml"), (String = "image/png"),
        ), headers(("Content-Disposition" = String)),
        description = "the file, under the media type of its format"),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn export(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
    Asking(query): Asking<ExportQuery>,
) -> Result<Response, Problem> {
    let made = async {
        let turn = turn()?;
        let exported = exports::export(&state.app, &actor, &plan, asked(query)?).await?;
        crate::download::passing(
            exported.folder,
            &exported.path,
            &exported.name,
            exported.media_type,
            turn,
        )
        .await
    };
    made.await.map_err(|error| Problem::new(error, actor.lang))
}

fn asked(query: ExportQuery) -> Result<ExportAsked, AppError> {
    Ok(ExportAsked {
        what: match query.what {
            What::Targets => exports::What::Targets,
            What::Members => exports::What::Members,
            What::Log => exports::What::Log,
            What::Directory => exports::What::Directory,
            What::Standings => exports::What::Standings,
            What::Pack => exports::What::Pack,
            What::Chart => exports::What::Chart(kind(query.chart.as_deref())?),
        },
        form: match query.format {
            Format::Xlsx => exports::Form::Xlsx,
            Format::Csv => exports::Form::Csv,
            Format::Json => exports::Form::Json,
            Format::Jsonl => exports::Form::Jsonl,
            Format::Parquet => exports::Form::Parquet,
            Format::Zip => exports::Form::Zip,
            Format::Md => exports::Form::Markdown,
            Format::Svg => exports::Form::Svg,
            Format::Png => exports::Form::Png,
        },
        level: query.level,
        measure: query.measure,
        dimension: query.dimension,
        store: query.store,
        track: TrackAsked {
            by: query.by,
            at: query.at,
            period: query.period,
            measure: None,
            as_of: query.as_of,
        },
        top: query.top,
    })
}

fn kind(chart: Option<&str>) -> Result<ChartKind, AppError> {
    let known = ChartKind::parse(chart.unwrap_or_default());
    known.ok_or_else(|| {
        let kinds = ChartKind::ALL.map(ChartKind::code).join(", ");
        AppError::invalid(
            "chart",
            "chart_unknown",
            format!("chart 须是其中之一：{kinds}"),
            format!("chart is one of {kinds}"),
        )
    })
}
