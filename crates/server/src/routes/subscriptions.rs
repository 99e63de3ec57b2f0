//! Who hears of what, over HTTP.

use axum::extract::State as Shared;
use fenjie_app::notices::subscriptions;
use fenjie_app::{Answer, AppError};
use fenjie_notify::Topic;
use fenjie_store::channel::Subscription;
use fenjie_store::{ChannelId, PlanId, SubscriptionId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
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
        .routes(routes!(list_subscriptions, create_subscription))
        .routes(routes!(remove_subscription))
}

/// Who hears of what.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SubscriptionBody {
    /// Its identifier.
    #[schema(value_type = String, example = "sub_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: SubscriptionId,
    /// Of what.
    #[schema(example = "alerts_digest")]
    pub topic: String,
    /// Of one plan; of every plan where missing.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanId>,
    /// Through which channel.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
    /// Or who, by their own mail address.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Since when.
    #[schema(example = "2026-03-18T00:30:00Z")]
    pub created_at: String,
}

/// What is subscribed to.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionWanted {
    /// Of what; `GET /templates` lists the topics.
    #[schema(example = "alerts_digest", max_length = 40)]
    pub topic: String,
    /// Of one plan; of every plan where missing.
    #[schema(value_type = Option<String>)]
    pub plan: Option<PlanId>,
    /// Through which channel; oneself by mail where missing.
    #[schema(value_type = Option<String>)]
    pub channel: Option<ChannelId>,
}

fn body(subscription: Subscription) -> SubscriptionBody {
    SubscriptionBody {
        id: subscription.id,
        topic: subscription.topic,
        plan: subscription.plan,
        channel: subscription.channel,
        user: subscription.user,
        created_at: subscription.created_at.to_string(),
    }
}

/// The topic of a stable name.
pub(super) fn topic(code: &str) -> Result<Topic, AppError> {
    Topic::parse(code).ok_or_else(|| {
        let known: Vec<&str> = Topic::ALL.iter().map(|topic| topic.code()).collect();
        AppError::invalid(
            "topic",
            "topic_unknown",
            format!("没有这个主题；有 {}", known.join("、")),
            format!("there is no such topic; there are {}", known.join(", ")),
        )
    })
}

/// Lists one's own subscriptions; everybody's for whoever operates the server.
#[utoipa::path(get, path = "/subscriptions", tag = "channels", params(PageQuery), responses(
    (status = 200, body = List<SubscriptionBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_subscriptions(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Asking(query): Asking<PageQuery>,
) -> Result<axum::Json<List<SubscriptionBody>>, Problem> {
    let listed = state.read(&actor, async |unit| {
        subscriptions::list(unit, &query.page()?).await
    });
    Ok(axum::Json(List::of(listed.await?, body)))
}

/// Subscribes a channel, or oneself by mail.
#[utoipa::path(post, path = "/subscriptions", tag = "channels", request_body = SubscriptionWanted,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = SubscriptionBody, headers(("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_subscription(
    Shared(state): Shared<State>,
    write: Write<SubscriptionWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let wanted = subscriptions::Wanted {
        topic: topic(&write.body.topic).map_err(refused)?,
        plan: write.body.plan,
        channel: write.body.channel,
    };
    let answer = state.app.write(&write.asked, move |unit| {
        let wanted = wanted.clone();
        Box::pin(async move {
            let made = subscriptions::create(unit, wanted).await?;
            Answer::created(format!("/api/v1/subscriptions/{}", made.id), &body(made))
        })
    });
    answer.await.map(Reply).map_err(refused)
}

/// Takes a subscription away.
#[utoipa::path(delete, path = "/subscriptions/{subscription}", tag = "channels",
    params(("subscription" = String, Path)), responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn remove_subscription(
    Shared(state): Shared<State>,
    Named(id): Named<SubscriptionId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let answer = state.app.write(&write.asked, move |unit| {
        let id = id.clone();
        Box::pin(async move {
            subscriptions::remove(unit, &id).await?;
            Ok(Answer::nothing())
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}
