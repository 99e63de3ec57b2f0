//! Signing in and out, and the devices somebody is signed in on, over HTTP.

use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use fenjie_app::people::{sessions, sign_in};
use fenjie_app::{Actor, Answer, AppError};
use fenjie_store::SessionId;
use fenjie_store::session::Session;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::users::{EndedBody, UserBody};
use crate::browser::{Cookies, Kind};
use crate::open::{Open, cookies, with_cookies};
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{List, Named};
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_sessions, create_session, end_other_sessions))
        .routes(routes!(get_session, end_session))
}

/// A sign-in.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInWanted {
    /// The organisation's code; may be missing where the server has one.
    #[schema(example = "acme")]
    pub organisation: Option<String>,
    /// The login.
    #[schema(example = "wang.fang", max_length = 64)]
    pub login: String,
    /// The password.
    #[schema(example = "correct horse battery", max_length = 128)]
    pub password: String,
    /// The code of an authenticator, or a recovery code.
    #[schema(example = "287082")]
    pub code: Option<String>,
}

/// A sign-in on one device.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionBody {
    /// Its identifier, which is no secret.
    #[schema(value_type = String, example = "ses_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub current: bool,
    /// How they signed in: `password`, `oidc`, `setup`.
    #[schema(example = "password")]
    pub means: String,
    /// From which address.
    #[schema(example = "192.0.2.17")]
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
    /// Since when.
    pub created_at: String,
    /// When it was last used, to the minute.
    pub seen_at: String,
    /// Until when, whatever happens.
    pub expires_at: String,
}

/// Somebody who has signed in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SignedInBody {
    /// The session.
    pub session: SessionBody,
    /// Who.
    pub user: UserBody,
}

pub(super) fn body(session: &Session, current: Option<&SessionId>) -> SessionBody {
    SessionBody {
        current: current == Some(&session.id),
        id: session.id.clone(),
        means: session.means.clone(),
        address: session.address.clone(),
        agent: session.agent.clone(),
        created_at: session.created_at.to_string(),
        seen_at: session.seen_at.to_string(),
        expires_at: session.expires_at.to_string(),
    }
}

/// The answer to somebody who has just signed in.
pub(super) fn admitted(signed: &sign_in::SignedIn) -> Result<Answer, AppError> {
    let told = SignedInBody {
        session: body(&signed.session, Some(&signed.session.id)),
        user: signed.user.clone().into(),
    };
    Answer::created(format!("/api/v1/sessions/{}", signed.session.id), &told)
}

/// Signs in. The session travels as a cookie; whatever is wrong has one answer. Many failures make
/// whoever fails wait, and nobody else.
#[utoipa::path(post, path = "/sessions", tag = "sessions", request_body = SignInWanted, security(()), responses(
    (status = 201, body = SignedInBody, headers(("Set-Cookie" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_session(
    Shared(state): Shared<State>,
    open: Open<SignInWanted>,
) -> Result<Response, Problem> {
    let lang = open.lang();
    let attempt = sign_in::Attempt {
        organisation: open.body.organisation.clone(),
        login: open.body.login.clone(),
        password: open.body.password.clone(),
        code: open.body.code.clone(),
        visitor: open.visitor(),
    };
    let signed = async {
        let signed = sign_in::sign_in(&state.app, &attempt).await?;
        let cookies = cookies(open.browser().cookies(), &signed, state.app.now());
        Ok(with_cookies(admitted(&signed)?, cookies))
    };
    signed.await.map_err(|error| Problem::new(error, lang))
}

/// Lists the devices that the asker is signed in on, the latest first.
#[utoipa::path(get, path = "/sessions", tag = "sessions", responses(
    (status = 200, body = List<SessionBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_sessions(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
) -> Result<axum::Json<List<SessionBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let mut unit = state.app.reading(&actor).await.map_err(refused)?;
    let found = sessions::list(&mut unit).await.map_err(refused)?;
    let own = actor.session();
    let items = found.iter().map(|session| body(session, own.as_ref()));
    Ok(axum::Json(List {
        items: items.collect(),
        next: None,
    }))
}

/// Which session a path names: an identifier, or `current`.
fn meant(named: &str, actor: &Actor) -> Result<SessionId, AppError> {
    let id = match named {
        "current" => actor.session(),
        other => SessionId::parse(other).ok(),
    };
    id.ok_or_else(|| AppError::not_found(named.chars().take(40).collect::<String>()))
}

/// Gives one of the asker's sessions.
#[utoipa::path(get, path = "/sessions/{session}", tag = "sessions",
    params(("session" = String, Path, description = "its identifier, or `current`")), responses(
    (status = 200, body = SessionBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_session(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(named): Named<String>,
) -> Result<Reply, Problem> {
    let found = async {
        let id = meant(&named, &actor)?;
        let mut unit = state.app.reading(&actor).await?;
        let session = sessions::get(&mut unit, &id).await?;
        Answer::ok(&body(&session, actor.session().as_ref()))
    };
    found
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, actor.lang))
}

/// Ends one of the asker's sessions, at once: its cookie is worth nothing from now on.
#[utoipa::path(delete, path = "/sessions/{session}", tag = "sessions",
    params(("session" = String, Path, description = "its identifier, or `current`")), responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn end_session(
    Shared(state): Shared<State>,
    Named(named): Named<String>,
    cookies: Cookies,
    write: Write<()>,
) -> Result<Response, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let actor = write.asked.actor.clone();
    let id = meant(&named, &actor).map_err(refused)?;
    let own = actor.session().as_ref() == Some(&id);
    let answer = state.app.write(&write.asked, move |unit| {
        let id = id.clone();
        Box::pin(async move {
            sessions::end(unit, &id).await?;
            Ok(Answer::nothing())
        })
    });
    let answer = answer.await.map_err(refused)?;
    Ok(match own {
        true => with_cookies(answer, vec![cookies.set(Kind::Session, "", 0)]),
        false => Reply(answer).into_response(),
    })
}

/// Ends all of the asker's sessions but the one that asks.
#[utoipa::path(delete, path = "/sessions", tag = "sessions", responses(
    (status = 200, body = EndedBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn end_other_sessions(
    Shared(state): Shared<State>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let answer = state.app.write(&write.asked, move |unit| {
        Box::pin(async move {
            let ended = sessions::end_others(unit).await?;
            Answer::ok(&EndedBody { ended })
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}
