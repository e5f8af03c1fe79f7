//! The address of a client: that of its connection, or the one that a trusted proxy reports.
//!
//! Input: the peer of the connection, the header fields, the networks of trusted proxies. Output: an address. `X-Forwarded-For`
//! and `Forwarded` (RFC 7239) are read only if the peer is such a proxy, from their end: every proxy adds the address that it
//! saw, so the last one that is not a trusted proxy's is the client's, and what the client wrote stands before it.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::header::FORWARDED;
use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

/// The peer of a request's connection, as an extension of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the client.
#[must_use]
pub fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let peer = peer.to_canonical();
    if !is_trusted(peer, trusted) {
        return peer;
    }
    let listed = items(headers, &X_FORWARDED_FOR).map(|item| parse(&item));
    let by_list = last_untrusted(peer, listed, trusted);
    let elements = items(headers, &FORWARDED).map(|item| node(&item).and_then(parse));
    let by_elements = last_untrusted(peer, elements, trusted);
    match (headers.contains_key(X_FORWARDED_FOR), headers.contains_key(FORWARDED)) {
        (true, false) => by_list,
        (false, true) => by_elements,
        // A proxy writes one of them and may pass on the other as the client wrote it. Neither is believed if they differ.
        (true, true) if by_list == by_elements => by_list,
        _ => peer,
    }
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// The first address, from the end, that is not trusted; the last known one if the next is not an address.
fn last_untrusted(peer: IpAddr, from_end: impl Iterator<Item = Option<IpAddr>>, trusted: &[IpNet]) -> IpAddr {
    let mut known = peer;
    for address in from_end {
        let Some(address) = address else { return known };
        known = address;
        if !is_trusted(address, trusted) {
            return known;
        }
    }
    known
}

/// The items of a list in all fields of a name, from its end.
fn items<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = String> + use<'a> {
    let fields: Vec<_> = headers.get_all(name).iter().collect();
    let items = fields.into_iter().rev().flat_map(|field| field.as_bytes().rsplit(|byte| *byte == b','));
    items.map(|item| String::from_utf8_lossy(item).trim().to_owned())
}

/// The value of `for` in an element of `Forwarded`.
fn node(element: &str) -> Option<&str> {
    let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("for"))?;
    Some(value.trim_matches('"'))
}

/// Parses an address with or without brackets and port.
fn parse(text: impl AsRef<str>) -> Option<IpAddr> {
    let text = text.as_ref();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse().ok().map(|socket: SocketAddr| socket.ip()))?;
    Some(address.to_canonical())
}

/// The part of an address that one subscriber has: of IPv6 the first 64 bits.
#[must_use]
pub fn subscriber(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, fields: &[(HeaderName, &'static str)], trusted: &[&str]) -> String {
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().expect("a network")).collect();
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(name, axum::http::HeaderValue::from_static(value));
        }
        address(peer.parse().expect("an address"), &headers, &trusted).to_string()
    }

    #[test]
    fn nobody_is_believed_without_a_trusted_proxy() {
        let fields = [(X_FORWARDED_FOR, "198.51.100.1"), (FORWARDED, "for=198.51.100.1")];
        assert_eq!(seen("203.0.113.9", &fields, &[]), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", &fields, &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(seen("::ffff:203.0.113.9", &fields, &[]), "203.0.113.9");
    }

    #[test]
    fn the_last_address_before_the_trusted_proxies_is_the_client() {
        let trusted = ["10.0.0.0/8", "2001:db8:1::/48"];
        let listed = |list| seen("10.0.0.1", &[(X_FORWARDED_FOR, list)], &trusted);
        assert_eq!(listed("198.51.100.7"), "198.51.100.7");
        assert_eq!(listed("1.2.3.4, 198.51.100.7"), "198.51.100.7", "the client wrote the first");
        assert_eq!(listed("198.51.100.7, 10.9.9.9,10.1.1.1"), "198.51.100.7");
        assert_eq!(listed("198.51.100.7:4711"), "198.51.100.7");
        assert_eq!(listed("[2001:db8::7]:4711, 2001:db8:1::1"), "2001:db8::7");
        assert_eq!(listed("198.51.100.7, unknown, 10.1.1.1"), "10.1.1.1", "what is not an address ends the chain");
        assert_eq!(listed("10.2.2.2, 10.1.1.1"), "10.2.2.2");
        assert_eq!(listed(""), "10.0.0.1");
        let fields = [(X_FORWARDED_FOR, "1.2.3.4"), (X_FORWARDED_FOR, "198.51.100.7")];
        assert_eq!(seen("10.0.0.1", &fields, &trusted), "198.51.100.7");
        assert_eq!(seen("::ffff:10.0.0.1", &fields, &trusted), "198.51.100.7");
    }

    #[test]
    fn forwarded_is_read_too() {
        let forwarded = |list| seen("10.0.0.1", &[(FORWARDED, list)], &["10.0.0.0/8"]);
        assert_eq!(forwarded("for=198.51.100.7;proto=https;by=10.0.0.1"), "198.51.100.7");
        assert_eq!(forwarded("for=1.2.3.4, proto=http;For=\"[2001:db8::7]:4711\""), "2001:db8::7");
        assert_eq!(forwarded("for=1.2.3.4, for=_hidden"), "10.0.0.1");
        let both =
            |list, elements| seen("10.0.0.1", &[(X_FORWARDED_FOR, list), (FORWARDED, elements)], &["10.0.0.0/8"]);
        assert_eq!(both("198.51.100.7", "for=198.51.100.7"), "198.51.100.7");
        assert_eq!(both("198.51.100.7", "for=1.2.3.4"), "10.0.0.1", "the client may have written either");
    }

    #[test]
    fn a_subscriber_has_64_bits_of_ipv6() {
        let of = |text: &str| subscriber(text.parse().expect("an address")).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("198.51.100.7"), "198.51.100.7");
    }
}
