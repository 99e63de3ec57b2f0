//! Imports whose process has ended, and lines of a manifest that the records do not know: the manifest
//! says what happened, the records follow it. Must not know how files are read.

use std::collections::BTreeMap;
use std::sync::Arc;

use fenjie_facts::{ImportRecord as FactsImport, Store as Facts};
use fenjie_message::{Lang, Message};
use fenjie_store::imports::{ImportRecord, ImportState};
use fenjie_store::{ImportId, Page, PlanId, Timestamp, UserId};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use super::{run, runner};
use crate::files::told;
use crate::working::plan_folder;
use crate::{Actor, App, AppError};

/// After this long without a word, another process is taken for ended.
const SILENCE: SignedDuration = SignedDuration::from_secs(20);
/// What the manifest says of sales entered by hand.
pub(crate) const ENTERED: &str = "entered";

/// Settles every import whose process has ended: at the start of a server, and before lists.
///
/// # Errors
/// What the store refuses.
pub async fn settle_all(app: &App) -> Result<(), AppError> {
    let live = app.store().read().await?.live_imports().await?;
    for import in live {
        settle(app, import).await?;
    }
    Ok(())
}

/// Settles an import, where its process has ended: done where the manifest has it, interrupted where
/// it does not. Gives it as it stands.
pub(super) async fn settle(app: &App, import: ImportRecord) -> Result<ImportRecord, AppError> {
    // A SQLite file has one server at a time: who is not this one has ended.
    let is_alone = app.store().kind() == "sqlite";
    let is_silent = is_alone || app.now().duration_since(import.beat_at) > SILENCE;
    if !import.state.is_live() || import.runner == runner() || !is_silent {
        return Ok(import);
    }
    let found = manifest(app, &import.organisation, &import.plan).await?;
    let own = found.iter().find(|known| is_of(known, &import));
    let mut after = import.clone();
    after.ended_at = Some(app.now());
    match own {
        Some(known) => {
            after.state = ImportState::Done;
            after.number = Some(known.number);
            after.report = after.report.or_else(|| Some(report_of(known)));
        }
        None => {
            after.state = ImportState::Interrupted;
            after.problem = Some(told(&Interrupted));
        }
    }
    let mut tx = app.store().write().await?;
    if tx.update_import(&after, import.revision).await? {
        after.revision += 1;
        let entry = fenjie_store::audit::AuditEntry {
            at: app.now(),
            who: "system".into(),
            origin: "import".into(),
            action: format!("import.{}", after.state.code()),
            target: after.id.to_string(),
            before: json!({ "state": import.state.code() }),
            after: json!({ "number": after.number }),
            result: "done".into(),
        };
        tx.append_audit(&after.organisation, &[entry]).await?;
        tx.commit().await?;
        run::clear(app, &after);
        run::announce(app, &after).await;
        return Ok(after);
    }
    let again = tx.import(&import.organisation, &import.id).await?;
    Ok(again.unwrap_or(import))
}

/// An import whose process ended before anything of it was written.
#[derive(Debug)]
struct Interrupted;

impl Message for Interrupted {
    fn code(&self) -> &'static str {
        "import_interrupted"
    }

    fn text(&self, lang: Lang) -> String {
        let (zh, en) = (
            "服务在导入途中停止了，这个文件什么都没有写入",
            "the server stopped in the middle of the import, nothing of the file was written",
        );
        lang.pick(zh, en).into()
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        Some(lang.pick("请再传一次", "send the file again").into())
    }
}

/// Whether a line of the manifest is that of an import: same file, same stamp.
fn is_of(known: &FactsImport, import: &ImportRecord) -> bool {
    let stamped = import.stamped_at.map(|at| at.to_string());
    Some(&known.at) == stamped.as_ref() && known.meta.sha256 == import.sha256
}

async fn manifest(
    app: &App,
    organisation: &fenjie_store::OrganisationId,
    plan: &PlanId,
) -> Result<Vec<FactsImport>, AppError> {
    let folder = plan_folder(app, organisation, plan);
    let read = tokio::task::spawn_blocking(move || {
        Facts::open(&folder).map(|facts| facts.imports().to_vec())
    });
    read.await
        .map_err(AppError::internal)?
        .map_err(AppError::refused)
}

/// Brings the records of a plan's imports in step with its manifest: what the command line brought
/// into the same folder is added, what was undone there is undone here.
pub(super) async fn follow(app: &App, actor: &Arc<Actor>, plan: &PlanId) -> Result<(), AppError> {
    let known = manifest(app, &actor.organisation, plan).await?;
    let records = all(app, actor, plan).await?;
    let by_number: BTreeMap<u64, &ImportRecord> = records
        .iter()
        .filter_map(|record| record.number.map(|number| (number, record)))
        .collect();
    let is_live = |import: &&FactsImport| {
        let mut live = records.iter().filter(|record| record.state.is_live());
        live.any(|record| is_of(import, record))
    };
    let state_of = |import: &FactsImport| match import.in_effect {
        true => ImportState::Done,
        false => ImportState::Undone,
    };
    let mut changes: Vec<(Option<i64>, ImportRecord)> = Vec::new();
    let shown = known.iter().filter(|import| import.meta.mapping != ENTERED);
    for import in shown.filter(|import| !is_live(import)) {
        let state = state_of(import);
        let interrupted = || {
            let mut ended = records
                .iter()
                .filter(|record| record.state == ImportState::Interrupted);
            ended.find(|record| is_of(import, record))
        };
        match by_number.get(&import.number).copied().or_else(interrupted) {
            Some(record) if record.state != state => {
                let mut record = record.clone();
                record.state = state;
                record.number = Some(import.number);
                changes.push((Some(record.revision), record));
            }
            Some(_) => {}
            None => changes.push((None, foreign(app, actor, plan, import, state))),
        }
    }
    if changes.is_empty() {
        return Ok(());
    }
    let mut tx = app.store().write().await?;
    for (seen, record) in &changes {
        match seen {
            Some(seen) => tx.update_import(record, *seen).await.map(|_| ())?,
            None => tx.add_import(record).await?,
        }
    }
    Ok(tx.commit().await?)
}

async fn all(app: &App, actor: &Arc<Actor>, plan: &PlanId) -> Result<Vec<ImportRecord>, AppError> {
    let mut tx = app.store().read().await?;
    let mut records = Vec::new();
    let mut page = Page {
        after: None,
        limit: fenjie_store::page::MOST,
    };
    loop {
        let listed = tx.imports(&actor.organisation, plan, &page).await?;
        records.extend(listed.items);
        match listed.next {
            Some(next) => page.after = Some(next),
            None => return Ok(records),
        }
    }
}

/// An import that another program brought. Its identifier comes from its number, so that two
/// processes that find it at once add it once.
fn foreign(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    import: &FactsImport,
    state: ImportState,
) -> ImportRecord {
    use sha2::Digest;
    let mut hash = sha2::Sha256::new();
    hash.update(plan.as_str());
    hash.update(import.number.to_be_bytes());
    let hash = hash.finalize();
    let mut bits = [0; 16];
    bits.copy_from_slice(&hash[..16]);
    let at = import.at.parse::<Timestamp>().unwrap_or_else(|_| app.now());
    ImportRecord {
        id: ImportId::of(u128::from_be_bytes(bits)),
        organisation: actor.organisation.clone(),
        plan: plan.clone(),
        file: import.meta.file.clone(),
        sha256: import.meta.sha256.clone(),
        bytes: import.meta.bytes,
        options: Json::Object(serde_json::Map::new()),
        dry_run: false,
        state,
        number: Some(import.number),
        report: Some(report_of(import)),
        problem: None,
        created_by: UserId::of(0),
        created_at: at,
        stamped_at: Some(at),
        ended_at: Some(at),
        runner: String::new(),
        beat_at: at,
        revision: 1,
    }
}

/// What the manifest knows of an import, where its own report is lost.
fn report_of(import: &FactsImport) -> Json {
    let told = json!({
        "file": import.meta.file,
        "lines": import.lines,
        "refused_rows": import.meta.refused,
        "import": import.number,
        "already": false,
        "repeated": import.repeated,
        "replaced": import.replaced,
        "who": import.who,
    });
    json!({ "zh": told, "en": told })
}
