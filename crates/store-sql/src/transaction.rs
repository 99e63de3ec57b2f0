//! One transaction on either database. The records' functions are in a file for each area.

use async_trait::async_trait;
use fenjie_store::{Kept, Transaction};
use sqlx::{Any, AnyConnection};

use crate::dialect::Dialect;
use crate::wrong::wrong;

/// A transaction; dropped, it is taken back.
pub struct SqlTransaction {
    inner: sqlx::Transaction<'static, Any>,
    pub(crate) dialect: Dialect,
    /// SQLite has one writer: whoever holds this may write.
    _turn: Option<tokio::sync::OwnedMutexGuard<()>>,
}

impl SqlTransaction {
    pub(crate) fn new(
        inner: sqlx::Transaction<'static, Any>,
        dialect: Dialect,
        turn: Option<tokio::sync::OwnedMutexGuard<()>>,
    ) -> SqlTransaction {
        SqlTransaction {
            inner,
            dialect,
            _turn: turn,
        }
    }

    /// The connection that statements run on.
    pub(crate) fn on(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }
}

#[async_trait]
impl Transaction for SqlTransaction {
    async fn commit(self: Box<Self>) -> Kept<()> {
        self.inner.commit().await.map_err(wrong("commit"))
    }
}
