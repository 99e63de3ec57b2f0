//! Copies of the database and the segments while people work. Must not know how they are made.

use std::path::PathBuf;

use async_trait::async_trait;
use fenjie_notify::Topic;
use serde_json::json;

use super::task::{Ended, Task};
use crate::notices::{About, enqueue};
use crate::{App, AppError};

/// Whoever makes backups.
#[async_trait]
pub trait Backups: Send + Sync {
    /// Makes one, whole and consistent, and lets go of those that are too old; gives where it lies and
    /// its size in bytes.
    ///
    /// # Errors
    /// What the system refuses.
    async fn make(&self, app: &App) -> Result<(PathBuf, u64), AppError>;
}

pub(super) async fn run(task: &Task) -> Result<Ended, AppError> {
    let Some(backups) = task.app.backups() else {
        let skipped = json!({ "skipped": "backups_not_set_up" });
        return Ok(Ended::With(skipped));
    };
    let (file, bytes) = backups.make(&task.app).await?;
    let name = file
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    Ok(Ended::With(json!({ "file": name, "bytes": bytes })))
}

/// Tells that no backup was made, once it is given up.
pub(super) async fn tell_failure(task: &Task, reason: &str) -> Result<(), AppError> {
    let mut unit = task.writing().await?;
    let about = About::new(Topic::BackupFailed, None, &task.job.id)
        .with("at", task.slot().to_string())
        .with("reason", reason);
    enqueue(&mut unit, &about, &[]).await?;
    unit.commit().await
}
