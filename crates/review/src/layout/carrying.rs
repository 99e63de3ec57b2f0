//! Section 5: what the open periods would be asked for if what was missed were carried now.

use fenjie_message::Lang;

use super::{Page, words};
use crate::carry::CarryProposal;
use crate::document::{At, Block, Cell, CellFormula, Table};

/// Members with something open that are listed.
const MOST_LISTED: usize = 20;

impl Page<'_> {
    pub(super) fn carry(&self) -> Vec<Block> {
        let Some(proposal) = &self.pack.carry else {
            return self.nothing(
                "方案的时间没有可以结转的层级。",
                "The plan's time has no level to carry on.",
            );
        };
        let mut blocks = vec![Block::Paragraph(self.carry_rule(proposal))];
        if let Some(refused) = &proposal.refused {
            blocks.push(Block::Paragraph(match self.lang {
                Lang::Zh => format!("现在不能结转：{}。", refused.zh),
                Lang::En => format!("It cannot be carried now: {}.", refused.en),
            }));
            return blocks;
        }
        if !proposal.supposed.is_empty() {
            let names = words::listed(&proposal.supposed, self.lang);
            blocks.push(Block::Paragraph(match self.lang {
                Lang::Zh => format!("还没有关账，这里按目前的实绩当作已经关账：{names}。"),
                Lang::En => {
                    format!("Not closed yet, taken as closed with the results so far: {names}.")
                }
            }));
        }
        if proposal.periods.is_empty() {
            blocks.extend(self.nothing(
                "后面没有未结束的期间可以结转。",
                "No later period is open to carry to.",
            ));
        } else {
            blocks.push(Block::Table(self.carry_table(proposal)));
        }
        blocks.extend(self.open_members(proposal));
        blocks
    }

    /// `各门店的缺口，结转到本月余下的周段，按日历权重`
    fn carry_rule(&self, proposal: &CarryProposal) -> String {
        let rule = &proposal.rule;
        let (level, horizon) = (
            words::level(&rule.level, self.lang),
            words::level(&rule.horizon, self.lang),
        );
        let share = words::share(rule.share, self.lang);
        let cap = rule.cap.map(|cap| {
            let percent = cap.times(fenjie_plan::Decimal::new(100, 0)).unwrap_or(cap);
            match self.lang {
                Lang::Zh => format!("，每期最多加基准的 {percent}%"),
                Lang::En => format!(", at most {percent}% of the base each"),
            }
        });
        let cap = cap.unwrap_or_default();
        match self.lang {
            Lang::Zh => format!(
                "缺口结转到同一{horizon}里后面的{level}，{share}{cap}；超额不减后面的目标。"
            ),
            Lang::En => format!(
                "Shortfalls go to the later periods ({level}) of the same {horizon}, {share}{cap}; a \
                 surplus lowers nothing later."
            ),
        }
    }

    fn carry_table(&self, proposal: &CarryProposal) -> Table {
        let step = self.pack.step;
        let mut table = Table::new(&[
            self.pick("期间", "period"),
            self.pick(">基准目标", ">base target"),
            self.pick(">现在的工作目标", ">working target now"),
            self.pick(">结转后", ">if carried"),
            self.pick(">变化", ">change"),
        ]);
        let change = CellFormula::Less {
            from: At::Column(3),
            taken: At::Column(2),
        };
        let mut sums = [0i64; 3];
        for period in &proposal.periods {
            let own = [period.base, period.before, period.after];
            for (sum, own) in sums.iter_mut().zip(own) {
                *sum += own;
            }
            table.row([
                Cell::text(period.label.text(self.lang)),
                Cell::amount(own[0], step),
                Cell::amount(own[1], step),
                Cell::amount(own[2], step),
                Cell::signed(own[2] - own[1], step).with(change),
            ]);
        }
        let sum = |count: i64| Cell::amount(count, step).with(CellFormula::SumAbove);
        table.row([
            Cell::text(self.pick("合计", "total")),
            sum(sums[0]),
            sum(sums[1]),
            sum(sums[2]),
            Cell::signed(sums[2] - sums[1], step).with(CellFormula::SumAbove),
        ]);
        table.totalled = true;
        table
    }

    fn open_members(&self, proposal: &CarryProposal) -> Vec<Block> {
        let mut blocks = Vec::new();
        let step = self.pack.step;
        let listed = proposal
            .members
            .iter()
            .filter(|member| member.open != 0 || member.waiting);
        let listed: Vec<_> = listed.collect();
        if listed.is_empty() {
            return self.nothing("没有缺口要补。", "There is no shortfall to make good.");
        }
        let mut table = Table::new(&[
            self.pick("谁", "who"),
            self.pick(">待补缺口", ">not made good yet"),
            self.pick(">其中补不回来", ">of it unrecovered"),
            self.pick("等待改进计划", "waits for an action plan"),
        ]);
        for member in listed.iter().take(MOST_LISTED) {
            let waits = match member.waiting {
                true => self.pick("是，先写改进计划", "yes, write it first"),
                false => "",
            };
            table.row([
                Cell::text(member.who.text(self.lang)),
                Cell::amount(member.open, step),
                Cell::amount(member.unrecovered, step),
                Cell::text(waits),
            ]);
        }
        blocks.push(Block::Heading(
            self.pick("谁的缺口", "Whose shortfall").to_owned(),
        ));
        blocks.push(Block::Table(table));
        if listed.len() > MOST_LISTED {
            let more = listed.len() - MOST_LISTED;
            blocks.push(Block::Paragraph(match self.lang {
                Lang::Zh => format!("还有 {more} 个没有列出。"),
                Lang::En => format!("{more} more are not listed."),
            }));
        }
        if proposal.unrecovered != 0 {
            let amount = words::short(proposal.unrecovered, step, self.lang);
            blocks.push(Block::Paragraph(match self.lang {
                Lang::Zh => format!("后面已经没有期间可以承担的缺口共 {amount}，不再结转。"),
                Lang::En => format!("{amount} are unrecovered: no later period takes them."),
            }));
        }
        blocks
    }
}
