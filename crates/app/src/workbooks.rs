//! A changed workbook comes back: exported, edited and current figures side by side. Must not know
//! HTTP.

use std::sync::Arc;

use fenjie_exchange::plan_file::operation_json;
use fenjie_exchange::workbook::{ImportedChanges, read_changes};
use fenjie_message::Message;
use fenjie_plan::Refusal;
use fenjie_store::PlanId;
use serde_json::Value as Json;

use crate::files::Received;
use crate::working::{AlongWith, Edit, Seen};
use crate::{Actor, Answer, App, AppError, Asked, Reach, Verb};

/// What a workbook would change.
#[derive(Clone, Debug, Default)]
pub struct WorkbookChanges {
    /// The plan's version that it was compared with.
    pub version: u64,
    /// Changed cells: sheet, cell, the operation, how many cells of the plan it changes.
    pub changes: Vec<WorkbookChange>,
    /// Cells changed both there and in the plan, differently.
    pub conflicts: Vec<WorkbookConflict>,
    /// Cells as they were.
    pub unchanged: usize,
}

/// A changed cell.
#[derive(Clone, Debug)]
pub struct WorkbookChange {
    /// The sheet.
    pub sheet: String,
    /// The cell.
    pub cell: String,
    /// What it comes to, as an entry of `[[do]]`.
    pub operation: Json,
    /// How many cells of the plan change.
    pub cells_changed: u64,
}

/// A cell that somebody has to decide about.
#[derive(Clone, Debug)]
pub struct WorkbookConflict {
    /// The sheet.
    pub sheet: String,
    /// The cell.
    pub cell: String,
    /// The place in the plan.
    pub at: String,
    /// The value when it was exported.
    pub exported: String,
    /// The value in the workbook.
    pub edited: String,
    /// The value in the plan now.
    pub current: String,
}

/// What a workbook would change; nothing is written.
///
/// # Errors
/// `forbidden`, `not_found`, those of the workbook with sheet and cell, those of the plan.
pub async fn preview(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    file: &Received,
) -> Result<WorkbookChanges, AppError> {
    read(app, actor, plan, file)
        .await
        .map(|(changes, _)| changes)
}

async fn read(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    file: &Received,
) -> Result<(WorkbookChanges, ImportedChanges), AppError> {
    let opened = app.open_plan(actor, plan, Verb::EditPlan).await?;
    if opened.reach != Reach::All {
        // A workbook holds the whole plan, and its totals prove it.
        return Err(AppError::Forbidden {
            verb: Verb::EditPlan,
        });
    }
    let path = file.path();
    let read = tokio::task::spawn_blocking(move || {
        let plan = opened.loaded.plan();
        let found = read_changes(&path, plan).map_err(AppError::refused)?;
        let mut after = plan.clone();
        let mut changes = Vec::new();
        for (operation, at) in found.operations.iter().zip(&found.cells) {
            let change = after.apply(operation.clone());
            let change =
                change.map_err(|refusal: Refusal| in_cell(&refusal, &at.sheet, &at.cell))?;
            changes.push(WorkbookChange {
                sheet: at.sheet.clone(),
                cell: at.cell.clone(),
                operation: operation_json(operation),
                cells_changed: change.cells_changed as u64,
            });
        }
        let conflicts = found.conflicts.iter().map(|conflict| {
            let step = plan.step(conflict.measure);
            WorkbookConflict {
                sheet: conflict.at.sheet.clone(),
                cell: conflict.at.cell.clone(),
                at: plan.model().place_text(&conflict.place),
                exported: step.format(conflict.exported),
                edited: step.format(conflict.edited),
                current: step.format(conflict.current),
            }
        });
        let told = WorkbookChanges {
            version: opened.loaded.sequence(),
            changes,
            conflicts: conflicts.collect(),
            unchanged: found.unchanged,
        };
        Ok::<_, AppError>((told, found))
    });
    read.await.map_err(AppError::internal)?
}

/// A refusal of the plan, with the cell it comes from.
fn in_cell(refusal: &Refusal, sheet: &str, cell: &str) -> AppError {
    let message: &dyn Message = &refusal.error;
    AppError::invalid(
        format!("{sheet}!{cell}"),
        message.code(),
        message.text(fenjie_message::Lang::Zh),
        message.text(fenjie_message::Lang::En),
    )
}

/// Applies what was changed in a workbook: all of it, or nothing where somebody has to decide.
///
/// # Errors
/// Those of [`preview`]; `workbook_conflicts`, `workbook_unchanged`, `version_stale`.
pub async fn apply(
    app: &App,
    asked: &Asked,
    plan: &PlanId,
    file: &Received,
    seen: u64,
    why: Option<String>,
    along: AlongWith,
) -> Result<Answer, AppError> {
    let (told, found) = read(app, &asked.actor, plan, file).await?;
    if !told.conflicts.is_empty() {
        let count = told.conflicts.len();
        return Err(AppError::conflict(
            "workbook_conflicts",
            format!("有 {count} 格在工作簿和方案里都改过，且改得不一样"),
            format!("{count} cells were changed in the workbook and in the plan, differently"),
        ));
    }
    if found.operations.is_empty() {
        return Err(AppError::conflict(
            "workbook_unchanged",
            "工作簿里没有改动",
            "nothing was changed in the workbook",
        ));
    }
    let edit = Edit {
        operations: found.operations,
        why,
        seen: Seen::At(seen),
        known: Vec::new(),
        action: "plan.workbook",
    };
    app.edit(asked, plan, Verb::EditPlan, edit, along).await
}
