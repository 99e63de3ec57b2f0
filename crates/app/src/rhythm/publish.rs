//! Publishing, locking, reopening and recalling (rule J6): each with who, when and why.

use std::sync::Arc;

use fenjie_store::plans::{PlanRecord, PlanStatus};
use fenjie_store::rhythm_approval::{Approval, ApprovalFilter, ApprovalState, Subject};
use fenjie_store::rhythm_version::Version;
use fenjie_store::{Page, PlanId, VersionId};
use serde_json::{Value as Json, json};

use super::approval::{outdated, whole};
use super::status::{self, Move};
use super::submission::{self, Prepared};
use super::version::in_force;
use super::{checked_text, same_plan};
use crate::{Actor, App, AppError, Unit, Verb};

/// Reads a plan to be published: what it computes to.
///
/// # Errors
/// `forbidden`, `not_found`, `version_stale`, `text_missing`.
pub async fn prepare(
    app: &App,
    actor: &Arc<Actor>,
    id: &PlanId,
    seen: u64,
    reason: &str,
) -> Result<Prepared, AppError> {
    let mut prepared =
        submission::prepare(app, actor, id, Verb::Publish, Some(seen), reason).await?;
    prepared.comment = checked_text("reason", reason, true)?;
    Ok(prepared)
}

/// Publishes what was approved as a version; the one before it is superseded.
///
/// # Errors
/// `version_stale`, `plan_draft` … where its status does not allow it, `approval_outdated`,
/// `version_unchanged`.
pub async fn publish(unit: &mut Unit, prepared: Prepared) -> Result<Version, AppError> {
    unit.actor.may(Verb::Publish)?;
    let plan = same_plan(unit, &prepared.plan).await?;
    let organisation = unit.organisation();
    status::moved(plan.status, Move::Publish)?;
    let versions = unit.tx.versions(&organisation, &plan.id).await?;
    let approval = match plan.status {
        PlanStatus::Approved => Some(approved(unit, &plan, &prepared.content_hash).await?),
        _ => None,
    };
    let before = in_force(&versions);
    if approval.is_none() && before.is_some_and(|before| before.sequence == plan.last_sequence) {
        return Err(AppError::conflict(
            "version_unchanged",
            "自上一版以来没有变化，不需要再发布",
            "nothing has changed since the last version",
        ));
    }
    if let Some(before) = before {
        let ended = Version {
            superseded_at: Some(unit.now),
            ..before.clone()
        };
        unit.tx.end_version(&ended).await?;
    }
    let version = Version {
        id: VersionId::of(unit.app.bits()),
        organisation,
        plan: plan.id.clone(),
        number: versions.last().map_or(1, |last| last.number + 1),
        sequence: plan.last_sequence,
        log_hash: plan.last_hash.clone(),
        content_hash: prepared.content_hash,
        reason: prepared.comment,
        approval: approval.map(|approval| approval.id),
        published_by: unit.actor.user.clone(),
        published_at: unit.now,
        superseded_at: None,
        recalled_at: None,
    };
    unit.tx.add_version(&version).await?;
    status::change(unit, &plan, Move::Publish, &version.reason).await?;
    let was = before.map_or(Json::Null, audited);
    unit.record("version.publish", &version.id, was, audited(&version));
    Ok(version)
}

fn audited(version: &Version) -> Json {
    json!({
        "plan": version.plan,
        "number": version.number,
        "version": version.sequence,
        "log_hash": version.log_hash,
        "content_hash": version.content_hash,
        "reason": version.reason,
    })
}

/// The approval of exactly what is there.
async fn approved(
    unit: &mut Unit,
    plan: &PlanRecord,
    content_hash: &str,
) -> Result<Approval, AppError> {
    let filter = ApprovalFilter {
        plan: Some(plan.id.clone()),
        state: Some(ApprovalState::Approved),
        ..ApprovalFilter::default()
    };
    let mut page = Page {
        after: None,
        limit: fenjie_store::page::MOST,
    };
    let organisation = unit.organisation();
    let mut last: Option<Approval> = None;
    loop {
        let some = unit.tx.approvals(&organisation, &filter, &page).await?;
        let publishes = some
            .items
            .into_iter()
            .filter(|found| found.subject == Subject::Publish);
        last = last
            .into_iter()
            .chain(publishes)
            .max_by_key(|found| found.created_at);
        match some.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    let submitted = last.as_ref().map_or(0, |found| found.sequence);
    last.filter(|found| found.sequence == plan.last_sequence && found.content_hash == content_hash)
        .ok_or_else(|| outdated(submitted, plan.last_sequence))
}

/// What came of a change of status that was asked for.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The plan as it is then.
    pub plan: PlanRecord,
    /// The request that waits for approval first; none where it is done.
    pub waits: Option<Approval>,
}

/// Locks, unlocks or reopens a plan, where its record is still revision `seen`.
///
/// # Errors
/// `forbidden`, `not_found`, `version_stale`, `text_missing`, `plan_draft` … where its status does not
/// allow it.
pub async fn change(
    unit: &mut Unit,
    id: &PlanId,
    seen: i64,
    step: Move,
    reason: &str,
) -> Result<Changed, AppError> {
    unit.actor.may(Verb::Publish)?;
    let reason = checked_text("reason", reason, true)?;
    let plan = record(unit, id, seen).await?;
    let after = status::change(unit, &plan, step, &reason).await?;
    let action = format!("plan.{}", step.code());
    let was = status::audited(plan.status, "");
    unit.record(&action, id, was, status::audited(after.status, &reason));
    Ok(Changed {
        plan: after,
        waits: None,
    })
}

async fn record(unit: &mut Unit, id: &PlanId, seen: i64) -> Result<PlanRecord, AppError> {
    let organisation = unit.organisation();
    let plan = unit.tx.plan_to_change(&organisation, id).await?;
    let plan = plan.ok_or_else(|| AppError::not_found(id.to_string()))?;
    match plan.revision == seen {
        true => Ok(plan),
        false => Err(super::stale(seen, plan.revision)),
    }
}

/// Proves that who wants to change a plan's status sees all of it.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn may_change(app: &App, actor: &Arc<Actor>, id: &PlanId) -> Result<(), AppError> {
    let opened = app.open_plan(actor, id, Verb::Publish).await?;
    whole(&opened.reach, Verb::Publish)
}

/// Asks for the recall of the version in force, or recalls it at once where the chain has no step.
///
/// # Errors
/// `forbidden`, `version_stale`, `text_missing`, `plan_draft` … where its status does not allow it,
/// `recall_waits` where somebody asked before, `approval_nobody`.
pub async fn recall(
    unit: &mut Unit,
    mut prepared: Prepared,
    seen: i64,
    reason: &str,
) -> Result<Changed, AppError> {
    unit.actor.may(Verb::Publish)?;
    prepared.comment = checked_text("reason", reason, true)?;
    let plan = record(unit, &prepared.plan.id, seen).await?;
    status::moved(plan.status, Move::Recall)?;
    let filter = ApprovalFilter {
        plan: Some(plan.id.clone()),
        state: Some(ApprovalState::Waiting),
        ..ApprovalFilter::default()
    };
    let organisation = unit.organisation();
    let waiting = unit
        .tx
        .approvals(&organisation, &filter, &Page::default())
        .await?;
    let mut recalls = waiting.items.iter();
    if let Some(known) = recalls.find(|known| known.subject == Subject::Recall) {
        return Err(AppError::conflict(
            "recall_waits",
            format!("已有撤回申请 {} 待审批", known.id),
            format!("the recall {} waits for approval already", known.id),
        ));
    }
    let approval = submission::request(unit, &prepared, Subject::Recall).await?;
    let told = submission::audited(&approval);
    let done = approval.state == ApprovalState::Approved;
    let after = match done {
        true => carry_out_recall(unit, &plan, &prepared.comment).await?,
        false => plan,
    };
    let action = match done {
        true => "plan.recall",
        false => "approval.submit",
    };
    unit.record(action, &after.id, Json::Null, told);
    Ok(Changed {
        plan: after,
        waits: (!done).then_some(approval),
    })
}

/// Takes the version in force out of force.
pub(crate) async fn carry_out_recall(
    unit: &mut Unit,
    plan: &PlanRecord,
    reason: &str,
) -> Result<PlanRecord, AppError> {
    let organisation = unit.organisation();
    let versions = unit.tx.versions(&organisation, &plan.id).await?;
    if let Some(version) = in_force(&versions) {
        let ended = Version {
            recalled_at: Some(unit.now),
            ..version.clone()
        };
        unit.tx.end_version(&ended).await?;
    }
    status::change(unit, plan, Move::Recall, reason).await
}
