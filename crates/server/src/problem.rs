//! How a refusal travels: `{code, message, field, hint}` under its status. Must not know what was
//! refused.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fenjie_app::{AppError, Kind};
use fenjie_message::{Lang, Message};
use serde::Serialize;
use utoipa::ToSchema;

use crate::frame::FrameError;
use crate::refused::{MOST_LISTED, RefusedRowBody, refused_row};

/// Why a request was refused.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// Stable code, such as `version_stale`.
    #[schema(example = "version_stale")]
    pub code: String,
    /// One sentence, in the language asked for.
    #[schema(example = "you saw version 17, it is version 19 now")]
    pub message: String,
    /// The field it is about, such as `operations[0].at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// What changed since the version that was seen (412), or since a scenario branched off (409).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<serde_json::Value>,
    /// The rows of a file that are at fault; the first thousand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Vec<RefusedRowBody>>,
}

/// A refusal in a language.
#[derive(Debug)]
pub struct Problem {
    what: Refused,
    lang: Lang,
}

#[derive(Debug)]
enum Refused {
    ByUseCase(AppError),
    ByFrame(FrameError),
}

impl Problem {
    /// A refusal of a use case, in a language.
    pub fn new(error: AppError, lang: Lang) -> Problem {
        Problem {
            what: Refused::ByUseCase(error),
            lang,
        }
    }

    /// A refusal of what surrounds the routes, in a language.
    pub fn frame(error: FrameError, lang: Lang) -> Problem {
        Problem {
            what: Refused::ByFrame(error),
            lang,
        }
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        match &self.what {
            Refused::ByUseCase(error) => status_of(error.kind()),
            Refused::ByFrame(error) => error.status(),
        }
    }

    /// Its body.
    pub fn body(&self) -> ProblemBody {
        let (message, field, changed): (&dyn Message, _, _) = match &self.what {
            Refused::ByUseCase(error) => {
                let changed = match error {
                    AppError::Stale { changed, .. } | AppError::Meets { changed } => {
                        Some(changed.clone())
                    }
                    _ => None,
                };
                (error, error.field().map(str::to_owned), changed)
            }
            Refused::ByFrame(error) => (error, None, None),
        };
        ProblemBody {
            code: message.code().to_owned(),
            message: message.text(self.lang),
            field,
            hint: message.hint(self.lang),
            changed,
            refused: self.refused_rows(),
        }
    }

    fn refused_rows(&self) -> Option<Vec<RefusedRowBody>> {
        let Refused::ByUseCase(AppError::RowsRefused { rows, .. }) = &self.what else {
            return None;
        };
        let told = rows.iter().take(MOST_LISTED);
        Some(told.map(|row| refused_row(row, self.lang)).collect())
    }

    fn retry_after(&self) -> Option<u32> {
        match &self.what {
            Refused::ByUseCase(error) => error.retry_after(),
            Refused::ByFrame(error) => error.retry_after(),
        }
    }
}

fn status_of(kind: Kind) -> StatusCode {
    match kind {
        Kind::NotSignedIn => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::VersionMissing => StatusCode::PRECONDITION_REQUIRED,
        Kind::Stale => StatusCode::PRECONDITION_FAILED,
        Kind::Invalid => StatusCode::BAD_REQUEST,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Refused => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Refused::ByUseCase(error) = &self.what
            && matches!(error.kind(), Kind::Internal | Kind::Unavailable)
        {
            tracing::error!(%error, "a request failed");
        }
        let mut response = (self.status(), Json(self.body())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
