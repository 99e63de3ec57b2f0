//! How a caller chooses header and columns itself, from the first rows of a table. Knows no file
//! format.

use super::header::Layout;
use super::{Place, ReadError};

/// How many cells of the first rows are looked at; the first row always is, whole.
pub(super) const SEARCHED_CELLS: usize = 200_000;

/// One of the first rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstRow {
    /// The 1-based row or line; 0 where the format has none.
    pub line: usize,
    /// Its cells, without the blanks around them.
    pub cells: Vec<String>,
}

/// What a caller chose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Which of the rows shown is the header, counted from 0.
    pub row: usize,
    /// The 0-based columns to keep, in the order wanted.
    pub columns: Vec<usize>,
}

/// Chooses header and columns from the first rows; `None` where there is nothing to choose.
pub type Chooser<'c> = dyn FnMut(&[FirstRow]) -> Option<Chosen> + 'c;

/// Who says which columns are kept.
pub(super) enum Wanted<'c> {
    /// The names in the options.
    Named,
    /// The caller.
    Chosen(&'c mut Chooser<'c>),
}

/// Asks the chooser; the index of the header and what is kept.
pub(super) fn take(
    rows: &[FirstRow],
    choose: &mut Chooser<'_>,
    place: &Place,
) -> Result<(usize, Layout), ReadError> {
    let missing = || ReadError::HeaderMissing {
        place: place.clone(),
    };
    if rows.is_empty() {
        return Err(missing());
    }
    let chosen = choose(rows).ok_or_else(missing)?;
    let row = rows.get(chosen.row).ok_or_else(missing)?;
    let name = |&column: &usize| row.cells.get(column).cloned().ok_or_else(missing);
    let names = chosen.columns.iter().map(name).collect::<Result<_, _>>()?;
    Ok((
        chosen.row,
        Layout {
            picks: chosen.columns,
            names,
            note: None,
        },
    ))
}
