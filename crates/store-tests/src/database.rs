//! A database for one test. Must not know how PostgreSQL is started.

use std::path::Path;

use fenjie_store_sql::SqlStore;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use tempfile::TempDir;

use crate::shared;

/// An empty database of one kind, with a data folder beside it; gone when dropped.
pub struct TestDatabase {
    /// `sqlite` or `postgresql`.
    pub kind: &'static str,
    folder: TempDir,
    postgres: Option<Postgres>,
}

/// A database on the shared server.
struct Postgres {
    server: String,
    name: String,
}

impl TestDatabase {
    /// Opens it. On SQLite one store at a time may have it open.
    ///
    /// # Panics
    /// Where the database refuses.
    pub async fn open(&self) -> SqlStore {
        let opened = match self.url() {
            Some(url) => SqlStore::postgres(&url)
                .await
                .and_then(|store| store.sealed(self.folder())),
            None => SqlStore::sqlite(self.folder()).await,
        };
        opened.unwrap_or_else(|why| panic!("{}: {why}", self.kind))
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its address; none for SQLite, which is in the folder.
    pub fn url(&self) -> Option<String> {
        self.postgres
            .as_ref()
            .map(|postgres| on(&postgres.server, &postgres.name))
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some(postgres) = &self.postgres {
            let statement = format!("DROP DATABASE \"{}\" WITH (FORCE)", postgres.name);
            // Nobody waits for it: a database that stays is gone with the cluster.
            let _ = shared::psql(&postgres.server, &statement).spawn();
        }
    }
}

/// A fresh database of each kind that this machine has.
pub async fn databases() -> Vec<TestDatabase> {
    let mut all = vec![sqlite()];
    all.extend(postgres().await);
    all
}

/// Which kind tests use that run on one: `postgresql`, else SQLite.
const USUAL: &str = "FENJIE_TEST_DATABASE";

/// A fresh database of the kind that `FENJIE_TEST_DATABASE` says: whole suites run on either.
pub async fn usual() -> TestDatabase {
    let wanted = std::env::var(USUAL).is_ok_and(|kind| kind == "postgresql");
    match wanted {
        true => postgres().await.unwrap_or_else(sqlite),
        false => sqlite(),
    }
}

/// A fresh folder for SQLite.
///
/// # Panics
/// Where there is no folder for temporary files.
pub fn sqlite() -> TestDatabase {
    sqlite_in(tempfile::tempdir().expect("a folder for temporary files"))
}

/// The same in the machine's memory, where it has such a folder: for tests that copy many, and ask
/// nothing of the disk.
///
/// # Panics
/// Where there is no folder for temporary files.
pub fn sqlite_in_memory() -> TestDatabase {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
    sqlite_in(folder.expect("a folder for temporary files"))
}

fn sqlite_in(folder: TempDir) -> TestDatabase {
    TestDatabase {
        kind: "sqlite",
        folder,
        postgres: None,
    }
}

/// A fresh PostgreSQL database; none, which is said, where there is no PostgreSQL.
///
/// # Panics
/// Where PostgreSQL is required and missing, or refuses.
pub async fn postgres() -> Option<TestDatabase> {
    let server = tokio::task::spawn_blocking(shared::address)
        .await
        .expect("starting PostgreSQL does not panic unless it is required")?;
    let name = format!("fenjie_{:032x}", rand::random::<u128>());
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(&server)
        .await
        .unwrap_or_else(|why| panic!("{server}: {why}"));
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE \"{name}\"")))
        .execute(&mut connection)
        .await
        .unwrap_or_else(|why| panic!("{server}: {why}"));
    connection.close().await.ok();
    Some(TestDatabase {
        kind: "postgresql",
        folder: tempfile::tempdir().expect("a folder for temporary files"),
        postgres: Some(Postgres { server, name }),
    })
}

/// The address of another database on the same server.
fn on(server: &str, name: &str) -> String {
    let (address, rest) = match server.split_once('?') {
        Some((address, rest)) => (address, format!("?{rest}")),
        None => (server, String::new()),
    };
    let (host, _) = address
        .strip_prefix("postgres://")
        .or_else(|| address.strip_prefix("postgresql://"))
        .map(|place| place.split_once('/').unwrap_or((place, "")))
        .unwrap_or((address, ""));
    format!("postgres://{host}/{name}{rest}")
}
