//! Classifies IP addresses by who can be behind them, so that a payment and its credentials reach no other host.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// The kinds of addresses that the relay distinguishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddressKind {
    /// A host on the internet.
    Public,
    /// A host on a private network.
    Private,
    /// This machine.
    Loopback,
    /// An address that no provider, gateway or sandbox has, with the reason.
    Unusable(&'static str),
}

impl fmt::Display for AddressKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "a public address",
            Self::Private => "a private address",
            Self::Loopback => "a loopback address",
            Self::Unusable(reason) => reason,
        })
    }
}

/// The addresses that a connection may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// Public ones: a provider.
    Public,
    /// Public and private ones: an organisation's gateway.
    Network,
    /// Public, private and loopback ones: a sandbox.
    Sandbox,
}

impl Reach {
    /// Whether a connection may use this address.
    pub(crate) fn permits(self, address: IpAddr) -> bool {
        match AddressKind::of(address) {
            AddressKind::Public => true,
            AddressKind::Private => self >= Self::Network,
            AddressKind::Loopback => self == Self::Sandbox,
            AddressKind::Unusable(_) => false,
        }
    }
}

const METADATA: &str = "the address of a cloud's metadata service";
const LINK_LOCAL: &str = "a link-local address, which includes clouds' metadata services";
const RESERVED: &str = "a reserved address";
const MULTICAST: &str = "a multicast address";
const UNSPECIFIED: &str = "the unspecified address";
/// Such a network translates to an IPv4 address that cannot be read from the address.
const TRANSLATED: &str = "an address that is translated to another one";

/// The IPv4 networks that are not public. The first match counts. From the IANA special-purpose address registry
/// [RFC 6890], which names the RFCs.
const IPV4: &[(Ipv4Net, AddressKind)] = &[
    (v4([0, 0, 0, 0], 8), AddressKind::Unusable(UNSPECIFIED)), // [RFC 791, 3.2]
    (v4([10, 0, 0, 0], 8), AddressKind::Private),              // [RFC 1918]
    (v4([100, 100, 100, 200], 32), AddressKind::Unusable(METADATA)), // Alibaba Cloud
    (v4([100, 64, 0, 0], 10), AddressKind::Private),           // [RFC 6598]
    (v4([127, 0, 0, 0], 8), AddressKind::Loopback),            // [RFC 1122, 3.2.1.3]
    (v4([168, 63, 129, 16], 32), AddressKind::Unusable(METADATA)), // Azure's host, in a public range
    (v4([169, 254, 0, 0], 16), AddressKind::Unusable(LINK_LOCAL)), // [RFC 3927]
    (v4([172, 16, 0, 0], 12), AddressKind::Private),           // [RFC 1918]
    (v4([192, 0, 0, 192], 32), AddressKind::Unusable(METADATA)), // Oracle Cloud
    (v4([192, 0, 0, 0], 24), AddressKind::Unusable(RESERVED)), // [RFC 6890, 2.1]
    (v4([192, 0, 2, 0], 24), AddressKind::Unusable(RESERVED)), // [RFC 5737]
    (v4([192, 88, 99, 0], 24), AddressKind::Unusable(RESERVED)), // [RFC 7526]
    (v4([192, 168, 0, 0], 16), AddressKind::Private),          // [RFC 1918]
    (v4([198, 18, 0, 0], 15), AddressKind::Unusable(RESERVED)), // [RFC 2544]
    (v4([198, 51, 100, 0], 24), AddressKind::Unusable(RESERVED)), // [RFC 5737]
    (v4([203, 0, 113, 0], 24), AddressKind::Unusable(RESERVED)), // [RFC 5737]
    (v4([224, 0, 0, 0], 4), AddressKind::Unusable(MULTICAST)), // [RFC 5771]
    (v4([240, 0, 0, 0], 4), AddressKind::Unusable(RESERVED)), // [RFC 1112, 4], with the broadcast address [RFC 919]
];

/// The IPv6 networks that are not public. The first match counts. Addresses that contain an IPv4 address are classified
/// before, by that one.
const IPV6: &[(Ipv6Net, AddressKind)] = &[
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 128), AddressKind::Unusable(UNSPECIFIED)), // [RFC 4291, 2.5.2]
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), AddressKind::Loopback),              // [RFC 4291, 2.5.3]
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32), AddressKind::Unusable(TRANSLATED)), // Teredo [RFC 4380]
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), AddressKind::Unusable(RESERVED)), // [RFC 2928]
    (v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), AddressKind::Unusable(RESERVED)), // [RFC 3849]
    (v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), AddressKind::Unusable(TRANSLATED)), // 6to4 [RFC 3056]
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), AddressKind::Unusable(RESERVED)), // [RFC 9637]
    (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0], 32), AddressKind::Unusable(METADATA)), // Amazon's link services
    (v6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128), AddressKind::Unusable(METADATA)), // Google Cloud
    (v6([0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe], 128), AddressKind::Unusable(METADATA)), // Oracle Cloud
    (v6([0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42], 128), AddressKind::Unusable(METADATA)), // Scaleway
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), AddressKind::Private),            // [RFC 4193]
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), AddressKind::Unusable(LINK_LOCAL)), // [RFC 4291, 2.5.6]
    (v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), AddressKind::Unusable(MULTICAST)), // [RFC 4291, 2.7]
    // All other public addresses are in this block; the rest is not assigned, or not for hosts: site-local addresses
    // [RFC 3879], discarded ones [RFC 6666; RFC 9780], segment identifiers [RFC 9602], local translation [RFC 8215] and
    // IPv4-compatible addresses [RFC 4291, 2.5.5.1].
    (v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3), AddressKind::Public), // [RFC 4291, 2.4; IANA]
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 0), AddressKind::Unusable(RESERVED)),
];

/// The prefix that translates to the IPv4 address in the last 32 bits, on networks without IPv4. [RFC 6052, 2.1]
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96);

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6([a, b, c, d, e, f, g, h]: [u16; 8], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), prefix)
}

impl AddressKind {
    /// The kind of an address. An IPv6 address that stands for an IPv4 address is of that one's kind.
    pub(crate) fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        let found = IPV4.iter().find(|(network, _)| network.contains(&address));
        found.map_or(Self::Public, |(_, kind)| *kind)
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        // An address such as ::ffff:127.0.0.1 connects to that IPv4 address. [RFC 4291, 2.5.5.2]
        if let Some(mapped) = address.to_ipv4_mapped() {
            return Self::of_v4(mapped);
        }
        if NAT64.contains(&address) {
            let [.., a, b, c, d] = address.octets();
            return match Self::of_v4(Ipv4Addr::new(a, b, c, d)) {
                // The translator would connect to its own machine.
                Self::Loopback => Self::Unusable(TRANSLATED),
                kind => kind,
            };
        }
        let found = IPV6.iter().find(|(network, _)| network.contains(&address));
        found.map_or(Self::Unusable(RESERVED), |(_, kind)| *kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> AddressKind {
        AddressKind::of(text.parse().unwrap_or_else(|_| panic!("{text}")))
    }

    fn is_unusable(text: &str) -> bool {
        matches!(kind(text), AddressKind::Unusable(_))
    }

    #[test]
    fn classifies_the_first_and_the_last_address_of_each_ipv4_network_and_their_neighbours() {
        use AddressKind::{Loopback, Private, Public};
        for (text, expected) in [
            ("1.0.0.0", Public),
            ("8.8.8.8", Public),
            ("9.255.255.255", Public),
            ("10.0.0.0", Private),
            ("10.255.255.255", Private),
            ("11.0.0.0", Public),
            ("100.63.255.255", Public),
            ("100.64.0.0", Private),
            ("100.100.100.199", Private),
            ("100.100.100.201", Private),
            ("100.127.255.255", Private),
            ("100.128.0.0", Public),
            ("126.255.255.255", Public),
            ("127.0.0.0", Loopback),
            ("127.0.0.1", Loopback),
            ("127.255.255.255", Loopback),
            ("128.0.0.0", Public),
            ("168.63.129.15", Public),
            ("168.63.129.17", Public),
            ("169.253.255.255", Public),
            ("169.255.0.0", Public),
            ("172.15.255.255", Public),
            ("172.16.0.0", Private),
            ("172.31.255.255", Private),
            ("172.32.0.0", Public),
            ("191.255.255.255", Public),
            ("192.0.1.0", Public),
            ("192.0.1.255", Public),
            ("192.0.3.0", Public),
            ("192.88.98.255", Public),
            ("192.88.100.0", Public),
            ("192.167.255.255", Public),
            ("192.168.0.0", Private),
            ("192.168.255.255", Private),
            ("192.169.0.0", Public),
            ("198.17.255.255", Public),
            ("198.20.0.0", Public),
            ("198.51.99.255", Public),
            ("198.51.101.0", Public),
            ("203.0.112.255", Public),
            ("203.0.114.0", Public),
            ("223.255.255.255", Public),
        ] {
            assert_eq!(kind(text), expected, "{text}");
            // The same address, as IPv6 sockets show it, and behind a translator.
            assert_eq!(kind(&format!("::ffff:{text}")), expected, "{text}");
            let translated = if expected == Loopback { AddressKind::Unusable(TRANSLATED) } else { expected };
            assert_eq!(kind(&format!("64:ff9b::{text}")), translated, "{text}");
        }
        for text in [
            "0.0.0.0",
            "0.255.255.255",
            "100.100.100.200",
            "168.63.129.16",
            "169.254.0.0",
            "169.254.169.254",
            "169.254.170.2",
            "169.254.255.255",
            "192.0.0.0",
            "192.0.0.192",
            "192.0.0.255",
            "192.0.2.0",
            "192.0.2.255",
            "192.88.99.0",
            "192.88.99.255",
            "198.18.0.0",
            "198.19.255.255",
            "198.51.100.0",
            "198.51.100.255",
            "203.0.113.0",
            "203.0.113.255",
            "224.0.0.0",
            "239.255.255.255",
            "240.0.0.0",
            "255.255.255.255",
        ] {
            for text in [text.to_owned(), format!("::ffff:{text}"), format!("64:ff9b::{text}")] {
                assert!(is_unusable(&text), "{text}");
            }
        }
    }

    #[test]
    fn classifies_the_first_and_the_last_address_of_each_ipv6_network_and_their_neighbours() {
        use AddressKind::{Loopback, Private, Public};
        let last = "ffff:ffff:ffff:ffff:ffff";
        for (text, expected) in [
            ("::1".to_owned(), Loopback),
            ("2001:200::".to_owned(), Public),
            (format!("2001:db7:ffff:{last}"), Public),
            ("2001:db9::".to_owned(), Public),
            (format!("2001:ffff:ffff:{last}"), Public),
            ("2003::".to_owned(), Public),
            ("2606:4700::1111".to_owned(), Public),
            (format!("3ffe:ffff:ffff:{last}"), Public),
            ("3fff:1000::".to_owned(), Public),
            (format!("3fff:ffff:ffff:{last}"), Public),
            ("2000::".to_owned(), Public),
            ("fc00::".to_owned(), Private),
            ("fd00:ec1::1".to_owned(), Private),
            ("fd00:ec3::1".to_owned(), Private),
            ("fd20:ce::253".to_owned(), Private),
            (format!("fdff:ffff:ffff:{last}"), Private),
        ] {
            assert_eq!(kind(&text), expected, "{text}");
        }
        for text in [
            "::",
            "::2",
            "::127.0.0.1",
            "::8.8.8.8",
            "::fffe:8.8.8.8",
            "64:ff9a::8.8.8.8",
            "64:ff9b:0:1::8.8.8.8",
            "64:ff9b:1::8.8.8.8",
            "100::",
            "100:0:0:1::",
            "1fff:ffff::",
            "2001::",
            "2001::8.8.8.8",
            "2001:2::",
            "2001:20::",
            "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
            "2001:db8::",
            "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
            "2002::",
            "2002:7f00:1::",
            "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            "3fff::",
            "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
            "4000::",
            "5f00::1",
            "fbff:ffff::",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "fd20:ce::254",
            "fd00:c1::a9fe:a9fe",
            "fd00:42::42",
            "fe00::",
            "fe80::",
            "fe80::1",
            "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            "fec0::1",
            "feff::1",
            "ff00::",
            "ff02::1",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        ] {
            assert!(is_unusable(text), "{text}: {:?}", kind(text));
        }
    }

    #[test]
    fn a_provider_is_public_a_gateway_may_be_private_and_only_a_sandbox_may_be_on_this_machine() {
        for (text, permitted) in [
            ("8.8.8.8", [true, true, true]),
            ("2606:4700::1111", [true, true, true]),
            ("10.0.0.1", [false, true, true]),
            ("::ffff:192.168.0.1", [false, true, true]),
            ("fd12::1", [false, true, true]),
            ("127.0.0.1", [false, false, true]),
            ("::1", [false, false, true]),
            ("::ffff:127.0.0.1", [false, false, true]),
            ("169.254.169.254", [false, false, false]),
            ("::ffff:169.254.169.254", [false, false, false]),
            ("fe80::1", [false, false, false]),
            ("fd00:ec2::254", [false, false, false]),
            ("0.0.0.0", [false, false, false]),
            ("::", [false, false, false]),
        ] {
            let address = text.parse().unwrap();
            let found = [Reach::Public, Reach::Network, Reach::Sandbox].map(|reach| reach.permits(address));
            assert_eq!(found, permitted, "{text}");
        }
    }
}
