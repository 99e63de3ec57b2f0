//! Plans: made from a plan file, listed, named, put away. The working plan itself is `working`'s.

use std::path::{Component, Path};

use fenjie_exchange::log::lines::{DirectoryParts, take_apart};
use fenjie_exchange::log::{PlanLog, Stamp};
use fenjie_store::plans::{PlanInput, PlanLine, PlanRecord, PlanStatus};
use fenjie_store::{Listed, Page, PlanId};
use serde_json::{Value as Json, json};

use crate::{AppError, Unit, Verb};

/// A plan to be made: a plan file and the files it names.
#[derive(Clone, Debug)]
pub struct NewPlan {
    /// What people call it; the plan file's own name where missing.
    pub name: Option<String>,
    /// The dimension that is the organisation tree; the first one where missing.
    pub scope_axis: Option<String>,
    /// The plan file's text.
    pub text: String,
    /// The files that it names, by the path it writes.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Makes a plan. What a plan file names has to come with it: nothing of the server's disk is read.
///
/// # Errors
/// Those of the plan file; `file_name_invalid`.
pub async fn create(unit: &mut Unit, new: NewPlan) -> Result<PlanRecord, AppError> {
    unit.actor.may(Verb::ManagePlan)?;
    let at = unit.now.to_string();
    let who = unit.actor.name.clone();
    let name = new.name.clone();
    let wanted_axis = new.scope_axis.clone();
    let made = tokio::task::spawn_blocking(move || directory_of(&new, &at, &who));
    let (parts, title, first_axis) = made.await.map_err(AppError::internal)??;
    let last = parts
        .lines
        .last()
        .ok_or_else(|| AppError::internal("a plan without lines"))?;
    let plan = PlanRecord {
        id: PlanId::of(unit.app.bits()),
        organisation: unit.organisation(),
        name: name.unwrap_or(title),
        scope_axis: wanted_axis.or(first_axis),
        branched_from: None,
        status: PlanStatus::Draft,
        last_sequence: last.sequence,
        last_hash: last.hash.clone(),
        revision: 1,
        created_by: unit.actor.user.clone(),
        created_at: unit.now,
        archived_at: None,
    };
    let lines: Vec<PlanLine> = parts
        .lines
        .into_iter()
        .map(|line| PlanLine {
            sequence: line.sequence,
            line: line.line,
            hash: line.hash,
            user: Some(unit.actor.user.clone()),
            at: unit.now,
        })
        .collect();
    let inputs: Vec<PlanInput> = parts
        .inputs
        .into_iter()
        .map(|(stored, (sha256, bytes))| PlanInput {
            stored,
            sha256,
            bytes,
        })
        .collect();
    unit.tx.add_plan(&plan, &lines, &inputs).await?;
    unit.record(
        "plan.create",
        &plan.id,
        Json::Null,
        json!({ "name": plan.name }),
    );
    Ok(plan)
}

/// The parts of a plan directory, the plan's title and its first dimension.
type Made = (DirectoryParts, String, Option<String>);

fn directory_of(new: &NewPlan, at: &str, who: &str) -> Result<Made, AppError> {
    let folder = tempfile::tempdir().map_err(AppError::internal)?;
    let from = folder.path().join("from");
    std::fs::create_dir(&from).map_err(AppError::internal)?;
    for (name, bytes) in &new.files {
        let inside = Path::new(name)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if name.is_empty() || !inside {
            return Err(AppError::invalid(
                "files",
                "file_name_invalid",
                format!("文件名 `{name}` 须为相对路径，且不含 `..`"),
                format!("the file name `{name}` has to be relative, without `..`"),
            ));
        }
        let path = from.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(AppError::internal)?;
        }
        std::fs::write(&path, bytes).map_err(AppError::internal)?;
    }
    let file = from.join("plan.toml");
    std::fs::write(&file, &new.text).map_err(AppError::internal)?;
    let directory = folder.path().join("plan");
    let stamp = Stamp {
        at,
        who: Some(who),
        why: None,
    };
    let log = PlanLog::create(&directory, &file, &stamp).map_err(AppError::refused)?;
    let definition = &log.definition().definition;
    let title = definition.name.clone();
    let first = definition
        .dimensions
        .first()
        .map(|dimension| dimension.tree.axis().to_owned());
    Ok((
        take_apart(&directory).map_err(AppError::refused)?,
        title,
        first,
    ))
}

/// The plans of the organisation.
///
/// # Errors
/// `forbidden`; what the store refuses.
pub async fn list(unit: &mut Unit, page: &Page) -> Result<Listed<PlanRecord>, AppError> {
    unit.actor.may(Verb::ReadPlan)?;
    let organisation = unit.organisation();
    Ok(unit.tx.plans(&organisation, page).await?)
}

/// A plan of the organisation.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn get(unit: &mut Unit, id: &PlanId) -> Result<PlanRecord, AppError> {
    unit.actor.may(Verb::ReadPlan)?;
    let organisation = unit.organisation();
    let found = unit.tx.plan(&organisation, id).await?;
    found.ok_or_else(|| AppError::not_found(id.to_string()))
}
