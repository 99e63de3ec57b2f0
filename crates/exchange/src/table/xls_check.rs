//! Looks through an XLS file's records before it is read for good: two cells far apart would
//! otherwise ask for more memory than there is. Knows where cells are, not what they hold.

use super::error::LimitKind;
use super::{Limits, ReadError};

const HEADER: usize = 512;
const END_OF_CHAIN: u32 = 0xffff_fffa;
const MINI_SECTOR: usize = 64;

/// Refuses a workbook whose sheets together span more cells than the limit, or that has cells where
/// the format has none. A file whose structure cannot be followed is left to the reader.
pub(super) fn check(bytes: &[u8], name: &str, limits: &Limits) -> Result<(), ReadError> {
    if bytes.len() < 2 * HEADER {
        return Err(ReadError::damaged(name, "it ends within its header"));
    }
    let Some(stream) = Compound::open(bytes).and_then(|file| file.workbook()) else {
        return Ok(());
    };
    let (mut spanned, mut rows, mut columns) = (0u64, 0u64, 0u64);
    let mut rest = stream.as_slice();
    while let Some((kind, body)) = next_record(&mut rest) {
        match (kind, last_cell(kind, body)) {
            (_, Some((_, column))) if column > 0xff => {
                return Err(ReadError::damaged(name, "a cell lies right of column IV"));
            }
            (_, Some((row, column))) => {
                rows = rows.max(u64::from(row) + 1);
                columns = columns.max(u64::from(column) + 1);
            }
            (BEGIN | END, None) => {
                spanned += rows * columns;
                (rows, columns) = (0, 0);
            }
            _ => {}
        }
        if spanned + rows * columns > limits.sheet_cells {
            return Err(ReadError::too_large(
                name,
                LimitKind::SheetCells,
                limits.sheet_cells,
            ));
        }
    }
    Ok(())
}

const BEGIN: u16 = 0x0809;
const END: u16 = 0x000a;
const MANY_NUMBERS: u16 = 0x00bd;

/// The row and the last column that a record of cells fills.
fn last_cell(kind: u16, body: &[u8]) -> Option<(u16, u16)> {
    let is_cell = matches!(
        kind,
        0x0006 | 0x0206 | 0x0406 | 0x00d6 | 0x00fd | 0x0203..=0x0205 | 0x027e | MANY_NUMBERS
    );
    if !is_cell {
        return None;
    }
    let at = if kind == MANY_NUMBERS {
        body.len().checked_sub(2)?
    } else {
        2
    };
    Some((short(body, 0)?, short(body, at)?))
}

fn next_record<'a>(rest: &mut &'a [u8]) -> Option<(u16, &'a [u8])> {
    let (kind, len) = (short(rest, 0)?, short(rest, 2)?);
    let body = rest.get(4..4 + usize::from(len))?;
    *rest = &rest[4 + usize::from(len)..];
    Some((kind, body))
}

/// A compound file: streams in chains of sectors.
struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    next: Vec<u32>,
}

impl<'a> Compound<'a> {
    fn open(bytes: &'a [u8]) -> Option<Compound<'a>> {
        let sector = match short(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut file = Compound {
            bytes,
            sector,
            next: Vec::new(),
        };
        let mut tables: Vec<u32> = (0..109).filter_map(|n| long(bytes, 76 + 4 * n)).collect();
        let mut more = long(bytes, 68)?;
        let most = bytes.len() / sector;
        while more < END_OF_CHAIN && tables.len() <= most {
            let entries = file.sector_bytes(more)?;
            tables.extend((0..sector / 4 - 1).filter_map(|n| long(entries, 4 * n)));
            more = long(entries, sector - 4)?;
        }
        for table in tables
            .into_iter()
            .filter(|&table| table < END_OF_CHAIN)
            .take(most)
        {
            let entries = file.sector_bytes(table)?;
            file.next
                .extend((0..sector / 4).filter_map(|n| long(entries, 4 * n)));
        }
        Some(file)
    }

    /// The stream that holds the records.
    fn workbook(&self) -> Option<Vec<u8>> {
        let directory = self.chain(long(self.bytes, 48)?);
        let mut entries = directory.chunks_exact(128);
        let root = entries.clone().next()?;
        let entry = entries.find(|entry| is_named(entry, "Workbook") || is_named(entry, "Book"))?;
        let (start, len) = (long(entry, 116)?, long(entry, 120)? as usize);
        if len >= long(self.bytes, 56)? as usize {
            let mut stream = self.chain(start);
            stream.truncate(len);
            return Some(stream);
        }
        let minis = self.chain(long(root, 116)?);
        let next = self.chain(long(self.bytes, 60)?);
        let (mut stream, mut at) = (Vec::new(), start);
        while at < END_OF_CHAIN && stream.len() < len {
            let from = at as usize * MINI_SECTOR;
            stream.extend_from_slice(minis.get(from..from + MINI_SECTOR)?);
            at = long(&next, at as usize * 4)?;
        }
        stream.truncate(len);
        Some(stream)
    }

    /// The bytes of a chain of sectors; at most as many as the file has.
    fn chain(&self, start: u32) -> Vec<u8> {
        let (mut stream, mut at) = (Vec::new(), start);
        while at < END_OF_CHAIN && stream.len() < self.bytes.len() {
            let Some(bytes) = self.sector_bytes(at) else {
                break;
            };
            stream.extend_from_slice(bytes);
            at = self.next.get(at as usize).copied().unwrap_or(END_OF_CHAIN);
        }
        stream
    }

    fn sector_bytes(&self, sector: u32) -> Option<&'a [u8]> {
        let from = (sector as usize + 1).checked_mul(self.sector)?;
        let to = self.bytes.len().min(from.checked_add(self.sector)?);
        self.bytes.get(from..to)
    }
}

fn is_named(entry: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name
        .encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect();
    entry.starts_with(&wide)
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes([two[0], two[1]]))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A compound file with one stream in ordinary sectors.
    fn compound(records: &[(u16, &[u8])]) -> Vec<u8> {
        let mut stream = Vec::new();
        for (kind, body) in records {
            stream.extend_from_slice(&kind.to_le_bytes());
            stream.extend_from_slice(&(body.len() as u16).to_le_bytes());
            stream.extend_from_slice(body);
        }
        stream.resize(stream.len().max(4096).next_multiple_of(512), 0);
        let sectors = stream.len() / 512;
        let mut header = vec![0xffu8; 512];
        header[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
        header[30..32].copy_from_slice(&9u16.to_le_bytes());
        for (at, value) in [
            (48, 1u32),
            (56, 4096),
            (60, u32::MAX),
            (68, u32::MAX),
            (76, 0),
        ] {
            header[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        let mut table = vec![0xfffffffdu32, 0xfffffffe];
        table.extend((0..sectors as u32).map(|n| n + 3));
        table[1 + sectors] = 0xfffffffe;
        table.resize(128, u32::MAX);
        let mut directory = vec![0u8; 512];
        for (entry, name) in ["Root Entry", "Workbook"].iter().enumerate() {
            let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            directory[entry * 128..][..wide.len()].copy_from_slice(&wide);
        }
        directory[128 + 116..][..4].copy_from_slice(&2u32.to_le_bytes());
        directory[128 + 120..][..4].copy_from_slice(&(stream.len() as u32).to_le_bytes());
        let table: Vec<u8> = table.iter().flat_map(|next| next.to_le_bytes()).collect();
        [header, table, directory, stream].concat()
    }

    fn cell(row: u16, column: u16) -> Vec<u8> {
        [row.to_le_bytes(), column.to_le_bytes()].concat()
    }

    #[test]
    fn cells_far_apart_are_refused() {
        let limits = Limits {
            sheet_cells: 1000,
            ..Limits::default()
        };
        let read = |far: &[u8]| {
            let records = [
                (BEGIN, &[0; 16][..]),
                (0x0203, &cell(0, 0)),
                (0x0203, far),
                (END, &[]),
            ];
            check(&compound(&records), "a.xls", &limits)
        };
        assert_eq!(read(&cell(99, 9)), Ok(()));
        assert!(matches!(
            read(&cell(99, 10)),
            Err(ReadError::FileTooLarge { .. })
        ));
        assert!(matches!(
            read(&cell(0, 256)),
            Err(ReadError::FileDamaged { .. })
        ));
    }
}
