//! Forms and files that mean harm: refused in words, never with a fault of the server.

use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode};
use fenjie_store::people::{Role, Scope};

use crate::form::{BOUNDARY, Form, answered, example};
use crate::harness::Server;

/// How many files on their way in are left.
fn left(server: &Server) -> usize {
    let left = std::fs::read_dir(server.database.folder().join("incoming"));
    left.map_or(0, |left| left.count())
}

#[tokio::test]
async fn broken_forms_are_refused_in_words() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    let path = format!("{plan}/imports");
    let whole = || Form::default().file("file", "a.csv", b"x\n1\n").bytes();
    let cut = whole()[..60].to_vec();
    let without_end = whole()[..whole().len() - 10].to_vec();
    for (what, bytes) in [
        ("nothing", Vec::new()),
        ("cut", cut),
        ("without its end", without_end),
        (
            "another boundary",
            b"--other\r\n\r\nx\r\n--other--".to_vec(),
        ),
        ("noise", vec![0xff; 10_000]),
        ("a long head", {
            let mut bytes = format!("--{BOUNDARY}\r\ncontent-disposition: ").into_bytes();
            bytes.resize(3_000_000, b'a');
            bytes
        }),
        ("many heads", {
            let mut bytes = format!("--{BOUNDARY}\r\n").into_bytes();
            for at in 0..5_000 {
                bytes.extend_from_slice(format!("x-{at}: y\r\n").as_bytes());
            }
            bytes
        }),
    ] {
        let refused = server.form_bytes(&wang, &path, &[], bytes).await;
        assert!(
            refused.status.is_client_error(),
            "{what}: {}",
            refused.told()
        );
    }
    let plain = server.post(&wang, &path, serde_json::json!({})).await;
    assert!(plain.status.is_client_error(), "{}", plain.told());
    let many = (0..1_000).fold(Form::default(), |form, at| {
        form.text(&format!("p{at}"), "x")
    });
    assert_eq!(
        server.form(&wang, &path, &[], many).await.told(),
        "413 too_large"
    );
    let odd = Form::default().file("file", "a.csv", b"x").text("odd", "1");
    assert_eq!(
        server.form(&wang, &path, &[], odd).await.told(),
        "400 part_unknown"
    );
    let none = Form::default().text("options", "{}");
    assert_eq!(
        server.form(&wang, &path, &[], none).await.told(),
        "400 file_missing"
    );
    for options in [
        "[]",
        "{",
        r#"{"odd":1}"#,
        r#"{"header_row":-1}"#,
        r#"{"strict":"yes"}"#,
    ] {
        let form = Form::default()
            .file("file", "a.csv", b"x")
            .text("options", options);
        let refused = server.form(&wang, &path, &[], form).await;
        assert_eq!(refused.told(), "400 body_invalid", "{options}");
    }
}

#[tokio::test]
async fn names_with_tricks_are_no_names() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    let path = format!("{plan}/imports");
    let long = "x".repeat(300);
    for name in [
        "../../etc/cron.d/x",
        "/etc/passwd",
        "a\\b.csv",
        "..",
        ".refused.zh.csv",
        "a:b",
        &long,
    ] {
        let form = Form::default().file("file", name, b"x\n1\n");
        let refused = server.form(&wang, &path, &[], form).await;
        assert_eq!(refused.told(), "400 file_name_invalid", "{name}");
    }
    assert_eq!(left(&server), 0, "what was refused is gone");
}

#[tokio::test]
async fn files_that_are_not_what_they_say_are_refused_as_on_the_command_line() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    let path = format!("{plan}/imports");
    let bomb = bomb();
    for (name, bytes, code) in [
        ("a.xlsx", b"PK\x03\x04 not really".to_vec(), ""),
        ("a.parquet", b"PAR1 not really PAR1".to_vec(), ""),
        ("a.csv", vec![0; 1000], ""),
        ("a.csv", Vec::new(), ""),
        ("a.pdf", b"%PDF-1.7".to_vec(), ""),
        ("a.csv", b"a,b\n1,2\n".to_vec(), "import_columns_missing"),
        ("a.csv.gz", bomb, ""),
    ] {
        let form = Form::default().file("file", name, &bytes);
        let begun = server.form(&wang, &path, &[], form).await;
        let refused = server.ended(&wang, &begun).await;
        assert_eq!(refused.body["state"], "refused", "{name}: {}", refused.body);
        let told = refused.body["problem"]["code"].as_str().unwrap();
        assert!(
            told != "internal" && (code.is_empty() || told == code),
            "{name}: {told}"
        );
    }
}

/// 100 MiB of noughts, packed.
fn bomb() -> Vec<u8> {
    use std::io::Write;
    let packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let mut packed = packed;
    let noughts = vec![b'0'; 1 << 20];
    for _ in 0..100 {
        packed.write_all(&noughts).unwrap();
    }
    packed.finish().unwrap()
}

#[tokio::test]
async fn a_body_that_stops_is_refused_and_nothing_stays() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    let path = format!("{plan}/imports");
    let whole = Form::default().file("file", "sales.csv", &example("store-chain/sales.csv"));
    let half = Bytes::from(whole.bytes()[..20_000].to_vec());
    let pieces = vec![Ok(half), Err(std::io::Error::other("the client has gone"))];
    let body = Body::from_stream(futures::stream::iter(pieces));
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let typed = [("content-type", kind.as_str())];
    let sent = server.send(&wang, Method::POST, &path, &typed, body);
    let refused = answered(sent.await).await;
    assert!(refused.status.is_client_error(), "{}", refused.told());
    assert_eq!(left(&server), 0);
}

#[tokio::test]
async fn two_files_at_once_are_both_brought_in() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let plan = server.plan(&wang, "store-chain").await;
    let path = format!("{plan}/imports");
    let form = |day: u32| {
        let text = format!("日期,门店,金额\n2026-01-{day:02},S1,1.00\n");
        Form::default().file("file", &format!("{day}.csv"), text.as_bytes())
    };
    let begun =
        futures::future::join_all((1..=6).map(|day| server.form(&wang, &path, &[], form(day))));
    let mut numbers = Vec::new();
    for begun in begun.await {
        let done = server.ended(&wang, &begun).await;
        assert_eq!(done.body["state"], "done", "{}", done.body);
        numbers.push(done.body["number"].as_u64().unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    let found = server.get(&wang, &format!("{plan}/sales-lines")).await;
    assert_eq!(found.body["count"], 6);
}

#[tokio::test]
async fn archives_with_tricks_are_refused() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    for bytes in [b"PK\x03\x04".to_vec(), Vec::new(), vec![7; 5000]] {
        let form = Form::default().file("file", "plan.zip", &bytes);
        let refused = server.form(&wang, "/plan-directories", &[], form).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            refused.body
        );
    }
    let li = server
        .person(Role::Salesperson, Scope::Own, Some("S1"))
        .await;
    let form = Form::default().file("file", "plan.zip", b"PK");
    let refused = server.form(&li, "/plan-directories", &[], form).await;
    assert_eq!(refused.told(), "403 forbidden");
}
