//! A request of somebody who has proved nothing yet: signing in, setting up, using a link. Must not
//! know routes.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fenjie_app::people::sign_in::{SignedIn, Visitor};
use fenjie_app::{Answer, AppError};
use fenjie_message::Lang;
use fenjie_store::Timestamp;
use serde::de::DeserializeOwned;

use crate::browser::{Browser, Cookies, Kind};
use crate::frame::FrameError;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::signed::{language, visitor};
use crate::state::State;
use crate::write::{LARGEST_BODY, is_json, json, unread};

/// How long a device stays known, in seconds: a year.
const DEVICE_SECONDS: i64 = 366 * 24 * 3600;

/// A request of somebody who has proved nothing yet, with its body as JSON.
pub(crate) struct Open<T> {
    /// What the request tells of itself.
    pub parts: Parts,
    /// Its body.
    pub body: T,
}

impl<T> Open<T> {
    /// The language of answers.
    pub(crate) fn lang(&self) -> Lang {
        language(&self.parts.headers).unwrap_or_default()
    }

    /// Who comes.
    pub(crate) fn visitor(&self) -> Visitor {
        visitor(&self.parts)
    }

    /// Their browser.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser::of(&self.parts)
    }
}

impl<T: DeserializeOwned> FromRequest<State> for Open<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &State) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let lang = language(&parts.headers).unwrap_or_default();
        let refused = |error: AppError| Problem::new(error, lang);
        // Nobody is signed in by somebody else's page.
        Browser::of(&parts).not_foreign().map_err(refused)?;
        let bytes = to_bytes(body, LARGEST_BODY)
            .await
            .map_err(|error| unread(error, LARGEST_BODY, lang))?;
        if !is_json(&parts.headers) {
            let wanted = "application/json";
            return Err(Problem::frame(FrameError::MediaType { wanted }, lang));
        }
        let body = json(&bytes).map_err(refused)?;
        Ok(Open { parts, body })
    }
}

/// The cookies of somebody who has just signed in.
pub(crate) fn cookies(cookies: Cookies, signed: &SignedIn, now: Timestamp) -> Vec<HeaderValue> {
    let seconds = signed.session.expires_at.duration_since(now).as_secs();
    let mut set = vec![cookies.set(Kind::Session, signed.secret.text(), seconds)];
    if let Some(device) = &signed.device {
        set.push(cookies.set(Kind::Device, device.text(), DEVICE_SECONDS));
    }
    set
}

/// An answer that sets cookies.
pub(crate) fn with_cookies(answer: Answer, cookies: Vec<HeaderValue>) -> Response {
    let mut response = Reply(answer).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The answer with secrets that are told once: a repeated request is answered without them, since
/// they are kept nowhere.
pub(crate) fn told_once(
    mut answer: Answer,
    secrets: serde_json::Value,
) -> Result<Answer, AppError> {
    if answer.replayed {
        return Ok(answer);
    }
    let mut body: serde_json::Value =
        serde_json::from_str(&answer.body).map_err(AppError::internal)?;
    if let (Some(body), serde_json::Value::Object(secrets)) = (body.as_object_mut(), secrets) {
        body.extend(secrets);
    }
    answer.body = body.to_string();
    Ok(answer)
}
