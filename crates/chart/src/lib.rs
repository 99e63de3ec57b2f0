//! Charts of plan and progress as SVG and PNG. Draws what it is given; computes no figure that is
//! not a sum, a difference or a percentage of what it was given.
//!
//! Every chart is a plain struct of amounts in steps and a function that draws it with a [`Look`]:
//! language, theme, width and unit. The answer is an [`Svg`]: a text without scripts or styles, and
//! a PNG where the machine has fonts for it.
//!
//! ```
//! use fenjie_chart::{Bridge, Look, bridge};
//! let gap = Bridge {
//!     title: "6 月缺口".into(),
//!     unit: "元".into(),
//!     start: ("目标".into(), 106_800_000),
//!     steps: vec![("华东".into(), -9_000_000), ("华南".into(), 2_000_000)],
//!     end: ("实绩".into(), 99_800_000),
//!     ..Bridge::default()
//! };
//! let svg = bridge(&gap, &Look::default());
//! assert!(svg.text().starts_with("<svg "));
//! assert!(svg.text().contains("-9万"));
//! ```

mod amounts;
mod board;
mod bridge;
mod burn_up;
mod canvas;
#[cfg(test)]
mod check;
mod composition;
mod error;
mod escape;
mod heat_calendar;
mod legend;
mod look;
mod percent;
mod png;
mod svg;
mod text_width;
mod ticks;

pub use board::{Badge, Board, BoardRow, BoardScale, Shape, Tone, board};
pub use bridge::{Bridge, bridge};
pub use burn_up::{BandPoint, BurnUp, burn_up};
pub use composition::{Composition, CompositionPart, composition};
pub use error::ChartError;
pub use heat_calendar::{HeatCalendar, HeatDay, heat_calendar};
pub use look::{Look, Theme};
pub use svg::Svg;
