//! Calls to identity providers: no redirects, bounded in time and size, and only to addresses that may
//! be called, checked where the connection is made. Must not know the protocol.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::oidc::OidcError;

/// How long one call may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer, in bytes.
const LARGEST: usize = 1024 * 1024;

/// Why a call did not come about.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The address may not be called.
    #[error("{0} may not be called")]
    Address(String),
    /// The answer is too large.
    #[error("the answer is larger than {LARGEST} bytes")]
    TooLarge,
    /// The network.
    #[error(transparent)]
    Network(#[from] reqwest::Error),
    /// What came is no HTTP.
    #[error(transparent)]
    Http(#[from] openidconnect::http::Error),
}

/// Calls identity providers.
pub(crate) struct Caller {
    client: reqwest::Client,
    private: bool,
}

impl Caller {
    /// A caller; `private` allows plain HTTP and private addresses.
    pub(crate) fn new(private: bool) -> Result<Caller, OidcError> {
        // Whoever was first has installed the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(PATIENCE);
        if !private {
            builder = builder.dns_resolver(Arc::new(PublicOnly));
        }
        let client = builder.build().map_err(|error| OidcError::Unreachable {
            reason: error.to_string(),
        })?;
        Ok(Caller { client, private })
    }

    fn allowed(&self, url: &Url) -> bool {
        let public = match url.host() {
            Some(Host::Ipv4(address)) => is_public(address.into()),
            Some(Host::Ipv6(address)) => is_public(address.into()),
            Some(Host::Domain(_)) => true,
            None => return false,
        };
        let scheme = url.scheme();
        (public && scheme == "https") || (self.private && matches!(scheme, "http" | "https"))
    }

    async fn carry(&self, request: HttpRequest) -> Result<HttpResponse, CallError> {
        let request = reqwest::Request::try_from(request)?;
        if !self.allowed(request.url()) {
            return Err(CallError::Address(request.url().to_string()));
        }
        let mut answer = self.client.execute(request).await?;
        let mut built = openidconnect::http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            built = built.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > LARGEST {
                return Err(CallError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(built.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Caller {
    type Error = CallError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, CallError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.carry(request))
    }
}

/// Resolves names to addresses of the public network alone; the connection is made to what was
/// checked.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(CallError::Address(name.as_str().to_owned()).into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is of the public network.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified()
                || address.is_multicast()
                || address.is_broadcast()
                || address.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (b == 18 || b == 19)))
        }
        IpAddr::V6(address) => {
            let first = address.segments()[0];
            // Only what is handed out for the public network, without tunnels into IPv4.
            (0x2000..0x4000).contains(&first)
                && first != 0x2002
                && !(first == 0x2001 && matches!(address.segments()[1], 0 | 0x0db8))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Caller, is_public};

    #[test]
    fn only_public_addresses_are_called() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "::ffff:10.0.0.1",
            "2002:a00:1::1",
            "64:ff9b::a00:1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "8.8.8.8", "2606:4700::1111"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn only_https_unless_allowed() {
        let table = [
            ("https://id.example.com/x", true, true),
            ("http://id.example.com/x", false, true),
            ("https://127.0.0.1/x", false, true),
            ("https://[::1]/x", false, true),
            ("file:///etc/passwd", false, false),
            ("ftp://id.example.com", false, false),
        ];
        for (url, usual, private) in table {
            let url = url.parse().unwrap();
            assert_eq!(Caller::new(false).unwrap().allowed(&url), usual, "{url}");
            assert_eq!(Caller::new(true).unwrap().allowed(&url), private, "{url}");
        }
    }
}
