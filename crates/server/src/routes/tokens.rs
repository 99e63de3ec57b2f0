//! Keys for programs over HTTP.

use std::sync::Arc;

use axum::extract::State as Shared;
use fenjie_app::people::tokens;
use fenjie_app::{Answer, AppError, TokenScope};
use fenjie_identity::secret::{Secret, TOKEN_PREFIX};
use fenjie_store::people::Token;
use fenjie_store::{TokenId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
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
        .routes(routes!(list_tokens, create_token))
        .routes(routes!(get_token, revoke_token))
}

/// A key for a program.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenBody {
    /// Its identifier, which is no secret.
    #[schema(value_type = String, example = "tok_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: TokenId,
    /// On whose behalf it acts.
    #[schema(value_type = String)]
    pub user: UserId,
    /// What it is for.
    #[schema(example = "收银系统")]
    pub name: String,
    /// What it may do.
    #[schema(example = json!(["plan:read", "actuals:write"]))]
    pub scopes: Vec<String>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// When it was last used, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_at: Option<String>,
    /// When it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<String>,
    /// Since when.
    pub created_at: String,
    /// The key itself, for `Authorization: Bearer …`; told once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "fj_Yw3v0Jq7…")]
    pub secret: Option<String>,
}

impl From<Token> for TokenBody {
    fn from(token: Token) -> TokenBody {
        TokenBody {
            id: token.id,
            user: token.user,
            name: token.name,
            scopes: token.scopes,
            expires_at: token.expires_at.map(|at| at.to_string()),
            used_at: token.used_at.map(|at| at.to_string()),
            revoked_at: token.revoked_at.map(|at| at.to_string()),
            created_at: token.created_at.to_string(),
            secret: None,
        }
    }
}

/// A key to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenWanted {
    /// What it is for.
    #[schema(example = "收银系统", min_length = 1, max_length = 100)]
    pub name: String,
    /// What it may do: nothing that one may not oneself. `GET /me` lists what there is.
    #[schema(example = json!(["plan:read", "actuals:write"]))]
    pub scopes: Vec<String>,
    /// After how many days it ends, 1 to 366; 90 unless said.
    #[schema(example = 90, minimum = 1, maximum = 366)]
    pub days: Option<u32>,
}

/// Which keys.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TokensQuery {
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// How many, 1 to 500; 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
    /// Whose, for administrators; one's own unless said.
    #[param(value_type = Option<String>)]
    pub user: Option<UserId>,
}

fn scopes(codes: &[String]) -> Result<Vec<TokenScope>, AppError> {
    let parsed = |code: &String| {
        TokenScope::parse(code).ok_or_else(|| {
            let shown: String = code.chars().take(40).collect();
            AppError::invalid(
                "scopes",
                "scope_unknown",
                format!("没有 `{shown}` 这项权限"),
                format!("there is no scope `{shown}`"),
            )
        })
    };
    codes.iter().map(parsed).collect()
}

/// Lists one's own keys; administrators may ask for somebody else's.
#[utoipa::path(get, path = "/tokens", tag = "tokens", params(TokensQuery), responses(
    (status = 200, body = List<TokenBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_tokens(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Asking(query): Asking<TokensQuery>,
) -> Result<axum::Json<List<TokenBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let page = PageQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let page = page.page().map_err(refused)?;
    let mut unit = state.app.reading(&actor).await.map_err(refused)?;
    let listed = tokens::list(&mut unit, query.user.as_ref(), &page).await;
    Ok(axum::Json(List::of(
        listed.map_err(refused)?,
        TokenBody::from,
    )))
}

/// Makes a key for oneself, signed in in person: a key makes no keys.
#[utoipa::path(post, path = "/tokens", tag = "tokens", request_body = TokenWanted,
    params(("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike, without the secret")),
    responses(
    (status = 201, body = TokenBody, headers(("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_token(
    Shared(state): Shared<State>,
    write: Write<TokenWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let wanted = tokens::Wanted {
        scopes: scopes(&write.body.scopes).map_err(refused)?,
        name: write.body.name,
        days: write.body.days.unwrap_or(tokens::USUAL_DAYS),
    };
    let secret = Arc::new(Secret::random(TOKEN_PREFIX));
    let shown = secret.clone();
    let answer = state.app.write(&write.asked, move |unit| {
        let (wanted, secret) = (wanted.clone(), secret.clone());
        Box::pin(async move {
            let token = tokens::create(unit, wanted, &secret).await?;
            let place = format!("/api/v1/tokens/{}", token.id);
            Answer::created(place, &TokenBody::from(token))
        })
    });
    let told = answer
        .await
        .and_then(|answer| told_once(answer, json!({ "secret": shown.text() })));
    told.map(Reply).map_err(refused)
}

/// Gives a key, without its secret.
#[utoipa::path(get, path = "/tokens/{token}", tag = "tokens", params(("token" = String, Path)), responses(
    (status = 200, body = TokenBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_token(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<TokenId>,
) -> Result<axum::Json<TokenBody>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let mut unit = state.app.reading(&actor).await.map_err(refused)?;
    let token = tokens::get(&mut unit, &id).await.map_err(refused)?;
    Ok(axum::Json(token.into()))
}

/// Withdraws a key, at once and for good.
#[utoipa::path(delete, path = "/tokens/{token}", tag = "tokens", params(("token" = String, Path)), responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn revoke_token(
    Shared(state): Shared<State>,
    Named(id): Named<TokenId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let answer = state.app.write(&write.asked, move |unit| {
        let id = id.clone();
        Box::pin(async move {
            tokens::revoke(unit, &id).await?;
            Ok(Answer::nothing())
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}
