//! Releasing targets to their owners, level by level (rule R3): who plans releases to anybody, who
//! heads a part releases to those below once their own target was released to them.

use std::collections::HashSet;
use std::sync::Arc;

use fenjie_plan::{NodeKind, Tree};
use fenjie_store::plans::PlanRecord;
use fenjie_store::rhythm::{Release, ReleasedTarget};
use fenjie_store::{Listed, Page, PlanId, ReleaseId};
use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::{
    checked_text, code_of, day_of, end_of, flow, organisation_axis, period, place_of, same_plan,
    stale, telling, zone,
};
use crate::working::Opened;
use crate::{Actor, App, AppError, Reach, Unit, Verb};

/// The most targets of one release.
pub const MOST_TARGETS: usize = 10_000;

/// Targets to be released.
#[derive(Clone, Debug)]
pub struct NewRelease {
    /// Of which flow; the first where not said.
    pub measure: Option<String>,
    /// For which period, such as `quarter=2026-Q1`; empty for the whole plan.
    pub period: String,
    /// To all members of this level within reach.
    pub level: Option<String>,
    /// To these members, by code.
    pub nodes: Vec<String>,
    /// The last day for an answer.
    pub deadline: Date,
    /// What the owners are told.
    pub note: String,
    /// Which version of the plan was seen.
    pub seen: u64,
}

/// Targets read from a plan, ready to be released.
#[derive(Clone, Debug)]
pub struct Prepared {
    plan: PlanRecord,
    measure: String,
    period: String,
    targets: Vec<ReleasedTarget>,
    /// For each target the codes above it, where the asker needs to have been released to.
    above: Vec<Vec<String>>,
    deadline: Date,
    note: String,
    /// The targets as people read them.
    pub shown: Arc<Vec<Shown>>,
}

/// A released target as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The member, by code.
    pub node: String,
    /// What it is called.
    pub name: String,
    /// The target, as the measure writes it.
    pub target: String,
}

/// Targets as people read them.
pub fn shown(opened: &Opened, measure: &str, targets: &[ReleasedTarget]) -> Vec<Shown> {
    let plan = opened.loaded.plan();
    let axis = opened.loaded.scope_axis(&opened.record).unwrap_or(0);
    let tree = &plan.model().axes()[axis].tree;
    let step = flow(plan, Some(measure)).map(|measure| plan.step(measure));
    let shown = |target: &ReleasedTarget| Shown {
        node: target.node.clone(),
        name: tree
            .with_code(&target.node)
            .map_or_else(String::new, |node| tree.name(node).to_owned()),
        target: match &step {
            Ok(step) => step.format(target.target),
            Err(_) => target.target.to_string(),
        },
    };
    targets.iter().map(shown).collect()
}

/// Reads the targets to be released.
///
/// # Errors
/// `forbidden`, `not_found`, `version_stale`, `release_targets`, `level_unknown`, `member_unknown`,
/// `measure_unknown`, `period_invalid`, `plan_without_organisation`, `not_decomposed_to_member`.
pub async fn prepare(
    app: &App,
    actor: &Arc<Actor>,
    id: &PlanId,
    new: NewRelease,
) -> Result<Prepared, AppError> {
    let opened = app.open_plan(actor, id, Verb::Release).await?;
    let (plan, found) = (opened.loaded.plan(), opened.loaded.sequence());
    if new.seen != found {
        return Err(AppError::Stale {
            seen: new.seen,
            found,
            changed: Json::Null,
        });
    }
    let axis = organisation_axis(&opened.loaded, &opened.record)?;
    let measure = flow(plan, new.measure.as_deref())?;
    let during = period(plan, &new.period)?;
    let tree = &plan.model().axes()[axis].tree;
    let nodes = nodes(&opened, actor, tree, &new)?;
    let view = plan.base(measure);
    let target = |node: &u32| {
        let value = view.value(&place_of(plan, axis, *node, during));
        let target = value.ok_or_else(|| not_that_fine(tree.code(*node)))?;
        let node = tree.code(*node).to_owned();
        Ok(ReleasedTarget { node, target })
    };
    let targets: Vec<_> = nodes.iter().map(target).collect::<Result<_, AppError>>()?;
    let shown = Arc::new(shown(&opened, code_of(plan, measure), &targets));
    let above = match opened.reach {
        Reach::All => vec![Vec::new(); nodes.len()],
        _ => nodes.iter().map(|node| above(tree, *node)).collect(),
    };
    Ok(Prepared {
        measure: code_of(plan, measure).to_owned(),
        period: plan
            .model()
            .address(&place_of(plan, axis, 0, during))
            .to_string(),
        targets,
        above,
        shown,
        deadline: new.deadline,
        note: checked_text("note", &new.note, false)?,
        plan: opened.record.clone(),
    })
}

fn above(tree: &Tree, node: u32) -> Vec<String> {
    let parents = std::iter::successors(tree.parent(node), |node| tree.parent(*node));
    parents.map(|node| tree.code(node).to_owned()).collect()
}

/// The members that targets are released to, each once, in the order of the tree.
fn nodes(
    opened: &Opened,
    actor: &Actor,
    tree: &Tree,
    new: &NewRelease,
) -> Result<Vec<u32>, AppError> {
    let own = actor
        .member
        .as_deref()
        .and_then(|code| tree.with_code(code));
    // Who does not see everything releases to those below: their own target comes from above.
    let theirs = |node: u32| {
        opened.reach == Reach::All || (opened.reach.sees(tree, node) && own != Some(node))
    };
    let mut found: Vec<u32> = Vec::new();
    if let Some(level) = &new.level {
        let depth = tree
            .level_depth(level)
            .ok_or_else(|| level_unknown(level, tree))?;
        let at_level = (0..tree.len() as u32).filter(|node| {
            tree.depth(*node) == depth && tree.kind(*node) != NodeKind::HoldBack && theirs(*node)
        });
        found.extend(at_level);
    }
    for (number, code) in new.nodes.iter().enumerate() {
        let node = tree.find(code).ok().filter(|node| theirs(*node));
        found.push(node.ok_or_else(|| member_unknown(&format!("nodes[{number}]"), code))?);
    }
    found.sort_unstable();
    found.dedup();
    if found.is_empty() || found.len() > MOST_TARGETS {
        return Err(AppError::invalid(
            "nodes",
            "release_targets",
            format!("一次下达 1 至 {MOST_TARGETS} 个目标；请写明层级 level 或成员 nodes"),
            format!("a release has 1 to {MOST_TARGETS} targets; name a level or nodes"),
        ));
    }
    Ok(found)
}

fn level_unknown(level: &str, tree: &Tree) -> AppError {
    let known = tree.level_names().join(", ");
    AppError::invalid(
        "level",
        "level_unknown",
        format!("组织维度没有层级 `{level}`；有：{known}"),
        format!("the organisation tree has no level `{level}`; it has {known}"),
    )
}

pub(crate) fn member_unknown(field: &str, code: &str) -> AppError {
    AppError::invalid(
        field,
        "member_unknown",
        format!("组织中没有您可见的成员 `{code}`"),
        format!("there is no member `{code}` within your reach"),
    )
}

fn not_that_fine(code: &str) -> AppError {
    AppError::conflict(
        "not_decomposed_to_member",
        format!("方案还没有分解到 `{code}`"),
        format!("the plan is not decomposed to `{code}` yet"),
    )
}

/// Releases targets.
///
/// # Errors
/// `deadline_past`, `release_above_missing`, `plan_archived`, `version_stale`.
pub async fn create(unit: &mut Unit, prepared: Prepared) -> Result<Release, AppError> {
    let plan = same_plan(unit, &prepared.plan).await?;
    if plan.archived_at.is_some() {
        super::status::writable(&plan, true)?;
    }
    let zone = zone(unit).await?;
    let today = day_of(&zone, unit.now);
    if prepared.deadline < today {
        return Err(AppError::invalid(
            "deadline",
            "deadline_past",
            format!("截止日 {} 已过，今天是 {today}", prepared.deadline),
            format!(
                "the deadline {} is past, today is {today}",
                prepared.deadline
            ),
        ));
    }
    check_above(unit, &prepared).await?;
    let release = Release {
        id: ReleaseId::of(unit.app.bits()),
        organisation: unit.organisation(),
        plan: plan.id.clone(),
        measure: prepared.measure,
        period: match prepared.period.as_str() {
            "*" => String::new(),
            _ => prepared.period,
        },
        sequence: plan.last_sequence,
        deadline: prepared.deadline,
        due_at: end_of(&zone, prepared.deadline)?,
        note: prepared.note,
        created_by: unit.actor.user.clone(),
        created_at: unit.now,
        withdrawn_at: None,
        revision: 1,
    };
    unit.tx.add_release(&release, &prepared.targets).await?;
    let mut after = audited(&release);
    after["targets"] = json!(prepared.targets.len());
    unit.record("release.create", &release.id, Json::Null, after);
    telling::released(unit, &plan, &release, &prepared.shown).await?;
    Ok(release)
}

/// Level by level: who releases inside a part has had the part released to them.
async fn check_above(unit: &mut Unit, prepared: &Prepared) -> Result<(), AppError> {
    if prepared.above.iter().all(Vec::is_empty) {
        return Ok(());
    }
    let organisation = unit.organisation();
    let plan = Some(&prepared.plan.id);
    let standing = unit.tx.standing_releases(&organisation, plan).await?;
    let mut released: HashSet<String> = HashSet::new();
    for release in standing {
        if release.measure == prepared.measure {
            let targets = unit.tx.released_targets(&organisation, &release.id).await?;
            released.extend(targets.into_iter().map(|target| target.node));
        }
    }
    let mut pairs = prepared.targets.iter().zip(&prepared.above);
    let missing = pairs.find(|(_, above)| !above.iter().any(|code| released.contains(code)));
    match missing {
        None => Ok(()),
        Some((target, _)) => Err(AppError::conflict(
            "release_above_missing",
            format!("`{}` 的上级目标还没有下达，不能往下下达", target.node),
            format!(
                "the target above `{}` has not been released yet",
                target.node
            ),
        )),
    }
}

pub(crate) fn audited(release: &Release) -> Json {
    json!({
        "plan": release.plan,
        "measure": release.measure,
        "period": release.period,
        "version": release.sequence,
        "deadline": release.deadline.to_string(),
        "note": release.note,
        "withdrawn_at": release.withdrawn_at.map(|at| at.to_string()),
    })
}

/// A release of which the asker sees any target, with those that they see.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn get(
    app: &App,
    actor: &Arc<Actor>,
    id: &ReleaseId,
) -> Result<(Release, Vec<ReleasedTarget>, Opened), AppError> {
    actor.may(Verb::ReadPlan)?;
    let mut unit = app.reading(actor).await?;
    let release = unit.tx.release(&actor.organisation, id).await?;
    let release = release.ok_or_else(|| AppError::not_found(id.to_string()))?;
    let targets = unit.tx.released_targets(&actor.organisation, id).await?;
    drop(unit);
    let opened = app
        .open_plan(actor, &release.plan, Verb::ReadPlan)
        .await
        .map_err(|_| AppError::not_found(id.to_string()))?;
    let targets = within(&opened, targets)?;
    match targets.is_empty() {
        true => Err(AppError::not_found(id.to_string())),
        false => Ok((release, targets, opened)),
    }
}

/// Those targets that the asker sees.
pub(crate) fn within(
    opened: &Opened,
    targets: Vec<ReleasedTarget>,
) -> Result<Vec<ReleasedTarget>, AppError> {
    let axis = organisation_axis(&opened.loaded, &opened.record)?;
    let tree = &opened.loaded.plan().model().axes()[axis].tree;
    let seen = |target: &ReleasedTarget| {
        let node = tree.with_code(&target.node);
        node.is_some_and(|node| opened.reach.sees(tree, node))
    };
    Ok(targets.into_iter().filter(seen).collect())
}

/// A release with those of its targets that somebody sees.
pub type SeenRelease = (Release, Vec<ReleasedTarget>);

/// The releases of a plan of which the asker sees any target.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn list(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    page: &Page,
) -> Result<(Listed<SeenRelease>, Opened), AppError> {
    let opened = app.open_plan(actor, plan, Verb::ReadPlan).await?;
    let mut unit = app.reading(actor).await?;
    let listed = unit.tx.releases(&actor.organisation, plan, page).await?;
    let mut items = Vec::with_capacity(listed.items.len());
    for release in listed.items {
        let targets = unit
            .tx
            .released_targets(&actor.organisation, &release.id)
            .await?;
        let targets = within(&opened, targets)?;
        if !targets.is_empty() {
            items.push((release, targets));
        }
    }
    let next = listed.next;
    Ok((Listed { items, next }, opened))
}

/// Takes a release back, where it is still revision `seen`: whoever made it, or who plans.
///
/// # Errors
/// `not_found`, `forbidden`, `version_stale`, `release_withdrawn`.
pub async fn withdraw(unit: &mut Unit, id: &ReleaseId, seen: i64) -> Result<Release, AppError> {
    unit.actor.may(Verb::Release)?;
    let organisation = unit.organisation();
    let before = unit.tx.release(&organisation, id).await?;
    let before = before.ok_or_else(|| AppError::not_found(id.to_string()))?;
    if before.created_by != unit.actor.user && unit.actor.may(Verb::ManagePlan).is_err() {
        return Err(AppError::Forbidden {
            verb: Verb::Release,
        });
    }
    if before.withdrawn_at.is_some() {
        return Err(withdrawn());
    }
    let after = Release {
        withdrawn_at: Some(unit.now),
        revision: before.revision + 1,
        ..before.clone()
    };
    if !unit.tx.update_release(&after, seen).await? {
        return Err(stale(seen, before.revision));
    }
    unit.record("release.withdraw", id, audited(&before), audited(&after));
    Ok(after)
}

pub(crate) fn withdrawn() -> AppError {
    AppError::conflict(
        "release_withdrawn",
        "这次下达已撤回",
        "this release was taken back",
    )
}
