//! Turns a basis into whole-number weights for the children of one node (rule D2). Works on positions
//! of the cube that is being filled; allocates nothing itself.

use fenjie_calendar::DateRange;
use num_bigint::BigUint;

use crate::cube::Cube;
use crate::decimal::Decimal;
use crate::error::PlanError;
use crate::frontier::Frontier;
use crate::history::History;
use crate::member_weights::{attributes, check_whole, given, growth_factors, whole_scale};
use crate::model::{Model, Place};
use crate::operation::{Basis, CalendarBasis, Pattern};
use crate::pattern::{checked, shape};
use crate::state::Grid;

/// Powers beyond this are larger than anybody means.
const MOST_COMPOUND: usize = 4096;

/// Weights of one group of children; wide ones only where narrow ones cannot hold them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filled {
    pub(crate) small: Vec<u64>,
    pub(crate) big: Option<Vec<BigUint>>,
}

impl Filled {
    pub(crate) fn is_all_zero(&self) -> bool {
        match &self.big {
            Some(big) => big.iter().all(|weight| *weight == BigUint::ZERO),
            None => self.small.iter().all(|weight| *weight == 0),
        }
    }

    pub(crate) fn wide(&self) -> Vec<BigUint> {
        match &self.big {
            Some(big) => big.clone(),
            None => self
                .small
                .iter()
                .map(|weight| BigUint::from(*weight))
                .collect(),
        }
    }

    /// Keeps the wide weights only if they do not fit the narrow ones.
    pub(crate) fn settle(&mut self, wide: Vec<BigUint>) {
        let sum: BigUint = wide.iter().sum();
        if sum.bits() <= 62 {
            self.small.clear();
            self.small.extend(
                wide.iter()
                    .map(|w| u64::try_from(w).expect("below the sum")),
            );
            self.big = None;
        } else {
            self.big = Some(wide);
        }
    }
}

/// Where a group of children stands.
pub(crate) struct Group<'a> {
    pub(crate) axis: usize,
    /// Positions on every axis; the one on `axis` is the parent.
    pub(crate) at: &'a [u32],
    pub(crate) children: &'a [u32],
}

/// A basis made ready for one axis and one shape of the cube.
pub(crate) enum Weigher {
    Equal,
    /// A weight per tree node of the axis, in common units.
    Nodes(Vec<u64>),
    /// The same where the sums are too large for machine words.
    WideNodes(Vec<BigUint>),
    History(History),
    Grown {
        base: Box<Weigher>,
        /// `10^scale × (1 + rate)` per tree node.
        factors: Vec<u64>,
    },
    Calendar(CalendarBasis),
    Pattern(Pattern),
    /// Another measure's cells.
    Cells(Cube),
    Mix(Vec<(u64, Weigher)>),
}

impl Weigher {
    /// Prepares a basis for an axis and the frontiers that the cube will have.
    pub(crate) fn prepare(
        basis: &Basis,
        model: &Model,
        axis: usize,
        depth: usize,
        frontiers: &[Frontier],
        grids: &[Grid],
    ) -> Result<Weigher, PlanError> {
        let part = |basis: &Basis| Weigher::prepare(basis, model, axis, depth, frontiers, grids);
        Ok(match basis {
            Basis::Equal => Weigher::Equal,
            Basis::Current => {
                return Err(PlanError::Parameter {
                    name: "by".into(),
                    value: "current".into(),
                    zh: "还没有单元格，无从按现值分摊",
                    en: "there are no cells yet whose values could be a basis",
                });
            }
            Basis::Weights(weights) => given(model, axis, depth, weights)?,
            Basis::Shares(shares) => {
                check_whole(model, axis, shares)?;
                given(model, axis, depth, shares)?
            }
            Basis::Attribute(name) => attributes(model, axis, std::slice::from_ref(name))?,
            Basis::Capacity(names) => attributes(model, axis, names)?,
            Basis::History {
                reference,
                smooth,
                period,
            } => {
                let history = History::prepare(model, reference, *smooth, *period, frontiers)?;
                // A whole table of weights may be flat along an axis; children of one node not.
                if depth != usize::from(u8::MAX) && !history.knows(axis) {
                    return Err(PlanError::ReferenceLacks {
                        reference: reference.clone(),
                        what: model.axes()[axis].code.clone(),
                    });
                }
                Weigher::History(history)
            }
            Basis::Growth {
                base,
                rates,
                otherwise,
            } => Weigher::Grown {
                base: Box::new(part(check_growth_base(base)?)?),
                factors: growth_factors(model, axis, rates, *otherwise)?,
            },
            Basis::Calendar(basis) => {
                if axis != model.time() {
                    return Err(PlanError::Parameter {
                        name: "by".into(),
                        value: "calendar".into(),
                        zh: "日历依据只用于时间轴",
                        en: "a calendar basis is for the time axis only",
                    });
                }
                Weigher::Calendar(*basis)
            }
            Basis::Pattern(pattern) => Weigher::Pattern(checked(pattern)?),
            Basis::Amounts { rest, .. } => part(rest)?,
            Basis::Measure(name) => Weigher::Cells(grids[model.flow_index(name)?].cube.clone()),
            Basis::Mix(parts) => {
                let shares = mix_shares(parts)?;
                let weighers = parts.iter().map(|(_, basis)| part(basis));
                let weighers = weighers.collect::<Result<Vec<_>, _>>()?;
                Weigher::Mix(shares.into_iter().zip(weighers).collect())
            }
        })
    }

    /// The weights of one group of children, members' limited days not yet counted.
    pub(crate) fn fill(
        &self,
        model: &Model,
        frontiers: &[Frontier],
        group: &Group<'_>,
        out: &mut Filled,
    ) -> Result<(), PlanError> {
        out.big = None;
        out.small.clear();
        let frontier = &frontiers[group.axis];
        match self {
            Weigher::Equal => out.small.resize(group.children.len(), 1),
            Weigher::Nodes(weights) => {
                let of = |child: &u32| weights[frontier.node(*child) as usize];
                out.small.extend(group.children.iter().map(of));
            }
            Weigher::WideNodes(weights) => {
                let of = |child: &u32| weights[frontier.node(*child) as usize].clone();
                out.settle(group.children.iter().map(of).collect());
            }
            Weigher::History(history) => {
                let mut at = group.at.to_vec();
                for child in group.children {
                    at[group.axis] = *child;
                    let value = history.value(&at);
                    let weight = u64::try_from(value).map_err(|_| PlanError::WeightNegative {
                        place: place_text(model, frontiers, &at),
                        value: history.text(value),
                    })?;
                    out.small.push(weight);
                }
            }
            Weigher::Grown { base, factors } => {
                grown(base, factors, model, frontiers, group, out)?;
            }
            Weigher::Calendar(basis) => {
                let limit = model.limit_of(&nodes_at(frontiers, group.at));
                calendar(*basis, model, frontiers, group, limit, out);
            }
            Weigher::Pattern(Pattern::Compound(rate)) if group.children.len() > MOST_COMPOUND => {
                return Err(PlanError::Parameter {
                    name: "pattern".into(),
                    value: rate.to_string(),
                    zh: "复合增长最多用于 4096 个期间",
                    en: "compound growth runs over 4096 periods at most",
                });
            }
            Weigher::Pattern(pattern) => out.settle(shape(pattern, group.children.len())),
            Weigher::Cells(cube) => {
                let mut nodes = nodes_at(frontiers, group.at);
                for child in group.children {
                    nodes[group.axis] = frontier.node(*child);
                    let value = value_of(cube, model, &nodes)?;
                    out.small.push(u64::try_from(value).unwrap_or(0));
                }
            }
            Weigher::Mix(parts) => mixed(parts, model, frontiers, group, out)?,
        }
        Ok(())
    }
}

/// What can grow: a source of weights per member.
fn check_growth_base(base: &Basis) -> Result<&Basis, PlanError> {
    match base {
        Basis::Pattern(_) | Basis::Amounts { .. } => Err(PlanError::Parameter {
            name: "growth".into(),
            value: "base".into(),
            zh: "增长的基数应是历史、权重、属性、日历或另一指标",
            en: "growth needs a base of history, weights, attributes, calendar or a measure",
        }),
        base => Ok(base),
    }
}

/// The stated shares of a mix as whole numbers; they must sum to 100 %.
fn mix_shares(parts: &[(Decimal, Basis)]) -> Result<Vec<u64>, PlanError> {
    let shares: Vec<(String, Decimal)> = parts
        .iter()
        .map(|(share, _)| (String::new(), *share))
        .collect();
    let scale = whole_scale("mix", &shares)?;
    let whole = |share: &Decimal| share.at_scale(scale).and_then(|w| u64::try_from(w).ok());
    let too_long = |share: &Decimal| PlanError::Parameter {
        name: "mix".into(),
        value: share.to_string(),
        zh: "占比的位数太长",
        en: "the share has too many digits",
    };
    parts
        .iter()
        .map(|(share, _)| whole(share).ok_or_else(|| too_long(share)))
        .collect()
}

/// Counts only the days on which members are effective (rule D12): each weight times its active share.
pub(crate) fn limit_weights(
    model: &Model,
    frontiers: &[Frontier],
    group: &Group<'_>,
    weigher: &Weigher,
    out: &mut Filled,
) {
    let time = model.time();
    let frontier = &frontiers[group.axis];
    let mut nodes = nodes_at(frontiers, group.at);
    if group.axis == time {
        let Some(limit) = model.limit_of(&nodes) else {
            return;
        };
        if matches!(weigher, Weigher::Calendar(_)) {
            return;
        }
        let table = model.table_of(&nodes);
        let shares: Vec<(u64, u64)> = group
            .children
            .iter()
            .map(|child| active_share(model, table, frontier.node(*child), Some(limit)))
            .collect();
        scale_by(&shares, out);
    } else if model.has_limits(group.axis) {
        let period = nodes[time];
        let mut shares = Vec::with_capacity(group.children.len());
        for child in group.children {
            nodes[group.axis] = frontier.node(*child);
            shares.push(active_share(model, 0, period, model.limit_of(&nodes)));
        }
        scale_by(&shares, out);
    }
}

fn active_share(model: &Model, table: usize, period: u32, limit: Option<DateRange>) -> (u64, u64) {
    let full = model.period_weight(table, period, None);
    match limit {
        None => (1, 1),
        Some(_) if full == 0 => (0, 1),
        Some(_) => (model.period_weight(table, period, limit), full),
    }
}

/// Multiplies each weight by its own fraction, exactly: all are brought to one denominator.
fn scale_by(shares: &[(u64, u64)], out: &mut Filled) {
    if shares.iter().all(|(active, full)| active == full) {
        return;
    }
    if shares
        .iter()
        .all(|(active, full)| active == full || *active == 0)
    {
        let mut wide = out.wide();
        for (weight, (active, _)) in wide.iter_mut().zip(shares) {
            if *active == 0 {
                *weight = BigUint::ZERO;
            }
        }
        out.settle(wide);
        return;
    }
    let mut denominators: Vec<u64> = shares
        .iter()
        .filter(|(active, full)| active != full)
        .map(|(_, full)| *full)
        .collect();
    denominators.sort_unstable();
    denominators.dedup();
    let common: BigUint = denominators
        .iter()
        .map(|full| BigUint::from(*full))
        .product();
    let wide = out
        .wide()
        .into_iter()
        .zip(shares)
        .map(|(weight, (active, full))| {
            if active == full {
                weight * &common
            } else {
                weight * (&common / BigUint::from(*full)) * BigUint::from(*active)
            }
        })
        .collect();
    out.settle(wide);
}

/// Day weights of the children, on the days of a limit.
fn calendar(
    basis: CalendarBasis,
    model: &Model,
    frontiers: &[Frontier],
    group: &Group<'_>,
    limit: Option<DateRange>,
    out: &mut Filled,
) {
    let mut nodes = nodes_at(frontiers, group.at);
    let table = model.basis_table(basis, &nodes);
    for child in group.children {
        nodes[group.axis] = frontiers[group.axis].node(*child);
        let weight = model.period_weight(table, nodes[group.axis], limit);
        out.small.push(weight);
    }
}

impl Weigher {
    /// Weights as one part of a mix or a growth, whose members' days are counted once at the end.
    fn fill_part(
        &self,
        model: &Model,
        frontiers: &[Frontier],
        group: &Group<'_>,
        out: &mut Filled,
    ) -> Result<(), PlanError> {
        if let Weigher::Calendar(basis) = self {
            out.big = None;
            out.small.clear();
            calendar(*basis, model, frontiers, group, None, out);
            return Ok(());
        }
        self.fill(model, frontiers, group, out)
    }
}

pub(crate) fn nodes_at(frontiers: &[Frontier], at: &[u32]) -> Vec<u32> {
    at.iter()
        .zip(frontiers)
        .map(|(at, frontier)| frontier.node(*at))
        .collect()
}

pub(crate) fn place_text(model: &Model, frontiers: &[Frontier], at: &[u32]) -> String {
    model.place_text(&Place(nodes_at(frontiers, at)))
}

fn value_of(cube: &Cube, model: &Model, nodes: &[u32]) -> Result<i64, PlanError> {
    let mut at = Vec::with_capacity(nodes.len());
    for (axis, node) in nodes.iter().enumerate() {
        match cube.frontier(axis).position(*node) {
            Some(position) => at.push(position),
            None => {
                return Err(PlanError::NotDecomposed {
                    place: model.place_text(&Place(nodes.to_vec())),
                    axis: model.axes()[axis].code.clone(),
                });
            }
        }
    }
    Ok(cube.get(&at))
}

fn grown(
    base: &Weigher,
    factors: &[u64],
    model: &Model,
    frontiers: &[Frontier],
    group: &Group<'_>,
    out: &mut Filled,
) -> Result<(), PlanError> {
    let frontier = &frontiers[group.axis];
    let mut wide = Vec::with_capacity(group.children.len());
    let mut at = group.at.to_vec();
    let mut inner = Filled::default();
    for child in group.children {
        let leaves = frontier.leaves_in(*child);
        let mut sum = BigUint::ZERO;
        for leaf in leaves {
            at[group.axis] = frontier.parent(*leaf).unwrap_or(0);
            let one = Group {
                axis: group.axis,
                at: &at,
                children: &[*leaf],
            };
            base.fill_part(model, frontiers, &one, &mut inner)?;
            let factor = factors[frontier.node(*leaf) as usize];
            sum += &inner.wide()[0] * BigUint::from(factor);
        }
        wide.push(sum);
    }
    out.settle(wide);
    Ok(())
}

fn mixed(
    parts: &[(u64, Weigher)],
    model: &Model,
    frontiers: &[Frontier],
    group: &Group<'_>,
    out: &mut Filled,
) -> Result<(), PlanError> {
    let mut sources: Vec<(BigUint, Vec<BigUint>, BigUint)> = Vec::new();
    let mut inner = Filled::default();
    for (share, weigher) in parts {
        weigher.fill_part(model, frontiers, group, &mut inner)?;
        let wide = inner.wide();
        let sum: BigUint = wide.iter().sum();
        if sum != BigUint::ZERO {
            sources.push((BigUint::from(*share), wide, sum));
        }
    }
    let mut weights = vec![BigUint::ZERO; group.children.len()];
    for (at, (share, wide, _)) in sources.iter().enumerate() {
        let others: BigUint = sources
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .map(|(_, (_, _, sum))| sum.clone())
            .product();
        for (weight, own) in weights.iter_mut().zip(wide) {
            *weight += own * share * &others;
        }
    }
    out.settle(weights);
    Ok(())
}
