//! One unit of work: a transaction, who asks for it, and what the audit will say of it. Must not
//! know what is done in it.

use std::sync::Arc;

use fenjie_store::audit::AuditEntry;
use fenjie_store::{OrganisationId, StoreError, Timestamp, Transaction};
use futures::future::BoxFuture;
use serde_json::Value as Json;

use crate::{Actor, Answer, App, AppError, Asked};

/// How often two writers that met are tried again.
const ATTEMPTS: u32 = 3;

/// A transaction in somebody's name.
pub struct Unit {
    /// The application.
    pub app: App,
    /// Who asks.
    pub actor: Arc<Actor>,
    /// The records.
    pub tx: Box<dyn Transaction>,
    /// When it began; every record of it bears this moment.
    pub now: Timestamp,
    entries: Vec<AuditEntry>,
}

impl Unit {
    /// A unit of work on a transaction.
    pub fn new(app: &App, actor: &Arc<Actor>, tx: Box<dyn Transaction>) -> Unit {
        let now = app.now();
        Unit {
            app: app.clone(),
            actor: actor.clone(),
            tx,
            now,
            entries: Vec::new(),
        }
    }

    /// The organisation: the first argument of every record function.
    pub fn organisation(&self) -> OrganisationId {
        self.actor.organisation.clone()
    }

    /// Notes a change for the audit: `action` such as `view.update`, `target` its identifier.
    pub fn record(&mut self, action: &str, target: impl ToString, before: Json, after: Json) {
        self.entries.push(AuditEntry {
            at: self.now,
            who: self.actor.who(),
            origin: self.actor.origin.text(),
            action: action.to_owned(),
            target: target.to_string(),
            before,
            after,
            result: "done".into(),
        });
    }

    /// What the audit will say so far.
    pub fn take_entries(&mut self) -> Vec<AuditEntry> {
        std::mem::take(&mut self.entries)
    }

    /// The transaction, for the next one in it, and what the audit will say.
    pub(crate) fn into_parts(self) -> (Box<dyn Transaction>, Vec<AuditEntry>) {
        (self.tx, self.entries)
    }

    /// Writes the audit and makes everything last.
    ///
    /// # Errors
    /// What the store refuses; then nothing has happened.
    pub async fn commit(mut self) -> Result<(), AppError> {
        let entries = self.take_entries();
        if !entries.is_empty() {
            self.tx
                .append_audit(&self.actor.organisation, &entries)
                .await?;
        }
        Ok(self.tx.commit().await?)
    }
}

impl App {
    /// A unit of work that only reads.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn reading(&self, actor: &Arc<Actor>) -> Result<Unit, AppError> {
        Ok(Unit::new(self, actor, self.store().read().await?))
    }

    /// The answer that a request was given before: for what looks around before it edits.
    ///
    /// # Errors
    /// `idempotency_key_reused`; what the store refuses.
    pub async fn answered(&self, asked: &Asked) -> Result<Option<Answer>, AppError> {
        match &asked.key {
            Some(_) => self.reading(&asked.actor).await?.kept(asked).await,
            None => Ok(None),
        }
    }

    /// Does work in one transaction and keeps its answer under the request's key: the same request
    /// again has the same answer and no second effect, also where the first was cut off before it
    /// heard of it.
    ///
    /// # Errors
    /// Those of the work; `idempotency_key_reused`; what the store refuses.
    pub async fn write(
        &self,
        asked: &Asked,
        work: impl for<'u> Fn(&'u mut Unit) -> BoxFuture<'u, Result<Answer, AppError>> + Send + Sync,
    ) -> Result<Answer, AppError> {
        let mut attempt = 1;
        loop {
            match self.write_once(asked, &work).await {
                Err(AppError::Store(StoreError::Busy)) if attempt < ATTEMPTS => attempt += 1,
                // Two of the same key met: the second finds the first one's answer.
                Err(AppError::Store(StoreError::Conflict { what }))
                    if what == "kept_answers" && attempt < ATTEMPTS =>
                {
                    attempt += 1;
                }
                other => return other,
            }
        }
    }

    async fn write_once(
        &self,
        asked: &Asked,
        work: &(impl for<'u> Fn(&'u mut Unit) -> BoxFuture<'u, Result<Answer, AppError>> + Send + Sync),
    ) -> Result<Answer, AppError> {
        let mut unit = Unit::new(self, &asked.actor, self.store().write().await?);
        if let Some(answer) = unit.kept(asked).await? {
            return Ok(answer);
        }
        let answer = work(&mut unit).await?;
        unit.keep(asked, &answer).await?;
        unit.commit().await?;
        Ok(answer)
    }
}

impl Unit {
    /// The answer that this request was given before.
    ///
    /// # Errors
    /// `idempotency_key_reused` where the key belongs to another request; what the store refuses.
    pub async fn kept(&mut self, asked: &Asked) -> Result<Option<Answer>, AppError> {
        let Some(key) = &asked.key else {
            return Ok(None);
        };
        let actor = &asked.actor;
        let kept = self
            .tx
            .kept_answer(&actor.organisation, &actor.user, &key.key)
            .await?;
        match kept {
            Some(kept) if kept.request_hash != key.request_hash => Err(AppError::KeyReused),
            Some(kept) => Ok(Some(Answer::again(kept))),
            None => Ok(None),
        }
    }

    /// Keeps the answer for those who ask again.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn keep(&mut self, asked: &Asked, answer: &Answer) -> Result<(), AppError> {
        let Some(key) = &asked.key else { return Ok(()) };
        let actor = &asked.actor;
        let kept = answer.kept(&key.request_hash, self.now);
        self.tx
            .keep_answer(&actor.organisation, &actor.user, &key.key, &kept)
            .await?;
        Ok(())
    }
}
