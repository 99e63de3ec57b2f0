//! Plans: made from a plan file, listed, named, put away. The working plan itself is `working`'s.

use std::collections::BTreeMap;
use std::path::{Component, Path};
use std::sync::Arc;

use fenjie_exchange::log::lines::{DirectoryParts, take_apart};
use fenjie_exchange::log::{PlanLog, Stamp};
use fenjie_plan::{Operation, Plan};
use fenjie_store::people::Scope;
use fenjie_store::plans::{PlanInput, PlanLine, PlanRecord, PlanStatus};
use fenjie_store::{Listed, Page, PlanId};
use serde_json::{Value as Json, json};

use crate::{Actor, App, AppError, Reach, Unit, Verb};

/// The longest name of a plan, in characters.
pub const LONGEST_NAME: usize = 100;
/// The longest name of a file, in bytes.
const LONGEST_FILE_NAME: usize = 255;

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

/// A plan that was read and computed, ready to be added.
#[derive(Clone, Debug)]
pub struct Prepared {
    name: String,
    scope_axis: Option<String>,
    parts: Arc<DirectoryParts>,
}

/// Reads and computes a plan, which may take a while: nothing is held meanwhile. What a plan file
/// names has to come with it: nothing of the server's disk is read.
///
/// # Errors
/// `forbidden`, those of the plan file and its operations; `name_length`, `file_name_invalid`,
/// `axis_unknown`.
pub async fn prepare(actor: &Actor, app: &App, new: NewPlan) -> Result<Prepared, AppError> {
    actor.may(Verb::ManagePlan)?;
    if let Some(name) = &new.name {
        check_name(name)?;
    }
    let (at, who) = (app.now().to_string(), actor.name.clone());
    let made = tokio::task::spawn_blocking(move || prepared(new, &at, &who));
    made.await.map_err(AppError::internal)?
}

/// Reads a plan directory that was unpacked in `folder`, with every hash checked; its lines stay as
/// they are.
///
/// # Errors
/// `forbidden`, `name_length`, `axis_unknown`, those of the log and its operations.
pub async fn prepare_directory(
    actor: &Actor,
    folder: &Path,
    name: Option<String>,
    scope_axis: Option<String>,
) -> Result<Prepared, AppError> {
    actor.may(Verb::ManagePlan)?;
    if let Some(name) = &name {
        check_name(name)?;
    }
    let folder = folder.to_owned();
    let made = tokio::task::spawn_blocking(move || {
        let log = PlanLog::open(&folder).map_err(AppError::refused)?;
        finished(&log, &folder, name, scope_axis)
    });
    made.await.map_err(AppError::internal)?
}

/// Makes a plan: [`prepare`] and [`add`] in one.
///
/// # Errors
/// Theirs.
pub async fn create(unit: &mut Unit, new: NewPlan) -> Result<PlanRecord, AppError> {
    let (actor, app) = (unit.actor.clone(), unit.app.clone());
    let prepared = prepare(&actor, &app, new).await?;
    add(unit, prepared).await
}

/// Adds a plan that was prepared.
///
/// # Errors
/// `forbidden`; what the store refuses.
pub async fn add(unit: &mut Unit, prepared: Prepared) -> Result<PlanRecord, AppError> {
    unit.actor.may(Verb::ManagePlan)?;
    let parts = prepared.parts;
    let last = parts
        .lines
        .last()
        .ok_or_else(|| AppError::internal("a plan without lines"))?;
    let plan = PlanRecord {
        id: PlanId::of(unit.app.bits()),
        organisation: unit.organisation(),
        name: prepared.name,
        scope_axis: prepared.scope_axis,
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
        .iter()
        .map(|line| PlanLine {
            sequence: line.sequence,
            line: line.line.clone(),
            hash: line.hash.clone(),
            user: Some(unit.actor.user.clone()),
            at: unit.now,
        })
        .collect();
    let inputs: Vec<PlanInput> = parts
        .inputs
        .iter()
        .map(|(stored, (sha256, bytes))| PlanInput {
            stored: stored.clone(),
            sha256: sha256.clone(),
            bytes: bytes.clone(),
        })
        .collect();
    unit.tx.add_plan(&plan, &lines, &inputs).await?;
    unit.record("plan.create", &plan.id, Json::Null, audited(&plan));
    Ok(plan)
}

fn prepared(new: NewPlan, at: &str, who: &str) -> Result<Prepared, AppError> {
    let folder = tempfile::tempdir().map_err(AppError::internal)?;
    let from = folder.path().join("from");
    std::fs::create_dir(&from).map_err(AppError::internal)?;
    let mut files = BTreeMap::new();
    for (number, (name, bytes)) in new.files.iter().enumerate() {
        check_file_name(number, name)?;
        // Under a number of ours: the name is only compared with what the plan writes. Readers know
        // what a file is by its ending.
        let ending = Path::new(name).file_name().unwrap_or_default();
        let path = from.join(format!("{number}-{}", ending.to_string_lossy()));
        std::fs::write(&path, bytes).map_err(AppError::internal)?;
        files.insert(name.clone(), path);
    }
    let directory = folder.path().join("plan");
    let stamp = Stamp {
        at,
        who: Some(who),
        why: None,
    };
    let log =
        PlanLog::create_from(&directory, new.text, &files, &stamp).map_err(AppError::refused)?;
    finished(&log, &directory, new.name, new.scope_axis)
}

/// What a plan directory comes to.
fn finished(
    log: &PlanLog,
    directory: &Path,
    name: Option<String>,
    scope_axis: Option<String>,
) -> Result<Prepared, AppError> {
    let definition = &log.definition().definition;
    let axes: Vec<&str> = definition
        .dimensions
        .iter()
        .map(|dimension| dimension.tree.axis())
        .collect();
    let scope_axis = match scope_axis {
        Some(wanted) if axes.contains(&wanted.as_str()) => Some(wanted),
        Some(wanted) => return Err(axis_unknown(&wanted, &axes)),
        None => axes.first().map(|axis| (*axis).to_owned()),
    };
    let operations: Vec<Operation> = log
        .entries()
        .iter()
        .map(|entry| entry.operation.clone())
        .collect();
    Plan::replay(definition.clone(), &operations).map_err(AppError::refused)?;
    let name = name.unwrap_or_else(|| definition.name.clone());
    Ok(Prepared {
        name: name.trim().chars().take(LONGEST_NAME).collect(),
        scope_axis,
        parts: Arc::new(take_apart(directory).map_err(AppError::refused)?),
    })
}

fn check_file_name(number: usize, name: &str) -> Result<(), AppError> {
    let inside = Path::new(name)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let plain = name.chars().all(|letter| !letter.is_control()) && name.len() <= LONGEST_FILE_NAME;
    if inside && plain && !name.is_empty() {
        return Ok(());
    }
    Err(AppError::invalid(
        format!("files[{number}].name"),
        "file_name_invalid",
        format!("文件名须为相对路径，不含 `..`，至多 {LONGEST_FILE_NAME} 字节"),
        format!("a file name is relative, without `..`, of at most {LONGEST_FILE_NAME} bytes"),
    ))
}

fn axis_unknown(wanted: &str, axes: &[&str]) -> AppError {
    AppError::invalid(
        "scope_axis",
        "axis_unknown",
        format!("方案没有维度 `{wanted}`；有：{}", axes.join("、")),
        format!(
            "the plan has no dimension `{wanted}`; it has {}",
            axes.join(", ")
        ),
    )
}

pub(crate) fn check_name(name: &str) -> Result<(), AppError> {
    let letters = name.trim().chars().count();
    if (1..=LONGEST_NAME).contains(&letters) && !name.chars().any(char::is_control) {
        return Ok(());
    }
    Err(AppError::invalid(
        "name",
        "name_length",
        format!("名称须为 1 至 {LONGEST_NAME} 个字，不含控制字符"),
        format!("a name has 1 to {LONGEST_NAME} characters, none of them control characters"),
    ))
}

fn audited(plan: &PlanRecord) -> Json {
    json!({
        "name": plan.name,
        "scope_axis": plan.scope_axis,
        "archived_at": plan.archived_at.map(|at| at.to_string()),
    })
}

/// The plans of the organisation of which the asker sees anything.
///
/// # Errors
/// `forbidden`; what the store refuses.
pub async fn list(
    app: &App,
    actor: &Arc<Actor>,
    page: &Page,
) -> Result<Listed<PlanRecord>, AppError> {
    actor.may(Verb::ReadPlan)?;
    let mut found = Vec::new();
    let mut from = page.clone();
    loop {
        // One reading transaction at a time: whoever opens a plan needs one too.
        let mut unit = app.reading(actor).await?;
        let some = unit.tx.plans(&actor.organisation, &from).await?;
        drop(unit);
        for record in some.items {
            if sees(app, actor, &record).await? {
                found.push(record);
            }
        }
        match some.next {
            Some(next) if found.len() <= page.limit => from.after = Some(next),
            _ => break,
        }
    }
    Ok(Listed::of(found, page.limit, |plan| plan.id.to_string()))
}

/// Whether the asker sees anything of a plan.
async fn sees(app: &App, actor: &Actor, record: &PlanRecord) -> Result<bool, AppError> {
    if actor.scope == Scope::All {
        return Ok(true);
    }
    if record.scope_axis.is_none() {
        return Ok(false);
    }
    let room = app.rooms().room(app, record).await?;
    let loaded = room.read(app, record).await?;
    Ok(loaded.reach(actor, record) != Reach::Nothing)
}

/// A plan of the organisation, behind its wall only: whether the asker sees anything of it is
/// [`seen`]'s to say.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn get(unit: &mut Unit, id: &PlanId) -> Result<PlanRecord, AppError> {
    unit.actor.may(Verb::ReadPlan)?;
    let organisation = unit.organisation();
    let found = unit.tx.plan(&organisation, id).await?;
    found.ok_or_else(|| AppError::not_found(id.to_string()))
}

/// A plan of which the asker sees anything.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn seen(
    app: &App,
    actor: &Arc<Actor>,
    id: &PlanId,
    verb: Verb,
) -> Result<PlanRecord, AppError> {
    actor.may(verb)?;
    let mut unit = app.reading(actor).await?;
    let found = unit.tx.plan(&actor.organisation, id).await?;
    drop(unit);
    match found {
        Some(record) if sees(app, actor, &record).await? => Ok(record),
        _ => Err(AppError::not_found(id.to_string())),
    }
}

/// What a plan's record is to be; what is not named stays.
#[derive(Clone, Debug, Default)]
pub struct Renamed {
    /// What people call it.
    pub name: Option<String>,
    /// Whether it is put away.
    pub archived: Option<bool>,
}

/// Names a plan anew, puts it away or takes it out again, where its record is still revision `seen`.
/// That the asker sees it is proved by [`seen`] before.
///
/// # Errors
/// `not_found`, `forbidden`, `version_stale`, `name_length`.
pub async fn update(
    unit: &mut Unit,
    id: &PlanId,
    seen: i64,
    wanted: Renamed,
) -> Result<PlanRecord, AppError> {
    unit.actor.may(Verb::ManagePlan)?;
    let before = get(unit, id).await?;
    let mut after = before.clone();
    if let Some(name) = wanted.name {
        check_name(&name)?;
        after.name = name.trim().to_owned();
    }
    match wanted.archived {
        Some(true) => after.archived_at = before.archived_at.or(Some(unit.now)),
        Some(false) => after.archived_at = None,
        None => {}
    }
    after.revision += 1;
    if !unit.tx.update_plan(&after, seen).await? {
        return Err(AppError::Stale {
            seen: seen.unsigned_abs(),
            found: before.revision.unsigned_abs(),
            changed: audited(&before),
        });
    }
    unit.record("plan.update", id, audited(&before), audited(&after));
    Ok(after)
}
