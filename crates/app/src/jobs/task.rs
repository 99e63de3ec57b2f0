//! A job in somebody's hands: who it acts as, and how it ends. Must not know what it does.

use std::sync::Arc;

use fenjie_store::jobs::{Job, JobEnd, JobState};
use fenjie_store::organisation::Organisation;
use fenjie_store::plans::{PlanRecord, PlanStatus};
use fenjie_store::{Page, Timestamp};
use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::{Kind, Wanted, made, schedules};
use crate::{Actor, App, AppError, Asked, Unit};

/// A job in the hands of this process.
#[derive(Clone)]
pub(super) struct Task {
    pub app: App,
    pub job: Job,
    pub kind: Kind,
    /// The process that holds its lease.
    pub owner: String,
    pub organisation: Organisation,
    pub asked: Asked,
}

/// How an attempt ended well.
pub(super) enum Ended {
    /// It is written down already, together with what was done.
    Already,
    /// It did this, and nothing that has to be kept together with it.
    With(Json),
}

impl Task {
    /// A job as the system does it.
    pub fn new(app: &App, job: Job, kind: Kind, owner: &str, organisation: Organisation) -> Task {
        let by = format!("{} {}", job.kind, job.id);
        let actor = Actor::system(&organisation.id, &organisation.language, by);
        Task {
            app: app.clone(),
            kind,
            owner: owner.to_owned(),
            asked: Asked {
                actor: Arc::new(actor),
                key: None,
            },
            organisation,
            job,
        }
    }

    /// The moment that it is done for.
    pub fn slot(&self) -> Timestamp {
        let slot = self.job.parameters["slot"].as_str();
        slot.and_then(|text| text.parse().ok())
            .unwrap_or(self.job.created_at)
    }

    /// The day of that moment where the organisation is, and minutes since midnight.
    pub fn day(&self) -> (Date, u16) {
        let there = schedules::zone(&self.organisation).to_datetime(self.slot());
        let minute = there.hour() as u16 * 60 + there.minute() as u16;
        (there.date(), minute)
    }

    /// Ends the job in the transaction of what it did: where another process has taken it over, none of
    /// it lasts.
    pub async fn end_in(&self, unit: &mut Unit, outcome: Json) -> Result<(), AppError> {
        let end = JobEnd {
            state: JobState::Done,
            at: unit.now,
            due_at: self.job.due_at,
            error: None,
            reason: None,
            outcome,
        };
        match unit.tx.end_job(&self.job, &self.owner, &end).await? {
            true => Ok(()),
            false => Err(lost()),
        }
    }

    /// A unit of work that writes.
    pub async fn writing(&self) -> Result<Unit, AppError> {
        let tx = self.app.store().write().await?;
        Ok(Unit::new(&self.app, &self.asked.actor, tx))
    }

    /// The plans that people work to: published or locked, and not put away.
    pub async fn plans(&self) -> Result<Vec<PlanRecord>, AppError> {
        let mut tx = self.app.store().read().await?;
        let mut page = Page {
            limit: 500,
            ..Page::default()
        };
        let mut found = Vec::new();
        loop {
            let listed = tx.plans(&self.organisation.id, &page).await?;
            found.extend(listed.items.into_iter().filter(|plan| {
                let in_force = matches!(plan.status, PlanStatus::Published | PlanStatus::Locked);
                in_force && plan.archived_at.is_none() && plan.branched_from.is_none()
            }));
            match listed.next {
                Some(next) => page.after = Some(next),
                None => return Ok(found),
            }
        }
    }

    /// Makes a job of each plan, so that one plan's trouble is not another's.
    pub async fn for_each_plan(&self) -> Result<Ended, AppError> {
        let plans = self.plans().await?;
        let mut unit = self.writing().await?;
        let mut count = 0;
        for plan in plans {
            let wanted = Wanted {
                kind: self.kind,
                plan: Some(plan.id.clone()),
                slot: self.slot(),
                run_key: format!("{}:{}", self.job.run_key, plan.id),
                parameters: self.job.parameters.clone(),
            };
            let job = made(&self.app, &self.organisation.id, unit.now, wanted);
            count += usize::from(unit.tx.add_job(&job).await?);
        }
        self.end_in(&mut unit, json!({ "plans": count })).await?;
        unit.commit().await?;
        Ok(Ended::Already)
    }
}

/// Another process has taken the job over: whatever was done in this transaction is taken back.
pub(super) fn lost() -> AppError {
    AppError::conflict(
        "job_taken_over",
        "任务已由另一个进程接手",
        "another process has taken the job over",
    )
}
