//! The effect of carrying as a table to read, as JSON and as CSV. Computes nothing.

use std::io::Write;
use std::path::Path;

use fenjie_exchange::write::{AtomicFile, push_csv_text};
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_plan::{CarryRule, Plan};
use serde_json::{Value, json};

use super::members::{address, name};
use super::rule::time;
use super::table::{Cell, Row, Table};
use crate::failure::Failure;
use crate::spoken::operation_text;
use crate::tabular::{Align, Tabular, signed};
use crate::terminal::Terminal;

/// How many members a table to read shows.
const MOST_SHOWN: usize = 40;

/// The effect, with what it is read from.
pub struct Shown<'a> {
    /// The plan afterwards.
    pub plan: &'a Plan,
    pub measure: usize,
    pub rule: &'a CarryRule,
    pub table: &'a Table,
}

impl Shown<'_> {
    fn amount(&self, count: i64) -> String {
        let step = self.plan.step(self.measure);
        step.format_grouped(count, DisplayUnit::One)
    }

    fn exact(&self, count: i64) -> String {
        self.plan.step(self.measure).format(count)
    }

    /// Prints what changes, for whom, who waits and what is lost.
    ///
    /// # Errors
    /// Where nothing can be written.
    pub fn print(&self, plan_path: &Path, terminal: &mut Terminal) -> Result<(), Failure> {
        let (lang, table) = (terminal.lang, self.table);
        let rule = fenjie_plan::Operation::Carry(self.rule.clone());
        terminal.print(operation_text(&rule, lang))?;
        let Some(through) = table.through else {
            return terminal.print(lang.pick(
                "还没有关账的期间，没有可以结转的",
                "nothing is closed yet, so there is nothing to carry",
            ));
        };
        let through = time(self.plan).label(through, lang);
        terminal.print(match lang {
            Lang::Zh => format!("算到 {through}"),
            Lang::En => format!("counted up to {through}"),
        })?;
        if table.periods.is_empty() {
            terminal.print(lang.pick(
                "后面没有可以补的期间",
                "no later period is left to make it good in",
            ))?;
        } else {
            terminal.print(self.cells(lang))?;
        }
        self.untouched(terminal)?;
        self.unrecovered(terminal)?;
        self.waiting(plan_path, terminal)
    }

    fn cells(&self, lang: Lang) -> Tabular {
        let headings = match lang {
            Lang::Zh => [
                "成员",
                "期间",
                "基准目标",
                "结转前",
                "结转后",
                "变化",
                "还需完成",
            ],
            Lang::En => [
                "member", "period", "base", "before", "after", "change", "need",
            ],
        };
        let align = [Align::Left, Align::Left]
            .into_iter()
            .chain([Align::Right; 5])
            .collect::<Vec<_>>();
        let mut tabular = Tabular::new(&headings, &align);
        for row in self.table.rows.iter().take(MOST_SHOWN) {
            self.rows(
                &mut tabular,
                &name(self.plan, &row.members, lang),
                &row.cells,
                lang,
            );
        }
        let is_company = |row: &Row| row.members.iter().all(|node| *node == 0);
        if !self.table.rows.iter().any(is_company) {
            let everyone = lang.pick("全部", "everyone");
            self.rows(&mut tabular, everyone, &self.table.company, lang);
        }
        tabular
    }

    fn rows(&self, tabular: &mut Tabular, name: &str, cells: &[Cell], lang: Lang) {
        for (at, (period, cell)) in self.table.periods.iter().zip(cells).enumerate() {
            let name = if at == 0 { name } else { "" };
            tabular.row([
                name.to_owned(),
                time(self.plan).label(*period, lang).to_owned(),
                self.amount(cell.base),
                self.amount(cell.before),
                self.amount(cell.after),
                signed(self.plan.step(self.measure), cell.after - cell.before),
                self.amount(cell.need),
            ]);
        }
    }

    fn untouched(&self, terminal: &mut Terminal) -> Result<(), Failure> {
        let hidden = self.table.rows.len().saturating_sub(MOST_SHOWN);
        if hidden > 0 {
            terminal.print(match terminal.lang {
                Lang::Zh => format!("还有 {hidden} 个成员没有列出；用 `--output` 写出全部"),
                Lang::En => format!("{hidden} more members; `--output` writes them all"),
            })?;
        }
        match (self.table.untouched, terminal.lang) {
            (0, _) => Ok(()),
            (count, Lang::Zh) => terminal.print(format_args!("另有 {count} 个成员的目标不变")),
            (1, Lang::En) => terminal.print("the targets of 1 other member stay as they are"),
            (count, Lang::En) => terminal.print(format_args!(
                "the targets of {count} other members stay as they are"
            )),
        }
    }

    fn unrecovered(&self, terminal: &mut Terminal) -> Result<(), Failure> {
        if self.table.unrecovered == 0 {
            return Ok(());
        }
        let total = self.amount(self.table.unrecovered);
        terminal.print(match terminal.lang {
            Lang::Zh => format!("补不回来的（后面没有期间，或已到上限）：{total}"),
            Lang::En => format!("not recovered (no later period, or all at their cap): {total}"),
        })?;
        let lost = self.table.rows.iter().filter(|row| row.unrecovered != 0);
        for row in lost.take(MOST_SHOWN) {
            let (name, lost) = (
                name(self.plan, &row.members, terminal.lang),
                self.amount(row.unrecovered),
            );
            terminal.print(format_args!("  {name}  {lost}"))?;
        }
        Ok(())
    }

    /// Who waits, and what to type so that they need not.
    fn waiting(&self, plan_path: &Path, terminal: &mut Terminal) -> Result<(), Failure> {
        let waiting = || self.table.rows.iter().filter(|row| row.waiting);
        let Some(first) = waiting().next() else {
            return Ok(());
        };
        let (count, path) = (waiting().count(), plan_path.display());
        terminal.print(match terminal.lang {
            Lang::Zh => format!("{count} 个成员连续两期未达成，写了改进计划才结转："),
            Lang::En if count == 1 => {
                "1 member missed two periods in a row; its action plan comes first:".into()
            }
            Lang::En => format!(
                "{count} members missed two periods in a row; their action plans come first:"
            ),
        })?;
        let streaks = self.plan.streaks(self.measure);
        for row in waiting().take(MOST_SHOWN) {
            let name = name(self.plan, &row.members, terminal.lang);
            let streak = streaks.iter().find(|streak| streak.members == row.members);
            let missed = streak.map_or(0, |streak| {
                streak.target.iter().sum::<i64>() - streak.actual.iter().sum::<i64>()
            });
            let (periods, missed) = (
                streak.map_or(0, |streak| streak.periods.len()),
                self.amount(missed),
            );
            terminal.print(match terminal.lang {
                Lang::Zh => format!("  {name}  连续 {periods} 期，共差 {missed}"),
                Lang::En => format!("  {name}  {periods} periods, {missed} short"),
            })?;
        }
        let address = address(self.plan, &first.members);
        terminal.print(match terminal.lang {
            Lang::Zh => format!(
                "写一份：fenjie action {path} '{address}' --cause market='…' --do '…' --owner … --due … --yes\n\
                 不等：fenjie action {path} --waive '{address}' --why '…' --yes"
            ),
            Lang::En => format!(
                "file one: fenjie action {path} '{address}' --cause market='…' --do '…' --owner … --due … --yes\n\
                 or do not wait: fenjie action {path} --waive '{address}' --why '…' --yes"
            ),
        })
    }

    /// The effect for scripts.
    pub fn json(&self, lang: Lang) -> Value {
        let rule = fenjie_plan::Operation::Carry(self.rule.clone());
        let rows = self.table.rows.iter().map(|row| {
            json!({
                "place": address(self.plan, &row.members),
                "name": name(self.plan, &row.members, lang),
                "open": self.exact(row.open),
                "unrecovered": self.exact(row.unrecovered),
                "waiting": row.waiting,
                "periods": self.cells_json(&row.cells),
            })
        });
        let period = |period: u32| time(self.plan).tree.code(period).to_owned();
        json!({
            "rule": fenjie_exchange::plan_file::operation_json(&rule),
            "through": self.table.through.map(period),
            "members": rows.collect::<Vec<_>>(),
            "untouched": self.table.untouched,
            "unrecovered": self.exact(self.table.unrecovered),
            "company": self.cells_json(&self.table.company),
        })
    }

    fn cells_json(&self, cells: &[Cell]) -> Vec<Value> {
        let cells = self.table.periods.iter().zip(cells);
        let cell = |(period, cell): (&u32, &Cell)| {
            json!({
                "period": time(self.plan).tree.code(*period),
                "base": self.exact(cell.base),
                "before": self.exact(cell.before),
                "after": self.exact(cell.after),
                "need": self.exact(cell.need),
            })
        };
        cells.map(cell).collect()
    }

    /// Writes one line per member and open period. Gives the number of lines.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn write_csv(&self, path: &Path) -> Result<usize, Failure> {
        let mut file = AtomicFile::create(path)?;
        let mut text = Vec::new();
        let axes = self.plan.model().axes();
        let dimensions = &axes[..axes.len() - 1];
        for axis in dimensions {
            push_csv_text(&axis.code, &mut text);
            text.push(b',');
        }
        text.extend_from_slice(b"period,base,before,after,need,waiting\n");
        let mut lines = 0;
        let mut send = |text: &mut Vec<u8>| {
            let sent = file.write_all(text);
            text.clear();
            sent.map_err(|reason| Failure::unwritable(path, &reason))
        };
        for row in &self.table.rows {
            for (period, cell) in self.table.periods.iter().zip(&row.cells) {
                for (axis, node) in dimensions.iter().zip(&row.members) {
                    push_csv_text(axis.tree.code(*node), &mut text);
                    text.push(b',');
                }
                push_csv_text(time(self.plan).tree.code(*period), &mut text);
                for amount in [cell.base, cell.before, cell.after, cell.need] {
                    text.push(b',');
                    text.extend_from_slice(self.exact(amount).as_bytes());
                }
                text.extend_from_slice(if row.waiting {
                    b",true\n".as_slice()
                } else {
                    b",false\n"
                });
                lines += 1;
            }
            send(&mut text)?;
        }
        send(&mut text)?;
        file.commit()?;
        Ok(lines)
    }
}
