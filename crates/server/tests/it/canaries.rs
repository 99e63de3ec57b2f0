//! What is not somebody's shows in no answer: the figures of those beside and above them, by scope, and
//! layers that are not for their role (rules R3, L1). Every GET route is asked, streams included.

use std::collections::{BTreeMap, BTreeSet};

use fenjie_store::people::{Role, Scope};
use serde_json::{Value as Json, json};

use crate::harness::{Person, Server};
use crate::rights::fixtures::Asking;
use crate::rights::routes;
use crate::rights::world::{Relation, World};

const COLUMNS: [&str; 2] = ["time:month", "time:self"];

/// The figures of each member, as somebody who sees everything reads them.
async fn figures(server: &Server, who: &Person, plan: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for columns in COLUMNS {
        let path = format!("{plan}/slices?rows=store:all&columns={columns}&limit=500");
        let slice = server.get(who, &path).await;
        assert_eq!(slice.told(), "200", "{}", slice.body);
        let rows = slice.body["rows"].as_array().unwrap().iter();
        let cells = slice.body["layers"][0]["cells"].as_array().unwrap().iter();
        for (row, cells) in rows.zip(cells) {
            let code = row["members"][0]["code"].as_str().unwrap().to_owned();
            let values = cells.as_array().unwrap().iter().filter_map(Json::as_str);
            // Short ones may stand anywhere by chance.
            let telling = values.filter(|value| value.len() >= 8).map(str::to_owned);
            found.entry(code).or_default().extend(telling);
        }
    }
    found
}

/// Every way in which a figure may be written: plainly, as a count of steps, in groups of three.
fn writings(value: &str) -> [String; 3] {
    let (whole, rest) = value.split_once('.').unwrap_or((value, ""));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    [value.to_owned(), format!("{whole}{rest}"), grouped]
}

/// What is asked beyond one request for each route: everything, as finely as it is given.
const FURTHER: [&str; 14] = [
    "slices?rows=store:all&columns=time:month&limit=500",
    "slices?rows=store:all&columns=time:self&layer=all&limit=500",
    "slices?rows=time:month",
    "exports?what=targets&format=csv&level=all",
    "exports?what=targets&format=jsonl&level=all",
    "exports?what=targets&format=json&level=finest",
    "exports?what=targets&format=parquet&level=all",
    "exports?what=members&format=csv",
    "explanations?at=store=S1",
    "explanations?at=store=east",
    "history?at=store=S1",
    "standings?as_of=2026-03-07&by=store:all",
    "operations?limit=500",
    "search?text=S4",
];

/// Asks every route that reads; each answer with what was asked.
async fn everything(world: &World) -> Vec<(String, String)> {
    let document: Json = serde_json::from_str(&fenjie_server::openapi::text()).unwrap();
    let mut told = Vec::new();
    for route in routes(&document) {
        if route.method != axum::http::Method::GET {
            continue;
        }
        for relation in Relation::ALL {
            let asking = Asking::of(world, &document, &route, relation).await;
            let answer = asking.send(world, &route).await;
            assert!(answer.status.as_u16() < 500, "{}", answer.text);
            told.push((format!("{} ({relation:?})", route.path), answer.text));
        }
    }
    for path in FURTHER {
        let path = format!("{}/{path}", world.plans[0]);
        let (method, body) = (axum::http::Method::GET, axum::body::Body::empty());
        let who = world.asker();
        let answer = world.server.send(who, method, &path, &[], body).await;
        let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
        let text = String::from_utf8_lossy(&bytes.unwrap()).into_owned();
        told.push((path, text));
    }
    told
}

/// What a stream of the plan says while somebody else changes what is hidden and what is not.
async fn streamed(world: &World) -> Vec<(String, String)> {
    let (server, plan) = (&world.server, &world.plans[0]);
    let events = format!("{plan}/events");
    let mut listening = server.listen(world.asker(), &events, None).await;
    for at in ["store=S4, month=2026-04", "store=S1, month=2026-04"] {
        let seen = server.version(&world.roots[0], plan).await;
        let operation = json!({ "set": at, "by": "+1234567.89" });
        let made = server.apply(&world.roots[0], plan, seen, operation).await;
        assert_eq!(made.told(), "200", "{}", made.body);
    }
    let told = listening.take(2).await;
    let texts = told.iter().map(Json::to_string);
    texts.map(|text| (events.clone(), text)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_beside_and_above_show_in_no_answer() {
    for (role, scope, own) in [
        (Role::Salesperson, Scope::Own, "S1"),
        (Role::Manager, Scope::OwnAndSubordinates, "east S1 S2 S3"),
        (Role::ReadOnly, Scope::Department, "east S1 S2 S3"),
        (Role::Director, Scope::DepartmentAndBelow, "east S1 S2 S3"),
        (Role::Auditor, Scope::All, "chain east S1 S2 S3 west S4 S5"),
    ] {
        let world = World::within(role, scope).await;
        let own: Vec<&str> = own.split(' ').collect();
        let all = figures(&world.server, &world.roots[0], &world.plans[0]).await;
        assert_eq!(all.len(), 8, "{all:?}");
        let is_own = |(code, _): &(&String, _)| own.contains(&code.as_str());
        let (seen, hidden): (Vec<_>, Vec<_>) = all.iter().partition(is_own);
        let seen: BTreeSet<&String> = seen.into_iter().flat_map(|(_, values)| values).collect();
        let hidden = hidden.into_iter().flat_map(|(_, values)| values);
        let hidden: BTreeSet<&String> = hidden.filter(|value| !seen.contains(value)).collect();
        assert!(hidden.len() >= 20 || scope == Scope::All, "{hidden:?}");
        let hidden: Vec<String> = hidden.iter().flat_map(|value| writings(value)).collect();
        let mut told = everything(&world).await;
        let events = streamed(&world).await;
        if scope != Scope::All {
            let first = &events[0].1;
            assert!(
                !first.contains("S4") && !first.contains("1234567"),
                "{first}"
            );
        }
        told.extend(events.into_iter().take(1));
        for (asked, text) in &told {
            let leaked = hidden.iter().find(|value| text.contains(value.as_str()));
            assert_eq!(leaked, None, "{scope:?} {asked}: {text}");
        }
        let whole: String = told.into_iter().map(|(_, text)| text).collect();
        let shown = seen.iter().filter(|value| whole.contains(value.as_str()));
        assert!(shown.count() * 2 >= seen.len(), "what is theirs is shown");
    }
}

/// A layer whose amount shows wherever it does.
const LAYER: &str = "7654321";

async fn with_layer(role: Role, roles: &[&str]) -> World {
    let world = World::within(role, Scope::All).await;
    let (root, plan) = (&world.roots[0], &world.plans[0]);
    let seen = world.server.version(root, plan).await;
    let layer = json!({ "layer": "stretch", "amount": LAYER, "roles": roles });
    let made = world.server.apply(root, plan, seen, layer).await;
    assert_eq!(made.told(), "200", "{}", made.body);
    world
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_layer_is_seen_by_its_roles_and_in_no_answer_by_others() {
    for (role, roles, seen) in [
        (Role::Manager, ["manager"], true),
        (Role::Director, ["manager"], false),
        (Role::ReadOnly, ["总监"], false),
        (Role::Auditor, ["manager"], true),
    ] {
        let world = with_layer(role, &roles).await;
        let (server, who, plan) = (&world.server, world.asker(), &world.plans[0]);
        let text = async |path: &str| server.get(who, &format!("{plan}/{path}")).await;
        let slice = text("slices?rows=store:self&columns=time:self&layer=all").await;
        assert_eq!(slice.body.to_string().contains(LAYER), seen, "{role:?}");
        let named = text("slices?rows=store:self&columns=time:self&layer=stretch").await;
        let wanted = if seen { "200" } else { "400 layer_unknown" };
        assert_eq!(named.told(), wanted, "{}", named.body);
        let explained = text("explanations?at=store=chain").await;
        assert_eq!(explained.body.to_string().contains(LAYER), seen, "{role:?}");
        let listed = text("layers").await;
        assert_eq!(listed.body.to_string().contains(LAYER), seen, "{role:?}");
        let told = everything(&world).await;
        let exported = told
            .iter()
            .find(|(asked, _)| asked.contains("csv&level=all"));
        let exported = &exported.unwrap().1;
        assert_eq!(exported.contains("stretch"), seen, "{role:?} {exported}");
        let path = format!("{plan}/exports?what=log&format=jsonl");
        let (method, body) = (axum::http::Method::GET, axum::body::Body::empty());
        let log = server.send(who, method, &path, &[], body).await;
        assert_eq!(log.status().as_u16(), if seen { 200 } else { 403 });
        if !seen {
            for (asked, text) in &told {
                assert!(!text.contains(LAYER), "{role:?} {asked}: {text}");
            }
        }
    }
}
