//! The log as a file: locked, appended to in one write, brought to the disk. Must not know entries.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Name of the file whose lock keeps writers apart; it stays empty.
pub(super) const LOCK_FILE: &str = ".lock";

/// Holds the lock of a directory until it is dropped.
pub(super) struct Locked {
    _file: Option<File>,
}

/// Waits until nobody writes. A directory that cannot be written to has no writers to wait for.
pub(super) fn lock_for_reading(directory: &Path) -> io::Result<Locked> {
    let path = directory.join(LOCK_FILE);
    let file = match OpenOptions::new().read(true).open(&path) {
        Ok(file) => Some(file),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if let Some(file) = &file {
        file.lock_shared()?;
    }
    Ok(Locked { _file: file })
}

/// Waits until nobody reads or writes.
pub(super) fn lock_for_writing(directory: &Path) -> io::Result<Locked> {
    let path = directory.join(LOCK_FILE);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    file.lock()?;
    Ok(Locked { _file: Some(file) })
}

/// The bytes from a place to the end.
pub(super) fn read_from(path: &Path, start: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Appends one line behind `length` bytes in one write and brings it to the disk; what a failed
/// write left is cut off again. The caller holds the lock.
pub(super) fn append(path: &Path, length: u64, line: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).open(path)?;
    file.set_len(length)?;
    let written = file
        .write_all(line.as_bytes())
        .and_then(|()| file.sync_data());
    if written.is_err() {
        // The error that matters is the first one; a line without its end is cut at the next opening.
        file.set_len(length).ok();
    }
    written
}

/// Brings a folder's own entries to the disk, where the system has such a thing.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}
