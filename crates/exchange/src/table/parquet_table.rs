//! Turns batches of Parquet into the columns of a table. Knows no files.

use std::fmt::Write;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimeUnit,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;

use super::columns::ColumnFull;
use super::error::LimitKind;
use super::parquet::{ParquetBatch, ParquetColumns, ParquetTexts};
use super::text_table::column_full;
use super::{CellKind, ColumnBuilder, ReadError, ReadOptions, Table, number};

/// How many different raw values a column remembers the codes of.
const REMEMBERED: usize = 1 << 16;

pub(super) fn read(
    mut source: ParquetColumns,
    name: &str,
    options: &ReadOptions,
) -> Result<Table, ReadError> {
    if source.rows() > options.limits.rows {
        return Err(ReadError::too_large(
            name,
            LimitKind::Rows,
            options.limits.rows,
        ));
    }
    // Repeated values take next to nothing in a file and four bytes each in a table.
    let cells = source.rows().saturating_mul(source.columns().len() as u64);
    let allowed = source.packed().saturating_mul(options.limits.expansion);
    if cells.saturating_mul(4) > allowed.max(256 << 20) {
        let stated = options.limits.expansion;
        return Err(ReadError::too_large(name, LimitKind::Expansion, stated));
    }
    let mut columns: Vec<_> = source.columns().iter().map(|_| Gather::default()).collect();
    let mut rows = 0;
    while let Some(batch) = source.next_batch()? {
        rows += batch.rows;
        for (column, gather) in columns.iter_mut().enumerate() {
            gather.take(&batch, column, name)?;
        }
    }
    let names = source.columns().iter().cloned();
    Ok(Table {
        source: name.to_owned(),
        sheet: None,
        columns: columns
            .into_iter()
            .zip(names)
            .map(|(g, name)| g.builder.finish(name))
            .collect(),
        rows,
        header_row: 0,
        first_data_row: 1,
        lines: None,
        header: source.names().to_vec(),
        ragged: Vec::new(),
        notes: Vec::new(),
    })
}

/// One column being gathered.
#[derive(Default)]
struct Gather {
    builder: ColumnBuilder,
    /// Codes of raw values seen before: whole numbers, days, instants.
    seen: FxHashMap<i64, u32>,
    text: String,
}

impl Gather {
    fn take(&mut self, batch: &ParquetBatch, column: usize, name: &str) -> Result<(), ReadError> {
        let array = batch.array(column);
        let full = |full| column_full(full, name);
        if let Ok(texts) = batch.texts(column) {
            return self.texts(texts).map_err(full);
        }
        if let Some(raw) = raw_numbers(array) {
            return self.raw(array, &raw.numbers, raw.form).map_err(full);
        }
        match array.data_type() {
            DataType::Float64 => {
                let values = array.as_primitive::<Float64Type>().values();
                self.floats(batch, column, values.iter().copied(), name)
            }
            DataType::Float32 => {
                // The shortest decimal of a single is not that of its double.
                let values = array.as_primitive::<Float32Type>();
                let widened = values
                    .values()
                    .iter()
                    .map(|v| v.to_string().parse().unwrap_or(0.0));
                self.floats(batch, column, widened, name)
            }
            DataType::UInt64
            | DataType::Decimal32(..)
            | DataType::Decimal64(..)
            | DataType::Decimal128(..)
            | DataType::Decimal256(..) => self.decimals(array).map_err(full),
            DataType::Boolean => {
                let values = array.as_boolean();
                for row in 0..values.len() {
                    let text = if values.value(row) { "true" } else { "false" };
                    self.cell(array, row, CellKind::Bool, text).map_err(full)?;
                }
                Ok(())
            }
            DataType::Null => (0..array.len())
                .try_for_each(|_| self.builder.push(CellKind::Empty, ""))
                .map_err(full),
            _ => Err(batch.wrong_type(column, "cells")),
        }
    }

    fn cell(
        &mut self,
        array: &ArrayRef,
        row: usize,
        kind: CellKind,
        text: &str,
    ) -> Result<(), ColumnFull> {
        if array.is_null(row) {
            self.builder.push(CellKind::Empty, "")
        } else {
            self.builder.push(kind, text)
        }
    }

    fn texts(&mut self, texts: ParquetTexts<'_>) -> Result<(), ColumnFull> {
        match texts {
            ParquetTexts::Views(views) => views
                .iter()
                .try_for_each(|text| self.builder.push_text(text.unwrap_or_default())),
            ParquetTexts::Coded(codes, values) => {
                let mut code_of = Vec::with_capacity(values.len());
                for value in values.iter() {
                    let text = super::columns::trim(value.unwrap_or_default());
                    let kind = if text.is_empty() {
                        CellKind::Empty
                    } else {
                        CellKind::Text
                    };
                    code_of.push(self.builder.code_of(kind, text)?);
                }
                let empty = match codes.null_count() {
                    0 => 0,
                    _ => self.builder.code_of(CellKind::Empty, "")?,
                };
                for key in codes.keys().iter() {
                    let code = key.map_or(empty, |key| code_of[key as usize]);
                    self.builder.push_code(code);
                }
                Ok(())
            }
        }
    }

    fn raw(&mut self, array: &ArrayRef, numbers: &[i64], form: Form) -> Result<(), ColumnFull> {
        for (row, &raw) in numbers.iter().enumerate() {
            if array.is_null(row) {
                self.builder.push(CellKind::Empty, "")?;
                continue;
            }
            if let Some(&code) = self.seen.get(&raw) {
                self.builder.push_code(code);
                continue;
            }
            self.text.clear();
            let kind = form.write(raw, &mut self.text);
            let code = self.builder.code_of(kind, &self.text)?;
            self.builder.push_code(code);
            if self.seen.len() < REMEMBERED {
                self.seen.insert(raw, code);
            }
        }
        Ok(())
    }

    fn floats(
        &mut self,
        batch: &ParquetBatch,
        column: usize,
        values: impl Iterator<Item = f64>,
        name: &str,
    ) -> Result<(), ReadError> {
        let array = batch.array(column);
        for (row, value) in values.enumerate() {
            if array.is_valid(row) && !value.is_finite() {
                let place = batch.row_place(row);
                let cell = batch.column_name(column).to_owned();
                return Err(ReadError::CellError {
                    place,
                    cell,
                    value: value.to_string(),
                });
            }
            let mut text = std::mem::take(&mut self.text);
            text.clear();
            if array.is_valid(row) {
                number::push_double(value, &mut text);
            }
            let pushed = self.cell(array, row, CellKind::Number, &text);
            self.text = text;
            pushed.map_err(|full| column_full(full, name))?;
        }
        Ok(())
    }

    fn decimals(&mut self, array: &ArrayRef) -> Result<(), ColumnFull> {
        for row in 0..array.len() {
            let text = match array.data_type() {
                DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row).to_string(),
                DataType::Decimal32(..) => {
                    array.as_primitive::<Decimal32Type>().value_as_string(row)
                }
                DataType::Decimal64(..) => {
                    array.as_primitive::<Decimal64Type>().value_as_string(row)
                }
                DataType::Decimal128(..) => {
                    array.as_primitive::<Decimal128Type>().value_as_string(row)
                }
                _ => array.as_primitive::<Decimal256Type>().value_as_string(row),
            };
            self.cell(array, row, CellKind::Number, &text)?;
        }
        Ok(())
    }
}

/// What raw whole numbers mean.
#[derive(Clone, Copy)]
enum Form {
    Number,
    /// Days since 1970-01-01.
    Day,
    /// Units since 1970-01-01, so many to a second; a moment where the column has a time zone, else the
    /// time of day as a clock shows it.
    Instant(i64, bool),
}

impl Form {
    fn write(self, raw: i64, out: &mut String) -> CellKind {
        let kind = match self {
            Form::Number => None,
            Form::Day => raw
                .checked_mul(86_400)
                .and_then(|second| write_instant(second, false, out)),
            Form::Instant(units, moment) => write_instant(raw.div_euclid(units), moment, out),
        };
        kind.unwrap_or_else(|| {
            write!(out, "{raw}").expect("writing to a string does not fail");
            CellKind::Number
        })
    }
}

/// A second since 1970 as a day, or as a day and time, a moment always with `Z`; `None` outside the
/// calendar.
fn write_instant(second: i64, moment: bool, out: &mut String) -> Option<CellKind> {
    let civil = Timestamp::from_second(second)
        .ok()?
        .to_zoned(TimeZone::UTC)
        .datetime();
    let (form, kind) = match second.rem_euclid(86_400) {
        _ if moment => (format!("{civil}Z"), CellKind::DateTime),
        0 => (civil.date().to_string(), CellKind::Date),
        _ => (civil.to_string(), CellKind::DateTime),
    };
    out.push_str(&form);
    Some(kind)
}

struct Raw {
    numbers: Vec<i64>,
    form: Form,
}

fn raw_numbers(array: &ArrayRef) -> Option<Raw> {
    let (numbers, form) = match array.data_type() {
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>().values();
            (days.iter().map(|&day| i64::from(day)).collect(), Form::Day)
        }
        DataType::Date64 => (
            array.as_primitive::<Date64Type>().values().to_vec(),
            Form::Instant(1_000, false),
        ),
        DataType::Timestamp(unit, zone) => match unit {
            TimeUnit::Second => (
                array
                    .as_primitive::<TimestampSecondType>()
                    .values()
                    .to_vec(),
                Form::Instant(1, zone.is_some()),
            ),
            TimeUnit::Millisecond => (
                array
                    .as_primitive::<TimestampMillisecondType>()
                    .values()
                    .to_vec(),
                Form::Instant(1_000, zone.is_some()),
            ),
            TimeUnit::Microsecond => (
                array
                    .as_primitive::<TimestampMicrosecondType>()
                    .values()
                    .to_vec(),
                Form::Instant(1_000_000, zone.is_some()),
            ),
            TimeUnit::Nanosecond => (
                array
                    .as_primitive::<TimestampNanosecondType>()
                    .values()
                    .to_vec(),
                Form::Instant(1_000_000_000, zone.is_some()),
            ),
        },
        _ => (integers(array)?, Form::Number),
    };
    Some(Raw { numbers, form })
}

/// Whole numbers that fit 64 signed bits, whatever width they are stored in.
pub(super) fn integers(array: &ArrayRef) -> Option<Vec<i64>> {
    macro_rules! widen {
        ($kind:ty) => {
            array
                .as_primitive::<$kind>()
                .values()
                .iter()
                .map(|&v| i64::from(v))
                .collect()
        };
    }
    Some(match array.data_type() {
        DataType::Int64 => array.as_primitive::<Int64Type>().values().to_vec(),
        DataType::Int32 => widen!(Int32Type),
        DataType::Int16 => widen!(Int16Type),
        DataType::Int8 => widen!(Int8Type),
        DataType::UInt32 => widen!(UInt32Type),
        DataType::UInt16 => widen!(UInt16Type),
        DataType::UInt8 => widen!(UInt8Type),
        _ => return None,
    })
}
