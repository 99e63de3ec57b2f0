//! What surrounds every route: refusals in one form, headers on every answer, bounds, slow clients,
//! too many requests, a graceful stop.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, StatusCode};
use fenjie_server::frame::{Frame, Limits, Network, Rate};
use fenjie_server::{State, serve};
use fenjie_store::people::{Role, Scope};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::form::{BOUNDARY, Form, answered, example};
use crate::harness::{Person, Server};

/// A server that listens, in a frame of these bounds.
struct Listening {
    server: Server,
    address: std::net::SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    ended: tokio::task::JoinHandle<()>,
}

impl Listening {
    async fn within(limits: Limits) -> Listening {
        let server = Server::new().await;
        let frame = Frame::new(limits, Network::default(), None);
        let state = State::new(server.app.clone()).framed(frame);
        let served = serve("127.0.0.1:0".parse().unwrap(), state).await.unwrap();
        let address = served.address().unwrap();
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn(async move {
            let stop = async move { stopped.await.unwrap_or_default() };
            served.until(stop).await.unwrap();
        });
        Listening {
            server,
            address,
            stop: Some(stop),
            ended,
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// What comes back for these bytes until the connection closes.
    async fn raw(&self, bytes: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }
}

fn code(answer: &str) -> String {
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let body: Json = serde_json::from_str(body).unwrap_or_default();
    let status = answer.split(' ').nth(1).unwrap_or_default();
    let code = body["code"].as_str().unwrap_or_default();
    format!("{status} {code}").trim().to_owned()
}

/// What every answer has to carry.
fn assert_safe(headers: &axum::http::HeaderMap) {
    for name in [
        "x-content-type-options",
        "x-frame-options",
        "referrer-policy",
        "permissions-policy",
        "content-security-policy",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "cache-control",
        "x-request-id",
    ] {
        assert!(headers.contains_key(name), "{name} is missing: {headers:?}");
    }
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
}

/// Who asks, how, for what, with which body, and what they are told.
type Case<'c> = (Option<&'c Person>, Method, &'c str, Option<Json>, &'c str);

#[tokio::test]
async fn every_refusal_has_the_same_form_and_the_headers() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let long = format!("/views?cursor={}", "a".repeat(9_000));
    let cases: [Case<'_>; 8] = [
        (Some(&wang), Method::GET, "/views", None, "200"),
        (
            Some(&wang),
            Method::GET,
            "/nothing/here",
            None,
            "404 path_unknown",
        ),
        (
            Some(&wang),
            Method::PATCH,
            "/views",
            None,
            "405 method_not_allowed",
        ),
        (Some(&wang), Method::GET, &long, None, "414 url_too_long"),
        (
            Some(&wang),
            Method::GET,
            "/views/%F0%28",
            None,
            "404 not_found",
        ),
        (None, Method::GET, "/views", None, "401 not_signed_in"),
        (
            Some(&wang),
            Method::POST,
            "/views",
            Some(json!([])),
            "400 body_invalid",
        ),
        (
            Some(&wang),
            Method::POST,
            "/views",
            Some(json!("a".repeat(1_100_000))),
            "413 too_large",
        ),
    ];
    for (who, method, path, body, told) in cases {
        let answer = server.ask(who, method.clone(), path, &[], body).await;
        assert_eq!(
            answer.told(),
            told,
            "{method} {}",
            &path[..path.len().min(40)]
        );
        assert_safe(&answer.headers);
        if told.starts_with("405") {
            assert_eq!(answer.headers["allow"], "GET,HEAD,POST");
        }
        if answer.status.is_client_error() {
            assert_eq!(answer.headers["content-type"], "application/problem+json");
            assert!(!answer.body["message"].as_str().unwrap().is_empty());
        }
    }
    let large = "b".repeat(40_000);
    let heads = [("x-much", large.as_str())];
    let answer = server
        .ask(Some(&wang), Method::GET, "/views", &heads, None)
        .await;
    assert_eq!(answer.told(), "431 headers_too_large");
    let odd = [("content-type", "text/plain")];
    let view = Some(json!({ "name": "a", "content": {} }));
    let answer = server
        .ask(Some(&wang), Method::POST, "/views", &odd, view)
        .await;
    assert_eq!(answer.told(), "415 media_type_unsupported");
}

#[tokio::test]
async fn a_foreign_name_is_refused_and_a_proxys_word_is_taken() {
    let server = Server::new().await;
    let network = Network {
        trusted_proxies: vec!["127.0.0.1".parse().unwrap()],
        hosts: vec!["plans.example.cn".into()],
        secure: false,
    };
    let server = server.framed(Frame::new(Limits::without_rates(), network, None));
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let ask = async |headers: &[(&str, &str)]| {
        server
            .ask(Some(&wang), Method::GET, "/views", headers, None)
            .await
    };
    let foreign = ask(&[("host", "evil.example")]).await;
    assert_eq!(foreign.told(), "421 host_unknown");
    assert_safe(&foreign.headers);
    let proxied = ask(&[
        ("host", "plans.example.cn"),
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-proto", "https"),
        ("x-request-id", "from-the-proxy-1"),
    ])
    .await;
    assert_eq!(proxied.told(), "200");
    assert_eq!(proxied.headers["x-request-id"], "from-the-proxy-1");
    assert!(proxied.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn whoever_asks_too_often_waits_and_others_do_not() {
    let server = Server::new().await;
    let limits = Limits {
        per_actor: Rate {
            per_second: 1,
            burst: 3,
        },
        ..Limits::without_rates()
    };
    let server = server.framed(Frame::new(limits, Network::default(), None));
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let li = server.person(Role::Manager, Scope::All, None).await;
    let mut told = Vec::new();
    for _ in 0..5 {
        told.push(server.get(&wang, "/views").await.told());
    }
    assert_eq!(told[..3], ["200", "200", "200"]);
    assert_eq!(
        told[3..],
        ["429 too_many_requests", "429 too_many_requests"]
    );
    let refused = server.get(&wang, "/views").await;
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(server.get(&li, "/views").await.told(), "200");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_clients_are_cut_off_and_others_are_served() {
    let second = Duration::from_millis(300);
    let limits = Limits {
        head_time: second,
        stall: second,
        ..Limits::without_rates()
    };
    let listening = Listening::within(limits).await;
    let wang = listening
        .server
        .person(Role::Planner, Scope::All, None)
        .await;
    let began = Instant::now();
    let half_a_head = listening
        .raw("GET /api/v1/views HTTP/1.1\r\nHost: a\r\n")
        .await;
    assert!(
        half_a_head.is_empty() || half_a_head.starts_with("HTTP/1.1 408"),
        "{half_a_head}"
    );
    let nothing = listening.raw("").await;
    assert_eq!(nothing, "");
    let half_a_body = format!(
        "POST /api/v1/views HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{\"name\"",
        wang.secret()
    );
    let answer = listening.raw(&half_a_body).await;
    assert_eq!(code(&answer), "408 body_stalled", "{answer}");
    assert!(began.elapsed() < Duration::from_secs(20));
    let health = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    assert!(listening.raw(health).await.ends_with("ok\n"));
}

/// A body that comes bit by bit, with a rest before each.
fn slowly(bytes: Vec<u8>, parts: usize, rest: Duration) -> Body {
    let length = bytes.len().div_ceil(parts);
    let parts: Vec<Vec<u8>> = bytes.chunks(length).map(<[u8]>::to_vec).collect();
    let stream = futures::stream::unfold(parts.into_iter(), move |mut parts| async move {
        let next = parts.next()?;
        tokio::time::sleep(rest).await;
        Some((Ok::<_, std::io::Error>(next), parts))
    });
    Body::from_stream(stream)
}

#[tokio::test]
async fn an_upload_takes_as_long_as_it_goes_on() {
    let limits = Limits {
        stall: Duration::from_secs(5),
        slowest_body: 1,
        request_time: Duration::from_secs(2),
        ..Limits::without_rates()
    };
    let server = Server::new().await;
    let server = server.framed(Frame::new(limits, Network::default(), None));
    let wang = server.person(Role::Planner, Scope::All, None).await;
    let form = Form::default()
        .file("file", "plan.en.toml", &example("store-chain/plan.en.toml"))
        .file("input", "org.en.csv", &example("store-chain/org.en.csv"));
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let headers = [("content-type", kind.as_str())];
    let began = Instant::now();
    let body = slowly(form.bytes(), 8, Duration::from_millis(500));
    let made = server.send(&wang, Method::POST, "/plan-files", &headers, body);
    let made = answered(made.await).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    assert!(
        began.elapsed() > Duration::from_secs(3),
        "longer than a request may be worked on"
    );
    // One that stops is cut off as before.
    let rests = slowly(vec![b' '; 2], 2, Duration::from_secs(60));
    let cut = server.send(&wang, Method::POST, "/plan-files", &headers, rests);
    let cut = answered(cut.await).await;
    assert!(
        matches!(cut.status.as_u16(), 400 | 408 | 503),
        "{}",
        cut.status
    );
    assert!(began.elapsed() < Duration::from_secs(40));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_hyper_refuses_is_no_fault_of_the_server() {
    let listening = Listening::within(Limits::without_rates()).await;
    let many: String = (0..150)
        .map(|number| format!("x-{number}: 1\r\n"))
        .collect();
    let cases = [
        ("NONSENSE\r\n\r\n".to_owned(), "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n".to_owned(), "400"),
        (format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n"), "431"),
        ("GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_owned(), "404"),
        ("GET //api/v1/views HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_owned(), "404"),
        (
            "POST /api/v1/views HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                .to_owned(),
            "4",
        ),
    ];
    for (sent, status) in cases {
        let answer = listening.raw(&sent).await;
        let given = answer.split(' ').nth(1).unwrap_or_default();
        assert!(given.starts_with(status), "{sent:.60}: {answer}");
    }
}

#[tokio::test]
async fn health_readiness_and_measures_tell_the_operator() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    server.get(&wang, "/views").await;
    for (path, begins) in [("/healthz", "ok"), ("/readyz", "ready")] {
        let (status, text) = server.text(path, &[]).await;
        assert_eq!((status, text.trim()), (StatusCode::OK, begins));
    }
    let (_, text) = server.text("/metrics", &[]).await;
    assert!(
        text.contains("fenjie_http_requests_total{route=\"/api/v1/views\""),
        "{text}"
    );
    assert!(text.contains("fenjie_http_request_seconds_bucket"));
    assert!(text.contains("fenjie_plans_in_memory 0"), "{text}");
    assert!(text.contains("fenjie_jobs{state=\"failed\"} 0"), "{text}");
    let plan = server.plan(&wang, "store-chain").await;
    server.get(&wang, &format!("{plan}/slices")).await;
    let tag = server.get(&wang, &plan).await.etag().to_owned();
    let body = serde_json::json!({ "operations": [{ "set": "store=S1", "to": "2000000" }] });
    let path = format!("{plan}/operations");
    let tag = [("if-match", tag.as_str())];
    let method = axum::http::Method::POST;
    server
        .ask(Some(&wang), method, &path, &tag, Some(body))
        .await;
    let (_, text) = server.text("/metrics", &[]).await;
    assert!(text.contains("fenjie_plans_in_memory 1"), "{text}");
    assert!(text.contains("fenjie_commits_total"), "{text}");
    assert!(text.contains("fenjie_edits_waiting 0"), "{text}");
    let (status, _) = server
        .text("/metrics", &[("x-forwarded-for", "203.0.113.9")])
        .await;
    assert_eq!(
        status,
        StatusCode::FORBIDDEN,
        "not through a proxy without the token"
    );
}

#[tokio::test]
async fn answers_are_packed_where_it_is_asked_for() {
    let server = Server::new().await;
    let wang = server.person(Role::Planner, Scope::All, None).await;
    for number in 0..30 {
        let view = json!({ "name": format!("view {number}"), "content": {} });
        server.post(&wang, "/views", view).await;
    }
    for packing in ["gzip", "br"] {
        let authorization = format!("Bearer {}", wang.secret());
        let headers = [
            ("accept-encoding", packing),
            ("authorization", authorization.as_str()),
        ];
        let answer = server.whole("/api/v1/views", &headers).await;
        assert_eq!(answer.headers()["content-encoding"], packing);
        assert_safe(answer.headers());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_times_the_load_is_turned_away_and_soon_over() {
    let limits = Limits {
        in_flight: 4,
        waiting: 4,
        wait: Duration::from_millis(200),
        ..Limits::without_rates()
    };
    let listening = Arc::new(Listening::within(limits).await);
    let wang = listening
        .server
        .person(Role::Planner, Scope::All, None)
        .await;
    let asked = format!(
        "GET /api/v1/views HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
        wang.secret()
    );
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..80 {
        let (listening, asked) = (listening.clone(), asked.clone());
        clients.spawn(async move {
            let mut told = Vec::new();
            for _ in 0..5 {
                let answer = listening.raw(&asked).await;
                let retry = answer.to_ascii_lowercase().contains("retry-after: ");
                told.push((code(&answer), retry));
            }
            told
        });
    }
    let told: Vec<(String, bool)> = clients.join_all().await.into_iter().flatten().collect();
    assert!(told.iter().any(|(code, _)| code == "200"));
    for (code, retry) in &told {
        assert!(
            code == "200" || (code == "503 overloaded" && *retry),
            "{code}"
        );
    }
    let began = Instant::now();
    assert_eq!(code(&listening.raw(&asked).await), "200");
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_finishes_what_was_begun() {
    let mut listening = Listening::within(Limits::without_rates()).await;
    let wang = listening
        .server
        .person(Role::Planner, Scope::All, None)
        .await;
    let body = r#"{"name":"a","content":{}}"#;
    let mut begun = listening.connect().await;
    let head = format!(
        "POST /api/v1/views HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        wang.secret(),
        body.len()
    );
    begun.write_all(head.as_bytes()).await.unwrap();
    let mut idle = listening.connect().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    listening.stop.take().unwrap().send(()).unwrap();
    let refused = async {
        while TcpStream::connect(listening.address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let refused = tokio::time::timeout(Duration::from_secs(10), refused).await;
    assert!(refused.is_ok(), "nobody new is taken");
    begun.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    begun.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let mut rest = Vec::new();
    let _ = idle.read_to_end(&mut rest).await;
    tokio::time::timeout(Duration::from_secs(5), listening.ended)
        .await
        .unwrap()
        .unwrap();
}
