//! No secret is ever written to the log: every route is asked with secrets in every place that a
//! request has, and everything that was logged, at every level, is read.

use std::cell::Cell;
use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::Request;
use serde_json::Value as Json;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

use crate::harness::Server;
use crate::rights::routes;

thread_local! {
    static LISTENS: Cell<bool> = const { Cell::new(false) };
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Kept {
    type Writer = Kept;

    fn make_writer(&self) -> Kept {
        self.clone()
    }
}

#[tokio::test]
async fn no_secret_is_logged() {
    use fenjie_store::people::{Role, Scope};
    let kept = Kept::default();
    // For the whole process, so that nothing is switched off by tests beside this one; of what they
    // log nothing is kept.
    let here = dynamic_filter_fn(|_, _| LISTENS.get());
    let lines = tracing_subscriber::fmt::layer().with_writer(kept.clone());
    let all = tracing_subscriber::registry().with(lines.with_filter(here));
    tracing::subscriber::set_global_default(all).unwrap();
    LISTENS.set(true);
    let server = Server::new().await;
    let root = server.person(Role::Administrator, Scope::All, None).await;
    let document: Json = serde_json::from_str(&fenjie_server::openapi::text()).unwrap();
    let mut asked = 0;
    for route in routes(&document) {
        for signed in [true, false] {
            let path = route.path.replace('{', "SECRET-path-").replace('}', "");
            let authorization = match signed {
                true => format!("Bearer {}", root.secret()),
                false => "Bearer SECRET-bearer".to_owned(),
            };
            let request = Request::builder()
                .method(route.method.clone())
                .uri(format!("{path}?key=SECRET-query&state=SECRET-state"))
                .header("authorization", authorization)
                .header("cookie", "__Host-fenjie=SECRET-cookie")
                .header("idempotency-key", format!("k-{asked}"))
                .header("if-match", "\"1\"")
                .header("content-type", "application/json")
                .body(Body::from(
                    r#"{"login":"a","password":"SECRET-password","code":"SECRET-code","secret":"SECRET-own"}"#,
                ));
            let response = server.carry(request.unwrap()).await;
            assert!(
                !response.status().is_server_error() || response.status() == 503,
                "{path}"
            );
            asked += 1;
        }
    }
    let logged = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    let answered = logged
        .lines()
        .filter(|line| line.contains("answered"))
        .count();
    assert!(
        answered >= asked,
        "{answered} of {asked} requests are in the log"
    );
    for secret in ["SECRET-", root.secret(), "Bearer "] {
        let lines: Vec<&str> = logged
            .lines()
            .filter(|line| line.contains(secret))
            .collect();
        assert!(
            lines.is_empty(),
            "`{secret}` was logged:\n{}",
            lines.join("\n")
        );
    }
}
