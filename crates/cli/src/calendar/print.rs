//! Lines written as CSV, JSON or a table for people. Knows no calendar.

use std::io;

use comfy_table::{CellAlignment, Table, presets};

use super::CalendarArgs;
use super::lines::Line;
use crate::terminal::Terminal;

/// Writes the lines in the form asked for.
///
/// # Errors
/// Those of `out`.
pub fn write<L: Line>(args: &CalendarArgs, lines: &[L], terminal: &mut Terminal) -> io::Result<()> {
    let (lang, json) = (terminal.lang, terminal.json);
    let out = terminal.out();
    if json {
        serde_json::to_writer_pretty(&mut *out, lines)?;
        return writeln!(out);
    }
    if args.csv {
        let mut writer = csv::Writer::from_writer(out);
        for line in lines {
            writer.serialize(line).map_err(plain)?;
        }
        return writer.flush();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(L::headings(lang));
    for line in lines {
        table.add_row(line.cells(lang));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
        let numbers = ["系数", "权重", "天数", "coefficient", "weight", "days"];
        if L::headings(lang)
            .get(column.index)
            .is_some_and(|heading| numbers.contains(heading))
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    writeln!(out, "{}", table.trim_fmt())
}

/// The reason behind a CSV writer's error, so that a closed pipe is known as one.
fn plain(error: csv::Error) -> io::Error {
    let text = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(reason) => reason,
        _ => io::Error::other(text),
    }
}
