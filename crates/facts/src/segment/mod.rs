//! Segments: the lines of one import as an immutable Parquet file, ordered so that one store's lines
//! lie together. Must not know which segments count.

pub(crate) mod columns;
pub(crate) mod decode;
pub(crate) mod order;
pub(crate) mod read;
pub(crate) mod whole;
pub(crate) mod write;

/// Rows of a row group.
pub(crate) const GROUP_ROWS: usize = 1 << 17;
/// Rows of a page; the pages of all columns begin at the same rows.
pub(crate) const PAGE_ROWS: usize = 1 << 13;
/// The most lines of one segment.
pub(crate) const MOST_ROWS: u64 = 1 << 31;

/// Names of the columns that every plan has.
pub(crate) const DATE: &str = "date";
/// Minutes since midnight.
pub(crate) const MINUTE: &str = "minute";
/// The customer.
pub(crate) const CUSTOMER: &str = "customer";
/// The external id.
pub(crate) const EXTERNAL_ID: &str = "external_id";
/// The share of a shared sale in millionths.
pub(crate) const CREDIT: &str = "credit";
/// The row of the file.
pub(crate) const SOURCE_ROW: &str = "row";
/// The import, in segments that hold several.
pub(crate) const IMPORT: &str = "import";
const OWN: [&str; 7] = [
    DATE,
    MINUTE,
    CUSTOMER,
    EXTERNAL_ID,
    CREDIT,
    SOURCE_ROW,
    IMPORT,
];

/// The column of a dimension.
pub(crate) fn axis_column(code: &str) -> String {
    format!("axis.{code}")
}

/// The column of a measure: its code, unless the name is taken.
pub(crate) fn measure_column(code: &str) -> String {
    if OWN.contains(&code) || code.starts_with("axis.") || code.starts_with("measure.") {
        format!("measure.{code}")
    } else {
        code.to_owned()
    }
}

/// The measure of a column, if it is one.
pub(crate) fn measure_of(column: &str) -> Option<&str> {
    if OWN.contains(&column) || column.starts_with("axis.") {
        return None;
    }
    Some(column.strip_prefix("measure.").unwrap_or(column))
}
