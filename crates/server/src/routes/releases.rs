//! Targets released to their owners over HTTP.

use axum::extract::State as Shared;
use fenjie_app::rhythm::release::{self, NewRelease, Shown};
use fenjie_app::rhythm::{day, mine, reconciliation};
use fenjie_app::{Answer, AppError};
use fenjie_store::rhythm::Release;
use fenjie_store::{PlanId, ReleaseId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::commitments::{CommitmentBody, commitment_body};
use crate::called::{Called, Known, Peopled, among, called, page_called};
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, List, Named, PageQuery};
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_releases, create_release))
        .routes(routes!(get_release, withdraw_release))
        .routes(routes!(list_released_targets))
}

/// Targets put before their owners for an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReleaseBody {
    /// Its identifier.
    #[schema(value_type = String, example = "rel_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: ReleaseId,
    /// Of which plan.
    #[schema(value_type = String, example = "pln_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub plan: PlanId,
    /// Of which measure.
    #[schema(example = "sales")]
    pub measure: String,
    /// For which period; missing for the whole plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "quarter=2026-Q1")]
    pub period: Option<String>,
    /// The version of the plan that the targets were taken from.
    #[schema(example = 17)]
    pub version: u64,
    /// The last day for an answer.
    #[schema(example = "2026-11-30")]
    pub deadline: String,
    /// The end of that day where the organisation is.
    #[schema(example = "2026-11-30T16:00:00Z")]
    pub due_at: String,
    /// What the owners are told.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(example = "请在月底前答复")]
    pub note: String,
    /// Who released.
    #[schema(value_type = String, example = "usr_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub created_by: UserId,
    /// What the people above are called, by identifier.
    #[schema(value_type = std::collections::HashMap<String, String>,
        example = json!({"usr_0d9m3m7e5w8qf2v6h1c4k0r9ts": "王芳"}))]
    pub people: Called,
    /// When.
    pub created_at: String,
    /// When it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<String>,
    /// Its revision; the ETag.
    #[schema(example = 1)]
    pub revision: i64,
    /// The targets, those that the asker sees.
    pub targets: Vec<TargetBody>,
}

impl Peopled for ReleaseBody {
    fn people(&self) -> Vec<&UserId> {
        vec![&self.created_by]
    }

    fn name(&mut self, known: &Known) {
        self.people = among(known, &Peopled::people(self));
    }
}

/// A released target.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TargetBody {
    /// The member of the organisation tree.
    #[schema(example = "east")]
    pub node: String,
    /// What it is called.
    #[schema(example = "华东")]
    pub name: String,
    /// The target when it was released.
    #[schema(example = "12000000.00")]
    pub target: String,
}

/// Targets to be released.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseWanted {
    /// Of which measure; the first that is decomposed where not said.
    #[schema(example = "sales")]
    pub measure: Option<String>,
    /// For which period; the whole plan where not said.
    #[schema(example = "quarter=2026-Q1")]
    pub period: Option<String>,
    /// To all members of this level within reach.
    #[schema(example = "area")]
    pub level: Option<String>,
    /// To these members.
    #[serde(default)]
    #[schema(example = json!(["east", "west"]))]
    pub nodes: Vec<String>,
    /// The last day for an answer.
    #[schema(example = "2026-11-30")]
    pub deadline: String,
    /// What the owners are told, up to 2,000 characters.
    #[serde(default)]
    #[schema(example = "请在月底前答复", max_length = 2000)]
    pub note: String,
}

pub(crate) fn release_body(release: Release, targets: &[Shown]) -> ReleaseBody {
    let target = |shown: &Shown| TargetBody {
        node: shown.node.clone(),
        name: shown.name.clone(),
        target: shown.target.clone(),
    };
    ReleaseBody {
        id: release.id,
        plan: release.plan,
        measure: release.measure,
        period: Some(release.period).filter(|period| !period.is_empty()),
        version: release.sequence,
        deadline: release.deadline.to_string(),
        due_at: release.due_at.to_string(),
        note: release.note,
        created_by: release.created_by,
        people: Called::new(),
        created_at: release.created_at.to_string(),
        withdrawn_at: release.withdrawn_at.map(|at| at.to_string()),
        revision: release.revision,
        targets: targets.iter().map(target).collect(),
    }
}

/// Lists the releases of a plan of which the asker sees any target.
#[utoipa::path(get, path = "/plans/{plan}/releases", tag = "releases",
    params(("plan" = String, Path), PageQuery), responses(
    (status = 200, body = List<ReleaseBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_releases(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
    Asking(query): Asking<PageQuery>,
) -> Result<axum::Json<List<ReleaseBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let page = query.page().map_err(refused)?;
    let listed = release::list(&state.app, &actor, &plan, &page).await;
    let (listed, opened) = listed.map_err(refused)?;
    let body = |(release, targets): (Release, Vec<_>)| {
        let shown = release::shown(&opened, &release.measure, &targets);
        release_body(release, &shown)
    };
    let list = List::of(listed, body);
    drop(opened);
    let items = page_called(&state.app, &actor, list.items).await;
    Ok(axum::Json(List {
        items: items.map_err(refused)?,
        next: list.next,
    }))
}

/// Releases targets to a level or to members; their owners are asked to answer.
#[utoipa::path(post, path = "/plans/{plan}/releases", tag = "releases", request_body = ReleaseWanted,
    params(("plan" = String, Path),
        ("If-Match" = String, Header, description = "the version of the plan that was seen"),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = ReleaseBody, headers(("ETag" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_release(
    Shared(state): Shared<State>,
    Named(plan): Named<PlanId>,
    write: Write<ReleaseWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    if let Some(answer) = state.app.answered(&write.asked).await.map_err(refused)? {
        return Ok(Reply(answer));
    }
    let seen = write.seen().map_err(refused)?.unsigned_abs();
    let wanted = write.body;
    let new = NewRelease {
        measure: wanted.measure,
        period: wanted.period.unwrap_or_default(),
        level: wanted.level,
        nodes: wanted.nodes,
        deadline: day("deadline", &wanted.deadline).map_err(refused)?,
        note: wanted.note,
        seen,
    };
    let prepared = release::prepare(&state.app, &write.asked.actor, &plan, new).await;
    let prepared = prepared.map_err(refused)?;
    let answer = state
        .app
        .write_and_tell(&write.asked, Some(&plan), "commitments", move |unit| {
            let prepared = prepared.clone();
            Box::pin(async move {
                let shown = prepared.shown.clone();
                let release = release::create(unit, prepared).await?;
                let (place, revision) =
                    (format!("/api/v1/releases/{}", release.id), release.revision);
                let body = called(unit, release_body(release, &shown)).await?;
                Ok(Answer::created(place, &body)?.tagged(revision))
            })
        });
    answer.await.map(Reply).map_err(refused)
}

/// Gives a release with the targets that the asker sees.
#[utoipa::path(get, path = "/releases/{release}", tag = "releases",
    params(("release" = String, Path)), responses(
    (status = 200, body = ReleaseBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_release(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<ReleaseId>,
) -> Result<Reply, Problem> {
    let found = async {
        let (release, targets, opened) = release::get(&state.app, &actor, &id).await?;
        let shown = release::shown(&opened, &release.measure, &targets);
        let revision = release.revision;
        let body = release_body(release, &shown);
        drop(opened);
        let mut unit = state.app.reading(&actor).await?;
        let body = called(&mut unit, body).await?;
        Ok::<Answer, AppError>(Answer::ok(&body)?.tagged(revision))
    };
    found
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, actor.lang))
}

/// Takes a release back; its targets need no answer any more.
#[utoipa::path(delete, path = "/releases/{release}", tag = "releases",
    params(("release" = String, Path), ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, body = ReleaseBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn withdraw_release(
    Shared(state): Shared<State>,
    Named(id): Named<ReleaseId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let found = release::get(&state.app, &write.asked.actor, &id).await;
    let (release, targets, opened) = found.map_err(refused)?;
    let shown = release::shown(&opened, &release.measure, &targets);
    drop(opened);
    let seen = write.seen().map_err(refused)?;
    let plan = release.plan;
    let answer = state
        .app
        .write_and_tell(&write.asked, Some(&plan), "commitments", move |unit| {
            let (id, shown) = (id.clone(), shown.clone());
            Box::pin(async move {
                let release = release::withdraw(unit, &id, seen).await?;
                let revision = release.revision;
                let body = called(unit, release_body(release, &shown)).await?;
                Ok(Answer::ok(&body)?.tagged(revision))
            })
        });
    answer.await.map(Reply).map_err(refused)
}

/// Which of the released targets.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReleasedQuery {
    /// Only those that were not answered.
    #[serde(default)]
    pub open: bool,
}

/// A target put before the asker.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReleasedTargetBody {
    /// In which release.
    #[schema(value_type = String, example = "rel_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub release: ReleaseId,
    /// Of which plan.
    #[schema(value_type = String, example = "pln_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub plan: PlanId,
    /// What people call the plan.
    #[schema(example = "2026 年度销售目标")]
    pub plan_name: String,
    /// Of which measure.
    #[schema(example = "sales")]
    pub measure: String,
    /// For which period; missing for the whole plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// For which member.
    #[serde(flatten)]
    pub target: TargetBody,
    /// The last day for an answer.
    #[schema(example = "2026-11-30")]
    pub deadline: String,
    /// Whether it is past without an answer.
    pub late: bool,
    /// What the owner is told.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The answer that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<CommitmentBody>,
    /// For whom the asker stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub acting_for: Option<UserId>,
    /// What the people above are called, by identifier.
    #[schema(value_type = std::collections::HashMap<String, String>,
        example = json!({"usr_0d9m3m7e5w8qf2v6h1c4k0r9ts": "王芳"}))]
    pub people: Called,
}

impl Peopled for ReleasedTargetBody {
    fn people(&self) -> Vec<&UserId> {
        let answered = self.answer.iter().flat_map(Peopled::people);
        self.acting_for.iter().chain(answered).collect()
    }

    fn name(&mut self, known: &Known) {
        self.people = among(known, &self.acting_for.iter().collect::<Vec<_>>());
        if let Some(answer) = &mut self.answer {
            answer.name(known);
        }
    }
}

/// Lists the targets that were released to the asker, and to those whom they stand in for.
#[utoipa::path(get, path = "/released-targets", tag = "releases", params(ReleasedQuery), responses(
    (status = 200, body = List<ReleasedTargetBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_released_targets(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Asking(query): Asking<ReleasedQuery>,
) -> Result<axum::Json<List<ReleasedTargetBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let found = mine::list(&state.app, &actor, query.open).await;
    let (found, plans) = found.map_err(refused)?;
    let mut items = Vec::with_capacity(found.len());
    for one in found {
        let Some(opened) = plans.get(&one.release.plan) else {
            continue;
        };
        let released = fenjie_store::rhythm::ReleasedTarget {
            node: one.node,
            target: one.target,
        };
        let shown = release::shown(opened, &one.release.measure, &[released]);
        let step = reconciliation::step_of(opened, &one.release.measure).map_err(refused)?;
        let Some(shown) = shown.into_iter().next() else {
            continue;
        };
        items.push(ReleasedTargetBody {
            release: one.release.id,
            plan: one.release.plan,
            plan_name: opened.record.name.clone(),
            measure: one.release.measure,
            period: Some(one.release.period).filter(|period| !period.is_empty()),
            target: TargetBody {
                node: shown.node,
                name: shown.name,
                target: shown.target,
            },
            deadline: one.release.deadline.to_string(),
            late: one.late,
            note: one.release.note,
            answer: one.answer.map(|answer| commitment_body(answer, step)),
            acting_for: one.acting_for,
            people: Called::new(),
        });
    }
    drop(plans);
    let items = page_called(&state.app, &actor, items).await;
    let items = items.map_err(refused)?;
    Ok(axum::Json(List { items, next: None }))
}
