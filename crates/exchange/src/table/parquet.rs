//! Reads Parquet by column and batch, without a string per cell. Knows no header: names and types
//! are in the file.

use std::borrow::Cow;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, DictionaryArray, Int64Array, RecordBatch, StringArray,
    StringViewArray,
};
use arrow::datatypes::{DataType, Field, Int32Type, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::basic::{Encoding, PageType};
use parquet::file::metadata::ParquetMetaData;

use super::chosen::{self, FirstRow, Wanted};
use super::error::LimitKind;
use super::header::{self, Layout};
use super::{Place, ReadError, ReadOptions, Table, quiet};

/// How many rows are read at a time.
const BATCH_ROWS: usize = 1 << 16;

/// The wanted columns of a Parquet file, batch by batch.
pub struct ParquetColumns {
    name: String,
    reader: ParquetRecordBatchReader,
    columns: Vec<String>,
    /// All columns of the file.
    names: Vec<String>,
    /// The column of a batch that each wanted column is.
    order: Vec<usize>,
    rows: u64,
    /// The bytes of the file.
    packed: u64,
    next_row: u64,
}

/// Some rows of the wanted columns.
pub struct ParquetBatch {
    place: Place,
    columns: Arc<[String]>,
    arrays: Vec<ArrayRef>,
    /// The 0-based row in the file of the batch's first row.
    pub first_row: u64,
    /// How many rows it has.
    pub rows: usize,
}

/// A column of texts in a batch, as it lies in the file.
#[derive(Clone, Copy)]
pub enum ParquetTexts<'a> {
    /// One text per row.
    Views(&'a StringViewArray),
    /// A code per row and a text per code.
    Coded(&'a DictionaryArray<Int32Type>, &'a StringArray),
}

impl<'a> ParquetTexts<'a> {
    /// The text of a 0-based row of the batch, empty where it is null.
    pub fn get(&self, row: usize) -> &'a str {
        match self {
            ParquetTexts::Views(texts) if texts.is_null(row) => "",
            ParquetTexts::Views(texts) => texts.value(row),
            ParquetTexts::Coded(codes, _) if codes.is_null(row) => "",
            ParquetTexts::Coded(codes, texts) => texts.value(codes.keys().value(row) as usize),
        }
    }

    /// Whether any row is null.
    pub fn has_nulls(&self) -> bool {
        match self {
            ParquetTexts::Views(texts) => texts.null_count() > 0,
            ParquetTexts::Coded(codes, _) => codes.null_count() > 0,
        }
    }
}

/// Opens a Parquet file to read the named columns, all if none is named. Text is given coded where
/// the file keeps it so, else as views into its pages; 10 million rows of a code, a parent and a
/// weight take about half a second.
///
/// # Errors
/// [`ReadError`] for a file that is missing, damaged or lacks a column.
pub fn read_parquet_columns(path: &Path, columns: &[&str]) -> Result<ParquetColumns, ReadError> {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned();
    let file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ReadError::FileMissing {
            path: path.display().to_string(),
        },
        _ => ReadError::FileUnreadable {
            path: path.display().to_string(),
            reason: error.to_string(),
        },
    })?;
    let options = ReadOptions::with_columns(columns.iter().copied());
    quiet::quietly(&name, || open(file, &name, &options, &mut Wanted::Named))
}

fn open(
    file: File,
    name: &str,
    options: &ReadOptions,
    wanted: &mut Wanted<'_>,
) -> Result<ParquetColumns, ReadError> {
    let damaged = |error: parquet::errors::ParquetError| ReadError::damaged(name, error);
    let plain = ArrowReaderMetadata::load(&file, Default::default()).map_err(damaged)?;
    let names: Vec<String> = plain
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    if names.len() > super::MOST_COLUMNS {
        let allowed = super::MOST_COLUMNS as u64;
        return Err(ReadError::too_large(name, LimitKind::Columns, allowed));
    }
    let packed = file.metadata().map_or(0, |known| known.len());
    let Layout {
        picks,
        names: columns,
        ..
    } = match wanted {
        Wanted::Named => header::choose(&names, options, &Place::file(name))?,
        Wanted::Chosen(choose) => {
            let row = FirstRow {
                line: 0,
                cells: names.clone(),
            };
            chosen::take(&[row], choose, &Place::file(name))?.1
        }
    };
    let hinted = texts_as_stored(plain.schema(), plain.metadata());
    let hints = ArrowReaderOptions::new().with_schema(Arc::new(hinted));
    let metadata = ArrowReaderMetadata::try_new(plain.metadata().clone(), hints).unwrap_or(plain);
    let rows = metadata.metadata().file_metadata().num_rows().max(0) as u64;
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
    let mask = ProjectionMask::roots(builder.parquet_schema(), picks.iter().copied());
    let reader = builder
        .with_projection(mask)
        .with_batch_size(BATCH_ROWS)
        .build()
        .map_err(damaged)?;
    // A projection keeps the file's order; the caller's order is restored per batch.
    let mut sorted = picks.clone();
    sorted.sort_unstable();
    let order = picks
        .iter()
        .map(|pick| {
            sorted
                .binary_search(pick)
                .expect("every pick was projected")
        })
        .collect();
    Ok(ParquetColumns {
        name: name.to_owned(),
        reader,
        columns,
        names,
        order,
        rows,
        packed,
        next_row: 0,
    })
}

/// The schema that reads text the way it is stored: as codes where every row group has only a
/// dictionary, else as views.
fn texts_as_stored(schema: &Schema, metadata: &ParquetMetaData) -> Schema {
    let fields = schema.fields().iter().enumerate().map(|(index, field)| {
        let is_text = match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
            DataType::Dictionary(_, values) => {
                matches!(
                    **values,
                    DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
                )
            }
            _ => false,
        };
        if !is_text {
            return field.clone();
        }
        let text = if only_dictionary(metadata, index) {
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
        } else {
            DataType::Utf8View
        };
        Arc::new(Field::new(field.name(), text, field.is_nullable()))
    });
    Schema::new(fields.collect::<Vec<_>>())
}

fn only_dictionary(metadata: &ParquetMetaData, root: usize) -> bool {
    let leaf = (0..metadata.file_metadata().schema_descr().num_columns()).find(|&leaf| {
        metadata
            .file_metadata()
            .schema_descr()
            .get_column_root_idx(leaf)
            == root
    });
    let Some(leaf) = leaf else { return false };
    metadata.row_groups().iter().all(|group| {
        let column = group.column(leaf);
        column.dictionary_page_offset().is_some()
            && match column.page_encoding_stats_mask() {
                Some(mask) => {
                    mask.is_only(Encoding::RLE_DICTIONARY)
                        || mask.is_only(Encoding::PLAIN_DICTIONARY)
                }
                None => column.page_encoding_stats().is_some_and(|stats| {
                    stats.iter().all(|stat| {
                        stat.page_type == PageType::DICTIONARY_PAGE
                            || matches!(
                                stat.encoding,
                                Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY
                            )
                    })
                }),
            }
    })
}

impl ParquetColumns {
    /// Number of rows in the file.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The bytes of the file.
    pub(super) fn packed(&self) -> u64 {
        self.packed
    }

    /// All columns of the file.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The columns in the order wanted.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The next rows, `None` at the end.
    ///
    /// # Errors
    /// [`ReadError`] where the file is damaged.
    pub fn next_batch(&mut self) -> Result<Option<ParquetBatch>, ReadError> {
        let reader = &mut self.reader;
        let name = &self.name;
        let batch: Option<RecordBatch> = quiet::quietly(name, || {
            reader
                .next()
                .transpose()
                .map_err(|error| ReadError::damaged(name, error))
        })?;
        let Some(batch) = batch else { return Ok(None) };
        let arrays = self
            .order
            .iter()
            .map(|&column| batch.column(column).clone())
            .collect();
        let first_row = self.next_row;
        self.next_row += batch.num_rows() as u64;
        Ok(Some(ParquetBatch {
            place: Place::file(name),
            columns: self.columns.clone().into(),
            arrays,
            first_row,
            rows: batch.num_rows(),
        }))
    }
}

impl ParquetBatch {
    /// The Arrow array of a wanted column.
    pub fn array(&self, column: usize) -> &ArrayRef {
        &self.arrays[column]
    }

    /// A wanted column as texts.
    ///
    /// # Errors
    /// [`ReadError::ColumnType`] when it holds no text.
    pub fn texts(&self, column: usize) -> Result<ParquetTexts<'_>, ReadError> {
        let array = &self.arrays[column];
        if let Some(views) = array.as_string_view_opt() {
            return Ok(ParquetTexts::Views(views));
        }
        array
            .as_dictionary_opt::<Int32Type>()
            .and_then(|codes| {
                codes
                    .values()
                    .as_string_opt()
                    .map(|texts| ParquetTexts::Coded(codes, texts))
            })
            .ok_or_else(|| self.wrong_type(column, "texts"))
    }

    /// A wanted column as whole numbers, none of them null.
    ///
    /// # Errors
    /// [`ReadError::ColumnType`] when it holds no whole numbers, [`ReadError::CellEmpty`] for a
    /// null.
    pub fn integers(&self, column: usize) -> Result<Cow<'_, [i64]>, ReadError> {
        let array = &self.arrays[column];
        if array.null_count() > 0 {
            let row = (0..array.len())
                .find(|&row| array.is_null(row))
                .unwrap_or(0);
            let row = self.first_row as usize + row + 1;
            let place = self
                .place
                .clone()
                .at_row(row)
                .in_column(&self.columns[column]);
            return Err(ReadError::CellEmpty { place });
        }
        if let Some(numbers) = array.as_any().downcast_ref::<Int64Array>() {
            return Ok(Cow::Borrowed(numbers.values()));
        }
        super::parquet_table::integers(array)
            .map(Cow::Owned)
            .ok_or_else(|| self.wrong_type(column, "whole numbers"))
    }

    /// The place of a 0-based row of the batch; rows of Parquet count from 1.
    pub fn row_place(&self, row: usize) -> Place {
        self.place.clone().at_row(self.first_row as usize + row + 1)
    }

    pub(super) fn column_name(&self, column: usize) -> &str {
        &self.columns[column]
    }

    pub(super) fn wrong_type(&self, column: usize, wanted: &'static str) -> ReadError {
        ReadError::ColumnType {
            place: self.place.clone().in_column(&self.columns[column]),
            found: type_name(self.arrays[column].data_type()),
            wanted,
        }
    }
}

/// The type's name; coded and plain text are the same to people.
fn type_name(found: &DataType) -> String {
    match found {
        DataType::Dictionary(_, values) => type_name(values),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "Utf8".into(),
        other => other.to_string(),
    }
}

/// Reads the wanted columns as a table.
pub(super) fn read(
    path: &Path,
    name: &str,
    options: &ReadOptions,
    wanted: &mut Wanted<'_>,
) -> Result<Table, ReadError> {
    let file = File::open(path).map_err(|error| ReadError::FileUnreadable {
        path: path.display().to_string(),
        reason: error.to_string(),
    })?;
    let columns = quiet::quietly(name, || open(file, name, options, wanted))?;
    super::parquet_table::read(columns, name, options)
}
