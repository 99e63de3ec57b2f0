//! Sales lines as columns, between the importer that checks them and the segment they are written to.
//! Knows no file.

/// Sales lines of one import: row `i` of every column is one line. A sale credited to several people
/// is several lines that share its external id and source row.
#[derive(Clone, Debug, Default)]
pub struct SalesLines {
    /// Days since 1970-01-01, in the plan's business time zone.
    pub dates: Vec<i32>,
    /// Minutes since midnight, -1 where the file has none; empty where no line has one.
    pub minutes: Vec<i16>,
    /// For each dimension of the plan, in its order: codes of known members, texts as in the file of
    /// unknown ones, an empty text where the line says nothing.
    pub members: Vec<TextColumn>,
    /// For each measure of the plan that the file has: its code and the values in steps.
    pub amounts: Vec<AmountColumn>,
    /// Customers; empty where the file has none.
    pub customers: Option<TextColumn>,
    /// External ids, one for each line; an empty text is none.
    pub external_ids: Option<Vec<Box<str>>>,
    /// Share of a shared sale in millionths; empty where no sale is shared.
    pub credits: Vec<u32>,
    /// The row of the file, counted as people see it.
    pub source_rows: Vec<u32>,
}

/// Texts by their index in a dictionary.
#[derive(Clone, Debug, Default)]
pub struct TextColumn {
    /// The distinct texts.
    pub dictionary: Vec<String>,
    /// Each line's index into it.
    pub codes: Vec<u32>,
}

/// A measure's values.
#[derive(Clone, Debug, Default)]
pub struct AmountColumn {
    /// The measure's code.
    pub measure: String,
    /// Values in steps of the measure; zero where the line has none.
    pub values: Vec<i64>,
    /// Whether the line has a value; empty where every line has.
    pub present: Vec<bool>,
}
