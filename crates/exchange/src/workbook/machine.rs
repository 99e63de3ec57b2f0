//! The hidden sheet `_fenjie`: what was exported, so that it can be proved and compared when it
//! comes back. Knows its own layout.

use fenjie_plan::Plan;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::grid::{Grid, Line, runs};
use super::grid_sheet::GridSheet;
use super::style::Style;
use super::writer::put_text;

/// The name of the hidden sheet.
pub(super) const SHEET: &str = "_fenjie";
/// The layout this version writes and reads.
pub(super) const VERSION: &str = "1";
/// The first cell of the hidden sheet.
pub(super) const MAGIC: &str = "fenjie-workbook";
/// Less than what a cell can hold.
const LONGEST_TEXT: usize = 30_000;

/// The text in the hidden corner of a sheet with figures.
pub(super) fn marker(block: usize) -> String {
    format!("fenjie#{block}")
}

/// What was exported.
#[derive(Clone, Debug, Default)]
pub(super) struct Machine {
    /// The file it was read from.
    pub file: String,
    pub plan: String,
    pub hash: String,
    pub period: String,
    /// Codes of the axes, time last.
    pub axes: Vec<String>,
    /// Codes and steps of the measures.
    pub measures: Vec<(String, String)>,
    pub blocks: Vec<Block>,
}

/// One exported grid.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// The sheet's name when it was written.
    pub sheet: String,
    pub editable: bool,
    /// Ids of where the other axes stand.
    pub fixed: Vec<String>,
    /// Lines without labels, nodes and places; values in steps.
    pub grid: Grid,
}

/// The axes of a plan as the hidden sheet states them.
pub(super) fn axes_of(plan: &Plan) -> Vec<String> {
    plan.model()
        .axes()
        .iter()
        .map(|axis| axis.code.clone())
        .collect()
}

/// The measures of a plan as the hidden sheet states them: code and step.
pub(super) fn measures_of(plan: &Plan) -> Vec<(String, String)> {
    let measures = plan.model().definition().measures.iter();
    measures
        .map(|measure| (measure.code.clone(), measure.step.format(1)))
        .collect()
}

/// Writes the hidden sheet.
pub(super) fn write(
    sheet: &mut Worksheet,
    style: &Style,
    plan: &Plan,
    hash: &str,
    grids: &[GridSheet],
) -> Result<(), XlsxError> {
    sheet.set_name(SHEET)?.set_hidden(true);
    let mut out = Lines {
        sheet,
        style,
        row: 0,
    };
    let definition = plan.model().definition();
    out.push(&[MAGIC, VERSION])?;
    out.push(&["plan", &definition.name])?;
    out.push(&["hash", hash])?;
    out.push(&["period", &definition.period.to_string()])?;
    for axis in axes_of(plan) {
        out.push(&["axis", &axis])?;
    }
    for (code, step) in measures_of(plan) {
        out.push(&["measure", &code, &step])?;
    }
    for grid in grids {
        write_block(&mut out, plan, grid)?;
    }
    Ok(())
}

fn write_block(out: &mut Lines<'_>, plan: &Plan, sheet: &GridSheet) -> Result<(), XlsxError> {
    let grid = &sheet.grid;
    let editable = if sheet.editable { "edit" } else { "read" };
    let (block, measure) = (sheet.block.to_string(), grid.measure.to_string());
    let mut fields = vec!["block", &block, &sheet.name, &measure, editable];
    let axes = plan.model().axes();
    let fixed: Vec<String> = grid
        .fixed
        .0
        .iter()
        .enumerate()
        .filter(|(_, node)| **node != 0)
        .map(|(axis, node)| format!("{}={}", axes[axis].code, axes[axis].tree.code(*node)))
        .collect();
    fields.extend(fixed.iter().map(String::as_str));
    out.push(&fields)?;
    for line in &grid.columns {
        let parts = parts_text(line);
        out.push_line("column", line, parts)?;
    }
    let width = grid.columns.len();
    for (row, line) in grid.rows.iter().enumerate() {
        let mut fields = parts_text(line);
        fields.push(";".into());
        let values = grid.values[row * width..(row + 1) * width].iter();
        fields.extend(chunks(values.map(ToString::to_string)));
        out.push_line("row", line, fields)?;
    }
    Ok(())
}

/// A line's parts as runs: `3-5 9`.
fn parts_text(line: &Line) -> Vec<String> {
    chunks(
        runs(&line.parts)
            .into_iter()
            .map(|(first, last)| match first == last {
                true => first.to_string(),
                false => format!("{first}-{last}"),
            }),
    )
}

/// Words put together into texts that a cell can hold.
fn chunks(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for word in words {
        match texts.last_mut() {
            Some(text) if text.len() + word.len() < LONGEST_TEXT => {
                text.push(' ');
                text.push_str(&word);
            }
            _ => texts.push(word),
        }
    }
    texts
}

struct Lines<'s> {
    sheet: &'s mut Worksheet,
    style: &'s Style,
    row: u32,
}

impl Lines<'_> {
    fn push(&mut self, fields: &[&str]) -> Result<(), XlsxError> {
        for (column, field) in fields.iter().enumerate() {
            put_text(
                self.sheet,
                self.row,
                column as u16,
                field,
                &self.style.hidden,
            )?;
        }
        self.row += 1;
        Ok(())
    }

    fn push_line(&mut self, kind: &str, line: &Line, fields: Vec<String>) -> Result<(), XlsxError> {
        let mut all = vec![kind, line.id.as_str()];
        all.extend(fields.iter().map(String::as_str));
        self.push(&all)
    }
}
