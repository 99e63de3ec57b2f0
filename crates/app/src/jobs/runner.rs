//! The machinery of one process: asks for what is due, takes a job, keeps its lease while it runs, writes
//! down how it ended; sends messages beside. Several processes on one database share the work. Must
//! not know HTTP or SQL.

use std::future::Future;
use std::time::Duration;

use fenjie_message::{Lang, Message};
use fenjie_store::jobs::{Job, JobEnd, JobState, Lease};
use jiff::SignedDuration;
use serde_json::json;

use super::task::{Ended, Task};
use super::{Kind, alerts, backup, cleaning, closing, compaction, deadlines, schedules};
use crate::imports::settle_all;
use crate::notices::{send_next, wait};
use crate::{App, AppError};

/// How the machinery of a process is set.
#[derive(Clone, Copy, Debug)]
pub struct RunnerSettings {
    /// How often it looks for what is due.
    pub look: Duration,
    /// For how long a job is taken; it is renewed three times as often.
    pub lease: Duration,
    /// How many messages are sent at once.
    pub senders: usize,
}

impl Default for RunnerSettings {
    fn default() -> Self {
        RunnerSettings {
            look: Duration::from_secs(2),
            lease: Duration::from_secs(60),
            senders: 4,
        }
    }
}

/// The machinery of one process.
#[derive(Clone)]
pub struct Runner {
    app: App,
    owner: String,
    settings: RunnerSettings,
}

impl Runner {
    /// The machinery of this process, under a name of its own.
    pub fn new(app: &App, settings: RunnerSettings) -> Runner {
        Runner {
            owner: format!("{}-{:016x}", std::process::id(), app.bits() as u64),
            app: app.clone(),
            settings,
        }
    }

    /// The name that its leases bear.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Works until told to stop; then hands back what it had not finished.
    pub async fn until(&self, stop: impl Future<Output = ()> + Send) {
        tokio::pin!(stop);
        let sending = futures::future::join_all((0..self.settings.senders).map(|_| self.sending()));
        let working = async {
            loop {
                // At once for what a killed server left, and as soon as another one falls silent.
                if let Err(error) = settle_all(&self.app).await {
                    tracing::warn!(%error, "imports of servers that ended were not settled");
                }
                match self.work_once().await {
                    Ok(true) => continue,
                    Ok(false) => {}
                    Err(error) => tracing::warn!(%error, "jobs cannot be looked for"),
                }
                self.rest().await;
            }
        };
        tokio::select! {
            () = &mut stop => {}
            () = working => {}
            _ = sending => {}
        }
        if let Err(error) = self.hand_back().await {
            tracing::warn!(%error, "jobs were not handed back; their leases run out");
        }
    }

    async fn rest(&self) {
        tokio::select! {
            () = tokio::time::sleep(self.settings.look) => {}
            () = self.app.woken() => {}
        }
    }

    async fn sending(&self) {
        loop {
            match self.send_once().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "messages cannot be looked for"),
            }
            self.rest().await;
        }
    }

    /// Sends one message that is due. Gives whether there was one.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn send_once(&self) -> Result<bool, AppError> {
        if !self
            .app
            .store()
            .read()
            .await?
            .delivery_is_due(self.app.now())
            .await?
        {
            return Ok(false);
        }
        send_next(&self.app, &self.owner).await
    }

    /// Asks for what is due and does one job. Gives whether there was one.
    ///
    /// # Errors
    /// What the store refuses; a job's own failure is written down with it.
    pub async fn work_once(&self) -> Result<bool, AppError> {
        schedules::provide(&self.app).await?;
        schedules::ask_due(&self.app).await?;
        if !self
            .app
            .store()
            .read()
            .await?
            .job_is_due(self.app.now())
            .await?
        {
            return Ok(false);
        }
        let mut tx = self.app.store().write().await?;
        let Some(job) = tx.take_job(&self.lease()).await? else {
            return Ok(false);
        };
        let organisation = tx.organisation(&job.organisation).await?;
        tx.commit().await?;
        let (Some(kind), Some(organisation)) = (Kind::parse(&job.kind), organisation) else {
            let error = AppError::internal("a job of no kind");
            self.failed(&job, 1, Lang::En, &error).await?;
            return Ok(true);
        };
        let lang = Lang::from_locale(&organisation.language);
        // Attempts beyond the last one began and never ended: each process that tried was lost.
        if job.attempts > kind.most_attempts() {
            let error = AppError::conflict(
                "job_never_ended",
                "任务多次开始而没有结束，进程可能因它而中止",
                "the job was begun again and again and never ended; processes may die of it",
            );
            self.failed(&job, kind.most_attempts(), lang, &error)
                .await?;
            return Ok(true);
        }
        let task = Task::new(&self.app, job, kind, &self.owner, organisation);
        let outcome = tokio::select! {
            outcome = done(&task) => outcome,
            () = self.renewing(&task.job) => Err(super::task::lost()),
        };
        self.ended(&task, outcome, lang).await?;
        Ok(true)
    }

    fn lease(&self) -> Lease {
        let now = self.app.now();
        let length = SignedDuration::try_from(self.settings.lease);
        Lease {
            owner: self.owner.clone(),
            now,
            until: now + length.unwrap_or(SignedDuration::from_secs(60)),
        }
    }

    /// Keeps a job's lease as long as it runs; ends when the lease is lost.
    async fn renewing(&self, job: &Job) {
        loop {
            tokio::time::sleep(self.settings.lease / 3).await;
            let renewed = async {
                let mut tx = self.app.store().write().await?;
                let is_ours = tx.renew_job(job, &self.lease()).await?;
                tx.commit().await?;
                Ok::<bool, AppError>(is_ours)
            };
            match renewed.await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(%error, job = %job.id, "a lease was not renewed"),
            }
        }
    }

    async fn ended(
        &self,
        task: &Task,
        outcome: Result<Ended, AppError>,
        lang: Lang,
    ) -> Result<(), AppError> {
        match outcome {
            Ok(Ended::Already) => {}
            Ok(Ended::With(outcome)) => {
                let mut unit = task.writing().await?;
                // Where it was taken over meanwhile, the other process says how it ended.
                if task.end_in(&mut unit, outcome).await.is_ok() {
                    unit.commit().await?;
                }
            }
            Err(error) => {
                let most = task.kind.most_attempts();
                self.failed(&task.job, most, lang, &error).await?;
                if task.kind == Kind::Backup && task.job.attempts >= most {
                    backup::tell_failure(task, &error.text(lang)).await?;
                }
            }
        }
        Ok(())
    }

    /// Writes down that an attempt failed, and whether there will be another.
    async fn failed(
        &self,
        job: &Job,
        most: u32,
        lang: Lang,
        error: &AppError,
    ) -> Result<(), AppError> {
        let now = self.app.now();
        let given_up = job.attempts >= most;
        tracing::warn!(job = %job.id, kind = job.kind, given_up, %error, "a job failed");
        let wait = wait(job.attempts, None, self.app.bits());
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_secs(60));
        let end = JobEnd {
            state: match given_up {
                true => JobState::Failed,
                false => JobState::Waiting,
            },
            at: now,
            due_at: now + wait,
            error: Some(error.code().into()),
            reason: Some(error.text(lang).chars().take(500).collect()),
            outcome: json!({}),
        };
        let mut tx = self.app.store().write().await?;
        tx.end_job(job, &self.owner, &end).await?;
        Ok(tx.commit().await?)
    }

    /// Hands back what this process holds and has not finished.
    async fn hand_back(&self) -> Result<(), AppError> {
        let now = self.app.now();
        let mut tx = self.app.store().write().await?;
        for job in tx.jobs_held(&self.owner).await? {
            tx.hand_back_job(&job, &self.owner, now).await?;
        }
        tx.hand_back_deliveries(&self.owner, now).await?;
        Ok(tx.commit().await?)
    }
}

/// Does a job.
async fn done(task: &Task) -> Result<Ended, AppError> {
    // Deadlines are of requests and releases too, which are no matter of one plan.
    if task.kind.is_per_plan() && task.job.plan.is_none() && task.kind != Kind::Deadlines {
        return task.for_each_plan().await;
    }
    match task.kind {
        Kind::ClosePeriods => closing::run(task).await,
        Kind::Alerts => alerts::run(task).await,
        Kind::Deadlines => deadlines::run(task).await,
        Kind::Compact => compaction::run(task).await,
        Kind::Backup => backup::run(task).await,
        Kind::CleanUp => cleaning::run(task).await,
    }
}
