//! Where a number comes from (DESIGN 4, Explain): every allocation from the plan's total down to the
//! place, remainder steps, holds, limits, layers, and who changed what — as data and as a sentence.

use fenjie_message::Lang;
use fenjie_money::{Policy, Weights, allocate_explained};

use crate::error::PlanError;
use crate::explain_carried::CarriedOrigin;
use crate::model::{Model, Place};
use crate::operation::{LayerKind, Operation};
use crate::replay::Watch;
use crate::state::{Hold, Limit, Plan};
use crate::trace::{Trace, TraceStep};

/// A number's whole origin.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The place explained.
    pub place: Place,
    /// The measure.
    pub measure: usize,
    /// Its value, in steps.
    pub value: i64,
    /// The allocations on the way, from the top; those that later ones replaced are left out.
    pub steps: Vec<TraceStep>,
    /// The hold on the place, where there is one.
    pub hold: Option<Hold>,
    /// Floors and caps on the place or around it.
    pub limits: Vec<Limit>,
    /// What each layer adds here, in steps.
    pub layers: Vec<(LayerKind, i64)>,
    /// What is carried here, where anything is carried in the measure.
    pub carried: Option<CarriedOrigin>,
    /// The operations that changed the value, with the value after each.
    pub changes: Vec<ValueChange>,
    /// Where the place is a total: the axis it opens along, and its parts.
    pub parts: Option<(usize, Vec<(u32, i64)>)>,
}

/// One operation's effect on the explained value.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueChange {
    /// The operation's number in the log, counted from 1.
    pub operation: usize,
    /// What it was.
    pub what: Operation,
    /// The value after it, in steps.
    pub after: i64,
}

impl Plan {
    /// Explains the value of a place by replaying the plan with an eye on it.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// use fenjie_message::Lang;
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let friday = plan.place("region=华东, product=A, channel=线上, day=2026-07-03").unwrap();
    /// let origin = plan.explain(0, &friday).unwrap();
    /// let sum: String = origin.steps.last().unwrap().weight_sum.clone();
    /// assert_eq!((origin.steps.last().unwrap().weight.as_str(), sum.as_str()), ("1200000", "8500000"));
    /// assert!(origin.sentence(&plan, Lang::Zh).contains("1.2 ÷ 8.5"));
    /// ```
    pub fn explain(&self, measure: usize, place: &Place) -> Result<Origin, PlanError> {
        let value = self
            .value(measure, place)
            .ok_or_else(|| PlanError::NotDecomposed {
                place: self.model.place_text(place),
                axis: self.model.axes()[self.model.time()].code.clone(),
            })?;
        let watch = Watch::new(&self.model, measure, place);
        let (_, watch) =
            Plan::replay_watched(self.model.definition.clone(), &self.log(), Some(watch))
                .map_err(|refusal| refusal.error)?;
        let watch = watch.expect("the watch comes back");
        let mut below = self.calendar_steps(measure, place);
        let mut steps = loop {
            let stored = below.first().map_or(place, |first| &first.parent);
            let standing = self.standing_steps(measure, stored, &watch.trace.steps);
            match self
                .opened_step(measure, stored)
                .filter(|_| standing.is_empty())
            {
                Some(step) => below.insert(0, step),
                None => break standing,
            }
        };
        steps.extend(below);
        Ok(Origin {
            measure,
            value,
            steps,
            hold: self
                .holds
                .iter()
                .find(|hold| hold.measure == measure && hold.place == *place)
                .cloned(),
            limits: self.limits_around(measure, place),
            layers: self.layer_values(measure, place)?,
            carried: self.carried_origin(measure, place, value)?,
            changes: self.value_changes(&watch.values),
            parts: self.parts_of(measure, place),
            place: place.clone(),
        })
    }

    /// The allocations that still stand, from the top down to a place: each produced the amount
    /// that is there now from the amount above it. Where the chain breaks, a number was typed,
    /// fitted or moved.
    fn standing_steps(&self, measure: usize, place: &Place, seen: &[TraceStep]) -> Vec<TraceStep> {
        let now = |place: &Place| self.value(measure, place);
        let mut chain: Vec<TraceStep> = Vec::new();
        let mut wanted = place.clone();
        let stands = |step: &&TraceStep, wanted: &Place| {
            step.child_place() == *wanted
                && now(wanted) == Some(step.value)
                && now(&step.parent) == Some(step.parent_value)
        };
        while let Some(step) = seen.iter().rev().find(|step| stands(step, &wanted)) {
            wanted = step.parent.clone();
            chain.push(step.clone());
        }
        chain.reverse();
        chain
    }

    fn value_changes(&self, values: &[(usize, Option<i64>)]) -> Vec<ValueChange> {
        let mut changes = Vec::new();
        let mut before = Some(0);
        for (number, after) in values {
            if *after != before
                && let Some(after) = after
            {
                let at = self.numbers.binary_search(number);
                let at = at.expect("only operations in force change values");
                changes.push(ValueChange {
                    operation: *number,
                    what: self.operations[at].clone(),
                    after: *after,
                });
            }
            before = *after;
        }
        changes
    }

    fn limits_around(&self, measure: usize, place: &Place) -> Vec<Limit> {
        let around = |outer: &Place| {
            outer
                .0
                .iter()
                .zip(&place.0)
                .enumerate()
                .all(|(axis, (outer, inner))| self.model.axes()[axis].tree.contains(*outer, *inner))
        };
        let near = |limit: &&Limit| limit.measure == measure && around(&limit.place);
        self.limits.iter().filter(near).cloned().collect()
    }

    fn layer_values(
        &self,
        measure: usize,
        place: &Place,
    ) -> Result<Vec<(LayerKind, i64)>, PlanError> {
        let layers = self.layers(measure)?;
        let value = |layer: &crate::Layer<'_>| layer.view.value(place).unwrap_or(0);
        Ok(layers
            .iter()
            .map(|layer| (layer.rule.layer, value(layer)))
            .collect())
    }

    /// The parts of a total along the first axis that opens.
    fn parts_of(&self, measure: usize, place: &Place) -> Option<(usize, Vec<(u32, i64)>)> {
        let time = self.model.time();
        let axis = (0..=time).find(|axis| {
            let tree = &self.model.axes()[*axis].tree;
            let Some(first) = tree.children(place.0[*axis]).next() else {
                return false;
            };
            let mut child = place.clone();
            child.0[*axis] = first;
            self.value(measure, &child).is_some()
        })?;
        let tree = &self.model.axes()[axis].tree;
        let mut child = place.clone();
        let parts = tree.children(place.0[axis]).filter_map(|node| {
            child.0[axis] = node;
            Some((node, self.value(measure, &child)?))
        });
        Some((axis, parts.collect()))
    }

    /// The allocations that the calendar makes on demand below the stored cell, where the place is
    /// one cell on every other axis.
    fn calendar_steps(&self, measure: usize, place: &Place) -> Vec<TraceStep> {
        let time = self.model.time();
        let tree = &self.model.axes()[time].tree;
        if !self.is_one_member(measure, place) {
            return Vec::new();
        }
        let frontier = self.grid(measure).cube.frontier(time);
        let mut path: Vec<u32> =
            std::iter::successors(Some(place.0[time]), |below| tree.parent(*below))
                .take_while(|node| {
                    frontier
                        .position(*node)
                        .is_none_or(|at| frontier.is_leaf(at))
                })
                .collect();
        path.reverse();
        path.windows(2)
            .map(|pair| self.calendar_step(measure, place, pair[0], pair[1]))
            .collect()
    }

    /// Whether a place is one cell on every axis but time.
    fn is_one_member(&self, measure: usize, place: &Place) -> bool {
        let time = self.model.time();
        place.0[..time].iter().enumerate().all(|(axis, node)| {
            let frontier = self.grid(measure).cube.frontier(axis);
            frontier
                .position(*node)
                .is_some_and(|at| frontier.is_leaf(at))
        })
    }

    /// How the calendar made a period that was opened, for an edit inside it or by a close, of the
    /// one above it; nothing where another amount stands there by now.
    fn opened_step(&self, measure: usize, place: &Place) -> Option<TraceStep> {
        let time = self.model.time();
        let parent = self.model.axes()[time].tree.parent(place.0[time])?;
        let level = self.model.axes()[time].time_level_of(place.0[time])?;
        if level <= fenjie_calendar::Level::Month || !self.is_one_member(measure, place) {
            return None;
        }
        let step = self.calendar_step(measure, place, parent, place.0[time]);
        (Some(step.value) == self.value(measure, place)).then_some(step)
    }

    /// What the calendar makes of a period for one of its parts.
    fn calendar_step(&self, measure: usize, place: &Place, parent: u32, child: u32) -> TraceStep {
        let time = self.model.time();
        let table = self.model.table_of(&place.0);
        let limit = self.model.limit_of(&place.0);
        let mut at = place.clone();
        at.0[time] = parent;
        let total = self.value(measure, &at).unwrap_or(0);
        let children: Vec<u32> = self.model.axes()[time].tree.children(parent).collect();
        let weigh = |child: &u32| self.model.period_weight(table, *child, limit);
        let weights = Weights::from_u64(children.iter().map(weigh).collect());
        let parts = allocate_explained(total, &weights, Policy::LargestRemainder);
        let index = children
            .iter()
            .position(|known| *known == child)
            .expect("a child");
        TraceStep {
            operation: 0,
            axis: time,
            parent: at,
            parent_value: total,
            shared: total,
            child,
            weight: weights.text(index),
            weight_sum: weights.sum_text(),
            part: parts[index].clone(),
            siblings: children.len(),
            value: parts[index].amount,
            limited: false,
        }
    }
}

impl Origin {
    /// One sentence, and one more for each thing in play.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// use fenjie_message::Lang;
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let place = plan.place("region=华东, month=2026-07").unwrap();
    /// let text = plan.explain(0, &place).unwrap().sentence(&plan, Lang::En);
    /// assert!(text.starts_with("region=华东, month=2026-07: 250000.00"));
    /// ```
    pub fn sentence(&self, plan: &Plan, lang: Lang) -> String {
        let text = |value: i64| plan.step(self.measure).format(value);
        let place = plan.model.place_text(&self.place);
        let mut sentence = match lang {
            Lang::Zh => format!("{place}：{}", text(self.value)),
            Lang::En => format!("{place}: {}", text(self.value)),
        };
        for step in self.steps.iter().rev() {
            sentence.push_str(&step_text(plan, self.measure, step, lang));
        }
        if self.steps.is_empty()
            && let Some((axis, parts)) = &self.parts
        {
            let name = &plan.model.axes()[*axis].name;
            sentence.push_str(&match lang {
                Lang::Zh => format!("；是 {name} 上 {} 个下级之和", parts.len()),
                Lang::En => format!("; the sum of its {} parts along {name}", parts.len()),
            });
        }
        if let Some(hold) = &self.hold {
            sentence.push_str(&match lang {
                Lang::Zh => format!("；由 {} 锁定（{}）", hold.owner, hold.reason),
                Lang::En => format!("; held by {} ({})", hold.owner, hold.reason),
            });
        }
        for limit in &self.limits {
            let bound = |value: Option<i64>| value.map_or("–".into(), text);
            let at = plan.model.place_text(&limit.place);
            sentence.push_str(&match lang {
                Lang::Zh => format!("；{at} 限于 {} 至 {}", bound(limit.floor), bound(limit.cap)),
                Lang::En => format!(
                    "; {at} within {} to {}",
                    bound(limit.floor),
                    bound(limit.cap)
                ),
            });
        }
        if let Some(carried) = self.carried.as_ref().filter(|carried| carried.part != 0) {
            sentence.push_str(&carried.sentence(plan, self.measure, lang));
        }
        let layers = self.layers.iter();
        for (layer, value) in layers.filter(|(layer, _)| *layer != LayerKind::Carried) {
            sentence.push_str(&match lang {
                Lang::Zh => format!("；{} +{}", layer.name(lang), text(*value)),
                Lang::En => format!("; {} +{}", layer.name(lang), text(*value)),
            });
        }
        if let Some(last) = self.changes.last() {
            let name = last.what.name(lang);
            sentence.push_str(&match lang {
                Lang::Zh => format!("；最近一次变动是第 {} 步（{name}）", last.operation),
                Lang::En => format!("; last changed by step {} ({name})", last.operation),
            });
        }
        sentence
    }
}

fn step_text(plan: &Plan, measure: usize, step: &TraceStep, lang: Lang) -> String {
    let text = |value: i64| plan.step(measure).format(value);
    let axis = &plan.model.axes()[step.axis];
    let parent = axis.label(step.parent.0[step.axis], lang);
    let child = axis.label(step.child, lang);
    let (weight, sum) = plain_ratio(&step.weight, &step.weight_sum, step.operation == 0);
    let unit = match (step.part.got_unit, lang) {
        (true, Lang::Zh) => format!("（余数第 {} 大，得到一个尾差）", step.part.rank),
        (true, Lang::En) => format!(" (remainder no. {}, got a left-over step)", step.part.rank),
        (false, _) => String::new(),
    };
    let (own, above) = (text(step.value), text(step.parent_value));
    if step.limited && step.weight != "0" {
        return match lang {
            Lang::Zh => format!("；{child} {own} 是 {parent} {above} 按锁定和上下限调整后的部分"),
            Lang::En => {
                format!("; {child} {own} is its part of {parent} {above} after holds and limits")
            }
        };
    }
    if step.limited {
        return match lang {
            Lang::Zh => format!("；{child} {own} 在 {parent} {above} 之内是固定的"),
            Lang::En => format!("; {child} {own} is fixed within {parent} {above}"),
        };
    }
    let rest = match (step.shared != step.parent_value, lang) {
        (true, Lang::Zh) => format!(" 扣除固定部分后的 {}", text(step.shared)),
        (true, Lang::En) => format!(" less what is fixed, {},", text(step.shared)),
        (false, _) => String::new(),
    };
    match lang {
        Lang::Zh => format!("；{child} {own} = {parent} {above}{rest} × {weight} ÷ {sum}{unit}"),
        Lang::En => format!("; {child} {own} = {parent} {above}{rest} × {weight} ÷ {sum}{unit}"),
    }
}

/// Weights in millionths, as the calendar's always are, brought to what people write: 1.2 ÷ 8.5.
fn plain_ratio(weight: &str, sum: &str, by_calendar: bool) -> (String, String) {
    let trailing = |text: &str| text.len() - text.trim_end_matches('0').len();
    let zeros = if weight == "0" {
        trailing(sum)
    } else {
        trailing(weight).min(trailing(sum))
    };
    let is_millionths = by_calendar || (weight.len() > 5 && zeros >= 4 && !weight.contains('.'));
    if !is_millionths {
        return (weight.to_owned(), sum.to_owned());
    }
    let scaled = |text: &str| match text.parse::<i128>() {
        Ok(digits) => crate::Decimal::new(digits, 6).to_string(),
        Err(_) => text.to_owned(),
    };
    (scaled(weight), scaled(sum))
}

impl Watch {
    pub(crate) fn new(model: &Model, measure: usize, place: &Place) -> Watch {
        Watch {
            trace: Trace::new(model, place),
            measure,
            place: place.clone(),
            values: Vec::new(),
        }
    }
}

impl Operation {
    /// What kind of step it is, in words.
    ///
    /// ```
    /// use fenjie_message::Lang;
    /// use fenjie_plan::{Address, Operation};
    /// let release = Operation::Release { measure: "".into(), at: Address::default() };
    /// assert_eq!(release.name(Lang::Zh), "解除锁定");
    /// ```
    pub fn name(&self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Operation::Total { .. } => ("设定总额", "total"),
            Operation::Decompose(_) => ("分解", "decompose"),
            Operation::Fit { .. } => ("按各维度总额拟合", "fit to totals on several axes"),
            Operation::Set { .. } => ("填写", "typed number"),
            Operation::Hold { .. } => ("锁定", "hold"),
            Operation::Release { .. } => ("解除锁定", "release"),
            Operation::Bound { .. } => ("设定上下限", "floor and cap"),
            Operation::Transfer { .. } => ("调拨", "transfer"),
            Operation::Commit { .. } => ("承诺", "commitment"),
            Operation::Layer(_) => ("加层", "layer"),
            Operation::State { .. } => ("设定数值", "stated value"),
            Operation::Leave { .. } => ("离职交接", "leave"),
            Operation::Close(_) => ("关账", "close"),
            Operation::Carry(_) => ("结转", "carry forward"),
            Operation::Act(_) => ("改进计划", "action plan"),
            Operation::CheckAction(_) => ("改进效果", "effect of an action plan"),
            Operation::Waive(_) => ("免等改进计划", "waiver"),
            Operation::Revise(_) => ("目标调整申请", "revision"),
            Operation::Decide(_) => ("审批", "decision"),
            Operation::Resolve(_) => ("会议决议", "resolution"),
            Operation::Undo { .. } => ("撤销", "undo"),
        };
        lang.pick(zh, en)
    }
}
