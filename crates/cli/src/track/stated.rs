//! Levels and ratios against what was stated for them (rules D11, T3): lines of their own, never added up
//! with flows. Decides no figure.

use std::borrow::Cow;

use fenjie_message::Lang;
use fenjie_plan::{Measure, MeasureKind, Plan};
use fenjie_track::{ActualRequest, Ratio, StatedStanding, TrackError, members_label, stated_board};

use super::asked::{Asked, days};
use super::figures::{dash, ink};
use super::long::{Field, Row};
use crate::actual::Sales;
use crate::failure::Failure;
use crate::tabular::{Align, Tabular};
use crate::terminal::Terminal;

/// Every level and ratio that has a target or a value in the periods asked for.
///
/// # Errors
/// Those of the facts.
pub fn lines(
    plan: &Plan,
    asked: &Asked,
    sales: &Sales,
) -> Result<Vec<(usize, StatedStanding)>, Failure> {
    let measures = &plan.model().definition().measures;
    let mut all = Vec::new();
    for (index, measure) in measures
        .iter()
        .enumerate()
        .filter(|(_, measure)| !measure.is_flow())
    {
        let Some(needed) = needed(plan, asked, (index, measure)) else {
            continue;
        };
        let depths = vec![0; asked.within.len()];
        let request = ActualRequest {
            measures: needed,
            depths: depths.clone(),
            periods: days(plan, asked),
            until: asked.as_of,
            within: asked.within.clone(),
        };
        let actuals = sales.add_up(plan, &request)?;
        match stated_board(plan, &actuals, index, &depths, &asked.periods, asked.as_of) {
            Ok(board) => all.extend(board.into_iter().map(|one| (index, one))),
            Err(TrackError::MeasureMissing { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(all)
}

/// The measures whose results a level or ratio is computed from.
fn needed(plan: &Plan, asked: &Asked, (index, measure): (usize, &Measure)) -> Option<Vec<usize>> {
    let measures = &plan.model().definition().measures;
    let find = |code: &Option<String>| {
        let code = code.as_ref()?;
        measures.iter().position(|known| known.code == *code)
    };
    match &measure.kind {
        MeasureKind::Flow => None,
        MeasureKind::Level(_) => Some(vec![index]),
        MeasureKind::Ratio {
            numerator,
            denominator,
        } => match (find(numerator), find(denominator)) {
            (Some(above), Some(below)) => Some(vec![above, below]),
            // Its target is shown, but nothing it could be computed from.
            _ => Some(vec![asked.measure]),
        },
    }
}

/// Prints a line for each.
///
/// # Errors
/// Output that cannot be written.
pub fn print(
    plan: &Plan,
    lines: &[(usize, StatedStanding)],
    lang: Lang,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    if lines.is_empty() {
        return Ok(());
    }
    let axes = plan.model().axes();
    let time = axes.last().expect("time is always there");
    let headings = [
        lang.pick("指标", "measure"),
        lang.pick("成员", "members"),
        lang.pick("期间", "period"),
        lang.pick("目标", "target"),
        lang.pick("实绩", "actual"),
        lang.pick("差", "difference"),
        lang.pick("状态", "status"),
    ];
    let align = [
        Align::Left,
        Align::Left,
        Align::Left,
        Align::Right,
        Align::Right,
        Align::Right,
        Align::Left,
    ];
    let mut table = Tabular::new(&headings, &align);
    for (index, line) in lines {
        let measure = &plan.model().definition().measures[*index];
        table.row([
            measure.name.clone(),
            members_label(plan, &line.members, lang),
            time.label(line.period, lang).to_owned(),
            value(measure, line.target),
            value(measure, line.actual),
            value(measure, line.difference),
            terminal.ink(&line.status.text(lang), ink(line.status)),
        ]);
    }
    terminal.print("")?;
    terminal.print(table)
}

/// A value in units of the measure; a ratio whose unit is percent as percent.
fn value(measure: &Measure, value: Option<Ratio>) -> String {
    let Some(value) = value else {
        return dash();
    };
    let is_ratio = matches!(measure.kind, MeasureKind::Ratio { .. });
    if is_ratio && measure.per() == 1 {
        return value.percent_text(1);
    }
    let percent = if measure.per() == 1 { "" } else { "%" };
    let decimals = measure.step.decimals().min(6);
    let count = value.rounded(decimals);
    let (sign, count, scale) = (
        if count < 0 { "-" } else { "" },
        count.unsigned_abs(),
        10u64.pow(decimals),
    );
    match decimals {
        0 => format!("{sign}{count}{percent}"),
        _ => format!(
            "{sign}{}.{:0places$}{percent}",
            count / scale,
            count % scale,
            places = decimals as usize
        ),
    }
}

/// A row for each.
pub fn rows(plan: &Plan, lines: &[(usize, StatedStanding)]) -> Vec<Row<'static>> {
    let model = plan.model();
    let time = model.axes().last().expect("time is always there");
    let named = |name: &'static str, field| (Cow::Borrowed(name), field);
    let rows = lines.iter().map(|(index, line)| {
        let mut place = line.members.clone();
        place.push(0);
        vec![
            named(
                "measure",
                Field::of(model.definition().measures[*index].code.clone()),
            ),
            named(
                "place",
                Field::of(model.place_text(&fenjie_plan::Place(place))),
            ),
            named("period", Field::of(time.tree.code(line.period).to_owned())),
            named("target", super::long::share(line.target)),
            named("actual", super::long::share(line.actual)),
            named("difference", super::long::share(line.difference)),
            named("status", Field::of(line.status.code().to_owned())),
        ]
    });
    rows.collect()
}
