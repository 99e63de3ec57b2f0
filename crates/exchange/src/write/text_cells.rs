//! Cells as CSV and JSON. A row is pieces put one after the other: what stands for a text is made
//! once per dictionary entry, and only amounts are written anew.

use std::io::Write;

use fenjie_money::Step;

use super::cells::{CellBatch, CellFormat, CellSchema, Texts};
use super::decimal::push_amount;
use super::{AtomicFile, WriteError};

/// When so much has gathered it is handed on.
const FLUSH_BYTES: usize = 1 << 18;

pub(super) struct TextCells {
    file: AtomicFile,
    out: Vec<u8>,
    row_start: &'static [u8],
    texts: Vec<Pieces>,
    amounts: Vec<AmountPieces>,
    ends: Ends,
    is_first: bool,
}

/// What stands before the first row, between rows and after the last.
struct Ends {
    between: &'static [u8],
    last: &'static [u8],
}

/// For each code its bytes in the row, marks included.
struct Pieces {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Pieces {
    #[inline]
    fn get(&self, code: u32) -> &[u8] {
        let code = code as usize;
        &self.bytes[self.ends[code]..self.ends[code + 1]]
    }
}

struct AmountPieces {
    before: Vec<u8>,
    after: Vec<u8>,
    step: Step,
}

impl TextCells {
    pub fn begin(
        file: AtomicFile,
        format: CellFormat,
        schema: &CellSchema,
    ) -> Result<TextCells, WriteError> {
        let mut out = Vec::with_capacity(FLUSH_BYTES + (FLUSH_BYTES >> 2));
        let is_csv = format == CellFormat::Csv;
        if is_csv {
            if !file.is_stdout() {
                out.extend_from_slice(b"\xef\xbb\xbf");
            }
            push_csv_header(schema, &mut out);
        }
        let (ends, row_start): (_, &[u8]) = match format {
            CellFormat::Json => {
                out.extend_from_slice(b"[\n");
                (
                    Ends {
                        between: b",\n",
                        last: b"\n]\n",
                    },
                    b"{",
                )
            }
            CellFormat::Csv => (
                Ends {
                    between: b"\n",
                    last: b"\n",
                },
                b"",
            ),
            _ => (
                Ends {
                    between: b"\n",
                    last: b"\n",
                },
                b"{",
            ),
        };
        let columns = schema.texts.len() + schema.amounts.len();
        let texts = schema.texts.iter().enumerate().map(|(index, column)| {
            let is_last = index + 1 == columns;
            pieces(&column.dictionary, |text, bytes| {
                if is_csv {
                    push_csv_text(text, bytes);
                } else {
                    push_json_key(&column.name, bytes);
                    push_json_text(text, bytes);
                }
                bytes.extend_from_slice(mark_after(is_csv, is_last));
            })
        });
        let amounts = schema.amounts.iter().enumerate().map(|(index, column)| {
            let is_last = schema.texts.len() + index + 1 == columns;
            let (mut before, mut after) = (Vec::new(), Vec::new());
            if !is_csv {
                push_json_key(&column.name, &mut before);
                before.push(b'"');
                after.push(b'"');
            }
            after.extend_from_slice(mark_after(is_csv, is_last));
            AmountPieces {
                before,
                after,
                step: column.step,
            }
        });
        let (texts, amounts) = (texts.collect(), amounts.collect());
        Ok(TextCells {
            file,
            out,
            row_start,
            texts,
            amounts,
            ends,
            is_first: true,
        })
    }

    pub fn write(&mut self, schema: &CellSchema, batch: CellBatch<'_>) -> Result<(), WriteError> {
        debug_assert_eq!(schema.texts.len(), self.texts.len());
        let leading = self.texts.len().saturating_sub(1);
        // Cells come in the order of their axes, so all texts but the last mostly repeat: they
        // are copied from the row before in one go.
        let mut copied: Option<(usize, usize)> = None;
        for row in 0..batch.rows() {
            if !self.is_first {
                self.out.extend_from_slice(self.ends.between);
            }
            self.is_first = false;
            let start = self.out.len();
            let repeats = row > 0
                && batch.text_codes[..leading]
                    .iter()
                    .all(|codes| codes[row] == codes[row - 1]);
            match copied {
                Some((from, to)) if repeats => self.out.extend_from_within(from..to),
                _ => {
                    self.out.extend_from_slice(self.row_start);
                    for (pieces, codes) in self.texts[..leading].iter().zip(batch.text_codes) {
                        self.out.extend_from_slice(pieces.get(codes[row]));
                    }
                }
            }
            copied = Some((start, self.out.len()));
            if let (Some(pieces), Some(codes)) = (self.texts.last(), batch.text_codes.last()) {
                self.out.extend_from_slice(pieces.get(codes[row]));
            }
            for (pieces, counts) in self.amounts.iter().zip(batch.amounts) {
                self.out.extend_from_slice(&pieces.before);
                push_amount(&mut self.out, counts[row], pieces.step);
                self.out.extend_from_slice(&pieces.after);
            }
            if self.out.len() >= FLUSH_BYTES {
                self.hand_on()?;
                copied = None;
            }
        }
        Ok(())
    }

    pub fn finish(mut self) -> Result<(), WriteError> {
        let last = match self.is_first {
            // An empty array closes on its own line; an empty table has no line to end.
            true if self.ends.between == b",\n" => &b"]\n"[..],
            true => b"",
            false => self.ends.last,
        };
        self.out.extend_from_slice(last);
        self.hand_on()?;
        self.file.commit()
    }

    fn hand_on(&mut self) -> Result<(), WriteError> {
        let written = self.file.write_all(&self.out);
        self.out.clear();
        written.map_err(|error| WriteError::unwritable(self.file.path(), error))
    }
}

fn mark_after(is_csv: bool, is_last: bool) -> &'static [u8] {
    match (is_csv, is_last) {
        (true, true) => b"",
        (_, false) => b",",
        (false, true) => b"}",
    }
}

fn pieces(dictionary: &Texts, mut push: impl FnMut(&str, &mut Vec<u8>)) -> Pieces {
    let mut pieces = Pieces {
        bytes: Vec::new(),
        ends: Vec::with_capacity(dictionary.len() + 1),
    };
    pieces.ends.push(0);
    for text in dictionary.iter() {
        push(text, &mut pieces.bytes);
        pieces.ends.push(pieces.bytes.len());
    }
    pieces
}

fn push_csv_header(schema: &CellSchema, out: &mut Vec<u8>) {
    let texts = schema.texts.iter().map(|column| &column.name);
    let names = texts.chain(schema.amounts.iter().map(|column| &column.name));
    for (index, name) in names.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        push_csv_text(name, out);
    }
    out.push(b'\n');
}

/// A text as a CSV field. One that a spreadsheet program would take for a formula gets an
/// apostrophe in front; quotes would not help, for they are gone before the program looks. The
/// reader of tables takes exactly that apostrophe off again.
///
/// ```
/// let mut out = Vec::new();
/// fenjie_exchange::write::push_csv_text("=1+1, \"2\"", &mut out);
/// assert_eq!(out, b"\"'=1+1, \"\"2\"\"\"");
/// ```
pub fn push_csv_text(text: &str, out: &mut Vec<u8>) {
    let guard = crate::text_guard::needs_guard(text);
    let quoted =
        text.contains(['"', ',', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ');
    if quoted {
        out.push(b'"');
    }
    if guard {
        out.push(b'\'');
    }
    if quoted {
        for (index, part) in text.split('"').enumerate() {
            if index > 0 {
                out.extend_from_slice(b"\"\"");
            }
            out.extend_from_slice(part.as_bytes());
        }
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

fn push_json_key(name: &str, out: &mut Vec<u8>) {
    push_json_text(name, out);
    out.push(b':');
}

fn push_json_text(text: &str, out: &mut Vec<u8>) {
    serde_json::to_writer(out, text).expect("a string is written as JSON to memory");
}
