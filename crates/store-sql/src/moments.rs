//! The moment that a database is at, asked once for all who wait at the same time. Must not know what
//! it is for.

use std::sync::{Arc, Mutex, PoisonError};

use fenjie_store::{Kept, StoreError};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyPool};
use tokio::sync::oneshot;

use crate::dialect::Dialect;
use crate::pools::refused;
use crate::transaction;

/// A moment, or why it is not known.
type Answer = Kept<Option<String>>;

/// Those who wait for the next moment.
#[derive(Default)]
struct Waiting {
    askers: Vec<oneshot::Sender<Answer>>,
    /// Whether somebody asks for them.
    asked: bool,
}

/// Asks a database for its moment. Whoever comes while a question is on its way waits for the next
/// one: an answer is never older than the question.
#[derive(Clone)]
pub(crate) struct Moments {
    pool: AnyPool,
    dialect: Dialect,
    waiting: Arc<Mutex<Waiting>>,
}

impl Moments {
    pub(crate) fn of(pool: AnyPool, dialect: Dialect) -> Moments {
        Moments {
            pool,
            dialect,
            waiting: Arc::default(),
        }
    }

    /// The moment that the database is at, or was after this was called.
    pub(crate) async fn now(&self) -> Answer {
        let (asker, answer) = oneshot::channel();
        let leads = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.askers.push(asker);
            !std::mem::replace(&mut waiting.asked, true)
        };
        if leads {
            // Goes on where the first one does not listen any more.
            tokio::spawn(self.clone().lead());
        }
        answer.await.unwrap_or_else(|_| {
            Err(StoreError::Unreachable {
                reason: "the question was cut off".into(),
            })
        })
    }

    /// Asks until nobody waits.
    async fn lead(self) {
        let mut connection = None;
        while let Some(askers) = self.next() {
            let answer = self.ask(&mut connection).await;
            if answer.is_err() {
                connection = None;
            }
            for asker in askers {
                let _ = asker.send(answer.clone());
            }
        }
    }

    /// Those who wait now; none where the asking ends.
    fn next(&self) -> Option<Vec<oneshot::Sender<Answer>>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.asked = !waiting.askers.is_empty();
        let askers = std::mem::take(&mut waiting.askers);
        (!askers.is_empty()).then_some(askers)
    }

    async fn ask(&self, connection: &mut Option<PoolConnection<Any>>) -> Answer {
        let on = match connection {
            Some(on) => on,
            None => {
                let taken = self.pool.acquire().await;
                connection.insert(taken.map_err(|error| refused(&self.pool, error, "moment"))?)
            }
        };
        transaction::moment(self.dialect, on).await
    }
}
