//! Forgets what has had its time: kept answers after a day, sessions, links and devices that have run
//! out, sign-ins tried in vain, ended jobs and messages after their terms.

use jiff::SignedDuration;
use serde_json::json;

use super::task::{Ended, Task};
use crate::AppError;

/// Answers are given again for so long.
const ANSWERS: SignedDuration = SignedDuration::from_hours(24);
/// Sign-ins tried in vain count no more after so long.
const ATTEMPTS: SignedDuration = SignedDuration::from_hours(24 * 7);
/// Ended jobs are listed for so long.
const JOBS: SignedDuration = SignedDuration::from_hours(24 * 90);
/// Ended messages are listed for so long.
const MESSAGES: SignedDuration = SignedDuration::from_hours(24 * 90);

pub(super) async fn run(task: &Task) -> Result<Ended, AppError> {
    let mut unit = task.writing().await?;
    let now = unit.now;
    let organisation = unit.organisation();
    let answers = unit.tx.forget_answers(now - ANSWERS).await?;
    let expired = unit.tx.forget_expired(now).await?;
    let attempts = unit.tx.forget_attempts(now - ATTEMPTS).await?;
    let jobs = unit.tx.forget_jobs(&organisation, now - JOBS).await?;
    let messages = unit
        .tx
        .forget_deliveries(&organisation, now - MESSAGES)
        .await?;
    let outcome = json!({ "answers": answers, "expired": expired, "attempts": attempts,
        "jobs": jobs, "messages": messages });
    task.end_in(&mut unit, outcome).await?;
    unit.commit().await?;
    Ok(Ended::Already)
}
