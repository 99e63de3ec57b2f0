//! Answers kept for those who ask twice.

use async_trait::async_trait;
use fenjie_store::idempotency::{IdempotencyRecords, KeptAnswer};
use fenjie_store::{Kept, OrganisationId, Timestamp, UserId};

use crate::transaction::SqlTransaction;
use crate::values::{Columns, instant, unreadable};
use crate::wrong::wrong;

#[async_trait]
impl IdempotencyRecords for SqlTransaction {
    async fn kept_answer(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        key: &str,
    ) -> Kept<Option<KeptAnswer>> {
        let row = sqlx::query(
            "SELECT request_hash, status, headers, body, at FROM kept_answers \
             WHERE organisation_id = $1 AND user_id = $2 AND answer_key = $3",
        )
        .bind(organisation.as_str().to_owned())
        .bind(user.as_str().to_owned())
        .bind(key.to_owned())
        .fetch_optional(self.on())
        .await
        .map_err(wrong("kept_answers"))?;
        let Some(row) = row else { return Ok(None) };
        let status: i64 = row.take("status")?;
        Ok(Some(KeptAnswer {
            request_hash: row.take("request_hash")?,
            status: u16::try_from(status).map_err(|error| unreadable("status", error))?,
            headers: row.json("headers")?,
            body: row.take("body")?,
            at: row.instant("at")?,
        }))
    }

    async fn keep_answer(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        key: &str,
        answer: &KeptAnswer,
    ) -> Kept<()> {
        let headers =
            serde_json::to_string(&answer.headers).map_err(|error| unreadable("headers", error))?;
        sqlx::query(
            "INSERT INTO kept_answers (organisation_id, user_id, answer_key, request_hash, status, \
             headers, body, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(organisation.as_str().to_owned())
        .bind(user.as_str().to_owned())
        .bind(key.to_owned())
        .bind(answer.request_hash.clone())
        .bind(i64::from(answer.status))
        .bind(headers)
        .bind(answer.body.clone())
        .bind(instant(answer.at))
        .execute(self.on())
        .await
        .map_err(wrong("kept_answers"))?;
        Ok(())
    }

    async fn forget_answers(&mut self, before: Timestamp) -> Kept<u64> {
        let done = sqlx::query("DELETE FROM kept_answers WHERE at < $1")
            .bind(instant(before))
            .execute(self.on())
            .await
            .map_err(wrong("kept_answers"))?;
        Ok(done.rows_affected())
    }
}
