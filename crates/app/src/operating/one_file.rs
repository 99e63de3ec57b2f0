//! A backup as one file (zip): made of the folder that a backup is, and laid out as one again. Must not
//! know databases.

use std::path::{Path, PathBuf};

use fenjie_exchange::archive::{Packed, one_of, pack, unpack_files};
use fenjie_store::{Store, Timestamp};
use tempfile::TempDir;

use super::backup::{Backup, MANIFEST_FILE, backup, refuse_existing};
use super::restore::{inside, manifest};
use super::{files, io};
use crate::AppError;

/// The largest manifest, in bytes.
const LARGEST_MANIFEST: u64 = 256 << 20;

/// Backs up as [`backup`] does, into one file that is not there yet; it appears whole or not at all.
/// Until it does, it takes its place twice.
///
/// # Errors
/// Those of [`backup`].
pub async fn backup_to_file(
    store: &dyn Store,
    folder: &Path,
    to: &Path,
    at: Timestamp,
) -> Result<Backup, AppError> {
    refuse_existing(to)?;
    let parent = parent_of(to);
    let apart = tempfile::Builder::new()
        .prefix(".tmp-backup")
        .tempdir_in(&parent)
        .map_err(|error| io(&parent, &error))?;
    let laid = apart.path().join("backup");
    let made = backup(store, folder, &laid, at).await?;
    let (to, names) = (
        to.to_owned(),
        made.files.iter().map(|file| file.path.clone()),
    );
    let names: Vec<String> = names.chain([MANIFEST_FILE.to_owned()]).collect();
    let packing = move || {
        let part = apart.path().join("backup.zip");
        let packed = names.into_iter().map(|name| {
            let path = laid.join(&name);
            (name, Packed::File(path))
        });
        pack(&part, packed).map_err(AppError::refused)?;
        refuse_existing(&to)?;
        std::fs::rename(&part, &to).map_err(|error| io(&to, &error))?;
        files::sync(&parent_of(&to)).map_err(|error| io(&to, &error))
    };
    tokio::task::spawn_blocking(packing)
        .await
        .map_err(AppError::internal)??;
    Ok(made)
}

fn parent_of(path: &Path) -> PathBuf {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new(".")).to_owned()
}

/// A backup that lies in a folder, for as long as this is held.
pub struct LaidOut {
    folder: PathBuf,
    _apart: Option<TempDir>,
}

impl LaidOut {
    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// A backup to read: a folder as it is, one file unpacked beside itself. Nothing but what its manifest
/// names is unpacked, and no more of each than it says.
///
/// # Errors
/// `backup_unknown`, `archive_unreadable`, `backup_damaged`; what the system refuses.
pub fn laid_out(backup: &Path) -> Result<LaidOut, AppError> {
    if !backup.is_file() {
        return Ok(LaidOut {
            folder: backup.to_owned(),
            _apart: None,
        });
    }
    let text = one_of(backup, MANIFEST_FILE, LARGEST_MANIFEST).map_err(AppError::refused)?;
    let known = manifest(&String::from_utf8_lossy(&text), backup)?;
    let parent = parent_of(backup);
    let apart = tempfile::Builder::new()
        .prefix(".tmp-backup")
        .tempdir_in(&parent)
        .map_err(|error| io(&parent, &error))?;
    let folder = apart.path().to_owned();
    let path = folder.join(MANIFEST_FILE);
    std::fs::write(&path, text).map_err(|error| io(&path, &error))?;
    let wanted = known.files.iter().map(|file| {
        let to = folder.join(inside(&file.path)?);
        Ok((file.path.clone(), file.bytes, to))
    });
    let wanted: Vec<_> = wanted.collect::<Result<_, AppError>>()?;
    unpack_files(backup, wanted).map_err(AppError::refused)?;
    Ok(LaidOut {
        folder,
        _apart: Some(apart),
    })
}
