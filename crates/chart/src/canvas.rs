//! A small composer of SVG: elements, labels, and the frame of a chart. Knows no chart.

use fenjie_message::Lang;

use crate::Svg;
use crate::escape::escape_into;
use crate::look::{Look, Palette};
use crate::svg::LabelBox;
use crate::text_width::{shorten, text_width, whole};

/// The fonts asked for, in order; PNG takes the first that this machine has.
const FONTS: &str = "Inter, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, \
    Source Han Sans SC, WenQuanYi Micro Hei, Segoe UI, Helvetica Neue, Arial, DejaVu Sans, \
    sans-serif";

/// Size of texts in pixels.
pub(crate) const TEXT: f64 = 12.0;
/// Size of a chart's title.
pub(crate) const TITLE: f64 = 14.0;
/// Room around everything.
pub(crate) const MARGIN: f64 = 16.0;

/// Where a label is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Area {
    pub(crate) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.top + self.height
    }
}

/// A text to be drawn.
pub(crate) struct Label<'a> {
    pub(crate) text: &'a str,
    pub(crate) x: f64,
    /// The base line.
    pub(crate) y: f64,
    pub(crate) size: f64,
    pub(crate) anchor: Anchor,
    pub(crate) ink: &'a str,
    pub(crate) bold: bool,
    /// Whether lines behind it keep clear of it.
    pub(crate) clear: bool,
    /// The room it has; a longer text is shortened and carries the whole as its title.
    pub(crate) room: f64,
}

impl<'a> Label<'a> {
    pub(crate) fn new(text: &'a str, x: f64, y: f64, ink: &'a str) -> Self {
        Label {
            text,
            x,
            y,
            size: TEXT,
            anchor: Anchor::Start,
            ink,
            bold: false,
            clear: false,
            room: f64::INFINITY,
        }
    }

    pub(crate) fn anchored(mut self, anchor: Anchor) -> Self {
        self.anchor = anchor;
        self
    }

    pub(crate) fn sized(mut self, size: f64) -> Self {
        self.size = size;
        self
    }

    pub(crate) fn bold(mut self) -> Self {
        self.bold = true;
        self
    }

    pub(crate) fn clear(mut self) -> Self {
        self.clear = true;
        self
    }

    pub(crate) fn within(mut self, room: f64) -> Self {
        self.room = room;
        self
    }
}

/// One element being written.
pub(crate) struct Element {
    name: &'static str,
    text: String,
}

impl Element {
    pub(crate) fn new(name: &'static str) -> Self {
        Element {
            name,
            text: format!("<{name}"),
        }
    }

    pub(crate) fn area(area: Area) -> Self {
        Element::new("rect")
            .at("x", area.left)
            .at("y", area.top)
            .at("width", area.width.max(0.0))
            .at("height", area.height.max(0.0))
    }

    pub(crate) fn line(x1: f64, y1: f64, x2: f64, y2: f64) -> Self {
        Element::new("line")
            .at("x1", x1)
            .at("y1", y1)
            .at("x2", x2)
            .at("y2", y2)
    }

    /// A path through points; closed when it is an area.
    pub(crate) fn path(points: &[(f64, f64)], closed: bool) -> Self {
        let mut way = String::new();
        for (at, (x, y)) in points.iter().enumerate() {
            way.push_str(if at == 0 { "M" } else { "L" });
            way.push_str(&pixels(*x));
            way.push(' ');
            way.push_str(&pixels(*y));
        }
        if closed {
            way.push('Z');
        }
        Element::new("path").word("d", &way)
    }

    pub(crate) fn at(self, name: &str, value: f64) -> Self {
        let value = pixels(value);
        self.word(name, &value)
    }

    pub(crate) fn word(mut self, name: &str, value: &str) -> Self {
        self.text.push(' ');
        self.text.push_str(name);
        self.text.push_str("=\"");
        escape_into(value, &mut self.text);
        self.text.push('"');
        self
    }

    pub(crate) fn fill(self, color: &str) -> Self {
        self.word("fill", color)
    }

    pub(crate) fn stroke(self, color: &str, width: f64) -> Self {
        self.word("stroke", color).at("stroke-width", width)
    }
}

/// A coordinate with at most two decimals.
fn pixels(value: f64) -> String {
    let value = if value.is_finite() { value } else { 0.0 };
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0" } else { text }.to_owned()
}

/// A chart being drawn.
pub(crate) struct Canvas {
    body: String,
    labels: Vec<LabelBox>,
    /// The width of the whole picture.
    pub(crate) width: f64,
    pub(crate) palette: &'static Palette,
    lang: Lang,
}

impl Canvas {
    pub(crate) fn new(look: &Look) -> Self {
        Canvas {
            body: String::new(),
            labels: Vec::new(),
            width: look.pixels(),
            palette: look.palette(),
            lang: look.lang,
        }
    }

    pub(crate) fn add(&mut self, element: Element) {
        self.body.push_str(&element.text);
        self.body.push_str("/>\n");
    }

    /// An element that says its text when one points at it.
    pub(crate) fn add_titled(&mut self, element: Element, title: &str) {
        self.body.push_str(&element.text);
        self.body.push_str("><title>");
        escape_into(&whole(title), &mut self.body);
        self.body.push_str("</title></");
        self.body.push_str(element.name);
        self.body.push_str(">\n");
    }

    /// Begins a group; every group is ended by [`Canvas::end`].
    pub(crate) fn begin(&mut self, group: &str) {
        self.body.push_str("<g class=\"");
        escape_into(group, &mut self.body);
        self.body.push_str("\">\n");
    }

    pub(crate) fn end(&mut self) {
        self.body.push_str("</g>\n");
    }

    /// Draws a text, shortened to its room, and gives the width it takes.
    pub(crate) fn label(&mut self, label: Label<'_>) -> f64 {
        let shown = shorten(label.text, label.size, label.room);
        if shown.is_empty() {
            return 0.0;
        }
        let anchor = match label.anchor {
            Anchor::Start => None,
            Anchor::Middle => Some("middle"),
            Anchor::End => Some("end"),
        };
        let mut element = Element::new("text").at("x", label.x).at("y", label.y);
        if let Some(anchor) = anchor {
            element = element.word("text-anchor", anchor);
        }
        if (label.size - TEXT).abs() > 0.01 {
            element = element.at("font-size", label.size);
        }
        if label.bold {
            element = element.word("font-weight", "600");
        }
        if label.clear {
            let outline = element.stroke(self.palette.surface, 3.0);
            element = outline.word("paint-order", "stroke");
        }
        self.body.push_str(&element.fill(label.ink).text);
        self.body.push('>');
        if shown != label.text {
            self.body.push_str("<title>");
            escape_into(&whole(label.text), &mut self.body);
            self.body.push_str("</title>");
        }
        escape_into(&shown, &mut self.body);
        self.body.push_str("</text>\n");
        self.note(&label, shown)
    }

    fn note(&mut self, label: &Label<'_>, text: String) -> f64 {
        let width = text_width(&text, label.size);
        let left = match label.anchor {
            Anchor::Start => label.x,
            Anchor::Middle => label.x - width / 2.0,
            Anchor::End => label.x - width,
        };
        self.labels.push(LabelBox {
            text,
            left,
            right: left + width,
            top: label.y - label.size * 0.85,
            bottom: label.y + label.size * 0.2,
        });
        width
    }

    /// Title and subtitle; gives the height at which the rest begins.
    pub(crate) fn heading(&mut self, title: &str, subtitle: &[String]) -> f64 {
        let room = self.width - 2.0 * MARGIN;
        let palette = self.palette;
        let mut y = MARGIN;
        if !title.is_empty() {
            y += TITLE;
            let label = Label::new(title, MARGIN, y, palette.ink);
            self.label(label.sized(TITLE).bold().within(room));
            y += 6.0;
        }
        // Parts of the subtitle stand on one line as long as they fit.
        for line in lines(subtitle, room) {
            y += TEXT + 3.0;
            self.label(Label::new(&line, MARGIN, y, palette.muted).within(room));
        }
        y + 12.0
    }

    /// The finished picture.
    pub(crate) fn finish(self, height: f64, title: &str, description: &str) -> Svg {
        let height = height.ceil();
        let lang = match self.lang {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        };
        let (wide, high) = (pixels(self.width), pixels(height));
        let mut root = Element::new("svg")
            .word("xmlns", "http://www.w3.org/2000/svg")
            .word("width", &wide)
            .word("height", &high)
            .word("viewBox", &format!("0 0 {wide} {high}"))
            .word("role", "img")
            .word("aria-label", &whole(title))
            .word("xml:lang", lang)
            .word("font-family", FONTS)
            .at("font-size", TEXT)
            .word("font-variant", "tabular-nums")
            .text;
        root.push_str(">\n<title>");
        escape_into(&whole(title), &mut root);
        root.push_str("</title>\n<desc>");
        escape_into(description, &mut root);
        root.push_str("</desc>\n");
        let ground = Element::new("rect")
            .at("width", self.width)
            .at("height", height);
        root.push_str(&ground.fill(self.palette.surface).text);
        root.push_str("/>\n");
        root.push_str(&self.body);
        root.push_str("</svg>\n");
        Svg {
            text: root,
            width: self.width,
            height,
            labels: self.labels,
        }
    }
}

/// Parts joined into as few lines as the room allows.
fn lines(parts: &[String], room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if let Some(line) = lines.last_mut() {
            let joined = format!("{line} · {part}");
            if text_width(&joined, TEXT) <= room {
                *line = joined;
                continue;
            }
        }
        lines.push(part.clone());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_have_two_decimals_at_most() {
        assert_eq!(pixels(12.0), "12");
        assert_eq!(pixels(12.345), "12.35");
        assert_eq!(pixels(-0.001), "0");
        assert_eq!(pixels(f64::NAN), "0");
    }

    #[test]
    fn a_subtitle_wraps_between_its_parts() {
        let parts = ["实绩 575.8万", "应完成 660.1万", ""].map(String::from);
        assert_eq!(lines(&parts, 400.0), ["实绩 575.8万 · 应完成 660.1万"]);
        assert_eq!(lines(&parts, 100.0), ["实绩 575.8万", "应完成 660.1万"]);
    }
}
