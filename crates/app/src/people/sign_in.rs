//! Signing in with a password, and a code where somebody has an authenticator. An unknown login, a
//! wrong password and a stopped account have one answer, and take one time. Must not know cookies.

use fenjie_identity::login;
use fenjie_identity::password_rules;
use fenjie_identity::secret::{self, Secret};
use fenjie_store::audit::AuditEntry;
use fenjie_store::organisation::Organisation;
use fenjie_store::people::User;
use fenjie_store::session::{Device, Session};
use fenjie_store::{OrganisationId, SessionId, Transaction};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use super::second;
use super::throttle::{self, Count};
use crate::app::FIRST_ORGANISATION;
use crate::{App, AppError, Origin};

/// How long a device is known, in hours: a year.
const DEVICE_HOURS: i64 = 366 * 24;
/// How much of what a browser calls itself is kept.
const LONGEST_AGENT: usize = 200;

/// A sign-in with a password.
#[derive(Clone)]
pub struct Attempt {
    /// The organisation's code; may be missing where there is one.
    pub organisation: Option<String>,
    /// The login.
    pub login: String,
    /// The password.
    pub password: String,
    /// The code of an authenticator, or a recovery code.
    pub code: Option<String>,
    /// Who comes, as far as the request tells.
    pub visitor: Visitor,
}

/// Who comes, as far as the request tells.
#[derive(Clone, Default)]
pub struct Visitor {
    /// Where from.
    pub origin: Origin,
    /// What the browser calls itself.
    pub agent: String,
    /// The secret of a known device.
    pub device: Option<String>,
    /// The secret of the session that this one replaces.
    pub session: Option<String>,
}

/// Somebody who has signed in. Its secrets are given to the browser and nowhere else.
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Who.
    pub user: User,
    /// The secret of the session.
    pub secret: Secret,
    /// The secret of the device, where it was not known yet.
    pub device: Option<Secret>,
}

/// What a sign-in is about, before anything is proved.
struct Tried {
    organisation: Option<Organisation>,
    user: Option<User>,
    counts: Vec<Count>,
    known_device: bool,
}

/// Signs in.
///
/// # Errors
/// `sign_in_refused` whatever was wrong, `code_required` where the password was right and a code is
/// needed, `too_many_requests`, `password_too_long`.
pub async fn sign_in(app: &App, attempt: &Attempt) -> Result<SignedIn, AppError> {
    bounded(attempt)?;
    let mut tx = app.store().write().await?;
    let tried = look_up(app, &mut *tx, attempt).await?;
    let begun = throttle::begin(&mut *tx, &tried.counts, app.now()).await;
    // Counted or refused: either way what was read is kept or dropped before the long work.
    match begun {
        Ok(()) => tx.commit().await?,
        Err(error) => return Err(error),
    }
    let usable = tried.user.as_ref().filter(|user| user.active);
    let kept = usable.and_then(|user| user.password_hash.clone());
    let fits = app.hashing().fits(kept.clone(), &attempt.password).await?;
    let mut tx = app.store().write().await?;
    let user = match (fits, &tried.user) {
        // Whoever was stopped, or got another password, in the meantime is not let in.
        (true, Some(user)) => tx
            .user(&user.organisation, &user.id)
            .await?
            .filter(|now| now.active && now.password_hash == kept),
        _ => None,
    };
    let Some(user) = user else {
        let why = reason(&tried, fits);
        return refuse(app, tx, &tried, attempt, why).await;
    };
    match second::prove(app, &mut *tx, &user, attempt.code.as_deref()).await? {
        second::Proof::NotNeeded | second::Proof::Right => {}
        second::Proof::Missing => {
            throttle::take_back(&mut *tx, &tried.counts, app.now()).await?;
            tx.commit().await?;
            return Err(AppError::code_required());
        }
        second::Proof::Wrong => return refuse(app, tx, &tried, attempt, "wrong_code").await,
    }
    throttle::forgive(&mut *tx, &tried.counts, app.now()).await?;
    let signed = admit(
        app,
        &mut *tx,
        user,
        "password",
        &attempt.visitor,
        !tried.known_device,
    )
    .await?;
    tx.commit().await?;
    Ok(signed)
}

/// Nobody types as much; whoever sends more is told so before anything is looked up.
fn bounded(attempt: &Attempt) -> Result<(), AppError> {
    let too_long = |field: &'static str, most: usize| {
        let zh = format!("{field} 至多 {most} 个字符");
        AppError::invalid(
            field,
            "too_long",
            zh,
            format!("{field} has at most {most} characters"),
        )
    };
    let fields = [
        ("login", Some(&attempt.login), login::LONGEST),
        ("password", Some(&attempt.password), password_rules::LONGEST),
        ("code", attempt.code.as_ref(), 40),
        ("organisation", attempt.organisation.as_ref(), 100),
    ];
    for (field, text, most) in fields {
        if text.is_some_and(|text| text.len() > most * 8 || text.chars().count() > most) {
            return Err(too_long(field, most));
        }
    }
    Ok(())
}

/// The organisation that somebody means: by its code, or the only one, or the first run's.
pub(super) async fn organisation_meant(
    tx: &mut dyn Transaction,
    code: Option<&str>,
) -> Result<Option<Organisation>, AppError> {
    let mut known = tx.organisations().await?;
    let code = match code.map(str::trim) {
        Some(code) => code,
        None if known.len() == 1 => return Ok(known.pop()),
        None => FIRST_ORGANISATION,
    };
    Ok(known.into_iter().find(|one| one.code == code))
}

async fn look_up(
    app: &App,
    tx: &mut dyn Transaction,
    attempt: &Attempt,
) -> Result<Tried, AppError> {
    let organisation = organisation_meant(tx, attempt.organisation.as_deref()).await?;
    let login = login::normalised(&attempt.login).unwrap_or_default();
    let user = match &organisation {
        Some(organisation) => tx.user_by_login(&organisation.id, &login).await?,
        None => None,
    };
    let device = attempt.visitor.device.as_deref().map(secret::hash);
    let known = match (&user, &device) {
        (Some(user), Some(device)) => {
            tx.knows_device(&user.organisation, &user.id, device, app.now())
                .await?
        }
        _ => false,
    };
    let counts = throttle::counts(
        organisation.as_ref().map(|one| &one.id),
        &login,
        &attempt.visitor.origin.address,
        device.as_deref().filter(|_| known),
    );
    Ok(Tried {
        organisation,
        user,
        counts,
        known_device: known,
    })
}

/// Why somebody was not let in: for the audit, never for them.
fn reason(tried: &Tried, fits: bool) -> &'static str {
    match &tried.user {
        None => "unknown_login",
        Some(user) if !user.active => "account_stopped",
        Some(_) if fits => "changed_meanwhile",
        Some(_) => "wrong_password",
    }
}

/// Writes a sign-in that failed to the audit, and refuses it. A login that nobody has is not written
/// down: it may be a password in the wrong field.
async fn refuse(
    app: &App,
    mut tx: Box<dyn Transaction>,
    tried: &Tried,
    attempt: &Attempt,
    why: &str,
) -> Result<SignedIn, AppError> {
    if let Some(organisation) = &tried.organisation {
        let who = tried
            .user
            .as_ref()
            .map_or("-".to_owned(), |user| user.id.to_string());
        let entry = AuditEntry {
            at: app.now(),
            who: who.clone(),
            origin: attempt.visitor.origin.text(),
            action: "session.create".into(),
            target: who,
            before: Json::Null,
            after: json!({ "means": "password" }),
            result: why.into(),
        };
        tx.append_audit(&organisation.id, &[entry]).await?;
    }
    tx.commit().await?;
    Err(AppError::sign_in_refused())
}

/// Begins a session for somebody who has proved who they are, ends the one it replaces, and writes
/// both to the audit.
pub(super) async fn admit(
    app: &App,
    tx: &mut dyn Transaction,
    user: User,
    means: &str,
    visitor: &Visitor,
    new_device: bool,
) -> Result<SignedIn, AppError> {
    let now = app.now();
    let (secret, device) = (Secret::random(""), new_device.then(|| Secret::random("")));
    let session = Session {
        id: SessionId::of(app.bits()),
        organisation: user.organisation.clone(),
        user: user.id.clone(),
        secret_hash: secret.hash(),
        means: means.to_owned(),
        address: visitor.origin.address.clone(),
        agent: visitor
            .agent
            .chars()
            .filter(|letter| !letter.is_control())
            .take(LONGEST_AGENT)
            .collect(),
        created_at: now,
        seen_at: now,
        expires_at: now + app.settings().people.absolute,
    };
    let replaced = end_replaced(app, tx, visitor).await?;
    tx.add_session(&session).await?;
    if let Some(device) = &device {
        let known = Device {
            organisation: user.organisation.clone(),
            user: user.id.clone(),
            secret_hash: device.hash(),
            expires_at: now + SignedDuration::from_hours(DEVICE_HOURS),
        };
        tx.add_device(&known).await?;
    }
    let entry = AuditEntry {
        at: now,
        who: user.id.to_string(),
        origin: visitor.origin.text(),
        action: "session.create".into(),
        target: session.id.to_string(),
        before: replaced.map_or(Json::Null, |id| json!({ "replaced": id })),
        after: json!({ "means": means, "agent": session.agent }),
        result: "done".into(),
    };
    tx.append_audit(&user.organisation, &[entry]).await?;
    Ok(SignedIn {
        session,
        user,
        secret,
        device,
    })
}

/// Ends the session that the same browser had: one browser, one session, and never an old secret.
async fn end_replaced(
    app: &App,
    tx: &mut dyn Transaction,
    visitor: &Visitor,
) -> Result<Option<SessionId>, AppError> {
    tx.forget_expired(app.now()).await?;
    let Some(old) = visitor.session.as_deref().map(secret::hash) else {
        return Ok(None);
    };
    let Some(old) = tx.session_by_secret(&old).await? else {
        return Ok(None);
    };
    let organisation: OrganisationId = old.organisation;
    tx.remove_session(&organisation, &old.id).await?;
    Ok(Some(old.id))
}
