//! Channels to people outside, who hears of what through them, texts written anew, and the secret
//! addresses of calendars. Must not know how anything is sent.

use async_trait::async_trait;

use crate::{
    ChannelId, FeedId, Kept, Listed, OrganisationId, Page, PlanId, SubscriptionId, Timestamp,
    UserId,
};

/// A channel to people outside.
#[derive(Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its identifier.
    pub id: ChannelId,
    /// Whose.
    pub organisation: OrganisationId,
    /// What people call it.
    pub name: String,
    /// What kind it is: `wecom`, `dingtalk`, `feishu`, `webhook`, `mail`.
    pub kind: String,
    /// Where it leads; a secret too, as a robot's address alone lets anybody write through it.
    pub address: String,
    /// What it signs with.
    pub secret: Option<String>,
    /// The language of its messages; none for the organisation's.
    pub language: Option<String>,
    /// Whether it is used.
    pub active: bool,
    /// Grows with every change: the record's ETag.
    pub revision: i64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl std::fmt::Debug for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Channel")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Who hears of a topic: a channel, or somebody by mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its identifier.
    pub id: SubscriptionId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Of what, such as `alerts_digest`.
    pub topic: String,
    /// Of one plan; none for every plan.
    pub plan: Option<PlanId>,
    /// Through which channel.
    pub channel: Option<ChannelId>,
    /// Or who, by their own mail address.
    pub user: Option<UserId>,
    /// Since when.
    pub created_at: Timestamp,
}

/// A text that an organisation wrote for a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenTemplate {
    /// Of what.
    pub topic: String,
    /// In which language, `zh` or `en`.
    pub language: String,
    /// The title.
    pub title: String,
    /// The text.
    pub body: String,
    /// Grows with every change: the record's ETag.
    pub revision: i64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A calendar's secret address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Its identifier.
    pub id: FeedId,
    /// Whose organisation.
    pub organisation: OrganisationId,
    /// Whose calendar.
    pub user: UserId,
    /// What it is called.
    pub name: String,
    /// SHA-256 of the secret in its address, in hexadecimal digits.
    pub secret_hash: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was withdrawn.
    pub revoked_at: Option<Timestamp>,
}

/// Records of channels.
#[async_trait]
pub trait ChannelRecords {
    /// Adds a channel.
    async fn add_channel(&mut self, channel: &Channel) -> Kept<()>;
    /// Writes a channel anew, where its revision is still `seen`. Gives whether it was.
    async fn update_channel(&mut self, channel: &Channel, seen: i64) -> Kept<bool>;
    /// Takes a channel and its subscriptions away. Gives whether it was there.
    async fn remove_channel(&mut self, organisation: &OrganisationId, id: &ChannelId)
    -> Kept<bool>;
    /// A channel of the organisation.
    async fn channel(
        &mut self,
        organisation: &OrganisationId,
        id: &ChannelId,
    ) -> Kept<Option<Channel>>;
    /// The channels of the organisation, by identifier.
    async fn channels(
        &mut self,
        organisation: &OrganisationId,
        page: &Page,
    ) -> Kept<Listed<Channel>>;
    /// Adds a subscription.
    async fn add_subscription(&mut self, subscription: &Subscription) -> Kept<()>;
    /// Takes a subscription away. Gives whether it was there.
    async fn remove_subscription(
        &mut self,
        organisation: &OrganisationId,
        id: &SubscriptionId,
    ) -> Kept<bool>;
    /// A subscription of the organisation.
    async fn subscription(
        &mut self,
        organisation: &OrganisationId,
        id: &SubscriptionId,
    ) -> Kept<Option<Subscription>>;
    /// The subscriptions of the organisation, by identifier; of one person alone where one is named.
    async fn subscriptions(
        &mut self,
        organisation: &OrganisationId,
        user: Option<&UserId>,
        page: &Page,
    ) -> Kept<Listed<Subscription>>;
    /// Who hears of a topic.
    async fn subscribed(
        &mut self,
        organisation: &OrganisationId,
        topic: &str,
    ) -> Kept<Vec<Subscription>>;
}

/// Records of texts written anew, and of calendars' addresses.
#[async_trait]
pub trait FeedRecords {
    /// Writes a text for a topic; `seen` is its revision, or 0 where there is none. Gives whether it
    /// was.
    async fn put_template(
        &mut self,
        organisation: &OrganisationId,
        template: &WrittenTemplate,
        seen: i64,
    ) -> Kept<bool>;
    /// Takes a text away, so that the product's own counts again. Gives whether it was there.
    async fn remove_template(
        &mut self,
        organisation: &OrganisationId,
        topic: &str,
        language: &str,
    ) -> Kept<bool>;
    /// The text of a topic.
    async fn template(
        &mut self,
        organisation: &OrganisationId,
        topic: &str,
        language: &str,
    ) -> Kept<Option<WrittenTemplate>>;
    /// Adds a calendar's address.
    async fn add_feed(&mut self, feed: &Feed) -> Kept<()>;
    /// Withdraws somebody's calendar address. Gives whether it was in force.
    async fn revoke_feed(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        id: &FeedId,
        at: Timestamp,
    ) -> Kept<bool>;
    /// Somebody's calendar addresses, by identifier.
    async fn feeds(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        page: &Page,
    ) -> Kept<Listed<Feed>>;
    /// The calendar whose secret has this hash: a look-up that begins without an organisation.
    async fn feed_by_secret(&mut self, secret_hash: &str) -> Kept<Option<Feed>>;
}
