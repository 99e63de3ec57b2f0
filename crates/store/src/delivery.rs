//! Messages on their way out: written down with what caused them, taken from here by whoever sends.
//! Must not know how anything is sent.

use async_trait::async_trait;
use serde_json::Value as Json;

use crate::jobs::Lease;
use crate::{ChannelId, DeliveryId, Kept, Listed, OrganisationId, Page, Timestamp, UserId};

/// A message on its way out.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Its identifier: the same at every attempt, so that receivers can drop what came twice.
    pub id: DeliveryId,
    /// Whose.
    pub organisation: OrganisationId,
    /// What it is about.
    pub topic: String,
    /// Through which channel.
    pub channel: Option<ChannelId>,
    /// Or to whom, by their own mail address.
    pub user: Option<UserId>,
    /// In which language.
    pub language: String,
    /// The values in its text.
    pub values: Json,
    /// What caused it: the same cause makes one message for each receiver, however often it happens.
    pub cause: String,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before.
    pub next_at: Timestamp,
    /// When it was last tried.
    pub attempted_at: Option<Timestamp>,
    /// What was answered last, cut short.
    pub answer: Option<String>,
    /// Stable code of what went wrong last.
    pub error: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
}

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// It waits for its moment.
    Waiting,
    /// Somebody is sending it.
    Sending,
    /// It was taken by the receiver.
    Sent,
    /// It was given up.
    Failed,
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [DeliveryState; 4] = [
        DeliveryState::Waiting,
        DeliveryState::Sending,
        DeliveryState::Sent,
        DeliveryState::Failed,
    ];

    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            DeliveryState::Waiting => "waiting",
            DeliveryState::Sending => "sending",
            DeliveryState::Sent => "sent",
            DeliveryState::Failed => "failed",
        }
    }

    /// The state of a stable name.
    pub fn parse(code: &str) -> Option<DeliveryState> {
        DeliveryState::ALL
            .into_iter()
            .find(|state| state.code() == code)
    }
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// How far the message is now.
    pub state: DeliveryState,
    /// Not before; of use where it waits.
    pub next_at: Timestamp,
    /// When it was tried; none where it only waits for its channel's turn, which is no attempt.
    pub tried_at: Option<Timestamp>,
    /// What was answered.
    pub answer: Option<String>,
    /// Stable code of what went wrong.
    pub error: Option<String>,
}

/// Records of messages on their way out.
#[async_trait]
pub trait DeliveryRecords {
    /// Writes a message down. Gives whether it is new: the same cause to the same receiver is not.
    async fn add_delivery(&mut self, delivery: &Delivery) -> Kept<bool>;
    /// A message of the organisation.
    async fn delivery(
        &mut self,
        organisation: &OrganisationId,
        id: &DeliveryId,
    ) -> Kept<Option<Delivery>>;
    /// The messages of the organisation, newest first; those of a state alone where one is named.
    async fn deliveries(
        &mut self,
        organisation: &OrganisationId,
        state: Option<DeliveryState>,
        page: &Page,
    ) -> Kept<Listed<Delivery>>;
    /// Takes the next message that is due, of any organisation, under a lease: one whose sender was
    /// lost is due when its lease has run out. For the machinery alone.
    async fn take_delivery(&mut self, lease: &Lease) -> Kept<Option<Delivery>>;
    /// Writes down how an attempt ended, where the lease is still one's own. Gives whether it was.
    async fn end_attempt(
        &mut self,
        delivery: &Delivery,
        owner: &str,
        attempt: &Attempt,
    ) -> Kept<bool>;
    /// Whether a message is due, without taking it.
    async fn delivery_is_due(&mut self, now: Timestamp) -> Kept<bool>;
    /// Hands back what a process holds and has not sent, of any organisation; gives how many.
    async fn hand_back_deliveries(&mut self, owner: &str, at: Timestamp) -> Kept<u64>;
    /// How many messages a channel was sent since a moment.
    async fn sent_since(
        &mut self,
        organisation: &OrganisationId,
        channel: &ChannelId,
        since: Timestamp,
    ) -> Kept<u64>;
    /// Lets a message that was given up be tried anew. Gives whether it was given up.
    async fn retry_delivery(
        &mut self,
        organisation: &OrganisationId,
        id: &DeliveryId,
        at: Timestamp,
    ) -> Kept<bool>;
    /// Forgets messages that ended before a moment; gives how many.
    async fn forget_deliveries(
        &mut self,
        organisation: &OrganisationId,
        before: Timestamp,
    ) -> Kept<u64>;
}
