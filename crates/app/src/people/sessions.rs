//! Sessions: who a cookie is, and the devices somebody is signed in on. Must not know cookies.

use fenjie_identity::secret;
use fenjie_message::Lang;
use fenjie_store::session::Session;
use fenjie_store::{SessionId, UserId};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use crate::authenticate::actor_with;
use crate::{Actor, App, AppError, Origin, Unit, Verb};

/// How exactly it is noted when a session or key was last used.
pub const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// Whoever a session's secret speaks for.
///
/// # Errors
/// `not_signed_in` where it has ended, was idle too long, or its owner was stopped.
pub async fn by_session(
    app: &App,
    text: &str,
    language: Option<Lang>,
    origin: Origin,
) -> Result<Actor, AppError> {
    if text.len() > secret::LONGEST {
        return Err(AppError::NotSignedIn);
    }
    let mut tx = app.store().read().await?;
    let session = tx.session_by_secret(&secret::hash(text)).await?;
    let session = session
        .filter(|session| alive(app, session))
        .ok_or(AppError::NotSignedIn)?;
    let user = tx.user(&session.organisation, &session.user).await?;
    let user = user
        .filter(|user| user.active)
        .ok_or(AppError::NotSignedIn)?;
    let by = session.id.to_string();
    let actor = actor_with(&mut *tx, &user, language, Origin { by, ..origin }).await?;
    drop(tx);
    note_use(app, &session).await;
    Ok(actor)
}

fn alive(app: &App, session: &Session) -> bool {
    let now = app.now();
    now < session.expires_at && now.duration_since(session.seen_at) < app.settings().people.idle
}

/// Notes that a session was used. Where that cannot be kept now, the session only looks idle longer.
async fn note_use(app: &App, session: &Session) {
    let now = app.now();
    if now.duration_since(session.seen_at) < NOTED_EVERY {
        return;
    }
    let noted = async {
        let mut tx = app.store().write().await?;
        tx.touch_session(&session.organisation, &session.id, now)
            .await?;
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "the use of a session was not noted");
    }
}

impl Actor {
    /// The session that they ask by; none for keys and the local first run.
    pub fn session(&self) -> Option<SessionId> {
        SessionId::parse(&self.origin.by).ok()
    }

    /// Lets pass who is here in person: by a session or at a local first run, not by a key. What
    /// guards an account is not for programs.
    ///
    /// # Errors
    /// `person_needed`.
    pub fn in_person(&self) -> Result<(), AppError> {
        match self.limited_to {
            None => Ok(()),
            Some(_) => Err(AppError::PersonNeeded),
        }
    }
}

/// The asker's sessions, the latest first.
///
/// # Errors
/// What the store refuses.
pub async fn list(unit: &mut Unit) -> Result<Vec<Session>, AppError> {
    unit.actor.may(Verb::Own)?;
    let actor = unit.actor.clone();
    let app = unit.app.clone();
    let mut found = unit.tx.sessions(&actor.organisation, &actor.user).await?;
    found.retain(|session| alive(&app, session));
    Ok(found)
}

/// One of the asker's sessions.
///
/// # Errors
/// `not_found`, also for those of others.
pub async fn get(unit: &mut Unit, id: &SessionId) -> Result<Session, AppError> {
    let found = list(unit)
        .await?
        .into_iter()
        .find(|session| session.id == *id);
    found.ok_or_else(|| AppError::not_found(id.to_string()))
}

/// Ends one of the asker's sessions, at once.
///
/// # Errors
/// `not_found`.
pub async fn end(unit: &mut Unit, id: &SessionId) -> Result<(), AppError> {
    let session = get(unit, id).await?;
    let organisation = unit.organisation();
    unit.tx.remove_session(&organisation, id).await?;
    unit.record("session.end", id, audited(&session), Json::Null);
    Ok(())
}

/// Ends all of the asker's sessions but the one they ask by. Gives how many.
///
/// # Errors
/// What the store refuses.
pub async fn end_others(unit: &mut Unit) -> Result<u64, AppError> {
    unit.actor.may(Verb::Own)?;
    let actor = unit.actor.clone();
    let own = actor.session();
    let ended = unit
        .tx
        .remove_sessions(&actor.organisation, &actor.user, own.as_ref())
        .await?;
    unit.record(
        "session.end_others",
        &actor.user,
        json!({ "ended": ended }),
        Json::Null,
    );
    Ok(ended)
}

/// Ends all sessions of somebody and forgets their devices.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn end_of(unit: &mut Unit, user: &UserId) -> Result<u64, AppError> {
    unit.actor.may(Verb::ManagePeople)?;
    let organisation = unit.organisation();
    if unit.tx.user(&organisation, user).await?.is_none() {
        return Err(AppError::not_found(user.to_string()));
    }
    let ended = unit.tx.remove_sessions(&organisation, user, None).await?;
    unit.tx.forget_devices(&organisation, user).await?;
    unit.record(
        "session.end_all",
        user,
        json!({ "ended": ended }),
        Json::Null,
    );
    Ok(ended)
}

/// Lets pass who has signed in within the last minutes, or has no session at a local first run.
///
/// # Errors
/// `sign_in_again`.
pub(super) async fn fresh(unit: &mut Unit, minutes: i64) -> Result<(), AppError> {
    let Some(id) = unit.actor.session() else {
        return Ok(());
    };
    let session = get(unit, &id).await?;
    if unit.now.duration_since(session.created_at) <= SignedDuration::from_mins(minutes) {
        return Ok(());
    }
    Err(AppError::conflict(
        "sign_in_again",
        format!("此操作须在登录后 {minutes} 分钟内进行，请重新登录"),
        format!("this is done within {minutes} minutes of signing in; sign in again"),
    ))
}

fn audited(session: &Session) -> Json {
    json!({ "means": session.means, "address": session.address, "agent": session.agent })
}
