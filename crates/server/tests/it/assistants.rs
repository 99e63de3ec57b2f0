//! Plans for assistants, as a client over HTTP and over a pair of streams: the same figures, the same
//! rights.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use fenjie_server::{State, assistants};
use fenjie_store::people::{Role, Scope};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::harness::{Person, Server};

fn call(name: &str, arguments: Json) -> Json {
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": name, "arguments": arguments } })
}

async fn http(server: &Server, who: Option<&Person>, message: &Json) -> (StatusCode, Json) {
    let mut request = Request::post("/mcp")
        .header("host", "localhost")
        .header("accept", "application/json, text/event-stream")
        .header("accept-language", "en")
        .header("content-type", "application/json")
        .header("mcp-protocol-version", "2025-06-18");
    if let Some(who) = who {
        request = request.header("authorization", format!("Bearer {}", who.secret()));
    }
    let request = request.body(Body::from(message.to_string())).unwrap();
    let response = server.carry(request).await;
    let status = response.status();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

#[tokio::test]
async fn an_assistant_reads_and_applies_over_http_as_its_key_allows() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let li = server
        .person(Role::Salesperson, Scope::Own, Some("S1"))
        .await;
    let plan = server.plan(&wang, "store-chain").await;
    let id = plan.trim_start_matches("/plans/").to_owned();

    let (status, told) = http(&server, None, &call("list_plans", json!({}))).await;
    assert_eq!(
        (status, told["code"].as_str()),
        (StatusCode::UNAUTHORIZED, Some("not_signed_in"))
    );

    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let (_, listed) = http(&server, Some(&wang), &list).await;
    let tools = listed["result"]["tools"].as_array().unwrap();
    let named = |name: &str| tools.iter().find(|tool| tool["name"] == name);
    assert_eq!(
        named("get_slice").unwrap()["annotations"]["readOnlyHint"],
        true
    );
    let apply = named("apply_operations").unwrap();
    assert_eq!(apply["annotations"]["readOnlyHint"], false);
    let required = apply["inputSchema"]["required"].as_array().unwrap();
    for name in ["operations", "plan", "version"] {
        assert!(required.contains(&json!(name)), "{required:?}");
    }

    let (_, plans) = http(&server, Some(&wang), &call("list_plans", json!({}))).await;
    let items = &plans["result"]["structuredContent"]["items"];
    assert_eq!(items[0]["id"], id.as_str(), "{plans}");

    let slice = json!({ "plan": id, "rows": "store:self", "at": "store=S4" });
    let (_, seen) = http(&server, Some(&wang), &call("get_slice", slice.clone())).await;
    let path = format!("{plan}/slices?rows=store:self&at=store%3DS4");
    let told = server.get(&wang, &path).await;
    assert_eq!(
        seen["result"]["structuredContent"]["rows"],
        told.body["rows"]
    );
    let (_, hidden) = http(&server, Some(&li), &call("get_slice", slice)).await;
    assert_eq!(hidden["result"]["isError"], true, "{hidden}");
    assert!(!hidden.to_string().contains("Liberation"));

    let version = server.version(&wang, &plan).await;
    let edit = json!({ "plan": id, "version": version, "why": "asked for",
        "operations": [{ "set": "store=S4, month=2026-06", "to": "+1%" }] });
    let (_, refused) = http(&server, Some(&li), &call("apply_operations", edit.clone())).await;
    assert_eq!(refused["result"]["isError"], true);
    let (_, done) = http(
        &server,
        Some(&wang),
        &call("apply_operations", edit.clone()),
    )
    .await;
    assert_eq!(
        done["result"]["structuredContent"]["version"],
        version + 1,
        "{done}"
    );
    let (_, stale) = http(&server, Some(&wang), &call("apply_operations", edit)).await;
    assert!(
        stale["result"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .contains("\"version_stale\"")
            || stale["result"]["structuredContent"]["rebased"] == true,
        "{stale}"
    );
    let (_, odd) = http(
        &server,
        Some(&wang),
        &call("get_plan", json!({ "plan": id, "x": 1 })),
    )
    .await;
    assert!(
        odd["error"]["message"].as_str().unwrap().contains("`x`"),
        "{odd}"
    );
}

#[tokio::test]
async fn an_assistant_reads_over_a_pair_of_streams() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    server.plan(&wang, "store-chain").await;
    let state = State::new(server.app.clone());
    let tools = assistants::tools(&state, Some(wang.secret()));
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let (input, output) = tokio::io::split(theirs);
    let served = tokio::spawn(tools.converse(input, output));
    let (reading, mut writing) = tokio::io::split(ours);
    let mut lines = BufReader::new(reading).lines();
    let messages = [
        json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" } } }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        call("list_plans", json!({})),
    ];
    for message in messages {
        writing
            .write_all(format!("{message}\n").as_bytes())
            .await
            .unwrap();
    }
    let mut answers = Vec::new();
    while answers.len() < 2 {
        let line = lines.next_line().await.unwrap().unwrap();
        answers.push(serde_json::from_str::<Json>(&line).unwrap());
    }
    assert_eq!(answers[0]["result"]["serverInfo"]["name"], "fenjie");
    let items = &answers[1]["result"]["structuredContent"]["items"];
    assert_eq!(
        items[0]["name"], "Store targets, first half of 2026",
        "{}",
        answers[1]
    );
    drop((lines, writing));
    served.await.unwrap().unwrap();
}

#[tokio::test]
async fn every_tool_is_a_route_of_the_document() {
    let server = Server::new().await;
    let document = server.text("/api/v1/openapi.json", &[]).await.1;
    let document: Json = serde_json::from_str(&document).unwrap();
    let items = document["paths"].as_object().unwrap().values();
    let routes = items.flat_map(|item| item.as_object().unwrap().values());
    let known: Vec<&str> = routes
        .filter_map(|route| route["operationId"].as_str())
        .collect();
    for name in fenjie_mcp::TOOLS {
        assert!(known.contains(name), "{name} is a tool and no route");
    }
}
