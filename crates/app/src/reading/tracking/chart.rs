//! Pictures of where the part of a plan stands that somebody sees (rule R3), as SVG and PNG. Must not
//! know HTTP.

use std::sync::Arc;

pub use fenjie_chart::Theme;
use fenjie_chart::{Look, Svg};
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_store::PlanId;
use fenjie_track::heat_calendar;

use super::{Ground, Made, TrackAsked, ground};
use crate::exports::Form;
use crate::pictures::{Picture, SCALE};
use crate::{Actor, App, AppError};

/// The widest picture of pixels; what is drawn has twice as many.
const WIDEST_PNG: u32 = 2000;

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartKind {
    /// Actual against the plan's line, day by day.
    BurnUp,
    /// A bullet for each member.
    Board,
    /// A square for each day.
    HeatCalendar,
    /// From what was due to what was sold.
    Bridge,
    /// Shares of the sources of business.
    Composition,
}

impl ChartKind {
    /// All of them.
    pub const ALL: [ChartKind; 5] = [
        ChartKind::BurnUp,
        ChartKind::Board,
        ChartKind::HeatCalendar,
        ChartKind::Bridge,
        ChartKind::Composition,
    ];

    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            ChartKind::BurnUp => "burn_up",
            ChartKind::Board => "board",
            ChartKind::HeatCalendar => "heat_calendar",
            ChartKind::Bridge => "bridge",
            ChartKind::Composition => "composition",
        }
    }

    /// The kind of a stable name.
    pub fn parse(code: &str) -> Option<ChartKind> {
        ChartKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    fn name(self, lang: Lang) -> &'static str {
        match self {
            ChartKind::BurnUp => lang.pick("燃起图", "burn-up"),
            ChartKind::Board => lang.pick("进度榜", "standings"),
            ChartKind::HeatCalendar => lang.pick("日完成率", "attainment by day"),
            ChartKind::Bridge => lang.pick("差额分解", "gap bridge"),
            ChartKind::Composition => lang.pick("业绩构成", "composition"),
        }
    }
}

/// Which picture.
#[derive(Clone, Debug)]
pub struct ChartAsked {
    /// What is drawn.
    pub kind: ChartKind,
    /// Of what.
    pub track: TrackAsked,
    /// Light or dark; light where missing.
    pub theme: Option<Theme>,
    /// Width in pixels; 760 where missing.
    pub width: Option<u32>,
    /// The unit of amounts: `one`, `wan`, `yi`; the one that suits where missing.
    pub unit: Option<String>,
}

impl ChartAsked {
    fn look(&self, lang: Lang, form: Form) -> Result<Look, AppError> {
        let usual = Look::default();
        let width = self.width.unwrap_or(usual.width);
        let widest = match form {
            Form::Png => WIDEST_PNG,
            _ => Look::WIDEST,
        };
        if !(Look::NARROWEST..=widest).contains(&width) {
            let narrowest = Look::NARROWEST;
            return Err(AppError::invalid(
                "width",
                "width_out_of_range",
                format!("width 须在 {narrowest} 与 {widest} 之间"),
                format!("width is between {narrowest} and {widest}"),
            ));
        }
        let unit = self.unit.as_deref().map(|unit| match unit {
            "one" | "元" => Ok(DisplayUnit::One),
            "wan" | "万" => Ok(DisplayUnit::Wan),
            "yi" | "亿" => Ok(DisplayUnit::Yi),
            unit => Err(AppError::invalid(
                "unit",
                "unit_unknown",
                format!("没有单位 `{unit}`；可用 one、wan、yi"),
                format!("there is no unit `{unit}`; say one, wan or yi"),
            )),
        });
        Ok(Look {
            lang,
            theme: self.theme.unwrap_or(usual.theme),
            width,
            unit: unit.transpose()?,
        })
    }
}

/// Draws where the asker's part stands.
///
/// # Errors
/// `forbidden`, `not_found`, `place_above_reach`, `format_unfit`, `width_out_of_range`, `unit_unknown`,
/// `composition_missing`, `track_no_days`, what is wrong with the question; for PNG `chart_font_missing`.
pub async fn chart(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    asked: ChartAsked,
    form: Form,
) -> Result<Made, AppError> {
    if !matches!(form, Form::Svg | Form::Png) {
        return Err(form.unfit());
    }
    let look = asked.look(actor.lang, form)?;
    let track = asked.track.clone();
    ground(app, actor, plan, &track, move |ground| {
        let svg = ground.drawn(asked.kind, &asked.track, look)?;
        let bytes = match form {
            Form::Png => svg.to_png(SCALE).map_err(AppError::refused)?,
            _ => svg.text().as_bytes().to_vec(),
        };
        let (plan, kind) = (&ground.opened.record.name, asked.kind.name(look.lang));
        let period = ground.period_code();
        Ok(Made {
            name: format!("{plan} {kind} {period}.{}", form.ending()),
            tag: Made::tag_of(&[svg.text(), form.ending()]),
            form,
            bytes,
        })
    })
    .await
}

impl Ground {
    fn drawn(&self, kind: ChartKind, asked: &TrackAsked, look: Look) -> Result<Svg, AppError> {
        let (at, by) = (asked.at.as_deref(), asked.by.as_deref());
        let (plan, measure, period) = (self.plan(), self.measure, self.period);
        let part = |within: &[u32], draw: &dyn Fn(&Picture<'_>) -> Svg| {
            draw(&Picture {
                plan,
                measure,
                period,
                within,
                look,
            })
        };
        Ok(match kind {
            ChartKind::BurnUp => {
                let (members, series) = self.course(at)?;
                part(&members, &|own| own.burn_up(series.clone()))
            }
            ChartKind::Board => {
                let lines = self.lines(at, by)?;
                part(&lines.within, &|own| own.board(&lines.members))
            }
            ChartKind::HeatCalendar => {
                let members = self.members(at)?;
                let actuals = self.results(self.own_depths(&members), &members)?;
                let days = heat_calendar(plan, &actuals, measure, &members, period, self.as_of);
                let days = days.map_err(AppError::refused)?;
                part(&members, &|own| own.heat_calendar(&days))
            }
            ChartKind::Bridge => {
                let taken = self.taken_apart(at, by)?;
                part(&taken.members, &|own| own.bridge(&taken.bridge))
            }
            ChartKind::Composition => {
                let (members, mixes) = self.mixes(at, by)?;
                let mix = mixes.first().ok_or_else(composition_missing)?;
                part(&members, &|own| own.composition(mix))
            }
        })
    }
}

fn composition_missing() -> AppError {
    AppError::invalid(
        "by",
        "composition_missing",
        "这里没有业绩构成：方案没有写明占比的维度，或它在您的数据范围内不完整",
        "there is no composition here: no axis with stated shares, or it is not wholly within your part",
    )
}
