//! The act of decomposing (rule D1): an axis is brought to a level, every parent shared over its
//! children, top level first, so that every level adds up (rule D3).

use fenjie_money::{Policy, Step, ZeroBasis};

use crate::cube::Cube;
use crate::error::PlanError;
use crate::finding::Finding;
use crate::frontier::{Frontier, each_combination};
use crate::model::Model;
use crate::operation::{Basis, CalendarBasis, Decompose};
use crate::settle::{Constraint, settle, settle_within};
use crate::sharer::Sharer;
use crate::state::{Plan, read_amount, settle_error};
use crate::trace::Trace;
use crate::tree::Tree;
use crate::weigher::Weigher;

/// Everything that stays the same while one axis is refined.
pub(crate) struct Act<'a> {
    pub(crate) model: &'a Model,
    pub(crate) axis: usize,
    pub(crate) weigher: Weigher,
    pub(crate) step: Step,
    pub(crate) policy: Policy,
    /// A coarser step, in counts of the measure's step.
    pub(crate) coarse: Option<i64>,
    pub(crate) zero_basis: ZeroBasis,
    pub(crate) hold_back: Option<crate::Decimal>,
    pub(crate) typed: Vec<(u32, i64)>,
    /// Positions outside this box are shared equally.
    pub(crate) within: Vec<u32>,
    pub(crate) equal: Weigher,
    /// Where nobody is there on any day that counts: share equally, as views show it, not refuse.
    pub(crate) nobody_is_equal: bool,
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
        (deepest.unwrap_or(0) + 1).min(tree.level_names().len().max(1))
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
        mut trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        let planning = self.model.planning_depth();
        let frontier = self.grid(measure).cube.frontier(self.model.time());
        let tree = &self.model.axes()[self.model.time()].tree;
        let shallow = frontier
            .leaves()
            .iter()
            .any(|leaf| tree.depth(frontier.node(*leaf)) < planning);
        if shallow && planning > 0 {
            let time = self.model.time();
            self.refine(measure, time, planning, act, trace.as_deref_mut())?;
        }
        let grid = self.grid_mut(measure);
        grid.profile_depth = grid.profile_depth.max(depth);
        self.store_limited_detail(measure, trace)
    }

    /// Periods below the stored cells that a hold or limit is stated on are stored now, so that it
    /// takes effect (rule D4).
    fn store_limited_detail(
        &mut self,
        measure: usize,
        mut trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        let time = self.model.time();
        let held = self.holds.iter().filter(|hold| hold.measure == measure);
        let limited = self.limits.iter().filter(|limit| limit.measure == measure);
        let places = held
            .map(|hold| &hold.place)
            .chain(limited.map(|limit| &limit.place));
        let nodes: Vec<u32> = places.map(|place| place.0[time]).collect();
        for node in nodes {
            let depth = self.model.axes()[time].tree.depth(node);
            let frontier = self.grid(measure).cube.frontier(time);
            if frontier.position(node).is_some() || depth > self.grid(measure).profile_depth {
                continue;
            }
            let old = self.grid(measure).cube.frontiers().to_vec();
            let before = self.visible_constraints(measure).len();
            self.open_period(measure, node, depth)?;
            self.impose_new(
                measure,
                time,
                depth,
                false,
                before,
                &old,
                trace.as_deref_mut(),
            )?;
        }
        Ok(())
    }

    /// Opens the stored cells on the way to one period, and that period down to a depth, by the
    /// calendar: done when an operation names a day or slot, so that this detail can be edited.
    pub(crate) fn open_period(
        &mut self,
        measure: usize,
        node: u32,
        depth: usize,
    ) -> Result<(), PlanError> {
        let time = self.model.time();
        let tree = &self.model.axes()[time].tree;
        let frontier = self.grid(measure).cube.frontier(time);
        let opened = frontier.opened(tree, &|open| {
            tree.depth(open) < depth && (tree.contains(open, node) || tree.contains(node, open))
        });
        let cube = self.opened_by_calendar(measure, opened, false)?;
        self.grid_mut(measure).replace(cube);
        Ok(())
    }

    /// The cells of a flow with time opened further, by the calendar. Amounts in periods where nobody
    /// is there are refused, or shared equally as views show them.
    pub(crate) fn opened_by_calendar(
        &self,
        measure: usize,
        opened: Frontier,
        nobody_is_equal: bool,
    ) -> Result<Cube, PlanError> {
        let time = self.model.time();
        let mut target = self.grid(measure).cube.frontiers().to_vec();
        target[time] = opened;
        let weigher = Weigher::Calendar(CalendarBasis::Coefficients);
        let act = Act {
            model: &self.model,
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
            nobody_is_equal,
        };
        let mut findings = Vec::new();
        refined(&self.grid(measure).cube, target, &act, &mut findings, None)
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
        let within = self.visible_place(measure, &act.within)?;
        let scope = within.0[axis];
        let old = self.grid(measure).cube.frontiers().to_vec();
        let open = |node: u32| {
            tree.depth(node) < depth && (tree.contains(scope, node) || tree.contains(node, scope))
        };
        let mut target = old.clone();
        target[axis] = old[axis].opened(tree, &open);
        let again = target[axis] == old[axis];
        if again && act.basis == Basis::Current {
            return Ok(());
        }
        let before = self.visible_constraints(measure);
        let positions = |frontiers: &[Frontier]| -> Vec<u32> {
            let of = |(axis, node): (usize, &u32)| {
                frontiers[axis].covering(&model.axes()[axis].tree, *node)
            };
            within.0.iter().enumerate().map(of).collect()
        };
        if let Some(rate) = act.hold_back
            && (rate.is_negative() || rate.compare(crate::Decimal::ONE).is_gt())
        {
            return Err(PlanError::Parameter {
                name: "hold_back".into(),
                value: rate.to_string(),
                zh: "预留比例在 0 到 100% 之间",
                en: "the held-back part lies between 0 and 100 %",
            });
        }
        check_policy(act.policy, &model.axes()[axis].tree)?;
        let step = self.step(measure);
        let typed = typed_amounts(&model, axis, &act.basis, step)?;
        let box_of = positions(&target);
        let leaves = |at: usize| target[at].leaves_in(box_of[at]).len();
        let several = (0..target.len()).any(|at| at != axis && leaves(at) > 1);
        let prepared = Act {
            model: &model,
            axis,
            weigher: Weigher::prepare(&act.basis, &model, axis, depth, &target, &self.grids)?,
            step,
            policy: act.policy,
            coarse: self.coarse_of(measure, act)?,
            zero_basis: act.zero_basis,
            hold_back: act.hold_back,
            typed: if several { Vec::new() } else { typed.clone() },
            within: box_of.clone(),
            equal: Weigher::Equal,
            nobody_is_equal: false,
        };
        let mut findings = Vec::new();
        if again && axis == model.time() {
            self.refuse_resharing_closed(measure, depth, &box_of)?;
        }
        let cube = if again {
            let cube = self.grid(measure).cube.clone();
            reshared(cube, depth, &prepared, &mut findings, trace.as_deref_mut())?
        } else {
            let cube = &self.grid(measure).cube;
            refined(cube, target, &prepared, &mut findings, trace.as_deref_mut())?
        };
        self.grid_mut(measure).replace(cube);
        self.add_findings(findings);
        if several && !typed.is_empty() {
            let parents = self.parents_shared(measure, axis, depth, again, &old[axis]);
            self.impose_typed(measure, axis, &box_of, &typed, &parents)?;
        }
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
            let mut inside = self.constraints_on(measure, &region);
            inside.extend(parents_of(cube, &region, axis));
            let total = cube.get(&region);
            let cube = &mut self.grid_mut(measure).cube;
            settle(
                &model,
                cube,
                &region,
                total,
                &merged(inside),
                trace.as_deref_mut(),
            )
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
        parents.push(Constraint::fixed(place.to_vec(), value, String::new()));
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
        if amount < 0 {
            let value = text.clone();
            return Err(PlanError::Negative { place, value });
        }
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
    if let Some(error) = failure {
        return Err(error);
    }
    sharer.finish(findings);
    cube.add_up();
    Ok(cube)
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
    if axis != act.model.time() {
        lists[act.model.time()].retain(|leaf| !cube.closed_at(*leaf).0);
    }
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
            settle_within(
                act.model,
                &mut cube,
                &child,
                value,
                &[],
                trace.as_deref_mut(),
            )
            .expect("an unconstrained box takes any total");
        }
    }
    sharer.finish(findings);
    Ok(cube)
}

/// A policy may name a member by its place among its siblings; somebody must stand there (rule A6).
fn check_policy(policy: Policy, tree: &Tree) -> Result<(), PlanError> {
    let Policy::Member(index) = policy else {
        return Ok(());
    };
    let most = (0..tree.len() as u32).map(|node| tree.children(node).count());
    if most.max().is_some_and(|most| index < most) {
        return Ok(());
    }
    Err(PlanError::Parameter {
        name: "policy".into(),
        value: policy.name(),
        zh: "没有这么多成员，从 0 数起",
        en: "there are not so many members, counted from 0",
    })
}
