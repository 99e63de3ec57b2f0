//! Standings as pictures: hands what tracking computed to the charts, for the command line and the
//! server alike. Computes no figure, asks for no right.

use fenjie_chart::{
    Badge, BandPoint, Board, BoardRow, BoardScale, CompositionPart, Look, Shape, Svg, Tone,
};
use fenjie_money::Step;
use fenjie_plan::{Measure, Plan};
use fenjie_track::{
    Bridge, BurnUp, Composition, HeatDay, Line, Standing, Status, UNASSIGNED, members_label,
};

/// Rows of a board, steps of a bridge that are drawn one by one.
const MOST: usize = 30;
/// Pixels of a PNG for each of the drawing.
pub const SCALE: f32 = 2.0;

/// What a picture is about, and how it is to look.
pub struct Picture<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// The measure, by index.
    pub measure: usize,
    /// The period, a node of the time axis.
    pub period: u32,
    /// For each dimension the node inside which is looked.
    pub within: &'p [u32],
    /// How it looks.
    pub look: Look,
}

impl Picture<'_> {
    fn measure(&self) -> &Measure {
        &self.plan.model().definition().measures[self.measure]
    }

    fn step(&self) -> Step {
        self.measure().step
    }

    /// What a picture shows: `2017年3月 · 燃起图 · 销售额 · 华东`.
    fn title(&self, zh: &str, en: &str) -> String {
        let lang = self.look.lang;
        let time = self.plan.model().axes().last();
        let time = time.expect("time is always there");
        let mut parts = vec![
            time.label(self.period, lang).to_owned(),
            lang.pick(zh, en).to_owned(),
            self.measure().name.clone(),
        ];
        if self.within.iter().any(|node| *node != 0) {
            parts.push(members_label(self.plan, self.within, lang));
        }
        parts.join(" · ")
    }

    fn unit(&self) -> String {
        match self.measure().unit.as_str() {
            "CNY" => self.look.lang.pick("元", "CNY").to_owned(),
            unit => unit.to_owned(),
        }
    }

    /// Actual against the plan's line, day by day.
    pub fn burn_up(&self, series: BurnUp) -> Svg {
        let working = match series.working == series.base {
            true => Vec::new(),
            false => series.working,
        };
        // The first point is the day looked from itself, which the drawing has already.
        let later = series.projection.iter();
        let later = later.filter(|point| point.day > series.as_of);
        let chart = fenjie_chart::BurnUp {
            title: self.title("燃起图", "burn-up"),
            step: self.step(),
            unit: self.unit(),
            first: series.days.first().copied().unwrap_or(series.as_of),
            projection: later
                .map(|point| BandPoint {
                    low: point.low,
                    middle: point.middle,
                    high: point.high,
                })
                .collect(),
            plan: series.base,
            working,
            due: Some(series.expected),
            actual: series.actual,
        };
        fenjie_chart::burn_up(&chart, &self.look)
    }

    /// A bullet for each member that stands in the period.
    pub fn board<'s>(&self, standings: impl IntoIterator<Item = &'s Standing>) -> Svg {
        let members = standings.into_iter();
        let rows = members.filter(|one| one.period == self.period && one.line == Line::Member);
        let chart = Board {
            title: self.title("进度榜", "standings"),
            step: self.step(),
            unit: self.unit(),
            rows: rows.map(|one| self.row(one)).collect(),
            most: MOST,
            scale: BoardScale::default(),
        };
        fenjie_chart::board(&chart, &self.look)
    }

    fn row(&self, one: &Standing) -> BoardRow {
        let (shape, tone) = match one.status {
            Status::Reached => (Shape::Disc, Tone::Good),
            Status::Ahead => (Shape::Up, Tone::Good),
            Status::Behind => (Shape::Diamond, Tone::Warn),
            Status::FarBehind => (Shape::Down, Tone::Bad),
            Status::Missed => (Shape::Cross, Tone::Bad),
            Status::NotBegun => (Shape::Ring, Tone::Neutral),
            Status::NoTarget => (Shape::Dash, Tone::Neutral),
        };
        let word = one.status.name(self.look.lang).to_owned();
        BoardRow {
            name: members_label(self.plan, &one.members, self.look.lang),
            rank: one.rank,
            actual: one.actual,
            target: Some(one.target),
            expected: Some(one.expected),
            badge: Some(Badge { shape, tone, word }),
        }
    }

    /// A square for each day.
    pub fn heat_calendar(&self, days: &[HeatDay]) -> Svg {
        let days = days.iter().map(|day| fenjie_chart::HeatDay {
            date: day.day,
            target: day.target,
            actual: day.actual,
        });
        let chart = fenjie_chart::HeatCalendar {
            title: self.title("日完成率", "attainment by day"),
            step: self.step(),
            unit: self.unit(),
            week_start: self.plan.model().definition().calendar.week_starts,
            days: days.collect(),
        };
        fenjie_chart::heat_calendar(&chart, &self.look)
    }

    /// From what was due to what was sold.
    pub fn bridge(&self, bridge: &Bridge) -> Svg {
        let lang = self.look.lang;
        let parts = bridge.parts.iter();
        let chart = fenjie_chart::Bridge {
            title: self.title("差额分解", "gap bridge"),
            step: self.step(),
            unit: self.unit(),
            start: (lang.pick("应完成", "expected").to_owned(), bridge.target),
            steps: parts
                .map(|part| (part.label(self.plan, lang), -part.gap))
                .collect(),
            end: (lang.pick("实绩", "actual").to_owned(), bridge.actual),
            most: MOST,
        };
        fenjie_chart::bridge(&chart, &self.look)
    }

    /// Shares of the sources of business.
    pub fn composition(&self, mix: &Composition) -> Svg {
        let lang = self.look.lang;
        let axis = &self.plan.model().axes()[mix.axis];
        let parts = mix.rows.iter().map(|row| CompositionPart {
            name: match row.node {
                UNASSIGNED => lang.pick("未归属", "unassigned").to_owned(),
                node => axis.label(node, lang).to_owned(),
            },
            target: row.target,
            actual: row.actual,
        });
        let chart = fenjie_chart::Composition {
            title: self.title("业绩构成", "composition"),
            step: self.step(),
            parts: parts.collect(),
        };
        fenjie_chart::composition(&chart, &self.look)
    }
}
