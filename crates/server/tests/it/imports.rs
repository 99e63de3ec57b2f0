//! Sales brought in over HTTP: files, refusals, repeats, undoing, one sale at a time.

use axum::body::{Body, to_bytes};
use axum::http::Method;
use fenjie_store::people::{Role, Scope};
use serde_json::{Value as Json, json};

use crate::form::{Form, example};
use crate::harness::Server;

fn sales() -> Form {
    Form::default().file("file", "sales.csv", &example("store-chain/sales.csv"))
}

#[tokio::test]
async fn a_file_is_brought_in_once_and_can_be_taken_back() {
    for server in Server::on_each().await {
        let wang = server.person(Role::Planner, Scope::All, None).await;
        let plan = server.plan(&wang, "store-chain").await;
        let path = format!("{plan}/imports");
        let checked = sales().text("options", r#"{ "dry_run": true }"#);
        let checked = server.form(&wang, &path, &[], checked).await;
        let checked = server.ended(&wang, &checked).await;
        assert_eq!(checked.body["state"], "done", "{}", checked.body);
        assert_eq!(checked.body["number"], Json::Null);
        assert_eq!(checked.body["report"]["rows"], 1223);

        let begun = server.form(&wang, &path, &[], sales()).await;
        let done = server.ended(&wang, &begun).await;
        assert_eq!(done.body["state"], "done", "{}", done.body);
        assert_eq!(done.body["number"], 1);
        assert_eq!(done.body["report"]["unknown"][0]["text"], "Z9");
        let again = server.form(&wang, &path, &[], sales()).await;
        let again = server.ended(&wang, &again).await;
        assert_eq!(again.body["report"]["already"], true);
        assert_eq!(again.body["number"], 1);

        let lines = format!("{plan}/sales-lines?at=store=S1");
        let found = server.get(&wang, &lines).await;
        let count = found.body["count"].as_u64().unwrap();
        assert!(count > 100, "{}", found.body);
        let own = format!("/imports/{}", done.body["id"].as_str().unwrap());
        let undone = server
            .post(&wang, &format!("{own}/undos"), json!({ "why": "取错了" }))
            .await;
        assert_eq!(undone.body["state"], "undone", "{}", undone.body);
        assert_eq!(server.get(&wang, &lines).await.body["count"], 0);
        let twice = server.post(&wang, &format!("{own}/undos"), json!({})).await;
        assert_eq!(twice.told(), "409 import_not_in_effect");
        let redone = server.post(&wang, &format!("{own}/redos"), json!({})).await;
        assert_eq!(redone.body["state"], "done", "{}", redone.body);
        assert_eq!(server.get(&wang, &lines).await.body["count"], count);
        let proved = server
            .get(&wang, &format!("{plan}/sales-verification"))
            .await;
        assert_eq!(proved.body["entries"], 3, "{}", proved.body);
        let listed = server.get(&wang, &path).await;
        assert_eq!(listed.body["items"].as_array().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_repeated_request_is_answered_alike_and_has_one_effect() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    let path = format!("{plan}/imports");
    let key = [("idempotency-key", "morning")];
    let first = server.form(&wang, &path, &key, sales()).await;
    let second = server.form(&wang, &path, &key, sales()).await;
    assert_eq!(first.body["id"], second.body["id"]);
    assert_eq!(second.headers["idempotency-replayed"], "true");
    let other = sales().text("options", r#"{ "strict": true }"#);
    let other = server.form(&wang, &path, &key, other).await;
    assert_eq!(other.told(), "409 idempotency_key_reused");
    server.ended(&wang, &first).await;
    let listed = server.get(&wang, &path).await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn bad_rows_refuse_the_file_and_are_given_back_to_mend() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    let path = format!("{plan}/imports");
    let mut text = String::from("日期,门店,金额\n");
    for row in 0..80 {
        text += &format!(
            "2026-01-05,S1,{}\n",
            if row % 2 == 0 { "1.00" } else { "abc" }
        );
    }
    let bad = || Form::default().file("file", "二月.csv", text.as_bytes());
    let begun = server.form(&wang, &path, &[], bad()).await;
    let refused = server.ended(&wang, &begun).await;
    assert_eq!(refused.body["state"], "refused");
    assert_eq!(refused.body["problem"]["code"], "import_rows_refused");
    assert_eq!(refused.body["report"]["refused_rows"], 40);
    let own = format!("/imports/{}", refused.body["id"].as_str().unwrap());
    let page = server
        .get(&wang, &format!("{own}/refused-rows?limit=30"))
        .await;
    assert_eq!(page.body["items"][0]["row"], 3, "{}", page.body);
    assert_eq!(page.body["items"][0]["value"], "abc");
    let next = page.body["next"].as_str().unwrap();
    let rest = format!("{own}/refused-rows?limit=30&cursor={next}");
    let rest = server.get(&wang, &rest).await;
    assert_eq!(rest.body["items"].as_array().unwrap().len(), 10);
    assert_eq!(rest.body["next"], Json::Null);
    let file = format!("{own}/refused-rows-file");
    let file = server.send(&wang, Method::GET, &file, &[], Body::empty());
    let file = file.await;
    let named = file.headers()["content-disposition"].to_str().unwrap();
    assert!(named.contains("filename*=UTF-8''%E4%BA%8C"), "{named}");
    let csv = to_bytes(file.into_body(), usize::MAX).await.unwrap();
    let csv = String::from_utf8(csv.to_vec()).unwrap();
    assert_eq!(csv.lines().count(), 41);

    let partial = bad().text("options", r#"{ "partial": true }"#);
    let begun = server.form(&wang, &path, &[], partial).await;
    let done = server.ended(&wang, &begun).await;
    assert_eq!(done.body["state"], "done", "{}", done.body);
    assert_eq!(done.body["report"]["lines"], 40);
}

#[tokio::test]
async fn sales_are_cut_to_reach_and_imports_are_for_who_sees_all() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let li = server
        .person(Role::Salesperson, Scope::Own, Some("S1"))
        .await;
    let other = server.another_organisation("other").await;
    let stranger = server
        .person_of(&other, Role::Administrator, Scope::All, None)
        .await;
    let plan = server.plan(&wang, "store-chain").await;
    let path = format!("{plan}/imports");
    let begun = server.form(&wang, &path, &[], sales()).await;
    let done = server.ended(&wang, &begun).await;
    let own = format!("/imports/{}", done.body["id"].as_str().unwrap());

    assert_eq!(server.get(&li, &own).await.told(), "404 not_found");
    assert_eq!(server.get(&stranger, &own).await.told(), "404 not_found");
    assert_eq!(server.get(&stranger, &path).await.told(), "404 not_found");
    assert_eq!(
        server.form(&li, &path, &[], sales()).await.told(),
        "403 forbidden"
    );
    assert_eq!(
        server.form(&stranger, &path, &[], sales()).await.told(),
        "404 not_found"
    );
    let all = server.get(&li, &format!("{plan}/sales-lines")).await;
    let items = all.body["items"].as_array().unwrap();
    assert!(!items.is_empty());
    assert!(items.iter().all(|line| line["members"]["store"] == "S1"));
    let s1 = server
        .get(&wang, &format!("{plan}/sales-lines?at=store=S1"))
        .await;
    assert_eq!(all.body["count"], s1.body["count"]);
    for foreign in ["store=S4", "store=NOWHERE", "store=unassigned"] {
        let asked = format!("{plan}/sales-lines?at={foreign}");
        let found = server.get(&li, &asked).await;
        let nothing = found.body["count"] == 0 || found.told() == "404 not_found";
        assert!(nothing, "{foreign}: {}", found.body);
    }
}

#[tokio::test]
async fn a_salesperson_enters_their_own_sale_and_it_counts_at_once() {
    for server in Server::on_each().await {
        let wang = server.person(Role::Planner, Scope::All, None).await;
        let plan = server.plan(&wang, "store-chain").await;
        let li = server
            .person(Role::Salesperson, Scope::Own, Some("S1"))
            .await;
        let path = format!("{plan}/sales");
        let sale = json!({ "date": "2026-03-02", "time": "14:05", "amounts": { "sales": "128.50" },
            "external_id": "X-1", "customer": "孙浩" });
        let key = [("idempotency-key", "s-1")];
        for _ in 0..2 {
            let made = server
                .ask(Some(&li), Method::POST, &path, &key, Some(sale.clone()))
                .await;
            assert_eq!(made.told(), "201", "{}", made.body);
            assert_eq!(made.body["members"]["store"], "S1");
        }
        let twice = server.post(&li, &path, sale.clone()).await;
        assert_eq!(twice.told(), "409 sale_there_already");
        let lines = format!("{plan}/sales-lines?at=store=S1");
        let found = server.get(&li, &lines).await;
        assert_eq!(found.body["count"], 1, "{}", found.body);
        assert_eq!(found.body["items"][0]["amounts"]["sales"], "128.50");
        assert_eq!(found.body["items"][0]["time"], "14:05");

        let mut odd = sale.clone();
        odd["members"] = json!({ "store": "S4" });
        odd["external_id"] = Json::Null;
        assert_eq!(
            server.post(&li, &path, odd.clone()).await.told(),
            "400 member_unknown"
        );
        assert_eq!(server.post(&wang, &path, odd).await.told(), "201");
        for (field, value, told) in [
            ("date", json!("2026-02-30"), "400 date_invalid"),
            ("date", json!("9999-01-01"), "400 date_in_future"),
            ("amounts", json!({ "sales": "1.005" }), "400 amount_invalid"),
            ("amounts", json!({ "odd": "1" }), "400 member_unknown"),
            ("amounts", json!({}), "400 amount_missing"),
            ("time", json!("25:00"), "400 time_invalid"),
            ("customer", json!("a\u{0}b"), "400 text_unfit"),
        ] {
            let mut wrong = sale.clone();
            wrong["external_id"] = Json::Null;
            wrong[field] = value;
            let refused = server.post(&li, &path, wrong).await;
            assert_eq!(refused.told(), told, "{}", refused.body);
        }
        let listed = server.get(&li, &path).await;
        let items = listed.body["items"].as_array().unwrap();
        assert_eq!(items.len(), 1);
        let own = format!("/sales/{}", items[0]["id"].as_str().unwrap());
        let voided = server.ask(Some(&li), Method::DELETE, &own, &[], None).await;
        assert_eq!(voided.told(), "200", "{}", voided.body);
        let after = server.get(&li, &lines).await;
        assert_eq!(after.body["count"], 1);
        assert_eq!(after.body["items"][0]["amounts"]["sales"], "0.00");
    }
}

#[tokio::test]
async fn whoever_may_enter_a_sale_may_take_it_back() {
    for server in Server::on_each().await {
        let wang = server.person(Role::Planner, Scope::All, None).await;
        let plan = server.plan(&wang, "store-chain").await;
        let path = format!("{plan}/sales");
        let (manager, own) = (Role::Manager, Scope::OwnAndSubordinates);
        let east = server.person(manager, own, Some("east")).await;
        let west = server.person(manager, own, Some("west")).await;
        let li = server
            .person(Role::Salesperson, Scope::Own, Some("S1"))
            .await;
        let mate = server
            .person(Role::Salesperson, Scope::Own, Some("S1"))
            .await;
        let reader = server
            .person(Role::Director, Scope::DepartmentAndBelow, Some("east"))
            .await;
        let sale = json!({ "date": "2026-03-02", "amounts": { "sales": "128.50" } });
        let made = server.post(&li, &path, sale).await;
        let own = format!("/sales/{}", made.body["id"].as_str().unwrap());
        for (who, listed, told) in [
            (&west, 0, "404 not_found"),
            (&mate, 0, "404 not_found"),
            (&reader, 0, "403 forbidden"),
            (&east, 1, "200"),
            (&li, 1, "409 sale_voided_already"),
        ] {
            let found = server.get(who, &path).await;
            assert_eq!(found.body["items"].as_array().unwrap().len(), listed);
            let voided = server.ask(Some(who), Method::DELETE, &own, &[], None).await;
            assert_eq!(voided.told(), told, "{}", voided.body);
        }
    }
}
