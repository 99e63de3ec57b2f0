//! A store's week so far, or its piece in the month. Prints what the rules give.

use fenjie_calendar::Level;
use fenjie_message::Lang;
use fenjie_money::Step;
use fenjie_plan::Plan;
use fenjie_track::{ActualRequest, Actuals, Ratio};
use serde_json::{Value, json};

use super::moment::Moment;
use super::store::{decimal, standing};
use crate::actual::Sales;
use crate::failure::Failure;
use crate::track::{Figures, percent, period_at};

/// A week through the moment, in steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// Its code.
    pub code: String,
    /// As people read it, in Chinese.
    pub zh: String,
    /// And in English.
    pub en: String,
    /// What it is judged by.
    pub target: i64,
    /// Done so far.
    pub done: i64,
}

impl Week {
    /// The week, from the results of its earlier days and what was done on the day; nothing where the
    /// plan has no weeks.
    ///
    /// # Errors
    /// Those of the facts.
    pub fn of(
        plan: &Plan,
        sales: &Sales,
        measure: usize,
        on_day: Actuals,
        moment: Moment,
    ) -> Result<Option<Week>, Failure> {
        let week = [Level::Piece, Level::Week]
            .into_iter()
            .find_map(|level| period_at(plan, level, moment.day));
        let Some(period) = week else {
            return Ok(None);
        };
        let members: Vec<u32> = on_day.members.iter().map(|nodes| nodes[0]).collect();
        let before = before_today(plan, sales, measure, &members, period, moment)?;
        let both = with_today(before, on_day);
        let standing = standing(plan, measure, &members, &both, period, moment)?;
        let time = plan.model().axes().last().expect("time is always there");
        Ok(Some(Week {
            code: time.tree.code(period).to_owned(),
            zh: time.label(period, Lang::Zh).to_owned(),
            en: time.label(period, Lang::En).to_owned(),
            target: standing.target,
            done: standing.actual,
        }))
    }

    fn attainment(&self) -> Option<Ratio> {
        let has_target = self.target > 0;
        has_target.then(|| Ratio::new(self.done.into(), self.target.into()))?
    }

    fn left(&self) -> i64 {
        self.target.saturating_sub(self.done).max(0)
    }

    /// The line under the day's.
    pub fn line(&self, shown: &Figures<'_>) -> String {
        let label = shown.lang.pick(&self.zh, &self.en);
        let (done, target) = (shown.amount(self.done), shown.amount(self.target));
        let (share, left) = (percent(self.attainment()), shown.amount(self.left()));
        match shown.lang {
            Lang::Zh => format!("{label}：{done} / {target}，完成 {share}，还需 {left}"),
            Lang::En => format!("{label}: {done} / {target}, {share} done, {left} left"),
        }
    }

    /// The same for scripts.
    pub fn json(&self, step: Step) -> Value {
        json!({
            "period": self.code,
            "target": step.format(self.target),
            "done": step.format(self.done),
            "left": step.format(self.left()),
            "attainment": self.attainment().map(decimal),
        })
    }
}

/// The results of the period's earlier days.
fn before_today(
    plan: &Plan,
    sales: &Sales,
    measure: usize,
    members: &[u32],
    period: u32,
    moment: Moment,
) -> Result<Actuals, Failure> {
    let time = plan.model().axes().last().expect("time is always there");
    let nodes = plan.model().axes().len() - 1;
    let days = plan.model().nodes_at_depth(
        nodes,
        time.tree
            .depth(period_at(plan, Level::Day, moment.day).unwrap_or(0)),
    );
    let is_before = |day: &u32| {
        time.tree.contains(period, *day)
            && time
                .days_of(*day)
                .is_some_and(|days| days.start < moment.day)
    };
    let periods: Vec<u32> = days.into_iter().filter(is_before).collect();
    if periods.is_empty() {
        return Ok(Actuals::empty(members.len(), vec![measure], Vec::new()));
    }
    let request = ActualRequest {
        measures: vec![measure],
        depths: vec![0; members.len()],
        periods,
        until: moment.day.yesterday().unwrap_or(moment.day),
        within: members.to_vec(),
    };
    Ok(sales.add_up(plan, &request)?)
}

/// Earlier days and today in one: everything on the store itself.
fn with_today(before: Actuals, today: Actuals) -> Actuals {
    let width = before.periods.len();
    let mut values = vec![0; width];
    for row in 0..before.row_count() {
        for (sum, value) in values.iter_mut().zip(before.values_of(0, row)) {
            *sum += value;
        }
    }
    values.extend(&today.values[0]);
    let mut periods = before.periods;
    periods.extend(&today.periods);
    Actuals {
        periods,
        values: vec![values],
        ..today
    }
}
