//! Sections 6 to 9: action plans, decisions of earlier meetings, revisions, and lines for the decisions of
//! this one.

use fenjie_message::Lang;
use fenjie_plan::RevisionAnswer;

use super::{Page, words};
use crate::decisions::{Decided, DueState, RunningAction};
use crate::document::{At, Block, Cell, CellFormula, Table};

/// Empty lines for what the meeting decides.
const EMPTY_LINES: usize = 5;
/// Revisions of one place that the brief would call frequent.
const OFTEN: usize = 2;

impl Page<'_> {
    pub(super) fn actions(&self) -> Vec<Block> {
        let (due, filed) = (&self.pack.actions_due, &self.pack.actions);
        if due.is_empty() && filed.is_empty() {
            return self.nothing(
                "没有要写的改进计划，也没有进行中的。",
                "No action plan is due and none is running.",
            );
        }
        let mut blocks = Vec::new();
        if !due.is_empty() {
            let heading = self.pick("该写的", "Due");
            blocks.push(Block::Heading(heading.into()));
            blocks.push(Block::Paragraph(
                self.pick(
                    "连续两期以上未达成，负责人先写改进计划（原因、措施、截止日），再调整目标。",
                    "Two periods or more were missed in a row: the owner writes an action plan (causes, \
                     measures, due date) before targets are adjusted.",
                )
                .into(),
            ));
            blocks.push(Block::Table(self.actions_due()));
        }
        if !filed.is_empty() {
            let heading = self.pick("进行中与已检查的", "Running and checked");
            blocks.push(Block::Heading(heading.into()));
            blocks.push(Block::Table(self.actions_filed()));
        }
        blocks
    }

    fn actions_due(&self) -> Table {
        let step = self.pack.step;
        let mut table = Table::new(&[
            self.pick("谁", "who"),
            self.pick("负责人", "owner"),
            self.pick("连续未达成", "missed in a row"),
            self.pick(">目标", ">target"),
            self.pick(">实绩", ">actual"),
            self.pick(">缺口", ">shortfall"),
        ]);
        for line in &self.pack.actions_due {
            table.row([
                Cell::text(line.who.text(self.lang)),
                Cell::text(line.owner.clone()),
                Cell::text(words::listed(&line.periods, self.lang)),
                Cell::amount(line.target, step),
                Cell::amount(line.actual, step),
                Cell::amount(line.target - line.actual, step).with(CellFormula::Less {
                    from: At::Column(3),
                    taken: At::Column(4),
                }),
            ]);
        }
        table
    }

    fn actions_filed(&self) -> Table {
        let mut table = Table::new(&[
            self.pick(">步", ">no."),
            self.pick("谁", "who"),
            self.pick("原因", "causes"),
            self.pick("措施", "measures"),
            self.pick("负责人", "owner"),
            self.pick("截止日", "due"),
            self.pick("情况", "state"),
        ]);
        for action in &self.pack.actions {
            let colon = self.pick("：", ": ");
            let causes: Vec<String> = action
                .causes
                .iter()
                .map(|(cause, text)| match text.is_empty() {
                    true => cause.name(self.lang).to_owned(),
                    false => format!("{}{colon}{text}", cause.name(self.lang)),
                })
                .collect();
            let between = self.pick("；", "; ");
            table.row([
                Cell::Count(action.number as u64),
                Cell::text(action.who.text(self.lang)),
                Cell::text(causes.join(between)),
                Cell::text(action.measures.join(between)),
                Cell::text(action.owner.clone()),
                Cell::Day(action.due),
                Cell::text(self.action_state(action)),
            ]);
        }
        table
    }

    fn action_state(&self, action: &RunningAction) -> String {
        match &action.effect {
            Some((effect, note)) if note.is_empty() => effect.name(self.lang).to_owned(),
            Some((effect, note)) => {
                let colon = self.pick("：", ": ");
                format!("{}{colon}{note}", effect.name(self.lang))
            }
            None if action.overdue => self
                .pick("已过截止日，检查效果", "overdue: look at the effect")
                .into(),
            None => self.pick("进行中", "running").into(),
        }
    }

    pub(super) fn decided_before(&self) -> Vec<Block> {
        let lines = &self.pack.decided_before;
        if lines.is_empty() {
            return self.nothing(
                "上次会议没有记下决议。",
                "No decision of the last meeting is noted.",
            );
        }
        let mut table = Table::new(&[
            self.pick(">步", ">no."),
            self.pick("会议", "meeting"),
            self.pick("决议", "decision"),
            self.pick("对象", "concerns"),
            self.pick("负责人", "owner"),
            self.pick("截止日", "due"),
            self.pick("情况", "state"),
        ]);
        for line in lines {
            let state = match line.state {
                DueState::Undated => self.pick("没有截止日", "no date"),
                DueState::Open => self.pick("未到期", "not due yet"),
                DueState::Due => self.pick("到期，请报告结果", "due: report on it"),
            };
            let mut cells = self.decided(line);
            cells.insert(1, Cell::text(line.period.text(self.lang)));
            cells.push(Cell::text(state));
            table.row(cells);
        }
        vec![Block::Table(table)]
    }

    /// Number, text, whom, owner and day.
    fn decided(&self, line: &Decided) -> Vec<Cell> {
        let whom = line.whom.as_ref().map_or("", |whom| whom.text(self.lang));
        vec![
            Cell::Count(line.number as u64),
            Cell::text(line.text.clone()),
            Cell::text(whom),
            Cell::text(line.owner.clone()),
            line.due.map_or(Cell::Empty, Cell::Day),
        ]
    }

    pub(super) fn revisions(&self) -> Vec<Block> {
        let lines = &self.pack.revisions;
        if lines.is_empty() {
            return self.nothing("目标没有调整过。", "No target was revised.");
        }
        let step = self.pack.step;
        let mut table = Table::new(&[
            self.pick(">步", ">no."),
            self.pick("位置", "place"),
            self.pick("调整", "change"),
            self.pick(">之前", ">before"),
            self.pick(">之后", ">after"),
            self.pick("原因", "reason"),
            self.pick("情况", "state"),
            self.pick(">已批准次数", ">times approved"),
        ]);
        let or_nothing = |count: Option<i64>| count.map_or(Cell::Empty, |c| Cell::amount(c, step));
        for line in lines {
            let state = match line.answer {
                RevisionAnswer::Proposed => self.pick("待审批", "waits for approval"),
                RevisionAnswer::Approved(_) => self.pick("已批准", "approved"),
                RevisionAnswer::Rejected(_) => self.pick("已驳回", "rejected"),
            };
            table.row([
                Cell::Count(line.number as u64),
                Cell::text(line.what.text(self.lang)),
                Cell::text(line.change.clone()),
                or_nothing(line.before),
                or_nothing(line.after),
                Cell::text(line.reason.clone()),
                Cell::text(state),
                Cell::Count(line.times as u64),
            ]);
        }
        let mut blocks = vec![Block::Table(table)];
        let often = lines.iter().map(|line| line.times).max().unwrap_or(0);
        if often >= OFTEN {
            blocks.push(Block::Paragraph(match self.lang {
                Lang::Zh => format!("同一处目标最多已调整 {often} 次。目标宜稳定，先看方法，再改目标。"),
                Lang::En => format!(
                    "One target was revised {often} times. Keep targets steady: look at the methods before \
                     changing the target."
                ),
            }));
        }
        blocks
    }

    pub(super) fn decided_here(&self) -> Vec<Block> {
        let mut table = Table::new(&[
            self.pick(">步", ">no."),
            self.pick("决议", "decision"),
            self.pick("对象", "concerns"),
            self.pick("负责人", "owner"),
            self.pick("截止日", "due"),
        ]);
        for line in &self.pack.decided_here {
            table.row(self.decided(line));
        }
        for _ in 0..EMPTY_LINES {
            table.row(vec![Cell::Empty; 5]);
        }
        vec![Block::Table(table)]
    }
}
