//! The operator of a server, at its command line: runs accounts without having one. Must not know
//! arguments.

use std::sync::Arc;

use fenjie_message::Lang;
use fenjie_store::UserId;
use fenjie_store::organisation::Organisation;
use fenjie_store::people::{Role, Scope, User};

use crate::authenticate::actor_of;
use crate::{Actor, App, AppError, Origin, Unit, Verb};

/// What the audit calls the operator.
pub const WHO: &str = "operator";

/// A unit of work of the operator in an organisation.
///
/// # Errors
/// What the store refuses.
pub async fn unit(app: &App, organisation: &Organisation, lang: Lang) -> Result<Unit, AppError> {
    let actor = Actor {
        organisation: organisation.id.clone(),
        // No account has the number of nothing.
        user: UserId::of(0),
        name: WHO.into(),
        role: Role::Administrator,
        scope: Scope::All,
        member: None,
        subordinates: Vec::new(),
        limited_to: None,
        lang,
        origin: origin(),
        moment: None,
    };
    Ok(Unit::new(app, &Arc::new(actor), app.store().write().await?))
}

/// A unit of work in somebody's name, noted as the operator's.
///
/// # Errors
/// What the store refuses.
pub async fn unit_of(app: &App, user: &User, lang: Lang) -> Result<Unit, AppError> {
    let actor = actor_of(user, Some(lang), origin());
    Ok(Unit::new(app, &Arc::new(actor), app.store().write().await?))
}

fn origin() -> Origin {
    Origin {
        by: WHO.into(),
        ..Origin::default()
    }
}

/// The organisation of a code, or the only one there is, or the first run's, which is made where
/// there is none.
///
/// # Errors
/// `not_found`.
pub async fn organisation(app: &App, code: Option<&str>) -> Result<Organisation, AppError> {
    let mut tx = app.store().read().await?;
    let found = super::sign_in::organisation_meant(&mut *tx, code).await?;
    let empty = tx.organisations().await?.is_empty();
    drop(tx);
    match (found, code) {
        (Some(found), _) => Ok(found),
        (None, None) if empty => {
            let first = app.first_run().await?;
            let found = app
                .store()
                .read()
                .await?
                .organisation(&first.organisation)
                .await?;
            found.ok_or_else(|| AppError::not_found("organisation"))
        }
        (None, code) => Err(AppError::not_found(code.unwrap_or("organisation"))),
    }
}

/// The account of a login.
///
/// # Errors
/// `not_found`.
pub async fn user(unit: &mut Unit, login: &str) -> Result<User, AppError> {
    let organisation = unit.organisation();
    let folded = super::checks::login(login)?;
    let found = unit.tx.user_by_login(&organisation, &folded).await?;
    found.ok_or_else(|| AppError::not_found(login.chars().take(64).collect::<String>()))
}

/// Gives somebody another password, and ends everything they have signed in to.
///
/// # Errors
/// `forbidden`, what the store refuses.
pub async fn set_password(unit: &mut Unit, user: &User, hash: &str) -> Result<(), AppError> {
    unit.actor.may(Verb::ManagePeople)?;
    let after = User {
        password_hash: Some(hash.to_owned()),
        ..user.clone()
    };
    super::accounts::write(unit, user, after, user.revision, "user.password").await?;
    super::me::close_ways_in(unit, &user.id).await
}
