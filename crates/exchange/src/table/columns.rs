//! A table in memory: columns of coded cells. Must not know any file format.

use rustc_hash::FxHasher;
use std::hash::Hasher;

use super::{Place, ReadNote};

/// What a file says a cell is. Text files only have `Empty` and `Text`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CellKind {
    /// Nothing, or only blanks.
    Empty,
    /// Text, as it stands, without the blanks around it.
    Text,
    /// A number, as an exact decimal such as `129.696` or `-7`.
    Number,
    /// A day, as `2026-03-01`.
    Date,
    /// A day and a time, as `2026-03-01T08:30:00`.
    DateTime,
    /// `true` or `false`.
    Bool,
}

/// One cell: what it is, and its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CellRef<'a> {
    /// What the file says it is.
    pub kind: CellKind,
    /// Its text in the form that [`CellKind`] tells.
    pub text: &'a str,
}

impl CellRef<'_> {
    /// Whether the cell is empty.
    pub fn is_empty(&self) -> bool {
        self.kind == CellKind::Empty
    }
}

/// A column: one code per row and, per code, an entry. Reading an entry once and then going over
/// the codes is the fast way through a column. Two codes may stand for equal entries.
#[derive(Clone, Debug)]
pub struct Column {
    /// The name in the header.
    pub name: String,
    codes: Vec<u32>,
    entries: Entries,
}

impl Column {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The codes, one per row; each is below [`Column::entry_count`].
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// Number of entries.
    pub fn entry_count(&self) -> usize {
        self.entries.ends.len()
    }

    /// The entry of a code.
    ///
    /// # Panics
    /// When the code is not below [`Column::entry_count`].
    pub fn entry(&self, code: u32) -> CellRef<'_> {
        self.entries.get(code as usize)
    }

    /// All entries in the order of their codes, which is the order of their first rows.
    pub fn entries(&self) -> impl Iterator<Item = CellRef<'_>> {
        (0..self.entry_count()).map(|code| self.entries.get(code))
    }

    /// The cell of a 0-based row.
    ///
    /// # Panics
    /// When the column has no such row.
    pub fn cell(&self, row: usize) -> CellRef<'_> {
        self.entry(self.codes[row])
    }

    /// Reads every entry once, giving one value per code.
    ///
    /// # Errors
    /// What `read` refuses, with the first 0-based row that has that entry.
    pub fn read_entries<T, E>(
        &self,
        mut read: impl FnMut(CellRef<'_>) -> Result<T, E>,
    ) -> Result<Vec<T>, (usize, E)> {
        let mut values = Vec::with_capacity(self.entry_count());
        for (code, entry) in self.entries().enumerate() {
            match read(entry) {
                Ok(value) => values.push(value),
                Err(error) => {
                    let row = self.codes.iter().position(|&other| other as usize == code);
                    return Err((row.unwrap_or(0), error));
                }
            }
        }
        Ok(values)
    }

    /// Bytes of memory the column holds.
    pub fn memory(&self) -> usize {
        self.codes.capacity() * 4
            + self.entries.ends.capacity() * 4
            + self.entries.kinds.capacity()
            + self.entries.text.capacity()
    }
}

/// A table read from a file.
#[derive(Clone, Debug)]
pub struct Table {
    /// The file's name, for messages.
    pub source: String,
    /// The sheet it was read from.
    pub sheet: Option<String>,
    /// The kept columns, each with [`Table::rows`] rows.
    pub columns: Vec<Column>,
    /// Number of rows, blank ones left out.
    pub rows: usize,
    /// The 1-based row or line of the header; 0 where the format has none.
    pub header_row: usize,
    /// The 1-based row or line of the first data row, where rows follow each other without gaps.
    pub first_data_row: usize,
    /// The row or line of each data row, where they do not simply follow each other.
    pub(super) lines: Option<Vec<u32>>,
    /// All names of the header, in their order.
    pub header: Vec<String>,
    /// Line and number of fields of rows that do not fit the header, where they were asked for.
    pub ragged: Vec<(usize, usize)>,
    /// What a person should know about how the file was read.
    pub notes: Vec<ReadNote>,
}

impl Table {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The cell at 0-based row and column.
    ///
    /// # Panics
    /// When the table has no such row or column.
    pub fn cell(&self, row: usize, column: usize) -> CellRef<'_> {
        self.columns[column].cell(row)
    }

    /// The 1-based row of the sheet, or line of the text, of a 0-based data row.
    pub fn line(&self, row: usize) -> usize {
        match &self.lines {
            Some(lines) => lines.get(row).map_or(0, |&line| line as usize),
            None => self.first_data_row + row,
        }
    }

    /// The place of a 0-based data row, for messages.
    pub fn row_place(&self, row: usize) -> Place {
        Place::file(&self.source)
            .in_sheet(self.sheet.as_deref())
            .at_row(self.line(row))
    }

    /// The place of a 0-based data row and column, for messages.
    pub fn place(&self, row: usize, column: usize) -> Place {
        self.row_place(row).in_column(&self.columns[column].name)
    }
}

#[derive(Clone, Debug, Default)]
struct Entries {
    text: String,
    ends: Vec<u32>,
    kinds: Vec<CellKind>,
}

impl Entries {
    fn get(&self, code: usize) -> CellRef<'_> {
        let start = if code == 0 {
            0
        } else {
            self.ends[code - 1] as usize
        };
        let text = &self.text[start..self.ends[code] as usize];
        CellRef {
            kind: self.kinds[code],
            text,
        }
    }
}

/// The texts of one column came to more than 4 GiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnFull;

/// Gathers the cells of one column.
#[derive(Debug, Default)]
pub struct ColumnBuilder {
    codes: Vec<u32>,
    entries: Entries,
    /// Codes + 1 by hash, zero where free; its length is a power of two.
    slots: Vec<u32>,
    all_new: bool,
}

/// From this many entries on, a column whose rows are mostly different is no longer looked up.
const LOOK_UP_ENTRIES: usize = 1 << 16;

impl ColumnBuilder {
    /// Adds a cell of text; blanks around it are dropped, and text of blanks only is an empty cell.
    ///
    /// # Errors
    /// [`ColumnFull`] at 4 GiB of text.
    pub fn push_text(&mut self, text: &str) -> Result<(), ColumnFull> {
        let text = trim(text);
        let kind = if text.is_empty() {
            CellKind::Empty
        } else {
            CellKind::Text
        };
        self.push(kind, text)
    }

    /// Adds a cell whose text is already in the form that its kind asks for.
    ///
    /// # Errors
    /// [`ColumnFull`] at 4 GiB of text.
    pub fn push(&mut self, kind: CellKind, text: &str) -> Result<(), ColumnFull> {
        let code = self.code_of(kind, text)?;
        self.codes.push(code);
        Ok(())
    }

    /// Adds a row with a code that [`ColumnBuilder::code_of`] gave.
    pub fn push_code(&mut self, code: u32) {
        self.codes.push(code);
    }

    /// The code of a cell, which gets an entry if it has none.
    ///
    /// # Errors
    /// [`ColumnFull`] at 4 GiB of text.
    pub fn code_of(&mut self, kind: CellKind, text: &str) -> Result<u32, ColumnFull> {
        let cell = CellRef { kind, text };
        if let Some(&last) = self.codes.last()
            && self.entries.get(last as usize) == cell
        {
            return Ok(last);
        }
        if self.all_new {
            return self.add(cell);
        }
        if self.entries.ends.len() * 2 >= self.slots.len() {
            self.widen();
        }
        let mask = self.slots.len() - 1;
        let mut slot = hash(cell) & mask;
        loop {
            match self.slots[slot] {
                0 => break,
                code if self.entries.get(code as usize - 1) == cell => return Ok(code - 1),
                _ => slot = (slot + 1) & mask,
            }
        }
        let code = self.add(cell)?;
        self.slots[slot] = code + 1;
        let entries = self.entries.ends.len();
        if entries >= LOOK_UP_ENTRIES && entries * 2 > self.codes.len() {
            self.all_new = true;
            self.slots = Vec::new();
        }
        Ok(code)
    }

    /// Number of rows so far.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there are no rows yet.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The finished column.
    pub fn finish(mut self, name: String) -> Column {
        self.codes.shrink_to_fit();
        self.entries.text.shrink_to_fit();
        Column {
            name,
            codes: self.codes,
            entries: self.entries,
        }
    }

    fn add(&mut self, cell: CellRef<'_>) -> Result<u32, ColumnFull> {
        let code = u32::try_from(self.entries.ends.len()).map_err(|_| ColumnFull)?;
        let end = u32::try_from(self.entries.text.len() + cell.text.len());
        self.entries.ends.push(end.map_err(|_| ColumnFull)?);
        self.entries.text.push_str(cell.text);
        self.entries.kinds.push(cell.kind);
        Ok(code)
    }

    fn widen(&mut self) {
        let len = (self.slots.len() * 2).max(64);
        let mut slots = vec![0u32; len];
        for code in 0..self.entries.ends.len() {
            let mut slot = hash(self.entries.get(code)) & (len - 1);
            while slots[slot] != 0 {
                slot = (slot + 1) & (len - 1);
            }
            slots[slot] = code as u32 + 1;
        }
        self.slots = slots;
    }
}

fn hash(cell: CellRef<'_>) -> usize {
    let mut hasher = FxHasher::default();
    hasher.write(cell.text.as_bytes());
    hasher.write_u8(cell.kind as u8);
    // The multiplication leaves the good bits on top.
    (hasher.finish() >> 20) as usize
}

/// The text without the blanks around it; blanks are Unicode's, the ideographic space among them.
pub(super) fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [] => text,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_in_both_modes() {
        for distinct in [3usize, 100_000] {
            let mut builder = ColumnBuilder::default();
            for row in 0..200_000 {
                builder
                    .push_text(&format!(" v{} ", row % distinct))
                    .unwrap();
            }
            let column = builder.finish("c".into());
            assert_eq!(column.len(), 200_000);
            for row in (0..200_000).step_by(977) {
                assert_eq!(column.cell(row).text, format!("v{}", row % distinct));
            }
            assert!(distinct > 3 || column.entry_count() == 3);
        }
    }

    #[test]
    fn blanks_are_empty() {
        let mut builder = ColumnBuilder::default();
        for text in ["", "  ", "\u{3000}", "\u{a0}华东\u{3000}"] {
            builder.push_text(text).unwrap();
        }
        let column = builder.finish("c".into());
        assert_eq!(column.entry_count(), 2);
        assert!(column.cell(2).is_empty());
        assert_eq!(column.cell(3).text, "华东");
    }
}
