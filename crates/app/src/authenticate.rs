//! From a proof to an actor: a program's key, or nothing at a local first run. Must not know HTTP.

use fenjie_message::Lang;
use fenjie_store::people::User;
use sha2::{Digest, Sha256};

use crate::rights::TokenScope;
use crate::{Actor, App, AppError, Origin};

/// SHA-256 of a secret, in hexadecimal digits: what is kept of it.
pub fn secret_hash(secret: &str) -> String {
    Sha256::digest(secret.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The actor that a user is.
pub fn actor_of(user: &User, language: Option<Lang>, origin: Origin) -> Actor {
    let own = user.language.as_deref().map(Lang::from_locale);
    Actor {
        organisation: user.organisation.clone(),
        user: user.id.clone(),
        name: user.name.clone(),
        role: user.role,
        scope: user.scope,
        member: user.member.clone(),
        subordinates: Vec::new(),
        limited_to: None,
        lang: language.or(own).unwrap_or_default(),
        origin,
    }
}

/// Whoever a program's key speaks for.
///
/// # Errors
/// `not_signed_in` where there is no such key, or it has run out, or its owner was stopped.
pub async fn by_token(
    app: &App,
    secret: &str,
    language: Option<Lang>,
    origin: Origin,
) -> Result<Actor, AppError> {
    let mut tx = app.store().read().await?;
    let token = tx.token_by_secret(&secret_hash(secret)).await?;
    let now = app.now();
    let valid = token.filter(|token| {
        token.revoked_at.is_none() && token.expires_at.is_none_or(|until| now < until)
    });
    let token = valid.ok_or(AppError::NotSignedIn)?;
    let user = tx.user(&token.organisation, &token.user).await?;
    let user = user
        .filter(|user| user.active)
        .ok_or(AppError::NotSignedIn)?;
    let by = token.id.to_string();
    let mut actor = actor_of(&user, language, Origin { by, ..origin });
    let scopes = token
        .scopes
        .iter()
        .filter_map(|code| TokenScope::parse(code));
    actor.limited_to = Some(scopes.collect());
    Ok(actor)
}

/// Whoever sits at this machine, as long as nobody has an account (a local first run).
///
/// # Errors
/// `not_signed_in` once somebody has one.
pub async fn locally(app: &App, language: Option<Lang>, origin: Origin) -> Result<Actor, AppError> {
    if !app.settings().local_without_account || app.store().read().await?.has_users().await? {
        return Err(AppError::NotSignedIn);
    }
    let user = app.first_run().await?;
    Ok(actor_of(
        &user,
        language,
        Origin {
            by: "local".into(),
            ..origin
        },
    ))
}
