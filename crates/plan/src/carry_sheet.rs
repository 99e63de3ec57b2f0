//! The carried layer of a measure, computed: which acts, closes and horizons count for whom, and the
//! parts put into cells. The arithmetic of a row is the kernel's.

use std::borrow::Cow;

use fenjie_calendar::DateRange;
use fenjie_money::kernel::{Carry, CarryBy, CarryOverflow};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::adjusted::{CarryRecord, CloseRecord};
use crate::adjustment::CarryShare;
use crate::carry_course::CarryStep;
use crate::carrying::CarriedRow;
use crate::cube::Cube;
use crate::error::PlanError;
use crate::profile::limit_within;
use crate::roster::Roster;
use crate::share_box::{BoxBuffers, share_box};
use crate::state::Plan;

/// One act of carrying with the closes that it counts.
struct Counted<'p> {
    act: &'p CarryRecord,
    horizons: Vec<Horizon<'p>>,
}

/// One horizon in which something is closed.
struct Horizon<'p> {
    node: u32,
    periods: Vec<u32>,
    closed: Vec<bool>,
    /// For each closed period what every row sold.
    sold: Vec<Option<Cow<'p, [i64]>>>,
}

/// Everything needed to carry, for all rows of a measure.
pub(crate) struct Sheet<'p> {
    plan: &'p Plan,
    roster: Roster,
    counted: Vec<Counted<'p>>,
    /// For each row the act that counts for it, as an index of `counted`.
    of_row: Vec<Option<usize>>,
    base: Cow<'p, Cube>,
    /// Only rows that share cells with these members are carried; everybody where none.
    within: Option<&'p [u32]>,
}

/// A layer in cells.
pub(crate) struct Layered<'p> {
    /// The base, opened as far as the layer needs.
    pub(crate) base: Cow<'p, Cube>,
    pub(crate) carried: Cube,
    pub(crate) rows: Vec<CarriedRow>,
    pub(crate) through: Option<u32>,
}

/// A kernel for each calendar and horizon.
type Kernels = FxHashMap<(usize, usize, usize, Option<DateRange>), Carry>;

impl<'p> Sheet<'p> {
    /// Prepares the carrying of a measure; none where there is no act of it.
    pub(crate) fn of(
        plan: &'p Plan,
        measure: usize,
        within: Option<&'p [u32]>,
    ) -> Result<Option<Sheet<'p>>, PlanError> {
        let acts: Vec<&CarryRecord> = plan
            .adjustments
            .carries
            .iter()
            .filter(|act| act.measure == measure)
            .collect();
        let Some(act) = acts.last() else {
            return Ok(None);
        };
        let roster = plan.roster_at(measure, act.depths.clone());
        let wanted = |members: &[u32]| within.is_none_or(|within| plan.overlap(within, members));
        let (acts, of_row) = acts_of_rows(plan, &acts, &roster, &wanted);
        let counted: Vec<Counted<'_>> = acts
            .into_iter()
            .map(|act| counted(plan, act, &roster))
            .collect();
        let base = opened(plan, measure, &counted)?;
        Ok(Some(Sheet {
            plan,
            roster,
            counted,
            of_row,
            base,
            within,
        }))
    }

    /// The last period that the last act counts.
    fn through(&self) -> Option<u32> {
        let horizons = &self.counted.first()?.horizons;
        let closed = horizons.iter().flat_map(|horizon| {
            let pairs = horizon.periods.iter().zip(&horizon.closed);
            pairs.filter(|(_, closed)| **closed).map(|(node, _)| *node)
        });
        closed.max()
    }

    /// Carries every row and puts the parts into cells.
    pub(crate) fn layered(self) -> Result<Layered<'p>, PlanError> {
        let frontiers = self.base.frontiers().to_vec();
        let mut carried = Cube::zero(frontiers).expect("as many cells as the base");
        let mut kernels = Kernels::default();
        let mut buffers = Buffers::default();
        let mut rows = Vec::new();
        let mut failed = None;
        self.roster.each(|row, members| {
            let within = |within: &[u32]| self.plan.overlap(within, members);
            if failed.is_some()
                || !self.within.is_none_or(within)
                || self.plan.is_held_back(members)
            {
                return;
            }
            match self.carry_row(row, members, &mut kernels, &mut buffers, &mut carried) {
                Ok(Some(row)) => rows.push(row),
                Ok(None) => {}
                Err(CarryOverflow) => failed = Some(members.to_vec()),
            }
        });
        if let Some(members) = failed {
            return Err(self.out_of_range(&members));
        }
        carried.add_up();
        Ok(Layered {
            through: self.through(),
            base: self.base,
            carried,
            rows,
        })
    }

    fn out_of_range(&self, members: &[u32]) -> PlanError {
        let mut nodes = members.to_vec();
        nodes.push(0);
        let place = self.plan.model.place_text(&crate::Place(nodes));
        PlanError::OutOfRange { place }
    }

    fn carry_row(
        &self,
        row: usize,
        members: &[u32],
        kernels: &mut Kernels,
        buffers: &mut Buffers,
        carried: &mut Cube,
    ) -> Result<Option<CarriedRow>, CarryOverflow> {
        let waiting = self.of_row[row] != Some(0);
        let mut left = CarriedRow {
            members: members.to_vec(),
            open: 0,
            unrecovered: 0,
            waiting,
        };
        let mut place = self.positions(members);
        if let Some(at) = self.of_row[row] {
            for (index, horizon) in self.counted[at].horizons.iter().enumerate() {
                self.read_row(&mut place, horizon, row, buffers);
                let kernel = self.kernel(kernels, (at, index), members);
                buffers.parts.clear();
                buffers.parts.resize(horizon.periods.len(), 0);
                let (base, sold) = (&buffers.base, &buffers.sold);
                let rest = kernel.row(base, sold, &horizon.closed, &mut buffers.parts)?;
                left.open = left.open.checked_add(rest.open).ok_or(CarryOverflow)?;
                left.unrecovered = left
                    .unrecovered
                    .checked_add(rest.unrecovered)
                    .ok_or(CarryOverflow)?;
                self.put_row(&mut place, horizon, buffers, carried);
            }
        }
        Ok((waiting || left.open != 0).then_some(left))
    }

    fn positions(&self, members: &[u32]) -> Vec<u32> {
        let at = |(axis, node): (usize, &u32)| {
            let found = self.base.frontier(axis).position(*node);
            found.expect("the rows of a roster are visible")
        };
        let mut place: Vec<u32> = members.iter().enumerate().map(at).collect();
        place.push(0);
        place
    }

    fn time_position(&self, node: u32) -> u32 {
        let frontier = self.base.frontier(self.plan.model.time());
        frontier
            .position(node)
            .expect("the periods of a horizon are opened")
    }

    /// What a row has as base and what it sold, period by period.
    fn read_row(
        &self,
        place: &mut [u32],
        horizon: &Horizon<'_>,
        row: usize,
        buffers: &mut Buffers,
    ) {
        let time = place.len() - 1;
        buffers.base.clear();
        buffers.sold.clear();
        for (node, sold) in horizon.periods.iter().zip(&horizon.sold) {
            place[time] = self.time_position(*node);
            buffers.base.push(self.base.get(place).max(0));
            buffers.sold.push(sold.as_ref().map_or(0, |sold| sold[row]));
        }
    }

    fn kernel<'k>(
        &self,
        kernels: &'k mut Kernels,
        (act, index): (usize, usize),
        members: &[u32],
    ) -> &'k mut Carry {
        let model = &self.plan.model;
        let (act_of, horizon) = (self.counted[act].act, &self.counted[act].horizons[index]);
        let table = model.table_of(members);
        let limit = limit_within(model, model.limit_of(members), horizon.node);
        kernels
            .entry((act, index, table, limit))
            .or_insert_with(|| {
                let weigh = |node: &u32| model.period_weight(table, *node, limit);
                let weights: Vec<u64> = horizon.periods.iter().map(weigh).collect();
                let by = match act_of.rule.share {
                    CarryShare::Weights => CarryBy::Weights,
                    CarryShare::Base => CarryBy::Base,
                    CarryShare::Equal => CarryBy::Equal,
                    CarryShare::Next => CarryBy::Next,
                };
                Carry::new(&weights, by, act_of.rule.cap.map(as_fraction))
            })
    }

    /// Puts a row's parts into its cells, in proportion to their base.
    fn put_row(
        &self,
        place: &mut [u32],
        horizon: &Horizon<'_>,
        buffers: &mut Buffers,
        carried: &mut Cube,
    ) {
        let time = place.len() - 1;
        for (node, part) in horizon.periods.iter().zip(&buffers.parts) {
            if *part == 0 {
                continue;
            }
            place[time] = self.time_position(*node);
            if self.base.is_cell(place) {
                carried.put(carried.offset(place), *part);
                continue;
            }
            let leaves = |(axis, at): (usize, &u32)| self.base.frontier(axis).leaves_in(*at).len();
            let shape: Vec<usize> = place.iter().enumerate().map(leaves).collect();
            let mut cells = self.base.cells(place);
            let first = vec![0; place.len()];
            let (model, to) = (&self.plan.model, (&*place, *part));
            let boxes = &mut buffers.boxes;
            share_box(model, &self.base, to, (first, &shape), &mut cells, boxes);
            carried.write_cells(place, &cells);
        }
    }

    /// How a row's parts came about.
    pub(crate) fn steps(
        &self,
        members: &[u32],
        work: &mut Work,
    ) -> Result<Vec<CarryStep>, PlanError> {
        let Some(row) = self.roster.ordinal(members) else {
            return Ok(Vec::new());
        };
        let Some(at) = self.of_row[row].filter(|_| !self.plan.is_held_back(members)) else {
            return Ok(Vec::new());
        };
        let Work { kernels, buffers } = work;
        let mut place = self.positions(members);
        let mut steps = Vec::new();
        for (index, horizon) in self.counted[at].horizons.iter().enumerate() {
            self.read_row(&mut place, horizon, row, buffers);
            let kernel = self.kernel(kernels, (at, index), members);
            let (base, sold) = (&buffers.base, &buffers.sold);
            let (_, closes, _) = kernel
                .row_by_row(base, sold, &horizon.closed)
                .map_err(|CarryOverflow| self.out_of_range(members))?;
            steps.extend(closes.into_iter().map(|close| CarryStep {
                period: horizon.periods[close.period],
                base: base[close.period],
                carried: close.carried,
                sold: sold[close.period],
                counted: close.counted,
                open: close.open,
                kept: close.kept,
            }));
        }
        Ok(steps)
    }
}

/// What rows gone through one after the other have in common.
#[derive(Default)]
pub(crate) struct Work {
    kernels: Kernels,
    buffers: Buffers,
}

/// Buffers of one row after the other.
#[derive(Default)]
struct Buffers {
    base: Vec<i64>,
    sold: Vec<i64>,
    parts: Vec<i64>,
    boxes: BoxBuffers,
}

/// Whether some members are asked for.
type Wanted<'w> = &'w dyn Fn(&[u32]) -> bool;

/// Which act counts for each row: the last that did not pass it over for want of an action plan. The
/// first of the acts returned is the last act.
fn acts_of_rows<'p>(
    plan: &Plan,
    acts: &[&'p CarryRecord],
    roster: &Roster,
    wanted: Wanted<'_>,
) -> (Vec<&'p CarryRecord>, Vec<Option<usize>>) {
    let mut used: Vec<&CarryRecord> = vec![acts[acts.len() - 1]];
    let mut of_row: Vec<Option<usize>> = vec![Some(0); roster.len()];
    let mut passed: Vec<Vec<u32>> = waiting_at(plan, used[0], roster, (wanted, wanted));
    for members in &passed {
        of_row[roster.ordinal(members).expect("a row")] = None;
    }
    for act in acts.iter().rev().skip(1) {
        if passed.is_empty() {
            break;
        }
        if act.depths != roster.depths {
            continue;
        }
        let passed_over: FxHashSet<&[u32]> = passed.iter().map(Vec::as_slice).collect();
        let among = |members: &[u32]| passed_over.contains(members);
        let still = waiting_at(plan, act, roster, (wanted, &among));
        let still: FxHashSet<Vec<u32>> = still.into_iter().collect();
        passed.retain(|members| {
            let waits = still.contains(members);
            if !waits {
                of_row[roster.ordinal(members).expect("a row")] = Some(used.len());
            }
            waits
        });
        used.push(act);
    }
    (used, of_row)
}

/// The wanted rows that an act passed over: those for which an action plan was due, and those below
/// them.
fn waiting_at(
    plan: &Plan,
    act: &CarryRecord,
    roster: &Roster,
    (within, wanted): (Wanted<'_>, Wanted<'_>),
) -> Vec<Vec<u32>> {
    let due = plan.due_before(act.measure, act.number, within);
    if due
        .iter()
        .all(|streak| roster.ordinal(&streak.members).is_some())
    {
        let rows = due.into_iter().map(|streak| streak.members);
        return rows.filter(|members| wanted(members)).collect();
    }
    let is_due = |members: &[u32]| {
        let above = |streak: &crate::Streak| plan.stands_above(&streak.members, members);
        due.iter().any(above)
    };
    let mut waiting = Vec::new();
    roster.each(|_, members| {
        if wanted(members) && is_due(members) {
            waiting.push(members.to_vec());
        }
    });
    waiting
}

/// The horizons in which an act counts closes.
fn counted<'p>(plan: &'p Plan, act: &'p CarryRecord, roster: &Roster) -> Counted<'p> {
    let tree = &plan.model.axes()[plan.model.time()].tree;
    let mut closes = plan.closes_before(act.measure, act.number);
    closes
        .retain(|close| tree.depth(close.period) == act.level && close.is_as_fine_as(&act.depths));
    let mut horizons: Vec<Horizon<'_>> = Vec::new();
    for close in closes {
        let above = std::iter::successors(Some(close.period), |node| tree.parent(*node));
        let node = above
            .into_iter()
            .find(|node| tree.depth(*node) == act.horizon)
            .expect("the horizon lies above the level");
        if horizons.last().is_none_or(|last| last.node != node) {
            let below = node..tree.end(node);
            let periods: Vec<u32> = below.filter(|at| tree.depth(*at) == act.level).collect();
            horizons.push(Horizon {
                node,
                closed: vec![false; periods.len()],
                sold: vec![None; periods.len()],
                periods,
            });
        }
        let horizon = horizons.last_mut().expect("just put there");
        let at = horizon.periods.binary_search(&close.period);
        let at = at.expect("a period of its horizon");
        horizon.closed[at] = true;
        horizon.sold[at] = Some(sold_by_rows(plan, close, roster));
    }
    Counted { act, horizons }
}

fn sold_by_rows<'p>(plan: &Plan, close: &'p CloseRecord, roster: &Roster) -> Cow<'p, [i64]> {
    if *close.roster == *roster {
        return Cow::Borrowed(&close.sold);
    }
    let mut sold = Vec::with_capacity(roster.len());
    roster.each(|_, members| sold.push(close.sold_by(plan, members)));
    Cow::Owned(sold)
}

/// The base, with the periods of all horizons opened.
fn opened<'p>(
    plan: &'p Plan,
    measure: usize,
    counted: &[Counted<'_>],
) -> Result<Cow<'p, Cube>, PlanError> {
    let tree = &plan.model.axes()[plan.model.time()].tree;
    let cube = &plan.grid(measure).cube;
    let frontier = cube.frontier(plan.model.time());
    let wanted: Vec<(u32, usize)> = counted
        .iter()
        .flat_map(|counted| {
            let level = counted.act.level;
            counted
                .horizons
                .iter()
                .map(move |horizon| (horizon.node, level))
        })
        .collect();
    let opened = frontier.opened(tree, &|open| {
        wanted.iter().any(|(node, level)| {
            tree.depth(open) < *level && (tree.contains(open, *node) || tree.contains(*node, open))
        })
    });
    if opened == *frontier {
        return Ok(Cow::Borrowed(cube));
    }
    let cube = plan.opened_by_calendar(measure, opened, true)?;
    Ok(Cow::Owned(cube))
}

/// A rate as a fraction of whole numbers.
fn as_fraction(rate: crate::Decimal) -> (u64, u64) {
    let digits = u64::try_from(rate.digits().max(0)).unwrap_or(u64::MAX);
    let of = 10u64.checked_pow(rate.scale()).unwrap_or(u64::MAX);
    (digits, of)
}
