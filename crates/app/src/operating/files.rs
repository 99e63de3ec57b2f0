//! The files of a data folder. Must not know what is in them.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::io;
use crate::AppError;

/// What is another's business: the database has its own way, locks and what was begun have none.
fn left_out(relative: &Path) -> bool {
    let name = relative.file_name().unwrap_or_default().to_string_lossy();
    let top = relative.components().count() == 1;
    let of_database = name.starts_with("fenjie.db") || name.starts_with("fenjie.before-schema-");
    (top && (of_database || name == "server.lock" || name == "backups")) || left_over(&name)
}

/// Whether a name is that of something begun and never finished.
pub(super) fn left_over(name: &str) -> bool {
    name.ends_with(".partial") || name.starts_with(".tmp")
}

/// All files below a folder, relative to it, in order; those of `wanted` alone.
pub(super) fn below(
    folder: &Path,
    wanted: impl Fn(&Path) -> bool,
) -> Result<Vec<PathBuf>, AppError> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(relative) = open.pop() {
        let here = folder.join(&relative);
        for entry in std::fs::read_dir(&here).map_err(|error| io(&here, &error))? {
            let entry = entry.map_err(|error| io(&here, &error))?;
            let kind = entry.file_type().map_err(|error| io(&here, &error))?;
            let relative = relative.join(entry.file_name());
            if !wanted(&relative) {
                continue;
            }
            if kind.is_dir() {
                open.push(relative);
            } else if kind.is_file() {
                found.push(relative);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The files of a data folder that belong in a backup, the database apart.
pub(super) fn kept(folder: &Path) -> Result<Vec<PathBuf>, AppError> {
    below(folder, |relative| !left_out(relative))
}

/// Copies a file, synced, with its mode; gives its length and SHA-256.
pub(super) fn copy(from: &Path, to: &Path) -> std::io::Result<(u64, String)> {
    if let Some(parent) = to.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut source = File::open(from)?;
    let mut target = File::create(to)?;
    target.set_permissions(source.metadata()?.permissions())?;
    let read = through(&mut source, |bytes| target.write_all(bytes))?;
    target.sync_all()?;
    Ok(read)
}

/// The length and SHA-256 of a file.
pub(super) fn hash(path: &Path) -> std::io::Result<(u64, String)> {
    through(&mut File::open(path)?, |_| Ok(()))
}

fn through(
    source: &mut File,
    mut each: impl FnMut(&[u8]) -> std::io::Result<()>,
) -> std::io::Result<(u64, String)> {
    let mut hash = Sha256::new();
    let mut length = 0;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = source.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        hash.update(&buffer[..count]);
        each(&buffer[..count])?;
        length += count as u64;
    }
    let hash = hash.finalize();
    Ok((
        length,
        hash.iter().map(|byte| format!("{byte:02x}")).collect(),
    ))
}

/// Makes a folder's names last.
pub(super) fn sync(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}
