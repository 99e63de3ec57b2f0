//! Takes what was committed from SQLite's write-ahead log into its file, beside the writer instead of
//! in the middle of somebody's commit. Must not know what was committed.

use std::sync::Arc;
use std::time::Duration;

use sqlx::{AnyPool, Executor};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// How long commits are let be before the next look.
const PAUSE: Duration = Duration::from_millis(200);
/// Takes over what can be taken over without anybody waiting.
const CHECKPOINT: &str = "PRAGMA wal_checkpoint(PASSIVE)";

/// Takes committed pages over from time to time, as long as it is there.
#[derive(Debug)]
pub(crate) struct Checkpoints {
    task: JoinHandle<()>,
}

impl Checkpoints {
    /// Begins; `committed` is told of every commit.
    pub(crate) fn begin(pool: AnyPool, committed: Arc<Notify>) -> Checkpoints {
        let task = tokio::spawn(async move {
            loop {
                committed.notified().await;
                tokio::time::sleep(PAUSE).await;
                // What cannot be taken over now is the next time, or by the writer once the log has
                // grown long.
                if let Err(error) = pool.execute(CHECKPOINT).await {
                    tracing::debug!(%error, "no checkpoint now");
                }
            }
        });
        Checkpoints { task }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.task.abort();
    }
}
