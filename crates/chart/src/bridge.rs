//! Bridge: the way from one amount to another in steps that sum to it. The axis is never cut.

use fenjie_message::Lang;
use fenjie_money::Step;

use crate::amounts::Amounts;
use crate::canvas::{Anchor, Area, Canvas, Element, Label, MARGIN, TEXT};
use crate::legend::{Sample, dashed, legend};
use crate::percent::attainment;
use crate::text_width::text_width;
use crate::ticks::Ticks;
use crate::{Look, Svg};

const ROW: f64 = 28.0;
const BAR: f64 = 16.0;

/// The way from one amount to another, such as from the target to the actual. Amounts in steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Bridge {
    /// What stands above the chart.
    pub title: String,
    /// The step of the amounts.
    pub step: Step,
    /// The unit of the measure, such as 元 or 件; may be empty.
    pub unit: String,
    /// Where it begins: name and amount.
    pub start: (String, i64),
    /// What is added or taken, in order: name and signed amount.
    pub steps: Vec<(String, i64)>,
    /// Where it ends: name and amount. What the steps leave open is drawn as a step of its own.
    pub end: (String, i64),
    /// The most steps drawn one by one; the smallest of the others are one step. 0 draws all.
    pub most: usize,
}

impl Default for Bridge {
    fn default() -> Self {
        Bridge {
            title: String::new(),
            step: Step::cent(),
            unit: String::new(),
            start: (String::new(), 0),
            steps: Vec::new(),
            end: (String::new(), 0),
            most: 12,
        }
    }
}

/// One row: where its bar begins and ends, and what is written beside it.
struct Beam {
    name: String,
    from: i128,
    to: i128,
    is_total: bool,
}

/// Draws the bridge as rows from top to bottom: a whole bar for the beginning and the end, and a
/// bar for each step where the one before it ended, with its signed amount.
///
/// ```
/// use fenjie_chart::{Bridge, Look, bridge};
/// let gap = Bridge {
///     start: ("目标".into(), 1_000_000),
///     steps: vec![("客单价".into(), -200_000), ("客流".into(), 50_000)],
///     end: ("实绩".into(), 850_000),
///     ..Bridge::default()
/// };
/// let svg = bridge(&gap, &Look::default());
/// assert!(svg.text().contains("-2,000") && svg.text().contains("+500"));
/// ```
pub fn bridge(chart: &Bridge, look: &Look) -> Svg {
    let mut canvas = Canvas::new(look);
    let beams = chart.beams(look);
    let amounts = Amounts::new(chart.step, look, beams.iter().flat_map(|b| [b.from, b.to]));
    let subtitle = chart.subtitle(look, &amounts);
    let top = canvas.heading(&chart.title, &subtitle);
    let palette = canvas.palette;
    let samples = [
        (Sample::Box(palette.up, 1.0), look.pick("增加", "Added")),
        (Sample::Box(palette.down, 1.0), look.pick("减少", "Taken")),
    ];
    let top = legend(&mut canvas, top, &samples) + 2.0;
    let plot = Plot::new(&canvas, &beams, &amounts, top);
    plot.axis(
        &mut canvas,
        &amounts,
        &amounts.unit(&chart.unit),
        beams.len(),
    );
    for (at, beam) in beams.iter().enumerate() {
        canvas.begin(if beam.is_total { "total" } else { "step" });
        plot.beam(&mut canvas, beam, at, &amounts, at + 1 < beams.len());
        canvas.end();
    }
    let height = plot.area.top + beams.len() as f64 * ROW + 36.0;
    let description = description(&beams, &amounts, look);
    canvas.finish(height, &chart.title, &description)
}

impl Bridge {
    fn beams(&self, look: &Look) -> Vec<Beam> {
        let mut at = i128::from(self.start.1);
        let mut beams = vec![whole(&self.start)];
        let end = i128::from(self.end.1);
        let mut steps = self.main_steps(look);
        let open = end - at - steps.iter().map(|(_, amount)| amount).sum::<i128>();
        if open != 0 {
            steps.push((look.pick("未说明", "Unexplained").to_owned(), open));
        }
        for (name, amount) in steps {
            beams.push(Beam {
                name,
                from: at,
                to: at + amount,
                is_total: false,
            });
            at += amount;
        }
        beams.push(whole(&self.end));
        beams
    }

    /// The largest steps in their order, and the others as one.
    fn main_steps(&self, look: &Look) -> Vec<(String, i128)> {
        let all = || {
            self.steps
                .iter()
                .map(|(name, amount)| (name.clone(), i128::from(*amount)))
        };
        if self.most == 0 || self.steps.len() <= self.most + 1 {
            return all().collect();
        }
        let mut by_size: Vec<usize> = (0..self.steps.len()).collect();
        by_size.sort_by_key(|&at| std::cmp::Reverse((self.steps[at].1.unsigned_abs(), at)));
        let mut main = by_size[..self.most].to_vec();
        main.sort_unstable();
        let rest: i128 = by_size[self.most..]
            .iter()
            .map(|&at| i128::from(self.steps[at].1))
            .sum();
        let count = self.steps.len() - self.most;
        let name = match look.lang {
            Lang::Zh => format!("其余 {count} 项"),
            Lang::En => format!("{count} others"),
        };
        let steps: Vec<_> = all().collect();
        let main = main.into_iter().map(|at| steps[at].clone());
        main.chain([(name, rest)]).collect()
    }

    fn subtitle(&self, look: &Look, amounts: &Amounts) -> Vec<String> {
        let (start, end) = (i128::from(self.start.1), i128::from(self.end.1));
        let change = amounts.signed(end - start);
        let mut parts = vec![format!("{} {change}", look.pick("合计", "In all"))];
        if let Some(reached) = attainment(end, start) {
            let of = match look.lang {
                Lang::Zh => format!("{}为{}的 {reached}", self.end.0, self.start.0),
                Lang::En => format!("{} is {reached} of {}", self.end.0, self.start.0),
            };
            parts.push(of);
        }
        parts
    }
}

fn whole((name, amount): &(String, i64)) -> Beam {
    Beam {
        name: name.clone(),
        from: 0,
        to: i128::from(*amount),
        is_total: true,
    }
}

fn written(beam: &Beam, amounts: &Amounts) -> String {
    if beam.is_total {
        amounts.text(beam.to)
    } else {
        amounts.signed(beam.to - beam.from)
    }
}

fn description(beams: &[Beam], amounts: &Amounts, look: &Look) -> String {
    let parts: Vec<String> = beams
        .iter()
        .map(|beam| {
            let name = crate::text_width::whole(&beam.name);
            format!("{name} {}", written(beam, amounts))
        })
        .collect();
    parts.join(look.pick("，", ", "))
}

struct Plot {
    area: Area,
    ticks: Ticks,
    name_room: f64,
    /// The minor units of one count, and of both ends of the rows.
    minor: f64,
    least: f64,
    most: f64,
}

impl Plot {
    fn new(canvas: &Canvas, beams: &[Beam], amounts: &Amounts, top: f64) -> Self {
        let widest = |text: &dyn Fn(&Beam) -> String| {
            let widths = beams.iter().map(|beam| text_width(&text(beam), TEXT));
            widths.fold(0.0, f64::max)
        };
        let inner = canvas.width - 2.0 * MARGIN;
        let name_room = widest(&|beam| beam.name.clone()).min(inner * 0.32);
        let written_room = widest(&|beam| written(beam, amounts)) + 8.0;
        let left = MARGIN + name_room + 12.0;
        let width = (canvas.width - MARGIN - written_room - left).max(40.0);
        let values = || beams.iter().flat_map(|beam| [beam.from, beam.to]);
        let least = amounts.minor(values().min().unwrap_or(0)).min(0);
        let most = amounts.minor(values().max().unwrap_or(0)).max(0);
        let about = ((width / 70.0) as usize).clamp(2, 6);
        Plot {
            area: Area {
                left,
                top,
                width,
                height: beams.len() as f64 * ROW,
            },
            ticks: Ticks::around_zero(least, most, about, amounts.whole()),
            least: least as f64,
            most: if most > least { most } else { amounts.whole() } as f64,
            name_room,
            minor: amounts.minor(1) as f64,
        }
    }

    fn x(&self, count: i128) -> f64 {
        self.x_of_minor(count as f64 * self.minor)
    }

    fn x_of_minor(&self, minor: f64) -> f64 {
        let part = (minor - self.least) / (self.most - self.least);
        self.area.left + self.area.width * part
    }

    fn axis(&self, canvas: &mut Canvas, amounts: &Amounts, unit: &str, rows: usize) {
        let palette = canvas.palette;
        let bottom = self.area.top + rows as f64 * ROW + 2.0;
        canvas.begin("axis");
        let mut free = f64::NEG_INFINITY;
        let shown = |value: i128| (self.least..=self.most).contains(&(value as f64));
        for &value in self.ticks.values.iter().filter(|&&value| shown(value)) {
            let x = self.x_of_minor(value as f64);
            let color = if value == 0 {
                palette.axis
            } else {
                palette.grid
            };
            canvas.add(Element::line(x, self.area.top, x, bottom).stroke(color, 1.0));
            let text = amounts.tick(value, self.ticks.power);
            let half = text_width(&text, TEXT) / 2.0;
            if x - half > free + 6.0 {
                let label = Label::new(&text, x, bottom + 16.0, palette.muted);
                canvas.label(label.anchored(Anchor::Middle));
                free = x + half;
            }
        }
        let room = canvas.width - MARGIN - free - 8.0;
        if text_width(unit, TEXT) <= room {
            let label = Label::new(unit, canvas.width - MARGIN, bottom + 16.0, palette.muted);
            canvas.label(label.anchored(Anchor::End));
        }
        canvas.end();
    }

    fn beam(&self, canvas: &mut Canvas, beam: &Beam, at: usize, amounts: &Amounts, more: bool) {
        let palette = canvas.palette;
        let top = self.area.top + at as f64 * ROW;
        let (from, to) = (self.x(beam.from), self.x(beam.to));
        let (left, right) = (from.min(to), from.max(to));
        let color = match (beam.is_total, beam.to >= beam.from) {
            (true, _) if at == 0 => palette.axis,
            (true, _) => palette.accent,
            (false, true) => palette.up,
            (false, false) => palette.down,
        };
        let bar = Area {
            left,
            top: top + (ROW - BAR) / 2.0,
            width: (right - left).max(1.0),
            height: BAR,
        };
        let pointed = format!(
            "{} · {}",
            crate::text_width::whole(&beam.name),
            amounts.exact(if beam.is_total {
                beam.to
            } else {
                beam.to - beam.from
            })
        );
        canvas.add_titled(Element::area(bar).fill(color).at("rx", 1.5), &pointed);
        if more {
            let below = bar.bottom() + ROW - BAR;
            let link = Element::line(to, bar.bottom(), to, below).stroke(palette.axis, 1.0);
            canvas.add(dashed(link, Some("2 2")).word("class", "link"));
        }
        let y = top + ROW / 2.0 + 4.2;
        let name = Label::new(&beam.name, MARGIN + self.name_room, y, palette.ink);
        let name = name.anchored(Anchor::End).within(self.name_room + 0.5);
        canvas.label(if beam.is_total { name.bold() } else { name });
        let ink = if beam.is_total { palette.ink } else { color };
        let text = written(beam, amounts);
        let label = Label::new(&text, right + 6.0, y, ink).clear();
        canvas.label(if beam.is_total { label.bold() } else { label });
    }
}

#[cfg(test)]
mod tests;
