//! `fenjie imports`: list imports, undo one (a preview first), compact, prove them, show the lines
//! behind a figure.

mod effect;
mod lines;

use clap::Args;
use fenjie_exchange::log::Stamp;
use fenjie_facts::{ImportRecord, Store};
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_plan::Definition;
use serde_json::{Value, json};

use crate::cli::PlanArgs;
use crate::edit::Signed;
use crate::edit::commit::now;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::tabular::{Align, Tabular};
use crate::terminal::Terminal;

/// Arguments of `fenjie imports`.
#[derive(Args, Debug)]
pub struct ImportsArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// Take an import out of effect as a whole: a preview first, written with --yes
    #[arg(long, value_name = "NUMBER", group = "act")]
    undo: Option<u64>,
    /// Bring an undone import back: a preview first, written with --yes
    #[arg(long, value_name = "NUMBER", group = "act")]
    redo: Option<u64>,
    /// Put small segments together; every answer stays the same
    #[arg(long, group = "act")]
    compact: bool,
    /// Read everything again and compare it with its checksums
    #[arg(long, group = "act")]
    verify: bool,
    /// Show the lines behind a figure: 'region=华东, month=2026-03'; '*' for all
    #[arg(long, value_name = "ADDRESS", group = "act")]
    lines: Option<String>,
    /// How many lines to show [default: 50]
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    signed: Signed,
}

/// Lists imports or does with them what was asked for.
///
/// # Errors
/// Those of the plan and of the facts.
pub fn run(args: &ImportsArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let opened = Opened::read(&args.plan, terminal)?;
    let mut store = Store::open(&opened.path)?;
    for note in store.notes() {
        terminal.warn(note, None);
    }
    let at = now();
    let stamp = Stamp {
        at: &at,
        who: args.signed.who.as_deref(),
        why: args.signed.why.as_deref(),
    };
    let undone = args.undo.map(|number| (number, false));
    if let Some((number, on)) = undone.or(args.redo.map(|number| (number, true))) {
        let plan = opened.plan(terminal)?;
        let before = effect::Before::look(&plan, &store, number, on)?;
        if args.signed.yes {
            match on {
                true => store.redo(number, &stamp)?,
                false => store.undo(number, &stamp)?,
            }
        }
        return before.print(args.signed.yes, terminal);
    }
    if args.compact {
        return compact(&mut store, &stamp, terminal);
    }
    if args.verify {
        return verify(&store, terminal);
    }
    if let Some(address) = &args.lines {
        let plan = opened.plan(terminal)?;
        let filter = lines::filter(&plan, address)?;
        let found = store.lines(&plan, &filter, args.limit)?;
        return lines::print(&plan, &found, terminal);
    }
    list(store.imports(), &opened.loaded.definition, terminal)
}

fn compact(store: &mut Store, stamp: &Stamp<'_>, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let did = store.compact(stamp)?;
    let (segments, lines) = (did.segments, did.lines);
    let (before, after) = (did.bytes_before, did.bytes_after);
    if terminal.json {
        terminal.print_json(&json!({
            "segments": segments,
            "lines": lines,
            "bytes_before": before,
            "bytes_after": after,
        }))?;
        return Ok(Exit::Done);
    }
    terminal.print(match (segments, terminal.lang) {
        (0, Lang::Zh) => "没有需要合并的".to_owned(),
        (0, Lang::En) => "there is nothing to put together".to_owned(),
        (_, Lang::Zh) => {
            format!("{segments} 个文件合成一个：{lines} 笔，{before} 字节变为 {after} 字节")
        }
        (_, Lang::En) => {
            format!("{segments} segments are one now: {lines} lines, {before} bytes became {after}")
        }
    })?;
    Ok(Exit::Done)
}

fn verify(store: &Store, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let found = store.verify()?;
    let (entries, files, bytes, lines) = (found.entries, found.files, found.bytes, found.lines);
    if terminal.json {
        terminal.print_json(&json!({
            "ok": true,
            "entries": entries,
            "files": files,
            "bytes": bytes,
            "lines": lines,
        }))?;
        return Ok(Exit::Done);
    }
    terminal.print(match terminal.lang {
        Lang::Zh => format!("全部一致：清单 {entries} 行，{files} 个文件，{bytes} 字节，{lines} 笔"),
        Lang::En => format!(
            "all is as it was written: {entries} lines of the manifest, {files} files, {bytes} bytes, \
             {lines} sales lines"
        ),
    })?;
    Ok(Exit::Done)
}

fn list(
    imports: &[ImportRecord],
    definition: &Definition,
    terminal: &mut Terminal,
) -> Result<Exit, Failure> {
    let lang = terminal.lang;
    if terminal.json {
        let imports: Vec<Value> = imports
            .iter()
            .map(|import| record(import, definition))
            .collect();
        terminal.print_json(&json!({ "imports": imports }))?;
        return Ok(Exit::Done);
    }
    if imports.is_empty() {
        terminal.print(lang.pick("还没有导入销售数据", "no sales were brought in yet"))?;
        return Ok(Exit::Done);
    }
    let main = definition.measures.iter().find(|measure| measure.is_flow());
    let main_name = main.map_or("", |measure| &measure.name);
    let headings = match lang {
        Lang::Zh => [
            "编号", "文件", "日期", "笔数", main_name, "重复", "更正", "时间", "谁",
        ],
        Lang::En => [
            "no", "file", "days", "lines", main_name, "repeated", "replaced", "at", "who",
        ],
    };
    let align = [
        Align::Right,
        Align::Left,
        Align::Left,
        Align::Right,
        Align::Right,
        Align::Right,
        Align::Right,
        Align::Left,
        Align::Left,
    ];
    let mut table = Tabular::new(&headings, &align);
    for import in imports {
        let sum = main.and_then(|measure| {
            let (_, sum) = import.sums.iter().find(|(code, _)| *code == measure.code)?;
            let sum = i64::try_from(*sum).ok()?;
            Some(measure.step.format_grouped(sum, DisplayUnit::One))
        });
        let undone = if import.in_effect {
            ""
        } else {
            lang.pick("（已撤销）", " (undone)")
        };
        table.row([
            import.number.to_string(),
            format!("{}{undone}", import.meta.file),
            days(import.days),
            import.lines.to_string(),
            sum.unwrap_or_default(),
            import.repeated.to_string(),
            import.replaced.to_string(),
            import.at.clone(),
            import.who.clone().unwrap_or_default(),
        ]);
    }
    terminal.print(table)?;
    Ok(Exit::Done)
}

fn days(days: Option<(i32, i32)>) -> String {
    match days.map(|(first, last)| (day(first), day(last))) {
        Some((first, last)) if first == last => first,
        Some((first, last)) => format!("{first}..{last}"),
        None => String::new(),
    }
}

/// A day by its number since 1970-01-01.
fn day(number: i32) -> String {
    let first = jiff::civil::date(1970, 1, 1);
    let span = jiff::Span::new().try_days(number);
    let day = span.and_then(|span| first.checked_add(span));
    day.map_or_else(|_| number.to_string(), |day| day.to_string())
}

fn record(import: &ImportRecord, definition: &Definition) -> Value {
    let sums = import.sums.iter().map(|(code, sum)| {
        let measure = definition
            .measures
            .iter()
            .find(|measure| measure.code == *code);
        let text = measure.zip(i64::try_from(*sum).ok());
        let text = text.map_or(sum.to_string(), |(measure, sum)| measure.step.format(sum));
        (code.clone(), Value::from(text))
    });
    json!({
        "number": import.number,
        "file": import.meta.file,
        "sha256": import.meta.sha256,
        "bytes": import.meta.bytes,
        "columns": import.meta.mapping,
        "at": import.at,
        "who": import.who,
        "why": import.why,
        "lines": import.lines,
        "refused_rows": import.meta.refused,
        "repeated": import.repeated,
        "replaced": import.replaced,
        "from": import.days.map(|(first, _)| day(first)),
        "to": import.days.map(|(_, last)| day(last)),
        "sums": sums.collect::<serde_json::Map<_, _>>(),
        "in_effect": import.in_effect,
    })
}
