//! Brings a backup back: every hash is checked before anything is laid out. Must not know databases;
//! whoever calls puts the records where they belong.

use std::path::{Component, Path, PathBuf};

use super::backup::{Backup, FORMAT, MANIFEST_FILE, RECORDS_FILE};
use super::{files, io};
use crate::AppError;

/// A backup whose files are all what its manifest says.
///
/// # Errors
/// `backup_unknown`, `backup_damaged` with the file; what the system refuses.
pub fn checked(backup: &Path) -> Result<Backup, AppError> {
    let path = backup.join(MANIFEST_FILE);
    let text = std::fs::read_to_string(&path).map_err(|error| io(&path, &error))?;
    let known = manifest(&text, &path)?;
    for file in &known.files {
        let path = backup.join(inside(&file.path)?);
        let found = files::hash(&path).map_err(|error| io(&path, &error))?;
        if found != (file.bytes, file.sha256.clone()) {
            return Err(damaged(&file.path));
        }
    }
    if !known.files.iter().any(|file| file.path == RECORDS_FILE) {
        return Err(damaged(RECORDS_FILE));
    }
    Ok(known)
}

/// What a manifest says; `path` is where it lies.
pub(super) fn manifest(text: &str, path: &Path) -> Result<Backup, AppError> {
    let known: Result<Backup, _> = serde_json::from_str(text);
    let known = known.ok().filter(|known| known.format == FORMAT);
    known.ok_or_else(|| {
        let place = path.display();
        AppError::conflict(
            "backup_unknown",
            format!("`{place}` 不是本版本认得的备份清单"),
            format!("`{place}` is no manifest of a backup that this release knows"),
        )
    })
}

/// Lays the files of a checked backup out in a folder that is not there yet or empty, the records
/// apart; gives where those lie in the backup.
///
/// # Errors
/// `folder_not_empty`; what the system refuses.
pub fn lay_out(known: &Backup, backup: &Path, folder: &Path) -> Result<PathBuf, AppError> {
    if folder.is_dir() {
        let mut entries = std::fs::read_dir(folder).map_err(|error| io(folder, &error))?;
        if entries.next().is_some() {
            let place = folder.display();
            return Err(AppError::conflict(
                "folder_not_empty",
                format!("`{place}` 不是空目录；备份只恢复到空目录"),
                format!("`{place}` is not empty; a backup is restored into an empty folder"),
            ));
        }
    }
    std::fs::create_dir_all(folder).map_err(|error| io(folder, &error))?;
    for file in known.files.iter().filter(|file| file.path != RECORDS_FILE) {
        let relative = inside(&file.path)?;
        let from = backup.join(&relative);
        let to = folder.join(&relative);
        let copied = files::copy(&from, &to).map_err(|error| io(&to, &error))?;
        if copied != (file.bytes, file.sha256.clone()) {
            return Err(damaged(&file.path));
        }
    }
    files::sync(folder).map_err(|error| io(folder, &error))?;
    Ok(backup.join(RECORDS_FILE))
}

/// A path that stays inside.
pub(super) fn inside(path: &str) -> Result<PathBuf, AppError> {
    let relative = PathBuf::from(path);
    let stays = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    match stays && !path.is_empty() {
        true => Ok(relative),
        false => Err(damaged(path)),
    }
}

fn damaged(file: &str) -> AppError {
    AppError::conflict(
        "backup_damaged",
        format!("备份中的 `{file}` 与清单不符"),
        format!("`{file}` of the backup is not what the manifest says"),
    )
}
