//! Reads a segment by row group, column and page. Must not know what the columns are added up to.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Buf, Bytes};
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageReader};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::file::statistics::Statistics;

use fenjie_exchange::table::guarded;

use super::decode::{self, Fault};
use crate::error::FactsError;

/// An open segment.
#[derive(Clone, Debug)]
pub(crate) struct SegmentFile {
    path: Arc<PathBuf>,
    metadata: Arc<ParquetMetaData>,
}

impl SegmentFile {
    pub(crate) fn open(path: &Path) -> Result<SegmentFile, FactsError> {
        let file = File::open(path).map_err(|error| FactsError::io(path, &error))?;
        let metadata = careful(|| ParquetMetaDataReader::new().parse_and_finish(&file));
        let metadata = metadata.map_err(|error| FactsError::damaged(path, error))?;
        Ok(SegmentFile {
            path: Arc::new(path.to_owned()),
            metadata: Arc::new(metadata),
        })
    }

    pub(crate) fn damaged(&self, reason: impl std::fmt::Display) -> FactsError {
        FactsError::damaged(&self.path, reason)
    }

    /// The names of the columns.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        let schema = self.metadata.file_metadata().schema_descr();
        schema.columns().iter().map(|column| column.name())
    }

    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.columns().position(|known| known == name)
    }

    pub(crate) fn groups(&self) -> usize {
        self.metadata.num_row_groups()
    }

    pub(crate) fn group_rows(&self, group: usize) -> usize {
        usize::try_from(self.metadata.row_group(group).num_rows()).unwrap_or(0)
    }

    /// What the footer says of a measure's step.
    pub(crate) fn step(&self, measure: &str) -> Option<&str> {
        let notes = self.metadata.file_metadata().key_value_metadata()?;
        let key = format!("fenjie.step.{measure}");
        notes.iter().find(|note| note.key == key)?.value.as_deref()
    }

    /// The least and the greatest number of a column in a row group.
    pub(crate) fn numbers_within(&self, group: usize, column: usize) -> Option<(i64, i64)> {
        match self.metadata.row_group(group).column(column).statistics()? {
            Statistics::Int32(of) => Some((i64::from(*of.min_opt()?), i64::from(*of.max_opt()?))),
            Statistics::Int64(of) => Some((*of.min_opt()?, *of.max_opt()?)),
            _ => None,
        }
    }

    /// The first and the last text of a column in a row group, by their bytes.
    pub(crate) fn texts_within(&self, group: usize, column: usize) -> Option<(&[u8], &[u8])> {
        match self.metadata.row_group(group).column(column).statistics()? {
            Statistics::ByteArray(of) => Some((of.min_bytes_opt()?, of.max_bytes_opt()?)),
            _ => None,
        }
    }

    /// A column of a row group; `file` is this segment, opened by the thread that reads.
    pub(crate) fn chunk(
        &self,
        file: &mut File,
        group: usize,
        column: usize,
    ) -> Result<Chunk<'_>, FactsError> {
        let described = self.metadata.row_group(group).column(column);
        let (start, len) = described.byte_range();
        let fits = file
            .metadata()
            .is_ok_and(|found| start.saturating_add(len) <= found.len());
        if !fits {
            return Err(self.damaged("the file ends early"));
        }
        let mut bytes = vec![0; len as usize];
        file.seek(SeekFrom::Start(start))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(|error| FactsError::io(&self.path, &error))?;
        let piece = Piece {
            start,
            bytes: Bytes::from(bytes),
        };
        let rows = self.group_rows(group);
        let pages = careful(|| SerializedPageReader::new(Arc::new(piece), described, rows, None));
        let pages = pages.map_err(|error| self.damaged(error))?;
        let column = described.column_descr();
        let mut chunk = Chunk {
            segment: self,
            pages,
            dictionary: None,
            wide: if column.physical_type() == parquet::basic::Type::INT32 {
                4
            } else {
                8
            },
            optional: column.max_def_level() > 0,
        };
        chunk.read_dictionary()?;
        Ok(chunk)
    }

    /// Opens the file for [`SegmentFile::chunk`].
    pub(crate) fn file(&self) -> Result<File, FactsError> {
        File::open(&*self.path).map_err(|error| FactsError::io(&self.path, &error))
    }
}

/// A column of a row group.
pub(crate) struct Chunk<'s> {
    segment: &'s SegmentFile,
    pages: SerializedPageReader<Piece>,
    dictionary: Option<(Bytes, usize)>,
    /// Bytes of a plain number.
    wide: usize,
    optional: bool,
}

impl Chunk<'_> {
    fn read_dictionary(&mut self) -> Result<(), FactsError> {
        let damaged = |error: ParquetError| self.segment.damaged(error);
        let first = careful(|| self.pages.peek_next_page()).map_err(damaged)?;
        if first.is_some_and(|page| page.is_dict)
            && let Some(Page::DictionaryPage {
                buf, num_values, ..
            }) = careful(|| self.pages.get_next_page()).map_err(damaged)?
        {
            self.dictionary = Some((buf, num_values as usize));
        }
        Ok(())
    }

    /// How many entries the dictionary has; 0 where there is none.
    pub(crate) fn entries(&self) -> usize {
        self.dictionary.as_ref().map_or(0, |(_, count)| *count)
    }

    /// Visits the texts of the dictionary in their order.
    pub(crate) fn each_text(&self, visit: impl FnMut(usize, &str)) -> Result<(), FactsError> {
        let Some((bytes, count)) = &self.dictionary else {
            return Ok(());
        };
        decode::plain_texts(bytes, *count, visit).map_err(|fault| self.segment.damaged(fault))
    }

    /// The numbers of the dictionary; none where the column has none.
    pub(crate) fn dictionary_numbers(&self) -> Result<Option<Vec<i64>>, FactsError> {
        let Some((bytes, count)) = &self.dictionary else {
            return Ok(None);
        };
        let numbers = decode::plain_numbers(bytes, self.wide, *count);
        numbers
            .map(Some)
            .map_err(|fault| self.segment.damaged(fault))
    }

    /// Passes over a page.
    pub(crate) fn skip(&mut self) -> Result<(), FactsError> {
        let skipped = careful(|| self.pages.skip_next_page());
        skipped.map_err(|error| self.segment.damaged(error))
    }

    /// The codes of the next page, which must have so many rows.
    pub(crate) fn codes(&mut self, rows: usize, out: &mut Vec<u32>) -> Result<(), FactsError> {
        let (bytes, encoding) = self.page(rows)?;
        let limit = self.entries();
        out.clear();
        match encoding {
            Encoding::RLE_DICTIONARY => decode::codes(&bytes, rows, limit, out),
            _ => Err("a page is not coded"),
        }
        .map_err(|fault| self.segment.damaged(fault))
    }

    /// The numbers of the next page, 0 where a row has none; `present` tells them apart where some
    /// row has none, else it is empty.
    pub(crate) fn numbers(
        &mut self,
        rows: usize,
        dictionary: Option<&[i64]>,
        out: &mut Vec<i64>,
        present: &mut Vec<bool>,
    ) -> Result<(), FactsError> {
        let (bytes, encoding) = self.page(rows)?;
        out.clear();
        present.clear();
        let read = if self.optional {
            optional_numbers(&bytes, rows, encoding, dictionary, out, present)
        } else {
            some_numbers(&bytes, rows, encoding, dictionary, out)
        };
        read.map_err(|fault| self.segment.damaged(fault))
    }

    /// The texts of the next page, which has no dictionary.
    pub(crate) fn plain_texts(
        &mut self,
        rows: usize,
        out: &mut Vec<Box<str>>,
    ) -> Result<(), FactsError> {
        let (bytes, encoding) = self.page(rows)?;
        match encoding {
            Encoding::DELTA_BYTE_ARRAY => decode::shared_texts(&bytes, rows, out),
            _ => Err("a page has an encoding of others"),
        }
        .map_err(|fault| self.segment.damaged(fault))
    }

    fn page(&mut self, rows: usize) -> Result<(Bytes, Encoding), FactsError> {
        let page = careful(|| self.pages.get_next_page());
        match page.map_err(|error| self.segment.damaged(error))? {
            Some(Page::DataPage {
                buf,
                num_values,
                encoding,
                ..
            }) if num_values as usize == rows => Ok((buf, encoding)),
            _ => Err(self
                .segment
                .damaged("its pages do not begin at the same rows")),
        }
    }
}

fn some_numbers(
    bytes: &[u8],
    rows: usize,
    encoding: Encoding,
    dictionary: Option<&[i64]>,
    out: &mut Vec<i64>,
) -> Result<(), Fault> {
    match (encoding, dictionary) {
        (Encoding::RLE_DICTIONARY, Some(dictionary)) => {
            let mut codes = Vec::with_capacity(rows);
            decode::codes(bytes, rows, dictionary.len(), &mut codes)?;
            out.extend(codes.iter().map(|&code| dictionary[code as usize]));
            Ok(())
        }
        (Encoding::DELTA_BINARY_PACKED, _) => decode::differences(bytes, rows, out).map(|_| ()),
        _ => Err("a page has an encoding of others"),
    }
}

fn optional_numbers(
    bytes: &[u8],
    rows: usize,
    encoding: Encoding,
    dictionary: Option<&[i64]>,
    out: &mut Vec<i64>,
    present: &mut Vec<bool>,
) -> Result<(), Fault> {
    let short = "a page ends early";
    let len = bytes.get(..4).ok_or(short)?;
    let len = u32::from_le_bytes(len.try_into().expect("four bytes")) as usize;
    let mut levels = Vec::with_capacity(rows);
    let runs = bytes.get(4..4 + len).ok_or(short)?;
    decode::run_codes(runs, 1, rows, &mut levels)?;
    let count = levels.iter().filter(|&&level| level > 0).count();
    let mut values = Vec::with_capacity(count);
    some_numbers(&bytes[4 + len..], count, encoding, dictionary, &mut values)?;
    let mut values = values.into_iter();
    for level in levels {
        present.push(level > 0);
        out.push(if level > 0 {
            values.next().unwrap_or(0)
        } else {
            0
        });
    }
    Ok(())
}

/// Calls the reader of the format, which may panic at hostile bytes.
fn careful<T>(read: impl FnOnce() -> ParquetResult<T>) -> ParquetResult<T> {
    let broken = || ParquetError::General("its structure cannot be followed".into());
    guarded(read).unwrap_or_else(|| Err(broken()))
}

/// Some bytes of a file, found by their places in it.
struct Piece {
    start: u64,
    bytes: Bytes,
}

impl Piece {
    fn from(&self, start: u64) -> ParquetResult<Bytes> {
        let from = start.checked_sub(self.start).map(|from| from as usize);
        match from.filter(|from| *from <= self.bytes.len()) {
            Some(from) => Ok(self.bytes.slice(from..)),
            None => Err(ParquetError::EOF("a page lies elsewhere".into())),
        }
    }
}

impl Length for Piece {
    fn len(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl ChunkReader for Piece {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(self.from(start)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let bytes = self.from(start)?;
        if bytes.len() < length {
            return Err(ParquetError::EOF("a page ends early".into()));
        }
        Ok(bytes.slice(..length))
    }
}
