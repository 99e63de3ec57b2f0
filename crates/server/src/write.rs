//! A request that changes something: who, under which key, having seen which version, and its body,
//! read strictly. Must not know routes.

use std::error::Error;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use fenjie_app::{AppError, Asked, IdempotencyKey};
use fenjie_message::Lang;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::frame::{FrameError, Stalled};
use crate::multipart::turn;
use crate::problem::Problem;
use crate::signed::authenticated;
use crate::state::State;
use crate::strict;

/// The largest JSON body, in bytes.
pub const LARGEST_BODY: usize = 1024 * 1024;
/// The longest idempotency key.
const LONGEST_KEY: usize = 128;

/// The largest body of a plan with the files it names, in bytes: received as files are, a few at once.
pub const LARGEST_PLAN: usize = 32 * 1024 * 1024;

/// A request that changes something, with a body of at most `MOST` bytes.
pub struct Write<T, const MOST: usize = LARGEST_BODY> {
    /// Who asks, and under which key.
    pub asked: Asked,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: T,
}

impl<T, const MOST: usize> Write<T, MOST> {
    /// The language of answers.
    pub fn lang(&self) -> Lang {
        self.asked.actor.lang
    }

    /// The revision that `If-Match` names.
    ///
    /// # Errors
    /// `version_missing` without, `if_match_invalid` where it is no ETag of ours.
    pub fn seen(&self) -> Result<i64, AppError> {
        seen(&self.headers)
    }
}

/// The revision that `If-Match` names.
pub fn seen(headers: &HeaderMap) -> Result<i64, AppError> {
    let value = headers
        .get(header::IF_MATCH)
        .ok_or(AppError::VersionMissing)?;
    let text = value.to_str().unwrap_or_default().trim();
    let number = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    // Behind a dot stands what a reader may know besides the version: a slice's remarks.
    number
        .map(|number| {
            number
                .split_once('.')
                .map_or(number, |(version, _)| version)
        })
        .and_then(|number| number.parse().ok())
        .filter(|number| *number >= 0)
        .ok_or_else(|| {
            AppError::invalid(
                "If-Match",
                "if_match_invalid",
                "If-Match 须是先前得到的 ETag",
                "If-Match has to be an ETag that was given before",
            )
        })
}

pub(crate) fn key(
    headers: &HeaderMap,
    request_hash: impl FnOnce() -> String,
) -> Result<Option<IdempotencyKey>, AppError> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    if text.is_empty()
        || text.len() > LONGEST_KEY
        || !text.bytes().all(|byte| byte.is_ascii_graphic())
    {
        return Err(AppError::invalid(
            "Idempotency-Key",
            "idempotency_key_invalid",
            format!("幂等键须为 1 至 {LONGEST_KEY} 个可见 ASCII 字符"),
            format!("an idempotency key has 1 to {LONGEST_KEY} visible ASCII characters"),
        ));
    }
    Ok(Some(IdempotencyKey {
        key: text.to_owned(),
        request_hash: request_hash(),
    }))
}

/// Whether the headers call the body JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// Why a body of at most `most` bytes could not be read.
pub(crate) fn unread(error: axum::Error, most: usize, lang: Lang) -> Problem {
    if caused_by::<http_body_util::LengthLimitError>(&error) {
        let (what, most) = ("body", most as u64);
        return Problem::new(AppError::TooLarge { what, most }, lang);
    }
    match caused_by::<Stalled>(&error) {
        true => Problem::frame(FrameError::BodyStalled, lang),
        false => Problem::frame(FrameError::BodyBroken, lang),
    }
}

/// Whether an error is one of a kind, or comes from one.
fn caused_by<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<E>() {
            return true;
        }
        next = error.source();
    }
    false
}

/// The body as JSON; unknown fields are refused by the types themselves, lists for objects by `strict`.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AppError> {
    let bytes = if bytes.is_empty() { b"null" } else { bytes };
    strict::read(bytes).map_err(|fault| {
        let (line, column) = (fault.error.line(), fault.error.column());
        let at = match fault.place.is_empty() {
            true => "body".to_owned(),
            false => fault.place,
        };
        AppError::invalid(
            at,
            "body_invalid",
            format!("请求体第 {line} 行第 {column} 列有误：{}", fault.error),
            format!(
                "the body is wrong at line {line}, column {column}: {}",
                fault.error
            ),
        )
    })
}

impl<T: DeserializeOwned, const MOST: usize> FromRequest<State> for Write<T, MOST> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &State) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let actor = authenticated(&parts, state).await?;
        let refused = |error| Problem::new(error, actor.lang);
        let _turn = match MOST > LARGEST_BODY {
            true => Some(turn().map_err(refused)?),
            false => None,
        };
        let bytes = to_bytes(body, MOST)
            .await
            .map_err(|error| unread(error, MOST, actor.lang))?;
        if !bytes.is_empty() && !is_json(&parts.headers) {
            let wanted = "application/json";
            return Err(Problem::frame(FrameError::MediaType { wanted }, actor.lang));
        }
        let request_hash = || {
            let mut hash = Sha256::new();
            hash.update(parts.method.as_str());
            hash.update([0]);
            hash.update(parts.uri.to_string());
            hash.update([0]);
            hash.update(&bytes);
            hash.finalize()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect()
        };
        let key = key(&parts.headers, request_hash).map_err(refused)?;
        let body = json(&bytes).map_err(refused)?;
        Ok(Write {
            asked: Asked { actor, key },
            headers: parts.headers,
            body,
        })
    }
}
