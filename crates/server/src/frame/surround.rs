//! The way of every request: in through the checks, to the route, out with what every answer carries.
//! Must not know what any route does.

use std::net::SocketAddr;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request, State as Shared};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use fenjie_message::Lang;
use tokio_stream::StreamExt;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tracing::Instrument;

use super::client::{Client, request_number};
use super::envelope::enveloped;
use super::error::FrameError;
use super::headers::secure;
use super::pacing::{Progress, paced};
use crate::problem::Problem;
use crate::signed::language;
use crate::state::State;

/// Paths that answer however much there is to do: whoever operates the server needs them then.
const ALWAYS_ANSWERED: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Puts the frame around routes.
pub(crate) fn wrap(routes: Router<State>, state: &State) -> Router<State> {
    let worthwhile = DefaultPredicate::new().and(NotForContentType::const_new("text/event-stream"));
    routes
        .layer(from_fn_with_state(state.clone(), surround))
        .layer(CompressionLayer::new().compress_when(worthwhile))
}

async fn surround(Shared(state): Shared<State>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let frame = &state.frame;
    let (mut parts, body) = request.into_parts();
    let client = frame.network.client(&parts);
    let number = request_number(&parts.headers, client.proxied);
    let number = HeaderValue::from_str(&number).expect("a number of ours is ASCII");
    parts.headers.insert("x-request-id", number.clone());
    // Whoever reads the address further in reads the one that can be believed.
    let address = SocketAddr::new(client.address, 0);
    parts.extensions.insert(ConnectInfo(address));
    parts.extensions.insert(client);
    let lang = language(&parts.headers).unwrap_or_default();
    let route = parts.extensions.get::<MatchedPath>();
    let route = route.map_or("", |path| path.as_str()).to_owned();
    let method = parts.method.clone();
    let span = tracing::info_span!(
        "request",
        number = number.to_str().unwrap_or_default(),
        %method,
        route,
        address = %client.address,
        who = tracing::field::Empty,
    );
    let checked = check(&state, &parts.headers, &client, &route, || {
        (
            frame.network.knows_host(&parts),
            parts.uri.to_string().len(),
        )
    });
    let mut response = match checked {
        Err(error) => {
            frame
                .measures
                .refused(fenjie_message::Message::code(&error));
            Problem::frame(error, lang).into_response()
        }
        Ok(()) => {
            let limits = &frame.limits;
            let progress = Progress::new();
            let body = paced(body, limits.stall, limits.slowest_body, progress.clone());
            let request = Request::from_parts(parts, body);
            admitted(&state, request, progress, next, &route, lang)
                .instrument(span.clone())
                .await
        }
    };
    response = enveloped(response, lang);
    if method == Method::HEAD {
        // What belongs to a body that is not sent stays in the headers only.
        *response.body_mut() = Body::empty();
    }
    secure(response.headers_mut(), client.secure);
    response.headers_mut().insert("x-request-id", number);
    let took = began.elapsed();
    let status = response.status().as_u16();
    frame
        .measures
        .request(&route, method.as_str(), status, took);
    span.in_scope(|| tracing::info!(status, micros = took.as_micros() as u64, "answered"));
    response
}

/// What can be refused before anything is read or done.
fn check(
    state: &State,
    headers: &HeaderMap,
    client: &Client,
    route: &str,
    asked: impl FnOnce() -> (bool, usize),
) -> Result<(), FrameError> {
    let frame = &state.frame;
    let (known, length) = asked();
    if !known && !ALWAYS_ANSWERED.contains(&route) {
        return Err(FrameError::Host);
    }
    if length > frame.limits.url_bytes {
        let most = frame.limits.url_bytes;
        return Err(FrameError::UrlTooLong { most });
    }
    let size: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if size > frame.limits.header_bytes {
        let most = frame.limits.header_bytes;
        return Err(FrameError::HeadersTooLarge { most });
    }
    if ALWAYS_ANSWERED.contains(&route) {
        return Ok(());
    }
    let too_often = |retry_after| FrameError::TooOften { retry_after };
    let address = client.address.to_string();
    let proof = headers
        .get(header::AUTHORIZATION)
        .or_else(|| headers.get(header::COOKIE));
    frame
        .addresses
        .count(address.as_bytes())
        .map_err(too_often)?;
    let actor = proof.map_or(address.as_bytes(), HeaderValue::as_bytes);
    frame.actors.count(actor).map_err(too_often)
}

/// The route's answer, once it is the request's turn.
async fn admitted(
    state: &State,
    request: Request,
    progress: Progress,
    next: Next,
    route: &str,
    lang: Lang,
) -> Response {
    let frame = &state.frame;
    let permit = match ALWAYS_ANSWERED.contains(&route) {
        true => None,
        false => match frame.admission.enter().await {
            Some(permit) => Some(permit),
            None => {
                frame.measures.refused("overloaded");
                return Problem::frame(FrameError::Overloaded, lang).into_response();
            }
        },
    };
    // A task of its own: what was begun is finished, even where the client has gone or waits no
    // longer, and a fault in it is this request's alone.
    let work = tokio::spawn(next.run(request).in_current_span());
    let limit = frame.limits.request_time;
    // A large body takes as long as it takes to come; the pace of it is bounded, not the whole.
    let done = tokio::select! {
        done = work => Some(done),
        () = progress.rested(limit) => None,
    };
    let response = match done {
        Some(Ok(response)) => response,
        Some(Err(fault)) => {
            tracing::error!(%fault, "a request panicked");
            Problem::frame(FrameError::Status(StatusCode::INTERNAL_SERVER_ERROR), lang)
                .into_response()
        }
        None => Problem::frame(FrameError::TookTooLong, lang).into_response(),
    };
    drop(permit);
    match streams(&response) {
        true => until_stopped(state, response, lang).await,
        false => response,
    }
}

fn streams(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

/// A stream that ends when the server stops, one of a bounded number.
async fn until_stopped(state: &State, response: Response, lang: Lang) -> Response {
    let Some(permit) = state.frame.streams.enter().await else {
        state.frame.measures.refused("streams");
        return Problem::frame(FrameError::Overloaded, lang).into_response();
    };
    let stopping = state.frame.stopping.clone();
    let (parts, body) = response.into_parts();
    let frames = body.into_data_stream().map(move |frame| {
        let _kept = &permit;
        frame
    });
    let ended = futures::StreamExt::take_until(frames, stopping.cancelled_owned());
    Response::from_parts(parts, Body::from_stream(ended))
}
