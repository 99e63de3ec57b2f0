//! `fenjie audit`: proves the audit chains of a server, or notes their ends. Proves nothing itself.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use fenjie_app::operating::BackupEnd;
use fenjie_message::{Lang, Message};
use fenjie_store::audit::AuditVerification;
use fenjie_store::organisation::Organisation;
use fenjie_store::{Kept, Store};
use fenjie_store_sql::SqlStore;
use serde_json::json;

use crate::backup::noted;
use crate::beside;
use crate::failure::{Exit, Failure};
use crate::serve::{RecordsArgs, refused, runtime};
use crate::terminal::Terminal;

/// Arguments of `fenjie audit`.
#[derive(Args, Debug)]
pub struct AuditArgs {
    /// What to do: verify
    #[arg(value_name = "ACT")]
    act: AuditAct,
    /// A backup whose notes of the chains' ends must be part of them
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
    #[command(flatten)]
    records: RecordsArgs,
}

/// What is done with the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AuditAct {
    /// Prove every chain.
    Verify,
}

/// Proves every organisation's chain. Ends with 1 where one does not hold.
///
/// # Errors
/// A database that cannot be opened; a backup that cannot be read.
pub fn run(args: &AuditArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let AuditAct::Verify = args.act;
    let settings = args.records.settings()?;
    let noted = noted(args.against.as_deref())?;
    let proved = runtime()?.block_on(async {
        let store = beside::open(&settings).await?;
        prove(&store, &noted).await
    });
    let proved = proved.map_err(refused)?;
    let whole = proved.iter().all(|(_, proof)| proof.faults.is_empty());
    match terminal.json {
        true => print_json(&proved, whole, terminal)?,
        false => print(&proved, terminal)?,
    }
    Ok(match whole {
        true => Exit::Done,
        false => Exit::Found,
    })
}

/// Every organisation with the proof of its chain.
type Proved = Vec<(Organisation, AuditVerification)>;

async fn prove(store: &SqlStore, noted: &[BackupEnd]) -> Kept<Proved> {
    let mut tx = store.read().await?;
    let mut proved = Vec::new();
    for organisation in tx.organisations().await? {
        let noted = noted
            .iter()
            .filter(|noted| noted.organisation == organisation.id);
        let ends: Vec<_> = noted.map(|noted| noted.end.clone()).collect();
        let proof = tx.verify_audit(&organisation.id, &ends).await?;
        proved.push((organisation, proof));
    }
    Ok(proved)
}

fn print_json(proved: &Proved, whole: bool, terminal: &mut Terminal) -> Result<(), Failure> {
    let lang = terminal.lang;
    let chains: Vec<_> = proved
        .iter()
        .map(|(organisation, proof)| {
            let faults = proof.faults.iter();
            let faults =
                faults.map(|fault| json!({ "code": fault.code(), "message": fault.text(lang) }));
            json!({
                "organisation": organisation.code,
                "records": proof.records,
                "end": proof.end,
                "ok": proof.faults.is_empty(),
                "faults": faults.collect::<Vec<_>>(),
            })
        })
        .collect();
    terminal.print_json(&json!({ "ok": whole, "chains": chains }))
}

fn print(proved: &Proved, terminal: &mut Terminal) -> Result<(), Failure> {
    let lang = terminal.lang;
    for (organisation, proof) in proved {
        let (code, records) = (&organisation.code, proof.records);
        let result = match proof.faults.is_empty() {
            true => lang.pick("完整", "whole"),
            false => lang.pick("不完整", "not whole"),
        };
        terminal.print(match lang {
            Lang::Zh => format!("{code}：{records} 条记录，{result}"),
            Lang::En => format!("{code}: {records} records, {result}"),
        })?;
        for fault in &proof.faults {
            terminal.print(format!("  {}", fault.text(lang)))?;
        }
        if proof.faults.is_empty() && proof.end.number > 0 {
            let (number, hash) = (proof.end.number, &proof.end.hash);
            terminal.print(format!("  {number} {hash}"))?;
        }
    }
    Ok(())
}
