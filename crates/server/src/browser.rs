//! The browser at the other end: its cookies, and whether a request comes from a page of ours. Must
//! not know sessions or routes.
//!
//! Over TLS (behind a proxy, as a rule) the cookie is `__Host-fenjie`: Secure, HttpOnly,
//! SameSite=Lax, for this host alone. Browsers keep no such cookie over plain HTTP; at this very
//! machine, called `localhost`, `127.0.0.1` or `[::1]`, it is `fenjie-local` without Secure, and
//! `fenjie-local` counts for nothing anywhere else.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use fenjie_app::AppError;

use crate::frame::Client;
use crate::state::State;

/// A cookie of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The session.
    Session,
    /// A device that somebody has signed in on before.
    Device,
    /// A sign-in that has gone to an identity provider.
    Elsewhere,
}

impl Kind {
    fn name(self, plain: bool) -> &'static str {
        match (self, plain) {
            (Kind::Session, false) => "__Host-fenjie",
            (Kind::Session, true) => "fenjie-local",
            (Kind::Device, false) => "__Host-fenjie-device",
            (Kind::Device, true) => "fenjie-device-local",
            (Kind::Elsewhere, false) => "__Host-fenjie-oidc",
            (Kind::Elsewhere, true) => "fenjie-oidc-local",
        }
    }
}

/// What a request tells of the browser.
pub(crate) struct Browser<'p> {
    headers: &'p HeaderMap,
    method: &'p Method,
    host: Option<String>,
    secure: bool,
    plain: bool,
}

impl<'p> Browser<'p> {
    /// The browser that a request is from.
    pub(crate) fn of(parts: &'p Parts) -> Browser<'p> {
        let client = parts.extensions.get::<Client>();
        let named = parts
            .headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let host = parts
            .uri
            .authority()
            .map(|authority| authority.as_str())
            .or(named);
        let host = host.map(str::to_ascii_lowercase);
        let here = client.is_some_and(|client| client.here && !client.secure);
        Browser {
            headers: &parts.headers,
            method: &parts.method,
            plain: here && host.as_deref().is_some_and(is_loopback_name),
            secure: client.is_some_and(|client| client.secure),
            host,
        }
    }

    /// Whether somebody sits at this machine and has called it by a name of its own, from no foreign
    /// page. A page elsewhere whose name was pointed here calls it by that name.
    pub(crate) fn is_here(&self) -> bool {
        self.plain && !self.is_foreign()
    }

    /// Where the browser has found us, such as `https://fenjie.example.com`.
    pub(crate) fn place(&self) -> Option<String> {
        let scheme = if self.plain { "http" } else { "https" };
        self.host.as_ref().map(|host| format!("{scheme}://{host}"))
    }

    /// The secret in a cookie of ours.
    pub(crate) fn secret(&self, kind: Kind) -> Option<String> {
        let jar = CookieJar::from_headers(self.headers);
        let found = jar
            .get(kind.name(self.plain))
            .or_else(|| jar.get(kind.name(false)))?;
        (!found.value().is_empty()).then(|| found.value().to_owned())
    }

    /// How cookies are set there.
    pub(crate) fn cookies(&self) -> Cookies {
        Cookies { plain: self.plain }
    }

    /// Whether the request says that it comes from a page elsewhere.
    fn is_foreign(&self) -> bool {
        let site = self
            .headers
            .get("sec-fetch-site")
            .map(HeaderValue::as_bytes);
        let foreign_site = site.is_some_and(|site| site != b"same-origin" && site != b"none");
        foreign_site || self.origin().is_some_and(|origin| !self.is_ours(origin))
    }

    fn origin(&self) -> Option<&str> {
        let origin = self.headers.get(header::ORIGIN)?;
        // What cannot be read is nobody's.
        Some(origin.to_str().unwrap_or("null"))
    }

    fn is_ours(&self, origin: &str) -> bool {
        let Some((scheme, authority)) = origin.split_once("://") else {
            return false;
        };
        let scheme = match (self.secure, self.plain) {
            (true, _) => scheme == "https",
            (_, true) => scheme == "http",
            // A proxy that does not say whether it was TLS: the name decides.
            _ => scheme == "https" || scheme == "http",
        };
        scheme && self.host.as_deref() == Some(&authority.to_ascii_lowercase())
    }

    /// Refuses a request that says it comes from a page elsewhere.
    ///
    /// # Errors
    /// `origin_foreign`.
    pub(crate) fn not_foreign(&self) -> Result<(), AppError> {
        match self.is_foreign() {
            false => Ok(()),
            true => Err(AppError::ForeignOrigin),
        }
    }

    /// Lets pass what changes nothing, and what provably comes from a page of ours: a cookie comes
    /// along with every request, whoever's page made it.
    ///
    /// # Errors
    /// `origin_foreign`.
    pub(crate) fn same_origin(&self) -> Result<(), AppError> {
        if matches!(*self.method, Method::GET | Method::HEAD | Method::OPTIONS) {
            return Ok(());
        }
        self.not_foreign()?;
        let site = self
            .headers
            .get("sec-fetch-site")
            .map(HeaderValue::as_bytes);
        match site == Some(b"same-origin") || self.origin().is_some() {
            true => Ok(()),
            false => Err(AppError::ForeignOrigin),
        }
    }
}

/// How cookies of ours are set in the browser at the other end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cookies {
    plain: bool,
}

impl Cookies {
    /// A cookie of ours, to be set for so many seconds; 0 takes it away.
    pub(crate) fn set(self, kind: Kind, secret: &str, seconds: i64) -> HeaderValue {
        let mut cookie = Cookie::build((kind.name(self.plain), secret.to_owned()))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .build();
        cookie.set_secure(!self.plain);
        let text = format!("{cookie}; Max-Age={}", seconds.max(0));
        HeaderValue::from_str(&text).expect("a cookie of ours is ASCII")
    }
}

impl FromRequestParts<State> for Cookies {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Infallible> {
        Ok(Browser::of(parts).cookies())
    }
}

fn is_loopback_name(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use axum::http::request::Parts;

    use super::{Browser, Kind};
    use crate::frame::Client;

    fn parts(here: bool, secure: bool, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::post("/x");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(Client {
            address: "192.0.2.1".parse().unwrap(),
            here,
            secure,
            proxied: false,
        });
        parts
    }

    #[test]
    fn a_cookie_is_for_this_host_alone() {
        let tls = parts(false, true, &[("host", "fenjie.example.com")]);
        let set = Browser::of(&tls).cookies().set(Kind::Session, "abc", 60);
        assert_eq!(
            set,
            "__Host-fenjie=abc; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60"
        );
        let here = parts(true, false, &[("host", "localhost:8737")]);
        let set = Browser::of(&here).cookies().set(Kind::Session, "abc", 60);
        assert_eq!(
            set,
            "fenjie-local=abc; HttpOnly; SameSite=Lax; Path=/; Max-Age=60"
        );
    }

    #[test]
    fn the_plain_cookie_counts_at_this_machine_only() {
        let cookie = ("cookie", "fenjie-local=abc");
        let table = [
            (true, "127.0.0.1:8737", Some("abc")),
            (true, "[::1]:8737", Some("abc")),
            (true, "fenjie.example.com", None),
            (true, "localhost.example.com", None),
            (false, "localhost", None),
        ];
        for (here, host, expected) in table {
            let parts = parts(here, false, &[("host", host), cookie]);
            let found = Browser::of(&parts).secret(Kind::Session);
            assert_eq!(found.as_deref(), expected, "{here} {host}");
        }
    }

    #[test]
    fn only_pages_of_ours_change_anything() {
        let host = ("host", "fenjie.example.com");
        let table: &[(&[(&str, &str)], bool)] = &[
            (&[host], false),
            (&[host, ("origin", "https://fenjie.example.com")], true),
            (&[host, ("origin", "https://FENJIE.example.com")], true),
            (&[host, ("origin", "http://fenjie.example.com")], false),
            (&[host, ("origin", "https://fenjie.example.com:444")], false),
            (&[host, ("origin", "https://evil.example.com")], false),
            (
                &[host, ("origin", "https://fenjie.example.com.evil.cn")],
                false,
            ),
            (&[host, ("origin", "null")], false),
            (&[host, ("sec-fetch-site", "same-origin")], true),
            (&[host, ("sec-fetch-site", "same-site")], false),
            (&[host, ("sec-fetch-site", "cross-site")], false),
            (&[host, ("sec-fetch-site", "none")], false),
            (
                &[
                    host,
                    ("sec-fetch-site", "same-origin"),
                    ("origin", "https://evil.example.com"),
                ],
                false,
            ),
        ];
        for (headers, expected) in table {
            let parts = parts(false, true, headers);
            assert_eq!(
                Browser::of(&parts).same_origin().is_ok(),
                *expected,
                "{headers:?}"
            );
        }
    }

    #[test]
    fn a_name_pointed_here_is_not_here() {
        /// Whether the peer is here, the headers, and whether it may pass.
        type Case<'c> = (bool, &'c [(&'c str, &'c str)], bool);
        let table: &[Case<'_>] = &[
            (true, &[("host", "localhost:8737")], true),
            (true, &[("host", "evil.example.com:8737")], false),
            (true, &[], false),
            (false, &[("host", "localhost:8737")], false),
            (
                true,
                &[
                    ("host", "localhost:8737"),
                    ("origin", "http://localhost:8737"),
                ],
                true,
            ),
            (
                true,
                &[
                    ("host", "localhost:8737"),
                    ("origin", "http://localhost:9999"),
                ],
                false,
            ),
            (
                true,
                &[
                    ("host", "localhost:8737"),
                    ("origin", "https://evil.example.com"),
                ],
                false,
            ),
            (
                true,
                &[("host", "localhost:8737"), ("sec-fetch-site", "cross-site")],
                false,
            ),
        ];
        for (here, headers, expected) in table {
            let parts = parts(*here, false, headers);
            assert_eq!(
                Browser::of(&parts).is_here(),
                *expected,
                "{here} {headers:?}"
            );
        }
    }
}
