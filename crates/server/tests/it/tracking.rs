//! Where a team stands, as people of every scope see it: the store chain in March 2026, looked at from
//! the 18th.

use axum::body::{Body, to_bytes};
use axum::http::Method;
use fenjie_store::people::{Role, Scope};
use serde_json::Value as Json;

use crate::form::{Form, example};
use crate::harness::{Person, Server};

/// A server with the chain's plan and its sales; the plan's path and its planner.
pub async fn chain() -> (Server, Person, String) {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    let sales = Form::default().file("file", "sales.csv", &example("store-chain/sales.csv"));
    let begun = server
        .form(&wang, &format!("{plan}/imports"), &[], sales)
        .await;
    let done = server.ended(&wang, &begun).await;
    assert_eq!(done.body["state"], "done", "{}", done.body);
    (server, wang, plan)
}

/// The status, the media type and the bytes of a file that somebody takes away.
pub async fn taken(
    server: &Server,
    who: &Person,
    path: &str,
    headers: &[(&str, &str)],
) -> (u16, String, Vec<u8>) {
    let answer = server
        .send(who, Method::GET, path, headers, Body::empty())
        .await;
    let kind = answer.headers().get("content-type");
    let kind = kind.map_or("", |kind| kind.to_str().unwrap()).to_owned();
    let status = answer.status().as_u16();
    let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, kind, bytes.to_vec())
}

fn texts(items: &Json, field: &str) -> String {
    let items = items.as_array().unwrap().iter();
    let texts: Vec<&str> = items
        .map(|item| item[field].as_str().unwrap_or("-"))
        .collect();
    texts.join(" ")
}

const MARCH: &str = "period=2026-03&as_of=2026-03-18";

#[tokio::test]
async fn everybody_sees_where_their_part_stands() {
    let (server, wang, plan) = chain().await;
    let whole = server
        .get(&wang, &format!("{plan}/standings?by=store&{MARCH}"))
        .await;
    assert_eq!(whole.told(), "200", "{}", whole.body);
    let lines = texts(&whole.body["items"], "at");
    assert!(
        lines.starts_with("store=S1 store=S2 store=S4 store=S5"),
        "{lines}"
    );
    for (scope, member, seen, totals) in [
        (Scope::Own, "S1", "store=S1", "store=S1"),
        (
            Scope::DepartmentAndBelow,
            "east",
            "store=S1 store=S2",
            "store=east",
        ),
        (
            Scope::Department,
            "west",
            "store=S4 store=S5",
            "store=west store=S4 store=S5",
        ),
        (Scope::Own, "east", "store=east", "store=east"),
    ] {
        let who = server.person(Role::Manager, scope, Some(member)).await;
        let found = server
            .get(&who, &format!("{plan}/standings?by=store&{MARCH}"))
            .await;
        assert_eq!(
            texts(&found.body["items"], "at"),
            seen,
            "{scope:?} {member}"
        );
        assert_eq!(
            texts(&found.body["totals"], "at"),
            totals,
            "{scope:?} {member}"
        );
        // The figures are those of everybody else's answer.
        for line in found.body["items"].as_array().unwrap() {
            let all = whole.body["items"].as_array().unwrap();
            if let Some(same) = all.iter().find(|other| other["at"] == line["at"]) {
                for field in ["target", "actual", "attainment", "pace", "status"] {
                    assert_eq!(line[field], same[field], "{member} {field}");
                }
            }
        }
    }
}

#[tokio::test]
async fn ranks_say_nothing_of_others() {
    let (server, _, plan) = chain().await;
    let own = server
        .person(Role::Salesperson, Scope::Own, Some("S4"))
        .await;
    let found = server
        .get(&own, &format!("{plan}/standings?by=store&{MARCH}"))
        .await;
    let line = &found.body["items"][0];
    assert!(
        line["rank"].is_null() && line["share_of_gap"].is_null(),
        "{line}"
    );
    let east = server
        .person(Role::Manager, Scope::DepartmentAndBelow, Some("east"))
        .await;
    let found = server
        .get(&east, &format!("{plan}/standings?by=store&{MARCH}"))
        .await;
    let ranks = found.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["rank"].as_u64());
    assert!(ranks.flatten().all(|rank| rank <= 3), "{}", found.body);
}

#[tokio::test]
async fn a_stores_day_its_gap_and_its_course() {
    let (server, wang, plan) = chain().await;
    let seller = server
        .person(Role::Salesperson, Scope::Own, Some("S1"))
        .await;
    let today = server
        .get(&seller, &format!("{plan}/today?as_of=2026-03-17"))
        .await;
    assert_eq!(today.told(), "200", "{}", today.body);
    assert_eq!(
        (&today.body["at"], &today.body["day"]),
        (&"store=S1".into(), &"2026-03-17".into())
    );
    assert_eq!(today.body["slots"].as_array().unwrap().len(), 4);
    let course = server
        .get(&seller, &format!("{plan}/burn-ups?{MARCH}"))
        .await;
    assert_eq!(course.told(), "200", "{}", course.body);
    assert_eq!(course.body["days"].as_array().unwrap().len(), 31);
    assert_eq!(course.body["actual"].as_array().unwrap().len(), 18);
    let gap = server
        .get(
            &wang,
            &format!("{plan}/bridges?by=store&at=store=east&{MARCH}"),
        )
        .await;
    assert_eq!(gap.told(), "200", "{}", gap.body);
    assert!(texts(&gap.body["parts"], "code").starts_with("S1 S2"));
    let weeks = server
        .get(&seller, &format!("{plan}/bridges?by=weeks&{MARCH}"))
        .await;
    assert_eq!(weeks.told(), "200", "{}", weeks.body);
    // The parts of a store that has none, and of an area that is another's.
    let none = server
        .get(&seller, &format!("{plan}/bridges?by=store&{MARCH}"))
        .await;
    assert_eq!(none.told(), "400 bridge_by_unknown");
    let other = server
        .get(
            &seller,
            &format!("{plan}/bridges?by=store&at=store=west&{MARCH}"),
        )
        .await;
    assert_eq!(other.told(), "404 not_found");
    let mixes = server
        .get(&seller, &format!("{plan}/compositions?{MARCH}"))
        .await;
    assert_eq!(mixes.told(), "200", "{}", mixes.body);
}

#[tokio::test]
async fn alerts_are_about_ones_own() {
    let (server, wang, plan) = chain().await;
    let all = server.get(&wang, &format!("{plan}/alerts?{MARCH}")).await;
    let all = texts(&all.body["items"], "at");
    assert!(all.contains("store=S2"), "{all}");
    let seller = server
        .person(Role::Salesperson, Scope::Own, Some("S2"))
        .await;
    let own = server.get(&seller, &format!("{plan}/alerts?{MARCH}")).await;
    let own = texts(&own.body["items"], "at");
    assert!(own.split(' ').all(|at| at == "store=S2"), "{own}");
    let west = server
        .person(Role::Manager, Scope::DepartmentAndBelow, Some("west"))
        .await;
    let others = server.get(&west, &format!("{plan}/alerts?{MARCH}")).await;
    assert!(!others.body.to_string().contains("S2"), "{}", others.body);
}

#[tokio::test]
async fn closed_periods_and_revisions_are_ones_own() {
    let (server, wang, plan) = chain().await;
    let version = server.version(&wang, &plan).await;
    let closed = serde_json::json!({
        "close": "month=2026-01", "of": "store",
        "actuals": { "S1": "100000", "S2": "90000", "S3": "0", "S4": "80000", "S5": "70000" },
    });
    let done = server.apply(&wang, &plan, version, closed).await;
    assert_eq!(done.told(), "200", "{}", done.body);
    let all = server.get(&wang, &format!("{plan}/closings")).await;
    assert_eq!(all.body["items"][0]["total"], "340000.00", "{}", all.body);
    let seller = server
        .person(Role::Salesperson, Scope::Own, Some("S2"))
        .await;
    let own = server.get(&seller, &format!("{plan}/closings")).await;
    assert_eq!(
        own.body["items"][0]["parts"][0]["actual"], "90000.00",
        "{}",
        own.body
    );
    assert!(own.body["items"][0]["total"].is_null());
    for list in [
        "action-plans",
        "revisions",
        "layers",
        "measures",
        "axes",
        "findings",
    ] {
        let listed = server.get(&seller, &format!("{plan}/{list}")).await;
        assert_eq!(listed.told(), "200", "{list}: {}", listed.body);
    }
}
