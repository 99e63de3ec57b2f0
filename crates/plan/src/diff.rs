//! Two plans or versions compared cell by cell, by the codes of their members. Knows no files.

use rustc_hash::FxHashMap;

use crate::frontier::each_combination;
use crate::model::Place;
use crate::state::Plan;
use crate::weigher::nodes_at;

/// What differs between two plans.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// Cells and totals with different values, largest differences first.
    pub rows: Vec<DifferenceRow>,
    /// Cells compared.
    pub compared: u64,
    /// Cells that only the first plan has.
    pub only_before: u64,
    /// Cells that only the second plan has.
    pub only_after: u64,
    /// Totals before and after, by measure code.
    pub totals: Vec<(String, Option<i64>, Option<i64>)>,
}

/// One cell that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferenceRow {
    /// The measure's code.
    pub measure: String,
    /// The place, as an address; `carried, …` for what is carried there.
    pub address: String,
    /// Its value in the first plan, in steps of the first plan's measure.
    pub before: Option<i64>,
    /// Its value in the second plan, in steps of the second plan's measure.
    pub after: Option<i64>,
}

impl Difference {
    /// Whether the plans have the same cells and values.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, diff, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert!(diff(&plan, &plan).is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.only_before == 0 && self.only_after == 0
    }
}

/// Compares two plans cell by cell at the grain they store, by member codes.
///
/// ```
/// # use fenjie_plan::{Address, ChangeBy, Keep, Operation, Plan, diff, example};
/// let before = Plan::replay(example::definition(), &example::operations()).unwrap();
/// let mut after = before.clone();
/// let at = Address::parse("region=华东, product=A, channel=线上, month=2026-07").unwrap();
/// let change = ChangeBy::parse("+1").unwrap();
/// after.apply(Operation::Set { measure: "".into(), at, change, keep: Keep::Nothing }).unwrap();
/// let difference = diff(&before, &after);
/// assert_eq!(difference.rows.len(), 1);
/// ```
pub fn diff(before: &Plan, after: &Plan) -> Difference {
    let mut difference = Difference::default();
    let measures = &before.model.definition.measures;
    for (index, measure) in measures.iter().enumerate().filter(|(_, m)| m.is_flow()) {
        let other = after
            .model
            .definition
            .measures
            .iter()
            .position(|m| m.code == measure.code);
        let total_after = other.map(|other| after.grid(other).cube.total());
        let total = before.grid(index).cube.total();
        difference
            .totals
            .push((measure.code.clone(), Some(total), total_after));
        match other {
            Some(other) => {
                compare(before, index, after, other, &mut difference);
                compare_carried((before, index), (after, other), &mut difference);
            }
            None => difference.only_before += before.grid(index).cube.cell_count() as u64,
        }
    }
    for (index, measure) in after.model.definition.measures.iter().enumerate() {
        if measure.is_flow() && !measures.iter().any(|known| known.code == measure.code) {
            let total = after.grid(index).cube.total();
            difference
                .totals
                .push((measure.code.clone(), None, Some(total)));
            difference.only_after += after.grid(index).cube.cell_count() as u64;
        }
    }
    let moved = |row: &DifferenceRow| row.after.unwrap_or(0).abs_diff(row.before.unwrap_or(0));
    difference
        .rows
        .sort_by_key(|row| std::cmp::Reverse(moved(row)));
    difference
}

fn compare(before: &Plan, one: usize, after: &Plan, other: usize, out: &mut Difference) {
    let measure = before.model.definition.measures[one].code.clone();
    let theirs = translation(before, after);
    let mine = translation(after, before);
    let (old, new) = (&before.grid(one).cube, &after.grid(other).cube);
    let scale = |plan: &Plan, index: usize| plan.step(index);
    let same_step = scale(before, one).same_size(&scale(after, other));
    each_combination(&old.leaf_lists(), |at| {
        let nodes = nodes_at(old.frontiers(), at);
        let found = translated(&theirs, &nodes).and_then(|place| {
            new.frontiers()
                .iter()
                .zip(&place)
                .map(|(frontier, node)| frontier.position(*node))
                .collect::<Option<Vec<u32>>>()
        });
        let value = old.get(at);
        match found.map(|positions| new.get(&positions)) {
            Some(now) => {
                out.compared += 1;
                if now != value || !same_step {
                    out.rows.push(DifferenceRow {
                        measure: measure.clone(),
                        address: before.model.place_text(&Place(nodes)),
                        before: Some(value),
                        after: Some(now),
                    });
                }
            }
            None => {
                out.only_before += 1;
                out.rows.push(DifferenceRow {
                    measure: measure.clone(),
                    address: before.model.place_text(&Place(nodes)),
                    before: Some(value),
                    after: None,
                });
            }
        }
    });
    each_combination(&new.leaf_lists(), |at| {
        let nodes = nodes_at(new.frontiers(), at);
        let known = translated(&mine, &nodes).is_some_and(|place| {
            let visible = |(frontier, node): (&crate::frontier::Frontier, &u32)| {
                frontier
                    .position(*node)
                    .is_some_and(|at| frontier.is_leaf(at))
            };
            old.frontiers().iter().zip(&place).all(visible)
        });
        if !known {
            out.only_after += 1;
            out.rows.push(DifferenceRow {
                measure: measure.clone(),
                address: after.model.place_text(&Place(nodes)),
                before: None,
                after: Some(new.get(at)),
            });
        }
    });
}

/// Compares what is carried, where anything is: the address then begins with `carried`.
fn compare_carried(before: (&Plan, usize), after: (&Plan, usize), out: &mut Difference) {
    let view = |(plan, measure): (&'_ Plan, usize)| plan.carried(measure).ok().flatten().is_some();
    if !view(before) && !view(after) {
        return;
    }
    let measure = before.0.model.definition.measures[before.1].code.clone();
    for (one, other, forward) in [(before, after, true), (after, before, false)] {
        let Ok(Some(carried)) = one.0.carried(one.1) else {
            continue;
        };
        let others = other.0.carried(other.1).ok().flatten();
        let cube = carried.view.cube();
        let nodes_of = translation(one.0, other.0);
        each_combination(&cube.leaf_lists(), |at| {
            let value = cube.get(at);
            if value == 0 {
                return;
            }
            let place = Place(nodes_at(cube.frontiers(), at));
            let found = translated(&nodes_of, &place.0).map(Place);
            let there = |place: &Place| others.as_ref()?.view.value(place);
            let known = found.as_ref().and_then(there).unwrap_or(0);
            // Going back, only what the first pass did not see.
            if known == value || (!forward && known != 0) {
                return;
            }
            let (old, new) = if forward {
                (value, known)
            } else {
                (known, value)
            };
            out.rows.push(DifferenceRow {
                measure: measure.clone(),
                address: format!("carried, {}", one.0.model.place_text(&place)),
                before: Some(old),
                after: Some(new),
            });
        });
    }
}

/// For every axis of the second plan: which axis of the first it is, and its nodes by first node.
type Translation = Vec<Option<(usize, FxHashMap<u32, u32>)>>;

fn translation(from: &Plan, to: &Plan) -> Translation {
    to.model
        .axes()
        .iter()
        .map(|axis| {
            let known = from
                .model
                .axes()
                .iter()
                .position(|other| other.code == axis.code)?;
            let tree = &from.model.axes()[known].tree;
            let pairs = (0..tree.len() as u32).filter_map(|node| {
                let target = if node == 0 {
                    Some(0)
                } else {
                    axis.tree.find(tree.code(node)).ok()
                };
                Some((node, target?))
            });
            Some((known, pairs.collect()))
        })
        .collect()
}

fn translated(translation: &Translation, nodes: &[u32]) -> Option<Vec<u32>> {
    translation
        .iter()
        .map(|axis| match axis {
            Some((known, pairs)) => pairs.get(&nodes[*known]).copied(),
            None => Some(0),
        })
        .collect()
}
