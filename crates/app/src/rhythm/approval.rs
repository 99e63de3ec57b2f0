//! Deciding on requests: approve or reject with a comment, step by step, once; back to the author at
//! once where rejected; withdrawn by the author.

use std::sync::Arc;

use fenjie_store::plans::PlanRecord;
use fenjie_store::rhythm_approval::{
    Approval, ApprovalDecision, ApprovalFilter, ApprovalState, Subject,
};
use fenjie_store::{ApprovalId, Listed, Page, PlanId};
use serde_json::Value as Json;

use super::approval_state::{Step, stepped};
use super::eligible::{Claim, People};
use super::status::{self, Move};
use super::submission::{audited, due};
use super::{checked_text, publish, stale, telling};
use crate::{Actor, App, AppError, Reach, Unit, Verb};

/// A request with what the asker may know of it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The request.
    pub approval: Approval,
    /// What was decided.
    pub decisions: Vec<ApprovalDecision>,
    /// Who may decide now.
    pub deciders: Vec<Claim>,
    /// Whether the asker is one of them.
    pub mine: bool,
    /// Whether the step at which it waits is overdue.
    pub overdue: bool,
}

/// Which requests are looked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of a plan, by an author, in a state.
    pub filter: ApprovalFilter,
    /// Only those that the asker may decide on now.
    pub mine: bool,
}

async fn seen_by(
    unit: &mut Unit,
    people: &People,
    approval: Approval,
) -> Result<Option<Seen>, AppError> {
    let organisation = unit.organisation();
    let decisions = unit.tx.decisions(&organisation, &approval.id).await?;
    let deciders = people.deciders(&approval, unit.now);
    let me = &unit.actor.user;
    let mine = deciders.iter().any(|claim| claim.user == *me);
    let waiting = approval.state == ApprovalState::Waiting;
    let overdue = waiting && approval.due_at.is_some_and(|due_at| due_at <= unit.now);
    let took_part = approval.author == *me
        || decisions
            .iter()
            .any(|decision| decision.by == *me || decision.acting_for.as_ref() == Some(me));
    let sees_all = unit.actor.scope == fenjie_store::people::Scope::All
        && unit.actor.may(Verb::ReadPlan).is_ok();
    Ok((mine || took_part || sees_all).then_some(Seen {
        approval,
        decisions,
        deciders,
        mine,
        overdue,
    }))
}

/// The requests that concern the asker: their own, those that they decide or decided on; all of them
/// for who sees everything.
///
/// # Errors
/// `forbidden`.
pub async fn list(
    app: &App,
    actor: &Arc<Actor>,
    wanted: &Wanted,
    page: &Page,
) -> Result<Listed<Seen>, AppError> {
    actor.may(Verb::ReadPlan)?;
    let mut unit = app.reading(actor).await?;
    let people = People::now(&mut unit).await?;
    let organisation = unit.organisation();
    let (mut found, mut from) = (Vec::new(), page.clone());
    loop {
        let some = unit
            .tx
            .approvals(&organisation, &wanted.filter, &from)
            .await?;
        for approval in some.items {
            let seen = seen_by(&mut unit, &people, approval).await?;
            found.extend(seen.filter(|seen| seen.mine || !wanted.mine));
        }
        match some.next {
            Some(next) if found.len() <= page.limit => from.after = Some(next),
            _ => break,
        }
    }
    Ok(Listed::of(found, page.limit, |seen| {
        seen.approval.id.to_string()
    }))
}

/// A request that concerns the asker.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn get(unit: &mut Unit, id: &ApprovalId) -> Result<Seen, AppError> {
    unit.actor.may(Verb::ReadPlan)?;
    let organisation = unit.organisation();
    let found = unit.tx.approval(&organisation, id).await?;
    let found = found.ok_or_else(|| AppError::not_found(id.to_string()))?;
    let people = People::now(unit).await?;
    let seen = seen_by(unit, &people, found).await?;
    seen.ok_or_else(|| AppError::not_found(id.to_string()))
}

/// Of which plan a request is, for notices; none where there is no such request. Tells nobody anything.
///
/// # Errors
/// What the store refuses.
pub async fn plan(
    app: &App,
    actor: &Arc<Actor>,
    id: &ApprovalId,
) -> Result<Option<PlanId>, AppError> {
    let mut unit = app.reading(actor).await?;
    let found = unit.tx.approval(&actor.organisation, id).await?;
    Ok(found.map(|found| found.plan))
}

/// Decides at the step at which a request waits, where it is still revision `revision`. The last
/// approval does what was asked for; a rejection sends it back to its author.
///
/// # Errors
/// `not_found`, `forbidden`, `approval_own`, `version_stale`, `approval_closed`, `approval_outdated`
/// where the plan has changed since, `text_missing` where a rejection says nothing.
pub async fn decide(
    unit: &mut Unit,
    id: &ApprovalId,
    revision: i64,
    approved: bool,
    comment: &str,
) -> Result<Seen, AppError> {
    let seen = get(unit, id).await?;
    let comment = checked_text("comment", comment, !approved)?;
    let claim = claim(unit, &seen)?;
    let before = seen.approval;
    if before.revision != revision {
        return Err(stale(revision, before.revision));
    }
    let last = before.step + 1 >= before.steps.len();
    let step = match (approved, last) {
        (true, false) => Step::Pass,
        (true, true) => Step::Approve,
        (false, _) => Step::Reject,
    };
    let mut after = stepped(&before, step)?;
    after.closed_at = (after.state != ApprovalState::Waiting).then_some(unit.now);
    after.due_at = due(unit, &after).await?;
    let plan = plan_of(unit, &before).await?;
    let organisation = unit.organisation();
    if !unit.tx.update_approval(&after, revision).await? {
        return Err(stale(revision, before.revision));
    }
    let decision = ApprovalDecision {
        approval: id.clone(),
        step: before.step,
        by: unit.actor.user.clone(),
        acting_for: claim.acting_for,
        escalated: claim.escalated,
        approved,
        comment: comment.clone(),
        at: unit.now,
    };
    unit.tx.add_decision(&organisation, &decision).await?;
    carry_out(unit, &plan, &after, &comment).await?;
    let action = match approved {
        true => "approval.approve",
        false => "approval.reject",
    };
    let mut told = audited(&after);
    told["comment"] = Json::from(comment.as_str());
    told["acting_for"] = Json::from(decision.acting_for.as_ref().map(|user| user.to_string()));
    unit.record(action, id, audited(&before), told);
    telling::moved_on(unit, &plan, &after, &comment).await?;
    get(unit, id).await
}

pub(crate) fn own() -> AppError {
    AppError::conflict(
        "approval_own",
        "不能审批自己提交的内容",
        "nobody approves what they asked for themselves",
    )
}

/// How the asker comes to decide.
fn claim(unit: &Unit, seen: &Seen) -> Result<Claim, AppError> {
    let me = &unit.actor.user;
    if seen.approval.author == *me {
        return Err(own());
    }
    if seen.approval.state != ApprovalState::Waiting {
        stepped(&seen.approval, Step::Pass)?;
    }
    let claim = seen.deciders.iter().find(|claim| claim.user == *me);
    let claim = claim.ok_or(AppError::Forbidden {
        verb: Verb::Approve,
    })?;
    match claim.acting_for {
        None => unit.actor.may(Verb::Approve)?,
        // The other's right, but the asker's own key.
        Some(_) => {
            let scope = Verb::Approve.token_scope();
            let keys = unit.actor.limited_to.as_ref();
            if !keys.is_none_or(|scopes| scopes.contains(&scope)) {
                return Err(AppError::Forbidden {
                    verb: Verb::Approve,
                });
            }
        }
    }
    Ok(claim.clone())
}

/// The plan of a request, which has to be the one that was submitted.
async fn plan_of(unit: &mut Unit, approval: &Approval) -> Result<PlanRecord, AppError> {
    let organisation = unit.organisation();
    let plan = unit
        .tx
        .plan_to_change(&organisation, &approval.plan)
        .await?;
    let plan = plan.ok_or_else(|| AppError::not_found(approval.plan.to_string()))?;
    if approval.subject == Subject::Publish && plan.last_sequence != approval.sequence {
        return Err(outdated(approval.sequence, plan.last_sequence));
    }
    Ok(plan)
}

pub(crate) fn outdated(submitted: u64, found: u64) -> AppError {
    AppError::conflict(
        "approval_outdated",
        format!("提交的是第 {submitted} 版，方案已是第 {found} 版；请重新提交"),
        format!("version {submitted} was submitted, the plan is at {found} now; submit it again"),
    )
}

/// Does what a decision leads to.
async fn carry_out(
    unit: &mut Unit,
    plan: &PlanRecord,
    approval: &Approval,
    comment: &str,
) -> Result<(), AppError> {
    match (approval.subject, approval.state) {
        (Subject::Publish, ApprovalState::Approved) => {
            status::change(unit, plan, Move::Approve, comment).await?;
        }
        (Subject::Publish, ApprovalState::Rejected) => {
            status::change(unit, plan, Move::Reject, comment).await?;
        }
        (Subject::Recall, ApprovalState::Approved) => {
            publish::carry_out_recall(unit, plan, &approval.comment).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Takes one's own request back, where it is still revision `revision`.
///
/// # Errors
/// `not_found`, `forbidden`, `version_stale`, `approval_closed`.
pub async fn withdraw(
    unit: &mut Unit,
    id: &ApprovalId,
    revision: i64,
) -> Result<Approval, AppError> {
    let seen = get(unit, id).await?;
    let before = seen.approval;
    if before.author != unit.actor.user {
        return Err(AppError::Forbidden { verb: Verb::Submit });
    }
    let mut after = stepped(&before, Step::Withdraw)?;
    after.closed_at = Some(unit.now);
    after.due_at = None;
    if !unit.tx.update_approval(&after, revision).await? {
        return Err(stale(revision, before.revision));
    }
    if before.subject == Subject::Publish {
        let organisation = unit.organisation();
        let plan = unit.tx.plan_to_change(&organisation, &before.plan).await?;
        let plan = plan.ok_or_else(|| AppError::not_found(before.plan.to_string()))?;
        status::change(unit, &plan, Move::Withdraw, "").await?;
    }
    unit.record("approval.withdraw", id, audited(&before), audited(&after));
    Ok(after)
}

/// Whether somebody sees a plan whole, as who publishes has to.
pub(crate) fn whole(reach: &Reach, verb: Verb) -> Result<(), AppError> {
    match reach {
        Reach::All => Ok(()),
        _ => Err(AppError::Forbidden { verb }),
    }
}
