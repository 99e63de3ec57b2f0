//! Work that is done without anybody asking at that moment: kept in the records, done by one process at
//! a time, made up for after a downtime, visible and repeatable. Must not know HTTP or SQL.

mod alerts;
mod backup;
mod cleaning;
mod closing;
mod compaction;
pub mod dates;
mod deadlines;
mod rule;
mod runner;
pub mod schedules;
mod task;

use fenjie_message::Lang;
use fenjie_store::jobs::{Job, JobFilter, JobState};
use fenjie_store::{JobId, Listed, OrganisationId, Page, PlanId, Timestamp};
use serde_json::{Value as Json, json};

pub use backup::BackupSettings;
pub use cleaning::Retention;
pub use rule::{NoRule, Rule};
pub use runner::{Runner, RunnerSettings};

use crate::{App, AppError, Unit, Verb};

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Closes the periods that have ended, with their results (rule J4).
    ClosePeriods,
    /// Looks at published plans by their rules, and tells whoever wants to hear (rule T6).
    Alerts,
    /// Tells of deadlines that are near or past, and of action plans that are due (rule J5).
    Deadlines,
    /// Puts small segments of sales together.
    Compact,
    /// Copies the database and the segments.
    Backup,
    /// Forgets kept answers, sessions and links that have run out, ended jobs, ended messages.
    CleanUp,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 6] = [
        Kind::ClosePeriods,
        Kind::Alerts,
        Kind::Deadlines,
        Kind::Compact,
        Kind::Backup,
        Kind::CleanUp,
    ];

    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            Kind::ClosePeriods => "close_periods",
            Kind::Alerts => "alerts",
            Kind::Deadlines => "deadlines",
            Kind::Compact => "compact",
            Kind::Backup => "backup",
            Kind::CleanUp => "clean_up",
        }
    }

    /// The kind of a stable name.
    pub fn parse(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What people call it.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Kind::ClosePeriods => lang.pick("关账", "closing periods"),
            Kind::Alerts => lang.pick("预警汇总", "alerts"),
            Kind::Deadlines => lang.pick("截止提醒", "deadlines"),
            Kind::Compact => lang.pick("合并数据段", "compacting segments"),
            Kind::Backup => lang.pick("备份", "backup"),
            Kind::CleanUp => lang.pick("清理", "cleaning up"),
        }
    }

    /// Whether it is done plan by plan, a job for each.
    pub fn is_per_plan(self) -> bool {
        matches!(
            self,
            Kind::ClosePeriods | Kind::Alerts | Kind::Deadlines | Kind::Compact
        )
    }

    /// After so many attempts it is given up.
    pub fn most_attempts(self) -> u32 {
        match self {
            Kind::Backup | Kind::CleanUp | Kind::Compact => 3,
            _ => 5,
        }
    }
}

/// A job to be asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What is done.
    pub kind: Kind,
    /// To which plan; none for every plan, or where it is no matter of plans.
    pub plan: Option<PlanId>,
    /// The moment it is done for: what has ended by then, what is due by then.
    pub slot: Timestamp,
    /// What it is known by.
    pub run_key: String,
    /// What else it needs.
    pub parameters: Json,
}

/// A job as it is written down.
pub(crate) fn made(
    app: &App,
    organisation: &OrganisationId,
    now: Timestamp,
    wanted: Wanted,
) -> Job {
    let mut parameters = wanted.parameters;
    if !parameters.is_object() {
        parameters = json!({});
    }
    parameters["slot"] = wanted.slot.to_string().into();
    Job {
        id: JobId::of(app.bits()),
        organisation: organisation.clone(),
        kind: wanted.kind.code().to_owned(),
        plan: wanted.plan,
        parameters,
        run_key: wanted.run_key,
        state: JobState::Waiting,
        due_at: now,
        attempts: 0,
        started_at: None,
        finished_at: None,
        error: None,
        reason: None,
        outcome: json!({}),
        created_at: now,
    }
}

/// Asks for a job to be done now.
///
/// # Errors
/// `forbidden`, `not_found` for the plan, `job_without_plan`.
pub async fn ask(unit: &mut Unit, kind: Kind, plan: Option<PlanId>) -> Result<Job, AppError> {
    unit.actor.may(Verb::Operate)?;
    let organisation = unit.organisation();
    if let Some(plan) = &plan {
        if !kind.is_per_plan() {
            let (zh, en) = (
                "这种任务与方案无关",
                "this kind of job is no matter of a plan",
            );
            return Err(AppError::invalid("plan", "job_without_plan", zh, en));
        }
        let found = unit.tx.plan(&organisation, plan).await?;
        found.ok_or_else(|| AppError::not_found(plan.to_string()))?;
    }
    let wanted = Wanted {
        kind,
        plan,
        slot: unit.now,
        run_key: format!("asked:{:032x}", unit.app.bits()),
        parameters: json!({}),
    };
    let job = made(&unit.app, &organisation, unit.now, wanted);
    unit.tx.add_job(&job).await?;
    let after = json!({ "kind": job.kind, "plan": job.plan });
    unit.record("job.create", &job.id, Json::Null, after);
    unit.app.wake();
    Ok(job)
}

/// The jobs of the organisation, newest first.
///
/// # Errors
/// `forbidden`; what the store refuses.
pub async fn list(
    unit: &mut Unit,
    filter: &JobFilter,
    page: &Page,
) -> Result<Listed<Job>, AppError> {
    unit.actor.may(Verb::Operate)?;
    let organisation = unit.organisation();
    Ok(unit.tx.jobs(&organisation, filter, page).await?)
}

/// A job of the organisation.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn get(unit: &mut Unit, id: &JobId) -> Result<Job, AppError> {
    unit.actor.may(Verb::Operate)?;
    let organisation = unit.organisation();
    let found = unit.tx.job(&organisation, id).await?;
    found.ok_or_else(|| AppError::not_found(id.to_string()))
}

/// Lets a job that was given up be done anew.
///
/// # Errors
/// `forbidden`, `not_found`, `job_not_failed`.
pub async fn retry(unit: &mut Unit, id: &JobId) -> Result<Job, AppError> {
    let before = get(unit, id).await?;
    let organisation = unit.organisation();
    if !unit.tx.retry_job(&organisation, id, unit.now).await? {
        return Err(AppError::conflict(
            "job_not_failed",
            "只有已放弃的任务可以重做",
            "only a job that was given up is done anew",
        ));
    }
    let state = |state: JobState| json!({ "state": state.code() });
    unit.record(
        "job.retry",
        id,
        state(before.state),
        state(JobState::Waiting),
    );
    unit.app.wake();
    get(unit, id).await
}
