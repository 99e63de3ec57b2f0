//! The second proof: codes of an authenticator, and recovery codes for when it is lost. Must not know
//! how a code is shown.

use fenjie_identity::one_time::{self, Authenticator};
use fenjie_store::Transaction;
use fenjie_store::people::User;
use fenjie_store::sign_in::AuthenticatorRecord;
use serde_json::{Value as Json, json};

use super::throttle;
use crate::{App, AppError, Unit, Verb};

/// What authenticators show beside the code.
pub const ISSUER: &str = "fenjie";
/// How long after signing in somebody may take their authenticator away, in minutes.
const FRESH_MINUTES: i64 = 15;

/// How a code turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// They have no authenticator.
    NotNeeded,
    /// They have one and gave no code.
    Missing,
    /// The code was right, and is used up.
    Right,
    /// The code was wrong, too old, or used before.
    Wrong,
}

/// Checks somebody's code, and uses it up where it is right.
///
/// # Errors
/// What the store refuses.
pub async fn prove(
    app: &App,
    tx: &mut dyn Transaction,
    user: &User,
    code: Option<&str>,
) -> Result<Proof, AppError> {
    let record = tx.authenticator(&user.organisation, &user.id).await?;
    let Some(record) = record.filter(|record| record.confirmed_at.is_some()) else {
        return Ok(Proof::NotNeeded);
    };
    let Some(code) = code.filter(|code| !code.trim().is_empty()) else {
        return Ok(Proof::Missing);
    };
    if let Some(hash) = one_time::recovery_hash(code) {
        let taken = tx
            .take_recovery_code(&user.organisation, &user.id, &hash)
            .await?;
        return Ok(if taken { Proof::Right } else { Proof::Wrong });
    }
    let right = match step(app, &record, user, code) {
        Some(step) => tx.take_step(&user.organisation, &user.id, step).await?,
        None => false,
    };
    Ok(if right { Proof::Right } else { Proof::Wrong })
}

fn step(app: &App, record: &AuthenticatorRecord, user: &User, code: &str) -> Option<i64> {
    let authenticator = Authenticator::kept(&record.secret, ISSUER, &user.login)?;
    let seconds = u64::try_from(app.now().as_second()).ok()?;
    let last = record.last_step.and_then(|step| u64::try_from(step).ok());
    i64::try_from(authenticator.step_of(code, seconds, last)?).ok()
}

/// A new authenticator, to be confirmed by a first code.
pub struct Enrolment {
    /// The secret, to be typed.
    pub secret: String,
    /// The same as `otpauth://…`, to be shown as a picture.
    pub uri: String,
}

/// Makes somebody an authenticator; it is asked for once a first code has confirmed it.
///
/// # Errors
/// `person_needed` for keys, `authenticator_present`.
pub async fn enrol(unit: &mut Unit, new: &Authenticator) -> Result<Enrolment, AppError> {
    let user = super::me::person(unit).await?;
    let present = unit.tx.authenticator(&user.organisation, &user.id).await?;
    if present.is_some_and(|record| record.confirmed_at.is_some()) {
        return Err(AppError::conflict(
            "authenticator_present",
            "您已有验证器，先移除才能换新的",
            "you have an authenticator; take it away before you add another",
        ));
    }
    let record = AuthenticatorRecord {
        organisation: user.organisation.clone(),
        user: user.id.clone(),
        secret: new.secret(),
        confirmed_at: None,
        last_step: None,
    };
    unit.tx.keep_authenticator(&record).await?;
    unit.record("authenticator.enrol", &user.id, Json::Null, json!({}));
    Ok(Enrolment {
        secret: new.secret(),
        uri: new.uri(),
    })
}

/// Confirms a new authenticator by a first code; from now on it is asked for. `codes` are recovery
/// codes, of which only hashes are kept.
///
/// # Errors
/// `authenticator_missing`, `code_wrong`.
pub async fn confirm(unit: &mut Unit, code: &str, codes: &[String]) -> Result<(), AppError> {
    let user = super::me::person(unit).await?;
    let record = unit.tx.authenticator(&user.organisation, &user.id).await?;
    let record = record
        .filter(|record| record.confirmed_at.is_none())
        .ok_or_else(|| {
            AppError::conflict(
                "authenticator_missing",
                "没有等待确认的验证器",
                "there is no authenticator waiting to be confirmed",
            )
        })?;
    let step = step(&unit.app, &record, &user, code).ok_or_else(|| {
        AppError::invalid(
            "code",
            "code_wrong",
            "验证码不对，或已过时",
            "the code is wrong, or of another time",
        )
    })?;
    let confirmed = AuthenticatorRecord {
        confirmed_at: Some(unit.now),
        last_step: Some(step),
        ..record
    };
    unit.tx.keep_authenticator(&confirmed).await?;
    let hashes: Vec<String> = codes
        .iter()
        .filter_map(|code| one_time::recovery_hash(code))
        .collect();
    unit.tx
        .keep_recovery_codes(&user.organisation, &user.id, &hashes)
        .await?;
    unit.record(
        "authenticator.confirm",
        &user.id,
        Json::Null,
        json!({ "recovery_codes": hashes.len() }),
    );
    Ok(())
}

/// Takes one's own authenticator away, shortly after signing in.
///
/// # Errors
/// `sign_in_again`, `not_found`.
pub async fn remove(unit: &mut Unit) -> Result<(), AppError> {
    let user = super::me::person(unit).await?;
    super::sessions::fresh(unit, FRESH_MINUTES).await?;
    take_away(unit, &user).await
}

/// Takes somebody else's authenticator away: it is lost.
///
/// # Errors
/// `forbidden`, `not_found`, `own_rights` for one's own.
pub async fn remove_of(unit: &mut Unit, id: &fenjie_store::UserId) -> Result<(), AppError> {
    unit.actor.may(Verb::ManagePeople)?;
    if *id == unit.actor.user {
        return Err(super::accounts::own_rights());
    }
    let organisation = unit.organisation();
    let found = unit.tx.user(&organisation, id).await?;
    let user = found.ok_or_else(|| AppError::not_found(id.to_string()))?;
    take_away(unit, &user).await
}

async fn take_away(unit: &mut Unit, user: &User) -> Result<(), AppError> {
    let gone = unit
        .tx
        .remove_authenticator(&user.organisation, &user.id)
        .await?;
    if !gone {
        return Err(AppError::not_found("authenticator"));
    }
    unit.record("authenticator.remove", &user.id, json!({}), Json::Null);
    Ok(())
}

/// Counts a try to prove something once more, in a transaction of its own, so that it stays counted
/// whatever comes of it.
///
/// # Errors
/// `too_many_requests`.
pub async fn count_own(app: &App, actor: &crate::Actor, what: &str) -> Result<(), AppError> {
    let counts = throttle::own_count(&actor.organisation, &format!("{what}:{}", actor.user));
    let mut tx = app.store().write().await?;
    throttle::begin(&mut *tx, &counts, app.now()).await?;
    Ok(tx.commit().await?)
}

/// Begins that count anew.
///
/// # Errors
/// What the store refuses.
pub async fn forgive_own(unit: &mut Unit, what: &str) -> Result<(), AppError> {
    let actor = unit.actor.clone();
    let counts = throttle::own_count(&actor.organisation, &format!("{what}:{}", actor.user));
    let now = unit.now;
    throttle::forgive(&mut *unit.tx, &counts, now).await
}
