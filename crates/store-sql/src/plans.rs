//! Plans, their logs and files.

use async_trait::async_trait;
use fenjie_store::plans::{Branch, PlanInput, PlanLine, PlanRecord, PlanRecords, PlanStatus};
use fenjie_store::{Kept, Listed, OrganisationId, Page, PlanId, StoreError, UserId};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use crate::transaction::SqlTransaction;
use crate::values::{Columns, ROWS_AT_ONCE, instant, maybe_instant, rows, unreadable};
use crate::wrong::wrong;

fn read_plan(row: &AnyRow) -> Kept<PlanRecord> {
    let from: Option<String> = row.take("branched_from")?;
    let at: Option<i64> = row.take("branched_at")?;
    let branch = |from: String| -> Kept<Branch> {
        let plan = PlanId::parse(&from).map_err(|error| unreadable("branched_from", error))?;
        let sequence =
            u64::try_from(at.unwrap_or(0)).map_err(|error| unreadable("branched_at", error))?;
        Ok(Branch { plan, sequence })
    };
    Ok(PlanRecord {
        id: row.parsed("id", PlanId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        name: row.take("name")?,
        scope_axis: row.take("scope_axis")?,
        branched_from: from.map(branch).transpose()?,
        status: row.parsed("status", |text| {
            PlanStatus::parse(text).ok_or("no such status")
        })?,
        last_sequence: row.count("last_sequence")?,
        last_hash: row.take("last_hash")?,
        revision: row.take("revision")?,
        created_by: row.parsed("created_by", UserId::parse)?,
        created_at: row.instant("created_at")?,
        archived_at: row.maybe_instant("archived_at")?,
    })
}

fn read_line(row: &AnyRow) -> Kept<PlanLine> {
    let user: Option<String> = row.take("user_id")?;
    let id = |text: String| UserId::parse(&text).map_err(|error| unreadable("user_id", error));
    Ok(PlanLine {
        sequence: row.count("sequence")?,
        line: row.take("line")?,
        hash: row.take("hash")?,
        user: user.map(id).transpose()?,
        at: row.instant("at")?,
    })
}

impl SqlTransaction {
    async fn insert_lines(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        lines: &[PlanLine],
    ) -> Kept<()> {
        for some in lines.chunks(ROWS_AT_ONCE) {
            let text = format!(
                "INSERT INTO plan_lines (organisation_id, plan_id, sequence, line, hash, user_id, at) \
                 VALUES {}",
                rows(some.len(), 7)
            );
            let mut insert = sqlx::query(AssertSqlSafe(text));
            for line in some {
                insert = insert
                    .bind(organisation.as_str().to_owned())
                    .bind(plan.as_str().to_owned())
                    .bind(line.sequence as i64)
                    .bind(line.line.clone())
                    .bind(line.hash.clone())
                    .bind(line.user.as_ref().map(|id| id.as_str().to_owned()))
                    .bind(instant(line.at));
            }
            insert
                .execute(self.on())
                .await
                .map_err(wrong("plan_lines"))?;
        }
        Ok(())
    }
}

#[async_trait]
impl PlanRecords for SqlTransaction {
    async fn add_plan(
        &mut self,
        plan: &PlanRecord,
        lines: &[PlanLine],
        inputs: &[PlanInput],
    ) -> Kept<()> {
        let from = plan.branched_from.as_ref();
        sqlx::query(
            "INSERT INTO plans (organisation_id, id, name, scope_axis, branched_from, branched_at, \
             status, last_sequence, last_hash, revision, created_by, created_at, archived_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(plan.organisation.as_str().to_owned())
        .bind(plan.id.as_str().to_owned())
        .bind(plan.name.clone())
        .bind(plan.scope_axis.clone())
        .bind(from.map(|branch| branch.plan.as_str().to_owned()))
        .bind(from.map(|branch| branch.sequence as i64))
        .bind(plan.status.code())
        .bind(plan.last_sequence as i64)
        .bind(plan.last_hash.clone())
        .bind(plan.revision)
        .bind(plan.created_by.as_str().to_owned())
        .bind(instant(plan.created_at))
        .bind(maybe_instant(plan.archived_at))
        .execute(self.on())
        .await
        .map_err(wrong("plans"))?;
        self.insert_lines(&plan.organisation, &plan.id, lines)
            .await?;
        for input in inputs {
            sqlx::query(
                "INSERT INTO plan_inputs (organisation_id, plan_id, stored, sha256, bytes) \
                 VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(plan.organisation.as_str().to_owned())
            .bind(plan.id.as_str().to_owned())
            .bind(input.stored.clone())
            .bind(input.sha256.clone())
            .bind(input.bytes.clone())
            .execute(self.on())
            .await
            .map_err(wrong("plan_inputs"))?;
        }
        Ok(())
    }

    async fn add_branch(&mut self, plan: &PlanRecord) -> Kept<()> {
        let from = plan.branched_from.as_ref();
        let from = from.ok_or_else(|| unreadable("branched_from", "it is missing"))?;
        self.add_plan(plan, &[], &[]).await?;
        let lines = "INSERT INTO plan_lines (organisation_id, plan_id, sequence, line, hash, user_id, at) \
             SELECT organisation_id, CAST($1 AS TEXT), sequence, line, hash, user_id, at FROM plan_lines \
             WHERE organisation_id = $2 AND plan_id = $3 AND sequence <= $4";
        let inputs = "INSERT INTO plan_inputs (organisation_id, plan_id, stored, sha256, bytes) \
             SELECT organisation_id, CAST($1 AS TEXT), stored, sha256, bytes FROM plan_inputs \
             WHERE organisation_id = $2 AND plan_id = $3 AND $4 >= 0";
        for (text, table) in [(lines, "plan_lines"), (inputs, "plan_inputs")] {
            sqlx::query(text)
                .bind(plan.id.as_str().to_owned())
                .bind(plan.organisation.as_str().to_owned())
                .bind(from.plan.as_str().to_owned())
                .bind(from.sequence as i64)
                .execute(self.on())
                .await
                .map_err(wrong(table))?;
        }
        Ok(())
    }

    async fn update_plan(&mut self, plan: &PlanRecord, seen: i64) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE plans SET name = $1, scope_axis = $2, status = $3, archived_at = $4, \
             revision = revision + 1 WHERE organisation_id = $5 AND id = $6 AND revision = $7",
        )
        .bind(plan.name.clone())
        .bind(plan.scope_axis.clone())
        .bind(plan.status.code())
        .bind(maybe_instant(plan.archived_at))
        .bind(plan.organisation.as_str().to_owned())
        .bind(plan.id.as_str().to_owned())
        .bind(seen)
        .execute(self.on())
        .await
        .map_err(wrong("plans"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn plan(
        &mut self,
        organisation: &OrganisationId,
        id: &PlanId,
    ) -> Kept<Option<PlanRecord>> {
        let row = sqlx::query("SELECT * FROM plans WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("plans"))?;
        row.as_ref().map(read_plan).transpose()
    }

    async fn plan_to_change(
        &mut self,
        organisation: &OrganisationId,
        id: &PlanId,
    ) -> Kept<Option<PlanRecord>> {
        let text = format!(
            "SELECT * FROM plans WHERE organisation_id = $1 AND id = $2{}",
            self.dialect.to_change()
        );
        let row = sqlx::query(AssertSqlSafe(text))
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("plans"))?;
        row.as_ref().map(read_plan).transpose()
    }

    async fn plans(
        &mut self,
        organisation: &OrganisationId,
        page: &Page,
    ) -> Kept<Listed<PlanRecord>> {
        let rows = sqlx::query(
            "SELECT * FROM plans WHERE organisation_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        )
        .bind(organisation.as_str().to_owned())
        .bind(
            page.after
                .as_ref()
                .map_or(String::new(), |after| after.0.clone()),
        )
        .bind(page.limit as i64 + 1)
        .fetch_all(self.on())
        .await
        .map_err(wrong("plans"))?;
        let found = rows
            .iter()
            .map(read_plan)
            .collect::<Kept<Vec<PlanRecord>>>()?;
        Ok(Listed::of(found, page.limit, |plan| plan.id.to_string()))
    }

    async fn append_lines(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        after: u64,
        lines: &[PlanLine],
    ) -> Kept<()> {
        let Some(last) = lines.last() else {
            return Ok(());
        };
        let moved = sqlx::query(
            "UPDATE plans SET last_sequence = $1, last_hash = $2 \
             WHERE organisation_id = $3 AND id = $4 AND last_sequence = $5",
        )
        .bind(last.sequence as i64)
        .bind(last.hash.clone())
        .bind(organisation.as_str().to_owned())
        .bind(plan.as_str().to_owned())
        .bind(after as i64)
        .execute(self.on())
        .await
        .map_err(wrong("plans"))?;
        if moved.rows_affected() != 1 {
            return Err(StoreError::Conflict {
                what: "plan_lines".into(),
            });
        }
        self.insert_lines(organisation, plan, lines).await
    }

    async fn lines(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        from: u64,
        limit: usize,
    ) -> Kept<Vec<PlanLine>> {
        let rows = sqlx::query(
            "SELECT sequence, line, hash, user_id, at FROM plan_lines \
             WHERE organisation_id = $1 AND plan_id = $2 AND sequence >= $3 ORDER BY sequence LIMIT $4",
        )
        .bind(organisation.as_str().to_owned())
        .bind(plan.as_str().to_owned())
        .bind(from as i64)
        .bind(limit as i64)
        .fetch_all(self.on())
        .await
        .map_err(wrong("plan_lines"))?;
        rows.iter().map(read_line).collect()
    }

    async fn inputs(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
    ) -> Kept<Vec<PlanInput>> {
        let rows = sqlx::query(
            "SELECT stored, sha256, bytes FROM plan_inputs \
             WHERE organisation_id = $1 AND plan_id = $2 ORDER BY stored",
        )
        .bind(organisation.as_str().to_owned())
        .bind(plan.as_str().to_owned())
        .fetch_all(self.on())
        .await
        .map_err(wrong("plan_inputs"))?;
        let input = |row: &AnyRow| -> Kept<PlanInput> {
            Ok(PlanInput {
                stored: row.take("stored")?,
                sha256: row.take("sha256")?,
                bytes: row.take("bytes")?,
            })
        };
        rows.iter().map(input).collect()
    }
}
