//! The audit: each change one record, read by auditors, proved from end to end.

use axum::http::Method;
use fenjie_store::people::{Role, Scope};
use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn each_change_is_one_record_that_an_auditor_reads() {
    for server in Server::on_each().await {
        audit_on(&server).await;
    }
}

async fn audit_on(server: &Server) {
    let kind = server.database.kind;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let zhao = server.person(Role::Auditor, Scope::All, None).await;
    let other = server.another_organisation("other").await;
    let stranger = server
        .person_of(&other, Role::Auditor, Scope::All, None)
        .await;
    let wanted = json!({ "name": "a", "content": {} });
    let made = server.post(&wang, "/views", wanted.clone()).await;
    let path = format!("/views/{}", made.body["id"].as_str().unwrap());
    let refused = json!({ "name": "", "content": {} });
    let refused = server.post(&wang, "/views", refused).await;
    assert_eq!(refused.told(), "400 name_length");
    let gone = server
        .ask(Some(&wang), Method::DELETE, &path, &[], None)
        .await;
    assert_eq!(gone.told(), "204");

    let listed = server.get(&zhao, "/audit").await;
    assert_eq!(listed.told(), "200", "{kind}");
    let items = listed.body["items"].as_array().unwrap();
    let actions: Vec<_> = items.iter().map(|item| item["action"].clone()).collect();
    assert_eq!(actions, ["view.create", "view.remove"], "{kind}");
    assert_eq!(items[0]["who"], wang.user.to_string());
    assert_eq!(items[0]["target"], made.body["id"]);
    assert_eq!(items[0]["after"]["name"], "a");

    for (query, count) in [
        ("?order=newest", 2),
        ("?limit=1", 1),
        ("?action=view.", 2),
        ("?action=view.remove", 1),
        ("?target=viw_1", 0),
        ("?since=2026-01-05T08:00:00Z", 2),
        ("?until=2026-01-05T08:00:00Z", 0),
    ] {
        let listed = server.get(&zhao, &format!("/audit{query}")).await;
        let items = listed.body["items"].as_array();
        assert_eq!(items.map(Vec::len), Some(count), "{kind} {query}");
    }
    let wrong = server.get(&zhao, "/audit?since=yesterday").await;
    assert_eq!(wrong.told(), "400 instant_invalid");

    let proved = server.get(&zhao, "/audit/verification").await;
    assert_eq!(
        (&proved.body["ok"], &proved.body["records"]),
        (&json!(true), &json!(2))
    );
    let proved = server.get(&stranger, "/audit/verification").await;
    assert_eq!(proved.body["records"], 0);
    let strangers = server.get(&stranger, "/audit").await;
    assert_eq!(strangers.body["items"], json!([]));
    for path in ["/audit", "/audit/verification"] {
        assert_eq!(server.get(&wang, path).await.told(), "403 forbidden");
    }
}
