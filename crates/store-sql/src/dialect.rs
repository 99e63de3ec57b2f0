//! Where SQLite and PostgreSQL do not agree. Must not know what is kept.

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite, one file.
    Sqlite,
    /// PostgreSQL, by address.
    Postgres,
}

impl Dialect {
    /// How a transaction that writes begins. SQLite takes its write lock at once, so that nobody has
    /// to give up in the middle.
    pub fn begin_writing(self) -> &'static str {
        match self {
            Dialect::Sqlite => "BEGIN IMMEDIATE",
            Dialect::Postgres => "BEGIN",
        }
    }

    /// How a transaction that only reads begins: all of one moment.
    pub fn begin_reading(self) -> &'static str {
        match self {
            Dialect::Sqlite => "BEGIN",
            Dialect::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// What a selection ends with whose rows nobody else may change meanwhile. On SQLite whoever
    /// writes is alone.
    pub fn to_change(self) -> &'static str {
        match self {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR UPDATE",
        }
    }

    /// How it is asked which transactions are visible.
    pub fn moment(self) -> Option<&'static str> {
        match self {
            Dialect::Sqlite => None,
            Dialect::Postgres => Some("SELECT CAST(pg_current_snapshot() AS TEXT) AS moment"),
        }
    }

    /// The type of bytes.
    pub fn bytes(self) -> &'static str {
        match self {
            Dialect::Sqlite => "BLOB",
            Dialect::Postgres => "BYTEA",
        }
    }

    /// A migration's text for this database: `{bytes}` is its type of bytes, and the lines between
    /// `-- only sqlite` (or `-- only postgres`) and `-- both` are for that one alone.
    pub fn text(self, migration: &str) -> String {
        let (own, other) = match self {
            Dialect::Sqlite => ("-- only sqlite", "-- only postgres"),
            Dialect::Postgres => ("-- only postgres", "-- only sqlite"),
        };
        let mut text = String::with_capacity(migration.len());
        let mut taken = true;
        for line in migration.lines() {
            match line.trim() {
                mark if mark == own || mark == "-- both" => taken = true,
                mark if mark == other => taken = false,
                _ if taken => {
                    text.push_str(line);
                    text.push('\n');
                }
                _ => {}
            }
        }
        text.replace("{bytes}", self.bytes())
    }

    /// What a look-up says so that two who take work never wait for each other's. SQLite has one
    /// writer at a time.
    pub fn skip_taken(self) -> &'static str {
        match self {
            Dialect::Sqlite => "",
            Dialect::Postgres => "FOR UPDATE SKIP LOCKED",
        }
    }
}
