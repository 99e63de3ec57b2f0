//! Files out and in over HTTP: targets within reach, members, plan directories byte for byte, changed
//! workbooks.

use axum::body::{Body, to_bytes};
use axum::http::{Method, StatusCode};
use fenjie_store::people::{Role, Scope};

use crate::form::{Form, example};
use crate::harness::{Person, Server};

/// Takes a file out.
async fn taken(server: &Server, who: &Person, plan: &str, query: &str) -> (StatusCode, Vec<u8>) {
    let path = format!("{plan}/exports?{query}");
    let answer = server
        .send(who, Method::GET, &path, &[], Body::empty())
        .await;
    let status = answer.status();
    let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, bytes.to_vec())
}

#[tokio::test]
async fn targets_leave_with_what_somebody_sees_and_no_more() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let li = server
        .person(Role::Salesperson, Scope::Own, Some("S1"))
        .await;
    let plan = server.plan(&wang, "store-chain").await;
    let query = "what=targets&level=store.store,month&format=";
    let (status, all) = taken(&server, &wang, &plan, &format!("{query}csv")).await;
    let all = String::from_utf8(all).unwrap();
    assert_eq!(status, StatusCode::OK, "{all}");
    assert!(all.contains("S1,") && all.contains("S4,"), "{all}");
    let (_, own) = taken(&server, &li, &plan, &format!("{query}csv")).await;
    let own = String::from_utf8(own).unwrap();
    assert_eq!(own.lines().count(), 7, "{own}");
    assert!(
        own.lines().skip(1).all(|line| line.contains("S1,")),
        "{own}"
    );
    // No name of another store may be in any byte, dictionaries included.
    let others: Vec<String> = ["S2", "S3", "S4", "S5"].map(str::to_owned).into();
    for format in ["json", "jsonl", "parquet", "xlsx"] {
        let (status, bytes) = taken(&server, &li, &plan, &format!("{query}{format}")).await;
        assert_eq!(status, StatusCode::OK, "{format}");
        let text = String::from_utf8_lossy(&bytes);
        if format == "xlsx" {
            assert!(text.starts_with("PK"));
            continue;
        }
        assert!(text.contains("S1"), "{format}");
        for other in &others {
            assert!(!text.contains(other.as_str()), "{format} tells of {other}");
        }
    }
    let (status, book) = taken(&server, &wang, &plan, "what=targets&format=xlsx").await;
    assert!(status == StatusCode::OK && book.starts_with(b"PK"));
    for (query, wanted) in [
        ("what=log&format=jsonl", StatusCode::FORBIDDEN),
        ("what=directory&format=zip", StatusCode::FORBIDDEN),
        ("what=targets&format=zip", StatusCode::BAD_REQUEST),
        ("what=all&format=csv", StatusCode::BAD_REQUEST),
        ("what=targets&format=csv&odd=1", StatusCode::BAD_REQUEST),
        (
            "what=targets&format=csv&measure=odd",
            StatusCode::BAD_REQUEST,
        ),
        (
            "what=targets&format=csv&level=odd",
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        assert_eq!(taken(&server, &li, &plan, query).await.0, wanted, "{query}");
    }
    let (_, members) = taken(&server, &li, &plan, "what=members&format=csv").await;
    let members = String::from_utf8(members).unwrap();
    assert!(
        members.contains("S1,") && !members.contains("S2"),
        "{members}"
    );
}

#[tokio::test]
async fn a_plan_directory_goes_out_and_comes_back_byte_for_byte() {
    for server in Server::on_each().await {
        let wang = server.person(Role::Planner, Scope::All, None).await;
        let plan = server.plan(&wang, "store-chain").await;
        let sales = Form::default().file("file", "sales.csv", &example("store-chain/sales.csv"));
        let begun = server
            .form(&wang, &format!("{plan}/imports"), &[], sales)
            .await;
        server.ended(&wang, &begun).await;
        let (status, zip) = taken(&server, &wang, &plan, "what=directory&format=zip").await;
        assert_eq!(status, StatusCode::OK);
        let again = Form::default()
            .file("file", "plan.zip", &zip)
            .text("name", "again");
        let made = server.form(&wang, "/plan-directories", &[], again).await;
        assert_eq!(made.told(), "201", "{}", made.body);
        let other = format!("/plans/{}", made.body["id"].as_str().unwrap());
        assert_eq!(made.body["name"], "again");
        let (_, first) = taken(&server, &wang, &plan, "what=log&format=jsonl").await;
        let (_, second) = taken(&server, &wang, &other, "what=log&format=jsonl").await;
        assert!(!first.is_empty() && first == second);
        let lines = server.get(&wang, &format!("{plan}/sales-lines")).await;
        let there = server.get(&wang, &format!("{other}/sales-lines")).await;
        assert_eq!(lines.body, there.body);
        let imports = server.get(&wang, &format!("{other}/imports")).await;
        assert_eq!(
            imports.body["items"][0]["file"], "sales.csv",
            "{}",
            imports.body
        );
    }
}

#[tokio::test]
async fn a_plan_file_brings_its_files_and_reads_no_others() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let text = String::from_utf8(example("store-chain/plan.toml")).unwrap();
    let org = example("store-chain/org.csv");
    let form = |text: &str| {
        Form::default()
            .file("file", "plan.toml", text.as_bytes())
            .file("input", "org.csv", &org)
    };
    let made = server.form(&wang, "/plan-files", &[], form(&text)).await;
    assert_eq!(made.told(), "201", "{}", made.body);
    let secret = server.database.folder().join("secret.csv");
    std::fs::write(&secret, "code,name\nX,CANARY\n").unwrap();
    let there = secret.display().to_string();
    for outside in [
        "/etc/passwd",
        "../../../../../../etc/passwd",
        "./../org.csv",
        "sub/../../org.csv",
        there.as_str(),
    ] {
        let named = text.replace("\"org.csv\"", &format!("\"{outside}\""));
        assert_ne!(named, text);
        let refused = server.form(&wang, "/plan-files", &[], form(&named)).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{outside}"
        );
        let told = refused.body.to_string();
        assert!(
            !told.contains("CANARY") && !told.contains("root:"),
            "{told}"
        );
    }
    let trick = Form::default()
        .file("file", "plan.toml", text.as_bytes())
        .file("input", "../org.csv", &org);
    let refused = server.form(&wang, "/plan-files", &[], trick).await;
    assert_eq!(refused.told(), "400 file_name_invalid");
}

#[tokio::test]
async fn a_workbook_comes_back_unchanged_and_a_broken_one_is_refused() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let li = server
        .person(Role::Manager, Scope::DepartmentAndBelow, Some("east"))
        .await;
    let plan = server.plan(&wang, "store-chain").await;
    let (_, book) = taken(&server, &wang, &plan, "what=targets&format=xlsx").await;
    let path = format!("{plan}/workbook-previews");
    let form = || Form::default().file("file", "plan.xlsx", &book);
    let found = server.form(&wang, &path, &[], form()).await;
    assert_eq!(found.told(), "200", "{}", found.body);
    assert_eq!(found.body["changes"], serde_json::json!([]));
    assert!(found.body["unchanged"].as_u64().unwrap() > 10);
    assert_eq!(
        server.form(&li, &path, &[], form()).await.told(),
        "403 forbidden"
    );
    let version = format!("\"{}\"", server.version(&wang, &plan).await);
    let apply = format!("{plan}/workbooks");
    let blind = server.form(&wang, &apply, &[], form()).await;
    assert_eq!(blind.told(), "428 version_missing");
    let seen = [("if-match", version.as_str())];
    let same = server.form(&wang, &apply, &seen, form()).await;
    assert_eq!(same.told(), "409 workbook_unchanged");
    let broken = Form::default().file("file", "plan.xlsx", &book[..book.len() / 2]);
    let refused = server.form(&wang, &path, &[], broken).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.body
    );
}
