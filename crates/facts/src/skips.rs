//! Rows that later imports supersede: they count again where that import is undone. A row is named by
//! its segment, its place in it and the import that names it. Must not know why.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::error::FactsError;

/// Bytes of an entry.
const WIDE: usize = 20;

/// A row that an import supersedes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Skip {
    pub(crate) segment: u64,
    pub(crate) row: u32,
    pub(crate) by: u64,
}

/// Writes sorted entries.
pub(crate) fn write(skips: &[Skip], sink: &mut impl Write) -> std::io::Result<()> {
    skips.iter().try_for_each(|skip| {
        sink.write_all(&skip.segment.to_le_bytes())?;
        sink.write_all(&skip.row.to_le_bytes())?;
        sink.write_all(&skip.by.to_le_bytes())
    })
}

/// Reads all entries of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<Skip>, FactsError> {
    let bytes = fs::read(path).map_err(|error| FactsError::io(path, &error))?;
    if bytes.len() % WIDE != 0 {
        return Err(FactsError::damaged(
            path,
            "it ends in the middle of an entry",
        ));
    }
    let eight = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
    let entry = |bytes: &[u8]| Skip {
        segment: eight(&bytes[..8]),
        row: u32::from_le_bytes(bytes[8..12].try_into().expect("four bytes")),
        by: eight(&bytes[12..]),
    };
    Ok(bytes.chunks_exact(WIDE).map(entry).collect())
}
