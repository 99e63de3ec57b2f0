//! Every refusal in the words of ours: where a layer or an extractor answered in its own, the body is
//! replaced. Must not know routes.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fenjie_message::Lang;

use super::error::FrameError;
use crate::problem::Problem;

/// The response, as a problem where it is a refusal in other words.
pub(crate) fn enveloped(response: Response, lang: Lang) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_problem(response.headers()) {
        return response;
    }
    let error = match status {
        StatusCode::NOT_FOUND => FrameError::UnknownPath,
        StatusCode::METHOD_NOT_ALLOWED => FrameError::Method {
            allowed: text(response.headers(), header::ALLOW),
        },
        StatusCode::PAYLOAD_TOO_LARGE => FrameError::BodyTooLarge,
        other => FrameError::Status(other),
    };
    let mut problem = Problem::frame(error, lang).into_response();
    for name in [header::ALLOW, header::WWW_AUTHENTICATE, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            problem.headers_mut().insert(name, value.clone());
        }
    }
    problem
}

fn is_problem(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/problem+json"))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> String {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().replace(',', ", ")
}
