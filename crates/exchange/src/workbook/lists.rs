//! Sheets that are lists, as tables with headers, wrapped texts and filters. Knows no plan's contents.

use fenjie_plan::Decimal;
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

use super::WorkbookError;
use super::contents::Contents;
use super::grid_sheet::exact_number;
use super::list_contents::{check, constraints, duties, statements};
use super::names::width;
use super::style::{Role, Style};
use super::words::Header;
use super::writer::{begin, put_text, set_up_page};

const FIRST_COLUMN: u16 = 1;
const HEADER_ROW: u32 = 3;

/// One cell of a list.
pub(super) enum Cell {
    Text(String),
    /// An amount of a measure.
    Amount(usize, i64),
    Decimal(Decimal),
    Good(String),
    Bad(String),
}

/// A list with its headers.
pub(super) struct List {
    pub name: String,
    pub subtitle: String,
    pub headers: Vec<&'static str>,
    pub rows: Vec<Vec<Cell>>,
}

/// Writes all lists that have something to say; 校验 always has.
pub(super) fn write_all(
    book: &mut Workbook,
    style: &Style,
    contents: &mut Contents<'_>,
) -> Result<(), WorkbookError> {
    let lists = [
        duties(contents)?,
        constraints(contents)?,
        statements(contents)?,
    ];
    for mut list in lists.into_iter().flatten() {
        list.name = contents.names.take(&list.name);
        write(book.add_worksheet(), style, contents, &list)?;
    }
    let mut list = check(contents);
    list.name = contents.names.take(&list.name);
    write(book.add_worksheet(), style, contents, &list)
}

/// The widest a column of a list gets before its texts wrap.
const WIDEST: usize = 60;

fn write(
    sheet: &mut Worksheet,
    style: &Style,
    contents: &Contents<'_>,
    list: &List,
) -> Result<(), WorkbookError> {
    begin(sheet, &list.name)?;
    let plan = contents.plan;
    let mut subtitle = plan.model().definition().name.clone();
    if !list.subtitle.is_empty() {
        subtitle = format!("{subtitle} · {}", list.subtitle);
    }
    let header = Header {
        title: list.name.clone(),
        subtitle,
    };
    header.write_at(sheet, style, FIRST_COLUMN)?;
    sheet.set_row_height(HEADER_ROW, 22)?;
    sheet.set_column_width(0, 2)?;
    let mut widths: Vec<usize> = list.headers.iter().map(|header| width(header)).collect();
    for (at, row) in list.rows.iter().enumerate() {
        let at = HEADER_ROW + 1 + at as u32;
        for (column, cell) in row.iter().enumerate() {
            let wide = put(
                sheet,
                style,
                contents,
                (at, FIRST_COLUMN + column as u16),
                cell,
            )?;
            widths[column] = widths[column].max(wide);
        }
    }
    for (at, header) in list.headers.iter().enumerate() {
        let column = FIRST_COLUMN + at as u16;
        let is_amount = |row: &Vec<Cell>| matches!(row[at], Cell::Amount(..) | Cell::Decimal(_));
        let format = if list.rows.iter().any(is_amount) {
            &style.header_number
        } else {
            &style.list_header
        };
        put_text(sheet, HEADER_ROW, column, header, format)?;
        sheet.set_column_width(column, (widths[at] + 3).clamp(9, WIDEST) as f64)?;
    }
    let last = FIRST_COLUMN + list.headers.len() as u16 - 1;
    let last_row = HEADER_ROW + (list.rows.len() as u32).max(1);
    if list.headers.len() > 2 {
        sheet.autofilter(HEADER_ROW, FIRST_COLUMN, last_row, last)?;
    }
    sheet.set_freeze_panes(HEADER_ROW + 1, 0)?;
    let wide = widths.iter().map(|wide| (wide + 3).clamp(9, WIDEST)).sum();
    Ok(set_up_page(sheet, HEADER_ROW, wide)?)
}

/// Writes a cell and gives its width.
fn put(
    sheet: &mut Worksheet,
    style: &Style,
    contents: &Contents<'_>,
    (row, column): (u32, u16),
    cell: &Cell,
) -> Result<usize, XlsxError> {
    let mut written = |text: &str, format| {
        let lines = text.lines().map(width);
        put_text(sheet, row, column, text, format).map(|()| lines.max().unwrap_or(0))
    };
    match cell {
        Cell::Text(text) if text.contains('\n') || width(text) > WIDEST => {
            let lines: usize = text.lines().map(|line| 1 + width(line) / WIDEST).sum();
            let wide = written(text, &style.wrapped)?;
            sheet.set_row_height(row, (lines as f64 * 15.0).clamp(20.0, 300.0))?;
            Ok(wide)
        }
        Cell::Text(text) => written(text, &style.text),
        Cell::Good(text) => written(text, &style.good),
        Cell::Bad(text) => written(text, &style.bad),
        Cell::Decimal(value) => written(&value.to_string(), &style.plain_number),
        Cell::Amount(measure, count) => {
            let definition = &contents.plan.model().definition().measures[*measure];
            let step = definition.step;
            let text = step.format(*count);
            let formats = style.numbers(definition, contents.options.unit);
            match exact_number(*count, step) {
                Some(number) => {
                    let format = formats.of(Role::Total);
                    sheet.write_number_with_format(row, column, number, format)?;
                }
                None => return written(&text, &style.plain_number),
            }
            Ok(text.len() + text.len() / 3)
        }
    }
}
