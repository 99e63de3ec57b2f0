//! Computes a plan from its kept lines and files. Must not know who asks.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use fenjie_exchange::log::LogEntry;
use fenjie_exchange::log::lines::{open_definition, open_entry};
use fenjie_exchange::plan_file::LoadedPlan;
use fenjie_plan::{Operation, Plan};
use fenjie_store::plans::{PlanInput, PlanLine, PlanRecord};
use fenjie_store::{OrganisationId, PlanId, Transaction};

use super::Loaded;
use super::state::Recent;
use crate::{App, AppError};

/// How many lines are read at once.
const LINES_AT_ONCE: usize = 5_000;
/// Of how many operations it is found out what they touched.
const ONE_BY_ONE: usize = 200;

/// Where a plan's files and segments lie.
pub fn plan_folder(app: &App, organisation: &OrganisationId, plan: &PlanId) -> PathBuf {
    app.folder()
        .join("plans")
        .join(organisation.as_str())
        .join(plan.as_str())
}

/// A plan computed from its log.
pub(super) struct Computed {
    pub definition: LoadedPlan,
    pub plan: Plan,
    pub sequence: u64,
    pub hash: String,
    pub recent: VecDeque<Recent>,
}

/// All lines of a plan as the records have them now.
pub(super) async fn compute(
    app: &App,
    tx: &mut dyn Transaction,
    record: &PlanRecord,
) -> Result<Computed, AppError> {
    let (organisation, id) = (&record.organisation, &record.id);
    let mut lines: Vec<PlanLine> = Vec::new();
    loop {
        let some = tx
            .lines(organisation, id, lines.len() as u64, LINES_AT_ONCE)
            .await?;
        let more = some.len() == LINES_AT_ONCE;
        lines.extend(some);
        if !more {
            break;
        }
    }
    let inputs = tx.inputs(organisation, id).await?;
    let folder = plan_folder(app, organisation, id);
    let computed = tokio::task::spawn_blocking(move || replay(&folder, &lines, &inputs));
    computed.await.map_err(AppError::internal)?
}

fn replay(folder: &Path, lines: &[PlanLine], inputs: &[PlanInput]) -> Result<Computed, AppError> {
    put_inputs(folder, inputs).map_err(AppError::internal)?;
    let first = lines
        .first()
        .ok_or_else(|| AppError::internal("a plan without lines"))?;
    let (header, definition) = open_definition(&first.line, folder).map_err(AppError::refused)?;
    let mut hash = header.hash;
    let mut entries: Vec<LogEntry> = Vec::with_capacity(lines.len());
    for line in &lines[1..] {
        let entry = open_entry(&line.line, line.sequence, &hash).map_err(AppError::refused)?;
        hash.clone_from(&entry.hash);
        entries.push(entry);
    }
    // The last operations one by one: what each touched is remembered for those who saw the plan
    // before it. An undo computes the plan anew, so it ends what is gone through like this.
    let is_undo = |entry: &LogEntry| matches!(entry.operation, Operation::Undo { .. });
    let after_undo = entries.iter().rposition(is_undo).map_or(0, |at| at + 1);
    let first = after_undo.max(entries.len().saturating_sub(ONE_BY_ONE));
    let operations: Vec<Operation> = entries[..first]
        .iter()
        .map(|entry| entry.operation.clone())
        .collect();
    let mut plan =
        Plan::replay(definition.definition.clone(), &operations).map_err(AppError::refused)?;
    let mut recent = VecDeque::new();
    for entry in entries.drain(first..) {
        let change = plan.apply(entry.operation.clone());
        let footprint = change.map_err(AppError::refused)?.footprint;
        recent.push_back(Recent { entry, footprint });
    }
    Ok(Computed {
        definition,
        plan,
        sequence: lines.len() as u64 - 1,
        hash,
        recent,
    })
}

/// Puts a plan's files where its definition looks for them, each whole or not at all.
fn put_inputs(folder: &Path, inputs: &[PlanInput]) -> std::io::Result<()> {
    for input in inputs {
        let path = folder.join(&input.stored);
        if path.is_file() {
            continue;
        }
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent)?;
        let mut part = tempfile::NamedTempFile::new_in(parent)?;
        std::io::Write::write_all(&mut part, &input.bytes)?;
        part.as_file().sync_all()?;
        part.persist(&path).map_err(|error| error.error)?;
    }
    Ok(())
}

/// A plan as it was at an operation of its log.
pub(crate) async fn compute_until(
    app: &App,
    record: &PlanRecord,
    sequence: u64,
) -> Result<Loaded, AppError> {
    let mut tx = app.store().read().await?;
    let (organisation, id) = (&record.organisation, &record.id);
    let mut lines: Vec<PlanLine> = Vec::new();
    while lines.len() as u64 <= sequence {
        let missing = sequence + 1 - lines.len() as u64;
        let limit = LINES_AT_ONCE.min(usize::try_from(missing).unwrap_or(LINES_AT_ONCE));
        let some = tx
            .lines(organisation, id, lines.len() as u64, limit)
            .await?;
        if some.is_empty() {
            return Err(AppError::internal("a plan's log ends before its version"));
        }
        lines.extend(some);
    }
    let inputs = tx.inputs(organisation, id).await?;
    drop(tx);
    let folder = plan_folder(app, organisation, id);
    let computed = tokio::task::spawn_blocking(move || replay(&folder, &lines, &inputs));
    let mut loaded = Loaded::default();
    loaded.fill(computed.await.map_err(AppError::internal)??);
    Ok(loaded)
}
