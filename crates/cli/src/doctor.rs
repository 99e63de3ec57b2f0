//! `fenjie doctor`: looks whether a server is whole. Looks at nothing itself.

use std::path::PathBuf;

use clap::Args;
use fenjie_app::operating::{DoctorReport, doctor};
use fenjie_message::Lang;
use serde_json::json;

use crate::backup::noted;
use crate::beside;
use crate::failure::{Exit, Failure};
use crate::serve::{RecordsArgs, app_refused, refused, runtime};
use crate::tabular::{Align, Tabular};
use crate::terminal::Terminal;

/// How many faults of one check people see.
const MOST_SHOWN: usize = 10;

/// Arguments of `fenjie doctor`.
#[derive(Args, Debug)]
pub struct DoctorArgs {
    /// A backup whose notes of the audit's ends must be part of the chains
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
    #[command(flatten)]
    records: RecordsArgs,
}

/// Looks at the database, logs, files, sales and audit chains. Ends with 1 where something is wrong.
///
/// # Errors
/// A database that cannot be opened; a backup that cannot be read.
pub fn run(args: &DoctorArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let settings = args.records.settings()?;
    let noted = noted(args.against.as_deref())?;
    let report = runtime()?.block_on(async {
        let store = beside::open(&settings).await.map_err(refused)?;
        let looked = doctor(&store, &settings.folder, &noted).await;
        looked.map_err(app_refused)
    })?;
    match terminal.json {
        true => print_json(&report, terminal)?,
        false => print(&report, terminal)?,
    }
    Ok(match report.is_ok() {
        true => Exit::Done,
        false => Exit::Found,
    })
}

fn print_json(report: &DoctorReport, terminal: &mut Terminal) -> Result<(), Failure> {
    let lang = terminal.lang;
    let checks: Vec<_> = report
        .checks
        .iter()
        .map(|check| {
            let faults = check
                .faults
                .iter()
                .map(|(zh, en)| lang.pick(zh.as_str(), en));
            json!({
                "code": check.code,
                "what": lang.pick(check.zh, check.en),
                "counted": check.counted,
                "ok": check.faults.is_empty(),
                "faults": faults.collect::<Vec<_>>(),
            })
        })
        .collect();
    terminal.print_json(&json!({ "ok": report.is_ok(), "checks": checks }))
}

fn print(report: &DoctorReport, terminal: &mut Terminal) -> Result<(), Failure> {
    let lang = terminal.lang;
    let headings = [
        lang.pick("检查", "check"),
        lang.pick("数量", "looked at"),
        lang.pick("结果", "result"),
    ];
    let mut table = Tabular::new(&headings, &[Align::Left, Align::Right, Align::Left]);
    for check in &report.checks {
        let result = match (check.faults.len(), lang) {
            (0, _) => lang.pick("正常", "ok").to_owned(),
            (count, Lang::Zh) => format!("{count} 处有问题"),
            (count, Lang::En) => format!("{count} wrong"),
        };
        table.row([
            lang.pick(check.zh, check.en).to_owned(),
            check.counted.to_string(),
            result,
        ]);
    }
    terminal.print(table.to_string().trim_end())?;
    for check in report
        .checks
        .iter()
        .filter(|check| !check.faults.is_empty())
    {
        terminal.print("")?;
        for (zh, en) in check.faults.iter().take(MOST_SHOWN) {
            terminal.print(lang.pick(zh.as_str(), en))?;
        }
        if check.faults.len() > MOST_SHOWN {
            let more = check.faults.len() - MOST_SHOWN;
            terminal.print(match lang {
                Lang::Zh => format!("另有 {more} 处，见 --json"),
                Lang::En => format!("and {more} more, see --json"),
            })?;
        }
    }
    Ok(())
}
