//! Passwords in the application: hashed beside the requests, a few at a time, since each takes its
//! memory. Must not know accounts.

use std::sync::Arc;
use std::time::Duration;

use fenjie_identity::password::{Cost, Passwords};
use fenjie_identity::password_rules;
use fenjie_message::{Lang, Message};
use tokio::sync::Semaphore;

use crate::AppError;

/// How long somebody waits for their turn before they are told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// Hashes passwords, a few at a time.
#[derive(Clone)]
pub struct Hashing {
    passwords: Arc<Passwords>,
    turns: Arc<Semaphore>,
}

impl Hashing {
    /// Hashing at a cost, as many at a time as there are processors.
    pub fn new(cost: Cost) -> Hashing {
        let turns = std::thread::available_parallelism().map_or(1, usize::from);
        Hashing {
            passwords: Arc::new(Passwords::new(cost)),
            turns: Arc::new(Semaphore::new(turns)),
        }
    }

    /// The hash of a password.
    ///
    /// # Errors
    /// `too_many_requests` where too many wait.
    pub async fn hash(&self, password: &str) -> Result<String, AppError> {
        let password = password.to_owned();
        self.turn(move |passwords| passwords.hash(&password)).await
    }

    /// Whether a password is the one that was hashed; as long without a hash.
    ///
    /// # Errors
    /// `too_many_requests` where too many wait.
    pub async fn fits(&self, kept: Option<String>, password: &str) -> Result<bool, AppError> {
        let password = password.to_owned();
        self.turn(move |passwords| passwords.fits(kept.as_deref(), &password))
            .await
    }

    async fn turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Passwords) -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        let turn = turn
            .map_err(|_| AppError::TooMany { retry_after: 5 })?
            .map_err(AppError::internal)?;
        let passwords = self.passwords.clone();
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(&passwords)
        })
        .await
        .map_err(AppError::internal)
    }
}

/// Whether whoever has this login may take this password.
///
/// # Errors
/// `password_too_short` and its like, about `field`.
pub fn check(password: &str, login: &str, field: &'static str) -> Result<(), AppError> {
    password_rules::check(password, login).map_err(|weak| {
        let (zh, en) = (weak.text(Lang::Zh), weak.text(Lang::En));
        AppError::invalid(field, weak.code(), zh, en)
    })
}
