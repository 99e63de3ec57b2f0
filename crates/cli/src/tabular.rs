//! Tables for people: plain columns, numbers to the right, widths of Chinese counted as two. Knows no
//! plan.

use comfy_table::{CellAlignment, Table, presets};
use fenjie_money::{DisplayUnit, Step};

/// Where a column's cells stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Texts.
    Left,
    /// Numbers.
    Right,
}

/// A table in the making.
pub struct Tabular {
    table: Table,
}

impl Tabular {
    /// A table with headings; one alignment per column.
    pub fn new(headings: &[&str], align: &[Align]) -> Self {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(headings.to_vec());
        for (column, align) in table.column_iter_mut().zip(align) {
            column.set_padding((0, 2));
            if *align == Align::Right {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        Self { table }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.table.add_row(cells);
    }
}

impl std::fmt::Display for Tabular {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.table.trim_fmt())
    }
}

/// An amount with thousands grouped and its sign, also where it grows.
pub fn signed(step: Step, count: i64) -> String {
    let text = step.format_grouped(count, DisplayUnit::One);
    if count > 0 { format!("+{text}") } else { text }
}
