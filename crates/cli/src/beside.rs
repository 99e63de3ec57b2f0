//! Opens a server's records beside the server, to read only. Knows no command.

use fenjie_server::settings::ServeSettings;
use fenjie_store::{Kept, Timestamp};
use fenjie_store_sql::{SEAL_FILE, SqlStore};

/// The records of a set-up, read beside a server that may be running.
///
/// # Errors
/// `schema_not_migrated`; what the database refuses.
pub async fn open(settings: &ServeSettings) -> Kept<SqlStore> {
    match &settings.database_url {
        Some(url) => {
            let store = SqlStore::postgres_beside(url).await?;
            match settings.folder.join(SEAL_FILE).is_file() {
                true => store.sealed(&settings.folder),
                false => Ok(store),
            }
        }
        None => SqlStore::sqlite_beside(&settings.folder).await,
    }
}

/// Now, to the second.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}
