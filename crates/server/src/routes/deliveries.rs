//! What became of messages, over HTTP.

use axum::extract::State as Shared;
use fenjie_app::notices::deliveries;
use fenjie_app::{Answer, AppError};
use fenjie_store::delivery::{Delivery, DeliveryState};
use fenjie_store::{ChannelId, DeliveryId, UserId};
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
        .routes(routes!(list_deliveries))
        .routes(routes!(get_delivery))
        .routes(routes!(retry_delivery))
}

/// How far a message is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStateBody {
    /// It waits for its moment.
    Waiting,
    /// It is being sent.
    Sending,
    /// It was taken by the receiver.
    Sent,
    /// It was given up.
    Failed,
}

impl From<DeliveryStateBody> for DeliveryState {
    fn from(state: DeliveryStateBody) -> DeliveryState {
        match state {
            DeliveryStateBody::Waiting => DeliveryState::Waiting,
            DeliveryStateBody::Sending => DeliveryState::Sending,
            DeliveryStateBody::Sent => DeliveryState::Sent,
            DeliveryStateBody::Failed => DeliveryState::Failed,
        }
    }
}

impl From<DeliveryState> for DeliveryStateBody {
    fn from(state: DeliveryState) -> DeliveryStateBody {
        match state {
            DeliveryState::Waiting => DeliveryStateBody::Waiting,
            DeliveryState::Sending => DeliveryStateBody::Sending,
            DeliveryState::Sent => DeliveryStateBody::Sent,
            DeliveryState::Failed => DeliveryStateBody::Failed,
        }
    }
}

/// A message on its way out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeliveryBody {
    /// Its identifier; the same at every attempt.
    #[schema(value_type = String, example = "dlv_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: DeliveryId,
    /// What it is about.
    #[schema(example = "alerts_digest")]
    pub topic: String,
    /// Through which channel.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
    /// Or to whom, by mail.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// How far it is.
    pub state: DeliveryStateBody,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before; of use where it waits.
    #[schema(example = "2026-03-18T00:30:00Z")]
    pub next_at: String,
    /// When it was last tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempted_at: Option<String>,
    /// What was answered last, cut short.
    #[schema(example = "200 {\"errcode\":0,\"errmsg\":\"ok\"}")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Stable code of what went wrong last.
    #[schema(example = "receiver_refused")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Since when.
    #[schema(example = "2026-03-18T00:30:00Z")]
    pub created_at: String,
}

/// Which messages.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    /// Of one state.
    #[param(inline)]
    pub state: Option<DeliveryStateBody>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// How many, 1 to 500; 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
}

pub(super) fn body(delivery: Delivery) -> DeliveryBody {
    DeliveryBody {
        id: delivery.id,
        topic: delivery.topic,
        channel: delivery.channel,
        user: delivery.user,
        state: delivery.state.into(),
        attempts: delivery.attempts,
        next_at: delivery.next_at.to_string(),
        attempted_at: delivery.attempted_at.map(|at| at.to_string()),
        answer: delivery.answer,
        error: delivery.error,
        created_at: delivery.created_at.to_string(),
    }
}

/// Lists messages to people outside, newest first.
#[utoipa::path(get, path = "/deliveries", tag = "channels", params(DeliveryQuery), responses(
    (status = 200, body = List<DeliveryBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_deliveries(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Asking(query): Asking<DeliveryQuery>,
) -> Result<axum::Json<List<DeliveryBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let page = PageQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let page = page.page().map_err(refused)?;
    let mut unit = state.app.reading(&actor).await.map_err(refused)?;
    let wanted = query.state.map(DeliveryState::from);
    let listed = deliveries::list(&mut unit, wanted, &page).await;
    Ok(axum::Json(List::of(listed.map_err(refused)?, body)))
}

/// Gives a message to people outside.
#[utoipa::path(get, path = "/deliveries/{delivery}", tag = "channels",
    params(("delivery" = String, Path)), responses(
    (status = 200, body = DeliveryBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_delivery(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<DeliveryId>,
) -> Result<Reply, Problem> {
    let found = async {
        let mut unit = state.app.reading(&actor).await?;
        let delivery = deliveries::get(&mut unit, &id).await?;
        Answer::ok(&body(delivery))
    };
    found
        .await
        .map(Reply)
        .map_err(|error: AppError| Problem::new(error, actor.lang))
}

/// Lets a message that was given up be tried anew.
#[utoipa::path(post, path = "/deliveries/{delivery}/retries", tag = "channels",
    params(("delivery" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 202, body = DeliveryBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn retry_delivery(
    Shared(state): Shared<State>,
    Named(id): Named<DeliveryId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let answer = state.app.write(&write.asked, move |unit| {
        let id = id.clone();
        Box::pin(async move {
            let delivery = deliveries::retry(unit, &id).await?;
            Answer::with(202, &body(delivery))
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}
