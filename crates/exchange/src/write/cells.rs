//! The long table of cells and its writer: texts by code, amounts in steps, batch after batch.
//! Knows no format beyond its name.

use std::path::Path;
use std::sync::Arc;

use fenjie_money::Step;
use fenjie_plan::Tree;

use super::parquet_cells::ParquetCells;
use super::text_cells::TextCells;
use super::{AtomicFile, WriteError};

/// How a table of cells is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellFormat {
    /// UTF-8, comma, LF; with a byte order mark in files, for spreadsheet programs, and without one
    /// on standard output.
    Csv,
    /// One array of objects, amounts as decimal strings.
    Json,
    /// One object per line.
    JsonLines,
    /// Texts with dictionaries, amounts as `DECIMAL(18, d)` or, without decimals, `INT64`.
    Parquet,
}

impl CellFormat {
    /// The format that a file's ending names: `.csv`, `.json`, `.jsonl` or `.ndjson`, `.parquet`.
    ///
    /// ```
    /// use fenjie_exchange::write::CellFormat;
    /// assert_eq!(CellFormat::of_path("plan.PARQUET".as_ref()), Some(CellFormat::Parquet));
    /// assert_eq!(CellFormat::of_path("plan.docx".as_ref()), None);
    /// ```
    pub fn of_path(path: &Path) -> Option<CellFormat> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match ending.as_str() {
            "csv" => CellFormat::Csv,
            "json" => CellFormat::Json,
            "jsonl" | "ndjson" => CellFormat::JsonLines,
            "parquet" | "pq" => CellFormat::Parquet,
            _ => return None,
        })
    }
}

/// A column of texts.
#[derive(Clone, Debug)]
pub struct TextColumn {
    /// The name in the header.
    pub name: String,
    /// The text of each code.
    pub dictionary: Texts,
}

/// The texts of a column, by code. Members of a tree are read where they are.
#[derive(Clone, Debug)]
pub enum Texts {
    /// Texts made for the table.
    List(Arc<Vec<String>>),
    /// The codes of a tree's nodes.
    Codes(Tree),
    /// The names of a tree's nodes.
    Names(Tree),
}

impl From<Vec<String>> for Texts {
    fn from(texts: Vec<String>) -> Texts {
        Texts::List(Arc::new(texts))
    }
}

impl Texts {
    /// How many codes there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Texts::List(texts) => texts.len(),
            Texts::Codes(tree) | Texts::Names(tree) => tree.len(),
        }
    }

    /// The text of a code.
    pub(super) fn get(&self, code: u32) -> &str {
        match self {
            Texts::List(texts) => &texts[code as usize],
            Texts::Codes(tree) => tree.code(code),
            Texts::Names(tree) => tree.name(code),
        }
    }

    /// All texts in the order of their codes.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).map(|code| self.get(code))
    }
}

/// A column of amounts.
#[derive(Clone, Debug)]
pub struct AmountColumn {
    /// The name in the header.
    pub name: String,
    /// What one count is worth.
    pub step: Step,
}

/// The columns of a table of cells: the texts first, then the amounts.
#[derive(Clone, Debug)]
pub struct CellSchema {
    /// The axes.
    pub texts: Vec<TextColumn>,
    /// The measures.
    pub amounts: Vec<AmountColumn>,
}

/// Some rows, by column; all columns are equally long.
#[derive(Clone, Copy, Debug)]
pub struct CellBatch<'a> {
    /// Per text column, the codes.
    pub text_codes: &'a [&'a [u32]],
    /// Per amount column, the counts of steps.
    pub amounts: &'a [&'a [i64]],
}

impl CellBatch<'_> {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        let texts = self.text_codes.first().map(|codes| codes.len());
        texts
            .or(self.amounts.first().map(|counts| counts.len()))
            .unwrap_or(0)
    }

    fn check(&self, schema: &CellSchema) {
        let rows = self.rows();
        assert_eq!(
            self.text_codes.len(),
            schema.texts.len(),
            "a batch has every text column"
        );
        assert_eq!(
            self.amounts.len(),
            schema.amounts.len(),
            "a batch has every amount column"
        );
        let even = self.text_codes.iter().all(|codes| codes.len() == rows)
            && self.amounts.iter().all(|counts| counts.len() == rows);
        assert!(even, "the columns of a batch are equally long");
    }
}

/// Writes a table of cells with memory bounded by the dictionaries and one row group.
pub struct CellWriter {
    schema: CellSchema,
    form: Form,
}

enum Form {
    Text(Box<TextCells>),
    Parquet(Box<ParquetCells>),
}

impl CellWriter {
    /// Begins a table in the format of the path's ending; `-` is CSV on standard output.
    ///
    /// # Errors
    /// [`WriteError`] where [`AtomicFile::create`] has one, for an unknown ending, and for two
    /// columns of one name.
    pub fn create(path: &Path, schema: CellSchema) -> Result<CellWriter, WriteError> {
        let format = match CellFormat::of_path(path) {
            Some(format) => format,
            None if path == Path::new("-") => CellFormat::Csv,
            None => {
                return Err(WriteError::FormatUnknown {
                    path: path.display().to_string(),
                });
            }
        };
        CellWriter::create_as(path, format, schema)
    }

    /// Begins a table in a format.
    ///
    /// # Errors
    /// As [`CellWriter::create`].
    pub fn create_as(
        path: &Path,
        format: CellFormat,
        schema: CellSchema,
    ) -> Result<CellWriter, WriteError> {
        let texts = schema.texts.iter().map(|column| &column.name);
        let names: Vec<_> = texts
            .chain(schema.amounts.iter().map(|column| &column.name))
            .collect();
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                return Err(WriteError::ColumnDuplicate {
                    column: (*name).clone(),
                });
            }
        }
        let file = AtomicFile::create(path)?;
        let form = match format {
            CellFormat::Parquet => Form::Parquet(Box::new(ParquetCells::begin(file, &schema)?)),
            _ => Form::Text(Box::new(TextCells::begin(file, format, &schema)?)),
        };
        Ok(CellWriter { schema, form })
    }

    /// Writes some rows.
    ///
    /// # Errors
    /// [`WriteError`] when the disk is full or an amount too wide for Parquet; the file is gone
    /// once the writer is dropped.
    ///
    /// # Panics
    /// When the batch does not have the schema's columns, equally long, or a code is not in its
    /// dictionary.
    pub fn write(&mut self, batch: CellBatch<'_>) -> Result<(), WriteError> {
        batch.check(&self.schema);
        match &mut self.form {
            Form::Text(cells) => cells.write(&self.schema, batch),
            Form::Parquet(cells) => cells.write(&self.schema, batch),
        }
    }

    /// Ends the table and puts the file in its place.
    ///
    /// # Errors
    /// [`WriteError`] when the rest cannot be written; nothing is left then.
    pub fn finish(self) -> Result<(), WriteError> {
        match self.form {
            Form::Text(cells) => cells.finish(),
            Form::Parquet(cells) => cells.finish(&self.schema),
        }
    }
}
