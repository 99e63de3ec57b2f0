//! The line that says what marks mean. Knows samples, no chart.

use crate::canvas::{Area, Canvas, Element, Label, MARGIN, TEXT};
use crate::text_width::text_width;

/// The room of a sample.
const SAMPLE: f64 = 18.0;
const APART: f64 = 16.0;

/// What a mark looks like.
pub(crate) enum Sample {
    /// A line: colour, width, dashes.
    Line(&'static str, f64, Option<&'static str>),
    /// An upright tick, dashed or not.
    Tick(&'static str, f64, Option<&'static str>),
    /// A filled box: colour and opacity.
    Box(&'static str, f64),
}

/// Draws entries from the left, on as many rows as they need; gives the height below them.
pub(crate) fn legend(canvas: &mut Canvas, top: f64, entries: &[(Sample, &str)]) -> f64 {
    let ink = canvas.palette.muted;
    let mut x = MARGIN;
    let mut y = top + TEXT;
    canvas.begin("legend");
    for (sample, text) in entries {
        let width = SAMPLE + 5.0 + text_width(text, TEXT);
        if x > MARGIN && x + width > canvas.width - MARGIN {
            x = MARGIN;
            y += TEXT + 6.0;
        }
        draw(canvas, sample, x, y - 4.0);
        let room = canvas.width - MARGIN - x - SAMPLE;
        canvas.label(Label::new(text, x + SAMPLE + 5.0, y, ink).within(room));
        x += width + APART;
    }
    canvas.end();
    y + 10.0
}

fn draw(canvas: &mut Canvas, sample: &Sample, x: f64, middle: f64) {
    let element = match *sample {
        Sample::Line(color, width, dashes) => {
            let line = Element::line(x, middle, x + SAMPLE, middle).stroke(color, width);
            dashed(line, dashes)
        }
        Sample::Tick(color, width, dashes) => {
            let at = x + SAMPLE / 2.0;
            dashed(
                Element::line(at, middle - 6.0, at, middle + 6.0).stroke(color, width),
                dashes,
            )
        }
        Sample::Box(color, opacity) => Element::area(Area {
            left: x,
            top: middle - 4.0,
            width: SAMPLE,
            height: 8.0,
        })
        .fill(color)
        .at("fill-opacity", opacity),
    };
    canvas.add(element);
}

/// The element with dashes, if there are any.
pub(crate) fn dashed(element: Element, dashes: Option<&str>) -> Element {
    match dashes {
        Some(dashes) => element.word("stroke-dasharray", dashes),
        None => element,
    }
}
