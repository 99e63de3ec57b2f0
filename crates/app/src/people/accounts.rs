//! Accounts: who there is, what they may do, whose rows they see. Nobody raises themselves, and nobody
//! takes the last administrator away. Must not know how somebody signs in.

use fenjie_identity::secret::Secret;
use fenjie_store::people::{Role, Scope, User};
use fenjie_store::sign_in::PasswordReset;
use fenjie_store::{Listed, Page, Timestamp, UserId};
use serde_json::{Value as Json, json};

use super::checks;
use crate::organisation::check_account_member;
use crate::{AppError, Unit, Verb};

/// How long a chain of people reporting to people may be.
const LONGEST_CHAIN: usize = 64;

/// An account to be made.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What they sign in with.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Whose rows they see.
    pub scope: Scope,
    /// Their member of the organisation tree.
    pub member: Option<String>,
    /// To whom they report.
    pub reports_to: Option<UserId>,
    /// Their language.
    pub language: Option<String>,
    /// The hash of their first password; none where they get a link, or sign in elsewhere.
    pub password_hash: Option<String>,
}

/// What is to change of an account; what is missing stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The login.
    pub login: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The e-mail address, or none.
    pub email: Option<Option<String>>,
    /// The role.
    pub role: Option<Role>,
    /// The scope.
    pub scope: Option<Scope>,
    /// The member, or none.
    pub member: Option<Option<String>>,
    /// To whom they report, or nobody.
    pub reports_to: Option<Option<UserId>>,
    /// The language, or the organisation's.
    pub language: Option<Option<String>>,
    /// Whether they may sign in.
    pub active: Option<bool>,
}

/// An account as the audit writes it: without the password.
pub(super) fn audited(user: &User) -> Json {
    json!({
        "login": user.login, "name": user.name, "email": user.email, "role": user.role,
        "scope": user.scope, "member": user.member, "reports_to": user.reports_to,
        "language": user.language, "active": user.active,
    })
}

/// Nobody changes their own rights.
pub(super) fn own_rights() -> AppError {
    AppError::conflict(
        "own_rights",
        "不能改自己的角色、范围、成员、上级与状态，请另一位管理员来改",
        "nobody changes their own role, scope, member, superior or state; another administrator does",
    )
}

/// Makes an account.
///
/// # Errors
/// `forbidden`, `login_taken`, `login_invalid` and the like, `reports_to_unknown`, `member_unknown`.
pub async fn create(unit: &mut Unit, wanted: Wanted) -> Result<User, AppError> {
    unit.actor.may(Verb::ManagePeople)?;
    let organisation = unit.organisation();
    unit.tx.hold_people(&organisation).await?;
    let user = User {
        id: UserId::of(unit.app.bits()),
        organisation: organisation.clone(),
        login: checks::login(&wanted.login)?,
        name: checks::name(&wanted.name)?,
        email: wanted.email.as_deref().map(checks::email).transpose()?,
        role: wanted.role,
        scope: wanted.scope,
        member: wanted.member.as_deref().map(checks::member).transpose()?,
        reports_to: wanted.reports_to,
        language: wanted
            .language
            .as_deref()
            .map(checks::language)
            .transpose()?,
        active: true,
        password_hash: wanted.password_hash,
        revision: 1,
        created_at: unit.now,
    };
    free(unit, &user).await?;
    no_cycle(unit, &user).await?;
    bound_to(unit, &user).await?;
    unit.tx.add_user(&user).await?;
    unit.record("user.create", &user.id, Json::Null, audited(&user));
    Ok(user)
}

/// Whether the member that somebody is bound to is there.
async fn bound_to(unit: &mut Unit, user: &User) -> Result<(), AppError> {
    match &user.member {
        Some(member) => check_account_member(unit, member).await,
        None => Ok(()),
    }
}

/// Whether the login is nobody else's.
async fn free(unit: &mut Unit, user: &User) -> Result<(), AppError> {
    let found = unit
        .tx
        .user_by_login(&user.organisation, &user.login)
        .await?;
    if found.is_none_or(|found| found.id == user.id) {
        return Ok(());
    }
    let login = &user.login;
    Err(AppError::conflict(
        "login_taken",
        format!("登录名 `{login}` 已有人用"),
        format!("somebody has the login `{login}`"),
    ))
}

/// Whether the chain of superiors ends, without coming back.
async fn no_cycle(unit: &mut Unit, user: &User) -> Result<(), AppError> {
    let mut above = user.reports_to.clone();
    for _ in 0..LONGEST_CHAIN {
        let Some(id) = above else { return Ok(()) };
        if id == user.id {
            return Err(AppError::conflict(
                "reports_in_a_circle",
                "汇报关系成了环",
                "somebody would report to themselves over others",
            ));
        }
        let found = unit.tx.user(&user.organisation, &id).await?;
        let found = found.ok_or_else(|| {
            AppError::invalid(
                "reports_to",
                "reports_to_unknown",
                format!("没有用户 `{id}`"),
                format!("there is no user `{id}`"),
            )
        })?;
        above = found.reports_to;
    }
    Err(AppError::conflict(
        "reports_too_deep",
        format!("汇报关系超过 {LONGEST_CHAIN} 级"),
        format!("the chain of superiors is longer than {LONGEST_CHAIN}"),
    ))
}

/// Whether the asker sees somebody's account: those who see everything see everybody; others
/// themselves, whom they report to, and those who report to them over all levels.
async fn sees(unit: &mut Unit, user: &User) -> Result<bool, AppError> {
    let actor = unit.actor.clone();
    let everybody = matches!(actor.role, Role::Administrator | Role::Auditor);
    if everybody || actor.scope == Scope::All || user.id == actor.user {
        return Ok(true);
    }
    let own = unit.tx.user(&actor.organisation, &actor.user).await?;
    if own.is_some_and(|own| own.reports_to.as_ref() == Some(&user.id)) {
        return Ok(true);
    }
    let mut above = user.reports_to.clone();
    for _ in 0..LONGEST_CHAIN {
        match above {
            None => return Ok(false),
            Some(id) if id == actor.user => return Ok(true),
            Some(id) => {
                let found = unit.tx.user(&actor.organisation, &id).await?;
                above = found.and_then(|found| found.reports_to);
            }
        }
    }
    Ok(false)
}

/// The accounts that the asker sees. A page may hold fewer than its limit; `next` says whether there
/// are more.
///
/// # Errors
/// `forbidden`.
pub async fn list(unit: &mut Unit, page: &Page) -> Result<Listed<User>, AppError> {
    unit.actor.may(Verb::ReadPeople)?;
    let organisation = unit.organisation();
    let mut listed = unit.tx.users(&organisation, page).await?;
    let mut seen = Vec::with_capacity(listed.items.len());
    for user in listed.items.drain(..) {
        if sees(unit, &user).await? {
            seen.push(user);
        }
    }
    Ok(Listed {
        items: seen,
        ..listed
    })
}

/// An account that the asker sees.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn get(unit: &mut Unit, id: &UserId) -> Result<User, AppError> {
    unit.actor.may(Verb::ReadPeople)?;
    let organisation = unit.organisation();
    let found = unit.tx.user(&organisation, id).await?;
    let missing = || AppError::not_found(id.to_string());
    let user = found.ok_or_else(missing)?;
    match sees(unit, &user).await? {
        true => Ok(user),
        false => Err(missing()),
    }
}

/// Changes an account, where it is still revision `seen`. Whoever is stopped, or gets other rights,
/// is signed out everywhere at once; whoever is stopped also loses their keys.
///
/// # Errors
/// `forbidden`, `not_found`, `version_stale`, `own_rights`, `last_administrator`, those of [`create`].
pub async fn update(
    unit: &mut Unit,
    id: &UserId,
    seen: i64,
    change: Change,
) -> Result<User, AppError> {
    unit.actor.may(Verb::ManagePeople)?;
    let organisation = unit.organisation();
    unit.tx.hold_people(&organisation).await?;
    let before = get(unit, id).await?;
    let after = changed(&before, change)?;
    let rights = rights_of(&before) != rights_of(&after);
    if rights && *id == unit.actor.user {
        return Err(own_rights());
    }
    keep_an_administrator(unit, &before, &after).await?;
    if before.login != after.login {
        free(unit, &after).await?;
    }
    no_cycle(unit, &after).await?;
    if before.member != after.member {
        bound_to(unit, &after).await?;
    }
    let stopped = before.active && !after.active;
    let written = write(unit, &before, after, seen, "user.update").await?;
    if rights {
        unit.tx.remove_sessions(&organisation, id, None).await?;
    }
    if stopped {
        let now = unit.now;
        unit.tx.revoke_tokens(&organisation, id, now).await?;
        unit.tx.forget_devices(&organisation, id).await?;
        unit.tx.remove_resets(&organisation, id).await?;
    }
    Ok(written)
}

fn changed(before: &User, change: Change) -> Result<User, AppError> {
    let mut after = before.clone();
    if let Some(login) = change.login {
        after.login = checks::login(&login)?;
    }
    if let Some(name) = change.name {
        after.name = checks::name(&name)?;
    }
    if let Some(email) = change.email {
        after.email = email.as_deref().map(checks::email).transpose()?;
    }
    if let Some(member) = change.member {
        after.member = member.as_deref().map(checks::member).transpose()?;
    }
    if let Some(language) = change.language {
        after.language = language.as_deref().map(checks::language).transpose()?;
    }
    after.role = change.role.unwrap_or(after.role);
    after.scope = change.scope.unwrap_or(after.scope);
    after.reports_to = change.reports_to.unwrap_or(after.reports_to);
    after.active = change.active.unwrap_or(after.active);
    Ok(after)
}

/// What somebody may do and see.
fn rights_of(user: &User) -> (Role, Scope, &Option<String>, &Option<UserId>, bool) {
    (
        user.role,
        user.scope,
        &user.member,
        &user.reports_to,
        user.active,
    )
}

async fn keep_an_administrator(
    unit: &mut Unit,
    before: &User,
    after: &User,
) -> Result<(), AppError> {
    let runs = |user: &User| user.active && user.role == Role::Administrator;
    if !runs(before) || runs(after) {
        return Ok(());
    }
    if unit.tx.administrators(&before.organisation).await? > 1 {
        return Ok(());
    }
    Err(AppError::conflict(
        "last_administrator",
        "这是最后一位管理员",
        "this is the last administrator",
    ))
}

/// Writes an account where it is still revision `seen`, with its audit record.
pub(super) async fn write(
    unit: &mut Unit,
    before: &User,
    mut after: User,
    seen: i64,
    action: &str,
) -> Result<User, AppError> {
    if !unit.tx.update_user(&after, seen).await? {
        return Err(AppError::Stale {
            seen: seen.unsigned_abs(),
            found: before.revision.unsigned_abs(),
            changed: audited(before),
        });
    }
    after.revision = before.revision + 1;
    let (old, new) = super::me::changed(before, &after);
    unit.record(action, &after.id, old, new);
    Ok(after)
}

/// Makes somebody a one-time link to a new password, in place of earlier ones. Gives until when it
/// works.
///
/// # Errors
/// `forbidden`, `not_found`, `account_stopped`.
pub async fn reset(unit: &mut Unit, id: &UserId, secret: &Secret) -> Result<Timestamp, AppError> {
    unit.actor.may(Verb::ManagePeople)?;
    let user = get(unit, id).await?;
    if !user.active {
        return Err(AppError::conflict(
            "account_stopped",
            "这个账号已停用",
            "this account is stopped",
        ));
    }
    let expires_at = unit.now + unit.app.settings().people.reset;
    let reset = PasswordReset {
        organisation: user.organisation.clone(),
        user: user.id.clone(),
        secret_hash: secret.hash(),
        created_by: unit.actor.user.clone(),
        expires_at,
    };
    unit.tx.remove_resets(&user.organisation, id).await?;
    unit.tx.add_reset(&reset).await?;
    unit.record(
        "user.password_reset",
        id,
        Json::Null,
        json!({ "until": expires_at.to_string() }),
    );
    Ok(expires_at)
}
