//! Approval chains over HTTP.

use axum::extract::State as Shared;
use fenjie_app::rhythm::chain;
use fenjie_app::{Answer, AppError};
use fenjie_store::people::Role;
use fenjie_store::rhythm_approval::{Approver, Chain, ChainStep};
use fenjie_store::{ChainId, PlanId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::approvals::subject;
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{List, Named};
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_chains, create_chain))
        .routes(routes!(get_chain, update_chain, remove_chain))
}

/// Who decides at a step: a role, a person, or the author's superior.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ApproverBody {
    /// Anybody of a role, such as `director`.
    #[schema(value_type = String, example = "director")]
    Role(Role),
    /// One person.
    #[schema(value_type = String, example = "usr_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    User(UserId),
    /// Whoever the author reports to.
    Superior,
}

impl ApproverBody {
    /// On its way out.
    pub fn of(approver: &Approver) -> ApproverBody {
        match approver {
            Approver::Role(role) => ApproverBody::Role(*role),
            Approver::User(id) => ApproverBody::User(id.clone()),
            Approver::Superior => ApproverBody::Superior,
        }
    }

    /// The person, where it is one.
    pub fn person(&self) -> Option<&UserId> {
        match self {
            ApproverBody::User(id) => Some(id),
            ApproverBody::Role(_) | ApproverBody::Superior => None,
        }
    }

    fn read(self) -> Approver {
        match self {
            ApproverBody::Role(role) => Approver::Role(role),
            ApproverBody::User(id) => Approver::User(id),
            ApproverBody::Superior => Approver::Superior,
        }
    }
}

/// A step of a chain.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChainStepBody {
    /// Who decides.
    pub approver: ApproverBody,
    /// Only where something changes by more than this rate against the version in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "5%")]
    pub over_rate: Option<String>,
    /// Only where something changes by more than this amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "100万")]
    pub over_amount: Option<String>,
    /// Within how many days, 1 to 90.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 3, minimum = 1, maximum = 90)]
    pub days: Option<u32>,
    /// Who may decide as well once it is overdue; the approver's superior where nobody is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub escalate_to: Option<UserId>,
}

impl ChainStepBody {
    fn of(step: &ChainStep) -> ChainStepBody {
        ChainStepBody {
            approver: ApproverBody::of(&step.approver),
            over_rate: step.over_rate.clone(),
            over_amount: step.over_amount.clone(),
            days: step.days,
            escalate_to: step.escalate_to.clone(),
        }
    }

    fn read(self) -> ChainStep {
        ChainStep {
            approver: self.approver.read(),
            over_rate: self.over_rate,
            over_amount: self.over_amount,
            days: self.days,
            escalate_to: self.escalate_to,
        }
    }
}

/// The steps that something has to pass.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChainBody {
    /// Its identifier.
    #[schema(value_type = String, example = "ach_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: ChainId,
    /// For which plan; missing for all that have none of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub plan: Option<PlanId>,
    /// `publish` or `recall`.
    #[schema(example = "publish")]
    pub subject: String,
    /// The steps, in order; without any, what is submitted is approved at once.
    pub steps: Vec<ChainStepBody>,
    /// Its revision; the ETag.
    #[schema(example = 1)]
    pub revision: i64,
    /// When it was last changed.
    pub updated_at: String,
}

fn chain_body(chain: &Chain) -> ChainBody {
    ChainBody {
        id: chain.id.clone(),
        plan: chain.plan.clone(),
        subject: chain.subject.code().to_owned(),
        steps: chain.steps.iter().map(ChainStepBody::of).collect(),
        revision: chain.revision,
        updated_at: chain.updated_at.to_string(),
    }
}

/// A chain to be set.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChainWanted {
    /// For which plan; for all that have none of their own where not said.
    #[schema(value_type = Option<String>)]
    pub plan: Option<PlanId>,
    /// `publish` or `recall`.
    #[schema(example = "publish")]
    pub subject: String,
    /// Up to 10 steps, in order.
    #[schema(max_items = 10)]
    pub steps: Vec<ChainStepBody>,
}

/// The steps of a chain anew.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChainAmended {
    /// Up to 10 steps, in order.
    #[schema(max_items = 10)]
    pub steps: Vec<ChainStepBody>,
}

/// Lists the chains of the organisation.
#[utoipa::path(get, path = "/approval-chains", tag = "approvals", responses(
    (status = 200, body = List<ChainBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_chains(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
) -> Result<axum::Json<List<ChainBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let mut unit = state.app.reading(&actor).await.map_err(refused)?;
    let found = chain::list(&mut unit).await.map_err(refused)?;
    let items = found.iter().map(chain_body).collect();
    Ok(axum::Json(List { items, next: None }))
}

/// Sets a chain for a plan, or for all that have none of their own.
#[utoipa::path(post, path = "/approval-chains", tag = "approvals", request_body = ChainWanted,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = ChainBody, headers(("ETag" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_chain(
    Shared(state): Shared<State>,
    write: Write<ChainWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let subject = subject(&write.body.subject).map_err(refused)?;
    let wanted = write.body.steps.into_iter();
    let steps: Vec<ChainStep> = wanted.map(ChainStepBody::read).collect();
    let plan = write.body.plan;
    let answer = state.app.write(&write.asked, move |unit| {
        let (plan, steps) = (plan.clone(), steps.clone());
        Box::pin(async move {
            let made = chain::create(unit, plan, subject, steps).await?;
            let place = format!("/api/v1/approval-chains/{}", made.id);
            Ok(Answer::created(place, &chain_body(&made))?.tagged(made.revision))
        })
    });
    answer.await.map(Reply).map_err(refused)
}

/// Gives a chain.
#[utoipa::path(get, path = "/approval-chains/{chain}", tag = "approvals",
    params(("chain" = String, Path)), responses(
    (status = 200, body = ChainBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_chain(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<ChainId>,
) -> Result<Reply, Problem> {
    let found = async {
        let mut unit = state.app.reading(&actor).await?;
        let found = chain::get(&mut unit, &id).await?;
        Ok::<Answer, AppError>(Answer::ok(&chain_body(&found))?.tagged(found.revision))
    };
    found
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, actor.lang))
}

/// Writes the steps of a chain anew. Requests that wait keep the steps they were made with.
#[utoipa::path(put, path = "/approval-chains/{chain}", tag = "approvals",
    request_body = ChainAmended,
    params(("chain" = String, Path), ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, body = ChainBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn update_chain(
    Shared(state): Shared<State>,
    Named(id): Named<ChainId>,
    write: Write<ChainAmended>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let wanted = write.body.steps.into_iter();
    let steps: Vec<ChainStep> = wanted.map(ChainStepBody::read).collect();
    let answer = state.app.write(&write.asked, move |unit| {
        let (id, steps) = (id.clone(), steps.clone());
        Box::pin(async move {
            let after = chain::update(unit, &id, seen, steps).await?;
            Ok(Answer::ok(&chain_body(&after))?.tagged(after.revision))
        })
    });
    answer.await.map(Reply).map_err(refused)
}

/// Takes a chain away.
#[utoipa::path(delete, path = "/approval-chains/{chain}", tag = "approvals",
    params(("chain" = String, Path), ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn remove_chain(
    Shared(state): Shared<State>,
    Named(id): Named<ChainId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let answer = state.app.write(&write.asked, move |unit| {
        let id = id.clone();
        Box::pin(async move {
            chain::remove(unit, &id, seen).await?;
            Ok(Answer::nothing())
        })
    });
    answer.await.map(Reply).map_err(refused)
}
