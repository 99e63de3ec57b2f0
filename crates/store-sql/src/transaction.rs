//! One transaction on either database. The records' functions are in a file for each area.

use std::sync::Arc;

use async_trait::async_trait;
use fenjie_store::{Kept, Transaction};
use sqlx::{Any, AnyConnection};

use crate::dialect::Dialect;
use crate::seal::Seal;
use crate::wrong::wrong;

/// A transaction; dropped, it is taken back.
pub struct SqlTransaction {
    inner: sqlx::Transaction<'static, Any>,
    pub(crate) dialect: Dialect,
    /// What the ends of audit chains are sealed with.
    pub(crate) seal: Option<Arc<Seal>>,
    /// SQLite has one writer: whoever holds this may write.
    _turn: Option<tokio::sync::OwnedMutexGuard<()>>,
}

impl SqlTransaction {
    pub(crate) fn new(
        inner: sqlx::Transaction<'static, Any>,
        dialect: Dialect,
        seal: Option<Arc<Seal>>,
        turn: Option<tokio::sync::OwnedMutexGuard<()>>,
    ) -> SqlTransaction {
        SqlTransaction {
            inner,
            dialect,
            seal,
            _turn: turn,
        }
    }

    async fn tell(&mut self, statement: &'static str) -> Kept<()> {
        sqlx::query(statement)
            .execute(self.on())
            .await
            .map_err(wrong("mark"))?;
        Ok(())
    }

    /// The connection that statements run on.
    pub(crate) fn on(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }
}

#[async_trait]
impl Transaction for SqlTransaction {
    async fn probe(&mut self) -> Kept<()> {
        sqlx::query("UPDATE probes SET count = count + 1")
            .execute(self.on())
            .await
            .map_err(wrong("probes"))?;
        Ok(())
    }

    async fn mark(&mut self) -> Kept<()> {
        self.tell("SAVEPOINT fenjie_mark").await
    }

    async fn back_to_mark(&mut self) -> Kept<()> {
        self.tell("ROLLBACK TO SAVEPOINT fenjie_mark").await?;
        self.tell("RELEASE SAVEPOINT fenjie_mark").await
    }

    async fn drop_mark(&mut self) -> Kept<()> {
        self.tell("RELEASE SAVEPOINT fenjie_mark").await
    }

    async fn commit(self: Box<Self>) -> Kept<()> {
        self.inner.commit().await.map_err(wrong("commit"))
    }
}
