//! Somebody with the database's password, but without the folder's key, tampers with an audit chain:
//! whatever they do is found.

use fenjie_store::audit::AuditFault;
use fenjie_store::{OrganisationId, Store};
use fenjie_store_tests::{TestDatabase, databases, make};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, AssertSqlSafe, Executor, Row};

use crate::audit::owner;

const RECORDS: i64 = 40;
/// The fields of a record that its hash covers, in order.
const FIELDS: [&str; 8] = [
    "at",
    "who",
    "origin",
    "action",
    "target",
    "before_json",
    "after_json",
    "result",
];

/// Somebody who can write to the tables.
struct Tamperer {
    connection: AnyConnection,
    random: StdRng,
}

impl Tamperer {
    async fn new(database: &TestDatabase) -> Tamperer {
        let mut tamperer = Tamperer {
            connection: owner(database).await,
            random: StdRng::seed_from_u64(20_260_105),
        };
        let unguard = match database.kind {
            "sqlite" => {
                "PRAGMA synchronous = OFF; DROP TRIGGER audit_unchanged; DROP TRIGGER audit_kept; \
                 DROP TRIGGER audit_ends_forward; DROP TRIGGER audit_ends_kept"
            }
            _ => "SET session_replication_role = replica; SET synchronous_commit = off",
        };
        tamperer.run(unguard).await;
        tamperer
            .run("CREATE TABLE audit_true AS SELECT * FROM audit")
            .await;
        tamperer
            .run("CREATE TABLE ends_true AS SELECT * FROM audit_ends")
            .await;
        tamperer
    }

    async fn run(&mut self, statement: &str) {
        let done = self.connection.execute(AssertSqlSafe(statement)).await;
        done.unwrap_or_else(|why| panic!("{statement}: {why}"));
    }

    /// Everything as it was.
    async fn repair(&mut self) {
        self.run("DELETE FROM audit; INSERT INTO audit SELECT * FROM audit_true")
            .await;
        self.run("DELETE FROM audit_ends; INSERT INTO audit_ends SELECT * FROM ends_true")
            .await;
    }

    fn number(&mut self) -> i64 {
        self.random.random_range(1..=RECORDS)
    }

    /// Computes the chain anew, as the product does, and its end; the seal cannot be computed.
    async fn chain_anew(&mut self) {
        let rows = self
            .connection
            .fetch_all("SELECT * FROM audit ORDER BY number")
            .await
            .unwrap();
        let mut hash = String::new();
        let mut last = 0;
        for row in rows {
            last = row.get::<i64, _>("number");
            let number = last.to_string();
            let mut digest = Sha256::new();
            let mut fields = vec![hash, number];
            fields.extend(FIELDS.map(|field| row.get::<String, _>(field)));
            for field in fields {
                digest.update((field.len() as u64).to_be_bytes());
                digest.update(field.as_bytes());
            }
            hash = digest
                .finalize()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            self.run(&format!(
                "UPDATE audit SET hash = '{hash}' WHERE number = {last}"
            ))
            .await;
        }
        self.run(&format!(
            "UPDATE audit_ends SET number = {last}, hash = '{hash}'"
        ))
        .await;
    }

    /// Tampers once, at random; says what was done.
    async fn tamper(&mut self) -> String {
        let number = self.number();
        let kind = self.random.random_range(0..9);
        let field = FIELDS[self.random.random_range(0..FIELDS.len())];
        match kind {
            0 | 1 => {
                let text =
                    format!("UPDATE audit SET {field} = {field} || ' ' WHERE number = {number}");
                self.run(&text).await;
                // Half of them know how hashes are made.
                if kind == 1 {
                    self.chain_anew().await;
                }
                format!("{field} of {number} changed, anew: {}", kind == 1)
            }
            2 => {
                self.run(&format!("DELETE FROM audit WHERE number = {number}"))
                    .await;
                format!("{number} deleted")
            }
            3 => {
                self.run(&format!("DELETE FROM audit WHERE number = {number}"))
                    .await;
                for later in number + 1..=RECORDS {
                    let text = format!(
                        "UPDATE audit SET number = {} WHERE number = {later}",
                        later - 1
                    );
                    self.run(&text).await;
                }
                self.chain_anew().await;
                format!("{number} deleted, the rest moved up, anew")
            }
            4 => {
                let other = number % RECORDS + 1;
                for (from, to) in [(number, -1), (other, number), (-1, other)] {
                    let text = format!("UPDATE audit SET number = {to} WHERE number = {from}");
                    self.run(&text).await;
                }
                format!("{number} and {other} swapped")
            }
            5 => {
                let columns = FIELDS.join(", ");
                let text = format!(
                    "INSERT INTO audit (organisation_id, number, hash, {columns}) \
                     SELECT organisation_id, {}, hash, {columns} FROM audit WHERE number = {number}",
                    RECORDS + 1
                );
                self.run(&text).await;
                self.chain_anew().await;
                format!("{number} written once more at the end, anew")
            }
            6 => {
                self.run(&format!("DELETE FROM audit WHERE number >= {number}"))
                    .await;
                format!("cut from {number}")
            }
            7 => {
                self.run(&format!("DELETE FROM audit WHERE number >= {number}"))
                    .await;
                self.chain_anew().await;
                format!("cut from {number}, anew")
            }
            _ => {
                let what = ["number = number - 1", "hash = hash || '0'", "seal = ''"];
                let what = what[self.random.random_range(0..what.len())];
                self.run(&format!("UPDATE audit_ends SET {what}")).await;
                format!("the end: {what}")
            }
        }
    }
}

async fn faults(store: &dyn Store, organisation: &OrganisationId) -> Vec<AuditFault> {
    let mut tx = store.read().await.unwrap();
    let proved = tx.verify_audit(organisation, &[]).await.unwrap();
    let chain = proved.faults.into_iter();
    chain
        .filter(|fault| *fault != AuditFault::Unguarded)
        .collect()
}

#[tokio::test]
async fn a_thousand_tamperings_are_found() {
    for database in databases().await {
        let store = database.open().await;
        let acme = make::kept_organisation(&store, "acme").await;
        let mut tx = store.write().await.unwrap();
        let entries: Vec<_> = (0..RECORDS as u64).map(make::entry).collect();
        tx.append_audit(&acme, &entries).await.unwrap();
        let noted = tx.audit_end(&acme).await.unwrap();
        tx.commit().await.unwrap();
        let mut tamperer = Tamperer::new(&database).await;
        let heavy = database.kind == "sqlite" || std::env::var_os("FENJIE_SLOW").is_some();
        for _ in 0..if heavy { 1_000 } else { 100 } {
            let what = tamperer.tamper().await;
            let found = faults(&store, &acme).await;
            assert!(!found.is_empty(), "{}: {what}", database.kind);
            tamperer.repair().await;
        }
        assert_eq!(faults(&store, &acme).await, []);

        // An end of before with its own seal is true in itself: what finds it is a note of a later one.
        let mut tx = store.write().await.unwrap();
        tx.append_audit(&acme, &[make::entry(99)]).await.unwrap();
        let later = tx.audit_end(&acme).await.unwrap();
        tx.commit().await.unwrap();
        tamperer.repair().await;
        assert_eq!(faults(&store, &acme).await, []);
        let mut tx = store.read().await.unwrap();
        let proved = tx
            .verify_audit(&acme, &[noted, later.clone()])
            .await
            .unwrap();
        let missed = AuditFault::NotedDiffers { noted: later };
        assert!(proved.faults.contains(&missed), "{proved:?}");
    }
}
