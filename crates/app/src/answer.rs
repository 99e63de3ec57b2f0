//! What a changing use case answers, as it is kept for those who ask twice. Must not know HTTP
//! beyond a number and two headers.

use fenjie_store::Timestamp;
use fenjie_store::idempotency::KeptAnswer;
use serde::Serialize;

use crate::AppError;

/// An answer: given once, kept, and given again to the same request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// `etag`, `location`.
    pub headers: Vec<(String, String)>,
    /// The body, JSON; empty for none.
    pub body: String,
    /// Whether it was given before.
    pub replayed: bool,
}

impl Answer {
    /// 200 with a body.
    ///
    /// # Errors
    /// `internal` where the body cannot be written.
    pub fn ok(body: &impl Serialize) -> Result<Answer, AppError> {
        Answer::with(200, body)
    }

    /// 201 with a body and the place of what was made.
    ///
    /// # Errors
    /// `internal` where the body cannot be written.
    pub fn created(location: impl Into<String>, body: &impl Serialize) -> Result<Answer, AppError> {
        let mut answer = Answer::with(201, body)?;
        answer.headers.push(("location".into(), location.into()));
        Ok(answer)
    }

    /// 204.
    pub fn nothing() -> Answer {
        Answer {
            status: 204,
            headers: Vec::new(),
            body: String::new(),
            replayed: false,
        }
    }

    /// A body under any status.
    ///
    /// # Errors
    /// `internal` where the body cannot be written.
    pub fn with(status: u16, body: &impl Serialize) -> Result<Answer, AppError> {
        let body = serde_json::to_string(body).map_err(AppError::internal)?;
        Ok(Answer {
            status,
            headers: Vec::new(),
            body,
            replayed: false,
        })
    }

    /// The same with an ETag of a revision.
    pub fn tagged(mut self, revision: impl std::fmt::Display) -> Answer {
        self.headers
            .push(("etag".into(), format!("\"{revision}\"")));
        self
    }

    /// As it is kept.
    pub fn kept(&self, request_hash: &str, at: Timestamp) -> KeptAnswer {
        KeptAnswer {
            request_hash: request_hash.to_owned(),
            status: self.status,
            headers: self.headers.clone(),
            body: self.body.clone(),
            at,
        }
    }

    /// The answer as it was kept.
    pub fn again(kept: KeptAnswer) -> Answer {
        Answer {
            status: kept.status,
            headers: kept.headers,
            body: kept.body,
            replayed: true,
        }
    }
}
