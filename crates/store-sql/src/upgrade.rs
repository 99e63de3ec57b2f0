//! Brings a database of an earlier release forward, with a copy made before. Must not know what the
//! migrations do.

use std::path::{Path, PathBuf};

use fenjie_store::{Kept, StoreError};
use sqlx::{AnyConnection, AnyPool, Executor, Row};

use crate::copy;
use crate::dialect::Dialect;
use crate::migrate::{known, migrate, numbers};
use crate::pools::{postgres_pool, sqlite_pool};
use crate::wrong::wrong;

/// Which schema a database has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The number of its last migration, 0 where it is empty.
    pub found: i64,
    /// The number of this program's last.
    pub known: i64,
    /// How many migrations it lacks.
    pub lacks: usize,
}

/// Whoever holds this lock on a PostgreSQL database may look whether it is to be migrated.
const LOCK: &str = "SELECT CAST(pg_advisory_lock(706534781) AS TEXT)";
const UNLOCK: &str = "SELECT CAST(pg_advisory_unlock(706534781) AS TEXT)";

/// A SQLite database is copied beside itself and brought forward when it is opened.
pub(crate) async fn sqlite(pool: &AnyPool, file: &Path) -> Kept<Option<PathBuf>> {
    let schema = schema(pool, Dialect::Sqlite).await?;
    let mut copied = None;
    if schema.found > 0 && schema.lacks > 0 {
        let beside = file.with_file_name(before(schema.known));
        // One that is there is of an attempt that was cut short: it is what was there before.
        if !beside.exists() {
            copy::vacuum_into(pool, &beside).await?;
        }
        copied = Some(beside);
    }
    migrate(pool, Dialect::Sqlite, None).await?;
    Ok(copied)
}

/// A PostgreSQL database is given its schema where it is empty, and otherwise not touched unasked:
/// other servers may be on it.
pub(crate) async fn postgres(pool: &AnyPool) -> Kept<()> {
    let mut connection = locked(pool).await?;
    let schema = schema(pool, Dialect::Postgres).await?;
    let done = match schema {
        Schema { lacks: 0, .. } => Ok(()),
        Schema { found: 0, .. } => migrate(pool, Dialect::Postgres, None).await,
        Schema { found, known, .. } => Err(StoreError::NotMigrated { found, known }),
    };
    unlock(&mut connection).await?;
    done
}

/// Whether a database has the schema of this release.
pub(crate) async fn current(pool: &AnyPool, dialect: Dialect) -> Kept<()> {
    match schema(pool, dialect).await? {
        Schema { lacks: 0, .. } => Ok(()),
        Schema { found, known, .. } => Err(StoreError::NotMigrated { found, known }),
    }
}

/// Copies a PostgreSQL database into a SQLite file of the same schema and brings it forward. Gives
/// whether there was anything to do.
///
/// # Errors
/// What the database refuses; then it is as it was, or a part of the migrations was done and the
/// next attempt does the rest.
pub async fn migrate_postgres(url: &str, copy_to: &Path) -> Kept<bool> {
    let pool = postgres_pool(url).await?;
    let mut connection = locked(&pool).await?;
    let schema = schema(&pool, Dialect::Postgres).await?;
    if schema.lacks > 0 {
        if schema.found > 0 && !copy_to.exists() {
            copy::postgres_into(&pool, copy_to).await?;
        }
        migrate(&pool, Dialect::Postgres, None).await?;
    }
    unlock(&mut connection).await?;
    Ok(schema.lacks > 0)
}

/// Which schema a data folder's database has; all is lacking where there is none.
///
/// # Errors
/// `schema_too_new`; what the database refuses.
pub async fn schema_of_sqlite(folder: &Path) -> Kept<Schema> {
    let file = folder.join(crate::DATABASE_FILE);
    if !file.is_file() {
        return Ok(Schema {
            found: 0,
            known: known(),
            lacks: numbers().count(),
        });
    }
    schema(&sqlite_pool(&file, 1).await?, Dialect::Sqlite).await
}

/// Which schema a PostgreSQL database has.
///
/// # Errors
/// `schema_too_new`; what the database refuses.
pub async fn schema_of_postgres(url: &str) -> Kept<Schema> {
    schema(&postgres_pool(url).await?, Dialect::Postgres).await
}

/// The name of the copy that is made before bringing a database to a schema.
pub fn before(known: i64) -> String {
    format!("fenjie.before-schema-{known}.db")
}

pub(crate) async fn schema(pool: &AnyPool, dialect: Dialect) -> Kept<Schema> {
    let applied = applied(pool, dialect).await?;
    let last = applied.last().copied().unwrap_or(0);
    if let Some(found) = applied
        .iter()
        .find(|number| !numbers().any(|one| one == **number))
    {
        return Err(StoreError::TooNew {
            found: last.max(*found),
            known: known(),
        });
    }
    Ok(Schema {
        found: last,
        known: known(),
        lacks: numbers().count() - applied.len(),
    })
}

/// The numbers of the migrations that a database has seen.
pub(crate) async fn applied(pool: &AnyPool, dialect: Dialect) -> Kept<Vec<i64>> {
    let there = match dialect {
        Dialect::Sqlite => "SELECT count(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
        Dialect::Postgres => {
            "SELECT count(*) FROM pg_class WHERE oid = to_regclass('_sqlx_migrations')"
        }
    };
    let row = pool.fetch_one(there).await.map_err(wrong("schema"))?;
    if row.try_get::<i64, _>(0).map_err(wrong("schema"))? == 0 {
        return Ok(Vec::new());
    }
    let rows = pool
        .fetch_all("SELECT version FROM _sqlx_migrations WHERE success ORDER BY version")
        .await
        .map_err(wrong("schema"))?;
    let number = |row: &sqlx::any::AnyRow| row.try_get::<i64, _>(0).map_err(wrong("schema"));
    rows.iter().map(number).collect()
}

async fn locked(pool: &AnyPool) -> Kept<sqlx::pool::PoolConnection<sqlx::Any>> {
    let mut connection = pool.acquire().await.map_err(wrong("schema"))?;
    connection.execute(LOCK).await.map_err(wrong("schema"))?;
    Ok(connection)
}

async fn unlock(connection: &mut AnyConnection) -> Kept<()> {
    connection.execute(UNLOCK).await.map_err(wrong("schema"))?;
    Ok(())
}
