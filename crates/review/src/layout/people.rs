//! Section 3: who needs help, in the order of what is missing, and who did well.

use fenjie_message::Lang;
use fenjie_track::Ratio;

use super::Page;
use crate::document::{At, Block, Cell, CellFormula, Table};
use crate::figures::Figures;

impl Page<'_> {
    pub(super) fn people(&self) -> Vec<Block> {
        let people = &self.pack.people;
        let count: usize = people.counts.iter().map(|(_, count)| count).sum();
        if count == 0 {
            return self.nothing("没有成员可看。", "There are no members to look at.");
        }
        let mut blocks = vec![Block::Paragraph(self.counted(count))];
        if people.need_help.is_empty() {
            blocks.extend(self.nothing("没有人落后。", "Nobody is behind."));
        } else {
            blocks.push(Block::Table(self.need_help()));
        }
        if people.more_need_help > 0 {
            let more = people.more_need_help;
            blocks.push(Block::Paragraph(match self.lang {
                Lang::Zh => format!("还有 {more} 个落后的没有列出。"),
                Lang::En => format!("{more} more are behind and not listed."),
            }));
        }
        blocks.push(Block::Heading(self.pick("做得好的", "Who did well").into()));
        if people.champions.is_empty() {
            blocks.extend(self.nothing(
                "这一期没有人达成或领先。",
                "Nobody reached the period's target or is ahead of it.",
            ));
        } else {
            blocks.push(Block::Table(self.champions()));
        }
        blocks
    }

    /// `2026年3月共 5 个门店：▲ 领先 2，▼ 落后 3`
    fn counted(&self, count: usize) -> String {
        let people = &self.pack.people;
        let counts: Vec<String> = people
            .counts
            .iter()
            .map(|(status, count)| format!("{} {count}", status.text(self.lang)))
            .collect();
        let period = people.period.text(self.lang);
        let level = people.level.text(self.lang);
        match self.lang {
            Lang::Zh => format!("{period}，{count} 个{level}：{}。", counts.join("，")),
            Lang::En => format!("{period}, {level} ({count}): {}.", counts.join(", ")),
        }
    }

    fn need_help(&self) -> Table {
        let step = self.pack.step;
        let mut table = Table::new(&[
            self.pick("谁", "who"),
            self.pick("负责人", "owner"),
            self.pick("状态", "status"),
            self.pick(">目标", ">target"),
            self.pick(">实绩", ">actual"),
            self.pick(">完成率", ">attainment"),
            self.pick(">进度差（百分点）", ">pace (points)"),
            self.pick(">应完成 − 实绩", ">expected − actual"),
            self.pick(">占上级差额", ">share of the gap above"),
            self.pick(">日均完成", ">run rate"),
            self.pick(">日均需完成", ">required rate"),
            self.pick(">连续未达成", ">missed in a row"),
        ]);
        let or_nothing = |count: Option<i64>| count.map_or(Cell::Empty, |c| Cell::amount(c, step));
        for line in &self.pack.people.need_help {
            let own = &line.month;
            table.row([
                Cell::text(line.who.text(self.lang)),
                Cell::text(line.owner.clone()),
                Cell::text(own.status.text(self.lang)),
                Cell::amount(own.target, step),
                Cell::amount(own.actual, step),
                attainment(own, 4, 3),
                Cell::points(own.pace),
                Cell::amount(own.gap_to_date, step),
                Cell::share(own.share_of_gap.filter(says_something)),
                or_nothing(own.run_rate),
                or_nothing(own.required_rate),
                match line.missed_in_a_row {
                    0 => Cell::Empty,
                    count => Cell::Count(count as u64),
                },
            ]);
        }
        table
    }

    fn champions(&self) -> Table {
        let step = self.pack.step;
        let mut table = Table::new(&[
            self.pick(">名次", ">rank"),
            self.pick("谁", "who"),
            self.pick("负责人", "owner"),
            self.pick("状态", "status"),
            self.pick(">目标", ">target"),
            self.pick(">实绩", ">actual"),
            self.pick(">完成率", ">attainment"),
        ]);
        for (at, line) in self.pack.people.champions.iter().enumerate() {
            let own = &line.span;
            table.row([
                Cell::Count(at as u64 + 1),
                Cell::text(line.who.text(self.lang)),
                Cell::text(line.owner.clone()),
                Cell::text(own.status.text(self.lang)),
                Cell::amount(own.target, step),
                Cell::amount(own.actual, step),
                attainment(own, 5, 4),
            ]);
        }
        table
    }
}

/// The attainment, which a workbook computes from two columns of its row.
fn attainment(own: &Figures, actual: usize, target: usize) -> Cell {
    Cell::share(own.attainment).with(CellFormula::Over {
        part: At::Column(actual),
        whole: At::Column(target),
    })
}

/// A share of a gap that others fill up, or that is nearly none, is a number without a meaning.
fn says_something(share: &Ratio) -> bool {
    !share.is_negative() && *share <= Ratio::percent(100)
}
