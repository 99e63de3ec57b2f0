//! Texts written anew, and the secret addresses of calendars.

use async_trait::async_trait;
use fenjie_store::channel::{Feed, FeedRecords, WrittenTemplate};
use fenjie_store::{FeedId, Kept, Listed, OrganisationId, Page, Timestamp, UserId};
use sqlx::any::AnyRow;

use crate::transaction::SqlTransaction;
use crate::values::{Columns, after, instant};
use crate::wrong::wrong;

fn read_template(row: &AnyRow) -> Kept<WrittenTemplate> {
    Ok(WrittenTemplate {
        topic: row.take("topic")?,
        language: row.take("language")?,
        title: row.take("title")?,
        body: row.take("body")?,
        revision: row.take("revision")?,
        updated_at: row.instant("updated_at")?,
    })
}

fn read_feed(row: &AnyRow) -> Kept<Feed> {
    Ok(Feed {
        id: row.parsed("id", FeedId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        user: row.parsed("user_id", UserId::parse)?,
        name: row.take("name")?,
        secret_hash: row.take("secret_hash")?,
        created_at: row.instant("created_at")?,
        revoked_at: row.maybe_instant("revoked_at")?,
    })
}

#[async_trait]
impl FeedRecords for SqlTransaction {
    async fn put_template(
        &mut self,
        organisation: &OrganisationId,
        template: &WrittenTemplate,
        seen: i64,
    ) -> Kept<bool> {
        let statement = match seen {
            0 => {
                "INSERT INTO templates (title, body, updated_at, revision, organisation_id, topic, \
                 language) VALUES ($1, $2, $3, $4 + 1, $5, $6, $7) \
                 ON CONFLICT (organisation_id, topic, language) DO NOTHING"
            }
            _ => {
                "UPDATE templates SET title = $1, body = $2, updated_at = $3, \
                 revision = revision + 1 \
                 WHERE revision = $4 AND organisation_id = $5 AND topic = $6 AND language = $7"
            }
        };
        let done = sqlx::query(statement)
            .bind(template.title.clone())
            .bind(template.body.clone())
            .bind(instant(template.updated_at))
            .bind(seen)
            .bind(organisation.as_str().to_owned())
            .bind(template.topic.clone())
            .bind(template.language.clone())
            .execute(self.on())
            .await
            .map_err(wrong("templates"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn remove_template(
        &mut self,
        organisation: &OrganisationId,
        topic: &str,
        language: &str,
    ) -> Kept<bool> {
        let done = sqlx::query(
            "DELETE FROM templates WHERE organisation_id = $1 AND topic = $2 AND language = $3",
        )
        .bind(organisation.as_str().to_owned())
        .bind(topic.to_owned())
        .bind(language.to_owned())
        .execute(self.on())
        .await
        .map_err(wrong("templates"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn template(
        &mut self,
        organisation: &OrganisationId,
        topic: &str,
        language: &str,
    ) -> Kept<Option<WrittenTemplate>> {
        let row = sqlx::query(
            "SELECT * FROM templates WHERE organisation_id = $1 AND topic = $2 AND language = $3",
        )
        .bind(organisation.as_str().to_owned())
        .bind(topic.to_owned())
        .bind(language.to_owned())
        .fetch_optional(self.on())
        .await
        .map_err(wrong("templates"))?;
        row.as_ref().map(read_template).transpose()
    }

    async fn add_feed(&mut self, feed: &Feed) -> Kept<()> {
        sqlx::query(
            "INSERT INTO feeds (organisation_id, id, user_id, name, secret_hash, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(feed.organisation.as_str().to_owned())
        .bind(feed.id.as_str().to_owned())
        .bind(feed.user.as_str().to_owned())
        .bind(feed.name.clone())
        .bind(feed.secret_hash.clone())
        .bind(instant(feed.created_at))
        .execute(self.on())
        .await
        .map_err(wrong("feeds"))?;
        Ok(())
    }

    async fn revoke_feed(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        id: &FeedId,
        at: Timestamp,
    ) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE feeds SET revoked_at = $1 WHERE organisation_id = $2 AND user_id = $3 \
             AND id = $4 AND revoked_at IS NULL",
        )
        .bind(instant(at))
        .bind(organisation.as_str().to_owned())
        .bind(user.as_str().to_owned())
        .bind(id.as_str().to_owned())
        .execute(self.on())
        .await
        .map_err(wrong("feeds"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn feeds(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        page: &Page,
    ) -> Kept<Listed<Feed>> {
        let rows = sqlx::query(
            "SELECT * FROM feeds WHERE organisation_id = $1 AND user_id = $2 \
             AND revoked_at IS NULL AND id > $3 ORDER BY id LIMIT $4",
        )
        .bind(organisation.as_str().to_owned())
        .bind(user.as_str().to_owned())
        .bind(after(page))
        .bind(page.limit as i64 + 1)
        .fetch_all(self.on())
        .await
        .map_err(wrong("feeds"))?;
        let found = rows.iter().map(read_feed).collect::<Kept<Vec<Feed>>>()?;
        Ok(Listed::of(found, page.limit, |feed| feed.id.to_string()))
    }

    async fn feed_by_secret(&mut self, secret_hash: &str) -> Kept<Option<Feed>> {
        let row = sqlx::query("SELECT * FROM feeds WHERE secret_hash = $1 AND revoked_at IS NULL")
            .bind(secret_hash.to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("feeds"))?;
        row.as_ref().map(read_feed).transpose()
    }
}
