//! Writes a segment: codes and counts go into pages as they are. Must not know where it is put.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{
    Compression, ConvertedType, Encoding, LogicalType, Repetition, Type as PhysicalType,
};
use parquet::data_type::ByteArray;
use parquet::errors::Result as ParquetResult;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::WriterProperties;
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnDescPtr, PrimitiveTypeBuilder, Type, TypePtr};
use rustc_hash::FxHashMap;

use fenjie_exchange::write::parquet_chunk::Chunk;
use fenjie_exchange::write::parquet_pages::{
    bits_for, encode_codes, encode_differences, encode_texts,
};

use super::columns::SegmentColumns;
use super::{
    CREDIT, CUSTOMER, DATE, EXTERNAL_ID, GROUP_ROWS, IMPORT, MINUTE, PAGE_ROWS, SOURCE_ROW,
    axis_column, measure_column,
};

/// The most different numbers that a column keeps as codes.
const MOST_CODED: usize = 1 << 12;
/// A code that does not occur.
const UNUSED: u32 = u32::MAX;

/// Writes the rows in the order given; gives the sink back.
pub(crate) fn write<W: Write + Send>(
    sink: W,
    columns: &SegmentColumns,
    order: &[u32],
) -> ParquetResult<W> {
    let schema = schema(columns)?;
    let sorted = |column_idx| SortingColumn {
        column_idx,
        descending: false,
        nulls_first: false,
    };
    let properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_created_by("fenjie".into())
        .set_key_value_metadata(Some(notes(columns)))
        .set_sorting_columns((!columns.axes.is_empty()).then(|| vec![sorted(1), sorted(0)]));
    let mut writer = SerializedFileWriter::new(sink, schema, Arc::new(properties.build()))?;
    let mut local = Vec::new();
    for rows in order.chunks(GROUP_ROWS) {
        let described = writer.schema_descr().columns().to_vec();
        let mut group = Group {
            writer: writer.next_row_group()?,
            described,
            next: 0,
            rows,
            local: &mut local,
        };
        write_group(&mut group, columns)?;
        group.writer.close()?;
    }
    writer.into_inner()
}

/// What the footer says of the columns: steps of the measures, codes of the dimensions.
fn notes(columns: &SegmentColumns) -> Vec<KeyValue> {
    let mut notes = vec![KeyValue::new("fenjie.format".into(), "1".to_owned())];
    for (amount, step) in columns.lines.amounts.iter().zip(&columns.steps) {
        let key = format!("fenjie.step.{}", amount.measure);
        notes.push(KeyValue::new(key, step.format(1)));
    }
    notes
}

fn schema(columns: &SegmentColumns) -> ParquetResult<TypePtr> {
    let lines = &columns.lines;
    let mut fields = vec![
        number(DATE, PhysicalType::INT32, false)
            .with_logical_type(Some(LogicalType::Date))
            .build()?,
    ];
    for code in &columns.axes {
        fields.push(text(&axis_column(code)).build()?);
    }
    if !lines.minutes.is_empty() {
        let minute = number(MINUTE, PhysicalType::INT32, true);
        fields.push(minute.with_converted_type(ConvertedType::INT_16).build()?);
    }
    for amount in &lines.amounts {
        let name = measure_column(&amount.measure);
        fields.push(number(&name, PhysicalType::INT64, !amount.present.is_empty()).build()?);
    }
    if lines.customers.is_some() {
        fields.push(text(CUSTOMER).build()?);
    }
    if lines.external_ids.is_some() {
        fields.push(text(EXTERNAL_ID).build()?);
    }
    if !lines.credits.is_empty() {
        fields.push(number(CREDIT, PhysicalType::INT32, false).build()?);
    }
    fields.push(number(SOURCE_ROW, PhysicalType::INT32, false).build()?);
    if !columns.imports.is_empty() {
        fields.push(number(IMPORT, PhysicalType::INT64, false).build()?);
    }
    let fields = fields.into_iter().map(Arc::new).collect();
    let table = Type::group_type_builder("lines").with_fields(fields);
    Ok(Arc::new(table.build()?))
}

fn number(name: &str, kind: PhysicalType, optional: bool) -> PrimitiveTypeBuilder<'_> {
    let repetition = match optional {
        true => Repetition::OPTIONAL,
        false => Repetition::REQUIRED,
    };
    Type::primitive_type_builder(name, kind).with_repetition(repetition)
}

fn text(name: &str) -> PrimitiveTypeBuilder<'_> {
    number(name, PhysicalType::BYTE_ARRAY, false).with_logical_type(Some(LogicalType::String))
}

/// A row group being written, column after column.
struct Group<'g, 'a, W: Write> {
    writer: SerializedRowGroupWriter<'a, W>,
    described: Vec<ColumnDescPtr>,
    next: usize,
    rows: &'g [u32],
    /// For each code of a dictionary its code in this group; all unused between two columns.
    local: &'g mut Vec<u32>,
}

fn write_group<W: Write + Send>(
    group: &mut Group<'_, '_, W>,
    columns: &SegmentColumns,
) -> ParquetResult<()> {
    let lines = &columns.lines;
    let dates = group.pick(|row| i64::from(lines.dates[row]));
    group.numbers(&dates, &[])?;
    for column in &lines.members {
        group.texts(&column.dictionary, &column.codes)?;
    }
    if !lines.minutes.is_empty() {
        let minutes = group.pick(|row| i64::from(lines.minutes[row]));
        let present: Vec<bool> = minutes.iter().map(|minute| *minute >= 0).collect();
        group.numbers(&minutes, &present)?;
    }
    for amount in &lines.amounts {
        let values = group.pick(|row| amount.values[row]);
        let present: Vec<bool> = match amount.present.is_empty() {
            true => Vec::new(),
            false => group
                .rows
                .iter()
                .map(|&row| amount.present[row as usize])
                .collect(),
        };
        group.numbers(&values, &present)?;
    }
    if let Some(customers) = &lines.customers {
        group.texts(&customers.dictionary, &customers.codes)?;
    }
    if let Some(ids) = &lines.external_ids {
        group.plain_texts(|row| &ids[row as usize])?;
    }
    if !lines.credits.is_empty() {
        let credits = group.pick(|row| i64::from(lines.credits[row]));
        group.numbers(&credits, &[])?;
    }
    let rows = group.pick(|row| i64::from(lines.source_rows[row]));
    group.numbers(&rows, &[])?;
    if !columns.imports.is_empty() {
        let imports = group.pick(|row| columns.imports[row] as i64);
        group.numbers(&imports, &[])?;
    }
    Ok(())
}

impl<W: Write + Send> Group<'_, '_, W> {
    fn pick(&self, of: impl Fn(usize) -> i64) -> Vec<i64> {
        self.rows.iter().map(|&row| of(row as usize)).collect()
    }

    fn begin(&mut self) -> Chunk {
        self.next += 1;
        Chunk::new(self.described[self.next - 1].clone(), self.rows.len())
    }

    fn end(&mut self, chunk: Chunk, statistics: Option<Statistics>) -> ParquetResult<()> {
        let (bytes, close) = chunk.finish(statistics)?;
        self.writer.append_column(&bytes, close)
    }

    /// Whole numbers: as codes where few differ, else as packed differences.
    fn numbers(&mut self, values: &[i64], present: &[bool]) -> ParquetResult<()> {
        let is_32 = self.described[self.next].physical_type() == PhysicalType::INT32;
        let optional = self.described[self.next].max_def_level() > 0;
        let mut chunk = self.begin();
        let there = |at: usize| present.is_empty() || present[at];
        let coded = coded(values, &there);
        if let Some((dictionary, _)) = &coded {
            let mut bytes = Vec::new();
            for &value in dictionary {
                let all = value.to_le_bytes();
                bytes.extend_from_slice(if is_32 { &all[..4] } else { &all });
            }
            chunk.push_dictionary(bytes, dictionary.len())?;
        }
        for from in (0..values.len()).step_by(PAGE_ROWS) {
            let page = from..values.len().min(from + PAGE_ROWS);
            let mut bytes = Vec::new();
            if optional {
                push_levels(page.clone().map(there), &mut bytes);
            }
            let kept: Vec<usize> = page.clone().filter(|&at| there(at)).collect();
            let encoding = match &coded {
                Some((dictionary, codes)) => {
                    let width = bits_for(dictionary.len().saturating_sub(1) as u64);
                    let codes: Vec<u32> = kept.iter().map(|&at| codes[at]).collect();
                    encode_codes(&codes, width, &mut bytes);
                    Encoding::RLE_DICTIONARY
                }
                None => {
                    let values: Vec<i64> = kept.iter().map(|&at| values[at]).collect();
                    encode_differences(&values, &mut bytes);
                    Encoding::DELTA_BINARY_PACKED
                }
            };
            chunk.push_page(bytes, page.len(), encoding)?;
        }
        let kept = || {
            (0..values.len())
                .filter(|&at| there(at))
                .map(|at| values[at])
        };
        let absent = (values.len() - kept().count()) as u64;
        let (least, most) = (kept().min(), kept().max());
        let statistics = if is_32 {
            let narrow = |value: i64| value as i32;
            Statistics::int32(
                least.map(narrow),
                most.map(narrow),
                None,
                Some(absent),
                false,
            )
        } else {
            Statistics::int64(least, most, None, Some(absent), false)
        };
        self.end(chunk, Some(statistics))
    }

    /// Texts with a dictionary of those that occur, in the order of their bytes.
    fn texts(&mut self, dictionary: &[String], codes: &[u32]) -> ParquetResult<()> {
        let mut used: Vec<u32> = Vec::new();
        let mut local = std::mem::take(self.local);
        if local.len() < dictionary.len() {
            local.resize(dictionary.len(), UNUSED);
        }
        for &row in self.rows {
            let code = codes[row as usize];
            if std::mem::replace(&mut local[code as usize], 0) == UNUSED {
                used.push(code);
            }
        }
        used.sort_by_key(|&code| &dictionary[code as usize]);
        for (at, code) in used.iter().enumerate() {
            local[*code as usize] = at as u32;
        }
        let mut chunk = self.begin();
        let mut bytes = Vec::new();
        encode_texts(
            used.iter().map(|&code| dictionary[code as usize].as_str()),
            &mut bytes,
        );
        chunk.push_dictionary(bytes, used.len())?;
        let width = bits_for(used.len().saturating_sub(1) as u64);
        for page in self.rows.chunks(PAGE_ROWS) {
            let codes: Vec<u32> = page
                .iter()
                .map(|&row| local[codes[row as usize] as usize])
                .collect();
            let mut bytes = Vec::new();
            encode_codes(&codes, width, &mut bytes);
            chunk.push_page(bytes, page.len(), Encoding::RLE_DICTIONARY)?;
        }
        for &code in &used {
            local[code as usize] = UNUSED;
        }
        *self.local = local;
        let text = |code: Option<&u32>| {
            code.map(|&code| ByteArray::from(dictionary[code as usize].as_str()))
        };
        let (least, most) = (text(used.first()), text(used.last()));
        let statistics = Statistics::byte_array(least, most, None, Some(0), false);
        self.end(chunk, Some(statistics))
    }

    /// Texts that rarely repeat, each as what it has in common with the one before and the rest.
    fn plain_texts<'t>(&mut self, of: impl Fn(u32) -> &'t str) -> ParquetResult<()> {
        let mut chunk = self.begin();
        for page in self.rows.chunks(PAGE_ROWS) {
            let (mut shared, mut lengths, mut rest) = (Vec::new(), Vec::new(), Vec::new());
            let mut before: &[u8] = b"";
            for &row in page {
                let text = of(row).as_bytes();
                let same = before.iter().zip(text).take_while(|(a, b)| a == b).count();
                shared.push(same as i64);
                lengths.push((text.len() - same) as i64);
                rest.extend_from_slice(&text[same..]);
                before = text;
            }
            let mut bytes = Vec::new();
            encode_differences(&shared, &mut bytes);
            encode_differences(&lengths, &mut bytes);
            bytes.extend_from_slice(&rest);
            chunk.push_page(bytes, page.len(), Encoding::DELTA_BYTE_ARRAY)?;
        }
        self.end(chunk, None)
    }
}

/// Definition levels of a page: whether each row has a value.
fn push_levels(present: impl Iterator<Item = bool>, bytes: &mut Vec<u8>) {
    let levels: Vec<u32> = present.map(u32::from).collect();
    let mut packed = Vec::new();
    encode_codes(&levels, 1, &mut packed);
    // The first byte is the width, which levels do not state.
    bytes.extend_from_slice(&(packed.len() as u32 - 1).to_le_bytes());
    bytes.extend_from_slice(&packed[1..]);
}

/// The different values in order and each row's place among them, where they are few.
fn coded(values: &[i64], there: &impl Fn(usize) -> bool) -> Option<(Vec<i64>, Vec<u32>)> {
    let mut known: FxHashMap<i64, u32> = FxHashMap::default();
    let mut codes = Vec::with_capacity(values.len());
    for (at, &value) in values.iter().enumerate() {
        if !there(at) {
            codes.push(0);
            continue;
        }
        let next = known.len() as u32;
        codes.push(*known.entry(value).or_insert(next));
        if known.len() > MOST_CODED {
            return None;
        }
    }
    let mut dictionary: Vec<(i64, u32)> = known.into_iter().collect();
    dictionary.sort_unstable();
    let mut places = vec![0; dictionary.len()];
    for (place, (_, code)) in dictionary.iter().enumerate() {
        places[*code as usize] = place as u32;
    }
    if !places.is_empty() {
        for code in &mut codes {
            *code = places[*code as usize];
        }
    }
    Some((
        dictionary.into_iter().map(|(value, _)| value).collect(),
        codes,
    ))
}
