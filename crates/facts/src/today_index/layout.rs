//! How a kept day lies in its file: a header, places of names by hash, rows of one width, texts. Every
//! row carries a hash of itself. Knows no plan.

use std::fs::{self, File};
use std::hash::Hasher;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};

use super::{DayKey, DaySlot, DayWeek, StoreDay};

const MAGIC: [u8; 8] = *b"FENJIED2";
/// Bytes of a name's entry: hash and row.
const ENTRY: u64 = 12;
/// The most bytes of a header.
const MOST_HEADER: u32 = 1 << 16;

/// What a file says of itself.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) key: DayKey,
    pub(super) slots: Vec<DaySlot>,
    pub(super) week: Option<DayWeek>,
    entries: u64,
    rows: u64,
    /// Where the entries begin.
    #[serde(skip)]
    start: u64,
}

/// A store as it is written.
pub(super) struct Row<'p> {
    pub(super) code: &'p str,
    pub(super) name: &'p str,
    /// Whether its name is nobody's else but perhaps other stores'.
    pub(super) by_name: bool,
    /// Of the slots, then of the week where there is one.
    pub(super) targets: Vec<i64>,
}

impl Header {
    pub(super) fn read(file: &mut File) -> Option<Header> {
        let mut first = [0; 12];
        file.read_exact(&mut first).ok()?;
        let length = u32::from_le_bytes(first[8..].try_into().ok()?);
        if first[..8] != MAGIC || length > MOST_HEADER {
            return None;
        }
        let mut json = vec![0; length as usize];
        file.read_exact(&mut json).ok()?;
        let mut header: Header = serde_json::from_slice(&json).ok()?;
        header.start = 12 + u64::from(length);
        Some(header)
    }

    /// How many targets a row has.
    fn targets(&self) -> usize {
        self.slots.len() + usize::from(self.week.is_some())
    }

    /// Bytes of a row: targets, where its texts are, a hash of all that.
    fn wide(&self) -> u64 {
        8 * self.targets() as u64 + 24
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

/// Writes the file beside its place and moves it there.
pub(super) fn write(
    path: &Path,
    key: &DayKey,
    (slots, week): (Vec<DaySlot>, Option<DayWeek>),
    rows: &[Row<'_>],
) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut names: Vec<(u64, u32)> = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        names.push((hash(row.code.as_bytes()), at as u32));
        if row.by_name && row.name != row.code {
            names.push((hash(row.name.as_bytes()), at as u32));
        }
    }
    names.sort_unstable();
    let header = Header {
        key: key.clone(),
        slots,
        week,
        entries: names.len() as u64,
        rows: rows.len() as u64,
        start: 0,
    };
    let json = serde_json::to_vec(&header)?;
    let (mut bytes, mut texts) = (MAGIC.to_vec(), Vec::<u8>::new());
    bytes.extend((json.len() as u32).to_le_bytes());
    bytes.extend(&json);
    for (hash, row) in names {
        bytes.extend(hash.to_le_bytes());
        bytes.extend(row.to_le_bytes());
    }
    for row in rows {
        let start = bytes.len();
        for target in &row.targets {
            bytes.extend(target.to_le_bytes());
        }
        bytes.extend((texts.len() as u64).to_le_bytes());
        bytes.extend((row.code.len() as u32).to_le_bytes());
        bytes.extend((row.name.len() as u32).to_le_bytes());
        texts.extend(row.code.as_bytes());
        texts.extend(row.name.as_bytes());
        let sealed = hash(&bytes[start..]) ^ hash(row.code.as_bytes()) ^ hash(row.name.as_bytes());
        bytes.extend(sealed.to_le_bytes());
    }
    bytes.extend(texts);
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(&bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Looks a name up with some short reads.
pub(super) fn find(file: &mut File, header: &Header, name: &str) -> Option<StoreDay> {
    let wanted = hash(name.as_bytes());
    let entry = |file: &mut File, at: u64| -> Option<(u64, u32)> {
        let bytes = read_at(file, header.start + at * ENTRY, ENTRY as usize)?;
        let hash = u64::from_le_bytes(bytes[..8].try_into().ok()?);
        Some((hash, u32::from_le_bytes(bytes[8..].try_into().ok()?)))
    };
    let (mut low, mut high) = (0, header.entries);
    while low < high {
        let middle = low + (high - low) / 2;
        if entry(file, middle)?.0 < wanted {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    let (mut by_code, mut by_name) = (None, Vec::new());
    while low < header.entries {
        let (hash, row) = entry(file, low)?;
        if hash != wanted {
            break;
        }
        let store = read_row(file, header, row)?;
        if store.code == name {
            by_code = Some(store);
        } else if store.name == name {
            by_name.push(store);
        }
        low += 1;
    }
    // As in the plan: a code comes first, a name must be one store's alone.
    by_code.or_else(|| (by_name.len() == 1).then(|| by_name.remove(0)))
}

fn read_row(file: &mut File, header: &Header, row: u32) -> Option<StoreDay> {
    let rows = header.start + header.entries * ENTRY;
    let texts = rows + header.rows * header.wide();
    let bytes = read_at(
        file,
        rows + u64::from(row) * header.wide(),
        header.wide() as usize,
    )?;
    let (said, sealed) = bytes.split_at(bytes.len() - 8);
    let width = 8 * header.targets();
    let targets = said[..width].chunks_exact(8);
    let eight = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
    let four = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().expect("four bytes")) as usize;
    let at = eight(&said[width..width + 8]);
    let (code, name) = (
        four(&said[width + 8..width + 12]),
        four(&said[width + 12..]),
    );
    let length = file.metadata().ok()?.len();
    if texts.checked_add(at)?.checked_add((code + name) as u64)? > length {
        return None;
    }
    let both = read_at(file, texts + at, code + name)?;
    let (code, name) = both.split_at(code);
    if hash(said) ^ hash(code) ^ hash(name) != eight(sealed) {
        return None;
    }
    let mut targets: Vec<i64> = targets.map(|target| eight(target) as i64).collect();
    Some(StoreDay {
        code: String::from_utf8(code.to_vec()).ok()?,
        name: String::from_utf8(name.to_vec()).ok()?,
        week: header.week.as_ref().and_then(|_| targets.pop()),
        targets,
    })
}

fn read_at(file: &mut File, at: u64, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    file.seek(SeekFrom::Start(at)).ok()?;
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}
