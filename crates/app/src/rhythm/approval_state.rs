//! A request for approval as a machine: a state and a step give a state. Must not know who decides.

use fenjie_message::Lang;
use fenjie_store::rhythm_approval::{Approval, ApprovalState};

use crate::AppError;

/// A step of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Approved at a step that is not the last.
    Pass,
    /// Approved at the last step.
    Approve,
    /// Rejected at any step: straight back to the author.
    Reject,
    /// Taken back by the author.
    Withdraw,
    /// What was submitted is not there any more.
    Invalidate,
}

/// The state that a step leads to; none where the state does not allow it.
pub fn after(state: ApprovalState, step: Step) -> Option<ApprovalState> {
    use ApprovalState::*;
    match (state, step) {
        (Waiting, Step::Pass) => Some(Waiting),
        (Waiting, Step::Approve) => Some(Approved),
        (Waiting, Step::Reject) => Some(Rejected),
        (Waiting | Approved, Step::Withdraw) => Some(Withdrawn),
        (Waiting | Approved, Step::Invalidate) => Some(Invalidated),
        _ => None,
    }
}

/// What people call a state.
pub fn name(state: ApprovalState, lang: Lang) -> &'static str {
    match state {
        ApprovalState::Waiting => lang.pick("待审批", "waiting"),
        ApprovalState::Approved => lang.pick("已批准", "approved"),
        ApprovalState::Rejected => lang.pick("已驳回", "rejected"),
        ApprovalState::Withdrawn => lang.pick("已撤销", "withdrawn"),
        ApprovalState::Invalidated => lang.pick("已失效", "no longer valid"),
    }
}

/// The request after a step, where its state allows it.
///
/// # Errors
/// `approval_closed`.
pub fn stepped(approval: &Approval, step: Step) -> Result<Approval, AppError> {
    let state = after(approval.state, step).ok_or_else(|| {
        let (zh, en) = (Lang::Zh, Lang::En);
        AppError::conflict(
            "approval_closed",
            format!("这项审批{}，不能再处理", name(approval.state, zh)),
            format!("this request is {} already", name(approval.state, en)),
        )
    })?;
    let mut after = approval.clone();
    after.state = state;
    after.revision += 1;
    if matches!(step, Step::Pass | Step::Approve) {
        after.step += 1;
    }
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::{Step, after};
    use fenjie_store::rhythm_approval::ApprovalState::{self, *};

    #[test]
    fn a_request_ends_once() {
        let steps = [
            Step::Pass,
            Step::Approve,
            Step::Reject,
            Step::Withdraw,
            Step::Invalidate,
        ];
        for (state, told) in [
            (
                Waiting,
                [
                    Some(Waiting),
                    Some(Approved),
                    Some(Rejected),
                    Some(Withdrawn),
                    Some(Invalidated),
                ],
            ),
            (
                Approved,
                [None, None, None, Some(Withdrawn), Some(Invalidated)],
            ),
            (Rejected, [None; 5]),
            (Withdrawn, [None; 5]),
            (Invalidated, [None; 5]),
        ] {
            let found: Vec<Option<ApprovalState>> =
                steps.into_iter().map(|step| after(state, step)).collect();
            assert_eq!(found, told, "{state:?}");
        }
    }
}
