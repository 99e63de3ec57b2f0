//! Which periods people mean: 2026-W11, 2026-03-06, 2026-03, 上周. Knows no results.

use fenjie_calendar::{Date, DateRange, Level};
use fenjie_message::{Lang, Message};
use fenjie_plan::Plan;

use super::ClosingError;
use super::rule::{periods_at, time};

/// The periods of a level that a text means, in time order.
///
/// # Errors
/// A text that is no period; days that are not whole periods of the level or not in the plan;
/// `last` before any period has ended.
pub fn periods(
    text: &str,
    level: &str,
    plan: &Plan,
    as_of: Date,
) -> Result<Vec<u32>, ClosingError> {
    let axis = time(plan);
    let all = periods_at(plan, level);
    let days_of = |node: &u32| axis.days_of(*node);
    if is_last(text) {
        let wanted = last_level(text, level);
        let ended = |node: &u32| days_of(node).is_some_and(|days| days.end <= as_of);
        let last = periods_at(plan, &wanted).into_iter().rfind(ended);
        let range = last.as_ref().and_then(days_of).ok_or_else(|| {
            let level = wanted.clone();
            ClosingError::Period(NoPeriod::NoneEnded { level, as_of })
        })?;
        return Ok(inside(&all, axis, range));
    }
    let definition = plan.model().definition();
    let found = definition.calendar.find_within(text, definition.period);
    let range = found.map(|period| period.range);
    let range = range.or_else(|error| definition.calendar.range(text).map_err(|_| error))?;
    // A day means the period it lies in.
    if range.days() == 1 {
        let around = |node: &u32| days_of(node).is_some_and(|days| days.contains(range.start));
        let around: Vec<u32> = all.into_iter().filter(around).collect();
        return match around.is_empty() {
            true => Err(outside(text, level, plan)),
            false => Ok(around),
        };
    }
    let inside = inside(&all, axis, range);
    let days: usize = inside
        .iter()
        .filter_map(days_of)
        .map(|days| days.days())
        .sum();
    let plan_days = common(range, definition.period);
    match inside.is_empty() || days != plan_days {
        true => Err(outside(text, level, plan)),
        false => Ok(inside),
    }
}

fn common(range: DateRange, with: DateRange) -> usize {
    let (start, end) = (range.start.max(with.start), range.end.min(with.end));
    match start < end {
        true => DateRange { start, end }.days(),
        false => 0,
    }
}

fn inside(all: &[u32], axis: &fenjie_plan::Axis, range: DateRange) -> Vec<u32> {
    let is_inside = |node: &&u32| {
        let days = axis.days_of(**node);
        days.is_some_and(|days| range.start <= days.start && days.end <= range.end)
    };
    all.iter().filter(is_inside).copied().collect()
}

fn is_last(text: &str) -> bool {
    let words = [
        "last",
        "上周",
        "上一周",
        "上月",
        "上个月",
        "上季",
        "上季度",
        "上期",
        "上一期",
    ];
    words.contains(&text.trim().to_lowercase().as_str())
}

/// 上月 is the last month, whichever level is closed; the other words mean that level.
fn last_level(text: &str, level: &str) -> String {
    let words = [("月", Level::Month), ("季", Level::Quarter)];
    let named = words.iter().find(|(word, _)| text.contains(word));
    named.map_or(level, |(_, level)| level.code()).to_owned()
}

fn outside(text: &str, level: &str, plan: &Plan) -> ClosingError {
    let failure = NoPeriod::NotWhole {
        text: text.to_owned(),
        level: level.to_owned(),
        plan: plan.model().definition().period,
    };
    ClosingError::Period(failure)
}

/// Why a text means no period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPeriod {
    /// None of the level has ended yet.
    NoneEnded {
        /// The level.
        level: String,
        /// Looked at from.
        as_of: Date,
    },
    /// It is no whole period of the plan.
    NotWhole {
        /// What was written.
        text: String,
        /// The level.
        level: String,
        /// The plan's days.
        plan: DateRange,
    },
}

impl Message for NoPeriod {
    fn code(&self) -> &'static str {
        match self {
            NoPeriod::NoneEnded { .. } => "period_none_ended",
            NoPeriod::NotWhole { .. } => "period_not_whole",
        }
    }

    fn text(&self, lang: Lang) -> String {
        let name = |level: &str| {
            let known = Level::parse(level);
            known.map_or_else(
                |_| level.to_owned(),
                |level| level.name(lang).to_lowercase(),
            )
        };
        match (self, lang) {
            (NoPeriod::NoneEnded { level, as_of }, Lang::Zh) => {
                format!("到 {as_of} 为止，方案里还没有结束的{}", name(level))
            }
            (NoPeriod::NoneEnded { level, as_of }, Lang::En) => {
                format!("no {} of the plan has ended by {as_of}", name(level))
            }
            (NoPeriod::NotWhole { text, level, plan }, Lang::Zh) => {
                format!("`{text}` 不是方案（{plan}）里完整的{}", name(level))
            }
            (NoPeriod::NotWhole { text, level, plan }, Lang::En) => {
                format!("`{text}` is no whole {} of the plan ({plan})", name(level))
            }
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        Some(match (self, lang) {
            (NoPeriod::NoneEnded { .. }, Lang::Zh) => "用 `--as-of 日期` 从别的一天看".into(),
            (NoPeriod::NoneEnded { .. }, Lang::En) => {
                "look from another day with `--as-of DATE`".into()
            }
            (NoPeriod::NotWhole { .. }, Lang::Zh) => {
                "可以写 2026-W11、2026-03-06、2026-03、上周；要关别的层级，加 `--level month`"
                    .into()
            }
            (NoPeriod::NotWhole { .. }, Lang::En) => {
                "write 2026-W11, 2026-03-06, 2026-03 or last; `--level month` closes another level"
                    .into()
            }
        })
    }
}
