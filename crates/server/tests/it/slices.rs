//! Slices of a plan: what a grid is filled with, and what somebody with a part of the company sees.

use axum::http::Method;
use fenjie_store::people::{Role, Scope};
use serde_json::Value as Json;

use crate::harness::{Answered, Server};

/// Keys of rows with the first cell of each.
fn rows(answered: &Answered) -> Vec<(String, String)> {
    let cells = &answered.body["layers"][0]["cells"];
    let rows = answered.body["rows"].as_array().unwrap();
    let cell = |at: usize| cells[at][0].as_str().unwrap_or("-").to_owned();
    let key = |row: &Json| row["key"].as_str().unwrap().to_owned();
    rows.iter()
        .enumerate()
        .map(|(at, row)| (key(row), cell(at)))
        .collect()
}

fn keys(answered: &Answered) -> Vec<String> {
    rows(answered).into_iter().map(|(key, _)| key).collect()
}

#[tokio::test]
async fn rows_and_columns_at_any_grain_with_totals() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    for (query, rows, columns) in [
        ("rows=store", "store=east store=west", 1),
        (
            "rows=store:store",
            "store=S1 store=S2 store=S3 store=S4 store=S5",
            1,
        ),
        ("rows=store:0-1", " store=east store=west", 1),
        ("rows=store:area", "store=east store=west", 1),
        ("rows=store&at=store=east", "store=S1 store=S2 store=S3", 1),
        (
            "rows=store:leaves&at=store=west&columns=time",
            "store=S4 store=S5",
            6,
        ),
        ("rows=store:self&columns=time:day&at=month=2026-02", "", 28),
        (
            "rows=time:month&columns=store:all",
            "month=2026-01 month=2026-02 month=2026-03 month=2026-04 month=2026-05 month=2026-06",
            8,
        ),
    ] {
        let slice = server.get(&wang, &format!("{plan}/slices?{query}")).await;
        assert_eq!(slice.told(), "200", "{query}: {}", slice.body);
        assert_eq!(keys(&slice).join(" "), rows, "{query}");
        assert_eq!(
            slice.body["columns"].as_array().unwrap().len(),
            columns,
            "{query}"
        );
    }
    let year = server
        .get(&wang, &format!("{plan}/slices?rows=store:0-1"))
        .await;
    assert_eq!(rows(&year)[0].1, "6000000.00");
    assert_eq!(year.body["rows"][1]["members"][0]["expandable"], true);
}

#[tokio::test]
async fn a_slice_is_what_its_description_says() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    let query = "rows=store:all&columns=time:month&layer=all&limit=500";
    let slice = server.get(&wang, &format!("{plan}/slices?{query}")).await;
    let body: fenjie_server::wires::SliceBody = serde_json::from_value(slice.body.clone()).unwrap();
    assert_eq!((body.rows.len(), body.columns.len()), (8, 6));
    let held = body.marks.held[0];
    assert_eq!(body.rows[held[0]].key, "store=S2");
    assert_eq!(body.columns[held[1]].key, "month=2026-05");
    assert_eq!(
        body.layers[0].cells[held[0]][held[1]].as_deref(),
        Some("150000.00")
    );
    assert_eq!(
        body.columns[0].members[0].from.as_deref(),
        Some("2026-01-01")
    );
}

#[tokio::test]
async fn page_by_page_is_the_whole() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    let whole = server
        .get(
            &wang,
            &format!("{plan}/slices?rows=store:all,time:month&limit=500"),
        )
        .await;
    let mut paged = Vec::new();
    let mut next = String::new();
    loop {
        let path = format!("{plan}/slices?rows=store:all,time:month&limit=7{next}");
        let page = server.get(&wang, &path).await;
        assert_eq!(page.told(), "200", "{}", page.body);
        paged.extend(rows(&page));
        match page.body["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(paged.len(), 48);
    assert_eq!(paged, rows(&whole));
}

#[tokio::test]
async fn a_version_that_was_seen_is_not_sent_again() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    let path = format!("{plan}/slices?rows=store");
    let first = server.get(&wang, &path).await;
    let seen = [("if-none-match", first.etag())];
    let again = server
        .ask(Some(&wang), Method::GET, &path, &seen, None)
        .await;
    assert_eq!(again.status.as_u16(), 304);
    let version = server.version(&wang, &plan).await;
    let typed = serde_json::json!({ "set": "store=S1, month=2026-02", "to": "+10%" });
    server.apply(&wang, &plan, version, typed).await;
    let changed = server
        .ask(Some(&wang), Method::GET, &path, &seen, None)
        .await;
    assert_eq!(changed.told(), "200");
    assert_ne!(rows(&changed), rows(&first));
}

#[tokio::test]
async fn odd_questions_are_refused_by_name() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    for (query, told) in [
        ("columns=time", "400 query_invalid"),
        ("rows=store&colour=red", "400 query_invalid"),
        ("rows=shop", "400 axis_unknown"),
        ("rows=store:district", "400 level_unknown"),
        ("rows=store:9", "400 depth_out_of_range"),
        ("rows=store,store", "400 axis_twice"),
        ("rows=store&columns=store", "400 axis_twice"),
        ("rows=store&at=S1", "400 address_invalid"),
        ("rows=store&at=store=S99", "400 member_unknown"),
        ("rows=store&measure=profit", "400 measure_unknown"),
        ("rows=store&layer=secret", "400 layer_unknown"),
        ("rows=store&limit=501", "400 limit_out_of_range"),
        ("rows=store&column_limit=401", "400 limit_out_of_range"),
        ("rows=store&cursor=!", "400 cursor_invalid"),
        ("rows=store&cursor=c3RvcmU", "400 cursor_invalid"),
    ] {
        let refused = server.get(&wang, &format!("{plan}/slices?{query}")).await;
        assert_eq!(refused.told(), told, "{query}: {}", refused.body);
    }
}
