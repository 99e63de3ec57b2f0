//! Finds out which column of a reference's file is what. Must not know rows or operations.

use fenjie_plan::{Definition, Dimension, Reference};

use super::reading::Reading;
use super::{Files, Scope, cause, optional, word};
use crate::plan_file::error::{Cause, Fault, Named, Refusal};
use crate::plan_file::near::nearest;
use crate::plan_file::scalar::Text;
use crate::plan_file::wire::plan::ReferenceEntry;
use crate::table::{ReadOptions, read_table};

/// Words for the columns that are no dimension.
const AMOUNT: &str = "amount";
pub(super) const DATE: &str = "date";

/// One reference, read and added up.
pub(super) fn reference(
    name: &Text,
    entry: &ReferenceEntry,
    definition: &Definition,
    files: &mut Files,
    notes: &mut Vec<Cause>,
) -> Result<Reference, Refusal> {
    let wanted = Wanted::find(entry, &definition.dimensions)?;
    let path = files.find(&entry.file)?;
    let options = ReadOptions {
        sheet: optional(entry.sheet.as_ref()),
        header_row: entry.header_row,
        encoding: optional(entry.encoding.as_ref()),
        ..ReadOptions::with_columns(wanted.names())
    };
    let span = entry.file.span;
    let table = read_table(&path, &options);
    let table = table.map_err(|cause| Refusal::at(Fault::Table { cause }, span))?;
    notes.extend(table.notes.iter().cloned().map(cause));
    let period = entry
        .period
        .as_ref()
        .map(|text| Scope::Of(definition).period(text))
        .transpose()?;
    if period.is_some() && wanted.date.is_none() {
        let reference = name.text.clone();
        return Err(Refusal::at(Fault::DatesMissing { reference }, span));
    }
    let refuse = [("refuse", true), ("ignore", false)];
    let strict = entry
        .unknown
        .as_ref()
        .map_or(Ok(true), |text| word(text, &refuse))?;
    let reading = Reading {
        name,
        entry,
        table: &table,
        wanted: &wanted,
        period,
    };
    let read = reading.read(definition, strict, notes);
    read.map_err(|refusal| refusal.or_at(span))
}

/// Which column is what.
pub(super) struct Wanted {
    pub(super) amount: String,
    pub(super) date: Option<String>,
    /// Position of the dimension and the column.
    pub(super) dimensions: Vec<(usize, String)>,
    filters: Vec<String>,
}

impl Wanted {
    fn find(entry: &ReferenceEntry, dimensions: &[Dimension]) -> Result<Wanted, Refusal> {
        let (mut amount, mut date, mut mapped) = (None, None, Vec::new());
        for (role, column) in &entry.columns.0 {
            match role.trim() {
                AMOUNT | "金额" => amount = Some(column.text.clone()),
                DATE | "日期" => date = Some(column.text.clone()),
                code => {
                    let found = dimensions
                        .iter()
                        .position(|known| known.code == code || known.name == code)
                        .ok_or_else(|| unknown_role(role, dimensions))?;
                    mapped.push((found, column.text.clone()));
                }
            }
        }
        let missing = || {
            Refusal::from(Fault::KeyMissing {
                key: "columns.amount".into(),
            })
        };
        let filters = entry.filters.iter().flat_map(|table| &table.0);
        Ok(Wanted {
            amount: amount.ok_or_else(missing)?,
            date,
            dimensions: mapped,
            filters: filters.map(|(column, _)| column.text.clone()).collect(),
        })
    }

    /// Every column once.
    fn names(&self) -> Vec<String> {
        let mut names = vec![self.amount.clone()];
        let others = self
            .date
            .iter()
            .chain(self.dimensions.iter().map(|(_, column)| column));
        for name in others.chain(&self.filters) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }
}

fn unknown_role(role: &Text, dimensions: &[Dimension]) -> Refusal {
    let mut known = vec![AMOUNT.to_owned(), DATE.to_owned()];
    known.extend(dimensions.iter().map(|dimension| dimension.code.clone()));
    let nearest = nearest(role, &known);
    let fault = Fault::NameUnknown {
        what: Named::Axis,
        name: role.text.clone(),
        nearest,
        known,
    };
    Refusal::at(fault, role.span)
}
