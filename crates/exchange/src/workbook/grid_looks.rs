//! How a grid looks on a sheet: widths, outline, colours. Knows no formulas.

use fenjie_money::Step;
use rust_xlsxwriter::{
    ConditionalFormat3ColorScale, ConditionalFormatDataBar, Worksheet, XlsxError,
};

use super::grid::{Line, runs};
use super::grid_formula::range_text;
use super::grid_notes::Note;
use super::grid_sheet::{GridSheet, LABEL_COLUMN};
use super::names::width;
use super::style::{BAR, HEAT};
use super::writer::ROW_HEIGHT;
use crate::table::column_letters;

/// Outlines have at most seven levels.
const DEEPEST_OUTLINE: usize = 6;
/// More separate areas than this and a colour scale is left out.
const MOST_AREAS: usize = 60;

impl GridSheet {
    /// Sets the widths of all columns and gives their sum, in digits.
    pub(super) fn set_widths(&self, sheet: &mut Worksheet, step: Step) -> Result<usize, XlsxError> {
        let label = self
            .grid
            .rows
            .iter()
            .map(|line| width(&line.label) + 2 * line.depth);
        let label = label.chain([width(&self.corner)]).max().unwrap_or(0);
        let mut sum = (label + 3).clamp(12, 44);
        sheet.set_column_width(LABEL_COLUMN, sum as f64)?;
        for (at, note) in self.notes.iter().enumerate() {
            let texts = note.notes.iter().map(|note| match note {
                Note::Text(text) => width(text),
                Note::Count(_) | Note::Number(_) => 6,
                Note::Nothing => 0,
            });
            let widest = texts.chain([width(&note.header)]).max().unwrap_or(0);
            let column = LABEL_COLUMN + 1 + at as u16;
            let wide = (widest + 3).min(40);
            sheet.set_column_width(column, wide as f64)?;
            sum += wide;
        }
        if self.share.is_some() {
            sheet.set_column_width(self.share_column(), 9)?;
        }
        for (at, line) in self.grid.columns.iter().enumerate() {
            let largest = (0..self.grid.rows.len()).map(|row| self.grid.value(row, at));
            let largest = largest.map(i64::unsigned_abs).max().unwrap_or(0);
            let digits = step
                .format(i64::try_from(largest).unwrap_or(i64::MAX))
                .len();
            // Bold figures with their commas take a fifth more than their digits.
            let wide = (digits + digits.saturating_sub(4) / 3) * 6 / 5 + 1;
            let wide = wide.max(width(&line.label) + 2).clamp(9, 30);
            sheet.set_column_width(self.column_at(at), wide as f64)?;
            sum += wide;
        }
        Ok(sum)
    }

    /// Outlines the tree of rows and of columns, totals above and to the left.
    pub(super) fn group(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.group_symbols_above(true).group_symbols_to_left(true);
        let last_below = |lines: &[Line], at: usize| {
            let deeper = lines[at + 1..]
                .iter()
                .take_while(|line| line.depth > lines[at].depth);
            at + deeper.count()
        };
        for (row, line) in self.grid.rows.iter().enumerate() {
            let is_outlined = self
                .heading
                .as_ref()
                .is_none_or(|(before, _)| row < *before);
            if line.is_total() && line.depth <= DEEPEST_OUTLINE && is_outlined {
                let mut last = last_below(&self.grid.rows, row);
                if let Some((before, _)) = &self.heading {
                    last = last.min(before - 1);
                }
                // The library counts a level only for rows it knows already.
                sheet.set_row_height(self.row_at(row + 1), ROW_HEIGHT)?;
                sheet.group_rows(self.row_at(row + 1), self.row_at(last))?;
            }
        }
        for (column, line) in self.grid.columns.iter().enumerate() {
            if line.is_total() && line.depth <= DEEPEST_OUTLINE {
                let last = last_below(&self.grid.columns, column);
                sheet.group_columns(self.column_at(column + 1), self.column_at(last))?;
            }
        }
        Ok(())
    }

    /// Heat over the leaf cells, bars behind the leaf rows' totals.
    pub(super) fn colour(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let outlined = self
            .heading
            .as_ref()
            .map_or(self.grid.rows.len(), |(before, _)| *before);
        let leaves = |lines: &[Line]| -> Vec<u32> {
            (0..lines.len() as u32)
                .filter(|at| !lines[*at as usize].is_total())
                .collect()
        };
        let rows = runs(&leaves(&self.grid.rows[..outlined]));
        let columns = runs(&leaves(&self.grid.columns));
        let has_totals = self.grid.columns[0].is_total();
        if has_totals && let Some(areas) = self.areas(&rows, &[(0, 0)]) {
            let bar = ConditionalFormatDataBar::new()
                .set_fill_color(BAR)
                .set_solid_fill(true);
            let ((top, left, bottom, right), text) = areas;
            let bar = bar.set_multi_range(&text);
            sheet.add_conditional_format(top, left, bottom, right, &bar)?;
        }
        if let Some(areas) = self.areas(&rows, &columns) {
            let heat = ConditionalFormat3ColorScale::new()
                .set_minimum_color(HEAT[0])
                .set_midpoint_color(HEAT[1])
                .set_maximum_color(HEAT[2]);
            let ((top, left, bottom, right), text) = areas;
            let heat = heat.set_multi_range(&text);
            sheet.add_conditional_format(top, left, bottom, right, &heat)?;
        }
        Ok(())
    }

    /// The first rectangle and the text of all; nothing for one cell or too many areas.
    fn areas(
        &self,
        rows: &[(u32, u32)],
        columns: &[(u32, u32)],
    ) -> Option<((u32, u16, u32, u16), String)> {
        let cells = |runs: &[(u32, u32)]| runs.iter().map(|(a, b)| b - a + 1).sum::<u32>();
        let count = rows.len() * columns.len();
        if count == 0 || count > MOST_AREAS || cells(rows) * cells(columns) < 2 {
            return None;
        }
        let mut texts = Vec::with_capacity(count);
        let mut first = None;
        for row in rows {
            let (top, bottom) = (self.row_at(row.0 as usize), self.row_at(row.1 as usize));
            for column in columns {
                let (left, right) = (
                    self.column_at(column.0 as usize),
                    self.column_at(column.1 as usize),
                );
                first.get_or_insert((top, left, bottom, right));
                let letters = [left, right].map(|column| column_letters(u32::from(column)));
                texts.push(range_text((top, &letters[0]), (bottom, &letters[1])));
            }
        }
        first.map(|first| (first, texts.join(" ")))
    }
}
