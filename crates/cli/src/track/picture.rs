//! Standings as pictures: hands figures to the charts. Decides no figure.

use std::io::Write;
use std::path::Path;

use fenjie_chart::{Badge, Board, BoardRow, CompositionPart, Look, Shape, Svg, Theme, Tone};
use fenjie_exchange::write::AtomicFile;
use fenjie_message::Lang;
use fenjie_money::{DisplayUnit, Step};
use fenjie_plan::{Measure, Plan};
use fenjie_track::{
    Composition, Line, Standing, Status, UNASSIGNED, burn_up, heat_calendar, members_label,
};

use super::gap::Parts;
use super::report::Report;
use super::{Extras, Ground, Picture, TrackArgs};
use crate::failure::Failure;

/// Pixels of a PNG for each of the drawing.
const SCALE: f32 = 2.0;
/// Rows of a board, steps of a bridge that are drawn one by one.
const MOST: usize = 30;

/// How a picture is to look.
pub fn look(args: &TrackArgs, unit: Option<DisplayUnit>, lang: Lang) -> Look {
    let usual = Look::default();
    Look {
        lang,
        unit,
        theme: match args.theme {
            Some(Ground::Dark) => Theme::Dark,
            Some(Ground::Light) | None => Theme::Light,
        },
        width: args.width.unwrap_or(usual.width),
    }
}

/// Draws and writes a picture; a file that ends in `png` as pixels.
///
/// # Errors
/// Plans without days, machines without fonts, files that cannot be written.
pub fn write(
    report: &Report<'_>,
    picture: Picture,
    extras: &Extras,
    path: &Path,
    look: &Look,
) -> Result<(), Failure> {
    let svg = match picture {
        Picture::BurnUp => burned(report, look.lang, look)?,
        Picture::Board => board(report, look.lang, look),
        Picture::Calendar => calendar(report, look.lang, look)?,
        Picture::Bridge => bridged(report, extras.parts.as_ref(), look.lang, look),
        Picture::Composition => composition(report, &extras.mixes, look.lang, look),
    };
    let is_png = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
    let bytes = match is_png {
        true => svg.to_png(SCALE)?,
        false => svg.text().as_bytes().to_vec(),
    };
    let mut file = AtomicFile::create(path)?;
    file.write_all(&bytes)
        .map_err(|error| Failure::unwritable(path, &error))?;
    Ok(file.commit()?)
}

fn about<'p>(report: &Report<'p>) -> (&'p Plan, &'p Measure, Step, u32) {
    let measure = &report.plan.model().definition().measures[report.asked.measure];
    let period = *report.asked.periods.last().expect("a period is asked for");
    (report.plan, measure, measure.step, period)
}

/// What a picture shows: `2017年3月 燃起图 · 华东`.
fn title(report: &Report<'_>, lang: Lang, zh: &str, en: &str) -> String {
    let (plan, measure, _, period) = about(report);
    let time = plan.model().axes().last().expect("time is always there");
    let mut parts = vec![
        time.label(period, lang).to_owned(),
        lang.pick(zh, en).to_owned(),
        measure.name.clone(),
    ];
    if report.asked.within.iter().any(|node| *node != 0) {
        parts.push(members_label(plan, &report.asked.within, lang));
    }
    parts.join(" · ")
}

fn unit_name(measure: &Measure, lang: Lang) -> String {
    match (measure.unit.as_str(), lang) {
        ("CNY", Lang::Zh) => "元".to_owned(),
        (unit, _) => unit.to_owned(),
    }
}

fn burned(report: &Report<'_>, lang: Lang, look: &Look) -> Result<Svg, Failure> {
    let (plan, measure, step, period) = about(report);
    let asked = &report.asked;
    let series = burn_up(
        plan,
        &report.by_day,
        asked.measure,
        &asked.within,
        period,
        asked.as_of,
    )?;
    let working = match series.working == series.base {
        true => Vec::new(),
        false => series.working,
    };
    // The first point is the day looked from itself, which the drawing has already.
    let later = series
        .projection
        .iter()
        .filter(|point| point.day > asked.as_of);
    let chart = fenjie_chart::BurnUp {
        title: title(report, lang, "燃起图", "burn-up"),
        step,
        unit: unit_name(measure, lang),
        first: series.days.first().copied().unwrap_or(asked.as_of),
        plan: series.base,
        working,
        due: Some(series.expected),
        actual: series.actual,
        projection: later
            .map(|point| fenjie_chart::BandPoint {
                low: point.low,
                middle: point.middle,
                high: point.high,
            })
            .collect(),
    };
    Ok(fenjie_chart::burn_up(&chart, look))
}

fn board(report: &Report<'_>, lang: Lang, look: &Look) -> Svg {
    let (plan, measure, step, period) = about(report);
    let group = report.groups.first();
    let members = group.into_iter().flat_map(|group| &group.members);
    let rows = members.filter(|one| one.period == period && one.line == Line::Member);
    let chart = Board {
        title: title(report, lang, "进度榜", "standings"),
        step,
        unit: unit_name(measure, lang),
        rows: rows.map(|one| row(plan, one, lang)).collect(),
        most: MOST,
        scale: fenjie_chart::BoardScale::default(),
    };
    fenjie_chart::board(&chart, look)
}

fn row(plan: &Plan, one: &Standing, lang: Lang) -> BoardRow {
    BoardRow {
        name: members_label(plan, &one.members, lang),
        rank: one.rank,
        actual: one.actual,
        target: Some(one.target),
        expected: Some(one.expected),
        badge: Some(badge(one.status, lang)),
    }
}

fn badge(status: Status, lang: Lang) -> Badge {
    let (shape, tone) = match status {
        Status::Reached => (Shape::Disc, Tone::Good),
        Status::Ahead => (Shape::Up, Tone::Good),
        Status::Behind => (Shape::Diamond, Tone::Warn),
        Status::FarBehind => (Shape::Down, Tone::Bad),
        Status::Missed => (Shape::Cross, Tone::Bad),
        Status::NotBegun => (Shape::Ring, Tone::Neutral),
        Status::NoTarget => (Shape::Dash, Tone::Neutral),
    };
    let word = status.name(lang).to_owned();
    Badge { shape, tone, word }
}

fn calendar(report: &Report<'_>, lang: Lang, look: &Look) -> Result<Svg, Failure> {
    let (plan, measure, step, period) = about(report);
    let asked = &report.asked;
    let days = heat_calendar(
        plan,
        &report.by_day,
        asked.measure,
        &asked.within,
        period,
        asked.as_of,
    )?;
    let chart = fenjie_chart::HeatCalendar {
        title: title(report, lang, "日完成率", "attainment by day"),
        step,
        unit: unit_name(measure, lang),
        week_start: plan.model().definition().calendar.week_starts,
        days: days
            .iter()
            .map(|day| fenjie_chart::HeatDay {
                date: day.day,
                target: day.target,
                actual: day.actual,
            })
            .collect(),
    };
    Ok(fenjie_chart::heat_calendar(&chart, look))
}

fn bridged(report: &Report<'_>, parts: Option<&Parts>, lang: Lang, look: &Look) -> Svg {
    let (_, measure, step, _) = about(report);
    let (steps, target, actual) = parts.map_or((Vec::new(), 0, 0), |parts| {
        let named = parts
            .labels
            .iter()
            .cloned()
            .zip(parts.bridge.parts.iter().map(|part| -part.gap));
        (named.collect(), parts.bridge.target, parts.bridge.actual)
    });
    let chart = fenjie_chart::Bridge {
        title: title(report, lang, "差额分解", "gap bridge"),
        step,
        unit: unit_name(measure, lang),
        start: (lang.pick("应完成", "expected").to_owned(), target),
        steps,
        end: (lang.pick("实绩", "actual").to_owned(), actual),
        most: MOST,
    };
    fenjie_chart::bridge(&chart, look)
}

/// The first axis that is a composition.
fn composition(report: &Report<'_>, mixes: &[Composition], lang: Lang, look: &Look) -> Svg {
    let (plan, _, step, _) = about(report);
    let mix = mixes.first().expect("a plan without one is refused");
    let axis = &plan.model().axes()[mix.axis];
    let part = |row: &fenjie_track::CompositionRow| CompositionPart {
        name: match row.node {
            UNASSIGNED => lang.pick("未归属", "unassigned").to_owned(),
            node => axis.label(node, lang).to_owned(),
        },
        target: row.target,
        actual: row.actual,
    };
    let chart = fenjie_chart::Composition {
        title: title(report, lang, "业绩构成", "composition"),
        step,
        parts: mix.rows.iter().map(part).collect(),
    };
    fenjie_chart::composition(&chart, look)
}
