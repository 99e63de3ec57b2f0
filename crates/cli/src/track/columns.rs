//! A table that fits a terminal: columns that matter less go first where the width does not take all.
//! Knows no plan.

use unicode_width::UnicodeWidthStr;

use crate::tabular::Align;

/// Blanks between two columns.
const BETWEEN: usize = 2;

/// One column.
pub struct Column {
    /// What stands on top.
    pub heading: String,
    /// Where its cells stand.
    pub align: Align,
    /// Columns with a smaller number go first; `u8::MAX` stays.
    pub worth: u8,
    /// A cell for each row.
    pub cells: Vec<Cell>,
}

/// A text with its colour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The text.
    pub text: String,
    /// Its colour, as terminals number them; empty for none.
    pub ink: &'static str,
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell { text, ink: "" }
    }
}

impl Column {
    /// A column that stays or goes by its worth.
    pub fn new(heading: &str, align: Align, worth: u8) -> Column {
        Column {
            heading: heading.to_owned(),
            align,
            worth,
            cells: Vec::new(),
        }
    }

    fn width(&self) -> usize {
        let cells = self.cells.iter().map(|cell| cell.text.width());
        cells.chain([self.heading.width()]).max().unwrap_or(0)
    }
}

/// The lines of a table as wide as the width allows, and the headings of what was left out. `paint`
/// colours a text.
pub fn lines(
    columns: Vec<Column>,
    width: usize,
    paint: &dyn Fn(&str, &str) -> String,
) -> (Vec<String>, Vec<String>) {
    let (mut kept, mut left_out) = (columns, Vec::new());
    loop {
        let taken: usize = kept.iter().map(|column| column.width() + BETWEEN).sum();
        if taken <= width + BETWEEN {
            break;
        }
        let least = (0..kept.len()).min_by_key(|at| kept[*at].worth);
        match least.filter(|at| kept[*at].worth < u8::MAX) {
            Some(at) => left_out.push(kept.remove(at).heading),
            None => break,
        }
    }
    let widths: Vec<usize> = kept.iter().map(Column::width).collect();
    let rows = kept
        .iter()
        .map(|column| column.cells.len())
        .max()
        .unwrap_or(0);
    let heading = |at: usize| (kept[at].heading.clone(), "");
    let mut lines = vec![line(&kept, &widths, heading, paint)];
    for row in 0..rows {
        let cell = |at: usize| {
            let cell = &kept[at].cells[row];
            (cell.text.clone(), cell.ink)
        };
        lines.push(line(&kept, &widths, cell, paint));
    }
    (lines, left_out)
}

fn line(
    columns: &[Column],
    widths: &[usize],
    cell: impl Fn(usize) -> (String, &'static str),
    paint: &dyn Fn(&str, &str) -> String,
) -> String {
    let mut line = String::new();
    let mut owed = 0;
    for (at, column) in columns.iter().enumerate() {
        let (text, ink) = cell(at);
        let missing = widths[at].saturating_sub(text.width());
        let (before, after) = match column.align {
            Align::Left => (0, missing),
            Align::Right => (missing, 0),
        };
        // Blanks at the end of a line are owed and never paid.
        if !text.is_empty() {
            line.extend(std::iter::repeat_n(' ', owed + before));
            line.push_str(&paint(&text, ink));
            owed = after + BETWEEN;
        } else {
            owed += before + after + BETWEEN;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Vec<Column> {
        let column = |heading: &str, align, worth, cells: [&str; 2]| Column {
            cells: cells.map(|text| text.to_owned().into()).to_vec(),
            ..Column::new(heading, align, worth)
        };
        vec![
            column("地区", Align::Left, u8::MAX, ["华东", "中南"]),
            column("目标", Align::Right, 2, ["143.33", "9.10"]),
            column("余", Align::Right, 1, ["1", "22"]),
            column("状态", Align::Left, u8::MAX, ["▲ 领先", ""]),
        ]
    }

    #[test]
    fn what_matters_less_goes_first() {
        let plain = |text: &str, _: &str| text.to_owned();
        let (all, none) = lines(table(), 40, &plain);
        assert_eq!(
            all,
            [
                "地区    目标  余  状态",
                "华东  143.33   1  ▲ 领先",
                "中南    9.10  22"
            ]
        );
        assert!(none.is_empty());
        let (fewer, out) = lines(table(), 21, &plain);
        assert_eq!(fewer[1], "华东  143.33  ▲ 领先");
        assert_eq!(out, ["余"]);
    }
}
