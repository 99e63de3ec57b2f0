//! Sign-in elsewhere over HTTP, and the settings of the identity provider.

use axum::extract::State as Shared;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fenjie_app::people::elsewhere;
use fenjie_app::{Answer, AppError};
use fenjie_store::elsewhere::IdentityProvider;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::browser::{Browser, Kind};
use crate::open::cookies;
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::{Signed, language, visitor};
use crate::state::State;
use crate::wire::Asking;
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(start))
        .routes(routes!(callback))
        .routes(routes!(get_provider, put_provider, remove_provider))
}

/// Where a sign-in elsewhere begins.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StartQuery {
    /// The organisation's code; may be missing where the server has one.
    #[param(example = "acme")]
    pub organisation: Option<String>,
    /// Where to go afterwards, a path of this server.
    #[param(example = "/")]
    pub return_to: Option<String>,
}

/// What the provider sends back. It may send more than we read.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallbackQuery {
    /// What we gave it.
    pub state: Option<String>,
    /// What is exchanged for who somebody is.
    pub code: Option<String>,
}

/// The organisation's identity provider, without our secret there.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdentityProviderBody {
    /// Its address, as it calls itself.
    #[schema(example = "https://id.acme.example")]
    pub issuer: String,
    /// What we are called there.
    #[schema(example = "fenjie")]
    pub client_id: String,
    /// Whether we have a secret there.
    pub has_secret: bool,
    /// What people read on the button.
    #[schema(example = "公司账号")]
    pub label: String,
    /// Whether an account is found by a verified e-mail address the first time.
    pub by_email: bool,
    /// Its revision; the ETag.
    pub revision: i64,
}

/// What the identity provider is to be.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityProviderWanted {
    /// Its address, as it calls itself.
    #[schema(example = "https://id.acme.example", min_length = 1, max_length = 500)]
    pub issuer: String,
    /// What we are called there.
    #[schema(example = "fenjie", min_length = 1, max_length = 200)]
    pub client_id: String,
    /// Our secret there; missing keeps the one there is for the same issuer.
    pub client_secret: Option<String>,
    /// What people read on the button.
    #[schema(example = "公司账号", min_length = 1, max_length = 100)]
    pub label: String,
    /// Whether an account is found by a verified e-mail address the first time.
    #[serde(default)]
    pub by_email: bool,
}

fn tagged(provider: IdentityProvider) -> Result<Answer, AppError> {
    let revision = provider.revision;
    let body = IdentityProviderBody {
        issuer: provider.issuer,
        client_id: provider.client_id,
        has_secret: provider.client_secret.is_some(),
        label: provider.label,
        by_email: provider.by_email,
        revision,
    };
    Ok(Answer::ok(&body)?.tagged(revision))
}

/// Sends the browser on, with cookies, and says nothing to caches and other pages.
fn sent_on(to: &str, cookies: Vec<HeaderValue>) -> Result<Response, AppError> {
    let to = HeaderValue::from_str(to).map_err(AppError::internal)?;
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, to);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Sends the browser to the organisation's identity provider.
#[utoipa::path(get, path = "/oidc/start", tag = "oidc", params(StartQuery), security(()), responses(
    (status = 303, headers(("Location" = String), ("Set-Cookie" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn start(
    Shared(state): Shared<State>,
    Asking(query): Asking<StartQuery>,
    parts: Parts,
) -> Result<Response, Problem> {
    let lang = language(&parts.headers).unwrap_or_default();
    let browser = Browser::of(&parts);
    let begun = async {
        let place = browser.place().ok_or_else(|| AppError::not_found("Host"))?;
        let organisation = query.organisation.as_deref();
        let leaving =
            elsewhere::begin(&state.app, organisation, query.return_to.as_deref(), &place).await?;
        let cookie =
            browser
                .cookies()
                .set(Kind::Elsewhere, leaving.browser.text(), leaving.seconds);
        sent_on(&leaving.url, vec![cookie])
    };
    begun.await.map_err(|error| Problem::new(error, lang))
}

/// Where the identity provider sends the browser back to: signs in and goes on.
#[utoipa::path(get, path = "/oidc/callback", tag = "oidc", params(CallbackQuery), security(()), responses(
    (status = 303, headers(("Location" = String), ("Set-Cookie" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn callback(
    Shared(state): Shared<State>,
    Asking(query): Asking<CallbackQuery>,
    parts: Parts,
) -> Result<Response, Problem> {
    let lang = language(&parts.headers).unwrap_or_default();
    let browser = Browser::of(&parts);
    let finished = async {
        let (shown, code) = (
            query.state.as_deref().unwrap_or_default(),
            query.code.as_deref().unwrap_or_default(),
        );
        let kept = browser.secret(Kind::Elsewhere);
        let visitor = visitor(&parts);
        let (signed, return_to) =
            elsewhere::finish(&state.app, shown, code, kept.as_deref(), &visitor).await?;
        let mut set = cookies(browser.cookies(), &signed, state.app.now());
        set.push(browser.cookies().set(Kind::Elsewhere, "", 0));
        sent_on(&return_to, set)
    };
    finished.await.map_err(|error| Problem::new(error, lang))
}

/// Gives the organisation's identity provider.
#[utoipa::path(get, path = "/oidc/provider", tag = "oidc", responses(
    (status = 200, body = IdentityProviderBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_provider(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
) -> Result<Reply, Problem> {
    let found = async {
        let mut unit = state.app.reading(&actor).await?;
        tagged(elsewhere::get(&mut unit).await?)
    };
    found
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, actor.lang))
}

/// Writes the organisation's identity provider. Without one yet, `If-Match` is `"0"`.
#[utoipa::path(put, path = "/oidc/provider", tag = "oidc", request_body = IdentityProviderWanted,
    params(("If-Match" = String, Header, description = "the ETag that was seen, `\"0\"` for none")), responses(
    (status = 200, body = IdentityProviderBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn put_provider(
    Shared(state): Shared<State>,
    write: Write<IdentityProviderWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let wanted = elsewhere::Wanted {
        issuer: write.body.issuer,
        client_id: write.body.client_id,
        client_secret: write.body.client_secret,
        label: write.body.label,
        by_email: write.body.by_email,
    };
    let answer = state.app.write(&write.asked, move |unit| {
        let wanted = wanted.clone();
        Box::pin(async move { tagged(elsewhere::put(unit, seen, wanted).await?) })
    });
    answer.await.map(Reply).map_err(refused)
}

/// Takes the organisation's identity provider away.
#[utoipa::path(delete, path = "/oidc/provider", tag = "oidc", responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn remove_provider(Shared(state): Shared<State>, write: Write<()>) -> Result<Reply, Problem> {
    let lang = write.lang();
    let answer = state.app.write(&write.asked, move |unit| {
        Box::pin(async move {
            elsewhere::remove(unit).await?;
            Ok(Answer::nothing())
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}
