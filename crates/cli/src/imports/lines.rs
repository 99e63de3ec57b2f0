//! The lines behind a figure, as people and as scripts read them. Decides nothing.

use fenjie_facts::{FoundLines, LineFilter, SalesLine};
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_plan::{Definition, Plan};
use fenjie_track::UNASSIGNED;
use serde_json::{Value, json};

use crate::failure::{Exit, Failure};
use crate::tabular::{Align, Tabular};
use crate::terminal::Terminal;

/// What an address asks for; `org=未归属` asks for lines with an unknown member there.
///
/// # Errors
/// Addresses nobody understands.
pub fn filter(plan: &Plan, address: &str) -> Result<LineFilter, Failure> {
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

/// Lists lines that were found.
///
/// # Errors
/// Where nothing can be printed.
pub fn print(plan: &Plan, found: &FoundLines, terminal: &mut Terminal) -> Result<Exit, Failure> {
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

fn line_json(line: &SalesLine, definition: &Definition) -> Value {
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
