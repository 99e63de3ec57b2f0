//! What one process announces, the others hear.

use std::time::Duration;

use fenjie_store::{Notice, OrganisationId, PlanId, Store};
use fenjie_store_sql::SqlStore;
use fenjie_store_tests::{Stop, databases, make, postgres};
use tokio::sync::broadcast::Receiver;
use tokio::time::timeout;

fn notice(organisation: &OrganisationId, sequence: u64) -> Notice {
    Notice {
        organisation: organisation.clone(),
        plan: Some(PlanId::of(7)),
        topic: "operations".into(),
        sequence,
    }
}

async fn heard(listener: &mut Receiver<Notice>) -> Notice {
    let heard = timeout(Duration::from_secs(20), listener.recv()).await;
    heard.expect("a notice within 20 seconds").unwrap()
}

#[tokio::test]
async fn a_process_hears_itself_once() {
    for database in databases().await {
        let store = database.open().await;
        let acme = make::kept_organisation(&store, "acme").await;
        let mut listener = store.notices();
        for sequence in 1..=3 {
            store.announce(&notice(&acme, sequence)).await.unwrap();
            assert_eq!(heard(&mut listener).await, notice(&acme, sequence));
        }
        assert!(listener.is_empty());
    }
}

#[tokio::test]
async fn two_processes_on_one_database_hear_each_other() {
    let Some(database) = postgres().await else {
        return;
    };
    let (one, two) = (database.open().await, database.open().await);
    let acme = make::kept_organisation(&one, "acme").await;
    let (mut of_one, mut of_two) = (one.notices(), two.notices());
    one.announce(&notice(&acme, 1)).await.unwrap();
    assert_eq!(heard(&mut of_two).await, notice(&acme, 1));
    two.announce(&notice(&acme, 2)).await.unwrap();
    assert_eq!(heard(&mut of_one).await, notice(&acme, 1));
    assert_eq!(heard(&mut of_one).await, notice(&acme, 2));
    assert_eq!(heard(&mut of_two).await, notice(&acme, 2));
}

#[tokio::test]
async fn a_line_that_was_cut_is_laid_anew_and_everybody_told() {
    if postgres().await.is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let cluster = crate::crashes::own_cluster(&folder);
    let url = cluster.url("postgres").unwrap();
    let (one, two) = (
        SqlStore::postgres(&url).await.unwrap(),
        SqlStore::postgres(&url).await.unwrap(),
    );
    let acme = make::kept_organisation(&one, "acme").await;
    let mut listener = two.notices();
    for how in [Stop::Orderly, Stop::AtOnce, Stop::Killed] {
        cluster.stop(how).unwrap();
        cluster.start().unwrap();
        assert_eq!(cluster.url("postgres").unwrap(), url);
        assert_eq!(heard(&mut listener).await.topic, "reconnected");
        one.announce(&notice(&acme, 5)).await.unwrap();
        assert_eq!(heard(&mut listener).await, notice(&acme, 5));
    }
    cluster.stop(Stop::AtOnce).unwrap();
    assert_eq!(
        one.ready()
            .await
            .map_err(|error| fenjie_message::Message::code(&error)),
        Err("database_unreachable")
    );
}
