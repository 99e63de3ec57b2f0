//! Answers to released targets (rule R3): whoever owns a member commits to its target, or
//! counter-offers with a reason. An answer is a record; the plan moves only where it is refit (rule D8).

use std::sync::Arc;

use fenjie_plan::Tree;
use fenjie_store::rhythm::{Commitment, CommitmentKind, Release, ReleasedTarget};
use fenjie_store::{CommitmentId, PlanId, ReleaseId, UserId};
use serde_json::{Value as Json, json};

use super::deputy::stood_in_for;
use super::release::{self, withdrawn};
use super::{checked_text, flow, organisation_axis, stale, telling};
use crate::working::Opened;
use crate::{Actor, App, AppError, Unit, Verb};

/// An answer to be given.
#[derive(Clone, Debug)]
pub struct NewCommitment {
    /// For which member, by code.
    pub node: String,
    /// Committed, or countered.
    pub kind: CommitmentKind,
    /// The amount; the released target where not said.
    pub amount: Option<String>,
    /// Why; needed for a counter-offer.
    pub reason: String,
}

/// An answer that was checked, ready to be given.
#[derive(Clone, Debug)]
pub struct Prepared {
    release: Release,
    node: String,
    kind: CommitmentKind,
    amount: i64,
    target: i64,
    reason: String,
    acting_for: Option<UserId>,
    place: String,
    measure: String,
    /// How amounts of the measure are written.
    pub step: fenjie_money::Step,
}

impl Prepared {
    /// Of which plan.
    pub fn plan(&self) -> &PlanId {
        &self.release.plan
    }
}

/// Whether somebody answers for a node: it is their member, or lies below it within their reach.
/// What lies above everybody is answered for by nobody.
pub(crate) fn answers_for(actor: &Actor, opened: &Opened, tree: &Tree, node: u32) -> bool {
    let own = actor
        .member
        .as_deref()
        .and_then(|code| tree.with_code(code));
    let reach = opened.loaded.reach(actor, &opened.record);
    own.is_some_and(|own| tree.contains(own, node)) && reach.sees(tree, node)
}

/// Checks an answer: the target was released, it is the asker's to answer (or of somebody whom they
/// stand in for), and the amount fits its kind.
///
/// # Errors
/// `forbidden`, `not_found`, `commit_below_target`, `counter_equal`, `amount_negative`,
/// `text_missing`; the refusal of an amount that is none.
pub async fn prepare(
    app: &App,
    actor: &Arc<Actor>,
    id: &ReleaseId,
    new: NewCommitment,
) -> Result<Prepared, AppError> {
    actor.may(Verb::Commit)?;
    let others = stood_in_for(app, actor).await?;
    let (release, targets, opened) = seen_by(app, actor, &others, id).await?;
    let axis = organisation_axis(&opened.loaded, &opened.record)?;
    let plan = opened.loaded.plan();
    let tree = &plan.model().axes()[axis].tree;
    let released = targets.iter().find(|target| target.node == new.node);
    let (released, node) = released
        .zip(tree.with_code(&new.node))
        .ok_or_else(|| release::member_unknown("node", &new.node))?;
    let acting_for = match answers_for(actor, &opened, tree, node) {
        true => None,
        false => {
            let mut theirs = others.iter();
            let away = theirs.find(|away| answers_for(away, &opened, tree, node));
            let away = away.ok_or(AppError::Forbidden { verb: Verb::Commit })?;
            away.may(Verb::Commit)?;
            Some(away.user.clone())
        }
    };
    let measure = flow(plan, Some(&release.measure))?;
    let step = plan.step(measure);
    let amount = match &new.amount {
        None => released.target,
        Some(text) => step.parse_amount(text).map_err(AppError::refused)?,
    };
    let countered = new.kind == CommitmentKind::Counter;
    check_amount(new.kind, amount, released.target, &|count| {
        step.format(count)
    })?;
    Ok(Prepared {
        place: tree.name(node).to_owned(),
        measure: plan.model().definition().measures[measure].name.clone(),
        node: new.node,
        kind: new.kind,
        amount,
        target: released.target,
        reason: checked_text("reason", &new.reason, countered)?,
        acting_for,
        release,
        step,
    })
}

/// A release with the targets that the asker sees, or that those see whom they stand in for.
async fn seen_by(
    app: &App,
    actor: &Arc<Actor>,
    others: &[Actor],
    id: &ReleaseId,
) -> Result<(Release, Vec<ReleasedTarget>, Opened), AppError> {
    let mut own = release::get(app, actor, id).await;
    for away in others {
        if let Ok((release, targets, opened)) = release::get(app, &Arc::new(away.clone()), id).await
        {
            own = match own {
                Ok((_, mut known, _)) => {
                    let more = targets.into_iter();
                    let fresh: Vec<_> = more.filter(|target| !known.contains(target)).collect();
                    known.extend(fresh);
                    Ok((release, known, opened))
                }
                Err(_) => Ok((release, targets, opened)),
            };
        }
    }
    own
}

fn check_amount(
    kind: CommitmentKind,
    amount: i64,
    target: i64,
    text: &dyn Fn(i64) -> String,
) -> Result<(), AppError> {
    let told = |code, zh: String, en: String| Err(AppError::invalid("amount", code, zh, en));
    let (given, asked) = (text(amount), text(target));
    if amount < 0 {
        return told(
            "amount_negative",
            format!("承诺不能为负：{given}"),
            format!("a commitment is not negative: {given}"),
        );
    }
    match kind {
        CommitmentKind::Commit if amount < target => told(
            "commit_below_target",
            format!("承诺 {given} 低于下达的目标 {asked}；低于目标请还价（counter）并说明理由"),
            format!("{given} is less than the target {asked}; counter-offer it with a reason"),
        ),
        CommitmentKind::Counter if amount == target => told(
            "counter_equal",
            format!("还价 {given} 与目标相同；接受目标请用承诺（commit）"),
            format!("a counter-offer of {given} is the target itself; commit to it instead"),
        ),
        _ => Ok(()),
    }
}

/// Gives an answer. The one before it stays in the history.
///
/// # Errors
/// `release_withdrawn`, `release_superseded`; `record_conflict` where somebody else answered at the
/// same moment.
pub async fn create(unit: &mut Unit, prepared: Prepared) -> Result<Commitment, AppError> {
    let organisation = unit.organisation();
    let release = unit.tx.release(&organisation, &prepared.release.id).await?;
    let release = release.filter(|release| release.withdrawn_at.is_none());
    let release = release.ok_or_else(withdrawn)?;
    refuse_superseded(unit, &release, &prepared.node).await?;
    let known = unit.tx.commitments(&organisation, &release.id).await?;
    let last = known.iter().rfind(|known| known.node == prepared.node);
    let commitment = Commitment {
        id: CommitmentId::of(unit.app.bits()),
        organisation,
        plan: release.plan.clone(),
        release: release.id.clone(),
        node: prepared.node,
        number: last.map_or(1, |last| last.number + 1),
        kind: prepared.kind,
        amount: prepared.amount,
        target: prepared.target,
        reason: prepared.reason,
        author: unit.actor.user.clone(),
        acting_for: prepared.acting_for,
        at: unit.now,
        withdrawn_at: None,
        revision: 1,
    };
    unit.tx.add_commitment(&commitment).await?;
    let before = last.map_or(Json::Null, audited);
    let id = commitment.id.clone();
    unit.record("commitment.create", id, before, audited(&commitment));
    let organisation = unit.organisation();
    let plan = unit.tx.plan(&organisation, &release.plan).await?;
    let plan = plan.ok_or_else(|| AppError::not_found(release.plan.to_string()))?;
    let told = telling::Answered {
        plan: &plan,
        release: &release,
        commitment: &commitment,
        place: &prepared.place,
        measure: &prepared.measure,
        step: prepared.step,
    };
    telling::answered(unit, &told).await?;
    Ok(commitment)
}

/// A target that was released again is answered there.
async fn refuse_superseded(unit: &mut Unit, release: &Release, node: &str) -> Result<(), AppError> {
    let organisation = unit.organisation();
    let standing = unit
        .tx
        .standing_releases(&organisation, Some(&release.plan))
        .await?;
    let later = standing
        .into_iter()
        .skip_while(|known| known.id != release.id)
        .skip(1)
        .filter(|known| known.measure == release.measure && known.period == release.period);
    for known in later {
        let targets = unit.tx.released_targets(&organisation, &known.id).await?;
        if targets.iter().any(|target| target.node == node) {
            return Err(AppError::conflict(
                "release_superseded",
                format!("`{node}` 的目标已在 {} 重新下达，请在那里答复", known.id),
                format!(
                    "the target of `{node}` was released again in {}; answer there",
                    known.id
                ),
            ));
        }
    }
    Ok(())
}

fn audited(commitment: &Commitment) -> Json {
    json!({
        "release": commitment.release,
        "node": commitment.node,
        "kind": commitment.kind.code(),
        "amount": commitment.amount,
        "target": commitment.target,
        "reason": commitment.reason,
        "acting_for": commitment.acting_for,
        "withdrawn_at": commitment.withdrawn_at.map(|at| at.to_string()),
    })
}

/// All answers to a release that the asker sees, the withdrawn and earlier ones too.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn list(
    app: &App,
    actor: &Arc<Actor>,
    id: &ReleaseId,
) -> Result<(Vec<Commitment>, Release, Opened), AppError> {
    let (release, targets, opened) = release::get(app, actor, id).await?;
    let mut unit = app.reading(actor).await?;
    let found = unit.tx.commitments(&actor.organisation, id).await?;
    let seen =
        |commitment: &Commitment| targets.iter().any(|target| target.node == commitment.node);
    let found = found.into_iter().filter(seen).collect();
    Ok((found, release, opened))
}

/// Of which plan an answer is, for notices; none where there is no such answer. Tells nobody anything.
///
/// # Errors
/// What the store refuses.
pub async fn plan(
    app: &App,
    actor: &Arc<Actor>,
    id: &CommitmentId,
) -> Result<Option<PlanId>, AppError> {
    let mut unit = app.reading(actor).await?;
    let found = unit.tx.commitment(&actor.organisation, id).await?;
    Ok(found.map(|found| found.plan))
}

/// Takes an answer back, where it is still revision `seen`: whoever gave it, or whom it was given for.
///
/// # Errors
/// `not_found`, `forbidden`, `version_stale`, `commitment_withdrawn`.
pub async fn withdraw(
    unit: &mut Unit,
    id: &CommitmentId,
    seen: i64,
) -> Result<Commitment, AppError> {
    unit.actor.may(Verb::Commit)?;
    let organisation = unit.organisation();
    let before = unit.tx.commitment(&organisation, id).await?;
    let before = before.ok_or_else(|| AppError::not_found(id.to_string()))?;
    let me = &unit.actor.user;
    if before.author != *me && before.acting_for.as_ref() != Some(me) {
        // Whoever did not give it may not even know of it: rows are cut by the list.
        return Err(AppError::not_found(id.to_string()));
    }
    if before.withdrawn_at.is_some() {
        return Err(AppError::conflict(
            "commitment_withdrawn",
            "这项答复已撤回",
            "this answer was taken back already",
        ));
    }
    let after = Commitment {
        withdrawn_at: Some(unit.now),
        revision: before.revision + 1,
        ..before.clone()
    };
    if !unit.tx.update_commitment(&after, seen).await? {
        return Err(stale(seen, before.revision));
    }
    unit.record("commitment.withdraw", id, audited(&before), audited(&after));
    Ok(after)
}

/// The answer that counts for a member: the last one that was not withdrawn.
pub(crate) fn standing<'c>(all: &'c [Commitment], node: &str) -> Option<&'c Commitment> {
    all.iter()
        .filter(|known| known.node == node && known.withdrawn_at.is_none())
        .max_by_key(|known| known.number)
}
