//! People change one plan at the same time: parts that do not meet go through, parts that meet are
//! told what has changed, and everybody stays within their own.

use axum::http::Method;
use fenjie_store::people::{Role, Scope};
use futures::future::join_all;
use serde_json::json;

use crate::harness::Server;

#[tokio::test]
async fn parts_that_do_not_meet_go_through_and_parts_that_meet_are_told() {
    for server in Server::on_each().await {
        let wang = server.person(Role::Planner, Scope::All, None).await;
        let plan = server.plan(&wang, "store-chain").await;
        let seen = server.version(&wang, &plan).await;
        let grow = |at: &str| json!({ "set": at, "to": "+10%" });
        let first = server.apply(&wang, &plan, seen, grow("store=S1, month=2026-02"));
        assert_eq!(first.await.body["rebased"], false);
        let beside = server.apply(&wang, &plan, seen, grow("store=S4, month=2026-02"));
        assert_eq!(beside.await.body["rebased"], true);
        let held = json!({ "hold": "store=S3, month=2026-05", "why": "promised" });
        let held = server.apply(&wang, &plan, seen, held).await;
        assert_eq!(
            (held.told().as_str(), &held.body["rebased"]),
            ("200", &json!(true))
        );
        let meets = server.apply(&wang, &plan, seen, grow("store=S1")).await;
        assert_eq!(meets.told(), "412 version_stale");
        let changed = meets.body["changed"]["operations"].as_array().unwrap();
        assert_eq!(changed.len(), 3);
        assert_eq!(changed[0]["operation"]["set"], "store=S1, month=2026-02");
        assert_eq!(changed[0]["who"], "planner");
        let now = server.version(&wang, &plan).await;
        assert_eq!(now, seen + 3);
        let again = server.apply(&wang, &plan, now, grow("store=S1")).await;
        assert_eq!(again.told(), "200");
    }
}

#[tokio::test]
async fn all_operations_of_a_request_or_none() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    let version = server.version(&wang, &plan).await;
    let path = format!("{plan}/operations");
    let seen = format!("\"{version}\"");
    let many = json!({ "operations": [
        { "set": "store=S1, month=2026-02", "to": "+10%" },
        { "hold": "store=S1, month=2026-02" },
        { "set": "store=S1, month=2026-02", "to": "1" },
    ] });
    let refused = server
        .ask(
            Some(&wang),
            Method::POST,
            &path,
            &[("if-match", &seen)],
            Some(many),
        )
        .await;
    assert!(refused.told().starts_with("422"), "{}", refused.told());
    assert_eq!(server.version(&wang, &plan).await, version);
    let typed = json!({ "set": "store=S1, month=2026-02", "to": "+10%" });
    assert_eq!(
        server.apply(&wang, &plan, version, typed).await.told(),
        "200"
    );
}

#[tokio::test]
async fn a_manager_changes_their_own_part_and_leaves_its_total() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let east = server
        .person(Role::Manager, Scope::DepartmentAndBelow, Some("east"))
        .await;
    let sells = server
        .person(Role::Salesperson, Scope::Own, Some("S1"))
        .await;
    let plan = server.plan(&wang, "store-chain").await;
    let moved = |from: &str, to: &str| json!({ "transfer": "1000", "from": format!("store={from}, month=2026-03"), "to": format!("store={to}, month=2026-03") });
    let set = |at: &str| json!({ "set": at, "to": "+10%" });
    let kept = json!({ "set": "store=S1, month=2026-03", "to": "+10%", "keep": "parent:store" });
    for (who, operation, told) in [
        (&east, moved("S1", "S2"), "200"),
        (&east, kept, "200"),
        (&east, moved("S1", "S4"), "409 outside_reach"),
        (&east, set("store=S4"), "409 outside_reach"),
        (&east, set("month=2026-03"), "409 outside_reach"),
        (&east, set("store=S1"), "409 total_not_yours"),
        (&east, json!({ "undo": 1 }), "403 forbidden"),
        (&sells, set("store=S1"), "403 forbidden"),
        (&wang, json!({ "decide": 3, "approve": true }), "400"),
    ] {
        let version = server.version(&wang, &plan).await;
        let done = server.apply(who, &plan, version, operation.clone()).await;
        assert!(
            done.told().starts_with(told),
            "{operation}: {}",
            done.told()
        );
    }
}

#[tokio::test]
async fn what_somebody_else_changed_out_of_sight_is_only_counted() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let east = server
        .person(Role::Manager, Scope::DepartmentAndBelow, Some("east"))
        .await;
    let plan = server.plan(&wang, "store-chain").await;
    let seen = server.version(&wang, &plan).await;
    for at in ["store=S1, month=2026-03", "store=S4", "month=2026-03"] {
        let version = server.version(&wang, &plan).await;
        let typed = json!({ "set": at, "to": "+1%" });
        assert_eq!(
            server.apply(&wang, &plan, version, typed).await.told(),
            "200"
        );
    }
    let typed = json!({ "set": "store=S1, month=2026-03", "to": "+1%", "keep": "parent:store" });
    let stale = server.apply(&east, &plan, seen, typed).await;
    assert_eq!(stale.told(), "412 version_stale");
    let changed = &stale.body["changed"];
    assert_eq!(changed["operations"].as_array().unwrap().len(), 1);
    assert_eq!(changed["others"], 2);
    let text = stale.body.to_string();
    assert!(!text.contains("S4"), "{text}");
}

#[tokio::test]
async fn the_same_edit_many_times_at_once_has_one_effect() {
    for server in Server::on_each().await {
        let wang = server.person(Role::Planner, Scope::All, None).await;
        let plan = server.plan(&wang, "store-chain").await;
        let version = server.version(&wang, &plan).await;
        let seen = format!("\"{version}\"");
        let path = format!("{plan}/operations");
        let body = json!({ "operations": [{ "set": "store=S1", "to": "+1%" }] });
        let headers = [("if-match", seen.as_str()), ("idempotency-key", "k-1")];
        let asked = (0..40).map(|_| {
            server.ask(
                Some(&wang),
                Method::POST,
                &path,
                &headers,
                Some(body.clone()),
            )
        });
        let answers = join_all(asked).await;
        for answer in &answers {
            assert_eq!(answer.told(), "200");
            assert_eq!(answer.body, answers[0].body);
        }
        assert_eq!(server.version(&wang, &plan).await, version + 1);
    }
}
