//! Reads a file of members: finds its columns by the names people give them, and its numbers. Must not
//! know trees.

use std::path::Path;
use std::sync::Arc;

use fenjie_calendar::Date;
use fenjie_plan::{Decimal, MemberRow};

use super::axes::after;
use super::cause;
use crate::plan_file::error::{Cause, Fault, Refusal};
use crate::plan_file::scalar::Text;
use crate::plan_file::wire::axes::AxisTable;
use crate::table::{
    CellKind, CellRef, Column, Place, ReadError, ReadOptions, Table, parse_date, read_table,
};

pub(crate) const CODE: [&str; 10] = [
    "code",
    "编码",
    "代码",
    "编号",
    "工号",
    "id",
    "ID",
    "Code",
    "成员编码",
    "成员",
];
pub(crate) const NAME: [&str; 6] = ["name", "名称", "姓名", "Name", "成员名称", "名字"];
pub(crate) const PARENT: [&str; 7] = [
    "parent",
    "上级",
    "上级编码",
    "Parent",
    "parent_code",
    "父级",
    "所属",
];
pub(crate) const FROM: [&str; 6] = ["from", "入职", "入职日期", "生效", "生效日期", "From"];
pub(crate) const UNTIL: [&str; 6] = ["until", "离职", "离职日期", "失效", "失效日期", "Until"];

/// A file of members and how to read it.
pub(super) struct MemberFile<'a> {
    pub(super) file: &'a Text,
    pub(super) options: &'a AxisTable,
}

/// Reads the members in the order of the file.
pub(super) fn read(
    file: &MemberFile<'_>,
    path: &Path,
    notes: &mut Vec<Cause>,
) -> Result<Vec<MemberRow>, Refusal> {
    let span = file.file.span;
    let options = ReadOptions {
        sheet: file.options.sheet.as_ref().map(|sheet| sheet.text.clone()),
        header_row: file.options.header_row,
        encoding: file
            .options
            .encoding
            .as_ref()
            .map(|label| label.text.clone()),
        ..ReadOptions::default()
    };
    let table =
        read_table(path, &options).map_err(|cause| Refusal::at(Fault::Table { cause }, span))?;
    notes.extend(table.notes.iter().cloned().map(cause));
    let columns = Columns::find(file, &table)?;
    rows(&table, &columns).map_err(|refusal| refusal.or_at(span))
}

/// Positions of the columns in the table.
struct Columns {
    code: usize,
    name: Option<usize>,
    parent: Option<usize>,
    from: Option<usize>,
    until: Option<usize>,
    attributes: Vec<usize>,
}

impl Columns {
    fn find(file: &MemberFile<'_>, table: &Table) -> Result<Columns, Refusal> {
        let written = file.options.columns.as_ref();
        let column = |name: Option<&Text>, usual: &[&str]| match name {
            Some(name) => position(table, name).map(Some),
            None => Ok(usual.iter().find_map(|usual| {
                table
                    .columns
                    .iter()
                    .position(|column| column.name == *usual)
            })),
        };
        let name = column(written.and_then(|columns| columns.name.as_ref()), &NAME)?;
        let only = matches!(&table.columns[..], [only] if !is_joined(&only.name)).then_some(0);
        let code = column(written.and_then(|columns| columns.code.as_ref()), &CODE)?;
        let code = code.or(name).or(only);
        let Some(code) = code else {
            return Err(code_missing(file.file, table));
        };
        let mut columns = Columns {
            code,
            name,
            parent: column(written.and_then(|columns| columns.parent.as_ref()), &PARENT)?,
            from: column(written.and_then(|columns| columns.from.as_ref()), &FROM)?,
            until: column(written.and_then(|columns| columns.until.as_ref()), &UNTIL)?,
            attributes: Vec::new(),
        };
        columns.attributes = match &file.options.attributes {
            Some(names) => names
                .0
                .iter()
                .map(|name| position(table, name))
                .collect::<Result<_, _>>()?,
            None => columns.number_columns(table),
        };
        Ok(columns)
    }

    /// Every other column that holds numbers and nothing else.
    fn number_columns(&self, table: &Table) -> Vec<usize> {
        let used = [
            Some(self.code),
            self.name,
            self.parent,
            self.from,
            self.until,
        ];
        let numbers = |column: &Column| {
            let mut cells = column.entries().filter(|cell| !cell.is_empty()).peekable();
            cells.peek().is_some() && cells.all(|cell| Decimal::parse(cell.text).is_ok())
        };
        (0..table.columns.len())
            .filter(|at| !used.contains(&Some(*at)) && numbers(&table.columns[*at]))
            .collect()
    }
}

/// Whether a header holds several of the usual names, because the file's delimiter is none we know.
fn is_joined(header: &str) -> bool {
    let is_usual = |word: &&str| [&CODE[..], &NAME, &PARENT].concat().contains(word);
    let words = header.split(|c: char| !c.is_alphanumeric());
    words.filter(is_usual).count() > 1
}

fn position(table: &Table, name: &Text) -> Result<usize, Refusal> {
    let found = table
        .columns
        .iter()
        .position(|column| column.name == name.text);
    found.ok_or_else(|| column_missing(table, name, &name.text))
}

fn code_missing(at: &Text, table: &Table) -> Refusal {
    let known = table
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let fault = Fault::CodeColumnMissing {
        place: header_place(table),
        known,
    };
    Refusal::at(fault, at.span)
}

fn header_place(table: &Table) -> Place {
    Place::file(&table.source)
        .in_sheet(table.sheet.as_deref())
        .at_row(table.header_row)
}

fn column_missing(table: &Table, at: &Text, wanted: &str) -> Refusal {
    let known: Vec<String> = table
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let cause = ReadError::ColumnMissing {
        place: header_place(table),
        column: wanted.to_owned(),
        nearest: crate::plan_file::near::nearest(wanted, &known),
        known,
    };
    Refusal::at(Fault::Table { cause }, at.span)
}

fn rows(table: &Table, columns: &Columns) -> Result<Vec<MemberRow>, Refusal> {
    let from = columns.from.map(|at| dates(table, at)).transpose()?;
    let until = columns.until.map(|at| dates(table, at)).transpose()?;
    let mut attributes = Vec::new();
    for at in &columns.attributes {
        attributes.push((table.columns[*at].name.clone(), *at, numbers(table, *at)?));
    }
    let text = |row: usize, at: Option<usize>| at.map_or("", |at| table.cell(row, at).text);
    let date = |row: usize, dates: Option<&Vec<Option<Date>>>, at: Option<usize>| {
        dates
            .zip(at)
            .and_then(|(dates, at)| dates[table.columns[at].codes()[row] as usize])
    };
    let mut rows = Vec::with_capacity(table.rows);
    for row in 0..table.rows {
        let code = text(row, Some(columns.code));
        if code.is_empty() {
            let place = table.place(row, columns.code);
            return Err(Fault::CellEmpty { place }.into());
        }
        let own = attributes.iter().filter_map(|(name, at, values)| {
            let value = values[table.columns[*at].codes()[row] as usize]?;
            Some((name.clone(), value))
        });
        rows.push(MemberRow {
            code: code.to_owned(),
            name: text(row, columns.name).to_owned(),
            parent: Some(text(row, columns.parent).to_owned()).filter(|parent| !parent.is_empty()),
            from: date(row, from.as_ref(), columns.from),
            until: date(row, until.as_ref(), columns.until).map(after),
            attributes: own.collect(),
            row: table.line(row),
        });
    }
    Ok(rows)
}

/// One day per entry of a column; none where it is empty.
pub(super) fn dates(table: &Table, at: usize) -> Result<Vec<Option<Date>>, Refusal> {
    entries(table, at, |cell| parse_date(cell.text).map_err(cause))
}

fn numbers(table: &Table, at: usize) -> Result<Vec<Option<Decimal>>, Refusal> {
    entries(table, at, |cell| Decimal::parse(cell.text).map_err(cause))
}

fn entries<T>(
    table: &Table,
    at: usize,
    read: impl Fn(CellRef<'_>) -> Result<T, Cause>,
) -> Result<Vec<Option<T>>, Refusal> {
    let column = &table.columns[at];
    let values = column.read_entries(|cell| match cell.kind {
        CellKind::Empty => Ok(None),
        _ => read(cell).map(Some),
    });
    values.map_err(|(row, cause): (usize, Arc<_>)| {
        let place = table.place(row, at);
        Fault::Cell { place, cause }.into()
    })
}
