//! The audit is only ever appended to: the database itself says no.

use fenjie_store::audit::{AuditFault, AuditFilter};
use fenjie_store::{Page, Store, Timestamp};
use fenjie_store_tests::{TestDatabase, databases, make};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};

/// Somebody with the rights of the database's owner, past the product.
pub async fn owner(database: &TestDatabase) -> AnyConnection {
    let url = database.url().unwrap_or_else(|| {
        let file = database.folder().join(fenjie_store_sql::DATABASE_FILE);
        format!("sqlite://{}", file.display())
    });
    AnyConnection::connect(&url).await.unwrap()
}

#[tokio::test]
async fn no_record_is_changed_or_deleted_by_anybody() {
    for database in databases().await {
        let store = database.open().await;
        let acme = make::kept_organisation(&store, "acme").await;
        let mut tx = store.write().await.unwrap();
        let mut old = make::entry(0);
        old.at = Timestamp::now() - jiff::SignedDuration::from_hours(24 * 200);
        let entries = [old, make::entry(1), make::entry(2)];
        tx.append_audit(&acme, &entries).await.unwrap();
        tx.commit().await.unwrap();
        let mut owner = owner(&database).await;
        for (statement, refused) in [
            ("UPDATE audit SET who = 'nobody' WHERE number = 1", true),
            ("UPDATE audit SET after_json = '{}' WHERE number = 3", true),
            ("DELETE FROM audit WHERE number = 3", true),
            ("DELETE FROM audit", true),
            ("UPDATE audit_ends SET number = 2", true),
            ("DELETE FROM audit_ends", true),
            // Past its term a record may go, which proving the chain then says.
            ("DELETE FROM audit WHERE number = 1", false),
        ] {
            let done = owner.execute(AssertSqlSafe(statement)).await;
            assert_eq!(done.is_err(), refused, "{}: {statement}", database.kind);
        }
        let mut tx = store.read().await.unwrap();
        let proved = tx.verify_audit(&acme, &[]).await.unwrap();
        let gone = AuditFault::Missing { from: 1, to: 1 };
        assert!(proved.faults.contains(&gone), "{proved:?}");
    }
}

#[tokio::test]
async fn a_chain_is_proved_over_many_appends_and_organisations() {
    for database in databases().await {
        let store = database.open().await;
        let acme = make::kept_organisation(&store, "acme").await;
        let other = make::kept_organisation(&store, "other").await;
        let mut noted = Vec::new();
        for round in 0..6_u64 {
            let mut tx = store.write().await.unwrap();
            let entries: Vec<_> = (0..(round * round * 60 + 1)).map(make::entry).collect();
            tx.append_audit(&acme, &entries).await.unwrap();
            tx.append_audit(&other, &entries[..1]).await.unwrap();
            noted.push(tx.audit_end(&acme).await.unwrap());
            tx.commit().await.unwrap();
        }
        // A transaction that is dropped leaves neither record nor gap.
        let mut dropped = store.write().await.unwrap();
        dropped
            .append_audit(&acme, &[make::entry(9)])
            .await
            .unwrap();
        drop(dropped);
        let mut tx = store.read().await.unwrap();
        for (organisation, records) in [(&acme, 3306), (&other, 6)] {
            let noted = if records == 6 { &[][..] } else { &noted };
            let proved = tx.verify_audit(organisation, noted).await.unwrap();
            assert_eq!((proved.records, proved.faults), (records, Vec::new()));
        }
        drop(tx);
        // Whoever opens it with another key, or with none where there should be one, is told.
        drop(store);
        std::fs::write(database.folder().join(fenjie_store_sql::SEAL_FILE), [7; 32]).unwrap();
        let store = database.open().await;
        let mut tx = store.read().await.unwrap();
        let proved = tx.verify_audit(&acme, &[]).await.unwrap();
        assert_eq!(proved.faults, [AuditFault::SealBroken]);
    }
}

#[tokio::test]
async fn records_are_found_by_who_what_and_when() {
    for database in databases().await {
        let store = database.open().await;
        let acme = make::kept_organisation(&store, "acme").await;
        let mut tx = store.write().await.unwrap();
        let entries: Vec<_> = (0..30).map(make::entry).collect();
        tx.append_audit(&acme, &entries).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.read().await.unwrap();
        let some = |text: &str| Some(text.to_owned());
        for (filter, wanted) in [
            (AuditFilter::default(), 30),
            (
                AuditFilter {
                    who: some("usr_1"),
                    ..AuditFilter::default()
                },
                10,
            ),
            (
                AuditFilter {
                    action: some("plan."),
                    ..AuditFilter::default()
                },
                20,
            ),
            (
                AuditFilter {
                    action: some("plan.create"),
                    ..AuditFilter::default()
                },
                10,
            ),
            (
                AuditFilter {
                    action: some("plan"),
                    ..AuditFilter::default()
                },
                0,
            ),
            (
                AuditFilter {
                    target: some("pln_2"),
                    ..AuditFilter::default()
                },
                6,
            ),
            (
                AuditFilter {
                    until: Some(make::moment()),
                    ..AuditFilter::default()
                },
                0,
            ),
            (
                AuditFilter {
                    since: Some(make::moment()),
                    ..AuditFilter::default()
                },
                30,
            ),
        ] {
            for newest_first in [false, true] {
                let filter = AuditFilter {
                    newest_first,
                    ..filter.clone()
                };
                let mut page = Page {
                    after: None,
                    limit: 7,
                };
                let mut numbers = Vec::new();
                loop {
                    let listed = tx.find_audit(&acme, &filter, &page).await.unwrap();
                    numbers.extend(listed.items.iter().map(|record| record.number));
                    page.after = listed.next;
                    if page.after.is_none() {
                        break;
                    }
                }
                if newest_first {
                    numbers.reverse();
                }
                assert!(numbers.is_sorted(), "{filter:?}");
                assert_eq!(numbers.len(), wanted, "{}: {filter:?}", database.kind);
            }
        }
    }
}
