//! Heat calendar: a cell for each day, coloured by what was reached of the day's target.

mod grid;

use std::collections::BTreeMap;

use fenjie_calendar::{Weekday, weekday_name};
use fenjie_message::Lang;
use fenjie_money::Step;
use jiff::civil::Date;

use crate::amounts::Amounts;
use crate::burn_up::{nothing, short_month};
use crate::canvas::{Anchor, Area, Canvas, Element, Label, MARGIN, TEXT};
use crate::percent::{attainment, per_mille};
use crate::text_width::text_width;
use crate::{Look, Svg};

use grid::Grid;

/// The days of a period with target and actual.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatCalendar {
    /// What stands above the chart.
    pub title: String,
    /// The step of the amounts.
    pub step: Step,
    /// The unit of the measure, such as 元 or 件; may be empty.
    pub unit: String,
    /// The weekday on top: the first of the plan's weeks.
    pub week_start: Weekday,
    /// The days, in any order; of a day given twice the later one counts, and days between them
    /// that are missing stay blank.
    pub days: Vec<HeatDay>,
}

/// One day. Amounts in steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeatDay {
    /// The day.
    pub date: Date,
    /// The day's target. A day without one is closed and stays blank, unless something was sold.
    pub target: i64,
    /// What was sold; none while the day has not come.
    pub actual: Option<i64>,
}

impl Default for HeatCalendar {
    fn default() -> Self {
        HeatCalendar {
            title: String::new(),
            step: Step::cent(),
            unit: String::new(),
            week_start: Weekday::Monday,
            days: Vec::new(),
        }
    }
}

/// What a day's cell shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    /// Attainment in per mille.
    Heat(i64),
    /// Sold without a target.
    NoTarget,
    Closed,
    /// The day has not come.
    Open,
}

impl HeatCalendar {
    fn by_date(&self) -> BTreeMap<Date, HeatDay> {
        self.days.iter().map(|day| (day.date, *day)).collect()
    }
}

impl HeatDay {
    fn cell(&self) -> Cell {
        let reached = |actual: i64| per_mille(i128::from(actual), i128::from(self.target));
        match self.actual {
            _ if self.target <= 0 && self.actual.unwrap_or(0) == 0 => Cell::Closed,
            None => Cell::Open,
            Some(actual) => reached(actual).map_or(Cell::NoTarget, Cell::Heat),
        }
    }
}

/// Draws the days in columns of weeks, orange below the day's target, grey at it, blue above it,
/// from 70 % to 130 %. Days that are closed stay blank, days to come are framed, days sold without a
/// target carry a dot. Where the weeks do not fit side by side, they continue below.
///
/// ```
/// use fenjie_chart::{HeatCalendar, HeatDay, Look, heat_calendar};
/// let day = |date: &str, actual| HeatDay {
///     date: date.parse().unwrap(),
///     target: 1_000_000,
///     actual,
/// };
/// let june = HeatCalendar {
///     days: vec![day("2026-06-01", Some(700_000)), day("2026-06-02", None)],
///     ..HeatCalendar::default()
/// };
/// let svg = heat_calendar(&june, &Look::default());
/// assert!(svg.text().contains("70.0%"));
/// ```
pub fn heat_calendar(chart: &HeatCalendar, look: &Look) -> Svg {
    let mut canvas = Canvas::new(look);
    let values = chart.days.iter();
    let values = values.flat_map(|day| [Some(day.target), day.actual].into_iter().flatten());
    let amounts = Amounts::new(chart.step, look, values.map(i128::from));
    let subtitle = look.pick(
        "颜色 = 当日实绩 ÷ 当日目标，空白 = 休息日",
        "Colour = the day's actual ÷ its target, blank = closed",
    );
    let top = canvas.heading(&chart.title, &[subtitle.to_owned()]);
    let Some(grid) = Grid::new(chart, &canvas, look, top) else {
        return nothing(canvas, look, top, &chart.title);
    };
    grid.labels(&mut canvas, look);
    canvas.begin("days");
    for day in chart.by_date().values() {
        draw(&mut canvas, &grid, day, &amounts, look);
    }
    canvas.end();
    grid.borders(&mut canvas);
    let bottom = scale(&mut canvas, look, grid.bottom() + 12.0, chart);
    canvas.finish(bottom, &chart.title, &description(chart, look))
}

fn draw(canvas: &mut Canvas, grid: &Grid, day: &HeatDay, amounts: &Amounts, look: &Look) {
    let palette = canvas.palette;
    let area = grid.cell(day.date);
    let text = pointed(day, amounts, look);
    let cell = Element::area(area).at("rx", 1.5);
    match day.cell() {
        Cell::Heat(reached) => {
            let cell = cell.fill(&palette.heat_of(reached)).word("class", "heat");
            canvas.add_titled(cell, &text);
            if grid.has_texts() {
                written(canvas, area, day.date, Some(reached));
            }
        }
        Cell::Closed => {}
        Cell::Open => {
            let inset = Area {
                left: area.left + 0.5,
                top: area.top + 0.5,
                width: area.width - 1.0,
                height: area.height - 1.0,
            };
            let frame = Element::area(inset).at("rx", 1.5).word("fill", "none");
            let frame = frame.stroke(palette.grid, 1.0).word("class", "open");
            canvas.add_titled(frame, &text);
            if grid.has_texts() {
                written(canvas, area, day.date, None);
            }
        }
        Cell::NoTarget => {
            let dot = Element::new("circle")
                .at("cx", area.left + area.width / 2.0)
                .at("cy", area.top + area.height / 2.0)
                .at("r", (area.height.min(area.width) / 5.0).max(1.5));
            let dot = dot.fill(palette.muted).word("class", "no-target");
            canvas.add_titled(dot, &text);
        }
    }
}

/// The day of the month in its cell, and the percentage where there is room for it.
fn written(canvas: &mut Canvas, area: Area, date: Date, reached: Option<i64>) {
    let palette = canvas.palette;
    let ink = reached.map_or(palette.muted, |reached| palette.on_heat(reached));
    let y = area.top + area.height / 2.0 + 4.0;
    let day = date.day().to_string();
    canvas.label(Label::new(&day, area.left + 7.0, y, ink).sized(11.0));
    let Some(reached) = reached else {
        return;
    };
    let text = format!("{}%", rounded(reached));
    if text_width(&text, TEXT) + 34.0 <= area.width {
        let label = Label::new(&text, area.right() - 7.0, y, ink);
        canvas.label(label.anchored(Anchor::End));
    }
}

/// Per mille as whole percent, rounded half away from zero.
fn rounded(per_mille: i64) -> i64 {
    let half = if per_mille < 0 { -5 } else { 5 };
    per_mille.saturating_add(half) / 10
}

/// What a day says when one points at it, to the cent.
fn pointed(day: &HeatDay, amounts: &Amounts, look: &Look) -> String {
    let mut text = format!(
        "{} {}",
        day.date,
        weekday_name(day.date.weekday(), look.lang)
    );
    let target = amounts.exact(i128::from(day.target));
    match day.actual {
        None => text += &format!(" · {} {target}", look.pick("目标", "target")),
        Some(actual) => {
            let actual_text = amounts.exact(i128::from(actual));
            text += &format!(" · {} {actual_text}", look.pick("实绩", "actual"));
            match attainment(i128::from(actual), i128::from(day.target)) {
                Some(reached) => {
                    text += &format!(" · {} {target} · {reached}", look.pick("目标", "target"));
                }
                None => text += &format!(" · {}", look.pick("无目标", "no target")),
            }
        }
    }
    text
}

/// The scale of colours with its ends, and what the other cells mean; gives the height below.
fn scale(canvas: &mut Canvas, look: &Look, top: f64, chart: &HeatCalendar) -> f64 {
    const PARTS: i64 = 25;
    const WIDTH: f64 = 120.0;
    let palette = canvas.palette;
    let y = top + TEXT;
    canvas.begin("scale");
    let mut x = MARGIN;
    x += canvas.label(Label::new("≤ 70%", x, y, palette.muted)) + 8.0;
    for part in 0..PARTS {
        let area = Area {
            left: x + WIDTH / PARTS as f64 * part as f64,
            top: y - 9.0,
            width: WIDTH / PARTS as f64 + 0.4,
            height: 10.0,
        };
        let reached = 700 + 600 * part / (PARTS - 1);
        canvas.add(Element::area(area).fill(&palette.heat_of(reached)));
    }
    let middle = x + WIDTH / 2.0;
    canvas.add(Element::line(middle, y + 2.0, middle, y + 5.0).stroke(palette.axis, 1.0));
    let label = Label::new("100%", middle, y + 17.0, palette.muted).sized(11.0);
    canvas.label(label.anchored(Anchor::Middle));
    x += WIDTH + 8.0;
    x += canvas.label(Label::new("≥ 130%", x, y, palette.muted)) + 18.0;
    let has = |cell: Cell| chart.days.iter().any(|day| day.cell() == cell);
    let mut bottom = y + 20.0;
    let mut y = y;
    let open = look.pick("未到", "To come");
    let no_target = look.pick("有实绩、无目标", "Sold without a target");
    for (cell, text) in [(Cell::Open, open), (Cell::NoTarget, no_target)] {
        if !has(cell) {
            continue;
        }
        let width = 20.0 + text_width(text, TEXT);
        if x + width > canvas.width - MARGIN {
            (x, y) = (MARGIN, bottom + TEXT + 2.0);
            bottom = y + 6.0;
        }
        let mark = Area {
            left: x + 0.5,
            top: y - 8.5,
            width: 13.0,
            height: 10.0,
        };
        if cell == Cell::Open {
            let frame = Element::area(mark).at("rx", 1.5).word("fill", "none");
            canvas.add(frame.stroke(palette.axis, 1.0));
        } else {
            let dot = Element::new("circle").at("cx", x + 7.0).at("cy", y - 4.0);
            canvas.add(dot.at("r", 2.5).fill(palette.muted));
        }
        canvas.label(Label::new(text, x + 20.0, y, palette.muted));
        x += width + 16.0;
    }
    canvas.end();
    bottom + 12.0
}

fn description(chart: &HeatCalendar, look: &Look) -> String {
    let days = chart.by_date();
    let reached: Vec<i64> = days
        .values()
        .filter_map(|day| match day.cell() {
            Cell::Heat(reached) => Some(reached),
            _ => None,
        })
        .collect();
    let full = days.values().filter(|day| {
        let wanted = day.target > 0;
        wanted && day.actual.is_some_and(|actual| actual >= day.target)
    });
    let full = full.count();
    let low = reached.iter().filter(|&&reached| reached < 700).count();
    let (Some(first), Some(last)) = (days.keys().next(), days.keys().last()) else {
        return String::new();
    };
    let counted = reached.len();
    match look.lang {
        Lang::Zh => format!(
            "{first} 至 {last}，{counted} 个有目标的营业日，其中 {full} 天达成，{low} 天不足 70%"
        ),
        Lang::En => format!(
            "{first} to {last}: {counted} days with a target, {full} of them reached, \
             {low} below 70 %"
        ),
    }
}

#[cfg(test)]
mod tests;
