//! Imports of sales and sales entered by hand.

use async_trait::async_trait;
use fenjie_store::imports::{ImportRecord, ImportRecords, ImportState, SaleRecord};
use fenjie_store::{
    ImportId, Kept, Listed, OrganisationId, Page, PlanId, SaleId, Timestamp, UserId,
};
use sqlx::any::AnyRow;

use crate::transaction::SqlTransaction;
use crate::values::{Columns, instant, maybe_instant, unreadable};
use crate::wrong::wrong;

/// A key behind every other: where the latest come first, a list begins behind it.
const BEHIND_ALL: &str = "zzz";

fn read(row: &AnyRow) -> Kept<ImportRecord> {
    let number: Option<i64> = row.take("number")?;
    let json = |column: &str| -> Kept<Option<serde_json::Value>> {
        let text: Option<String> = row.take(column)?;
        text.map(|text| serde_json::from_str(&text).map_err(|error| unreadable(column, error)))
            .transpose()
    };
    Ok(ImportRecord {
        id: row.parsed("id", ImportId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        plan: row.parsed("plan_id", PlanId::parse)?,
        file: row.take("file")?,
        sha256: row.take("sha256")?,
        bytes: row.count("bytes")?,
        options: row.json("options")?,
        dry_run: row.truth("dry_run")?,
        state: row.parsed("state", |text| {
            ImportState::parse(text).ok_or("no such state")
        })?,
        number: number.map(i64::unsigned_abs),
        report: json("report")?,
        problem: json("problem")?,
        created_by: row.parsed("created_by", UserId::parse)?,
        created_at: row.instant("created_at")?,
        stamped_at: row.maybe_instant("stamped_at")?,
        ended_at: row.maybe_instant("ended_at")?,
        runner: row.take("runner")?,
        beat_at: row.instant("beat_at")?,
        revision: row.take("revision")?,
    })
}

fn read_sale(row: &AnyRow) -> Kept<SaleRecord> {
    Ok(SaleRecord {
        id: row.parsed("id", SaleId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        plan: row.parsed("plan_id", PlanId::parse)?,
        content: row.json("content")?,
        external_id: row.take("external_id")?,
        created_by: row.parsed("created_by", UserId::parse)?,
        created_at: row.instant("created_at")?,
        voided_at: row.maybe_instant("voided_at")?,
        stored: row.truth("stored")?,
    })
}

fn behind(page: &Page) -> String {
    page.after
        .as_ref()
        .map_or(BEHIND_ALL.to_owned(), |after| after.0.clone())
}

fn json_text(value: Option<&serde_json::Value>) -> Option<String> {
    value.map(serde_json::Value::to_string)
}

#[async_trait]
impl ImportRecords for SqlTransaction {
    async fn add_import(&mut self, import: &ImportRecord) -> Kept<()> {
        sqlx::query(
            "INSERT INTO imports (organisation_id, id, plan_id, file, sha256, bytes, options, \
             dry_run, state, created_by, created_at, runner, beat_at, revision, stamped_at, \
             ended_at, number, report, problem) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
             $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        )
        .bind(import.organisation.as_str().to_owned())
        .bind(import.id.as_str().to_owned())
        .bind(import.plan.as_str().to_owned())
        .bind(import.file.clone())
        .bind(import.sha256.clone())
        .bind(import.bytes as i64)
        .bind(import.options.to_string())
        .bind(i64::from(import.dry_run))
        .bind(import.state.code())
        .bind(import.created_by.as_str().to_owned())
        .bind(instant(import.created_at))
        .bind(import.runner.clone())
        .bind(instant(import.beat_at))
        .bind(import.revision)
        .bind(maybe_instant(import.stamped_at))
        .bind(maybe_instant(import.ended_at))
        .bind(import.number.map(|number| number as i64))
        .bind(json_text(import.report.as_ref()))
        .bind(json_text(import.problem.as_ref()))
        .execute(self.on())
        .await
        .map_err(wrong("imports"))?;
        Ok(())
    }

    async fn update_import(&mut self, import: &ImportRecord, seen: i64) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE imports SET state = $1, number = $2, report = $3, problem = $4, \
             stamped_at = $5, ended_at = $6, runner = $7, beat_at = $8, revision = revision + 1 \
             WHERE organisation_id = $9 AND id = $10 AND revision = $11",
        )
        .bind(import.state.code())
        .bind(import.number.map(|number| number as i64))
        .bind(json_text(import.report.as_ref()))
        .bind(json_text(import.problem.as_ref()))
        .bind(maybe_instant(import.stamped_at))
        .bind(maybe_instant(import.ended_at))
        .bind(import.runner.clone())
        .bind(instant(import.beat_at))
        .bind(import.organisation.as_str().to_owned())
        .bind(import.id.as_str().to_owned())
        .bind(seen)
        .execute(self.on())
        .await
        .map_err(wrong("imports"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn beat_import(
        &mut self,
        organisation: &OrganisationId,
        id: &ImportId,
        at: Timestamp,
    ) -> Kept<()> {
        sqlx::query("UPDATE imports SET beat_at = $1 WHERE organisation_id = $2 AND id = $3")
            .bind(instant(at))
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .execute(self.on())
            .await
            .map_err(wrong("imports"))?;
        Ok(())
    }

    async fn import(
        &mut self,
        organisation: &OrganisationId,
        id: &ImportId,
    ) -> Kept<Option<ImportRecord>> {
        let row = sqlx::query("SELECT * FROM imports WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("imports"))?;
        row.as_ref().map(read).transpose()
    }

    async fn imports(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        page: &Page,
    ) -> Kept<Listed<ImportRecord>> {
        let rows = sqlx::query(
            "SELECT * FROM imports WHERE organisation_id = $1 AND plan_id = $2 \
             AND created_at || ' ' || id < $3 ORDER BY created_at DESC, id DESC LIMIT $4",
        )
        .bind(organisation.as_str().to_owned())
        .bind(plan.as_str().to_owned())
        .bind(behind(page))
        .bind(page.limit as i64 + 1)
        .fetch_all(self.on())
        .await
        .map_err(wrong("imports"))?;
        let found = rows.iter().map(read).collect::<Kept<Vec<ImportRecord>>>()?;
        Ok(Listed::of(found, page.limit, |import| {
            format!("{} {}", instant(import.created_at), import.id)
        }))
    }

    async fn live_imports(&mut self) -> Kept<Vec<ImportRecord>> {
        let rows = sqlx::query(
            "SELECT * FROM imports WHERE state IN ('waiting', 'reading', 'writing') ORDER BY id",
        )
        .fetch_all(self.on())
        .await
        .map_err(wrong("imports"))?;
        rows.iter().map(read).collect()
    }

    async fn add_sale(&mut self, sale: &SaleRecord) -> Kept<()> {
        sqlx::query(
            "INSERT INTO sales (organisation_id, id, plan_id, content, external_id, created_by, \
             created_at, voided_at, stored) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(sale.organisation.as_str().to_owned())
        .bind(sale.id.as_str().to_owned())
        .bind(sale.plan.as_str().to_owned())
        .bind(sale.content.to_string())
        .bind(sale.external_id.clone())
        .bind(sale.created_by.as_str().to_owned())
        .bind(instant(sale.created_at))
        .bind(maybe_instant(sale.voided_at))
        .bind(i64::from(sale.stored))
        .execute(self.on())
        .await
        .map_err(wrong("sales"))?;
        Ok(())
    }

    async fn void_sale(
        &mut self,
        organisation: &OrganisationId,
        id: &SaleId,
        at: Timestamp,
    ) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE sales SET voided_at = $1, stored = 0 \
             WHERE organisation_id = $2 AND id = $3 AND voided_at IS NULL",
        )
        .bind(instant(at))
        .bind(organisation.as_str().to_owned())
        .bind(id.as_str().to_owned())
        .execute(self.on())
        .await
        .map_err(wrong("sales"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn sale(
        &mut self,
        organisation: &OrganisationId,
        id: &SaleId,
    ) -> Kept<Option<SaleRecord>> {
        let row = sqlx::query("SELECT * FROM sales WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("sales"))?;
        row.as_ref().map(read_sale).transpose()
    }

    async fn sales(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        by: Option<&UserId>,
        page: &Page,
    ) -> Kept<Listed<SaleRecord>> {
        let rows = sqlx::query(
            "SELECT * FROM sales WHERE organisation_id = $1 AND plan_id = $2 \
             AND created_at || ' ' || id < $3 AND ($4 = '' OR created_by = $4) \
             ORDER BY created_at DESC, id DESC LIMIT $5",
        )
        .bind(organisation.as_str().to_owned())
        .bind(plan.as_str().to_owned())
        .bind(behind(page))
        .bind(by.map_or(String::new(), |by| by.as_str().to_owned()))
        .bind(page.limit as i64 + 1)
        .fetch_all(self.on())
        .await
        .map_err(wrong("sales"))?;
        let found = rows
            .iter()
            .map(read_sale)
            .collect::<Kept<Vec<SaleRecord>>>()?;
        Ok(Listed::of(found, page.limit, |sale| {
            format!("{} {}", instant(sale.created_at), sale.id)
        }))
    }

    async fn sales_to_store(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        limit: usize,
    ) -> Kept<Vec<SaleRecord>> {
        let rows = sqlx::query(
            "SELECT * FROM sales WHERE organisation_id = $1 AND plan_id = $2 AND stored = 0 \
             ORDER BY created_at, id LIMIT $3",
        )
        .bind(organisation.as_str().to_owned())
        .bind(plan.as_str().to_owned())
        .bind(limit as i64)
        .fetch_all(self.on())
        .await
        .map_err(wrong("sales"))?;
        rows.iter().map(read_sale).collect()
    }

    async fn sale_stored(&mut self, organisation: &OrganisationId, sale: &SaleRecord) -> Kept<()> {
        sqlx::query(
            "UPDATE sales SET stored = 1 WHERE organisation_id = $1 AND id = $2 \
             AND COALESCE(voided_at, '') = $3",
        )
        .bind(organisation.as_str().to_owned())
        .bind(sale.id.as_str().to_owned())
        .bind(maybe_instant(sale.voided_at).unwrap_or_default())
        .execute(self.on())
        .await
        .map_err(wrong("sales"))?;
        Ok(())
    }
}
