//! Standings as tables for people: a row for each member, the unassigned, the total; as wide as the
//! terminal takes. Rounds for reading only.

use fenjie_message::Lang;
use fenjie_plan::Plan;
use fenjie_track::{Line, Standing, UNASSIGNED};

use super::columns::{Cell, Column, lines};
use super::figures::{Figures, bar, ink, percent, points};
use super::report::{Group, Report};
use crate::failure::Failure;
use crate::tabular::Align;
use crate::terminal::Terminal;

/// Rows of a table that are shown.
const MOST_ROWS: usize = 200;
/// Cells of a bar.
const BAR: usize = 12;

/// Prints the block on top and a table for each grouping.
///
/// # Errors
/// Output that cannot be written.
pub fn print(
    report: &Report<'_>,
    shown: &Figures<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    super::head::print(report, shown, terminal)?;
    for group in &report.groups {
        terminal.print("")?;
        table(report, group, shown, terminal)?;
    }
    if shown.rounds() {
        let note = shown.lang.pick(
            "显示时四舍五入到两位小数；逐分精确的数用 `--unit 元` 或 `--output 文件`",
            "rounded to two decimals for reading; exact with `--unit one` or `--output FILE`",
        );
        terminal.say(note);
    }
    Ok(())
}

/// One grouping.
fn table(
    report: &Report<'_>,
    group: &Group,
    shown: &Figures<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let lang = shown.lang;
    let members = group.members.iter().take(MOST_ROWS);
    let mut rows: Vec<&Standing> = members.chain(&group.others).collect();
    let is_grouped = group.depths.iter().any(|depth| *depth > 0);
    if is_grouped {
        rows.extend(&report.whole);
    }
    let whole = if is_grouped { report.whole.len() } else { 0 };
    let mut columns = names(report, group, &rows, whole, lang);
    columns.extend(figures(&rows, rows.len() - whole, shown));
    let paint = |text: &str, ink: &str| terminal.ink(text, ink);
    let (text, left_out) = lines(columns, terminal.width(), &paint);
    for line in text {
        terminal.print(line)?;
    }
    let left_out: Vec<String> = left_out
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect();
    if !left_out.is_empty() {
        let names = left_out.join(lang.pick("、", ", "));
        terminal.say(match lang {
            Lang::Zh => format!("窗口不够宽，没有列出：{names}"),
            Lang::En => format!("not shown for want of width: {names}"),
        });
    }
    let hidden = group.left_out.len() + group.members.len().saturating_sub(MOST_ROWS);
    if hidden > 0 {
        terminal.say(match lang {
            Lang::Zh => format!("另有 {hidden} 行没有列出"),
            Lang::En => format!("{hidden} more rows are not listed"),
        });
    }
    Ok(())
}

/// Rank, members, period.
fn names(
    report: &Report<'_>,
    group: &Group,
    rows: &[&Standing],
    whole: usize,
    lang: Lang,
) -> Vec<Column> {
    let axes = report.plan.model().axes();
    let time = axes.len() - 1;
    let mut columns = Vec::new();
    let mut rank = Column::new("#", Align::Right, 195);
    for (at, row) in rows.iter().enumerate() {
        let rank_text = row.rank.filter(|_| at + whole < rows.len());
        rank.cells.push(
            rank_text
                .map_or(String::new(), |rank| rank.to_string())
                .into(),
        );
    }
    columns.push(rank);
    let named: Vec<usize> = (0..time).filter(|axis| group.depths[*axis] > 0).collect();
    for (place, axis) in named.iter().enumerate() {
        let mut column = Column::new(&axes[*axis].name, Align::Left, u8::MAX);
        for (at, row) in rows.iter().enumerate() {
            let is_total = at + whole >= rows.len();
            let text = match is_total {
                true if place == 0 => lang.pick("合计", "total").to_owned(),
                true => String::new(),
                false => member(report.plan, row, *axis, lang),
            };
            column.cells.push(text.into());
        }
        columns.push(column);
    }
    if report.asked.periods.len() > 1 || named.is_empty() {
        let mut column = Column::new(lang.pick("期间", "period"), Align::Left, u8::MAX);
        let cells = rows
            .iter()
            .map(|row| axes[time].label(row.period, lang).to_owned());
        column.cells = cells.map(Cell::from).collect();
        columns.push(column);
    }
    columns
}

/// A member's name; what stands where nobody below, or nobody known, sold it.
fn member(plan: &Plan, row: &Standing, axis: usize, lang: Lang) -> String {
    let node = row.members[axis];
    let axis = &plan.model().axes()[axis];
    match (node, row.line) {
        (UNASSIGNED, _) => lang.pick("未归属", "unassigned").to_owned(),
        (0, Line::Above) => lang.pick("（未到下级）", "(none below)").to_owned(),
        (node, Line::Above) => {
            let above = lang.pick("（未到下级）", " (none below)");
            format!("{}{above}", axis.label(node, lang))
        }
        (node, _) => axis.label(node, lang).to_owned(),
    }
}

/// Every figure, from what matters most to what goes first in a narrow window.
fn figures(rows: &[&Standing], members: usize, shown: &Figures<'_>) -> Vec<Column> {
    let lang = shown.lang;
    let has_carried = rows.iter().any(|row| row.carried != 0);
    let right = |zh: &str, en: &str, worth: u8, text: &dyn Fn(&Standing) -> String| {
        let cells = rows.iter().map(|row| Cell::from(text(row)));
        Column {
            cells: cells.collect(),
            ..Column::new(lang.pick(zh, en), Align::Right, worth)
        }
    };
    // Who has no target has no figure against one.
    let against = |row: &Standing, text: String| match row.line {
        Line::Member => text,
        _ => String::new(),
    };
    let mut columns = Vec::new();
    if has_carried {
        columns.push(right("基准", "base", 30, &|row| {
            against(row, shown.amount(row.base))
        }));
        columns.push(right("结转", "carried", 40, &|row| {
            against(row, shown.signed(row.carried))
        }));
    }
    columns.push(right("目标", "target", 200, &|row| {
        against(row, shown.amount(row.target))
    }));
    columns.push(right("实绩", "actual", u8::MAX, &|row| {
        shown.amount(row.actual)
    }));
    columns.push(right("完成率", "attained", u8::MAX, &|row| {
        against(row, percent(row.attainment))
    }));
    columns.push(right("时间进度", "elapsed", 20, &|row| {
        against(row, percent(Some(row.elapsed)))
    }));
    columns.push(right("进度差", "points", 190, &|row| {
        against(row, points(row.pace))
    }));
    columns.push(right("差额", "gap", 100, &|row| {
        against(row, shown.amount(row.gap))
    }));
    let rate = |row: &Standing| against(row, shown.rate(row.required_rate));
    columns.push(right("日均需完成", "needed a day", 60, &rate));
    columns.push(right("预计完成", "projection", 50, &|row| {
        let ends = row.projection.map(|ends| shown.amount(ends.middle));
        against(row, ends.unwrap_or_else(super::figures::dash))
    }));
    let mut bars = Column::new("", Align::Left, 10);
    let mut status = Column::new(lang.pick("状态", "status"), Align::Left, u8::MAX);
    for (at, row) in rows.iter().enumerate() {
        let is_member = row.line == Line::Member;
        let drawn = is_member && row.attainment.is_some() && at < members.max(1);
        let text = if drawn { bar(row, BAR) } else { String::new() };
        bars.cells.push(Cell {
            text,
            ink: ink(row.status),
        });
        let text = if is_member {
            row.status.text(lang)
        } else {
            String::new()
        };
        status.cells.push(Cell {
            text,
            ink: ink(row.status),
        });
    }
    columns.push(bars);
    columns.push(status);
    columns
}
