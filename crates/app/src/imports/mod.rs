//! Imports of actual sales: asked for, worked on in the background, listed, cancelled, taken back.
//! What is in a plan's manifest is the truth; the records follow it (ADR 0018). Must not know HTTP.

mod behind;
mod run;
mod settle;
mod wish;

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use fenjie_exchange::log::Stamp;
use fenjie_facts::{FactsError, Store as Facts, Verified};
use fenjie_message::Lang;
use fenjie_store::imports::{ImportRecord, ImportState};
use fenjie_store::{ImportId, Listed, Page, PlanId};
use serde_json::{Value as Json, json};

pub use behind::{AskedLines, LinesBehind, lines_behind};
pub(crate) use run::READERS;
pub use run::announce_plan;
pub use settle::settle_all;
pub use wish::ImportWish;

use crate::files::{Received, import_folder};
use crate::working::plan_folder;
use crate::{Actor, Answer, App, AppError, Asked, Reach, Unit, Verb};

/// The most imports of an organisation that wait or run at once.
pub const MOST_LIVE: usize = 20;

/// The answer that is made of an import's record.
pub type MadeOf = Arc<dyn Fn(&ImportRecord) -> Result<Answer, AppError> + Send + Sync>;

/// This process, as the records name it.
pub(crate) fn runner() -> String {
    static RUNNER: LazyLock<String> = LazyLock::new(|| format!("{:032x}", rand::random::<u128>()));
    RUNNER.clone()
}

/// Begins an import of a file into a plan; `answer` is made of its record. The work goes on in the
/// background when this returns.
///
/// # Errors
/// `forbidden`, `not_found`, the options' own refusals, `too_many_requests`.
pub async fn begin(
    app: &App,
    asked: &Asked,
    plan: &PlanId,
    file: Received,
    wish: ImportWish,
    answer: MadeOf,
) -> Result<Answer, AppError> {
    wish.check()?;
    let actor = &asked.actor;
    whole(app, actor, plan, Verb::ImportActuals).await?;
    settle_all(app).await?;
    let id = ImportId::of(app.bits());
    let now = app.now();
    let import = ImportRecord {
        id: id.clone(),
        organisation: actor.organisation.clone(),
        plan: plan.clone(),
        file: file.name.clone(),
        sha256: file.sha256.clone(),
        bytes: file.bytes,
        dry_run: wish.dry_run,
        options: serde_json::to_value(&wish).map_err(AppError::internal)?,
        state: ImportState::Waiting,
        number: None,
        report: None,
        problem: None,
        created_by: actor.user.clone(),
        created_at: now,
        stamped_at: None,
        ended_at: None,
        runner: runner(),
        beat_at: now,
        revision: 1,
    };
    let folder = import_folder(app, &actor.organisation, &id);
    file.settle(&folder)?;
    let written = app.write(asked, move |unit| {
        let (kept, made) = (import.clone(), answer.clone());
        Box::pin(async move {
            let live = unit.tx.live_imports().await?;
            let theirs = live
                .iter()
                .filter(|other| other.organisation == kept.organisation);
            if theirs.count() >= MOST_LIVE {
                return Err(AppError::TooMany { retry_after: 10 });
            }
            unit.tx.add_import(&kept).await?;
            let after = json!({ "plan": kept.plan, "file": kept.file, "sha256": kept.sha256,
                "bytes": kept.bytes, "dry_run": kept.dry_run, "options": kept.options });
            unit.record("import.create", &kept.id, Json::Null, after);
            made(&kept)
        })
    });
    match written.await {
        Ok(answer) if !answer.replayed => {
            run::start(app, actor, &id);
            Ok(answer)
        }
        other => {
            // Asked before, or refused: this copy of the file is nobody's.
            std::fs::remove_dir_all(&folder).ok();
            other
        }
    }
}

/// Lets pass who sees all of a plan: an import is about all of it.
pub(crate) async fn whole(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    verb: Verb,
) -> Result<(), AppError> {
    let opened = app.open_plan(actor, plan, verb).await?;
    match opened.reach {
        Reach::All => Ok(()),
        _ => Err(AppError::Forbidden { verb }),
    }
}

/// An import that the asker sees: who sees all of its plan sees all, others their own.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn get(app: &App, actor: &Arc<Actor>, id: &ImportId) -> Result<ImportRecord, AppError> {
    actor.may(Verb::ReadActuals)?;
    let missing = || AppError::not_found(id.to_string());
    let mut unit = app.reading(actor).await?;
    let import = unit.tx.import(&actor.organisation, id).await?;
    drop(unit);
    let import = import.ok_or_else(missing)?;
    let opened = app
        .open_plan(actor, &import.plan, Verb::ReadActuals)
        .await
        .map_err(|error| match error {
            AppError::NotFound { .. } => missing(),
            other => other,
        })?;
    let sees = opened.reach == Reach::All || import.created_by == actor.user;
    drop(opened);
    if !sees {
        return Err(missing());
    }
    settle::settle(app, import).await
}

/// The imports of a plan, the latest first, those of the command line in the same folder too.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn list(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    page: &Page,
) -> Result<Listed<ImportRecord>, AppError> {
    whole(app, actor, plan, Verb::ReadActuals).await?;
    settle_all(app).await?;
    settle::follow(app, actor, plan).await?;
    let mut unit = app.reading(actor).await?;
    Ok(unit.tx.imports(&actor.organisation, plan, page).await?)
}

/// Cancels an import that does not write yet: nothing of it is taken in.
///
/// # Errors
/// `not_found`, `forbidden`, `import_writing`, `import_ended`.
pub async fn cancel(unit: &mut Unit, import: &ImportRecord) -> Result<ImportRecord, AppError> {
    unit.actor.may(Verb::ImportActuals)?;
    let organisation = unit.organisation();
    let found = unit.tx.import(&organisation, &import.id).await?;
    let mut now = found.ok_or_else(|| AppError::not_found(import.id.to_string()))?;
    match now.state {
        ImportState::Waiting | ImportState::Reading => {}
        ImportState::Cancelled => return Ok(now),
        ImportState::Writing => {
            return Err(AppError::conflict(
                "import_writing",
                "导入正在写入，已不能取消；完成后可以撤销",
                "the import is being written; it can be undone when it has ended",
            ));
        }
        _ => {
            return Err(AppError::conflict(
                "import_ended",
                "导入已经结束",
                "the import has ended already",
            ));
        }
    }
    let (seen, before) = (now.revision, json!({ "state": now.state.code() }));
    now.state = ImportState::Cancelled;
    now.ended_at = Some(unit.now);
    if !unit.tx.update_import(&now, seen).await? {
        return Err(fenjie_store::StoreError::Busy.into());
    }
    now.revision += 1;
    unit.record(
        "import.cancel",
        &now.id,
        before,
        json!({ "state": "cancelled" }),
    );
    Ok(now)
}

/// Takes an import out of effect as a whole (`on` is false), or brings it back.
///
/// # Errors
/// `not_found`, `forbidden`, `import_not_done`, those of the facts.
pub async fn set_effect(
    unit: &mut Unit,
    import: &ImportRecord,
    on: bool,
    why: Option<&str>,
) -> Result<ImportRecord, AppError> {
    unit.actor.may(Verb::ImportActuals)?;
    let organisation = unit.organisation();
    let found = unit.tx.import(&organisation, &import.id).await?;
    let mut now = found.ok_or_else(|| AppError::not_found(import.id.to_string()))?;
    let (from, to) = match on {
        true => (ImportState::Undone, ImportState::Done),
        false => (ImportState::Done, ImportState::Undone),
    };
    let number = now.number.filter(|_| now.state == from && !now.dry_run);
    let Some(number) = number else {
        return Err(AppError::conflict(
            "import_not_in_effect",
            "这次导入现在不能这样做：没有写入、已经撤销或没有撤销",
            "this import wrote nothing, is undone already, or is not undone",
        ));
    };
    let folder = plan_folder(&unit.app, &organisation, &now.plan);
    let (at, who) = (unit.now.to_string(), unit.actor.name.clone());
    let why = why.map(str::to_owned);
    let done = tokio::task::spawn_blocking(move || {
        let stamp = Stamp {
            at: &at,
            who: Some(&who),
            why: why.as_deref(),
        };
        let mut facts = Facts::open(&folder)?;
        match on {
            true => facts.redo(number, &stamp),
            false => facts.undo(number, &stamp),
        }
    });
    match done.await.map_err(AppError::internal)? {
        Ok(()) => {}
        // A process ended between the manifest's line and this record: the record follows.
        Err(FactsError::UndoneAlready { .. }) if !on => {}
        Err(FactsError::InEffectAlready { .. }) if on => {}
        Err(error) => return Err(AppError::refused(error)),
    }
    let seen = now.revision;
    now.state = to;
    if !unit.tx.update_import(&now, seen).await? {
        return Err(fenjie_store::StoreError::Busy.into());
    }
    now.revision += 1;
    let action = if on { "import.redo" } else { "import.undo" };
    let (before, after) = (
        json!({ "state": from.code(), "number": number }),
        json!({ "state": to.code(), "number": number }),
    );
    unit.record(action, &now.id, before, after);
    Ok(now)
}

/// Reads every file of a plan's sales again and compares it with its checksum.
///
/// # Errors
/// `forbidden`, `not_found`, `segment_damaged`.
pub async fn verify(app: &App, actor: &Arc<Actor>, plan: &PlanId) -> Result<Verified, AppError> {
    whole(app, actor, plan, Verb::ReadActuals).await?;
    let folder = plan_folder(app, &actor.organisation, plan);
    let done = tokio::task::spawn_blocking(move || Facts::open(&folder)?.verify());
    done.await
        .map_err(AppError::internal)?
        .map_err(AppError::refused)
}

/// The refused rows of an import as CSV, to mend and bring again.
///
/// # Errors
/// `not_found` where no row was refused.
pub fn refused_rows(app: &App, import: &ImportRecord, lang: Lang) -> Result<PathBuf, AppError> {
    let folder = import_folder(app, &import.organisation, &import.id);
    let path = run::refused_file(&folder, lang);
    match path.is_file() {
        true => Ok(path),
        false => Err(AppError::not_found(import.id.to_string())),
    }
}

/// What the audit says of an import's end.
fn audit_end(unit: &mut Unit, import: &ImportRecord) {
    let report = import.report.as_ref().map(|report| {
        let report = &report["en"];
        json!({ "lines": report["lines"], "refused_rows": report["refused_rows"],
            "repeated": report["repeated"], "replaced": report["replaced"],
            "already": report["already"] })
    });
    let code = import
        .problem
        .as_ref()
        .map(|problem| &problem["en"]["code"]);
    let after = json!({ "plan": import.plan, "file": import.file, "number": import.number,
        "report": report, "problem": code });
    let action = format!("import.{}", import.state.code());
    unit.record(&action, &import.id, json!({ "state": "running" }), after);
}
