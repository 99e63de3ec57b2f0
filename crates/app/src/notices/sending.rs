//! Takes what is due and sends it: under a lease, outside any transaction, and writes down how it
//! ended. A process lost in between leaves the lease to run out; the message goes once more under the
//! same identifier. Must not know HTTP or SQL.

use fenjie_message::{Lang, Message, english};
use fenjie_notify::template::{Template, Values};
use fenjie_notify::{Kind, Letter, Outgoing, SendError, Topic, send};
use fenjie_store::Timestamp;
use fenjie_store::delivery::{Attempt, Delivery, DeliveryState};
use fenjie_store::jobs::Lease;
use jiff::SignedDuration;

use super::{MOST_ATTEMPTS, wait};
use crate::{App, AppError};

/// For how long a message is taken.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// Why a message cannot be sent, as far as our own records say.
enum Unsendable {
    /// Its channel or reader is gone, its topic unknown.
    Gone(&'static str),
    /// Its channel has had its number of messages for this minute.
    NotNow,
}

/// Sends the next message that is due, if there is one. Gives whether there was.
///
/// # Errors
/// What the store refuses; a receiver's refusal is no error here.
pub async fn send_next(app: &App, owner: &str) -> Result<bool, AppError> {
    let now = app.now();
    let lease = Lease {
        owner: owner.to_owned(),
        now,
        until: now + LEASE,
    };
    let mut tx = app.store().write().await?;
    let Some(delivery) = tx.take_delivery(&lease).await? else {
        return Ok(false);
    };
    tx.commit().await?;
    let attempt = match made_ready(app, &delivery).await? {
        Ok((outgoing, letter)) => {
            let sent = send(&outgoing, &letter, &app.outward()).await;
            ended(app, &delivery, sent)
        }
        Err(Unsendable::Gone(code)) => Attempt {
            state: DeliveryState::Failed,
            next_at: now,
            tried_at: None,
            answer: None,
            error: Some(code.into()),
        },
        Err(Unsendable::NotNow) => Attempt {
            state: DeliveryState::Waiting,
            next_at: now + SignedDuration::from_secs(15),
            tried_at: None,
            answer: delivery.answer.clone(),
            error: delivery.error.clone(),
        },
    };
    let mut tx = app.store().write().await?;
    tx.end_attempt(&delivery, owner, &attempt).await?;
    tx.commit().await?;
    Ok(true)
}

/// Where a message goes and what it says.
async fn made_ready(
    app: &App,
    delivery: &Delivery,
) -> Result<Result<(Outgoing, Letter), Unsendable>, AppError> {
    let gone = |code| Ok(Err(Unsendable::Gone(code)));
    let Some(topic) = Topic::parse(&delivery.topic) else {
        return gone("topic_unknown");
    };
    let mut tx = app.store().read().await?;
    let organisation = &delivery.organisation;
    let outgoing = match (&delivery.channel, &delivery.user) {
        (Some(id), _) => {
            let channel = tx.channel(organisation, id).await?;
            let Some(channel) = channel.filter(|channel| channel.active) else {
                return gone("channel_removed");
            };
            let Some(kind) = Kind::parse(&channel.kind) else {
                return gone("channel_unknown");
            };
            let since = app.now() - SignedDuration::from_secs(60);
            let sent = tx.sent_since(organisation, id, since).await?;
            if sent >= u64::from(kind.per_minute()) {
                return Ok(Err(Unsendable::NotNow));
            }
            Outgoing {
                kind,
                address: channel.address,
                secret: channel.secret,
            }
        }
        (None, Some(id)) => {
            let user = tx.user(organisation, id).await?;
            let address = user.filter(|user| user.active).and_then(|user| user.email);
            let Some(address) = address else {
                return gone("reader_gone");
            };
            Outgoing {
                kind: Kind::Mail,
                address,
                secret: None,
            }
        }
        (None, None) => return gone("channel_removed"),
    };
    let own = tx
        .template(organisation, &delivery.topic, &delivery.language)
        .await?;
    let template = own.map_or_else(
        || topic.template(Lang::from_locale(&delivery.language)),
        |own| Template {
            title: own.title,
            body: own.body,
        },
    );
    Ok(Ok((outgoing, letter(delivery, &template, app.now())?)))
}

fn letter(delivery: &Delivery, template: &Template, at: Timestamp) -> Result<Letter, AppError> {
    let values: Values =
        serde_json::from_value(delivery.values.clone()).map_err(AppError::internal)?;
    let (title, body) = template.fill(&values);
    Ok(Letter {
        id: delivery.id.to_string(),
        topic: delivery.topic.clone(),
        at: at.as_millisecond(),
        title,
        body,
        values,
    })
}

/// How an attempt ended.
fn ended(app: &App, delivery: &Delivery, sent: Result<String, SendError>) -> Attempt {
    let now = app.now();
    let error = match sent {
        Ok(answer) => {
            return Attempt {
                state: DeliveryState::Sent,
                next_at: now,
                tried_at: Some(now),
                answer: Some(answer),
                error: None,
            };
        }
        Err(error) => error,
    };
    let attempts = delivery.attempts + 1;
    let given_up = error.is_lasting() || attempts >= MOST_ATTEMPTS;
    tracing::warn!(
        delivery = %delivery.id,
        attempts,
        given_up,
        error = %english(&error),
        "a message did not go out"
    );
    let wait = wait(attempts, error.after(), app.bits());
    Attempt {
        state: match given_up {
            true => DeliveryState::Failed,
            false => DeliveryState::Waiting,
        },
        next_at: now + SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_secs(3600)),
        tried_at: Some(now),
        answer: Some(error.text(Lang::from_locale(&delivery.language))),
        error: Some(error.code().into()),
    }
}
