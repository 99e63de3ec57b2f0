//! Files made in memory on their way out: which form somebody wants, and whether they have it already.
//! Must not know what the files hold.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use fenjie_app::Actor;
use fenjie_app::exports::Form;
use fenjie_app::reading::tracking::Made;
use fenjie_message::Lang;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::download;

/// A language of texts.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// 中文
    Zh,
    /// English
    En,
}

impl Language {
    /// The asker, spoken to in the language asked for.
    pub fn spoken(language: Option<Language>, actor: Arc<Actor>) -> Arc<Actor> {
        let lang = match language {
            None => return actor,
            Some(Language::Zh) => Lang::Zh,
            Some(Language::En) => Lang::En,
        };
        let mut own = Actor::clone(&actor);
        own.lang = lang;
        Arc::new(own)
    }
}

/// The file with its tag, or 304 where the asker has it.
pub fn given(made: Made, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", made.tag);
    let mut response = match has(headers, &tag) {
        true => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        }
        false => download::bytes(made.bytes, &made.name, made.form.media_type()),
    };
    let out = response.headers_mut();
    if made.form == Form::Json {
        out.remove(header::CONTENT_DISPOSITION);
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(header::ETAG, tag);
    }
    // Whoever keeps it asks again before it is shown again.
    let kept = HeaderValue::from_static("private, no-cache");
    out.insert(header::CACHE_CONTROL, kept);
    let varies = HeaderValue::from_static("accept, accept-language, authorization, cookie");
    out.append(header::VARY, varies);
    response
}

/// Whether `If-None-Match` names a tag; weak ones are as good here.
fn has(headers: &HeaderMap, tag: &str) -> bool {
    let named = headers.get_all(header::IF_NONE_MATCH).iter();
    let mut named = named.filter_map(|value| value.to_str().ok());
    named.any(|value| {
        let mut tags = value.split(',').map(str::trim);
        tags.any(|own| own == "*" || own.strip_prefix("W/").unwrap_or(own) == tag)
    })
}

/// The form that `Accept` likes best among some; the first where it says nothing that is there.
pub fn wanted(headers: &HeaderMap, forms: &[Form]) -> Form {
    let said = headers.get_all(header::ACCEPT).iter();
    let said: Vec<&str> = said.filter_map(|value| value.to_str().ok()).collect();
    let said = said.join(",");
    let mut best = (0, forms[0]);
    for range in said.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default();
        let rank = parts.find_map(|part| part.strip_prefix("q="));
        let rank = rank.map_or(1000, per_mille);
        let found = forms.iter().find(|form| {
            let own = form.media_type().split(';').next().unwrap_or_default();
            own.eq_ignore_ascii_case(kind)
        });
        if let Some(form) = found.filter(|_| rank > best.0) {
            best = (rank, *form);
        }
    }
    best.1
}

/// `0.8` as 800; what is no such number counts nothing.
fn per_mille(text: &str) -> u32 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = part.chars().chain("000".chars()).take(3).collect();
    let number = |text: &str| text.parse::<u32>().unwrap_or(0);
    (number(whole) * 1000 + number(&digits)).min(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(accept: &str) -> &'static str {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        wanted(&headers, &[Form::Json, Form::Markdown, Form::Xlsx]).ending()
    }

    #[test]
    fn the_form_is_the_one_liked_best() {
        for (accept, form) in [
            ("*/*", "json"),
            ("text/markdown", "md"),
            ("text/markdown;q=0.5, application/json;q=0.9", "json"),
            ("text/html, TEXT/MARKDOWN;q=0.1", "md"),
            ("text/markdown;q=0", "json"),
            ("text/markdown;q=99999999999", "json"),
            ("image/png", "json"),
        ] {
            assert_eq!(wants(accept), form, "{accept}");
        }
    }
}
