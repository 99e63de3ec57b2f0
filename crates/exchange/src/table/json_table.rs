//! Reads JSON lines, or an array of flat objects, into a table: exact numbers, no duplicate names, every
//! fault with its line. Knows nothing of files and packing.

use std::borrow::Cow;
use std::fmt;

use rustc_hash::FxHashMap;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::chosen::{self, FirstRow, Wanted};
use super::error::LimitKind;
use super::text_table::{Lines, column_full};
use super::{
    CellKind, ColumnBuilder, JsonFault, Place, ReadError, ReadOptions, Table, encoding, header,
};

pub(super) fn read(
    bytes: Vec<u8>,
    name: &str,
    options: &ReadOptions,
    wanted: &mut Wanted<'_>,
) -> Result<Table, ReadError> {
    let (text, note) = encoding::decode(bytes, options.encoding.as_deref(), name)?;
    let mut gather = Gather::new(&text, name, options);
    let trimmed = text.trim_start();
    if trimmed.starts_with('[') {
        let start = text.len() - trimmed.len();
        let mut reader = serde_json::Deserializer::from_str(trimmed);
        let read = reader
            .deserialize_seq(Objects(&mut gather))
            .and_then(|()| reader.end());
        read.map_err(|error| gather.refused(start, &error))?;
    } else {
        read_lines(&text, &mut gather)?;
    }
    gather.flaw.take().map_or(Ok(()), Err)?;
    let mut table = gather.finish(wanted)?;
    table.notes.extend(note);
    Ok(table)
}

fn read_lines(text: &str, gather: &mut Gather<'_>) -> Result<(), ReadError> {
    let mut start = 0;
    for line in text.split('\n') {
        if !line.trim().is_empty() {
            let mut reader = serde_json::Deserializer::from_str(line);
            let read = reader
                .deserialize_map(Row(gather))
                .and_then(|()| reader.end());
            read.map_err(|error| gather.refused(start, &error))?;
            gather.end_row(start)?;
        }
        start += line.len() + 1;
    }
    Ok(())
}

/// Cells by their names, row after row.
struct Gather<'t> {
    text: &'t str,
    name: &'t str,
    options: &'t ReadOptions,
    column_of: FxHashMap<String, usize>,
    names: Vec<String>,
    builders: Vec<ColumnBuilder>,
    codes: Vec<Option<u32>>,
    lines: Lines,
    /// Where the lines were counted up to, and how many.
    counted: (usize, usize),
    /// What a field breaks, until its line is known.
    fault: Option<Broken>,
    flaw: Option<ReadError>,
}

/// What a field breaks.
enum Broken {
    Json(JsonFault),
    TooMany(LimitKind),
}

impl<'t> Gather<'t> {
    fn new(text: &'t str, name: &'t str, options: &'t ReadOptions) -> Self {
        Gather {
            text,
            name,
            options,
            column_of: FxHashMap::default(),
            names: Vec::new(),
            builders: Vec::new(),
            codes: Vec::new(),
            lines: Lines::default(),
            counted: (0, 1),
            fault: None,
            flaw: None,
        }
    }

    /// The line of a byte; bytes are asked for in their order.
    fn line(&mut self, at: usize) -> usize {
        let (from, lines) = self.counted;
        let at = at.clamp(from, self.text.len());
        let more = memchr::memchr_iter(b'\n', &self.text.as_bytes()[from..at]).count();
        self.counted = (at, lines + more);
        lines + more
    }

    fn refused(&mut self, start: usize, error: &serde_json::Error) -> ReadError {
        if let Some(flaw) = self.flaw.take() {
            return flaw;
        }
        let line = memchr::memchr_iter(b'\n', &self.text.as_bytes()[..start]).count();
        let line = line + error.line().max(1);
        let place = Place::file(self.name).at_row(line);
        let fault = match (self.fault.take(), error.classify()) {
            (Some(Broken::TooMany(limit)), _) => {
                let allowed = match limit {
                    LimitKind::Columns => super::MOST_COLUMNS as u64,
                    _ => u64::from(u32::MAX) + 1,
                };
                return ReadError::FileTooLarge {
                    place,
                    limit,
                    allowed,
                };
            }
            (Some(Broken::Json(fault)), _) => fault,
            (None, Category::Eof) => JsonFault::CutOff,
            (None, Category::Data) => JsonFault::NoObject,
            (None, _) => JsonFault::Syntax,
        };
        ReadError::JsonInvalid { place, fault }
    }

    fn take(&mut self, key: &str, raw: &RawValue) -> Result<(), Broken> {
        let name = || key.to_owned();
        let text = raw.get();
        let (kind, cell) = match text.as_bytes().first() {
            Some(b'"') => {
                let cell: Cow<'_, str> = serde_json::from_str(text)
                    .map_err(|_| Broken::Json(JsonFault::Escape { name: name() }))?;
                (CellKind::Text, cell)
            }
            Some(b'{' | b'[') => return Err(Broken::Json(JsonFault::Nested { name: name() })),
            Some(b'n') => (CellKind::Empty, Cow::Borrowed("")),
            Some(b't' | b'f') => (CellKind::Bool, Cow::Borrowed(text)),
            _ => (CellKind::Number, Cow::Borrowed(text)),
        };
        let column = match self.column_of.get(key) {
            Some(&column) => column,
            None if self.names.len() >= super::MOST_COLUMNS => {
                return Err(Broken::TooMany(LimitKind::Columns));
            }
            None => self.new_column(key)?,
        };
        if self.codes[column].is_some() {
            return Err(Broken::Json(JsonFault::NameTwice { name: name() }));
        }
        let cell = super::columns::trim(&cell);
        let kind = if cell.is_empty() {
            CellKind::Empty
        } else {
            kind
        };
        let code = self.builders[column]
            .code_of(kind, cell)
            .map_err(|_| Broken::TooMany(LimitKind::ColumnText))?;
        self.codes[column] = Some(code);
        Ok(())
    }

    fn new_column(&mut self, key: &str) -> Result<usize, Broken> {
        let mut builder = ColumnBuilder::default();
        for _ in 0..self.lines.rows {
            builder
                .push(CellKind::Empty, "")
                .map_err(|_| Broken::TooMany(LimitKind::ColumnText))?;
        }
        self.column_of.insert(key.to_owned(), self.names.len());
        self.names.push(key.to_owned());
        self.builders.push(builder);
        self.codes.push(None);
        Ok(self.names.len() - 1)
    }

    fn end_row(&mut self, at: usize) -> Result<(), ReadError> {
        for (builder, code) in self.builders.iter_mut().zip(&mut self.codes) {
            match code.take() {
                Some(code) => builder.push_code(code),
                None => builder
                    .push(CellKind::Empty, "")
                    .map_err(|full| column_full(full, self.name))?,
            }
        }
        let line = self.line(at);
        self.lines.add(line);
        if self.lines.rows as u64 > self.options.limits.rows {
            let allowed = self.options.limits.rows;
            return Err(ReadError::too_large(self.name, LimitKind::Rows, allowed));
        }
        Ok(())
    }

    fn finish(self, wanted: &mut Wanted<'_>) -> Result<Table, ReadError> {
        let place = Place::file(self.name);
        let layout = match wanted {
            Wanted::Named => header::choose(&self.names, self.options, &place)?,
            Wanted::Chosen(choose) => {
                let row = FirstRow {
                    line: 0,
                    cells: self.names.clone(),
                };
                chosen::take(&[row], choose, &place)?.1
            }
        };
        let mut builders: Vec<_> = self.builders.into_iter().map(Some).collect();
        let mut columns = Vec::new();
        for (&pick, name) in layout.picks.iter().zip(layout.names) {
            let builder = builders[pick].take().expect("a column is kept once");
            columns.push(builder.finish(name));
        }
        Ok(Table {
            source: self.name.to_owned(),
            sheet: None,
            columns,
            rows: self.lines.rows,
            header_row: 0,
            first_data_row: self.lines.first,
            lines: self.lines.list,
            header: self.names,
            ragged: Vec::new(),
            notes: Vec::new(),
        })
    }
}

/// An array of objects.
struct Objects<'g, 't>(&'g mut Gather<'t>);

impl<'de> Visitor<'de> for Objects<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Object(self.0))?.is_some() {}
        Ok(())
    }
}

/// One object of an array.
struct Object<'g, 't>(&'g mut Gather<'t>);

impl<'de> DeserializeSeed<'de> for Object<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let raw: &'de RawValue = serde::Deserialize::deserialize(deserializer)?;
        let start = raw.get().as_ptr().addr() - self.0.text.as_ptr().addr();
        let mut reader = serde_json::Deserializer::from_str(raw.get());
        let read = reader.deserialize_map(Row(self.0));
        let read = read.map_err(|error| self.0.refused(start, &error));
        if let Err(flaw) = read.and_then(|()| self.0.end_row(start)) {
            self.0.flaw = Some(flaw);
            return Err(serde::de::Error::custom("an object is refused"));
        }
        Ok(())
    }
}

/// The fields of one object.
struct Row<'g, 't>(&'g mut Gather<'t>);

impl<'de> Visitor<'de> for Row<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            let raw: &'de RawValue = map.next_value()?;
            if let Err(broken) = self.0.take(&key, raw) {
                self.0.fault = Some(broken);
                return Err(serde::de::Error::custom("a field is refused"));
            }
        }
        Ok(())
    }
}
