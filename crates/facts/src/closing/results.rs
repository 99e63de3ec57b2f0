//! The results of periods from the sales: who sold what at the grain of a close, and what is nobody's
//! (rule T3). Knows no targets.

use std::collections::HashSet;

use fenjie_calendar::Date;
use fenjie_plan::{Address, Close, Place, Plan, PlanError};
use fenjie_track::{ActualRequest, Actuals, UNASSIGNED};

use super::ClosingError;
use crate::FactsError;

/// What is closed, and why.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The measure, by index.
    pub measure: usize,
    /// The grain that results are kept at.
    pub of: &'a str,
    /// Nodes of the time axis, in order.
    pub periods: &'a [u32],
    /// The last day whose sales count.
    pub as_of: Date,
}

/// A close of each period with what was sold in it.
///
/// # Errors
/// A grain that the plan does not have; what the sales are refused for.
pub fn closes(
    plan: &Plan,
    add_up: impl Fn(&ActualRequest) -> Result<Actuals, FactsError>,
    wanted: &Wanted<'_>,
) -> Result<Vec<Close>, ClosingError> {
    let model = plan.model();
    let dimensions = model.axes().len() - 1;
    let depths = match wanted.of.is_empty() {
        true => vec![0; dimensions],
        false => plan.grain(wanted.measure, wanted.of)?.depths[..dimensions].to_vec(),
    };
    // What was sold after the last period is none of it.
    let time = super::rule::time(plan);
    let last = wanted
        .periods
        .last()
        .and_then(|period| time.days_of(*period));
    let until = last.map_or(wanted.as_of, |days| wanted.as_of.min(days.last()));
    let request = ActualRequest {
        measures: vec![wanted.measure],
        depths: depths.clone(),
        periods: wanted.periods.to_vec(),
        until,
        within: vec![0; dimensions],
    };
    let actuals = add_up(&request)?;
    let rows: HashSet<Vec<u32>> = members(plan, wanted.measure, wanted.of)?
        .into_iter()
        .collect();
    let width = wanted.periods.len();
    let mut sold: Vec<Vec<(Address, String)>> = vec![Vec::new(); width];
    let mut unassigned = vec![0i64; width];
    let step = plan.step(wanted.measure);
    let values = actuals.values.first().map_or(&[][..], Vec::as_slice);
    for (row, values) in values.chunks(width.max(1)).enumerate() {
        let node = |(axis, depth): (usize, &usize)| match actuals.members[axis][row] {
            UNASSIGNED if *depth == 0 => 0,
            node => node,
        };
        let nodes: Vec<u32> = depths.iter().enumerate().map(node).collect();
        // What is booked above the grain, or on nobody, belongs to no row.
        let is_row = rows.contains(&nodes);
        let mut place = Place(nodes);
        place.0.push(0);
        for (at, value) in values.iter().enumerate().filter(|(_, value)| **value != 0) {
            match is_row {
                true => sold[at].push((model.address(&place), step.format(*value))),
                false => unassigned[at] += value,
            }
        }
    }
    let code = &model.definition().measures[wanted.measure].code;
    let periods = wanted.periods.iter().zip(sold).zip(unassigned);
    let close = |((period, actuals), unassigned): ((&u32, _), i64)| {
        let mut place = Place(vec![0; dimensions]);
        place.0.push(*period);
        Close {
            measure: code.clone(),
            period: model.address(&place),
            of: wanted.of.to_owned(),
            actuals,
            unassigned: (unassigned != 0).then(|| step.format(unassigned)),
            reason: String::new(),
        }
    };
    Ok(periods.map(close).collect())
}

/// Every combination of members that the grain names, in the plan's order: one node per dimension.
///
/// # Errors
/// A grain that the plan does not have.
pub fn members(plan: &Plan, measure: usize, of: &str) -> Result<Vec<Vec<u32>>, PlanError> {
    let dimensions = plan.model().axes().len() - 1;
    if dimensions == 0 || of.trim().is_empty() {
        return Ok(vec![vec![0; dimensions]]);
    }
    let grain = plan.grain(measure, of)?;
    let base = plan.base(measure);
    let mut rows = vec![Vec::with_capacity(dimensions)];
    for axis in 0..dimensions {
        let nodes = base.nodes(axis, &grain);
        let longer = |row: &Vec<u32>| -> Vec<Vec<u32>> {
            let with = |node: &u32| row.iter().copied().chain([*node]).collect();
            nodes.iter().map(with).collect()
        };
        rows = rows.iter().flat_map(longer).collect();
    }
    Ok(rows)
}
