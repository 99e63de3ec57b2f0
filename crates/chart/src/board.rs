//! Bullet board: a row for each member with its actual, its target and what was expected by now.

mod badge;
mod columns;

use fenjie_money::Step;

use crate::amounts::Amounts;
use crate::burn_up::nothing;
use crate::canvas::{Area, Canvas, Element};
use crate::legend::{Sample, dashed, legend};
use crate::look::Palette;
use crate::percent::attainment;
use crate::{Look, Svg};

pub use badge::{Badge, Shape, Tone};
use columns::Columns;

/// The height of a row.
const ROW: f64 = 27.0;
const DASHES: &str = "3 2";

/// Members with their standing, in the order they are to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// What stands above the chart.
    pub title: String,
    /// The step of the amounts.
    pub step: Step,
    /// The unit of the measure, such as 元 or 件; may be empty.
    pub unit: String,
    /// The members.
    pub rows: Vec<BoardRow>,
    /// The most rows drawn one by one; what is left stands as a single row below. 0 draws all.
    pub most: usize,
    /// What the length of a bar means.
    pub scale: BoardScale,
}

/// One member. Amounts in steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BoardRow {
    /// The member's name; a long one is shortened and keeps the whole as its title.
    pub name: String,
    /// The place in the ranking, where there is one.
    pub rank: Option<u32>,
    /// What was sold.
    pub actual: i64,
    /// The target; none, zero and less are drawn without a tick, and without a percentage.
    pub target: Option<i64>,
    /// What was expected by now.
    pub expected: Option<i64>,
    /// The status as a shape and a word.
    pub badge: Option<Badge>,
}

/// What the length of a bar means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BoardScale {
    /// Amounts: all bars on one scale, so that large members have long bars.
    #[default]
    Amount,
    /// Shares of the own target: all targets stand below each other.
    OfTarget,
}

impl Default for Board {
    fn default() -> Self {
        Board {
            title: String::new(),
            step: Step::cent(),
            unit: String::new(),
            rows: Vec::new(),
            most: 20,
            scale: BoardScale::default(),
        }
    }
}

/// A row as it is drawn; the rest of a long board is one too.
struct Line {
    rank: String,
    name: String,
    actual: i128,
    target: Option<i128>,
    expected: Option<i128>,
    badge: Option<Badge>,
    is_rest: bool,
}

/// Draws the board: rank, name, the actual as a bar with a solid tick for the target and a dashed
/// one for what was expected by now, the amounts where there is room, attainment, status.
///
/// ```
/// use fenjie_chart::{Badge, Board, BoardRow, Look, Shape, Tone, board};
/// let ahead = Badge { shape: Shape::Up, tone: Tone::Good, word: "领先".into() };
/// let stores = Board {
///     title: "门店排行".into(),
///     rows: vec![BoardRow {
///         name: "南京新街口店".into(),
///         rank: Some(1),
///         actual: 72_900,
///         target: Some(100_000),
///         expected: Some(63_300),
///         badge: Some(ahead),
///     }],
///     ..Board::default()
/// };
/// let svg = board(&stores, &Look::default());
/// assert!(svg.text().contains("72.9%") && svg.text().contains("领先"));
/// ```
pub fn board(chart: &Board, look: &Look) -> Svg {
    let mut canvas = Canvas::new(look);
    let lines = chart.lines(look);
    let amounts = Amounts::new(chart.step, look, largest(&lines));
    let unit = amounts.unit(&chart.unit);
    let subtitle = [chart.counted(look), chart.unit_line(look, &unit)];
    let top = canvas.heading(&chart.title, &subtitle);
    if lines.is_empty() {
        return nothing(canvas, look, top, &chart.title);
    }
    let marks = samples(&canvas, look);
    let top = legend(&mut canvas, top, &marks);
    let columns = Columns::new(&canvas, look, &lines, &amounts);
    let top = columns.headings(&mut canvas, look, top);
    let scale = Scale::new(chart.scale, &lines, columns.bar(0.0));
    for (at, line) in lines.iter().enumerate() {
        let top = top + at as f64 * ROW;
        canvas.begin(if line.is_rest { "rest" } else { "row" });
        scale.bullet(&mut canvas, line, columns.bar(top), &amounts, look);
        columns.texts(&mut canvas, look, line, top, &amounts);
        canvas.end();
    }
    let height = top + lines.len() as f64 * ROW + 12.0;
    canvas.finish(height, &chart.title, &description(&lines, look))
}

fn largest(lines: &[Line]) -> impl Iterator<Item = i128> {
    let own = lines.iter().filter(|line| !line.is_rest);
    own.flat_map(|line| [Some(line.actual), line.target].into_iter().flatten())
}

fn samples(canvas: &Canvas, look: &Look) -> [(Sample, &'static str); 3] {
    let palette = canvas.palette;
    [
        (
            Sample::Box(palette.accent, 1.0),
            look.pick("实绩", "Actual"),
        ),
        (
            Sample::Tick(palette.ink, 2.0, None),
            look.pick("目标", "Target"),
        ),
        (
            Sample::Tick(palette.ink, 1.5, Some(DASHES)),
            look.pick("应完成", "Expected by now"),
        ),
    ]
}

impl Board {
    fn lines(&self, look: &Look) -> Vec<Line> {
        let shown = match self.most {
            0 => self.rows.len(),
            // A rest of one is no shorter than the row itself.
            most if self.rows.len() == most + 1 => most + 1,
            most => most.min(self.rows.len()),
        };
        let (shown, rest) = self.rows.split_at(shown);
        let mut lines: Vec<Line> = shown
            .iter()
            .map(|row| Line {
                rank: row.rank.map_or(String::new(), |rank| rank.to_string()),
                name: row.name.clone(),
                actual: i128::from(row.actual),
                target: row.target.map(i128::from).filter(|&target| target > 0),
                expected: row.expected.map(i128::from),
                badge: row.badge.clone(),
                is_rest: false,
            })
            .collect();
        if !rest.is_empty() {
            lines.push(rest_of(rest, look));
        }
        lines
    }

    fn counted(&self, look: &Look) -> String {
        let count = self.rows.len();
        match look.lang {
            _ if self.most == 0 || count <= self.most + 1 => String::new(),
            fenjie_message::Lang::Zh => format!("共 {count} 个，列出前 {} 个", self.most),
            fenjie_message::Lang::En => format!("first {} of {count}", self.most),
        }
    }

    fn unit_line(&self, look: &Look, unit: &str) -> String {
        if unit.is_empty() {
            return String::new();
        }
        format!("{}{unit}", look.pick("单位：", "in "))
    }
}

fn rest_of(rest: &[BoardRow], look: &Look) -> Line {
    let sum = |amount: fn(&BoardRow) -> Option<i64>| -> Option<i128> {
        let mut amounts = rest.iter().filter_map(amount).map(i128::from).peekable();
        amounts.peek()?;
        Some(amounts.sum())
    };
    Line {
        rank: String::new(),
        name: match look.lang {
            fenjie_message::Lang::Zh => format!("其余 {} 个", rest.len()),
            fenjie_message::Lang::En => format!("{} others", rest.len()),
        },
        actual: sum(|row| Some(row.actual)).unwrap_or(0),
        target: sum(|row| row.target.filter(|&target| target > 0)),
        expected: sum(|row| row.expected),
        badge: None,
        is_rest: true,
    }
}

fn description(lines: &[Line], look: &Look) -> String {
    let one = |line: &Line| {
        let reached = line
            .target
            .and_then(|target| attainment(line.actual, target));
        let reached = reached.unwrap_or_else(|| look.pick("无目标", "no target").to_owned());
        let word = line.badge.as_ref().map_or("", |badge| &badge.word);
        format!("{} {reached} {word}", crate::text_width::whole(&line.name))
            .trim_end()
            .to_owned()
    };
    let lines: Vec<String> = lines.iter().map(one).collect();
    lines.join(look.pick("；", "; "))
}

/// Places of amounts on the bars.
struct Scale {
    kind: BoardScale,
    /// The values at both ends; zero lies between them or on one.
    least: f64,
    most: f64,
    width: f64,
}

impl Scale {
    fn new(kind: BoardScale, lines: &[Line], bar: Area) -> Self {
        let (mut least, mut most) = (0.0f64, 0.0f64);
        for line in lines.iter().filter(|line| kind.draws(line)) {
            let values = [Some(line.actual), line.target, line.expected];
            for value in values.into_iter().flatten() {
                let value = kind.value(line, value);
                least = least.min(value);
                most = most.max(value);
            }
        }
        if kind == BoardScale::OfTarget {
            // One that sold ten times its target must not press all others together.
            (least, most) = (least.max(-0.5), most.clamp(1.0, 1.6));
        }
        Scale {
            kind,
            least,
            most: if most > least { most } else { least + 1.0 },
            width: bar.width,
        }
    }

    fn x(&self, bar: Area, value: f64) -> f64 {
        let value = value.clamp(self.least, self.most);
        bar.left + (value - self.least) / (self.most - self.least) * self.width
    }

    fn bullet(&self, canvas: &mut Canvas, line: &Line, bar: Area, amounts: &Amounts, look: &Look) {
        let palette = canvas.palette;
        if !self.kind.draws(line) {
            return;
        }
        canvas.add(Element::area(bar).fill(palette.track).at("rx", 2.0));
        let value = self.kind.value(line, line.actual);
        let (zero, end) = (self.x(bar, 0.0), self.x(bar, value));
        let (left, width) = (zero.min(end), (end - zero).abs());
        let inner = Area {
            left,
            top: bar.top + 4.0,
            width,
            height: bar.height - 8.0,
        };
        let color = if line.actual < 0 {
            palette.down
        } else {
            palette.accent
        };
        let filled = Element::area(inner).fill(color).at("rx", 1.5);
        canvas.add_titled(
            filled.word("class", "actual"),
            &pointed(line, amounts, look),
        );
        if self.least < 0.0 {
            let upright = Element::line(zero, bar.top, zero, bar.bottom());
            canvas.add(upright.stroke(palette.axis, 1.0).word("class", "zero"));
        }
        if value > self.most {
            // The bar goes on where the scale ends.
            let (x, y) = (end - 5.0, bar.top + bar.height / 2.0);
            let mark = [(x - 3.0, y - 3.5), (x, y), (x - 3.0, y + 3.5)];
            let mark = Element::path(&mark, false).word("fill", "none");
            canvas.add(mark.stroke(palette.surface, 1.5).word("class", "beyond"));
        }
        if let Some(expected) = line.expected.filter(|_| line.target.is_some()) {
            let x = self.x(bar, self.kind.value(line, expected));
            let upright = Element::line(x, bar.top - 2.0, x, bar.bottom() + 2.0);
            let upright = upright.stroke(palette.ink, 1.5).word("class", "expected");
            canvas.add(halo(x, bar, palette));
            canvas.add(dashed(upright, Some(DASHES)));
        }
        if let Some(target) = line.target {
            let x = self.x(bar, self.kind.value(line, target));
            let upright = Element::line(x, bar.top - 1.0, x, bar.bottom() + 1.0);
            canvas.add(halo(x, bar, palette));
            canvas.add(upright.stroke(palette.ink, 2.0).word("class", "target"));
        }
    }
}

impl BoardScale {
    /// Whether the line has a bar on this scale.
    fn draws(self, line: &Line) -> bool {
        match self {
            BoardScale::Amount => !line.is_rest,
            BoardScale::OfTarget => line.target.is_some(),
        }
    }

    fn value(self, line: &Line, amount: i128) -> f64 {
        match (self, line.target) {
            (BoardScale::OfTarget, Some(target)) => amount as f64 / target as f64,
            _ => amount as f64,
        }
    }
}

/// A tick keeps clear of the bar that it crosses.
fn halo(x: f64, bar: Area, palette: &Palette) -> Element {
    let line = Element::line(x, bar.top + 3.0, x, bar.bottom() - 3.0);
    line.stroke(palette.surface, 3.5)
}

/// What a bar says when one points at it, to the cent.
fn pointed(line: &Line, amounts: &Amounts, look: &Look) -> String {
    let mut text = format!(
        "{} · {} {}",
        crate::text_width::whole(&line.name),
        look.pick("实绩", "actual"),
        amounts.exact(line.actual)
    );
    for (word, amount) in [
        (look.pick("目标", "target"), line.target),
        (look.pick("应完成", "expected"), line.expected),
    ] {
        if let Some(amount) = amount {
            text += &format!(" · {word} {}", amounts.exact(amount));
        }
    }
    text
}

#[cfg(test)]
mod tests;
