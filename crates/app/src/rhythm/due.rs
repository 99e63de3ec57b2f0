//! What is due: targets to be answered and requests to be decided, with whom each waits for. Jobs
//! make notices of it. Must not know channels.

use std::collections::HashSet;

use fenjie_store::rhythm::Release;
use fenjie_store::rhythm_approval::{Approval, ApprovalFilter, ApprovalState};
use fenjie_store::{Page, PlanId, ReleaseId, Timestamp, UserId};

use super::commitment::standing;
use super::eligible::People;
use crate::{AppError, Unit};

/// Something that waits for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// What waits.
    pub what: Waiting,
    /// Of which plan.
    pub plan: PlanId,
    /// What people call the plan.
    pub plan_name: String,
    /// Until when; none where no deadline was set.
    pub due_at: Option<Timestamp>,
    /// Whether that is past.
    pub overdue: bool,
    /// Whom it waits for: those who stand in and those it was escalated to included.
    pub users: Vec<UserId>,
}

/// What waits for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// A released target that was not answered.
    Answer {
        /// In which release.
        release: ReleaseId,
        /// For which member, by code.
        node: String,
    },
    /// A request for approval.
    Decision(Box<Approval>),
}

/// Everything that waits in the organisation, the earliest deadline first.
///
/// # Errors
/// What the store refuses.
pub async fn list(unit: &mut Unit) -> Result<Vec<Due>, AppError> {
    let people = People::now(unit).await?;
    let mut found = answers(unit, &people).await?;
    found.extend(decisions(unit, &people).await?);
    found.sort_by_key(|due| (due.due_at.is_none(), due.due_at));
    Ok(found)
}

async fn plan_name(unit: &mut Unit, id: &PlanId) -> Result<Option<String>, AppError> {
    let organisation = unit.organisation();
    let plan = unit.tx.plan(&organisation, id).await?;
    Ok(plan
        .filter(|plan| plan.archived_at.is_none())
        .map(|plan| plan.name))
}

async fn answers(unit: &mut Unit, people: &People) -> Result<Vec<Due>, AppError> {
    let organisation = unit.organisation();
    let releases = unit.tx.standing_releases(&organisation, None).await?;
    let mut found: Vec<Due> = Vec::new();
    // The last release of a target is the one to answer: from the end, each target once.
    let mut known = HashSet::new();
    for release in releases.iter().rev() {
        let Some(plan_name) = plan_name(unit, &release.plan).await? else {
            continue;
        };
        let targets = unit.tx.released_targets(&organisation, &release.id).await?;
        let given = unit.tx.commitments(&organisation, &release.id).await?;
        for target in targets {
            let last = known.insert(key(release, &target.node));
            if !last || standing(&given, &target.node).is_some() {
                continue;
            }
            found.push(Due {
                plan: release.plan.clone(),
                plan_name: plan_name.clone(),
                due_at: Some(release.due_at),
                overdue: release.due_at <= unit.now,
                users: people.owners(&target.node),
                what: Waiting::Answer {
                    release: release.id.clone(),
                    node: target.node,
                },
            });
        }
    }
    Ok(found)
}

fn key(release: &Release, node: &str) -> (PlanId, String, String, String) {
    (
        release.plan.clone(),
        release.measure.clone(),
        release.period.clone(),
        node.to_owned(),
    )
}

async fn decisions(unit: &mut Unit, people: &People) -> Result<Vec<Due>, AppError> {
    let organisation = unit.organisation();
    let filter = ApprovalFilter {
        state: Some(ApprovalState::Waiting),
        ..ApprovalFilter::default()
    };
    let mut page = Page {
        after: None,
        limit: fenjie_store::page::MOST,
    };
    let mut found = Vec::new();
    loop {
        let some = unit.tx.approvals(&organisation, &filter, &page).await?;
        for approval in some.items {
            let Some(plan_name) = plan_name(unit, &approval.plan).await? else {
                continue;
            };
            let claims = people.deciders(&approval, unit.now);
            found.push(Due {
                plan: approval.plan.clone(),
                plan_name,
                due_at: approval.due_at,
                overdue: approval.due_at.is_some_and(|due_at| due_at <= unit.now),
                users: claims.into_iter().map(|claim| claim.user).collect(),
                what: Waiting::Decision(Box::new(approval)),
            });
        }
        match some.next {
            Some(next) => page.after = Some(next),
            None => return Ok(found),
        }
    }
}
