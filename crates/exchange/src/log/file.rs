//! The log as a file: locked and read. Must not know entries.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
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
