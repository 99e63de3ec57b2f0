//! `fenjie import-plan`: a changed workbook comes back as operations. Knows no arithmetic.

use std::path::{Path, PathBuf};

use clap::Args;
use fenjie_exchange::plan_file::operation_json;
use fenjie_exchange::workbook::{ImportedChanges, SheetCell, read_changes};
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_plan::{Change, Plan, Refusal};
use serde_json::json;

use crate::cli::PlanArgs;
use crate::edit::{Signed, commit};
use crate::failure::{Exit, Failure, Spot};
use crate::open::Opened;
use crate::spoken::operation_text;
use crate::tabular::{Align, Tabular, signed};
use crate::terminal::Terminal;

/// How many changes or conflicts people see.
const MOST_SHOWN: usize = 30;

/// Arguments of `fenjie import-plan`.
#[derive(Args, Debug)]
pub struct ImportPlanArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// The workbook that was exported and changed
    #[arg(value_name = "WORKBOOK.xlsx")]
    workbook: PathBuf,
    #[command(flatten)]
    signed: Signed,
}

/// Reads a changed workbook back.
///
/// # Errors
/// Those of the plan and of the workbook, with sheet and cell.
pub fn run(args: &ImportPlanArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let mut opened = Opened::read(&args.plan, terminal)?;
    let plan = opened.plan(terminal)?;
    let found = read_changes(&args.workbook, &plan)?;
    let mut after = plan.clone();
    let mut changes = Vec::new();
    for (operation, at) in found.operations.iter().zip(&found.cells) {
        let applied = after.apply(operation.clone());
        let in_cell =
            |refusal: Refusal| Failure::from(refusal.error).at(Some(spot(&args.workbook, at)));
        changes.push(applied.map_err(in_cell)?);
    }
    let is_open = !found.conflicts.is_empty();
    let written = match args.signed.yes && !is_open && !found.operations.is_empty() {
        true => Some(commit::write(
            &mut opened,
            &found.operations,
            &args.signed,
            &after,
        )?),
        false => None,
    };
    let imported = Imported {
        plan: &after,
        found: &found,
        changes: &changes,
        written,
    };
    match terminal.json {
        true => imported.print_json(terminal)?,
        false => imported.print(terminal)?,
    }
    Ok(if is_open { Exit::Found } else { Exit::Done })
}

fn spot(workbook: &Path, at: &SheetCell) -> Spot {
    Spot {
        file: workbook.display().to_string(),
        sheet: Some(at.sheet.clone()),
        line: None,
        column: Some(at.cell.clone()),
    }
}

struct Imported<'a> {
    plan: &'a Plan,
    found: &'a ImportedChanges,
    changes: &'a [Change],
    written: Option<String>,
}

impl Imported<'_> {
    fn print_json(&self, terminal: &mut Terminal) -> Result<(), Failure> {
        let operations = self.found.operations.iter().zip(&self.found.cells).map(|(operation, at)| {
            json!({ "sheet": at.sheet, "cell": at.cell, "operation": operation_json(operation) })
        });
        let conflicts = self.found.conflicts.iter().map(|conflict| {
            let step = self.plan.step(conflict.measure);
            json!({
                "sheet": conflict.at.sheet,
                "cell": conflict.at.cell,
                "place": self.plan.model().place_text(&conflict.place),
                "exported": step.format(conflict.exported),
                "edited": step.format(conflict.edited),
                "current": step.format(conflict.current),
            })
        });
        terminal.print_json(&json!({
            "written": self.written,
            "operations": operations.collect::<Vec<_>>(),
            "conflicts": conflicts.collect::<Vec<_>>(),
            "unchanged": self.found.unchanged,
        }))
    }

    fn print(&self, terminal: &mut Terminal) -> Result<(), Failure> {
        let lang = terminal.lang;
        let (count, unchanged) = (self.found.operations.len(), self.found.unchanged);
        terminal.print(match lang {
            Lang::Zh => format!("{count} 处改动，{unchanged} 格未变"),
            Lang::En if count == 1 => format!("1 change, {unchanged} cells as they were"),
            Lang::En => format!("{count} changes, {unchanged} cells as they were"),
        })?;
        if count > 0 {
            let headings = [
                lang.pick("单元格", "cell"),
                lang.pick("操作", "operation"),
                lang.pick("变动格数", "cells changed"),
            ];
            let mut table = Tabular::new(&headings, &[Align::Left, Align::Left, Align::Right]);
            let lines = self
                .found
                .operations
                .iter()
                .zip(&self.found.cells)
                .zip(self.changes);
            for ((operation, at), change) in lines.take(MOST_SHOWN) {
                let cell = format!("{}!{}", at.sheet, at.cell);
                table.row([
                    cell,
                    operation_text(operation, lang),
                    change.cells_changed.to_string(),
                ]);
            }
            terminal.print(table)?;
            if count > MOST_SHOWN {
                let rest = count - MOST_SHOWN;
                terminal.print(match lang {
                    Lang::Zh => format!("另有 {rest} 处，全部用 `--json`"),
                    Lang::En => format!("{rest} more; `--json` has them all"),
                })?;
            }
            self.print_totals(terminal)?;
        }
        self.print_conflicts(terminal)?;
        match (&self.written, count, lang) {
            (Some(path), _, Lang::Zh) => terminal.print(format_args!("已写入 `{path}`")),
            (Some(path), _, Lang::En) => terminal.print(format_args!("written to `{path}`")),
            (None, 0, _) => Ok(()),
            (None, _, Lang::Zh) if self.found.conflicts.is_empty() => {
                terminal.print("这是预览，没有写入；确认后加 `--yes`")
            }
            (None, _, Lang::En) if self.found.conflicts.is_empty() => {
                terminal.print("a preview, nothing is written; add `--yes` to write it")
            }
            (None, _, Lang::Zh) => terminal.print("有冲突，没有写入；先在工作簿或方案里解决"),
            (None, _, Lang::En) => terminal
                .print("conflicts, nothing is written; settle them in the workbook or the plan"),
        }
    }

    /// The total of each measure that changes, from the first change to the last.
    fn print_totals(&self, terminal: &mut Terminal) -> Result<(), Failure> {
        let mut measures: Vec<usize> = self.changes.iter().map(|change| change.measure).collect();
        measures.sort_unstable();
        measures.dedup();
        for measure in measures {
            let of_measure = || {
                self.changes
                    .iter()
                    .filter(|change| change.measure == measure)
            };
            let (Some(first), Some(last)) = (of_measure().next(), of_measure().next_back()) else {
                continue;
            };
            let step = self.plan.step(measure);
            let name = &self.plan.model().definition().measures[measure].name;
            let amount = |count: i64| step.format_grouped(count, DisplayUnit::One);
            let (before, after) = (amount(first.total_before), amount(last.total_after));
            let moved = signed(step, last.total_after - first.total_before);
            terminal.print(match terminal.lang {
                Lang::Zh => format!("{name}总额：{before} → {after}（{moved}）"),
                Lang::En => format!("{name}, total: {before} → {after} ({moved})"),
            })?;
        }
        Ok(())
    }

    fn print_conflicts(&self, terminal: &mut Terminal) -> Result<(), Failure> {
        if self.found.conflicts.is_empty() {
            return Ok(());
        }
        let lang = terminal.lang;
        let count = self.found.conflicts.len();
        terminal.print(match lang {
            Lang::Zh => format!("{count} 处冲突：工作簿和方案都改了，而且改得不同"),
            Lang::En if count == 1 => {
                "1 conflict: changed in the workbook and in the plan, differently".into()
            }
            Lang::En => {
                format!("{count} conflicts: changed in the workbook and in the plan, differently")
            }
        })?;
        let headings = match lang {
            Lang::Zh => ["单元格", "位置", "导出时", "工作簿", "方案现在"],
            Lang::En => ["cell", "place", "exported", "workbook", "plan now"],
        };
        let align = [
            Align::Left,
            Align::Left,
            Align::Right,
            Align::Right,
            Align::Right,
        ];
        let mut table = Tabular::new(&headings, &align);
        for conflict in self.found.conflicts.iter().take(MOST_SHOWN) {
            let step = self.plan.step(conflict.measure);
            table.row([
                format!("{}!{}", conflict.at.sheet, conflict.at.cell),
                self.plan.model().place_text(&conflict.place),
                step.format(conflict.exported),
                step.format(conflict.edited),
                step.format(conflict.current),
            ]);
        }
        terminal.print(table)
    }
}
