//! What calamine does not tell about an XLSX sheet: merged ranges, hidden rows and columns. Reads
//! no values.

use std::io::{BufRead, BufReader};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::zip_check::{Archive, Sized};
use super::{ReadError, column_letters};

/// A rectangle of cells, 0-based, ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub rows: (u32, u32),
    pub columns: (u32, u32),
}

impl Area {
    /// The area in the words of a workbook, such as `A3:B7`.
    pub fn name(&self) -> String {
        let first = super::cell_name(self.rows.0, self.columns.0);
        format!("{first}:{}", super::cell_name(self.rows.1, self.columns.1))
    }

    fn parse(text: &str) -> Option<Area> {
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        let ((top, left), (bottom, right)) = (parse_cell(first)?, parse_cell(last)?);
        Some(Area {
            rows: (top, bottom),
            columns: (left, right),
        })
    }
}

fn parse_cell(text: &str) -> Option<(u32, u32)> {
    let text = text.replace('$', "");
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = text.split_at(letters);
    let row: u32 = digits.parse().ok()?;
    let column = letters.bytes().try_fold(0u32, |sum, letter| {
        sum.checked_mul(26)?
            .checked_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)
    })?;
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}

/// What a sheet says besides its values.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SheetFacts {
    pub merged: Vec<Area>,
    /// The first hidden row, 1-based.
    pub first_hidden_row: Option<usize>,
    pub hidden_rows: usize,
    pub hidden_columns: Vec<String>,
}

/// Finds the entry of a sheet by the sheet's name.
pub(super) fn sheet_path(archive: &mut Archive<'_>, sheet: &str) -> Option<String> {
    let workbook = small_entry(archive, "xl/workbook.xml")?;
    let id = attributes_of(&workbook, "sheet")
        .into_iter()
        .find(|attributes| value(attributes, "name") == Some(sheet))
        .and_then(|attributes| value(&attributes, "id").map(str::to_owned))?;
    let relations = small_entry(archive, "xl/_rels/workbook.xml.rels")?;
    let target = attributes_of(&relations, "Relationship")
        .into_iter()
        .find(|attributes| value(attributes, "Id") == Some(&id))
        .and_then(|attributes| value(&attributes, "Target").map(str::to_owned))?;
    let path = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("xl/{target}"),
    };
    archive.index_for_name(&path).map(|_| path)
}

/// Reads the facts of the sheet at a path, proving its entry on the way.
pub(super) fn read(
    archive: &mut Archive<'_>,
    path: &str,
    name: &str,
) -> Result<SheetFacts, ReadError> {
    let entry = archive
        .by_name(path)
        .map_err(|error| ReadError::damaged(name, error))?;
    let left = entry.size();
    let reader = BufReader::with_capacity(1 << 16, Sized { inner: entry, left });
    scan(reader).map_err(|error| ReadError::damaged(name, error))
}

fn scan(reader: impl BufRead) -> Result<SheetFacts, quick_xml::Error> {
    let mut xml = Reader::from_reader(reader);
    xml.config_mut().check_end_names = false;
    let mut facts = SheetFacts::default();
    let (mut buffer, mut row) = (Vec::new(), 0);
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer)? {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "row" => note_row(&tag, &mut row, &mut facts),
                "col" => note_columns(&tag, &mut facts),
                "mergeCell" => {
                    facts
                        .merged
                        .extend(attribute(&tag, "ref").and_then(|r| Area::parse(&r)));
                }
                _ => {}
            },
            Event::Eof => return Ok(facts),
            _ => {}
        }
    }
}

fn note_row(tag: &BytesStart<'_>, row: &mut usize, facts: &mut SheetFacts) {
    let raw = tag.attributes_raw();
    *row += 1;
    // Most rows are not hidden, and looking for the word is cheaper than reading attributes.
    if !raw.contains("hidden") {
        return;
    }
    if let Some(number) = attribute(tag, "r").and_then(|r| r.parse().ok()) {
        *row = number;
    }
    if is_true(attribute(tag, "hidden")) {
        facts.hidden_rows += 1;
        facts.first_hidden_row.get_or_insert(*row);
    }
}

fn note_columns(tag: &BytesStart<'_>, facts: &mut SheetFacts) {
    if !is_true(attribute(tag, "hidden")) {
        return;
    }
    let bound = |key| attribute(tag, key).and_then(|text| text.parse::<u32>().ok());
    if let (Some(min), Some(max)) = (bound("min"), bound("max")) {
        // Workbooks often hide everything right of the table; a dozen letters say enough.
        let room = 12usize.saturating_sub(facts.hidden_columns.len());
        let columns = (min.max(1)..=max)
            .take(room)
            .map(|column| column_letters(column - 1));
        facts.hidden_columns.extend(columns);
    }
}

fn is_true(text: Option<String>) -> bool {
    matches!(text.as_deref(), Some("1" | "true"))
}

fn attribute(tag: &BytesStart<'_>, key: &str) -> Option<String> {
    tag.attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == key)
        .map(|attribute| attribute.value.into_owned())
}

/// An entry of at most 16 MiB, as text.
fn small_entry(archive: &mut Archive<'_>, path: &str) -> Option<String> {
    use std::io::Read;
    let mut text = String::new();
    archive
        .by_name(path)
        .ok()?
        .take(16 << 20)
        .read_to_string(&mut text)
        .ok()?;
    Some(text)
}

type Attributes = Vec<(String, String)>;

/// The attributes, by local name, of every element of this local name.
fn attributes_of(xml: &str, element: &str) -> Vec<Attributes> {
    let mut reader = Reader::from_str(xml);
    let mut found = Vec::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) if tag.local_name().as_ref() == element => {
                let mut attributes = Attributes::new();
                for attribute in tag.attributes().with_checks(false).flatten() {
                    let key = attribute.key.local_name().as_ref().to_owned();
                    let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                    attributes.push((key, value.unwrap_or_default().into_owned()));
                }
                found.push(attributes);
            }
            Ok(Event::Eof) | Err(_) => return found,
            Ok(_) => {}
        }
    }
}

fn value<'a>(attributes: &'a Attributes, key: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|(other, _)| other == key)
        .map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_of_a_sheet() {
        let xml = r#"<worksheet><cols><col min="2" max="3" hidden="1"/><col min="4" max="4"/></cols>
            <sheetData><row r="1"/><row r="2" hidden="1"><c r="A2"><v>1</v></c></row><row r="5"
            hidden="1"/></sheetData><mergeCells><mergeCell ref="A3:B7"/></mergeCells></worksheet>"#;
        let facts = scan(xml.as_bytes()).unwrap();
        assert_eq!(
            facts.merged,
            [Area {
                rows: (2, 6),
                columns: (0, 1)
            }]
        );
        assert_eq!(facts.merged[0].name(), "A3:B7");
        assert_eq!((facts.first_hidden_row, facts.hidden_rows), (Some(2), 2));
        assert_eq!(facts.hidden_columns, ["B", "C"]);
    }
}
