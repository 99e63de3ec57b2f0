//! The carry proposal: what the open periods would be asked for if what was missed were carried now
//! (rules J1–J5), before and after side by side. Changes a copy, never the plan.

use fenjie_calendar::DateRange;
use fenjie_message::{Lang, Message};
use fenjie_plan::{Address, CarryRule, Close, Operation, Plan};
use fenjie_track::{Actuals, UNASSIGNED};

use crate::gather::ReviewRequest;
use crate::label::{self, Label};

/// What carrying now would change.
#[derive(Clone, Debug, PartialEq)]
pub struct CarryProposal {
    /// The rule it is computed by.
    pub rule: CarryRule,
    /// Periods that are over and not closed, taken as closed with the results so far.
    pub supposed: Vec<Label>,
    /// The open periods with their targets before and after.
    pub periods: Vec<CarryPeriod>,
    /// Whoever has something open, the largest first.
    pub members: Vec<CarryMember>,
    /// What no later period takes, in steps (rule J4).
    pub unrecovered: i64,
    /// Why it cannot be computed, in both languages; the rest is empty then.
    pub refused: Option<Label>,
}

/// An open period before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarryPeriod {
    /// The period.
    pub label: Label,
    /// Its node on the time axis.
    pub period: u32,
    /// The original target, in steps.
    pub base: i64,
    /// The working target as it is.
    pub before: i64,
    /// The working target if carried now.
    pub after: i64,
}

/// What one member carries if carried now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarryMember {
    /// Who.
    pub who: Label,
    /// Not made good yet, in steps.
    pub open: i64,
    /// Of it, what no later period takes.
    pub unrecovered: i64,
    /// Whether it waits for an action plan (rule J5).
    pub waiting: bool,
}

/// What the proposal starts from.
pub(crate) struct Basis<'b> {
    pub request: &'b ReviewRequest,
    pub plan: &'b Plan,
    pub rule: CarryRule,
    /// Results by members of the rule's grain and by days.
    pub actuals: &'b Actuals,
    /// The days inside which open periods are looked at: the horizon of the day looked from.
    pub within: DateRange,
}

impl CarryProposal {
    pub(crate) fn compute(basis: &Basis<'_>) -> CarryProposal {
        let mut proposal = CarryProposal {
            rule: basis.rule.clone(),
            supposed: Vec::new(),
            periods: Vec::new(),
            members: Vec::new(),
            unrecovered: 0,
            refused: None,
        };
        let mut after = basis.plan.clone();
        let carry = Operation::Carry(basis.rule.clone());
        let applied = basis
            .closes()
            .into_iter()
            .try_for_each(|(label, close)| {
                proposal.supposed.push(label);
                after.apply(Operation::Close(close)).map(drop)
            })
            .and_then(|()| after.apply(carry).map(drop));
        if let Err(refusal) = applied {
            proposal.refused = Some(basis.refused(&refusal.error));
            return proposal;
        }
        let read = proposal.read(basis, &after);
        if let Err(error) = read {
            proposal.refused = Some(basis.refused(&error));
        }
        proposal
    }

    fn read(&mut self, basis: &Basis<'_>, after: &Plan) -> Result<(), fenjie_plan::PlanError> {
        let open = basis.open_periods();
        let (request, measure) = (basis.request, basis.request.measure);
        let series =
            |view: fenjie_plan::View<'_>| view.series(&request.within, &open).unwrap_or_default();
        let base = series(basis.plan.base(measure));
        let was = series(basis.plan.working(measure)?);
        let will = series(after.working(measure)?);
        for (at, period) in open.iter().enumerate() {
            if let (Some(base), Some(before), Some(after)) =
                (base.get(at), was.get(at), will.get(at))
            {
                self.periods.push(CarryPeriod {
                    label: label::period(basis.plan, *period),
                    period: *period,
                    base: *base,
                    before: *before,
                    after: *after,
                });
            }
        }
        let Some(carried) = after.carried(measure)? else {
            return Ok(());
        };
        let streaks = after.streaks(measure);
        let rows = carried.rows.iter();
        for row in rows.filter(|row| request.covers(basis.plan, &row.members)) {
            // Who waits may not be counted by the act at all; what it missed in a row is open.
            let streak = streaks.iter().find(|streak| streak.members == row.members);
            let missed = streak.map_or(0, |streak| {
                streak.target.iter().sum::<i64>() - streak.actual.iter().sum::<i64>()
            });
            self.unrecovered += row.unrecovered;
            self.members.push(CarryMember {
                who: label::members(basis.plan, &row.members),
                open: match row.waiting && row.open == 0 {
                    true => missed,
                    false => row.open,
                },
                unrecovered: row.unrecovered,
                waiting: row.waiting,
            });
        }
        self.members
            .sort_by_key(|member| std::cmp::Reverse((member.open, member.waiting)));
        Ok(())
    }
}

impl Basis<'_> {
    /// Why it cannot be computed. A part is not told what is the matter with others.
    fn refused(&self, error: &impl Message) -> Label {
        match self.request.is_cut() {
            true => Label {
                zh: "整个方案的结转现在无法试算".into(),
                en: "carrying cannot be tried on the whole plan now".into(),
            },
            false => Label {
                zh: error.text(Lang::Zh),
                en: error.text(Lang::En),
            },
        }
    }

    /// Nodes of the rule's level inside the horizon that are over and not closed, with their closes.
    fn closes(&self) -> Vec<(Label, Close)> {
        let model = self.plan.model();
        let time = model.axes().last().expect("time is always there");
        let mut closes = Vec::new();
        for node in self.level_nodes() {
            let days = time.days_of(node).expect("a period has days");
            if days.last() > self.request.as_of || self.plan.is_closed(node) {
                continue;
            }
            closes.push((label::period(self.plan, node), self.close(node, days)));
        }
        closes
    }

    /// A close of a period with the results so far, by members of the rule's grain.
    fn close(&self, node: u32, days: DateRange) -> Close {
        let model = self.plan.model();
        let axes = model.axes();
        let step = self.plan.step(self.request.measure);
        let depths = depths_of(self.plan, self.request.measure, &self.rule.of);
        let mut unassigned = 0;
        let mut actuals = Vec::new();
        for (members, sold) in self.sold(&depths, days) {
            // Booked on nobody who is known, or above the grain: part of the total alone.
            if members.iter().enumerate().any(|(axis, node)| {
                *node == UNASSIGNED || axes[axis].tree.depth(*node) < depths[axis]
            }) {
                unassigned += sold;
            } else {
                let mut place = members;
                place.push(0);
                let address = model.address(&fenjie_plan::Place(place));
                actuals.push((address, step.format(sold)));
            }
        }
        let time = axes.last().expect("time is always there");
        let level = time.level_of(node).to_owned();
        Close {
            measure: model.definition().measures[self.request.measure]
                .code
                .clone(),
            period: Address(vec![(level, time.tree.code(node).to_owned())]),
            of: self.rule.of.clone(),
            actuals,
            unassigned: (unassigned != 0).then(|| step.format(unassigned)),
            reason: String::new(),
        }
    }

    /// What each row of the results sold on some days, in steps.
    fn sold(&self, depths: &[usize], days: DateRange) -> Vec<(Vec<u32>, i64)> {
        let time = self
            .plan
            .model()
            .axes()
            .last()
            .expect("time is always there");
        let inside = |node: &u32| {
            let own = time.days_of(*node).expect("a period has days");
            own.start >= days.start && own.end <= days.end
        };
        let all = &self.actuals.periods;
        let periods: Vec<u32> = all.iter().copied().filter(inside).collect();
        let rolled = self.actuals.rolled_up(self.plan.model(), depths, &periods);
        let at = rolled
            .measures
            .iter()
            .position(|own| *own == self.request.measure);
        let Some(values) = at.map(|at| &rolled.values[at]) else {
            return Vec::new();
        };
        let rows = values.chunks(periods.len().max(1)).enumerate();
        rows.map(|(row, values)| {
            let members = rolled.members.iter().map(|axis| axis[row]).collect();
            (members, values.iter().sum())
        })
        .filter(|(_, sold)| *sold != 0)
        .collect()
    }

    /// Periods of the rule's level that are not over, inside the horizon.
    fn open_periods(&self) -> Vec<u32> {
        let time = self
            .plan
            .model()
            .axes()
            .last()
            .expect("time is always there");
        let mut nodes = self.level_nodes();
        nodes.retain(|node| {
            let days = time.days_of(*node).expect("a period has days");
            days.last() > self.request.as_of && !self.plan.is_closed(*node)
        });
        nodes
    }

    fn level_nodes(&self) -> Vec<u32> {
        let model = self.plan.model();
        let time = model.axes().last().expect("time is always there");
        let inside = |node: &u32| {
            let days = time.days_of(*node).expect("a period has days");
            time.level_of(*node) == self.rule.level
                && days.start >= self.within.start
                && days.end <= self.within.end
        };
        (0..time.tree.len() as u32).filter(inside).collect()
    }
}

/// The depths of a grain of the dimensions; the finest level of the first where the text is empty.
pub(crate) fn depths_of(plan: &Plan, measure: usize, of: &str) -> Vec<usize> {
    let dimensions = plan.model().axes().len() - 1;
    let grain = match of.trim().is_empty() {
        true => plan.grain(measure, "stored").map(|mut grain| {
            grain.depths.iter_mut().skip(1).for_each(|depth| *depth = 0);
            grain
        }),
        false => plan.grain(measure, of),
    };
    // A grain the plan does not have is refused where the rule is applied.
    let depths = grain.map_or_else(|_| vec![0; dimensions], |grain| grain.depths);
    depths[..dimensions].to_vec()
}
