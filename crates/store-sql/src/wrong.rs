//! What a database refuses, as a [`StoreError`]. Must not know which statement it was.

use fenjie_store::StoreError;

/// The error of a database in our words. `what` names the table that was written to.
pub(crate) fn wrong(what: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |error| of(what, &error)
}

pub(crate) fn of(what: &str, error: &sqlx::Error) -> StoreError {
    let reason = error.to_string();
    match error {
        sqlx::Error::Database(inner) if inner.is_unique_violation() => StoreError::Conflict {
            what: what.to_owned(),
        },
        sqlx::Error::Database(inner) => by_code(inner.code().as_deref().unwrap_or(""), reason),
        sqlx::Error::PoolTimedOut => StoreError::Busy,
        sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::Decode(_)
        | sqlx::Error::ColumnNotFound(_) => StoreError::Unreadable { reason },
        _ => StoreError::Unreachable { reason },
    }
}

/// SQLite gives result codes as numbers (their lowest byte says the kind), PostgreSQL SQLSTATEs of
/// five letters.
fn by_code(code: &str, reason: String) -> StoreError {
    if code.len() == 5
        && !code
            .bytes()
            .all(|digit| digit.is_ascii_digit() && code.len() < 5)
    {
        return match &code[..2] {
            "40" | "55" => StoreError::Busy,
            "25" | "53" => StoreError::ReadOnly { reason },
            "XX" | "58" => StoreError::Damaged { reason },
            "57" | "08" => StoreError::Unreachable { reason },
            _ => StoreError::Unreadable { reason },
        };
    }
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(5 | 6) => StoreError::Busy,
        Ok(8 | 10 | 13 | 14) => StoreError::ReadOnly { reason },
        Ok(11 | 26) => StoreError::Damaged { reason },
        _ => StoreError::Unreadable { reason },
    }
}
