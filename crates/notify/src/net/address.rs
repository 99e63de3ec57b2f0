//! Which addresses belong to nobody but us, and which to nobody at all. Must not know names or ports.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// To the world outside.
    Public,
    /// To this machine or the network it stands in: only where the operator allows it.
    Private,
    /// Nowhere that a message is ever sent to: link-local, multicast, reserved, for documents.
    Never,
}

/// Ranges of IPv4 in the order of RFC 6890: network, length of its prefix, where it leads.
const V4: [(Ipv4Addr, u32, Standing); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8, Standing::Never),
    (Ipv4Addr::new(10, 0, 0, 0), 8, Standing::Private),
    (Ipv4Addr::new(100, 64, 0, 0), 10, Standing::Private),
    (Ipv4Addr::new(127, 0, 0, 0), 8, Standing::Private),
    (Ipv4Addr::new(169, 254, 0, 0), 16, Standing::Never),
    (Ipv4Addr::new(172, 16, 0, 0), 12, Standing::Private),
    (Ipv4Addr::new(192, 0, 0, 0), 24, Standing::Never),
    (Ipv4Addr::new(192, 0, 2, 0), 24, Standing::Never),
    (Ipv4Addr::new(192, 88, 99, 0), 24, Standing::Never),
    (Ipv4Addr::new(192, 168, 0, 0), 16, Standing::Private),
    (Ipv4Addr::new(198, 18, 0, 0), 15, Standing::Never),
    (Ipv4Addr::new(198, 51, 100, 0), 24, Standing::Never),
    (Ipv4Addr::new(203, 0, 113, 0), 24, Standing::Never),
    (Ipv4Addr::new(224, 0, 0, 0), 4, Standing::Never),
    (Ipv4Addr::new(240, 0, 0, 0), 4, Standing::Never),
    (Ipv4Addr::new(255, 255, 255, 255), 32, Standing::Never),
];

/// Where an address leads. Addresses of IPv6 that carry one of IPv4 lead where that one leads.
pub fn standing(address: IpAddr) -> Standing {
    match address {
        IpAddr::V4(address) => of_v4(address),
        IpAddr::V6(address) => of_v6(address),
    }
}

fn of_v4(address: Ipv4Addr) -> Standing {
    let inside = |(network, length, _): &&(Ipv4Addr, u32, Standing)| {
        let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
        u32::from(address) & mask == u32::from(*network)
    };
    V4.iter()
        .find(inside)
        .map_or(Standing::Public, |(_, _, standing)| *standing)
}

fn of_v6(address: Ipv6Addr) -> Standing {
    let parts = address.segments();
    let carried =
        |high: u16, low: u16| of_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    match parts {
        [0, 0, 0, 0, 0, 0, 0, 1] => Standing::Private,
        // Mapped, and the older form without ffff.
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] => carried(high, low),
        // NAT64, the well-known prefix and the local one.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => carried(high, low),
        [0x64, 0xff9b, 1, ..] => Standing::Never,
        // 6to4 carries its router's address; Teredo hides one.
        [0x2002, high, low, ..] => carried(high, low),
        [0x2001, 0, ..] => Standing::Never,
        // Benchmarks, ORCHID, documents.
        [0x2001, 2 | 0x10..=0x2f | 0xdb8, ..] => Standing::Never,
        [0x3fff, 0..=0x0fff, ..] => Standing::Never,
        // Unique local; link-local and what was site-local; multicast.
        [0xfc00..=0xfdff, ..] => Standing::Private,
        [0xfe80..=0xfeff, ..] | [0xff00..=0xffff, ..] => Standing::Never,
        // Only 2000::/3 is given out.
        [0x2000..=0x3fff, ..] => Standing::Public,
        _ => Standing::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::{Standing, standing};

    fn of(text: &str) -> Standing {
        standing(text.parse().unwrap())
    }

    #[test]
    fn our_own_ranges_are_private_and_the_worlds_are_not() {
        for own in [
            "127.0.0.1",
            "127.255.0.9",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.3.4",
            "100.64.0.1",
            "100.127.255.255",
            "::1",
            "fc00::1",
            "fd12:3456::1",
            "::ffff:127.0.0.1",
            "::ffff:10.1.2.3",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::192.168.1.1",
            "2002:7f00:1::",
            "2002:c0a8:101::1",
        ] {
            assert_eq!(of(own), Standing::Private, "{own}");
        }
        for world in [
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "1.1.1.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "198.20.0.1",
        ] {
            assert_eq!(of(world), Standing::Public, "{world}");
        }
    }

    #[test]
    fn some_addresses_are_never_written_to() {
        for never in [
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "198.51.100.7",
            "203.0.113.9",
            "198.18.0.1",
            "198.19.255.255",
            "::",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "100::1",
            "64:ff9b:1::1",
            "4000::1",
        ] {
            assert_eq!(of(never), Standing::Never, "{never}");
        }
    }
}
