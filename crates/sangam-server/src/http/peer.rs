//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;

/// What proxies write: each appends the address that it was asked from.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Addresses of proxies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(IpNet);

impl Network {
    /// One address, or a network as `10.0.0.0/8`; `None` if it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().or_else(|| text.parse().ok().map(IpAddr::into)).map(Self)
    }

    fn has(self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

/// Where a request comes from; an extension of every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// The address among a request's extensions.
    pub(super) fn of(extensions: &Extensions) -> Option<IpAddr> {
        extensions.get::<Self>().map(|peer| peer.0)
    }

    /// Who asked the proxy that this is, if it is one of `proxies`: the last address that none of them has. What stands before that one is
    /// the client's own word, and so is all of it if the connection is not a proxy's.
    pub(super) fn behind(self, headers: &HeaderMap, proxies: &[Network]) -> Self {
        let is_proxy = |address: IpAddr| proxies.iter().any(|network| network.has(address));
        if !is_proxy(self.0) {
            return self;
        }
        let lines: Vec<&str> = headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok()).collect();
        let mut peer = self;
        for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            // After what is no address, nothing is to be believed.
            let Some(address) = address(hop.trim()) else { break };
            peer = Self(address);
            if !is_proxy(address) {
                break;
            }
        }
        peer
    }
}

/// An address, with or without a port.
fn address(hop: &str) -> Option<IpAddr> {
    hop.parse().ok().or_else(|| hop.parse().ok().map(|socket: SocketAddr| socket.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(from: &str, lines: &[&str]) -> String {
        let proxies = ["10.0.0.0/8", "::1"].map(|text| Network::parse(text).unwrap());
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        Peer(from.parse().unwrap()).behind(&headers, &proxies).0.to_string()
    }

    #[test]
    fn the_word_of_a_trusted_proxy_counts_and_nobody_elses() {
        assert_eq!(seen("192.0.2.1", &["198.51.100.7"]), "192.0.2.1", "no proxy of ours");
        assert_eq!(seen("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(seen("::1", &["198.51.100.7:4711"]), "198.51.100.7");
        assert_eq!(seen("::ffff:10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &["203.0.113.9, 198.51.100.7, 10.0.0.2"]), "198.51.100.7", "the rest is forged");
        assert_eq!(seen("10.0.0.1", &["203.0.113.9", "198.51.100.7"]), "198.51.100.7", "the last line is the last");
        assert_eq!(seen("10.0.0.1", &["203.0.113.9, unknown"]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &["10.0.0.3"]), "10.0.0.3", "a proxy's own request");
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(Network::parse("10.0.0.0/33").or(Network::parse("proxy.example")), None);
    }
}
