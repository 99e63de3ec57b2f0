//! Watches one place while a plan is replayed and keeps every allocation that its number came through.
//! Knows nothing of why an allocation is made.

use fenjie_money::{Part, Policy, Weights, allocate_explained};

use crate::frontier::Frontier;
use crate::model::{Model, Place};

/// One allocation on the way from the plan's total to the watched place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceStep {
    /// The operation, counted from 1; 0 for a profile evaluated on demand.
    pub operation: usize,
    /// The axis along which the parent was shared.
    pub axis: usize,
    /// The place that was shared.
    pub parent: Place,
    /// Its amount, in steps.
    pub parent_value: i64,
    /// What was left to share after holds.
    pub shared: i64,
    /// The child on the way to the watched place.
    pub child: u32,
    /// The child's weight and the sum of all weights, as exact texts.
    pub weight: String,
    /// See `weight`.
    pub weight_sum: String,
    /// Floor, remainder, and whether it got a left-over step.
    pub part: Part,
    /// How many children shared.
    pub siblings: usize,
    /// What the child got.
    pub value: i64,
    /// Whether it is off its proportional part: held, limited, typed, held back, or a coarser step.
    pub limited: bool,
}

impl TraceStep {
    /// The place that the allocation gave its value to.
    pub(crate) fn child_place(&self) -> Place {
        let mut place = self.parent.clone();
        place.0[self.axis] = self.child;
        place
    }
}

/// Everything about one allocation that a trace may keep.
pub(crate) struct Touch<'a> {
    pub(crate) frontiers: &'a [Frontier],
    pub(crate) at: &'a [u32],
    pub(crate) axis: usize,
    pub(crate) total: i64,
    pub(crate) rest: i64,
    pub(crate) children: &'a [u32],
    pub(crate) weights: Weights,
    pub(crate) values: &'a [i64],
    pub(crate) policy: Policy,
}

/// The watched place and what was seen.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    /// For every axis, the watched node and its ancestors.
    upward: Vec<Vec<u32>>,
    pub(crate) operation: usize,
    pub(crate) steps: Vec<TraceStep>,
}

impl Trace {
    pub(crate) fn new(model: &Model, place: &Place) -> Self {
        let upward = place
            .0
            .iter()
            .zip(model.axes())
            .map(|(node, axis)| {
                std::iter::successors(Some(*node), |below| axis.tree.parent(*below)).collect()
            })
            .collect();
        Trace {
            upward,
            operation: 0,
            steps: Vec::new(),
        }
    }

    /// Keeps an allocation if the watched place came through it.
    pub(crate) fn touch(&mut self, touch: Touch<'_>) {
        for (axis, at) in touch.at.iter().enumerate() {
            if !self.upward[axis].contains(&touch.frontiers[axis].node(*at)) {
                return;
            }
        }
        let frontier = &touch.frontiers[touch.axis];
        let on_the_way = |child: &u32| self.upward[touch.axis].contains(&frontier.node(*child));
        let Some(index) = touch.children.iter().position(on_the_way) else {
            return;
        };
        let parts = allocate_explained(touch.rest, &touch.weights, touch.policy);
        let nodes = touch
            .at
            .iter()
            .zip(touch.frontiers)
            .map(|(at, f)| f.node(*at))
            .collect();
        let limited = touch.values[index] != parts[index].amount;
        self.steps.push(TraceStep {
            operation: self.operation,
            axis: touch.axis,
            parent: Place(nodes),
            parent_value: touch.total,
            shared: touch.rest,
            child: frontier.node(touch.children[index]),
            weight: touch.weights.text(index),
            weight_sum: touch.weights.sum_text(),
            part: parts[index].clone(),
            siblings: touch.children.len(),
            value: touch.values[index],
            limited,
        });
    }
}
