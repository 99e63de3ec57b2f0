//! Jobs and their schedules over HTTP.

use axum::extract::State as Shared;
use fenjie_app::jobs::{self, Kind, schedules};
use fenjie_app::{Answer, AppError};
use fenjie_store::jobs::{Job, JobFilter, JobState, Schedule};
use fenjie_store::{JobId, PlanId, ScheduleId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, List, Named, PageQuery};
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_jobs, create_job))
        .routes(routes!(get_job))
        .routes(routes!(retry_job))
        .routes(routes!(list_schedules))
        .routes(routes!(get_schedule, update_schedule))
}

/// What a job does.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Closes the periods that have ended.
    ClosePeriods,
    /// Looks at plans by their rules and tells whoever wants to hear.
    Alerts,
    /// Tells of deadlines that are near or past, and of action plans that are due.
    Deadlines,
    /// Puts small segments of sales together.
    Compact,
    /// Copies the database and the segments.
    Backup,
    /// Forgets what has had its time.
    CleanUp,
}

impl From<JobKind> for Kind {
    fn from(kind: JobKind) -> Kind {
        match kind {
            JobKind::ClosePeriods => Kind::ClosePeriods,
            JobKind::Alerts => Kind::Alerts,
            JobKind::Deadlines => Kind::Deadlines,
            JobKind::Compact => Kind::Compact,
            JobKind::Backup => Kind::Backup,
            JobKind::CleanUp => Kind::CleanUp,
        }
    }
}

/// How far a job is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobStateBody {
    /// It waits for its moment.
    Waiting,
    /// Somebody does it.
    Running,
    /// It is done.
    Done,
    /// It was given up.
    Failed,
}

impl From<JobStateBody> for JobState {
    fn from(state: JobStateBody) -> JobState {
        match state {
            JobStateBody::Waiting => JobState::Waiting,
            JobStateBody::Running => JobState::Running,
            JobStateBody::Done => JobState::Done,
            JobStateBody::Failed => JobState::Failed,
        }
    }
}

/// A job.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JobBody {
    /// Its identifier.
    #[schema(value_type = String, example = "job_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: JobId,
    /// What it does.
    #[schema(example = "close_periods")]
    pub kind: String,
    /// To which plan.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanId>,
    /// `waiting`, `running`, `done`, `failed`.
    #[schema(example = "done")]
    pub state: String,
    /// Not before.
    #[schema(example = "2026-03-18T00:30:00Z")]
    pub due_at: String,
    /// How often it was begun.
    pub attempts: u32,
    /// When it was last begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
    /// Stable code of what went wrong last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What went wrong last, in the organisation's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What it did.
    #[schema(value_type = Object, example = json!({ "closed": ["2026-03/W11"] }))]
    pub outcome: serde_json::Value,
    /// Since when.
    #[schema(example = "2026-03-18T00:30:00Z")]
    pub created_at: String,
}

/// A job that is asked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JobWanted {
    /// What it does.
    pub kind: JobKind,
    /// To which plan; to every plan in force where missing.
    #[schema(value_type = Option<String>)]
    pub plan: Option<PlanId>,
}

/// Which jobs.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JobQuery {
    /// Of one state.
    #[param(inline)]
    pub state: Option<JobStateBody>,
    /// Of one kind.
    #[param(inline)]
    pub kind: Option<JobKind>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// How many, 1 to 500; 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
}

/// When a job is asked for, again and again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScheduleBody {
    /// Its identifier.
    #[schema(value_type = String, example = "sch_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: ScheduleId,
    /// What is done.
    #[schema(example = "alerts")]
    pub kind: String,
    /// When, in the organisation's zone: minute, hour, day, month, day of the week.
    #[schema(example = "30 8 * * 1-5")]
    pub rule: String,
    /// Whether every moment that was missed is made up for, or all of them by one.
    pub each: bool,
    /// Whether it is in force.
    pub active: bool,
    /// The next moment.
    #[schema(example = "2026-03-18T00:30:00Z")]
    pub next_at: String,
    /// Its revision; the ETag.
    pub revision: i64,
    /// When it was last changed.
    #[schema(example = "2026-03-18T00:30:00Z")]
    pub updated_at: String,
}

/// What a schedule is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleWanted {
    /// When, in the organisation's zone; four times an hour at most.
    #[schema(example = "30 8 * * 1-5", max_length = 200)]
    pub rule: String,
    /// Whether every moment that was missed is made up for, or all of them by one.
    pub each: bool,
    /// Whether it is in force.
    pub active: bool,
}

fn body(job: Job) -> JobBody {
    JobBody {
        id: job.id,
        kind: job.kind,
        plan: job.plan,
        state: job.state.code().to_owned(),
        due_at: job.due_at.to_string(),
        attempts: job.attempts,
        started_at: job.started_at.map(|at| at.to_string()),
        finished_at: job.finished_at.map(|at| at.to_string()),
        error: job.error,
        reason: job.reason,
        outcome: job.outcome,
        created_at: job.created_at.to_string(),
    }
}

fn schedule_body(schedule: Schedule) -> ScheduleBody {
    ScheduleBody {
        id: schedule.id,
        kind: schedule.kind,
        rule: schedule.rule,
        each: schedule.each,
        active: schedule.active,
        next_at: schedule.next_at.to_string(),
        revision: schedule.revision,
        updated_at: schedule.updated_at.to_string(),
    }
}

/// Lists jobs, newest first.
#[utoipa::path(get, path = "/jobs", tag = "jobs", params(JobQuery), responses(
    (status = 200, body = List<JobBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_jobs(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Asking(query): Asking<JobQuery>,
) -> Result<axum::Json<List<JobBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let filter = JobFilter {
        state: query.state.map(JobState::from),
        kind: query.kind.map(|kind| Kind::from(kind).code().to_owned()),
    };
    let page = PageQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let page = page.page().map_err(refused)?;
    let mut unit = state.app.reading(&actor).await.map_err(refused)?;
    let listed = jobs::list(&mut unit, &filter, &page)
        .await
        .map_err(refused)?;
    Ok(axum::Json(List::of(listed, body)))
}

/// Asks for a job to be done now.
#[utoipa::path(post, path = "/jobs", tag = "jobs", request_body = JobWanted,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = JobBody, headers(("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_job(
    Shared(state): Shared<State>,
    write: Write<JobWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let (kind, plan) = (Kind::from(write.body.kind), write.body.plan);
    let answer = state.app.write(&write.asked, move |unit| {
        let plan = plan.clone();
        Box::pin(async move {
            let job = jobs::ask(unit, kind, plan).await?;
            Answer::created(format!("/api/v1/jobs/{}", job.id), &body(job))
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// Gives a job.
#[utoipa::path(get, path = "/jobs/{job}", tag = "jobs", params(("job" = String, Path)), responses(
    (status = 200, body = JobBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_job(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<JobId>,
) -> Result<Reply, Problem> {
    let found = async {
        let mut unit = state.app.reading(&actor).await?;
        Answer::ok(&body(jobs::get(&mut unit, &id).await?))
    };
    found
        .await
        .map(Reply)
        .map_err(|error: AppError| Problem::new(error, actor.lang))
}

/// Lets a job that was given up be done anew.
#[utoipa::path(post, path = "/jobs/{job}/retries", tag = "jobs",
    params(("job" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 202, body = JobBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn retry_job(
    Shared(state): Shared<State>,
    Named(id): Named<JobId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let answer = state.app.write(&write.asked, move |unit| {
        let id = id.clone();
        Box::pin(async move {
            let job = jobs::retry(unit, &id).await?;
            Answer::with(202, &body(job))
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// Lists the schedules of the organisation.
#[utoipa::path(get, path = "/schedules", tag = "jobs", params(PageQuery), responses(
    (status = 200, body = List<ScheduleBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_schedules(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Asking(query): Asking<PageQuery>,
) -> Result<axum::Json<List<ScheduleBody>>, Problem> {
    let listed = state.read(&actor, async |unit| {
        schedules::list(unit, &query.page()?).await
    });
    Ok(axum::Json(List::of(listed.await?, schedule_body)))
}

/// Gives a schedule.
#[utoipa::path(get, path = "/schedules/{schedule}", tag = "jobs",
    params(("schedule" = String, Path)), responses(
    (status = 200, body = ScheduleBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_schedule(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<ScheduleId>,
) -> Result<Reply, Problem> {
    let found = state.read(&actor, async |unit| {
        let schedule = schedules::get(unit, &id).await?;
        let revision = schedule.revision;
        Ok(Answer::ok(&schedule_body(schedule))?.tagged(revision))
    });
    found.await.map(Reply)
}

/// Writes a schedule anew.
#[utoipa::path(put, path = "/schedules/{schedule}", tag = "jobs", request_body = ScheduleWanted,
    params(("schedule" = String, Path), ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, body = ScheduleBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn update_schedule(
    Shared(state): Shared<State>,
    Named(id): Named<ScheduleId>,
    write: Write<ScheduleWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let change = schedules::Change {
        rule: write.body.rule,
        each: write.body.each,
        active: write.body.active,
    };
    let answer = state.app.write(&write.asked, move |unit| {
        let (id, change) = (id.clone(), change.clone());
        Box::pin(async move {
            let schedule = schedules::update(unit, &id, seen, change).await?;
            let revision = schedule.revision;
            Ok(Answer::ok(&schedule_body(schedule))?.tagged(revision))
        })
    });
    answer.await.map(Reply).map_err(refused)
}
