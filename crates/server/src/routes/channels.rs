//! Channels to people outside over HTTP. Addresses and secrets go in and never come out.

use axum::extract::State as Shared;
use fenjie_app::Answer;
use fenjie_app::notices::channels::{self, shown_address};
use fenjie_notify::Kind;
use fenjie_store::ChannelId;
use fenjie_store::channel::Channel;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::deliveries::{self, DeliveryBody};
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, List, Named, PageQuery};
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_channels, create_channel))
        .routes(routes!(get_channel, update_channel, remove_channel))
        .routes(routes!(test_channel))
}

/// What kind of channel it is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// 企业微信群机器人
    Wecom,
    /// 钉钉群机器人
    Dingtalk,
    /// 飞书群机器人
    Feishu,
    /// A program of yours, with our signature.
    Webhook,
    /// Mail.
    Mail,
}

impl From<ChannelKind> for Kind {
    fn from(kind: ChannelKind) -> Kind {
        match kind {
            ChannelKind::Wecom => Kind::Wecom,
            ChannelKind::Dingtalk => Kind::Dingtalk,
            ChannelKind::Feishu => Kind::Feishu,
            ChannelKind::Webhook => Kind::Webhook,
            ChannelKind::Mail => Kind::Mail,
        }
    }
}

/// A channel to people outside.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChannelBody {
    /// Its identifier.
    #[schema(value_type = String, example = "chn_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: ChannelId,
    /// What people call it.
    #[schema(example = "销售群")]
    pub name: String,
    /// `wecom`, `dingtalk`, `feishu`, `webhook`, `mail`.
    #[schema(example = "wecom")]
    pub kind: String,
    /// The host that it leads to; of mail the receivers. The rest of an address is not given back.
    #[schema(example = "https://qyapi.weixin.qq.com/…")]
    pub address: String,
    /// Whether it signs with a secret.
    pub has_secret: bool,
    /// The language of its messages; the organisation's where missing.
    #[schema(example = "zh")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Whether it is used.
    pub active: bool,
    /// Its revision; the ETag.
    pub revision: i64,
    /// When it was last changed.
    #[schema(example = "2026-03-18T00:30:00Z")]
    pub updated_at: String,
}

/// What a channel is to be.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelWanted {
    /// Its name, 1 to 60 characters.
    #[schema(example = "销售群", min_length = 1, max_length = 60)]
    pub name: String,
    /// What kind it is; it stays what it was made as.
    pub kind: ChannelKind,
    /// The robot's or program's address, https; for mail up to 50 receivers with commas. On a change
    /// missing for as it was.
    #[schema(
        example = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…",
        max_length = 2048
    )]
    pub address: Option<String>,
    /// What it signs with; a webhook needs one. On a change missing for as it was, empty for none.
    #[schema(max_length = 256)]
    pub secret: Option<String>,
    /// The language of its messages, `zh` or `en`.
    #[schema(example = "zh")]
    pub language: Option<String>,
    /// Whether it is used.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

impl From<ChannelWanted> for channels::Wanted {
    fn from(body: ChannelWanted) -> channels::Wanted {
        channels::Wanted {
            name: body.name,
            kind: body.kind.into(),
            address: body.address,
            secret: body.secret,
            language: body.language,
            active: body.active,
        }
    }
}

fn body(channel: Channel) -> ChannelBody {
    ChannelBody {
        address: shown_address(&channel),
        id: channel.id,
        name: channel.name,
        kind: channel.kind,
        has_secret: channel.secret.is_some(),
        language: channel.language,
        active: channel.active,
        revision: channel.revision,
        updated_at: channel.updated_at.to_string(),
    }
}

/// Lists the channels of the organisation.
#[utoipa::path(get, path = "/channels", tag = "channels", params(PageQuery), responses(
    (status = 200, body = List<ChannelBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_channels(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Asking(query): Asking<PageQuery>,
) -> Result<axum::Json<List<ChannelBody>>, Problem> {
    let listed = state.read(&actor, async |unit| {
        channels::list(unit, &query.page()?).await
    });
    Ok(axum::Json(List::of(listed.await?, body)))
}

/// Makes a channel.
#[utoipa::path(post, path = "/channels", tag = "channels", request_body = ChannelWanted,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = ChannelBody, headers(("ETag" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_channel(
    Shared(state): Shared<State>,
    write: Write<ChannelWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let wanted: channels::Wanted = write.body.into();
    let answer = state.app.write(&write.asked, move |unit| {
        let wanted = wanted.clone();
        Box::pin(async move {
            let channel = channels::create(unit, wanted).await?;
            let (place, revision) = (format!("/api/v1/channels/{}", channel.id), channel.revision);
            Ok(Answer::created(place, &body(channel))?.tagged(revision))
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// Gives a channel.
#[utoipa::path(get, path = "/channels/{channel}", tag = "channels",
    params(("channel" = String, Path)), responses(
    (status = 200, body = ChannelBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_channel(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<ChannelId>,
) -> Result<Reply, Problem> {
    let found = state.read(&actor, async |unit| {
        let channel = channels::get(unit, &id).await?;
        let revision = channel.revision;
        Ok(Answer::ok(&body(channel))?.tagged(revision))
    });
    found.await.map(Reply)
}

/// Writes a channel anew.
#[utoipa::path(put, path = "/channels/{channel}", tag = "channels", request_body = ChannelWanted,
    params(("channel" = String, Path), ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, body = ChannelBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn update_channel(
    Shared(state): Shared<State>,
    Named(id): Named<ChannelId>,
    write: Write<ChannelWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let wanted: channels::Wanted = write.body.into();
    let answer = state.app.write(&write.asked, move |unit| {
        let (id, wanted) = (id.clone(), wanted.clone());
        Box::pin(async move {
            let channel = channels::update(unit, &id, seen, wanted).await?;
            let revision = channel.revision;
            Ok(Answer::ok(&body(channel))?.tagged(revision))
        })
    });
    answer.await.map(Reply).map_err(refused)
}

/// Takes a channel away, with its subscriptions.
#[utoipa::path(delete, path = "/channels/{channel}", tag = "channels",
    params(("channel" = String, Path)), responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn remove_channel(
    Shared(state): Shared<State>,
    Named(id): Named<ChannelId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let answer = state.app.write(&write.asked, move |unit| {
        let id = id.clone();
        Box::pin(async move {
            channels::remove(unit, &id).await?;
            Ok(Answer::nothing())
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// Sends a test message; the delivery says how it went.
#[utoipa::path(post, path = "/channels/{channel}/tests", tag = "channels",
    params(("channel" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 202, body = DeliveryBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn test_channel(
    Shared(state): Shared<State>,
    Named(id): Named<ChannelId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let answer = state.app.write(&write.asked, move |unit| {
        let id = id.clone();
        Box::pin(async move {
            let delivery = channels::test(unit, &id).await?;
            Answer::with(202, &deliveries::body(delivery))
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}
