//! When jobs are asked for, again and again.

use async_trait::async_trait;
use fenjie_store::jobs::{Schedule, ScheduleRecords};
use fenjie_store::{Kept, Listed, OrganisationId, Page, ScheduleId, Timestamp};
use sqlx::any::AnyRow;

use crate::transaction::SqlTransaction;
use crate::values::{Columns, after, instant};
use crate::wrong::wrong;

fn read(row: &AnyRow) -> Kept<Schedule> {
    Ok(Schedule {
        id: row.parsed("id", ScheduleId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        kind: row.take("kind")?,
        rule: row.take("rule")?,
        each: row.truth("each_missed")?,
        active: row.truth("active")?,
        parameters: row.json("parameters")?,
        next_at: row.instant("next_at")?,
        revision: row.take("revision")?,
        updated_at: row.instant("updated_at")?,
    })
}

#[async_trait]
impl ScheduleRecords for SqlTransaction {
    async fn add_schedule(&mut self, schedule: &Schedule) -> Kept<bool> {
        let done = sqlx::query(
            "INSERT INTO schedules (organisation_id, id, kind, rule, each_missed, active, \
             parameters, next_at, revision, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (organisation_id, kind) DO NOTHING",
        )
        .bind(schedule.organisation.as_str().to_owned())
        .bind(schedule.id.as_str().to_owned())
        .bind(schedule.kind.clone())
        .bind(schedule.rule.clone())
        .bind(i64::from(schedule.each))
        .bind(i64::from(schedule.active))
        .bind(schedule.parameters.to_string())
        .bind(instant(schedule.next_at))
        .bind(schedule.revision)
        .bind(instant(schedule.updated_at))
        .execute(self.on())
        .await
        .map_err(wrong("schedules"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn update_schedule(&mut self, schedule: &Schedule, seen: i64) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE schedules SET rule = $1, each_missed = $2, active = $3, parameters = $4, \
             next_at = $5, updated_at = $6, revision = revision + 1 \
             WHERE organisation_id = $7 AND id = $8 AND revision = $9",
        )
        .bind(schedule.rule.clone())
        .bind(i64::from(schedule.each))
        .bind(i64::from(schedule.active))
        .bind(schedule.parameters.to_string())
        .bind(instant(schedule.next_at))
        .bind(instant(schedule.updated_at))
        .bind(schedule.organisation.as_str().to_owned())
        .bind(schedule.id.as_str().to_owned())
        .bind(seen)
        .execute(self.on())
        .await
        .map_err(wrong("schedules"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn schedule(
        &mut self,
        organisation: &OrganisationId,
        id: &ScheduleId,
    ) -> Kept<Option<Schedule>> {
        let row = sqlx::query("SELECT * FROM schedules WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("schedules"))?;
        row.as_ref().map(read).transpose()
    }

    async fn schedules(
        &mut self,
        organisation: &OrganisationId,
        page: &Page,
    ) -> Kept<Listed<Schedule>> {
        let rows = sqlx::query(
            "SELECT * FROM schedules WHERE organisation_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        )
        .bind(organisation.as_str().to_owned())
        .bind(after(page))
        .bind(page.limit as i64 + 1)
        .fetch_all(self.on())
        .await
        .map_err(wrong("schedules"))?;
        let found = rows.iter().map(read).collect::<Kept<Vec<Schedule>>>()?;
        Ok(Listed::of(found, page.limit, |one| one.id.to_string()))
    }

    async fn schedules_due(&mut self, now: Timestamp) -> Kept<Vec<Schedule>> {
        let rows = sqlx::query(
            "SELECT * FROM schedules WHERE active = 1 AND next_at <= $1 ORDER BY next_at, id",
        )
        .bind(instant(now))
        .fetch_all(self.on())
        .await
        .map_err(wrong("schedules"))?;
        rows.iter().map(read).collect()
    }

    async fn move_schedule(&mut self, schedule: &Schedule, next_at: Timestamp) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE schedules SET next_at = $1 \
             WHERE organisation_id = $2 AND id = $3 AND next_at = $4 AND active = 1",
        )
        .bind(instant(next_at))
        .bind(schedule.organisation.as_str().to_owned())
        .bind(schedule.id.as_str().to_owned())
        .bind(instant(schedule.next_at))
        .execute(self.on())
        .await
        .map_err(wrong("schedules"))?;
        Ok(done.rows_affected() == 1)
    }
}
