//! How far a plan is: which status a step leads to, and what may be edited meanwhile. Must not know
//! who asks.

use fenjie_message::Lang;
use fenjie_plan::{Operation, Plan};
use fenjie_store::plans::{PlanRecord, PlanStatus};
use fenjie_store::rhythm_approval::{ApprovalFilter, ApprovalState, Subject};
use fenjie_store::rhythm_version::StatusChange;
use fenjie_store::{OrganisationId, Page};
use serde_json::json;

use super::approval_state::{Step, stepped};
use crate::{AppError, Unit};

/// A step that changes a plan's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    /// 提交审批
    Submit,
    /// 批准: the last step of the chain was passed.
    Approve,
    /// 驳回
    Reject,
    /// 撤销提交: by the author.
    Withdraw,
    /// 修改: a target was changed.
    Edit,
    /// 跟进: a running plan was followed: a period closed, a shortfall carried, a revision decided.
    Follow,
    /// 发布
    Publish,
    /// 锁定
    Lock,
    /// 解锁
    Unlock,
    /// 撤回: the version in force is taken out of force.
    Recall,
    /// 修订: targets are worked on again; the version in force stays until the next one.
    Reopen,
}

impl Move {
    /// All of them.
    pub const ALL: [Move; 11] = [
        Move::Submit,
        Move::Approve,
        Move::Reject,
        Move::Withdraw,
        Move::Edit,
        Move::Follow,
        Move::Publish,
        Move::Lock,
        Move::Unlock,
        Move::Recall,
        Move::Reopen,
    ];

    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            Move::Submit => "submit",
            Move::Approve => "approve",
            Move::Reject => "reject",
            Move::Withdraw => "withdraw",
            Move::Edit => "edit",
            Move::Follow => "follow",
            Move::Publish => "publish",
            Move::Lock => "lock",
            Move::Unlock => "unlock",
            Move::Recall => "recall",
            Move::Reopen => "reopen",
        }
    }

    /// What people call it.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Move::Submit => lang.pick("提交审批", "be submitted"),
            Move::Approve => lang.pick("批准", "be approved"),
            Move::Reject => lang.pick("驳回", "be rejected"),
            Move::Withdraw => lang.pick("撤销提交", "be withdrawn"),
            Move::Edit => lang.pick("修改目标", "have its targets changed"),
            Move::Follow => lang.pick("关账或结转", "have periods closed or carried"),
            Move::Publish => lang.pick("发布", "be published"),
            Move::Lock => lang.pick("锁定", "be locked"),
            Move::Unlock => lang.pick("解锁", "be unlocked"),
            Move::Recall => lang.pick("撤回", "be recalled"),
            Move::Reopen => lang.pick("修订", "be reopened"),
        }
    }
}

/// The status that a step leads to; none where the status does not allow it.
pub fn after(status: PlanStatus, step: Move) -> Option<PlanStatus> {
    use PlanStatus::*;
    match (status, step) {
        (Draft, Move::Submit) => Some(Submitted),
        (Draft, Move::Edit | Move::Follow) => Some(Draft),
        (Submitted, Move::Approve) => Some(Approved),
        (Submitted, Move::Reject | Move::Withdraw) => Some(Draft),
        // What was submitted is not what is there any more: it has to be submitted again.
        (Submitted, Move::Follow) => Some(Draft),
        (Approved, Move::Edit | Move::Follow | Move::Withdraw) => Some(Draft),
        // Published once more: revisions decided on and periods closed since make the next version.
        (Approved | Published, Move::Publish) => Some(Published),
        (Published, Move::Follow) => Some(Published),
        (Published, Move::Lock) => Some(Locked),
        (Published, Move::Reopen) => Some(Draft),
        (Locked, Move::Unlock) => Some(Published),
        (Published | Locked, Move::Recall) => Some(Draft),
        _ => None,
    }
}

/// What people call a status.
pub fn name(status: PlanStatus, lang: Lang) -> &'static str {
    match status {
        PlanStatus::Draft => lang.pick("草稿", "a draft"),
        PlanStatus::Submitted => lang.pick("已提交", "submitted"),
        PlanStatus::Approved => lang.pick("已批准", "approved"),
        PlanStatus::Published => lang.pick("已发布", "published"),
        PlanStatus::Locked => lang.pick("已锁定", "locked"),
    }
}

/// [`after`], in words where the status does not allow it.
///
/// # Errors
/// `plan_draft`, `plan_submitted`, `plan_approved`, `plan_published`, `plan_locked`.
pub fn moved(status: PlanStatus, step: Move) -> Result<PlanStatus, AppError> {
    after(status, step).ok_or_else(|| {
        let (zh, en) = (Lang::Zh, Lang::En);
        AppError::conflict(
            code(status),
            format!(
                "方案目前{}，不能{}{}",
                name(status, zh),
                step.name(zh),
                way_out(status, zh)
            ),
            format!(
                "the plan is {} and cannot {}{}",
                name(status, en),
                step.name(en),
                way_out(status, en)
            ),
        )
    })
}

fn code(status: PlanStatus) -> &'static str {
    match status {
        PlanStatus::Draft => "plan_draft",
        PlanStatus::Submitted => "plan_submitted",
        PlanStatus::Approved => "plan_approved",
        PlanStatus::Published => "plan_published",
        PlanStatus::Locked => "plan_locked",
    }
}

fn way_out(status: PlanStatus, lang: Lang) -> &'static str {
    match status {
        PlanStatus::Draft => lang.pick("；请先提交审批", "; submit it first"),
        PlanStatus::Submitted => lang.pick(
            "；请等待审批，或由提交人撤销",
            "; wait for the decision, or its author withdraws it",
        ),
        PlanStatus::Approved => lang.pick("；可以发布", "; it can be published"),
        PlanStatus::Published => lang.pick(
            "；要改目标请先修订（reopen）并说明理由",
            "; reopen it with a reason to change targets",
        ),
        PlanStatus::Locked => lang.pick("；请先说明理由解锁", "; unlock it with a reason first"),
    }
}

/// Whether operations only follow a running plan (closing, carrying, action plans, revisions, and
/// taking those back): published plans take them.
pub fn all_follow(plan: &Plan, operations: &[Operation]) -> bool {
    operations.iter().all(|operation| match operation {
        Operation::Undo { sequence } => {
            let number = usize::try_from(*sequence).unwrap_or(usize::MAX);
            plan.operation(number).is_some_and(follows)
        }
        other => follows(other),
    })
}

fn follows(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::Close(_)
            | Operation::Carry(_)
            | Operation::Act(_)
            | Operation::CheckAction(_)
            | Operation::Waive(_)
            | Operation::Revise(_)
            | Operation::Decide(_)
            | Operation::Resolve(_)
    )
}

/// The status of a plan after operations, where its status allows them: those that change targets,
/// or those that only follow a running plan.
///
/// # Errors
/// `plan_archived`, `plan_submitted`, `plan_published`, `plan_locked`.
pub fn writable(record: &PlanRecord, follows: bool) -> Result<PlanStatus, AppError> {
    if record.archived_at.is_some() {
        return Err(AppError::conflict(
            "plan_archived",
            "方案已归档，不能修改；请先取消归档",
            "the plan was put away; take it out again to change it",
        ));
    }
    let step = match follows {
        true => Move::Follow,
        false => Move::Edit,
    };
    moved(record.status, step)
}

/// Nobody decides on a revision that they proposed (rule J6).
///
/// # Errors
/// `approval_own`; what the store refuses.
pub(crate) async fn refuse_own_decision(
    unit: &mut Unit,
    record: &PlanRecord,
    operations: &[Operation],
) -> Result<(), AppError> {
    for operation in operations {
        let Operation::Decide(decision) = operation else {
            continue;
        };
        let organisation = unit.organisation();
        let lines = unit
            .tx
            .lines(&organisation, &record.id, decision.sequence, 1)
            .await?;
        let proposed = lines.first();
        let own = proposed.is_some_and(|line| {
            line.sequence == decision.sequence && line.user.as_ref() == Some(&unit.actor.user)
        });
        if own {
            return Err(super::approval::own());
        }
    }
    Ok(())
}

/// Notes that operations were applied up to `last`: what was submitted or approved before is not
/// what is there any more.
///
/// # Errors
/// What [`writable`] and the store refuse.
pub(crate) async fn edited(
    unit: &mut Unit,
    record: &PlanRecord,
    follows: bool,
    last: u64,
) -> Result<(), AppError> {
    if writable(record, follows)? == record.status {
        return Ok(());
    }
    // An edit before this one in the same transaction may have done it already.
    let organisation = unit.organisation();
    let fresh = unit.tx.plan(&organisation, &record.id).await?;
    let mut fresh = fresh.ok_or_else(|| AppError::not_found(record.id.to_string()))?;
    if writable(&fresh, follows)? == fresh.status {
        return Ok(());
    }
    fresh.last_sequence = last;
    let step = match follows {
        true => Move::Follow,
        false => Move::Edit,
    };
    change(unit, &fresh, step, "").await?;
    for state in [ApprovalState::Waiting, ApprovalState::Approved] {
        invalidate(unit, record, state).await?;
    }
    Ok(())
}

/// Ends the requests to publish a plan that are in a state.
async fn invalidate(
    unit: &mut Unit,
    record: &PlanRecord,
    state: ApprovalState,
) -> Result<(), AppError> {
    let organisation = unit.organisation();
    let filter = ApprovalFilter {
        plan: Some(record.id.clone()),
        state: Some(state),
        ..ApprovalFilter::default()
    };
    let mut page = Page {
        after: None,
        limit: fenjie_store::page::MOST,
    };
    loop {
        let some = unit.tx.approvals(&organisation, &filter, &page).await?;
        for approval in some.items {
            if approval.subject == Subject::Publish && approval.sequence <= record.last_sequence {
                let mut after = stepped(&approval, Step::Invalidate)?;
                after.closed_at = Some(unit.now);
                after.due_at = None;
                unit.tx.update_approval(&after, approval.revision).await?;
            }
        }
        match some.next {
            Some(next) => page.after = Some(next),
            None => return Ok(()),
        }
    }
}

/// Moves a plan to the status that a step leads to, and notes it among its changes of status. Gives
/// the record as it is then.
///
/// # Errors
/// Those of [`moved`]; `version_stale` where somebody else changed the record meanwhile.
pub async fn change(
    unit: &mut Unit,
    record: &PlanRecord,
    step: Move,
    reason: &str,
) -> Result<PlanRecord, AppError> {
    let to = moved(record.status, step)?;
    let after = PlanRecord {
        status: to,
        revision: record.revision + 1,
        ..record.clone()
    };
    if !unit.tx.update_plan(&after, record.revision).await? {
        return Err(super::stale(record.revision, record.revision + 1));
    }
    let noted = StatusChange {
        number: 0,
        made: step.code().to_owned(),
        from: record.status,
        to,
        reason: reason.to_owned(),
        sequence: record.last_sequence,
        by: unit.actor.user.clone(),
        at: unit.now,
    };
    let organisation: OrganisationId = unit.organisation();
    let tx = &mut unit.tx;
    tx.add_status_change(&organisation, &record.id, &noted)
        .await?;
    Ok(after)
}

/// What the audit says of a change of status.
pub(crate) fn audited(status: PlanStatus, reason: &str) -> serde_json::Value {
    json!({ "status": status.code(), "reason": reason })
}

#[cfg(test)]
mod tests {
    use super::{Move, after};
    use fenjie_store::plans::PlanStatus;

    /// Rows: the status; columns: the steps in their order; what stands there is where it leads.
    #[test]
    fn every_step_from_every_status_is_known() {
        let table = "
            draft      submitted .        .     .     draft draft     .         .      .         .     .
            submitted  .         approved draft draft .     draft     .         .      .         .     .
            approved   .         .        .     draft draft draft     published .      .         .     .
            published  .         .        .     .     .     published published locked .         draft draft
            locked     .         .        .     .     .     .         .         .      published draft .
        ";
        let rows: Vec<Vec<&str>> = table
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .filter(|row| !row.is_empty())
            .collect();
        assert_eq!(rows.len(), PlanStatus::ALL.len());
        for (row, from) in rows.iter().zip(PlanStatus::ALL) {
            assert_eq!(row[0], from.code());
            for (told, step) in row[1..].iter().zip(Move::ALL) {
                let to = after(from, step).map_or(".", PlanStatus::code);
                assert_eq!(to, *told, "{from:?} {step:?}");
            }
        }
    }
}
