//! Levels: the last value of each of the finest members, added up over members. Knows no lines.

use std::collections::{BTreeMap, BTreeSet};

use fenjie_plan::Plan;
use fenjie_track::{ActualRequest, Actuals, UNASSIGNED};

use super::last::Last;
use super::prepared::Prepared;
use crate::error::FactsError;

/// Depths at which every member stays itself.
pub(crate) fn finest(plan: &Plan) -> Vec<usize> {
    let axes = plan.model().axes();
    let dimensions = &axes[..axes.len() - 1];
    dimensions
        .iter()
        .map(|axis| axis.tree.level_names().len().max(1))
        .collect()
}

/// Puts the levels beside the flows, row by row; the rows of both are there afterwards.
pub(crate) fn add(
    plan: &Plan,
    request: &ActualRequest,
    prepared: &Prepared<'_>,
    last: Last,
    actuals: &mut Actuals,
) -> Result<(), FactsError> {
    let periods = request.periods.len();
    let measures = prepared.measures.len();
    let flows = actuals.measures.len();
    let mut rows: BTreeMap<Vec<u32>, Vec<i64>> = BTreeMap::new();
    // Cells that a value of zero was taken in.
    let mut zeros: BTreeMap<Vec<u32>, Vec<usize>> = BTreeMap::new();
    for row in 0..actuals.members.first().map_or(0, Vec::len) {
        let key = actuals.members.iter().map(|nodes| nodes[row]).collect();
        let mut values = vec![0; (flows + measures) * periods];
        for (flow, own) in actuals.values.iter().enumerate() {
            values[flow * periods..][..periods].copy_from_slice(&own[row * periods..][..periods]);
        }
        rows.insert(key, values);
    }
    for (measure, values) in last.values.iter().enumerate() {
        for (&cell, &(_, value)) in values {
            let nodes = prepared.nodes(cell / periods.max(1) as u64);
            let key = nodes
                .iter()
                .enumerate()
                .map(|(axis, &node)| ancestor(plan, axis, node, request.depths[axis]));
            let key: Vec<u32> = key.collect();
            let at = (flows + measure) * periods + (cell % periods.max(1) as u64) as usize;
            if value == 0 {
                zeros.entry(key.clone()).or_default().push(at);
            }
            let own = rows
                .entry(key)
                .or_insert_with(|| vec![0; (flows + measures) * periods]);
            own[at] = own[at]
                .checked_add(value)
                .ok_or_else(|| FactsError::SumTooLarge {
                    measure: prepared.codes[measure].clone(),
                })?;
        }
    }
    actuals.measures.extend(&prepared.measures);
    actuals.members.iter_mut().for_each(Vec::clear);
    actuals.values = vec![Vec::new(); flows + measures];
    for (row, (key, own)) in rows.into_iter().enumerate() {
        let taken = zeros.get(&key).into_iter().flatten();
        let taken = taken.filter(|at| own[**at] == 0);
        let cells = taken.map(|at| (at / periods, row, at % periods));
        actuals.zeros.extend(cells);
        for (nodes, node) in actuals.members.iter_mut().zip(key) {
            nodes.push(node);
        }
        for (measure, values) in actuals.values.iter_mut().enumerate() {
            values.extend(&own[measure * periods..][..periods]);
        }
    }
    Ok(())
}

fn ancestor(plan: &Plan, axis: usize, node: u32, depth: usize) -> u32 {
    if depth == 0 {
        return 0;
    }
    if node == UNASSIGNED {
        return node;
    }
    let tree = &plan.model().axes()[axis].tree;
    let mut node = node;
    while tree.depth(node) > depth {
        node = tree.parent(node).expect("a root has depth 0");
    }
    node
}

/// Brings the measures into the order of the request.
pub(crate) fn reorder(request: &ActualRequest, actuals: &mut Actuals) {
    let mut values = Vec::with_capacity(actuals.values.len());
    let mut zeros = BTreeSet::new();
    for (place, measure) in request.measures.iter().enumerate() {
        let at = actuals.measures.iter().position(|known| known == measure);
        let at = at.expect("every measure was added up");
        values.push(actuals.values[at].clone());
        let own = actuals.zeros.iter().filter(|zero| zero.0 == at);
        zeros.extend(own.map(|(_, row, period)| (place, *row, *period)));
    }
    actuals.zeros = zeros;
    actuals.values = values;
    actuals.measures = request.measures.clone();
}
