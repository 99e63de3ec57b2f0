//! Releases of targets and the answers to them.

use async_trait::async_trait;
use fenjie_store::rhythm::{Commitment, CommitmentKind, Release, ReleasedTarget, RhythmRecords};
use fenjie_store::{CommitmentId, Kept, Listed, OrganisationId, Page, PlanId, ReleaseId, UserId};
use sqlx::any::AnyRow;

use crate::transaction::SqlTransaction;
use crate::values::{Columns, instant, maybe_instant, unreadable};
use crate::wrong::wrong;

fn read_release(row: &AnyRow) -> Kept<Release> {
    Ok(Release {
        id: row.parsed("id", ReleaseId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        plan: row.parsed("plan_id", PlanId::parse)?,
        measure: row.take("measure")?,
        period: row.take("period")?,
        sequence: row.count("sequence")?,
        deadline: row.parsed("deadline", str::parse)?,
        due_at: row.instant("due_at")?,
        note: row.take("note")?,
        created_by: row.parsed("created_by", UserId::parse)?,
        created_at: row.instant("created_at")?,
        withdrawn_at: row.maybe_instant("withdrawn_at")?,
        revision: row.take("revision")?,
    })
}

/// An account that may be missing.
pub(crate) fn maybe_user(row: &AnyRow, column: &str) -> Kept<Option<UserId>> {
    let found: Option<String> = row.take(column)?;
    let id = |text: String| UserId::parse(&text).map_err(|error| unreadable(column, error));
    found.map(id).transpose()
}

fn read_commitment(row: &AnyRow) -> Kept<Commitment> {
    Ok(Commitment {
        id: row.parsed("id", CommitmentId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        plan: row.parsed("plan_id", PlanId::parse)?,
        release: row.parsed("release_id", ReleaseId::parse)?,
        node: row.take("node")?,
        number: row.take("number")?,
        kind: row.parsed("kind", |text| {
            CommitmentKind::parse(text).ok_or("no such kind")
        })?,
        amount: row.take("amount")?,
        target: row.take("target")?,
        reason: row.take("reason")?,
        author: row.parsed("author_id", UserId::parse)?,
        acting_for: maybe_user(row, "acting_for")?,
        at: row.instant("at")?,
        withdrawn_at: row.maybe_instant("withdrawn_at")?,
        revision: row.take("revision")?,
    })
}

impl SqlTransaction {
    async fn insert_release(&mut self, release: &Release) -> Kept<()> {
        sqlx::query(
            "INSERT INTO releases (organisation_id, id, plan_id, measure, period, sequence, \
             deadline, due_at, note, created_by, created_at, withdrawn_at, revision) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(release.organisation.as_str().to_owned())
        .bind(release.id.as_str().to_owned())
        .bind(release.plan.as_str().to_owned())
        .bind(release.measure.clone())
        .bind(release.period.clone())
        .bind(release.sequence as i64)
        .bind(release.deadline.to_string())
        .bind(instant(release.due_at))
        .bind(release.note.clone())
        .bind(release.created_by.as_str().to_owned())
        .bind(instant(release.created_at))
        .bind(maybe_instant(release.withdrawn_at))
        .bind(release.revision)
        .execute(self.on())
        .await
        .map_err(wrong("releases"))?;
        Ok(())
    }
}

#[async_trait]
impl RhythmRecords for SqlTransaction {
    async fn add_release(&mut self, release: &Release, targets: &[ReleasedTarget]) -> Kept<()> {
        self.insert_release(release).await?;
        for target in targets {
            sqlx::query(
                "INSERT INTO released_targets (organisation_id, release_id, node, target) \
                 VALUES ($1, $2, $3, $4)",
            )
            .bind(release.organisation.as_str().to_owned())
            .bind(release.id.as_str().to_owned())
            .bind(target.node.clone())
            .bind(target.target)
            .execute(self.on())
            .await
            .map_err(wrong("released_targets"))?;
        }
        Ok(())
    }

    async fn update_release(&mut self, release: &Release, seen: i64) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE releases SET deadline = $1, due_at = $2, note = $3, withdrawn_at = $4, \
             revision = revision + 1 WHERE organisation_id = $5 AND id = $6 AND revision = $7",
        )
        .bind(release.deadline.to_string())
        .bind(instant(release.due_at))
        .bind(release.note.clone())
        .bind(maybe_instant(release.withdrawn_at))
        .bind(release.organisation.as_str().to_owned())
        .bind(release.id.as_str().to_owned())
        .bind(seen)
        .execute(self.on())
        .await
        .map_err(wrong("releases"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn release(
        &mut self,
        organisation: &OrganisationId,
        id: &ReleaseId,
    ) -> Kept<Option<Release>> {
        let row = sqlx::query("SELECT * FROM releases WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("releases"))?;
        row.as_ref().map(read_release).transpose()
    }

    async fn releases(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        page: &Page,
    ) -> Kept<Listed<Release>> {
        let after = page.after.as_ref().map_or("", |after| after.0.as_str());
        let rows = sqlx::query(
            "SELECT * FROM releases WHERE organisation_id = $1 AND plan_id = $2 AND id > $3 \
             ORDER BY id LIMIT $4",
        )
        .bind(organisation.as_str().to_owned())
        .bind(plan.as_str().to_owned())
        .bind(after.to_owned())
        .bind(page.limit as i64 + 1)
        .fetch_all(self.on())
        .await
        .map_err(wrong("releases"))?;
        let found = rows.iter().map(read_release).collect::<Kept<Vec<_>>>()?;
        Ok(Listed::of(found, page.limit, |release| {
            release.id.to_string()
        }))
    }

    async fn standing_releases(
        &mut self,
        organisation: &OrganisationId,
        plan: Option<&PlanId>,
    ) -> Kept<Vec<Release>> {
        let rows = sqlx::query(
            "SELECT * FROM releases WHERE organisation_id = $1 AND withdrawn_at IS NULL \
             AND ($2 = '' OR plan_id = $2) ORDER BY created_at, id",
        )
        .bind(organisation.as_str().to_owned())
        .bind(plan.map_or("", PlanId::as_str).to_owned())
        .fetch_all(self.on())
        .await
        .map_err(wrong("releases"))?;
        rows.iter().map(read_release).collect()
    }

    async fn released_targets(
        &mut self,
        organisation: &OrganisationId,
        release: &ReleaseId,
    ) -> Kept<Vec<ReleasedTarget>> {
        let rows = sqlx::query(
            "SELECT node, target FROM released_targets \
             WHERE organisation_id = $1 AND release_id = $2 ORDER BY node",
        )
        .bind(organisation.as_str().to_owned())
        .bind(release.as_str().to_owned())
        .fetch_all(self.on())
        .await
        .map_err(wrong("released_targets"))?;
        let target = |row: &AnyRow| -> Kept<ReleasedTarget> {
            Ok(ReleasedTarget {
                node: row.take("node")?,
                target: row.take("target")?,
            })
        };
        rows.iter().map(target).collect()
    }

    async fn add_commitment(&mut self, commitment: &Commitment) -> Kept<()> {
        sqlx::query(
            "INSERT INTO commitments (organisation_id, id, plan_id, release_id, node, number, kind, \
             amount, target, reason, author_id, acting_for, at, withdrawn_at, revision) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        )
        .bind(commitment.organisation.as_str().to_owned())
        .bind(commitment.id.as_str().to_owned())
        .bind(commitment.plan.as_str().to_owned())
        .bind(commitment.release.as_str().to_owned())
        .bind(commitment.node.clone())
        .bind(commitment.number)
        .bind(commitment.kind.code())
        .bind(commitment.amount)
        .bind(commitment.target)
        .bind(commitment.reason.clone())
        .bind(commitment.author.as_str().to_owned())
        .bind(commitment.acting_for.as_ref().map(|id| id.as_str().to_owned()))
        .bind(instant(commitment.at))
        .bind(maybe_instant(commitment.withdrawn_at))
        .bind(commitment.revision)
        .execute(self.on())
        .await
        .map_err(wrong("commitments"))?;
        Ok(())
    }

    async fn update_commitment(&mut self, commitment: &Commitment, seen: i64) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE commitments SET withdrawn_at = $1, revision = revision + 1 \
             WHERE organisation_id = $2 AND id = $3 AND revision = $4",
        )
        .bind(maybe_instant(commitment.withdrawn_at))
        .bind(commitment.organisation.as_str().to_owned())
        .bind(commitment.id.as_str().to_owned())
        .bind(seen)
        .execute(self.on())
        .await
        .map_err(wrong("commitments"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn commitment(
        &mut self,
        organisation: &OrganisationId,
        id: &CommitmentId,
    ) -> Kept<Option<Commitment>> {
        let row = sqlx::query("SELECT * FROM commitments WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("commitments"))?;
        row.as_ref().map(read_commitment).transpose()
    }

    async fn commitments(
        &mut self,
        organisation: &OrganisationId,
        release: &ReleaseId,
    ) -> Kept<Vec<Commitment>> {
        let rows = sqlx::query(
            "SELECT * FROM commitments WHERE organisation_id = $1 AND release_id = $2 \
             ORDER BY node, number",
        )
        .bind(organisation.as_str().to_owned())
        .bind(release.as_str().to_owned())
        .fetch_all(self.on())
        .await
        .map_err(wrong("commitments"))?;
        rows.iter().map(read_commitment).collect()
    }
}
