//! The application: its store, its clock, its data folder. Must not know HTTP or SQL.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use fenjie_notify::Outward;
use fenjie_store::organisation::Organisation;
use fenjie_store::people::{Role, Scope, User};
use fenjie_store::{OrganisationId, Store, Timestamp, UserId};
use tokio::sync::Notify;

use crate::AppError;
use crate::jobs::{BackupSettings, Retention};
use crate::people::PeopleSettings;
use crate::people::passwords::Hashing;
use crate::reading::Slices;
use crate::remembered::Remembered;
use crate::rhythm::version::Versions;
use crate::working::Rooms;

/// What time it is; tests set it.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// What the operator has set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where segments and the plans' files lie.
    pub folder: PathBuf,
    /// Whether somebody at this machine needs no account as long as nobody has one.
    pub local_without_account: bool,
    /// About people.
    pub people: PeopleSettings,
}

/// The application; clones share everything.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    settings: Settings,
    rooms: Rooms,
    hashing: Hashing,
    slices: Slices,
    outward: OnceLock<Outward>,
    backups: OnceLock<BackupSettings>,
    retention: OnceLock<Retention>,
    wake: Notify,
    versions: Versions,
    remembered: Remembered,
}

/// The organisation of a first run.
pub const FIRST_ORGANISATION: &str = "default";
/// The account of a local first run.
pub const LOCAL_LOGIN: &str = "local";

impl App {
    /// An application on a store.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, settings: Settings) -> App {
        App {
            inner: Arc::new(Inner {
                store,
                clock,
                hashing: Hashing::new(settings.people.password_cost),
                settings,
                rooms: Rooms::default(),
                slices: Slices::default(),
                outward: OnceLock::new(),
                backups: OnceLock::new(),
                retention: OnceLock::new(),
                wake: Notify::new(),
                versions: Versions::default(),
                remembered: Remembered::default(),
            }),
        }
    }

    /// The same with what the operator has set up for messages to people outside. The first setting
    /// stays.
    pub fn with_outward(self, outward: Outward) -> App {
        let _ = self.inner.outward.set(outward);
        self
    }

    /// The same with a place for scheduled backups. The first setting stays.
    pub fn with_backups(self, backups: BackupSettings) -> App {
        let _ = self.inner.backups.set(backups);
        self
    }

    /// The same, keeping what has ended for so long. The first setting stays.
    pub fn with_retention(self, retention: Retention) -> App {
        let _ = self.inner.retention.set(retention);
        self
    }

    /// For how long what has ended is kept.
    pub fn retention(&self) -> Retention {
        self.inner.retention.get().copied().unwrap_or_default()
    }

    /// What the operator has set up for messages to people outside.
    pub fn outward(&self) -> Outward {
        self.inner.outward.get().cloned().unwrap_or_default()
    }

    /// Where scheduled backups are made: in the data folder unless the operator says otherwise.
    pub fn backup_settings(&self) -> BackupSettings {
        let usual = || BackupSettings {
            folder: self.folder().join("backups"),
            kept: 7,
        };
        self.inner.backups.get().cloned().unwrap_or_else(usual)
    }

    /// Lets the machinery of this process look at once for what is due.
    pub fn wake(&self) {
        self.inner.wake.notify_waiters();
    }

    /// Resolves when there may be something due.
    pub async fn woken(&self) {
        self.inner.wake.notified().await;
    }

    /// The records.
    pub fn store(&self) -> &dyn Store {
        &*self.inner.store
    }

    /// The published versions in memory.
    pub(crate) fn versions(&self) -> &Versions {
        &self.inner.versions
    }

    /// The plans in memory.
    pub fn rooms(&self) -> &Rooms {
        &self.inner.rooms
    }

    /// What was read of the records and is still there.
    pub(crate) fn remembered(&self) -> &Remembered {
        &self.inner.remembered
    }

    /// The slices that were answered.
    pub fn slices(&self) -> &Slices {
        &self.inner.slices
    }

    /// Passwords.
    pub fn hashing(&self) -> &Hashing {
        &self.inner.hashing
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// What the operator has set.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.inner.settings.folder
    }

    /// 128 random bits, for an identifier.
    pub fn bits(&self) -> u128 {
        rand::random()
    }

    /// Makes the first organisation and its local account where there is none, and gives the latter.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn first_run(&self) -> Result<User, AppError> {
        // Asked with every request: whoever is there already is only read.
        let mut tx = self.store().read().await?;
        let known = tx.organisations().await?;
        if let Some(first) = known.iter().find(|one| one.code == FIRST_ORGANISATION)
            && let Some(user) = tx.user_by_login(&first.id, LOCAL_LOGIN).await?
        {
            return Ok(user);
        }
        drop(tx);
        let mut tx = self.store().write().await?;
        let known = tx.organisations().await?;
        let organisation = match known.into_iter().find(|one| one.code == FIRST_ORGANISATION) {
            Some(organisation) => organisation,
            None => {
                let organisation = Organisation {
                    id: OrganisationId::of(self.bits()),
                    code: FIRST_ORGANISATION.into(),
                    name: "fenjie".into(),
                    language: "zh".into(),
                    zone: "Asia/Shanghai".into(),
                    created_at: self.now(),
                };
                tx.add_organisation(&organisation).await?;
                organisation
            }
        };
        if let Some(user) = tx.user_by_login(&organisation.id, LOCAL_LOGIN).await? {
            return Ok(user);
        }
        let user = User {
            id: UserId::of(self.bits()),
            organisation: organisation.id,
            login: LOCAL_LOGIN.into(),
            name: "本机".into(),
            email: None,
            role: Role::Administrator,
            scope: Scope::All,
            member: None,
            reports_to: None,
            language: None,
            active: true,
            password_hash: None,
            revision: 1,
            created_at: self.now(),
        };
        tx.add_user(&user).await?;
        tx.commit().await?;
        Ok(user)
    }
}
