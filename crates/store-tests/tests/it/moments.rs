//! A moment is another one as soon as anything is committed, by whomever; so what was read at a moment may
//! be kept until then.

use fenjie_store::organisation::Organisation;
use fenjie_store::{OrganisationId, Store, Timestamp};
use fenjie_store_tests::databases;

fn organisation(code: &str) -> Organisation {
    Organisation {
        id: OrganisationId::of(code.len() as u128 + 7),
        code: code.into(),
        name: code.into(),
        language: "zh".into(),
        zone: "Asia/Shanghai".into(),
        created_at: Timestamp::now(),
    }
}

#[tokio::test]
async fn a_commit_makes_another_moment_and_an_abandoned_write_none_that_hides_it() {
    for database in databases().await {
        let store = database.open().await;
        let before = store.moment().await.unwrap().unwrap();
        if database.kind == "sqlite" {
            assert_eq!(store.moment().await.unwrap().unwrap(), before);
            let mut reading = store.read().await.unwrap();
            assert_eq!(reading.moment().await.unwrap().unwrap(), before);
        }
        let mut tx = store.write().await.unwrap();
        tx.add_organisation(&organisation("a")).await.unwrap();
        // Who began to read before it lasts reads the moment before.
        let mut early = store.read().await.unwrap();
        let read = early.moment().await.unwrap().unwrap();
        assert!(early.organisations().await.unwrap().is_empty());
        tx.commit().await.unwrap();
        let after = store.moment().await.unwrap().unwrap();
        assert_ne!(after, before, "{}", database.kind);
        assert_ne!(after, read, "{}", database.kind);
        assert!(early.organisations().await.unwrap().is_empty());
        let mut late = store.read().await.unwrap();
        assert_ne!(late.moment().await.unwrap().unwrap(), read);
        assert_eq!(late.organisations().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn another_process_on_the_same_database_makes_another_moment_too() {
    for database in databases().await {
        if database.kind == "sqlite" {
            continue;
        }
        let (one, other) = (database.open().await, database.open().await);
        let before = one.moment().await.unwrap();
        let mut tx = other.write().await.unwrap();
        tx.add_organisation(&organisation("b")).await.unwrap();
        tx.commit().await.unwrap();
        assert_ne!(one.moment().await.unwrap(), before);
    }
}

#[tokio::test]
async fn operations_leave_the_part_of_a_moment_that_people_are_remembered_by() {
    let before_dot = |text: &str| text.split_once('.').map(|(part, _)| part.to_owned());
    for database in databases().await {
        let store = database.open().await;
        let first = store.moment().await.unwrap().unwrap();
        let mut tx = store.write().await.unwrap();
        tx.probe().await.unwrap();
        tx.commit_operations().await.unwrap();
        let second = store.moment().await.unwrap().unwrap();
        assert_ne!(second, first, "{}", database.kind);
        if database.kind == "sqlite" {
            assert_eq!(before_dot(&second).unwrap(), before_dot(&first).unwrap());
        } else {
            assert_eq!(before_dot(&second), None);
        }
        let mut tx = store.write().await.unwrap();
        tx.probe().await.unwrap();
        tx.commit().await.unwrap();
        let third = store.moment().await.unwrap().unwrap();
        assert_ne!(third, second);
        if database.kind == "sqlite" {
            assert_ne!(before_dot(&third), before_dot(&second));
        }
    }
}
