//! Plans and their operations: made from a plan file, changed, listed, named.

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
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
async fn a_plan_of_five_hundred_stores_comes_with_its_tables() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let mut members = String::from("code,name,parent\nchain,All stores,\n");
    let mut history = String::from("store,date,amount\n");
    for area in 0..20 {
        members += &format!("A{area:02},Area {area},chain\n");
    }
    for store in 0..500 {
        members += &format!("S{store:03},Store {store},A{:02}\n", store % 20);
        for month in 1..=12 {
            for day in [3, 8, 13, 18, 23, 28] {
                let amount = 1_000 + store * 7 + month * 31 + day;
                history += &format!("S{store:03},2025-{month:02}-{day:02},{amount}.00\n");
            }
        }
    }
    let text = "plan = \"2026\"\nperiod = \"2026\"\n\
                measure = { code = \"sales\", name = \"Sales\", unit = \"CNY\" }\n\
                total = \"50000000\"\n\
                [axes.store]\nmembers = \"stores.csv\"\nlevels = [\"area\", \"store\"]\n\
                [history.sales]\nfile = \"history.csv\"\n\
                columns = { date = \"date\", amount = \"amount\", store = \"store\" }\n\
                [[do]]\ndecompose = \"time.month\"\nby = { history = \"sales\" }\n\
                [[do]]\ndecompose = \"store.store\"\nby = { history = \"sales\" }\n";
    let file =
        |name: &str, text: &str| json!({ "name": name, "content_base64": STANDARD.encode(text) });
    let files = [file("stores.csv", &members), file("history.csv", &history)];
    let wanted = json!({ "text": text, "files": files });
    assert!(
        wanted.to_string().len() > 1_048_576,
        "more than any other body may be"
    );
    let made = server.post(&wang, "/plans", wanted).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    let plan = format!("/plans/{}", made.body["id"].as_str().unwrap());
    let proved = server.get(&wang, &format!("{plan}/verification")).await;
    assert_eq!(proved.body["sound"], true, "{}", proved.body);
    let huge = json!({ "text": "a".repeat(33 << 20) });
    assert_eq!(
        server.post(&wang, "/plans", huge).await.told(),
        "413 too_large"
    );
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
