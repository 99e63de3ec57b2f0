//! Section 1: the period, the month around it and the plan side by side, the phase of the month, and the
//! sentence that says it all.

use fenjie_message::Lang;
use fenjie_track::Ratio;

use super::{Page, words};
use crate::document::{At, Block, Cell, CellFormula, Table};
use crate::figures::Figures;
use crate::pack::{ResultKind, ResultLine};

/// Rows of the table that others refer to.
const BASE: usize = 0;
const CARRIED: usize = 1;
const WORKING: usize = 2;
const ACTUAL: usize = 3;
const ATTAINMENT: usize = 5;
const ELAPSED: usize = 6;
const EXPECTED: usize = 7;

impl Page<'_> {
    pub(super) fn result(&self) -> Vec<Block> {
        let rhythm = self.pack.rhythm;
        let (name, look) = (rhythm.name(self.lang), rhythm.look_at(self.lang));
        let mut blocks = vec![Block::Paragraph(match self.lang {
            Lang::Zh => format!("{name}：{look}"),
            Lang::En => format!("{}{}: {look}", name[..1].to_uppercase(), &name[1..]),
        })];
        if self.pack.remarks.through.is_none() {
            let as_of = self.pack.as_of;
            blocks.push(Block::Paragraph(match self.lang {
                Lang::Zh => format!("注意：到 {as_of} 为止没有实绩，下面的数字都按没有销售计算。"),
                Lang::En => {
                    format!("Mind: there are no results through {as_of}; all figures count none.")
                }
            }));
        }
        let said = |line: &ResultLine| matches!(line.kind, ResultKind::Span | ResultKind::Month);
        let lines = self.pack.results.iter().filter(|line| said(line));
        blocks.push(Block::List(lines.map(|line| self.sentence(line)).collect()));
        blocks.push(Block::Table(self.result_table()));
        blocks
    }

    /// `本周：目标 18.74万，完成 16.20万（86.4%），还差 2.54万；……`
    fn sentence(&self, line: &ResultLine) -> String {
        let figures = &line.figures;
        let (lang, step) = (self.lang, self.pack.step);
        let short = |count: i64| words::short(count, step, lang);
        let label = line.label.text(lang);
        let (target, actual) = (short(figures.target), short(figures.actual));
        let Some(attainment) = figures.attainment.map(|rate| rate.percent_text(1)) else {
            return match lang {
                Lang::Zh => format!("{label}：没有目标，完成 {actual}"),
                Lang::En => format!("{label}: no target, {actual} done"),
            };
        };
        let missing = short(figures.gap.abs());
        let mut text = match (lang, figures.gap > 0) {
            (Lang::Zh, true) => {
                format!("{label}：目标 {target}，完成 {actual}（{attainment}），还差 {missing}")
            }
            (Lang::Zh, false) => {
                format!("{label}：目标 {target}，完成 {actual}（{attainment}），超出 {missing}")
            }
            (Lang::En, true) => {
                format!("{label}: target {target}, {actual} done ({attainment}), {missing} missing")
            }
            (Lang::En, false) => {
                format!(
                    "{label}: target {target}, {actual} done ({attainment}), {missing} above it"
                )
            }
        };
        text.push_str(&self.outlook(figures));
        text
    }

    /// How fast it runs and what is needed, while it runs.
    fn outlook(&self, figures: &Figures) -> String {
        let (Some(pace), Some(needed)) = (figures.pace, figures.needed_per_day) else {
            return String::new();
        };
        let (lang, step) = (self.lang, self.pack.step);
        let points = Ratio::new(pace.above().abs(), pace.below()).map(|pace| pace.points_text(1));
        let points = points.unwrap_or_default();
        let ends = projected(figures).map(|rate| rate.percent_text(0));
        let mut text = match (lang, pace.is_negative()) {
            (Lang::Zh, true) => format!("；落后 {points} 个百分点"),
            (Lang::Zh, false) => format!("；领先 {points} 个百分点"),
            (Lang::En, true) => format!("; {points} points behind"),
            (Lang::En, false) => format!("; {points} points ahead"),
        };
        if let Some(ends) = ends {
            text.push_str(&match lang {
                Lang::Zh => format!("；照目前日均，期末预计完成 {ends}"),
                Lang::En => format!("; at today's rate it ends at {ends}"),
            });
        }
        let done = figures.done_per_day.unwrap_or(0);
        let (needed, done) = (
            words::short(needed, step, lang),
            words::short(done, step, lang),
        );
        text.push_str(&match lang {
            Lang::Zh => format!("；日均需完成 {needed}，目前日均 {done}"),
            Lang::En => format!("; {needed} a day are needed, {done} are done"),
        });
        text
    }

    fn result_table(&self) -> Table {
        let lines = &self.pack.results;
        let mut headings = vec![self.pick("指标", "figure").to_owned()];
        headings.extend(
            lines
                .iter()
                .map(|line| format!(">{}", line.label.text(self.lang))),
        );
        let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
        let mut table = Table::new(&headings);
        let mut row = |zh: &'static str, en: &'static str, cell: &dyn Fn(&Figures) -> Cell| {
            let cells = lines.iter().map(|line| cell(&line.figures));
            table.row([Cell::text(self.pick(zh, en))].into_iter().chain(cells));
        };
        let step = self.pack.step;
        let amount = |count: i64| Cell::amount(count, step);
        let less = |from, taken| CellFormula::Less {
            from: At::Row(from),
            taken: At::Row(taken),
        };
        row("基准目标", "base target", &|own| amount(own.base));
        row("结转", "carried", &|own| Cell::signed(own.carried, step));
        row("工作目标", "working target", &|own| {
            amount(own.working).with(CellFormula::Plus {
                one: At::Row(BASE),
                other: At::Row(CARRIED),
            })
        });
        row("实绩", "actual", &|own| amount(own.actual));
        row(
            "差额（目标 − 实绩）",
            "gap (target − actual)",
            &|own| self.of_target(own, amount(own.gap), |target| less(target, ACTUAL)),
        );
        row("完成率", "attainment", &|own| {
            self.of_target(own, Cell::share(own.attainment), |target| {
                CellFormula::Over {
                    part: At::Row(ACTUAL),
                    whole: At::Row(target),
                }
            })
        });
        row("时间进度", "elapsed", &|own| Cell::share(own.elapsed));
        row("应完成", "expected to date", &|own| amount(own.expected));
        row("应完成 − 实绩", "expected − actual", &|own| {
            amount(own.gap_to_date).with(less(EXPECTED, ACTUAL))
        });
        row("进度差（百分点）", "pace (points)", &|own| {
            Cell::points(own.pace).with(less(ATTAINMENT, ELAPSED))
        });
        let or_nothing = |count: Option<i64>| count.map_or(Cell::Empty, amount);
        row(
            "日均完成（按加权日）",
            "run rate (weighted day)",
            &|own| or_nothing(own.run_rate),
        );
        row(
            "日均需完成（按加权日）",
            "required rate (weighted day)",
            &|own| or_nothing(own.required_rate),
        );
        row("预计完成", "projection", &|own| {
            or_nothing(own.projection.map(|ends| ends.middle))
        });
        row("预计区间", "projected band", &|own| self.band(own));
        row("预计完成率", "projected attainment", &|own| {
            Cell::share(projected(own))
        });
        row("状态", "status", &|own| {
            Cell::text(own.status.text(self.lang))
        });
        table
    }

    /// A cell that a workbook computes from the target it is judged by, where that is one of the rows.
    fn of_target(&self, own: &Figures, cell: Cell, formula: impl Fn(usize) -> CellFormula) -> Cell {
        match own.target {
            target if target == own.working => cell.with(formula(WORKING)),
            target if target == own.base => cell.with(formula(BASE)),
            _ => cell,
        }
    }

    fn band(&self, own: &Figures) -> Cell {
        let step = self.pack.step;
        match own.projection {
            Some(ends) if ends.is_firm() && ends.low != ends.high => {
                let (low, high) = (
                    words::short(ends.low, step, self.lang),
                    words::short(ends.high, step, self.lang),
                );
                Cell::text(format!("{low} – {high}"))
            }
            _ => Cell::Empty,
        }
    }
}

/// Where it ends as a share of its target.
pub(super) fn projected(figures: &Figures) -> Option<Ratio> {
    let ends = figures.projection?;
    (figures.target > 0)
        .then(|| Ratio::new(ends.middle.into(), figures.target.into()))
        .flatten()
}
