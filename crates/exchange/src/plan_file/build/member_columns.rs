//! Reads members from a large Parquet file by columns, without an object per member. Files it does not
//! fit — dates, fractions, several tops — are left to the ordinary way. Must not know trees.

use std::path::Path;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use fenjie_plan::{Arena, MemberColumns};
use rustc_hash::FxHashMap;

use super::member_rows::{CODE, FROM, NAME, PARENT, UNTIL};
use crate::plan_file::wire::axes::AxisTable;
use crate::table::{ParquetBatch, ParquetTexts, read_parquet_columns};

/// Files with fewer members gain nothing.
const FEWEST_ROWS: u64 = 50_000;

/// The members of a file by columns, or nothing where the ordinary way must read it (and report what
/// is wrong with it).
pub(super) fn read(path: &Path, options: &AxisTable) -> Option<MemberColumns> {
    if options.total.is_some() || path.extension().is_none_or(|ending| ending != "parquet") {
        return None;
    }
    let every = read_parquet_columns(path, &[]).ok()?;
    if every.rows() < FEWEST_ROWS {
        return None;
    }
    let wanted = Wanted::find(every.columns(), options)?;
    let names: Vec<&str> = wanted.columns().collect();
    let mut source = read_parquet_columns(path, &names).ok()?;
    let rows = usize::try_from(source.rows()).ok()?;
    let mut members = Gathered::new(rows, &wanted);
    while let Some(batch) = source.next_batch().ok()? {
        members.take(&batch)?;
    }
    members.finish(&wanted)
}

/// The columns to read, by name.
struct Wanted {
    code: String,
    parent: String,
    name: Option<String>,
    attributes: Vec<String>,
}

impl Wanted {
    fn find(columns: &[String], options: &AxisTable) -> Option<Wanted> {
        let usual = |names: &[&str]| {
            let known = names
                .iter()
                .find(|name| columns.iter().any(|column| column == *name));
            known.map(|name| (*name).to_owned())
        };
        let written = options.columns.as_ref();
        let dated = written.is_some_and(|w| w.from.is_some() || w.until.is_some());
        if dated || usual(&FROM).is_some() || usual(&UNTIL).is_some() {
            return None;
        }
        let code = match written.and_then(|written| written.code.as_ref()) {
            Some(code) => code.text.clone(),
            None => usual(&CODE)?,
        };
        let parent = match written.and_then(|written| written.parent.as_ref()) {
            Some(parent) => parent.text.clone(),
            None => usual(&PARENT)?,
        };
        let name = match written.and_then(|written| written.name.as_ref()) {
            Some(name) => Some(name.text.clone()),
            None => usual(&NAME),
        };
        let attributes = match &options.attributes {
            Some(named) => named.0.iter().map(|name| name.text.clone()).collect(),
            None => {
                let used = [Some(&code), Some(&parent), name.as_ref()];
                columns
                    .iter()
                    .filter(|c| !used.contains(&Some(*c)))
                    .cloned()
                    .collect()
            }
        };
        Some(Wanted {
            code,
            parent,
            name,
            attributes,
        })
    }

    fn columns(&self) -> impl Iterator<Item = &str> {
        let texts = [Some(&self.code), Some(&self.parent), self.name.as_ref()];
        texts
            .into_iter()
            .flatten()
            .chain(&self.attributes)
            .map(String::as_str)
    }
}

/// Members read so far.
struct Gathered {
    codes: Arena,
    names: Option<Arena>,
    parent_codes: Vec<String>,
    parent_of: FxHashMap<String, u32>,
    parents: Vec<u32>,
    attributes: Vec<Vec<i64>>,
}

impl Gathered {
    fn new(rows: usize, wanted: &Wanted) -> Gathered {
        Gathered {
            codes: Arena::with_capacity(rows, rows * 8),
            names: wanted
                .name
                .is_some()
                .then(|| Arena::with_capacity(rows, rows * 8)),
            parent_codes: Vec::new(),
            parent_of: FxHashMap::default(),
            parents: Vec::with_capacity(rows),
            attributes: vec![Vec::with_capacity(rows); wanted.attributes.len()],
        }
    }

    /// Adds a batch; nothing where a column is of another kind or a code is empty.
    fn take(&mut self, batch: &ParquetBatch) -> Option<()> {
        let codes = batch.texts(0).ok()?;
        for row in 0..batch.rows {
            let code = codes.get(row);
            if code.is_empty() {
                return None;
            }
            self.codes.push(code);
        }
        self.take_parents(batch.texts(1).ok()?, batch.rows);
        let mut next = 2;
        if let Some(names) = &mut self.names {
            let texts = batch.texts(next).ok()?;
            (0..batch.rows).for_each(|row| names.push(texts.get(row)));
            next += 1;
        }
        for (column, values) in self.attributes.iter_mut().enumerate() {
            take_numbers(batch, next + column, values)?;
        }
        Some(())
    }

    /// Rows of one parent usually stand together, so the last one is looked at first.
    fn take_parents(&mut self, parents: ParquetTexts<'_>, rows: usize) {
        let mut last: (&str, u32) = ("", u32::MAX);
        for row in 0..rows {
            let parent = parents.get(row);
            if parent != last.0 {
                let index = match self.parent_of.get(parent) {
                    _ if parent.is_empty() => u32::MAX,
                    Some(known) => *known,
                    None => {
                        let index = self.parent_codes.len() as u32;
                        self.parent_codes.push(parent.to_owned());
                        self.parent_of.insert(parent.to_owned(), index);
                        index
                    }
                };
                last = (parent, index);
            }
            self.parents.push(last.1);
        }
    }

    /// Names that are empty, and several tops, are for the ordinary way.
    fn finish(self, wanted: &Wanted) -> Option<MemberColumns> {
        let tops = self
            .parents
            .iter()
            .filter(|parent| **parent == u32::MAX)
            .count();
        let unnamed = self
            .names
            .as_ref()
            .is_some_and(|names| (0..names.len()).any(|row| names.get(row).is_empty()));
        if tops != 1 || unnamed {
            return None;
        }
        Some(MemberColumns {
            codes: self.codes,
            names: self.names,
            parent_codes: self.parent_codes,
            parents: self.parents,
            attributes: wanted
                .attributes
                .iter()
                .cloned()
                .zip(self.attributes)
                .collect(),
            first_row: 1,
        })
    }
}

/// Whole numbers of a column; a member without one (a null) gets the sum of its children later.
fn take_numbers(batch: &ParquetBatch, column: usize, values: &mut Vec<i64>) -> Option<()> {
    let array = batch.array(column);
    if array.null_count() == 0 {
        values.extend_from_slice(&batch.integers(column).ok()?);
        return Some(());
    }
    let numbers = array.as_primitive_opt::<Int64Type>()?;
    values.extend(numbers.iter().map(|number| number.unwrap_or(i64::MIN)));
    Some(())
}
