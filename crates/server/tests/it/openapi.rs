//! The committed OpenAPI document is the one that the routes make.

use std::path::Path;

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api/openapi.json");
    let made = fenjie_server::openapi::text();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "docs/api/openapi.json is not what the routes make; run `UPDATE_EXPECT=1 cargo test -p fenjie-server openapi`"
    );
}

#[tokio::test]
async fn the_page_shows_every_route_and_loads_nothing_from_elsewhere() {
    let server = crate::harness::Server::new().await;
    let document: serde_json::Value =
        serde_json::from_str(&fenjie_server::openapi::text()).unwrap();
    let (status, served) = server.text("/api/v1/openapi.json", &[]).await;
    assert_eq!(
        (status.as_u16(), served),
        (200, fenjie_server::openapi::text())
    );
    for language in ["zh", "en"] {
        let response = server
            .whole("/api/docs", &[("accept-language", language)])
            .await;
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'"),
            "{policy}"
        );
        let (_, page) = server
            .text("/api/docs", &[("accept-language", language)])
            .await;
        for path in document["paths"].as_object().unwrap().keys() {
            assert!(page.contains(&format!("<code>{path}</code>")), "{path}");
        }
        assert!(
            !page.contains("<script") && !page.contains("http://"),
            "{language}"
        );
    }
    let (status, _) = server.text("/api/docs/style.css", &[]).await;
    assert_eq!(status.as_u16(), 200);
}

/// What every route has to say of itself.
#[test]
fn every_route_has_a_name_a_text_an_area_and_a_refusal() {
    let document: serde_json::Value =
        serde_json::from_str(&fenjie_server::openapi::text()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut names = std::collections::BTreeSet::new();
    for route in crate::rights::routes(&document) {
        let at = format!("{} {}", route.method, route.path);
        let said = &route.description;
        assert!(
            names.insert(route.name.clone()),
            "{at}: `{}` is taken",
            route.name
        );
        assert!(said["summary"].is_string(), "{at}: no text");
        assert!(said["tags"][0].is_string(), "{at}: no area");
        assert!(
            said["responses"]["default"].is_object(),
            "{at}: refusals are not described"
        );
    }
}
