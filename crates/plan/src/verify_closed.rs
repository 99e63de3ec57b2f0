//! Proves closes and carrying by a plain second reckoning: closed targets are what they were when
//! they were closed, and what is carried is neither more nor less than what fell short (rules J1–J4).

use crate::carry_course::CarryStep;
use crate::state::Plan;
use crate::verify::Check;

impl Plan {
    /// Whether the targets of closed periods are what they were when they were closed.
    pub(crate) fn check_closed(&self) -> Check {
        let mut check = Check::new(
            "closed",
            "已关账期间的目标没有变动",
            "closed periods have the targets they were closed with",
        );
        for close in self.adjustments.closes.iter() {
            let now = self.base_hash(close.measure, close.period, &close.roster);
            check.compare(now == close.base, || {
                let mut nodes = vec![0; self.model.axes().len()];
                nodes[self.model.time()] = close.period;
                let place = self.model.place_text(&crate::Place(nodes));
                (
                    place.clone(),
                    format!("{place} 关账后目标有变动"),
                    format!("the targets of {place} have changed since it was closed"),
                )
            });
        }
        check
    }

    /// Whether every row's carried amounts sum to zero, and what every closed period gives is its
    /// base less what counted and what stays with it.
    pub(crate) fn check_carried(&self, measure: usize, check: &mut Check) {
        let carried = match self.carried(measure) {
            Ok(Some(carried)) => carried,
            Ok(None) => return,
            Err(error) => {
                return check.compare(false, || {
                    (String::new(), error.to_string(), error.to_string())
                });
            }
        };
        let act = self.adjustments.carries.iter().rev();
        let mut act = act.filter(|act| act.measure == measure);
        let depths = act.next().map(|act| act.depths.clone()).unwrap_or_default();
        let roster = self.roster_at(measure, depths);
        let closes = self.closes(measure);
        let closed = closes.iter().map(|close| close.period);
        let counted: Vec<u32> = std::iter::once(0).chain(closed).collect();
        let (course, rows) = (self.carry_course(measure), carried.view.rows(&counted));
        let (Ok(mut course), Some(mut rows)) = (course, rows) else {
            return;
        };
        roster.each(|_, members| {
            let Some(given) = rows.row(members) else {
                return;
            };
            check.compare(given[0] == 0, || self.unbalanced(measure, members));
            for step in course.steps(members).unwrap_or_default() {
                let right = is_right(&step, &counted, given);
                check.compare(right, || self.unbalanced(measure, members));
            }
        });
    }

    fn unbalanced(&self, measure: usize, members: &[u32]) -> (String, String, String) {
        let mut nodes = members.to_vec();
        nodes.push(0);
        let place = self.model.place_text(&crate::Place(nodes));
        let code = &self.model.definition.measures[measure].code;
        (
            place.clone(),
            format!("{place} 的结转（{code}）收支不平"),
            format!("what is carried for {place} ({code}) does not balance"),
        )
    }
}

/// Whether a counted period gives its base less what counts of what it sold and what stays with it.
fn is_right(step: &CarryStep, counted: &[u32], given: &[i64]) -> bool {
    let at = counted.iter().position(|period| *period == step.period);
    let given = at.map(|at| given[at]);
    let counts = step.sold.min(step.base + step.carried);
    step.counted == counts && given == Some(counts + step.kept - step.base)
}
