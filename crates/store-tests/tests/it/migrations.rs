//! A database of an earlier schema is brought forward, with a copy of what was there before; one of a
//! later schema is not touched; an attempt that was cut short is finished by the next.

use std::path::{Path, PathBuf};

use fenjie_message::Message;
use fenjie_store::audit::AuditFault;
use fenjie_store::people::Role;
use fenjie_store::{Kept, OrganisationId, PlanId, Store};
use fenjie_store_sql::{SqlStore, before, migrate_postgres, schema_of_postgres, schema_of_sqlite};
use fenjie_store_tests::{TestDatabase, databases, make};
use sqlx::{AssertSqlSafe, Executor};

use crate::audit::owner;

/// Puts the database of an earlier schema where the store will look for it.
async fn earlier(database: &TestDatabase) {
    let kind = match database.kind {
        "sqlite" => {
            std::fs::write(database.folder().join(fenjie_store_sql::DATABASE_FILE), "").unwrap();
            "sqlite"
        }
        _ => "postgres",
    };
    let path = format!("fixtures/schema-6.{kind}.sql");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = std::fs::read_to_string(path).unwrap();
    run(database, &text).await;
}

async fn run(database: &TestDatabase, statements: &str) {
    let mut owner = owner(database).await;
    owner.execute(AssertSqlSafe(statements)).await.unwrap();
}

/// Where the copy of before lies.
async fn copy_of(database: &TestDatabase) -> PathBuf {
    let schema = match database.url() {
        Some(url) => schema_of_postgres(&url).await,
        None => schema_of_sqlite(database.folder()).await,
    };
    database.folder().join(before(schema.unwrap().known))
}

/// Opens a database as an operator does who has been told to migrate.
async fn brought(database: &TestDatabase) -> Kept<SqlStore> {
    match database.url() {
        Some(url) => {
            migrate_postgres(&url, &copy_of(database).await).await?;
            SqlStore::postgres(&url).await?.sealed(database.folder())
        }
        None => SqlStore::sqlite(database.folder()).await,
    }
}

#[tokio::test]
async fn a_database_of_an_earlier_schema_is_brought_forward_with_a_copy_before() {
    for database in databases().await {
        earlier(&database).await;
        let copy = copy_of(&database).await;
        if let Some(url) = database.url() {
            let refused = SqlStore::postgres(&url).await.map(|_| ());
            assert_eq!(
                refused.map_err(|why| why.code()),
                Err("schema_not_migrated")
            );
            assert!(!copy.exists());
        }
        let store = brought(&database).await.unwrap();
        assert!(copy.is_file(), "{}", database.kind);
        let acme = OrganisationId::of(1);
        let mut tx = store.write().await.unwrap();
        let wang = tx.user_by_login(&acme, "WANG").await.unwrap().unwrap();
        assert_eq!((wang.name.as_str(), wang.role), ("王芳", Role::Planner));
        let inputs = tx.inputs(&acme, &PlanId::of(1)).await.unwrap();
        assert_eq!(inputs[0].bytes, [0, 1, 2, 255]);
        let proved = tx.verify_audit(&acme, &[]).await.unwrap();
        assert_eq!(
            (proved.records, proved.faults),
            (2, vec![AuditFault::SealBroken])
        );
        // What is appended first seals the chain.
        tx.append_audit(&acme, &[make::entry(1)]).await.unwrap();
        let proved = tx.verify_audit(&acme, &[]).await.unwrap();
        assert_eq!((proved.records, proved.faults), (3, vec![]));
        tx.commit().await.unwrap();
        drop(store);
        // The copy is a database of its own, of before.
        let restored = tempfile::tempdir().unwrap();
        std::fs::copy(&copy, restored.path().join(fenjie_store_sql::DATABASE_FILE)).unwrap();
        let schema = schema_of_sqlite(restored.path()).await.unwrap();
        assert_eq!(schema.found, 6);
        let store = SqlStore::sqlite(restored.path()).await.unwrap();
        let end = store.read().await.unwrap().audit_end(&acme).await.unwrap();
        assert_eq!(end.number, 2);
    }
}

#[tokio::test]
async fn an_attempt_that_was_cut_short_is_finished_by_the_next() {
    for database in databases().await {
        earlier(&database).await;
        // Something stands in the way of a migration in the middle.
        run(&database, "CREATE TABLE probes (in_the_way BIGINT)").await;
        assert!(brought(&database).await.is_err());
        let copy = copy_of(&database).await;
        let first = std::fs::read(&copy).unwrap();
        run(&database, "DROP TABLE probes").await;
        let store = brought(&database).await.unwrap();
        assert_eq!(store.ready().await, Ok(()));
        assert!(
            std::fs::read(&copy).unwrap() == first,
            "the copy is of before the first attempt"
        );
    }
}

#[tokio::test]
async fn a_database_of_a_later_schema_is_not_touched() {
    for database in databases().await {
        drop(database.open().await);
        let one = match database.kind {
            "sqlite" => "X'00'",
            _ => "'\\x00'",
        };
        let later = format!(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (9999, 'later', TRUE, {one}, 0)"
        );
        run(&database, &later).await;
        let refused = match database.url() {
            Some(url) => SqlStore::postgres(&url).await.map(|_| ()),
            None => SqlStore::sqlite(database.folder()).await.map(|_| ()),
        };
        assert_eq!(refused.map_err(|why| why.code()), Err("schema_too_new"));
    }
}
