//! Who hears of what: groups by whoever operates the server, people for themselves.

use fenjie_notify::Topic;
use fenjie_store::channel::Subscription;
use fenjie_store::{ChannelId, Listed, Page, PlanId, SubscriptionId};
use serde_json::{Value as Json, json};

use crate::{AppError, Unit, Verb};

/// The most subscriptions of an organisation.
pub const MOST: usize = 500;

/// What is subscribed to.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Of what.
    pub topic: Topic,
    /// Of one plan; none for every plan.
    pub plan: Option<PlanId>,
    /// Through which channel; none for oneself, by mail.
    pub channel: Option<ChannelId>,
}

fn audited(subscription: &Subscription) -> Json {
    json!({
        "topic": subscription.topic,
        "plan": subscription.plan,
        "channel": subscription.channel,
        "user": subscription.user,
    })
}

/// Whether somebody operates the server, and so sees and changes everybody's.
fn operates(unit: &Unit) -> bool {
    unit.actor.may(Verb::Operate).is_ok()
}

/// Subscribes a channel, or oneself.
///
/// # Errors
/// `forbidden`, `not_found`, `mail_address_missing`, `subscription_known`, `too_many_subscriptions`.
pub async fn create(unit: &mut Unit, wanted: Wanted) -> Result<Subscription, AppError> {
    unit.actor.may(match wanted.channel {
        Some(_) => Verb::Operate,
        None => Verb::Own,
    })?;
    let organisation = unit.organisation();
    if let Some(channel) = &wanted.channel {
        let found = unit.tx.channel(&organisation, channel).await?;
        found.ok_or_else(|| AppError::not_found(channel.to_string()))?;
    }
    if let Some(plan) = &wanted.plan {
        let found = unit.tx.plan(&organisation, plan).await?;
        found.ok_or_else(|| AppError::not_found(plan.to_string()))?;
    }
    let own = unit.actor.user.clone();
    let user = match wanted.channel {
        Some(_) => None,
        None => {
            let found = unit.tx.user(&organisation, &own).await?;
            if found.is_none_or(|user| user.email.is_none()) {
                return Err(AppError::conflict(
                    "mail_address_missing",
                    "您还没有登记邮件地址",
                    "you have no mail address yet",
                ));
            }
            Some(own)
        }
    };
    let page = Page {
        limit: MOST,
        ..Page::default()
    };
    let known = unit
        .tx
        .subscriptions(&organisation, None, &page)
        .await?
        .items;
    let same = |one: &&Subscription| {
        one.topic == wanted.topic.code()
            && one.plan == wanted.plan
            && one.channel == wanted.channel
            && one.user == user
    };
    if known.iter().any(|one| same(&one)) {
        let (zh, en) = ("已经订阅过", "it is subscribed to already");
        return Err(AppError::conflict("subscription_known", zh, en));
    }
    if known.len() >= MOST {
        return Err(AppError::conflict(
            "too_many_subscriptions",
            format!("订阅最多 {MOST} 个"),
            format!("there are up to {MOST} subscriptions"),
        ));
    }
    let subscription = Subscription {
        id: SubscriptionId::of(unit.app.bits()),
        organisation,
        topic: wanted.topic.code().to_owned(),
        plan: wanted.plan,
        channel: wanted.channel,
        user,
        created_at: unit.now,
    };
    unit.tx.add_subscription(&subscription).await?;
    let after = audited(&subscription);
    unit.record("subscription.create", &subscription.id, Json::Null, after);
    Ok(subscription)
}

/// One's own subscriptions; everybody's for whoever operates the server.
///
/// # Errors
/// `forbidden`; what the store refuses.
pub async fn list(unit: &mut Unit, page: &Page) -> Result<Listed<Subscription>, AppError> {
    unit.actor.may(Verb::Own)?;
    let (organisation, own) = (unit.organisation(), unit.actor.user.clone());
    let user = (!operates(unit)).then_some(&own);
    Ok(unit.tx.subscriptions(&organisation, user, page).await?)
}

/// Takes a subscription away.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn remove(unit: &mut Unit, id: &SubscriptionId) -> Result<(), AppError> {
    unit.actor.may(Verb::Own)?;
    let organisation = unit.organisation();
    let found = unit.tx.subscription(&organisation, id).await?;
    let theirs = found.filter(|one| operates(unit) || one.user.as_ref() == Some(&unit.actor.user));
    let before = theirs.ok_or_else(|| AppError::not_found(id.to_string()))?;
    unit.tx.remove_subscription(&organisation, id).await?;
    unit.record("subscription.remove", id, audited(&before), Json::Null);
    Ok(())
}
