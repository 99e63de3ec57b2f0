//! The sales lines behind a figure, within reach. Must not know HTTP.

use std::sync::Arc;

use fenjie_facts::{FactsError, LineFilter, SalesLine, Store as Facts};
use fenjie_plan::Plan;
use fenjie_store::PlanId;
use fenjie_track::UNASSIGNED;

use crate::working::plan_folder;
use crate::{Actor, App, AppError, Reach, Verb};

/// The most lines of one answer.
pub const MOST_LINES: usize = 1_000;

/// Which lines somebody wants.
#[derive(Clone, Debug, Default)]
pub struct AskedLines {
    /// An address such as `org=S1, month=2026-03`; `org=未归属` for unknown members.
    pub at: String,
    /// The last day that counts.
    pub until: Option<jiff::civil::Date>,
    /// How many at most.
    pub limit: usize,
}

/// Lines that were found, with what they are read with.
#[derive(Clone, Debug, Default)]
pub struct LinesBehind {
    /// The lines.
    pub lines: Vec<SalesLine>,
    /// How many there are.
    pub count: u64,
    /// The codes of the dimensions, in their order.
    pub dimensions: Vec<String>,
    /// Codes and steps of the measures, in their order.
    pub measures: Vec<(String, fenjie_money::Step)>,
}

/// The lines behind a figure, as much of them as the asker sees.
///
/// # Errors
/// `forbidden`, `not_found`, addresses nobody understands, those of the facts.
pub async fn lines_behind(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    asked: AskedLines,
) -> Result<LinesBehind, AppError> {
    let opened = app.open_plan(actor, plan, Verb::ReadActuals).await?;
    let folder = plan_folder(app, &actor.organisation, plan);
    let read = tokio::task::spawn_blocking(move || {
        let plan = opened.loaded.plan();
        // An address of nobody would be answered with the names that come near it.
        let filter = filter(plan, &asked).map_err(|error| match opened.reach {
            Reach::All => error,
            _ => AppError::not_found(asked.at.chars().take(80).collect::<String>()),
        })?;
        let facts = Facts::open(&folder).map_err(AppError::refused)?;
        let limit = asked.limit.clamp(1, MOST_LINES);
        let (lines, count) = within(&facts, plan, &filter, limit, &opened.reach)?;
        let definition = plan.model().definition();
        Ok(LinesBehind {
            lines,
            count,
            dimensions: definition
                .dimensions
                .iter()
                .map(|dimension| dimension.code.clone())
                .collect(),
            measures: definition
                .measures
                .iter()
                .map(|measure| (measure.code.clone(), measure.step))
                .collect(),
        })
    });
    read.await.map_err(AppError::internal)?
}

/// What an address asks for.
fn filter(plan: &Plan, asked: &AskedLines) -> Result<LineFilter, AppError> {
    let axes = plan.model().axes();
    let mut unassigned = vec![false; axes.len() - 1];
    let mut rest = Vec::new();
    let parts = asked.at.split([',', '，']).map(str::trim);
    for part in parts.filter(|part| !part.is_empty()) {
        let said = part
            .split_once('=')
            .map(|(axis, member)| (axis.trim(), member.trim()));
        let axis = said.filter(|(_, member)| matches!(*member, "未归属" | "unassigned"));
        let axis = axis.and_then(|(code, _)| {
            axes[..axes.len() - 1]
                .iter()
                .position(|axis| axis.code == code || axis.name == code)
        });
        match axis {
            Some(axis) => unassigned[axis] = true,
            None => rest.push(part),
        }
    }
    let place = match rest.join(", ").as_str() {
        "" | "*" => vec![0; axes.len()],
        address => plan.place(address).map_err(AppError::refused)?.0,
    };
    let time = place[axes.len() - 1];
    let members = place[..axes.len() - 1].iter().zip(&unassigned);
    Ok(LineFilter {
        within: members
            .map(|(&node, unknown)| if *unknown { UNASSIGNED } else { node })
            .collect(),
        periods: if time == 0 { Vec::new() } else { vec![time] },
        until: asked.until,
    })
}

/// The lines of a filter that are within reach: of each node reached, its own.
fn within(
    facts: &Facts,
    plan: &Plan,
    filter: &LineFilter,
    limit: usize,
    reach: &Reach,
) -> Result<(Vec<SalesLine>, u64), AppError> {
    let refused = |error: FactsError| AppError::refused(error);
    let Reach::Nodes { axis, nodes } = reach else {
        let found = facts.lines(plan, filter, limit).map_err(refused)?;
        return Ok((found.lines, found.count));
    };
    let tree = &plan.model().axes()[*axis].tree;
    let wanted = filter.within[*axis];
    if wanted == UNASSIGNED {
        // A line without a known member is nobody's.
        return Ok((Vec::new(), 0));
    }
    let mut parts: Vec<(u32, bool)> = Vec::new();
    for reached in nodes {
        if reached.below && tree.contains(reached.node, wanted) {
            parts = vec![(wanted, true)];
            break;
        }
        if tree.contains(wanted, reached.node) {
            parts.push((reached.node, reached.below || tree.is_leaf(reached.node)));
        }
    }
    let whole: Vec<u32> = parts
        .iter()
        .filter(|part| part.1)
        .map(|part| part.0)
        .collect();
    parts.retain(|(node, _)| {
        !whole
            .iter()
            .any(|above| above != node && tree.contains(*above, *node))
    });
    let (mut lines, mut count) = (Vec::new(), 0);
    for (node, below) in parts {
        let mut own = filter.clone();
        own.within[*axis] = node;
        let most = if below { limit } else { MOST_LINES };
        let found = facts.lines(plan, &own, most).map_err(refused)?;
        match below {
            true => {
                count += found.count;
                lines.extend(found.lines);
            }
            false => {
                let code = tree.code(node);
                let theirs = found.lines.into_iter();
                let theirs: Vec<SalesLine> =
                    theirs.filter(|line| line.members[*axis] == code).collect();
                count += theirs.len() as u64;
                lines.extend(theirs);
            }
        }
    }
    lines.sort_by_key(|line| (line.date, line.import, line.source_row));
    lines.truncate(limit);
    Ok((lines, count))
}
