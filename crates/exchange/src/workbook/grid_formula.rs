//! The live sums of a grid on a sheet, as formulas. Knows cells' names, no values.

use super::grid::runs;
use super::grid_sheet::{DEPTH_COLUMN, GridSheet};
use crate::table::column_letters;

/// A sum with more arguments or characters than this counts by depth instead.
const MOST_ARGUMENTS: usize = 200;
const LONGEST_FORMULA: usize = 8000;

impl GridSheet {
    /// The live sum of a total: a total row sums its rows, a total column of a leaf its columns.
    pub fn formula(&self, row: usize, column: usize) -> Option<String> {
        let (line, total) = (&self.grid.rows[row], &self.grid.columns[column]);
        let letters = column_letters(u32::from(self.column_at(column)));
        if line.is_total() {
            let range = |(first, last): (u32, u32)| {
                let (first, last) = (self.row_at(first as usize), self.row_at(last as usize));
                range_text((first, &letters), (last, &letters))
            };
            return sum_text(runs(&line.parts), range)
                .or_else(|| Some(self.sum_by_depth(row, &letters)));
        }
        if !total.is_total() {
            return None;
        }
        let at = self.row_at(row);
        let letters = |column: u32| column_letters(u32::from(self.column_at(column as usize)));
        sum_text(runs(&total.parts), |(first, last)| {
            range_text((at, &letters(first)), (at, &letters(last)))
        })
    }

    /// Counts the rows one deeper below a total, for totals of very many separate rows.
    fn sum_by_depth(&self, row: usize, letters: &str) -> String {
        let line = &self.grid.rows[row];
        let below = self.grid.rows[row + 1..]
            .iter()
            .take_while(|below| below.depth > line.depth);
        let (first, last) = (
            self.row_at(row + 1) + 1,
            self.row_at(row + below.count()) + 1,
        );
        let depths = column_letters(u32::from(DEPTH_COLUMN));
        format!(
            "SUMIF(${depths}${first}:${depths}${last},{},{letters}{first}:{letters}{last})",
            line.depth + 1
        )
    }
}

pub(super) fn range_text(first: (u32, &str), last: (u32, &str)) -> String {
    let from = format!("{}{}", first.1, first.0 + 1);
    if first == last {
        from
    } else {
        format!("{from}:{}{}", last.1, last.0 + 1)
    }
}

/// `SUM(D5:D9,D11)`, or nothing where that would be too long for a formula.
fn sum_text(runs: Vec<(u32, u32)>, range: impl Fn((u32, u32)) -> String) -> Option<String> {
    if runs.len() > MOST_ARGUMENTS {
        return None;
    }
    let ranges: Vec<String> = runs.into_iter().map(range).collect();
    let text = format!("SUM({})", ranges.join(","));
    (text.len() <= LONGEST_FORMULA).then_some(text)
}
