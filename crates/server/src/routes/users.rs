//! Accounts over HTTP.

use std::sync::Arc;

use axum::extract::State as Shared;
use fenjie_app::people::{accounts, passwords, second, sessions};
use fenjie_app::{Answer, AppError};
use fenjie_identity::secret::Secret;
use fenjie_store::UserId;
use fenjie_store::people::{Role, Scope, User};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::open::told_once;
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, List, Named, PageQuery};
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_users, create_user))
        .routes(routes!(get_user, update_user))
        .routes(routes!(create_password_reset))
        .routes(routes!(end_user_sessions))
        .routes(routes!(remove_user_authenticator))
}

macro_rules! names {
    ($(#[$doc:meta])* $name:ident of $inner:ident: $($(#[$variant_doc:meta])* $variant:ident),+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl From<$inner> for $name {
            fn from(inner: $inner) -> $name {
                match inner { $($inner::$variant => $name::$variant),+ }
            }
        }

        impl From<$name> for $inner {
            fn from(name: $name) -> $inner {
                match name { $($name::$variant => $inner::$variant),+ }
            }
        }
    };
}

names! {
    /// What somebody may do.
    RoleName of Role:
    /// 管理员
    Administrator,
    /// 计划员
    Planner,
    /// 总监
    Director,
    /// 经理
    Manager,
    /// 销售
    Salesperson,
    /// 审计
    Auditor,
    /// 只读
    ReadOnly
}

names! {
    /// Whose rows somebody sees.
    ScopeName of Scope:
    /// 本人
    Own,
    /// 本人及下属
    OwnAndSubordinates,
    /// 本部门
    Department,
    /// 本部门及下级
    DepartmentAndBelow,
    /// 全部
    All
}

/// An account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserBody {
    /// Its identifier.
    #[schema(value_type = String, example = "usr_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: UserId,
    /// What they sign in with.
    #[schema(example = "wang.fang")]
    pub login: String,
    /// What they are called.
    #[schema(example = "王芳")]
    pub name: String,
    /// Where mail reaches them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "wang.fang@acme.example")]
    pub email: Option<String>,
    /// What they may do.
    pub role: RoleName,
    /// Whose rows they see.
    pub scope: ScopeName,
    /// Their member of the organisation tree, by code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "S2")]
    pub member: Option<String>,
    /// To whom they report.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub reports_to: Option<UserId>,
    /// Their language, `zh` or `en`; missing for the organisation's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "zh")]
    pub language: Option<String>,
    /// Whether they may sign in.
    pub active: bool,
    /// Whether they have a password.
    pub has_password: bool,
    /// Its revision; the ETag.
    pub revision: i64,
    /// Since when.
    pub created_at: String,
}

impl From<User> for UserBody {
    fn from(user: User) -> UserBody {
        UserBody {
            id: user.id,
            login: user.login,
            name: user.name,
            email: user.email,
            role: user.role.into(),
            scope: user.scope.into(),
            member: user.member,
            reports_to: user.reports_to,
            language: user.language,
            active: user.active,
            has_password: user.password_hash.is_some(),
            revision: user.revision,
            created_at: user.created_at.to_string(),
        }
    }
}

/// An account to be made.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserWanted {
    /// What they sign in with, 1 to 64 characters; unique, compared without case.
    #[schema(example = "wang.fang", min_length = 1, max_length = 64)]
    pub login: String,
    /// What they are called.
    #[schema(example = "王芳", min_length = 1, max_length = 100)]
    pub name: String,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// What they may do.
    pub role: RoleName,
    /// Whose rows they see.
    pub scope: ScopeName,
    /// Their member of the organisation tree, by code.
    pub member: Option<String>,
    /// To whom they report.
    #[schema(value_type = Option<String>)]
    pub reports_to: Option<UserId>,
    /// Their language, `zh` or `en`.
    pub language: Option<String>,
    /// Their first password; none where they get a link, or sign in elsewhere.
    #[schema(min_length = 10, max_length = 128)]
    pub password: Option<String>,
}

/// What is to change of an account; what is missing stays, null takes away.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UserChange {
    /// What they sign in with.
    #[schema(min_length = 1, max_length = 64)]
    pub login: Option<String>,
    /// What they are called.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// Where mail reaches them.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    /// What they may do.
    pub role: Option<RoleName>,
    /// Whose rows they see.
    pub scope: Option<ScopeName>,
    /// Their member of the organisation tree, by code.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub member: Option<Option<String>>,
    /// To whom they report.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub reports_to: Option<Option<UserId>>,
    /// Their language.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub language: Option<Option<String>>,
    /// Whether they may sign in. Stopping ends their sessions and keys at once.
    pub active: Option<bool>,
}

/// Tells what is null from what is missing.
pub(super) fn given<'de, D, T>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(from).map(Some)
}

impl From<UserChange> for accounts::Change {
    fn from(body: UserChange) -> accounts::Change {
        accounts::Change {
            login: body.login,
            name: body.name,
            email: body.email,
            role: body.role.map(Role::from),
            scope: body.scope.map(Scope::from),
            member: body.member,
            reports_to: body.reports_to,
            language: body.language,
            active: body.active,
        }
    }
}

fn tagged(user: User) -> Result<Answer, AppError> {
    let revision = user.revision;
    Ok(Answer::ok(&UserBody::from(user))?.tagged(revision))
}

/// Lists the accounts that the asker sees.
#[utoipa::path(get, path = "/users", tag = "users", params(PageQuery), responses(
    (status = 200, body = List<UserBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_users(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Asking(query): Asking<PageQuery>,
) -> Result<axum::Json<List<UserBody>>, Problem> {
    let listed = state.read(&actor, async |unit| {
        accounts::list(unit, &query.page()?).await
    });
    Ok(axum::Json(List::of(listed.await?, UserBody::from)))
}

/// Makes an account.
#[utoipa::path(post, path = "/users", tag = "users", request_body = UserWanted,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = UserBody, headers(("ETag" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_user(
    Shared(state): Shared<State>,
    write: Write<UserWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let body = write.body;
    let made = async {
        write.asked.actor.may(fenjie_app::Verb::ManagePeople)?;
        let password_hash = match &body.password {
            None => None,
            Some(password) => {
                passwords::check(password, &body.login, "password")?;
                Some(state.app.hashing().hash(password).await?)
            }
        };
        let wanted = accounts::Wanted {
            login: body.login,
            name: body.name,
            email: body.email,
            role: body.role.into(),
            scope: body.scope.into(),
            member: body.member,
            reports_to: body.reports_to,
            language: body.language,
            password_hash,
        };
        state
            .app
            .write(&write.asked, move |unit| {
                let wanted = wanted.clone();
                Box::pin(async move {
                    let user = accounts::create(unit, wanted).await?;
                    let place = format!("/api/v1/users/{}", user.id);
                    let revision = user.revision;
                    Ok(Answer::created(place, &UserBody::from(user))?.tagged(revision))
                })
            })
            .await
    };
    made.await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// Gives an account.
#[utoipa::path(get, path = "/users/{user}", tag = "users", params(("user" = String, Path)), responses(
    (status = 200, body = UserBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_user(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<UserId>,
) -> Result<Reply, Problem> {
    let found = state.read(&actor, async |unit| tagged(accounts::get(unit, &id).await?));
    found.await.map(Reply)
}

/// Changes an account. Whoever is stopped or gets other rights is signed out everywhere at once.
#[utoipa::path(patch, path = "/users/{user}", tag = "users", request_body = UserChange,
    params(("user" = String, Path), ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, body = UserBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn update_user(
    Shared(state): Shared<State>,
    Named(id): Named<UserId>,
    write: Write<UserChange>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let change: accounts::Change = write.body.into();
    let answer = state.app.write(&write.asked, move |unit| {
        let (id, change) = (id.clone(), change.clone());
        Box::pin(async move { tagged(accounts::update(unit, &id, seen, change).await?) })
    });
    answer.await.map(Reply).map_err(refused)
}

/// A one-time link to a new password.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PasswordResetBody {
    /// For whom.
    #[schema(value_type = String)]
    pub user: UserId,
    /// Until when it works.
    pub expires_at: String,
    /// What `POST /password-changes` wants; told once, missing where the request was a repeat.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Yw3v0Jq7…")]
    pub secret: Option<String>,
}

/// Makes somebody a one-time link to a new password, in place of earlier ones.
#[utoipa::path(post, path = "/users/{user}/password-resets", tag = "users",
    params(("user" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike, without the secret")),
    responses(
    (status = 201, body = PasswordResetBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_password_reset(
    Shared(state): Shared<State>,
    Named(id): Named<UserId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let secret = Arc::new(Secret::random(""));
    let shown = secret.clone();
    let answer = state.app.write(&write.asked, move |unit| {
        let (id, secret) = (id.clone(), secret.clone());
        Box::pin(async move {
            let until = accounts::reset(unit, &id, &secret).await?;
            let expires_at = until.to_string();
            Answer::with(
                201,
                &PasswordResetBody {
                    user: id,
                    expires_at,
                    secret: None,
                },
            )
        })
    });
    let told = answer
        .await
        .and_then(|answer| told_once(answer, json!({ "secret": shown.text() })));
    told.map(Reply).map_err(|error| Problem::new(error, lang))
}

/// How many sessions ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EndedBody {
    /// How many.
    #[schema(example = 2)]
    pub ended: u64,
}

/// Signs somebody out on every device.
#[utoipa::path(delete, path = "/users/{user}/sessions", tag = "users", params(("user" = String, Path)), responses(
    (status = 200, body = EndedBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn end_user_sessions(
    Shared(state): Shared<State>,
    Named(id): Named<UserId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let answer = state.app.write(&write.asked, move |unit| {
        let id = id.clone();
        Box::pin(async move {
            let ended = sessions::end_of(unit, &id).await?;
            Answer::ok(&EndedBody { ended })
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// Takes somebody's authenticator away: they have lost it. Not one's own.
#[utoipa::path(delete, path = "/users/{user}/authenticator", tag = "users", params(("user" = String, Path)), responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn remove_user_authenticator(
    Shared(state): Shared<State>,
    Named(id): Named<UserId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let answer = state.app.write(&write.asked, move |unit| {
        let id = id.clone();
        Box::pin(async move {
            second::remove_of(unit, &id).await?;
            Ok(Answer::nothing())
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}
