//! Counts the cells that an OpenDocument sheet spans before it is read for good: its rows and cells
//! may be repeated a million times in a few bytes. Knows no values.

use std::io::BufReader;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::error::LimitKind;
use super::zip_check::{Archive, Sized};
use super::{Limits, ReadError};

/// Refuses a document of which a sheet spans more cells, up to its last used row and column, than
/// the limit.
pub(super) fn check(
    archive: &mut Archive<'_>,
    name: &str,
    limits: &Limits,
) -> Result<(), ReadError> {
    // Without content the reader says what is wrong.
    let Ok(entry) = archive.by_name("content.xml") else {
        return Ok(());
    };
    let left = entry.size();
    let reader = BufReader::with_capacity(1 << 16, Sized { inner: entry, left });
    let mut xml = Reader::from_reader(reader);
    xml.config_mut().check_end_names = false;
    let (mut buffer, mut span) = (Vec::new(), Span::default());
    loop {
        buffer.clear();
        let event = xml.read_event_into(&mut buffer);
        match event.map_err(|error| ReadError::damaged(name, error))? {
            Event::Start(tag) | Event::Empty(tag) => span.see(&tag),
            Event::Eof => return Ok(()),
            _ => {}
        }
        if span.cells() > limits.sheet_cells {
            return Err(ReadError::too_large(
                name,
                LimitKind::SheetCells,
                limits.sheet_cells,
            ));
        }
    }
}

/// How far the used cells of a sheet reach.
#[derive(Default)]
struct Span {
    rows_before: u64,
    row_repeats: u64,
    columns_before: u64,
    used_rows: u64,
    used_columns: u64,
}

impl Span {
    fn cells(&self) -> u64 {
        self.used_rows.saturating_mul(self.used_columns)
    }

    fn see(&mut self, tag: &BytesStart<'_>) {
        match tag.local_name().as_ref() {
            "table" => *self = Span::default(),
            "table-row" => {
                self.rows_before += self.row_repeats;
                self.row_repeats = repeats(tag, "number-rows-repeated");
                self.columns_before = 0;
            }
            "table-cell" | "covered-table-cell" => {
                self.columns_before += repeats(tag, "number-columns-repeated");
                let raw = tag.attributes_raw();
                if raw.contains("value") || raw.contains("formula") {
                    self.used_rows = self.rows_before + self.row_repeats;
                    self.used_columns = self.used_columns.max(self.columns_before);
                }
            }
            _ => {}
        }
    }
}

fn repeats(tag: &BytesStart<'_>, key: &str) -> u64 {
    let count = tag
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == key)
        .and_then(|attribute| attribute.value.parse::<u32>().ok());
    u64::from(count.unwrap_or(1))
}
