//! Saved views: everybody keeps their own.

use axum::http::Method;
use fenjie_store::people::{Role, Scope};
use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn a_view_is_its_owners_alone_until_shared() {
    for server in Server::on_each().await {
        a_view_on(&server).await;
    }
}

async fn a_view_on(server: &Server) {
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let li = server.person(Role::Manager, Scope::Department, None).await;
    let other = server.another_organisation("other").await;
    let stranger = server
        .person_of(&other, Role::Administrator, Scope::All, None)
        .await;

    let made = server
        .post(
            &wang,
            "/views",
            json!({ "name": "华东按周", "content": {} }),
        )
        .await;
    assert_eq!(made.told(), "201");
    let path = format!("/views/{}", made.body["id"].as_str().unwrap());
    assert_eq!(server.get(&wang, &path).await.told(), "200");
    assert_eq!(server.get(&li, &path).await.told(), "404 not_found");

    let shared = json!({ "name": "华东按周", "content": {}, "shared": true });
    let seen = [("if-match", made.etag())];
    let put = server
        .ask(Some(&wang), Method::PUT, &path, &seen, Some(shared.clone()))
        .await;
    assert_eq!((put.told().as_str(), put.etag()), ("200", "\"2\""));
    assert_eq!(server.get(&li, &path).await.told(), "200");
    assert_eq!(server.get(&stranger, &path).await.told(), "404 not_found");

    let stale = server
        .ask(Some(&wang), Method::PUT, &path, &seen, Some(shared.clone()))
        .await;
    assert_eq!(stale.told(), "412 version_stale");
    let blind = server
        .ask(Some(&wang), Method::PUT, &path, &[], Some(shared))
        .await;
    assert_eq!(blind.told(), "428 version_missing");
}

#[tokio::test]
async fn the_same_request_again_has_one_effect() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let wanted = json!({ "name": "a", "content": {} });
    let key = [("idempotency-key", "k-1")];
    let mut ids = Vec::new();
    for _ in 0..3 {
        let made = server
            .ask(
                Some(&wang),
                Method::POST,
                "/views",
                &key,
                Some(wanted.clone()),
            )
            .await;
        assert_eq!(made.told(), "201");
        ids.push(made.body["id"].clone());
    }
    assert!(ids.iter().all(|id| *id == ids[0]));
    let listed = server.get(&wang, "/views").await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 1);
    let other = json!({ "name": "b", "content": {} });
    let refused = server
        .ask(Some(&wang), Method::POST, "/views", &key, Some(other))
        .await;
    assert_eq!(refused.told(), "409 idempotency_key_reused");
}

#[tokio::test]
async fn what_nobody_knows_is_refused() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let odd = json!({ "name": "a", "content": {}, "owner": "usr_1" });
    assert_eq!(
        server.post(&wang, "/views", odd).await.told(),
        "400 body_invalid"
    );
    assert_eq!(
        server.get(&wang, "/views/viw_1").await.told(),
        "404 not_found"
    );
    assert_eq!(
        server.get(&wang, "/views?limit=0").await.told(),
        "400 limit_out_of_range"
    );
    let nobody = server.ask(None, Method::GET, "/views", &[], None).await;
    assert_eq!(nobody.told(), "401 not_signed_in");
}
