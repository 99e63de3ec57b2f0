//! Scenarios brought back into their plans.

use async_trait::async_trait;
use fenjie_store::merge::{Merge, MergeRecords};
use fenjie_store::{Kept, OrganisationId, PlanId};
use sqlx::any::AnyRow;

use crate::transaction::SqlTransaction;
use crate::values::{Columns, instant, unreadable};
use crate::wrong::wrong;

fn read(row: &AnyRow) -> Kept<Merge> {
    let operations = row.json("operations")?;
    let operations = serde_json::from_value(operations);
    Ok(Merge {
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        plan: row.parsed("plan_id", PlanId::parse)?,
        scenario: row.parsed("scenario_id", PlanId::parse)?,
        until: row.take::<i64>("scenario_until")?.unsigned_abs(),
        operations: operations.map_err(|error| unreadable("operations", error))?,
        at: row.instant("merged_at")?,
    })
}

#[async_trait]
impl MergeRecords for SqlTransaction {
    async fn add_merge(&mut self, merge: &Merge) -> Kept<()> {
        sqlx::query(
            "INSERT INTO plan_merges (organisation_id, plan_id, scenario_id, scenario_until, \
             operations, merged_at) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(merge.organisation.as_str().to_owned())
        .bind(merge.plan.as_str().to_owned())
        .bind(merge.scenario.as_str().to_owned())
        .bind(merge.until as i64)
        .bind(serde_json::json!(merge.operations).to_string())
        .bind(instant(merge.at))
        .execute(self.on())
        .await
        .map_err(wrong("plan_merges"))?;
        Ok(())
    }

    async fn merges(
        &mut self,
        organisation: &OrganisationId,
        plan: &PlanId,
        scenario: &PlanId,
    ) -> Kept<Vec<Merge>> {
        let rows = sqlx::query(
            "SELECT * FROM plan_merges WHERE organisation_id = $1 AND plan_id = $2 \
             AND scenario_id = $3 ORDER BY scenario_until",
        )
        .bind(organisation.as_str().to_owned())
        .bind(plan.as_str().to_owned())
        .bind(scenario.as_str().to_owned())
        .fetch_all(self.on())
        .await
        .map_err(wrong("plan_merges"))?;
        rows.iter().map(read).collect()
    }
}
