//! What many routes share on the wire: lists, cursors, identifiers in paths. Must not know areas.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fenjie_app::AppError;
use fenjie_store::page::{MOST, USUAL_LIMIT};
use fenjie_store::{Cursor, Listed, Page};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;
use crate::signed::language;
use crate::state::State;

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Give it as `cursor` for the next page; missing at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> List<T> {
    /// A page on its way out.
    pub fn of<U>(listed: Listed<U>, each: impl FnMut(U) -> T) -> List<T> {
        let next = listed.next.map(|cursor| URL_SAFE_NO_PAD.encode(cursor.0));
        List {
            items: listed.items.into_iter().map(each).collect(),
            next,
        }
    }
}

/// Which page.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// How many, 1 to 500; 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
}

impl PageQuery {
    /// The page asked for.
    ///
    /// # Errors
    /// `limit_out_of_range`, `cursor_invalid`.
    pub fn page(&self) -> Result<Page, AppError> {
        let limit = self.limit.unwrap_or(USUAL_LIMIT);
        if limit == 0 || limit > MOST {
            return Err(AppError::invalid(
                "limit",
                "limit_out_of_range",
                format!("limit 须在 1 与 {MOST} 之间"),
                format!("limit is between 1 and {MOST}"),
            ));
        }
        let decoded = |text: &String| {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok();
            bytes
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .map(Cursor)
                .ok_or_else(|| {
                    AppError::invalid(
                        "cursor",
                        "cursor_invalid",
                        "cursor 无效",
                        "this is no cursor of ours",
                    )
                })
        };
        Ok(Page {
            after: self.cursor.as_ref().map(decoded).transpose()?,
            limit,
        })
    }
}

/// A query string, read strictly, refused in our words.
pub struct Asking<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<State> for Asking<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let lang = language(&parts.headers).unwrap_or_default();
        let found: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, state).await;
        found.map(|Query(found)| Asking(found)).map_err(|error| {
            let text = error.body_text();
            let error = AppError::invalid(
                "query",
                "query_invalid",
                format!("查询参数有误：{text}"),
                format!("the query is wrong: {text}"),
            );
            Problem::new(error, lang)
        })
    }
}

/// What a path names; a text that is no identifier names nothing that is there.
pub struct Named<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<State> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let lang = language(&parts.headers).unwrap_or_default();
        let path = parts.uri.path().to_owned();
        let found: Result<Path<T>, PathRejection> = Path::from_request_parts(parts, state).await;
        found
            .map(|Path(found)| Named(found))
            .map_err(|_| Problem::new(AppError::not_found(path), lang))
    }
}
