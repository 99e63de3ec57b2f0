//! Sales lines page by page, with their texts in dictionaries: what a scan reads, wherever it lies.

use crate::error::FactsError;

/// What is read of each line beyond its day.
#[derive(Clone, Debug, Default)]
pub(crate) struct Need {
    /// For each dimension whether its codes are.
    pub(crate) axes: Vec<bool>,
    /// Whether minutes are.
    pub(crate) minutes: bool,
    /// The measures' codes.
    pub(crate) measures: Vec<String>,
    /// Whether imports and source rows are.
    pub(crate) origin: bool,
}

/// Some lines, column by column; a column that was not needed is empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct PageRows {
    pub(crate) rows: usize,
    /// The number of the segment, and the first line's row in it.
    pub(crate) place: (u64, u64),
    /// Each line's day, by its number in the dictionary.
    pub(crate) dates: Vec<u32>,
    /// For each dimension each line's text, by its number in the dictionary.
    pub(crate) axes: Vec<Vec<u32>>,
    /// Minutes since midnight, -1 for none; empty where no line has one.
    pub(crate) minutes: Vec<i64>,
    /// For each measure its values; empty where the lines have none.
    pub(crate) amounts: Vec<Vec<i64>>,
    /// For each measure whether a line has a value; empty where all have.
    pub(crate) present: Vec<Vec<bool>>,
    /// Lines that do not count; empty where all do.
    pub(crate) out: Vec<bool>,
    /// The import of each line.
    pub(crate) imports: Vec<i64>,
    /// The row of its file.
    pub(crate) source_rows: Vec<i64>,
}

/// Lines that share their dictionaries.
pub(crate) trait Pages {
    /// The days that occur.
    fn dates(&self) -> &[i32];
    /// The texts of a dimension; none where the lines do not have it.
    fn each_text(&self, axis: usize, visit: &mut dyn FnMut(usize, &str)) -> Result<(), FactsError>;
    /// How many texts a dimension has; 0 where the lines do not have it.
    fn texts(&self, axis: usize) -> usize;
    /// Whether every line counts: none superseded, none undone.
    fn all_count(&self) -> bool;
    /// The step of a measure as it was stored, where it was.
    fn step(&self, measure: &str) -> Option<&str>;
    /// Reads the next lines; `keep` looks at days and dimensions and says whether the rest is worth
    /// reading. False at the end.
    fn next(
        &mut self,
        need: &Need,
        page: &mut PageRows,
        keep: &mut dyn FnMut(&PageRows) -> bool,
    ) -> Result<bool, FactsError>;
}
