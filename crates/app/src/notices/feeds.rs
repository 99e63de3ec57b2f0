//! Calendars that programs subscribe to: each person their own secret address, shown once, withdrawn
//! when they like, with nothing in it but what is within their reach.

use std::sync::Arc;

use fenjie_notify::calendar;
use fenjie_store::channel::Feed;
use fenjie_store::{FeedId, Listed, Page};
use serde_json::{Value as Json, json};

use crate::authenticate::{actor_of, secret_hash};
use crate::jobs::dates;
use crate::{App, AppError, Origin, Unit, Verb};

/// The most calendars of one person.
pub const MOST: usize = 10;
/// The longest name, in characters.
pub const LONGEST_NAME: usize = 60;

/// Makes a calendar address; the secret is given this once.
///
/// # Errors
/// `name_length`, `too_many_feeds`.
pub async fn create(unit: &mut Unit, name: &str) -> Result<(Feed, String), AppError> {
    unit.actor.may(Verb::Own)?;
    let letters = name.trim().chars().count();
    if letters == 0 || letters > LONGEST_NAME {
        return Err(AppError::invalid(
            "name",
            "name_length",
            format!("名称须为 1 至 {LONGEST_NAME} 个字"),
            format!("a name has 1 to {LONGEST_NAME} characters"),
        ));
    }
    let (organisation, user) = (unit.organisation(), unit.actor.user.clone());
    let known = unit
        .tx
        .feeds(&organisation, &user, &Page::default())
        .await?;
    if known.items.len() >= MOST {
        return Err(AppError::conflict(
            "too_many_feeds",
            format!("每人最多 {MOST} 个日历地址"),
            format!("everybody has up to {MOST} calendar addresses"),
        ));
    }
    let secret = format!("{:032x}{:032x}", unit.app.bits(), unit.app.bits());
    let feed = Feed {
        id: FeedId::of(unit.app.bits()),
        organisation,
        user,
        name: name.trim().to_owned(),
        secret_hash: secret_hash(&secret),
        created_at: unit.now,
        revoked_at: None,
    };
    unit.tx.add_feed(&feed).await?;
    let after = json!({ "name": feed.name });
    unit.record("feed.create", &feed.id, Json::Null, after);
    Ok((feed, secret))
}

/// One's own calendar addresses.
///
/// # Errors
/// What the store refuses.
pub async fn list(unit: &mut Unit, page: &Page) -> Result<Listed<Feed>, AppError> {
    unit.actor.may(Verb::Own)?;
    let (organisation, user) = (unit.organisation(), unit.actor.user.clone());
    Ok(unit.tx.feeds(&organisation, &user, page).await?)
}

/// Withdraws one of one's own.
///
/// # Errors
/// `not_found`.
pub async fn revoke(unit: &mut Unit, id: &FeedId) -> Result<(), AppError> {
    unit.actor.may(Verb::Own)?;
    let (organisation, user) = (unit.organisation(), unit.actor.user.clone());
    if !unit
        .tx
        .revoke_feed(&organisation, &user, id, unit.now)
        .await?
    {
        return Err(AppError::not_found(id.to_string()));
    }
    unit.record(
        "feed.revoke",
        id,
        json!({ "active": true }),
        json!({ "active": false }),
    );
    Ok(())
}

/// The calendar behind a secret, as its person may see it now.
///
/// # Errors
/// `not_found` where there is none, it was withdrawn, or its person was stopped.
pub async fn read(app: &App, secret: &str) -> Result<String, AppError> {
    let missing = || AppError::not_found("feed");
    if secret.len() != 64 || !secret.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(missing());
    }
    let mut tx = app.store().read().await?;
    let feed = tx
        .feed_by_secret(&secret_hash(secret))
        .await?
        .ok_or_else(missing)?;
    let user = tx.user(&feed.organisation, &feed.user).await?;
    let user = user.filter(|user| user.active).ok_or_else(missing)?;
    let organisation = tx
        .organisation(&feed.organisation)
        .await?
        .ok_or_else(missing)?;
    drop(tx);
    let origin = Origin {
        by: feed.id.to_string(),
        ..Origin::default()
    };
    let actor = Arc::new(actor_of(&user, None, origin));
    let entries = dates::of(app, &actor).await?;
    let mut entries: Vec<_> = entries
        .into_iter()
        .map(|date| date.entry(actor.lang))
        .collect();
    let mut unit = app.reading(&actor).await?;
    let waiting = crate::rhythm::waiting_for(&mut unit).await?;
    entries.extend(waiting);
    let host = format!("{}.fenjie", organisation.code);
    Ok(calendar::written(
        &feed.name,
        &organisation.zone,
        &host,
        &entries,
    ))
}
