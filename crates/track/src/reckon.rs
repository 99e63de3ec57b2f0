//! Computes the lines of a board: targets from the plan, results rolled up beside them (rule T3).

use std::cmp::Ordering;

use fenjie_plan::{Grain, Model, Plan, Tree, View};

use crate::actuals::{Actuals, UNASSIGNED};
use crate::band::Unevenness;
use crate::board::BoardRequest;
use crate::error::TrackError;
use crate::judged::{blank, standing};
use crate::standing::{Line, Standing};
use crate::targets::{Figures, Reader};
use crate::weights::{Weights, days_of};

/// Everything a board's lines are computed from.
pub(crate) struct Reckoner<'a> {
    plan: &'a Plan,
    request: &'a BoardRequest,
    measure_at: usize,
    base: View<'a>,
    /// The working targets, where anything is carried.
    working: Option<View<'a>>,
    /// For each period whether it is closed, and whether its days are due by the base.
    closed: Vec<(bool, bool)>,
    /// The members of the plan's rows, dimension by dimension.
    nodes: Vec<Vec<u32>>,
    /// Results at the grain of the rows, by the periods asked for.
    results: Actuals,
    /// The same by day, where they come by days; and for each period its days.
    by_day: Option<(Actuals, Vec<std::ops::Range<usize>>)>,
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
        let by_day = day_results(model, actuals, &uppers, &all_one, &request.periods);
        Ok(Reckoner {
            closed: closed_of(plan, measure, &request.periods),
            weights: Weights::new(model, &request.periods, request.as_of),
            plan,
            request,
            measure_at,
            base,
            working,
            nodes,
            results,
            by_day,
        })
    }

    /// The lines of the plan's rows and of what was sold beside them, in order.
    pub(crate) fn standings(&mut self) -> Result<Vec<Standing>, TrackError> {
        let (base, working) = (self.base.clone(), self.working.clone());
        let mut reader = Reader::new(&base, working.as_ref(), self.request)
            .ok_or_else(|| self.not_that_fine())?;
        let lines = self.nodes.iter().map(Vec::len).product::<usize>();
        let likely = lines.min(self.results.row_count() + 1024) * self.request.periods.len();
        let mut standings = Vec::with_capacity(likely);
        let mut figures = Figures::default();
        let (mut result, rows) = (0, self.results.row_count());
        for members in combinations(&self.nodes) {
            while result < rows && self.order(result, &members) == Ordering::Less {
                self.add_beside(result, &mut standings);
                result += 1;
            }
            let sold = result < rows && self.order(result, &members) == Ordering::Equal;
            if reader.read(&members, &mut figures) || sold {
                let row = sold.then_some(result);
                self.add(members, Line::Member, row, &figures, &mut standings);
            }
            result += usize::from(sold);
        }
        for result in result..rows {
            self.add_beside(result, &mut standings);
        }
        Ok(standings)
    }

    fn order(&self, result: usize, members: &[u32]) -> Ordering {
        let own = self.results.members.iter().map(|nodes| nodes[result]);
        own.cmp(members.iter().copied())
    }

    /// A line that is no row of the plan: unassigned, or booked above the grain.
    fn add_beside(&mut self, result: usize, standings: &mut Vec<Standing>) {
        let members = self.results.members_of(result);
        let model = self.plan.model();
        let inside = members.iter().zip(&self.request.within).zip(model.axes());
        let inside = inside.into_iter().all(|((node, within), axis)| {
            *within == 0 || (*node != UNASSIGNED && axis.tree.contains(*within, *node))
        });
        if !inside {
            return;
        }
        let line = match members.contains(&UNASSIGNED) {
            true => Line::Unassigned,
            false => Line::Above,
        };
        let none = vec![0; self.request.periods.len()];
        let figures = Figures {
            base: none.clone(),
            working: none.clone(),
            due_base: none.clone(),
            due_working: none,
        };
        self.add(members, line, Some(result), &figures, standings);
    }

    fn add(
        &mut self,
        members: Vec<u32>,
        line: Line,
        result: Option<usize>,
        figures: &Figures,
        standings: &mut Vec<Standing>,
    ) {
        let gone = self.weights.of(&members).to_vec();
        for (at, period) in self.request.periods.iter().enumerate() {
            let (closed, by_base) = self.closed[at];
            let actual = result.map_or(0, |row| self.results.values_of(self.measure_at, row)[at]);
            let due = match by_base {
                true => figures.due_base[at],
                false => figures.due_working[at],
            };
            let unevenness = self.unevenness(&members, result, at);
            standings.push(standing(
                Standing {
                    members: members.clone(),
                    line,
                    period: *period,
                    closed,
                    base: figures.base[at],
                    working: figures.working[at],
                    expected: due,
                    expected_base: figures.due_base[at],
                    actual,
                    ..blank()
                },
                &gone[at],
                unevenness,
                self.request,
            ));
        }
    }

    fn unevenness(&self, members: &[u32], result: Option<usize>, at: usize) -> Unevenness {
        let (Some((by_day, spans)), Some(row)) = (&self.by_day, result) else {
            return Unevenness::default();
        };
        let model = self.plan.model();
        let time = model.axes().last().expect("time is always there");
        let whose = days_of(model, members);
        let span = spans[at].clone();
        let values = &by_day.values_of(self.measure_at, row)[span.clone()];
        let days = by_day.periods[span].iter().zip(values);
        let days: Vec<(i64, u64)> = days
            .filter_map(|(node, value)| {
                let days = time.days_of(*node)?;
                let gone = days.start <= self.request.as_of;
                gone.then(|| (*value, model.weight_of_days(whose, days)))
            })
            .collect();
        Unevenness::of(days.into_iter())
    }

    /// The totals of the box: sums of the lines, with the calendar of the box (rule T3).
    pub(crate) fn totals(&mut self, standings: &[Standing]) -> Vec<Standing> {
        let width = self.request.periods.len();
        let gone = self.weights.of(&self.request.within).to_vec();
        let by_day = self.total_days(standings);
        let mut totals = Vec::with_capacity(width);
        for (at, period) in self.request.periods.iter().enumerate() {
            let mut sum = Standing {
                members: self.request.within.clone(),
                line: Line::Member,
                period: *period,
                closed: self.closed[at].0,
                ..blank()
            };
            for line in standings.iter().skip(at).step_by(width) {
                sum.base += line.base;
                sum.working += line.working;
                sum.expected += line.expected;
                sum.expected_base += line.expected_base;
                // Targets add up to the plan's; results may be anything.
                sum.actual = sum.actual.saturating_add(line.actual);
            }
            let days = by_day
                .as_ref()
                .map(|days| Unevenness::of(days[at].iter().copied()));
            let days = days.unwrap_or_default();
            totals.push(standing(sum, &gone[at], days, self.request));
        }
        totals
    }

    /// For each period the days gone, all lines together, with their weights.
    fn total_days(&self, standings: &[Standing]) -> Option<Vec<Vec<(i64, u64)>>> {
        let (by_day, spans) = self.by_day.as_ref()?;
        let model = self.plan.model();
        let time = model.axes().last().expect("time is always there");
        let whose = days_of(model, &self.request.within);
        let mut sums = vec![0i64; by_day.periods.len()];
        for line in standings.iter().step_by(self.request.periods.len().max(1)) {
            if let Some(row) = by_day.find(&line.members) {
                let values = by_day.values_of(self.measure_at, row);
                sums.iter_mut()
                    .zip(values)
                    .for_each(|(sum, value)| *sum = sum.saturating_add(*value));
            }
        }
        let days: Vec<(i64, u64, bool)> = (by_day.periods.iter().zip(sums))
            .map(|(node, sum)| {
                let days = time.days_of(*node).expect("a period has its days");
                let gone = days.start <= self.request.as_of;
                (sum, model.weight_of_days(whose, days), gone)
            })
            .collect();
        let of_span = |span: &std::ops::Range<usize>| {
            let gone = days[span.clone()].iter().filter(|day| day.2);
            gone.map(|day| (day.0, day.1)).collect()
        };
        Some(spans.iter().map(of_span).collect())
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
        *depth = (*depth).max(axis.tree.depth(*inside));
    }
    grain.depths.push(0);
    (within.iter().enumerate())
        .map(|(axis, inside)| {
            let tree = &axes[axis].tree;
            let nodes = base.nodes(axis, &grain).into_iter();
            nodes.filter(|node| tree.contains(*inside, *node)).collect()
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

fn closed_of(plan: &Plan, measure: usize, periods: &[u32]) -> Vec<(bool, bool)> {
    let time = &plan
        .model()
        .axes()
        .last()
        .expect("time is always there")
        .tree;
    let closes = plan.closes(measure);
    let of = |period: &u32| {
        let closed = plan.is_closed(*period);
        let inside = closes
            .iter()
            .any(|close| time.contains(*period, close.period));
        (closed, closed || inside)
    };
    periods.iter().map(of).collect()
}

/// Results by day at the grain of the rows, where they come by days, with the days of each period.
fn day_results(
    model: &Model,
    actuals: &Actuals,
    uppers: &[Vec<u32>],
    all_one: &[bool],
    periods: &[u32],
) -> Option<(Actuals, Vec<std::ops::Range<usize>>)> {
    let time = model.axes().last().expect("time is always there");
    let is_day = |node: &u32| time.days_of(*node).is_some_and(|days| days.days() == 1);
    let is_inside = |node: &u32| {
        periods
            .iter()
            .any(|period| time.tree.contains(*period, *node))
    };
    let days: Vec<u32> = actuals.periods.iter().copied().filter(is_inside).collect();
    let spans: Vec<std::ops::Range<usize>> = (periods.iter())
        .map(|period| {
            let from = days.partition_point(|node| *node < *period);
            from..days
                .partition_point(|node| *node < time.tree.end(*period))
                .max(from)
        })
        .collect();
    if days.is_empty() || !days.iter().all(is_day) || spans.iter().all(|span| span.len() < 2) {
        return None;
    }
    Some((actuals.gathered(model, uppers, all_one, &days), spans))
}
