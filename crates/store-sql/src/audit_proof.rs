//! Proves an audit chain against the records as they are written. Must not know what they mean.

use fenjie_store::audit::{AuditEnd, AuditFault, AuditVerification, MOST_FAULTS};
use fenjie_store::{Kept, OrganisationId};
use sqlx::any::AnyRow;

use crate::audit::{Written, chained};
use crate::dialect::Dialect;
use crate::transaction::SqlTransaction;
use crate::values::Columns;
use crate::wrong::wrong;

/// How many records are read at once.
const AT_ONCE: i64 = 1_000;
/// What refuses changes; as many triggers as migration 30 makes.
const GUARDS: [(Dialect, i64); 2] = [(Dialect::Sqlite, 4), (Dialect::Postgres, 6)];

/// What was found so far.
struct Proof<'a> {
    end: AuditEnd,
    records: u64,
    faults: Vec<AuditFault>,
    noted: &'a [AuditEnd],
    met: Vec<bool>,
}

/// Reads the chain from its first record to its end.
pub(crate) async fn verify(
    tx: &mut SqlTransaction,
    organisation: &OrganisationId,
    noted: &[AuditEnd],
) -> Kept<AuditVerification> {
    let mut proof = Proof {
        end: AuditEnd {
            number: 0,
            hash: String::new(),
        },
        records: 0,
        faults: Vec::new(),
        noted,
        met: noted.iter().map(|end| end.number == 0).collect(),
    };
    loop {
        let rows = sqlx::query(
            "SELECT * FROM audit WHERE organisation_id = $1 AND number > $2 ORDER BY number LIMIT $3",
        )
        .bind(organisation.as_str().to_owned())
        .bind(proof.end.number)
        .bind(AT_ONCE)
        .fetch_all(tx.on())
        .await
        .map_err(wrong("audit"))?;
        for row in &rows {
            proof.take(row)?;
        }
        if (rows.len() as i64) < AT_ONCE {
            break;
        }
    }
    proof.close(tx, organisation).await
}

impl Proof<'_> {
    fn take(&mut self, row: &AnyRow) -> Kept<()> {
        let number: i64 = row.take("number")?;
        let hash: String = row.take("hash")?;
        let written: Written = [
            row.take("at")?,
            row.take("who")?,
            row.take("origin")?,
            row.take("action")?,
            row.take("target")?,
            row.take("before_json")?,
            row.take("after_json")?,
            row.take("result")?,
        ];
        if number != self.end.number + 1 {
            self.fault(AuditFault::Missing {
                from: self.end.number + 1,
                to: number - 1,
            });
        }
        if chained(&self.end.hash, number, &written) != hash {
            self.fault(AuditFault::Changed { number });
        }
        for (noted, met) in self.noted.iter().zip(&mut self.met) {
            *met |= noted.number == number && noted.hash == hash;
        }
        self.records += 1;
        self.end = AuditEnd { number, hash };
        Ok(())
    }

    fn fault(&mut self, fault: AuditFault) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }

    async fn close(
        mut self,
        tx: &mut SqlTransaction,
        organisation: &OrganisationId,
    ) -> Kept<AuditVerification> {
        let row =
            sqlx::query("SELECT number, hash, seal FROM audit_ends WHERE organisation_id = $1")
                .bind(organisation.as_str().to_owned())
                .fetch_optional(tx.on())
                .await
                .map_err(wrong("audit_ends"))?;
        let (said, seal) = match row {
            Some(row) => (
                AuditEnd {
                    number: row.take("number")?,
                    hash: row.take("hash")?,
                },
                row.take("seal")?,
            ),
            // An organisation begins with an end; without one somebody has taken it.
            None => (
                AuditEnd {
                    number: -1,
                    hash: String::new(),
                },
                String::new(),
            ),
        };
        if said != self.end {
            let found = self.end.clone();
            self.fault(AuditFault::EndDiffers {
                said: said.clone(),
                found,
            });
        }
        let key = tx.seal.as_ref();
        if key.is_some_and(|key| key.on(organisation, said.number, &said.hash) != seal) {
            self.fault(AuditFault::SealBroken);
        }
        let missed: Vec<AuditEnd> = self
            .noted
            .iter()
            .zip(&self.met)
            .filter(|(_, met)| !**met)
            .map(|(noted, _)| noted.clone())
            .collect();
        for noted in missed {
            self.fault(AuditFault::NotedDiffers { noted });
        }
        if !guarded(tx).await? {
            self.fault(AuditFault::Unguarded);
        }
        Ok(AuditVerification {
            records: self.records,
            end: self.end,
            faults: self.faults,
        })
    }
}

/// Whether the database's own guard stands.
async fn guarded(tx: &mut SqlTransaction) -> Kept<bool> {
    let statement = match tx.dialect {
        Dialect::Sqlite => {
            "SELECT count(*) AS count FROM sqlite_master \
             WHERE type = 'trigger' AND tbl_name IN ('audit', 'audit_ends')"
        }
        Dialect::Postgres => {
            "SELECT count(*) AS count FROM pg_trigger WHERE tgenabled = 'O' AND NOT tgisinternal \
             AND tgrelid IN ('audit'::regclass, 'audit_ends'::regclass)"
        }
    };
    let row = sqlx::query(statement)
        .fetch_one(tx.on())
        .await
        .map_err(wrong("audit"))?;
    let found: i64 = row.take("count")?;
    Ok(GUARDS.contains(&(tx.dialect, found)))
}
