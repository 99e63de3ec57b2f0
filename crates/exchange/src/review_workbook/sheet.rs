//! One point of the agenda as a sheet: its paragraphs, lists and tables below each other, on landscape
//! paper one page wide. Knows no plan.

use fenjie_money::Step;
use fenjie_review::{At, Block, Cell, CellFormula, Document, Section, Table};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Worksheet, XlsxError, utility};

use super::looks::Looks;
use crate::workbook::names::width;
use crate::workbook::style::Role;
use crate::workbook::writer::{ROW_HEIGHT, begin, put_text, set_up_page};
use crate::workbook::{LARGEST_AMOUNT, WorkbookError};

/// Column A is a margin.
const FIRST: u16 = 1;
/// A column of texts is at least and at most so wide; longer texts wrap.
const TEXT_WIDTHS: (usize, usize) = (10, 46);
const NUMBER_WIDTHS: (usize, usize) = (11, 24);
/// A page of landscape paper shows about so many columns of digits; narrower tables are widened to it.
const PAGE_WIDTH: usize = 128;
/// Rows that are brought to one page.
const MOST_ROWS_OF_A_PAGE: u32 = 44;
/// The height of a line of text.
const LINE_HEIGHT: u32 = 15;

/// A section and where it is written.
pub(super) struct Page<'d> {
    pub document: &'d Document,
    pub section: &'d Section,
    pub looks: &'d Looks,
    pub name: &'d str,
}

/// A table on its sheet.
struct Placed<'t> {
    table: &'t Table,
    /// The row of its first figures.
    top: u32,
}

impl Page<'_> {
    /// Writes the sheet.
    pub fn write(&self, sheet: &mut Worksheet) -> Result<(), WorkbookError> {
        begin(sheet, self.name)?;
        let widths = self.widths();
        sheet.set_column_width(0, 2)?;
        for (at, width) in widths.iter().enumerate() {
            sheet.set_column_width(FIRST + at as u16, *width as f64)?;
        }
        let (number, title) = (self.section.number, &self.section.title);
        sheet.set_row_height(0, 28)?;
        let style = &self.looks.style;
        put_text(sheet, 0, FIRST, &format!("{number} {title}"), &style.title)?;
        let mut lines = vec![self.document.title.clone()];
        lines.extend(self.document.lines.iter().cloned());
        put_text(sheet, 1, FIRST, &lines.join(" · "), &style.subtitle)?;
        let mut row = 3;
        for block in &self.section.blocks {
            row = self.block(sheet, block, row, &widths)?;
        }
        set_up_page(sheet, 0, widths.iter().sum())?;
        // What nearly fits on one page is made to fit.
        let tall = if row <= MOST_ROWS_OF_A_PAGE { 1 } else { 0 };
        sheet.set_print_fit_to_pages(1, tall);
        let last = FIRST + widths.len() as u16;
        sheet.set_column_width(last, 1)?;
        sheet.set_print_area(0, 0, row.max(4) - 1, last)?;
        Ok(())
    }

    /// Widths of the columns, enough for every table and for paragraphs.
    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = Vec::new();
        for block in &self.section.blocks {
            let Block::Table(table) = block else {
                continue;
            };
            for (at, heading) in table.headings.iter().enumerate() {
                let cells = table.rows.iter().map(|row| width(&row[at].shown()));
                let wanted = cells.max().unwrap_or(0).max(width(heading)) + 3;
                let (least, most) = match table.numeric[at] {
                    true => NUMBER_WIDTHS,
                    false => TEXT_WIDTHS,
                };
                let wanted = wanted.clamp(least, most);
                match widths.get_mut(at) {
                    Some(known) => *known = wanted.max(*known),
                    None => widths.push(wanted),
                }
            }
        }
        if widths.is_empty() {
            widths.push(PAGE_WIDTH);
        }
        self.widen(&mut widths);
        widths
    }

    /// Brings narrow tables to the width of the page; columns of numbers in a log stay as they are.
    fn widen(&self, widths: &mut [usize]) {
        let takes = |column: usize| {
            self.section.blocks.iter().any(|block| match block {
                Block::Table(table) => {
                    let mut cells = table.rows.iter().filter_map(|row| row.get(column));
                    table.headings.len() > column
                        && (!table.numeric[column]
                            || cells.any(|cell| matches!(cell, Cell::Amount { .. })))
                }
                _ => false,
            })
        };
        let taking: Vec<usize> = (0..widths.len()).filter(|at| takes(*at)).collect();
        let used: usize = widths.iter().sum();
        let each = PAGE_WIDTH.saturating_sub(used) / taking.len().max(1);
        for column in taking {
            widths[column] += each;
        }
    }

    /// Writes a block and gives the row after it.
    fn block(
        &self,
        sheet: &mut Worksheet,
        block: &Block,
        row: u32,
        widths: &[usize],
    ) -> Result<u32, WorkbookError> {
        match block {
            Block::Heading(text) => {
                put_text(sheet, row, FIRST, text, &self.looks.style.section)?;
                Ok(row + 1)
            }
            Block::Paragraph(text) => {
                self.paragraph(sheet, text, row, widths)?;
                Ok(row + 2)
            }
            Block::List(lines) => {
                for (at, line) in lines.iter().enumerate() {
                    let line = format!("· {line}");
                    self.paragraph(sheet, &line, row + at as u32, widths)?;
                }
                Ok(row + lines.len() as u32 + 1)
            }
            Block::Table(table) => {
                self.headings(sheet, table, row)?;
                let placed = Placed {
                    table,
                    top: row + 1,
                };
                for (at, cells) in table.rows.iter().enumerate() {
                    self.row(sheet, &placed, at, cells, widths)?;
                }
                Ok(row + 2 + table.rows.len() as u32)
            }
        }
    }

    /// A text over all columns, as high as it needs.
    fn paragraph(
        &self,
        sheet: &mut Worksheet,
        text: &str,
        row: u32,
        widths: &[usize],
    ) -> Result<(), XlsxError> {
        let format = &self.looks.paragraph;
        let last = FIRST + widths.len() as u16 - 1;
        if last > FIRST {
            sheet.merge_range(row, FIRST, row, last, "", format)?;
        }
        put_text(sheet, row, FIRST, text, format)?;
        let lines = lines_of(text, widths.iter().sum());
        sheet.set_row_height(row, ROW_HEIGHT.max(lines as u32 * LINE_HEIGHT + 4))?;
        Ok(())
    }

    fn headings(&self, sheet: &mut Worksheet, table: &Table, row: u32) -> Result<(), XlsxError> {
        for (at, heading) in table.headings.iter().enumerate() {
            let format = match table.numeric[at] {
                true => &self.looks.style.header_number,
                false => &self.looks.text_header,
            };
            put_text(sheet, row, FIRST + at as u16, heading, format)?;
        }
        Ok(())
    }

    fn row(
        &self,
        sheet: &mut Worksheet,
        placed: &Placed<'_>,
        at: usize,
        cells: &[Cell],
        widths: &[usize],
    ) -> Result<(), WorkbookError> {
        let table = placed.table;
        let is_total = table.totalled && at + 1 == table.rows.len();
        let role = if is_total { Role::Total } else { Role::Read };
        let row = placed.top + at as u32;
        let mut lines = 1;
        for (column, cell) in cells.iter().enumerate() {
            if let Cell::Text(text) = cell {
                lines = lines.max(lines_of(text, widths[column].saturating_sub(2)));
            }
            self.cell(sheet, placed, (at, column), cell, role)?;
        }
        // Lines to fill in by hand are higher.
        let least = match cells.iter().all(|cell| *cell == Cell::Empty) {
            true => ROW_HEIGHT * 3 / 2,
            false => ROW_HEIGHT,
        };
        sheet.set_row_height(row, least.max(lines as u32 * LINE_HEIGHT + 4))?;
        Ok(())
    }

    fn cell(
        &self,
        sheet: &mut Worksheet,
        placed: &Placed<'_>,
        (at, column): (usize, usize),
        cell: &Cell,
        role: Role,
    ) -> Result<(), WorkbookError> {
        let (row, place) = (placed.top + at as u32, FIRST + column as u16);
        match cell {
            Cell::Empty => {
                sheet.write_blank(row, place, self.looks.text(role))?;
            }
            Cell::Text(text) => {
                let format = match placed.table.numeric[column] {
                    true => self.looks.beside_numbers(role),
                    false => self.looks.text(role).clone(),
                };
                put_text(sheet, row, place, text, &format)?;
            }
            Cell::Count(count) => {
                // Numbers in a log and ranks are far below 2^53.
                let format = self.looks.count(role);
                sheet.write_number_with_format(row, place, *count as f64, &format)?;
            }
            Cell::Day(day) => {
                let year = u16::try_from(day.year()).unwrap_or(1900);
                let date = ExcelDateTime::from_ymd(year, day.month() as u8, day.day() as u8)?;
                let format = self.looks.day(role);
                sheet.write_datetime_with_format(row, place, &date, &format)?;
            }
            Cell::Amount {
                steps,
                step,
                signed,
                formula,
            } => {
                let format = self.looks.amount(role, *step, *signed);
                let value = exact(*steps, *step).ok_or_else(|| WorkbookError::AmountTooLarge {
                    sheet: self.name.to_owned(),
                    place: utility::row_col_to_cell(row, place),
                    amount: step.format(*steps),
                })?;
                let text = formula.map(|formula| {
                    let inner = placed.formula(formula, at, column);
                    format!("ROUND({inner},{})", step.decimals())
                });
                put_number(sheet, (row, place), value, text, &format)?;
            }
            Cell::Rate {
                millionths,
                points,
                formula,
                ..
            } => {
                let format = self.looks.rate(role, *points);
                let scale = if *points { 10_000.0 } else { 1_000_000.0 };
                let text = formula.map(|formula| {
                    let inner = placed.formula(formula, at, column);
                    if *points {
                        format!("({inner})*100")
                    } else {
                        inner
                    }
                });
                let value = *millionths as f64 / scale;
                put_number(sheet, (row, place), value, text, &format)?;
            }
        }
        Ok(())
    }
}

impl Placed<'_> {
    /// A formula in the sheet's own cells.
    fn formula(&self, formula: CellFormula, at: usize, column: usize) -> String {
        let cell = |at: usize, column: usize| {
            utility::row_col_to_cell(self.top + at as u32, FIRST + column as u16)
        };
        let seen = |other: At| match other {
            At::Column(column) => cell(at, column),
            At::Row(at) => cell(at, column),
        };
        match formula {
            CellFormula::SumAbove if at == 0 => "0".into(),
            CellFormula::SumAbove => format!("SUM({}:{})", cell(0, column), cell(at - 1, column)),
            CellFormula::Less { from, taken } => format!("{}-{}", seen(from), seen(taken)),
            CellFormula::Plus { one, other } => format!("{}+{}", seen(one), seen(other)),
            CellFormula::Over { part, whole } => {
                let (part, whole) = (seen(part), seen(whole));
                format!("IF({whole}=0,\"\",{part}/{whole})")
            }
            CellFormula::ShareOfLast { column } => {
                let whole = cell(self.table.rows.len() - 1, column);
                let part = cell(at, column);
                format!("IF({whole}=0,\"\",{part}/{whole})")
            }
        }
    }
}

fn put_number(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: f64,
    formula: Option<String>,
    format: &Format,
) -> Result<(), XlsxError> {
    match formula {
        Some(text) => {
            let formula = Formula::new(text).set_result(value.to_string());
            sheet.write_formula_with_format(row, column, formula, format)?;
        }
        None => {
            sheet.write_number_with_format(row, column, value, format)?;
        }
    }
    Ok(())
}

/// The number a cell holds, where 15 digits are enough.
fn exact(count: i64, step: Step) -> Option<f64> {
    let scaled = i128::from(count) * i128::from(step.units());
    let fits = scaled.unsigned_abs() <= u128::from(LARGEST_AMOUNT.unsigned_abs());
    fits.then(|| scaled as f64 / 10f64.powi(step.decimals() as i32))
}

/// How many lines a text takes in so many columns.
fn lines_of(text: &str, columns: usize) -> usize {
    let lines = text
        .split('\n')
        .map(|line| width(line).div_ceil(columns.max(1)).max(1));
    lines.sum::<usize>().min(25)
}
