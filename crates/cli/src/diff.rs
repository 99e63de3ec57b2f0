//! `fenjie diff`: two plans compared cell by cell. Knows no arithmetic.

use std::path::PathBuf;

use clap::Args;
use fenjie_message::Lang;
use fenjie_money::{DisplayUnit, Step};
use fenjie_plan::{Difference, Plan};
use serde_json::json;

use crate::cli::PlanArgs;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::tabular::{Align, Tabular, signed};
use crate::terminal::Terminal;

/// How many differing cells people see.
const MOST_SHOWN: usize = 50;

/// Arguments of `fenjie diff`.
#[derive(Args, Debug)]
pub struct DiffArgs {
    /// The plan before: a file or a directory
    #[arg(value_name = "BEFORE")]
    before: PathBuf,
    /// The plan after
    #[arg(value_name = "AFTER")]
    after: PathBuf,
    /// The day to look from, for holds that expire [default: each plan's `today`, else today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
}

/// Compares two plans. Ends with 1 where they differ.
///
/// # Errors
/// Those of either plan.
pub fn run(args: &DiffArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let open = |plan: &PathBuf, terminal: &mut Terminal| {
        let args = PlanArgs {
            plan: plan.clone(),
            as_of: args.as_of.clone(),
        };
        Opened::read(&args, terminal)?.plan(terminal)
    };
    let before = open(&args.before, terminal)?;
    let after = open(&args.after, terminal)?;
    let difference = fenjie_plan::diff(&before, &after);
    let exit = if difference.is_empty() {
        Exit::Done
    } else {
        Exit::Found
    };
    match terminal.json {
        true => print_json(&before, &after, &difference, terminal)?,
        false => print(&before, &after, &difference, terminal)?,
    }
    Ok(exit)
}

fn step_of(plan: &Plan, measure: &str) -> Option<Step> {
    let measures = &plan.model().definition().measures;
    measures
        .iter()
        .find(|known| known.code == measure)
        .map(|measure| measure.step)
}

fn amount(plan: &Plan, measure: &str, value: Option<i64>) -> Option<String> {
    Some(step_of(plan, measure)?.format(value?))
}

fn print_json(
    before: &Plan,
    after: &Plan,
    difference: &Difference,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let totals: Vec<_> = difference
        .totals
        .iter()
        .map(|(measure, old, new)| {
            json!({
                "measure": measure,
                "before": amount(before, measure, *old),
                "after": amount(after, measure, *new),
            })
        })
        .collect();
    let cells: Vec<_> = difference
        .rows
        .iter()
        .map(|row| {
            json!({
                "measure": row.measure,
                "place": row.address,
                "before": amount(before, &row.measure, row.before),
                "after": amount(after, &row.measure, row.after),
            })
        })
        .collect();
    terminal.print_json(&json!({
        "same": difference.is_empty(),
        "compared": difference.compared,
        "only_before": difference.only_before,
        "only_after": difference.only_after,
        "totals": totals,
        "cells": cells,
    }))
}

fn print(
    before: &Plan,
    after: &Plan,
    difference: &Difference,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let lang = terminal.lang;
    let shown = |plan: &Plan, measure: &str, value: Option<i64>| {
        let amount = step_of(plan, measure).zip(value);
        amount.map_or("–".into(), |(step, value)| {
            step.format_grouped(value, DisplayUnit::One)
        })
    };
    let change = |measure: &str, old: Option<i64>, new: Option<i64>| {
        let (old_step, new_step) = (step_of(before, measure), step_of(after, measure));
        match (old_step, old, new) {
            (Some(_), Some(old), Some(new)) if old == new => "0".into(),
            (Some(step), Some(old), Some(new)) if old_step == new_step => signed(step, new - old),
            _ => "–".into(),
        }
    };
    let headings = match lang {
        Lang::Zh => ["指标", "位置", "之前", "之后", "变化"],
        Lang::En => ["measure", "place", "before", "after", "change"],
    };
    let align = [
        Align::Left,
        Align::Left,
        Align::Right,
        Align::Right,
        Align::Right,
    ];
    let mut table = Tabular::new(&headings, &align);
    let total = lang.pick("合计", "total");
    for (measure, old, new) in &difference.totals {
        let change = change(measure, *old, *new);
        let (old, new) = (shown(before, measure, *old), shown(after, measure, *new));
        table.row([measure.clone(), total.into(), old, new, change]);
    }
    for row in difference.rows.iter().take(MOST_SHOWN) {
        let change = change(&row.measure, row.before, row.after);
        let old = shown(before, &row.measure, row.before);
        let new = shown(after, &row.measure, row.after);
        table.row([row.measure.clone(), row.address.clone(), old, new, change]);
    }
    terminal.print(table)?;
    let rest = difference.rows.len().saturating_sub(MOST_SHOWN);
    if rest > 0 {
        terminal.say(match lang {
            Lang::Zh => format!("另有 {rest} 格没有列出，全部用 `--json`"),
            Lang::En => format!("{rest} more cells are not listed; `--json` has them all"),
        });
    }
    let (cells, compared) = (difference.rows.len(), difference.compared);
    let (gone, come) = (difference.only_before, difference.only_after);
    let mut text = match (cells, lang) {
        (0, Lang::Zh) => format!("比较了 {compared} 格，没有不同"),
        (0, Lang::En) => format!("{compared} cells compared, none differs"),
        (_, Lang::Zh) => format!("比较了 {compared} 格，{cells} 格不同"),
        (_, Lang::En) => format!("{compared} cells compared, {cells} differ"),
    };
    if gone + come > 0 {
        text.push_str(&match lang {
            Lang::Zh => format!("；只在前者有 {gone} 格，只在后者有 {come} 格"),
            Lang::En => format!("; {gone} only before, {come} only after"),
        });
    }
    terminal.print(text)
}
