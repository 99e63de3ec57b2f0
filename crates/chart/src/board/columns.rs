//! The columns of a board: how wide each is, and the texts in them. Draws no bars.

use super::Line;
use super::badge::{badge_width, draw_badge};
use crate::Look;
use crate::amounts::Amounts;
use crate::canvas::{Anchor, Area, Canvas, Element, Label, MARGIN, TEXT};
use crate::percent::attainment;
use crate::text_width::text_width;

const GAP: f64 = 12.0;
/// The least width of the bars.
const LEAST_BAR: f64 = 72.0;
const BAR_HEIGHT: f64 = 16.0;

/// Where the columns stand.
pub(super) struct Columns {
    rank: f64,
    name: f64,
    name_room: f64,
    bar_left: f64,
    bar_width: f64,
    /// The right ends of actual and target; none on a narrow board.
    amounts: Option<(f64, f64)>,
    attainment: f64,
    badge: f64,
    badge_width: f64,
}

impl Columns {
    pub(super) fn new(canvas: &Canvas, look: &Look, lines: &[Line], amounts: &Amounts) -> Self {
        let widest = |texts: &dyn Fn(&Line) -> String| {
            let widths = lines.iter().map(|line| text_width(&texts(line), TEXT));
            widths.fold(0.0, f64::max)
        };
        let head = |zh, en| text_width(look.pick(zh, en), TEXT);
        let badges = lines.iter().filter_map(|line| line.badge.as_ref());
        let badge_width = badges.map(badge_width).fold(0.0, f64::max);
        let reached = widest(&|line| reached(line, look)).max(head("完成率", "Attainment"));
        let actual = widest(&|line| amounts.column(line.actual)).max(head("实绩", "Actual"));
        let target = widest(&|line| target(line, amounts)).max(head("目标", "Target"));

        let right = canvas.width - MARGIN;
        let badge = right - badge_width;
        let attainment = if badge_width > 0.0 {
            badge - GAP
        } else {
            right
        };
        let rank = MARGIN + widest(&|line| line.rank.clone());
        let name = if rank > MARGIN { rank + 10.0 } else { MARGIN };
        let names = widest(&|line| line.name.clone());
        let free = attainment - reached - GAP - name;
        let wide = free - actual - target - 2.0 * GAP >= 90.0 + 140.0;
        let free = if wide {
            free - actual - target - 2.0 * GAP
        } else {
            free
        };
        let name_room = names
            .min((free - GAP - LEAST_BAR).max(48.0))
            .min(free * 0.5);
        let bar_left = name + name_room + GAP;
        let bar_width = (name + free - bar_left).max(16.0);
        let after = bar_left + bar_width + GAP;
        Columns {
            rank,
            name,
            name_room,
            bar_left,
            bar_width,
            amounts: wide.then_some((after + actual, after + actual + GAP + target)),
            attainment,
            badge,
            badge_width,
        }
    }

    /// The bar of the row that begins at this height.
    pub(super) fn bar(&self, top: f64) -> Area {
        Area {
            left: self.bar_left,
            top: top + (super::ROW - BAR_HEIGHT) / 2.0,
            width: self.bar_width,
            height: BAR_HEIGHT,
        }
    }

    pub(super) fn headings(&self, canvas: &mut Canvas, look: &Look, top: f64) -> f64 {
        let ink = canvas.palette.muted;
        let y = top + TEXT;
        let mut head = |text: &str, x: f64| {
            canvas.label(Label::new(text, x, y, ink).anchored(Anchor::End));
        };
        if let Some((actual, target)) = self.amounts {
            head(look.pick("实绩", "Actual"), actual);
            head(look.pick("目标", "Target"), target);
        }
        head(look.pick("完成率", "Attainment"), self.attainment);
        let line = Element::line(MARGIN, y + 7.0, canvas.width - MARGIN, y + 7.0);
        canvas.add(line.stroke(canvas.palette.grid, 1.0));
        y + 10.0
    }

    pub(super) fn texts(
        &self,
        canvas: &mut Canvas,
        look: &Look,
        line: &Line,
        top: f64,
        amounts: &Amounts,
    ) {
        let palette = canvas.palette;
        let middle = top + super::ROW / 2.0;
        let y = middle + 4.2;
        let rank = Label::new(&line.rank, self.rank, y, palette.muted);
        canvas.label(rank.anchored(Anchor::End));
        let ink = if line.is_rest {
            palette.muted
        } else {
            palette.ink
        };
        canvas.label(Label::new(&line.name, self.name, y, ink).within(self.name_room + 0.5));
        if let Some((actual, wanted)) = self.amounts {
            let text = amounts.column(line.actual);
            canvas.label(Label::new(&text, actual, y, ink).anchored(Anchor::End));
            let text = target(line, amounts);
            canvas.label(Label::new(&text, wanted, y, palette.muted).anchored(Anchor::End));
        }
        let text = reached(line, look);
        let ink = if line.target.is_some() {
            ink
        } else {
            palette.muted
        };
        canvas.label(Label::new(&text, self.attainment, y, ink).anchored(Anchor::End));
        if let Some(badge) = &line.badge {
            draw_badge(canvas, badge, self.badge, middle, self.badge_width);
        }
    }
}

fn reached(line: &Line, look: &Look) -> String {
    let reached = line
        .target
        .and_then(|target| attainment(line.actual, target));
    reached.unwrap_or_else(|| look.pick("无目标", "no target").to_owned())
}

fn target(line: &Line, amounts: &Amounts) -> String {
    line.target
        .map_or_else(|| "–".to_owned(), |target| amounts.column(target))
}
