//! A finished picture. Holds its text and where its labels stand; draws nothing.

/// A chart as SVG: one `svg` element with `role="img"`, a title and a description, no scripts, no
/// styles, no links.
#[derive(Clone, Debug, PartialEq)]
pub struct Svg {
    pub(crate) text: String,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Where each label stands, for tests of the layout.
    pub(crate) labels: Vec<LabelBox>,
}

/// The estimated place of a label.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LabelBox {
    pub(crate) text: String,
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
}

impl Svg {
    /// The SVG as text, ready for a file or a page.
    ///
    /// ```
    /// use fenjie_chart::{Board, Look, board};
    /// let svg = board(&Board::default(), &Look::default());
    /// assert!(svg.text().contains("role=\"img\""));
    /// ```
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Width in pixels.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> f64 {
        self.height
    }
}
