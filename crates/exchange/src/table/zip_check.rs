//! Looks through the directory of a zipped workbook before anything in it is unpacked for good,
//! so that a zip bomb or a broken entry is refused first. Knows no sheets.

use std::io::{Cursor, Read, sink};

use zip::ZipArchive;

use super::error::LimitKind;
use super::{Limits, Place, ReadError, source};

pub(super) type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Opens a zip whose entries together stay within the limits, by its own directory.
pub(super) fn open<'a>(
    bytes: &'a [u8],
    name: &str,
    limits: &Limits,
) -> Result<Archive<'a>, ReadError> {
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| ReadError::damaged(name, error))?;
    let (allowed, limit) = source::allowance(bytes.len() as u64, limits);
    let mut expanded = 0u64;
    for index in 0..archive.len() {
        let entry = archive
            .by_index_raw(index)
            .map_err(|error| ReadError::damaged(name, error))?;
        if entry.encrypted() {
            return Err(ReadError::FileEncrypted {
                place: Place::file(name),
            });
        }
        expanded = expanded.saturating_add(entry.size());
        // No entry may hide behind others that are packed less.
        let (own, own_limit) = source::allowance(entry.compressed_size(), limits);
        if expanded > allowed || entry.size() > own {
            let limit = match entry.size() > own {
                true => own_limit,
                false => limit,
            };
            let stated = match limit {
                LimitKind::Expansion => limits.expansion,
                _ => limits.expanded_bytes,
            };
            return Err(ReadError::too_large(name, limit, stated));
        }
    }
    Ok(archive)
}

/// Unpacks the entries that are wanted, into nothing: each must have the size and the checksum
/// that the directory says.
pub(super) fn prove(
    archive: &mut Archive<'_>,
    name: &str,
    wanted: impl Fn(&str) -> bool,
) -> Result<(), ReadError> {
    for index in 0..archive.len() {
        let entry = archive
            .by_index(index)
            .map_err(|error| ReadError::damaged(name, error))?;
        let is_wanted = entry.name().is_ok_and(|entry_name| wanted(&entry_name));
        if is_wanted {
            let size = entry.size();
            let mut reader = Sized {
                inner: entry,
                left: size,
            };
            std::io::copy(&mut reader, &mut sink())
                .map_err(|error| ReadError::damaged(name, error))?;
        }
    }
    Ok(())
}

/// A reader that fails when there is more than was said.
pub(super) struct Sized<R> {
    pub inner: R,
    pub left: u64,
}

impl<R: Read> Read for Sized<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| std::io::Error::other("an entry is longer than the directory says"))?;
        Ok(count)
    }
}
