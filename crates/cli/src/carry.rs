//! `fenjie carry`: what closed periods fell short of goes to later ones: a preview with original target,
//! working target and need side by side, written with `--yes`. Knows no arithmetic of carrying.

pub mod members;
pub mod print;
pub mod rule;
pub mod table;

use std::path::PathBuf;

use clap::Args;
use fenjie_message::Lang;
use fenjie_plan::Operation;
use serde_json::json;

use self::rule::RuleArgs;
use crate::cli::PlanArgs;
use crate::edit::{Signed, commit};
use crate::failure::{EndingUnknown, Exit, Failure};
use crate::open::{Opened, measure};
use crate::terminal::Terminal;

/// Arguments of `fenjie carry`.
#[derive(Args, Debug)]
pub struct CarryArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    rule: RuleArgs,
    /// The measure, by code or name [default: the plan's first flow]
    #[arg(long, value_name = "MEASURE")]
    measure: Option<String>,
    /// Write before and after to a file as well: .csv or .json; `-` is CSV on standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    signed: Signed,
}

/// Carry what closed periods fell short of to later ones.
///
/// # Errors
/// Those of the plan; output that cannot be written.
pub fn run(args: &CarryArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let format = args.output.as_deref().map(format).transpose()?;
    let mut opened = Opened::read(&args.plan, terminal)?;
    let before = opened.plan(terminal)?;
    let measure = measure(&before, args.measure.as_deref())?;
    let rule = rule::rule(&args.rule, &opened, &before, measure)?;
    let operation = Operation::Carry(rule.clone());
    let mut after = before.clone();
    after
        .apply(operation.clone())
        .map_err(|refusal| Failure::from(refusal.error))?;
    let table = table::table(&before, &after, measure, &rule)?;
    let shown = print::Shown {
        plan: &after,
        measure,
        rule: &rule,
        table: &table,
    };
    let written = match args.signed.yes {
        true => Some(commit::write(
            &mut opened,
            &[operation],
            &args.signed,
            &after,
        )?),
        false => None,
    };
    if let (Some(path), Some(format)) = (&args.output, format) {
        match format {
            Format::Csv => {
                shown.write_csv(path)?;
            }
            Format::Json => write_json(path, &shown, terminal)?,
        }
        if path.as_os_str() == "-" {
            return Ok(Exit::Done);
        }
    }
    if terminal.json {
        let mut effect = shown.json(terminal.lang);
        effect["written"] = json!(written);
        terminal.print_json(&effect)?;
        return Ok(Exit::Done);
    }
    shown.print(&args.plan.plan, terminal)?;
    say_written(written.as_deref(), terminal)?;
    Ok(Exit::Done)
}

/// Whether it was written, and where.
///
/// # Errors
/// Where nothing can be written.
pub fn say_written(written: Option<&str>, terminal: &mut Terminal) -> Result<(), Failure> {
    match (written, terminal.lang) {
        (Some(path), Lang::Zh) => terminal.print(format_args!("已写入 `{path}`")),
        (Some(path), Lang::En) => terminal.print(format_args!("written to `{path}`")),
        (None, Lang::Zh) => terminal.print("这是预览，没有写入；确认后加 `--yes`"),
        (None, Lang::En) => {
            terminal.print("a preview, nothing is written; add `--yes` to write it")
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Csv,
    Json,
}

fn format(path: &std::path::Path) -> Result<Format, Failure> {
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("csv") => Ok(Format::Csv),
        Some("json") => Ok(Format::Json),
        None if path.as_os_str() == "-" => Ok(Format::Csv),
        _ => Err(EndingUnknown::of(path, "`.csv` `.json`", false)),
    }
}

fn write_json(
    path: &std::path::Path,
    shown: &print::Shown<'_>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let mut file = fenjie_exchange::write::AtomicFile::create(path)?;
    let text = format!("{:#}\n", shown.json(terminal.lang));
    std::io::Write::write_all(&mut file, text.as_bytes())
        .map_err(|reason| Failure::unwritable(path, &reason))?;
    Ok(file.commit()?)
}
