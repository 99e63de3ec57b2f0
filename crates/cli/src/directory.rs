//! Plan directories: `init`, `log`, `undo`, `redo`, `replay`. Knows no arithmetic.

use std::path::PathBuf;

use clap::Args;
use fenjie_exchange::log::{LogError, PlanLog, Stamp};
use fenjie_exchange::plan_file::operation_json;
use fenjie_message::{Lang, Message};
use fenjie_plan::{Operation, Plan};
use serde_json::json;

use crate::cli::PlanArgs;
use crate::edit::Signed;
use crate::edit::commit::{now, read_content, write_content};
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::spoken::operation_text;
use crate::tabular::{Align, Tabular};
use crate::terminal::Terminal;

/// Arguments of `fenjie init`.
#[derive(Args, Debug)]
pub struct InitArgs {
    /// The plan file; the files it names are copied
    #[arg(value_name = "PLAN.toml")]
    plan: PathBuf,
    /// The directory to make; it must not hold anything yet
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// Who makes it
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// Why
    #[arg(long, value_name = "REASON")]
    why: Option<String>,
}

/// Arguments of `fenjie log`.
#[derive(Args, Debug)]
pub struct LogArgs {
    #[command(flatten)]
    plan: PlanArgs,
}

/// Arguments of `fenjie undo`.
#[derive(Args, Debug)]
pub struct UndoArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// The operation's number in `fenjie log` [default: the last one in effect]
    #[arg(value_name = "N")]
    number: Option<u64>,
    #[command(flatten)]
    signed: Signed,
}

/// Arguments of `fenjie redo`.
#[derive(Args, Debug)]
pub struct RedoArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    signed: Signed,
}

/// Arguments of `fenjie replay`.
#[derive(Args, Debug)]
pub struct ReplayArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// The content hash it should come to [default: the one noted when it was last written]
    #[arg(long, value_name = "HASH")]
    expect: Option<String>,
}

/// Makes a plan directory.
///
/// # Errors
/// Those of the plan file; a directory that holds something; what the system refuses.
pub fn init(args: &InitArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let plan = PlanArgs {
        plan: args.plan.clone(),
        as_of: None,
    };
    let opened = Opened::read(&plan, terminal)?;
    let computed = opened.plan(terminal)?;
    let at = now();
    let stamp = Stamp {
        at: &at,
        who: args.who.as_deref(),
        why: args.why.as_deref(),
    };
    let log = PlanLog::create(&args.directory, &args.plan, &stamp)?;
    write_content(log.directory(), log.last_sequence(), &computed)?;
    let (directory, count) = (args.directory.display(), log.last_sequence());
    let hash = computed.content_hash();
    if terminal.json {
        let directory = directory.to_string();
        let made = json!({ "directory": directory, "operations": count, "hash": hash });
        terminal.print_json(&made)?;
        return Ok(Exit::Done);
    }
    terminal.print(match terminal.lang {
        Lang::Zh => format!("已建立 `{directory}`，日志 {count} 步，内容哈希 {hash}"),
        Lang::En => format!("made `{directory}` with {count} operations, content hash {hash}"),
    })?;
    Ok(Exit::Done)
}

/// Lists the operations of a plan.
///
/// # Errors
/// Those of the plan.
pub fn log(args: &LogArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let opened = Opened::read(&args.plan, terminal)?;
    let lang = terminal.lang;
    let operations = &opened.loaded.operations;
    let undone = undone(operations);
    let at = |index: usize| {
        let entry = opened.log.as_ref().and_then(|log| log.entries().get(index));
        entry.map(|entry| entry.at.clone())
    };
    if terminal.json {
        let lines: Vec<_> = operations
            .iter()
            .zip(&opened.loaded.origins)
            .enumerate()
            .map(|(index, (operation, origin))| {
                json!({
                    "number": index + 1,
                    "at": at(index),
                    "who": origin.who,
                    "why": origin.why,
                    "in_effect": !undone[index],
                    "operation": operation_json(operation),
                    "text": operation_text(operation, lang),
                })
            })
            .collect();
        let hash = opened.log.as_ref().map(|log| log.hash().to_owned());
        terminal.print_json(&json!({ "items": lines, "log_hash": hash }))?;
        return Ok(Exit::Done);
    }
    let headings = match lang {
        Lang::Zh => ["步", "时间", "谁", "操作", "原因"],
        Lang::En => ["no.", "when", "who", "operation", "why"],
    };
    let align = [
        Align::Right,
        Align::Left,
        Align::Left,
        Align::Left,
        Align::Left,
    ];
    let mut table = Tabular::new(&headings, &align);
    for (index, (operation, origin)) in operations.iter().zip(&opened.loaded.origins).enumerate() {
        let mut text = operation_text(operation, lang);
        if undone[index] {
            text.push_str(lang.pick("（已撤销）", " (undone)"));
        }
        let said = |text: &Option<String>| text.clone().unwrap_or_default();
        let cells = [
            at(index).unwrap_or_default(),
            said(&origin.who),
            text,
            said(&origin.why),
        ];
        table.row([(index + 1).to_string()].into_iter().chain(cells));
    }
    terminal.print(table)?;
    Ok(Exit::Done)
}

/// Which operations a later undo takes out of effect.
fn undone(operations: &[Operation]) -> Vec<bool> {
    let mut undone = vec![false; operations.len()];
    for index in (0..operations.len()).rev() {
        if let (false, Operation::Undo { sequence }) = (undone[index], &operations[index])
            && let Some(target) = usize::try_from(*sequence)
                .ok()
                .and_then(|at| at.checked_sub(1))
            && target < index
        {
            undone[target] = true;
        }
    }
    undone
}

/// Takes an operation out of effect.
///
/// # Errors
/// An operation that is not in effect; a plan that cannot do without it.
pub fn undo(args: &UndoArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let opened = Opened::read(&args.plan, terminal)?;
    let operations = &opened.loaded.operations;
    let out = undone(operations);
    let in_effect = |at: &usize| !out[*at] && !matches!(operations[*at], Operation::Undo { .. });
    let last = (0..operations.len())
        .rev()
        .find(in_effect)
        .map_or(0, |at| at as u64 + 1);
    let sequence = args.number.unwrap_or(last);
    if sequence == 0 {
        return Err(Failure::new(Nothing::ToUndo, Exit::Refused));
    }
    let target = usize::try_from(sequence)
        .ok()
        .and_then(|number| number.checked_sub(1));
    if !target.is_some_and(|at| at < out.len() && !out[at]) {
        return Err(LogError::CannotUndo { sequence }.into());
    }
    take_out(opened, sequence, &args.signed, terminal)
}

/// Brings the operation that was undone last back into effect.
///
/// # Errors
/// Where nothing is undone.
pub fn redo(args: &RedoArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let opened = Opened::read(&args.plan, terminal)?;
    let operations = &opened.loaded.operations;
    let out = undone(operations);
    // An undo of an undo brought something back; what is looked for is an undo of an operation.
    let is_undo = |at: &usize| match &operations[*at] {
        Operation::Undo { sequence } if !out[*at] => {
            let target = usize::try_from(*sequence).unwrap_or(0).saturating_sub(1);
            !matches!(operations[target], Operation::Undo { .. })
        }
        _ => false,
    };
    let last = (0..operations.len()).rev().find(is_undo);
    let sequence = last.map_or(0, |at| at as u64 + 1);
    if sequence == 0 {
        return Err(Failure::new(Nothing::ToRedo, Exit::Refused));
    }
    take_out(opened, sequence, &args.signed, terminal)
}

/// Appends an undo of the operation and shows the difference it makes.
fn take_out(
    mut opened: Opened,
    sequence: u64,
    signed: &Signed,
    terminal: &mut Terminal,
) -> Result<Exit, Failure> {
    let before = opened.plan(terminal)?;
    let operation = Operation::Undo { sequence };
    let mut operations = opened.loaded.operations.clone();
    operations.push(operation.clone());
    let after = Plan::replay(opened.loaded.definition.clone(), &operations)
        .map_err(|refusal| opened.refused(refusal))?;
    let written = match signed.yes {
        true => Some(crate::edit::commit::write(
            &mut opened,
            std::slice::from_ref(&operation),
            signed,
            &after,
        )?),
        false => None,
    };
    let difference = fenjie_plan::diff(&before, &after);
    let lang = terminal.lang;
    if terminal.json {
        terminal.print_json(&json!({
            "written": written,
            "operations": [operation_json(&operation)],
            "cells_changed": difference.rows.len(),
            "only_before": difference.only_before,
            "only_after": difference.only_after,
            "hash": after.content_hash(),
        }))?;
        return Ok(Exit::Done);
    }
    let index = usize::try_from(sequence).expect("the operation exists") - 1;
    let about = match &operations[index] {
        Operation::Undo { sequence } => {
            let at = usize::try_from(*sequence).expect("the operation exists");
            let text = operation_text(&operations[at - 1], lang);
            match lang {
                Lang::Zh => format!("恢复第 {at} 步：{text}"),
                Lang::En => format!("redo step {at}: {text}"),
            }
        }
        other => {
            let text = operation_text(other, lang);
            match lang {
                Lang::Zh => format!("撤销第 {sequence} 步：{text}"),
                Lang::En => format!("undo step {sequence}: {text}"),
            }
        }
    };
    terminal.print(about)?;
    let mut cells = difference.rows.len() as u64;
    // A close opens the periods around it; that they fold up again changes no target.
    if !matches!(operations[index], Operation::Close(_)) {
        cells += difference.only_before + difference.only_after;
    }
    terminal.print(match lang {
        _ if cells == 0 => lang.pick("目标没有变", "no target changes").into(),
        Lang::Zh => format!("{cells} 格不同"),
        Lang::En if cells == 1 => "1 cell differs".into(),
        Lang::En => format!("{cells} cells differ"),
    })?;
    terminal.print(match (&written, lang) {
        (Some(path), Lang::Zh) => format!("已写入 `{path}`"),
        (Some(path), Lang::En) => format!("written to `{path}`"),
        (None, Lang::Zh) => "这是预览，没有写入；确认后加 `--yes`".into(),
        (None, Lang::En) => "a preview, nothing is written; add `--yes` to write it".into(),
    })?;
    Ok(Exit::Done)
}

/// Computes a plan anew and compares its content hash. Ends with 1 where it differs.
///
/// # Errors
/// Those of the plan.
pub fn replay(args: &ReplayArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let opened = Opened::read(&args.plan, terminal)?;
    let plan = opened.plan(terminal)?;
    let hash = plan.content_hash();
    let operations = opened.loaded.operations.len();
    let noted = opened
        .log
        .as_ref()
        .and_then(|log| read_content(log.directory()));
    let noted = noted.filter(|(sequence, _)| *sequence == operations as u64);
    let expected = args.expect.clone().or(noted.map(|(_, hash)| hash));
    let same = expected
        .as_ref()
        .map(|expected| expected.eq_ignore_ascii_case(&hash));
    if same.is_none()
        && let Some(log) = &opened.log
    {
        write_content(log.directory(), log.last_sequence(), &plan)?;
    }
    let exit = if same == Some(false) {
        Exit::Found
    } else {
        Exit::Done
    };
    if terminal.json {
        let answer = json!({
            "operations": operations,
            "hash": hash,
            "expected": expected,
            "same": same,
        });
        terminal.print_json(&answer)?;
        return Ok(exit);
    }
    let expected = expected.unwrap_or_default();
    terminal.print(match (same, terminal.lang) {
        (Some(true), Lang::Zh) => format!("重算 {operations} 步，内容哈希一致：{hash}"),
        (Some(true), Lang::En) => {
            format!("{operations} operations replayed, same content hash {hash}")
        }
        (Some(false), Lang::Zh) => {
            format!("重算 {operations} 步，内容哈希不一致：应为 {expected}，得到 {hash}")
        }
        (Some(false), Lang::En) => {
            format!("{operations} operations replayed, content hash {hash} instead of {expected}")
        }
        (None, Lang::Zh) => format!("重算 {operations} 步，内容哈希 {hash}（之前没有记录可比）"),
        (None, Lang::En) => {
            format!("{operations} operations replayed, content hash {hash} (none was noted before)")
        }
    })?;
    Ok(exit)
}

/// Why there is nothing to take out of effect or to bring back.
#[derive(Debug)]
enum Nothing {
    ToUndo,
    ToRedo,
}

impl Message for Nothing {
    fn code(&self) -> &'static str {
        match self {
            Nothing::ToUndo => "nothing_to_undo",
            Nothing::ToRedo => "nothing_to_redo",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match self {
            Nothing::ToUndo => lang.pick("没有可以撤销的操作", "there is nothing to undo"),
            Nothing::ToRedo => lang.pick("没有可以恢复的操作", "there is nothing to redo"),
        }
        .into()
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        Some(
            lang.pick(
                "用 `fenjie log` 查看各步操作",
                "`fenjie log` lists the operations",
            )
            .into(),
        )
    }
}
