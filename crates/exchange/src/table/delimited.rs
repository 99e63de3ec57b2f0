//! Cuts text into records and fields, with quotes, quoted line ends and line numbers. Unlike the
//! usual parsers it refuses a quote that is never closed: that is how a cut-off file looks. Knows
//! no columns.

use memchr::{memchr, memchr_iter, memchr2};

/// The fields of one record, reused from record to record.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// Byte ranges, in the text or, where `unescaped` says so, in `scratch`.
    spans: Vec<Span>,
    scratch: String,
    /// The 1-based line where the record begins.
    pub line: usize,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    end: usize,
    unescaped: bool,
}

impl Fields {
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    pub fn get<'a>(&'a self, text: &'a str, field: usize) -> &'a str {
        let Span {
            start,
            end,
            unescaped,
        } = self.spans[field];
        if unescaped {
            &self.scratch[start..end]
        } else {
            &text[start..end]
        }
    }

    pub fn iter<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        (0..self.len()).map(move |field| self.get(text, field))
    }
}

/// What is wrong with the text, and the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    QuoteOpen(usize),
    QuoteText(usize),
    /// More fields than a table has columns.
    TooWide(usize),
}

/// Goes through the records of a text. Blank lines are no records.
#[derive(Debug)]
pub(super) struct Records<'a> {
    text: &'a str,
    delimiter: u8,
    line_end: u8,
    at: usize,
    line: usize,
}

impl<'a> Records<'a> {
    /// The delimiter is ASCII. A text without any `\n` has its lines ended by `\r`.
    pub fn new(text: &'a str, delimiter: u8) -> Self {
        let line_end = if memchr(b'\n', text.as_bytes()).is_some() {
            b'\n'
        } else {
            b'\r'
        };
        Records {
            text,
            delimiter,
            line_end,
            at: 0,
            line: 1,
        }
    }

    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Reads the next record into `fields`; `false` at the end.
    pub fn next(&mut self, fields: &mut Fields) -> Result<bool, Flaw> {
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() && matches!(bytes[self.at], b' ' | b'\r' | b'\n') {
            let end = memchr(self.line_end, &bytes[self.at..]).map_or(bytes.len(), |n| self.at + n);
            if !bytes[self.at..end]
                .iter()
                .all(|b| matches!(b, b' ' | b'\r'))
            {
                break;
            }
            self.at = end + 1;
            self.line += 1;
        }
        if self.at >= bytes.len() {
            return Ok(false);
        }
        fields.spans.clear();
        fields.scratch.clear();
        fields.line = self.line;
        loop {
            let more = match bytes.get(self.at) {
                Some(b'"') => self.quoted(fields)?,
                _ => self.plain(fields),
            };
            if !more {
                return Ok(true);
            }
            if fields.spans.len() >= super::MOST_COLUMNS {
                return Err(Flaw::TooWide(fields.line));
            }
        }
    }

    /// Reads a field without quotes; whether the record goes on.
    fn plain(&mut self, fields: &mut Fields) -> bool {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let stop = memchr2(self.delimiter, self.line_end, &bytes[start..]);
        let end = stop.map_or(bytes.len(), |n| start + n);
        let more = stop.is_some() && bytes[end] == self.delimiter;
        self.at = end + 1;
        let mut last = end;
        if !more {
            self.line += 1;
            if last > start && bytes[last - 1] == b'\r' {
                last -= 1;
            }
        }
        fields.spans.push(Span {
            start,
            end: last,
            unescaped: false,
        });
        more
    }

    /// Reads a field that begins with a quote; whether the record goes on.
    fn quoted(&mut self, fields: &mut Fields) -> Result<bool, Flaw> {
        let bytes = self.text.as_bytes();
        let opened = self.line;
        let start = self.at + 1;
        let scratch_start = fields.scratch.len();
        let (mut from, mut unescaped) = (start, false);
        let close = loop {
            let Some(n) = memchr(b'"', &bytes[from..]) else {
                return Err(Flaw::QuoteOpen(opened));
            };
            let quote = from + n;
            self.line += memchr_iter(self.line_end, &bytes[from..quote]).count();
            if bytes.get(quote + 1) != Some(&b'"') {
                if unescaped {
                    fields.scratch.push_str(&self.text[from..quote]);
                }
                break quote;
            }
            unescaped = true;
            fields.scratch.push_str(&self.text[from..=quote]);
            from = quote + 2;
        };
        fields.spans.push(if unescaped {
            Span {
                start: scratch_start,
                end: fields.scratch.len(),
                unescaped,
            }
        } else {
            Span {
                start,
                end: close,
                unescaped,
            }
        });
        let stop = memchr2(self.delimiter, self.line_end, &bytes[close + 1..]);
        let end = stop.map_or(bytes.len(), |n| close + 1 + n);
        if !bytes[close + 1..end]
            .iter()
            .all(|b| matches!(b, b' ' | b'\t' | b'\r'))
        {
            return Err(Flaw::QuoteText(self.line));
        }
        self.at = end + 1;
        let more = stop.is_some() && bytes[end] == self.delimiter;
        if !more {
            self.line += 1;
        }
        Ok(more)
    }
}

/// The delimiters that are looked for.
pub(super) const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// How much of a text is looked at to find its delimiter.
const SAMPLE_BYTES: usize = 1 << 16;
const SAMPLE_RECORDS: usize = 40;

/// Finds the delimiter: the one under which some record has the most of the wanted columns, else
/// the one under which the most records have the same number of fields, two or more.
pub(super) fn find_delimiter(text: &str, wanted: &[String]) -> u8 {
    let mut end = text.len().min(SAMPLE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let sample = &text[..end];
    let score = |delimiter: u8| {
        let mut records = Records::new(sample, delimiter);
        let mut fields = Fields::default();
        let (mut widths, mut hits) = (Vec::new(), 0);
        while widths.len() < SAMPLE_RECORDS && records.next(&mut fields) == Ok(true) {
            let names = fields.iter(sample).filter(|name| {
                let name = super::columns::trim(name);
                wanted.iter().any(|wanted| wanted == name)
            });
            hits = hits.max(names.count());
            widths.push(fields.len());
        }
        let mut common: Vec<_> = widths.iter().filter(|&&width| width > 1).copied().collect();
        common.sort_unstable();
        let best = common
            .chunk_by(|a, b| a == b)
            .map(|run| (run.len(), run[0]))
            .max();
        (hits, best.unwrap_or((0, 0)))
    };
    let mut best = (b',', score(b','));
    for &delimiter in &DELIMITERS[1..] {
        let other = score(delimiter);
        if other > best.1 {
            best = (delimiter, other);
        }
    }
    best.0
}

/// A delimiter that a header of one field seems to have been written with.
pub(super) fn likely_delimiter(header: &str, used: u8) -> Option<char> {
    [',', '\t', ';', '|', '，', '；', '、', ':', '^', '~']
        .into_iter()
        .filter(|&mark| mark != char::from(used))
        .map(|mark| (header.matches(mark).count(), mark))
        .filter(|&(count, _)| count > 0)
        .max_by_key(|&(count, _)| count)
        .map(|(_, mark)| mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str, delimiter: u8) -> Result<Vec<(usize, Vec<String>)>, Flaw> {
        let mut records = Records::new(text, delimiter);
        let mut fields = Fields::default();
        let mut out = Vec::new();
        while records.next(&mut fields)? {
            out.push((fields.line, fields.iter(text).map(str::to_owned).collect()));
        }
        Ok(out)
    }

    fn check(text: &str, expected: &[(usize, &[&str])]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(line, fields)| (*line, fields.iter().map(|&f| f.to_owned()).collect()))
            .collect();
        assert_eq!(all(text, b','), Ok(expected), "{text:?}");
    }

    #[test]
    fn records_and_lines() {
        check("a,b\n1,2\n", &[(1, &["a", "b"]), (2, &["1", "2"])]);
        check("a,b\r\n\r\n1,\r\n", &[(1, &["a", "b"]), (3, &["1", ""])]);
        check("a\r1\r", &[(1, &["a"]), (2, &["1"])]);
        check("a,\"x\ny\"\n1,2", &[(1, &["a", "x\ny"]), (3, &["1", "2"])]);
        check("\"a\"\"b\",c\n", &[(1, &["a\"b", "c"])]);
        check("5\" pipe,\"\"\n", &[(1, &["5\" pipe", ""])]);
        check(",\n", &[(1, &["", ""])]);
        check("", &[]);
    }

    #[test]
    fn flaws_name_the_line() {
        assert_eq!(all("a,b\n1,\"x\n2,3\n", b','), Err(Flaw::QuoteOpen(2)));
        assert_eq!(all("a\n\"x\"y\n", b','), Err(Flaw::QuoteText(2)));
    }

    #[test]
    fn delimiters_are_found() {
        let find = |text: &str| char::from(find_delimiter(text, &[]));
        assert_eq!(find("a,b\n1,2\n"), ',');
        assert_eq!(find("a;b\n1,5;2\n3;4,5\n"), ';');
        assert_eq!(find("a\tb\n\"1,5\"\t2\n"), '\t');
        assert_eq!(find("a|b|c\n1|2|3\n"), '|');
        assert_eq!(find("a\n1\n"), ',');
        assert_eq!(
            char::from(find_delimiter("x;y\n1,2,3;4\n1,2,3;4\n", &["y".into()])),
            ';'
        );
    }

    proptest! {
        #[test]
        fn agrees_with_the_csv_crate(
            rows in prop::collection::vec(prop::collection::vec("[a,\"\n; 华]{0,5}", 2..4), 1..6),
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let read: Vec<_> = all(&text, b',').unwrap().into_iter().map(|(_, row)| row).collect();
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn no_text_panics(text in "[a,\"\r\n华 ]{0,40}") {
            let _ = all(&text, b',');
        }
    }
}
