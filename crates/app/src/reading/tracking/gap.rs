//! What a gap is made of, how a period went day by day, and what business it is made of, within reach
//! (rules T5, D10).

use std::sync::Arc;

use fenjie_calendar::Level;
use fenjie_store::PlanId;
use fenjie_track::{Bridge, BridgeBy, BridgeOf, BridgeRequest, BurnUp, Composition, composition};

use super::words::{members_at, ratio};
use super::{Ground, TrackAsked, ground, time_depth};
use crate::{Actor, App, AppError};

/// A gap and its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgeSeen {
    /// The plan's version.
    pub version: u64,
    /// The members.
    pub at: String,
    /// The period's code.
    pub period: String,
    /// What it is taken apart by.
    pub by: String,
    /// The target due.
    pub target: String,
    /// The actual.
    pub actual: String,
    /// Target − actual.
    pub gap: String,
    /// The parts; their gaps sum to the gap.
    pub parts: Vec<BridgePartSeen>,
}

/// One part of a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgePartSeen {
    /// Its code; none for what is no member or period.
    pub code: Option<String>,
    /// What people call it.
    pub name: String,
    /// Its target.
    pub target: String,
    /// Its actual.
    pub actual: String,
    /// What it adds to the gap.
    pub gap: String,
}

/// Takes the gap of a place apart: by an axis, `weeks`, `days`, or `price`.
///
/// # Errors
/// `bridge_by_unknown`; `not_found` where a part is not within reach; those of tracking.
pub async fn bridge(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    asked: TrackAsked,
) -> Result<BridgeSeen, AppError> {
    let (at, by) = (asked.at.clone(), asked.by.clone());
    ground(app, actor, plan, &asked, move |ground| {
        let taken = ground.taken_apart(at.as_deref(), by.as_deref())?;
        Ok(ground.bridge_seen(&taken.bridge, &taken.members, taken.by))
    })
    .await
}

fn bridge_by(
    ground: &Ground,
    members: &[u32],
    by: Option<&str>,
) -> Result<(BridgeBy, String), AppError> {
    let axes = ground.plan().model().axes();
    let open = |axis: &usize| !axes[*axis].tree.is_leaf(members[*axis]);
    let unknown = |text: &str| {
        AppError::invalid(
            "by",
            "bridge_by_unknown",
            format!("不能按 `{text}` 分解差额；可用维度代码、weeks、days、price"),
            format!("a gap is not taken apart by `{text}`; say an axis, weeks, days or price"),
        )
    };
    let by_level = |level: Level| time_depth(ground.plan(), level).map(BridgeBy::Periods);
    let wanted = by.map(str::trim).filter(|by| !by.is_empty());
    let found = match wanted {
        None => (0..ground.time()).find(open).map(BridgeBy::Axis),
        Some("days") => by_level(Level::Day),
        Some("weeks") => by_level(Level::Piece).or_else(|| by_level(Level::Week)),
        Some("price") => pieces(ground).map(BridgeBy::PriceVolume),
        Some(code) => {
            let mut axes = axes[..ground.time()].iter();
            let axis = axes.position(|axis| axis.code == code);
            axis.filter(open).map(BridgeBy::Axis)
        }
    };
    let by = found.ok_or_else(|| unknown(wanted.unwrap_or("member")))?;
    if let BridgeBy::Axis(axis) = by {
        let within = ground.within();
        let mut parts = axes[axis].tree.children(members[axis]);
        if !parts.all(|node| within.sees_node(axis, node)) {
            return Err(unknown(&axes[axis].code));
        }
    }
    let name = match (&by, wanted) {
        (BridgeBy::Axis(axis), _) => axes[*axis].code.clone(),
        (_, wanted) => wanted.unwrap_or_default().to_owned(),
    };
    Ok((by, name))
}

/// The flow that counts pieces: the first one besides the measure that is no money.
fn pieces(ground: &Ground) -> Option<usize> {
    let measures = &ground.plan().model().definition().measures;
    let own = &measures[ground.measure];
    let mut known = measures.iter();
    known.position(|other| other.is_flow() && other.code != own.code && other.unit != own.unit)
}

/// A gap taken apart.
pub(super) struct Taken {
    pub bridge: Bridge,
    /// Whose.
    pub members: Vec<u32>,
    /// By what.
    pub by: String,
}

impl Ground {
    /// Takes the gap of a place apart.
    pub(super) fn taken_apart(
        &self,
        at: Option<&str>,
        by: Option<&str>,
    ) -> Result<Taken, AppError> {
        let members = self.members(at)?;
        let (by, name) = bridge_by(self, &members, by)?;
        let mut measures = vec![self.measure];
        let mut depths = self.own_depths(&members);
        match by {
            BridgeBy::Axis(axis) => depths[axis] += 1,
            BridgeBy::PriceVolume(pieces) => measures.push(pieces),
            BridgeBy::Periods(_) => {}
        }
        let actuals = self.results_of(measures, depths, &members, self.days())?;
        let request = BridgeRequest {
            measure: self.measure,
            members: members.clone(),
            period: self.period,
            as_of: self.as_of,
            by,
        };
        let bridge = Bridge::new(self.plan(), &actuals, &request).map_err(AppError::refused)?;
        Ok(Taken {
            bridge,
            members,
            by: name,
        })
    }

    fn bridge_seen(&self, bridge: &Bridge, members: &[u32], by: String) -> BridgeSeen {
        let amount = |steps: i64| self.amount(steps);
        let axes = self.plan().model().axes();
        let lang = self.opened.actor.lang;
        let parts = bridge.parts.iter().map(|part| BridgePartSeen {
            code: match part.of {
                BridgeOf::Node { axis, node } if (node as usize) < axes[axis].tree.len() => {
                    Some(axes[axis].tree.code(node).to_owned())
                }
                _ => None,
            },
            name: part.label(self.plan(), lang),
            target: amount(part.target),
            actual: amount(part.actual),
            gap: amount(part.gap),
        });
        BridgeSeen {
            version: self.opened.loaded.sequence(),
            at: members_at(self.plan(), members),
            period: self.period_code(),
            by,
            target: amount(bridge.target),
            actual: amount(bridge.actual),
            gap: amount(bridge.gap),
            parts: parts.collect(),
        }
    }
}

/// A period day by day, added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BurnUpSeen {
    /// The plan's version.
    pub version: u64,
    /// The members.
    pub at: String,
    /// The period's code.
    pub period: String,
    /// The day looked from.
    pub as_of: String,
    /// The days.
    pub days: Vec<String>,
    /// The base target through each day.
    pub base: Vec<String>,
    /// The working target through each day.
    pub working: Vec<String>,
    /// What was sold through each day gone.
    pub actual: Vec<String>,
    /// What is due by the day looked from.
    pub expected: String,
    /// Where it goes from there: day, low, middle, high.
    pub projection: Vec<(String, String, String, String)>,
}

/// A place's period day by day.
///
/// # Errors
/// `track_no_days`, those of places.
pub async fn burn_up(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    asked: TrackAsked,
) -> Result<BurnUpSeen, AppError> {
    let at = asked.at.clone();
    ground(app, actor, plan, &asked, move |ground| {
        let (members, made) = ground.course(at.as_deref())?;
        let plan = ground.plan();
        let amounts = |steps: &[i64]| steps.iter().map(|steps| ground.amount(*steps)).collect();
        let points = made.projection.iter().map(|point| {
            let amount = |steps: i64| ground.amount(steps);
            let day = point.day.to_string();
            (
                day,
                amount(point.low),
                amount(point.middle),
                amount(point.high),
            )
        });
        Ok(BurnUpSeen {
            version: ground.opened.loaded.sequence(),
            at: members_at(plan, &members),
            period: ground.period_code(),
            as_of: made.as_of.to_string(),
            days: made.days.iter().map(|day| day.to_string()).collect(),
            base: amounts(&made.base),
            working: amounts(&made.working),
            actual: amounts(&made.actual),
            expected: ground.amount(made.expected),
            projection: points.collect(),
        })
    })
    .await
}

/// What business a result is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompositionSeen {
    /// The axis's code.
    pub axis: String,
    /// What people call it.
    pub name: String,
    /// The target of all its parts.
    pub target: String,
    /// The result of all its parts.
    pub actual: String,
    /// The parts.
    pub rows: Vec<CompositionRowSeen>,
}

/// One part of a composition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompositionRowSeen {
    /// Its code; none for what nobody knows.
    pub code: Option<String>,
    /// What people call it.
    pub name: String,
    /// Its target.
    pub target: String,
    /// Its result.
    pub actual: String,
    /// Its share of the target.
    pub target_share: Option<String>,
    /// Its share of the result.
    pub actual_share: Option<String>,
}

/// The compositions of a place's result: by every axis whose shares are stated, or by the one named.
///
/// # Errors
/// `axis_unknown`, those of places.
pub async fn compositions(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    asked: TrackAsked,
) -> Result<(u64, Vec<CompositionSeen>), AppError> {
    let (at, by) = (asked.at.clone(), asked.by.clone());
    ground(app, actor, plan, &asked, move |ground| {
        let (_, mixes) = ground.mixes(at.as_deref(), by.as_deref())?;
        let seen = mixes.iter().map(|mix| ground.composition_seen(mix));
        Ok((ground.opened.loaded.sequence(), seen.collect()))
    })
    .await
}

impl Ground {
    /// A place's period day by day.
    pub(super) fn course(&self, at: Option<&str>) -> Result<(Vec<u32>, BurnUp), AppError> {
        let members = self.members(at)?;
        let actuals = self.results(self.own_depths(&members), &members)?;
        let (plan, measure, as_of) = (self.plan(), self.measure, self.as_of);
        let made = fenjie_track::burn_up(plan, &actuals, measure, &members, self.period, as_of);
        Ok((members, made.map_err(AppError::refused)?))
    }

    /// What a place's result is made of, by each axis with stated shares, or by the one named.
    pub(super) fn mixes(
        &self,
        at: Option<&str>,
        by: Option<&str>,
    ) -> Result<(Vec<u32>, Vec<Composition>), AppError> {
        let members = self.members(at)?;
        let (plan, time, within) = (self.plan(), self.time(), self.within());
        let axes = &plan.model().axes()[..time];
        let wanted = by.map(str::trim).filter(|by| !by.is_empty());
        let chosen: Vec<usize> = match wanted {
            Some(code) => {
                let found = plan.model().axis_level(code);
                let (axis, _) = found.map_err(|error| AppError::invalid_by("by", &error))?;
                vec![axis]
            }
            None => (0..time).filter(|axis| axes[*axis].composition).collect(),
        };
        let open = |axis: &usize| {
            let node = members.get(*axis).copied();
            node.is_some_and(|node| {
                let mut parts = axes[*axis].tree.children(node).peekable();
                parts.peek().is_some() && parts.all(|part| within.sees_node(*axis, part))
            })
        };
        let mut seen = Vec::new();
        for axis in chosen.into_iter().filter(open) {
            let mut depths = self.own_depths(&members);
            depths[axis] += 1;
            let actuals = self.results(depths, &members)?;
            let made = composition(plan, &actuals, self.measure, axis, &members, self.period);
            seen.push(made.map_err(AppError::refused)?);
        }
        Ok((members, seen))
    }

    fn composition_seen(&self, made: &Composition) -> CompositionSeen {
        let axis = &self.plan().model().axes()[made.axis];
        let lang = self.opened.actor.lang;
        let known = |node: u32| (node as usize) < axis.tree.len();
        let rows = made.rows.iter().map(|row| CompositionRowSeen {
            code: known(row.node).then(|| axis.tree.code(row.node).to_owned()),
            name: match known(row.node) {
                true => axis.label(row.node, lang).to_owned(),
                false => lang.pick("未归属", "unassigned").to_owned(),
            },
            target: self.amount(row.target),
            actual: self.amount(row.actual),
            target_share: row.target_share.map(ratio),
            actual_share: row.actual_share.map(ratio),
        });
        CompositionSeen {
            axis: axis.code.clone(),
            name: axis.name.clone(),
            target: self.amount(made.target),
            actual: self.amount(made.actual),
            rows: rows.collect(),
        }
    }
}
