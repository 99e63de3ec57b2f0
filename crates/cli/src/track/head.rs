//! The block on top: the period, the whole, where it will end, up to when sales have arrived. For people
//! and for machines. Decides no figure.

use fenjie_message::Lang;
use fenjie_track::{Ratio, Standing};
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::figures::{Figures, bar, ink, percent, points};
use super::long::{Columns, object};
use super::report::Report;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Cells of the bar of the whole.
const BAR: usize = 40;

/// The block for people.
///
/// # Errors
/// Output that cannot be written.
pub fn print(
    report: &Report<'_>,
    shown: &Figures<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let lang = shown.lang;
    terminal.print(title(report, lang))?;
    // Of several periods the last is the one that runs.
    if let Some(whole) = report.whole.last() {
        terminal.print("")?;
        let mut lines = figures_of(report, whole, shown);
        lines.extend(sales(report, whole, shown));
        let label = lines
            .iter()
            .map(|(label, _)| label.width())
            .max()
            .unwrap_or(0);
        let bar = terminal.ink(&bar(whole, BAR), ink(whole.status));
        let status = terminal.ink(&whole.status.text(lang), ink(whole.status));
        terminal.print(format_args!("{bar}  {status}"))?;
        for (name, text) in lines {
            let blanks = " ".repeat(label - name.width() + 2);
            terminal.print(format_args!("{name}{blanks}{text}"))?;
        }
    }
    Ok(())
}

/// Plan, period, member, day.
fn title(report: &Report<'_>, lang: Lang) -> String {
    let model = report.plan.model();
    let name = &model.definition().name;
    let as_of = report.asked.as_of;
    let measure = &model.definition().measures[report.asked.measure].name;
    let inside = inside(report, lang);
    match lang {
        Lang::Zh => format!("{name} · {measure}{inside} · 截至 {as_of}"),
        Lang::En => format!("{name} · {measure}{inside} · as of {as_of}"),
    }
}

/// The members that are looked into, if not everyone.
fn inside(report: &Report<'_>, lang: Lang) -> String {
    let axes = report.plan.model().axes();
    let named = report.asked.within.iter().enumerate();
    let names = named.filter(|(_, node)| **node != 0);
    names
        .map(|(axis, node)| format!(" · {}", axes[axis].label(*node, lang)))
        .collect()
}

fn figures_of(report: &Report<'_>, whole: &Standing, shown: &Figures<'_>) -> Vec<(String, String)> {
    let lang = shown.lang;
    let line = |zh: &str, en: &str, text: String| (lang.pick(zh, en).to_owned(), text);
    let (actual, attained) = (shown.amount(whole.actual), percent(whole.attainment));
    let mut lines = vec![
        line("期间", "period", period(report, whole, lang)),
        line("目标", "target", target(whole, shown)),
        line(
            "实绩",
            "actual",
            match lang {
                Lang::Zh => format!("{actual}，完成率 {attained}"),
                Lang::En => format!("{actual}, attainment {attained}"),
            },
        ),
    ];
    if whole.weight_left > 0 {
        lines.push(line("进度", "pace", pace(whole, shown)));
    }
    lines.push(line("差额", "gap", shown.amount(whole.gap)));
    if whole.weight_left > 0 {
        lines.push(line("日均", "a day", rates(whole, shown)));
        lines.extend(projection(whole, shown).map(|text| line("预计", "projection", text)));
    }
    lines
}

/// How much of the period is gone, what is due by now, how far from it.
fn pace(whole: &Standing, shown: &Figures<'_>) -> String {
    let (elapsed, pace) = (percent(Some(whole.elapsed)), points(whole.pace));
    let expected = shown.amount(whole.expected);
    let by = shown.amount(whole.gap_to_date.abs());
    match (shown.lang, whole.gap_to_date > 0) {
        (Lang::Zh, true) => {
            format!("时间进度 {elapsed}，应完成 {expected}，少 {by}，进度差 {pace} 点")
        }
        (Lang::Zh, false) => {
            format!("时间进度 {elapsed}，应完成 {expected}，多 {by}，进度差 {pace} 点")
        }
        (Lang::En, true) => {
            format!("{elapsed} elapsed, {expected} expected by now, {by} less, {pace} points")
        }
        (Lang::En, false) => {
            format!("{elapsed} elapsed, {expected} expected by now, {by} more, {pace} points")
        }
    }
}

/// What a weighted day yields and must yield, and how much faster it must go, day target for day target.
fn rates(whole: &Standing, shown: &Figures<'_>) -> String {
    let (run, required) = (shown.rate(whole.run_rate), shown.rate(whole.required_rate));
    let faster = whole.times_as_well().and_then(|times| {
        let more = times.minus(Ratio::percent(100));
        (more.rounded(3) > 0).then(|| more.percent_text(1))
    });
    match (shown.lang, faster) {
        (Lang::Zh, Some(more)) => format!("完成 {run}，需完成 {required}（按加权日），要快 {more}"),
        (Lang::Zh, None) => format!("完成 {run}，需完成 {required}（按加权日）"),
        (Lang::En, Some(more)) => {
            format!("{run} done, {required} required (weighted days), {more} faster")
        }
        (Lang::En, None) => format!("{run} done, {required} required (weighted days)"),
    }
}

/// The period with its days and how many are gone.
fn period(report: &Report<'_>, whole: &Standing, lang: Lang) -> String {
    let time = report
        .plan
        .model()
        .axes()
        .last()
        .expect("time is always there");
    let days = time.days_of(whole.period).expect("a period has days");
    let (label, start, last) = (time.label(whole.period, lang), days.start, days.last());
    let (gone, left) = (whole.days_gone, whole.days_left);
    match (lang, whole.weight_left) {
        (Lang::Zh, 0) => format!("{label}（{start} 至 {last}），已结束"),
        (Lang::En, 0) => format!("{label} ({start} to {last}), over"),
        (Lang::Zh, _) => format!("{label}（{start} 至 {last}），已过 {gone} 天，还剩 {left} 天"),
        (Lang::En, _) => {
            let gone = counted(gone.into(), "day");
            format!("{label} ({start} to {last}), {gone} gone, {left} left")
        }
    }
}

fn target(whole: &Standing, shown: &Figures<'_>) -> String {
    let (lang, unit) = (shown.lang, shown.unit_name());
    let (working, base) = (shown.amount(whole.target), shown.amount(whole.base));
    let carried = shown.signed(whole.carried);
    let unit = if unit.is_empty() {
        unit
    } else {
        format!(" {unit}")
    };
    match (lang, whole.carried) {
        (_, 0) => format!("{working}{unit}"),
        // A closed period is judged by its base (rule J2).
        (Lang::Zh, _) if whole.closed => format!("{working}{unit}（基准；结转 {carried} 另计）"),
        (Lang::En, _) if whole.closed => {
            format!("{working}{unit} (the base; {carried} carried stand beside it)")
        }
        (Lang::Zh, _) => format!("{working}{unit}（基准 {base}，结转 {carried}）"),
        (Lang::En, _) => format!("{working}{unit} (base {base}, carried {carried})"),
    }
}

fn projection(whole: &Standing, shown: &Figures<'_>) -> Option<String> {
    let ends = whole.projection?;
    let middle = shown.amount(ends.middle);
    let share = Ratio::new(ends.middle.into(), whole.target.into());
    let share = percent(share.filter(|_| whole.target > 0));
    let band = match ends.days {
        0 | 1 => String::new(),
        _ => {
            let (low, high) = (shown.amount(ends.low), shown.amount(ends.high));
            match (shown.lang, ends.is_firm()) {
                (Lang::Zh, true) => format!("，八成可能在 {low} 至 {high}"),
                (Lang::Zh, false) => format!("，{low} 至 {high}（天数还少，只是估计）"),
                (Lang::En, true) => format!(", in four cases of five {low} to {high}"),
                (Lang::En, false) => format!(", {low} to {high} (a guess from few days)"),
            }
        }
    };
    Some(match shown.lang {
        Lang::Zh => format!("{middle}，为目标的 {share}{band}"),
        Lang::En => format!("{middle}, {share} of the target{band}"),
    })
}

/// Up to when sales have arrived, how many lines, how many of them of nobody known or outside.
fn sales(report: &Report<'_>, whole: &Standing, shown: &Figures<'_>) -> Option<(String, String)> {
    let (lang, lines) = (shown.lang, &report.actuals);
    let label = lang.pick("数据", "sales").to_owned();
    let Some(through) = lines.through else {
        let text = lang.pick("这之前没有一行销售", "not one line up to this day");
        return Some((label, text.to_owned()));
    };
    let unassigned = report.unassigned(whole.period);
    let mut text = match lang {
        Lang::Zh => format!("到 {through}，共 {} 行", lines.lines),
        Lang::En => format!("through {through}, {}", counted(lines.lines, "line")),
    };
    if lines.unassigned_lines > 0 {
        let count = lines.unassigned_lines;
        text += &match (lang, unassigned.map(|amount| shown.amount(amount))) {
            (Lang::Zh, Some(amount)) => format!("；{count} 行未归属，这一期 {amount}"),
            (Lang::Zh, None) => format!("；{count} 行未归属"),
            (Lang::En, Some(amount)) => format!(
                "; {} unassigned, {amount} in this period",
                counted(count, "line")
            ),
            (Lang::En, None) => format!("; {} unassigned", counted(count, "line")),
        };
    }
    if lines.outside_lines > 0 {
        let count = lines.outside_lines;
        text += &match lang {
            Lang::Zh => format!("；{count} 行在方案期间之外，不算"),
            Lang::En => format!(
                "; {} outside the plan's period, not counted",
                counted(count, "line")
            ),
        };
    }
    Some((label, text))
}

/// `1 line`, `2 lines`.
fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// The same for scripts: everything but the rows.
pub fn json(report: &Report<'_>) -> Value {
    let definition = report.plan.model().definition();
    let measure = &definition.measures[report.asked.measure];
    let columns = Columns::of(report);
    let whole: Vec<Value> = report
        .whole
        .iter()
        .map(|whole| object(&columns.row(whole)).into())
        .collect();
    let lines = &report.actuals;
    json!({
        "plan": definition.name,
        "measure": measure.code,
        "unit": measure.unit,
        "as_of": report.asked.as_of.to_string(),
        "sales": {
            "lines": lines.lines,
            "unassigned_lines": lines.unassigned_lines,
            "outside_lines": lines.outside_lines,
            "through": lines.through.map(|day| day.to_string()),
        },
        "whole": whole,
    })
}
