//! Remarks on cells.

use async_trait::async_trait;
use fenjie_store::rhythm_comment::{Comment, CommentRecords, Remarked};
use fenjie_store::{CommentId, Kept, Listed, OrganisationId, Page, PlanId, UserId};
use sqlx::any::AnyRow;

use crate::rhythm::maybe_user;
use crate::transaction::SqlTransaction;
use crate::values::{Columns, instant, maybe_instant, unreadable};
use crate::wrong::wrong;

fn read(row: &AnyRow) -> Kept<Comment> {
    Ok(Comment {
        id: row.parsed("id", CommentId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        plan: row.parsed("plan_id", PlanId::parse)?,
        thread: row.parsed("thread_id", CommentId::parse)?,
        measure: row.take("measure")?,
        place: row.take("place")?,
        node: row.take("node")?,
        text: row.take("body")?,
        mentions: row.json("mentions")?,
        author: row.parsed("author_id", UserId::parse)?,
        created_at: row.instant("created_at")?,
        edited_at: row.maybe_instant("edited_at")?,
        resolved_by: maybe_user(row, "resolved_by")?,
        resolved_at: row.maybe_instant("resolved_at")?,
        revision: row.take("revision")?,
    })
}

fn mentions(comment: &Comment) -> Kept<String> {
    serde_json::to_string(&comment.mentions).map_err(|error| unreadable("mentions", error))
}

#[async_trait]
impl CommentRecords for SqlTransaction {
    async fn add_comment(&mut self, comment: &Comment) -> Kept<()> {
        sqlx::query(
            "INSERT INTO comments (organisation_id, id, plan_id, thread_id, measure, place, node, \
             body, mentions, author_id, created_at, revision) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(comment.organisation.as_str().to_owned())
        .bind(comment.id.as_str().to_owned())
        .bind(comment.plan.as_str().to_owned())
        .bind(comment.thread.as_str().to_owned())
        .bind(comment.measure.clone())
        .bind(comment.place.clone())
        .bind(comment.node.clone())
        .bind(comment.text.clone())
        .bind(mentions(comment)?)
        .bind(comment.author.as_str().to_owned())
        .bind(instant(comment.created_at))
        .bind(comment.revision)
        .execute(self.on())
        .await
        .map_err(wrong("comments"))?;
        Ok(())
    }

    async fn update_comment(&mut self, comment: &Comment, seen: i64) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE comments SET body = $1, mentions = $2, edited_at = $3, resolved_by = $4, \
             resolved_at = $5, revision = revision + 1 \
             WHERE organisation_id = $6 AND id = $7 AND revision = $8",
        )
        .bind(comment.text.clone())
        .bind(mentions(comment)?)
        .bind(maybe_instant(comment.edited_at))
        .bind(
            comment
                .resolved_by
                .as_ref()
                .map(|id| id.as_str().to_owned()),
        )
        .bind(maybe_instant(comment.resolved_at))
        .bind(comment.organisation.as_str().to_owned())
        .bind(comment.id.as_str().to_owned())
        .bind(seen)
        .execute(self.on())
        .await
        .map_err(wrong("comments"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn comment(
        &mut self,
        organisation: &OrganisationId,
        id: &CommentId,
    ) -> Kept<Option<Comment>> {
        let row = sqlx::query("SELECT * FROM comments WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("comments"))?;
        row.as_ref().map(read).transpose()
    }

    async fn comments(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        page: &Page,
    ) -> Kept<Listed<Comment>> {
        let after = page.after.as_ref().map_or("", |after| after.0.as_str());
        let (at, id) = after.split_once(' ').unwrap_or(("", ""));
        let rows = sqlx::query(
            "SELECT * FROM comments WHERE organisation_id = $1 AND plan_id = $2 \
             AND (created_at > $3 OR (created_at = $3 AND id > $4)) \
             ORDER BY created_at, id LIMIT $5",
        )
        .bind(organisation.as_str().to_owned())
        .bind(plan.as_str().to_owned())
        .bind(at.to_owned())
        .bind(id.to_owned())
        .bind(page.limit as i64 + 1)
        .fetch_all(self.on())
        .await
        .map_err(wrong("comments"))?;
        let found = rows.iter().map(read).collect::<Kept<Vec<_>>>()?;
        Ok(Listed::of(found, page.limit, Comment::key))
    }

    async fn remarked(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        most: usize,
    ) -> Kept<Remarked> {
        let row = sqlx::query(
            "SELECT CAST(COALESCE(SUM(revision), 0) AS BIGINT) AS changes FROM comments \
             WHERE organisation_id = $1 AND plan_id = $2",
        )
        .bind(organisation.as_str().to_owned())
        .bind(plan.as_str().to_owned())
        .fetch_one(self.on())
        .await
        .map_err(wrong("comments"))?;
        let changes: i64 = row.take("changes")?;
        if changes == 0 {
            return Ok(Remarked::default());
        }
        let rows = sqlx::query(
            "SELECT measure, place FROM comments WHERE organisation_id = $1 AND plan_id = $2 \
             AND thread_id = id AND resolved_at IS NULL ORDER BY created_at, id LIMIT $3",
        )
        .bind(organisation.as_str().to_owned())
        .bind(plan.as_str().to_owned())
        .bind(most as i64)
        .fetch_all(self.on())
        .await
        .map_err(wrong("comments"))?;
        let cell = |row: &AnyRow| Ok((row.take("measure")?, row.take("place")?));
        Ok(Remarked {
            changes: changes.unsigned_abs(),
            cells: rows.iter().map(cell).collect::<Kept<Vec<_>>>()?,
        })
    }
}
