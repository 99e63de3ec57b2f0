//! Published versions: positions in the log with the hash of what they compute to. They are computed
//! from the log when they are read, and a few are kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use fenjie_store::PlanId;
use fenjie_store::plans::PlanRecord;
use fenjie_store::rhythm_version::{StatusChange, Version};
use tokio::sync::{OwnedRwLockReadGuard, RwLock};

use crate::working::{Loaded, Opened, compute_until};
use crate::{Actor, App, AppError, Reach, Verb};

/// How many versions a process keeps computed.
const MOST_KEPT: usize = 4;

/// A version that is kept: what it is of, and what it computes to.
type KeptVersion = ((PlanId, u64), Arc<RwLock<Loaded>>);

/// The versions that this process has computed, the last used first.
#[derive(Default)]
pub struct Versions {
    kept: Mutex<VecDeque<KeptVersion>>,
}

impl Versions {
    fn find(&self, key: &(PlanId, u64)) -> Option<Arc<RwLock<Loaded>>> {
        let mut kept = self.kept.lock().ok()?;
        let at = kept.iter().position(|(known, _)| known == key)?;
        let found = kept.remove(at)?;
        let loaded = found.1.clone();
        kept.push_front(found);
        Some(loaded)
    }

    fn keep(&self, key: (PlanId, u64), loaded: &Arc<RwLock<Loaded>>) {
        if let Ok(mut kept) = self.kept.lock() {
            kept.push_front((key, loaded.clone()));
            kept.truncate(MOST_KEPT);
        }
    }
}

/// The version in force: the last one, unless it was recalled.
pub fn in_force(versions: &[Version]) -> Option<&Version> {
    versions
        .last()
        .filter(|version| version.recalled_at.is_none())
}

/// What people call the state of a version.
pub fn state(version: &Version) -> &'static str {
    match (version.recalled_at, version.superseded_at) {
        (Some(_), _) => "recalled",
        (None, Some(_)) => "superseded",
        (None, None) => "in_force",
    }
}

impl App {
    /// What a version computes to.
    ///
    /// # Errors
    /// What the store refuses; `version_damaged` where its log is not the one that was published.
    pub(crate) async fn version_of(
        &self,
        record: &PlanRecord,
        version: &Version,
    ) -> Result<OwnedRwLockReadGuard<Loaded>, AppError> {
        let key = (record.id.clone(), version.sequence);
        if let Some(kept) = self.versions().find(&key) {
            return Ok(kept.read_owned().await);
        }
        let loaded = compute_until(self, record, version.sequence).await?;
        if loaded.hash() != version.log_hash {
            return Err(damaged(version));
        }
        let loaded = Arc::new(RwLock::new(loaded));
        self.versions().keep(key, &loaded);
        Ok(loaded.read_owned().await)
    }

    /// Opens a plan as it is now, or one of its published versions where a number is given.
    ///
    /// # Errors
    /// Those of [`App::open_plan`] and [`App::open_version`].
    pub async fn open_at(
        &self,
        actor: &Arc<Actor>,
        id: &PlanId,
        number: Option<i64>,
        verb: Verb,
    ) -> Result<Opened, AppError> {
        match number {
            None => self.open_plan(actor, id, verb).await,
            Some(number) => self.open_version(actor, id, number, verb).await,
        }
    }

    /// Opens a published version for an asker, as [`App::open_plan`] opens the plan as it is now.
    ///
    /// # Errors
    /// `forbidden`, `not_found`, `version_damaged`.
    pub async fn open_version(
        &self,
        actor: &Arc<Actor>,
        id: &PlanId,
        number: i64,
        verb: Verb,
    ) -> Result<Opened, AppError> {
        actor.may(verb)?;
        let missing = || AppError::not_found(format!("{id} v{number}"));
        let mut unit = self.reading(actor).await?;
        let record = unit.tx.plan(&actor.organisation, id).await?;
        let record = record.ok_or_else(|| AppError::not_found(id.to_string()))?;
        let versions = unit.tx.versions(&actor.organisation, id).await?;
        drop(unit);
        let version = versions.iter().find(|version| version.number == number);
        let version = version.ok_or_else(missing)?;
        let loaded = self.version_of(&record, version).await?;
        let reach = loaded.reach(actor, &record);
        if reach == Reach::Nothing {
            return Err(AppError::not_found(id.to_string()));
        }
        Ok(Opened {
            actor: actor.clone(),
            record,
            loaded,
            reach,
        })
    }
}

fn damaged(version: &Version) -> AppError {
    AppError::conflict(
        "version_damaged",
        format!("第 {} 版的日志与发布时不同", version.number),
        format!(
            "the log of version {} is not the one that was published",
            version.number
        ),
    )
}

/// The versions of a plan, by number, and the changes of its status.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn list(
    app: &App,
    actor: &Arc<Actor>,
    id: &PlanId,
) -> Result<(Vec<Version>, Vec<StatusChange>, PlanRecord), AppError> {
    let record = crate::plans::seen(app, actor, id, Verb::ReadPlan).await?;
    let mut unit = app.reading(actor).await?;
    let versions = unit.tx.versions(&actor.organisation, id).await?;
    let changes = unit.tx.status_changes(&actor.organisation, id).await?;
    Ok((versions, changes, record))
}

/// The proof of a version: it is computed anew from its log and compared with what was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Its number.
    pub number: i64,
    /// The hash of its log as published.
    pub log_hash: String,
    /// The hash of its log as it is.
    pub log_found: String,
    /// The hash of its content as published.
    pub content_hash: String,
    /// The hash of its content as computed.
    pub content_found: String,
}

impl Proof {
    /// Whether it is what was published.
    pub fn holds(&self) -> bool {
        self.log_hash == self.log_found && self.content_hash == self.content_found
    }
}

/// Proves a version, or all of a plan where no number is given. Nothing that is kept is trusted.
///
/// # Errors
/// `forbidden`, `not_found`; a log that does not replay.
pub async fn prove(
    app: &App,
    actor: &Arc<Actor>,
    id: &PlanId,
    number: Option<i64>,
) -> Result<Vec<Proof>, AppError> {
    let (versions, _, record) = list(app, actor, id).await?;
    let wanted = versions
        .into_iter()
        .filter(|version| number.is_none_or(|number| version.number == number));
    let mut found = Vec::new();
    for version in wanted {
        let loaded = compute_until(app, &record, version.sequence).await?;
        let hashes = tokio::task::spawn_blocking(move || {
            (loaded.hash().to_owned(), loaded.plan().content_hash())
        });
        let (log_found, content_found) = hashes.await.map_err(AppError::internal)?;
        found.push(Proof {
            number: version.number,
            log_hash: version.log_hash,
            log_found,
            content_hash: version.content_hash,
            content_found,
        });
    }
    match (found.is_empty(), number) {
        (true, Some(number)) => Err(AppError::not_found(format!("{id} v{number}"))),
        _ => Ok(found),
    }
}
