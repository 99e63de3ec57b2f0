//! Plans for assistants: the tools of `mcp` over HTTP, and over any pair of streams. Both ask the very
//! routes that everybody asks. Must not know what a route does.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State as Shared};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use fenjie_app::AppError;
use fenjie_mcp::{Answered, Ask, Asked, Tools};
use futures::FutureExt;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use tower::ServiceExt;

use crate::problem::Problem;
use crate::router::api_routes;
use crate::signed::{authenticated, language};
use crate::state::State;

/// The most bytes of an answer that a tool gives.
const LARGEST_ANSWER: usize = 8 * 1024 * 1024;

/// The tools as the document describes them, which nobody asks yet.
static TOOLS: OnceLock<Tools> = OnceLock::new();

fn described() -> &'static Tools {
    TOOLS.get_or_init(|| {
        let document = serde_json::to_value(crate::openapi::document());
        let document = document.expect("a document of ours is JSON");
        let none: Ask = Arc::new(|_| std::future::ready(nothing()).boxed());
        Tools::new(&document, none)
    })
}

/// The tools of whoever bears a key, or of the local first run without one: for `fenjie mcp`.
pub fn tools(state: &State, token: Option<&str>) -> Tools {
    let mut headers = HeaderMap::new();
    let bearer = token.and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok());
    if let Some(mut bearer) = bearer {
        bearer.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, bearer);
    }
    described().asked_by(asking(&plain(state), headers, None))
}

/// The routes without the frame, which an assistant's request has passed already.
fn plain(state: &State) -> Router {
    api_routes().with_state(state.clone())
}

/// The route of assistants.
pub(crate) fn routes(state: &State) -> Router<State> {
    let routes = plain(state);
    Router::new().route(
        "/mcp",
        any(move |state, request| converse(routes.clone(), state, request)),
    )
}

/// One message of an assistant, in the name of whoever's key it bears.
async fn converse(routes: Router, Shared(state): Shared<State>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if !parts.headers.contains_key(header::AUTHORIZATION) {
        let lang = language(&parts.headers).unwrap_or_default();
        let mut response = Problem::new(AppError::NotSignedIn, lang).into_response();
        let bearer = HeaderValue::from_static("Bearer");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, bearer);
        return response;
    }
    if let Err(problem) = authenticated(&parts, &state).await {
        return problem.into_response();
    }
    let tools = described().asked_by(asking(&routes, passed_on(&parts), Some(&parts)));
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_sse_keep_alive(None)
        .with_max_request_body_bytes(crate::write::LARGEST_BODY)
        // The frame has looked at the name that was called.
        .disable_allowed_hosts()
        .enforce_origin_validation();
    let service = StreamableHttpService::new(
        move || Ok(tools.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    let response = service.handle(Request::from_parts(parts, body)).await;
    response.map(Body::new)
}

/// What a route hears of the assistant's request.
fn passed_on(parts: &Parts) -> HeaderMap {
    let known = [
        header::AUTHORIZATION,
        header::ACCEPT_LANGUAGE,
        HeaderName::from_static("x-request-id"),
    ];
    let mut headers = HeaderMap::new();
    for name in known {
        if let Some(value) = parts.headers.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    headers
}

/// How routes are asked with these headers, from where the assistant's request came.
fn asking(routes: &Router, headers: HeaderMap, from: Option<&Parts>) -> Ask {
    let routes = routes.clone();
    let extensions = from.map(|parts| parts.extensions.clone());
    Arc::new(move |asked: Asked| {
        let mut request = Request::new(Body::from(asked.body.clone().unwrap_or_default()));
        if let Some(extensions) = &extensions {
            *request.extensions_mut() = extensions.clone();
        }
        *request.headers_mut() = headers.clone();
        ask(routes.clone(), request, asked).boxed()
    })
}

async fn ask(routes: Router, mut request: Request, asked: Asked) -> Answered {
    let (Ok(method), Ok(uri)) = (asked.method.parse(), asked.path.parse()) else {
        return nothing();
    };
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    let headers = request.headers_mut();
    if asked.body.is_some() {
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
    }
    for (name, value) in asked.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    // A task of its own, as every request has: what was begun is finished.
    let Ok(response) = tokio::spawn(routes.oneshot(request)).await else {
        return nothing();
    };
    let response = response.expect("it is infallible");
    let status = response.status().as_u16();
    let tag = response.headers().get(header::ETAG);
    let version = tag.and_then(|tag| tag.to_str().ok());
    let version = version.map(|tag| tag.trim_matches('"').to_owned());
    let body = to_bytes(response.into_body(), LARGEST_ANSWER).await;
    Answered {
        status,
        version,
        body: String::from_utf8_lossy(&body.unwrap_or_default()).into_owned(),
    }
}

fn nothing() -> Answered {
    Answered {
        status: StatusCode::INTERNAL_SERVER_ERROR.as_u16(),
        version: None,
        body: String::new(),
    }
}
