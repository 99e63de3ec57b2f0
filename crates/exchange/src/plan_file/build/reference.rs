//! Reads figures from elsewhere exactly: columns, filters, days, members, and rows of the same key
//! added up. Must not know how operations use them.

use fenjie_calendar::{Date, DateRange};
use fenjie_plan::{Definition, Dimension, Reference, ReferenceColumn};

use super::{Files, Scope, cause, member_rows, optional, word};
use crate::plan_file::error::{Cause, Fault, Named, Refusal};
use crate::plan_file::near::nearest;
use crate::plan_file::note::PlanNote;
use crate::plan_file::scalar::Text;
use crate::plan_file::sums::{Sums, TooLarge, exact_number};
use crate::plan_file::wire::plan::ReferenceEntry;
use crate::table::{Column, ReadOptions, Table, read_table};

/// Words for the columns that are no dimension.
const AMOUNT: &str = "amount";
const DATE: &str = "date";
const NO_ROW: u32 = u32::MAX;

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
    let at = |fault: Fault| Refusal::at(fault, entry.file.span);
    let table = read_table(&path, &options).map_err(|cause| at(Fault::Table { cause }))?;
    notes.extend(table.notes.iter().cloned().map(cause));
    let period = entry
        .period
        .as_ref()
        .map(|text| Scope::Of(definition).period(text))
        .transpose()?;
    if period.is_some() && wanted.date.is_none() {
        return Err(at(Fault::DatesMissing {
            reference: name.text.clone(),
        }));
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
    reading.read(definition, strict, notes).map_err(at)
}

/// Which column is what.
struct Wanted {
    amount: String,
    date: Option<String>,
    /// Position of the dimension and the column.
    dimensions: Vec<(usize, String)>,
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

struct Reading<'a> {
    name: &'a Text,
    entry: &'a ReferenceEntry,
    table: &'a Table,
    wanted: &'a Wanted,
    period: Option<DateRange>,
}

/// A dimension's column, its entries brought together by the members they mean.
struct Members<'a> {
    dimension: &'a Dimension,
    column: &'a Column,
    dictionary: Vec<String>,
    /// Place in the dictionary of each entry; `NO_ROW` for entries whose rows are left out.
    of_entry: Vec<u32>,
}

impl<'a> Reading<'a> {
    fn read(
        &self,
        definition: &'a Definition,
        strict: bool,
        notes: &mut Vec<Cause>,
    ) -> Result<Reference, Fault> {
        let dates = self.dates()?;
        let mut kept = self.kept(dates.as_ref());
        if let Some(dates) = &dates {
            self.refuse_undated(dates, &kept)?;
        }
        let mut members = Vec::new();
        for (dimension, column) in &self.wanted.dimensions {
            let dimension = &definition.dimensions[*dimension];
            members.push(self.members(dimension, column, &mut kept, strict, notes)?);
        }
        let (values, decimals) = self.values(&kept)?;
        let sums = self.sums(dates.as_ref(), &members, &values, &kept);
        let mut reference = Reference {
            name: self.name.text.clone(),
            source: self.table.source.clone(),
            decimals,
            ..Reference::default()
        };
        let too_large = |_: TooLarge| Fault::SumsTooLarge {
            reference: self.name.text.clone(),
            decimals,
        };
        let rows = sums.finish(&mut reference.values).map_err(too_large)?;
        if dates.is_some() {
            let date = |row: &u32| dates.as_ref().and_then(|dates| dates.of(*row as usize));
            reference.dates = rows.iter().filter_map(date).collect();
        }
        reference.members = members
            .into_iter()
            .map(|column| column.finish(&rows))
            .collect();
        if rows.is_empty() {
            notes.push(cause(PlanNote::ReferenceEmpty {
                reference: self.name.text.clone(),
            }));
        }
        Ok(reference)
    }

    fn column(&self, name: &str) -> &'a Column {
        self.table
            .column(name)
            .expect("a wanted column is read or its lack refused")
    }

    fn position(&self, name: &str) -> usize {
        let mut columns = self.table.columns.iter();
        columns
            .position(|column| column.name == name)
            .expect("a wanted column is there")
    }

    fn dates(&self) -> Result<Option<Dates<'a>>, Fault> {
        let Some(name) = &self.wanted.date else {
            return Ok(None);
        };
        let of_entry = member_rows::dates(self.table, self.position(name))?;
        // A column of instants has many entries for one day.
        let mut days: Vec<Date> = of_entry.iter().flatten().copied().collect();
        days.sort_unstable();
        days.dedup();
        let place = |date: &Option<Date>| {
            date.and_then(|day| days.binary_search(&day).ok())
                .map_or(0, |at| at as u32)
        };
        let places = of_entry.iter().map(place).collect();
        Ok(Some(Dates {
            column: self.column(name),
            of_entry,
            places,
            count: days.len(),
        }))
    }

    fn refuse_undated(&self, dates: &Dates<'_>, kept: &[bool]) -> Result<(), Fault> {
        match (0..self.table.rows).find(|row| kept[*row] && dates.of(*row).is_none()) {
            None => Ok(()),
            Some(row) => {
                let column = self.wanted.date.as_deref().unwrap_or(DATE);
                Err(Fault::CellEmpty {
                    place: self.table.place(row, self.position(column)),
                })
            }
        }
    }

    /// Which rows the filters and the period keep.
    fn kept(&self, dates: Option<&Dates<'_>>) -> Vec<bool> {
        let mut kept = vec![true; self.table.rows];
        for (name, wanted) in self.entry.filters.iter().flat_map(|filters| &filters.0) {
            let column = self.column(name);
            let matches: Vec<bool> = column
                .entries()
                .map(|cell| wanted.0.iter().any(|text| text.text.trim() == cell.text))
                .collect();
            for (row, code) in column.codes().iter().enumerate() {
                kept[row] &= matches[*code as usize];
            }
        }
        if let (Some(period), Some(dates)) = (self.period, dates) {
            // A row without a day stays, to be refused with its place.
            let inside: Vec<bool> = dates
                .of_entry
                .iter()
                .map(|date| date.is_none_or(|day| period.contains(day)))
                .collect();
            for (row, code) in dates.column.codes().iter().enumerate() {
                kept[row] &= inside[*code as usize];
            }
        }
        kept
    }

    fn members(
        &self,
        dimension: &'a Dimension,
        name: &str,
        kept: &mut [bool],
        strict: bool,
        notes: &mut Vec<Cause>,
    ) -> Result<Members<'a>, Fault> {
        let column = self.column(name);
        let mut members = Members {
            dimension,
            column,
            dictionary: Vec::new(),
            of_entry: Vec::new(),
        };
        let mut rows_of = vec![0usize; column.entry_count()];
        for (row, code) in column.codes().iter().enumerate() {
            rows_of[*code as usize] += usize::from(kept[row]);
        }
        let mut place_of: rustc_hash::FxHashMap<u32, u32> = rustc_hash::FxHashMap::default();
        for (entry, cell) in column.entries().enumerate() {
            let node = match dimension.tree.find(cell.text) {
                _ if rows_of[entry] == 0 => None,
                Ok(node) => Some(node),
                Err(unknown) if strict => {
                    let row = self.first_row(column, entry as u32, kept);
                    let place = self.table.place(row, self.position(name));
                    if cell.is_empty() {
                        return Err(Fault::CellEmpty { place });
                    }
                    return Err(Fault::MemberUnknown {
                        place,
                        axis: dimension.code.clone(),
                        member: cell.text.to_owned(),
                        nearest: unknown.nearest,
                        rows: rows_of[entry],
                    });
                }
                Err(_) => {
                    notes.push(cause(PlanNote::RowsIgnored {
                        reference: self.name.text.clone(),
                        axis: dimension.code.clone(),
                        member: cell.text.to_owned(),
                        rows: rows_of[entry],
                    }));
                    None
                }
            };
            members.of_entry.push(node.map_or(NO_ROW, |node| {
                *place_of.entry(node).or_insert_with(|| {
                    members
                        .dictionary
                        .push(members.dimension.tree.code(node).to_owned());
                    members.dictionary.len() as u32 - 1
                })
            }));
        }
        for (row, code) in column.codes().iter().enumerate() {
            kept[row] &= members.of_entry[*code as usize] != NO_ROW;
        }
        Ok(members)
    }

    fn first_row(&self, column: &Column, entry: u32, kept: &[bool]) -> usize {
        let mut rows = column.codes().iter().enumerate();
        rows.position(|(row, code)| *code == entry && kept[row])
            .unwrap_or(0)
    }

    /// The value of each entry of the amount column in counts of `10^-decimals`, and the decimals.
    fn values(&self, kept: &[bool]) -> Result<(Vec<i128>, u32), Fault> {
        let column = self.column(&self.wanted.amount);
        let at = self.position(&self.wanted.amount);
        let mut used = vec![false; column.entry_count()];
        for (row, code) in column.codes().iter().enumerate() {
            used[*code as usize] |= kept[row];
        }
        let mut numbers = Vec::with_capacity(column.entry_count());
        for (entry, cell) in column.entries().enumerate() {
            if !used[entry] {
                numbers.push((0, 0));
                continue;
            }
            let place = || {
                self.table
                    .place(self.first_row(column, entry as u32, kept), at)
            };
            if cell.is_empty() {
                return Err(Fault::CellEmpty { place: place() });
            }
            let number = exact_number(cell.text, self.entry.decimals);
            numbers.push(number.map_err(|error| Fault::Cell {
                place: place(),
                cause: cause(error),
            })?);
        }
        let decimals = numbers
            .iter()
            .map(|(_, decimals)| *decimals)
            .max()
            .unwrap_or(0);
        let scaled = numbers
            .iter()
            .map(|(digits, scale)| digits.checked_mul(10i128.checked_pow(decimals - scale)?));
        let values: Option<Vec<i128>> = scaled.collect();
        let reference = || self.name.text.clone();
        let values = values.ok_or_else(|| Fault::SumsTooLarge {
            reference: reference(),
            decimals,
        })?;
        Ok((values, decimals))
    }

    fn sums(
        &self,
        dates: Option<&Dates<'_>>,
        members: &[Members<'_>],
        values: &[i128],
        kept: &[bool],
    ) -> Sums {
        let mut sizes = vec![dates.map_or(1, |dates| dates.count.max(1))];
        sizes.extend(members.iter().map(|column| column.dictionary.len().max(1)));
        let mut sums = Sums::new(&sizes, self.table.rows);
        let amounts = self.column(&self.wanted.amount).codes();
        let mut key = vec![0u32; sizes.len()];
        for row in (0..self.table.rows).filter(|row| kept[*row]) {
            if let Some(dates) = dates {
                key[0] = dates.places[dates.column.codes()[row] as usize];
            }
            for (part, column) in key[1..].iter_mut().zip(members) {
                *part = column.of_entry[column.column.codes()[row] as usize];
            }
            sums.add(&key, row as u32, values[amounts[row] as usize]);
        }
        sums
    }
}

struct Dates<'a> {
    column: &'a Column,
    of_entry: Vec<Option<Date>>,
    /// Place of each entry's day among the different days.
    places: Vec<u32>,
    count: usize,
}

impl Dates<'_> {
    fn of(&self, row: usize) -> Option<Date> {
        self.of_entry[self.column.codes()[row] as usize]
    }
}

impl Members<'_> {
    fn finish(self, rows: &[u32]) -> ReferenceColumn {
        let code = |row: &u32| self.of_entry[self.column.codes()[*row as usize] as usize];
        ReferenceColumn {
            dimension: self.dimension.code.clone(),
            codes: rows.iter().map(code).collect(),
            dictionary: self.dictionary,
        }
    }
}
