//! Where a working target comes from: the base, what closed periods fell short of, and the part that is
//! carried to (or given by) the place. Reads only.

use fenjie_message::Lang;

use crate::carry_course::CarryStep;
use crate::error::PlanError;
use crate::frontier::each_combination;
use crate::model::Place;
use crate::state::Plan;
use crate::view::View;

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
    /// Where the place is a row of the rule in a closed period: how that period was closed.
    pub close: Option<CarryStep>,
    /// Where the place lies above several: whose closes its part comes from, largest first, each with
    /// its part in steps.
    pub rows: Vec<(Vec<u32>, i64)>,
}

/// How many of them a sentence names.
const MOST_NAMED: usize = 3;

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
        let (mut steps, rows) = match &members {
            Some(members) => (self.carry_steps(measure, members)?, Vec::new()),
            None => (
                Vec::new(),
                self.rows_below(measure, &carried.view, place, &act.depths),
            ),
        };
        let at = place.0[time];
        let above = std::iter::successors(Some(at), |node| tree.parent(*node));
        let horizon = above
            .into_iter()
            .find(|node| tree.depth(*node) <= act.horizon);
        let horizon = horizon.expect("the root is above everything");
        // A closed period gives what it fell short of itself; an open one takes of all before it.
        let own = steps.iter().find(|step| tree.contains(step.period, at));
        let own = own.map(|step| step.period);
        steps.retain(|step| match own {
            Some(own) => step.period == own,
            None => {
                tree.contains(horizon, step.period)
                    && (step.period <= at || tree.contains(at, step.period))
            }
        });
        let is_row = members.as_deref() == Some(&place.0[..time]);
        let close = steps.iter().find(|step| is_row && step.period == at);
        Ok(Some(CarriedOrigin {
            close: close.cloned(),
            part,
            working: base.saturating_add(part),
            members,
            steps,
            rows,
        }))
    }

    /// The rows of a rule below a place that have a part in it, largest first. On axes where the place
    /// is finer than the rule its own node stays.
    fn rows_below(
        &self,
        measure: usize,
        carried: &View<'_>,
        place: &Place,
        depths: &[usize],
    ) -> Vec<(Vec<u32>, i64)> {
        let time = self.model.time();
        let roster = self.roster_at(measure, depths.to_vec());
        let lists = roster.lists.iter().enumerate().map(|(axis, list)| {
            let (node, tree) = (place.0[axis], &self.model.axes()[axis].tree);
            let below = |row: &&u32| tree.contains(node, **row);
            match tree.depth(node) > depths[axis] {
                true => vec![node],
                false => list.iter().filter(below).copied().collect(),
            }
        });
        let lists: Vec<Vec<u32>> = lists.collect();
        let slices: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
        let mut rows: Vec<(Vec<u32>, i64)> = Vec::new();
        each_combination(&slices, |members| {
            let part = carried.series(members, &place.0[time..]);
            if let Some(part) = part.map(|part| part[0]).filter(|part| *part != 0) {
                rows.push((members.to_vec(), part));
            }
        });
        rows.sort_by_key(|(_, part)| std::cmp::Reverse(part.unsigned_abs()));
        rows
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
        if let Some(close) = &self.close {
            return closed_sentence(plan, measure, close, lang);
        }
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
        let named = match self.rows.is_empty() {
            true => named,
            false => self.named_rows(plan, measure, lang),
        };
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

    /// Whose closes it comes from: the first few with their parts, and how many more there are.
    fn named_rows(&self, plan: &Plan, measure: usize, lang: Lang) -> Vec<String> {
        let text = |value: i64| plan.step(measure).format(value);
        let one = |(members, part): &(Vec<u32>, i64)| {
            let names = members.iter().enumerate().filter(|(_, node)| **node != 0);
            let names = names.map(|(axis, node)| plan.model.axes()[axis].tree.name(*node));
            let names = names.collect::<Vec<&str>>().join("·");
            let sign = if *part > 0 { "+" } else { "" };
            format!("{names} {sign}{}", text(*part))
        };
        let mut named: Vec<String> = self.rows.iter().take(MOST_NAMED).map(one).collect();
        match (self.rows.len().saturating_sub(MOST_NAMED), lang) {
            (0, _) => {}
            (more, Lang::Zh) => named.push(format!("另有 {more} 个成员")),
            (more, Lang::En) => named.push(format!("{more} more")),
        }
        named
    }
}

/// How a closed period was closed: what it was asked for, what it sold, what became of the difference.
fn closed_sentence(plan: &Plan, measure: usize, close: &CarryStep, lang: Lang) -> String {
    let text = |value: i64| plan.step(measure).format(value);
    let (asked, sold) = (text(close.base + close.carried), text(close.sold));
    let carried = match (close.carried, lang) {
        (0, _) => String::new(),
        (more, Lang::Zh) => format!("结转 +{}，", text(more)),
        (more, Lang::En) => format!("carried +{}, ", text(more)),
    };
    let lacking = close.base + close.carried - close.counted;
    let became = match (lacking - close.kept, close.kept, lang) {
        (0, 0, _) => String::new(),
        (0, kept, Lang::Zh) => format!("，缺口 {} 未能追回", text(kept)),
        (0, kept, Lang::En) => format!(", {} unrecovered", text(kept)),
        (on, 0, Lang::Zh) => format!("，缺口 {} 转到后面的期间", text(on)),
        (on, 0, Lang::En) => format!(", {} goes to later periods", text(on)),
        (on, kept, Lang::Zh) => format!(
            "，缺口 {} 转到后面的期间，{} 未能追回",
            text(on),
            text(kept)
        ),
        (on, kept, Lang::En) => {
            format!(
                ", {} goes to later periods, {} unrecovered",
                text(on),
                text(kept)
            )
        }
    };
    match lang {
        Lang::Zh => format!("；已关账：{carried}工作目标 {asked}，实绩 {sold}{became}"),
        Lang::En => format!("; closed: {carried}working target {asked}, sold {sold}{became}"),
    }
}
