//! Organisation records: members that come, move and leave; measures and calendars; what no plan could
//! say is refused.

use axum::body::{Body, to_bytes};
use axum::http::Method;
use fenjie_store::people::{Role, Scope};
use serde_json::{Value as Json, json};

use crate::form::Form;
use crate::harness::{Answered, Person, Server};

async fn patch(server: &Server, who: &Person, path: &str, seen: &str, body: Json) -> Answered {
    let seen = [("if-match", seen)];
    server
        .ask(Some(who), Method::PATCH, path, &seen, Some(body))
        .await
}

#[tokio::test]
async fn a_member_moves_and_the_tree_is_another_one_from_that_day_on() {
    for server in Server::on_each().await {
        let wang = server.person(Role::Planner, Scope::All, None).await;
        let made = server
            .post(
                &wang,
                "/dimensions",
                json!({ "code": "store", "name": "门店", "is_organisation": true }),
            )
            .await;
        assert_eq!(made.status.as_u16(), 201, "{}", made.body);
        let own = format!("/dimensions/{}", made.body["id"].as_str().unwrap());
        let members = format!("{own}/members");
        let mut paths = Vec::new();
        for (code, parent) in [
            ("chain", ""),
            ("east", "chain"),
            ("west", "chain"),
            ("S1", "east"),
        ] {
            let mut new = json!({ "code": code, "name": code, "valid_from": "2026-01-01",
                "attributes": { "capacity": "120" } });
            if !parent.is_empty() {
                new["parent"] = json!(parent);
            }
            let added = server.post(&wang, &members, new).await;
            assert_eq!(added.status.as_u16(), 201, "{}", added.body);
            paths.push(format!("/members/{}", added.body["id"].as_str().unwrap()));
        }
        let twice = json!({ "code": "S1", "name": "x", "valid_from": "2026-01-01" });
        assert_eq!(
            server.post(&wang, &members, twice).await.told(),
            "409 code_taken"
        );
        let moved = json!({ "from": "2026-07-01", "parent": "west", "name": "人民路店" });
        let moved = patch(&server, &wang, &paths[3], "\"1\"", moved).await;
        assert_eq!(moved.status.as_u16(), 200, "{}", moved.body);
        assert_eq!(moved.body["history"].as_array().unwrap().len(), 2);
        for (day, parent, found) in [
            ("2025-12-31", "east", 0),
            ("2026-06-30", "east", 1),
            ("2026-07-01", "east", 0),
            ("2026-07-01", "west", 1),
        ] {
            let asked = format!("{members}?on={day}&parent={parent}");
            let listed = server.get(&wang, &asked).await;
            let items = listed.body["items"].as_array().unwrap();
            assert_eq!(items.len(), found, "{day} {parent}");
        }
        let searched = format!("{members}?on=2026-11-22&search=%E4%BA%BA%E6%B0%91");
        let searched = server.get(&wang, &searched).await;
        assert_eq!(searched.body["items"][0]["code"], "S1");
        for (path, change, told) in [
            (
                &paths[3],
                json!({ "from": "2026-08-01", "parent": "nowhere" }),
                "400 parent_missing",
            ),
            (
                &paths[0],
                json!({ "from": "2026-08-01", "parent": "east" }),
                "400 parent_circle",
            ),
            (
                &paths[1],
                json!({ "from": "2026-03-01", "ends": true }),
                "400 parent_missing",
            ),
            (
                &paths[3],
                json!({ "from": "2026-02-30" }),
                "400 date_invalid",
            ),
            (
                &paths[3],
                json!({ "from": "2025-01-01", "ends": true }),
                "400 no_days_left",
            ),
            (
                &paths[3],
                json!({ "from": "2026-08-01", "code": "S2" }),
                "400 body_invalid",
            ),
        ] {
            let seen = server.get(&wang, path).await;
            let refused = patch(&server, &wang, path, seen.etag(), change).await;
            assert_eq!(refused.told(), told, "{}", refused.body);
        }
        let stale = patch(
            &server,
            &wang,
            &paths[3],
            "\"1\"",
            json!({ "from": "2026-09-01" }),
        )
        .await;
        assert_eq!(stale.told(), "412 version_stale");
        let used = server
            .ask(Some(&wang), Method::DELETE, &own, &[], None)
            .await;
        assert_eq!(used.told(), "409 dimension_in_use");
        a_plan_is_made_of_the_records(&server, &wang, &own).await;
    }
}

async fn a_plan_is_made_of_the_records(server: &Server, wang: &Person, own: &str) {
    let path = format!("{own}/members-file?on=2026-11-22");
    let file = server
        .send(wang, Method::GET, &path, &[], Body::empty())
        .await;
    let file = to_bytes(file.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8(file.to_vec()).unwrap();
    assert!(text.contains("S1,人民路店,west,2026-01-01,,120"), "{text}");
    let plan = "plan = \"2026\"\nperiod = \"2026\"\nmeasure = \"sales\"\ntotal = \"100万\"\n\
                [axes.store]\nmembers = \"store.csv\"\n";
    let form = Form::default()
        .file("file", "plan.toml", plan.as_bytes())
        .file("input", "store.csv", &file);
    let made = server.form(wang, "/plan-files", &[], form).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
}

#[tokio::test]
async fn measures_and_calendars_say_what_a_plan_can_read() {
    for server in Server::on_each().await {
        let wang = server.person(Role::Planner, Scope::All, None).await;
        let li = server
            .person(Role::Salesperson, Scope::Own, Some("S1"))
            .await;
        let other = server.another_organisation("other").await;
        let stranger = server
            .person_of(&other, Role::Administrator, Scope::All, None)
            .await;
        let sales = json!({ "code": "sales", "name": "销售额",
            "content": { "kind": "flow", "unit": "CNY", "step": "0.01" } });
        let made = server.post(&wang, "/measures", sales.clone()).await;
        assert_eq!(made.status.as_u16(), 201, "{}", made.body);
        let own = format!("/measures/{}", made.body["id"].as_str().unwrap());
        assert_eq!(
            server.post(&li, "/measures", sales.clone()).await.told(),
            "403 forbidden"
        );
        assert_eq!(server.get(&li, &own).await.status.as_u16(), 200);
        assert_eq!(server.get(&stranger, &own).await.told(), "404 not_found");
        let days = json!({ "code": "shops", "name": "门店日历", "content": {
            "week_starts": "friday", "holidays": "CN",
            "weekdays": { "mon": 1.0, "sat": 1.5, "sun": 1.8 },
            "slots": { "上午": 40, "下午": 60 } } });
        let made = server.post(&wang, "/calendars", days.clone()).await;
        assert_eq!(made.status.as_u16(), 201, "{}", made.body);
        let calendar = format!("/calendars/{}", made.body["id"].as_str().unwrap());
        let as_measure = calendar.replace("calendars", "measures");
        assert_eq!(server.get(&wang, &as_measure).await.told(), "404 not_found");
        for (path, content) in [
            ("/measures", json!({ "kind": "odd" })),
            ("/measures", json!({ "step": "0" })),
            ("/measures", json!([1])),
            ("/measures", json!({ "unit": null })),
            ("/calendars", json!({ "week_starts": "someday" })),
            ("/calendars", json!({ "odd": 1 })),
            ("/calendars", json!({ "holidays": "/etc/passwd" })),
            ("/calendars", json!({ "weekdays": { "mon": -1 } })),
        ] {
            let odd = json!({ "code": "odd", "name": "odd", "content": content });
            let refused = server.post(&wang, path, odd).await;
            assert_eq!(refused.status.as_u16(), 400, "{content}: {}", refused.body);
            assert!(!refused.body.to_string().contains("root:"));
        }
        let mut renamed = days.clone();
        renamed["name"] = json!("夏季");
        let seen = [("if-match", "\"1\"")];
        let put = server
            .ask(Some(&wang), Method::PUT, &calendar, &seen, Some(renamed))
            .await;
        assert_eq!((put.status.as_u16(), put.etag()), (200, "\"2\""));
        let gone = server
            .ask(Some(&wang), Method::DELETE, &own, &[], None)
            .await;
        assert_eq!(gone.status.as_u16(), 204);
        assert_eq!(server.get(&wang, &own).await.told(), "404 not_found");
    }
}
