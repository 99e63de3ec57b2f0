//! A column chunk of a Parquet file, put together page by page in memory. Knows no columns of ours.

use std::io::Write as _;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, PageType};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::Result as ParquetResult;
use parquet::file::metadata::{ColumnChunkMetaData, PageEncodingStats};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

/// A column chunk in memory, its offsets counted from its own start.
pub struct Chunk {
    described: ColumnDescPtr,
    sink: TrackedWrite<Vec<u8>>,
    rows: usize,
    unpacked: usize,
    dictionary_at: Option<i64>,
    pages_at: Option<i64>,
    stats: Vec<PageEncodingStats>,
}

impl Chunk {
    /// An empty chunk of so many rows.
    pub fn new(described: ColumnDescPtr, rows: usize) -> Chunk {
        Chunk {
            described,
            sink: TrackedWrite::new(Vec::new()),
            rows,
            unpacked: 0,
            dictionary_at: None,
            pages_at: None,
            stats: Vec::new(),
        }
    }

    /// Adds the dictionary, plainly encoded; it comes before all pages.
    ///
    /// # Errors
    /// Where the page cannot be encoded.
    pub fn push_dictionary(&mut self, bytes: Vec<u8>, texts: usize) -> ParquetResult<()> {
        self.dictionary_at = Some(0);
        let len = bytes.len();
        let page = Page::DictionaryPage {
            buf: bytes.into(),
            num_values: texts as u32,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        self.push(page, len, PageType::DICTIONARY_PAGE, Encoding::PLAIN)
    }

    /// Adds a page of values.
    ///
    /// # Errors
    /// Where the page cannot be encoded.
    pub fn push_page(
        &mut self,
        bytes: Vec<u8>,
        rows: usize,
        encoding: Encoding,
    ) -> ParquetResult<()> {
        let at = self.sink.bytes_written() as i64;
        self.pages_at.get_or_insert(at);
        let len = bytes.len();
        let page = Page::DataPage {
            buf: bytes.into(),
            num_values: rows as u32,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        self.push(page, len, PageType::DATA_PAGE, encoding)
    }

    fn push(
        &mut self,
        page: Page,
        len: usize,
        page_type: PageType,
        encoding: Encoding,
    ) -> ParquetResult<()> {
        let spec =
            SerializedPageWriter::new(&mut self.sink).write_page(CompressedPage::new(page, len))?;
        self.unpacked += spec.uncompressed_size;
        match self.stats.last_mut() {
            Some(last) if last.page_type == page_type => last.count += 1,
            _ => self.stats.push(PageEncodingStats {
                page_type,
                encoding,
                count: 1,
            }),
        }
        Ok(())
    }

    /// The chunk's bytes and what the footer says of it.
    ///
    /// # Errors
    /// Where the footer's part cannot be made.
    pub fn finish(
        mut self,
        statistics: Option<Statistics>,
    ) -> ParquetResult<(Bytes, ColumnCloseResult)> {
        self.sink.flush()?;
        let bytes = Bytes::from(self.sink.into_inner()?);
        let mut encodings = vec![Encoding::RLE];
        encodings.extend(self.stats.iter().map(|stat| stat.encoding));
        let mut metadata = ColumnChunkMetaData::builder(self.described)
            .set_compression(Compression::UNCOMPRESSED)
            .set_encodings(encodings)
            .set_page_encoding_stats(self.stats)
            .set_num_values(self.rows as i64)
            .set_total_compressed_size(bytes.len() as i64)
            .set_total_uncompressed_size(self.unpacked as i64)
            .set_data_page_offset(self.pages_at.unwrap_or(0))
            .set_dictionary_page_offset(self.dictionary_at);
        if let Some(statistics) = statistics {
            metadata = metadata.set_statistics(statistics);
        }
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: self.rows as u64,
            metadata: metadata.build()?,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        Ok((bytes, close))
    }
}
