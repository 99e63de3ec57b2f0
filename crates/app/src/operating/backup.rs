//! A backup: a folder with the records as of one moment, the plans' files and sales, the key of the
//! audit's seal, and a manifest with the hash of each. Made while the server runs.

use std::path::{Path, PathBuf};

use fenjie_facts::Store as Sales;
use fenjie_store::audit::AuditEnd;
use fenjie_store::{OrganisationId, Store, Timestamp};
use serde::{Deserialize, Serialize};

use super::{files, io};
use crate::AppError;

/// The form of what is written here.
pub const FORMAT: u32 = 1;
/// The manifest in a backup.
pub const MANIFEST_FILE: &str = "backup.json";
/// The records in a backup, a SQLite file whichever database they come from.
pub(super) const RECORDS_FILE: &str = "fenjie.db";
/// How often it is begun anew where files went while they were copied.
const ATTEMPTS: u32 = 3;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// The form, [`FORMAT`].
    pub format: u32,
    /// The release that made it.
    pub release: String,
    /// When, in UTC.
    pub made_at: String,
    /// The database that it was made from, `sqlite` or `postgresql`.
    pub database: String,
    /// Where each organisation's audit ended: later proof that nothing before was changed.
    pub audit_ends: Vec<BackupEnd>,
    /// The files.
    pub files: Vec<BackupFile>,
}

/// Where an organisation's audit ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupEnd {
    /// Whose.
    pub organisation: OrganisationId,
    /// The last record.
    pub end: AuditEnd,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupFile {
    /// Where it lies in the data folder, with `/`.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 in hexadecimal digits.
    pub sha256: String,
}

/// Backs up a server's records and data folder into a folder that is not there yet; it appears whole
/// or not at all.
///
/// # Errors
/// `backup_exists`; what the database or the system refuses.
pub async fn backup(
    store: &dyn Store,
    folder: &Path,
    to: &Path,
    at: Timestamp,
) -> Result<Backup, AppError> {
    refuse_existing(to)?;
    let mut name = to.as_os_str().to_owned();
    name.push(".partial");
    let part = PathBuf::from(name);
    let mut attempt = 1;
    let made = loop {
        match attempt_at(store, folder, &part, at).await {
            Ok(made) => break made,
            Err(why) => {
                std::fs::remove_dir_all(&part).ok();
                // Putting segments together takes files away; the next attempt sees what is there then.
                if attempt == ATTEMPTS || matches!(why, AppError::Store(_)) {
                    return Err(why);
                }
                attempt += 1;
            }
        }
    };
    std::fs::rename(&part, to).map_err(|error| io(to, &error))?;
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty());
    files::sync(parent.unwrap_or(Path::new("."))).map_err(|error| io(to, &error))?;
    Ok(made)
}

/// Refuses a place where something is already.
pub(super) fn refuse_existing(to: &Path) -> Result<(), AppError> {
    if to.exists() {
        let place = to.display();
        return Err(AppError::conflict(
            "backup_exists",
            format!("`{place}` 已存在"),
            format!("`{place}` is there already"),
        ));
    }
    Ok(())
}

async fn attempt_at(
    store: &dyn Store,
    folder: &Path,
    part: &Path,
    at: Timestamp,
) -> Result<Backup, AppError> {
    std::fs::remove_dir_all(part).ok();
    std::fs::create_dir_all(part).map_err(|error| io(part, &error))?;
    // The records first: what they name was written before them, and is found afterwards.
    let audit_ends = ends(store).await?;
    store.copy_to(&part.join(RECORDS_FILE)).await?;
    let (folder, part) = (folder.to_owned(), part.to_owned());
    let database = store.kind().to_owned();
    let copying = move || {
        let made = Backup {
            format: FORMAT,
            release: env!("CARGO_PKG_VERSION").into(),
            made_at: at.to_string(),
            database,
            audit_ends,
            files: copied(&folder, &part)?,
        };
        let path = part.join(MANIFEST_FILE);
        let text = serde_json::to_string_pretty(&made).map_err(AppError::internal)?;
        std::fs::write(&path, text + "\n")
            .and_then(|()| std::fs::File::open(&path)?.sync_all())
            .and_then(|()| files::sync(&part))
            .map_err(|error| io(&path, &error))?;
        Ok(made)
    };
    tokio::task::spawn_blocking(copying)
        .await
        .map_err(AppError::internal)?
}

/// Where the chains end now: no later than in the copy that follows.
async fn ends(store: &dyn Store) -> Result<Vec<BackupEnd>, AppError> {
    let mut tx = store.read().await?;
    let mut ends = Vec::new();
    for organisation in tx.organisations().await? {
        ends.push(BackupEnd {
            end: tx.audit_end(&organisation.id).await?,
            organisation: organisation.id,
        });
    }
    Ok(ends)
}

/// Copies the files, and proves that the sales among them are whole.
fn copied(folder: &Path, part: &Path) -> Result<Vec<BackupFile>, AppError> {
    let records = part.join(RECORDS_FILE);
    let (bytes, sha256) = files::hash(&records).map_err(|error| io(&records, &error))?;
    let mut all = vec![BackupFile {
        path: RECORDS_FILE.into(),
        bytes,
        sha256,
    }];
    let kept = match folder.is_dir() {
        true => files::kept(folder)?,
        false => Vec::new(),
    };
    for relative in kept {
        let from = folder.join(&relative);
        let copied = files::copy(&from, &part.join(&relative));
        let (bytes, sha256) = copied.map_err(|error| io(&from, &error))?;
        let parts = relative.components();
        let names: Vec<_> = parts
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        all.push(BackupFile {
            path: names.join("/"),
            bytes,
            sha256,
        });
    }
    for plan in plan_folders(part)? {
        let sales = Sales::open(&plan).map_err(AppError::refused)?;
        sales.verify().map_err(AppError::refused)?;
    }
    Ok(all)
}

/// The folders of plans in a data folder or a backup: `plans/<organisation>/<plan>`.
pub(super) fn plan_folders(folder: &Path) -> Result<Vec<PathBuf>, AppError> {
    let mut level = vec![folder.join("plans")];
    for _ in 0..2 {
        let mut next = Vec::new();
        for folder in level.iter().filter(|folder| folder.is_dir()) {
            for entry in std::fs::read_dir(folder).map_err(|error| io(folder, &error))? {
                next.push(entry.map_err(|error| io(folder, &error))?.path());
            }
        }
        level = next;
    }
    level.retain(|folder| folder.is_dir());
    level.sort();
    Ok(level)
}
