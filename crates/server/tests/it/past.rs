//! Previews, undo and redo, a cell's history, differences, scenarios, and the stream of changes.

use axum::http::Method;
use fenjie_store::people::{Role, Scope};
use serde_json::{Value as Json, json};

use crate::harness::{Answered, Person, Server};

async fn sent(server: &Server, who: &Person, path: &str, seen: u64, body: Json) -> Answered {
    let seen = format!("\"{seen}\"");
    let headers = [("if-match", seen.as_str())];
    server
        .ask(Some(who), Method::POST, path, &headers, Some(body))
        .await
}

const CELL: &str = "store=S1, month=2026-02";

async fn value(server: &Server, who: &Person, plan: &str) -> String {
    let path = format!("{plan}/history?at=store%3DS1%2C%20month%3D2026-02");
    let history = server.get(who, &path).await;
    let items = history.body["items"].as_array().unwrap().clone();
    items.last().unwrap()["value"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_preview_tells_what_an_edit_would_do_and_does_nothing() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let east = server
        .person(Role::Manager, Scope::DepartmentAndBelow, Some("east"))
        .await;
    let plan = server.plan(&wang, "store-chain").await;
    let version = server.version(&wang, &plan).await;
    let before = value(&server, &wang, &plan).await;
    let path = format!("{plan}/previews");
    let grow = json!({ "operations": [{ "set": CELL, "to": "+10%" }] });
    let preview = server.post(&wang, &path, grow.clone()).await;
    assert_eq!(preview.told(), "200", "{}", preview.body);
    assert_eq!(preview.body["version"], version);
    assert_eq!(preview.body["totals"][0]["before"], "6000000.00");
    assert!(
        !preview.body["changes"][0]["movers"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert_eq!(value(&server, &wang, &plan).await, before);
    assert_eq!(server.version(&wang, &plan).await, version);
    let refused = server.post(&east, &path, grow).await;
    assert_eq!(refused.told(), "409 total_not_yours");
    let kept = json!({ "operations": [{ "set": CELL, "to": "+10%", "keep": "parent:store" }] });
    let preview = server.post(&east, &path, kept).await;
    assert_eq!(preview.told(), "200", "{}", preview.body);
    let total = &preview.body["totals"][0];
    assert_eq!(total["before"], total["after"]);
    assert!(preview.body["changes"][0]["total"].is_null());
}

#[tokio::test]
async fn one_undoes_and_brings_back_ones_own() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let east = server
        .person(Role::Manager, Scope::DepartmentAndBelow, Some("east"))
        .await;
    let plan = server.plan(&wang, "store-chain").await;
    let (undos, redos) = (format!("{plan}/undos"), format!("{plan}/redos"));
    let version = server.version(&wang, &plan).await;
    let before = value(&server, &wang, &plan).await;
    let kept = json!({ "set": CELL, "to": "+10%", "keep": "parent:store" });
    let done = server.apply(&east, &plan, version, kept).await;
    assert_eq!(done.told(), "200", "{}", done.body);
    let grown = value(&server, &wang, &plan).await;
    assert_ne!(grown, before);

    let blind = server.post(&east, &undos, json!({})).await;
    assert_eq!(blind.told(), "428 version_missing");
    let undone = sent(&server, &east, &undos, version + 1, json!({})).await;
    assert_eq!(undone.told(), "200", "{}", undone.body);
    assert_eq!(value(&server, &wang, &plan).await, before);
    let nothing = sent(&server, &east, &undos, version + 2, json!({})).await;
    assert_eq!(nothing.told(), "409 nothing_to_undo");
    let back = sent(
        &server,
        &east,
        &redos,
        version + 2,
        json!({ "why": "after all" }),
    )
    .await;
    assert_eq!(back.told(), "200", "{}", back.body);
    assert_eq!(value(&server, &wang, &plan).await, grown);
    let others = json!({ "sequence": 1 });
    let forbidden = sent(&server, &east, &undos, version + 3, others).await;
    assert_eq!(forbidden.told(), "403 forbidden");
    let one = json!({ "sequence": version + 1 });
    let undone = sent(&server, &wang, &undos, version + 3, one.clone()).await;
    assert_eq!(
        undone.told(),
        "200",
        "whoever manages the plan undoes what others did"
    );
    let again = sent(&server, &wang, &undos, version + 4, one).await;
    assert_eq!(again.told(), "409 nothing_to_undo");
    assert_eq!(value(&server, &wang, &plan).await, before);
    let verified = server.get(&wang, &format!("{plan}/verification")).await;
    assert_eq!(verified.body["sound"], true);
}

#[tokio::test]
async fn what_differs_is_told_within_reach() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let east = server
        .person(Role::Manager, Scope::DepartmentAndBelow, Some("east"))
        .await;
    let plan = server.plan(&wang, "store-chain").await;
    let version = server.version(&wang, &plan).await;
    for (number, at) in [CELL, "store=S4, month=2026-02"].iter().enumerate() {
        let typed = json!({ "set": at, "to": "+10%" });
        let done = server
            .apply(&wang, &plan, version + number as u64, typed)
            .await;
        assert_eq!(done.told(), "200");
    }
    let path = format!("{plan}/differences?from={version}");
    let all = server.get(&wang, &path).await;
    assert_eq!(all.told(), "200", "{}", all.body);
    assert!(all.body["count"].as_u64().unwrap() > 0);
    assert_eq!(all.body["totals"][0]["before"], "6000000.00");
    let cut = server.get(&east, &path).await;
    assert!(cut.body["count"].as_u64() < all.body["count"].as_u64());
    assert!(cut.body["totals"].as_array().unwrap().is_empty());
    assert!(!cut.body.to_string().contains("S4"));
    let beyond = server
        .get(&wang, &format!("{plan}/differences?from=99"))
        .await;
    assert_eq!(beyond.told(), "400 version_unknown");
    let hidden = server
        .get(&east, &format!("{plan}/history?at=store%3DS4"))
        .await;
    assert_eq!(hidden.told(), "404 not_found");
}

#[tokio::test]
async fn a_scenario_is_brought_back_where_nothing_meets() {
    for server in Server::on_each().await {
        let wang = server.person(Role::Planner, Scope::All, None).await;
        let plan = server.plan(&wang, "store-chain").await;
        let version = server.version(&wang, &plan).await;
        let branched = server
            .post(
                &wang,
                &format!("{plan}/scenarios"),
                json!({ "name": "worst case" }),
            )
            .await;
        assert_eq!(branched.told(), "201", "{}", branched.body);
        assert_eq!(branched.body["branched_from"]["version"], version);
        let id = branched.body["id"].clone();
        let scenario = format!("/plans/{}", id.as_str().unwrap());
        let shrink = json!({ "set": CELL, "to": "-10%" });
        assert_eq!(
            server.apply(&wang, &scenario, version, shrink).await.told(),
            "200"
        );
        let beside = json!({ "set": "store=S4", "to": "+1%" });
        assert_eq!(
            server.apply(&wang, &plan, version, beside).await.told(),
            "200"
        );
        let path = format!("{plan}/differences?with={}", id.as_str().unwrap());
        let between = server.get(&wang, &path).await;
        assert!(between.body["count"].as_u64().unwrap() > 0);

        let merges = format!("{plan}/merges");
        let merged = sent(
            &server,
            &wang,
            &merges,
            version + 1,
            json!({ "scenario": id }),
        )
        .await;
        assert_eq!(merged.told(), "200", "{}", merged.body);
        assert_eq!(merged.body["version"], version + 2);
        let again = server
            .apply(
                &wang,
                &scenario,
                version + 1,
                json!({ "set": "store=S4", "to": "-1%" }),
            )
            .await;
        assert_eq!(again.told(), "200");
        let meets = sent(
            &server,
            &wang,
            &merges,
            version + 2,
            json!({ "scenario": id }),
        )
        .await;
        assert_eq!(meets.told(), "409 merge_conflict");
        assert_eq!(
            meets.body["changed"]["operations"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
    }
}

#[tokio::test]
async fn changes_are_told_as_they_happen() {
    use std::time::Duration;
    for server in Server::on_each().await {
        let wang = server.person(Role::Planner, Scope::All, None).await;
        let east = server
            .person(Role::Manager, Scope::DepartmentAndBelow, Some("east"))
            .await;
        let plan = server.plan(&wang, "store-chain").await;
        let version = server.version(&wang, &plan).await;
        let path = format!("{plan}/events");
        let mut all = server.listen(&wang, &path, None).await;
        let mut cut = server.listen(&east, &path, None).await;
        for (number, at) in ["store=S4", CELL, "month=2026-03"].iter().enumerate() {
            let typed = json!({ "set": at, "to": "+10%" });
            let done = server
                .apply(&wang, &plan, version + number as u64, typed)
                .await;
            assert_eq!(done.told(), "200");
        }
        let wait = |events| tokio::time::timeout(Duration::from_secs(5), events);
        let told = wait(all.take(3)).await.unwrap();
        let sequences: Vec<u64> = told
            .iter()
            .map(|one| one["sequence"].as_u64().unwrap())
            .collect();
        assert_eq!(sequences, [version + 1, version + 2, version + 3]);
        assert_eq!(told[0]["operation"]["set"], "store=S4");
        let told = wait(cut.take(3)).await.unwrap();
        assert_eq!(told[0], json!({ "sequence": version + 1, "yours": false }));
        assert_eq!(told[1]["who"], "planner");
        assert_eq!(told[2], json!({ "sequence": version + 3, "yours": true }));
        let mut again = server.listen(&wang, &path, Some(version + 2)).await;
        let told = wait(again.take(1)).await.unwrap();
        assert_eq!(told[0]["sequence"], version + 3);
    }
}

/// A plan with a scenario that was merged once; gives both, and the scenario's identifier.
async fn merged_once(server: &Server, wang: &Person) -> (String, String, Json) {
    let plan = server.plan(wang, "store-chain").await;
    let version = server.version(wang, &plan).await;
    let path = format!("{plan}/scenarios");
    let branched = server
        .post(wang, &path, json!({ "name": "worst case" }))
        .await;
    let id = branched.body["id"].clone();
    let scenario = format!("/plans/{}", id.as_str().unwrap());
    let shrink = json!({ "set": CELL, "to": "-10%" });
    server.apply(wang, &scenario, version, shrink).await;
    let merged = merge(server, wang, &plan, &id).await;
    assert_eq!(merged.told(), "200", "{}", merged.body);
    (plan, scenario, id)
}

async fn merge(server: &Server, wang: &Person, plan: &str, id: &Json) -> Answered {
    let version = server.version(wang, plan).await;
    let path = format!("{plan}/merges");
    sent(server, wang, &path, version, json!({ "scenario": id })).await
}

#[tokio::test]
async fn a_second_merge_takes_what_the_scenario_gained() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let (plan, scenario, id) = merged_once(&server, &wang).await;
    assert_eq!(
        merge(&server, &wang, &plan, &id).await.told(),
        "409 nothing_to_merge"
    );
    // The very cell of the first merge again, and another one.
    for (at, by) in [(CELL, "-5%"), ("store=S3, month=2026-03", "+2%")] {
        let seen = server.version(&wang, &scenario).await;
        let done = server
            .apply(&wang, &scenario, seen, json!({ "set": at, "to": by }))
            .await;
        assert_eq!(done.told(), "200", "{}", done.body);
    }
    let before = server.version(&wang, &plan).await;
    let merged = merge(&server, &wang, &plan, &id).await;
    assert_eq!(merged.told(), "200", "{}", merged.body);
    assert_eq!(merged.body["version"], before + 2, "only what is new");
    assert_eq!(
        value(&server, &wang, &plan).await,
        value(&server, &wang, &scenario).await
    );
    let with = id.as_str().unwrap();
    let between = server
        .get(&wang, &format!("{plan}/differences?with={with}"))
        .await;
    assert_eq!(between.body["count"], 0, "{}", between.body);
    assert_eq!(
        merge(&server, &wang, &plan, &id).await.told(),
        "409 nothing_to_merge"
    );
}

#[tokio::test]
async fn what_the_plan_changed_before_a_merge_still_meets_the_next_one() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let (plan, scenario, id) = merged_once(&server, &wang).await;
    let version = server.version(&wang, &plan).await;
    let beside = json!({ "set": "store=S4", "to": "+1%" });
    assert_eq!(
        server.apply(&wang, &plan, version, beside).await.told(),
        "200"
    );
    let seen = server.version(&wang, &scenario).await;
    let fall = json!({ "set": "store=S4", "to": "-1%" });
    assert_eq!(
        server.apply(&wang, &scenario, seen, fall).await.told(),
        "200"
    );
    assert_eq!(
        merge(&server, &wang, &plan, &id).await.told(),
        "409 merge_conflict"
    );
}

#[tokio::test]
async fn what_was_merged_and_then_undone_in_the_scenario_is_undone_in_the_plan() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let (plan, scenario, id) = merged_once(&server, &wang).await;
    let shrunk = value(&server, &wang, &plan).await;
    let seen = server.version(&wang, &scenario).await;
    let path = format!("{scenario}/undos");
    let undone = sent(&server, &wang, &path, seen, json!({})).await;
    assert_eq!(undone.told(), "200", "{}", undone.body);
    let merged = merge(&server, &wang, &plan, &id).await;
    assert_eq!(merged.told(), "200", "{}", merged.body);
    let now = value(&server, &wang, &plan).await;
    assert_ne!(now, shrunk);
    assert_eq!(now, value(&server, &wang, &scenario).await);
    // And done again: the plan takes its undo back.
    let seen = server.version(&wang, &scenario).await;
    let path = format!("{scenario}/redos");
    let redone = sent(&server, &wang, &path, seen, json!({})).await;
    assert_eq!(redone.told(), "200", "{}", redone.body);
    let merged = merge(&server, &wang, &plan, &id).await;
    assert_eq!(merged.told(), "200", "{}", merged.body);
    assert_eq!(value(&server, &wang, &plan).await, shrunk);
}
