//! Periods missed in a row, and whether an action plan is due for them (rule J5). Reads closes and
//! acts of the log; changes nothing.

use std::sync::Arc;

use crate::adjusted::CloseRecord;
use crate::state::Plan;

/// Periods that some members have missed in a row, up to the last closed one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Streak {
    /// One node per dimension.
    pub members: Vec<u32>,
    /// The missed periods in time order, nodes of the time axis.
    pub periods: Vec<u32>,
    /// Their base targets, in steps.
    pub target: Vec<i64>,
    /// What was sold, in steps.
    pub actual: Vec<i64>,
    /// Whether an action plan is due for it.
    pub action: ActionState,
}

/// Whether an action plan is due (rule J5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionState {
    /// Fewer than two periods in a row.
    NotDue,
    /// Due, and adjustments wait for it.
    Due,
    /// Filed, by the operation of this number in the log.
    Filed(usize),
    /// Let go on without one, by the operation of this number.
    Waived(usize),
}

/// An action plan or a waiver of some members.
struct Cover {
    number: usize,
    state: ActionState,
    /// The action plan's due date; misses after it ask again.
    due: Option<fenjie_calendar::Date>,
    members: Vec<u32>,
}

/// The closes that streaks are counted over.
struct Course<'p> {
    closes: Vec<&'p Arc<CloseRecord>>,
    depths: Vec<usize>,
    periods: Vec<u32>,
    /// Whether the period before each one is the closed one before it.
    follows: Vec<bool>,
    /// The number of each period's first close.
    first: Vec<usize>,
}

impl Plan {
    /// Everybody who missed the last closed period of a measure, with the periods missed in a row.
    /// Counted are the closes of the level and grain of the last act of carrying, or of the last
    /// close. Periods without a target neither count nor end a streak; one that is not closed ends
    /// it.
    ///
    /// ```
    /// # use fenjie_plan::{ActionState, Address, Close, Operation, Plan, example};
    /// # let mut plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// for month in ["2026-01", "2026-02"] {
    ///     let period = Address(vec![("month".into(), month.into())]);
    ///     plan.apply(Operation::Close(Close {
    ///         measure: "".into(), period, of: "".into(), actuals: vec![], unassigned: None,
    ///         reason: "".into(),
    ///     })).unwrap();
    /// }
    /// // Nobody sold anything: five regions, two months each.
    /// assert_eq!(plan.streaks(0).len(), 5);
    /// assert_eq!(plan.streaks(0)[0].action, ActionState::Due);
    /// ```
    pub fn streaks(&self, measure: usize) -> Vec<Streak> {
        self.streaks_before(measure, usize::MAX, &|_| true)
    }

    /// The rows for which an action plan is due just before an operation, among those wanted.
    pub(crate) fn due_before(
        &self,
        measure: usize,
        number: usize,
        wanted: &dyn Fn(&[u32]) -> bool,
    ) -> Vec<Streak> {
        let mut streaks = self.streaks_before(measure, number, wanted);
        streaks.retain(|streak| streak.action == ActionState::Due);
        streaks
    }

    fn streaks_before(
        &self,
        measure: usize,
        number: usize,
        wanted: &dyn Fn(&[u32]) -> bool,
    ) -> Vec<Streak> {
        let Some(course) = self.course(measure, number) else {
            return Vec::new();
        };
        let covers = self.covers(measure, number);
        let roster = self.roster_at(measure, course.depths.clone());
        let base = self.base(measure);
        let Some(mut rows) = base.rows(&course.periods) else {
            return Vec::new();
        };
        let mut streaks = Vec::new();
        roster.each(|_, members| {
            if !wanted(members) || self.is_held_back(members) {
                return;
            }
            let Some(targets) = rows.row(members) else {
                return;
            };
            let missed = course.missed(self, members, targets);
            if missed.is_empty() {
                return;
            }
            let take = |of: &dyn Fn(usize) -> i64| missed.iter().map(|at| of(*at)).collect();
            streaks.push(Streak {
                members: members.to_vec(),
                periods: missed.iter().map(|at| course.periods[*at]).collect(),
                target: take(&|at| targets[at]),
                actual: take(&|at| course.closes[at].sold_by(self, members)),
                action: self.action_state(&course, &missed, &covers, members),
            });
        });
        streaks
    }

    /// The closes of the level and grain that count.
    fn course(&self, measure: usize, number: usize) -> Option<Course<'_>> {
        let time = self.model.time();
        let tree = &self.model.axes()[time].tree;
        let carry = self.adjustments.carries.iter().rev();
        let mut carry = carry.filter(|act| act.measure == measure && act.number < number);
        let last = self.adjustments.closes.iter().rev();
        let mut last = last.filter(|known| known.measure == measure && known.number < number);
        let (depths, level) = match (carry.next(), last.next()) {
            (Some(act), _) => (act.depths.clone(), act.level),
            (None, Some(close)) => (close.roster.depths.clone(), tree.depth(close.period)),
            (None, None) => return None,
        };
        let mut closes = self.closes_before(measure, number);
        closes.retain(|close| tree.depth(close.period) == level && close.is_as_fine_as(&depths));
        let periods: Vec<u32> = closes.iter().map(|close| close.period).collect();
        // Periods of one level follow each other where none of that level lies between.
        let between = |pair: &[u32]| {
            let mut nodes = tree.end(pair[0])..pair[1];
            !nodes.any(|node| tree.depth(node) == level)
        };
        let follows = std::iter::once(false).chain(periods.windows(2).map(between));
        let first = |period: &u32| {
            let all = self.adjustments.closes.iter();
            let mut all = all.filter(|known| known.measure == measure && known.period == *period);
            all.next().map_or(0, |known| known.number)
        };
        Some(Course {
            follows: follows.collect(),
            first: periods.iter().map(first).collect(),
            closes,
            depths,
            periods,
        })
    }

    fn covers(&self, measure: usize, number: usize) -> Vec<Cover> {
        let acts = self.adjustments.actions.iter();
        let acts = acts.filter(|act| act.measure == measure && act.number < number);
        let waivers = self.adjustments.waivers.iter();
        let waivers = waivers.filter(|act| act.measure == measure && act.number < number);
        let mut covers: Vec<Cover> = acts
            .map(|act| Cover {
                number: act.number,
                state: ActionState::Filed(act.number),
                due: Some(act.plan.due),
                members: act.members.clone(),
            })
            .chain(waivers.map(|act| Cover {
                number: act.number,
                state: ActionState::Waived(act.number),
                due: None,
                members: act.members.clone(),
            }))
            .collect();
        covers.sort_by_key(|cover| cover.number);
        covers
    }

    /// Two misses make an action plan due; one filed (or waived) after the close of the second covers
    /// the streak. Two more misses in periods that begin after its due date ask again.
    fn action_state(
        &self,
        course: &Course<'_>,
        missed: &[usize],
        covers: &[Cover],
        members: &[u32],
    ) -> ActionState {
        let [first, second, ..] = missed else {
            return ActionState::NotDue;
        };
        let mut needed = course.first[*first].max(course.first[*second]);
        let mut state = ActionState::Due;
        for cover in covers {
            if cover.number < needed || !self.stands_above(&cover.members, members) {
                continue;
            }
            state = cover.state;
            let Some(due) = cover.due else { continue };
            let begins = |at: &&usize| self.model.period_range(course.periods[**at]).start;
            let later: Vec<&usize> = missed.iter().filter(|at| begins(at) > due).collect();
            if let [first, second, ..] = later.as_slice() {
                let again = course.first[**first].max(course.first[**second]);
                if again > cover.number {
                    (state, needed) = (ActionState::Due, again);
                }
            }
        }
        state
    }

    /// Whether some members and others have cells in common: on every dimension one stands above
    /// the other.
    pub(crate) fn overlap(&self, one: &[u32], other: &[u32]) -> bool {
        let pairs = one.iter().zip(other).enumerate();
        let mut both = pairs.map(|(axis, (one, other))| {
            let tree = &self.model.axes()[axis].tree;
            tree.contains(*one, *other) || tree.contains(*other, *one)
        });
        both.all(|both| both)
    }

    /// Whether some members are, or stand above, others on every dimension.
    pub(crate) fn stands_above(&self, upper: &[u32], lower: &[u32]) -> bool {
        let pairs = upper.iter().zip(lower).enumerate();
        let mut above = pairs
            .map(|(axis, (upper, lower))| self.model.axes()[axis].tree.contains(*upper, *lower));
        above.all(|above| above)
    }
}

impl Course<'_> {
    /// The periods, by index, that some members missed in a row up to the last one.
    fn missed(&self, plan: &Plan, members: &[u32], targets: &[i64]) -> Vec<usize> {
        let mut missed = Vec::new();
        for at in (0..self.periods.len()).rev() {
            if targets[at] != 0 {
                if self.closes[at].sold_by(plan, members) >= targets[at] {
                    break;
                }
                missed.push(at);
            }
            if !self.follows[at] {
                break;
            }
        }
        missed.reverse();
        missed
    }
}

impl CloseRecord {
    /// Whether results are kept at these depths or finer.
    pub(crate) fn is_as_fine_as(&self, depths: &[usize]) -> bool {
        let pairs = self.roster.depths.iter().zip(depths);
        pairs.into_iter().all(|(own, asked)| own >= asked)
    }
}
