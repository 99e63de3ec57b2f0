//! Gets the bytes of a file, unpacked where they are gzip, within the limits.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::error::LimitKind;
use super::{FileKind, Limits, Place, ReadError, ReadNote, kind};

/// A file that was opened and recognised. Parquet files are not loaded: `bytes` is their start.
pub(super) struct Source {
    pub name: String,
    pub kind: FileKind,
    pub bytes: Vec<u8>,
    pub note: Option<ReadNote>,
}

impl Source {
    pub fn open(path: &Path, limits: &Limits) -> Result<Source, ReadError> {
        let unreadable = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound => ReadError::FileMissing {
                path: path.display().to_string(),
            },
            _ => ReadError::FileUnreadable {
                path: path.display().to_string(),
                reason: error.to_string(),
            },
        };
        let name = path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned();
        let mut file = File::open(path).map_err(unreadable)?;
        let len = file.metadata().map_err(unreadable)?.len();
        let mut bytes = Vec::with_capacity(4096);
        file.by_ref()
            .take(4096)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        if bytes.trim_ascii().is_empty() && len <= 4096 {
            return Err(ReadError::FileEmpty {
                place: Place::file(&name),
            });
        }
        if !bytes.starts_with(b"PAR1") {
            if len > limits.expanded_bytes {
                let allowed = limits.expanded_bytes;
                return Err(ReadError::too_large(
                    &name,
                    LimitKind::ExpandedBytes,
                    allowed,
                ));
            }
            // Bytes that are no table at all are refused before they are read.
            if !kind::needs_all(&bytes) {
                kind::agree(&name, kind::of_content(&bytes))?;
            }
            bytes.reserve_exact((len as usize).saturating_sub(bytes.len()));
            // A pipe has no length beforehand, so the limit is watched while reading too.
            let rest = limits.expanded_bytes - bytes.len() as u64 + 1;
            file.take(rest)
                .read_to_end(&mut bytes)
                .map_err(unreadable)?;
            if bytes.len() as u64 > limits.expanded_bytes {
                let allowed = limits.expanded_bytes;
                return Err(ReadError::too_large(
                    &name,
                    LimitKind::ExpandedBytes,
                    allowed,
                ));
            }
        }
        let (kind, note) = kind::agree(&name, kind::of_content(&bytes))?;
        Ok(Source {
            name,
            kind,
            bytes,
            note,
        })
    }
}

/// Unpacks gzip, stopping at the limits.
pub(super) fn unpack_gzip(
    packed: Vec<u8>,
    name: &str,
    limits: &Limits,
) -> Result<Vec<u8>, ReadError> {
    let (allowed, limit) = allowance(packed.len() as u64, limits);
    let mut bytes = Vec::new();
    let unpacked = flate2::bufread::MultiGzDecoder::new(&packed[..])
        .take(allowed.saturating_add(1))
        .read_to_end(&mut bytes);
    unpacked.map_err(|error| ReadError::damaged(name, error))?;
    if bytes.len() as u64 > allowed {
        let stated = match limit {
            LimitKind::Expansion => limits.expansion,
            _ => limits.expanded_bytes,
        };
        return Err(ReadError::too_large(name, limit, stated));
    }
    let inner = name.strip_suffix(".gz").unwrap_or(name);
    match kind::of_content(&bytes[..bytes.len().min(4096)]) {
        _ if bytes.trim_ascii().is_empty() => Err(ReadError::FileEmpty {
            place: Place::file(name),
        }),
        Ok(FileKind::Text | FileKind::Json) => Ok(bytes),
        Ok(other) => Err(inner_kind(name, inner, other.name())),
        Err(found) => Err(inner_kind(name, inner, found.unwrap_or("binary"))),
    }
}

fn inner_kind(name: &str, inner: &str, found: &'static str) -> ReadError {
    let ending = inner
        .rsplit_once('.')
        .map_or("gz", |(_, ending)| ending)
        .to_owned();
    ReadError::NotAsNamed {
        place: Place::file(name),
        ending,
        found,
    }
}

/// How many bytes so many packed bytes may unpack to, and which limit says so.
pub(super) fn allowance(packed: u64, limits: &Limits) -> (u64, LimitKind) {
    let by_expansion = packed.saturating_mul(limits.expansion).max(64 << 20);
    if by_expansion < limits.expanded_bytes {
        (by_expansion, LimitKind::Expansion)
    } else {
        (limits.expanded_bytes, LimitKind::ExpandedBytes)
    }
}
