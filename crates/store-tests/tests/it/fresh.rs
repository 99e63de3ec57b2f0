//! A fresh database answers, and is of the kind it says.

use fenjie_store::Store;
use fenjie_store_tests::databases;

#[tokio::test]
async fn a_fresh_database_is_ready() {
    for database in databases().await {
        let store = database.open().await;
        assert_eq!(store.kind(), database.kind);
        assert_eq!(store.ready().await, Ok(()));
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.organisations().await.unwrap(), []);
    }
}
