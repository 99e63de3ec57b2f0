//! Burn-up: what was planned to be reached by each day, what was reached, and where it leads.

mod axis;
mod text;

pub(crate) use axis::short_month;
pub(crate) use text::nothing;

use fenjie_money::Step;
use jiff::civil::Date;

use crate::amounts::Amounts;
use crate::canvas::{Anchor, Area, Canvas, Element, Label, MARGIN, TEXT};
use crate::legend::{Sample, dashed, legend};
use crate::text_width::text_width;
use crate::ticks::Ticks;
use crate::{Look, Svg};

/// Dashes of what is planned and of what is projected.
const PLANNED: &str = "5 3";
const PROJECTED: &str = "2 2.5";

/// One period of a node, day by day. All amounts are running totals at the end of a day, in steps.
#[derive(Clone, Debug, PartialEq)]
pub struct BurnUp {
    /// What stands above the chart.
    pub title: String,
    /// The step of the amounts.
    pub step: Step,
    /// The unit of the measure, such as 元 or 件; may be empty.
    pub unit: String,
    /// The first day of the period.
    pub first: Date,
    /// The target reached by the end of each day of the period, the whole target at last.
    pub plan: Vec<i64>,
    /// The same with what was carried, where that differs; empty otherwise.
    pub working: Vec<i64>,
    /// What was due by the day it is seen from, where no line says it: closed parts of a period are
    /// judged by the plan, open ones by what was carried too.
    pub due: Option<i64>,
    /// What was sold by the end of each day, up to and including the day it is seen from.
    pub actual: Vec<i64>,
    /// Where this rate leads: a point for the end of each day after those of `actual`.
    pub projection: Vec<BandPoint>,
}

/// Where a rate leads by the end of a day: running totals in steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BandPoint {
    /// The lower end of the band.
    pub low: i64,
    /// What is expected.
    pub middle: i64,
    /// The upper end of the band.
    pub high: i64,
}

impl Default for BurnUp {
    fn default() -> Self {
        BurnUp {
            title: String::new(),
            step: Step::cent(),
            unit: String::new(),
            first: Date::constant(2000, 1, 1),
            plan: Vec::new(),
            working: Vec::new(),
            due: None,
            actual: Vec::new(),
            projection: Vec::new(),
        }
    }
}

impl BurnUp {
    /// The days on the chart.
    fn days(&self) -> usize {
        self.plan.len().max(self.working.len())
    }

    /// What was sold, no further than the period reaches.
    fn sold(&self) -> &[i64] {
        &self.actual[..self.actual.len().min(self.days())]
    }

    /// The working target, where it is not the plan.
    fn carried(&self) -> Option<&[i64]> {
        let differs = !self.working.is_empty() && self.working != self.plan;
        differs.then_some(self.working.as_slice())
    }

    /// The line that the actual is measured against: with what was carried, if anything was.
    fn measured_against(&self) -> &[i64] {
        self.carried().unwrap_or(&self.plan)
    }

    /// What was due by the day it is seen from.
    fn expected(&self) -> Option<i64> {
        let at = self.sold().len().checked_sub(1)?;
        self.due.or(self.measured_against().get(at).copied())
    }

    fn target(&self) -> Option<i64> {
        self.measured_against().last().copied()
    }

    /// The projection, no further than the period reaches.
    fn ahead(&self) -> &[BandPoint] {
        let left = self.days() - self.sold().len();
        &self.projection[..self.projection.len().min(left)]
    }

    fn values(&self) -> impl Iterator<Item = i128> {
        let band = self
            .ahead()
            .iter()
            .flat_map(|at| [at.low, at.middle, at.high]);
        let lines = self.plan.iter().chain(&self.working).chain(self.sold());
        lines.copied().chain(band).map(i128::from)
    }
}

/// Draws the burn-up: plan dashed, actual as a line over its area up to the day it is seen from,
/// the projection dotted within its band, and what each comes to at the end.
///
/// ```
/// use fenjie_chart::{BandPoint, BurnUp, Look, burn_up};
/// let june = BurnUp {
///     title: "6 月燃起图".into(),
///     unit: "元".into(),
///     first: "2026-06-01".parse().unwrap(),
///     plan: (1..=30).map(|day| day * 3_560_000).collect(),
///     actual: (1..=19).map(|day| day * 3_030_000).collect(),
///     projection: (20..=30)
///         .map(|day| BandPoint {
///             low: day * 2_900_000,
///             middle: day * 3_010_000,
///             high: day * 3_100_000,
///         })
///         .collect(),
///     ..BurnUp::default()
/// };
/// let svg = burn_up(&june, &Look::default());
/// assert!(svg.text().contains("目标 106.8万"));
/// assert!(svg.text().contains("预计 90.3万"));
/// ```
pub fn burn_up(chart: &BurnUp, look: &Look) -> Svg {
    let mut canvas = Canvas::new(look);
    let amounts = Amounts::new(chart.step, look, chart.values());
    let words = text::Words {
        chart,
        amounts,
        look,
    };
    let top = canvas.heading(&chart.title, &words.subtitle());
    if chart.days() == 0 {
        return text::nothing(canvas, look, top, &chart.title);
    }
    let marks = samples(&canvas, chart, look, &words);
    let top = legend(&mut canvas, top, &marks);
    let plot = Plot::new(chart, amounts, &canvas, top, &words);
    plot.axes(&mut canvas, look);
    plot.band(&mut canvas);
    plot.lines(&mut canvas);
    plot.seen_from(&mut canvas, look, &words);
    plot.ends(&mut canvas, &words);
    canvas.finish(
        plot.area.bottom() + 36.0,
        &chart.title,
        &words.description(),
    )
}

fn samples<'w>(
    canvas: &Canvas,
    chart: &BurnUp,
    look: &Look,
    words: &'w text::Words<'_>,
) -> Vec<(Sample, &'w str)> {
    let palette = canvas.palette;
    let mut entries: Vec<(Sample, &'w str)> = Vec::new();
    if !chart.plan.is_empty() {
        entries.push((
            Sample::Line(palette.muted, 1.5, Some(PLANNED)),
            look.pick("计划", "Plan"),
        ));
    }
    if chart.carried().is_some() {
        entries.push((
            Sample::Line(palette.ink, 1.2, None),
            look.pick("工作目标", "Working target"),
        ));
    }
    entries.push((
        Sample::Line(palette.accent, 2.2, None),
        look.pick("实绩", "Actual"),
    ));
    if !chart.ahead().is_empty() {
        let ink = words.projected_ink(palette);
        entries.push((
            Sample::Line(ink, 2.0, Some(PROJECTED)),
            look.pick("按当前节奏预计", "At today's rate"),
        ));
        entries.push((Sample::Box(ink, 0.16), look.pick("区间", "Band")));
    }
    entries
}

/// Where everything is drawn.
struct Plot<'a> {
    chart: &'a BurnUp,
    amounts: Amounts,
    ticks: Ticks,
    area: Area,
    /// Whether there is room for labels right of the lines.
    wide: bool,
    projected: &'static str,
}

impl<'a> Plot<'a> {
    fn new(
        chart: &'a BurnUp,
        amounts: Amounts,
        canvas: &Canvas,
        top: f64,
        words: &text::Words<'_>,
    ) -> Self {
        let height = (canvas.width * 0.36).clamp(170.0, 340.0);
        let bounds = chart.values().map(|value| amounts.minor(value));
        let (least, most) = bounds.fold((0, 0), |(least, most), value| {
            (value.min(least), value.max(most))
        });
        let about = if height > 240.0 { 6 } else { 4 };
        let ticks = Ticks::around_zero(least, most, about, amounts.whole());
        let label = |&value: &i128| text_width(&amounts.tick(value, ticks.power), TEXT);
        let left = MARGIN + ticks.values.iter().map(label).fold(16.0, f64::max) + 8.0;
        let wide = words.wide();
        let ends = words.ends().map(|end| text_width(&end, TEXT) + 8.0);
        let right = if wide {
            ends.into_iter().fold(8.0, f64::max).min(canvas.width * 0.3)
        } else {
            8.0
        };
        let area = Area {
            left,
            top: top + 24.0,
            width: canvas.width - MARGIN - right - left,
            height,
        };
        let projected = words.projected_ink(canvas.palette);
        Plot {
            chart,
            amounts,
            ticks,
            area,
            wide,
            projected,
        }
    }

    /// The place of a day's end, the beginning of the period being 0.
    fn x(&self, days: usize) -> f64 {
        self.area.left + self.area.width * days as f64 / self.chart.days() as f64
    }

    fn y(&self, count: f64) -> f64 {
        self.y_of_minor(count * self.amounts.minor(1) as f64)
    }

    fn y_of_minor(&self, minor: f64) -> f64 {
        let (first, last) = (self.ticks.first() as f64, self.ticks.last() as f64);
        self.area.bottom() - self.area.height * (minor - first) / (last - first)
    }

    fn line(&self, values: &[i64]) -> Vec<(f64, f64)> {
        let days = values.iter().enumerate();
        let points = days.map(|(day, &value)| (self.x(day + 1), self.y(value as f64)));
        std::iter::once((self.x(0), self.y(0.0)))
            .chain(points)
            .collect()
    }

    /// The way from the last actual along a line of the projection.
    fn way(&self, of: fn(&BandPoint) -> i64) -> Vec<(f64, f64)> {
        let sold = self.chart.sold();
        let from = sold.last().map_or(0.0, |&value| value as f64);
        let points = self.chart.ahead().iter().enumerate();
        let points = points.map(|(at, point)| {
            let x = self.x(sold.len() + at + 1);
            (x, self.y(of(point) as f64))
        });
        std::iter::once((self.x(sold.len()), self.y(from)))
            .chain(points)
            .collect()
    }

    fn band(&self, canvas: &mut Canvas) {
        if self.chart.ahead().is_empty() {
            return;
        }
        let mut outline = self.way(|at| at.low);
        outline.extend(self.way(|at| at.high).into_iter().rev());
        let band = Element::path(&outline, true).fill(self.projected);
        canvas.add(band.at("fill-opacity", 0.14).word("class", "band"));
    }

    fn lines(&self, canvas: &mut Canvas) {
        let palette = canvas.palette;
        let drawn = |points: &[(f64, f64)], color: &str, width: f64, dashes: Option<&str>| {
            let line = Element::path(points, false).word("fill", "none");
            let line = line.stroke(color, width).word("stroke-linejoin", "round");
            dashed(line, dashes)
        };
        let sold = self.line(self.chart.sold());
        if sold.len() > 1 {
            let zero = self.y(0.0);
            let mut outline = sold.clone();
            outline.extend([(sold[sold.len() - 1].0, zero), (sold[0].0, zero)]);
            let area = Element::path(&outline, true).fill(palette.accent);
            canvas.add(area.at("fill-opacity", 0.1).word("class", "area"));
        }
        if !self.chart.plan.is_empty() {
            let plan = self.line(&self.chart.plan);
            canvas.add(drawn(&plan, palette.muted, 1.5, Some(PLANNED)).word("class", "plan"));
        }
        if let Some(working) = self.chart.carried() {
            let working = self.line(working);
            canvas.add(drawn(&working, palette.ink, 1.2, None).word("class", "working"));
        }
        if !self.chart.ahead().is_empty() {
            let way = self.way(|at| at.middle);
            let line = drawn(&way, self.projected, 2.0, Some(PROJECTED));
            canvas.add(line.word("class", "projection"));
        }
        if sold.len() > 1 {
            canvas.add(drawn(&sold, palette.accent, 2.2, None).word("class", "actual"));
        }
    }

    /// The day it is seen from, with what was sold by then.
    fn seen_from(&self, canvas: &mut Canvas, look: &Look, words: &text::Words<'_>) {
        let Some(&last) = self.chart.sold().last() else {
            return;
        };
        let palette = canvas.palette;
        let (x, y) = (self.x(self.chart.sold().len()), self.y(last as f64));
        let upright = Element::line(x, self.area.top - 2.0, x, self.area.bottom());
        let upright = upright.stroke(palette.axis, 1.0);
        canvas.add(dashed(upright, Some("3 3")).word("class", "today"));
        let seen = words.seen();
        let half = text_width(&seen, TEXT) / 2.0;
        let least = self.area.left + half + text_width(&words.unit(), TEXT);
        let middle = x.min(self.area.right() + 4.0 - half).max(least);
        let label = Label::new(&seen, middle, self.area.top - 8.0, palette.ink);
        canvas.label(label.anchored(Anchor::Middle));
        let dot = Element::new("circle").at("cx", x).at("cy", y).at("r", 3.5);
        canvas.add(dot.fill(palette.accent).stroke(palette.surface, 1.5));
        let expected = self.chart.expected().unwrap_or(last);
        let text = format!(
            "{} {}",
            look.pick("实绩", "Actual"),
            self.amounts.text(i128::from(last))
        );
        let room = text_width(&text, TEXT) + 10.0;
        let behind = last < expected;
        let fits_right = x + room < self.area.right();
        let fits_left = x - room > self.area.left;
        if !fits_left && !fits_right {
            // The subtitle says it all the same.
            return;
        }
        // Below the lines when behind, above them when ahead: there nothing is drawn.
        let (at, anchor) = match (behind, fits_right, fits_left) {
            (true, true, _) | (false, _, false) => (x + 8.0, Anchor::Start),
            _ => (x - 8.0, Anchor::End),
        };
        let down = if behind { 18.0 } else { -10.0 };
        let low = self.area.bottom() - 5.0;
        let base = (y + down).clamp(self.area.top + 12.0, low.max(self.area.top + 12.0));
        canvas.label(
            Label::new(&text, at, base, palette.accent)
                .clear()
                .anchored(anchor)
                .bold(),
        );
    }

    /// What the lines come to, right of them.
    fn ends(&self, canvas: &mut Canvas, words: &text::Words<'_>) {
        if !self.wide {
            return;
        }
        let [target, projected, band] = words.ends();
        let palette = canvas.palette;
        let room = canvas.width - MARGIN - self.area.right();
        let x = self.area.right() + 8.0;
        let target_y = self.chart.target().map(|value| self.y(value as f64));
        let Some(to) = self.chart.ahead().last() else {
            if let Some(y) = target_y {
                canvas.label(Label::new(&target, x, y + 4.0, palette.muted).within(room));
            }
            return;
        };
        let projected_y = self.y(to.middle as f64);
        let target_y = target_y.unwrap_or(projected_y);
        // The projection has two lines; the target keeps clear of both.
        let (mut one, mut two) = (target_y + 4.0, projected_y + 4.0);
        if target_y <= projected_y {
            let near = (one + 17.0 - two).max(0.0);
            one -= near / 2.0;
            two += near / 2.0;
        } else {
            let near = (two + 32.0 - one).max(0.0);
            one += near / 2.0;
            two -= near / 2.0;
        }
        canvas.label(Label::new(&target, x, one, palette.muted).within(room));
        canvas.label(
            Label::new(&projected, x, two, self.projected)
                .within(room)
                .bold(),
        );
        let band = Label::new(&band, x, two + 14.0, palette.muted).sized(11.0);
        canvas.label(band.within(room));
    }
}

#[cfg(test)]
mod tests;
