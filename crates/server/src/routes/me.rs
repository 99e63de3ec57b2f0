//! Oneself over HTTP: account, rights, password.

use std::sync::Arc;

use axum::extract::State as Shared;
use axum::response::Response;
use fenjie_app::people::me;
use fenjie_app::rights::role_may;
use fenjie_app::{Actor, Answer, AppError, TokenScope, Verb};
use fenjie_identity::secret::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::users::{UserBody, given};
use crate::browser::{Cookies, Kind};
use crate::open::with_cookies;
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(get_me, update_me))
        .routes(routes!(change_password))
}

/// What there is to know about oneself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MeBody {
    /// The account.
    pub user: UserBody,
    /// The organisation.
    pub organisation: OrganisationBody,
    /// The session that asks; missing for keys and a local first run.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ses_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub session: Option<String>,
    /// What one may do, by role and key.
    #[schema(example = json!(["read_plan", "comment"]))]
    pub rights: Vec<String>,
    /// What a key of one's own can be good for.
    #[schema(example = json!(["plan:read"]))]
    pub token_scopes: Vec<String>,
    /// Whether the code of an authenticator is asked for.
    pub authenticator: bool,
    /// How many recovery codes are left.
    #[schema(example = 10)]
    pub recovery_codes: u64,
}

/// An organisation, as its people see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganisationBody {
    /// What people sign in with.
    #[schema(example = "acme")]
    pub code: String,
    /// What it calls itself.
    pub name: String,
}

/// What of oneself is to change; what is missing stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MeChange {
    /// The name.
    #[schema(example = "王芳", min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// The language, `zh` or `en`; null for the organisation's.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "zh")]
    pub language: Option<Option<String>>,
}

/// A new password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The current one.
    #[schema(max_length = 128)]
    pub current: String,
    /// The new one.
    #[schema(min_length = 10, max_length = 128)]
    pub password: String,
}

fn rights(actor: &Actor) -> Vec<String> {
    let may = |verb: &&Verb| actor.may(**verb).is_ok();
    Verb::ALL
        .iter()
        .filter(may)
        .map(|verb| verb.code())
        .collect()
}

fn body(found: me::Me, actor: &Actor) -> MeBody {
    let (code, name) = found.organisation;
    let good_for = |scope: &TokenScope| {
        Verb::ALL
            .iter()
            .any(|verb| verb.token_scope() == *scope && role_may(actor.role, *verb))
    };
    let scopes = TokenScope::ALL.iter().filter(|scope| good_for(scope));
    MeBody {
        user: found.user.into(),
        organisation: OrganisationBody { code, name },
        session: actor.session().map(|id| id.to_string()),
        rights: rights(actor),
        token_scopes: scopes.map(|scope| scope.code().to_owned()).collect(),
        authenticator: found.authenticator,
        recovery_codes: found.recovery_codes,
    }
}

/// Gives what there is to know about oneself. The ETag is the account's.
#[utoipa::path(get, path = "/me", tag = "me", responses(
    (status = 200, body = MeBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_me(Shared(state): Shared<State>, Signed(actor): Signed) -> Result<Reply, Problem> {
    let found = async {
        let mut unit = state.app.reading(&actor).await?;
        let found = me::get(&mut unit).await?;
        let revision = found.user.revision;
        Ok::<Answer, AppError>(Answer::ok(&body(found, &actor))?.tagged(revision))
    };
    found
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, actor.lang))
}

/// Changes one's own name or language.
#[utoipa::path(patch, path = "/me", tag = "me", request_body = MeChange,
    params(("If-Match" = String, Header, description = "the ETag that was seen")), responses(
    (status = 200, body = UserBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn update_me(Shared(state): Shared<State>, write: Write<MeChange>) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let change = me::Change {
        name: write.body.name,
        language: write.body.language,
    };
    let answer = state.app.write(&write.asked, move |unit| {
        let change = change.clone();
        Box::pin(async move {
            let user = me::update(unit, seen, &change).await?;
            let revision = user.revision;
            Ok(Answer::ok(&UserBody::from(user))?.tagged(revision))
        })
    });
    answer.await.map(Reply).map_err(refused)
}

/// Changes one's own password: all other sessions end, and the session gets another secret.
#[utoipa::path(post, path = "/me/password", tag = "me", request_body = PasswordChange, responses(
    (status = 204, headers(("Set-Cookie" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn change_password(
    Shared(state): Shared<State>,
    cookies: Cookies,
    write: Write<PasswordChange>,
) -> Result<Response, Problem> {
    let lang = write.lang();
    let actor = write.asked.actor.clone();
    let changed = async {
        me::prove_password(&state.app, &actor, &write.body.current).await?;
        me::check_password(&state.app, &actor, &write.body.password).await?;
        let hash: Arc<str> = state.app.hashing().hash(&write.body.password).await?.into();
        let secret = Secret::random("");
        let secret_hash: Arc<str> = secret.hash().into();
        let answer = state
            .app
            .write(&write.asked, move |unit| {
                let (hash, secret_hash) = (hash.clone(), secret_hash.clone());
                Box::pin(async move {
                    me::set_password(unit, &hash, &secret_hash).await?;
                    Ok(Answer::nothing())
                })
            })
            .await?;
        let seconds = state.app.settings().people.absolute.as_secs();
        let renewed = actor.session().is_some() && !answer.replayed;
        let set = renewed.then(|| cookies.set(Kind::Session, secret.text(), seconds));
        Ok(with_cookies(answer, set.into_iter().collect()))
    };
    changed.await.map_err(|error| Problem::new(error, lang))
}
