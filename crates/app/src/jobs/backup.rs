//! A backup while people work, and letting go of those that are too old.

use std::path::{Path, PathBuf};

use fenjie_notify::Topic;
use serde_json::json;

use super::task::{Ended, Task};
use crate::AppError;
use crate::notices::{About, enqueue};
use crate::operating::{MANIFEST_FILE, backup};

/// Where scheduled backups are made, and how many are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupSettings {
    /// The folder that they lie in, each in a folder of its own.
    pub folder: PathBuf,
    /// How many are kept.
    pub kept: usize,
}

/// What scheduled backups are called, so that no others are ever let go of.
const NAME: &str = "scheduled-";

pub(super) async fn run(task: &Task) -> Result<Ended, AppError> {
    let settings = task.app.backup_settings();
    let at = task.app.now();
    // The same attempt twice is the same folder only within a second.
    let name = format!("{NAME}{}", at.strftime("%Y%m%dT%H%M%SZ"));
    let to = settings.folder.join(&name);
    std::fs::create_dir_all(&settings.folder).map_err(AppError::internal)?;
    let made = backup(task.app.store(), task.app.folder(), &to, at).await?;
    let (files, bytes) = (made.files.len(), made.files.iter().map(|file| file.bytes));
    let bytes: u64 = bytes.sum();
    let let_go = let_go(&settings).map_err(AppError::internal)?;
    let outcome = json!({ "backup": name, "files": files, "bytes": bytes, "let_go": let_go });
    Ok(Ended::With(outcome))
}

/// Takes the oldest scheduled backups away; gives how many.
fn let_go(settings: &BackupSettings) -> std::io::Result<usize> {
    let mut known: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(&settings.folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_ours = name.starts_with(NAME) && !name.ends_with(".partial");
        if is_ours && is_backup(&path) {
            known.push(path);
        }
    }
    known.sort();
    let surplus = known.len().saturating_sub(settings.kept.max(1));
    for path in &known[..surplus] {
        std::fs::remove_dir_all(path)?;
    }
    Ok(surplus)
}

fn is_backup(path: &Path) -> bool {
    path.join(MANIFEST_FILE).is_file()
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
