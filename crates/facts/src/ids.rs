//! External ids of a segment as sorted keys of 128 bits, so that two segments are compared by reading
//! both once, or by looking a few up. Must not know what follows from a repeated id.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::error::FactsError;
use crate::lines::{AmountColumn, SalesLines};

/// Bytes of an entry.
const WIDE: usize = 36;
/// A file this many times longer than the keys looked for is searched instead of read.
const RATHER_SEARCH: u64 = 256;

/// One line's external id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct IdEntry {
    /// Stands for the id.
    pub(crate) key: u128,
    /// Stands for the line's content.
    pub(crate) content: u64,
    /// The line's row in its segment.
    pub(crate) row: u32,
    /// The line's import.
    pub(crate) import: u64,
}

impl IdEntry {
    fn write(&self) -> [u8; WIDE] {
        let mut bytes = [0; WIDE];
        bytes[..16].copy_from_slice(&self.key.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.content.to_le_bytes());
        bytes[24..28].copy_from_slice(&self.row.to_le_bytes());
        bytes[28..].copy_from_slice(&self.import.to_le_bytes());
        bytes
    }

    fn read(bytes: &[u8; WIDE]) -> IdEntry {
        let eight = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight"));
        IdEntry {
            key: u128::from_be_bytes(bytes[..16].try_into().expect("sixteen bytes")),
            content: eight(16),
            row: u32::from_le_bytes(bytes[24..28].try_into().expect("four bytes")),
            import: eight(28),
        }
    }
}

/// The entries of lines in the order of a segment, sorted; lines without an id have none.
pub(crate) fn entries_of(lines: &SalesLines, order: &[u32], import: u64) -> Vec<IdEntry> {
    let Some(ids) = &lines.external_ids else {
        return Vec::new();
    };
    let texts: Vec<Vec<u64>> = lines
        .members
        .iter()
        .chain(&lines.customers)
        .map(|column| {
            column
                .dictionary
                .iter()
                .map(|text| hash(text.as_bytes()) as u64)
                .collect()
        })
        .collect();
    let measure = |column: &AmountColumn| hash(column.measure.as_bytes()) as u64;
    let measures: Vec<u64> = lines.amounts.iter().map(measure).collect();
    let mut entries = Vec::with_capacity(order.len());
    for (row, &line) in order.iter().enumerate() {
        let id = &ids[line as usize];
        if !id.is_empty() {
            entries.push(IdEntry {
                key: hash(id.as_bytes()),
                content: content(lines, (&texts, &measures), line as usize),
                row: row as u32,
                import,
            });
        }
    }
    entries.sort_unstable();
    entries
}

/// Stands for everything a line says, wherever it stands in its file. The hashes are those of the
/// columns' texts and of the measures' codes.
fn content(lines: &SalesLines, (texts, measures): (&[Vec<u64>], &[u64]), line: usize) -> u64 {
    let minute = lines.minutes.get(line).copied().unwrap_or(-1);
    let mut mixed = mix(FIRST, lines.dates[line] as u64);
    mixed = mix(mixed, minute as u64);
    for (column, hashes) in lines.members.iter().chain(&lines.customers).zip(texts) {
        mixed = mix(mixed, hashes[column.codes[line] as usize]);
    }
    for (amount, &code) in lines.amounts.iter().zip(measures) {
        if amount.present.get(line) != Some(&false) {
            mixed = mix(mix(mixed, code), amount.values[line] as u64);
        }
    }
    mix(
        mixed,
        u64::from(lines.credits.get(line).copied().unwrap_or(0)),
    )
}

const FIRST: u64 = 0x9e37_79b9_7f4a_7c15;
const SECOND: u64 = 0xd6e8_feb8_6659_fd93;
const THIRD: u64 = 0xa076_1d64_78bd_642f;

/// Both halves of a product, folded.
fn mix(state: u64, word: u64) -> u64 {
    let product = u128::from(state ^ word ^ THIRD) * u128::from(FIRST ^ word.rotate_left(32));
    (product as u64 ^ (product >> 64) as u64).wrapping_add(state.rotate_left(23) ^ SECOND)
}

/// A hash of 128 bits: two of 64 that begin differently.
fn hash(bytes: &[u8]) -> u128 {
    let (mut one, mut two) = (FIRST ^ bytes.len() as u64, SECOND);
    let mut take = |word: u64| {
        one = mix(one, word);
        two = mix(two, word ^ THIRD.rotate_left(17));
    };
    let (eights, rest) = bytes.as_chunks::<8>();
    eights
        .iter()
        .for_each(|eight| take(u64::from_le_bytes(*eight)));
    if !rest.is_empty() {
        let mut eight = [0; 8];
        eight[..rest.len()].copy_from_slice(rest);
        take(u64::from_le_bytes(eight));
    }
    let (one, two) = (mix(one, two), mix(two ^ THIRD, bytes.len() as u64));
    u128::from(one) << 64 | u128::from(two)
}

/// Writes sorted entries.
pub(crate) fn write(entries: &[IdEntry], sink: &mut impl Write) -> std::io::Result<()> {
    entries
        .iter()
        .try_for_each(|entry| sink.write_all(&entry.write()))
}

/// Reads all entries of a file.
pub(crate) fn read_all(path: &Path, visit: impl FnMut(IdEntry)) -> Result<(), FactsError> {
    let file = File::open(path).map_err(|error| FactsError::io(path, &error))?;
    let count = count_of(path, &file)?;
    read_some(&mut BufReader::with_capacity(1 << 18, file), count, visit)
        .map_err(|error| FactsError::io(path, &error))
}

fn count_of(path: &Path, file: &File) -> Result<u64, FactsError> {
    let bytes = file
        .metadata()
        .map_err(|error| FactsError::io(path, &error))?
        .len();
    if bytes % WIDE as u64 != 0 {
        return Err(FactsError::damaged(
            path,
            "it ends in the middle of an entry",
        ));
    }
    Ok(bytes / WIDE as u64)
}

fn read_some(
    from: &mut impl Read,
    count: u64,
    mut visit: impl FnMut(IdEntry),
) -> std::io::Result<()> {
    let mut bytes = [0; WIDE];
    for _ in 0..count {
        from.read_exact(&mut bytes)?;
        visit(IdEntry::read(&bytes));
    }
    Ok(())
}

/// Visits the entries of a file whose id occurs among sorted entries.
pub(crate) fn common(
    path: &Path,
    own: &[IdEntry],
    mut visit: impl FnMut(IdEntry),
) -> Result<(), FactsError> {
    let file = File::open(path).map_err(|error| FactsError::io(path, &error))?;
    let count = count_of(path, &file)?;
    let found = if count / RATHER_SEARCH > own.len() as u64 {
        search(file, count, own, &mut visit)
    } else {
        let mut at = 0;
        let mut reader = BufReader::with_capacity(1 << 18, file);
        read_some(&mut reader, count, |entry| {
            while own.get(at).is_some_and(|own| own.key < entry.key) {
                at += 1;
            }
            if own.get(at).is_some_and(|own| own.key == entry.key) {
                visit(entry);
            }
        })
    };
    found.map_err(|error| FactsError::io(path, &error))
}

fn search(
    mut file: File,
    count: u64,
    own: &[IdEntry],
    visit: &mut impl FnMut(IdEntry),
) -> std::io::Result<()> {
    let mut at = |place: u64| -> std::io::Result<IdEntry> {
        let mut bytes = [0; WIDE];
        file.seek(SeekFrom::Start(place * WIDE as u64))?;
        file.read_exact(&mut bytes)?;
        Ok(IdEntry::read(&bytes))
    };
    let mut start = 0;
    for (number, entry) in own.iter().enumerate() {
        if number > 0 && own[number - 1].key == entry.key {
            continue;
        }
        let (mut low, mut high) = (start, count);
        while low < high {
            let middle = low + (high - low) / 2;
            if at(middle)?.key < entry.key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        start = low;
        while start < count {
            let found = at(start)?;
            if found.key != entry.key {
                break;
            }
            visit(found);
            start += 1;
        }
    }
    Ok(())
}
