//! One's own authenticator over HTTP.

use std::sync::Arc;

use axum::extract::State as Shared;
use fenjie_app::people::{me, second};
use fenjie_app::{Answer, AppError};
use fenjie_identity::one_time::{Authenticator, recovery_codes};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::open::told_once;
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::state::State;
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(enrol_authenticator, remove_authenticator))
        .routes(routes!(confirm_authenticator))
}

/// A new authenticator; it is asked for once a first code has confirmed it.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct EnrolmentBody {
    /// The secret, to be typed; told once, missing where the request was a repeat.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    pub secret: Option<String>,
    /// The same, to be shown as a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        example = "otpauth://totp/fenjie:wang.fang?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=fenjie"
    )]
    pub uri: Option<String>,
}

/// A first code.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// What the authenticator shows.
    #[schema(example = "287082", max_length = 40)]
    pub code: String,
}

/// Codes for when the authenticator is lost; each works once.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct RecoveryBody {
    /// The codes, told once; missing where the request was a repeat.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(["k7mpq-x2w9d-3hf8a"]))]
    pub recovery_codes: Option<Vec<String>>,
}

/// Makes oneself an authenticator. Codes are asked for once `confirmations` has seen the first.
#[utoipa::path(post, path = "/me/authenticator", tag = "me", responses(
    (status = 201, body = EnrolmentBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn enrol_authenticator(
    Shared(state): Shared<State>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let actor = write.asked.actor.clone();
    let told = async {
        let login = me::get(&mut state.app.reading(&actor).await?)
            .await?
            .user
            .login;
        let new = Arc::new(Authenticator::random(second::ISSUER, &login));
        let shown = new.clone();
        let answer = state
            .app
            .write(&write.asked, move |unit| {
                let new = new.clone();
                Box::pin(async move {
                    second::enrol(unit, &new).await?;
                    Answer::with(201, &EnrolmentBody::default())
                })
            })
            .await?;
        told_once(
            answer,
            json!({ "secret": shown.secret(), "uri": shown.uri() }),
        )
    };
    told.await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// Confirms a new authenticator by its first code.
#[utoipa::path(post, path = "/me/authenticator/confirmations", tag = "me", request_body = Confirmation, responses(
    (status = 201, body = RecoveryBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn confirm_authenticator(
    Shared(state): Shared<State>,
    write: Write<Confirmation>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let actor = write.asked.actor.clone();
    let code = write.body.code;
    let told = async {
        actor.in_person()?;
        second::count_own(&state.app, &actor, "code").await?;
        let codes = Arc::new(recovery_codes());
        let shown = codes.clone();
        let answer = state
            .app
            .write(&write.asked, move |unit| {
                let (code, codes) = (code.clone(), codes.clone());
                Box::pin(async move {
                    second::confirm(unit, &code, &codes).await?;
                    second::forgive_own(unit, "code").await?;
                    Answer::with(201, &RecoveryBody::default())
                })
            })
            .await?;
        told_once(answer, json!({ "recovery_codes": *shown }))
    };
    told.await
        .map(Reply)
        .map_err(|error: AppError| Problem::new(error, lang))
}

/// Takes one's own authenticator away, within 15 minutes of signing in.
#[utoipa::path(delete, path = "/me/authenticator", tag = "me", responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn remove_authenticator(
    Shared(state): Shared<State>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let answer = state.app.write(&write.asked, move |unit| {
        Box::pin(async move {
            second::remove(unit).await?;
            Ok(Answer::nothing())
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}
