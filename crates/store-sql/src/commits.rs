//! Counts what is committed where one store alone has a SQLite file, so that what was read before is
//! known to be still there. Must not know what was written.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

/// How often anybody has committed.
#[derive(Debug, Default)]
pub(crate) struct Commits {
    /// Anything but operations.
    records: AtomicU64,
    /// Operations: a plan's log with what the audit says of them.
    operations: AtomicU64,
    /// Told of every commit.
    told: Arc<Notify>,
}

impl Commits {
    /// What was committed so far, as a moment writes it.
    pub(crate) fn text(&self) -> String {
        let count = |of: &AtomicU64| of.load(Ordering::SeqCst);
        format!("{}.{}", count(&self.records), count(&self.operations))
    }

    /// Hears of commits.
    pub(crate) fn heard(&self) -> Arc<Notify> {
        self.told.clone()
    }
}

/// Counts a commit when it is let go: also one that failed or that nobody waits for any more.
pub(crate) struct Counted {
    commits: Arc<Commits>,
    operations: bool,
}

impl Counted {
    /// A commit that begins; `operations` where it holds nothing else.
    pub(crate) fn new(commits: Arc<Commits>, operations: bool) -> Counted {
        Counted {
            commits,
            operations,
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let of = match self.operations {
            true => &self.commits.operations,
            false => &self.commits.records,
        };
        of.fetch_add(1, Ordering::SeqCst);
        self.commits.told.notify_one();
    }
}
