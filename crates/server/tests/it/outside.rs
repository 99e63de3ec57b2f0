//! A receiver on loopback that keeps what it is sent, and answers as it is told to.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use fenjie_notify::{Network, Outward};
use serde_json::Value as Json;

use crate::harness::Server;

/// A receiver.
#[derive(Clone, Default)]
pub struct Receiver {
    seen: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    answer: Arc<Mutex<(u16, String)>>,
}

impl Receiver {
    /// Listens; gives its address. The server may write to loopback from now on.
    pub async fn listen(server: &Server) -> (Receiver, String) {
        let _ = server.app.clone().with_outward(Outward {
            network: Network {
                private: true,
                plain: true,
                ..Network::default()
            },
            mail: None,
        });
        let receiver = Receiver::default();
        receiver.answers(200, r#"{"errcode":0,"errmsg":"ok"}"#);
        let router = Router::new()
            .route("/hook", post(receive))
            .with_state(receiver.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hook?key=s3cret", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (receiver, address)
    }

    /// Answers so from now on.
    pub fn answers(&self, status: u16, body: &str) {
        *self.answer.lock().unwrap() = (status, body.to_owned());
    }

    /// The bodies it was sent.
    pub fn bodies(&self) -> Vec<Json> {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .map(|(_, body)| serde_json::from_str(body).unwrap())
            .collect()
    }

    /// The header of every request.
    pub fn headers(&self, name: &str) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let header =
            |(headers, _): &(HeaderMap, String)| headers[name].to_str().unwrap().to_owned();
        seen.iter().map(header).collect()
    }
}

async fn receive(
    State(receiver): State<Receiver>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, String) {
    receiver.seen.lock().unwrap().push((headers, body));
    let (status, body) = receiver.answer.lock().unwrap().clone();
    (StatusCode::from_u16(status).unwrap(), body)
}
