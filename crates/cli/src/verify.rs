//! `fenjie verify`: proves a plan, or a workbook that was exported from one. Proves nothing itself.

use std::path::Path;

use clap::Args;
use fenjie_exchange::workbook::verify_workbook;
use fenjie_message::{Lang, Message};
use fenjie_plan::{Check, Verification};
use serde_json::json;

use crate::cli::PlanArgs;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::tabular::{Align, Tabular};
use crate::terminal::Terminal;

/// How many failures of one check people see.
const MOST_SHOWN: usize = 10;

/// Arguments of `fenjie verify`.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    #[command(flatten)]
    plan: PlanArgs,
}

/// Proves every sum, hold and bound. Ends with 1 where one fails.
///
/// # Errors
/// Those of the plan or workbook.
pub fn run(args: &VerifyArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let ending = args
        .plan
        .plan
        .extension()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if ending == "xlsx" {
        return workbook(&args.plan.plan, terminal);
    }
    let opened = Opened::read(&args.plan, terminal)?;
    let plan = opened.plan(terminal)?;
    let proof = plan.verify();
    let hash = plan.content_hash();
    match terminal.json {
        true => print_json(&proof, &hash, terminal)?,
        false => print(&proof, &hash, terminal)?,
    }
    Ok(if proof.is_ok() {
        Exit::Done
    } else {
        Exit::Found
    })
}

fn print_json(proof: &Verification, hash: &str, terminal: &mut Terminal) -> Result<(), Failure> {
    let lang = terminal.lang;
    let checks: Vec<_> = proof
        .checks
        .iter()
        .map(|check| {
            let failures = check
                .failures
                .iter()
                .map(|failure| json!({ "place": failure.place, "message": failure.text(lang) }));
            json!({
                "code": check.code,
                "what": lang.pick(check.zh, check.en),
                "counted": check.counted,
                "ok": check.failures.is_empty(),
                "failures": failures.collect::<Vec<_>>(),
            })
        })
        .collect();
    terminal.print_json(&json!({ "ok": proof.is_ok(), "hash": hash, "checks": checks }))
}

fn print(proof: &Verification, hash: &str, terminal: &mut Terminal) -> Result<(), Failure> {
    let lang = terminal.lang;
    let headings = [
        lang.pick("校验", "check"),
        lang.pick("次数", "compared"),
        lang.pick("结果", "result"),
    ];
    let mut table = Tabular::new(&headings, &[Align::Left, Align::Right, Align::Left]);
    for check in &proof.checks {
        let result = match (check.failures.len(), lang) {
            (0, _) => lang.pick("通过", "ok").to_owned(),
            (count, Lang::Zh) => format!("{count} 处不符"),
            (count, Lang::En) => format!("{count} differ"),
        };
        table.row([
            lang.pick(check.zh, check.en).into(),
            grouped(check.counted),
            result,
        ]);
    }
    terminal.print(table)?;
    for check in proof
        .checks
        .iter()
        .filter(|check| !check.failures.is_empty())
    {
        for failure in check.failures.iter().take(MOST_SHOWN) {
            terminal.print(format_args!("  {}", failure.text(lang)))?;
        }
        let rest = check.failures.len().saturating_sub(MOST_SHOWN);
        if rest > 0 {
            terminal.print(match lang {
                Lang::Zh => format!("  另有 {rest} 处，全部用 `--json`"),
                Lang::En => format!("  {rest} more; `--json` has them all"),
            })?;
        }
    }
    terminal.print(match (proof.is_ok(), lang) {
        (true, Lang::Zh) => format!("全部通过，内容哈希 {hash}"),
        (true, Lang::En) => format!("all proven, content hash {hash}"),
        (false, Lang::Zh) => format!("没有通过，内容哈希 {hash}"),
        (false, Lang::En) => format!("not proven, content hash {hash}"),
    })
}

/// The outcome of each check on a line of its own, for the workbook.
pub fn lines(proof: &Verification, lang: Lang) -> Vec<String> {
    let line = |check: &Check| {
        let counted = grouped(check.counted);
        match (check.failures.len(), lang) {
            (0, Lang::Zh) => format!("{}：{counted} 次，通过", check.zh),
            (0, Lang::En) => format!("{}: {counted} compared, ok", check.en),
            (failed, Lang::Zh) => format!("{}：{counted} 次，{failed} 处不符", check.zh),
            (failed, Lang::En) => format!("{}: {counted} compared, {failed} differ", check.en),
        }
    };
    proof.checks.iter().map(line).collect()
}

/// Proves a workbook: every total against its parts.
fn workbook(path: &Path, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let report = verify_workbook(path)?;
    let lang = terminal.lang;
    let exit = if report.is_ok() {
        Exit::Done
    } else {
        Exit::Found
    };
    if terminal.json {
        let differences = report.differences.iter().map(|difference| {
            json!({
                "sheet": difference.at.sheet,
                "cell": difference.at.cell,
                "place": difference.place,
                "stated": difference.stated,
                "parts": difference.parts,
            })
        });
        terminal.print_json(&json!({
            "ok": report.is_ok(),
            "plan": report.plan,
            "hash": report.hash,
            "sheets": report.sheets,
            "cells": report.cells,
            "totals": report.totals,
            "changed": report.changed,
            "differences": differences.collect::<Vec<_>>(),
        }))?;
        return Ok(exit);
    }
    let (sheets, totals) = (report.sheets, grouped(report.totals as u64));
    let (cells, changed) = (grouped(report.cells as u64), grouped(report.changed as u64));
    terminal.print(match lang {
        Lang::Zh => format!(
            "工作簿属于方案“{}”：{sheets} 张表、{cells} 个数、{totals} 个合计，导出后改动 {changed} 格",
            report.plan
        ),
        Lang::En => format!(
            "a workbook of the plan \"{}\": {sheets} sheets, {cells} figures, {totals} totals, \
             {changed} cells changed since it was written",
            report.plan
        ),
    })?;
    for difference in report.differences.iter().take(MOST_SHOWN) {
        let (sheet, cell) = (&difference.at.sheet, &difference.at.cell);
        let (place, stated, parts) = (&difference.place, &difference.stated, &difference.parts);
        terminal.print(match lang {
            Lang::Zh => format!("  {sheet}!{cell} {place}：写着 {stated}，各部分合计 {parts}"),
            Lang::En => {
                format!("  {sheet}!{cell} {place}: {stated} stands there, its parts sum to {parts}")
            }
        })?;
    }
    let failed = report.differences.len();
    terminal.print(match (failed, lang) {
        (0, Lang::Zh) => format!("全部通过，方案内容哈希 {}", report.hash),
        (0, Lang::En) => format!("all proven, content hash of the plan {}", report.hash),
        (_, Lang::Zh) => format!("{failed} 个合计不符"),
        (_, Lang::En) => format!("{failed} totals do not add up"),
    })?;
    Ok(exit)
}

/// A count with thousands grouped.
fn grouped(count: u64) -> String {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    fenjie_money::Step::one().format_grouped(count, fenjie_money::DisplayUnit::One)
}
