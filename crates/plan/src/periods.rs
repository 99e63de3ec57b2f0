//! The time axis: periods as a tree, day weights summed over each of them. Knows no members.

use fenjie_calendar::{Date, DateRange, Level, PeriodTree};
use fenjie_message::Message;
use rustc_hash::FxHashMap;

use crate::definition::{Definition, TIME};
use crate::error::PlanError;
use crate::model::Axis;
use crate::tree::{MemberRow, Tree};

/// A node of the time axis.
#[derive(Clone, Debug)]
pub(crate) struct PeriodNode {
    pub(crate) level: Option<Level>,
    pub(crate) range: DateRange,
    pub(crate) slot: Option<u8>,
    /// What English readers call it.
    pub(crate) label_en: String,
}

/// Day weights summed over every period, for one calendar.
#[derive(Clone, Debug)]
pub(crate) struct DayTable {
    /// Weights of the days before each day of the plan, running.
    pub(crate) running: Vec<u64>,
    /// The weight of each node of the time axis; of a slot, its share.
    pub(crate) nodes: Vec<u64>,
}

/// The time axis; several years stand under one node for the whole period.
pub(crate) fn time_axis(definition: &Definition) -> Result<Axis, PlanError> {
    let periods: PeriodTree = definition
        .calendar
        .tree(definition.period, &definition.time_levels)
        .map_err(|error| calendar_error(&error))?;
    let roots = periods
        .parent
        .iter()
        .filter(|parent| **parent == u32::MAX)
        .count();
    let mut rows = Vec::with_capacity(periods.nodes.len() + 1);
    let mut nodes = Vec::with_capacity(periods.nodes.len() + 1);
    let whole = definition.period.to_string();
    if roots > 1 {
        rows.push(MemberRow {
            code: whole.clone(),
            name: whole.clone(),
            ..<_>::default()
        });
        nodes.push(PeriodNode {
            level: None,
            range: definition.period,
            slot: None,
            label_en: whole.clone(),
        });
    }
    for (at, period) in periods.nodes.iter().enumerate() {
        let parent = match periods.parent[at] {
            u32::MAX => (roots > 1).then(|| whole.clone()),
            parent => Some(periods.nodes[parent as usize].key.clone()),
        };
        rows.push(MemberRow {
            code: period.key.clone(),
            name: period.label_zh.clone(),
            parent,
            ..<_>::default()
        });
        nodes.push(PeriodNode {
            level: Some(period.level),
            range: period.range,
            slot: period.slot,
            label_en: period.label_en.clone(),
        });
    }
    let skip = usize::from(roots == 1);
    let levels: Vec<String> = definition
        .time_levels
        .iter()
        .skip(skip)
        .map(|level| level.code().to_owned())
        .collect();
    let tree = Tree::build(TIME, &levels, rows).expect("periods form a tree");
    Ok(Axis {
        code: TIME.into(),
        name: "时间".into(),
        tree,
        composition: false,
        periods: nodes,
        limits: FxHashMap::default(),
    })
}

pub(crate) fn overlap(a: DateRange, b: DateRange) -> DateRange {
    let start = a.start.max(b.start);
    DateRange {
        start,
        end: a.end.min(b.end).max(start),
    }
}

pub(crate) fn between(running: &[u64], start: Date, days: DateRange) -> u64 {
    let at = |date: Date| {
        let day = start.until(date).map_or(0, |span| span.get_days());
        running[usize::try_from(day).unwrap_or(0).min(running.len() - 1)]
    };
    at(days.end).saturating_sub(at(days.start))
}

fn calendar_error(error: &fenjie_calendar::CalendarError) -> PlanError {
    use fenjie_message::Lang;
    PlanError::Calendar {
        code: error.code(),
        zh: error.text(Lang::Zh),
        en: error.text(Lang::En),
    }
}
