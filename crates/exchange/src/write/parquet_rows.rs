//! Small tables with columns of several kinds as Parquet: texts, amounts, shares, days, counts, some
//! of them empty. Must not know plans; what the columns mean is the caller's matter.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray,
};
use arrow::datatypes::{Field, Schema};
use fenjie_calendar::Date;
use fenjie_money::Step;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::{AtomicFile, WriteError};

/// Digits of amounts and shares.
const DIGITS: u8 = 18;
/// Digits of shares behind the point.
const SHARE_DIGITS: i8 = 6;

/// The values of a column; all columns of a table are equally long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowColumn {
    /// `STRING`.
    Texts(Vec<Option<String>>),
    /// Counts of steps, as `DECIMAL(18, d)`.
    Amounts(Step, Vec<Option<i64>>),
    /// Millionths, as `DECIMAL(18, 6)`.
    Shares(Vec<Option<i64>>),
    /// `DATE`.
    Days(Vec<Option<Date>>),
    /// `INT64`.
    Counts(Vec<Option<i64>>),
    /// `BOOLEAN`.
    Flags(Vec<Option<bool>>),
}

/// Writes named columns as a Parquet file.
///
/// # Errors
/// [`WriteError`] when the disk is full, or an amount is wider than `DECIMAL(18, d)`; nothing is left
/// then.
pub fn write_parquet_rows(
    file: AtomicFile,
    columns: Vec<(String, RowColumn)>,
) -> Result<(), WriteError> {
    let path = file.path().to_owned();
    let refused = |error: String| WriteError::unwritable(&path, error);
    let mut arrays = Vec::with_capacity(columns.len());
    let mut fields = Vec::with_capacity(columns.len());
    for (name, column) in columns {
        let array = array(&name, column, &path)?;
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), arrays);
    let batch = batch.map_err(|error| refused(error.to_string()))?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
    let writer = ArrowWriter::try_new(file, schema, Some(properties.build()));
    let mut writer = writer.map_err(|error| refused(error.to_string()))?;
    let written = writer.write(&batch);
    written.map_err(|error| refused(error.to_string()))?;
    let file = writer.into_inner();
    file.map_err(|error| refused(error.to_string()))?.commit()
}

fn array(name: &str, column: RowColumn, path: &str) -> Result<ArrayRef, WriteError> {
    Ok(match column {
        RowColumn::Texts(texts) => Arc::new(StringArray::from(texts)),
        RowColumn::Counts(counts) => Arc::new(Int64Array::from(counts)),
        RowColumn::Flags(flags) => Arc::new(BooleanArray::from(flags)),
        RowColumn::Days(days) => {
            let epoch = Date::constant(1970, 1, 1);
            let number = |day: Date| (day.duration_since(epoch).as_hours() / 24) as i32;
            let days = days.into_iter().map(|day| day.map(number));
            Arc::new(days.collect::<Date32Array>())
        }
        RowColumn::Shares(shares) => decimals(name, (1, SHARE_DIGITS), &shares, path)?,
        RowColumn::Amounts(step, counts) => {
            let scale = (step.units().into(), step.decimals() as i8);
            decimals(name, scale, &counts, path)?
        }
    })
}

/// Counts of so many units of the last decimal.
fn decimals(
    name: &str,
    (units, scale): (i128, i8),
    counts: &[Option<i64>],
    path: &str,
) -> Result<ArrayRef, WriteError> {
    let widest = 10i128.pow(DIGITS.into()) - 1;
    let mut values = Vec::with_capacity(counts.len());
    for (row, count) in counts.iter().enumerate() {
        let value = count.map(|count| i128::from(count) * units);
        if value.is_some_and(|value| value.abs() > widest) {
            return Err(WriteError::AmountTooWide {
                column: name.to_owned(),
                row: row as u64,
                steps: count.unwrap_or(0),
            });
        }
        values.push(value);
    }
    let array = Decimal128Array::from(values).with_precision_and_scale(DIGITS, scale);
    let array = array.map_err(|error| WriteError::unwritable(path, error))?;
    Ok(Arc::new(array))
}
