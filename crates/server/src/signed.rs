//! Who asks: a program's key, a session, or the local first run. Must not know routes.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use fenjie_app::{Actor, AppError, Origin, authenticate};
use fenjie_message::Lang;

use crate::problem::Problem;
use crate::state::State;

/// Whoever is signed in; a request without is refused.
pub struct Signed(pub Arc<Actor>);

/// The language that a request asks for, where it does.
pub fn language(headers: &HeaderMap) -> Option<Lang> {
    let wanted = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let first = wanted.split([',', ';']).next()?.trim();
    (!first.is_empty() && first != "*").then(|| Lang::from_locale(first))
}

fn origin(parts: &Parts) -> Origin {
    let address = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let request = parts
        .headers
        .get("x-request-id")
        .and_then(|id| id.to_str().ok());
    Origin {
        address: address.map_or_else(String::new, |ConnectInfo(address)| address.ip().to_string()),
        by: String::new(),
        request: request.unwrap_or_default().to_owned(),
    }
}

/// Whoever a request is from.
pub(crate) async fn authenticated(parts: &Parts, state: &State) -> Result<Arc<Actor>, Problem> {
    let lang = language(&parts.headers);
    let refused = |error: AppError| Problem::new(error, lang.unwrap_or_default());
    let authorization = parts.headers.get(header::AUTHORIZATION);
    let actor = match authorization {
        Some(value) => {
            let secret = value
                .to_str()
                .ok()
                .and_then(|text| text.strip_prefix("Bearer "));
            let secret = secret.ok_or_else(|| refused(AppError::NotSignedIn))?;
            authenticate::by_token(&state.app, secret.trim(), lang, origin(parts)).await
        }
        None => authenticate::locally(&state.app, lang, origin(parts)).await,
    };
    actor.map(Arc::new).map_err(refused)
}

impl FromRequestParts<State> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        authenticated(parts, state).await.map(Signed)
    }
}
