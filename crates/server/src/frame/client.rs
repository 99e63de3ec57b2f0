//! Who is at the other end: the address behind trusted proxies, the name that was called, the number
//! of the request. Must not know routes.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

/// Addresses in a row, such as `10.0.0.0/8` or `::1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange {
    first: IpAddr,
    bits: u32,
}

impl FromStr for AddressRange {
    type Err = ();

    fn from_str(text: &str) -> Result<AddressRange, ()> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().map_err(|_| ())?)),
            None => (text, None),
        };
        let first: IpAddr = address.trim().parse().map_err(|_| ())?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most)
            .then_some(AddressRange { first, bits })
            .ok_or(())
    }
}

impl AddressRange {
    /// Whether an address is one of them.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                let keep = 32 - self.bits;
                u64::from(first.to_bits()) >> keep == u64::from(address.to_bits()) >> keep
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                let beyond = 128 - self.bits;
                let cut = |bits: u128| bits.checked_shr(beyond).unwrap_or(0);
                cut(first.to_bits()) == cut(address.to_bits())
            }
            _ => false,
        }
    }
}

/// Where requests may come from, and under which names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// Proxies whose `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Request-Id` are believed.
    pub trusted_proxies: Vec<AddressRange>,
    /// The names this server is called by, without port, in lower case; none for any.
    pub hosts: Vec<String>,
    /// Whether people reach it over TLS.
    pub secure: bool,
}

/// Who is at the other end of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// Their address, as far as it can be believed.
    pub address: IpAddr,
    /// Whether they sit at this machine, with no proxy between.
    pub here: bool,
    /// Whether they came over TLS.
    pub secure: bool,
    /// Whether a proxy of ours sent them.
    pub proxied: bool,
}

impl Network {
    /// Who is at the other end.
    pub(crate) fn client(&self, parts: &Parts) -> Client {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| {
                peer.0.ip().to_canonical()
            });
        let proxied = self.trusts(peer);
        let forwarded = ["x-forwarded-for", "forwarded", "x-real-ip"]
            .iter()
            .any(|name| parts.headers.contains_key(*name));
        let secure =
            self.secure || (proxied && last(&parts.headers, "x-forwarded-proto") == Some("https"));
        Client {
            address: match proxied {
                true => self.behind(peer, &parts.headers),
                false => peer,
            },
            here: peer.is_loopback() && !forwarded,
            secure,
            proxied,
        }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies
            .iter()
            .any(|range| range.contains(address))
    }

    /// The last address of `X-Forwarded-For` that is no proxy of ours: what stands before it may have
    /// been written by anybody.
    fn behind(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut found = peer;
        let values = headers.get_all("x-forwarded-for");
        let named: Vec<&str> = values
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        for name in named.into_iter().rev() {
            let Ok(address) = name.trim().parse::<IpAddr>() else {
                return found;
            };
            found = address.to_canonical();
            if !self.trusts(found) {
                return found;
            }
        }
        found
    }

    /// Whether the request calls this server by a name of its own (against pages elsewhere that have
    /// their own name point here).
    pub(crate) fn knows_host(&self, parts: &Parts) -> bool {
        if self.hosts.is_empty() {
            return true;
        }
        let named = parts.uri.host().map(str::to_owned).or_else(|| {
            let value = parts.headers.get(header::HOST)?.to_str().ok()?;
            Some(without_port(value).to_owned())
        });
        // Without a name nobody was led here by one.
        named.is_none_or(|named| {
            let named = named.trim_matches(['[', ']']).to_ascii_lowercase();
            self.hosts.contains(&named)
        })
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn last<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    value.rsplit(',').next().map(str::trim)
}

/// The number of a request: the one that a proxy of ours gave, or a new one.
pub(crate) fn request_number(headers: &HeaderMap, proxied: bool) -> String {
    let given = headers
        .get("x-request-id")
        .and_then(|value| value.to_str().ok());
    let formed = |id: &&str| {
        (8..=64).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    match given.filter(formed).filter(|_| proxied) {
        Some(given) => given.to_owned(),
        None => format!("{:032x}", rand::random::<u128>()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::extract::ConnectInfo;
    use axum::http::Request;

    use super::{AddressRange, Network, request_number};

    #[test]
    fn ranges_hold_what_they_say() {
        let check = |range: &str, address: &str, inside: bool| {
            let range: AddressRange = range.parse().unwrap();
            assert_eq!(
                range.contains(address.parse().unwrap()),
                inside,
                "{address}"
            );
        };
        check("10.0.0.0/8", "10.255.1.2", true);
        check("10.0.0.0/8", "11.0.0.1", false);
        check("192.168.1.7", "192.168.1.7", true);
        check("192.168.1.7", "192.168.1.8", false);
        check("0.0.0.0/0", "203.0.113.9", true);
        check("::/0", "2001:db8::1", true);
        check("2001:db8::/32", "2001:db9::1", false);
        check("127.0.0.0/8", "::ffff:127.0.0.1", true);
        for wrong in ["", "10.0.0.0/33", "ten", "::1/129", "1.2.3.4/x"] {
            assert!(wrong.parse::<AddressRange>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed() {
        let check = |trusted: &str, peer: &str, forwarded: &str, expected: &str| {
            let network = Network {
                trusted_proxies: trusted
                    .split_whitespace()
                    .map(|one| one.parse().unwrap())
                    .collect(),
                ..Network::default()
            };
            let mut request = Request::builder();
            if !forwarded.is_empty() {
                request = request.header("x-forwarded-for", forwarded);
            }
            let mut parts = request.body(()).unwrap().into_parts().0;
            let peer = SocketAddr::new(peer.parse().unwrap(), 1);
            parts.extensions.insert(ConnectInfo(peer));
            let client = network.client(&parts);
            assert_eq!(client.address.to_string(), expected, "{peer} {forwarded}");
        };
        check("", "198.51.100.1", "203.0.113.9", "198.51.100.1");
        check("10.0.0.0/8", "10.0.0.1", "203.0.113.9", "203.0.113.9");
        check(
            "10.0.0.0/8",
            "10.0.0.1",
            "6.6.6.6, 203.0.113.9, 10.0.0.2",
            "203.0.113.9",
        );
        check("10.0.0.0/8", "10.0.0.1", "6.6.6.6, nonsense", "10.0.0.1");
        check("10.0.0.0/8", "10.0.0.1", "", "10.0.0.1");
    }

    #[test]
    fn a_foreign_name_and_number_are_refused() {
        let network = Network {
            hosts: vec!["plans.example.cn".into(), "::1".into()],
            ..Network::default()
        };
        let check = |host: &str, known: bool| {
            let request = Request::builder().uri("/").header("host", host);
            let parts = request.body(()).unwrap().into_parts().0;
            assert_eq!(network.knows_host(&parts), known, "{host}");
        };
        check("plans.example.cn", true);
        check("Plans.Example.CN:8443", true);
        check("[::1]:8737", true);
        check("evil.example", false);
        check("plans.example.cn.evil.example", false);
        let number = |given: &str, proxied| {
            let request = Request::builder().header("x-request-id", given);
            let kept = request_number(request.body(()).unwrap().headers(), proxied);
            kept == given
        };
        assert!(number("0123-abcd_EF", true));
        assert!(!number("0123-abcd_EF", false));
        assert!(!number("a b c d e f g", true));
        assert!(!number("short", true));
    }
}
