//! What a plan consists of, as far as somebody sees it: axes, members, measures, layers, holds, limits,
//! findings. Must not know HTTP or SQL.

use std::sync::Arc;

use fenjie_calendar::Date;
use fenjie_message::{Lang, Message};
use fenjie_plan::{Finding, LayerAmount, MeasureKind, MeasureRole, NodeKind, Plan, Severity};
use fenjie_store::{Cursor, Listed, Page, PlanId};

use super::within::Within;
use crate::working::Opened;
use crate::{Actor, App, AppError, Reach, Verb};

/// An axis of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AxisSeen {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Its levels below the total, from the top.
    pub levels: Vec<String>,
    /// Whether it is time.
    pub time: bool,
    /// Whether rows are cut on it.
    pub organisation: bool,
    /// Whether its shares must be stated and sum to 100 %.
    pub composition: bool,
    /// How many nodes of it are within reach.
    pub members: usize,
}

/// A node of an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberSeen {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Its level.
    pub level: String,
    /// How far below the total.
    pub depth: usize,
    /// Its parent's code, where that is within reach.
    pub parent: Option<String>,
    /// Whether no part of it is within reach.
    pub leaf: bool,
    /// Whether it is the part of its parent that is not handed down.
    pub held_back: bool,
    /// The first day: a period's, or from when a member counts.
    pub from: Option<String>,
    /// The day after the last.
    pub until: Option<String>,
    /// Whether the period is closed.
    pub closed: bool,
}

/// A measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureSeen {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// `flow`, `level` or `ratio`.
    pub kind: &'static str,
    /// Its unit.
    pub unit: String,
    /// Its step.
    pub step: String,
    /// `target` or `expense`.
    pub role: &'static str,
}

/// A layer above the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerSeen {
    /// Its code.
    pub layer: &'static str,
    /// What people call it.
    pub name: String,
    /// The measure's code.
    pub measure: String,
    /// Where over-assignment begins; empty for the whole plan.
    pub level: String,
    /// The rate on top of the base.
    pub rate: Option<String>,
    /// The amount for the whole plan, for who sees the whole plan.
    pub amount: Option<String>,
    /// Who may see it; everybody where empty.
    pub roles: Vec<String>,
}

/// A held value (rule D4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldSeen {
    /// The measure's code.
    pub measure: String,
    /// The place.
    pub at: String,
    /// The value.
    pub value: String,
    /// Who holds it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day in force.
    pub until: Option<String>,
    /// The operation that held it.
    pub operation: usize,
}

/// A floor and a cap (rule D5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitSeen {
    /// The measure's code.
    pub measure: String,
    /// The place.
    pub at: String,
    /// The least.
    pub floor: Option<String>,
    /// The most.
    pub cap: Option<String>,
}

/// Something worth saying about a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingSeen {
    /// `error`, `warning` or `note`.
    pub severity: &'static str,
    /// Its stable code.
    pub code: &'static str,
    /// The sentence.
    pub message: String,
    /// The place; empty where there is none.
    pub at: String,
    /// The operation it is about; 0 for the definition.
    pub operation: usize,
}

/// Which members.
#[derive(Clone, Debug, Default)]
pub struct MembersAsked {
    /// Only the parts of this member.
    pub parent: Option<String>,
    /// Only those whose code or name contains this, whatever the case.
    pub search: Option<String>,
    /// Only those of this level.
    pub level: Option<String>,
}

/// The version of a plan with what was asked about it.
pub type Seen<T> = (u64, T);

async fn opened(app: &App, actor: &Arc<Actor>, plan: &PlanId) -> Result<Opened, AppError> {
    app.open_plan(actor, plan, Verb::ReadPlan).await
}

/// The axes of a plan, time last.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn axes(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
) -> Result<Seen<Vec<AxisSeen>>, AppError> {
    let opened = opened(app, actor, plan).await?;
    let within = opened.within();
    let scope = opened.loaded.scope_axis(&opened.record);
    let axes = within.plan.model().axes();
    let seen = axes.iter().enumerate().map(|(at, axis)| AxisSeen {
        code: axis.code.clone(),
        name: match (at + 1 == axes.len(), actor.lang) {
            (true, Lang::En) => "Time".into(),
            _ => axis.name.clone(),
        },
        levels: axis.tree.level_names().to_vec(),
        time: at + 1 == axes.len(),
        organisation: scope == Some(at),
        composition: axis.composition,
        members: match within.cut_axis() == Some(at) {
            true => within.visible_nodes(at).count(),
            false => axis.tree.len(),
        },
    });
    Ok((opened.loaded.sequence(), seen.collect()))
}

/// The members of an axis within reach, in the order of its tree.
///
/// # Errors
/// `forbidden`, `not_found`, `axis_unknown`, `level_unknown`, `cursor_invalid`.
pub async fn members(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    axis: &str,
    asked: &MembersAsked,
    page: &Page,
) -> Result<Seen<Listed<MemberSeen>>, AppError> {
    let opened = opened(app, actor, plan).await?;
    let within = opened.within();
    let axes = within.plan.model().axes();
    let found = axes.iter().position(|known| known.code == axis);
    let axis = found.ok_or_else(|| AppError::not_found(axis))?;
    let tree = &axes[axis].tree;
    let after = match &page.after {
        None => None,
        Some(cursor) => Some(behind(&within, axis, cursor)?),
    };
    let parent = asked.parent.as_deref().filter(|parent| !parent.is_empty());
    let parent = parent
        .map(|parent| within.member(axis, parent))
        .transpose()?;
    let depth = match asked.level.as_deref().filter(|level| !level.is_empty()) {
        None => None,
        Some(level) => {
            let named = format!("{}.{level}", axes[axis].code);
            let found = within.plan.model().axis_level(&named);
            found
                .map_err(|error| AppError::invalid_by("level", &error))?
                .1
        }
    };
    let search = asked.search.as_deref().map(str::to_lowercase);
    let wanted = |node: &u32| {
        let matches = |text: &str| match &search {
            Some(search) => text.to_lowercase().contains(search),
            None => true,
        };
        after.is_none_or(|after| *node > after)
            && depth.is_none_or(|depth| tree.depth(*node) == depth)
            && within.sees_node(axis, *node)
            && (matches(tree.code(*node)) || matches(axes[axis].label(*node, actor.lang)))
    };
    let nodes: Vec<u32> = match parent {
        Some(parent) => tree
            .children(parent)
            .filter(wanted)
            .take(page.limit + 1)
            .collect(),
        None => {
            let all = 0..tree.len() as u32;
            all.filter(wanted).take(page.limit + 1).collect()
        }
    };
    let seen = nodes
        .into_iter()
        .map(|node| member(&within, axis, node, actor.lang));
    let listed = Listed::of(seen.collect(), page.limit, |member| member.code.clone());
    Ok((opened.loaded.sequence(), listed))
}

/// The node that a cursor names; a hidden one is no cursor of ours.
fn behind(within: &Within<'_>, axis: usize, cursor: &Cursor) -> Result<u32, AppError> {
    let node = within.plan.model().axes()[axis].tree.with_code(&cursor.0);
    let node = node.filter(|node| within.sees_node(axis, *node));
    node.ok_or_else(cursor_invalid)
}

pub(super) fn cursor_invalid() -> AppError {
    AppError::invalid(
        "cursor",
        "cursor_invalid",
        "cursor 无效，请从头读取",
        "this cursor does not belong to what is asked; begin anew",
    )
}

fn member(within: &Within<'_>, axis: usize, node: u32, lang: Lang) -> MemberSeen {
    let known = &within.plan.model().axes()[axis];
    let tree = &known.tree;
    let visible = |node: &u32| within.sees_node(axis, *node);
    let days = known.days_of(node).or_else(|| {
        let mut limited = tree.effective().iter();
        limited.find(|(at, _)| *at == node).map(|(_, days)| *days)
    });
    let day = |day: Date, open: Date| (day != open).then(|| day.to_string());
    MemberSeen {
        code: tree.code(node).to_owned(),
        name: known.label(node, lang).to_owned(),
        level: known.level_of(node).to_owned(),
        depth: tree.depth(node),
        parent: tree
            .parent(node)
            .filter(visible)
            .map(|node| tree.code(node).to_owned()),
        leaf: !tree.children(node).any(|node| visible(&node)),
        held_back: tree.kind(node) == NodeKind::HoldBack,
        from: days.and_then(|days| day(days.start, Date::MIN)),
        until: days.and_then(|days| day(days.end, Date::MAX)),
        closed: known.days_of(node).is_some() && within.plan.is_closed(node),
    }
}

/// The measures of a plan.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn measures(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
) -> Result<Seen<Vec<MeasureSeen>>, AppError> {
    let opened = opened(app, actor, plan).await?;
    let measures = &opened.loaded.plan().model().definition().measures;
    let seen = measures.iter().map(|measure| MeasureSeen {
        code: measure.code.clone(),
        name: measure.name.clone(),
        kind: kind(&measure.kind),
        unit: measure.unit.clone(),
        step: measure.step.format(1),
        role: match measure.role {
            MeasureRole::Target => "target",
            MeasureRole::Expense => "expense",
        },
    });
    Ok((opened.loaded.sequence(), seen.collect()))
}

/// A kind of measure by its stable name.
pub(super) fn kind(kind: &MeasureKind) -> &'static str {
    match kind {
        MeasureKind::Flow => "flow",
        MeasureKind::Level(_) => "level",
        MeasureKind::Ratio { .. } => "ratio",
    }
}

fn code_of(plan: &Plan, measure: usize) -> String {
    plan.model().definition().measures[measure].code.clone()
}

/// The layers that the role may see (rule L1).
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn layers(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
) -> Result<Seen<Vec<LayerSeen>>, AppError> {
    let opened = opened(app, actor, plan).await?;
    let within = opened.within();
    let rules = within.plan.layer_rules().iter();
    let seen = rules.filter(|rule| within.sees_layer(rule)).map(|rule| {
        let measure = within
            .plan
            .model()
            .measure_index(&rule.measure)
            .unwrap_or(0);
        let amount = match &rule.amount {
            LayerAmount::Amount(text) if !text.is_empty() => Some(text.clone()),
            _ => None,
        };
        LayerSeen {
            layer: rule.layer.code(),
            name: rule.layer.name(actor.lang).to_owned(),
            measure: code_of(within.plan, measure),
            level: rule.level.clone(),
            rate: match &rule.amount {
                LayerAmount::Rate(rate) => Some(rate.to_string()),
                LayerAmount::Amount(_) => None,
            },
            amount: amount.filter(|_| opened.reach == Reach::All),
            roles: rule.roles.clone(),
        }
    });
    Ok((opened.loaded.sequence(), seen.collect()))
}

/// A page of what stands in a fixed order within a version, by its place in that order.
pub(super) fn paged<T>(
    all: impl Iterator<Item = (usize, T)>,
    page: &Page,
) -> Result<Listed<T>, AppError> {
    let from = match &page.after {
        None => 0,
        Some(cursor) => cursor.0.parse::<usize>().map_err(|_| cursor_invalid())? + 1,
    };
    let found: Vec<(usize, T)> = all
        .skip_while(|(at, _)| *at < from)
        .take(page.limit + 1)
        .collect();
    Ok(Listed::of(found, page.limit, |(at, _)| at.to_string()).map(|(_, item)| item))
}

/// The holds within reach, in the order in which they were made.
///
/// # Errors
/// `forbidden`, `not_found`, `cursor_invalid`.
pub async fn holds(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    page: &Page,
) -> Result<Seen<Listed<HoldSeen>>, AppError> {
    let opened = opened(app, actor, plan).await?;
    let within = opened.within();
    let plan = within.plan;
    let holds = plan.holds().iter().enumerate();
    let seen = holds.filter(|(_, hold)| within.sees(&hold.place.0));
    let listed = paged(
        seen.map(|(at, hold)| {
            let seen = HoldSeen {
                measure: code_of(plan, hold.measure),
                at: plan.model().place_text(&hold.place),
                value: plan.step(hold.measure).format(hold.value),
                owner: hold.owner.clone(),
                reason: hold.reason.clone(),
                until: hold.until.map(|day| day.to_string()),
                operation: hold.operation,
            };
            (at, seen)
        }),
        page,
    )?;
    Ok((opened.loaded.sequence(), listed))
}

/// The floors and caps within reach.
///
/// # Errors
/// `forbidden`, `not_found`, `cursor_invalid`.
pub async fn limits(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    page: &Page,
) -> Result<Seen<Listed<LimitSeen>>, AppError> {
    let opened = opened(app, actor, plan).await?;
    let within = opened.within();
    let plan = within.plan;
    let limits = plan.limits().iter().enumerate();
    let seen = limits.filter(|(_, limit)| within.sees(&limit.place.0));
    let listed = paged(
        seen.map(|(at, limit)| {
            let text =
                |bound: Option<i64>| bound.map(|bound| plan.step(limit.measure).format(bound));
            let seen = LimitSeen {
                measure: code_of(plan, limit.measure),
                at: plan.model().place_text(&limit.place),
                floor: text(limit.floor),
                cap: text(limit.cap),
            };
            (at, seen)
        }),
        page,
    )?;
    Ok((opened.loaded.sequence(), listed))
}

/// Findings whose sentence is about their own place alone; others may name members beside it.
const OF_ITS_PLACE: [&str; 3] = [
    "fit_beyond_two_steps",
    "zero_basis_equal",
    "commitment_cost",
];

/// The warnings that came up on the way, as far as they are about what is within reach.
///
/// # Errors
/// `forbidden`, `not_found`, `cursor_invalid`.
pub async fn findings(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    page: &Page,
) -> Result<Seen<Listed<FindingSeen>>, AppError> {
    let opened = opened(app, actor, plan).await?;
    let within = opened.within();
    let about = |finding: &Finding| {
        opened.reach == Reach::All
            || (OF_ITS_PLACE.contains(&finding.code)
                && !finding.place.is_empty()
                && within
                    .plan
                    .place(&finding.place)
                    .is_ok_and(|place| within.sees(&place.0)))
    };
    let findings = within.plan.findings().iter().enumerate();
    let listed = paged(
        findings
            .filter(|(_, finding)| about(finding))
            .map(|(at, finding)| {
                let seen = FindingSeen {
                    severity: match finding.severity {
                        Severity::Error => "error",
                        Severity::Warning => "warning",
                        Severity::Note => "note",
                    },
                    code: finding.code,
                    message: finding.text(actor.lang),
                    at: finding.place.clone(),
                    operation: finding.operation,
                };
                (at, seen)
            }),
        page,
    )?;
    Ok((opened.loaded.sequence(), listed))
}
