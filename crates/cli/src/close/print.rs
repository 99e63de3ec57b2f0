//! What a close shows, as a table to read and as JSON. Computes nothing.

use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_plan::Plan;
use serde_json::{Value, json};

use super::table::{Met, Period, Row};
use crate::action::percent;
use crate::carry::members::{address, name};
use crate::carry::rule::time;
use crate::failure::Failure;
use crate::tabular::{Align, Tabular, signed};
use crate::terminal::Terminal;

/// How many members a table to read shows; the largest gaps where there are more.
const MOST_SHOWN: usize = 40;

/// How many periods that are still open are named.
const MOST_OPEN: usize = 5;

/// What is shown, with the plan it is read from.
pub struct Shown<'a> {
    /// The plan afterwards.
    pub plan: &'a Plan,
    pub measure: usize,
    pub periods: &'a [Period],
}

impl Shown<'_> {
    fn amount(&self, count: i64) -> String {
        let step = self.plan.step(self.measure);
        step.format_grouped(count, DisplayUnit::One)
    }

    fn label(&self, period: &Period, lang: Lang) -> String {
        time(self.plan).label(period.period, lang).to_owned()
    }

    /// Prints every period.
    ///
    /// # Errors
    /// Where nothing can be written.
    pub fn print(&self, terminal: &mut Terminal) -> Result<(), Failure> {
        for period in self.periods {
            self.head(period, terminal)?;
            if !period.rows.is_empty() {
                terminal.print(self.rows(period, terminal.lang))?;
            }
            self.hidden(period, terminal)?;
            self.changed(period, terminal)?;
        }
        self.left_open(terminal)
    }

    /// Names the periods of the same month (of months the same quarter) before the first one that
    /// nobody has closed: what they miss is not counted (rule J4).
    fn left_open(&self, terminal: &mut Terminal) -> Result<(), Failure> {
        let axis = time(self.plan);
        let Some(first) = self.periods.iter().map(|period| period.period).min() else {
            return Ok(());
        };
        let Some(around) = axis.tree.parent(first) else {
            return Ok(());
        };
        let is_open = |node: &u32| {
            let total = self
                .plan
                .base(self.measure)
                .series(&vec![0; self.plan.model().axes().len() - 1], &[*node]);
            !self.plan.is_closed(*node) && total.is_some_and(|total| total[0] != 0)
        };
        let before = axis.tree.children(around).take_while(|node| *node < first);
        let labels: Vec<&str> = before
            .filter(is_open)
            .map(|node| axis.label(node, terminal.lang))
            .collect();
        if labels.is_empty() {
            return Ok(());
        }
        let more = if labels.len() > MOST_OPEN { " …" } else { "" };
        let labels =
            labels[..labels.len().min(MOST_OPEN)].join(terminal.lang.pick("、", "; ")) + more;
        terminal.print(match terminal.lang {
            Lang::Zh => format!("前面还没有关账：{labels}；那里的缺口没有算进去"),
            Lang::En => {
                format!("not closed before it: {labels}; what is missed there does not count")
            }
        })
    }

    fn head(&self, period: &Period, terminal: &mut Terminal) -> Result<(), Failure> {
        let (label, total) = (self.label(period, terminal.lang), self.amount(period.total));
        let base = self.amount(period.base);
        let attained = percent(period.total, period.base);
        let attained = match (attained, terminal.lang) {
            (None, _) => String::new(),
            (Some(percent), Lang::Zh) => format!("，完成率 {percent}"),
            (Some(percent), Lang::En) => format!(", {percent}"),
        };
        terminal.print(match terminal.lang {
            Lang::Zh => format!("关账 {label}：目标 {base}，实绩 {total}{attained}"),
            Lang::En => format!("close {label}: target {base}, actual {total}{attained}"),
        })?;
        if period.total == 0 && period.rows.iter().all(|row| row.actual == 0) {
            terminal.print(terminal.lang.pick(
                "这一期没有销售记录，关账后全部算未达成",
                "nothing was sold in it: closed, it is missed in full",
            ))?;
        }
        if period.unassigned == 0 {
            return Ok(());
        }
        let unassigned = self.amount(period.unassigned);
        terminal.print(match terminal.lang {
            Lang::Zh => format!("其中未归属 {unassigned}"),
            Lang::En => format!("of it {unassigned} is assigned to no member"),
        })
    }

    fn rows(&self, period: &Period, lang: Lang) -> Tabular {
        let headings = match lang {
            Lang::Zh => [
                "成员",
                "基准目标",
                "结转",
                "工作目标",
                "实绩",
                "完成率",
                "缺口",
                "结果",
                "连续未达成",
            ],
            Lang::En => [
                "member", "base", "carried", "working", "actual", "attained", "gap", "result",
                "missed",
            ],
        };
        let [left, right] = [Align::Left, Align::Right];
        let align = [left, right, right, right, right, right, right, left, right];
        let mut table = Tabular::new(&headings, &align);
        let mut rows: Vec<&Row> = period.rows.iter().collect();
        if rows.len() > MOST_SHOWN {
            rows.sort_by_key(|row| std::cmp::Reverse(row.working() - row.actual));
            rows.truncate(MOST_SHOWN);
        }
        for row in rows {
            table.row([
                name(self.plan, &row.members, lang),
                self.amount(row.base),
                signed(self.plan.step(self.measure), row.carried),
                self.amount(row.working()),
                self.amount(row.actual),
                percent(row.actual, row.base).unwrap_or_else(|| "–".into()),
                self.amount(row.working() - row.actual),
                result(row.met(), lang).to_owned(),
                row.streak.to_string(),
            ]);
        }
        table
    }

    fn hidden(&self, period: &Period, terminal: &mut Terminal) -> Result<(), Failure> {
        let hidden = period.rows.len().saturating_sub(MOST_SHOWN);
        match (hidden, terminal.lang) {
            (0, _) => Ok(()),
            (_, Lang::Zh) => terminal.print(format_args!(
                "列出缺口最大的，还有 {hidden} 个成员；`--json` 有全部"
            )),
            (_, Lang::En) => terminal.print(format_args!(
                "the largest gaps; {hidden} more members are in `--json`"
            )),
        }
    }

    /// What is different from the close before.
    fn changed(&self, period: &Period, terminal: &mut Terminal) -> Result<(), Failure> {
        let Some(before) = period.closed_before else {
            return Ok(());
        };
        let lang = terminal.lang;
        let (was, now) = (self.amount(before), self.amount(period.total));
        terminal.print(match (before == period.total, lang) {
            (true, Lang::Zh) => format!("这一期关过账，实绩合计不变：{now}"),
            (true, Lang::En) => format!("it was closed before; the total is the same: {now}"),
            (false, Lang::Zh) => format!("这一期关过账，实绩合计 {was} → {now}"),
            (false, Lang::En) => format!("it was closed before; the total moves {was} → {now}"),
        })?;
        for (members, was, now) in period.changed.iter().take(MOST_SHOWN) {
            let name = name(self.plan, members, lang);
            let moved = signed(self.plan.step(self.measure), now - was);
            let (was, now) = (self.amount(*was), self.amount(*now));
            terminal.print(match lang {
                Lang::Zh => format!("  {name}  {was} → {now}（{moved}）"),
                Lang::En => format!("  {name}  {was} → {now} ({moved})"),
            })?;
        }
        Ok(())
    }

    /// Every period for scripts.
    pub fn json(&self, lang: Lang) -> Value {
        let exact = |count: i64| self.plan.step(self.measure).format(count);
        let row = |row: &Row| {
            json!({
                "place": address(self.plan, &row.members),
                "name": name(self.plan, &row.members, lang),
                "base": exact(row.base),
                "carried": exact(row.carried),
                "working": exact(row.working()),
                "actual": exact(row.actual),
                "gap": exact(row.working() - row.actual),
                "attainment": percent(row.actual, row.base),
                "result": code(row.met()),
                "streak": row.streak,
            })
        };
        let period = |period: &Period| {
            let changed = period.changed.iter().map(|(members, was, now)| {
                json!({
                    "place": address(self.plan, members),
                    "before": exact(*was),
                    "after": exact(*now),
                })
            });
            json!({
                "period": time(self.plan).tree.code(period.period),
                "label": self.label(period, lang),
                "base": exact(period.base),
                "working": exact(period.working),
                "actual": exact(period.total),
                "unassigned": exact(period.unassigned),
                "closed_before": period.closed_before.map(exact),
                "changed": changed.collect::<Vec<_>>(),
                "members": period.rows.iter().map(row).collect::<Vec<_>>(),
            })
        };
        self.periods.iter().map(period).collect()
    }
}

fn code(met: Met) -> &'static str {
    match met {
        Met::Working => "reached",
        Met::Base => "base_reached",
        Met::Missed => "missed",
        Met::NoTarget => "no_target",
    }
}

fn result(met: Met, lang: Lang) -> &'static str {
    match met {
        Met::Working => lang.pick("已达成", "reached"),
        Met::Base => lang.pick("达成基准目标", "base reached"),
        Met::Missed => lang.pick("未达成", "missed"),
        Met::NoTarget => lang.pick("无目标", "no target"),
    }
}
