//! The OpenAPI document: generated from the routes, committed, compared by a test.

use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::router::api;

/// What stands on top of the document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "fenjie 分解",
        description = "Sales targets: set, decomposed exactly, tracked, adjusted by rule.\n\n\
            Refusals are `application/problem+json`: `{code, message, field?, hint?}`; codes are \
            stable. Writes carry the version they saw as `If-Match`; creating writes may carry an \
            `Idempotency-Key` and are then answered alike for 24 hours. Lists are `{items, next}`. \
            Too many requests are 429, too much to do is 503, both with `Retry-After`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    modifiers(&Proofs),
    security(("token" = []), ("session" = []))
)]
pub(crate) struct Head;

/// How somebody proves who they are.
struct Proofs;

impl Modify for Proofs {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "The key of a program; it may be limited to some scopes.",
            ))
            .build();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        let session = ApiKeyValue::with_description(
            "__Host-fenjie",
            "The session of somebody who signed in; writes also need the CSRF header.",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    }
}

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
