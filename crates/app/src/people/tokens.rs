//! Keys for programs: never more than their owner may, shown once, withdrawn at once. Must not know
//! how they travel.

use fenjie_identity::secret::Secret;
use fenjie_store::people::{Role, Token};
use fenjie_store::{Listed, Page, TokenId, UserId};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use super::checks;
use crate::rights::role_may;
use crate::{AppError, TokenScope, Unit, Verb};

/// How long a key works unless said, in days.
pub const USUAL_DAYS: u32 = 90;
/// How long a key works at most, in days.
pub const MOST_DAYS: u32 = 366;

/// A key to be made.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<TokenScope>,
    /// After how many days it ends.
    pub days: u32,
}

/// What a key of somebody with this role can be good for.
pub fn scopes_of(role: Role) -> Vec<TokenScope> {
    let given = |scope: &TokenScope| {
        Verb::ALL
            .iter()
            .any(|verb| verb.token_scope() == *scope && role_may(role, *verb))
    };
    TokenScope::ALL.into_iter().filter(given).collect()
}

/// Makes a key for oneself, in person: a key makes no keys.
///
/// # Errors
/// `person_needed`, `scopes_empty`, `scope_not_yours`, `days_out_of_range`, `name_length`.
pub async fn create(unit: &mut Unit, wanted: Wanted, secret: &Secret) -> Result<Token, AppError> {
    unit.actor.may(Verb::Own)?;
    unit.actor.in_person()?;
    let actor = unit.actor.clone();
    check(&wanted, actor.role)?;
    let mut scopes: Vec<String> = wanted
        .scopes
        .iter()
        .map(|scope| scope.code().to_owned())
        .collect();
    scopes.sort();
    scopes.dedup();
    let token = Token {
        id: TokenId::of(unit.app.bits()),
        organisation: actor.organisation.clone(),
        user: actor.user.clone(),
        name: checks::name(&wanted.name)?,
        secret_hash: secret.hash(),
        scopes,
        expires_at: Some(unit.now + SignedDuration::from_hours(24 * i64::from(wanted.days))),
        used_at: None,
        revoked_at: None,
        created_at: unit.now,
    };
    unit.tx.add_token(&token).await?;
    unit.record("token.create", &token.id, Json::Null, audited(&token));
    Ok(token)
}

fn check(wanted: &Wanted, role: Role) -> Result<(), AppError> {
    if wanted.days == 0 || wanted.days > MOST_DAYS {
        return Err(AppError::invalid(
            "days",
            "days_out_of_range",
            format!("有效天数须在 1 与 {MOST_DAYS} 之间"),
            format!("a key works for 1 to {MOST_DAYS} days"),
        ));
    }
    if wanted.scopes.is_empty() {
        return Err(AppError::invalid(
            "scopes",
            "scopes_empty",
            "至少给一项权限",
            "a key is good for one thing at least",
        ));
    }
    let own = scopes_of(role);
    match wanted.scopes.iter().find(|scope| !own.contains(scope)) {
        None => Ok(()),
        Some(scope) => Err(AppError::invalid(
            "scopes",
            "scope_not_yours",
            format!("您自己没有 `{}` 的权限", scope.code()),
            format!("you have no `{}` to give", scope.code()),
        )),
    }
}

/// One's own keys, or those of `user` for whoever runs the accounts.
///
/// # Errors
/// `forbidden`.
pub async fn list(
    unit: &mut Unit,
    user: Option<&UserId>,
    page: &Page,
) -> Result<Listed<Token>, AppError> {
    unit.actor.may(Verb::Own)?;
    let actor = unit.actor.clone();
    let whose = user.unwrap_or(&actor.user);
    if *whose != actor.user {
        unit.actor.may(Verb::ManagePeople)?;
    }
    Ok(unit
        .tx
        .tokens(&actor.organisation, Some(whose), page)
        .await?)
}

/// A key: one's own, or anybody's for whoever runs the accounts.
///
/// # Errors
/// `not_found`.
pub async fn get(unit: &mut Unit, id: &TokenId) -> Result<Token, AppError> {
    unit.actor.may(Verb::Own)?;
    let organisation = unit.organisation();
    let found = unit.tx.token(&organisation, id).await?;
    let runs = unit.actor.may(Verb::ManagePeople).is_ok();
    let seen = found.filter(|token| runs || token.user == unit.actor.user);
    seen.ok_or_else(|| AppError::not_found(id.to_string()))
}

/// Withdraws a key, at once and for good.
///
/// # Errors
/// `not_found`.
pub async fn revoke(unit: &mut Unit, id: &TokenId) -> Result<(), AppError> {
    let token = get(unit, id).await?;
    let (organisation, now) = (unit.organisation(), unit.now);
    if unit.tx.revoke_token(&organisation, id, now).await? {
        unit.record("token.revoke", id, audited(&token), Json::Null);
    }
    Ok(())
}

fn audited(token: &Token) -> Json {
    json!({
        "name": token.name, "user": token.user, "scopes": token.scopes,
        "until": token.expires_at.map(|until| until.to_string()),
    })
}
