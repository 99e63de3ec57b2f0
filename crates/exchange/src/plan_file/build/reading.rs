//! Reads figures from elsewhere exactly: filters, days, members, and rows of the same key added up.
//! Must not know which column is meant for what by its name, nor how operations use the figures.

use fenjie_calendar::{Date, DateRange};
use fenjie_plan::{Definition, Dimension, Reference, ReferenceColumn};
use rustc_hash::FxHashMap;

use super::reference::{DATE, Wanted};
use super::{cause, member_rows};
use crate::plan_file::error::{Cause, Fault, Refusal};
use crate::plan_file::note::PlanNote;
use crate::plan_file::scalar::Text;
use crate::plan_file::sums::{Sums, TooLarge, exact_number};
use crate::plan_file::wire::plan::ReferenceEntry;
use crate::table::{Column, Table};

const NO_ROW: u32 = u32::MAX;

/// A reference that is being read.
pub(super) struct Reading<'a> {
    pub(super) name: &'a Text,
    pub(super) entry: &'a ReferenceEntry,
    pub(super) table: &'a Table,
    pub(super) wanted: &'a Wanted,
    pub(super) period: Option<DateRange>,
}

/// A dimension's column, its entries brought together by the members they mean.
struct Members<'a> {
    dimension: &'a Dimension,
    column: &'a Column,
    dictionary: Vec<String>,
    /// Place in the dictionary of each entry; `NO_ROW` for entries whose rows are left out.
    of_entry: Vec<u32>,
    place_of: FxHashMap<u32, u32>,
}

impl<'a> Reading<'a> {
    /// The rows that count, those of the same key added up.
    pub(super) fn read(
        &self,
        definition: &'a Definition,
        strict: bool,
        notes: &mut Vec<Cause>,
    ) -> Result<Reference, Refusal> {
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
        let too_large = |_: TooLarge| self.too_large(decimals);
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

    fn dates(&self) -> Result<Option<Dates<'a>>, Refusal> {
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

    fn refuse_undated(&self, dates: &Dates<'_>, kept: &[bool]) -> Result<(), Refusal> {
        match (0..self.table.rows).find(|row| kept[*row] && dates.of(*row).is_none()) {
            None => Ok(()),
            Some(row) => {
                let column = self.wanted.date.as_deref().unwrap_or(DATE);
                {
                    let place = self.table.place(row, self.position(column));
                    Err(Fault::CellEmpty { place }.into())
                }
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

    /// The members of every entry; rows of members that the plan does not have are left out where
    /// the plan says so, and refused otherwise.
    fn members(
        &self,
        dimension: &'a Dimension,
        name: &str,
        kept: &mut [bool],
        strict: bool,
        notes: &mut Vec<Cause>,
    ) -> Result<Members<'a>, Refusal> {
        let column = self.column(name);
        let mut rows_of = vec![0usize; column.entry_count()];
        for (row, code) in column.codes().iter().enumerate() {
            rows_of[*code as usize] += usize::from(kept[row]);
        }
        let mut members = Members::new(dimension, column);
        for (entry, cell) in column.entries().enumerate() {
            let rows = rows_of[entry];
            match dimension.tree.find(cell.text) {
                _ if rows == 0 => members.of_entry.push(NO_ROW),
                Ok(node) => members.push(node),
                Err(unknown) if strict => {
                    let row = self.first_row(column, entry as u32, kept);
                    let place = self.table.place(row, self.position(name));
                    let (axis, member) = (dimension.code.clone(), cell.text.to_owned());
                    let nearest = unknown.nearest;
                    return Err(if cell.is_empty() {
                        Fault::CellEmpty { place }.into()
                    } else {
                        Fault::MemberUnknown {
                            place,
                            axis,
                            member,
                            nearest,
                            rows,
                        }
                        .into()
                    });
                }
                Err(_) => {
                    let (reference, axis) = (self.name.text.clone(), dimension.code.clone());
                    let member = cell.text.to_owned();
                    notes.push(cause(PlanNote::RowsIgnored {
                        reference,
                        axis,
                        member,
                        rows,
                    }));
                    members.of_entry.push(NO_ROW);
                }
            }
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
    fn values(&self, kept: &[bool]) -> Result<(Vec<i128>, u32), Refusal> {
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
                return Err(Fault::CellEmpty { place: place() }.into());
            }
            let number = exact_number(cell.text, self.entry.decimals);
            numbers.push(number.map_err(|error| {
                let (place, cause) = (place(), cause(error));
                Refusal::from(Fault::Cell { place, cause })
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
        let values = values.ok_or_else(|| self.too_large(decimals))?;
        Ok((values, decimals))
    }

    fn too_large(&self, decimals: u32) -> Refusal {
        let reference = self.name.text.clone();
        Fault::SumsTooLarge {
            reference,
            decimals,
        }
        .into()
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

impl<'a> Members<'a> {
    fn new(dimension: &'a Dimension, column: &'a Column) -> Members<'a> {
        let (dictionary, of_entry) = (Vec::new(), Vec::with_capacity(column.entry_count()));
        Members {
            dimension,
            column,
            dictionary,
            of_entry,
            place_of: FxHashMap::default(),
        }
    }

    /// The next entry means this node.
    fn push(&mut self, node: u32) {
        let place = *self.place_of.entry(node).or_insert_with(|| {
            self.dictionary
                .push(self.dimension.tree.code(node).to_owned());
            self.dictionary.len() as u32 - 1
        });
        self.of_entry.push(place);
    }

    fn finish(self, rows: &[u32]) -> ReferenceColumn {
        let code = |row: &u32| self.of_entry[self.column.codes()[*row as usize] as usize];
        ReferenceColumn {
            dimension: self.dimension.code.clone(),
            codes: rows.iter().map(code).collect(),
            dictionary: self.dictionary,
        }
    }
}
