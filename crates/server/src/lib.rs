//! fenjie over HTTP: routes by area, what travels, the OpenAPI document, and the server itself. Must
//! not know SQL or any rule of planning: a handler extracts, calls one use case, and maps.

pub mod assistants;
mod browser;
mod called;
mod download;
pub mod frame;
mod given;
mod mirror;
mod multipart;
mod open;
pub mod openapi;
mod pages;
pub mod problem;
pub mod refused;
mod reply;
pub mod router;
mod routes;
mod serve;
pub mod settings;
mod signed;
mod state;
mod strict;
mod wire;
mod write;

/// What answers of some routes look like, for programs that read them in Rust.
pub mod wires {
    pub use crate::routes::slices::{SliceBody, SliceQuery};
}

pub use router::router;
pub use serve::{ServeError, Served, serve};
pub use state::State;
