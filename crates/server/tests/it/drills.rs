//! Many clients on one plan: nothing is lost, nothing happens twice, the end is what was accepted. The
//! short form runs always, the long one with `FENJIE_SLOW=1`.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use axum::http::Method;
use fenjie_store::people::{Role, Scope};
use futures::future::join_all;
use serde_json::json;

use crate::harness::{Person, Server};

const STORES: [&str; 5] = ["S1", "S2", "S3", "S4", "S5"];

fn is_slow() -> bool {
    std::env::var_os("FENJIE_SLOW").is_some()
}

/// The number in `+123.45` steps that a cell has.
async fn cents(server: &Server, who: &Person, plan: &str, at: &str) -> i64 {
    let at = at
        .replace('=', "%3D")
        .replace(',', "%2C")
        .replace(' ', "%20");
    let history = server.get(who, &format!("{plan}/history?at={at}")).await;
    let items = history.body["items"].as_array().unwrap().clone();
    let value = items.last().unwrap()["value"].as_str().unwrap().to_owned();
    value.replace('.', "").parse().unwrap()
}

/// One client: adds to a cell of its own choosing again and again, and to one that many add to.
async fn client(
    server: &Server,
    who: &Person,
    plan: &str,
    number: usize,
    edits: usize,
) -> Vec<u64> {
    let mut seen = server.version(who, plan).await;
    let mut accepted = Vec::with_capacity(edits);
    let own = format!(
        "store={}, month=2026-0{}",
        STORES[number % 5],
        1 + number / 5 % 4
    );
    for edit in 0..edits {
        let at = if edit % 4 == 3 {
            "store=S4, month=2026-06"
        } else {
            &own
        };
        loop {
            let done = server
                .apply(who, plan, seen, json!({ "set": at, "by": "1" }))
                .await;
            match done.told().as_str() {
                "200" => {
                    seen = done.body["version"].as_u64().unwrap();
                    accepted.push(seen);
                    break;
                }
                // Somebody changed the same cell: look again, and add to what is there now.
                "412 version_stale" => seen = server.version(who, plan).await,
                busy if busy.starts_with("429") || busy.starts_with("503") => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                other => panic!("{other}: {}", done.body),
            }
        }
    }
    accepted
}

async fn many_edit(server: &Server, clients: usize, edits: usize) {
    let who = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&who, "store-chain").await;
    // S2 is held in May and S5 has a floor: adding to their other months is allowed.
    let first = server.version(&who, &plan).await;
    let shared = cents(server, &who, &plan, "store=S4, month=2026-06").await;
    let whole = cents(server, &who, &plan, "").await;
    let began = Instant::now();
    let asked = (0..clients).map(|number| client(server, &who, &plan, number, edits));
    let accepted = join_all(asked).await;
    let took = began.elapsed();
    for versions in &accepted {
        assert!(versions.is_sorted_by(|a, b| a < b), "versions grow");
    }
    let count = clients * edits;
    let all: BTreeSet<u64> = accepted.iter().flatten().copied().collect();
    assert_eq!(
        all.len(),
        count,
        "each accepted edit has a version of its own"
    );
    assert_eq!(server.version(&who, &plan).await, first + count as u64);
    let now = cents(server, &who, &plan, "").await;
    assert_eq!(now - whole, 100 * count as i64, "no update is lost");
    let now = cents(server, &who, &plan, "store=S4, month=2026-06").await;
    assert_eq!(now - shared, 100 * (clients * (edits / 4)) as i64);
    let proved = server.get(&who, &format!("{plan}/verification")).await;
    assert_eq!(proved.body["sound"], true, "{}", proved.body);
    println!(
        "{clients} clients x {edits} edits: {} a second",
        (count as f64 / took.as_secs_f64()).round()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_clients_lose_nothing() {
    let (clients, edits) = if is_slow() { (100, 200) } else { (20, 8) };
    for server in Server::on_each().await {
        many_edit(&server, clients, edits).await;
    }
}

/// How many edits of cells of their own so many clients are told of in a second.
async fn rate(server: &Server, who: &Person, plan: &str, clients: usize, edits: usize) -> f64 {
    let began = Instant::now();
    let asked = (0..clients).map(|number| async move {
        let at = format!(
            "store={}, month=2026-0{}",
            STORES[number % 5],
            1 + number / 5 % 4
        );
        let path = format!("{plan}/operations");
        let body = json!({ "operations": [{ "bound": at, "floor": "1" }] });
        let mut seen = server.version(who, plan).await;
        for _ in 0..edits {
            loop {
                let tag = format!("\"{seen}\"");
                let headers = [("if-match", tag.as_str())];
                let done = server
                    .ask(Some(who), Method::POST, &path, &headers, Some(body.clone()))
                    .await;
                if let Some(version) = done.body["version"].as_u64() {
                    seen = version;
                    break;
                }
                assert_eq!(done.told(), "412 version_stale");
                seen = server.version(who, plan).await;
            }
        }
    });
    join_all(asked).await;
    (clients * edits) as f64 / began.elapsed().as_secs_f64()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_are_kept_in_one_commit() {
    for server in Server::on_each().await {
        let who = server.person(Role::Planner, Scope::All, None).await;
        let plan = server.plan(&who, "store-chain").await;
        let (clients, edits) = (20, 15);
        let before = server.commits().await;
        let together = rate(&server, &who, &plan, clients, edits).await;
        println!("durable edits a second of twenty clients: {together:.0}");
        let Some(before) = before else { continue };
        let commits = server.commits().await.unwrap() - before;
        assert!(
            commits < (clients * edits) as u64,
            "{commits} commits for {} edits",
            clients * edits
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_beside_each_other_follow_one_log() {
    let Some(database) = fenjie_store_tests::postgres().await else {
        println!("skipped: there is no PostgreSQL on this machine");
        return;
    };
    let one = Server::on(database).await;
    let other = one.beside().await;
    let (clients, edits) = if is_slow() { (50, 100) } else { (6, 8) };
    let who = one.person(Role::Planner, Scope::All, None).await;
    let plan = one.plan(&who, "store-chain").await;
    let first = one.version(&who, &plan).await;
    let whole = cents(&other, &who, &plan, "").await;
    let mut listening = other.listen(&who, &format!("{plan}/events"), None).await;
    let asked = (0..clients).map(|number| {
        let server = if number % 2 == 0 { &one } else { &other };
        client(server, &who, &plan, number, edits)
    });
    let accepted = join_all(asked).await;
    let count = clients * edits;
    let all: BTreeSet<u64> = accepted.iter().flatten().copied().collect();
    assert_eq!(all.len(), count);
    let told = tokio::time::timeout(Duration::from_secs(30), listening.take(count));
    let told = told.await.expect("changes made elsewhere are told too");
    let told = told.iter().map(|event| event["sequence"].as_u64().unwrap());
    assert!(told.eq(first + 1..=first + count as u64));
    for server in [&one, &other] {
        assert_eq!(server.version(&who, &plan).await, first + count as u64);
        let now = cents(server, &who, &plan, "").await;
        assert_eq!(now - whole, 100 * count as i64);
        let proved = server.get(&who, &format!("{plan}/verification")).await;
        assert_eq!(proved.body["sound"], true, "{}", proved.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retries_in_any_order_have_one_effect_each() {
    let (keys, times) = if is_slow() { (250, 4) } else { (40, 4) };
    for server in Server::on_each().await {
        let who = server.person(Role::Planner, Scope::All, None).await;
        let plan = server.plan(&who, "store-chain").await;
        let first = server.version(&who, &plan).await;
        let whole = cents(&server, &who, &plan, "").await;
        let path = format!("{plan}/operations");
        let send = |key: usize| {
            let (server, who, plan, path) = (&server, &who, &plan, &path);
            async move {
                let at = format!("store={}, month=2026-0{}", STORES[key % 5], 1 + key % 4);
                let body = json!({ "operations": [{ "set": at, "by": "1" }] });
                let name = format!("retry-{key}");
                loop {
                    // Every try looks anew; the key alone says that it is the same request.
                    let seen = format!("\"{}\"", server.version(who, plan).await);
                    let headers = [
                        ("if-match", seen.as_str()),
                        ("idempotency-key", name.as_str()),
                    ];
                    let done = server
                        .ask(Some(who), Method::POST, path, &headers, Some(body.clone()))
                        .await;
                    match done.told().as_str() {
                        "200" => return (key, done.body["version"].as_u64().unwrap()),
                        "412 version_stale" => {}
                        busy if busy.starts_with("429") || busy.starts_with("503") => {
                            tokio::time::sleep(Duration::from_millis(20)).await;
                        }
                        other => panic!("{other}: {}", done.body),
                    }
                }
            }
        };
        // Reordered: every fourth key first, then the next ones, each key several times.
        let order = (0..times).flat_map(|round| (0..keys).map(move |key| (key * 7 + round) % keys));
        let answers = join_all(order.map(send)).await;
        let distinct: BTreeSet<(usize, u64)> = answers.into_iter().collect();
        assert_eq!(distinct.len(), keys, "each key has one answer");
        assert_eq!(server.version(&who, &plan).await, first + keys as u64);
        let now = cents(&server, &who, &plan, "").await;
        assert_eq!(now - whole, 100 * keys as i64);
    }
}
