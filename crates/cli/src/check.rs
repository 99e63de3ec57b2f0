//! `fenjie check`: structural faults, found before anything is computed. Computes no target.

use clap::Args;
use fenjie_message::{Lang, Message};
use fenjie_plan::Severity;
use serde_json::json;

use crate::cli::PlanArgs;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::terminal::Terminal;

/// Arguments of `fenjie check`.
#[derive(Args, Debug)]
pub struct CheckArgs {
    #[command(flatten)]
    plan: PlanArgs,
}

/// Lists what is wrong or probably not meant. Ends with 1 where something is wrong.
///
/// # Errors
/// Those of the plan file.
pub fn run(args: &CheckArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let opened = Opened::read(&args.plan, terminal)?;
    let findings = fenjie_plan::check(&opened.loaded.definition, &opened.loaded.operations);
    let lang = terminal.lang;
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    let exit = if errors > 0 { Exit::Found } else { Exit::Done };
    if terminal.json {
        let findings = findings.iter().map(|finding| {
            let spot = opened.spot(finding.operation);
            json!({
                "severity": severity(finding.severity, Lang::En),
                "code": finding.code,
                "operation": (finding.operation > 0).then_some(finding.operation),
                "place": finding.place,
                "message": finding.text(lang),
                "line": spot.and_then(|spot| spot.line),
            })
        });
        let findings: Vec<_> = findings.collect();
        terminal.print_json(&json!({ "ok": errors == 0, "findings": findings }))?;
        return Ok(exit);
    }
    for finding in &findings {
        let heading = severity(finding.severity, lang);
        let spot = opened.spot(finding.operation);
        terminal.print(crate::failure::headed(
            lang,
            heading,
            finding,
            spot.as_ref(),
        ))?;
    }
    let (count, operations) = (findings.len(), opened.loaded.operations.len());
    terminal.print(match (count, lang) {
        (0, Lang::Zh) => format!("没有发现问题（{operations} 步操作）"),
        (0, Lang::En) => format!("nothing to object to ({operations} operations)"),
        (_, Lang::Zh) => format!("发现 {count} 处，其中错误 {errors} 处"),
        (_, Lang::En) => format!("{count} found, {errors} of them errors"),
    })?;
    Ok(exit)
}

fn severity(severity: Severity, lang: Lang) -> &'static str {
    match severity {
        Severity::Error => lang.pick("错误", "error"),
        Severity::Warning => lang.pick("注意", "warning"),
        Severity::Note => lang.pick("说明", "note"),
    }
}
