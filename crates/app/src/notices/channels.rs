//! Channels to people outside: made, changed, tried out by whoever operates the server. Addresses and
//! secrets go in and never come out again.

use fenjie_message::Message;
use fenjie_notify::channel::check_address;
use fenjie_notify::{Kind, Topic};
use fenjie_store::channel::Channel;
use fenjie_store::delivery::Delivery;
use fenjie_store::{ChannelId, Listed, Page};
use serde_json::{Value as Json, json};

use super::{About, Receiver, enqueue_to};
use crate::{AppError, Unit, Verb};

/// The longest name, in characters.
pub const LONGEST_NAME: usize = 60;
/// The longest secret, in bytes.
pub const LONGEST_SECRET: usize = 256;
/// The most channels of an organisation.
pub const MOST: usize = 100;

/// What a channel is to be.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// What kind it is; it stays what it was made as.
    pub kind: Kind,
    /// Where it leads; where missing, what it was.
    pub address: Option<String>,
    /// What it signs with; where missing, what it was; empty for none.
    pub secret: Option<String>,
    /// The language of its messages.
    pub language: Option<String>,
    /// Whether it is used.
    pub active: bool,
}

fn audited(channel: &Channel) -> Json {
    json!({
        "name": channel.name,
        "kind": channel.kind,
        "address": shown_address(channel),
        "language": channel.language,
        "active": channel.active,
    })
}

/// As much of an address as may be shown: the host of a robot's, the receivers of mail.
pub fn shown_address(channel: &Channel) -> String {
    if channel.kind == Kind::Mail.code() {
        return channel.address.clone();
    }
    let after = channel.address.split_once("://");
    let host = after.map_or("", |(_, rest)| {
        rest.split(['/', '?', '#']).next().unwrap_or("")
    });
    let scheme = after.map_or("https", |(scheme, _)| scheme);
    format!("{scheme}://{host}/…")
}

fn check(unit: &Unit, wanted: &Wanted) -> Result<(), AppError> {
    let letters = wanted.name.trim().chars().count();
    if letters == 0 || letters > LONGEST_NAME {
        return Err(AppError::invalid(
            "name",
            "name_length",
            format!("名称须为 1 至 {LONGEST_NAME} 个字"),
            format!("a name has 1 to {LONGEST_NAME} characters"),
        ));
    }
    if wanted
        .language
        .as_deref()
        .is_some_and(|code| !matches!(code, "zh" | "en"))
    {
        let (zh, en) = ("语言须为 zh 或 en", "a language is zh or en");
        return Err(AppError::invalid("language", "language_unknown", zh, en));
    }
    if let Some(address) = &wanted.address {
        check_address(wanted.kind, address, &unit.app.outward().network).map_err(|error| {
            use fenjie_message::Lang::{En, Zh};
            AppError::invalid("address", error.code(), error.text(Zh), error.text(En))
        })?;
    }
    let secret = wanted.secret.as_deref().unwrap_or_default();
    if secret.len() > LONGEST_SECRET || secret.chars().any(char::is_control) {
        return Err(AppError::invalid(
            "secret",
            "secret_length",
            format!("密钥最多 {LONGEST_SECRET} 字节，不含控制字符"),
            format!("a secret has up to {LONGEST_SECRET} bytes, no control characters"),
        ));
    }
    Ok(())
}

fn missing(field: &'static str) -> AppError {
    let (zh, en) = (format!("缺少 {field}"), format!("{field} is missing"));
    AppError::invalid(field, "field_missing", zh, en)
}

/// Makes a channel.
///
/// # Errors
/// `forbidden`, `name_length`, those of the address, `field_missing`, `too_many_channels`.
pub async fn create(unit: &mut Unit, wanted: Wanted) -> Result<Channel, AppError> {
    unit.actor.may(Verb::Operate)?;
    check(unit, &wanted)?;
    let secret = wanted.secret.filter(|secret| !secret.is_empty());
    if wanted.kind.needs_secret() && secret.is_none() {
        return Err(missing("secret"));
    }
    let organisation = unit.organisation();
    let page = Page {
        limit: MOST,
        ..Page::default()
    };
    if unit.tx.channels(&organisation, &page).await?.items.len() >= MOST {
        return Err(AppError::conflict(
            "too_many_channels",
            format!("通道最多 {MOST} 个"),
            format!("there are up to {MOST} channels"),
        ));
    }
    let channel = Channel {
        id: ChannelId::of(unit.app.bits()),
        organisation,
        name: wanted.name.trim().to_owned(),
        kind: wanted.kind.code().to_owned(),
        address: wanted.address.ok_or_else(|| missing("address"))?,
        secret,
        language: wanted.language,
        active: wanted.active,
        revision: 1,
        updated_at: unit.now,
    };
    unit.tx.add_channel(&channel).await?;
    unit.record("channel.create", &channel.id, Json::Null, audited(&channel));
    Ok(channel)
}

/// The channels of the organisation.
///
/// # Errors
/// `forbidden`; what the store refuses.
pub async fn list(unit: &mut Unit, page: &Page) -> Result<Listed<Channel>, AppError> {
    unit.actor.may(Verb::Operate)?;
    let organisation = unit.organisation();
    Ok(unit.tx.channels(&organisation, page).await?)
}

/// A channel of the organisation.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn get(unit: &mut Unit, id: &ChannelId) -> Result<Channel, AppError> {
    unit.actor.may(Verb::Operate)?;
    let organisation = unit.organisation();
    let found = unit.tx.channel(&organisation, id).await?;
    found.ok_or_else(|| AppError::not_found(id.to_string()))
}

/// Writes a channel anew, where it is still revision `seen`.
///
/// # Errors
/// `not_found`, `version_stale`, `kind_fixed`, those of [`create`].
pub async fn update(
    unit: &mut Unit,
    id: &ChannelId,
    seen: i64,
    wanted: Wanted,
) -> Result<Channel, AppError> {
    let before = get(unit, id).await?;
    check(unit, &wanted)?;
    if wanted.kind.code() != before.kind {
        let (zh, en) = ("通道的种类不能改", "a channel stays of its kind");
        return Err(AppError::invalid("kind", "kind_fixed", zh, en));
    }
    let secret = match wanted.secret {
        None => before.secret.clone(),
        Some(secret) => Some(secret).filter(|secret| !secret.is_empty()),
    };
    if wanted.kind.needs_secret() && secret.is_none() {
        return Err(missing("secret"));
    }
    let after = Channel {
        name: wanted.name.trim().to_owned(),
        address: wanted.address.unwrap_or_else(|| before.address.clone()),
        secret,
        language: wanted.language,
        active: wanted.active,
        updated_at: unit.now,
        revision: before.revision + 1,
        ..before.clone()
    };
    if !unit.tx.update_channel(&after, seen).await? {
        return Err(AppError::Stale {
            seen: seen.unsigned_abs(),
            found: before.revision.unsigned_abs(),
            changed: audited(&before),
        });
    }
    unit.record("channel.update", id, audited(&before), audited(&after));
    Ok(after)
}

/// Takes a channel away, with whoever heard of something through it.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn remove(unit: &mut Unit, id: &ChannelId) -> Result<(), AppError> {
    let before = get(unit, id).await?;
    let organisation = unit.organisation();
    unit.tx.remove_channel(&organisation, id).await?;
    unit.record("channel.remove", id, audited(&before), Json::Null);
    Ok(())
}

/// Sends a test message through a channel; gives the delivery that says how it went.
///
/// # Errors
/// `forbidden`, `not_found`, `channel_inactive`.
pub async fn test(unit: &mut Unit, id: &ChannelId) -> Result<Delivery, AppError> {
    let channel = get(unit, id).await?;
    if !channel.active {
        let (zh, en) = ("通道已停用", "the channel is not in use");
        return Err(AppError::conflict("channel_inactive", zh, en));
    }
    let organisation = unit.organisation();
    let own = unit.tx.organisation(&organisation).await?;
    let cause = format!("{:032x}", unit.app.bits());
    let about = About::new(Topic::Test, None, &cause)
        .with("organisation", own.map_or_else(String::new, |own| own.name))
        .with("who", unit.actor.name.clone())
        .with("channel", channel.name.clone());
    enqueue_to(unit, &about, &[Receiver::Channel(id.clone())]).await?;
    let listed = unit
        .tx
        .deliveries(&organisation, None, &Page::default())
        .await?;
    let cause = format!("{}:{cause}", Topic::Test.code());
    let made = listed
        .items
        .into_iter()
        .find(|delivery| delivery.cause == cause);
    let made = made.ok_or_else(|| AppError::internal("a delivery that was just written"))?;
    unit.record(
        "channel.test",
        id,
        Json::Null,
        json!({ "delivery": made.id }),
    );
    Ok(made)
}
