//! Shares one parent after another over its children, by the weights of an act: the inner loop of
//! decomposing. Reuses its buffers; knows nothing of axes that are opened or of holds.

use fenjie_money::{Scratch, Weights, ZeroBasis, allocate, allocate_stepped, allocate_with};

use crate::cube::Cube;
use crate::decompose::Act;
use crate::error::PlanError;
use crate::finding::Finding;
use crate::frontier::Frontier;
use crate::state::text_of;
use crate::trace::{Touch, Trace};
use crate::tree::NodeKind;
use crate::weigher::{Filled, Group, Weigher, limit_weights, place_text};

/// Shares parents over children with reused buffers.
pub(crate) struct Sharer<'a> {
    act: &'a Act<'a>,
    frontiers: &'a [Frontier],
    filled: Filled,
    parts: Vec<i64>,
    children: Vec<u32>,
    scratch: Scratch,
    /// Weights that do not depend on the other axes are filled once per parent.
    warned: usize,
    /// Children without history beside siblings that have some: how many, and the first of them.
    unknown: usize,
    unknown_named: Vec<String>,
}

/// Warnings of one kind beyond this number are counted, not listed.
const MOST_WARNINGS: usize = 20;

/// How many cells without history a warning names.
const MOST_UNKNOWN_NAMED: usize = 10;

impl<'a> Sharer<'a> {
    pub(crate) fn new(act: &'a Act<'a>, frontiers: &'a [Frontier]) -> Self {
        Sharer {
            act,
            frontiers,
            filled: Filled::default(),
            parts: Vec::new(),
            children: Vec::new(),
            scratch: Scratch::default(),
            warned: 0,
            unknown: 0,
            unknown_named: Vec::new(),
        }
    }

    /// Shares everything below a position of the axis, parents before children.
    pub(crate) fn share_below(
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
    pub(crate) fn parts(
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
        } else if value != 0 && matches!(weigher, Weigher::History(_)) {
            self.note_unknown(at, children);
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

    /// A child without history gets nothing while its siblings have some: said once per act.
    fn note_unknown(&mut self, at: &[u32], children: &[u32]) {
        for (child, weight) in children.iter().zip(&self.filled.small) {
            let tree = &self.act.model.axes()[self.act.axis].tree;
            let node = self.frontiers[self.act.axis].node(*child);
            let typed = self.act.typed.iter().any(|(known, _)| *known == node);
            if *weight != 0 || typed || tree.kind(node) == NodeKind::HoldBack {
                continue;
            }
            self.unknown += 1;
            if self.unknown_named.len() < MOST_UNKNOWN_NAMED {
                let mut place = at.to_vec();
                place[self.act.axis] = *child;
                self.unknown_named
                    .push(place_text(self.act.model, self.frontiers, &place));
            }
        }
    }

    /// What is to be said when the act is done.
    pub(crate) fn finish(self, findings: &mut Vec<Finding>) {
        if self.unknown == 0 {
            return;
        }
        let (count, named) = (self.unknown, self.unknown_named.join("; "));
        let more = if count > MOST_UNKNOWN_NAMED {
            " …"
        } else {
            ""
        };
        let (zh, en) = if self.act.axis == self.act.model.time() {
            (
                "；写 smooth = 3 可由相邻期间补上",
                "; smooth = 3 lets the neighbouring periods fill them",
            )
        } else {
            ("", "")
        };
        let cells = if count == 1 { "cell has" } else { "cells have" };
        findings.push(Finding::warning(
            "history_missing",
            self.unknown_named[0].clone(),
            format!("{count} 格没有历史，目标为 0：{named}{more}{zh}"),
            format!("{count} {cells} no history: target 0 for {named}{more}{en}"),
        ));
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
        if self.filled.is_all_zero() && self.act.nobody_is_equal {
            equal.fill(self.act.model, self.frontiers, &group, &mut self.filled)?;
        }
        self.leave_held_back_out(children);
        if self.filled.is_all_zero() && self.act.hold_back.is_some() {
            return Ok(());
        }
        if self.filled.is_all_zero() {
            return Err(PlanError::NobodyEffective {
                place,
                amount: self.act.step.format(value),
            });
        }
        self.warned += 1;
        if self.warned == MOST_WARNINGS + 1 {
            findings.push(Finding::warning(
                "zero_basis_equal",
                String::new(),
                String::new(),
                String::new(),
            ));
        }
        if self.warned > MOST_WARNINGS {
            let more = self.warned - MOST_WARNINGS;
            let last = findings.last_mut().expect("just pushed");
            last.zh = format!("另有 {more} 处没有历史或权重，按相等分摊");
            last.en =
                format!("{more} more places have no history or weights and were shared equally");
        } else {
            findings.push(Finding::warning(
                "zero_basis_equal",
                place.clone(),
                format!("{place} 没有历史或权重，按相等分摊"),
                format!("{place} has no history or weights and was shared equally"),
            ));
        }
        Ok(())
    }

    /// Parts that are typed or held back; their weights become zero and the rest is shared.
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
        let rest = i64::try_from(rest).map_err(|_| PlanError::OutOfRange { place: place() })?;
        self.rest_the_fixed(&fixed);
        if rest == 0 || !self.filled.is_all_zero() {
            return Ok((rest, fixed));
        }
        if self.act.zero_basis == ZeroBasis::Refuse {
            return Err(PlanError::WeightsAllZero { place: place() });
        }
        let (model, frontiers, axis) = (self.act.model, self.frontiers, self.act.axis);
        let group = Group { axis, at, children };
        Weigher::Equal.fill(model, frontiers, &group, &mut self.filled)?;
        limit_weights(model, frontiers, &group, &Weigher::Equal, &mut self.filled);
        self.rest_the_fixed(&fixed);
        if !self.filled.is_all_zero() {
            return Ok((rest, fixed));
        }
        // Nobody is there to take the rest: it stays with the parent, on its held-back line.
        let line = children.last().is_some_and(|last| {
            let node = frontiers[axis].node(*last);
            model.axes()[axis].tree.kind(node) == NodeKind::HoldBack
        });
        match fixed.last_mut() {
            Some(Some(held_back)) if line => *held_back += rest,
            _ => {
                return Err(PlanError::NobodyEffective {
                    place: place(),
                    amount: self.act.step.format(rest),
                });
            }
        }
        Ok((0, fixed))
    }

    /// Whatever has its part already has no weight.
    fn rest_the_fixed(&mut self, fixed: &[Option<i64>]) {
        let mut wide = self.filled.wide();
        for (weight, slot) in wide.iter_mut().zip(fixed) {
            if slot.is_some() {
                *weight = num_bigint::BigUint::ZERO;
            }
        }
        self.filled.settle(wide);
    }
}
