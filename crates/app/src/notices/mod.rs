//! Messages to people outside. Whatever causes one writes it down in its own transaction
//! ([`enqueue`]); the machinery sends it afterwards, at least once, under an identifier that stays the
//! same. Must not know HTTP or SQL.

mod backoff;
pub mod channels;
pub mod deliveries;
pub mod feeds;
mod sending;
pub mod subscriptions;
pub mod texts;

use fenjie_notify::Topic;
use fenjie_notify::template::Values;
use fenjie_store::delivery::{Delivery, DeliveryState};
use fenjie_store::{ChannelId, DeliveryId, PlanId, Timestamp, UserId};

pub use backoff::{MOST_ATTEMPTS, wait};
pub use sending::send_next;

use crate::{AppError, Unit};

/// What people are told.
#[derive(Clone, Debug)]
pub struct About {
    /// About what.
    pub topic: Topic,
    /// Of which plan.
    pub plan: Option<PlanId>,
    /// What caused it, such as `rel_…` or a job and its day: the same cause makes one message for each
    /// receiver, however often it happens.
    pub cause: String,
    /// The values in its text; see [`Topic::places`].
    pub values: Values,
    /// Not before; none for at once.
    pub not_before: Option<Timestamp>,
}

impl About {
    /// Something of a plan, to be told at once.
    pub fn new(topic: Topic, plan: Option<&PlanId>, cause: impl ToString) -> About {
        About {
            topic,
            plan: plan.cloned(),
            cause: cause.to_string(),
            values: Values::new(),
            not_before: None,
        }
    }

    /// With a value in its text.
    pub fn with(mut self, place: &str, value: impl Into<fenjie_notify::template::Value>) -> About {
        self.values.insert(place.to_owned(), value.into());
        self
    }
}

/// Who hears of something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Receiver {
    /// A group, through a channel.
    Channel(ChannelId),
    /// Somebody, by their own mail address.
    User(UserId),
}

/// Who has asked to hear of a topic of a plan.
///
/// # Errors
/// What the store refuses.
pub async fn receivers(
    unit: &mut Unit,
    topic: Topic,
    plan: Option<&PlanId>,
) -> Result<Vec<Receiver>, AppError> {
    let organisation = unit.organisation();
    let known = unit.tx.subscribed(&organisation, topic.code()).await?;
    let concerned = known
        .into_iter()
        .filter(|one| one.plan.is_none() || one.plan.as_ref() == plan);
    let mut found: Vec<Receiver> = concerned
        .filter_map(|one| {
            let channel = one.channel.map(Receiver::Channel);
            channel.or(one.user.map(Receiver::User))
        })
        .collect();
    found.sort();
    found.dedup();
    Ok(found)
}

/// Writes down a message to whoever has asked to hear of its topic, and to `people` besides (who have
/// to act on it, such as whoever approves). It lasts where the transaction does. Gives how many
/// messages are new.
///
/// # Errors
/// What the store refuses.
pub async fn enqueue(unit: &mut Unit, about: &About, people: &[UserId]) -> Result<usize, AppError> {
    let mut to = receivers(unit, about.topic, about.plan.as_ref()).await?;
    to.extend(people.iter().cloned().map(Receiver::User));
    to.sort();
    to.dedup();
    enqueue_to(unit, about, &to).await
}

/// Writes down a message to these receivers and nobody else: where what it says is not for everybody
/// who asked.
///
/// # Errors
/// What the store refuses.
pub async fn enqueue_to(
    unit: &mut Unit,
    about: &About,
    receivers: &[Receiver],
) -> Result<usize, AppError> {
    let organisation = unit.organisation();
    let own = unit.tx.organisation(&organisation).await?;
    let usual = own.map_or_else(|| "zh".to_owned(), |own| own.language);
    let values = serde_json::to_value(&about.values).map_err(AppError::internal)?;
    let mut fresh = 0;
    for receiver in receivers {
        let (channel, user, language) = match receiver {
            Receiver::Channel(id) => {
                let channel = unit.tx.channel(&organisation, id).await?;
                let Some(channel) = channel.filter(|channel| channel.active) else {
                    continue;
                };
                (Some(channel.id), None, channel.language)
            }
            Receiver::User(id) => {
                let user = unit.tx.user(&organisation, id).await?;
                let Some(user) = user.filter(|user| user.active && user.email.is_some()) else {
                    continue;
                };
                (None, Some(user.id), user.language)
            }
        };
        let delivery = Delivery {
            id: DeliveryId::of(unit.app.bits()),
            organisation: organisation.clone(),
            topic: about.topic.code().to_owned(),
            channel,
            user,
            language: language.unwrap_or_else(|| usual.clone()),
            values: values.clone(),
            cause: format!("{}:{}", about.topic.code(), about.cause),
            state: DeliveryState::Waiting,
            attempts: 0,
            next_at: about.not_before.unwrap_or(unit.now).max(unit.now),
            attempted_at: None,
            answer: None,
            error: None,
            created_at: unit.now,
        };
        fresh += usize::from(unit.tx.add_delivery(&delivery).await?);
    }
    unit.app.wake();
    Ok(fresh)
}
