//! One transaction on either database. The records' functions are in a file for each area.

use std::sync::Arc;

use async_trait::async_trait;
use fenjie_store::{Kept, Transaction};
use sqlx::{Any, AnyConnection};

use crate::commits::{Commits, Counted};
use crate::dialect::Dialect;
use crate::seal::Seal;
use crate::values::Columns;
use crate::wrong::wrong;

/// A transaction; dropped, it is taken back.
pub struct SqlTransaction {
    inner: sqlx::Transaction<'static, Any>,
    pub(crate) dialect: Dialect,
    /// What the ends of audit chains are sealed with.
    pub(crate) seal: Option<Arc<Seal>>,
    /// Counts what is committed, and how much was when this began; where nobody else writes.
    commits: Option<(Arc<Commits>, String)>,
    /// SQLite has one writer: whoever holds this may write.
    _turn: Option<tokio::sync::OwnedMutexGuard<()>>,
}

impl SqlTransaction {
    pub(crate) fn new(
        inner: sqlx::Transaction<'static, Any>,
        dialect: Dialect,
        seal: Option<Arc<Seal>>,
        commits: Option<(Arc<Commits>, String)>,
        turn: Option<tokio::sync::OwnedMutexGuard<()>>,
    ) -> SqlTransaction {
        SqlTransaction {
            inner,
            dialect,
            seal,
            commits,
            _turn: turn,
        }
    }

    async fn last(self, operations: bool) -> Kept<()> {
        let SqlTransaction {
            inner,
            commits,
            _turn,
            ..
        } = self;
        // Let go before the turn is: whoever writes next finds it counted.
        let _counted = commits.map(|(commits, _)| Counted::new(commits, operations));
        inner.commit().await.map_err(wrong("commit"))
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

    async fn moment(&mut self) -> Kept<Option<String>> {
        if let Some((_, began)) = &self.commits {
            return Ok(Some(began.clone()));
        }
        moment(self.dialect, self.on()).await
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
        self.last(false).await
    }

    async fn commit_operations(self: Box<Self>) -> Kept<()> {
        self.last(true).await
    }
}

/// What a connection sees: on PostgreSQL the transactions that are visible, so that the same text is the
/// same content. Nothing is known of a SQLite file that others may write to.
pub(crate) async fn moment(dialect: Dialect, on: &mut AnyConnection) -> Kept<Option<String>> {
    let Some(statement) = dialect.moment() else {
        return Ok(None);
    };
    let row = sqlx::query(statement)
        .fetch_one(on)
        .await
        .map_err(wrong("moment"))?;
    Ok(Some(row.take("moment")?))
}
