//! From a proof to an actor: a program's key, or nothing at a local first run. Must not know HTTP.

use fenjie_message::Lang;
use fenjie_store::Transaction;
use fenjie_store::people::{Scope, Token, User};

use crate::people::sessions::NOTED_EVERY;
use crate::remembered::{Moment, of_people};
use crate::rights::TokenScope;
use crate::{Actor, App, AppError, Origin};

/// SHA-256 of a secret, in hexadecimal digits: what is kept of it.
pub fn secret_hash(secret: &str) -> String {
    fenjie_identity::secret::hash(secret)
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
        moment: None,
    }
}

/// The same with the people who report to them, where their scope asks for these (rule R3).
///
/// # Errors
/// What the store refuses.
pub async fn actor_with(
    tx: &mut dyn Transaction,
    user: &User,
    language: Option<Lang>,
    origin: Origin,
) -> Result<Actor, AppError> {
    let mut actor = actor_of(user, language, origin);
    if user.scope == Scope::OwnAndSubordinates {
        actor.subordinates = tx.subordinates(&user.organisation, &user.id).await?;
    }
    Ok(actor)
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
    if secret.len() > fenjie_identity::secret::LONGEST {
        return Err(AppError::NotSignedIn);
    }
    let hash = secret_hash(secret);
    let key = (hash.clone(), language);
    let now = app.store().moment().await?;
    if let Some(moment) = now
        && let Some((token, mut actor)) = app.remembered().keys.at(&key, of_people(&moment))
        && valid(app, &token)
    {
        let by = actor.origin.by.clone();
        actor.origin = Origin { by, ..origin };
        actor.moment = Some(Moment::now(moment));
        note_use(app, &token).await;
        return Ok(actor);
    }
    let mut tx = app.store().read().await?;
    let moment = tx.moment().await?;
    let token = tx.token_by_secret(&hash).await?;
    let token = token.filter(|token| valid(app, token));
    let token = token.ok_or(AppError::NotSignedIn)?;
    let user = tx.user(&token.organisation, &token.user).await?;
    let user = user
        .filter(|user| user.active)
        .ok_or(AppError::NotSignedIn)?;
    let by = token.id.to_string();
    let mut actor = actor_with(&mut *tx, &user, language, Origin { by, ..origin }).await?;
    drop(tx);
    note_use(app, &token).await;
    let scopes = token
        .scopes
        .iter()
        .filter_map(|code| TokenScope::parse(code));
    actor.limited_to = Some(scopes.collect());
    let read = (token, actor.clone());
    let moment = moment.map(|moment| of_people(&moment).to_owned());
    app.remembered().keys.keep(key, moment, read);
    Ok(actor)
}

/// Whether a key was not withdrawn and has not run out.
fn valid(app: &App, token: &Token) -> bool {
    token.revoked_at.is_none() && token.expires_at.is_none_or(|until| app.now() < until)
}

/// Notes that a key was used. Where that cannot be kept now, it only looks unused longer.
async fn note_use(app: &App, token: &Token) {
    let now = app.now();
    if token
        .used_at
        .is_some_and(|used| now.duration_since(used) < NOTED_EVERY)
    {
        return;
    }
    let noted = async {
        let mut tx = app.store().write().await?;
        tx.touch_token(&token.organisation, &token.id, now).await?;
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "the use of a key was not noted");
    }
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
