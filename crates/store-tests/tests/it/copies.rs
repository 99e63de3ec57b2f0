//! A database of either kind, copied into a file and from there back into either.

use fenjie_store::{Page, Store};
use fenjie_store_sql::{restore_postgres, restore_sqlite};
use fenjie_store_tests::{databases, make};

#[tokio::test]
async fn a_copy_goes_back_into_either_kind() {
    for from in databases().await {
        let store = from.open().await;
        let acme = make::kept_organisation(&store, "acme").await;
        let mut tx = store.write().await.unwrap();
        let entries: Vec<_> = (0..30).map(make::entry).collect();
        tx.append_audit(&acme, &entries).await.unwrap();
        tx.commit().await.unwrap();
        let file = from.folder().join("copy.db");
        // Somebody is writing meanwhile, and is not in the copy.
        let mut writer = store.write().await.unwrap();
        writer.append_audit(&acme, &entries[..1]).await.unwrap();
        store.copy_to(&file).await.unwrap();
        assert_eq!(store.faults().await, Ok(Vec::new()));
        writer.commit().await.unwrap();
        for to in databases().await {
            match to.url() {
                Some(url) => restore_postgres(&file, &url).await.unwrap(),
                None => restore_sqlite(&file, to.folder()).await.unwrap(),
            }
            let key = fenjie_store_sql::SEAL_FILE;
            std::fs::copy(from.folder().join(key), to.folder().join(key)).unwrap();
            let restored = to.open().await;
            let mut tx = restored.read().await.unwrap();
            let proved = tx.verify_audit(&acme, &[]).await.unwrap();
            assert_eq!((proved.records, proved.faults), (30, vec![]));
            let page = Page {
                after: None,
                limit: 100,
            };
            let found = tx.audit(&acme, &page).await.unwrap().items;
            let kept: Vec<_> = found.into_iter().map(|record| record.entry).collect();
            assert_eq!(kept.len(), 30);
            assert_eq!(kept[7].after, entries[7].after);
        }
    }
}
