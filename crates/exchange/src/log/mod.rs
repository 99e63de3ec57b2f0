//! Plan directories: a definition, its inputs by content, and a log of operations in which every line
//! carries the hash of all before it. Must not know what operations do.

pub mod chain;
mod create;
mod entry;
mod error;
mod file;
pub mod lines;
mod store;

use std::path::{Path, PathBuf};

use fenjie_plan::Operation;

pub use entry::{LogEntry, LogHeader, Stamp, StoredInput};
pub use error::LogError;
pub use store::PlanLog;

use crate::plan_file::{self, FilePlace, LoadedPlan, OperationOrigin};

/// The name of the log in its directory.
pub const LOG_FILE: &str = "log.jsonl";

/// A plan from a plan file or from a plan directory.
#[derive(Clone, Debug)]
pub struct OpenPlan {
    /// The plan; the operations of a directory are all of its log, undone ones and undos too, so
    /// that operation `n` (from 1) is line `n` after the definition.
    pub plan: LoadedPlan,
    /// The log, where it is a directory.
    pub log: Option<PlanLog>,
}

/// Opens a plan file or a plan directory, whichever the path is.
///
/// # Errors
/// [`LogError`]; faults of a plan file come as [`LogError::Plan`].
pub fn load_any(path: &Path) -> Result<OpenPlan, LogError> {
    if !path.is_dir() {
        return Ok(OpenPlan {
            plan: plan_file::load(path)?,
            log: None,
        });
    }
    let log = PlanLog::open(path)?;
    let mut plan = log.definition().clone();
    plan.notes.extend(log.notes().iter().cloned());
    for entry in log.entries() {
        plan.operations.push(entry.operation.clone());
        plan.origins.push(OperationOrigin {
            place: Some(FilePlace {
                file: LOG_FILE.into(),
                line: entry.sequence as usize + 1,
                column: 1,
            }),
            who: entry.who.clone(),
            why: entry.why.clone(),
        });
    }
    Ok(OpenPlan {
        plan,
        log: Some(log),
    })
}

/// The operations that no later undo takes out of effect, in their order, without the undos.
///
/// Operation `n` is number `n + 1`, as [`Operation::Undo`] counts; an undo that is itself undone
/// brings its operation back.
///
/// ```
/// use fenjie_exchange::log::effective_operations;
/// use fenjie_plan::{Address, Operation};
/// let release = |at: &str| Operation::Release {
///     measure: "sales".into(),
///     at: Address::parse(at).unwrap(),
/// };
/// let mut log = vec![release("region=A"), release("region=B"), Operation::Undo { sequence: 1 }];
/// assert_eq!(effective_operations(&log), [release("region=B")]);
/// log.push(Operation::Undo { sequence: 3 });
/// assert_eq!(effective_operations(&log).len(), 2);
/// ```
pub fn effective_operations(operations: &[Operation]) -> Vec<Operation> {
    let in_effect = in_effect(operations);
    let kept = operations.iter().zip(in_effect);
    kept.filter(|(operation, kept)| *kept && !matches!(operation, Operation::Undo { .. }))
        .map(|(operation, _)| operation.clone())
        .collect()
}

/// Of each operation, undos too, whether no later undo in effect names it.
fn in_effect(operations: &[Operation]) -> Vec<bool> {
    let mut in_effect = vec![true; operations.len()];
    for at in (0..operations.len()).rev() {
        if let (true, Operation::Undo { sequence }) = (in_effect[at], &operations[at]) {
            let target = usize::try_from(*sequence)
                .ok()
                .and_then(|number| number.checked_sub(1));
            if let Some(target) = target.filter(|target| *target < at) {
                in_effect[target] = false;
            }
        }
    }
    in_effect
}

fn log_path(directory: &Path) -> PathBuf {
    directory.join(LOG_FILE)
}
