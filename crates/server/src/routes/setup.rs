//! The first set-up, and one-time links to a new password, over HTTP.

use axum::extract::State as Shared;
use axum::http::request::Parts;
use axum::response::Response;
use fenjie_app::people::{elsewhere, setup};
use fenjie_app::{Answer, AppError};
use fenjie_message::Lang;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::sessions::{SignedInBody, admitted};
use crate::browser::Browser;
use crate::open::{Open, cookies, with_cookies};
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::language;
use crate::state::State;
use crate::wire::Asking;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(get_setup, set_up))
        .routes(routes!(use_link))
}

/// Which organisation, for how people sign in there.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SetupQuery {
    /// The organisation's code; may be missing where the server has one.
    #[param(example = "acme")]
    pub organisation: Option<String>,
}

/// Whether a first set-up is still to be done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SetupBody {
    /// Whether nobody has an account yet.
    pub needed: bool,
    /// Whether it needs the secret given at start, since the request comes from elsewhere.
    pub secret_needed: bool,
    /// What people read on the button for signing in elsewhere; missing without a provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "公司账号")]
    pub elsewhere: Option<String>,
}

/// A first set-up.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupWanted {
    /// What the first administrator signs in with.
    #[schema(example = "wang.fang", min_length = 1, max_length = 64)]
    pub login: String,
    /// What they are called.
    #[schema(example = "王芳", min_length = 1, max_length = 100)]
    pub name: String,
    /// Their password.
    #[schema(min_length = 10, max_length = 128)]
    pub password: String,
    /// Their language, `zh` or `en`.
    #[schema(example = "zh")]
    pub language: Option<String>,
    /// The secret given at start; not needed at the machine itself.
    pub secret: Option<String>,
}

/// A new password by a one-time link.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkUse {
    /// The secret of the link.
    #[schema(max_length = 256)]
    pub secret: String,
    /// The new password.
    #[schema(min_length = 10, max_length = 128)]
    pub password: String,
}

/// Says whether a first set-up is still to be done.
#[utoipa::path(get, path = "/setup", tag = "setup", params(SetupQuery), security(()), responses(
    (status = 200, body = SetupBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_setup(
    Shared(state): Shared<State>,
    Asking(query): Asking<SetupQuery>,
    parts: Parts,
) -> Result<Reply, Problem> {
    let lang = language(&parts.headers).unwrap_or_default();
    let told = async {
        let needed = setup::needed(&state.app).await?;
        let secret_needed = needed && !Browser::of(&parts).is_here();
        Answer::ok(&SetupBody {
            needed,
            secret_needed,
            elsewhere: elsewhere::label(&state.app, query.organisation.as_deref()).await?,
        })
    };
    told.await
        .map(Reply)
        .map_err(|error: AppError| Problem::new(error, lang))
}

/// Makes the first administrator and signs them in; only while nobody has an account.
#[utoipa::path(post, path = "/setup", tag = "setup", request_body = SetupWanted, security(()), responses(
    (status = 201, body = SignedInBody, headers(("Set-Cookie" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn set_up(
    Shared(state): Shared<State>,
    open: Open<SetupWanted>,
) -> Result<Response, Problem> {
    let lang: Lang = open.lang();
    let (visitor, here) = (open.visitor(), open.browser().is_here());
    let wanted = setup::Wanted {
        login: open.body.login.clone(),
        name: open.body.name.clone(),
        password: open.body.password.clone(),
        language: open.body.language.clone(),
        secret: open.body.secret.clone(),
    };
    let done = async {
        let signed = setup::set_up(&state.app, &wanted, here, &visitor).await?;
        let cookies = cookies(open.browser().cookies(), &signed, state.app.now());
        Ok(with_cookies(admitted(&signed)?, cookies))
    };
    done.await.map_err(|error| Problem::new(error, lang))
}

/// Takes a new password by a one-time link, and ends everything that was signed in.
#[utoipa::path(post, path = "/password-changes", tag = "setup", request_body = LinkUse, security(()), responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn use_link(Shared(state): Shared<State>, open: Open<LinkUse>) -> Result<Reply, Problem> {
    let (shown, password) = (&open.body.secret, &open.body.password);
    let visitor = open.visitor();
    let done = setup::use_link(&state.app, shown, password, &visitor).await;
    let done = done.map(|()| Reply(Answer::nothing()));
    done.map_err(|error| Problem::new(error, open.lang()))
}
