//! The OpenAPI document: generated from the routes, committed, compared by a test.

use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;

use crate::router::api;

/// What stands on top of the document.
#[derive(OpenApi)]
#[openapi(info(
    title = "fenjie 分解",
    description = "Sales targets: set, decomposed exactly, tracked, adjusted by rule.",
    license(name = "Apache-2.0", identifier = "Apache-2.0"),
))]
pub(crate) struct Head;

/// The whole document.
pub fn document() -> Document {
    api().split_for_parts().1
}

/// The document as it is committed in `docs/api/openapi.json`.
pub fn text() -> String {
    let mut text = serde_json::to_string_pretty(&document()).expect("a document of ours is JSON");
    text.push('\n');
    text
}
