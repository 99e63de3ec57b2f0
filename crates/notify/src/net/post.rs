//! One request to an address that was checked: no proxy, no redirect, a bounded time and a bounded
//! answer. Must not know what the answer means.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::redirect::Policy;

use super::{Network, target};
use crate::SendError;
use crate::error::cut_short;

/// How long it takes at most to be connected.
const CONNECT: Duration = Duration::from_secs(5);
/// How long all of it takes at most.
const WHOLE: Duration = Duration::from_secs(15);
/// How much of an answer is read, in bytes.
const LARGEST_ANSWER: usize = 16 * 1024;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The whole address.
    pub url: String,
    /// Headers besides `content-type`.
    pub headers: Vec<(&'static str, String)>,
    /// The body, JSON.
    pub body: String,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The status.
    pub status: u16,
    /// `Retry-After`, where it says seconds.
    pub after: Option<Duration>,
    /// The beginning of the body.
    pub body: String,
}

/// Trust in what the world's authorities signed.
fn trust() -> Result<rustls::ClientConfig, SendError> {
    static TRUST: OnceLock<Option<rustls::ClientConfig>> = OnceLock::new();
    let made = || {
        let roots = rustls::RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .ok()?;
        Some(config.with_root_certificates(roots).with_no_client_auth())
    };
    let config = TRUST.get_or_init(made).clone();
    config.ok_or_else(|| SendError::Unreachable {
        reason: "no TLS".into(),
    })
}

/// Posts, once.
///
/// # Errors
/// Those of the address; `receiver_unreachable`, `receiver_timed_out`.
pub async fn post(request: &Request, network: &Network) -> Result<Posted, SendError> {
    let target = target(&request.url, network).await?;
    let mut client = reqwest::Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .pool_max_idle_per_host(0)
        .user_agent(concat!("fenjie/", env!("CARGO_PKG_VERSION")))
        .tls_backend_preconfigured(trust()?);
    if let Some(name) = &target.name {
        client = client.resolve_to_addrs(name, &target.addresses);
    }
    let client = client.build().map_err(|error| unreachable(&error))?;
    let mut asked = client
        .post(target.url.clone())
        .header("content-type", "application/json; charset=utf-8")
        .body(request.body.clone());
    for (name, value) in &request.headers {
        asked = asked.header(*name, value);
    }
    let mut answer = asked.send().await.map_err(|error| unreachable(&error))?;
    let after = answer
        .headers()
        .get("retry-after")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.trim().parse().ok())
        .map(Duration::from_secs);
    let mut bytes = Vec::new();
    while bytes.len() < LARGEST_ANSWER {
        match answer.chunk().await.map_err(|error| unreachable(&error))? {
            Some(chunk) => bytes.extend_from_slice(&chunk),
            None => break,
        }
    }
    bytes.truncate(LARGEST_ANSWER);
    Ok(Posted {
        status: answer.status().as_u16(),
        after,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    })
}

/// What the client says, without the address: it carries a secret.
fn unreachable(error: &reqwest::Error) -> SendError {
    if error.is_timeout() {
        return SendError::TimedOut;
    }
    let mut reason = String::from("no connection");
    let mut source: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(inner) = source {
        reason = inner.to_string();
        source = inner.source();
    }
    SendError::Unreachable {
        reason: cut_short(&reason, 200),
    }
}
