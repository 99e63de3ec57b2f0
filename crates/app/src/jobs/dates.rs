//! The dates of plans that people wait for: deadlines and milestones of duties, action plans, what a
//! review decided, the ends of periods. Each within the reach of whoever asks. Must not know who is told.

use std::sync::Arc;

use fenjie_facts::closing;
use fenjie_message::Lang;
use fenjie_notify::calendar::{Entry, When};
use fenjie_plan::{ActionState, Place, Plan};
use fenjie_store::{Page, PlanId, Timestamp};
use jiff::civil::Date;

use super::closing::first_flow;
use crate::working::Opened;
use crate::{Actor, App, AppError, Kind, Verb};

/// The most plans in one calendar.
const MOST_PLANS: usize = 50;

/// What happens on a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matter {
    /// A duty's deadline.
    Deadline,
    /// A duty's milestone: what is due.
    Milestone(String),
    /// An action plan is to have worked.
    ActionPlan,
    /// A review decided this: it is to be done.
    Resolution(String),
    /// A period ends and is closed afterwards.
    PeriodEnd(String),
}

/// A date of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanDate {
    /// The same for the same thing at every read.
    pub uid: String,
    /// Of which plan.
    pub plan: PlanId,
    /// What that plan is called.
    pub plan_name: String,
    /// The day.
    pub day: Date,
    /// What happens.
    pub matter: Matter,
    /// Where, as people name it; empty for everything.
    pub place: String,
    /// Who answers for it.
    pub owner: String,
    /// Since when it is known.
    pub since: Timestamp,
}

/// An action plan that is due (rule J5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionDue {
    /// For whom, as people name them.
    pub place: String,
    /// The missed periods.
    pub periods: Vec<String>,
    /// What it is known by.
    pub cause: String,
}

impl PlanDate {
    /// What is due, in a few words.
    pub fn what(&self, lang: Lang) -> String {
        match (&self.matter, lang) {
            (Matter::Deadline, Lang::Zh) => "目标".into(),
            (Matter::Deadline, Lang::En) => "the target".into(),
            (Matter::Milestone(what) | Matter::Resolution(what), _) => what.clone(),
            (Matter::ActionPlan, Lang::Zh) => "改进计划".into(),
            (Matter::ActionPlan, Lang::En) => "the action plan".into(),
            (Matter::PeriodEnd(period), Lang::Zh) => format!("{period} 结束，待关账"),
            (Matter::PeriodEnd(period), Lang::En) => format!("{period} ends and is to be closed"),
        }
    }

    /// As an entry of a calendar.
    pub fn entry(&self, lang: Lang) -> Entry {
        let (plan, what, place) = (&self.plan_name, self.what(lang), &self.place);
        let title = match (&self.matter, place.is_empty()) {
            (Matter::PeriodEnd(_), _) | (_, true) => format!("{plan}：{what}"),
            (Matter::Milestone(_) | Matter::Resolution(_), false) => format!("{place}：{what}"),
            (_, false) => match lang {
                Lang::Zh => format!("{place}：{what}截止"),
                Lang::En => format!("{place}: {what} is due"),
            },
        };
        let text = match self.owner.as_str() {
            "" => plan.clone(),
            owner => format!("{plan}\n{owner}"),
        };
        Entry {
            uid: self.uid.clone(),
            when: When::Day(self.day),
            title,
            text,
            changed: self.since,
        }
    }
}

/// The dates of every plan that somebody sees.
///
/// # Errors
/// What the store refuses.
pub async fn of(app: &App, actor: &Arc<Actor>) -> Result<Vec<PlanDate>, AppError> {
    let mut tx = app.store().read().await?;
    let page = Page {
        limit: MOST_PLANS,
        ..Page::default()
    };
    let plans = tx.plans(&actor.organisation, &page).await?.items;
    drop(tx);
    let mut dates = Vec::new();
    for plan in plans {
        let in_force = plan.archived_at.is_none() && plan.branched_from.is_none();
        if !in_force {
            continue;
        }
        match app.open_plan(actor, &plan.id, Verb::ReadPlan).await {
            Ok(opened) => dates.extend(of_plan(&opened)),
            // Not theirs to know.
            Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Forbidden) => {}
            Err(error) => return Err(error),
        }
    }
    dates.sort_by(|one, other| (one.day, &one.uid).cmp(&(other.day, &other.uid)));
    Ok(dates)
}

/// The dates of a plan within the reach of whoever opened it.
pub(super) fn of_plan(opened: &Opened) -> Vec<PlanDate> {
    let plan = opened.loaded.plan();
    let model = plan.model();
    let definition = model.definition();
    let tree_of = |axis: usize| &model.axes()[axis].tree;
    let sees = |members: &[u32]| opened.reach.sees_members(tree_of, members);
    let date = |uid: String, day, matter, members: &[u32], owner: &str| PlanDate {
        uid: format!("{}-{uid}", opened.record.id),
        plan: opened.record.id.clone(),
        plan_name: opened.record.name.clone(),
        day,
        matter,
        place: name(plan, members),
        owner: owner.to_owned(),
        since: opened.record.created_at,
    };
    let mut dates = Vec::new();
    for (number, duty) in definition.duties.iter().enumerate() {
        let Ok(place) = model.place(&duty.at) else {
            continue;
        };
        let members = &place.0[..place.0.len() - 1];
        if !sees(members) {
            continue;
        }
        if let Some(day) = duty.deadline {
            let uid = format!("duty-{number}");
            dates.push(date(uid, day, Matter::Deadline, members, &duty.owner));
        }
        for (at, (day, what)) in duty.milestones.iter().enumerate() {
            let matter = Matter::Milestone(what.clone());
            let uid = format!("duty-{number}-{at}");
            dates.push(date(uid, *day, matter, members, &duty.owner));
        }
    }
    for action in plan.action_plans() {
        if action.check.is_none() && sees(&action.members) {
            let (uid, due) = (format!("action-{}", action.number), action.plan.due);
            let owner = &action.plan.owner;
            dates.push(date(uid, due, Matter::ActionPlan, &action.members, owner));
        }
    }
    for (number, resolution) in plan.resolutions() {
        let (Some(day), Ok(place)) = (resolution.due, model.place(&resolution.at)) else {
            continue;
        };
        let members = &place.0[..place.0.len() - 1];
        if sees(members) {
            let uid = format!("resolution-{number}");
            let matter = Matter::Resolution(resolution.text.clone());
            dates.push(date(uid, day, matter, members, &resolution.owner));
        }
    }
    let time = closing::time(plan);
    for node in closing::periods_at(plan, "month") {
        if let Some(days) = time.days_of(node) {
            let code = time.tree.code(node).to_owned();
            let uid = format!("period-{code}");
            dates.push(date(uid, days.last(), Matter::PeriodEnd(code), &[], ""));
        }
    }
    dates
}

/// The action plans that are due of a plan.
pub(super) fn actions_due(opened: &Opened) -> Vec<ActionDue> {
    let plan = opened.loaded.plan();
    let Some(measure) = first_flow(plan) else {
        return Vec::new();
    };
    let time = closing::time(plan);
    let due = plan.streaks(measure).into_iter();
    due.filter(|streak| streak.action == ActionState::Due)
        .map(|streak| {
            let code = |period: &u32| time.tree.code(*period).to_owned();
            let periods: Vec<String> = streak.periods.iter().map(code).collect();
            let mut place = Place(streak.members.clone());
            place.0.push(0);
            let last = periods.last().cloned().unwrap_or_default();
            ActionDue {
                place: name(plan, &streak.members),
                cause: format!(
                    "{}:{}:{last}",
                    opened.record.id,
                    plan.model().place_text(&place)
                ),
                periods,
            }
        })
        .collect()
}

/// Members as people name them; empty for everything.
fn name(plan: &Plan, members: &[u32]) -> String {
    let named = members.iter().zip(plan.model().axes());
    let names = named
        .filter(|(node, _)| **node != 0)
        .map(|(node, axis)| axis.tree.name(*node).to_owned());
    names.collect::<Vec<String>>().join(" · ")
}
