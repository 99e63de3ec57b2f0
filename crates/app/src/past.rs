//! What became of a plan: how a cell came to its value, what differs between two versions or plans,
//! and whether everything adds up. Must not know HTTP or SQL.

use std::path::Path;
use std::sync::Arc;

use fenjie_exchange::log::lines::{open_definition, open_entry};
use fenjie_exchange::plan_file::operation_json;
use fenjie_message::Lang;
use fenjie_plan::{Difference, Operation, Plan, diff};
use fenjie_store::PlanId;
use fenjie_store::plans::PlanLine;
use serde_json::Value as Json;

use crate::operations::seen;
use crate::rhythm::version;
use crate::working::batch::heavy;
use crate::working::plan_folder;
use crate::{Actor, App, AppError, Reach, Verb};

/// How many differing cells are told.
pub const MOST_TOLD: usize = 500;

/// A change of one value.
#[derive(Clone, Debug)]
pub struct Past {
    /// The operation's number.
    pub sequence: u64,
    /// When.
    pub at: Option<String>,
    /// Who.
    pub who: Option<String>,
    /// Why.
    pub why: Option<String>,
    /// What, where the asker may know.
    pub operation: Option<Json>,
    /// The value after it.
    pub value: String,
}

/// How a place within reach came to its value.
///
/// # Errors
/// `not_found`; those of the address.
pub async fn history(
    app: &App,
    actor: &Arc<Actor>,
    id: &PlanId,
    measure: &str,
    at: &str,
) -> Result<(u64, Vec<Past>), AppError> {
    let opened = app.open_plan(actor, id, Verb::ReadPlan).await?;
    let (plan, reach) = (opened.loaded.plan(), &opened.reach);
    let model = plan.shared_model();
    let measure = model.measure_index(measure).map_err(AppError::refused)?;
    let place = plan.place(at).map_err(AppError::refused)?;
    if !reach.sees_members(|axis| &model.axes()[axis].tree, &place.0) {
        return Err(AppError::not_found(at));
    }
    let step = plan.step(measure);
    let version = opened.loaded.sequence();
    let origin = heavy(|| plan.explain(measure, &place)).map_err(AppError::refused)?;
    let reach = reach.clone();
    drop(opened.loaded);
    let mut past = Vec::with_capacity(origin.changes.len());
    for change in origin.changes {
        let number = change.operation as u64;
        let before = number.saturating_sub(1);
        let entry = crate::operations::lines(app, actor, id, before, 1)
            .await?
            .pop();
        let known = seen(&model, &reach, actor.role, &change.what);
        let entry = entry.filter(|_| known);
        past.push(Past {
            sequence: number,
            at: entry.as_ref().map(|entry| entry.at.clone()),
            who: entry.as_ref().and_then(|entry| entry.who.clone()),
            why: entry.as_ref().and_then(|entry| entry.why.clone()),
            operation: known.then(|| operation_json(&change.what)),
            value: step.format(change.after),
        });
    }
    Ok((version, past))
}

/// A cell that differs, in each plan's own writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differs {
    /// The measure, by code.
    pub measure: String,
    /// The place.
    pub at: String,
    /// Its value in the first; none where it is not there.
    pub before: Option<String>,
    /// Its value in the second.
    pub after: Option<String>,
}

/// What differs, as much of it as the asker sees in both.
#[derive(Clone, Debug)]
pub struct Differences {
    /// The cells, largest differences first, at most [`MOST_TOLD`].
    pub cells: Vec<Differs>,
    /// How many there are.
    pub count: u64,
    /// The totals by measure; only for who sees all of both.
    pub totals: Vec<Differs>,
}

/// What to compare a plan with.
#[derive(Clone, Debug)]
pub enum With {
    /// Itself, from one version to another.
    Versions {
        /// The first.
        from: u64,
        /// The second; the last one where missing.
        to: Option<u64>,
    },
    /// Another plan.
    Plan(PlanId),
}

/// What differs between two versions of a plan, or between it and another plan.
///
/// # Errors
/// `not_found`, `version_unknown`.
pub async fn differences(
    app: &App,
    actor: &Arc<Actor>,
    id: &PlanId,
    with: With,
) -> Result<Differences, AppError> {
    let opened = app.open_plan(actor, id, Verb::ReadPlan).await?;
    let (last, reach) = (opened.loaded.sequence(), opened.reach.clone());
    let compared = match with {
        With::Plan(other) => {
            let before = opened.loaded.plan().clone();
            drop(opened);
            let opened = app.open_plan(actor, &other, Verb::ReadPlan).await?;
            let after = opened.loaded.plan().clone();
            let theirs = opened.reach.clone();
            drop(opened);
            let work = move || cut(&before, &after, &reach, &theirs);
            tokio::task::spawn_blocking(work).await
        }
        With::Versions { from, to } => {
            drop(opened);
            let to = to.unwrap_or(last);
            if from > last || to > last {
                return Err(AppError::invalid(
                    if from > last { "from" } else { "to" },
                    "version_unknown",
                    format!("方案最新为第 {last} 版"),
                    format!("the plan's last version is {last}"),
                ));
            }
            let lines = first_lines(app, actor, id, from.max(to)).await?;
            let folder = plan_folder(app, &actor.organisation, id);
            let work = move || {
                let before = replayed(&folder, &lines, from)?;
                let after = replayed(&folder, &lines, to)?;
                Ok(cut(&before, &after, &reach, &reach))
            };
            return tokio::task::spawn_blocking(work)
                .await
                .map_err(AppError::internal)?;
        }
    };
    compared.map_err(AppError::internal)
}

/// The lines of a plan up to a version.
pub(crate) async fn first_lines(
    app: &App,
    actor: &Arc<Actor>,
    id: &PlanId,
    until: u64,
) -> Result<Vec<PlanLine>, AppError> {
    let mut unit = app.reading(actor).await?;
    let count = usize::try_from(until + 1).unwrap_or(usize::MAX);
    Ok(unit.tx.lines(&actor.organisation, id, 0, count).await?)
}

/// A plan as it was at a version.
fn replayed(folder: &Path, lines: &[PlanLine], version: u64) -> Result<Plan, AppError> {
    let first = lines
        .first()
        .ok_or_else(|| AppError::internal("a plan without lines"))?;
    let (header, definition) = open_definition(&first.line, folder).map_err(AppError::refused)?;
    let mut hash = header.hash;
    let mut operations: Vec<Operation> = Vec::new();
    for line in lines[1..].iter().filter(|line| line.sequence <= version) {
        let entry = open_entry(&line.line, line.sequence, &hash).map_err(AppError::refused)?;
        hash = entry.hash;
        operations.push(entry.operation);
    }
    Plan::replay(definition.definition, &operations).map_err(AppError::refused)
}

/// What differs within reach.
fn cut(before: &Plan, after: &Plan, reach: &Reach, theirs: &Reach) -> Differences {
    let found: Difference = diff(before, after);
    let sees = |plan: &Plan, reach: &Reach, address: &str| {
        let address = address.strip_prefix("carried, ").unwrap_or(address);
        let tree = |axis: usize| &plan.model().axes()[axis].tree;
        let place = plan.place(address);
        place.is_ok_and(|place| reach.sees_members(tree, &place.0))
    };
    let code = |plan: &Plan, code: &str| {
        let measures = &plan.model().definition().measures;
        measures.iter().position(|measure| measure.code == code)
    };
    let written = |plan: &Plan, measure: &str, value: Option<i64>| {
        Some(plan.step(code(plan, measure)?).format(value?))
    };
    let differs = |measure: &str, at: &str, old: Option<i64>, new: Option<i64>| Differs {
        measure: measure.to_owned(),
        at: at.to_owned(),
        before: written(before, measure, old),
        after: written(after, measure, new),
    };
    let all = *reach == Reach::All && *theirs == Reach::All;
    let seen = found.rows.iter().filter(|row| {
        let known =
            |plan, reach, value: Option<i64>| value.is_none() || sees(plan, reach, &row.address);
        all || (known(before, reach, row.before) && known(after, theirs, row.after))
    });
    let seen: Vec<_> = seen.collect();
    Differences {
        count: seen.len() as u64,
        cells: seen
            .iter()
            .take(MOST_TOLD)
            .map(|row| differs(&row.measure, &row.address, row.before, row.after))
            .collect(),
        totals: match all {
            true => found
                .totals
                .iter()
                .map(|(measure, old, new)| differs(measure, "", *old, *new))
                .collect(),
            false => Vec::new(),
        },
    }
}

/// A kind of check, and how it went.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Stable code.
    pub code: &'static str,
    /// What was checked, in the asker's language.
    pub what: &'static str,
    /// How many comparisons.
    pub counted: u64,
    /// How many failed.
    pub failed: u64,
    /// The failures, for who sees all of the plan.
    pub failures: Vec<String>,
}

/// Proves a plan: sums, holds, limits, and whatever else it promises.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn verification(
    app: &App,
    actor: &Arc<Actor>,
    id: &PlanId,
) -> Result<(u64, Vec<Checked>), AppError> {
    let opened = app.open_plan(actor, id, Verb::ReadPlan).await?;
    let version = opened.loaded.sequence();
    let (found, hash) = heavy(|| {
        let plan = opened.loaded.plan();
        (plan.verify(), plan.content_hash())
    });
    let (lang, reach) = (actor.lang, opened.reach.clone());
    let all = reach == Reach::All;
    drop(opened);
    let told = found.checks.into_iter().map(|check| Checked {
        code: check.code,
        what: lang.pick(check.zh, check.en),
        counted: check.counted,
        failed: check.failures.len() as u64,
        failures: match all {
            true => check
                .failures
                .iter()
                .map(|failure| {
                    format!("{}: {}", failure.place, lang.pick(&failure.zh, &failure.en))
                })
                .collect(),
            false => Vec::new(),
        },
    });
    let mut told: Vec<Checked> = told.collect();
    let lines = first_lines(app, actor, id, version).await?;
    let folder = plan_folder(app, &actor.organisation, id);
    let again = move || replayed(&folder, &lines, version).map(|plan| plan.content_hash());
    let again = tokio::task::spawn_blocking(again).await;
    let same = again.map_err(AppError::internal)?? == hash;
    told.push(Checked {
        code: "replay",
        what: lang.pick(
            "操作记录逐条校验，重新计算的结果与现在一致",
            "the log's hashes hold, and computing it anew gives what is there now",
        ),
        counted: version,
        failed: u64::from(!same),
        failures: Vec::new(),
    });
    told.push(published(app, actor, id, &reach).await?);
    Ok((version, told))
}

/// Whether every published version is still what was published: computed anew from its log.
async fn published(
    app: &App,
    actor: &Arc<Actor>,
    id: &PlanId,
    reach: &Reach,
) -> Result<Checked, AppError> {
    let lang = actor.lang;
    let proofs = version::prove(app, actor, id, None).await?;
    let broken: Vec<String> = proofs
        .iter()
        .filter(|proof| !proof.holds())
        .map(|proof| match lang {
            Lang::Zh => format!("第 {} 版", proof.number),
            Lang::En => format!("version {}", proof.number),
        })
        .collect();
    Ok(Checked {
        code: "versions",
        what: lang.pick(
            "已发布的各版从日志重新计算，与发布时一致",
            "every published version, computed anew from its log, is what was published",
        ),
        counted: proofs.len() as u64,
        failed: broken.len() as u64,
        failures: match reach {
            Reach::All => broken,
            _ => Vec::new(),
        },
    })
}
