//! Whether the server lives, can work, and what it measures: for whoever operates it. Must not know
//! plans.

use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Extension, Request, State as Shared};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fenjie_app::authenticate::secret_hash;
use fenjie_message::{Lang, Message};
use fenjie_store::jobs::JobState;

use super::client::Client;
use super::error::FrameError;
use crate::problem::Problem;
use crate::signed::language;
use crate::state::State;

/// How long an answer about readiness is good for.
const FRESH: Duration = Duration::from_secs(1);
/// How long the records may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The last answer about readiness.
#[derive(Default)]
pub(crate) struct Readiness {
    last: Mutex<Option<(Instant, Result<(), String>)>>,
}

/// The routes of operating; outside of the versioned interface.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(measures))
}

/// The process lives.
async fn healthz() -> Response {
    plain("ok\n".into())
}

/// The records answer and the folder can be written to.
async fn readyz(Shared(state): Shared<State>, request: Request) -> Result<Response, Problem> {
    let lang = language(request.headers()).unwrap_or_default();
    let refused = |what| Problem::frame(FrameError::NotReady { what }, lang);
    if state.frame.stopping.is_cancelled() {
        return Err(refused(lang.pick("正在停止", "stopping").to_owned()));
    }
    ready(&state).await.map_err(refused)?;
    Ok(plain("ready\n".into()))
}

/// Whether the server can work, asked anew at most once a second.
async fn ready(state: &State) -> Result<(), String> {
    let readiness = &state.frame.readiness;
    if let Ok(last) = readiness.last.lock()
        && let Some((at, found)) = &*last
        && at.elapsed() < FRESH
    {
        return found.clone();
    }
    let found = ask(state).await;
    if let Err(why) = &found {
        tracing::warn!(why, "not ready");
    }
    if let Ok(mut last) = readiness.last.lock() {
        *last = Some((Instant::now(), found.clone()));
    }
    found
}

async fn ask(state: &State) -> Result<(), String> {
    match tokio::time::timeout(PATIENCE, state.app.store().ready()).await {
        Err(_) => return Err("the database does not answer".into()),
        Ok(Err(error)) => return Err(error.text(Lang::En)),
        Ok(Ok(())) => {}
    }
    let folder = state.app.folder().to_owned();
    let written = tokio::task::spawn_blocking(move || writable(&folder)).await;
    match written {
        Ok(true) => Ok(()),
        _ => Err("the data folder cannot be written to".into()),
    }
}

fn writable(folder: &Path) -> bool {
    tempfile::Builder::new()
        .prefix(".ready-")
        .tempfile_in(folder)
        .is_ok()
}

/// What is measured: for this machine, or with the token.
async fn measures(
    Shared(state): Shared<State>,
    Extension(client): Extension<Client>,
    request: Request,
) -> Result<Response, Problem> {
    let frame = &state.frame;
    let given = request.headers().get(header::AUTHORIZATION);
    let given = given
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let by_token = match (&frame.metrics_token_hash, given) {
        (Some(wanted), Some(given)) => *wanted == secret_hash(given),
        _ => false,
    };
    if !client.here && !by_token {
        let lang = language(request.headers()).unwrap_or_default();
        return Err(Problem::frame(FrameError::OperatorOnly, lang));
    }
    let (inside, waiting) = frame.admission.count();
    frame.measures.level("fenjie_http_in_flight", inside);
    frame.measures.level("fenjie_http_waiting", waiting);
    let (streams, _) = frame.streams.count();
    frame.measures.level("fenjie_http_streams", streams);
    let (plans, edits) = state.app.rooms().count();
    frame.measures.level("fenjie_plans_in_memory", plans);
    frame.measures.level("fenjie_edits_waiting", edits);
    // Where the records do not answer, the last known counts stand.
    if let Ok(Ok(jobs)) = tokio::time::timeout(PATIENCE, jobs(&state)).await {
        for (known, count) in jobs {
            frame.measures.jobs(known.code(), count);
        }
    }
    let mut response = plain(frame.measures.text());
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"),
    );
    Ok(response)
}

async fn jobs(state: &State) -> fenjie_store::Kept<Vec<(JobState, i64)>> {
    let mut tx = state.app.store().read().await?;
    let found = tx.count_jobs().await?;
    let count = |known: JobState| {
        let found = found.iter().find(|(state, _)| *state == known);
        (known, found.map_or(0, |(_, count)| *count))
    };
    Ok(JobState::ALL.into_iter().map(count).collect())
}

fn plain(text: String) -> Response {
    (StatusCode::OK, text).into_response()
}
