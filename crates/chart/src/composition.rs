//! Composition: shares of the whole as they were planned and as they are, one bar above the other.

use fenjie_message::Lang;
use fenjie_money::Step;

use crate::amounts::Amounts;
use crate::burn_up::nothing;
use crate::canvas::{Anchor, Area, Canvas, Element, Label, MARGIN, TEXT};
use crate::percent::{per_mille, tenths};
use crate::text_width::{text_width, whole};
use crate::{Look, Svg};

const BAR: f64 = 26.0;
const ROW: f64 = 24.0;

/// The parts of a whole, each with target and actual.
#[derive(Clone, Debug, PartialEq)]
pub struct Composition {
    /// What stands above the chart.
    pub title: String,
    /// The step of the amounts.
    pub step: Step,
    /// The parts, in order; the ninth and all after it are drawn as one.
    pub parts: Vec<CompositionPart>,
}

/// One part. Amounts in steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompositionPart {
    /// Its name.
    pub name: String,
    /// Its target.
    pub target: i64,
    /// What was sold.
    pub actual: i64,
}

impl Default for Composition {
    fn default() -> Self {
        Composition {
            title: String::new(),
            step: Step::cent(),
            parts: Vec::new(),
        }
    }
}

/// A part as it is drawn.
struct Band {
    name: String,
    amounts: [i128; 2],
    color: &'static str,
}

/// Draws target and actual shares as two stacked bars of the same length, and below them the
/// figures: both shares and their difference in points. Negative parts have no place in a bar and
/// stand in the figures only.
///
/// ```
/// use fenjie_chart::{Composition, CompositionPart, Look, composition};
/// let part = |name: &str, target, actual| CompositionPart { name: name.into(), target, actual };
/// let mix = Composition {
///     parts: vec![part("回访", 600, 450), part("新客", 400, 550)],
///     ..Composition::default()
/// };
/// let svg = composition(&mix, &Look::default());
/// assert!(svg.text().contains("45.0%") && svg.text().contains("-15.0"));
/// ```
pub fn composition(chart: &Composition, look: &Look) -> Svg {
    let mut canvas = Canvas::new(look);
    let bands = chart.bands(look, canvas.palette.parts);
    let subtitle = look.pick(
        "目标占比与实绩占比",
        "Shares of the target and of the actual",
    );
    let top = canvas.heading(&chart.title, &[subtitle.to_owned()]);
    if bands.is_empty() {
        return nothing(canvas, look, top, &chart.title);
    }
    let sides = [look.pick("目标", "Target"), look.pick("实绩", "Actual")];
    let names = sides.map(|side| text_width(side, TEXT));
    let left = MARGIN + names[0].max(names[1]) + 10.0;
    let mut tops = [0.0; 2];
    for (side, name) in sides.into_iter().enumerate() {
        tops[side] = top + side as f64 * (BAR + 14.0);
        let bar = Area {
            left,
            top: tops[side],
            width: canvas.width - MARGIN - left,
            height: BAR,
        };
        let y = bar.top + BAR / 2.0 + 4.2;
        let ink = canvas.palette.ink;
        canvas.label(Label::new(name, left - 10.0, y, ink).anchored(Anchor::End));
        stacked(&mut canvas, chart, &bands, side, bar, look);
    }
    let top = tops[1] + BAR + 14.0;
    let bottom = figures(&mut canvas, &bands, look, top);
    canvas.finish(bottom + 12.0, &chart.title, &description(&bands, look))
}

impl Composition {
    fn bands(&self, look: &Look, colors: &'static [&'static str; 9]) -> Vec<Band> {
        let most = if self.parts.len() == colors.len() {
            colors.len()
        } else {
            colors.len() - 1
        };
        let shown = self.parts.iter().take(most).zip(colors);
        let mut bands: Vec<Band> = shown
            .map(|(part, color)| Band {
                name: part.name.clone(),
                amounts: [part.target, part.actual].map(i128::from),
                color,
            })
            .collect();
        let rest = self.parts.get(most..).unwrap_or(&[]);
        if !rest.is_empty() {
            let sum =
                |of: fn(&CompositionPart) -> i64| rest.iter().map(|p| i128::from(of(p))).sum();
            let name = match look.lang {
                Lang::Zh => format!("其余 {} 项", rest.len()),
                Lang::En => format!("{} others", rest.len()),
            };
            bands.push(Band {
                name,
                amounts: [sum(|part| part.target), sum(|part| part.actual)],
                color: colors[colors.len() - 1],
            });
        }
        bands
    }
}

fn total(bands: &[Band], side: usize) -> i128 {
    bands.iter().map(|band| band.amounts[side]).sum()
}

fn share(bands: &[Band], band: &Band, side: usize) -> Option<i64> {
    per_mille(band.amounts[side], total(bands, side))
}

fn stacked(
    canvas: &mut Canvas,
    chart: &Composition,
    bands: &[Band],
    side: usize,
    bar: Area,
    look: &Look,
) {
    canvas.begin("bar");
    canvas.add(Element::area(bar).fill(canvas.palette.track).at("rx", 2.0));
    let drawn = |band: &Band| band.amounts[side].max(0) as f64;
    let whole_bar: f64 = bands.iter().map(drawn).sum();
    let amounts = Amounts::new(chart.step, look, std::iter::empty());
    let mut left = bar.left;
    for band in bands.iter().filter(|band| drawn(band) > 0.0) {
        let width = bar.width * drawn(band) / whole_bar;
        let area = Area {
            left,
            width: (width - 1.0).max(0.4),
            ..bar
        };
        let share = share(bands, band, side).map(|share| tenths(share) + "%");
        let share = share.unwrap_or_default();
        let pointed = format!(
            "{} · {} · {share}",
            whole(&band.name),
            amounts.exact(band.amounts[side])
        );
        canvas.add_titled(Element::area(area).fill(band.color), &pointed);
        if text_width(&share, TEXT) + 8.0 <= width {
            let ink = canvas.palette.on_parts;
            let middle = left + (width - 1.0) / 2.0;
            let label = Label::new(&share, middle, bar.top + BAR / 2.0 + 4.2, ink);
            canvas.label(label.anchored(Anchor::Middle));
        }
        left += width;
    }
    canvas.end();
}

/// A count of tenths for a column of the table. Where returns nearly cancel sales a share has no
/// bound, and a figure that runs into the next column says less than `>9999`; the picture's
/// description keeps it whole.
fn short(count: i64) -> String {
    match count {
        100_000.. => ">9999".to_owned(),
        ..=-100_000 => "<-9999".to_owned(),
        _ => tenths(count),
    }
}

/// The table below the bars; gives the height below it.
fn figures(canvas: &mut Canvas, bands: &[Band], look: &Look, top: f64) -> f64 {
    let heads = [
        look.pick("目标占比", "Target"),
        look.pick("实绩占比", "Actual"),
        look.pick("相差百分点", "Points"),
    ];
    let palette = canvas.palette;
    let right = (canvas.width - MARGIN).min(620.0);
    let ends = [right - 172.0, right - 92.0, right];
    let mut y = top + TEXT;
    for (head, end) in heads.into_iter().zip(ends) {
        canvas.label(Label::new(head, end, y, palette.muted).anchored(Anchor::End));
    }
    y += 7.0;
    canvas.add(Element::line(MARGIN, y, right, y).stroke(palette.grid, 1.0));
    for band in bands {
        y += ROW;
        let swatch = Area {
            left: MARGIN,
            top: y - 14.0,
            width: 12.0,
            height: 12.0,
        };
        canvas.add(Element::area(swatch).fill(band.color).at("rx", 2.0));
        let room = ends[0] - 60.0 - MARGIN - 20.0;
        let name = Label::new(&band.name, MARGIN + 20.0, y - 4.0, palette.ink);
        canvas.label(name.within(room));
        let shares = [0, 1].map(|side| share(bands, band, side));
        let percent = |share: Option<i64>| share.map_or("–".to_owned(), |at| short(at) + "%");
        let difference = match shares {
            [Some(target), Some(actual)] => {
                let points = actual.saturating_sub(target);
                let sign = if points > 0 { "+" } else { "" };
                format!("{sign}{}", short(points))
            }
            _ => "–".to_owned(),
        };
        let texts = [percent(shares[0]), percent(shares[1]), difference];
        let inks = [palette.muted, palette.ink, palette.ink];
        for ((text, end), ink) in texts.iter().zip(ends).zip(inks) {
            canvas.label(Label::new(text, end, y - 4.0, ink).anchored(Anchor::End));
        }
    }
    y
}

fn description(bands: &[Band], look: &Look) -> String {
    let percent = |share: Option<i64>| share.map_or("–".to_owned(), |at| tenths(at) + "%");
    let parts: Vec<String> = bands
        .iter()
        .map(|band| {
            let [target, actual] = [0, 1].map(|side| percent(share(bands, band, side)));
            let name = whole(&band.name);
            match look.lang {
                Lang::Zh => format!("{name} 实绩 {actual}，目标 {target}"),
                Lang::En => format!("{name} {actual} of the actual, {target} of the target"),
            }
        })
        .collect();
    parts.join(look.pick("；", "; "))
}

#[cfg(test)]
mod tests;
