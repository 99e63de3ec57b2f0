//! Messages on their way out.

use async_trait::async_trait;
use fenjie_store::delivery::{Attempt, Delivery, DeliveryRecords, DeliveryState};
use fenjie_store::jobs::Lease;
use fenjie_store::{ChannelId, DeliveryId, Kept, Listed, OrganisationId, Page, Timestamp, UserId};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use crate::transaction::SqlTransaction;
use crate::values::{Columns, before, instant, known, maybe_id, maybe_instant, newest};
use crate::wrong::wrong;

fn read(row: &AnyRow) -> Kept<Delivery> {
    Ok(Delivery {
        id: row.parsed("id", DeliveryId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        topic: row.take("topic")?,
        channel: maybe_id(row, "channel_id", ChannelId::parse)?,
        user: maybe_id(row, "user_id", UserId::parse)?,
        language: row.take("language")?,
        values: row.json("values_json")?,
        cause: row.take("cause")?,
        state: known(row, "state", DeliveryState::parse)?,
        attempts: row.count("attempts")? as u32,
        next_at: row.instant("next_at")?,
        attempted_at: row.maybe_instant("attempted_at")?,
        answer: row.take("answer")?,
        error: row.take("error")?,
        created_at: row.instant("created_at")?,
    })
}

#[async_trait]
impl DeliveryRecords for SqlTransaction {
    async fn add_delivery(&mut self, delivery: &Delivery) -> Kept<bool> {
        let channel = delivery.channel.as_ref().map(|id| id.as_str().to_owned());
        let user = delivery.user.as_ref().map(|id| id.as_str().to_owned());
        let receiver = channel.clone().or(user.clone()).unwrap_or_default();
        let done = sqlx::query(
            "INSERT INTO deliveries (organisation_id, id, topic, channel_id, user_id, receiver, \
             language, values_json, cause, state, attempts, next_at, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
             ON CONFLICT (organisation_id, cause, receiver) DO NOTHING",
        )
        .bind(delivery.organisation.as_str().to_owned())
        .bind(delivery.id.as_str().to_owned())
        .bind(delivery.topic.clone())
        .bind(channel)
        .bind(user)
        .bind(receiver)
        .bind(delivery.language.clone())
        .bind(delivery.values.to_string())
        .bind(delivery.cause.clone())
        .bind(delivery.state.code())
        .bind(i64::from(delivery.attempts))
        .bind(instant(delivery.next_at))
        .bind(instant(delivery.created_at))
        .execute(self.on())
        .await
        .map_err(wrong("deliveries"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn delivery(
        &mut self,
        organisation: &OrganisationId,
        id: &DeliveryId,
    ) -> Kept<Option<Delivery>> {
        let row = sqlx::query("SELECT * FROM deliveries WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("deliveries"))?;
        row.as_ref().map(read).transpose()
    }

    async fn deliveries(
        &mut self,
        organisation: &OrganisationId,
        state: Option<DeliveryState>,
        page: &Page,
    ) -> Kept<Listed<Delivery>> {
        let state = state.map_or("", DeliveryState::code);
        let (at, id) = before(page);
        let rows = sqlx::query(
            "SELECT * FROM deliveries WHERE organisation_id = $1 AND ($2 = '' OR state = $3) \
             AND (created_at < $4 OR (created_at = $5 AND id > $6)) \
             ORDER BY created_at DESC, id LIMIT $7",
        )
        .bind(organisation.as_str().to_owned())
        .bind(state)
        .bind(state)
        .bind(at.clone())
        .bind(at)
        .bind(id)
        .bind(page.limit as i64 + 1)
        .fetch_all(self.on())
        .await
        .map_err(wrong("deliveries"))?;
        let found = rows.iter().map(read).collect::<Kept<Vec<Delivery>>>()?;
        Ok(Listed::of(found, page.limit, |one| {
            newest(one.created_at, one.id.as_str())
        }))
    }

    async fn take_delivery(&mut self, lease: &Lease) -> Kept<Option<Delivery>> {
        let skip = self.dialect.skip_taken();
        let row = sqlx::query(AssertSqlSafe(format!(
            "UPDATE deliveries SET state = 'sending', leased_by = $1, lease_until = $2 \
             WHERE id = (SELECT id FROM deliveries \
                 WHERE (state = 'waiting' AND next_at <= $3) \
                    OR (state = 'sending' AND lease_until <= $4) \
                 ORDER BY next_at, id LIMIT 1 {skip}) \
             RETURNING *"
        )))
        .bind(lease.owner.clone())
        .bind(instant(lease.until))
        .bind(instant(lease.now))
        .bind(instant(lease.now))
        .fetch_optional(self.on())
        .await
        .map_err(wrong("deliveries"))?;
        row.as_ref().map(read).transpose()
    }

    async fn end_attempt(
        &mut self,
        delivery: &Delivery,
        owner: &str,
        attempt: &Attempt,
    ) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE deliveries SET state = $1, next_at = $2, attempts = attempts + $3, answer = $4, \
             error = $5, attempted_at = COALESCE($6, attempted_at), leased_by = NULL, \
             lease_until = NULL \
             WHERE organisation_id = $7 AND id = $8 AND state = 'sending' AND leased_by = $9",
        )
        .bind(attempt.state.code())
        .bind(instant(attempt.next_at))
        .bind(i64::from(attempt.tried_at.is_some()))
        .bind(attempt.answer.clone())
        .bind(attempt.error.clone())
        .bind(maybe_instant(attempt.tried_at))
        .bind(delivery.organisation.as_str().to_owned())
        .bind(delivery.id.as_str().to_owned())
        .bind(owner.to_owned())
        .execute(self.on())
        .await
        .map_err(wrong("deliveries"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn delivery_is_due(&mut self, now: Timestamp) -> Kept<bool> {
        let row = sqlx::query(
            "SELECT id FROM deliveries WHERE (state = 'waiting' AND next_at <= $1) \
             OR (state = 'sending' AND lease_until <= $2) LIMIT 1",
        )
        .bind(instant(now))
        .bind(instant(now))
        .fetch_optional(self.on())
        .await
        .map_err(wrong("deliveries"))?;
        Ok(row.is_some())
    }

    async fn hand_back_deliveries(&mut self, owner: &str, at: Timestamp) -> Kept<u64> {
        let done = sqlx::query(
            "UPDATE deliveries SET state = 'waiting', next_at = $1, leased_by = NULL, \
             lease_until = NULL WHERE state = 'sending' AND leased_by = $2",
        )
        .bind(instant(at))
        .bind(owner.to_owned())
        .execute(self.on())
        .await
        .map_err(wrong("deliveries"))?;
        Ok(done.rows_affected())
    }

    async fn sent_since(
        &mut self,
        organisation: &OrganisationId,
        channel: &ChannelId,
        since: Timestamp,
    ) -> Kept<u64> {
        let row = sqlx::query(
            "SELECT COUNT(*) AS sent FROM deliveries \
             WHERE organisation_id = $1 AND channel_id = $2 AND attempted_at > $3",
        )
        .bind(organisation.as_str().to_owned())
        .bind(channel.as_str().to_owned())
        .bind(instant(since))
        .fetch_one(self.on())
        .await
        .map_err(wrong("deliveries"))?;
        row.count("sent")
    }

    async fn retry_delivery(
        &mut self,
        organisation: &OrganisationId,
        id: &DeliveryId,
        at: Timestamp,
    ) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE deliveries SET state = 'waiting', attempts = 0, next_at = $1 \
             WHERE organisation_id = $2 AND id = $3 AND state = 'failed'",
        )
        .bind(instant(at))
        .bind(organisation.as_str().to_owned())
        .bind(id.as_str().to_owned())
        .execute(self.on())
        .await
        .map_err(wrong("deliveries"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn forget_deliveries(
        &mut self,
        organisation: &OrganisationId,
        before: Timestamp,
    ) -> Kept<u64> {
        let done = sqlx::query(
            "DELETE FROM deliveries WHERE organisation_id = $1 AND created_at < $2 \
             AND state IN ('sent', 'failed')",
        )
        .bind(organisation.as_str().to_owned())
        .bind(instant(before))
        .execute(self.on())
        .await
        .map_err(wrong("deliveries"))?;
        Ok(done.rows_affected())
    }
}
