//! Jobs, and who has taken them.

use async_trait::async_trait;
use fenjie_store::jobs::{Job, JobEnd, JobFilter, JobRecords, JobState, Lease};
use fenjie_store::{JobId, Kept, Listed, OrganisationId, Page, PlanId, Timestamp};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use crate::transaction::SqlTransaction;
use crate::values::{Columns, before, instant, known, maybe_id, newest};
use crate::wrong::wrong;

fn read(row: &AnyRow) -> Kept<Job> {
    Ok(Job {
        id: row.parsed("id", JobId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        kind: row.take("kind")?,
        plan: maybe_id(row, "plan_id", PlanId::parse)?,
        parameters: row.json("parameters")?,
        run_key: row.take("run_key")?,
        state: known(row, "state", JobState::parse)?,
        due_at: row.instant("due_at")?,
        attempts: row.count("attempts")? as u32,
        started_at: row.maybe_instant("started_at")?,
        finished_at: row.maybe_instant("finished_at")?,
        error: row.take("error")?,
        reason: row.take("reason")?,
        outcome: row.json("outcome")?,
        created_at: row.instant("created_at")?,
    })
}

#[async_trait]
impl JobRecords for SqlTransaction {
    async fn add_job(&mut self, job: &Job) -> Kept<bool> {
        let done = sqlx::query(
            "INSERT INTO jobs (organisation_id, id, kind, plan_id, parameters, run_key, state, \
             due_at, attempts, outcome, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             ON CONFLICT (organisation_id, run_key) DO NOTHING",
        )
        .bind(job.organisation.as_str().to_owned())
        .bind(job.id.as_str().to_owned())
        .bind(job.kind.clone())
        .bind(job.plan.as_ref().map(|id| id.as_str().to_owned()))
        .bind(job.parameters.to_string())
        .bind(job.run_key.clone())
        .bind(job.state.code())
        .bind(instant(job.due_at))
        .bind(i64::from(job.attempts))
        .bind(job.outcome.to_string())
        .bind(instant(job.created_at))
        .execute(self.on())
        .await
        .map_err(wrong("jobs"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn job(&mut self, organisation: &OrganisationId, id: &JobId) -> Kept<Option<Job>> {
        let row = sqlx::query("SELECT * FROM jobs WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("jobs"))?;
        row.as_ref().map(read).transpose()
    }

    async fn jobs(
        &mut self,
        organisation: &OrganisationId,
        filter: &JobFilter,
        page: &Page,
    ) -> Kept<Listed<Job>> {
        let state = filter.state.map_or("", JobState::code);
        let kind = filter.kind.clone().unwrap_or_default();
        let (at, id) = before(page);
        let rows = sqlx::query(
            "SELECT * FROM jobs WHERE organisation_id = $1 AND ($2 = '' OR state = $3) \
             AND ($4 = '' OR kind = $5) AND (created_at < $6 OR (created_at = $7 AND id > $8)) \
             ORDER BY created_at DESC, id LIMIT $9",
        )
        .bind(organisation.as_str().to_owned())
        .bind(state)
        .bind(state)
        .bind(kind.clone())
        .bind(kind)
        .bind(at.clone())
        .bind(at)
        .bind(id)
        .bind(page.limit as i64 + 1)
        .fetch_all(self.on())
        .await
        .map_err(wrong("jobs"))?;
        let found = rows.iter().map(read).collect::<Kept<Vec<Job>>>()?;
        Ok(Listed::of(found, page.limit, |job| {
            newest(job.created_at, job.id.as_str())
        }))
    }

    async fn take_job(&mut self, lease: &Lease) -> Kept<Option<Job>> {
        let skip = self.dialect.skip_taken();
        let row = sqlx::query(AssertSqlSafe(format!(
            "UPDATE jobs SET state = 'running', leased_by = $1, lease_until = $2, started_at = $3, \
             attempts = attempts + 1 \
             WHERE id = (SELECT id FROM jobs \
                 WHERE (state = 'waiting' AND due_at <= $4) \
                    OR (state = 'running' AND lease_until <= $5) \
                 ORDER BY due_at, id LIMIT 1 {skip}) \
             RETURNING *"
        )))
        .bind(lease.owner.clone())
        .bind(instant(lease.until))
        .bind(instant(lease.now))
        .bind(instant(lease.now))
        .bind(instant(lease.now))
        .fetch_optional(self.on())
        .await
        .map_err(wrong("jobs"))?;
        row.as_ref().map(read).transpose()
    }

    async fn renew_job(&mut self, job: &Job, lease: &Lease) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE jobs SET lease_until = $1 WHERE organisation_id = $2 AND id = $3 \
             AND state = 'running' AND leased_by = $4 AND attempts = $5",
        )
        .bind(instant(lease.until))
        .bind(job.organisation.as_str().to_owned())
        .bind(job.id.as_str().to_owned())
        .bind(lease.owner.clone())
        .bind(i64::from(job.attempts))
        .execute(self.on())
        .await
        .map_err(wrong("jobs"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn end_job(&mut self, job: &Job, owner: &str, end: &JobEnd) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE jobs SET state = $1, finished_at = $2, due_at = $3, error = $4, reason = $5, \
             outcome = $6, leased_by = NULL, lease_until = NULL \
             WHERE organisation_id = $7 AND id = $8 AND state = 'running' AND leased_by = $9 \
             AND attempts = $10",
        )
        .bind(end.state.code())
        .bind(instant(end.at))
        .bind(instant(end.due_at))
        .bind(end.error.clone())
        .bind(end.reason.clone())
        .bind(end.outcome.to_string())
        .bind(job.organisation.as_str().to_owned())
        .bind(job.id.as_str().to_owned())
        .bind(owner.to_owned())
        .bind(i64::from(job.attempts))
        .execute(self.on())
        .await
        .map_err(wrong("jobs"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn job_is_due(&mut self, now: Timestamp) -> Kept<bool> {
        let row = sqlx::query(
            "SELECT id FROM jobs WHERE (state = 'waiting' AND due_at <= $1) \
             OR (state = 'running' AND lease_until <= $2) LIMIT 1",
        )
        .bind(instant(now))
        .bind(instant(now))
        .fetch_optional(self.on())
        .await
        .map_err(wrong("jobs"))?;
        Ok(row.is_some())
    }

    async fn jobs_held(&mut self, owner: &str) -> Kept<Vec<Job>> {
        let rows = sqlx::query("SELECT * FROM jobs WHERE state = 'running' AND leased_by = $1")
            .bind(owner.to_owned())
            .fetch_all(self.on())
            .await
            .map_err(wrong("jobs"))?;
        rows.iter().map(read).collect()
    }

    async fn hand_back_job(&mut self, job: &Job, owner: &str, at: Timestamp) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE jobs SET state = 'waiting', due_at = $1, attempts = attempts - 1, \
             leased_by = NULL, lease_until = NULL \
             WHERE organisation_id = $2 AND id = $3 AND state = 'running' AND leased_by = $4 \
             AND attempts = $5",
        )
        .bind(instant(at))
        .bind(job.organisation.as_str().to_owned())
        .bind(job.id.as_str().to_owned())
        .bind(owner.to_owned())
        .bind(i64::from(job.attempts))
        .execute(self.on())
        .await
        .map_err(wrong("jobs"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn retry_job(
        &mut self,
        organisation: &OrganisationId,
        id: &JobId,
        at: Timestamp,
    ) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE jobs SET state = 'waiting', attempts = 0, due_at = $1 \
             WHERE organisation_id = $2 AND id = $3 AND state = 'failed'",
        )
        .bind(instant(at))
        .bind(organisation.as_str().to_owned())
        .bind(id.as_str().to_owned())
        .execute(self.on())
        .await
        .map_err(wrong("jobs"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn forget_jobs(&mut self, organisation: &OrganisationId, before: Timestamp) -> Kept<u64> {
        let done = sqlx::query(
            "DELETE FROM jobs WHERE organisation_id = $1 AND finished_at < $2 \
             AND state IN ('done', 'failed')",
        )
        .bind(organisation.as_str().to_owned())
        .bind(instant(before))
        .execute(self.on())
        .await
        .map_err(wrong("jobs"))?;
        Ok(done.rows_affected())
    }

    async fn count_jobs(&mut self) -> Kept<Vec<(JobState, i64)>> {
        let rows =
            sqlx::query("SELECT state, CAST(count(*) AS BIGINT) AS many FROM jobs GROUP BY state")
                .fetch_all(self.on())
                .await
                .map_err(wrong("jobs"))?;
        let count = |row: &AnyRow| Ok((known(row, "state", JobState::parse)?, row.take("many")?));
        rows.iter().map(count).collect()
    }
}
