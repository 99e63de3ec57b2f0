//! Forgets what has had its time: kept answers after a day, sessions, links and devices that have run
//! out, sign-ins tried in vain, ended jobs and messages after their terms.

use jiff::SignedDuration;
use serde_json::json;

use super::task::{Ended, Task};
use crate::AppError;

/// For how long what has ended is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Answers are given again for so long; 24 hours unless set, and never less.
    pub answers: SignedDuration,
    /// Ended jobs are listed for so long; 90 days unless set.
    pub jobs: SignedDuration,
    /// Ended messages are listed for so long; 90 days unless set.
    pub deliveries: SignedDuration,
}

impl Default for Retention {
    fn default() -> Retention {
        Retention {
            answers: SignedDuration::from_hours(24),
            jobs: SignedDuration::from_hours(24 * 90),
            deliveries: SignedDuration::from_hours(24 * 90),
        }
    }
}

/// Sign-ins tried in vain count no more after so long.
const ATTEMPTS: SignedDuration = SignedDuration::from_hours(24 * 7);

pub(super) async fn run(task: &Task) -> Result<Ended, AppError> {
    let mut unit = task.writing().await?;
    let (now, kept) = (unit.now, task.app.retention());
    let organisation = unit.organisation();
    let answers = unit.tx.forget_answers(now - kept.answers).await?;
    let expired = unit.tx.forget_expired(now).await?;
    let attempts = unit.tx.forget_attempts(now - ATTEMPTS).await?;
    let jobs = unit.tx.forget_jobs(&organisation, now - kept.jobs).await?;
    let messages = unit
        .tx
        .forget_deliveries(&organisation, now - kept.deliveries)
        .await?;
    let outcome = json!({ "answers": answers, "expired": expired, "attempts": attempts,
        "jobs": jobs, "messages": messages });
    task.end_in(&mut unit, outcome).await?;
    unit.commit().await?;
    Ok(Ended::Already)
}
