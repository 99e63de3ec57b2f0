//! One plan in the memory of this process: readers share it, writers queue, and what they did is kept
//! before anybody reads it. Must not know HTTP or SQL.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fenjie_exchange::log::lines::open_entry;
use fenjie_store::plans::PlanRecord;
use fenjie_store::{OrganisationId, PlanId, Transaction};
use tokio::sync::{OwnedRwLockReadGuard, RwLock, oneshot};

use super::load::compute;
use super::state::Loaded;
use super::{AlongWith, Edit, batch};
use crate::{Answer, App, AppError, Asked, Verb};

/// How many edits of one plan may wait.
const MOST_WAITING: usize = 1_000;
/// How many lines are read at once.
const LINES_AT_ONCE: usize = 1_000;

/// A plan in memory.
pub struct Room {
    pub(super) organisation: OrganisationId,
    pub(super) plan: PlanId,
    pub(super) loaded: Arc<RwLock<Loaded>>,
    queue: Mutex<Queue>,
}

/// The edits that wait, oldest first.
#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// Whether somebody carries them out.
    led: bool,
}

/// An edit that waits, and where its answer goes.
pub(super) struct Waiting {
    pub(super) asked: Asked,
    pub(super) verb: Verb,
    pub(super) edit: Edit,
    pub(super) along: AlongWith,
    pub(super) answer: oneshot::Sender<Result<Answer, AppError>>,
}

impl Room {
    pub(super) fn of(record: &PlanRecord) -> Room {
        Room {
            organisation: record.organisation.clone(),
            plan: record.id.clone(),
            loaded: Arc::default(),
            queue: Mutex::default(),
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody has computed the plan yet.
    pub(super) fn is_empty(&self) -> bool {
        // Whoever writes has it.
        let loaded = self.loaded.try_read();
        loaded.is_ok_and(|loaded| loaded.state.is_none())
    }

    /// Whether nobody reads or writes here.
    pub(super) fn is_idle(&self) -> bool {
        Arc::strong_count(&self.loaded) == 1 && !self.queue().led
    }

    /// The plan for reading, at least as far as the record says.
    ///
    /// # Errors
    /// What the store refuses; a log that does not replay.
    pub async fn read(
        &self,
        app: &App,
        record: &PlanRecord,
    ) -> Result<OwnedRwLockReadGuard<Loaded>, AppError> {
        let guard = self.loaded.clone().read_owned().await;
        if is_current(&guard, record) {
            return Ok(guard);
        }
        drop(guard);
        // The transaction first: whoever holds the room waits for nothing but the disk.
        let mut tx = app.store().read().await?;
        let mut guard = self.loaded.clone().write_owned().await;
        catch_up(&mut guard, &mut *tx, app, record).await?;
        Ok(guard.downgrade())
    }

    /// Computes the plan where nobody has yet. Whoever is about to write does not wait here for those
    /// who write: they wait together, to be carried out together.
    ///
    /// # Errors
    /// Those of [`Room::read`].
    pub(super) async fn make_ready(&self, app: &App, record: &PlanRecord) -> Result<(), AppError> {
        if self.is_empty() {
            drop(self.read(app, record).await?);
        }
        Ok(())
    }

    /// Puts an edit behind those that wait, and gives its answer once it is durable. Whoever comes
    /// first has them carried out, many at a time; that goes on also where nobody listens any more.
    ///
    /// # Errors
    /// `too_many_requests`; those of the edit.
    pub(super) async fn write(
        self: &Arc<Self>,
        app: &App,
        asked: Asked,
        verb: Verb,
        edit: Edit,
        along: AlongWith,
    ) -> Result<Answer, AppError> {
        let (answer, answered) = oneshot::channel();
        {
            let mut queue = self.queue();
            if queue.waiting.len() >= MOST_WAITING {
                return Err(AppError::TooMany { retry_after: 1 });
            }
            queue.waiting.push_back(Waiting {
                asked,
                verb,
                edit,
                along,
                answer,
            });
            if !queue.led {
                queue.led = true;
                tokio::spawn(batch::lead(app.clone(), self.clone()));
            }
        }
        answered
            .await
            .unwrap_or_else(|_| Err(AppError::internal("an edit was cut off")))
    }

    /// The next edit that waits; none while others go on without a leader.
    pub(super) fn next(&self) -> Option<Waiting> {
        self.queue().waiting.pop_front()
    }

    /// Whether the leader is done: nobody waits any more.
    pub(super) fn is_done(&self) -> bool {
        let mut queue = self.queue();
        queue.led = !queue.waiting.is_empty();
        !queue.led
    }

    /// How many edits wait.
    pub(super) fn waiting(&self) -> usize {
        self.queue().waiting.len()
    }

    /// All that wait.
    pub(super) fn take_all(&self) -> VecDeque<Waiting> {
        std::mem::take(&mut self.queue().waiting)
    }
}

fn is_current(loaded: &Loaded, record: &PlanRecord) -> bool {
    let state = loaded.state.as_ref();
    state.is_some_and(|state| state.sequence >= record.last_sequence)
}

/// Reads what was written since, by this process or another one.
pub(super) async fn catch_up(
    loaded: &mut Loaded,
    tx: &mut dyn Transaction,
    app: &App,
    record: &PlanRecord,
) -> Result<(), AppError> {
    if is_current(loaded, record) {
        return Ok(());
    }
    if loaded.state.is_none() {
        loaded.fill(compute(app, tx, record).await?);
        return Ok(());
    }
    // Where the log does not continue what is in memory, it is computed anew.
    if follow(loaded, tx, record).await.is_err() {
        loaded.state = None;
        loaded.fill(compute(app, tx, record).await?);
    }
    Ok(())
}

async fn follow(
    loaded: &mut Loaded,
    tx: &mut dyn Transaction,
    record: &PlanRecord,
) -> Result<(), AppError> {
    let state = loaded.state_mut()?;
    while state.sequence < record.last_sequence {
        let from = state.sequence + 1;
        let lines = tx
            .lines(&record.organisation, &record.id, from, LINES_AT_ONCE)
            .await?;
        if lines.is_empty() {
            return Err(AppError::internal("the log is shorter than its record"));
        }
        for line in lines {
            let entry = open_entry(&line.line, line.sequence, &state.hash);
            let entry = entry.map_err(AppError::refused)?;
            let change = state.plan.apply(entry.operation.clone());
            state.note(entry, change.map_err(AppError::refused)?.footprint);
        }
        state.trim();
    }
    Ok(())
}
