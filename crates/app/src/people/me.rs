//! Oneself: name, language, password. Must not know what others may do with an account.

use fenjie_store::people::User;
use fenjie_store::{Transaction, UserId};
use serde_json::{Value as Json, json};

use super::accounts::audited;
use super::{checks, passwords};
use crate::{Actor, App, AppError, Unit, Verb};

/// What of oneself is to change.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The name.
    pub name: Option<String>,
    /// The language; none for the organisation's.
    pub language: Option<Option<String>>,
}

/// What there is to know about oneself.
pub struct Me {
    /// The account.
    pub user: User,
    /// The organisation's code and name.
    pub organisation: (String, String),
    /// Whether an authenticator is asked for.
    pub authenticator: bool,
    /// How many recovery codes are left.
    pub recovery_codes: u64,
}

/// One's own account.
///
/// # Errors
/// What the store refuses.
pub async fn get(unit: &mut Unit) -> Result<Me, AppError> {
    let actor = unit.actor.clone();
    let user = own(&mut *unit.tx, &actor).await?;
    let organisation = unit.tx.organisation(&actor.organisation).await?;
    let organisation = organisation.ok_or(AppError::NotSignedIn)?;
    let authenticator = unit
        .tx
        .authenticator(&actor.organisation, &actor.user)
        .await?;
    Ok(Me {
        user,
        organisation: (organisation.code, organisation.name),
        authenticator: authenticator.is_some_and(|record| record.confirmed_at.is_some()),
        recovery_codes: unit
            .tx
            .recovery_codes_left(&actor.organisation, &actor.user)
            .await?,
    })
}

async fn own(tx: &mut dyn Transaction, actor: &Actor) -> Result<User, AppError> {
    let found = tx.user(&actor.organisation, &actor.user).await?;
    found.ok_or(AppError::NotSignedIn)
}

/// One's own account, for whoever is here in person.
///
/// # Errors
/// `person_needed`.
pub(super) async fn person(unit: &mut Unit) -> Result<User, AppError> {
    unit.actor.may(Verb::Own)?;
    unit.actor.in_person()?;
    let actor = unit.actor.clone();
    own(&mut *unit.tx, &actor).await
}

/// Changes one's own name or language, where the account is still revision `seen`.
///
/// # Errors
/// `name_length`, `language_invalid`, `version_stale`.
pub async fn update(unit: &mut Unit, seen: i64, change: &Change) -> Result<User, AppError> {
    unit.actor.may(Verb::Own)?;
    let actor = unit.actor.clone();
    let before = own(&mut *unit.tx, &actor).await?;
    let mut after = before.clone();
    if let Some(name) = &change.name {
        after.name = checks::name(name)?;
    }
    if let Some(language) = &change.language {
        after.language = language.as_deref().map(checks::language).transpose()?;
    }
    super::accounts::write(unit, &before, after, seen, "user.update").await
}

/// Proves one's password once more. Counted like a sign-in.
///
/// # Errors
/// `password_wrong`, `too_many_requests`, `person_needed`.
pub async fn prove_password(app: &App, actor: &Actor, password: &str) -> Result<(), AppError> {
    actor.in_person()?;
    super::second::count_own(app, actor, "password").await?;
    let mut tx = app.store().read().await?;
    let kept = own(&mut *tx, actor).await?.password_hash;
    drop(tx);
    let short = password.chars().count() <= fenjie_identity::password_rules::LONGEST;
    if short && app.hashing().fits(kept, password).await? {
        return Ok(());
    }
    Err(AppError::invalid(
        "current",
        "password_wrong",
        "当前密码不对",
        "this is not your current password",
    ))
}

/// Takes a new password, ends all other sessions, and gives the session another secret. `new_hash` is
/// the hash of the new password, `secret_hash` of the session's new secret.
///
/// # Errors
/// What the store refuses.
pub async fn set_password(
    unit: &mut Unit,
    new_hash: &str,
    secret_hash: &str,
) -> Result<(), AppError> {
    let before = person(unit).await?;
    let after = User {
        password_hash: Some(new_hash.to_owned()),
        ..before.clone()
    };
    let seen = before.revision;
    let (organisation, id) = (before.organisation.clone(), before.id.clone());
    super::accounts::write(unit, &before, after, seen, "user.password").await?;
    super::second::forgive_own(unit, "password").await?;
    close_ways_in(unit, &id).await?;
    if let Some(session) = unit.actor.session() {
        unit.tx
            .renew_session(&organisation, &session, secret_hash)
            .await?;
    }
    Ok(())
}

/// Ends the other sessions of somebody whose password changes, and their devices and links.
pub(super) async fn close_ways_in(unit: &mut Unit, user: &UserId) -> Result<(), AppError> {
    let organisation = unit.organisation();
    let own = unit.actor.session();
    unit.tx
        .remove_sessions(&organisation, user, own.as_ref())
        .await?;
    unit.tx.forget_devices(&organisation, user).await?;
    unit.tx.remove_resets(&organisation, user).await?;
    Ok(())
}

/// The login of whoever asks: a password must not be it.
///
/// # Errors
/// What the store refuses.
pub async fn check_password(app: &App, actor: &Actor, password: &str) -> Result<(), AppError> {
    let mut tx = app.store().read().await?;
    let user = own(&mut *tx, actor).await?;
    passwords::check(password, &user.login, "password")
}

/// The audit's words of a password that changed: never the password.
pub(super) fn password_changed(before: &User, after: &User) -> Option<(Json, Json)> {
    (before.password_hash != after.password_hash).then(|| {
        (
            json!({ "password": before.password_hash.is_some() }),
            json!({ "password": "changed" }),
        )
    })
}

/// An account as the audit writes it.
pub(super) fn changed(before: &User, after: &User) -> (Json, Json) {
    password_changed(before, after).unwrap_or_else(|| (audited(before), audited(after)))
}
