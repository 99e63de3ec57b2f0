//! Gets the bytes of a file, unpacked where they are gzip, within the limits.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
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
        let name = path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned();
        let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
        let known = file.metadata().map_err(|error| unreadable(path, &error))?;
        if known.is_dir() {
            return Err(ReadError::NotAFile {
                path: path.display().to_string(),
                is_folder: true,
            });
        }
        let len = known.len();
        let mut bytes = Vec::with_capacity(4096);
        file.by_ref()
            .take(4096)
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable(path, &error))?;
        if bytes.trim_ascii().is_empty() && len <= 4096 {
            return Err(ReadError::FileEmpty {
                place: Place::file(&name),
            });
        }
        if !bytes.starts_with(b"PAR1") {
            check_start(&mut file, &bytes, len, &name, limits)?;
            read_rest(file, &mut bytes, path, &name, limits)?;
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

/// Refuses by size and first bytes, before the rest is read: what is too large, no table at all, or a
/// zip archive without its end.
fn check_start(
    file: &mut File,
    start: &[u8],
    len: u64,
    name: &str,
    limits: &Limits,
) -> Result<(), ReadError> {
    if len > limits.expanded_bytes {
        let allowed = limits.expanded_bytes;
        return Err(ReadError::too_large(
            name,
            LimitKind::ExpandedBytes,
            allowed,
        ));
    }
    if !kind::needs_all(start) {
        return kind::agree(name, kind::of_content(start)).map(|_| ());
    }
    match start.starts_with(b"PK") && len > LARGE && !has_zip_end(file, len) {
        true => Err(ReadError::damaged(name, "the archive has no end")),
        false => Ok(()),
    }
}

/// Files beyond this are looked at more closely before they are read.
const LARGE: u64 = 1 << 20;

/// Whether the directory of a zip archive ends in its last 64 KiB, where every archive has it.
fn has_zip_end(file: &mut File, len: u64) -> bool {
    let back = len.min((1 << 16) + 22);
    let mut end = Vec::new();
    let at = file.stream_position();
    let read = file
        .seek(SeekFrom::Start(len - back))
        .and_then(|_| file.take(back).read_to_end(&mut end));
    let is_back = at.and_then(|at| file.seek(SeekFrom::Start(at)));
    read.is_ok() && is_back.is_ok() && memchr::memmem::find(&end, b"PK\x05\x06").is_some()
}

/// Reads what follows the first bytes; text that turns out to hold zero bytes is read no further. A
/// pipe has no length beforehand, so the limit is watched while reading too.
fn read_rest(
    mut file: File,
    bytes: &mut Vec<u8>,
    path: &Path,
    name: &str,
    limits: &Limits,
) -> Result<(), ReadError> {
    let is_wide = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let is_text = matches!(kind::of_content(bytes), Ok(FileKind::Text | FileKind::Json));
    let is_watched = is_text && !is_wide;
    let len = file.metadata().map_or(0, |known| known.len()) as usize;
    bytes.reserve_exact((len + 1).saturating_sub(bytes.len()));
    loop {
        let from = bytes.len();
        let room = if is_watched { STRETCH } else { u64::MAX };
        let rest = (limits.expanded_bytes - from as u64 + 1).min(room);
        let read = file.by_ref().take(rest).read_to_end(bytes);
        if read.map_err(|error| unreadable(path, &error))? == 0 {
            return Ok(());
        }
        if bytes.len() as u64 > limits.expanded_bytes {
            let allowed = limits.expanded_bytes;
            return Err(ReadError::too_large(
                name,
                LimitKind::ExpandedBytes,
                allowed,
            ));
        }
        if let Some(zero) = memchr::memchr(0, &bytes[from..]).filter(|_| is_watched) {
            let line = memchr::memchr_iter(b'\n', &bytes[..from + zero]).count() + 1;
            return Err(ReadError::ZeroBytes {
                place: Place::file(name).at_row(line),
            });
        }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> ReadError {
    let path = path.display().to_string();
    match error.kind() {
        ErrorKind::NotFound => ReadError::FileMissing { path },
        _ => ReadError::FileUnreadable {
            path,
            reason: error.to_string(),
        },
    }
}

/// Unpacks gzip, stopping at the limits.
pub(super) fn unpack_gzip(
    packed: Vec<u8>,
    name: &str,
    limits: &Limits,
) -> Result<Vec<u8>, ReadError> {
    let (allowed, limit) = allowance(packed.len() as u64, limits);
    let mut decoder = flate2::bufread::MultiGzDecoder::new(&packed[..]);
    let mut bytes = Vec::new();
    let mut left = packed.len();
    loop {
        let from = bytes.len();
        let rest = (allowed - from as u64 + 1).min(STRETCH);
        let unpacked = decoder.by_ref().take(rest).read_to_end(&mut bytes);
        unpacked.map_err(|error| ReadError::damaged(name, error))?;
        let now = decoder.get_ref().len();
        let used = (left - now) as u64;
        left = now;
        let more = (bytes.len() - from) as u64;
        let is_bomb = more == STRETCH && used.saturating_mul(limits.expansion) < more;
        if is_bomb || bytes.len() as u64 > allowed {
            let limit = if is_bomb { LimitKind::Expansion } else { limit };
            let stated = match limit {
                LimitKind::Expansion => limits.expansion,
                _ => limits.expanded_bytes,
            };
            return Err(ReadError::too_large(name, limit, stated));
        }
        if more < rest {
            break;
        }
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

/// The bytes that packed ones may unpack to before their expansion is judged, and of which no stretch
/// may come of less than its share.
const STRETCH: u64 = 64 << 20;

/// How many bytes so many packed bytes may unpack to, and which limit says so.
pub(super) fn allowance(packed: u64, limits: &Limits) -> (u64, LimitKind) {
    let by_expansion = packed.saturating_mul(limits.expansion).max(STRETCH);
    if by_expansion < limits.expanded_bytes {
        (by_expansion, LimitKind::Expansion)
    } else {
        (limits.expanded_bytes, LimitKind::ExpandedBytes)
    }
}
