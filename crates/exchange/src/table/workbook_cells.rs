//! Turns the cells of a sheet, shown row by row, into columns. Knows no workbook format.

use std::fmt::Write;

use calamine::{CellErrorType, Data, DataRef, ExcelDateTime};

use super::chosen::{self, FirstRow, Wanted};
use super::columns::trim;
use super::error::LimitKind;
use super::header::{Layout, SEARCHED_ROWS, choose, find_header};
use super::text_table::{Lines, column_full};
use super::{
    CellKind, ColumnBuilder, Place, ReadError, ReadNote, ReadOptions, Table, cell_name, number,
};

/// A cell as a workbook stores it.
#[derive(Clone, Copy, Debug)]
pub(super) enum CellValue<'a> {
    Empty,
    Text(&'a str),
    Int(i64),
    Float(f64),
    Bool(bool),
    Time(ExcelDateTime),
    /// A day or time as text of ISO 8601.
    IsoTime(&'a str),
    Error(&'a CellErrorType),
    /// A formula that was never calculated.
    NoResult,
}

impl<'a> CellValue<'a> {
    pub fn of(value: &'a Data) -> Self {
        match value {
            Data::Empty => CellValue::Empty,
            Data::Int(int) => CellValue::Int(*int),
            Data::Float(float) => CellValue::Float(*float),
            Data::String(text) | Data::DurationIso(text) => CellValue::Text(text),
            Data::DateTimeIso(text) => CellValue::IsoTime(text),
            Data::Bool(yes) => CellValue::Bool(*yes),
            Data::DateTime(time) => CellValue::Time(*time),
            Data::Error(error) => CellValue::Error(error),
        }
    }

    pub fn of_ref(value: &'a DataRef<'_>) -> Self {
        match value {
            DataRef::Empty => CellValue::Empty,
            DataRef::Int(int) => CellValue::Int(*int),
            DataRef::Float(float) => CellValue::Float(*float),
            DataRef::String(text) | DataRef::DurationIso(text) => CellValue::Text(text),
            DataRef::SharedString(text) => CellValue::Text(text),
            DataRef::DateTimeIso(text) => CellValue::IsoTime(text),
            DataRef::Bool(yes) => CellValue::Bool(*yes),
            DataRef::DateTime(time) => CellValue::Time(*time),
            DataRef::Error(error) => CellValue::Error(error),
        }
    }
}

/// Looks for the header among the first rows.
pub(super) struct FirstRows<'o> {
    place: &'o Place,
    options: &'o ReadOptions,
    rows: Vec<(u32, Vec<String>)>,
    text: String,
}

impl<'o> FirstRows<'o> {
    pub fn new(place: &'o Place, options: &'o ReadOptions) -> Self {
        FirstRows {
            place,
            options,
            rows: Vec::new(),
            text: String::new(),
        }
    }

    /// Takes a cell; `false` once enough rows were seen.
    pub fn look(&mut self, row: u32, column: u32, value: CellValue<'_>) -> Result<bool, ReadError> {
        if let Some(wanted) = self.options.header_row {
            if (row as usize) + 1 < wanted {
                return Ok(true);
            }
            if (row as usize) + 1 > wanted {
                return Ok(false);
            }
        }
        if self.rows.last().is_none_or(|(last, _)| *last != row) {
            if self.rows.len() >= SEARCHED_ROWS {
                return Ok(false);
            }
            self.rows.push((row, Vec::new()));
        }
        let (_, cells) = self.rows.last_mut().expect("a row was pushed");
        let column = column as usize;
        // Workbooks have at most 16,384 columns.
        if column >= super::MOST_COLUMNS {
            return Err(ReadError::damaged(
                &self.place.file,
                "a cell lies right of column XFD",
            ));
        }
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        self.text.clear();
        if write_value(value, &mut self.text).is_ok() {
            cells[column] = trim(&self.text).to_owned();
        }
        Ok(true)
    }

    /// The 0-based row of the header and the columns to keep.
    pub fn header(self, wanted: &mut Wanted<'_>) -> Result<(u32, Layout, Vec<String>), ReadError> {
        match wanted {
            Wanted::Named => self.named_header(),
            Wanted::Chosen(choose) => {
                let rows = self.rows.into_iter().map(|(row, cells)| FirstRow {
                    line: row as usize + 1,
                    cells,
                });
                let mut rows: Vec<FirstRow> = rows.collect();
                let (index, layout) = chosen::take(&rows, choose, self.place)?;
                let row = rows.swap_remove(index);
                Ok((row.line as u32 - 1, layout, row.cells))
            }
        }
    }

    fn named_header(&self) -> Result<(u32, Layout, Vec<String>), ReadError> {
        let rows: Vec<Vec<String>> = self.rows.iter().map(|(_, cells)| cells.clone()).collect();
        let Some(index) = find_header(&rows, self.options) else {
            let place = match self.options.header_row {
                Some(row) => self.place.clone().at_row(row),
                None => self.place.clone(),
            };
            return Err(ReadError::HeaderMissing { place });
        };
        let row = self.rows[index].0;
        let place = self.place.clone().at_row(row as usize + 1);
        let mut layout = choose(&rows[index], self.options, &place)?;
        let skipped = rows[..index]
            .iter()
            .any(|cells| cells.iter().any(|cell| !cell.is_empty()));
        if skipped && layout.note.is_none() {
            layout.note = Some(ReadNote::HeaderBelow { place });
        }
        Ok((row, layout, self.rows[index].1.clone()))
    }
}

/// Gathers the kept columns of all rows below the header.
pub(super) struct SheetRows<'o> {
    place: &'o Place,
    options: &'o ReadOptions,
    header_row: u32,
    /// The builder of each column of the sheet.
    builder_of: Vec<Option<usize>>,
    builders: Vec<ColumnBuilder>,
    row: u32,
    codes: Vec<Option<u32>>,
    lines: Lines,
    cells: u64,
    text: String,
}

impl<'o> SheetRows<'o> {
    pub fn new(
        place: &'o Place,
        options: &'o ReadOptions,
        header_row: u32,
        layout: &Layout,
    ) -> Self {
        let width = layout.picks.iter().max().map_or(0, |&last| last + 1);
        let mut builder_of = vec![None; width];
        for (builder, &pick) in layout.picks.iter().enumerate() {
            builder_of[pick] = Some(builder);
        }
        SheetRows {
            place,
            options,
            header_row,
            builder_of,
            builders: layout
                .picks
                .iter()
                .map(|_| ColumnBuilder::default())
                .collect(),
            row: header_row,
            codes: vec![None; layout.picks.len()],
            lines: Lines::default(),
            cells: 0,
            text: String::new(),
        }
    }

    /// Takes a cell; always goes on.
    pub fn take(&mut self, row: u32, column: u32, value: CellValue<'_>) -> Result<bool, ReadError> {
        self.cells += 1;
        if self.cells > self.options.limits.sheet_cells {
            let allowed = self.options.limits.sheet_cells;
            return Err(ReadError::too_large(
                &self.place.file,
                LimitKind::SheetCells,
                allowed,
            ));
        }
        if row <= self.header_row {
            return Ok(true);
        }
        if row != self.row {
            if row < self.row {
                return Err(ReadError::damaged(
                    &self.place.file,
                    "its rows are out of order",
                ));
            }
            self.end_row()?;
            self.row = row;
        }
        let Some(Some(builder)) = self.builder_of.get(column as usize) else {
            return Ok(true);
        };
        self.text.clear();
        let kind = match write_value(value, &mut self.text) {
            Ok(kind) => kind,
            Err(Flaw(found)) if self.options.keep_faults && !found.is_empty() => {
                self.text.push_str(&found);
                CellKind::Text
            }
            Err(flaw) => return Err(flaw.at(self.place, cell_name(row, column))),
        };
        if kind == CellKind::Empty {
            return Ok(true);
        }
        let code = self.builders[*builder].code_of(kind, trim(&self.text));
        let code = code.map_err(|full| column_full(full, &self.place.file))?;
        self.codes[*builder] = Some(code);
        Ok(true)
    }

    /// Ends a row; a row without any kept cell is no row.
    fn end_row(&mut self) -> Result<(), ReadError> {
        if self.codes.iter().all(Option::is_none) {
            return Ok(());
        }
        for (builder, code) in self.builders.iter_mut().zip(&mut self.codes) {
            match code.take() {
                Some(code) => builder.push_code(code),
                None => builder
                    .push(CellKind::Empty, "")
                    .map_err(|full| column_full(full, &self.place.file))?,
            }
        }
        self.lines.add(self.row as usize + 1);
        Ok(())
    }

    pub fn finish(mut self, layout: Layout, header: Vec<String>) -> Result<Table, ReadError> {
        self.end_row()?;
        let columns = self.builders.into_iter().zip(layout.names);
        Ok(Table {
            source: self.place.file.to_string(),
            sheet: self.place.sheet().map(str::to_owned),
            columns: columns
                .map(|(builder, name)| builder.finish(name))
                .collect(),
            rows: self.lines.rows,
            header_row: self.header_row as usize + 1,
            first_data_row: self.lines.first,
            lines: self.lines.list,
            header,
            ragged: Vec::new(),
            notes: layout.note.into_iter().collect(),
        })
    }
}

/// A cell that has no value to read.
struct Flaw(String);

impl Flaw {
    fn at(self, place: &Place, cell: String) -> ReadError {
        let place = place.clone();
        match self.0.is_empty() {
            true => ReadError::FormulaWithoutValue { place, cell },
            false => ReadError::CellError {
                place,
                cell,
                value: self.0,
            },
        }
    }
}

/// Writes a value in the form its kind asks for.
fn write_value(value: CellValue<'_>, out: &mut String) -> Result<CellKind, Flaw> {
    Ok(match value {
        CellValue::Empty => CellKind::Empty,
        CellValue::Text(text) => {
            out.push_str(text);
            if trim(text).is_empty() {
                CellKind::Empty
            } else {
                CellKind::Text
            }
        }
        CellValue::Int(int) => {
            write!(out, "{int}").expect("writing to a string does not fail");
            CellKind::Number
        }
        CellValue::Float(float) if float.is_finite() => {
            number::push_sheet_number(float, out);
            CellKind::Number
        }
        CellValue::Float(float) => return Err(Flaw(float.to_string())),
        CellValue::Bool(yes) => {
            out.push_str(if yes { "true" } else { "false" });
            CellKind::Bool
        }
        CellValue::Time(time) => write_time(time, out)?,
        CellValue::IsoTime(text) => {
            let day_only = text.len() == 10 || text.ends_with("T00:00:00");
            out.push_str(if day_only {
                text.get(..10).unwrap_or(text)
            } else {
                text
            });
            if day_only {
                CellKind::Date
            } else {
                CellKind::DateTime
            }
        }
        CellValue::Error(error) => return Err(Flaw(error.to_string())),
        CellValue::NoResult => return Err(Flaw(String::new())),
    })
}

/// A serial of days becomes a day, or a day and a time; a serial below 1 is a time of day only and
/// a duration is a number of days.
fn write_time(time: ExcelDateTime, out: &mut String) -> Result<CellKind, Flaw> {
    let serial = time.as_f64();
    if !serial.is_finite() {
        return Err(Flaw(serial.to_string()));
    }
    if time.is_duration() || !(0.0..2_958_466.0).contains(&serial) {
        number::push_sheet_number(serial, out);
        return Ok(CellKind::Number);
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let written = if serial < 1.0 {
        write!(out, "{hour:02}:{minute:02}:{second:02}").map(|()| CellKind::Text)
    } else if (hour, minute, second) == (0, 0, 0) {
        write!(out, "{year:04}-{month:02}-{day:02}").map(|()| CellKind::Date)
    } else {
        write!(
            out,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )
        .map(|()| CellKind::DateTime)
    };
    Ok(written.expect("writing to a string does not fail"))
}
