//! Published versions of plans, and the changes of their status.

use async_trait::async_trait;
use fenjie_store::plans::PlanStatus;
use fenjie_store::rhythm_version::{StatusChange, Version, VersionRecords};
use fenjie_store::{ApprovalId, Kept, OrganisationId, PlanId, UserId, VersionId};
use sqlx::any::AnyRow;

use crate::transaction::SqlTransaction;
use crate::values::{Columns, instant, maybe_instant, unreadable};
use crate::wrong::wrong;

fn read_version(row: &AnyRow) -> Kept<Version> {
    let approval: Option<String> = row.take("approval_id")?;
    let id =
        |text: String| ApprovalId::parse(&text).map_err(|error| unreadable("approval_id", error));
    Ok(Version {
        id: row.parsed("id", VersionId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        plan: row.parsed("plan_id", PlanId::parse)?,
        number: row.take("number")?,
        sequence: row.count("sequence")?,
        log_hash: row.take("log_hash")?,
        content_hash: row.take("content_hash")?,
        reason: row.take("reason")?,
        approval: approval.map(id).transpose()?,
        published_by: row.parsed("published_by", UserId::parse)?,
        published_at: row.instant("published_at")?,
        superseded_at: row.maybe_instant("superseded_at")?,
        recalled_at: row.maybe_instant("recalled_at")?,
    })
}

fn read_change(row: &AnyRow) -> Kept<StatusChange> {
    let status = |text: &str| PlanStatus::parse(text).ok_or("no such status");
    Ok(StatusChange {
        number: row.take("number")?,
        made: row.take("made")?,
        from: row.parsed("from_status", status)?,
        to: row.parsed("to_status", status)?,
        reason: row.take("reason")?,
        sequence: row.count("sequence")?,
        by: row.parsed("by_id", UserId::parse)?,
        at: row.instant("at")?,
    })
}

#[async_trait]
impl VersionRecords for SqlTransaction {
    async fn add_version(&mut self, version: &Version) -> Kept<()> {
        sqlx::query(
            "INSERT INTO plan_versions (organisation_id, id, plan_id, number, sequence, log_hash, \
             content_hash, reason, approval_id, published_by, published_at, superseded_at, \
             recalled_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(version.organisation.as_str().to_owned())
        .bind(version.id.as_str().to_owned())
        .bind(version.plan.as_str().to_owned())
        .bind(version.number)
        .bind(version.sequence as i64)
        .bind(version.log_hash.clone())
        .bind(version.content_hash.clone())
        .bind(version.reason.clone())
        .bind(version.approval.as_ref().map(|id| id.as_str().to_owned()))
        .bind(version.published_by.as_str().to_owned())
        .bind(instant(version.published_at))
        .bind(maybe_instant(version.superseded_at))
        .bind(maybe_instant(version.recalled_at))
        .execute(self.on())
        .await
        .map_err(wrong("plan_versions"))?;
        Ok(())
    }

    async fn end_version(&mut self, version: &Version) -> Kept<()> {
        sqlx::query(
            "UPDATE plan_versions SET superseded_at = $1, recalled_at = $2 \
             WHERE organisation_id = $3 AND id = $4",
        )
        .bind(maybe_instant(version.superseded_at))
        .bind(maybe_instant(version.recalled_at))
        .bind(version.organisation.as_str().to_owned())
        .bind(version.id.as_str().to_owned())
        .execute(self.on())
        .await
        .map_err(wrong("plan_versions"))?;
        Ok(())
    }

    async fn versions(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
    ) -> Kept<Vec<Version>> {
        let rows = sqlx::query(
            "SELECT * FROM plan_versions WHERE organisation_id = $1 AND plan_id = $2 ORDER BY number",
        )
        .bind(organisation.as_str().to_owned())
        .bind(plan.as_str().to_owned())
        .fetch_all(self.on())
        .await
        .map_err(wrong("plan_versions"))?;
        rows.iter().map(read_version).collect()
    }

    async fn add_status_change(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        change: &StatusChange,
    ) -> Kept<()> {
        sqlx::query(
            "INSERT INTO plan_status_changes (organisation_id, plan_id, number, made, from_status, \
             to_status, reason, sequence, by_id, at) \
             SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, $4, $5, $6, CAST($7 AS BIGINT), $8, $9 \
             FROM plan_status_changes WHERE organisation_id = $1 AND plan_id = $2",
        )
        .bind(organisation.as_str().to_owned())
        .bind(plan.as_str().to_owned())
        .bind(change.made.clone())
        .bind(change.from.code())
        .bind(change.to.code())
        .bind(change.reason.clone())
        .bind(change.sequence as i64)
        .bind(change.by.as_str().to_owned())
        .bind(instant(change.at))
        .execute(self.on())
        .await
        .map_err(wrong("plan_status_changes"))?;
        Ok(())
    }

    async fn status_changes(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
    ) -> Kept<Vec<StatusChange>> {
        let rows = sqlx::query(
            "SELECT * FROM plan_status_changes WHERE organisation_id = $1 AND plan_id = $2 \
             ORDER BY number",
        )
        .bind(organisation.as_str().to_owned())
        .bind(plan.as_str().to_owned())
        .fetch_all(self.on())
        .await
        .map_err(wrong("plan_status_changes"))?;
        rows.iter().map(read_change).collect()
    }
}
