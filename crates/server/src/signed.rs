//! Who asks: a program's key, a session, or the local first run. Must not know routes.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use fenjie_app::people::sessions;
use fenjie_app::people::sign_in::Visitor;
use fenjie_app::{Actor, AppError, Origin, authenticate};
use fenjie_message::Lang;

use crate::browser::{Browser, Kind};
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
    let actor = match parts.headers.get(header::AUTHORIZATION) {
        Some(value) => {
            let secret = bearer(value).ok_or_else(|| refused(AppError::NotSignedIn))?;
            authenticate::by_token(&state.app, secret, lang, origin(parts)).await
        }
        None => by_browser(parts, state, lang).await,
    };
    actor.map(Arc::new).map_err(refused)
}

/// The secret of `Bearer …`; the word's case does not matter.
fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, secret) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// Whoever is signed in with a cookie, or sits at this machine while nobody has an account.
async fn by_browser(parts: &Parts, state: &State, lang: Option<Lang>) -> Result<Actor, AppError> {
    let browser = Browser::of(parts);
    if let Some(secret) = browser.secret(Kind::Session) {
        let found = sessions::by_session(&state.app, &secret, lang, origin(parts)).await;
        match found {
            // A cookie comes along whoever's page asks; a key has to be shown on purpose.
            Ok(actor) => return browser.same_origin().map(|()| actor),
            // A cookie of a folder that is gone is no obstacle at a first run.
            Err(AppError::NotSignedIn) => {}
            Err(error) => return Err(error),
        }
    }
    match browser.is_here() {
        true => authenticate::locally(&state.app, lang, origin(parts)).await,
        false => Err(AppError::NotSignedIn),
    }
}

/// Who comes without having proved anything yet.
pub(crate) fn visitor(parts: &Parts) -> Visitor {
    let browser = Browser::of(parts);
    let agent = parts.headers.get(header::USER_AGENT);
    Visitor {
        origin: origin(parts),
        agent: agent.map_or_else(String::new, |agent| {
            String::from_utf8_lossy(agent.as_bytes()).into_owned()
        }),
        device: browser.secret(Kind::Device),
        session: browser.secret(Kind::Session),
    }
}

impl FromRequestParts<State> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        authenticated(parts, state).await.map(Signed)
    }
}
