//! Who has booked nothing lately, or whether nobody has (rule T6).

use fenjie_calendar::{Date, Level};
use fenjie_plan::Plan;

use super::find::Finder;
use super::{Alert, AlertFigures, AlertRequest, AlertSeverity, words};
use crate::actuals::{Actuals, UNASSIGNED};
use crate::weights::{days_of, one_day};

impl Finder<'_> {
    /// Nothing booked on the last selling days; where nobody booked anything, said once.
    pub(super) fn silent(&self, found: &mut Vec<Alert>) {
        let Some(wanted) = self.rules.silent_days.filter(|days| *days > 0) else {
            return;
        };
        let days = DaysGone::new(self.plan, self.actuals, self.request);
        let root = vec![0; self.request.depths.len()];
        if let Some(figures) = self.silence(&days, &root, wanted) {
            let (severity, period) = (AlertSeverity::Urgent, self.request.period);
            found.push(
                self.alert("silent", severity, &root, period, figures, |words, lang| {
                    words.silent(lang)
                }),
            );
            return;
        }
        for line in self.lines() {
            if let Some(figures) = self.silence(&days, &line.members, wanted) {
                let severity = AlertSeverity::Warning;
                found.push(self.alert(
                    "silent",
                    severity,
                    &line.members,
                    line.period,
                    figures,
                    |words, lang| words.silent(lang),
                ));
            }
        }
    }

    /// The plan's days are over; nobody books anything in it any more.
    pub(super) fn ended(&self, last: Date, found: &mut Vec<Alert>) {
        let root = vec![0; self.request.depths.len()];
        let figures = AlertFigures {
            day: Some(last),
            ..AlertFigures::default()
        };
        let (severity, period) = (AlertSeverity::Notice, self.request.period);
        found.push(
            self.alert("ended", severity, &root, period, figures, |_, lang| {
                words::ended(last, lang)
            }),
        );
    }

    /// How many of the member's own selling days in a row are without a result.
    fn silence(&self, days: &DaysGone, members: &[u32], wanted: u32) -> Option<AlertFigures> {
        let model = self.plan.model();
        let whose = days_of(model, members);
        let weighs = |day: Date| model.weight_of_days(whose, one_day(day)) > 0;
        let (mut silent, mut last) = (0, None);
        let sold = days.sold(self.plan, members);
        for (at, (day, in_period)) in days.days.iter().enumerate().rev() {
            if sold.as_ref().is_some_and(|sold| sold[at] != 0) {
                last = Some(*day);
                break;
            }
            silent += u32::from((*in_period || days.reaches_back) && weighs(*day));
        }
        (silent >= wanted).then(|| AlertFigures {
            in_a_row: Some(silent),
            day: last,
            ..AlertFigures::default()
        })
    }
}

/// The days gone, with the results of the lines and of everybody.
struct DaysGone {
    /// Each day, and whether it lies in the running period.
    days: Vec<(Date, bool)>,
    /// Results are known for days before the running period.
    reaches_back: bool,
    measure_at: Option<usize>,
    lines: Actuals,
    everybody: Actuals,
}

impl DaysGone {
    fn new(plan: &Plan, actuals: &Actuals, request: &AlertRequest) -> DaysGone {
        let model = plan.model();
        let time = model.axes().last().expect("time is always there");
        let period = time.days_of(request.period).expect("a period has its days");
        let (nodes, days): (Vec<u32>, Vec<(Date, bool)>) = (0..time.tree.len() as u32)
            .filter(|node| time.time_level_of(*node) == Some(Level::Day))
            .filter_map(|node| Some((node, time.days_of(node)?.start)))
            .filter(|(_, day)| *day <= request.as_of)
            .map(|(node, day)| (node, (day, day >= period.start)))
            .unzip();
        let starts = |node: &u32| {
            time.days_of(*node)
                .is_some_and(|days| days.start < period.start)
        };
        let root = vec![0; request.depths.len()];
        DaysGone {
            days,
            reaches_back: actuals.periods.first().is_some_and(starts),
            measure_at: actuals
                .measures
                .iter()
                .position(|own| *own == request.measure),
            lines: actuals.rolled_up(model, &request.depths, &nodes),
            everybody: actuals.rolled_up(model, &root, &nodes),
        }
    }

    /// The results of some members, day by day; nothing where they have none at all.
    fn sold(&self, plan: &Plan, members: &[u32]) -> Option<Vec<i64>> {
        let at = self.measure_at?;
        for known in [&self.everybody, &self.lines] {
            if let Some(row) = known.find(members) {
                return Some(known.values_of(at, row).to_vec());
            }
        }
        // A member above the depth asked for: the plan is not decomposed further there.
        let is_above = members
            .iter()
            .zip(plan.model().axes())
            .any(|(node, axis)| *node != UNASSIGNED && *node != 0 && !axis.tree.is_leaf(*node));
        let periods = &self.lines.periods;
        is_above.then(|| self.lines.sum_within(plan.model(), at, members, periods))
    }
}
