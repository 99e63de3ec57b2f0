//! What a burn-up says: subtitle, labels, description. Knows no places.

use fenjie_message::Lang;
use jiff::ToSpan;

use super::BurnUp;
use super::axis::short_month;
use crate::amounts::Amounts;
use crate::canvas::{Canvas, Label, MARGIN, TEXT};
use crate::look::Palette;
use crate::percent::attainment;
use crate::{Look, Svg};

pub(super) struct Words<'a> {
    pub(super) chart: &'a BurnUp,
    pub(super) amounts: Amounts,
    pub(super) look: &'a Look,
}

impl Words<'_> {
    /// The unit of the axis.
    pub(super) fn unit(&self) -> String {
        self.amounts.unit(&self.chart.unit)
    }

    /// The day it is seen from: `截至 6月19日`.
    pub(super) fn seen(&self) -> String {
        let Ok(days) = i64::try_from(self.chart.sold().len()) else {
            return String::new();
        };
        match self.chart.first.checked_add((days - 1).days()) {
            Err(_) => String::new(),
            Ok(date) => match self.look.lang {
                Lang::Zh => format!("截至 {}月{}日", date.month(), date.day()),
                Lang::En => format!("as of {} {}", date.day(), short_month(date)),
            },
        }
    }

    pub(super) fn subtitle(&self) -> Vec<String> {
        let mut parts = self.figures();
        if !self.wide() {
            let [target, projected, _] = self.ends();
            parts.extend([target, projected]);
        }
        parts
    }

    fn figures(&self) -> Vec<String> {
        let sold = self.chart.sold();
        let Some((&actual, expected)) = sold.last().zip(self.chart.expected()) else {
            return Vec::new();
        };
        let (actual, expected) = (i128::from(actual), i128::from(expected));
        let mut parts = vec![
            format!(
                "{} {}",
                self.look.pick("实绩", "Actual"),
                self.amounts.text(actual)
            ),
            format!(
                "{} {}",
                self.look.pick("应完成", "Expected"),
                self.amounts.text(expected)
            ),
            format!(
                "{} {}",
                self.look.pick("相差", "Difference"),
                self.amounts.signed(actual - expected)
            ),
        ];
        let target = self.chart.target().map(i128::from);
        if let Some(reached) = target.and_then(|target| attainment(actual, target)) {
            parts.push(format!(
                "{} {reached}",
                self.look.pick("完成率", "Attainment")
            ));
        }
        parts
    }

    /// Whether there is room for labels right of the lines; else the subtitle says it.
    pub(super) fn wide(&self) -> bool {
        self.look.pixels() >= 480.0
    }

    /// Target, projection and its band, as they stand at the lines' ends.
    pub(super) fn ends(&self) -> [String; 3] {
        let target = self.chart.target().map_or(String::new(), |target| {
            let target = self.amounts.text(i128::from(target));
            let word = match self.chart.carried() {
                Some(_) => self.look.pick("工作目标", "Working target"),
                None => self.look.pick("目标", "Target"),
            };
            format!("{word} {target}")
        });
        let Some(to) = self.chart.ahead().last() else {
            return [target, String::new(), String::new()];
        };
        let [low, middle, high] =
            [to.low, to.middle, to.high].map(|value| self.amounts.text(i128::from(value)));
        let projected = format!("{} {middle}", self.look.pick("预计", "Projected"));
        [target, projected, format!("{low} – {high}")]
    }

    pub(super) fn projected_ink(&self, palette: &'static Palette) -> &'static str {
        match (self.chart.ahead().last(), self.chart.target()) {
            (Some(to), Some(target)) if to.middle < target => palette.bad.ink,
            _ => palette.good.ink,
        }
    }

    pub(super) fn description(&self) -> String {
        let seen = if self.chart.sold().is_empty() {
            String::new()
        } else {
            self.seen()
        };
        let mut parts = vec![seen];
        parts.extend(self.figures());
        let [target, projected, band] = self.ends();
        parts.push(target);
        if !projected.is_empty() {
            parts.push(match self.look.lang {
                Lang::Zh => format!("{projected}（{band}）"),
                Lang::En => format!("{projected} ({band})"),
            });
        }
        parts.retain(|part| !part.is_empty());
        parts.join(self.look.pick("，", ", "))
    }
}

/// A chart without anything to draw says so.
pub(crate) fn nothing(mut canvas: Canvas, look: &Look, top: f64, title: &str) -> Svg {
    let text = look.pick("暂无可画的数据", "Nothing to draw yet");
    let ink = canvas.palette.muted;
    canvas.label(Label::new(text, MARGIN, top + TEXT + 8.0, ink));
    canvas.finish(top + TEXT + 8.0 + MARGIN, title, text)
}
