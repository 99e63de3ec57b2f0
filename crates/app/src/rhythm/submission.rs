//! Submitting for approval: what was changed decides which steps are needed, and each step needs
//! somebody other than the author.

use std::sync::Arc;

use fenjie_plan::Plan;
use fenjie_store::plans::PlanRecord;
use fenjie_store::rhythm_approval::{Approval, ApprovalState, ApprovalStep, Approver, Subject};
use fenjie_store::{ApprovalId, PlanId, Timestamp};
use serde_json::{Value as Json, json};

use super::chain::{Changed, needed, steps_for};
use super::eligible::People;
use super::status::{self, Move};
use super::version::in_force;
use super::{checked_text, day_of, end_of, flow, same_plan, telling, zone};
use crate::working::Opened;
use crate::{Actor, App, AppError, Reach, Unit, Verb};

/// A submission that was read, ready to be made.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The plan as it was seen.
    pub(crate) plan: PlanRecord,
    pub(crate) content_hash: String,
    pub(crate) changed: Changed,
    pub(crate) step: fenjie_money::Step,
    pub(crate) comment: String,
}

/// Reads a plan for a request: its content's hash, and how much it differs from the version in force.
///
/// # Errors
/// `forbidden`, `not_found`, `version_stale`, `text_too_long`.
pub async fn prepare(
    app: &App,
    actor: &Arc<Actor>,
    id: &PlanId,
    verb: Verb,
    seen: Option<u64>,
    comment: &str,
) -> Result<Prepared, AppError> {
    let opened = app.open_plan(actor, id, verb).await?;
    let found = opened.loaded.sequence();
    if let Some(seen) = seen.filter(|seen| *seen != found) {
        return Err(AppError::Stale {
            seen,
            found,
            changed: Json::Null,
        });
    }
    // A plan is submitted as a whole: by who sees all of it, or who made it.
    if opened.reach != Reach::All && opened.record.created_by != actor.user {
        return Err(AppError::Forbidden { verb });
    }
    let mut unit = app.reading(actor).await?;
    let versions = unit.tx.versions(&actor.organisation, id).await?;
    drop(unit);
    let step = opened.loaded.plan().step(flow(opened.loaded.plan(), None)?);
    let mut plan = opened.record.clone();
    plan.last_sequence = found;
    plan.last_hash = opened.loaded.hash().to_owned();
    let before = match in_force(&versions) {
        Some(version) => Some(app.version_of(&opened.record, version).await?),
        None => None,
    };
    let axis = opened.loaded.scope_axis(&opened.record);
    let computed = tokio::task::spawn_blocking(move || {
        let Opened { loaded, .. } = opened;
        let hash = loaded.plan().content_hash();
        let changed = changed(
            before.as_ref().map(|before| before.plan()),
            loaded.plan(),
            axis,
        );
        (hash, changed)
    });
    let (content_hash, changed) = computed.await.map_err(AppError::internal)?;
    Ok(Prepared {
        plan,
        content_hash,
        changed,
        step,
        comment: checked_text("comment", comment, false)?,
    })
}

/// The largest change of any member's total in any flow against the version in force: as a rate of
/// what it was, and as an amount.
pub(crate) fn changed(before: Option<&Plan>, after: &Plan, axis: Option<usize>) -> Changed {
    let Some(before) = before else {
        let whole = flow(after, None).map_or(0, |measure| after.base(measure).total());
        return Changed {
            rate: None,
            amount: whole,
        };
    };
    let mut found = Changed {
        rate: Some(0),
        amount: 0,
    };
    let measures = after.model().definition().measures.iter().enumerate();
    for (measure, _) in measures.filter(|(_, measure)| measure.is_flow()) {
        let (old, new) = (before.base(measure), after.base(measure));
        let nodes = axis.map_or(1, |axis| after.model().axes()[axis].tree.len());
        for node in 0..nodes as u32 {
            let place = super::place_of(after, axis.unwrap_or(0), node, 0);
            let (Some(was), Some(is)) = (old.value(&place), new.value(&place)) else {
                continue;
            };
            let moved = i128::from(is) - i128::from(was);
            let amount = i64::try_from(moved.abs()).unwrap_or(i64::MAX);
            found.amount = found.amount.max(amount);
            if moved != 0 {
                // Rounded up: a change a hair above a threshold is above it.
                let rate = match was {
                    0 => None,
                    was => {
                        let whole = moved.abs() * 1_000_000;
                        let by = i128::from(was).abs();
                        i64::try_from((whole + by - 1) / by).ok()
                    }
                };
                found.rate = found.rate.zip(rate).map(|(one, other)| one.max(other));
            }
        }
    }
    found
}

/// Submits a plan: it waits for the first step, or is approved at once where no step is needed.
///
/// # Errors
/// `version_stale`, `plan_submitted` … where its status does not allow it, `approval_nobody` where a
/// step has nobody to decide.
pub async fn submit(unit: &mut Unit, prepared: Prepared) -> Result<Approval, AppError> {
    unit.actor.may(Verb::Submit)?;
    let plan = same_plan(unit, &prepared.plan).await?;
    let approval = request(unit, &prepared, Subject::Publish).await?;
    let plan = status::change(unit, &plan, Move::Submit, &approval.comment).await?;
    if approval.state == ApprovalState::Approved {
        status::change(unit, &plan, Move::Approve, "").await?;
    }
    unit.record(
        "approval.submit",
        &approval.id,
        Json::Null,
        audited(&approval),
    );
    Ok(approval)
}

/// Makes a request with the steps that it has to pass.
pub(crate) async fn request(
    unit: &mut Unit,
    prepared: &Prepared,
    subject: Subject,
) -> Result<Approval, AppError> {
    let people = People::now(unit).await?;
    let author = unit.actor.user.clone();
    let chain = steps_for(unit, &prepared.plan.id, subject).await?;
    let wanted = chain
        .iter()
        .filter(|step| needed(step, prepared.changed, prepared.step));
    let mut steps = Vec::new();
    for (number, step) in wanted.enumerate() {
        let named = ApprovalStep {
            approver: match &step.approver {
                // Nobody decides on their own: it goes to whoever they report to.
                Approver::User(id) if *id == author => Approver::Superior,
                other => other.clone(),
            },
            days: step.days,
            escalate_to: step.escalate_to.clone(),
        };
        if people.claims(&named, &author, None, unit.now).is_empty() {
            return Err(nobody(number + 1));
        }
        steps.push(named);
    }
    let done = steps.is_empty();
    let mut approval = Approval {
        id: ApprovalId::of(unit.app.bits()),
        organisation: unit.organisation(),
        plan: prepared.plan.id.clone(),
        subject,
        sequence: prepared.plan.last_sequence,
        content_hash: prepared.content_hash.clone(),
        author,
        comment: prepared.comment.clone(),
        steps,
        step: 0,
        due_at: None,
        state: match done {
            true => ApprovalState::Approved,
            false => ApprovalState::Waiting,
        },
        changed_rate: prepared.changed.rate,
        changed_amount: prepared.changed.amount,
        revision: 1,
        created_at: unit.now,
        closed_at: done.then_some(unit.now),
    };
    approval.due_at = due(unit, &approval).await?;
    unit.tx.add_approval(&approval).await?;
    telling::moved_on(unit, &prepared.plan, &approval, "").await?;
    Ok(approval)
}

/// Until when the step at which a request waits is to be decided: the end of its last day.
pub(crate) async fn due(
    unit: &mut Unit,
    approval: &Approval,
) -> Result<Option<Timestamp>, AppError> {
    let step = approval.steps.get(approval.step);
    let Some(days) = step.and_then(|step| step.days) else {
        return Ok(None);
    };
    let zone = zone(unit).await?;
    let last = day_of(&zone, unit.now)
        .checked_add(jiff::Span::new().days(i64::from(days)))
        .map_err(AppError::internal)?;
    end_of(&zone, last).map(Some)
}

fn nobody(number: usize) -> AppError {
    AppError::conflict(
        "approval_nobody",
        format!("审批链第 {number} 步没有可以审批的人（不能由提交人自己审批）"),
        format!("step {number} of the chain has nobody to decide; nobody approves their own"),
    )
}

/// What the audit says of a request.
pub(crate) fn audited(approval: &Approval) -> Json {
    json!({
        "plan": approval.plan,
        "subject": approval.subject,
        "version": approval.sequence,
        "content_hash": approval.content_hash,
        "comment": approval.comment,
        "steps": approval.steps,
        "step": approval.step,
        "state": approval.state,
    })
}
