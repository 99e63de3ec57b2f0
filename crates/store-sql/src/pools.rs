//! Pools of connections, each with its settings made and proved. Must not know what is kept.

use std::path::Path;
use std::time::Duration;

use fenjie_store::{Kept, StoreError};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, Connection, Executor, Row};

use crate::wrong::wrong;

/// Durable before acknowledged: WAL, and every commit synced to the disk (`fullfsync` where the
/// system's `fsync` is not enough). Pages are taken over by checkpoints beside the writer; it does so
/// itself only where the log has grown to 32 MB.
const SQLITE_SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA fullfsync = ON; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 10000; \
    PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 8000;";

/// What a connection must answer before anything is kept through it.
const SQLITE_FACTS: [(&str, &str); 3] = [
    ("PRAGMA journal_mode", "wal"),
    ("PRAGMA synchronous", "2"),
    ("PRAGMA foreign_keys", "1"),
];

/// Connections to a SQLite file, which is made where it is missing.
pub(crate) async fn sqlite_pool(file: &Path, most: u32) -> Kept<AnyPool> {
    let url = format!("sqlite://{}?mode=rwc", escaped(file));
    // A pool tries a connection that cannot be settled again and again, and says in the end that
    // there is none; the first one is settled by hand, so that what is wrong is said at once.
    let mut first = AnyConnection::connect_with(&address(&url)?)
        .await
        .map_err(wrong("address"))?;
    settle(&mut first).await.map_err(wrong("settings"))?;
    first.close().await.map_err(wrong("settings"))?;
    let pool = options(most, Duration::from_secs(20))
        .test_before_acquire(false)
        .after_connect(|connection, _| Box::pin(settle(connection)));
    connect(pool, &url).await
}

/// Connections to a PostgreSQL database.
pub(crate) async fn postgres_pool(url: &str) -> Kept<AnyPool> {
    connect(options(16, Duration::from_secs(5)), url).await
}

fn options(most: u32, patience: Duration) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(patience)
        .before_acquire(|connection, _| Box::pin(free(connection)))
}

async fn connect(pool: AnyPoolOptions, url: &str) -> Kept<AnyPool> {
    pool.connect_with(address(url)?)
        .await
        .map_err(wrong("address"))
}

fn address(url: &str) -> Kept<AnyConnectOptions> {
    sqlx::any::install_default_drivers();
    url.parse().map_err(wrong("address"))
}

/// Where nobody can be reached, waiting for a connection ends like waiting behind others; but then
/// not all of them are taken.
pub(crate) fn refused(pool: &AnyPool, error: sqlx::Error, what: &'static str) -> StoreError {
    match error {
        sqlx::Error::PoolTimedOut if pool.size() < pool.options().get_max_connections() => {
            StoreError::Unreachable {
                reason: "no connection to the database".into(),
            }
        }
        error => wrong(what)(error),
    }
}

/// A path as an address can hold it.
fn escaped(file: &Path) -> String {
    let text = file.display().to_string();
    text.replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23")
}

/// Whether a connection stands in no transaction. Where the disk is full SQLite takes a transaction back
/// by itself and then refuses to end it: such a connection is let go, or nobody could write any more.
async fn free(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    if !connection.is_in_transaction() {
        return Ok(true);
    }
    // Taking back what was dropped may still be on its way.
    let answered = connection.ping().await;
    Ok(answered.is_ok() && !connection.is_in_transaction())
}

/// Makes the settings and asks whether they hold.
async fn settle(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    connection.execute(SQLITE_SETTINGS).await?;
    for (question, wanted) in SQLITE_FACTS {
        let row = connection.fetch_one(question).await?;
        let found = match row.try_get::<String, _>(0) {
            Ok(text) => text,
            Err(_) => row.try_get::<i64, _>(0)?.to_string(),
        };
        if found != wanted {
            let why = format!("{question} is `{found}` and has to be `{wanted}`");
            return Err(sqlx::Error::Configuration(why.into()));
        }
    }
    Ok(())
}
