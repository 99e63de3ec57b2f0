//! An import at work: read, checked, written, in a task of its own. All or nothing: until its state
//! is `writing` it can be cancelled, and what it writes becomes visible with one line of the
//! manifest. Must not know HTTP.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use fenjie_exchange::log::Stamp;
use fenjie_facts::import::{
    ImportError, ImportOptions, Imported, MappedColumn, Mapping, keep_mapping, meta, read,
    report_json, role_words, write_refused,
};
use fenjie_facts::{Added, FactsError, ImportMeta, Store as Facts};
use fenjie_message::{Lang, Message};
use fenjie_notify::Topic;
use fenjie_plan::Definition;
use fenjie_store::imports::{ImportRecord, ImportState};
use fenjie_store::{ImportId, Notice, PlanId};
use serde_json::{Value as Json, json};
use tokio::sync::Semaphore;

use super::wish::ImportWish;
use crate::files::{import_folder, told};
use crate::notices::{About, enqueue};
use crate::working::plan_folder;
use crate::{Actor, App, AppError, Unit, Verb};

/// How many files one process reads at once: a file of the largest size is in memory meanwhile.
pub(crate) static READERS: Semaphore = Semaphore::const_new(2);
/// How often a process says that it still works on an import.
const BEAT: Duration = Duration::from_secs(5);
/// How often a folder that somebody else writes to is tried again (each waits five seconds).
const PATIENCE: usize = 24;

/// Works on an import that was asked for, in the background.
pub fn start(app: &App, actor: &Arc<Actor>, id: &ImportId) {
    let (app, actor, id) = (app.clone(), actor.clone(), id.clone());
    tokio::spawn(async move {
        let beating = tokio::spawn(beat(app.clone(), actor.clone(), id.clone()));
        if let Err(error) = run(&app, &actor, &id).await {
            tracing::error!(import = %id, %error, "an import failed");
            let refused = finish(&app, &actor, &id, Outcome::refused(&error)).await;
            if let Err(error) = refused {
                tracing::error!(import = %id, %error, "the end of an import could not be kept");
            }
        }
        beating.abort();
    });
}

async fn beat(app: App, actor: Arc<Actor>, id: ImportId) {
    loop {
        tokio::time::sleep(BEAT).await;
        let Ok(mut tx) = app.store().write().await else {
            continue;
        };
        let kept = tx.beat_import(&actor.organisation, &id, app.now()).await;
        if kept.is_ok() {
            tx.commit().await.ok();
        }
    }
}

/// How an import ended.
struct Outcome {
    state: ImportState,
    number: Option<u64>,
    report: Option<Json>,
    problem: Option<Json>,
}

impl Outcome {
    fn refused(error: &dyn Message) -> Outcome {
        Outcome {
            state: ImportState::Refused,
            number: None,
            report: None,
            problem: Some(told(error)),
        }
    }
}

/// A file that was read and checked.
struct Checked {
    imported: Imported,
    meta: ImportMeta,
    definition: Definition,
}

async fn run(app: &App, actor: &Arc<Actor>, id: &ImportId) -> Result<(), AppError> {
    let _permit = READERS.acquire().await.map_err(AppError::internal)?;
    let Some(import) = step(app, actor, id, ImportState::Waiting, ImportState::Reading).await?
    else {
        return Ok(());
    };
    let wish: ImportWish =
        serde_json::from_value(import.options.clone()).map_err(AppError::internal)?;
    let opened = app
        .open_plan(actor, &import.plan, Verb::ImportActuals)
        .await?;
    let plan = opened.loaded.definition();
    let (definition, zone) = (plan.definition.clone(), plan.zone.clone());
    drop(opened);
    let folder = plan_folder(app, &actor.organisation, &import.plan);
    let (mapping, options) = wish.options(&folder, zone.as_ref())?;
    let file = import_folder(app, &actor.organisation, id).join(&import.file);
    let reading = Reading {
        file,
        name: import.file.clone(),
        definition,
        mapping,
        options,
    };
    let read = tokio::task::spawn_blocking(move || reading.read()).await;
    let checked = match read.map_err(AppError::internal)? {
        Ok(checked) => checked,
        Err(outcome) => return finish(app, actor, id, *outcome).await,
    };
    if import.dry_run {
        let outcome = blocking(move || checked.preview(&folder)).await??;
        return finish(app, actor, id, outcome).await;
    }
    let Some(import) = step(app, actor, id, ImportState::Reading, ImportState::Writing).await?
    else {
        return Ok(());
    };
    let (who, why) = (actor.name.clone(), wish.why.clone());
    let at = import.stamped_at.unwrap_or(import.created_at).to_string();
    let save = wish.save_mapping.clone();
    let written = blocking(move || {
        let stamp = Stamp {
            at: &at,
            who: Some(&who),
            why: why.as_deref(),
        };
        checked.add(&folder, &stamp, save.as_deref())
    });
    match written.await? {
        Ok(outcome) => finish(app, actor, id, outcome).await,
        Err(error) => finish(app, actor, id, Outcome::refused(&error)).await,
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(AppError::internal)
}

/// A file about to be read.
struct Reading {
    file: PathBuf,
    name: String,
    definition: Definition,
    mapping: Mapping,
    options: ImportOptions,
}

impl Reading {
    fn read(self) -> Result<Checked, Box<Outcome>> {
        let refused = |error: &dyn Message| Box::new(Outcome::refused(error));
        match read(&self.file, &self.definition, &self.mapping, &self.options) {
            Ok(imported) => {
                self.refused_rows(&imported.report);
                let meta = meta(
                    &self.file,
                    &self.name,
                    &imported,
                    &self.definition,
                    &self.options,
                );
                Ok(Checked {
                    meta: meta.map_err(|error| refused(&error))?,
                    imported,
                    definition: self.definition,
                })
            }
            Err(ImportError::RowsRefused { report }) => {
                self.refused_rows(&report);
                let told = both(&self.name, &report, None, &self.definition);
                let error = ImportError::RowsRefused { report };
                let mut outcome = refused(&error);
                outcome.report = Some(told);
                Err(outcome)
            }
            Err(error) => Err(refused(&error)),
        }
    }

    /// The refused rows as files to mend, beside the file, in both languages.
    fn refused_rows(&self, report: &fenjie_facts::import::ImportReport) {
        if report.refused_rows == 0 {
            return;
        }
        for lang in [Lang::Zh, Lang::En] {
            let path = refused_file(self.file.parent().unwrap_or(Path::new("")), lang);
            let rows = write_refused(&self.file, &self.options, report, lang);
            // A report without this file still names every row.
            if let Ok(rows) = rows {
                std::fs::write(path, rows).ok();
            }
        }
    }
}

/// Where the refused rows of an import lie.
pub fn refused_file(folder: &Path, lang: Lang) -> PathBuf {
    folder.join(lang.pick(".refused.zh.csv", ".refused.en.csv"))
}

fn both(
    name: &str,
    report: &fenjie_facts::import::ImportReport,
    added: Option<&Added>,
    definition: &Definition,
) -> Json {
    let told = |lang| report_json(name, report, added, None, definition, lang);
    json!({ "zh": told(Lang::Zh), "en": told(Lang::En) })
}

impl Checked {
    fn preview(self, folder: &Path) -> Result<Outcome, AppError> {
        let facts = Facts::open(folder).map_err(AppError::refused)?;
        let added = facts.preview(&self.imported.lines, &self.definition, &self.meta);
        let added = added.map_err(AppError::refused)?;
        Ok(self.outcome(&added, None))
    }

    fn outcome(&self, added: &Added, number: Option<u64>) -> Outcome {
        let report = both(
            &self.meta.file,
            &self.imported.report,
            Some(added),
            &self.definition,
        );
        Outcome {
            state: ImportState::Done,
            number,
            report: Some(report),
            problem: None,
        }
    }

    fn add(
        mut self,
        folder: &Path,
        stamp: &Stamp<'_>,
        save: Option<&str>,
    ) -> Result<Outcome, FactsError> {
        std::fs::create_dir_all(folder).ok();
        let mut facts = Facts::open(folder)?;
        let mut tries = 0;
        let added = loop {
            let lines = match tries + 1 < PATIENCE {
                true => self.imported.lines.clone(),
                false => std::mem::take(&mut self.imported.lines),
            };
            tries += 1;
            match facts.add(lines, &self.definition, &self.meta, stamp) {
                Err(FactsError::Busy { .. }) if tries < PATIENCE => {}
                other => break other?,
            }
        };
        if let Some(name) = save {
            // The lines are in; a mapping that cannot be kept does not take them back.
            keep_mapping(folder, name, &self.used()).ok();
        }
        Ok(self.outcome(&added, Some(added.number)))
    }

    /// The columns that were used, as a mapping.
    fn used(&self) -> Mapping {
        let report = &self.imported.report;
        let columns = report.columns.used.iter().map(|column| MappedColumn {
            role: role_words(column.role, &self.definition).1,
            column: column.column.clone(),
        });
        Mapping {
            columns: columns.collect(),
            ..report.asked.clone()
        }
    }
}

/// Takes an import from one state to the next; none where it is not in it any more (cancelled).
async fn step(
    app: &App,
    actor: &Arc<Actor>,
    id: &ImportId,
    from: ImportState,
    to: ImportState,
) -> Result<Option<ImportRecord>, AppError> {
    let mut tx = app.store().write().await?;
    let found = tx.import(&actor.organisation, id).await?;
    let Some(mut import) = found.filter(|import| import.state == from) else {
        return Ok(None);
    };
    let seen = import.revision;
    import.state = to;
    import.beat_at = app.now();
    import.runner = super::runner();
    if to == ImportState::Writing {
        import.stamped_at = Some(app.now());
    }
    if !tx.update_import(&import, seen).await? {
        return Ok(None);
    }
    tx.commit().await?;
    import.revision += 1;
    announce(app, &import).await;
    Ok(Some(import))
}

/// Keeps how an import ended, with its audit record.
async fn finish(
    app: &App,
    actor: &Arc<Actor>,
    id: &ImportId,
    outcome: Outcome,
) -> Result<(), AppError> {
    let mut unit = Unit::new(app, actor, app.store().write().await?);
    let found = unit.tx.import(&actor.organisation, id).await?;
    let Some(mut import) = found.filter(|import| import.state.is_live()) else {
        return Ok(());
    };
    let seen = import.revision;
    import.state = outcome.state;
    import.number = outcome.number;
    import.report = outcome.report;
    import.problem = outcome.problem;
    import.ended_at = Some(unit.now);
    if unit.tx.update_import(&import, seen).await? {
        super::audit_end(&mut unit, &import);
        tell(&mut unit, &import).await?;
        unit.commit().await?;
        clear(app, &import);
        announce(app, &import).await;
    }
    Ok(())
}

/// Tells whoever asked for an import how it ended, and whoever asked to hear of imports.
async fn tell(unit: &mut Unit, import: &ImportRecord) -> Result<(), AppError> {
    if import.dry_run {
        return Ok(());
    }
    let key = unit.actor.lang.pick("zh", "en");
    let organisation = unit.organisation();
    let plan = unit.tx.plan(&organisation, &import.plan).await?;
    let plan_name = plan.map_or_else(String::new, |plan| plan.name);
    let topic = match import.state {
        ImportState::Done => Topic::ImportFinished,
        _ => Topic::ImportFailed,
    };
    let mut about = About::new(topic, Some(&import.plan), &import.id)
        .with("plan", plan_name)
        .with("file", import.file.clone())
        .with("who", unit.actor.name.clone());
    if import.state == ImportState::Done {
        let report = import.report.as_ref().map(|report| &report[key]);
        let count = |name: &str| {
            let counted = report.and_then(|report| report[name].as_u64());
            counted.unwrap_or_default().to_string()
        };
        about = about
            .with("lines", count("lines"))
            .with("unassigned", count("unassigned"));
    } else {
        let problem = import.problem.as_ref().map(|problem| &problem[key]);
        let reason = problem.and_then(|problem| problem["message"].as_str());
        about = about.with("reason", reason.unwrap_or_default());
    }
    enqueue(unit, &about, std::slice::from_ref(&import.created_by)).await?;
    Ok(())
}

/// The file itself is not kept: its lines are in a segment, or they are not wanted.
pub(super) fn clear(app: &App, import: &ImportRecord) {
    let folder = import_folder(app, &import.organisation, &import.id);
    std::fs::remove_file(folder.join(&import.file)).ok();
    // Where no rows were refused nothing is left in it.
    std::fs::remove_dir(&folder).ok();
}

/// Tells whoever listens.
pub(super) async fn announce(app: &App, import: &ImportRecord) {
    announce_plan(app, &import.organisation, &import.plan).await;
}

/// Tells whoever listens that a plan's sales have changed, or an import of it has moved on.
pub async fn announce_plan(app: &App, organisation: &fenjie_store::OrganisationId, plan: &PlanId) {
    let notice = Notice {
        organisation: organisation.clone(),
        plan: Some(plan.clone()),
        topic: "imports".into(),
        sequence: 0,
    };
    // A lost notice delays, it never loses.
    app.store().announce(&notice).await.ok();
}
