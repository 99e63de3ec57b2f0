//! Closing a period with the results it ended with (rules J4, J6): who sold what in it, kept by
//! members; its targets keep their values from then on. Knows no carrying.

use std::hash::Hasher;
use std::sync::Arc;

use fenjie_calendar::Level;
use rustc_hash::FxHasher;

use crate::adjust_error::{AdjustError, ClosedSince};
use crate::adjusted::CloseRecord;
use crate::adjustment::Close;
use crate::error::PlanError;
use crate::model::Place;
use crate::roster::Roster;
use crate::settle_open::closed_nodes;
use crate::state::{Plan, read_amount};

/// A closed period with its results: of several closes of one period the last.
#[derive(Clone, Debug)]
pub struct Closed<'p> {
    /// The operation's number in the log.
    pub number: usize,
    /// Index of the measure.
    pub measure: usize,
    /// The period, a node of the time axis.
    pub period: u32,
    /// For each dimension the depth that results are kept at; 0 adds everything up.
    pub depths: Vec<usize>,
    /// Everything that was sold, the unassigned included, in steps.
    pub total: i64,
    /// Sold by nobody who is known, in steps.
    pub unassigned: i64,
    /// Why it was closed again; empty for a first close.
    pub reason: &'p str,
    /// How often the period was closed before.
    pub closed_before: usize,
    plan: &'p Plan,
    record: &'p CloseRecord,
}

impl Closed<'_> {
    /// What some members (one node per dimension) sold in the period, in steps: a row of the close,
    /// or everything below them. Zero for who is not named (rule J4).
    ///
    /// ```
    /// # use fenjie_plan::{Address, Close, Operation, Plan, example};
    /// # let mut plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// # let period = Address::parse("month=2026-03").unwrap();
    /// let actuals = vec![(Address::parse("region=华东").unwrap(), "20万".into())];
    /// plan.apply(Operation::Close(Close {
    ///     measure: "".into(), period, of: "".into(), actuals, unassigned: None, reason: "".into(),
    /// })).unwrap();
    /// let closed = &plan.closes(0)[0];
    /// let east = plan.place("region=华东").unwrap();
    /// assert_eq!(closed.actual(&east.0[..3]), 20_000_000);
    /// assert_eq!(closed.actual(&[0, 0, 0]), 20_000_000);
    /// ```
    pub fn actual(&self, members: &[u32]) -> i64 {
        self.record.sold_by(self.plan, members)
    }
}

impl CloseRecord {
    /// What some members sold: their own row, or everything below them.
    pub(crate) fn sold_by(&self, plan: &Plan, members: &[u32]) -> i64 {
        match self.roster.ordinal(members) {
            Some(row) => self.sold[row],
            None => self.roster.sum_below(plan, members, &self.sold),
        }
    }
}

impl Plan {
    /// The closed periods of a measure in time order, each with its last close.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert!(plan.closes(0).is_empty());
    /// ```
    pub fn closes(&self, measure: usize) -> Vec<Closed<'_>> {
        let closed = |record: &'_ Arc<CloseRecord>| record.period;
        let of_period = |period: u32| {
            let all = self.adjustments.closes.iter();
            all.filter(|known| known.measure == measure && closed(known) == period)
                .count()
        };
        let last = self.closes_before(measure, usize::MAX).into_iter();
        last.map(|record| Closed {
            number: record.number,
            measure,
            period: record.period,
            depths: record.roster.depths.clone(),
            total: record.total,
            unassigned: record.unassigned,
            reason: &record.reason,
            closed_before: of_period(record.period) - 1,
            plan: self,
            record,
        })
        .collect()
    }

    /// Whether a period (a node of the time axis) is closed for some measure: it, a period around
    /// it, or every period inside it.
    ///
    /// ```
    /// # use fenjie_plan::{Address, Close, Operation, Plan, example};
    /// # let mut plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let period = Address::parse("month=2026-03").unwrap();
    /// plan.apply(Operation::Close(Close {
    ///     measure: "".into(), period, of: "".into(), actuals: vec![], unassigned: None,
    ///     reason: "".into(),
    /// })).unwrap();
    /// assert!(plan.is_closed(plan.place("day=2026-03-08").unwrap().0[3]));
    /// assert!(!plan.is_closed(plan.place("month=2026-04").unwrap().0[3]));
    /// ```
    pub fn is_closed(&self, period: u32) -> bool {
        (0..self.grids.len()).any(|measure| self.is_closed_in(measure, period))
    }

    /// Whether a period is closed for a measure.
    pub(crate) fn is_closed_in(&self, measure: usize, period: u32) -> bool {
        let closed = &self.grid(measure).closed;
        let tree = &self.model.axes()[self.model.time()].tree;
        let around = |known: &u32| tree.contains(*known, period);
        closed.iter().any(around) || self.all_closed(closed, period)
    }

    fn all_closed(&self, closed: &[u32], period: u32) -> bool {
        let tree = &self.model.axes()[self.model.time()].tree;
        if closed.binary_search(&period).is_ok() {
            return true;
        }
        let inside = closed.partition_point(|known| *known < period);
        let any = closed
            .get(inside)
            .is_some_and(|next| *next < tree.end(period));
        any && tree
            .children(period)
            .all(|child| self.all_closed(closed, child))
    }

    /// Closes a period.
    pub(crate) fn close(&mut self, number: usize, close: &Close) -> Result<(), PlanError> {
        let measure = self.model.flow_index(&close.measure)?;
        let period = self.period_to_close(close)?;
        let mut known = self.adjustments.closes.iter();
        let again = known.any(|known| known.measure == measure && known.period == period);
        if again && close.reason.trim().is_empty() {
            let period = close.period.to_string();
            return Err(AdjustError::CloseNeedsReason { period }.into());
        }
        self.visible_place(measure, &close.period)?;
        let roster = self.shared_roster(measure, &close.of)?;
        let (sold, unassigned) = self.results(measure, close, &roster)?;
        let sum = sold.iter().map(|sold| i128::from(*sold)).sum::<i128>();
        let total = i64::try_from(sum + i128::from(unassigned));
        let total = total.map_err(|_| PlanError::OutOfRange {
            place: close.period.to_string(),
        })?;
        let base = self.base_hash(measure, period, &roster);
        Arc::make_mut(&mut self.adjustments.closes).push(Arc::new(CloseRecord {
            number,
            measure,
            period,
            roster,
            sold,
            unassigned,
            total,
            reason: close.reason.clone(),
            base,
        }));
        self.grid_mut(measure).close(period);
        Ok(())
    }

    /// The period of a close: no members, and no finer than a day.
    fn period_to_close(&self, close: &Close) -> Result<u32, PlanError> {
        let place = self.model.place(&close.period)?;
        let time = self.model.time();
        let period = place.0[time];
        let level = self.model.axes()[time].time_level_of(period);
        let named = place.0[..time].iter().any(|node| *node != 0);
        if named || close.period.0.is_empty() || level.is_none_or(|level| level > Level::Day) {
            let place = self.model.place_text(&place);
            return Err(AdjustError::NotAPeriod { place }.into());
        }
        Ok(period)
    }

    /// The rows of a close; those of an earlier close where they are the same.
    fn shared_roster(&self, measure: usize, of: &str) -> Result<Arc<Roster>, PlanError> {
        let roster = self.roster(measure, of)?;
        let last = self.adjustments.closes.last();
        let same = last.filter(|known| *known.roster == roster);
        Ok(same.map_or_else(|| Arc::new(roster), |known| known.roster.clone()))
    }

    /// What each row sold, and what is nobody's.
    fn results(
        &self,
        measure: usize,
        close: &Close,
        roster: &Roster,
    ) -> Result<(Vec<i64>, i64), PlanError> {
        let step = self.step(measure);
        let mut sold = vec![0i64; roster.len()];
        let mut named = vec![false; roster.len()];
        for (at, text) in &close.actuals {
            let place = self.model.place(at)?;
            let time = self.model.time();
            let row = roster
                .ordinal(&place.0[..time])
                .filter(|_| place.0[time] == 0);
            let Some(row) = row else {
                let place = self.model.place_text(&place);
                let of = self.grain_text(&roster.depths);
                return Err(AdjustError::NotARow { place, of }.into());
            };
            if std::mem::replace(&mut named[row], true) {
                let place = self.model.place_text(&place);
                return Err(AdjustError::RowTwice { place }.into());
            }
            sold[row] = match step.parse_amount(text) {
                Ok(amount) => amount,
                Err(_) => read_amount(step, text, &self.model.place_text(&place))?,
            };
        }
        let unassigned = match &close.unassigned {
            Some(text) => self.amount(measure, text, "unassigned")?,
            None => 0,
        };
        Ok((sold, unassigned))
    }

    /// A hash of the base targets of some rows in a period.
    pub(crate) fn base_hash(&self, measure: usize, period: u32, roster: &Roster) -> u64 {
        let base = self.base(measure);
        let mut hash = FxHasher::default();
        let periods = [period];
        let mut rows = base.rows(&periods).expect("a closed period is visible");
        roster.each(|_, members| {
            let value = rows.row(members).map_or(0, |values| values[0]);
            hash.write_i64(value);
        });
        hash.finish()
    }

    /// Refuses another value for a place that lies inside closed periods (rule J4).
    pub(crate) fn refuse_closed(
        &self,
        measure: usize,
        place: &Place,
        value: i64,
    ) -> Result<(), PlanError> {
        if self.grid(measure).closed.is_empty() {
            return Ok(());
        }
        let cube = &self.grid(measure).cube;
        let Some(positions) = self.positions(measure, place) else {
            return Ok(());
        };
        let at = positions[self.model.time()];
        if !cube.closed_at(at).1 || cube.get(&positions) == value {
            return Ok(());
        }
        Err(AdjustError::PeriodClosed {
            place: self.model.place_text(place),
            closed: self.closed_since(measure, &closed_nodes(cube, at)),
        }
        .into())
    }

    /// Refuses to share periods anew of which some are closed.
    pub(crate) fn refuse_resharing_closed(
        &self,
        measure: usize,
        depth: usize,
        within: &[u32],
    ) -> Result<(), PlanError> {
        let time = self.model.time();
        let cube = &self.grid(measure).cube;
        let (frontier, tree) = (cube.frontier(time), &self.model.axes()[time].tree);
        let parents = (0..frontier.len() as u32).filter(|at| {
            let shared = tree.depth(frontier.node(*at)) + 1 == depth && !frontier.is_leaf(*at);
            let (a, b) = (within[time], *at);
            shared && (frontier.contains(a, b) || frontier.contains(b, a))
        });
        let closed: Vec<u32> = parents.filter(|at| cube.closed_at(*at).0).collect();
        let Some(first) = closed.first() else {
            return Ok(());
        };
        let mut place = Place(vec![0; time + 1]);
        place.0[time] = frontier.node(*first);
        let nodes = closed.iter().flat_map(|at| closed_nodes(cube, *at));
        let nodes: Vec<u32> = nodes.collect();
        Err(AdjustError::PeriodClosed {
            place: self.model.place_text(&place),
            closed: self.closed_since(measure, &nodes),
        }
        .into())
    }

    /// Closed periods by name, each with the step that closed it: the first close of it or of a period
    /// around it, else the last one inside it.
    pub(crate) fn closed_since(&self, measure: usize, periods: &[u32]) -> Vec<ClosedSince> {
        let time = self.model.time();
        let tree = &self.model.axes()[time].tree;
        let named = |period: &u32| {
            let closes = self.adjustments.closes.iter();
            let closes = closes.filter(|close| close.measure == measure);
            let around = |close: &&Arc<CloseRecord>| tree.contains(close.period, *period);
            let inside = |close: &&Arc<CloseRecord>| tree.contains(*period, close.period);
            let known = closes.clone().find(around).or(closes.rev().find(inside));
            let mut place = Place(vec![0; time + 1]);
            place.0[time] = *period;
            ClosedSince {
                period: match period {
                    0 => self.model.definition.period.to_string(),
                    _ => self.model.place_text(&place),
                },
                step: known.map_or(0, |close| close.number),
            }
        };
        periods.iter().map(named).collect()
    }
}
