//! What an edit changes, before it is written: cells, totals, the biggest movers. Writes no plan.

use fenjie_exchange::plan_file::operation_json;
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_plan::{Change, Operation, Plan};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::spoken::operation_text;
use crate::tabular::{Align, Tabular, signed};
use crate::terminal::Terminal;

/// An edit and what it does.
pub struct Shown<'a> {
    /// The plan afterwards.
    pub plan: &'a Plan,
    /// What was asked for.
    pub operations: &'a [Operation],
    /// What each operation changes.
    pub changes: &'a [Change],
    /// Where it was written, if it was.
    pub written: Option<String>,
}

/// Prints the edit, and whether it was written.
///
/// # Errors
/// Where nothing can be written.
pub fn print(shown: &Shown, terminal: &mut Terminal) -> Result<(), Failure> {
    if terminal.json {
        let changes: Vec<Value> = shown
            .changes
            .iter()
            .map(|change| change_json(shown.plan, change))
            .collect();
        let operations: Vec<Value> = shown.operations.iter().map(operation_json).collect();
        return terminal.print_json(&json!({
            "written": shown.written,
            "operations": operations,
            "changes": changes,
        }));
    }
    for (operation, change) in shown.operations.iter().zip(shown.changes) {
        terminal.print(operation_text(operation, terminal.lang))?;
        print_change(shown.plan, change, terminal)?;
    }
    match (&shown.written, terminal.lang) {
        (Some(path), Lang::Zh) => terminal.print(format_args!("已写入 `{path}`")),
        (Some(path), Lang::En) => terminal.print(format_args!("written to `{path}`")),
        (None, Lang::Zh) => terminal.print("这是预览，没有写入；确认后加 `--yes`"),
        (None, Lang::En) => {
            terminal.print("a preview, nothing is written; add `--yes` to write it")
        }
    }
}

/// What an operation changes, for scripts.
pub fn change_json(plan: &Plan, change: &Change) -> Value {
    let step = plan.step(change.measure);
    let movers = change.movers.iter().map(|mover| {
        json!({
            "place": plan.model().place_text(&mover.place),
            "before": step.format(mover.before),
            "after": step.format(mover.after),
        })
    });
    json!({
        "measure": plan.model().definition().measures[change.measure].code,
        "cells_changed": change.cells_changed,
        "cells": change.cells,
        "total_before": step.format(change.total_before),
        "total_after": step.format(change.total_after),
        "movers": movers.collect::<Vec<_>>(),
    })
}

/// Cells touched, totals before and after, the biggest movers.
///
/// # Errors
/// Where nothing can be written.
pub fn print_change(plan: &Plan, change: &Change, terminal: &mut Terminal) -> Result<(), Failure> {
    let lang = terminal.lang;
    let step = plan.step(change.measure);
    let amount = |count: i64| step.format_grouped(count, DisplayUnit::One);
    let name = &plan.model().definition().measures[change.measure].name;
    let (before, after) = (amount(change.total_before), amount(change.total_after));
    let moved = signed(step, change.total_after - change.total_before);
    terminal.print(match (change.total_before == change.total_after, lang) {
        (true, Lang::Zh) => format!("{name}总额不变：{after}"),
        (true, Lang::En) => format!("{name}, total unchanged: {after}"),
        (false, Lang::Zh) => format!("{name}总额：{before} → {after}（{moved}）"),
        (false, Lang::En) => format!("{name}, total: {before} → {after} ({moved})"),
    })?;
    let (changed, cells) = (change.cells_changed, change.cells);
    terminal.print(match (changed, lang) {
        (0, Lang::Zh) => format!("{cells} 格都不变"),
        (0, Lang::En) => format!("none of {cells} cells changes"),
        (_, Lang::Zh) => format!("{cells} 格中有 {changed} 格变动，变动最大的："),
        (_, Lang::En) => format!("{changed} of {cells} cells change, the biggest movers:"),
    })?;
    if change.movers.is_empty() {
        return Ok(());
    }
    let headings = match lang {
        Lang::Zh => ["位置", "之前", "之后", "变化"],
        Lang::En => ["place", "before", "after", "change"],
    };
    let align = [Align::Left, Align::Right, Align::Right, Align::Right];
    let mut table = Tabular::new(&headings, &align);
    for mover in &change.movers {
        table.row([
            plan.model().place_text(&mover.place),
            amount(mover.before),
            amount(mover.after),
            signed(step, mover.after - mover.before),
        ]);
    }
    terminal.print(table)
}
