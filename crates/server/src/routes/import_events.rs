//! How an import goes on, as a stream of events: one for each step, the last one at its end.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State as Shared;
use axum::response::sse::{Event, KeepAlive, Sse};
use fenjie_app::{Actor, imports};
use fenjie_store::ImportId;
use fenjie_store::imports::ImportRecord;
use futures::Stream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::imports_wire::{ImportBody, body};
use crate::problem::{Problem, ProblemBody};
use crate::signed::Signed;
use crate::state::State;
use crate::wire::Named;

/// How long a step that was announced to nobody may go unnoticed.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// Longer than this nobody is told; whoever still wants to know asks again.
const LONGEST: Duration = Duration::from_secs(3600);

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(import_events))
}

/// Tells each step of an import as it happens; ends with the import.
#[utoipa::path(get, path = "/imports/{import}/events", tag = "imports",
    params(("import" = String, Path)), responses(
    (status = 200, body = ImportBody, content_type = "text/event-stream",
        description = "events `import` with the import as their data; the last one is its end"),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn import_events(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<ImportId>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let first = imports::get(&state.app, &actor, &id).await;
    let first = first.map_err(|error| Problem::new(error, actor.lang))?;
    let told = Telling {
        state,
        actor,
        since: tokio::time::Instant::now(),
        next: Some(first),
    };
    let events = futures::stream::unfold(told, |mut telling| async move {
        let import = telling.next.take()?;
        let event = Event::default()
            .event("import")
            .id(import.revision.to_string())
            .json_data(body(&import, telling.actor.lang));
        if import.state.is_live() {
            telling.next = telling.wait(import).await;
        }
        event.ok().map(|event| (Ok(event), telling))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

struct Telling {
    state: State,
    actor: Arc<Actor>,
    since: tokio::time::Instant,
    next: Option<ImportRecord>,
}

impl Telling {
    /// The import once it has moved on; rights are asked again each time.
    async fn wait(&self, seen: ImportRecord) -> Option<ImportRecord> {
        let mut notices = self.state.app.store().notices();
        while self.since.elapsed() < LONGEST {
            let now = imports::get(&self.state.app, &self.actor, &seen.id).await;
            let now = now.ok()?;
            if now.revision != seen.revision {
                return Some(now);
            }
            // A notice of anything, or half a second, whichever comes first.
            tokio::time::timeout(LOOK_AGAIN, notices.recv()).await.ok();
        }
        None
    }
}
