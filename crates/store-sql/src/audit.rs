//! The audit chain of an organisation.

use async_trait::async_trait;
use fenjie_store::audit::{
    AuditEnd, AuditEntry, AuditFilter, AuditRecord, AuditRecords, AuditVerification,
};
use fenjie_store::{Kept, Listed, OrganisationId, Page};
use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use crate::audit_proof;
use crate::transaction::SqlTransaction;
use crate::values::{Columns, ROWS_AT_ONCE, instant, maybe_instant, rows};
use crate::wrong::wrong;

const OLDEST_FIRST: &str = "SELECT * FROM audit WHERE organisation_id = $1 AND number > $2 \
    AND ($3 = '' OR who = $3) AND ($4 = '' OR target = $4) \
    AND ($5 = '' OR (action >= $5 AND action < $6)) AND ($7 = '' OR at >= $7) \
    AND ($8 = '' OR at < $8) ORDER BY number LIMIT $9";
const NEWEST_FIRST: &str = "SELECT * FROM audit WHERE organisation_id = $1 AND number < $2 \
    AND ($3 = '' OR who = $3) AND ($4 = '' OR target = $4) \
    AND ($5 = '' OR (action >= $5 AND action < $6)) AND ($7 = '' OR at >= $7) \
    AND ($8 = '' OR at < $8) ORDER BY number DESC LIMIT $9";

/// The columns of a record as they are written, all but its hash.
pub(crate) type Written = [String; 8];

/// A record as it is written.
fn written(entry: &AuditEntry) -> Written {
    [
        instant(entry.at),
        entry.who.clone(),
        entry.origin.clone(),
        entry.action.clone(),
        entry.target.clone(),
        entry.before.to_string(),
        entry.after.to_string(),
        entry.result.clone(),
    ]
}

/// The hash of a record: SHA-256 over the hash before and every field as it is written, each with its
/// length before it, so that no field can lend letters to its neighbour.
pub(crate) fn chained(before: &str, number: i64, written: &Written) -> String {
    let mut hash = Sha256::new();
    let number = number.to_string();
    let fields = [before, &number].into_iter();
    for field in fields.chain(written.iter().map(String::as_str)) {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    let hash = hash.finalize();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
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
        let end = sqlx::query(
            "UPDATE audit_ends SET number = number + $1 WHERE organisation_id = $2 \
             RETURNING number, hash",
        )
        .bind(entries.len() as i64)
        .bind(organisation.as_str().to_owned())
        .fetch_one(self.on())
        .await
        .map_err(wrong("audit_ends"))?;
        let last: i64 = end.take("number")?;
        let mut hash: String = end.take("hash")?;
        let mut number = last - entries.len() as i64;
        for some in entries.chunks(ROWS_AT_ONCE) {
            let text = format!(
                "INSERT INTO audit (organisation_id, number, at, who, origin, action, target, \
                 before_json, after_json, result, hash) VALUES {}",
                rows(some.len(), 11)
            );
            let mut insert = sqlx::query(AssertSqlSafe(text));
            for entry in some {
                number += 1;
                let written = written(entry);
                hash = chained(&hash, number, &written);
                insert = insert.bind(organisation.as_str().to_owned()).bind(number);
                for field in written {
                    insert = insert.bind(field);
                }
                insert = insert.bind(hash.clone());
            }
            insert.execute(self.on()).await.map_err(wrong("audit"))?;
        }
        let seal = self.seal.as_ref();
        let seal = seal.map_or(String::new(), |seal| seal.on(organisation, last, &hash));
        sqlx::query("UPDATE audit_ends SET hash = $1, seal = $2 WHERE organisation_id = $3")
            .bind(hash.clone())
            .bind(seal)
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
        self.find_audit(organisation, &AuditFilter::default(), page)
            .await
    }

    async fn find_audit(
        &mut self,
        organisation: &OrganisationId,
        filter: &AuditFilter,
        page: &Page,
    ) -> Kept<Listed<AuditRecord>> {
        let after = page.after.as_ref();
        let after = after.and_then(|after| after.0.parse::<i64>().ok());
        let (text, from) = match filter.newest_first {
            true => (NEWEST_FIRST, after.unwrap_or(i64::MAX)),
            false => (OLDEST_FIRST, after.unwrap_or(0)),
        };
        let either = |wanted: &Option<String>| wanted.clone().unwrap_or_default();
        let action = either(&filter.action);
        // `plan.` is everything that begins so; `/` is the character behind the dot.
        let beyond = match action.strip_suffix('.') {
            Some(area) => format!("{area}/"),
            None => format!("{action}\u{1}"),
        };
        let rows = sqlx::query(text)
            .bind(organisation.as_str().to_owned())
            .bind(from)
            .bind(either(&filter.who))
            .bind(either(&filter.target))
            .bind(action)
            .bind(beyond)
            .bind(maybe_instant(filter.since).unwrap_or_default())
            .bind(maybe_instant(filter.until).unwrap_or_default())
            .bind(page.limit as i64 + 1)
            .fetch_all(self.on())
            .await
            .map_err(wrong("audit"))?;
        let found = rows.iter().map(read).collect::<Kept<Vec<AuditRecord>>>()?;
        Ok(Listed::of(found, page.limit, |record| {
            record.number.to_string()
        }))
    }

    async fn audit_end(&mut self, organisation: &OrganisationId) -> Kept<AuditEnd> {
        let row = sqlx::query("SELECT number, hash FROM audit_ends WHERE organisation_id = $1")
            .bind(organisation.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("audit_ends"))?;
        match row {
            Some(row) => Ok(AuditEnd {
                number: row.take("number")?,
                hash: row.take("hash")?,
            }),
            None => Ok(AuditEnd {
                number: 0,
                hash: String::new(),
            }),
        }
    }

    async fn verify_audit(
        &mut self,
        organisation: &OrganisationId,
        noted: &[AuditEnd],
    ) -> Kept<AuditVerification> {
        audit_proof::verify(self, organisation, noted).await
    }
}
