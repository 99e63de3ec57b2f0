//! `fenjie imports`: list imports, undo one, compact, prove them, show the lines behind a figure.

use clap::Args;
use fenjie_exchange::log::Stamp;
use fenjie_facts::{FoundLines, ImportRecord, LineFilter, Store};
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_plan::{Definition, Plan};
use fenjie_track::UNASSIGNED;
use serde_json::{Value, json};

use crate::cli::PlanArgs;
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
    /// Take an import out of effect as a whole
    #[arg(long, value_name = "NUMBER", group = "act")]
    undo: Option<u64>,
    /// Bring an undone import back
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
    /// Who does it
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// Why
    #[arg(long, value_name = "REASON")]
    why: Option<String>,
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
        who: args.who.as_deref(),
        why: args.why.as_deref(),
    };
    if let Some(number) = args.undo {
        store.undo(number, &stamp)?;
        return done(number, false, terminal);
    }
    if let Some(number) = args.redo {
        store.redo(number, &stamp)?;
        return done(number, true, terminal);
    }
    if args.compact {
        return compact(&mut store, &stamp, terminal);
    }
    if args.verify {
        return verify(&store, terminal);
    }
    if let Some(address) = &args.lines {
        let plan = opened.plan(terminal)?;
        let filter = filter(&plan, address)?;
        let found = store.lines(&plan, &filter, args.limit)?;
        return lines(&plan, &found, terminal);
    }
    list(store.imports(), &opened.loaded.definition, terminal)
}

fn done(number: u64, is_back: bool, terminal: &mut Terminal) -> Result<Exit, Failure> {
    if terminal.json {
        terminal.print_json(&json!({ "import": number, "in_effect": is_back }))?;
        return Ok(Exit::Done);
    }
    terminal.print(match (is_back, terminal.lang) {
        (false, Lang::Zh) => {
            format!("第 {number} 次导入已撤销，不再计入；恢复用 `--redo {number}`")
        }
        (false, Lang::En) => {
            format!(
                "import {number} is undone and counts no longer; `--redo {number}` brings it back"
            )
        }
        (true, Lang::Zh) => format!("第 {number} 次导入已恢复"),
        (true, Lang::En) => format!("import {number} is back"),
    })?;
    Ok(Exit::Done)
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

/// What an address asks for; `org=未归属` asks for lines with an unknown member there.
fn filter(plan: &Plan, address: &str) -> Result<LineFilter, Failure> {
    let axes = plan.model().axes();
    let mut unassigned = vec![false; axes.len() - 1];
    let mut rest = Vec::new();
    for part in address
        .split([',', '，'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let said = part
            .split_once('=')
            .map(|(axis, member)| (axis.trim(), member.trim()));
        let axis = said.filter(|(_, member)| matches!(*member, "未归属" | "unassigned"));
        let axis = axis.and_then(|(code, _)| {
            axes[..axes.len() - 1]
                .iter()
                .position(|axis| axis.code == code || axis.name == code)
        });
        match axis {
            Some(axis) => unassigned[axis] = true,
            None => rest.push(part),
        }
    }
    let rest = rest.join(", ");
    let place = match rest.as_str() {
        "" | "*" => vec![0; axes.len()],
        address => plan.place(address)?.0,
    };
    let time = place[axes.len() - 1];
    let members = place[..axes.len() - 1].iter().zip(&unassigned);
    Ok(LineFilter {
        within: members
            .map(|(&node, unknown)| if *unknown { UNASSIGNED } else { node })
            .collect(),
        periods: if time == 0 { Vec::new() } else { vec![time] },
        until: None,
    })
}

fn lines(plan: &Plan, found: &FoundLines, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let lang = terminal.lang;
    let definition = plan.model().definition();
    if terminal.json {
        let lines: Vec<Value> = found
            .lines
            .iter()
            .map(|line| line_json(line, definition))
            .collect();
        terminal.print_json(&json!({ "count": found.count, "lines": lines }))?;
        return Ok(Exit::Done);
    }
    let measures: Vec<usize> = (0..definition.measures.len())
        .filter(|&measure| {
            found
                .lines
                .iter()
                .any(|line| line.values[measure].is_some())
        })
        .collect();
    let mut headings = vec![lang.pick("日期", "day")];
    headings.extend(
        definition
            .dimensions
            .iter()
            .map(|dimension| dimension.name.as_str()),
    );
    headings.extend(
        measures
            .iter()
            .map(|&measure| definition.measures[measure].name.as_str()),
    );
    headings.extend(match lang {
        Lang::Zh => ["客户", "单号", "导入", "行"],
        Lang::En => ["customer", "external id", "import", "row"],
    });
    let is_number = |at: &usize| {
        let first = 1 + definition.dimensions.len();
        (first..first + measures.len()).contains(at) || *at >= headings.len() - 2
    };
    let align: Vec<Align> = (0..headings.len())
        .map(|at| {
            if is_number(&at) {
                Align::Right
            } else {
                Align::Left
            }
        })
        .collect();
    let mut table = Tabular::new(&headings, &align);
    for line in &found.lines {
        let mut cells = vec![match line.minute {
            Some(minute) => format!("{} {:02}:{:02}", line.date, minute / 60, minute % 60),
            None => line.date.to_string(),
        }];
        for (text, dimension) in line.members.iter().zip(&definition.dimensions) {
            cells.push(match dimension.tree.with_code(text) {
                Some(node) => dimension.tree.name(node).to_owned(),
                None => format!("{}{text}", lang.pick("未归属 ", "unassigned "))
                    .trim_end()
                    .to_owned(),
            });
        }
        cells.extend(measures.iter().map(|&measure| {
            let step = definition.measures[measure].step;
            line.values[measure].map_or(String::new(), |value| {
                step.format_grouped(value, DisplayUnit::One)
            })
        }));
        cells.extend([
            line.customer.clone(),
            line.external_id.clone(),
            line.import.to_string(),
            line.source_row.to_string(),
        ]);
        table.row(cells);
    }
    terminal.print(table)?;
    say_rest(found, terminal)
}

/// How many lines there are beyond those shown.
fn say_rest(found: &FoundLines, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let lang = terminal.lang;
    let (shown, count) = (found.lines.len(), found.count);
    if count > shown as u64 {
        terminal.print(match lang {
            Lang::Zh => format!("共 {count} 笔，列出前 {shown} 笔；`--limit` 列出更多"),
            Lang::En => format!("{count} lines, the first {shown} shown; `--limit` shows more"),
        })?;
    }
    Ok(Exit::Done)
}

fn line_json(line: &fenjie_facts::SalesLine, definition: &Definition) -> Value {
    let members = definition.dimensions.iter().zip(&line.members);
    let members =
        members.map(|(dimension, text)| (dimension.code.clone(), Value::from(text.clone())));
    let values = definition
        .measures
        .iter()
        .zip(&line.values)
        .filter_map(|(measure, value)| {
            Some((
                measure.code.clone(),
                Value::from(measure.step.format((*value)?)),
            ))
        });
    json!({
        "day": line.date.to_string(),
        "minute": line.minute,
        "members": members.collect::<serde_json::Map<_, _>>(),
        "values": values.collect::<serde_json::Map<_, _>>(),
        "customer": line.customer,
        "external_id": line.external_id,
        "credit": line.credit,
        "import": line.import,
        "row": line.source_row,
    })
}
