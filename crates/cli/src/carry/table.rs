//! What carrying changes, member by member and period by period: original target, working target
//! before and after, and need side by side (rule J2). Prints nothing.

use std::collections::HashMap;

use fenjie_money::{Policy, allocate_u64};
use fenjie_plan::{CarriedRow, CarryRule, CarryShare, Closed, Plan, PlanError, Rows, View};

use super::members::members;
use super::rule::{periods_at, time};

/// The effect of an act of carrying.
pub struct Table {
    /// The open periods of the horizons that have a closed one, nodes of the time axis.
    pub periods: Vec<u32>,
    /// The last closed period.
    pub through: Option<u32>,
    /// Who is touched, in the plan's order.
    pub rows: Vec<Row>,
    /// Members whose targets stay as they are.
    pub untouched: usize,
    /// The company's cells: all members together, the untouched ones included.
    pub company: Vec<Cell>,
    /// Everything that nobody can make good any more.
    pub unrecovered: i64,
}

/// One member's row.
pub struct Row {
    /// One node per dimension.
    pub members: Vec<u32>,
    /// As many as the table has periods.
    pub cells: Vec<Cell>,
    /// Not made good yet.
    pub open: i64,
    /// Of it, what no later period takes.
    pub unrecovered: i64,
    /// Whether an action plan is wanted first (rule J5).
    pub waiting: bool,
}

/// One open period, in steps.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cell {
    /// The original target.
    pub base: i64,
    /// The working target before.
    pub before: i64,
    /// The working target after.
    pub after: i64,
    /// What has to be sold to reach the horizon's base, given what was sold.
    pub need: i64,
}

impl Cell {
    fn add(&mut self, other: &Cell) {
        self.base += other.base;
        self.before += other.before;
        self.after += other.after;
        self.need += other.need;
    }
}

/// Compares two plans, before and after an act of carrying.
///
/// # Errors
/// A grain that the plan does not have.
pub fn table(
    before: &Plan,
    after: &Plan,
    measure: usize,
    rule: &CarryRule,
) -> Result<Table, PlanError> {
    let spans = spans(after, measure, rule);
    let carried = after.carried(measure)?;
    let carried_rows = carried.iter().flat_map(|carried| &carried.rows);
    let known: HashMap<&[u32], &CarriedRow> = carried_rows
        .map(|row| (row.members.as_slice(), row))
        .collect();
    let periods: Vec<u32> = spans.iter().flat_map(|span| span.open.clone()).collect();
    let mut made = Table {
        through: carried.as_ref().and_then(|carried| carried.through),
        company: vec![Cell::default(); periods.len()],
        periods,
        rows: Vec::new(),
        untouched: 0,
        unrecovered: 0,
    };
    let views = [
        after.base(measure),
        before.working(measure)?,
        after.working(measure)?,
    ];
    let mut reading = Reading::new(after, measure, rule, &spans, &views)?;
    for members in members(after, measure, &rule.of)? {
        let cells = reading.cells(&members);
        for (sum, cell) in made.company.iter_mut().zip(&cells) {
            sum.add(cell);
        }
        let row = known.get(members.as_slice()).copied();
        made.unrecovered += row.map_or(0, |row| row.unrecovered);
        let stays = |cell: &Cell| cell.after == cell.before && cell.after == cell.base;
        if row.is_none() && cells.iter().all(stays) {
            // Who has no target in these periods has none that could change.
            made.untouched += usize::from(cells.iter().any(|cell| cell.base != 0));
            continue;
        }
        made.rows.push(Row {
            members,
            cells,
            open: row.map_or(0, |row| row.open),
            unrecovered: row.map_or(0, |row| row.unrecovered),
            waiting: row.is_some_and(|row| row.waiting),
        });
    }
    Ok(made)
}

/// One horizon with closed periods.
struct Span {
    closed: Vec<u32>,
    /// Those after the last closed one.
    open: Vec<u32>,
}

/// The horizons of the rule that have a closed period, in time order.
fn spans(plan: &Plan, measure: usize, rule: &CarryRule) -> Vec<Span> {
    let tree = &time(plan).tree;
    let closes = plan.closes(measure);
    let is_closed = |period: &u32| closes.iter().any(|close| close.period == *period);
    let periods = periods_at(plan, &rule.level);
    let horizons = periods_at(plan, &rule.horizon);
    let horizons = match horizons.is_empty() {
        true => vec![0],
        false => horizons,
    };
    let span = |horizon: u32| {
        let inside = periods
            .iter()
            .filter(|period| tree.contains(horizon, **period));
        let inside: Vec<u32> = inside.copied().collect();
        let last = inside.iter().rposition(is_closed)?;
        let closed = inside[..=last].iter().filter(|period| is_closed(period));
        Some(Span {
            closed: closed.copied().collect(),
            open: inside[last + 1..].to_vec(),
        })
    };
    horizons.into_iter().filter_map(span).collect()
}

/// Reads one member after the other.
struct Reading<'v> {
    plan: &'v Plan,
    rule: &'v CarryRule,
    spans: &'v [Span],
    closes: Vec<Closed<'v>>,
    /// Base of the closed periods; base, working before and after of the open ones.
    rows: [Rows<'v>; 4],
}

impl<'v> Reading<'v> {
    fn new(
        plan: &'v Plan,
        measure: usize,
        rule: &'v CarryRule,
        spans: &'v [Span],
        [base, before, after]: &'v [View<'v>; 3],
    ) -> Result<Reading<'v>, PlanError> {
        let open: Vec<u32> = spans.iter().flat_map(|span| span.open.clone()).collect();
        let closed: Vec<u32> = spans.iter().flat_map(|span| span.closed.clone()).collect();
        let rows = |view: &'v View<'v>, periods: &[u32]| {
            view.rows(periods).ok_or_else(|| PlanError::NotDecomposed {
                place: rule.level.clone(),
                axis: time(plan).code.clone(),
            })
        };
        let rows = [
            rows(base, &closed)?,
            rows(base, &open)?,
            rows(before, &open)?,
            rows(after, &open)?,
        ];
        let closes = plan.closes(measure);
        Ok(Reading {
            plan,
            rule,
            spans,
            closes,
            rows,
        })
    }

    fn cells(&mut self, members: &[u32]) -> Vec<Cell> {
        let mut read = |at: usize| -> Vec<i64> {
            let row = self.rows[at].row(members);
            row.map_or_else(Vec::new, <[i64]>::to_vec)
        };
        let (closed, base, before, after) = (read(0), read(1), read(2), read(3));
        let mut needs = Vec::with_capacity(base.len());
        let (mut past, mut ahead) = (closed.as_slice(), base.as_slice());
        for span in self.spans {
            let (own, rest) = past.split_at(span.closed.len().min(past.len()));
            let (open, later) = ahead.split_at(span.open.len().min(ahead.len()));
            let sold: i64 = span
                .closed
                .iter()
                .map(|period| self.sold(*period, members))
                .sum();
            needs.extend(self.needs(own.iter().sum::<i64>() - sold, open, span, members));
            (past, ahead) = (rest, later);
        }
        let cell = |at: usize| Cell {
            base: base[at],
            before: before.get(at).copied().unwrap_or(0),
            after: after.get(at).copied().unwrap_or(0),
            need: needs[at],
        };
        (0..base.len()).map(cell).collect()
    }

    fn sold(&self, period: u32, members: &[u32]) -> i64 {
        let close = self.closes.iter().find(|close| close.period == period);
        close.map_or(0, |close| close.actual(members))
    }

    /// The base of the open periods plus what was missed less what was sold beyond, shared as the rule
    /// shares; never below zero.
    fn needs(&self, missing: i64, base: &[i64], span: &Span, members: &[u32]) -> Vec<i64> {
        let mut parts = vec![0; base.len()];
        if base.is_empty() {
            return parts;
        }
        let weights = self.weights(base, span, members);
        allocate_u64(missing, &weights, Policy::default(), &mut parts);
        let sums = parts.iter().zip(base).map(|(part, base)| base + part);
        let needs: Vec<i64> = sums.collect();
        if needs.iter().all(|need| *need >= 0) {
            return needs;
        }
        let total = (base.iter().sum::<i64>() + missing).max(0);
        let weights: Vec<u64> = base.iter().map(|base| base.unsigned_abs()).collect();
        allocate_u64(total, &weights, Policy::default(), &mut parts);
        parts
    }

    fn weights(&self, base: &[i64], span: &Span, members: &[u32]) -> Vec<u64> {
        let model = self.plan.model();
        let weights: Vec<u64> = match self.rule.share {
            CarryShare::Weights => {
                let whose = model.member_days(members);
                let days = |period: &u32| time(self.plan).days_of(*period);
                let weight =
                    |period: &u32| days(period).map_or(0, |days| model.weight_of_days(whose, days));
                span.open.iter().map(weight).collect()
            }
            CarryShare::Base => base.iter().map(|base| base.unsigned_abs()).collect(),
            CarryShare::Equal => vec![1; base.len()],
            CarryShare::Next => (0..base.len()).map(|at| u64::from(at == 0)).collect(),
        };
        match weights.iter().any(|weight| *weight > 0) {
            true => weights,
            false => vec![1; base.len()],
        }
    }
}
