//! The first set-up of a server: its first administrator, once. Also one-time links to a new
//! password, which are used without being signed in. Must not know cookies.

use std::sync::Arc;

use fenjie_identity::secret;
use fenjie_store::people::{Role, Scope, User};
use serde_json::json;

use super::sign_in::{SignedIn, Visitor, admit};
use super::throttle;
use super::{checks, passwords};
use crate::authenticate::actor_of;
use crate::{App, AppError, Unit};

/// What a first set-up needs.
#[derive(Clone)]
pub struct Wanted {
    /// What the first administrator signs in with.
    pub login: String,
    /// What the first administrator is called.
    pub name: String,
    /// Their password.
    pub password: String,
    /// Their language.
    pub language: Option<String>,
    /// The secret that was printed or set at start; not needed at this machine.
    pub secret: Option<String>,
}

/// Whether a set-up is still to be done.
///
/// # Errors
/// What the store refuses.
pub async fn needed(app: &App) -> Result<bool, AppError> {
    Ok(!app.store().read().await?.has_users().await?)
}

/// Makes the account of a local first run the first administrator's, so that what was made in it stays
/// theirs, and signs them in. `local` says that the request comes from this machine.
///
/// # Errors
/// `set_up_already`, `setup_secret_wrong`, `password_too_short` and its like.
pub async fn set_up(
    app: &App,
    wanted: &Wanted,
    local: bool,
    visitor: &Visitor,
) -> Result<SignedIn, AppError> {
    if !needed(app).await? {
        return Err(done());
    }
    if !local {
        count(app, visitor).await?;
        prove(app, wanted.secret.as_deref())?;
    }
    let login = checks::login(&wanted.login)?;
    let name = checks::name(&wanted.name)?;
    let language = wanted
        .language
        .as_deref()
        .map(checks::language)
        .transpose()?;
    passwords::check(&wanted.password, &login, "password")?;
    let hash = app.hashing().hash(&wanted.password).await?;
    let first = app.first_run().await?;
    let actor = Arc::new(actor_of(&first, None, visitor.origin.clone()));
    let mut unit = Unit::new(app, &actor, app.store().write().await?);
    let organisation = unit.organisation();
    unit.tx.hold_people(&organisation).await?;
    // Of two who set up at once, the second finds it done.
    if unit.tx.has_users().await? {
        return Err(done());
    }
    let before = unit
        .tx
        .user(&organisation, &first.id)
        .await?
        .ok_or_else(done)?;
    let after = User {
        login,
        name,
        language,
        role: Role::Administrator,
        scope: Scope::All,
        active: true,
        password_hash: Some(hash),
        ..before.clone()
    };
    unit.tx.update_user(&after, before.revision).await?;
    unit.record(
        "setup.administrator",
        &after.id,
        json!({ "login": before.login }),
        json!({ "login": after.login, "name": after.name }),
    );
    let signed = admit(app, &mut *unit.tx, after, "setup", visitor, true).await?;
    unit.commit().await?;
    Ok(signed)
}

fn done() -> AppError {
    AppError::conflict(
        "set_up_already",
        "已有账号，无需再次设置",
        "there are accounts already; the first set-up is over",
    )
}

async fn count(app: &App, visitor: &Visitor) -> Result<(), AppError> {
    let counts = throttle::counts(None, "setup", &visitor.origin.address, None);
    let mut tx = app.store().write().await?;
    throttle::begin(&mut *tx, &counts, app.now()).await?;
    Ok(tx.commit().await?)
}

/// Whether somebody at another machine shows the secret that the operator has.
fn prove(app: &App, shown: Option<&str>) -> Result<(), AppError> {
    let kept = app.settings().people.setup_secret_hash.as_deref();
    let right = match (kept, shown) {
        (Some(kept), Some(shown)) if shown.len() <= secret::LONGEST => {
            secret::same(kept, &secret::hash(shown))
        }
        _ => false,
    };
    if right {
        return Ok(());
    }
    Err(AppError::unproved(
        "setup_secret_wrong",
        "首次设置须在本机进行，或带上启动时给出的密钥",
        "a first set-up is done at the machine itself, or with the secret given at start",
    ))
}

/// Takes a new password by a one-time link, and ends everything that was signed in.
///
/// # Errors
/// `link_invalid` where the link is unknown, used or run out, `password_too_short` and its like,
/// `too_many_requests`.
pub async fn use_link(
    app: &App,
    shown: &str,
    password: &str,
    visitor: &Visitor,
) -> Result<(), AppError> {
    let counts = throttle::counts(None, "link", &visitor.origin.address, None);
    let mut tx = app.store().write().await?;
    throttle::begin(&mut *tx, &counts, app.now()).await?;
    tx.commit().await?;
    let user = linked(app, shown).await?;
    passwords::check(password, &user.login, "password")?;
    let hash = app.hashing().hash(password).await?;
    let actor = Arc::new(actor_of(&user, None, visitor.origin.clone()));
    let mut unit = Unit::new(app, &actor, app.store().write().await?);
    let now = unit.now;
    // Of two who use a link at once, the second finds it used.
    let before = usable(&mut unit, shown).await?;
    let after = User {
        password_hash: Some(hash),
        ..before.clone()
    };
    let seen = before.revision;
    super::accounts::write(&mut unit, &before, after, seen, "user.password_link").await?;
    super::me::close_ways_in(&mut unit, &before.id).await?;
    throttle::take_back(&mut *unit.tx, &counts, now).await?;
    unit.commit().await
}

fn link_invalid() -> AppError {
    AppError::unproved(
        "link_invalid",
        "这个链接无效、已用过或已过期",
        "this link is unknown, used, or has run out",
    )
}

async fn linked(app: &App, shown: &str) -> Result<User, AppError> {
    if shown.len() > secret::LONGEST {
        return Err(link_invalid());
    }
    let mut tx = app.store().read().await?;
    let reset = tx.reset_by_secret(&secret::hash(shown)).await?;
    let reset = reset
        .filter(|reset| app.now() < reset.expires_at)
        .ok_or_else(link_invalid)?;
    let user = tx.user(&reset.organisation, &reset.user).await?;
    user.filter(|user| user.active).ok_or_else(link_invalid)
}

async fn usable(unit: &mut Unit, shown: &str) -> Result<User, AppError> {
    let organisation = unit.organisation();
    unit.tx.hold_people(&organisation).await?;
    let reset = unit.tx.reset_by_secret(&secret::hash(shown)).await?;
    let reset = reset
        .filter(|reset| unit.now < reset.expires_at)
        .ok_or_else(link_invalid)?;
    let user = unit.tx.user(&organisation, &reset.user).await?;
    user.filter(|user| user.active).ok_or_else(link_invalid)
}
