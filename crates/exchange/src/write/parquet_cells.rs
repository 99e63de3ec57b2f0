//! Cells as Parquet. The pages are encoded here, because codes and counts are already what the
//! pages hold: a general writer would look every text up again. Knows no plans.

use std::sync::Arc;

use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as PhysicalType};
use parquet::errors::Result as ParquetResult;
use parquet::file::properties::WriterProperties;
use parquet::file::statistics::Statistics;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::cells::{CellBatch, CellSchema, Texts};
use super::parquet_chunk::Chunk;
use super::parquet_pages::{bits_for, encode_codes, encode_differences, encode_texts};
use super::{AtomicFile, WriteError};

/// Rows of a row group. A group's codes and counts are all that is kept in memory.
const GROUP_ROWS: usize = 1 << 20;
/// Rows of a page.
const PAGE_ROWS: usize = 1 << 17;
/// The widest amount of `DECIMAL(18, d)`.
const WIDEST: u64 = 999_999_999_999_999_999;

pub(super) struct ParquetCells {
    path: String,
    writer: SerializedFileWriter<AtomicFile>,
    texts: Vec<TextGroup>,
    amounts: Vec<Vec<i64>>,
    rows: usize,
    rows_before: u64,
}

/// The codes of a text column in the current row group.
struct TextGroup {
    codes: Vec<u32>,
    /// For each code of the dictionary, 1 + its code in this group, or 0.
    local: Vec<u32>,
}

impl ParquetCells {
    pub fn begin(file: AtomicFile, schema: &CellSchema) -> Result<ParquetCells, WriteError> {
        let path = file.path().to_owned();
        let refused = |error| WriteError::unwritable(&path, error);
        let properties = WriterProperties::builder().set_compression(Compression::UNCOMPRESSED);
        let table = table_type(schema).map_err(refused)?;
        let writer = SerializedFileWriter::new(file, Arc::new(table), Arc::new(properties.build()))
            .map_err(refused)?;
        let texts = schema.texts.iter().map(|_| TextGroup {
            codes: Vec::new(),
            local: Vec::new(),
        });
        let texts = texts.collect();
        let amounts = schema.amounts.iter().map(|_| Vec::new()).collect();
        Ok(ParquetCells {
            path,
            writer,
            texts,
            amounts,
            rows: 0,
            rows_before: 0,
        })
    }

    pub fn write(&mut self, schema: &CellSchema, batch: CellBatch<'_>) -> Result<(), WriteError> {
        let mut from = 0;
        while from < batch.rows() {
            let to = batch.rows().min(from + GROUP_ROWS - self.rows);
            for (group, codes) in self.texts.iter_mut().zip(batch.text_codes) {
                group.codes.extend_from_slice(&codes[from..to]);
            }
            for (index, counts) in batch.amounts.iter().enumerate() {
                self.take_amounts(schema, index, &counts[from..to])?;
            }
            self.rows += to - from;
            from = to;
            if self.rows == GROUP_ROWS {
                self.end_group(schema)?;
            }
        }
        Ok(())
    }

    pub fn finish(mut self, schema: &CellSchema) -> Result<(), WriteError> {
        if self.rows > 0 {
            self.end_group(schema)?;
        }
        let path = self.path;
        let file = self
            .writer
            .into_inner()
            .map_err(|error| WriteError::unwritable(&path, error))?;
        file.commit()
    }

    /// Brings counts of steps to units of the last decimal.
    fn take_amounts(
        &mut self,
        schema: &CellSchema,
        index: usize,
        counts: &[i64],
    ) -> Result<(), WriteError> {
        let column = &schema.amounts[index];
        let kept = &mut self.amounts[index];
        let units = column.step.units();
        let widest = if column.step.decimals() == 0 {
            i64::MAX as u64
        } else {
            WIDEST
        };
        let fits = widest / units;
        if let Some(at) = counts.iter().position(|count| count.unsigned_abs() > fits) {
            let row = self.rows_before + (self.rows + at) as u64;
            let column = column.name.clone();
            return Err(WriteError::AmountTooWide {
                column,
                row,
                steps: counts[at],
            });
        }
        if units == 1 {
            kept.extend_from_slice(counts);
        } else {
            kept.extend(counts.iter().map(|count| count * units as i64));
        }
        Ok(())
    }

    fn end_group(&mut self, schema: &CellSchema) -> Result<(), WriteError> {
        let path = &self.path;
        let ended = write_group(&mut self.writer, schema, &mut self.texts, &mut self.amounts);
        ended.map_err(|error| WriteError::unwritable(path, error))?;
        self.rows_before += self.rows as u64;
        self.rows = 0;
        Ok(())
    }
}

fn table_type(schema: &CellSchema) -> ParquetResult<Type> {
    let mut fields = Vec::new();
    for column in &schema.texts {
        let field = Type::primitive_type_builder(&column.name, PhysicalType::BYTE_ARRAY)
            .with_repetition(Repetition::REQUIRED)
            .with_logical_type(Some(LogicalType::String));
        fields.push(Arc::new(field.build()?));
    }
    for column in &schema.amounts {
        let mut field = Type::primitive_type_builder(&column.name, PhysicalType::INT64)
            .with_repetition(Repetition::REQUIRED);
        let scale = column.step.decimals() as i32;
        if scale > 0 {
            field = field
                .with_logical_type(Some(LogicalType::decimal(scale, 18)))
                .with_precision(18)
                .with_scale(scale);
        }
        fields.push(Arc::new(field.build()?));
    }
    Type::group_type_builder("cells")
        .with_fields(fields)
        .build()
}

fn write_group(
    writer: &mut SerializedFileWriter<AtomicFile>,
    schema: &CellSchema,
    texts: &mut [TextGroup],
    amounts: &mut [Vec<i64>],
) -> ParquetResult<()> {
    let columns = writer.schema_descr().columns().to_vec();
    let mut group = writer.next_row_group()?;
    for ((text, column), described) in texts.iter_mut().zip(&schema.texts).zip(&columns) {
        let mut chunk = Chunk::new(described.clone(), text.codes.len());
        text.write(&column.dictionary, &mut chunk)?;
        let (bytes, close) = chunk.finish(None)?;
        group.append_column(&bytes, close)?;
        text.codes.clear();
    }
    for (counts, described) in amounts.iter_mut().zip(&columns[texts.len()..]) {
        let mut chunk = Chunk::new(described.clone(), counts.len());
        for page in counts.chunks(PAGE_ROWS) {
            let mut bytes = Vec::with_capacity(page.len() * 4);
            encode_differences(page, &mut bytes);
            chunk.push_page(bytes, page.len(), Encoding::DELTA_BINARY_PACKED)?;
        }
        let (least, most) = (counts.iter().min().copied(), counts.iter().max().copied());
        let statistics = Statistics::int64(least, most, None, Some(0), false);
        let (bytes, close) = chunk.finish(Some(statistics))?;
        group.append_column(&bytes, close)?;
        counts.clear();
    }
    group.close()?;
    Ok(())
}

impl TextGroup {
    /// Writes with a dictionary of the texts that occur, unless most occur only once.
    fn write(&mut self, dictionary: &Texts, chunk: &mut Chunk) -> ParquetResult<()> {
        self.local.clear();
        self.local.resize(dictionary.len(), 0);
        let mut used = Vec::new();
        let most_used = self.codes.len() / 2 + 1;
        for &code in &self.codes {
            let local = &mut self.local[code as usize];
            if *local == 0 {
                used.push(code);
                *local = used.len() as u32;
            }
        }
        if used.len() > most_used {
            for page in self.codes.chunks(PAGE_ROWS) {
                let mut bytes = Vec::with_capacity(page.len() * 16);
                let texts = page.iter().map(|&code| dictionary.get(code));
                encode_texts(texts, &mut bytes);
                chunk.push_page(bytes, page.len(), Encoding::PLAIN)?;
            }
            return Ok(());
        }
        let mut bytes = Vec::new();
        encode_texts(used.iter().map(|&code| dictionary.get(code)), &mut bytes);
        chunk.push_dictionary(bytes, used.len())?;
        let width = bits_for(used.len().saturating_sub(1) as u64);
        for code in &mut self.codes {
            *code = self.local[*code as usize] - 1;
        }
        for page in self.codes.chunks(PAGE_ROWS) {
            let mut bytes = Vec::new();
            encode_codes(page, width, &mut bytes);
            chunk.push_page(bytes, page.len(), Encoding::RLE_DICTIONARY)?;
        }
        Ok(())
    }
}
