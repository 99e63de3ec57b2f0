//! The targets that were released to the asker, and to those whom they stand in for.

use std::collections::HashMap;
use std::sync::Arc;

use fenjie_store::rhythm::{Commitment, Release};
use fenjie_store::{PlanId, UserId};

use super::commitment::standing;
use super::deputy::stood_in_for;
use crate::working::Opened;
use crate::{Actor, App, AppError, Verb};

/// A target put before the asker.
#[derive(Clone, Debug)]
pub struct Mine {
    /// In which release.
    pub release: Release,
    /// For which member, by code.
    pub node: String,
    /// The target, in steps.
    pub target: i64,
    /// The answer that counts.
    pub answer: Option<Commitment>,
    /// Whether the deadline is past without an answer.
    pub late: bool,
    /// For whom the asker stands in.
    pub acting_for: Option<UserId>,
}

/// The targets of the asker's own member over all plans, the last release of each; the open ones
/// alone where asked so. With the plans they are of, for names and units.
///
/// # Errors
/// `forbidden`.
pub async fn list(
    app: &App,
    actor: &Arc<Actor>,
    open: bool,
) -> Result<(Vec<Mine>, HashMap<PlanId, Opened>), AppError> {
    actor.may(Verb::ReadPlan)?;
    let mut members: Vec<(String, Option<UserId>)> = Vec::new();
    members.extend(actor.member.clone().map(|code| (code, None)));
    for away in stood_in_for(app, actor).await? {
        members.extend(away.member.map(|code| (code, Some(away.user))));
    }
    let mut found = last_releases(app, actor, &members).await?;
    found.retain(|mine| !open || mine.answer.is_none());
    let mut plans = HashMap::new();
    let mut kept = Vec::new();
    for mine in found {
        let id = &mine.release.plan;
        if !plans.contains_key(id) {
            // A plan that they do not see is not theirs to know of.
            let Ok(opened) = app.open_plan(actor, id, Verb::ReadPlan).await else {
                continue;
            };
            plans.insert(id.clone(), opened);
        }
        kept.push(mine);
    }
    Ok((kept, plans))
}

async fn last_releases(
    app: &App,
    actor: &Arc<Actor>,
    members: &[(String, Option<UserId>)],
) -> Result<Vec<Mine>, AppError> {
    let mut unit = app.reading(actor).await?;
    let organisation = unit.organisation();
    let now = unit.now;
    let mut last: HashMap<(PlanId, String, String, String), Mine> = HashMap::new();
    for release in unit.tx.standing_releases(&organisation, None).await? {
        let targets = unit.tx.released_targets(&organisation, &release.id).await?;
        let theirs: Vec<_> = targets
            .into_iter()
            .filter_map(|target| {
                let mut members = members.iter();
                let member = members.find(|(code, _)| *code == target.node)?;
                Some((target, member.1.clone()))
            })
            .collect();
        if theirs.is_empty() {
            continue;
        }
        let answers = unit.tx.commitments(&organisation, &release.id).await?;
        for (target, acting_for) in theirs {
            let answer = standing(&answers, &target.node).cloned();
            let key = (
                release.plan.clone(),
                release.measure.clone(),
                release.period.clone(),
                target.node.clone(),
            );
            let mine = Mine {
                late: answer.is_none() && release.due_at <= now,
                release: release.clone(),
                node: target.node,
                target: target.target,
                answer,
                acting_for,
            };
            last.insert(key, mine);
        }
    }
    let mut found: Vec<Mine> = last.into_values().collect();
    found.sort_by(|one, other| {
        let key = |mine: &Mine| {
            (
                mine.release.due_at,
                mine.release.id.clone(),
                mine.node.clone(),
            )
        };
        key(one).cmp(&key(other))
    });
    Ok(found)
}
