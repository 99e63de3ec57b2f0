//! From a text to an address that may be connected to. Must not know what is written there.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

use super::{Network, Standing, standing};
use crate::SendError;

/// The longest address, in bytes.
pub const LONGEST: usize = 2048;

/// An address that was checked: connect to `addresses` and to nothing else.
#[derive(Clone, Debug)]
pub struct Target {
    /// What to ask for.
    pub url: Url,
    /// The name in it, where it is one.
    pub name: Option<String>,
    /// What the name led to when it was checked.
    pub addresses: Vec<SocketAddr>,
}

/// An address as it may be shown: scheme, host and port, without what is secret behind them.
pub fn shown(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    }
}

/// Reads an address without asking anybody: its scheme, its port, no name or password before an `@`.
///
/// # Errors
/// `address_invalid`, `address_not_https`, `address_with_user`, `port_refused`, `address_private`,
/// `address_reserved`.
pub fn parse(text: &str, network: &Network) -> Result<Url, SendError> {
    let cut = |text: &str| text.chars().take(40).collect::<String>();
    let invalid = |why: &str| {
        let zh = format!("不是完整的网址（{why}）");
        SendError::refused(
            cut(text),
            "address_invalid",
            zh,
            format!("no whole address ({why})"),
        )
    };
    if text.len() > LONGEST {
        return Err(invalid("too long"));
    }
    // What a parser forgives, an attacker uses.
    if text
        .chars()
        .any(|letter| letter.is_control() || letter.is_whitespace() || letter == '\\')
    {
        return Err(invalid("spaces or backslashes"));
    }
    let url = Url::parse(text).map_err(|error| invalid(&error.to_string()))?;
    let address = shown(&url);
    let refused = |code, zh: &str, en: &str| Err(SendError::refused(&address, code, zh, en));
    match url.scheme() {
        "https" => {}
        "http" if network.plain => {}
        _ => {
            return refused(
                "address_not_https",
                "只发往 https 地址",
                "only https is written to",
            );
        }
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refused(
            "address_with_user",
            "网址中不能带用户名或密码",
            "an address carries no name or password",
        );
    }
    match url.port_or_known_default() {
        Some(80 | 443 | 1024..) => {}
        _ => {
            return refused(
                "port_refused",
                "不发往这个端口",
                "nothing is sent to that port",
            );
        }
    }
    match url.host() {
        None => refused("address_invalid", "没有主机名", "it has no host"),
        Some(Host::Domain(_)) => Ok(url),
        Some(Host::Ipv4(own)) => checked(&url, IpAddr::V4(own), network).map(|()| url),
        Some(Host::Ipv6(own)) => checked(&url, IpAddr::V6(own), network).map(|()| url),
    }
}

/// Reads an address, resolves its name once, and checks every address that the name leads to.
///
/// # Errors
/// Those of [`parse`]; `name_unknown`.
pub async fn target(text: &str, network: &Network) -> Result<Target, SendError> {
    let url = parse(text, network)?;
    let port = url.port_or_known_default().unwrap_or(443);
    let (name, found) = match url.host() {
        Some(Host::Ipv4(own)) => (None, vec![IpAddr::V4(own)]),
        Some(Host::Ipv6(own)) => (None, vec![IpAddr::V6(own)]),
        Some(Host::Domain(name)) => {
            let name = name.to_owned();
            let found = network.resolver.resolve(&name).await.unwrap_or_default();
            (Some(name), found)
        }
        None => (None, Vec::new()),
    };
    if found.is_empty() {
        return Err(SendError::refused(
            shown(&url),
            "name_unknown",
            "域名解析不到地址",
            "the name leads to no address",
        ));
    }
    for address in &found {
        checked(&url, *address, network)?;
    }
    let addresses = found
        .into_iter()
        .map(|ip| SocketAddr::new(ip, port))
        .collect();
    Ok(Target {
        url,
        name,
        addresses,
    })
}

fn checked(url: &Url, address: IpAddr, network: &Network) -> Result<(), SendError> {
    match standing(address) {
        Standing::Public => Ok(()),
        Standing::Private if network.private => Ok(()),
        Standing::Private => Err(SendError::refused(
            shown(url),
            "address_private",
            "它指向本机或内网",
            "it leads to this machine or an inner network",
        )),
        Standing::Never => Err(SendError::refused(
            shown(url),
            "address_reserved",
            "它指向保留地址",
            "it leads to a reserved address",
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::net::IpAddr;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;
    use fenjie_message::Message;

    use super::{Network, target};
    use crate::net::Resolver;

    /// Names as a test wants them; every answer after the first is loopback, as a rebinding name's is.
    struct Names(HashMap<&'static str, Vec<&'static str>>, AtomicUsize);

    #[async_trait]
    impl Resolver for Names {
        async fn resolve(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
            let asked = self.1.fetch_add(1, Ordering::SeqCst);
            if asked > 0 && name == "rebinding.example" {
                return Ok(vec!["127.0.0.1".parse().unwrap()]);
            }
            let known = self.0.get(name.trim_end_matches('.'));
            let parsed = known.map(|own| own.iter().map(|text| text.parse().unwrap()).collect());
            parsed.ok_or_else(|| std::io::Error::other("unknown"))
        }
    }

    fn network() -> Network {
        let names = HashMap::from([
            ("fine.example", vec!["93.184.216.34"]),
            ("localhost", vec!["127.0.0.1", "::1"]),
            ("inner.example", vec!["10.0.0.7"]),
            ("both.example", vec!["93.184.216.34", "127.0.0.1"]),
            ("mapped.example", vec!["::ffff:127.0.0.1"]),
            ("nat64.example", vec!["64:ff9b::a00:1"]),
            ("cloud.example", vec!["169.254.169.254"]),
            ("rebinding.example", vec!["93.184.216.34"]),
        ]);
        Network {
            resolver: Arc::new(Names(names, AtomicUsize::new(0))),
            ..Network::default()
        }
    }

    async fn told(text: &str, network: &Network) -> &'static str {
        match target(text, network).await {
            Ok(_) => "ok",
            Err(error) => error.code(),
        }
    }

    #[tokio::test]
    async fn what_leads_inside_is_refused_however_it_is_written() {
        let network = network();
        for (text, code) in [
            ("https://fine.example/hook?key=1", "ok"),
            ("https://fine.example:8443/", "ok"),
            ("https://93.184.216.34/", "ok"),
            ("https://localhost/", "address_private"),
            ("https://localhost./", "address_private"),
            ("https://LOCALHOST/", "address_private"),
            ("https://inner.example/", "address_private"),
            ("https://both.example/", "address_private"),
            ("https://mapped.example/", "address_private"),
            ("https://nat64.example/", "address_private"),
            ("https://cloud.example/latest", "address_reserved"),
            ("https://127.0.0.1/", "address_private"),
            ("https://2130706433/", "address_private"),
            ("https://0x7f000001/", "address_private"),
            ("https://0x7f.1/", "address_private"),
            ("https://017700000001/", "address_private"),
            ("https://0177.0.0.1/", "address_private"),
            ("https://127.1/", "address_private"),
            ("https://１２７.0.0.1/", "address_private"),
            ("https://127。0。0。1/", "address_private"),
            ("https://0/", "address_reserved"),
            ("https://[::1]/", "address_private"),
            ("https://[::ffff:127.0.0.1]/", "address_private"),
            ("https://[fe80::1]/", "address_reserved"),
            ("https://[fe80::1%25eth0]/", "address_invalid"),
            (
                "https://169.254.169.254/latest/meta-data",
                "address_reserved",
            ),
            ("https://fine.example@127.0.0.1/", "address_with_user"),
            ("https://fine.example:443@127.0.0.1/", "address_with_user"),
            ("https://user:secret@fine.example/", "address_with_user"),
            ("https://127.0.0.1\\@fine.example/", "address_invalid"),
            ("https://fine.example\t/", "address_invalid"),
            ("https://fine.example:22/", "port_refused"),
            ("https://fine.example:25/", "port_refused"),
            ("https://fine.example:0/", "port_refused"),
            ("http://fine.example/", "address_not_https"),
            ("ftp://fine.example/", "address_not_https"),
            ("file:///etc/passwd", "address_not_https"),
            ("gopher://fine.example:6379/_x", "address_not_https"),
            ("//fine.example/", "address_invalid"),
            ("", "address_invalid"),
            ("https://nobody.example/", "name_unknown"),
        ] {
            assert_eq!(told(text, &network).await, code, "{text}");
        }
    }

    #[tokio::test]
    async fn a_name_is_asked_for_once_and_what_it_said_is_used() {
        let network = network();
        let found = target("https://rebinding.example/", &network)
            .await
            .unwrap();
        assert_eq!(found.addresses, ["93.184.216.34:443".parse().unwrap()]);
        assert_eq!(
            told("https://rebinding.example/", &network).await,
            "address_private"
        );
    }

    #[tokio::test]
    async fn an_operator_may_allow_inner_networks_and_never_the_machines_own_services() {
        let network = Network {
            private: true,
            plain: true,
            ..network()
        };
        assert_eq!(told("http://inner.example/", &network).await, "ok");
        assert_eq!(told("http://127.0.0.1:8080/", &network).await, "ok");
        assert_eq!(
            told("http://cloud.example/", &network).await,
            "address_reserved"
        );
        assert_eq!(told("http://127.0.0.1:25/", &network).await, "port_refused");
    }

    #[tokio::test]
    async fn a_refusal_does_not_repeat_what_is_secret() {
        let error = target("https://10.0.0.1/hook?key=s3cret", &network())
            .await
            .unwrap_err();
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
}
