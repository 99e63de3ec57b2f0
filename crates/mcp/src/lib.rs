//! Plans for assistants, over the model context protocol: some of the server's routes as tools, with
//! the same use cases, the same rights and the same figures. Must not know what a route does: names,
//! arguments and texts of tools are those of the OpenAPI document.

mod arguments;
mod tools;

use std::sync::Arc;

use futures::future::BoxFuture;

pub use tools::{TOOLS, Tools};

/// A request to a route, in somebody's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// `GET`, `POST` …
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// `if-match`, `idempotency-key`.
    pub headers: Vec<(&'static str, String)>,
    /// The body, JSON; none for none.
    pub body: Option<String>,
}

/// What the route answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The version, where the answer bears one: the ETag without its quotes.
    pub version: Option<String>,
    /// The body.
    pub body: String,
}

/// How routes are asked, in somebody's name.
pub type Ask = Arc<dyn Fn(Asked) -> BoxFuture<'static, Answered> + Send + Sync>;
