//! Jobs: work that is written down, done by one process at a time, and taken over where that process
//! is lost. Must not know what a job does.

use async_trait::async_trait;
use serde_json::Value as Json;

use crate::{JobId, Kept, Listed, OrganisationId, Page, PlanId, ScheduleId, Timestamp};

/// Work to be done once.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its identifier.
    pub id: JobId,
    /// Whose.
    pub organisation: OrganisationId,
    /// What is done, such as `close_periods`.
    pub kind: String,
    /// To which plan.
    pub plan: Option<PlanId>,
    /// What else it needs.
    pub parameters: Json,
    /// What it is known by: the same key makes one job, however often it is asked for.
    pub run_key: String,
    /// How far it is.
    pub state: JobState,
    /// Not before.
    pub due_at: Timestamp,
    /// How often it was begun.
    pub attempts: u32,
    /// When it was last begun.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Stable code of what went wrong last.
    pub error: Option<String>,
    /// What went wrong last, for people.
    pub reason: Option<String>,
    /// What it did.
    pub outcome: Json,
    /// Since when.
    pub created_at: Timestamp,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobState {
    /// It waits for its moment.
    Waiting,
    /// Somebody does it.
    Running,
    /// It is done.
    Done,
    /// It was given up.
    Failed,
}

impl JobState {
    /// All of them.
    pub const ALL: [JobState; 4] = [
        JobState::Waiting,
        JobState::Running,
        JobState::Done,
        JobState::Failed,
    ];

    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            JobState::Waiting => "waiting",
            JobState::Running => "running",
            JobState::Done => "done",
            JobState::Failed => "failed",
        }
    }

    /// The state of a stable name.
    pub fn parse(code: &str) -> Option<JobState> {
        JobState::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// For how long something is one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Which process, by a name of its own.
    pub owner: String,
    /// From when.
    pub now: Timestamp,
    /// Until when, unless it is renewed.
    pub until: Timestamp,
}

/// How a job's attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub struct JobEnd {
    /// How far it is now.
    pub state: JobState,
    /// When.
    pub at: Timestamp,
    /// Not before; of use where it waits for another attempt.
    pub due_at: Timestamp,
    /// Stable code of what went wrong.
    pub error: Option<String>,
    /// What went wrong, for people.
    pub reason: Option<String>,
    /// What it did.
    pub outcome: Json,
}

/// When work is asked for, again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// Its identifier.
    pub id: ScheduleId,
    /// Whose.
    pub organisation: OrganisationId,
    /// What is done.
    pub kind: String,
    /// When, in the organisation's zone: minute, hour, day, month, day of the week.
    pub rule: String,
    /// Whether every missed moment is made up for, or all of them by one.
    pub each: bool,
    /// Whether it is in force.
    pub active: bool,
    /// What else the job needs.
    pub parameters: Json,
    /// The next moment.
    pub next_at: Timestamp,
    /// Grows with every change: the record's ETag.
    pub revision: i64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Which jobs are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Of one state.
    pub state: Option<JobState>,
    /// Of one kind.
    pub kind: Option<String>,
}

/// Records of jobs.
#[async_trait]
pub trait JobRecords {
    /// Asks for a job. Gives whether it is new: the same key is not.
    async fn add_job(&mut self, job: &Job) -> Kept<bool>;
    /// A job of the organisation.
    async fn job(&mut self, organisation: &OrganisationId, id: &JobId) -> Kept<Option<Job>>;
    /// The jobs of the organisation, newest first.
    async fn jobs(
        &mut self,
        organisation: &OrganisationId,
        filter: &JobFilter,
        page: &Page,
    ) -> Kept<Listed<Job>>;
    /// Takes the next job that is due, of any organisation, under a lease: one whose process was lost
    /// is due when its lease has run out. No two takers get the same one. For the machinery alone.
    async fn take_job(&mut self, lease: &Lease) -> Kept<Option<Job>>;
    /// Keeps a job one's own for longer. Gives whether it still was.
    async fn renew_job(&mut self, job: &Job, lease: &Lease) -> Kept<bool>;
    /// Writes down how an attempt ended, where the job is still one's own. Gives whether it was: where
    /// not, whatever goes with it must not last either.
    async fn end_job(&mut self, job: &Job, owner: &str, end: &JobEnd) -> Kept<bool>;
    /// Whether a job is due, without taking it.
    async fn job_is_due(&mut self, now: Timestamp) -> Kept<bool>;
    /// The jobs that a process holds, of any organisation. For the machinery alone.
    async fn jobs_held(&mut self, owner: &str) -> Kept<Vec<Job>>;
    /// Hands a job back undone, as if it had not been begun. Gives whether it was one's own.
    async fn hand_back_job(&mut self, job: &Job, owner: &str, at: Timestamp) -> Kept<bool>;
    /// Lets a job that was given up be done anew. Gives whether it was given up.
    async fn retry_job(
        &mut self,
        organisation: &OrganisationId,
        id: &JobId,
        at: Timestamp,
    ) -> Kept<bool>;
    /// Forgets jobs that ended before a moment; gives how many.
    async fn forget_jobs(&mut self, organisation: &OrganisationId, before: Timestamp) -> Kept<u64>;
    /// How many jobs of the whole server are in each state; those that none is in are left out.
    async fn count_jobs(&mut self) -> Kept<Vec<(JobState, i64)>>;
}

/// Records of schedules.
#[async_trait]
pub trait ScheduleRecords {
    /// Adds a schedule where the organisation has none of its kind. Gives whether it did.
    async fn add_schedule(&mut self, schedule: &Schedule) -> Kept<bool>;
    /// Writes a schedule anew, where its revision is still `seen`. Gives whether it was.
    async fn update_schedule(&mut self, schedule: &Schedule, seen: i64) -> Kept<bool>;
    /// A schedule of the organisation.
    async fn schedule(
        &mut self,
        organisation: &OrganisationId,
        id: &ScheduleId,
    ) -> Kept<Option<Schedule>>;
    /// The schedules of the organisation, by identifier.
    async fn schedules(
        &mut self,
        organisation: &OrganisationId,
        page: &Page,
    ) -> Kept<Listed<Schedule>>;
    /// The schedules in force whose moment has come, of any organisation. For the machinery alone.
    async fn schedules_due(&mut self, now: Timestamp) -> Kept<Vec<Schedule>>;
    /// Moves a schedule to its next moment, where it still stands at `schedule.next_at`. Gives whether
    /// it did.
    async fn move_schedule(&mut self, schedule: &Schedule, next_at: Timestamp) -> Kept<bool>;
}
