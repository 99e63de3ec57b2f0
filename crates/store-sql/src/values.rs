//! How values travel: instants as text of one width in UTC, so that they sort; truth as 0 and 1;
//! JSON as text. Must not know tables.

use fenjie_store::id::NoId;
use fenjie_store::{Page, StoreError, Timestamp};
use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;
use sqlx::{Decode, Row, Type};

/// An instant, to the microsecond, always of the same width.
pub(crate) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

/// An instant that may be missing.
pub(crate) fn maybe_instant(at: Option<Timestamp>) -> Option<String> {
    at.map(instant)
}

/// How many rows one statement inserts at the most. SQLite looks each parameter up by walking over
/// those before it, so that long statements cost more than several short ones; and few lengths mean
/// few texts to prepare.
pub(crate) const ROWS_AT_ONCE: usize = 16;

/// The places for rows of values: `($1, $2), ($3, $4)`.
pub(crate) fn rows(count: usize, columns: usize) -> String {
    let row = |row: usize| {
        let places = (1..=columns).map(|column| format!("${}", row * columns + column));
        format!("({})", places.collect::<Vec<_>>().join(", "))
    };
    (0..count).map(row).collect::<Vec<_>>().join(", ")
}

/// Behind which key a page begins, in lists by identifier.
pub(crate) fn after(page: &Page) -> String {
    let after = page.after.as_ref();
    after.map_or(String::new(), |after| after.0.clone())
}

/// The key of a list that has the newest first: its moment and its identifier.
pub(crate) fn newest(at: Timestamp, id: &str) -> String {
    format!("{} {id}", instant(at))
}

/// Behind which moment and identifier a page begins, in lists that have the newest first.
pub(crate) fn before(page: &Page) -> (String, String) {
    let key = page.after.as_ref().and_then(|key| key.0.split_once(' '));
    let (at, id) = key.unwrap_or(("9999", ""));
    (at.to_owned(), id.to_owned())
}

/// An identifier that may be missing.
pub(crate) fn maybe_id<T>(
    row: &AnyRow,
    column: &str,
    parse: impl Fn(&str) -> Result<T, NoId>,
) -> Result<Option<T>, StoreError> {
    let found: Option<String> = row.take(column)?;
    found
        .map(|text| parse(&text).map_err(|error| unreadable(column, error)))
        .transpose()
}

/// One of the names that a column may hold.
pub(crate) fn known<T>(
    row: &AnyRow,
    column: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    row.parsed(column, |text| parse(text).ok_or("a name nobody knows"))
}

/// Columns of a row, in our words.
pub(crate) trait Columns {
    /// The value of a column.
    fn take<'r, T: Decode<'r, sqlx::Any> + Type<sqlx::Any>>(
        &'r self,
        column: &str,
    ) -> Result<T, StoreError>;
    /// An instant.
    fn instant(&self, column: &str) -> Result<Timestamp, StoreError>;
    /// An instant that may be missing.
    fn maybe_instant(&self, column: &str) -> Result<Option<Timestamp>, StoreError>;
    /// A text that something of ours is read from.
    fn parsed<T, E: std::fmt::Display>(
        &self,
        column: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, StoreError>;
    /// JSON.
    fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, StoreError>;
    /// 0 or 1.
    fn truth(&self, column: &str) -> Result<bool, StoreError> {
        Ok(self.take::<i64>(column)? != 0)
    }
    /// A count that is never below zero.
    fn count(&self, column: &str) -> Result<u64, StoreError> {
        let found: i64 = self.take(column)?;
        u64::try_from(found).map_err(|_| unreadable(column, "it is below zero"))
    }
}

/// A record that holds what it cannot hold.
pub(crate) fn unreadable(column: &str, why: impl std::fmt::Display) -> StoreError {
    StoreError::Unreadable {
        reason: format!("{column}: {why}"),
    }
}

impl Columns for AnyRow {
    fn take<'r, T: Decode<'r, sqlx::Any> + Type<sqlx::Any>>(
        &'r self,
        column: &str,
    ) -> Result<T, StoreError> {
        self.try_get(column)
            .map_err(|error| crate::wrong::of(column, &error))
    }

    fn instant(&self, column: &str) -> Result<Timestamp, StoreError> {
        self.parsed(column, str::parse::<Timestamp>)
    }

    fn maybe_instant(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        let found: Option<String> = self.take(column)?;
        found
            .map(|text| text.parse().map_err(|error| unreadable(column, error)))
            .transpose()
    }

    fn parsed<T, E: std::fmt::Display>(
        &self,
        column: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, StoreError> {
        let text: String = self.take(column)?;
        parse(&text).map_err(|error| unreadable(column, error))
    }

    fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        self.parsed(column, |text| serde_json::from_str(text))
    }
}
