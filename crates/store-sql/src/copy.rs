//! Copies of whole databases: as a SQLite file, whichever kind they are of, and from there back into
//! either. Must not know what the tables hold.

use std::path::Path;

use fenjie_store::{Kept, StoreError};
use futures::TryStreamExt;
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Connection, Executor, Row};

use crate::dialect::Dialect;
use crate::migrate::migrate;
use crate::pools::{postgres_pool, sqlite_pool};
use crate::upgrade::{self, applied};
use crate::values::rows;
use crate::wrong::wrong;

/// A table and its columns with their types, as SQLite says them.
struct Table {
    name: String,
    columns: Vec<(String, String)>,
}

/// Puts a copy into a data folder that has no database yet.
///
/// # Errors
/// What the database or the system refuses.
pub async fn restore_sqlite(file: &Path, folder: &Path) -> Kept<()> {
    let to = folder.join(crate::DATABASE_FILE);
    if to.exists() {
        return Err(StoreError::Conflict {
            what: to.display().to_string(),
        });
    }
    taken(file, &to)?;
    let pool = sqlite_pool(&to, 1).await?;
    migrate(&pool, Dialect::Sqlite, None).await?;
    pool.close().await;
    Ok(())
}

/// Puts a copy into a PostgreSQL database that holds nothing yet.
///
/// # Errors
/// `record_conflict` where it holds something; what the database refuses.
pub async fn restore_postgres(file: &Path, url: &str) -> Kept<()> {
    // The copy itself stays as it is: its own is brought to the schema of this release.
    let own = std::env::temp_dir().join(format!("fenjie-{:032x}.db", rand::random::<u128>()));
    taken(file, &own)?;
    let restored = rows_into_postgres(&own, url).await;
    for ending in ["db", "db-wal", "db-shm"] {
        std::fs::remove_file(own.with_extension(ending)).ok();
    }
    restored
}

async fn rows_into_postgres(file: &Path, url: &str) -> Kept<()> {
    let from = sqlite_pool(file, 1).await?;
    migrate(&from, Dialect::Sqlite, None).await?;
    let to = postgres_pool(url).await?;
    upgrade::postgres(&to).await?;
    let row = to.fetch_one("SELECT count(*) FROM organisations").await;
    let there: i64 = row.and_then(|row| row.try_get(0)).map_err(wrong("copy"))?;
    if there > 0 {
        return Err(StoreError::Conflict {
            what: "organisations".into(),
        });
    }
    let tables = tables(&from).await?;
    let mut from = from.acquire().await.map_err(wrong("copy"))?;
    let mut to = to.begin().await.map_err(wrong("copy"))?;
    copy_rows(&mut from, &mut to, &tables).await?;
    to.commit().await.map_err(wrong("copy"))
}

/// What SQLite's own check says, that of references too.
pub(crate) async fn faults_of_sqlite(pool: &AnyPool) -> Kept<Vec<String>> {
    let mut faults = Vec::new();
    let rows = pool
        .fetch_all("PRAGMA integrity_check(100)")
        .await
        .map_err(wrong("database"))?;
    for row in rows {
        let text: String = row.try_get(0).map_err(wrong("database"))?;
        if text != "ok" {
            faults.push(text);
        }
    }
    let rows = pool
        .fetch_all("PRAGMA foreign_key_check")
        .await
        .map_err(wrong("database"))?;
    for row in rows {
        let table: String = row.try_get(0).map_err(wrong("database"))?;
        faults.push(format!("{table}: a row refers to one that is not there"));
    }
    Ok(faults)
}

/// Reads every table of a PostgreSQL database from end to end.
pub(crate) async fn faults_of_postgres(pool: &AnyPool) -> Kept<Vec<String>> {
    let names = pool
        .fetch_all(
            "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()",
        )
        .await
        .map_err(wrong("database"))?;
    let mut faults = Vec::new();
    for name in names {
        let table: String = name.try_get(0).map_err(wrong("database"))?;
        let text = format!("SELECT count(*), count(whole.*) FROM \"{table}\" AS whole");
        match pool.fetch_one(AssertSqlSafe(text)).await {
            Ok(_) => {}
            Err(error) => faults.push(format!("{table}: {error}")),
        }
    }
    Ok(faults)
}

/// A file of the same schema, without what was deleted, on the disk when this returns.
pub(crate) async fn vacuum_into(pool: &AnyPool, file: &Path) -> Kept<()> {
    let part = file.with_extension("db.partial");
    std::fs::remove_file(&part).ok();
    sqlx::query("VACUUM INTO $1")
        .bind(part.display().to_string())
        .execute(pool)
        .await
        .map_err(wrong("copy"))?;
    settle(&part, file)
}

pub(crate) async fn postgres_into(pool: &AnyPool, file: &Path) -> Kept<()> {
    let part = file.with_extension("db.partial");
    std::fs::remove_file(&part).ok();
    let target = sqlite_pool(&part, 1).await?;
    let numbers = applied(pool, Dialect::Postgres).await?;
    migrate(&target, Dialect::Sqlite, Some(&numbers)).await?;
    let tables = tables(&target).await?;
    let begin = Dialect::Postgres.begin_reading();
    let mut from = pool.begin_with(begin).await.map_err(wrong("copy"))?;
    let mut connection = target.acquire().await.map_err(wrong("copy"))?;
    // Every row is there at the end; on the way one may come before the one it refers to.
    let off = connection.execute("PRAGMA foreign_keys = OFF").await;
    off.map_err(wrong("copy"))?;
    let mut to = connection.begin().await.map_err(wrong("copy"))?;
    copy_rows(&mut from, &mut to, &tables).await?;
    to.commit().await.map_err(wrong("copy"))?;
    let plain = connection.execute("PRAGMA journal_mode = DELETE").await;
    plain.map_err(wrong("copy"))?;
    drop(connection);
    target.close().await;
    settle(&part, file)
}

/// Copies a file as it is, whole or not at all.
fn taken(file: &Path, to: &Path) -> Kept<()> {
    let part = to.with_extension("db.partial");
    std::fs::copy(file, &part).map_err(|error| StoreError::ReadOnly {
        reason: format!("{}: {error}", part.display()),
    })?;
    settle(&part, to)
}

/// Syncs a file and gives it its name.
fn settle(part: &Path, file: &Path) -> Kept<()> {
    let io = |error: std::io::Error| StoreError::ReadOnly {
        reason: format!("{}: {error}", file.display()),
    };
    std::fs::File::open(part)
        .and_then(|part| part.sync_all())
        .map_err(io)?;
    std::fs::rename(part, file).map_err(io)
}

/// The tables, those that others refer to first.
async fn tables(pool: &AnyPool) -> Kept<Vec<Table>> {
    let names = pool
        .fetch_all(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
             AND name <> '_sqlx_migrations' ORDER BY rowid",
        )
        .await
        .map_err(wrong("copy"))?;
    let mut tables = Vec::new();
    for name in names {
        let name: String = name.try_get(0).map_err(wrong("copy"))?;
        let rows = sqlx::query("SELECT name, type FROM pragma_table_info($1) ORDER BY cid")
            .bind(name.clone())
            .fetch_all(pool)
            .await
            .map_err(wrong("copy"))?;
        let column = |row: &sqlx::any::AnyRow| Ok((row.try_get(0)?, row.try_get(1)?));
        let columns: Result<Vec<_>, sqlx::Error> = rows.iter().map(column).collect();
        tables.push(Table {
            name,
            columns: columns.map_err(wrong("copy"))?,
        });
    }
    Ok(tables)
}

async fn copy_rows(from: &mut AnyConnection, to: &mut AnyConnection, tables: &[Table]) -> Kept<()> {
    for table in tables {
        let names: Vec<String> = table
            .columns
            .iter()
            .map(|(name, _)| format!("\"{name}\""))
            .collect();
        let (name, names) = (&table.name, names.join(", "));
        // What a migration has put there is in the copy too.
        let there = format!("SELECT count(*) FROM \"{name}\"");
        let row = to.fetch_one(AssertSqlSafe(there)).await;
        let there: i64 = row.and_then(|row| row.try_get(0)).map_err(wrong("copy"))?;
        if there > 0 {
            let clear = format!("DELETE FROM \"{name}\"");
            to.execute(AssertSqlSafe(clear))
                .await
                .map_err(wrong("copy"))?;
        }
        let places = rows(1, table.columns.len());
        let insert = format!("INSERT INTO \"{name}\" ({names}) VALUES {places}");
        let select = format!("SELECT {names} FROM \"{name}\"");
        let mut found = sqlx::query(AssertSqlSafe(select)).fetch(&mut *from);
        while let Some(row) = found.try_next().await.map_err(wrong("copy"))? {
            let mut add = sqlx::query(AssertSqlSafe(insert.clone()));
            for (at, (_, kind)) in table.columns.iter().enumerate() {
                let of = wrong("copy");
                add = match kind.as_str() {
                    "BIGINT" | "INTEGER" => {
                        add.bind(row.try_get::<Option<i64>, _>(at).map_err(of)?)
                    }
                    "BLOB" => add.bind(row.try_get::<Option<Vec<u8>>, _>(at).map_err(of)?),
                    _ => add.bind(row.try_get::<Option<String>, _>(at).map_err(of)?),
                };
            }
            add.execute(&mut *to).await.map_err(wrong("copy"))?;
        }
    }
    Ok(())
}
