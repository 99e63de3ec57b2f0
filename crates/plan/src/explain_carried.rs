//! Where a working target comes from: the base, what closed periods fell short of, and the part that is
//! carried to (or given by) the place. Reads only.

use fenjie_message::Lang;

use crate::carrying::CarryStep;
use crate::error::PlanError;
use crate::model::Place;
use crate::state::Plan;

/// What is carried to a place, and how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedOrigin {
    /// What is carried to the place, signed, in steps.
    pub part: i64,
    /// Base and part: the working target, in steps.
    pub working: i64,
    /// Whose shortfalls they are, one node per dimension; none where the place lies above several.
    pub members: Option<Vec<u32>>,
    /// The counted periods of these members in the same horizon, up to the place's period.
    pub steps: Vec<CarryStep>,
}

impl Plan {
    pub(crate) fn carried_origin(
        &self,
        measure: usize,
        place: &Place,
        base: i64,
    ) -> Result<Option<CarriedOrigin>, PlanError> {
        let Some(carried) = self.carried(measure)? else {
            return Ok(None);
        };
        let mut acts = self.adjustments.carries.iter();
        let act = acts.rfind(|act| act.number == carried.number);
        let act = act.expect("the act that is carried by");
        let time = self.model.time();
        let tree = &self.model.axes()[time].tree;
        let part = carried.view.value(place).unwrap_or(0);
        let members = self.row_of(&place.0[..time], &act.depths);
        let mut steps = match &members {
            Some(members) => self.carry_steps(measure, members)?,
            None => Vec::new(),
        };
        let at = place.0[time];
        let above = std::iter::successors(Some(at), |node| tree.parent(*node));
        let horizon = above
            .into_iter()
            .find(|node| tree.depth(*node) <= act.horizon);
        let horizon = horizon.expect("the root is above everything");
        steps.retain(|step| {
            tree.contains(horizon, step.period)
                && (step.period <= at || tree.contains(at, step.period))
        });
        Ok(Some(CarriedOrigin {
            part,
            working: base.saturating_add(part),
            members,
            steps,
        }))
    }

    /// The row that members are, or lie below.
    fn row_of(&self, members: &[u32], depths: &[usize]) -> Option<Vec<u32>> {
        let row = |(axis, (node, depth)): (usize, (&u32, &usize))| {
            let tree = &self.model.axes()[axis].tree;
            let mut above = std::iter::successors(Some(*node), |node| tree.parent(*node));
            above.find(|node| tree.depth(*node) == *depth)
        };
        members.iter().zip(depths).enumerate().map(row).collect()
    }
}

impl CarriedOrigin {
    /// The part of a sentence about what is carried.
    pub(crate) fn sentence(&self, plan: &Plan, measure: usize, lang: Lang) -> String {
        let text = |value: i64| plan.step(measure).format(value);
        let axis = &plan.model.axes()[plan.model.time()];
        let missed = self.steps.iter().filter(|step| step.counted < step.base);
        let named: Vec<String> = missed
            .map(|step| {
                let (period, lacking) = (
                    axis.label(step.period, lang),
                    text(step.base - step.counted),
                );
                match lang {
                    Lang::Zh => format!("{period}缺口 {lacking}"),
                    Lang::En => format!("{period} fell short by {lacking}"),
                }
            })
            .collect();
        let from = match (named.is_empty(), lang) {
            (true, _) => String::new(),
            (false, Lang::Zh) => format!("（{}）", named.join("，")),
            (false, Lang::En) => format!(" ({})", named.join(", ")),
        };
        let sign = if self.part > 0 { "+" } else { "" };
        let (part, working) = (text(self.part), text(self.working));
        match lang {
            Lang::Zh => format!("；结转 {sign}{part}{from}，工作目标 {working}"),
            Lang::En => format!("; carried {sign}{part}{from}, working target {working}"),
        }
    }
}
