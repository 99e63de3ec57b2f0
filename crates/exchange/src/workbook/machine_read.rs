//! Reads the hidden sheet `_fenjie` back. Knows its layout, no other sheet.

use fenjie_plan::Place;

use super::WorkbookError;
use super::grid::{Grid, Line};
use super::machine::{Block, MAGIC, Machine, SHEET, VERSION};
use crate::table::{XlsxCell, XlsxSheets, XlsxValue};

/// Reads what was exported.
pub(super) fn read(book: &XlsxSheets) -> Result<Machine, WorkbookError> {
    let cells = book.sheets.iter().find(|(name, _)| name == SHEET);
    let Some((_, cells)) = cells else {
        return Err(WorkbookError::NotOurs {
            file: book.file.clone(),
        });
    };
    let mut machine = Machine {
        file: book.file.clone(),
        ..Machine::default()
    };
    for (at, row) in cells.chunk_by(|a, b| a.row == b.row).enumerate() {
        let changed = || WorkbookError::MachineSheetChanged {
            file: book.file.clone(),
            row: row[0].row as usize + 1,
        };
        let fields: Vec<&str> = row.iter().filter_map(text).collect();
        if at == 0 && fields != [MAGIC, VERSION] {
            return Err(changed());
        }
        if at > 0 {
            take(&mut machine, &fields).ok_or_else(changed)?;
        }
    }
    for block in &machine.blocks {
        let (rows, columns) = (block.grid.rows.len(), block.grid.columns.len());
        let is_whole = block.grid.values.len() == rows * columns
            && columns > 0
            && parts_exist(&block.grid.rows)
            && parts_exist(&block.grid.columns);
        if !is_whole || block.grid.measure >= machine.measures.len() {
            return Err(WorkbookError::MachineSheetChanged {
                file: book.file.clone(),
                row: 1,
            });
        }
    }
    Ok(machine)
}

fn text(cell: &XlsxCell) -> Option<&str> {
    match &cell.value {
        XlsxValue::Text(text) => Some(text),
        _ => None,
    }
}

/// Whether parts are lines of the grid; a line is never a part of itself.
fn parts_exist(lines: &[Line]) -> bool {
    lines.iter().enumerate().all(|(at, line)| {
        line.parts
            .iter()
            .all(|part| (*part as usize) < lines.len() && *part as usize != at)
    })
}

fn take(machine: &mut Machine, fields: &[&str]) -> Option<()> {
    match *fields {
        ["plan", name] => machine.plan = name.into(),
        ["hash", hash] => machine.hash = hash.into(),
        ["plan"] | ["hash"] => {}
        ["period", period] => machine.period = period.into(),
        ["axis", code] => machine.axes.push(code.into()),
        ["measure", code, step] => machine.measures.push((code.into(), step.into())),
        ["block", _, sheet, measure, editable, ref fixed @ ..] => {
            let measure = measure.parse().ok()?;
            machine.blocks.push(Block {
                sheet: sheet.into(),
                editable: editable == "edit",
                fixed: fixed.iter().map(|id| (*id).to_owned()).collect(),
                grid: Grid::zero(measure, Place(Vec::new()), Vec::new(), Vec::new()),
            });
        }
        ["column", id, ref parts @ ..] => {
            let grid = &mut machine.blocks.last_mut()?.grid;
            grid.columns.push(line(id, parts)?);
        }
        ["row", id, ref rest @ ..] => {
            let grid = &mut machine.blocks.last_mut()?.grid;
            let end = rest.iter().position(|field| *field == ";")?;
            grid.rows.push(line(id, &rest[..end])?);
            for values in &rest[end + 1..] {
                for value in values.split(' ') {
                    grid.values.push(value.parse().ok()?);
                }
            }
        }
        _ => return None,
    }
    Some(())
}

fn line(id: &str, parts: &[&str]) -> Option<Line> {
    let mut line = Line {
        id: id.into(),
        ..Line::default()
    };
    for run in parts.iter().flat_map(|text| text.split(' ')) {
        let (first, last) = run.split_once('-').unwrap_or((run, run));
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        if last.checked_sub(first)? > 1 << 20 {
            return None;
        }
        line.parts.extend(first..=last);
    }
    Some(line)
}
