//! The operation `fit`: totals stated on several axes at once are met exactly, nearest to a prior
//! (rule D9). Brings the axes to the stated levels first, then hands flat arrays to fitting.

use fenjie_money::{Policy, Weights, ZeroBasis, allocate};

use crate::decimal::Decimal;
use crate::error::PlanError;
use crate::finding::Finding;
use crate::fit::{Family, Fitted, Group, Prior, Problem, fit};
use crate::fit_words::fit_error;
use crate::fitting_open::OpenRest;
use crate::frontier::{Frontier, each_combination};
use crate::member_weights::whole_scale;
use crate::operation::{Address, Basis, Decompose, Margin, MarginTotals};
use crate::settle::settle;
use crate::settle_open::beyond_closed;
use crate::state::{Plan, settle_error, text_of};
use crate::tree::NodeKind;
use crate::weigher::{Filled, Weigher};

/// One stated margin, resolved: a total per visible position of its axis.
struct Stated {
    axis: usize,
    label: String,
    positions: Vec<(u32, i64)>,
}

impl Plan {
    /// Meets crossing margins.
    pub(crate) fn fit(
        &mut self,
        measure: &str,
        margins: &[Margin],
        prior: &Basis,
        zero_basis: ZeroBasis,
    ) -> Result<(), PlanError> {
        let measure = self.model.flow_index(measure)?;
        for margin in margins {
            self.refuse_composition_without_shares(margin)?;
            self.open_to_margin(measure, margin, zero_basis)?;
        }
        let total = self.total_of_margins(measure, margins)?;
        let stated: Vec<Stated> = margins
            .iter()
            .map(|margin| self.stated(measure, margin, total))
            .collect::<Result<_, _>>()?;
        self.refuse_unequal_sums(measure, &stated)?;
        let before = self.visible_constraints(measure);
        let cube = &self.grid(measure).cube;
        let frontiers = cube.frontiers().to_vec();
        let prior = self.prior_cells(measure, prior, &frontiers)?;
        let fitted = self.fitted(measure, &stated, prior)?;
        self.note_beyond(measure, &fitted);
        let root = vec![0u32; frontiers.len()];
        self.grid_mut(measure)
            .cube
            .replace_cells(&root, &fitted.cells);
        self.remember_margins(measure, &stated);
        if !before.is_empty() {
            self.keep_margins_and_holds(measure, &stated)?;
        }
        Ok(())
    }

    /// The cells that meet the stated totals; those of closed periods keep their values (rule J4).
    fn fitted(
        &self,
        measure: usize,
        stated: &[Stated],
        prior: Option<Vec<i64>>,
    ) -> Result<Fitted, PlanError> {
        let cube = &self.grid(measure).cube;
        let frontiers = cube.frontiers();
        let place_of = |at: Group| {
            let margin = &stated[at.family];
            let mut place = vec![0; frontiers.len()];
            place[margin.axis] = margin.positions[at.group].0;
            place
        };
        let mut families: Vec<Family> = stated
            .iter()
            .map(|margin| family(margin, frontiers))
            .collect();
        let mut rest = OpenRest::of(cube);
        if let Some(rest) = &mut rest {
            for (index, family) in families.iter_mut().enumerate() {
                rest.take_off(family).map_err(|(group, kept)| {
                    let at = Group {
                        family: index,
                        group,
                    };
                    let total = stated[index].positions[group].1;
                    let error = beyond_closed(cube, &place_of(at), (total, kept));
                    settle_error(self, measure, error)
                })?;
            }
        }
        let (shape, prior) = match &rest {
            Some(rest) => (rest.open_shape(), prior.map(|all| rest.narrowed(&all))),
            None => (
                frontiers.iter().map(|one| one.leaves().len()).collect(),
                prior,
            ),
        };
        if shape.contains(&0) {
            let rest = rest.expect("without closed periods every axis has leaves");
            return Ok(rest.whole(Fitted::default()));
        }
        let problem = Problem {
            shape: &shape,
            prior: match &prior {
                Some(cells) => Prior::I64(cells),
                None => Prior::Uniform,
            },
            families,
            bounds: None,
        };
        let fitted = fit(&problem).map_err(|error| {
            let error = match &rest {
                Some(rest) => rest.in_whole(error),
                None => error,
            };
            fit_error(&error, self.step(measure), |group| {
                self.positions_text(measure, &place_of(group))
            })
        })?;
        Ok(match rest {
            Some(rest) => rest.whole(fitted),
            None => fitted,
        })
    }

    /// Stated totals stay fixed when a later step keeps the plan's total.
    fn remember_margins(&mut self, measure: usize, stated: &[Stated]) {
        let root = vec![0u32; self.model.axes().len()];
        let mut margins = Vec::new();
        for margin in stated {
            let frontier = self.grid(measure).cube.frontier(margin.axis);
            for (position, value) in &margin.positions {
                let mut place = root.clone();
                place[margin.axis] = frontier.node(*position);
                margins.push((crate::model::Place(place), *value));
            }
        }
        self.grid_mut(measure).margins = margins;
    }

    /// Cells that whole numbers keep further from their fitted value than rule D9 promises.
    fn note_beyond(&mut self, measure: usize, fitted: &Fitted) {
        for beyond in fitted.beyond.iter().take(5) {
            let cube = &self.grid(measure).cube;
            let mut at = beyond.cell;
            let mut place = vec![0u32; cube.frontiers().len()];
            for axis in (0..place.len()).rev() {
                let leaves = cube.frontier(axis).leaves();
                place[axis] = leaves[at % leaves.len()];
                at /= leaves.len();
            }
            let place = self.positions_text(measure, &place);
            let value = self.step(measure).format(beyond.rounded);
            let zh = format!("{place} 取整为 {value}，与拟合值相差超出规则的范围");
            let en =
                format!("{place} is rounded to {value}, further off its fitted value than usual");
            self.findings
                .push(Finding::warning("fit_beyond_two_steps", place, zh, en));
        }
    }

    /// Holds and limits inside a fitted plan: settled once more with the margins as constraints.
    fn keep_margins_and_holds(
        &mut self,
        measure: usize,
        stated: &[Stated],
    ) -> Result<(), PlanError> {
        let mut constraints = self.visible_constraints(measure);
        let root = vec![0u32; self.model.axes().len()];
        for margin in stated {
            for (position, value) in &margin.positions {
                let mut place = root.clone();
                place[margin.axis] = *position;
                let name = self.positions_text(measure, &place);
                constraints.push(crate::settle::Constraint {
                    place,
                    floor: *value,
                    cap: *value,
                    name,
                });
            }
        }
        let total = self.grid(measure).cube.total();
        let constraints = crate::decompose::merged(constraints);
        let model = self.model.clone();
        let cube = &mut self.grid_mut(measure).cube;
        settle(&model, cube, &root, total, &constraints, None)
            .map_err(|error| settle_error(self, measure, error))
    }

    fn open_to_margin(
        &mut self,
        measure: usize,
        margin: &Margin,
        zero_basis: ZeroBasis,
    ) -> Result<(), PlanError> {
        let (axis, depth) = self.margin_level(margin)?;
        let tree = &self.model.axes()[axis].tree;
        let frontier = self.grid(measure).cube.frontier(axis);
        let visible = frontier
            .nodes()
            .iter()
            .any(|node| tree.depth(*node) == depth);
        if visible {
            return Ok(());
        }
        let act = Decompose {
            measure: self.model.definition.measures[measure].code.clone(),
            axis: self.model.axes()[axis].code.clone(),
            level: self.level_text(axis, depth),
            within: Address::default(),
            basis: Basis::Equal,
            policy: Policy::LargestRemainder,
            step: None,
            zero_basis,
            hold_back: None,
        };
        let composition = self.model.axes()[axis].composition;
        if composition {
            std::sync::Arc::make_mut(&mut self.model).set_composition(axis, false);
        }
        let result = self.decompose(&act, None);
        if composition {
            std::sync::Arc::make_mut(&mut self.model).set_composition(axis, true);
        }
        result
    }

    /// A composition is stated in shares or amounts, never derived (rule D10).
    fn refuse_composition_without_shares(&self, margin: &Margin) -> Result<(), PlanError> {
        let (axis, _) = self.model.axis_level(&margin.axis)?;
        let known = &self.model.axes()[axis];
        match &margin.totals {
            MarginTotals::By(basis) if known.composition && !matches!(basis, Basis::Shares(_)) => {
                Err(PlanError::CompositionNeedsShares {
                    axis: known.code.clone(),
                })
            }
            _ => Ok(()),
        }
    }

    fn level_text(&self, axis: usize, depth: usize) -> String {
        let known = &self.model.axes()[axis];
        let at = (0..known.tree.len() as u32).find(|node| known.tree.depth(*node) == depth);
        known.level_of(at.unwrap_or(0)).to_owned()
    }

    /// The axis and depth of a margin: named, or where its members stand.
    pub(crate) fn margin_level(&self, margin: &Margin) -> Result<(usize, usize), PlanError> {
        let (axis, depth) = self.model.axis_level(&margin.axis)?;
        if let Some(depth) = depth {
            return Ok((axis, depth));
        }
        let first = match &margin.totals {
            MarginTotals::Amounts(amounts) => amounts.first().map(|(member, _)| member),
            MarginTotals::Shares(shares) => shares.first().map(|(member, _)| member),
            MarginTotals::By(_) => None,
        };
        match first {
            Some(member) => {
                let node = self.model.member_on(axis, member)?;
                Ok((axis, self.model.axes()[axis].tree.depth(node)))
            }
            None => Ok((axis, 1)),
        }
    }

    /// The plan's total, or the sum of the first margin stated in amounts where there is none yet.
    fn total_of_margins(&self, measure: usize, margins: &[Margin]) -> Result<i64, PlanError> {
        if self.grid(measure).stated.is_some() {
            return Ok(self.grid(measure).cube.total());
        }
        for margin in margins {
            if let MarginTotals::Amounts(amounts) = &margin.totals {
                let mut sum = 0i64;
                for (member, text) in amounts {
                    let value = self.amount(measure, text, &format!("{}={member}", margin.axis))?;
                    sum = sum
                        .checked_add(value)
                        .ok_or_else(|| PlanError::OutOfRange {
                            place: margin.axis.clone(),
                        })?;
                }
                return Ok(sum);
            }
        }
        Ok(self.grid(measure).cube.total())
    }

    fn stated(&self, measure: usize, margin: &Margin, total: i64) -> Result<Stated, PlanError> {
        let (axis, depth) = self.margin_level(margin)?;
        let tree = &self.model.axes()[axis].tree;
        let frontier = self.grid(measure).cube.frontier(axis);
        let label = margin.axis.clone();
        let level: Vec<u32> = (0..frontier.len() as u32)
            .filter(|at| {
                let at_depth = tree.depth(frontier.node(*at));
                at_depth == depth || (at_depth < depth && frontier.is_leaf(*at))
            })
            .collect();
        let position = |member: &str| -> Result<u32, PlanError> {
            let node = self.model.member_on(axis, member)?;
            let at = frontier.position(node).filter(|at| level.contains(at));
            at.ok_or_else(|| PlanError::NotAChild {
                member: member.into(),
                level: self.level_text(axis, depth),
            })
        };
        let mut positions = Vec::new();
        match &margin.totals {
            MarginTotals::Amounts(amounts) => {
                for (member, text) in amounts {
                    let value = self.amount(measure, text, &format!("{label}={member}"))?;
                    positions.push((position(member)?, value));
                }
            }
            MarginTotals::Shares(shares) => {
                let scale = whole_scale(&label, shares)?;
                let digits = |share: &Decimal| share.at_scale(scale).unwrap_or(0).unsigned_abs();
                let weights = shares.iter().map(|(_, share)| digits(share)).collect();
                let parts = allocate(
                    total,
                    &Weights::from_u128(weights),
                    Policy::LargestRemainder,
                );
                for ((member, _), part) in shares.iter().zip(parts) {
                    positions.push((position(member)?, part));
                }
            }
            MarginTotals::By(basis) => {
                positions = self.margin_by(measure, axis, depth, basis, &level, total)?;
            }
        }
        let mut seen = Vec::new();
        for (at, value) in &positions {
            if *value < 0 {
                return Err(PlanError::Negative {
                    place: format!("{label}={}", tree.name(frontier.node(*at))),
                    value: self.step(measure).format(*value),
                });
            }
            if seen.contains(at) {
                return Err(PlanError::Parameter {
                    name: label,
                    value: tree.name(frontier.node(*at)).into(),
                    zh: "这个成员写了两次",
                    en: "this member is stated twice",
                });
            }
            seen.push(*at);
        }
        // A margin that names only some members leaves the others at zero; what it leaves of a
        // stated total stays held back where there is a line for it.
        let named: i128 = positions.iter().map(|(_, value)| i128::from(*value)).sum();
        let left = i64::try_from(i128::from(total) - named).unwrap_or(0).max(0);
        let line = |at: &u32| tree.kind(frontier.node(*at)) == NodeKind::HoldBack;
        let mut left = Some(left).filter(|_| self.grid(measure).stated.is_some());
        for at in level.iter().filter(|at| !seen.contains(at)) {
            let value = if line(at) { left.take() } else { None };
            positions.push((*at, value.unwrap_or(0)));
        }
        Ok(Stated {
            axis,
            label,
            positions,
        })
    }

    fn margin_by(
        &self,
        measure: usize,
        axis: usize,
        depth: usize,
        basis: &Basis,
        level: &[u32],
        total: i64,
    ) -> Result<Vec<(u32, i64)>, PlanError> {
        let mut frontiers = vec![Frontier::root(); self.model.axes().len()];
        frontiers[axis] = self.grid(measure).cube.frontier(axis).clone();
        let weigher = Weigher::prepare(basis, &self.model, axis, depth, &frontiers, &self.grids)?;
        let at = vec![0u32; frontiers.len()];
        let mut filled = Filled::default();
        let group = crate::weigher::Group {
            axis,
            at: &at,
            children: level,
        };
        weigher.fill(&self.model, &frontiers, &group, &mut filled)?;
        let mut wide = filled.wide();
        let mut held_back = vec![0i64; level.len()];
        for ((weight, held), position) in wide.iter_mut().zip(&mut held_back).zip(level) {
            let tree = &self.model.axes()[axis].tree;
            if tree.kind(frontiers[axis].node(*position)) == NodeKind::HoldBack {
                let mut place = at.clone();
                place[axis] = *position;
                *weight = num_bigint::BigUint::ZERO;
                *held = self.grid(measure).cube.get(&place);
            }
        }
        let weights = Weights::from_big(wide);
        let rest = total - held_back.iter().sum::<i64>();
        let parts = allocate(rest, &weights, Policy::LargestRemainder);
        let parts = parts
            .into_iter()
            .zip(held_back)
            .map(|(part, held)| part + held);
        Ok(level.iter().copied().zip(parts).collect())
    }

    /// Margins must sum to the same, and to the plan's total where one is stated (rule D9).
    fn refuse_unequal_sums(&self, measure: usize, stated: &[Stated]) -> Result<(), PlanError> {
        let step = self.step(measure);
        let mut sums: Vec<(String, i128)> = stated
            .iter()
            .map(|margin| {
                let sum = margin
                    .positions
                    .iter()
                    .map(|(_, value)| i128::from(*value))
                    .sum();
                (margin.label.clone(), sum)
            })
            .collect();
        if self.grid(measure).stated.is_some() {
            let total = self.grid(measure).cube.total();
            sums.push(("total".into(), i128::from(total)));
        }
        if sums.windows(2).any(|pair| pair[0].1 != pair[1].1) {
            let sums = sums
                .into_iter()
                .map(|(name, sum)| (name, text_of(step, sum)))
                .collect();
            return Err(PlanError::MarginsDiffer { sums });
        }
        Ok(())
    }

    /// The prior's cells; none for a uniform one.
    fn prior_cells(
        &self,
        measure: usize,
        prior: &Basis,
        frontiers: &[Frontier],
    ) -> Result<Option<Vec<i64>>, PlanError> {
        match prior {
            Basis::Equal => Ok(None),
            Basis::Current => {
                let root = vec![0u32; frontiers.len()];
                let cells = self.grid(measure).cube.cells(&root);
                Ok(Some(cells).filter(|cells| cells.iter().any(|cell| *cell != 0)))
            }
            basis => {
                let time = self.model.time();
                let depth = u8::MAX as usize;
                let weigher =
                    Weigher::prepare(basis, &self.model, time, depth, frontiers, &self.grids)?;
                let lists: Vec<&[u32]> = frontiers.iter().map(Frontier::leaves).collect();
                let mut cells = Vec::new();
                let mut failure = None;
                let mut filled = Filled::default();
                each_combination(&lists, |at| {
                    let children = [at[time]];
                    let group = crate::weigher::Group {
                        axis: time,
                        at,
                        children: &children,
                    };
                    match weigher.fill(&self.model, frontiers, &group, &mut filled) {
                        Ok(()) => {
                            cells.push(filled.wide()[0].clone().try_into().unwrap_or(i64::MAX))
                        }
                        Err(error) => failure = Some(error),
                    }
                });
                failure.map_or(Ok(Some(cells)), Err)
            }
        }
    }
}

fn family(margin: &Stated, frontiers: &[Frontier]) -> Family {
    let frontier = &frontiers[margin.axis];
    let mut group_of = vec![u32::MAX; frontier.leaves().len()];
    for (group, (position, _)) in margin.positions.iter().enumerate() {
        let from = frontier.leaves().partition_point(|leaf| leaf < position);
        let count = frontier.leaves_in(*position).len();
        group_of[from..from + count].fill(group as u32);
    }
    let totals = margin.positions.iter().map(|(_, value)| *value).collect();
    Family::Axis {
        axis: margin.axis,
        group_of,
        totals,
    }
}
