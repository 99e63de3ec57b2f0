//! Sections 2 and 4: what the gap is made of, and the shares of business against their targets.

use fenjie_message::Lang;
use fenjie_track::Ratio;

use super::{Page, words};
use crate::document::{At, Block, Cell, CellFormula, Table};
use crate::pack::{BridgeLine, BridgeTable, CompositionTable};

impl Page<'_> {
    pub(super) fn gap(&self) -> Vec<Block> {
        let bridges = &self.pack.bridges;
        let Some(first) = bridges.first() else {
            return self.nothing(
                "方案没有分解到成员，差额无从分解。",
                "The plan has no members to take the gap apart by.",
            );
        };
        let short = |count: i64| words::short(count, self.pack.step, self.lang);
        let (target, actual) = (short(first.total.target), short(first.total.actual));
        let missing = short(first.total.gap.abs());
        let mut blocks = vec![Block::Paragraph(match (self.lang, first.total.gap > 0) {
            (Lang::Zh, true) => format!(
                "到期的基准目标 {target}，实绩 {actual}，少 {missing}。正数是少的，负数是多的；\
                 每张表加起来都等于这个差额。"
            ),
            (Lang::Zh, false) => format!(
                "到期的基准目标 {target}，实绩 {actual}，多 {missing}。正数是少的，负数是多的；\
                 每张表加起来都等于这个差额。"
            ),
            (Lang::En, true) => format!(
                "Base target due {target}, actual {actual}, {missing} short. Above zero is missing, \
                 below zero is more; every table sums to this gap."
            ),
            (Lang::En, false) => format!(
                "Base target due {target}, actual {actual}, {missing} over. Above zero is missing, \
                 below zero is more; every table sums to this gap."
            ),
        })];
        for bridge in bridges {
            blocks.push(Block::Heading(match self.lang {
                Lang::Zh => format!("按{}", bridge.by.zh),
                Lang::En => format!("By {}", bridge.by.en),
            }));
            blocks.push(Block::Table(self.bridge_table(bridge)));
        }
        blocks
    }

    fn bridge_table(&self, bridge: &BridgeTable) -> Table {
        let mut headings = vec![self.pick("部分", "part")];
        if bridge.has_targets {
            headings.extend([
                self.pick(">应完成", ">expected"),
                self.pick(">实绩", ">actual"),
            ]);
        }
        headings.extend([
            self.pick(">差额", ">gap"),
            self.pick(">占差额", ">share of gap"),
        ]);
        let mut table = Table::new(&headings);
        let others = bridge.others.as_ref().map(|(_, line)| line);
        for part in bridge.parts.iter().chain(others) {
            let label = Cell::text(part.label.text(self.lang));
            self.bridge_row(&mut table, bridge, label, part, false);
        }
        let label = Cell::text(self.pick("合计", "total"));
        self.bridge_row(&mut table, bridge, label, &bridge.total, true);
        table.totalled = true;
        table
    }

    fn bridge_row(
        &self,
        table: &mut Table,
        bridge: &BridgeTable,
        label: Cell,
        part: &BridgeLine,
        is_total: bool,
    ) {
        let step = self.pack.step;
        let sum = |cell: Cell| match is_total {
            true => cell.with(CellFormula::SumAbove),
            false => cell,
        };
        let mut cells = vec![label];
        if bridge.has_targets {
            cells.push(sum(Cell::amount(part.target, step)));
            cells.push(sum(Cell::amount(part.actual, step)));
        }
        let at = cells.len();
        let gap = Cell::amount(part.gap, step);
        cells.push(match (is_total, bridge.has_targets) {
            (false, true) => gap.with(CellFormula::Less {
                from: At::Column(at - 2),
                taken: At::Column(at - 1),
            }),
            _ => sum(gap),
        });
        let share = Ratio::new(part.gap.into(), bridge.total.gap.into());
        cells.push(Cell::share(share).with(CellFormula::ShareOfLast { column: at }));
        table.row(cells);
    }

    pub(super) fn composition(&self) -> Vec<Block> {
        if self.pack.compositions.is_empty() {
            return self.nothing(
                "方案没有业绩构成的维度。",
                "The plan has no dimension of composition.",
            );
        }
        let mut blocks = Vec::new();
        for table in &self.pack.compositions {
            blocks.push(Block::Heading(match self.lang {
                Lang::Zh => format!("按{}", table.by.zh),
                Lang::En => format!("By {}", table.by.en),
            }));
            blocks.push(Block::Table(self.composition_table(table)));
        }
        blocks
    }

    fn composition_table(&self, composition: &CompositionTable) -> Table {
        let step = self.pack.step;
        let mut table = Table::new(&[
            self.pick("来源", "source"),
            self.pick(">目标", ">target"),
            self.pick(">目标占比", ">target share"),
            self.pick(">实绩", ">actual"),
            self.pick(">实绩占比", ">actual share"),
            self.pick(">差（百分点）", ">difference (points)"),
        ]);
        let share_of = |column| CellFormula::ShareOfLast { column };
        for row in &composition.rows {
            table.row([
                Cell::text(row.label.text(self.lang)),
                Cell::amount(row.target, step),
                Cell::share(row.target_share).with(share_of(1)),
                Cell::amount(row.actual, step),
                Cell::share(row.actual_share).with(share_of(3)),
                Cell::points(row.difference).with(CellFormula::Less {
                    from: At::Column(4),
                    taken: At::Column(2),
                }),
            ]);
        }
        let whole = |total: i64| Ratio::new(total.into(), total.into());
        table.row([
            Cell::text(self.pick("合计", "total")),
            Cell::amount(composition.target, step).with(CellFormula::SumAbove),
            Cell::share(whole(composition.target)).with(share_of(1)),
            Cell::amount(composition.actual, step).with(CellFormula::SumAbove),
            Cell::share(whole(composition.actual)).with(share_of(3)),
            Cell::Empty,
        ]);
        table.totalled = true;
        table
    }
}
