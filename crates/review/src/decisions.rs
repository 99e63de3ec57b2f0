//! What people decided and owe: action plans, decisions of earlier meetings, revisions (rules J5, J6).
//! Reads the plan's log; computes no target.

use fenjie_calendar::{Date, DateRange};
use fenjie_plan::{
    ActionState, Address, Cause, ChangeBy, Decimal, Effect, Plan, RevisionAnswer, Streak,
};

use crate::gather::ReviewRequest;
use crate::label::{self, Label};

/// A member whose action plan is due: it missed at least two closed periods in a row (rule J5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionDue {
    /// One node per dimension.
    pub members: Vec<u32>,
    /// Who.
    pub who: Label,
    /// Who answers for it, as the plan says; empty where it does not.
    pub owner: String,
    /// The missed periods in time order.
    pub periods: Vec<Label>,
    /// Their base targets together, in steps.
    pub target: i64,
    /// What was sold in them, in steps.
    pub actual: i64,
}

/// An action plan that was filed.
#[derive(Clone, Debug, PartialEq)]
pub struct RunningAction {
    /// Its number in the log.
    pub number: usize,
    /// One node per dimension.
    pub members: Vec<u32>,
    /// Whose it is.
    pub who: Label,
    /// Why the target was missed.
    pub causes: Vec<(Cause, String)>,
    /// What will be done.
    pub measures: Vec<String>,
    /// Who answers for it.
    pub owner: String,
    /// By when.
    pub due: Date,
    /// Whether that day is over and nobody has looked at the effect.
    pub overdue: bool,
    /// What became of it, and what was seen.
    pub effect: Option<(Effect, String)>,
}

/// A decision of a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Its number in the log.
    pub number: usize,
    /// The period the meeting looked at.
    pub period: Label,
    /// Whom it concerns; nothing where everyone.
    pub whom: Option<Label>,
    /// What was decided.
    pub text: String,
    /// Who does it.
    pub owner: String,
    /// By when.
    pub due: Option<Date>,
    /// Whether the day has come.
    pub state: DueState,
}

/// Whether a decision's day has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueState {
    /// No day was named.
    Undated,
    /// The day is to come.
    Open,
    /// The day looked from is the day, or it is over.
    Due,
}

/// A changed target, proposed or answered (rule J6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionLine {
    /// Its number in the log.
    pub number: usize,
    /// What it changes.
    pub what: Label,
    /// The value before, in steps.
    pub before: Option<i64>,
    /// The value an approval brought, in steps.
    pub after: Option<i64>,
    /// The change as it was proposed: `+5%`.
    pub change: String,
    /// Why.
    pub reason: String,
    /// The answer.
    pub answer: RevisionAnswer,
    /// How many approved revisions touched that place.
    pub times: usize,
}

/// Streaks as they stood at the end of a day: periods that were over by then.
pub(crate) fn streaks(plan: &Plan, measure: usize, as_of: Date) -> Vec<Streak> {
    let time = plan.model().axes().last().expect("time is always there");
    let mut streaks = plan.streaks(measure);
    for streak in &mut streaks {
        let over = |node: &&u32| {
            time.days_of(**node)
                .is_some_and(|days| days.last() <= as_of)
        };
        // Periods stand in time order, so those that were over come first.
        let count = streak.periods.iter().take_while(over).count();
        streak.periods.truncate(count);
        streak.target.truncate(count);
        streak.actual.truncate(count);
    }
    streaks.retain(|streak| !streak.periods.is_empty());
    streaks
}

/// Members whose action plan is due, the largest shortfall first.
pub(crate) fn actions_due(plan: &Plan, request: &ReviewRequest) -> Vec<ActionDue> {
    let mut due: Vec<ActionDue> = streaks(plan, request.measure, request.as_of)
        .into_iter()
        .filter(|streak| request.covers(plan, &streak.members))
        .filter(|streak| streak.action == ActionState::Due && streak.periods.len() >= MISSES)
        .map(|streak| ActionDue {
            who: label::members(plan, &streak.members),
            owner: owner_of(plan, &streak.members),
            periods: streak
                .periods
                .iter()
                .map(|node| label::period(plan, *node))
                .collect(),
            target: streak.target.iter().sum(),
            actual: streak.actual.iter().sum(),
            members: streak.members,
        })
        .collect();
    due.sort_by_key(|line| std::cmp::Reverse(line.target - line.actual));
    due
}

/// So many periods missed in a row call for an action plan (rule J5).
const MISSES: usize = 2;

/// Action plans of a measure: those not looked at yet first, by due day.
pub(crate) fn actions(plan: &Plan, request: &ReviewRequest) -> Vec<RunningAction> {
    let (measure, as_of) = (request.measure, request.as_of);
    let code = &plan.model().definition().measures[measure].code;
    let mut actions: Vec<RunningAction> = plan
        .action_plans()
        .into_iter()
        .filter(|filed| is_of(&filed.plan.measure, code, measure, plan))
        .filter(|filed| request.covers(plan, &filed.members))
        .map(|filed| RunningAction {
            number: filed.number,
            who: label::members(plan, &filed.members),
            members: filed.members,
            causes: filed.plan.causes.clone(),
            measures: filed.plan.measures.clone(),
            owner: filed.plan.owner.clone(),
            due: filed.plan.due,
            overdue: filed.check.is_none() && filed.plan.due < as_of,
            effect: filed
                .check
                .map(|(_, check)| (check.effect, check.note.clone())),
        })
        .collect();
    actions.sort_by_key(|action| (action.effect.is_some(), action.due, action.number));
    actions
}

/// Whether an operation's measure is the one looked at: by code, by name, or the first flow where the
/// operation names none.
fn is_of(named: &str, code: &str, measure: usize, plan: &Plan) -> bool {
    let measures = &plan.model().definition().measures;
    let first = measures.iter().position(|measure| measure.is_flow());
    named == code || measures[measure].name == named || named.is_empty() && first == Some(measure)
}

/// Decisions of meetings about periods that end before this one and are not older than the one before
/// it, and older ones whose day falls into this period or later.
pub(crate) fn decided_before(plan: &Plan, request: &ReviewRequest) -> Vec<Decided> {
    let days = request.span.days;
    let length = i64::try_from(days.days()).unwrap_or(i64::MAX);
    let since = days
        .start
        .checked_sub(jiff::Span::new().days(length))
        .unwrap_or(days.start);
    lines(plan, request, |own, due| {
        own.end <= days.start && (own.last() >= since || due.is_some_and(|due| due >= days.start))
    })
}

/// Decisions about this period or a part of it.
pub(crate) fn decided_here(plan: &Plan, request: &ReviewRequest) -> Vec<Decided> {
    let days = request.span.days;
    lines(plan, request, |own, _| {
        own.start >= days.start && own.end <= days.end
    })
}

fn lines(
    plan: &Plan,
    request: &ReviewRequest,
    wanted: impl Fn(DateRange, Option<Date>) -> bool,
) -> Vec<Decided> {
    let time = plan.model().axes().last().expect("time is always there");
    let mut lines = Vec::new();
    for (number, resolution) in plan.resolutions() {
        // What was written into the log was found in the plan once; members may have left since.
        let Ok(place) = plan.model().place(&resolution.period) else {
            continue;
        };
        let node = *place.0.last().expect("time is always there");
        let days = time.days_of(node).expect("a period has days");
        if !wanted(days, resolution.due) || !concerns(plan, request, &resolution.at) {
            continue;
        }
        lines.push(Decided {
            number,
            period: label::period(plan, node),
            whom: whom(plan, &resolution.at),
            text: resolution.text.clone(),
            owner: resolution.owner.clone(),
            due: resolution.due,
            state: match resolution.due {
                None => DueState::Undated,
                Some(due) if due <= request.as_of => DueState::Due,
                Some(_) => DueState::Open,
            },
        });
    }
    lines
}

/// Whether a decision is about the part; one about everyone is not for a part to read.
fn concerns(plan: &Plan, request: &ReviewRequest, at: &Address) -> bool {
    if !request.is_cut() {
        return true;
    }
    let place = plan.model().place(at);
    place.is_ok_and(|place| request.covers(plan, &place.0))
}

fn whom(plan: &Plan, at: &Address) -> Option<Label> {
    if at.0.is_empty() {
        return None;
    }
    let place = plan.model().place(at).ok();
    Some(match place {
        Some(place) => label::place(plan, &place),
        None => Label::same(at.to_string()),
    })
}

/// Revisions of a measure: those waiting for an answer first, then in the order of the log.
pub(crate) fn revisions(plan: &Plan, request: &ReviewRequest) -> Vec<RevisionLine> {
    let measure = request.measure;
    let code = &plan.model().definition().measures[measure].code;
    let mut lines: Vec<RevisionLine> = plan
        .revisions()
        .into_iter()
        .filter(|state| is_of(&state.revision.measure, code, measure, plan))
        .filter(|state| request.covers(plan, &state.place.0))
        .map(|state| RevisionLine {
            number: state.number,
            what: label::place(plan, &state.place),
            before: state.before,
            after: state.after,
            change: change_text(&state.revision.change),
            reason: state.revision.reason.clone(),
            answer: state.state,
            times: plan.times_revised(&state.place),
        })
        .collect();
    lines.sort_by_key(|line| (line.answer != RevisionAnswer::Proposed, line.number));
    lines
}

/// A change as people write it: `+5%`, `46.147万`.
fn change_text(change: &ChangeBy) -> String {
    match change {
        ChangeBy::To(amount) => amount.clone(),
        ChangeBy::By(amount) => amount.clone(),
        ChangeBy::Percent(rate) => {
            let percent = rate.times(Decimal::new(100, 0)).unwrap_or(*rate);
            let text = percent.to_string();
            let plus = if text.starts_with('-') { "" } else { "+" };
            format!("{plus}{text}%")
        }
        ChangeBy::Times(factor) => format!("×{factor}"),
    }
}

/// Who answers for some members: the duty at exactly them, or at the nearest members above.
pub(crate) fn owner_of(plan: &Plan, members: &[u32]) -> String {
    let model = plan.model();
    let mut best: Option<(usize, String)> = None;
    for duty in &model.definition().duties {
        let Ok(place) = model.place(&duty.at) else {
            continue;
        };
        let (time, of) = place.0.split_last().expect("time is always there");
        let covers = of
            .iter()
            .zip(members)
            .enumerate()
            .all(|(axis, (outer, inner))| {
                *outer == *inner || model.axes()[axis].tree.contains(*outer, *inner)
            });
        if !covers || *time != 0 {
            continue;
        }
        let names = [std::slice::from_ref(&duty.owner), &duty.accountable];
        let name = names.concat().into_iter().find(|name| !name.is_empty());
        let depth: usize = of
            .iter()
            .enumerate()
            .map(|(axis, node)| model.axes()[axis].tree.depth(*node))
            .sum();
        if let Some(name) = name
            && best.as_ref().is_none_or(|(known, _)| *known <= depth)
        {
            best = Some((depth, name));
        }
    }
    best.map_or(String::new(), |(_, name)| name)
}
