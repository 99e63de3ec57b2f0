//! Plans and their operations: made from a plan file, changed, listed, named.

use axum::http::Method;
use fenjie_store::people::{Role, Scope};
use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn a_plan_is_made_from_its_file_and_changed_by_operations() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    let version = server.version(&wang, &plan).await;
    let typed = json!({ "set": "store=S1, month=2026-02", "to": "+10%" });
    let done = server.apply(&wang, &plan, version, typed.clone()).await;
    assert_eq!(done.told(), "200", "{}", done.body);
    assert_eq!(done.body["version"], version + 1);
    assert_eq!(done.etag(), format!("\"{}\"", version + 1));
    assert!(done.body["changes"][0]["cells_changed"].as_u64().unwrap() > 0);

    let listed = server.get(&wang, &format!("{plan}/operations")).await;
    assert_eq!(listed.etag(), done.etag());
    let items = listed.body["items"].as_array().unwrap();
    assert_eq!(items.len() as u64, version + 1);
    assert_eq!(items.last().unwrap()["who"], "planner");
    assert_eq!(items.last().unwrap()["operation"]["set"], typed["set"]);

    let page = server
        .get(&wang, &format!("{plan}/operations?limit=2"))
        .await;
    let next = page.body["next"].as_str().unwrap();
    let after = server
        .get(&wang, &format!("{plan}/operations?limit=2&cursor={next}"))
        .await;
    assert_eq!(after.body["items"][0]["sequence"], 3);
}

#[tokio::test]
async fn a_write_says_what_it_saw_and_is_an_operation() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    let path = format!("{plan}/operations");
    let typed = json!({ "operations": [{ "set": "store=S1", "to": "+1%" }] });
    let blind = server.post(&wang, &path, typed).await;
    assert_eq!(blind.told(), "428 version_missing");
    let version = server.version(&wang, &plan).await;
    for (odd, told) in [
        (json!({ "set": "store=S1" }), "400"),
        (json!({ "sett": "store=S1", "to": "1" }), "400"),
        (json!({ "set": "store=NOWHERE", "to": "1" }), "422"),
        (json!("set"), "400"),
    ] {
        let refused = server.apply(&wang, &plan, version, odd).await;
        assert!(refused.told().starts_with(told), "{}", refused.told());
    }
    let early = server.apply(
        &wang,
        &plan,
        version + 7,
        json!({ "set": "store=S1", "to": "1" }),
    );
    assert_eq!(early.await.told(), "412 version_stale");
    assert_eq!(server.version(&wang, &plan).await, version);
}

#[tokio::test]
async fn only_who_sees_something_of_a_plan_knows_of_it() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let east = server
        .person(Role::Manager, Scope::DepartmentAndBelow, Some("east"))
        .await;
    let lost = server
        .person(Role::Manager, Scope::DepartmentAndBelow, Some("nowhere"))
        .await;
    let other = server.another_organisation("other").await;
    let stranger = server
        .person_of(&other, Role::Administrator, Scope::All, None)
        .await;
    let plan = server.plan(&wang, "store-chain").await;
    for (who, told) in [(&wang, 1), (&east, 1), (&lost, 0), (&stranger, 0)] {
        let listed = server.get(who, "/plans").await;
        assert_eq!(listed.body["items"].as_array().unwrap().len(), told);
        let got = server.get(who, &plan).await.told();
        assert_eq!(got, if told == 1 { "200" } else { "404 not_found" });
        let log = server.get(who, &format!("{plan}/operations")).await;
        assert_eq!(log.told(), got);
    }
}

#[tokio::test]
async fn a_plan_is_named_anew_and_put_away() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let east = server
        .person(Role::Manager, Scope::DepartmentAndBelow, Some("east"))
        .await;
    let plan = server.plan(&wang, "store-chain").await;
    let named = Some(json!({ "name": "first draft" }));
    let seen = [("if-match", "\"1\"")];
    let forbidden = server
        .ask(Some(&east), Method::PATCH, &plan, &seen, named.clone())
        .await;
    assert_eq!(forbidden.told(), "403 forbidden");
    let done = server
        .ask(Some(&wang), Method::PATCH, &plan, &seen, named.clone())
        .await;
    assert_eq!((done.told().as_str(), done.etag()), ("200", "\"2\""));
    assert_eq!(done.body["name"], "first draft");
    let stale = server
        .ask(Some(&wang), Method::PATCH, &plan, &seen, named)
        .await;
    assert_eq!(stale.told(), "412 version_stale");
}

#[tokio::test]
async fn nothing_of_the_servers_disk_is_read() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    for path in ["/etc/passwd", "../fenjie.db", "org.csv"] {
        let text = format!(
            "plan = \"p\"\nperiod = \"2026\"\nmeasure = {{ name = \"m\", unit = \"CNY\" }}\n\
             total = \"10\"\n[axes.store]\nmembers = \"{path}\"\nlevels = [\"a\"]\n"
        );
        let refused = server.post(&wang, "/plans", json!({ "text": text })).await;
        assert_eq!(refused.told(), "422 file_missing", "{}", refused.body);
    }
    let outside = json!({ "name": "../x.csv", "content_base64": "" });
    let refused = server
        .post(&wang, "/plans", json!({ "text": "", "files": [outside] }))
        .await;
    assert_eq!(refused.told(), "400 file_name_invalid");
}
