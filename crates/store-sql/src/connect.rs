//! Opens a database and begins its transactions. Must not know what is kept.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use fenjie_store::{Kept, Notice, Store, StoreError, Transaction};
use sqlx::AnyPool;
use tokio::sync::{Mutex, OwnedMutexGuard, broadcast};

use crate::checkpoints::Checkpoints;
use crate::commits::Commits;
use crate::copy;
use crate::dialect::Dialect;
use crate::listen::Notices;
use crate::moments::Moments;
use crate::pools::{postgres_pool, refused, sqlite_pool};
use crate::seal::{SEAL_FILE, Seal};
use crate::transaction::SqlTransaction;
use crate::upgrade;

/// The database in a data folder.
pub const DATABASE_FILE: &str = "fenjie.db";
/// Who holds the lock on this file has the data folder open.
const LOCK_FILE: &str = "server.lock";
/// How often, at the most, a probe writes.
const PROBE: Duration = Duration::from_secs(1);

/// Records in SQLite or PostgreSQL.
pub struct SqlStore {
    readers: AnyPool,
    writers: AnyPool,
    dialect: Dialect,
    turn: Arc<Mutex<()>>,
    seal: Option<Arc<Seal>>,
    notices: Notices,
    moments: Moments,
    /// How often anybody has committed; only where this store alone has a SQLite file.
    commits: Option<Arc<Commits>>,
    probed: Mutex<Option<(Instant, Kept<()>)>>,
    /// At work as long as the store is open.
    _checkpoints: Option<Checkpoints>,
    /// Held as long as the store is open.
    _lock: Option<File>,
}

impl SqlStore {
    /// Opens the database of a data folder, making it where there is none; a database of an earlier
    /// release is copied beside itself and brought to this one's schema.
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
        let file = folder.join(DATABASE_FILE);
        let writers = sqlite_pool(&file, 1).await?;
        upgrade::sqlite(&writers, &file).await?;
        let readers = sqlite_pool(&file, 8).await?;
        let commits: Arc<Commits> = Arc::default();
        let checkpoints = Checkpoints::begin(readers.clone(), commits.heard());
        let store = SqlStore::new(readers, writers, Dialect::Sqlite, Notices::here());
        Ok(SqlStore {
            _lock: Some(lock),
            _checkpoints: Some(checkpoints),
            commits: Some(commits),
            ..store.sealed(folder)?
        })
    }

    /// Opens a PostgreSQL database by its address; an empty one is given its schema. Without
    /// [`SqlStore::sealed`] the ends of its audit chains bear no seal.
    ///
    /// # Errors
    /// `schema_not_migrated` where it is of an earlier release; what the database refuses.
    pub async fn postgres(url: &str) -> Kept<SqlStore> {
        let pool = postgres_pool(url).await?;
        upgrade::postgres(&pool).await?;
        let notices = Notices::through(url).await?;
        Ok(SqlStore::new(
            pool.clone(),
            pool,
            Dialect::Postgres,
            notices,
        ))
    }

    /// Opens the database of a data folder beside a server that may have it open, to read only; it is
    /// not brought forward.
    ///
    /// # Errors
    /// `schema_not_migrated`, `schema_too_new`; what the database refuses.
    pub async fn sqlite_beside(folder: &Path) -> Kept<SqlStore> {
        let file = folder.join(DATABASE_FILE);
        if !file.is_file() {
            return Err(StoreError::Unreachable {
                reason: format!("{} is not there", file.display()),
            });
        }
        let pool = sqlite_pool(&file, 2).await?;
        upgrade::current(&pool, Dialect::Sqlite).await?;
        let here = Notices::here();
        let store = SqlStore::new(pool.clone(), pool, Dialect::Sqlite, here);
        match folder.join(SEAL_FILE).is_file() {
            true => store.sealed(folder),
            false => Ok(store),
        }
    }

    /// Opens a PostgreSQL database to read beside its servers; it is not brought forward.
    ///
    /// # Errors
    /// `schema_not_migrated`, `schema_too_new`; what the database refuses.
    pub async fn postgres_beside(url: &str) -> Kept<SqlStore> {
        let pool = postgres_pool(url).await?;
        upgrade::current(&pool, Dialect::Postgres).await?;
        let here = Notices::here();
        Ok(SqlStore::new(pool.clone(), pool, Dialect::Postgres, here))
    }

    /// With the seal that a data folder keeps for the ends of the audit chains, made where there is
    /// none. Several servers on one database share the folder, and so the seal.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn sealed(self, folder: &Path) -> Kept<SqlStore> {
        Ok(SqlStore {
            seal: Some(Arc::new(Seal::of(folder)?)),
            ..self
        })
    }

    fn new(readers: AnyPool, writers: AnyPool, dialect: Dialect, notices: Notices) -> SqlStore {
        SqlStore {
            moments: Moments::of(readers.clone(), dialect),
            readers,
            writers,
            dialect,
            turn: Arc::default(),
            seal: None,
            notices,
            commits: None,
            probed: Mutex::default(),
            _checkpoints: None,
            _lock: None,
        }
    }

    fn transaction(
        &self,
        inner: sqlx::Transaction<'static, sqlx::Any>,
        commits: Option<(Arc<Commits>, String)>,
        turn: Option<OwnedMutexGuard<()>>,
    ) -> Box<dyn Transaction> {
        Box::new(SqlTransaction::new(
            inner,
            self.dialect,
            self.seal.clone(),
            commits,
            turn,
        ))
    }

    /// How much was committed before a transaction begins.
    fn committed(&self) -> Option<(Arc<Commits>, String)> {
        let commits = self.commits.as_ref()?;
        Some((commits.clone(), commits.text()))
    }

    async fn probe(&self) -> Kept<()> {
        let mut tx = self.write().await?;
        tx.probe().await?;
        tx.commit().await
    }
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

#[async_trait]
impl Store for SqlStore {
    async fn read(&self) -> Kept<Box<dyn Transaction>> {
        let (begin, commits) = (self.dialect.begin_reading(), self.committed());
        let begun = self.readers.begin_with(begin).await;
        let inner = begun.map_err(|error| refused(&self.readers, error, "read"))?;
        Ok(self.transaction(inner, commits, None))
    }

    async fn write(&self) -> Kept<Box<dyn Transaction>> {
        let turn = match self.dialect {
            Dialect::Sqlite => Some(self.turn.clone().lock_owned().await),
            Dialect::Postgres => None,
        };
        let (begin, commits) = (self.dialect.begin_writing(), self.committed());
        let begun = self.writers.begin_with(begin).await;
        let inner = begun.map_err(|error| refused(&self.writers, error, "write"))?;
        Ok(self.transaction(inner, commits, turn))
    }

    async fn announce(&self, notice: &Notice) -> Kept<()> {
        self.notices.announce(&self.writers, notice).await
    }

    fn notices(&self) -> broadcast::Receiver<Notice> {
        self.notices.listen()
    }

    async fn ready(&self) -> Kept<()> {
        let mut probed = self.probed.lock().await;
        if let Some((at, found)) = &*probed
            && at.elapsed() < PROBE
        {
            return found.clone();
        }
        let found = self.probe().await;
        *probed = Some((Instant::now(), found.clone()));
        found
    }

    async fn copy_to(&self, file: &Path) -> Kept<()> {
        match self.dialect {
            Dialect::Sqlite => copy::vacuum_into(&self.readers, file).await,
            Dialect::Postgres => copy::postgres_into(&self.readers, file).await,
        }
    }

    async fn faults(&self) -> Kept<Vec<String>> {
        match self.dialect {
            Dialect::Sqlite => copy::faults_of_sqlite(&self.readers).await,
            Dialect::Postgres => copy::faults_of_postgres(&self.readers).await,
        }
    }

    async fn moment(&self) -> Kept<Option<String>> {
        if let Some((_, now)) = self.committed() {
            return Ok(Some(now));
        }
        if self.dialect.moment().is_none() {
            return Ok(None);
        }
        self.moments.now().await
    }

    fn kind(&self) -> &'static str {
        match self.dialect {
            Dialect::Sqlite => "sqlite",
            Dialect::Postgres => "postgresql",
        }
    }
}
