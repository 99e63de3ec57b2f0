//! The act of decomposing (rule D1): an axis is brought to a level, every parent shared over its
//! children, top level first, so that every level adds up (rule D3).

use fenjie_money::{
    Policy, Scratch, Step, Weights, ZeroBasis, allocate, allocate_stepped, allocate_with,
};

use crate::cube::Cube;
use crate::error::PlanError;
use crate::finding::Finding;
use crate::frontier::{Frontier, each_combination};
use crate::model::Model;
use crate::operation::{Basis, CalendarBasis, Decompose};
use crate::settle::{Constraint, settle};
use crate::state::{Plan, read_amount, settle_error, text_of};
use crate::trace::{Touch, Trace};
use crate::tree::NodeKind;
use crate::weigher::{Filled, Group, Weigher, limit_weights, place_text};

/// Everything that stays the same while one axis is refined.
struct Act<'a> {
    model: &'a Model,
    axis: usize,
    weigher: Weigher,
    step: Step,
    policy: Policy,
    /// A coarser step, in counts of the measure's step.
    coarse: Option<i64>,
    zero_basis: ZeroBasis,
    hold_back: Option<crate::Decimal>,
    typed: Vec<(u32, i64)>,
    /// Positions outside this box are shared equally.
    within: Vec<u32>,
    equal: Weigher,
}

impl Plan {
    /// Carries out a decomposition.
    pub(crate) fn decompose(
        &mut self,
        act: &Decompose,
        trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        let measure = self.model.flow_index(&act.measure)?;
        let (axis, named) = self.model.axis_level(&act.axis)?;
        let depth = match (named, act.level.as_str()) {
            (Some(depth), "") => depth,
            (None, "") => self.next_depth(measure, axis),
            (_, level) => self.model.level(axis, level)?,
        };
        if self.model.axes()[axis].composition && !matches!(act.basis, Basis::Shares(_)) {
            return Err(PlanError::CompositionNeedsShares {
                axis: self.model.axes()[axis].code.clone(),
            });
        }
        if axis == self.model.time() && self.is_profile(act, depth) {
            return self.decompose_by_profile(measure, depth, act, trace);
        }
        self.refine(measure, axis, depth, act, trace)
    }

    fn next_depth(&self, measure: usize, axis: usize) -> usize {
        let frontier = self.grid(measure).cube.frontier(axis);
        let tree = &self.model.axes()[axis].tree;
        let deepest = frontier
            .leaves()
            .iter()
            .map(|leaf| tree.depth(frontier.node(*leaf)))
            .max();
        deepest.unwrap_or(0) + 1
    }

    /// Days and slots by the calendar are not stored: they are evaluated where they are asked for.
    fn is_profile(&self, act: &Decompose, depth: usize) -> bool {
        depth > self.model.planning_depth()
            && act.basis == Basis::Calendar(CalendarBasis::Coefficients)
            && act.within.0.is_empty()
            && act.policy == Policy::LargestRemainder
            && act.step.is_none()
            && act.hold_back.is_none()
    }

    fn decompose_by_profile(
        &mut self,
        measure: usize,
        depth: usize,
        act: &Decompose,
        trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        let planning = self.model.planning_depth();
        let frontier = self.grid(measure).cube.frontier(self.model.time());
        let tree = &self.model.axes()[self.model.time()].tree;
        let shallow = frontier
            .leaves()
            .iter()
            .any(|leaf| tree.depth(frontier.node(*leaf)) < planning);
        if shallow && planning > 0 {
            self.refine(measure, self.model.time(), planning, act, trace)?;
        }
        let grid = self.grid_mut(measure);
        grid.profile_depth = grid.profile_depth.max(depth);
        Ok(())
    }

    /// Opens the stored cells of one period down to a depth, by the calendar: done when an operation
    /// names a day or slot, so that this period's detail can be edited.
    pub(crate) fn open_period(
        &mut self,
        measure: usize,
        node: u32,
        depth: usize,
    ) -> Result<(), PlanError> {
        let time = self.model.time();
        let model = self.model.clone();
        let tree = &model.axes()[time].tree;
        let old = self.grid(measure).cube.frontiers().to_vec();
        let mut target = old.clone();
        target[time] = old[time].opened(tree, &|open| {
            tree.depth(open) < depth && tree.contains(node, open)
        });
        let weigher = Weigher::Calendar(CalendarBasis::Coefficients);
        let act = Act {
            model: &model,
            axis: time,
            weigher,
            step: self.step(measure),
            policy: Policy::LargestRemainder,
            coarse: None,
            zero_basis: ZeroBasis::Equal,
            hold_back: None,
            typed: Vec::new(),
            within: vec![0; target.len()],
            equal: Weigher::Equal,
        };
        let mut findings = Vec::new();
        let cube = refined(&self.grid(measure).cube, target, &act, &mut findings, None)?;
        self.grid_mut(measure).cube = cube;
        Ok(())
    }

    fn refine(
        &mut self,
        measure: usize,
        axis: usize,
        depth: usize,
        act: &Decompose,
        mut trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        let model = self.model.clone();
        let tree = &model.axes()[axis].tree;
        let within = model.place(&act.within)?;
        let scope = within.0[axis];
        let old = self.grid(measure).cube.frontiers().to_vec();
        let open = |node: u32| {
            tree.depth(node) < depth && (tree.contains(scope, node) || tree.contains(node, scope))
        };
        let mut target = old.clone();
        target[axis] = old[axis].opened(tree, &open);
        let before = self.visible_constraints(measure);
        let positions = |frontiers: &[Frontier]| -> Vec<u32> {
            let of = |(axis, node): (usize, &u32)| {
                frontiers[axis].covering(&model.axes()[axis].tree, *node)
            };
            within.0.iter().enumerate().map(of).collect()
        };
        let cubes: Vec<Cube> = match &act.basis {
            Basis::Equal => Vec::new(),
            _ => self.grids.iter().map(|grid| grid.cube.clone()).collect(),
        };
        let step = self.step(measure);
        let prepared = Act {
            model: &model,
            axis,
            weigher: Weigher::prepare(&act.basis, &model, axis, depth, &target, &cubes)?,
            step,
            policy: act.policy,
            coarse: self.coarse_of(measure, act)?,
            zero_basis: act.zero_basis,
            hold_back: act.hold_back,
            typed: typed_amounts(&model, axis, &act.basis, step)?,
            within: positions(&target),
            equal: Weigher::Equal,
        };
        drop(cubes);
        let mut findings = Vec::new();
        let again = target[axis] == old[axis];
        let cube = if again {
            let cube = self.grid(measure).cube.clone();
            reshared(cube, depth, &prepared, &mut findings, trace.as_deref_mut())?
        } else {
            let cube = &self.grid(measure).cube;
            refined(cube, target, &prepared, &mut findings, trace.as_deref_mut())?
        };
        self.grid_mut(measure).cube = cube;
        self.add_findings(findings);
        self.impose_new(measure, axis, depth, again, before.len(), &old, trace)
    }

    fn coarse_of(&self, measure: usize, act: &Decompose) -> Result<Option<i64>, PlanError> {
        let Some(text) = &act.step else {
            return Ok(None);
        };
        let count = self.amount(measure, text, "step")?;
        if count < 1 {
            return Err(PlanError::Parameter {
                name: "step".into(),
                value: text.clone(),
                zh: "取整单位必须大于零",
                en: "the step must be above zero",
            });
        }
        Ok((count > 1).then_some(count))
    }

    /// Holds and limits on places that have just become visible take effect now (rule D4): each
    /// parent keeps its amount and the others absorb.
    #[expect(clippy::too_many_arguments, reason = "one call, from the act above")]
    fn impose_new(
        &mut self,
        measure: usize,
        axis: usize,
        depth: usize,
        again: bool,
        visible_before: usize,
        old: &[Frontier],
        mut trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        let constraints = self.visible_constraints(measure);
        if constraints.len() == visible_before && !again {
            return Ok(());
        }
        let model = self.model.clone();
        let tree = &model.axes()[axis].tree;
        for constraint in &constraints {
            let cube = &self.grid(measure).cube;
            let frontier = cube.frontier(axis);
            let node = frontier.node(constraint.place[axis]);
            let value = cube.get(&constraint.place);
            if value >= constraint.floor && value <= constraint.cap {
                continue;
            }
            let mut region = constraint.place.clone();
            let parent = if again {
                let mut above = node;
                while tree.depth(above) >= depth && above != 0 {
                    above = tree.parent(above).unwrap_or(0);
                }
                frontier.position(above)
            } else {
                frontier.position(old[axis].node(old[axis].covering(tree, node)))
            };
            region[axis] = parent.expect("ancestors of a visible node are visible");
            let mut inside = constraints.clone();
            inside.extend(parents_of(cube, &region, axis));
            let total = cube.get(&region);
            let cube = &mut self.grid_mut(measure).cube;
            settle(cube, &region, total, &merged(inside), trace.as_deref_mut())
                .map_err(|error| settle_error(self, measure, error))?;
        }
        Ok(())
    }
}

/// The parents inside a region: one per cell of the other axes. Each keeps its amount.
fn parents_of(cube: &Cube, region: &[u32], axis: usize) -> Vec<Constraint> {
    let mut lists: Vec<Vec<u32>> = region
        .iter()
        .enumerate()
        .map(|(axis, at)| cube.frontier(axis).leaves_in(*at).to_vec())
        .collect();
    lists[axis] = vec![region[axis]];
    let slices: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
    let mut parents = Vec::new();
    each_combination(&slices, |place| {
        let value = cube.get(place);
        let name = String::new();
        parents.push(Constraint {
            place: place.to_vec(),
            floor: value,
            cap: value,
            name,
        });
    });
    parents
}

/// Constraints on the same place become one.
pub(crate) fn merged(constraints: Vec<Constraint>) -> Vec<Constraint> {
    let mut known: rustc_hash::FxHashMap<Vec<u32>, usize> = rustc_hash::FxHashMap::default();
    let mut merged: Vec<Constraint> = Vec::with_capacity(constraints.len());
    for constraint in constraints {
        match known.get(&constraint.place) {
            Some(at) => {
                let one: &mut Constraint = &mut merged[*at];
                one.floor = one.floor.max(constraint.floor);
                one.cap = one.cap.min(constraint.cap).max(one.floor);
                if one.name.is_empty() {
                    one.name = constraint.name;
                }
            }
            None => {
                known.insert(constraint.place.clone(), merged.len());
                merged.push(constraint);
            }
        }
    }
    merged
}

fn typed_amounts(
    model: &Model,
    axis: usize,
    basis: &Basis,
    step: Step,
) -> Result<Vec<(u32, i64)>, PlanError> {
    let Basis::Amounts { typed, .. } = basis else {
        return Ok(Vec::new());
    };
    let mut amounts = Vec::with_capacity(typed.len());
    for (member, text) in typed {
        let node = model.member_on(axis, member)?;
        let place = format!("{}={member}", model.axes()[axis].code);
        let amount = read_amount(step, text, &place)?;
        amounts.push((node, amount));
    }
    Ok(amounts)
}

/// A cube with one axis opened further; cells on the other axes stay where they are.
fn refined(
    old: &Cube,
    target: Vec<Frontier>,
    act: &Act<'_>,
    findings: &mut Vec<Finding>,
    mut trace: Option<&mut Trace>,
) -> Result<Cube, PlanError> {
    let axis = act.axis;
    let Some(mut cube) = Cube::zero(target) else {
        return Err(PlanError::TooManyCells {
            axes: act
                .model
                .axes()
                .iter()
                .zip(old.frontiers())
                .map(|(axis, frontier)| (axis.code.clone(), frontier.leaves().len()))
                .collect(),
        });
    };
    let frontiers = cube.frontiers().to_vec();
    let from = old.frontier(axis).clone();
    let mut lists = old.leaf_lists();
    lists[axis] = &[0];
    let mut sharer = Sharer::new(act, &frontiers);
    let mut failure = None;
    each_combination(&lists, |others| {
        if failure.is_some() {
            return;
        }
        let mut at = others.to_vec();
        for leaf in from.leaves() {
            at[axis] = *leaf;
            let value = old.get(&at);
            let top = frontiers[axis]
                .position(from.node(*leaf))
                .expect("leaves stay visible");
            at[axis] = top;
            let offset = cube.offset(&at);
            cube.put(offset, value);
            let result = sharer.share_below(&mut cube, &mut at, top, findings, &mut trace);
            if let Err(error) = result {
                failure = Some(error);
                return;
            }
        }
    });
    match failure {
        Some(error) => Err(error),
        None => {
            cube.add_up();
            Ok(cube)
        }
    }
}

/// A decomposition repeated on an axis that is already there: what stands just above the level is
/// shared anew; what lies below follows in proportion.
fn reshared(
    mut cube: Cube,
    depth: usize,
    act: &Act<'_>,
    findings: &mut Vec<Finding>,
    mut trace: Option<&mut Trace>,
) -> Result<Cube, PlanError> {
    let axis = act.axis;
    let frontiers = cube.frontiers().to_vec();
    let tree = &act.model.axes()[axis].tree;
    let parents: Vec<u32> = (0..frontiers[axis].len() as u32)
        .filter(|at| !frontiers[axis].is_leaf(*at))
        .filter(|at| tree.depth(frontiers[axis].node(*at)) + 1 == depth)
        .filter(|at| {
            frontiers[axis].contains(act.within[axis], *at)
                || frontiers[axis].contains(*at, act.within[axis])
        })
        .collect();
    let all = cube.clone();
    let mut lists: Vec<Vec<u32>> = (0..frontiers.len())
        .map(|axis| frontiers[axis].leaves_in(act.within[axis]).to_vec())
        .collect();
    lists[axis] = parents;
    let slices: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
    let mut sharer = Sharer::new(act, &frontiers);
    let mut places = Vec::new();
    each_combination(&slices, |place| places.push(place.to_vec()));
    for place in places {
        let children: Vec<u32> = frontiers[axis].children(place[axis]).collect();
        let values = sharer
            .parts(all.get(&place), &place, &children, findings, &mut trace)?
            .to_vec();
        let mut child = place.clone();
        for (at, value) in children.iter().zip(values) {
            child[axis] = *at;
            settle(&mut cube, &child, value, &[], trace.as_deref_mut())
                .expect("an unconstrained box takes any total");
        }
    }
    Ok(cube)
}

/// Shares parents over children with reused buffers.
struct Sharer<'a> {
    act: &'a Act<'a>,
    frontiers: &'a [Frontier],
    filled: Filled,
    parts: Vec<i64>,
    children: Vec<u32>,
    scratch: Scratch,
    /// Weights that do not depend on the other axes are filled once per parent.
    warned: usize,
}

/// Warnings of one kind beyond this number are counted, not listed.
const MOST_WARNINGS: usize = 20;

impl<'a> Sharer<'a> {
    fn new(act: &'a Act<'a>, frontiers: &'a [Frontier]) -> Self {
        Sharer {
            act,
            frontiers,
            filled: Filled::default(),
            parts: Vec::new(),
            children: Vec::new(),
            scratch: Scratch::default(),
            warned: 0,
        }
    }

    /// Shares everything below a position of the axis, parents before children.
    fn share_below(
        &mut self,
        cube: &mut Cube,
        at: &mut [u32],
        top: u32,
        findings: &mut Vec<Finding>,
        trace: &mut Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        let axis = self.act.axis;
        let frontier = &self.frontiers[axis];
        let stride = cube.stride(axis);
        at[axis] = 0;
        let base = cube.offset(at);
        for parent in top..frontier.end(top) {
            if frontier.is_leaf(parent) {
                continue;
            }
            let mut children = std::mem::take(&mut self.children);
            children.clear();
            children.extend(frontier.children(parent));
            at[axis] = parent;
            let value = cube.at(base + parent as usize * stride);
            let parts = self.parts(value, at, &children, findings, trace)?;
            for (child, part) in children.iter().zip(parts) {
                cube.put(base + *child as usize * stride, *part);
            }
            self.children = children;
        }
        Ok(())
    }

    /// The parts of one parent, in the order of its children.
    fn parts(
        &mut self,
        value: i64,
        at: &[u32],
        children: &[u32],
        findings: &mut Vec<Finding>,
        trace: &mut Option<&mut Trace>,
    ) -> Result<&[i64], PlanError> {
        let act = self.act;
        let inside = at
            .iter()
            .enumerate()
            .filter(|(axis, _)| *axis != act.axis)
            .all(|(axis, at)| self.frontiers[axis].contains(act.within[axis], *at));
        let weigher = if inside { &act.weigher } else { &act.equal };
        let group = Group {
            axis: act.axis,
            at,
            children,
        };
        weigher.fill(act.model, self.frontiers, &group, &mut self.filled)?;
        limit_weights(act.model, self.frontiers, &group, weigher, &mut self.filled);
        self.leave_held_back_out(children);
        self.parts.clear();
        self.parts.resize(children.len(), 0);
        let zero = self.filled.is_all_zero();
        if zero && value != 0 {
            self.equalise(value, at, children, findings)?;
        }
        let (mut rest, mut fixed) = (value, vec![None; 0]);
        if act.hold_back.is_some() || !act.typed.is_empty() {
            (rest, fixed) = self.fixed_parts(value, at, children)?;
        }
        let policy = act.policy;
        if let Some(coarse) = act.coarse {
            let weights = self.weights();
            let stepped = allocate_stepped(rest, &weights, policy, coarse);
            self.parts.copy_from_slice(&stepped.parts);
        } else if self.filled.big.is_some() {
            let weights = self.weights();
            self.parts
                .copy_from_slice(&allocate(rest, &weights, policy));
        } else {
            let weights = &self.filled.small;
            allocate_with(rest, weights, policy, &mut self.parts, &mut self.scratch);
        }
        for (part, fixed) in self.parts.iter_mut().zip(fixed) {
            if let Some(fixed) = fixed {
                *part = fixed;
            }
        }
        if let Some(trace) = trace.as_deref_mut() {
            let weights = self.weights();
            let (frontiers, axis, values) = (self.frontiers, act.axis, &self.parts);
            let total = value;
            let touch = Touch {
                frontiers,
                at,
                axis,
                total,
                rest,
                children,
                weights,
                values,
                policy,
            };
            trace.touch(touch);
        }
        Ok(&self.parts)
    }

    fn weights(&self) -> Weights {
        match &self.filled.big {
            Some(big) => Weights::from_big(big.clone()),
            None => Weights::from_u64(self.filled.small.clone()),
        }
    }

    /// A held-back line gets its part by rule, never by weight.
    fn leave_held_back_out(&mut self, children: &[u32]) {
        let tree = &self.act.model.axes()[self.act.axis].tree;
        let frontier = &self.frontiers[self.act.axis];
        let Some(last) = children.last() else { return };
        if tree.kind(frontier.node(*last)) == NodeKind::HoldBack {
            let at = children.len() - 1;
            match &mut self.filled.big {
                Some(big) => big[at] = num_bigint::BigUint::ZERO,
                None => self.filled.small[at] = 0,
            }
        }
    }

    /// All weights are zero: equal shares with a warning, or a refusal (rule A5).
    fn equalise(
        &mut self,
        value: i64,
        at: &[u32],
        children: &[u32],
        findings: &mut Vec<Finding>,
    ) -> Result<(), PlanError> {
        let place = place_text(self.act.model, self.frontiers, at);
        if self.act.zero_basis == ZeroBasis::Refuse {
            return Err(PlanError::WeightsAllZero { place });
        }
        let group = Group {
            axis: self.act.axis,
            at,
            children,
        };
        let equal = Weigher::Equal;
        equal.fill(self.act.model, self.frontiers, &group, &mut self.filled)?;
        limit_weights(
            self.act.model,
            self.frontiers,
            &group,
            &equal,
            &mut self.filled,
        );
        self.leave_held_back_out(children);
        if self.filled.is_all_zero() {
            return Err(PlanError::NobodyEffective {
                place,
                amount: self.act.step.format(value),
            });
        }
        self.warned += 1;
        if self.warned <= MOST_WARNINGS {
            findings.push(Finding::warning(
                "zero_basis_equal",
                place.clone(),
                format!("{place} 没有历史或权重,按相等分摊"),
                format!("{place} has no history or weights and was shared equally"),
            ));
        }
        Ok(())
    }

    /// Parts that are typed or held back; their weights become zero and the rest is shared.
    #[expect(
        clippy::type_complexity,
        reason = "the rest and the fixed parts belong together"
    )]
    fn fixed_parts(
        &mut self,
        value: i64,
        at: &[u32],
        children: &[u32],
    ) -> Result<(i64, Vec<Option<i64>>), PlanError> {
        let frontier = &self.frontiers[self.act.axis];
        let tree = &self.act.model.axes()[self.act.axis].tree;
        let mut fixed: Vec<Option<i64>> = vec![None; children.len()];
        for (slot, child) in fixed.iter_mut().zip(children) {
            let node = frontier.node(*child);
            let typed = self.act.typed.iter().find(|(known, _)| *known == node);
            *slot = typed.map(|(_, amount)| *amount);
            if tree.kind(node) == NodeKind::HoldBack {
                *slot = Some(
                    self.act
                        .hold_back
                        .and_then(|rate| rate.of_rounded(value))
                        .unwrap_or(0),
                );
            }
        }
        let sum: i128 = fixed.iter().flatten().map(|part| i128::from(*part)).sum();
        let rest = i128::from(value) - sum;
        let text = |count: i128| text_of(self.act.step, count);
        let place = || place_text(self.act.model, self.frontiers, at);
        if rest < 0 {
            let (typed, total) = (text(sum), text(i128::from(value)));
            return Err(PlanError::AmountsExceed {
                place: place(),
                typed,
                total,
            });
        }
        let everyone = fixed.iter().all(Option::is_some);
        if everyone && rest != 0 {
            let (typed, total) = (text(sum), text(i128::from(value)));
            return Err(PlanError::AmountsDiffer {
                place: place(),
                typed,
                total,
            });
        }
        let mut wide = self.filled.wide();
        let free = |slot: &Option<i64>| slot.is_none();
        if wide
            .iter()
            .zip(&fixed)
            .all(|(w, slot)| !free(slot) || *w == num_bigint::BigUint::ZERO)
        {
            wide.iter_mut().for_each(|weight| *weight = 1u32.into());
        }
        for (weight, slot) in wide.iter_mut().zip(&fixed) {
            if slot.is_some() {
                *weight = num_bigint::BigUint::ZERO;
            }
        }
        self.filled.settle(wide);
        let rest = i64::try_from(rest).map_err(|_| PlanError::OutOfRange { place: place() })?;
        Ok((rest, fixed))
    }
}
