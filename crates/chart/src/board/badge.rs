//! Badges: a status as colour, shape and word. Knows no rows.

use crate::canvas::{Anchor, Area, Canvas, Element, Label, TEXT};
use crate::look::{Pair, Palette};
use crate::text_width::text_width;

/// A status as people see it: a colour never alone, always with a shape and a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// The shape before the word.
    pub shape: Shape,
    /// The colour.
    pub tone: Tone,
    /// The word, such as 领先.
    pub word: String,
}

/// The shape of a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// ●
    Disc,
    /// ▲
    Up,
    /// ◆
    Diamond,
    /// ▼
    Down,
    /// ×
    Cross,
    /// ○
    Ring,
    /// –
    Dash,
}

/// The colour of a status: a traffic light, and grey for what has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Green.
    Good,
    /// Amber.
    Warn,
    /// Red.
    Bad,
    /// Grey.
    Neutral,
}

impl Tone {
    fn pair(self, palette: &'static Palette) -> &'static Pair {
        match self {
            Tone::Good => &palette.good,
            Tone::Warn => &palette.warn,
            Tone::Bad => &palette.bad,
            Tone::Neutral => &palette.neutral,
        }
    }
}

/// Draws a badge from a place on, as wide as it is told.
pub(super) fn draw_badge(canvas: &mut Canvas, badge: &Badge, left: f64, middle: f64, width: f64) {
    let pair = badge.tone.pair(canvas.palette);
    let ground = Area {
        left,
        top: middle - 9.0,
        width,
        height: 18.0,
    };
    canvas.add(Element::area(ground).fill(pair.ground).at("rx", 3.0));
    shape(canvas, badge.shape, left + 10.0, middle, pair.ink);
    let label = Label::new(&badge.word, left + 18.0, middle + 4.2, pair.ink);
    canvas.label(label.anchored(Anchor::Start).within(width - 20.0));
}

/// A shape eight pixels wide.
fn shape(canvas: &mut Canvas, shape: Shape, x: f64, y: f64, ink: &str) {
    let filled = |points: &[(f64, f64)]| Element::path(points, true).fill(ink);
    let drawn = |points: &[(f64, f64)]| {
        let line = Element::path(points, false).word("fill", "none");
        line.stroke(ink, 1.8)
    };
    canvas.add(match shape {
        Shape::Up => filled(&[(x - 4.5, y + 3.5), (x, y - 4.0), (x + 4.5, y + 3.5)]),
        Shape::Down => filled(&[(x - 4.5, y - 3.5), (x, y + 4.0), (x + 4.5, y - 3.5)]),
        Shape::Diamond => filled(&[(x, y - 4.8), (x + 4.8, y), (x, y + 4.8), (x - 4.8, y)]),
        Shape::Dash => drawn(&[(x - 4.0, y), (x + 4.0, y)]),
        Shape::Cross => Element::new("path")
            .word("d", &cross(x, y))
            .word("fill", "none")
            .stroke(ink, 1.8),
        Shape::Disc => Element::new("circle")
            .at("cx", x)
            .at("cy", y)
            .at("r", 4.2)
            .fill(ink),
        Shape::Ring => {
            let ring = Element::new("circle").at("cx", x).at("cy", y).at("r", 3.6);
            ring.word("fill", "none").stroke(ink, 1.6)
        }
    });
}

/// Two strokes across.
fn cross(x: f64, y: f64) -> String {
    let (left, right, top, bottom) = (x - 3.4, x + 3.4, y - 3.4, y + 3.4);
    format!("M{left:.2} {top:.2}L{right:.2} {bottom:.2}M{left:.2} {bottom:.2}L{right:.2} {top:.2}")
}

/// The width of a badge.
pub(super) fn badge_width(badge: &Badge) -> f64 {
    text_width(&badge.word, TEXT).min(120.0) + 26.0
}
