//! What is known of an import: asked for, recorded, answered. Knows no file.

/// Where the lines of an import come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportMeta {
    /// The file's name, as people know it.
    pub file: String,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// How its columns were read, as a text; the same file read otherwise is another import.
    pub mapping: String,
    /// Rows of the file that were refused and left out.
    pub refused: u64,
}

/// An import in the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRecord {
    /// Its number: that of its line in the manifest.
    pub number: u64,
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    pub who: Option<String>,
    /// Why.
    pub why: Option<String>,
    /// Where its lines come from.
    pub meta: ImportMeta,
    /// Its lines.
    pub lines: u64,
    /// Of these, lines of an external id that was there already with the same content.
    pub repeated: u64,
    /// Lines of earlier imports whose external id got other content.
    pub replaced: u64,
    /// The days of its first and last line, as days since 1970-01-01.
    pub days: Option<(i32, i32)>,
    /// Sums in steps: measure code and the sum over its lines, repeated ones too.
    pub sums: Vec<(String, i128)>,
    /// Whether it counts: not undone.
    pub in_effect: bool,
}

/// What adding an import did, or would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The import's number; of a file that is there already, the earlier import's.
    pub number: u64,
    /// Whether the same file, read in the same way, is in effect already: nothing was done.
    pub already: bool,
    /// Its lines.
    pub lines: u64,
    /// Lines of an external id that was there already with the same content: not counted again.
    pub repeated: u64,
    /// Lines of earlier imports whose external id got other content: they count no longer.
    pub replaced: u64,
}

/// What putting segments together did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Segments that are one now; 0 where nothing was to be done.
    pub segments: usize,
    /// Its lines.
    pub lines: u64,
    /// Bytes before and after.
    pub bytes_before: u64,
    /// Bytes of the new segment and what lies beside it.
    pub bytes_after: u64,
}

/// What was checked, all of it found as it was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Lines of the manifest.
    pub entries: usize,
    /// Files whose bytes were read again.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Sales lines.
    pub lines: u64,
}

/// Which lines to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFilter {
    /// For each dimension the node whose lines are wanted; the root is all of them;
    /// [`fenjie_track::UNASSIGNED`] those with an unknown member there.
    pub within: Vec<u32>,
    /// Nodes of the time axis; empty for every day, those outside the plan too.
    pub periods: Vec<u32>,
    /// The last day that counts.
    pub until: Option<fenjie_calendar::Date>,
}

/// A sales line as it was brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalesLine {
    /// The import it came with; 0 where the lines are not stored.
    pub import: u64,
    /// The row of its file, counted as people see it.
    pub source_row: u32,
    /// The day.
    pub date: fenjie_calendar::Date,
    /// Minutes since midnight.
    pub minute: Option<u16>,
    /// For each dimension of the plan the member's code or the text of the file.
    pub members: Vec<String>,
    /// For each measure of the plan the value in steps, where the line has one.
    pub values: Vec<Option<i64>>,
    /// The customer; empty for none.
    pub customer: String,
    /// The external id; empty for none.
    pub external_id: String,
    /// The share of a shared sale in millionths.
    pub credit: Option<u32>,
}

/// Lines that were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundLines {
    /// The first of them, by day, import and row.
    pub lines: Vec<SalesLine>,
    /// How many there are.
    pub count: u64,
}
