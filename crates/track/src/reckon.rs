//! Computes the lines of a board: targets from the plan, results rolled up beside them (rule T3).

use std::cmp::Ordering;

use fenjie_calendar::Level;
use fenjie_plan::{Grain, Plan, Tree, View};

use crate::actuals::{Actuals, UNASSIGNED, depth_of};
use crate::band::{Left, Unevenness};
use crate::board::BoardRequest;
use crate::days::{DayReader, Days};
use crate::error::TrackError;
use crate::judged::{blank, standing};
use crate::standing::{Line, Standing};
use crate::targets::{Figures, Judged, Reader};
use crate::weights::Weights;

/// Everything a board's lines are computed from.
pub(crate) struct Reckoner<'a> {
    plan: &'a Plan,
    request: &'a BoardRequest,
    measure_at: usize,
    base: View<'a>,
    /// The working targets, where anything is carried.
    working: Option<View<'a>>,
    /// For each period what its target is judged by.
    judged: Vec<Judged>,
    /// The members of the plan's rows, dimension by dimension.
    nodes: Vec<Vec<u32>>,
    /// Results at the grain of the rows, by the periods asked for.
    results: Actuals,
    /// The same by day, where they come by days.
    days: Option<Days>,
    weights: Weights<'a>,
}

impl<'a> Reckoner<'a> {
    pub(crate) fn new(
        plan: &'a Plan,
        actuals: &Actuals,
        request: &'a BoardRequest,
    ) -> Result<Reckoner<'a>, TrackError> {
        let model = plan.model();
        let measure = request.measure;
        let none;
        let (actuals, measure_at) = match measure_in(plan, actuals, measure)? {
            Some(at) => (actuals, at),
            None => {
                none = Actuals::empty(request.depths.len(), vec![measure], request.periods.clone());
                (&none, 0)
            }
        };
        let base = plan.base(measure);
        let working = match plan.carried(measure)? {
            Some(_) => Some(plan.working(measure)?),
            None => None,
        };
        let nodes = rows_of(&base, &request.depths, &request.within);
        let uppers: Vec<Vec<u32>> = nodes
            .iter()
            .zip(model.axes())
            .map(|(nodes, axis)| nearest_above(&axis.tree, nodes))
            .collect();
        let all_one: Vec<bool> = nodes.iter().map(|nodes| nodes[..] == [0]).collect();
        let results = actuals.gathered(model, &uppers, &all_one, &request.periods);
        let gather = |days: &[u32]| actuals.gathered(model, &uppers, &all_one, days);
        let days = Days::new(model, &actuals.periods, &request.periods, gather);
        Ok(Reckoner {
            judged: judged_by(plan, measure, &request.periods),
            weights: Weights::new(model, &request.periods, request.as_of),
            plan,
            request,
            measure_at,
            base,
            working,
            nodes,
            results,
            days,
        })
    }

    /// The lines of the plan's rows and of what was sold beside them, in order, and their totals: sums,
    /// with the calendar of the box (rule T3).
    pub(crate) fn lines(mut self) -> Result<(Vec<Standing>, Vec<Standing>), TrackError> {
        let (base, working) = (self.base.clone(), self.working.clone());
        let request = self.request;
        let mut reader = Reader::new(&base, working.as_ref(), request, &self.nodes, &self.judged)
            .ok_or_else(|| self.not_that_fine())?;
        let mut days = self.days.take();
        let judged = self.judged.clone();
        let mut days = days
            .as_mut()
            .map(|days| days.reader(&base, working.as_ref(), &judged, request.as_of));
        let lines = self.nodes.iter().map(Vec::len).product::<usize>();
        let likely = lines.min(self.results.row_count() + 1024) * request.periods.len();
        let mut standings = Vec::with_capacity(likely);
        let mut figures = Figures::default();
        let nothing = Figures::nothing(request.periods.len());
        let (mut result, rows) = (0, self.results.row_count());
        for (line, members) in combinations(&self.nodes).enumerate() {
            while result < rows && self.order(result, &members) == Ordering::Less {
                self.add_beside(result, &nothing, &mut days, &mut standings);
                result += 1;
            }
            let sold = result < rows && self.order(result, &members) == Ordering::Equal;
            if reader.read(line, &members, &mut figures) || sold {
                let row = sold.then_some(result);
                self.add(
                    members,
                    Line::Member,
                    row,
                    &figures,
                    &mut days,
                    &mut standings,
                );
            }
            result += usize::from(sold);
        }
        for result in result..rows {
            self.add_beside(result, &nothing, &mut days, &mut standings);
        }
        let totals = self.totals(&standings, &mut days);
        Ok((standings, totals))
    }

    fn order(&self, result: usize, members: &[u32]) -> Ordering {
        let own = self.results.members.iter().map(|nodes| nodes[result]);
        own.cmp(members.iter().copied())
    }

    /// A line that is no row of the plan: unassigned, or booked above the grain.
    fn add_beside(
        &mut self,
        result: usize,
        nothing: &Figures,
        days: &mut Option<DayReader<'_>>,
        standings: &mut Vec<Standing>,
    ) {
        let members = self.results.members_of(result);
        let model = self.plan.model();
        let mut inside = members.iter().zip(&self.request.within).zip(model.axes());
        if !inside.all(|((node, within), axis)| is_inside(&axis.tree, *within, *node)) {
            return;
        }
        let line = match members.contains(&UNASSIGNED) {
            true => Line::Unassigned,
            false => Line::Above,
        };
        self.add(members, line, Some(result), nothing, days, standings);
    }

    fn add(
        &mut self,
        members: Vec<u32>,
        line: Line,
        result: Option<usize>,
        figures: &Figures,
        days: &mut Option<DayReader<'_>>,
        standings: &mut Vec<Standing>,
    ) {
        let gone = self.weights.of(&members);
        let sold = result.map(|row| self.results.values_of(self.measure_at, row));
        if let Some(days) = days {
            days.read(&members, self.measure_at, result);
        }
        for (at, period) in self.request.periods.iter().enumerate() {
            let mut own = standing(
                Standing {
                    members: members.clone(),
                    line,
                    period: *period,
                    closed: self.judged[at] == Judged::Base,
                    base: figures.base[at],
                    working: figures.working[at],
                    target: figures.target[at],
                    expected: figures.expected[at],
                    expected_base: figures.expected_base[at],
                    actual: sold.map_or(0, |sold| sold[at]),
                    ..blank()
                },
                &gone[at],
                &self.request.thresholds,
            );
            own.projection = match days {
                Some(days) => days.project(&own, at),
                None => Unevenness::default().project(own.actual, own.elapsed, &Left::default()),
            };
            standings.push(own);
        }
    }

    fn totals(
        &mut self,
        standings: &[Standing],
        days: &mut Option<DayReader<'_>>,
    ) -> Vec<Standing> {
        let width = self.request.periods.len();
        let gone = self.weights.of(&self.request.within);
        if let Some(days) = days {
            let lines = standings.iter().step_by(width.max(1));
            let rows = lines.map(|line| line.members.as_slice());
            days.read_all(&self.request.within, self.measure_at, rows);
        }
        let mut totals = Vec::with_capacity(width);
        for (at, period) in self.request.periods.iter().enumerate() {
            let mut sum = Standing {
                members: self.request.within.clone(),
                line: Line::Member,
                period: *period,
                closed: self.judged[at] == Judged::Base,
                ..blank()
            };
            for line in standings.iter().skip(at).step_by(width) {
                sum.base += line.base;
                sum.working += line.working;
                sum.target += line.target;
                sum.expected += line.expected;
                sum.expected_base += line.expected_base;
                // Targets add up to the plan's; results may be anything.
                sum.actual = sum.actual.saturating_add(line.actual);
            }
            let mut total = standing(sum, &gone[at], &self.request.thresholds);
            total.projection = match days {
                Some(days) => days.project(&total, at),
                None => {
                    Unevenness::default().project(total.actual, total.elapsed, &Left::default())
                }
            };
            totals.push(total);
        }
        totals
    }

    fn not_that_fine(&self) -> TrackError {
        let time = self
            .plan
            .model()
            .axes()
            .last()
            .expect("time is always there");
        let period = self
            .request
            .periods
            .iter()
            .find(|period| self.base.rows(std::slice::from_ref(*period)).is_none());
        TrackError::NotDecomposed {
            place: period.map_or(String::new(), |period| time.tree.code(*period).to_owned()),
        }
    }
}

/// The place of a measure in the results; nothing where they are empty of everything.
pub(crate) fn measure_in(
    plan: &Plan,
    actuals: &Actuals,
    measure: usize,
) -> Result<Option<usize>, TrackError> {
    let known = &plan.model().definition().measures[measure];
    if !known.is_flow() {
        return Err(TrackError::NotAFlow {
            measure: known.code.clone(),
        });
    }
    match actuals.measures.iter().position(|own| *own == measure) {
        Some(at) => Ok(Some(at)),
        None if actuals.row_count() == 0 => Ok(None),
        None => Err(TrackError::MeasureMissing {
            measure: known.code.clone(),
        }),
    }
}

/// The nodes of each dimension that the plan has rows for, at a depth and within a box; a depth above
/// the box is that of the box.
fn rows_of(base: &View<'_>, depths: &[usize], within: &[u32]) -> Vec<Vec<u32>> {
    let axes = base.plan().model().axes();
    let mut grain = Grain {
        depths: depths.to_vec(),
    };
    for ((depth, axis), inside) in grain.depths.iter_mut().zip(axes).zip(within) {
        *depth = (*depth).max(depth_of(&axis.tree, *inside));
    }
    grain.depths.push(0);
    (within.iter().enumerate())
        .map(|(axis, inside)| {
            let tree = &axes[axis].tree;
            let nodes = base.nodes(axis, &grain).into_iter();
            let inside = |node: &u32| *inside != UNASSIGNED && tree.contains(*inside, *node);
            nodes.filter(inside).collect()
        })
        .collect()
}

/// For each node the nearest of some nodes that holds it; itself where none does.
fn nearest_above(tree: &Tree, nodes: &[u32]) -> Vec<u32> {
    let mut upper: Vec<u32> = (0..tree.len() as u32).collect();
    for node in nodes {
        upper[*node as usize..tree.end(*node) as usize].fill(*node);
    }
    upper
}

/// Every combination of one node from each list, the last list fastest.
fn combinations(lists: &[Vec<u32>]) -> impl Iterator<Item = Vec<u32>> + use<> {
    let lists = lists.to_vec();
    let count: usize = lists.iter().map(Vec::len).product();
    (0..count).map(move |number| {
        let mut rest = number;
        let mut members = vec![0; lists.len()];
        for (member, nodes) in members.iter_mut().zip(&lists).rev() {
            *member = nodes[rest % nodes.len()];
            rest /= nodes.len();
        }
        members
    })
}

/// Whether a node of a result stands inside a node asked for; what is unassigned stands in everything,
/// and in what is unassigned.
pub(crate) fn is_inside(tree: &Tree, within: u32, node: u32) -> bool {
    match (within, node) {
        (0, _) => true,
        (UNASSIGNED, node) => node == UNASSIGNED,
        (_, UNASSIGNED) => false,
        (within, node) => tree.contains(within, node),
    }
}

/// What each period is judged by: a closed one by its base, one that holds a closed one by the base
/// and what came from outside; nothing does where shortfalls are carried inside it.
pub(crate) fn judged_by(plan: &Plan, measure: usize, periods: &[u32]) -> Vec<Judged> {
    let axes = plan.model().axes();
    let time = &axes.last().expect("time is always there").tree;
    let closes = plan.closes(measure);
    let horizon = horizon_depth(plan, measure);
    let of = |period: &u32| {
        let mut inside = closes.iter().map(|close| close.period);
        if plan.is_closed(*period) {
            Judged::Base
        } else if inside.any(|close| time.contains(*period, close)) {
            match horizon.is_some_and(|horizon| time.depth(*period) <= horizon) {
                true => Judged::Whole,
                false => Judged::Holding,
            }
        } else {
            Judged::Working
        }
    };
    periods.iter().map(of).collect()
}

/// The depth of the periods inside which shortfalls are carried; nothing where nothing is.
fn horizon_depth(plan: &Plan, measure: usize) -> Option<usize> {
    let carried = plan.carried(measure).ok()??;
    let level = Level::parse(&carried.rule.horizon).ok()?;
    let time = plan.model().axes().last().expect("time is always there");
    let is_it = |node: &u32| time.time_level_of(*node) == Some(level);
    let node = (0..time.tree.len() as u32).find(is_it)?;
    Some(time.tree.depth(node))
}
