//! Opens a database: its pools, its settings, its schema. Must not know what is kept.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use fenjie_store::{Kept, Notice, Store, StoreError, Transaction};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyPool, Executor};
use tokio::sync::{Mutex, broadcast};

use crate::dialect::Dialect;
use crate::migrate::migrate;
use crate::transaction::SqlTransaction;
use crate::wrong::wrong;

/// The database in a data folder.
pub const DATABASE_FILE: &str = "fenjie.db";
/// Who holds the lock on this file has the data folder open.
const LOCK_FILE: &str = "server.lock";
/// How many notices a slow listener may be behind before it has to read anew.
const NOTICES: usize = 1024;

/// Durable before acknowledged: WAL, and every commit synced to the disk.
const SQLITE_SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 10000; PRAGMA temp_store = MEMORY;";

/// Records in SQLite or PostgreSQL.
pub struct SqlStore {
    readers: AnyPool,
    writers: AnyPool,
    dialect: Dialect,
    turn: Arc<Mutex<()>>,
    notices: broadcast::Sender<Notice>,
    /// Held as long as the store is open.
    _lock: Option<File>,
}

impl SqlStore {
    /// Opens the database of a data folder, making it where there is none.
    ///
    /// # Errors
    /// `data_folder_in_use` where another server has it open; what the database refuses.
    pub async fn sqlite(folder: &Path) -> Kept<SqlStore> {
        let io = |error: std::io::Error| StoreError::ReadOnly {
            reason: format!("{}: {error}", folder.display()),
        };
        std::fs::create_dir_all(folder).map_err(io)?;
        let lock = lock(folder).map_err(io)?.ok_or_else(|| StoreError::InUse {
            folder: folder.display().to_string(),
        })?;
        let url = sqlite_url(&folder.join(DATABASE_FILE));
        let writers = pool(&url, 1, Some(SQLITE_SETTINGS)).await?;
        migrate(&writers, Dialect::Sqlite).await?;
        let readers = pool(&url, 8, Some(SQLITE_SETTINGS)).await?;
        Ok(SqlStore::new(readers, writers, Dialect::Sqlite, Some(lock)))
    }

    /// Opens a PostgreSQL database by its address.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn postgres(url: &str) -> Kept<SqlStore> {
        let pool = pool(url, 16, None).await?;
        migrate(&pool, Dialect::Postgres).await?;
        Ok(SqlStore::new(pool.clone(), pool, Dialect::Postgres, None))
    }

    fn new(readers: AnyPool, writers: AnyPool, dialect: Dialect, lock: Option<File>) -> SqlStore {
        SqlStore {
            readers,
            writers,
            dialect,
            turn: Arc::default(),
            notices: broadcast::channel(NOTICES).0,
            _lock: lock,
        }
    }
}

/// The address of a SQLite file.
fn sqlite_url(file: &Path) -> String {
    let path: PathBuf = file.to_owned();
    format!("sqlite://{}?mode=rwc", path.display())
}

/// The lock on a data folder; none where somebody has it.
fn lock(folder: &Path) -> std::io::Result<Option<File>> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(LOCK_FILE))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

async fn pool(url: &str, most: u32, settings: Option<&'static str>) -> Kept<AnyPool> {
    sqlx::any::install_default_drivers();
    let options: AnyConnectOptions = url.parse().map_err(wrong("address"))?;
    AnyPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(Duration::from_secs(20))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                if let Some(settings) = settings {
                    connection.execute(settings).await?;
                }
                Ok(())
            })
        })
        .connect_with(options)
        .await
        .map_err(wrong("address"))
}

#[async_trait]
impl Store for SqlStore {
    async fn read(&self) -> Kept<Box<dyn Transaction>> {
        let begin = self.dialect.begin_reading();
        let inner = self
            .readers
            .begin_with(begin)
            .await
            .map_err(wrong("read"))?;
        Ok(Box::new(SqlTransaction::new(inner, self.dialect, None)))
    }

    async fn write(&self) -> Kept<Box<dyn Transaction>> {
        let turn = match self.dialect {
            Dialect::Sqlite => Some(self.turn.clone().lock_owned().await),
            Dialect::Postgres => None,
        };
        let begin = self.dialect.begin_writing();
        let inner = self
            .writers
            .begin_with(begin)
            .await
            .map_err(wrong("write"))?;
        Ok(Box::new(SqlTransaction::new(inner, self.dialect, turn)))
    }

    async fn announce(&self, notice: &Notice) -> Kept<()> {
        // Nobody listening is no fault.
        let _ = self.notices.send(notice.clone());
        Ok(())
    }

    fn notices(&self) -> broadcast::Receiver<Notice> {
        self.notices.subscribe()
    }

    async fn ready(&self) -> Kept<()> {
        let mut connection = self.readers.acquire().await.map_err(wrong("ready"))?;
        connection
            .execute("SELECT 1")
            .await
            .map_err(wrong("ready"))?;
        Ok(())
    }

    fn kind(&self) -> &'static str {
        match self.dialect {
            Dialect::Sqlite => "sqlite",
            Dialect::Postgres => "postgresql",
        }
    }
}
