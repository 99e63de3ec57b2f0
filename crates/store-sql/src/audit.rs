//! The audit chain of an organisation.

use async_trait::async_trait;
use fenjie_store::audit::{AuditEntry, AuditRecord, AuditRecords};
use fenjie_store::{Kept, Listed, OrganisationId, Page};
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;

use crate::transaction::SqlTransaction;
use crate::values::{Columns, instant};
use crate::wrong::wrong;

/// The hash of a record: SHA-256 over the hash before and every field, each with its length before
/// it, so that no field can lend letters to its neighbour.
pub(crate) fn chained(before: &str, number: i64, entry: &AuditEntry) -> String {
    let mut hash = Sha256::new();
    let number = number.to_string();
    let at = instant(entry.at);
    let (old, new) = (entry.before.to_string(), entry.after.to_string());
    let fields = [
        before,
        &number,
        &at,
        &entry.who,
        &entry.origin,
        &entry.action,
        &entry.target,
        &old,
        &new,
        &entry.result,
    ];
    for field in fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn read(row: &AnyRow) -> Kept<AuditRecord> {
    Ok(AuditRecord {
        number: row.take("number")?,
        entry: AuditEntry {
            at: row.instant("at")?,
            who: row.take("who")?,
            origin: row.take("origin")?,
            action: row.take("action")?,
            target: row.take("target")?,
            before: row.json("before_json")?,
            after: row.json("after_json")?,
            result: row.take("result")?,
        },
        hash: row.take("hash")?,
    })
}

#[async_trait]
impl AuditRecords for SqlTransaction {
    async fn append_audit(
        &mut self,
        organisation: &OrganisationId,
        entries: &[AuditEntry],
    ) -> Kept<(i64, String)> {
        // The update takes the row's lock first, so that writers of one organisation follow each other.
        sqlx::query("UPDATE audit_ends SET number = number + $1 WHERE organisation_id = $2")
            .bind(entries.len() as i64)
            .bind(organisation.as_str().to_owned())
            .execute(self.on())
            .await
            .map_err(wrong("audit_ends"))?;
        let end = sqlx::query("SELECT number, hash FROM audit_ends WHERE organisation_id = $1")
            .bind(organisation.as_str().to_owned())
            .fetch_one(self.on())
            .await
            .map_err(wrong("audit_ends"))?;
        let last: i64 = end.take("number")?;
        let mut hash: String = end.take("hash")?;
        let first = last - entries.len() as i64 + 1;
        for (number, entry) in (first..).zip(entries) {
            hash = chained(&hash, number, entry);
            sqlx::query(
                "INSERT INTO audit (organisation_id, number, at, who, origin, action, target, \
                 before_json, after_json, result, hash) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            )
            .bind(organisation.as_str().to_owned())
            .bind(number)
            .bind(instant(entry.at))
            .bind(entry.who.clone())
            .bind(entry.origin.clone())
            .bind(entry.action.clone())
            .bind(entry.target.clone())
            .bind(entry.before.to_string())
            .bind(entry.after.to_string())
            .bind(entry.result.clone())
            .bind(hash.clone())
            .execute(self.on())
            .await
            .map_err(wrong("audit"))?;
        }
        sqlx::query("UPDATE audit_ends SET hash = $1 WHERE organisation_id = $2")
            .bind(hash.clone())
            .bind(organisation.as_str().to_owned())
            .execute(self.on())
            .await
            .map_err(wrong("audit_ends"))?;
        Ok((last, hash))
    }

    async fn audit(
        &mut self,
        organisation: &OrganisationId,
        page: &Page,
    ) -> Kept<Listed<AuditRecord>> {
        let after = page
            .after
            .as_ref()
            .and_then(|after| after.0.parse::<i64>().ok())
            .unwrap_or(0);
        let rows = sqlx::query(
            "SELECT * FROM audit WHERE organisation_id = $1 AND number > $2 ORDER BY number LIMIT $3",
        )
        .bind(organisation.as_str().to_owned())
        .bind(after)
        .bind(page.limit as i64 + 1)
        .fetch_all(self.on())
        .await
        .map_err(wrong("audit"))?;
        let found = rows.iter().map(read).collect::<Kept<Vec<AuditRecord>>>()?;
        Ok(Listed::of(found, page.limit, |record| {
            record.number.to_string()
        }))
    }
}
