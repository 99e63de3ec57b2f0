//! A grid on a sheet: where its cells stand, live sums on totals, outline, colours, print set-up.
//! Knows no plan beyond names and steps.

use fenjie_money::{DisplayUnit, Step};
use rust_xlsxwriter::{Formula, Worksheet, XlsxError};

use super::error::{SheetLimit, WorkbookError};
use super::grid::Grid;
use super::grid_notes::{Note, NoteColumn};
use super::style::{NumberFormats, Role, Style};
use super::words::Header;
use super::writer::{put_text, set_up_page};
use crate::table::{cell_name, column_letters};

/// The hidden row of column ids.
pub(super) const ID_ROW: u32 = 2;
const HEADER_ROW: u32 = 3;
const FIRST_ROW: u32 = 4;
/// The hidden column of row ids, and beside it the depth of each row.
pub(super) const ID_COLUMN: u16 = 0;
pub(super) const DEPTH_COLUMN: u16 = 1;
pub(super) const LABEL_COLUMN: u16 = 2;

/// One sheet that shows a grid.
pub(super) struct GridSheet {
    pub name: String,
    /// The number in the marker cell.
    pub block: usize,
    pub header: Header,
    /// What stands over the labels.
    pub corner: String,
    pub grid: Grid,
    pub notes: Vec<NoteColumn>,
    /// Whether each row's share of the first row is shown.
    pub share: Option<String>,
    pub editable: bool,
    /// The unit its figures are shown in.
    pub unit: DisplayUnit,
    /// A heading in a row of its own before a grid row.
    pub heading: Option<(usize, String)>,
}

impl GridSheet {
    /// The sheet's row of a grid row.
    pub fn row_at(&self, row: usize) -> u32 {
        let moved = self
            .heading
            .as_ref()
            .is_some_and(|(before, _)| row >= *before);
        FIRST_ROW + row as u32 + if moved { 2 } else { 0 }
    }

    /// The sheet's column of a grid column.
    pub fn column_at(&self, column: usize) -> u16 {
        self.first_value_column() + column as u16
    }

    pub(super) fn share_column(&self) -> u16 {
        LABEL_COLUMN + 1 + self.notes.len() as u16
    }

    fn first_value_column(&self) -> u16 {
        self.share_column() + u16::from(self.share.is_some())
    }

    /// A cell's name, `D7`.
    pub fn cell(&self, row: usize, column: usize) -> String {
        cell_name(self.row_at(row), u32::from(self.column_at(column)))
    }

    /// Refuses what a sheet cannot hold.
    pub fn check_size(&self) -> Result<(), WorkbookError> {
        let full = |limit, needed| WorkbookError::SheetFull {
            sheet: self.name.clone(),
            limit,
            needed,
        };
        let rows = FIRST_ROW as usize + self.grid.rows.len() + 2;
        let columns = usize::from(self.first_value_column()) + self.grid.columns.len();
        if rows > 1 << 20 {
            return Err(full(SheetLimit::Rows, rows));
        }
        if columns > 1 << 14 {
            return Err(full(SheetLimit::Columns, columns));
        }
        Ok(())
    }

    /// Writes the sheet.
    pub fn write(
        &self,
        sheet: &mut Worksheet,
        style: &Style,
        numbers: &NumberFormats,
        step: Step,
    ) -> Result<(), WorkbookError> {
        self.write_head(sheet, style)?;
        for row in 0..self.grid.rows.len() {
            self.write_row(sheet, style, numbers, step, row)?;
        }
        let wide = self.set_widths(sheet, step)?;
        self.group(sheet)?;
        self.colour(sheet)?;
        sheet.set_freeze_panes(FIRST_ROW, self.first_value_column())?;
        set_up_page(sheet, HEADER_ROW, wide)?;
        sheet.set_repeat_columns(LABEL_COLUMN, LABEL_COLUMN)?;
        Ok(())
    }

    fn write_head(&self, sheet: &mut Worksheet, style: &Style) -> Result<(), XlsxError> {
        self.header.write(sheet, style)?;
        let marker = super::machine::marker(self.block);
        put_text(sheet, ID_ROW, ID_COLUMN, &marker, &style.hidden)?;
        sheet.set_row_hidden(ID_ROW)?;
        sheet
            .set_column_hidden(ID_COLUMN)?
            .set_column_hidden(DEPTH_COLUMN)?;
        sheet.set_row_height(HEADER_ROW, 22)?;
        put_text(sheet, HEADER_ROW, LABEL_COLUMN, &self.corner, &style.header)?;
        for (at, note) in self.notes.iter().enumerate() {
            let column = LABEL_COLUMN + 1 + at as u16;
            let is_number = |note: &Note| matches!(note, Note::Count(_) | Note::Number(_));
            let numbers = note.notes.iter().any(is_number);
            let format = if numbers {
                &style.header_number
            } else {
                &style.header
            };
            put_text(sheet, HEADER_ROW, column, &note.header, format)?;
        }
        if let Some(share) = &self.share {
            put_text(
                sheet,
                HEADER_ROW,
                self.share_column(),
                share,
                &style.header_number,
            )?;
        }
        for (at, line) in self.grid.columns.iter().enumerate() {
            let column = self.column_at(at);
            put_text(sheet, ID_ROW, column, &line.id, &style.hidden)?;
            let format = if line.is_total() {
                &style.header_total
            } else {
                &style.header_number
            };
            put_text(sheet, HEADER_ROW, column, &line.label, format)?;
        }
        if let Some((before, heading)) = &self.heading {
            put_text(
                sheet,
                self.row_at(*before) - 1,
                LABEL_COLUMN,
                heading,
                &style.section,
            )?;
        }
        Ok(())
    }

    fn write_row(
        &self,
        sheet: &mut Worksheet,
        style: &Style,
        numbers: &NumberFormats,
        step: Step,
        row: usize,
    ) -> Result<(), WorkbookError> {
        let line = &self.grid.rows[row];
        let at = self.row_at(row);
        let role = self.row_role(row);
        put_text(sheet, at, ID_COLUMN, &line.id, &style.hidden)?;
        sheet.write_number_with_format(at, DEPTH_COLUMN, line.depth as f64, &style.hidden)?;
        put_text(
            sheet,
            at,
            LABEL_COLUMN,
            &line.label,
            style.label(line.depth, role),
        )?;
        for (column, note) in self.notes.iter().enumerate() {
            let column = LABEL_COLUMN + 1 + column as u16;
            let format = style.note(role);
            match &note.notes[row] {
                Note::Nothing => put_text(sheet, at, column, "", format)?,
                Note::Text(text) => put_text(sheet, at, column, text, format)?,
                Note::Count(count) => {
                    let format = style.count(role);
                    sheet.write_number_with_format(at, column, *count as f64, format)?;
                }
                Note::Number(number) => {
                    let format = style.coefficient(role);
                    sheet.write_number_with_format(at, column, *number, format)?;
                }
            }
        }
        if self.share.is_some() {
            self.write_share(sheet, style, row)?;
        }
        for (column, line) in self.grid.columns.iter().enumerate() {
            let role = match role {
                Role::Leaf if line.is_total() => Role::Total,
                Role::Leaf if !self.editable => Role::Read,
                role => role,
            };
            self.write_value(sheet, numbers.of(role), step, row, column)?;
        }
        Ok(())
    }

    fn row_role(&self, row: usize) -> Role {
        let line = &self.grid.rows[row];
        match (line.is_total(), row) {
            (true, 0) => Role::Root,
            (true, _) => Role::Total,
            (false, _) => Role::Leaf,
        }
    }

    fn write_value(
        &self,
        sheet: &mut Worksheet,
        format: &rust_xlsxwriter::Format,
        step: Step,
        row: usize,
        column: usize,
    ) -> Result<(), WorkbookError> {
        let count = self.grid.value(row, column);
        let (at, to) = (self.row_at(row), self.column_at(column));
        let Some(number) = exact_number(count, step) else {
            let (row, column) = (&self.grid.rows[row].label, &self.grid.columns[column].label);
            return Err(WorkbookError::AmountTooLarge {
                sheet: self.name.clone(),
                place: format!("{row} × {column}"),
                amount: step.format(count),
            });
        };
        match self.formula(row, column) {
            Some(formula) => {
                let formula = Formula::new(formula).set_result(step.format(count));
                sheet.write_formula_with_format(at, to, formula, format)?;
            }
            None => {
                sheet.write_number_with_format(at, to, number, format)?;
            }
        }
        Ok(())
    }

    fn write_share(
        &self,
        sheet: &mut Worksheet,
        style: &Style,
        row: usize,
    ) -> Result<(), XlsxError> {
        let (whole, part) = (self.grid.value(0, 0), self.grid.value(row, 0));
        let share = if whole == 0 {
            0.0
        } else {
            part as f64 / whole as f64
        };
        let letters = column_letters(u32::from(self.column_at(0)));
        let (at, top) = (self.row_at(row) + 1, self.row_at(0) + 1);
        let formula = format!("IF({letters}${top}=0,0,{letters}{at}/{letters}${top})");
        let formula = Formula::new(formula).set_result(share.to_string());
        let format = style.share(self.row_role(row));
        sheet.write_formula_with_format(at - 1, self.share_column(), formula, format)?;
        Ok(())
    }
}

/// The number a cell holds, where 15 digits are enough.
pub(super) fn exact_number(count: i64, step: Step) -> Option<f64> {
    let scaled = i128::from(count) * i128::from(step.units());
    let fits = scaled.unsigned_abs() <= super::LARGEST_AMOUNT.unsigned_abs().into();
    fits.then(|| scaled as f64 / 10f64.powi(step.decimals() as i32))
}
