//! Slices of a plan over HTTP: rows by columns, as a grid takes them.

use axum::body::Body;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use fenjie_app::AppError;
use fenjie_app::reading::{self, MOST_COLUMNS, SliceAsked, SliceTag};
use fenjie_store::PlanId;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::{Problem, ProblemBody};
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, Named, PageQuery};

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(get_slice))
}

/// How many columns an asker gets where they do not say.
const USUAL_COLUMNS: usize = 100;

/// Which slice of a plan.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SliceQuery {
    /// The number of a published version, to read that one; the plan as it is now where missing.
    #[param(minimum = 1)]
    pub version: Option<i64>,
    /// The rows: an axis, and which of its nodes. `region` (the parts of where the slice stands),
    /// `org:store` (a level), `org:2`, `org:0-2` (depths), `org:all` (the whole tree, totals before
    /// their parts), `org:leaves`, `org:self`; several axes with commas between.
    #[param(example = "region")]
    pub rows: String,
    /// The columns, in the same words; one column of totals where missing.
    #[param(example = "time:month")]
    pub columns: Option<String>,
    /// Where the slice stands on the other axes, and where rows and columns begin.
    #[param(example = "product=A")]
    pub at: Option<String>,
    /// The measure's code; the plan's first flow where missing.
    #[param(example = "sales")]
    pub measure: Option<String>,
    /// `base` (where missing), `working`, `carried`, `over_assignment`, `stretch`, `challenge`,
    /// several with commas between, or `all`.
    #[param(example = "base,working")]
    pub layer: Option<String>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// How many rows, 1 to 500; 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
    /// The `next_columns` of the page before.
    pub column_cursor: Option<String>,
    /// How many columns, 1 to 400; 100 unless said.
    #[param(minimum = 1, maximum = 400)]
    pub column_limit: Option<usize>,
}

/// Rows by columns of a plan, as far as the asker sees it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "plan": "pln_0d9m3m7e5w8qf2v6h1c4k0r9ts", "version": 3,
    "measure": {"code": "sales", "name": "销售额", "kind": "flow", "unit": "CNY", "step": "0.01"},
    "at": "product=A",
    "row_axes": [{"code": "region", "name": "区域", "levels": ["region"]}], "row_count": 5,
    "rows": [{"key": "region=华东", "members": [{"code": "华东", "name": "华东", "level": "region",
        "depth": 1, "leaf": true, "expandable": false}]}],
    "column_axes": [{"code": "time", "name": "时间", "levels": ["quarter", "month"]}],
    "column_count": 12,
    "columns": [{"key": "month=2026-01", "members": [{"code": "2026-01", "name": "2026年1月",
        "level": "month", "depth": 2, "leaf": false, "expandable": true,
        "from": "2026-01-01", "until": "2026-02-01"}]}],
    "layers": [{"layer": "base", "cells": [["250000.00"]]}],
    "marks": {"held": [[0, 0]], "limited": []}, "next": "5Y2O5YyX"
}))]
pub struct SliceBody {
    /// The plan.
    pub plan: String,
    /// Its version: the number of its last operation; the ETag.
    pub version: u64,
    /// What is counted.
    pub measure: SliceMeasure,
    /// Where the slice stands on the axes of neither side; empty for their totals.
    pub at: String,
    /// The axes of the rows.
    pub row_axes: Vec<SliceAxis>,
    /// How many rows there are in all.
    pub row_count: u64,
    /// The rows of this page.
    pub rows: Vec<SliceHeader>,
    /// Give it as `cursor` for the next rows; missing at the end.
    pub next: Option<String>,
    /// The axes of the columns.
    pub column_axes: Vec<SliceAxis>,
    /// How many columns there are in all.
    pub column_count: u64,
    /// The columns of this page.
    pub columns: Vec<SliceHeader>,
    /// Give it as `column_cursor` for the next columns; missing at the end.
    pub next_columns: Option<String>,
    /// The layers asked for, each with its cells.
    pub layers: Vec<SliceLayer>,
    /// What there is to say about cells.
    pub marks: SliceMarks,
}

/// The measure of a slice.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SliceMeasure {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// `flow`, `level` or `ratio`.
    pub kind: String,
    /// Its unit.
    pub unit: String,
    /// Its step.
    pub step: String,
}

/// An axis of a side.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SliceAxis {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Its levels below the total.
    pub levels: Vec<String>,
}

/// A row or a column.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SliceHeader {
    /// Its part of a cell's address: row, column and `at` with commas between are the cell's.
    pub key: String,
    /// A node of each axis of the side.
    pub members: Vec<SliceMember>,
}

/// A node of an axis: a member, or a period.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SliceMember {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Its level.
    pub level: String,
    /// How far below the total, which is 0.
    pub depth: usize,
    /// Whether it has no parts (that the asker sees).
    pub leaf: bool,
    /// Whether the plan has amounts of its parts.
    pub expandable: bool,
    /// Whether it is the part of its parent that is not handed down.
    #[serde(default)]
    pub held_back: bool,
    /// A period's first day.
    pub from: Option<String>,
    /// The day after a period's last.
    pub until: Option<String>,
    /// Whether the period is closed.
    #[serde(default)]
    pub closed: bool,
}

/// The cells of a layer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SliceLayer {
    /// `base`, `working`, `carried` or another layer's code; amounts of a layer are what it adds.
    pub layer: String,
    /// Where over-assignment begins.
    pub level: Option<String>,
    /// Rows of decimal texts; null where the plan is not that fine.
    pub cells: Vec<Vec<Option<String>>>,
}

/// Marks of cells, as pairs of row and column on this page, from 0.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SliceMarks {
    /// Held cells.
    pub held: Vec<[usize; 2]>,
    /// Cells with a floor or a cap of their own.
    pub limited: Vec<[usize; 2]>,
    /// Cells with threads of remarks that are not settled; of the plan as it is, not of earlier versions.
    pub commented: Vec<[usize; 2]>,
}

/// Gives a slice of a plan: rows by columns with totals, cut to the asker's reach.
#[utoipa::path(get, path = "/plans/{plan}/slices", tag = "slices",
    params(("plan" = String, Path), SliceQuery,
        ("If-None-Match" = Option<String>, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, body = SliceBody, headers(("ETag" = String))),
    (status = 304, description = "the plan is still that version, with the same remarks"),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_slice(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
    Asking(query): Asking<SliceQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let asked = asked(query, actor.lang).map_err(refused)?;
    let seen = none_match(&headers);
    let found = reading::slice(&state.app, &actor, &plan, asked, seen).await;
    let (tag, rendered) = found.map_err(refused)?;
    let (status, body) = match rendered {
        Some(rendered) => (StatusCode::OK, Body::from(rendered.body.clone())),
        None => (StatusCode::NOT_MODIFIED, Body::empty()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if status == StatusCode::OK {
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{tag}\"")) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}

/// The slice that `If-None-Match` names; none where it names none of ours.
fn none_match(headers: &HeaderMap) -> Option<SliceTag> {
    let text = headers.get(header::IF_NONE_MATCH)?.to_str().ok()?.trim();
    let text = text.strip_prefix("W/").unwrap_or(text);
    SliceTag::parse(text.strip_prefix('"')?.strip_suffix('"')?)
}

fn asked(query: SliceQuery, lang: fenjie_message::Lang) -> Result<SliceAsked, AppError> {
    let page = |cursor, limit| PageQuery { cursor, limit }.page();
    let rows = page(query.cursor, query.limit)?;
    let columns = page(query.column_cursor, None)?;
    let column_limit = query.column_limit.unwrap_or(USUAL_COLUMNS);
    if column_limit == 0 || column_limit > MOST_COLUMNS {
        return Err(AppError::invalid(
            "column_limit",
            "limit_out_of_range",
            format!("column_limit 须在 1 与 {MOST_COLUMNS} 之间"),
            format!("column_limit is between 1 and {MOST_COLUMNS}"),
        ));
    }
    Ok(SliceAsked {
        version: query.version,
        rows: query.rows,
        columns: query.columns.unwrap_or_default(),
        at: query.at.unwrap_or_default(),
        measure: query.measure.filter(|measure| !measure.is_empty()),
        layers: query.layer.unwrap_or_else(|| "base".into()),
        after: rows.after.map(|cursor| cursor.0),
        limit: rows.limit,
        column_after: columns.after.map(|cursor| cursor.0),
        column_limit,
        lang,
    })
}
