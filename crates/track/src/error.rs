//! Why tracking refuses. Knows no file.

use fenjie_message::{Lang, Message};

/// Why a standing, a bridge or an alert cannot be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", fenjie_message::english(self))]
pub enum TrackError {
    /// A flow where a level or ratio is needed.
    AFlow {
        /// code of the measure
        measure: String,
    },
    /// A level or ratio where a flow is needed.
    NotAFlow {
        /// code of the measure
        measure: String,
    },
    /// A measure that the actual results do not hold.
    MeasureMissing {
        /// code of the measure
        measure: String,
    },
    /// A grain that the plan's cells do not have.
    NotDecomposed {
        /// the level or place in words
        place: String,
    },
    /// A plan whose time axis does not go down to days.
    NoDays,
    /// A plan whose time axis does not go down to slots.
    NoSlots,
    /// A day outside the plan.
    OutsidePlan {
        /// the day
        day: fenjie_calendar::Date,
    },
    /// Slots whose labels do not say from when to when.
    Calendar(fenjie_calendar::CalendarError),
    /// Something the plan refuses.
    Plan(Box<fenjie_plan::PlanError>),
}

impl From<fenjie_calendar::CalendarError> for TrackError {
    fn from(error: fenjie_calendar::CalendarError) -> Self {
        TrackError::Calendar(error)
    }
}

impl From<fenjie_plan::PlanError> for TrackError {
    fn from(error: fenjie_plan::PlanError) -> Self {
        TrackError::Plan(Box::new(error))
    }
}

impl Message for TrackError {
    fn code(&self) -> &'static str {
        match self {
            TrackError::AFlow { .. } => "track_a_flow",
            TrackError::NotAFlow { .. } => "track_not_a_flow",
            TrackError::MeasureMissing { .. } => "track_measure_missing",
            TrackError::NotDecomposed { .. } => "track_not_decomposed",
            TrackError::NoDays => "track_no_days",
            TrackError::NoSlots => "track_no_slots",
            TrackError::OutsidePlan { .. } => "track_outside_plan",
            TrackError::Calendar(error) => error.code(),
            TrackError::Plan(error) => error.code(),
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (TrackError::AFlow { measure }, Lang::Zh) => {
                format!("指标 `{measure}` 是流量指标，看它的完成率")
            }
            (TrackError::AFlow { measure }, Lang::En) => {
                format!("the measure `{measure}` is a flow: look at its attainment")
            }
            (TrackError::NotAFlow { measure }, Lang::Zh) => {
                format!("指标 `{measure}` 不是流量指标，没有进度可言")
            }
            (TrackError::NotAFlow { measure }, Lang::En) => {
                format!("the measure `{measure}` is no flow, so it has no pace")
            }
            (TrackError::MeasureMissing { measure }, Lang::Zh) => {
                format!("实绩中没有指标 `{measure}`")
            }
            (TrackError::MeasureMissing { measure }, Lang::En) => {
                format!("the actual results hold no measure `{measure}`")
            }
            (TrackError::NotDecomposed { place }, Lang::Zh) => {
                format!("目标没有分解到 `{place}`")
            }
            (TrackError::NotDecomposed { place }, Lang::En) => {
                format!("the target is not decomposed down to `{place}`")
            }
            (TrackError::NoDays, _) => lang
                .pick("方案的时间轴没有到日", "the plan's time axis has no days")
                .into(),
            (TrackError::NoSlots, _) => lang
                .pick("方案的时间轴没有时段", "the plan's time axis has no slots")
                .into(),
            (TrackError::OutsidePlan { day }, Lang::Zh) => format!("{day} 不在方案期间内"),
            (TrackError::OutsidePlan { day }, Lang::En) => {
                format!("{day} lies outside the plan's period")
            }
            (TrackError::Calendar(error), _) => error.text(lang),
            (TrackError::Plan(error), _) => error.text(lang),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let text = match self {
            TrackError::NoDays => lang.pick(
                "在 [calendar] 的 `levels` 里加上 day",
                "add `day` to `levels` in [calendar]",
            ),
            TrackError::NoSlots => lang.pick(
                "在 [calendar] 的 `levels` 里加上 day 与 slot",
                "add `day` and `slot` to `levels` in [calendar]",
            ),
            TrackError::Calendar(error) => return error.hint(lang),
            TrackError::Plan(error) => return error.hint(lang),
            _ => return None,
        };
        Some(text.into())
    }
}
