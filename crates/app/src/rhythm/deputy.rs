//! Who stands in for whom, from day to day. A deputy decides and answers in the other's place; the
//! records always say both names.

use std::sync::Arc;

use fenjie_store::DeputyId;
use fenjie_store::people::User;
use fenjie_store::rhythm_approval::Deputy;
use fenjie_store::{OrganisationId, Transaction, UserId};
use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::{checked_text, day_of, stale, zone};
use crate::{Actor, App, AppError, Unit, Verb, authenticate};

/// The longest time that somebody stands in, in days.
pub const LONGEST_DAYS: i32 = 366;

/// Somebody to stand in.
#[derive(Clone, Debug)]
pub struct NewDeputy {
    /// Who is away; the asker where not said.
    pub user: Option<UserId>,
    /// Who stands in.
    pub deputy: UserId,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Why.
    pub reason: String,
}

/// Appoints a deputy: everybody for themselves, who manages accounts for anybody.
///
/// # Errors
/// `forbidden`, `deputy_days`, `deputy_self`, `deputy_unknown`.
pub async fn create(unit: &mut Unit, new: NewDeputy) -> Result<Deputy, AppError> {
    unit.actor.may(Verb::Own)?;
    let user = new.user.unwrap_or_else(|| unit.actor.user.clone());
    if user != unit.actor.user {
        unit.actor.may(Verb::ManagePeople)?;
    }
    if user == new.deputy {
        return Err(AppError::invalid(
            "deputy",
            "deputy_self",
            "不能由本人代理本人",
            "nobody stands in for themselves",
        ));
    }
    let zone = zone(unit).await?;
    let today = day_of(&zone, unit.now);
    let days = new.from.until(new.until).map_or(-1, |span| span.get_days());
    if new.until < today || !(0..LONGEST_DAYS).contains(&days) {
        return Err(AppError::invalid(
            "until",
            "deputy_days",
            format!("代理须从首日到末日，末日不早于今天 {today}，至多 {LONGEST_DAYS} 天"),
            format!(
                "somebody stands in from a first to a last day, not past ({today}), for at most {LONGEST_DAYS} days"
            ),
        ));
    }
    let organisation = unit.organisation();
    for id in [&user, &new.deputy] {
        let found = unit.tx.user(&organisation, id).await?;
        if !found.is_some_and(|found| found.active) {
            return Err(AppError::invalid(
                "deputy",
                "deputy_unknown",
                format!("没有可用的账号 `{id}`"),
                format!("there is no active account `{id}`"),
            ));
        }
    }
    let deputy = Deputy {
        id: DeputyId::of(unit.app.bits()),
        organisation,
        user,
        deputy: new.deputy,
        from: new.from,
        until: new.until,
        reason: checked_text("reason", &new.reason, false)?,
        created_by: unit.actor.user.clone(),
        created_at: unit.now,
        revoked_at: None,
        revision: 1,
    };
    unit.tx.add_deputy(&deputy).await?;
    unit.record("deputy.create", &deputy.id, Json::Null, audited(&deputy));
    Ok(deputy)
}

fn audited(deputy: &Deputy) -> Json {
    json!({
        "user": deputy.user,
        "deputy": deputy.deputy,
        "from": deputy.from.to_string(),
        "until": deputy.until.to_string(),
        "reason": deputy.reason,
        "revoked_at": deputy.revoked_at.map(|at| at.to_string()),
    })
}

/// Those that concern the asker; all of the organisation for who reads who is there and sees all.
///
/// # Errors
/// `forbidden`.
pub async fn list(unit: &mut Unit) -> Result<Vec<Deputy>, AppError> {
    unit.actor.may(Verb::Own)?;
    let organisation = unit.organisation();
    let all = unit.actor.may(Verb::ManagePeople).is_ok() || unit.actor.may(Verb::ReadAudit).is_ok();
    let me = unit.actor.user.clone();
    let found = unit.tx.deputies(&organisation).await?;
    let theirs = |deputy: &Deputy| all || deputy.user == me || deputy.deputy == me;
    Ok(found.into_iter().filter(theirs).collect())
}

/// Ends it, where it is still revision `seen`: whoever is away, or who manages accounts.
///
/// # Errors
/// `not_found`, `forbidden`, `version_stale`, `deputy_ended`.
pub async fn revoke(unit: &mut Unit, id: &DeputyId, seen: i64) -> Result<Deputy, AppError> {
    let found = list(unit).await?;
    let before = found.into_iter().find(|deputy| deputy.id == *id);
    let before = before.ok_or_else(|| AppError::not_found(id.to_string()))?;
    if before.user != unit.actor.user {
        unit.actor.may(Verb::ManagePeople)?;
    }
    if before.revoked_at.is_some() {
        return Err(AppError::conflict(
            "deputy_ended",
            "这次代理已结束",
            "this was ended already",
        ));
    }
    let after = Deputy {
        revoked_at: Some(unit.now),
        revision: before.revision + 1,
        ..before.clone()
    };
    if !unit.tx.update_deputy(&after, seen).await? {
        return Err(stale(seen, before.revision));
    }
    unit.record("deputy.revoke", id, audited(&before), audited(&after));
    Ok(after)
}

/// Who stands in for whom on a day: who is away, and who stands in.
pub(crate) async fn standing_in(
    tx: &mut dyn Transaction,
    organisation: &OrganisationId,
    day: Date,
) -> Result<Vec<(UserId, UserId)>, AppError> {
    let found = tx.deputies(organisation).await?;
    let today =
        |deputy: &Deputy| deputy.revoked_at.is_none() && deputy.from <= day && day <= deputy.until;
    let pairs = found.into_iter().filter(today);
    Ok(pairs.map(|deputy| (deputy.user, deputy.deputy)).collect())
}

/// The people that the asker stands in for today, as actors of their own.
///
/// # Errors
/// What the store refuses.
pub(crate) async fn stood_in_for(app: &App, actor: &Arc<Actor>) -> Result<Vec<Actor>, AppError> {
    let mut unit = app.reading(actor).await?;
    let zone = zone(&mut unit).await?;
    let today = day_of(&zone, unit.now);
    let pairs = standing_in(&mut *unit.tx, &actor.organisation, today).await?;
    let mut found = Vec::new();
    for (away, _) in pairs
        .into_iter()
        .filter(|(_, deputy)| *deputy == actor.user)
    {
        let user: Option<User> = unit.tx.user(&actor.organisation, &away).await?;
        if let Some(user) = user.filter(|user| user.active) {
            let (lang, origin) = (Some(actor.lang), actor.origin.clone());
            let mut theirs = authenticate::actor_with(&mut *unit.tx, &user, lang, origin).await?;
            theirs.limited_to = actor.limited_to.clone();
            found.push(theirs);
        }
    }
    Ok(found)
}
