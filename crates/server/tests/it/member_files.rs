//! Members that come and go as files: looked at first, all or nothing, with the days from which each
//! holds; what was given out comes back as it was.

use axum::body::{Body, to_bytes};
use axum::http::Method;
use fenjie_store::people::{Role, Scope};
use serde_json::{Value as Json, json};

use crate::form::Form;
use crate::harness::{Answered, Person, Server};

const STORES: &str = "编码,名称,上级,生效日期,失效日期,容量,备注\n\
                      chain,全国,,2026-01-01,,,\n\
                      east,华东,chain,2026-01-01,,,\n\
                      west,华西,chain,2026-01-01,,,\n\
                      S1,人民路店,east,2026-01-01,2026-06-30,120,老店\n\
                      S1,人民路旗舰店,west,2026-07-01,,180.5,\n\
                      007,滨江店,east,2026-03-01,2026-12-31,80,\n";

async fn dimension(server: &Server, who: &Person, code: &str) -> String {
    let wanted = json!({ "code": code, "name": code });
    let made = server.post(who, "/dimensions", wanted).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    format!("/dimensions/{}", made.body["id"].as_str().unwrap())
}

async fn taken(
    server: &Server,
    who: &Person,
    own: &str,
    called: &str,
    bytes: &[u8],
    options: Json,
) -> Answered {
    let form = Form::default()
        .file("file", called, bytes)
        .text("options", &options.to_string());
    let path = format!("{own}/member-imports");
    server.form(who, &path, &[], form).await
}

async fn given(server: &Server, who: &Person, own: &str, query: &str) -> Vec<u8> {
    let path = format!("{own}/members-file?{query}");
    let file = server.send(who, Method::GET, &path, &[], Body::empty());
    let file = file.await;
    assert_eq!(file.status().as_u16(), 200, "{query}");
    let bytes = to_bytes(file.into_body(), usize::MAX).await.unwrap();
    bytes.to_vec()
}

fn counts(answer: &Answered) -> String {
    let count = |name: &str| answer.body[name].as_u64().unwrap_or(u64::MAX);
    format!(
        "{} added {} changed {} unchanged {} refused",
        count("added"),
        count("changed"),
        count("unchanged"),
        count("refused_count")
    )
}

#[tokio::test]
async fn what_was_given_out_comes_back_as_it_was() {
    for server in Server::on_each().await {
        let wang = server.person(Role::Planner, Scope::All, None).await;
        let own = dimension(&server, &wang, "store").await;
        let csv = STORES.as_bytes();
        let looked = taken(
            &server,
            &wang,
            &own,
            "stores.csv",
            csv,
            json!({ "dry_run": true }),
        )
        .await;
        assert_eq!(counts(&looked), "5 added 0 changed 0 unchanged 0 refused");
        assert_eq!(looked.body["columns"]["until"], "失效日期");
        assert_eq!(looked.body["ignored"], json!(["备注"]));
        let members = format!("{own}/members?on=2026-11-22");
        let none = server.get(&wang, &members).await;
        assert_eq!(
            none.body["items"],
            json!([]),
            "nothing is written by looking"
        );

        let done = taken(&server, &wang, &own, "stores.csv", csv, json!({})).await;
        assert_eq!(
            counts(&done),
            "5 added 0 changed 0 unchanged 0 refused",
            "{}",
            done.body
        );
        let found = server
            .get(&wang, &format!("{own}/members?on=2026-05-01&parent=east"))
            .await;
        let codes: Vec<&str> = found.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["code"].as_str().unwrap())
            .collect();
        assert_eq!(codes, ["007", "S1"]);
        for format in ["csv", "xlsx"] {
            let file = given(
                &server,
                &wang,
                &own,
                &format!("history=true&format={format}"),
            )
            .await;
            let called = format!("stores.{format}");
            let same = taken(&server, &wang, &own, &called, &file, json!({})).await;
            assert_eq!(
                counts(&same),
                "0 added 0 changed 5 unchanged 0 refused",
                "{format}"
            );
            let copy = dimension(&server, &wang, &format!("copy-{format}")).await;
            taken(&server, &wang, &copy, &called, &file, json!({})).await;
            assert_eq!(
                given(&server, &wang, &copy, "history=true").await,
                given(&server, &wang, &own, "history=true").await,
                "{format}"
            );
        }
        let workbook = given(&server, &wang, &own, "on=2026-05-01&format=xlsx").await;
        assert_eq!(&workbook[..2], b"PK");
    }
}

#[tokio::test]
async fn rows_without_a_day_hold_from_the_day_said() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let own = dimension(&server, &wang, "store").await;
    taken(&server, &wang, &own, "a.csv", STORES.as_bytes(), json!({})).await;
    let moved = "code,parent,capacity\nS1,east,\nS9,west,40\n";
    let options = json!({ "from": "2026-10-01", "why": "重新划区" });
    let done = taken(
        &server,
        &wang,
        &own,
        "b.csv",
        moved.as_bytes(),
        options.clone(),
    )
    .await;
    assert_eq!(
        counts(&done),
        "1 added 1 changed 0 unchanged 0 refused",
        "{}",
        done.body
    );
    let after = &done.body["members"][0]["after"];
    assert_eq!(after.as_array().unwrap().len(), 3);
    assert_eq!(after[1]["valid_to"], "2026-09-30");
    assert_eq!(after[2]["parent"], "east");
    // What the file has no column for stays: the name and the other number.
    assert_eq!(after[2]["name"], "人民路旗舰店");
    assert_eq!(after[2]["attributes"], json!({ "容量": "180.5" }));
    let again = taken(&server, &wang, &own, "b.csv", moved.as_bytes(), options).await;
    assert_eq!(counts(&again), "0 added 0 changed 2 unchanged 0 refused");
}

#[tokio::test]
async fn one_row_at_fault_and_nothing_is_written() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let own = dimension(&server, &wang, "store").await;
    taken(&server, &wang, &own, "a.csv", STORES.as_bytes(), json!({})).await;
    let before = given(&server, &wang, &own, "history=true").await;
    for (text, told) in [
        (
            "code,parent\nS5,east\nS6,nowhere\n",
            "3 parent nowhere parent_missing",
        ),
        (
            "code,parent,from\nS5,east,2026-02-30\n",
            "2 from 2026-02-30 date_missing",
        ),
        (
            "code,parent,容量\nS5,east,12O\nS6,east,1\n",
            "2 容量 12O decimal_invalid",
        ),
        ("code,parent\n,east\n", "2 code  code_empty"),
        (
            "code,parent\nS5,east\n\"a,b\",east\n",
            "3 code a,b code_invalid",
        ),
        ("code,parent\nS5\n", "2 - 1 fields_wrong"),
        ("code,parent\nS5,S6\nS6,S5\n", "2 parent S6 parent_circle"),
        (
            "code,parent\nS5,east\nS5,west\n",
            "2 code 2026-01-01 days_overlap",
        ),
        (
            "code,until\neast,2026-03-31\n",
            "2 until 2026-03-31 parent_missing",
        ),
        (
            "code,parent,from,until\nS5,east,2026-03-01,2026-02-01\n",
            "2 until 2026-02-01 days_overlap",
        ),
    ] {
        let options = json!({ "from": "2026-01-01" });
        let refused = taken(&server, &wang, &own, "bad.csv", text.as_bytes(), options).await;
        assert_eq!(
            refused.told(),
            "422 rows_refused",
            "{text}: {}",
            refused.body
        );
        let first = &refused.body["refused"][0];
        let column = first["column"].as_str().unwrap_or("-");
        let seen = format!(
            "{} {column} {} {}",
            first["row"],
            first["value"].as_str().unwrap(),
            first["code"].as_str().unwrap()
        );
        assert_eq!(seen, told, "{text}");
        assert!(first["hint"].is_string(), "{first}");
        assert!(
            refused.body["message"]
                .as_str()
                .unwrap()
                .contains("bad.csv")
        );
        let looked = json!({ "from": "2026-01-01", "dry_run": true });
        let looked = taken(&server, &wang, &own, "bad.csv", text.as_bytes(), looked).await;
        assert_eq!(looked.body["refused"], refused.body["refused"]);
    }
    assert_eq!(given(&server, &wang, &own, "history=true").await, before);
    for (bytes, options, told) in [
        (&b"%PDF-1.7 x"[..], json!({}), "422 file_not_as_named"),
        (b"", json!({}), "422 file_empty"),
        (b"a,b\n1,2\n", json!({}), "422 column_missing"),
        (b"code\nS1\n", json!({ "odd": 1 }), "400 body_invalid"),
        (
            b"code\nS1\n",
            json!({ "from": "1 May" }),
            "400 date_invalid",
        ),
        (
            b"code\nS1\n",
            json!({ "columns": { "odd": "x" } }),
            "400 role_unknown",
        ),
        (
            b"code\nS1\n",
            json!({ "delimiter": "；" }),
            "400 delimiter_invalid",
        ),
    ] {
        let refused = taken(&server, &wang, &own, "x.csv", bytes, options.clone()).await;
        assert_eq!(refused.told(), told, "{options}: {}", refused.body);
    }
}

#[tokio::test]
async fn a_repeated_file_has_one_effect_and_only_planners_bring_one() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let li = server
        .person(Role::Salesperson, Scope::Own, Some("S1"))
        .await;
    let other = server.another_organisation("other").await;
    let stranger = server
        .person_of(&other, Role::Administrator, Scope::All, None)
        .await;
    let own = dimension(&server, &wang, "store").await;
    let path = format!("{own}/member-imports");
    let form = || Form::default().file("file", "a.csv", STORES.as_bytes());
    assert_eq!(
        server.form(&li, &path, &[], form()).await.told(),
        "403 forbidden"
    );
    assert_eq!(
        server.form(&stranger, &path, &[], form()).await.told(),
        "404 not_found"
    );
    let key = [("idempotency-key", "stores")];
    let first = server.form(&wang, &path, &key, form()).await;
    let second = server.form(&wang, &path, &key, form()).await;
    assert_eq!(first.body, second.body);
    assert_eq!(second.headers["idempotency-replayed"], "true");
    let other = form().text("options", r#"{ "dry_run": false, "from": "2026-01-01" }"#);
    let other = server.form(&wang, &path, &key, other).await;
    assert_eq!(other.told(), "409 idempotency_key_reused");
    let audit = server.person(Role::Auditor, Scope::All, None).await;
    let told = server.get(&audit, "/audit?action=member.import").await;
    let records = told.body["items"].as_array().cloned().unwrap_or_default();
    assert_eq!(records.len(), 1, "{}", told.body);
    assert_eq!(records[0]["after"]["added"], 5);
}

#[tokio::test]
async fn accounts_are_bound_to_members_that_are_there() {
    let server = Server::new().await;
    let wang = server.person(Role::Administrator, Scope::All, None).await;
    let wanted = json!({ "code": "store", "name": "门店", "is_organisation": true });
    let made = server.post(&wang, "/dimensions", wanted).await;
    let own = format!("/dimensions/{}", made.body["id"].as_str().unwrap());
    let user = |login: &str, member: &str| {
        json!({ "login": login, "name": login, "role": "salesperson", "scope": "own",
            "member": member, "password": "a long enough phrase" })
    };
    // As long as the dimension has no members, plans alone say who is who.
    let early = server.post(&wang, "/users", user("early", "S8")).await;
    assert_eq!(early.status.as_u16(), 201, "{}", early.body);
    taken(&server, &wang, &own, "a.csv", STORES.as_bytes(), json!({})).await;
    let bound = server.post(&wang, "/users", user("li", "S1")).await;
    assert_eq!(bound.status.as_u16(), 201, "{}", bound.body);
    let unknown = server.post(&wang, "/users", user("zhao", "S8")).await;
    assert_eq!(unknown.told(), "400 member_unknown");
    assert_eq!(unknown.body["field"], "member");
    let path = format!("/users/{}", bound.body["id"].as_str().unwrap());
    for (change, told) in [
        (json!({ "member": "S8" }), 400),
        (json!({ "member": "007" }), 200),
        (json!({ "name": "李" }), 200),
    ] {
        let seen = server.get(&wang, &path).await;
        let seen = [("if-match", seen.etag())];
        let done = server
            .ask(
                Some(&wang),
                Method::PATCH,
                &path,
                &seen,
                Some(change.clone()),
            )
            .await;
        assert_eq!(done.status.as_u16(), told, "{change}: {}", done.body);
    }
}
