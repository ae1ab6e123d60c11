//! Limits how often a client may call, by its session and by its address.
//!
//! The limit of addresses protects a relay itself, so it is counted in memory, before anything else is done. The limit of
//! sessions is counted in the store, for all relays together, as those that protect a provider are.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::RETRY_AFTER;
use axum::response::Response;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;

use crate::answer::Refusal;
use crate::slots::network;
use crate::store::Store;

/// The header in which proxies state the addresses of their clients, the last proxy's client last.
const FORWARDED_FOR: &str = "x-forwarded-for";

const MINUTE: Duration = Duration::from_secs(60);

/// Requests a minute, of which as many may come at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    pub(crate) session: NonZeroU32,
    pub(crate) address: NonZeroU32,
}

impl Default for Allowance {
    fn default() -> Self {
        let number = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        // A person needs about ten requests for a payment. Many people may share an address.
        Self { session: number(120), address: number(1_200) }
    }
}

/// The rates of sessions and addresses.
pub(crate) struct Rates {
    session: NonZeroU32,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    /// The proxies whose statement of their client's address is believed.
    trusted: Vec<IpNet>,
}

impl Rates {
    pub(crate) fn new(allowance: Allowance, trusted: Vec<IpNet>) -> Self {
        Self {
            session: allowance.session,
            addresses: RateLimiter::keyed(Quota::per_minute(allowance.address)),
            trusted,
        }
    }

    /// Counts a request of a session.
    pub(crate) async fn count_session(&self, store: &Store, id: &str) -> Result<(), Duration> {
        let burst = self.session.get();
        // The name of no connection contains a space.
        match store.take(&format!("session {id}"), burst, MINUTE / burst).await {
            Ok(counted) => counted,
            Err(error) => {
                // Reading goes on without a store, and a change fails later.
                tracing::warn!(%error, "cannot count the requests of a session");
                Ok(())
            }
        }
    }

    /// Counts a request of an address. Loopback is not limited: a proxy there connects for all its users.
    pub(crate) fn count_address(&self, client: IpAddr) -> Result<(), Duration> {
        if client.is_loopback() {
            return Ok(());
        }
        let clock = DefaultClock::default();
        self.addresses.check_key(&network(client)).map_err(|wait| wait.wait_time_from(clock.now()))
    }

    /// The address of the client: the peer's, or the one that trusted proxies state.
    ///
    /// Only what a trusted proxy has added is believed, so the list is read from its end, and the first address that is not
    /// a trusted proxy's is the client's. Everything before it is the client's own statement.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let is_trusted = |address: &IpAddr| self.trusted.iter().any(|network| network.contains(address));
        let peer = peer.to_canonical();
        if !is_trusted(&peer) {
            return peer;
        }
        let mut client = peer;
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        let stated = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.rsplit(','));
        for text in stated {
            let Ok(address) = text.trim().trim_matches(['[', ']']).parse::<IpAddr>() else { return client };
            client = address.to_canonical();
            if !is_trusted(&client) {
                return client;
            }
        }
        client
    }

    /// Forgets the addresses that have not called for a while.
    pub(crate) fn forget_idle(&self) {
        self.addresses.retain_recent();
    }
}

/// The response to a client that calls too often.
pub(crate) fn too_often(whose: &str, wait: Duration) -> Response {
    let mut response =
        Refusal::new(429, format!("Too many requests from this {whose}. Nothing was sent.")).response();
    response.headers_mut().insert(RETRY_AFTER, wait.as_secs().saturating_add(1).into());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(number: u32, trusted: &[&str]) -> Rates {
        let number = NonZeroU32::new(number).unwrap();
        let trusted = trusted.iter().map(|network| network.parse().unwrap()).collect();
        Rates::new(Allowance { session: number, address: number }, trusted)
    }

    fn headers(lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (FORWARDED_FOR.parse().unwrap(), line.parse().unwrap())).collect()
    }

    #[test]
    fn only_trusted_proxies_may_state_the_client_s_address() {
        let rates = rates(1, &["10.0.0.0/8", "fd00::/8"]);
        for (peer, lines, client) in [
            ("192.0.2.1", &["198.51.100.9"][..], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.9"], "198.51.100.9"),
            ("::ffff:10.0.0.1", &["198.51.100.9"], "198.51.100.9"),
            // The client has written the first address itself.
            ("10.0.0.1", &["203.0.113.5, 198.51.100.9"], "198.51.100.9"),
            ("10.0.0.1", &["203.0.113.5", "198.51.100.9"], "198.51.100.9"),
            ("10.0.0.1", &["203.0.113.5, 198.51.100.9, 10.0.0.2"], "198.51.100.9"),
            ("10.0.0.1", &["198.51.100.9", "10.0.0.2, 10.0.0.3"], "198.51.100.9"),
            ("fd00::1", &["[2001:db8::1]"], "2001:db8::1"),
            ("10.0.0.1", &["nonsense"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.9, nonsense"], "10.0.0.1"),
        ] {
            let found = rates.client(peer.parse().unwrap(), &headers(lines));
            assert_eq!(found, client.parse::<IpAddr>().unwrap(), "{peer} {lines:?}");
        }
    }

    #[tokio::test]
    async fn each_address_and_each_session_has_a_rate_of_its_own() {
        let rates = rates(3, &[]);
        let store = Store::memory().unwrap();
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        for _ in 0..3 {
            rates.count_address(address("192.0.2.1")).unwrap();
            rates.count_session(&store, "a").await.unwrap();
        }
        let wait = rates.count_address(address("192.0.2.1")).unwrap_err();
        assert!(wait <= Duration::from_secs(20), "{wait:?}");
        assert!(rates.count_session(&store, "a").await.is_err());
        rates.count_address(address("192.0.2.2")).unwrap();
        rates.count_session(&store, "b").await.unwrap();
        // A provider gives a customer a whole network.
        for at in 1..=3 {
            rates.count_address(address(&format!("2001:db8::{at}"))).unwrap();
        }
        assert!(rates.count_address(address("2001:db8::4")).is_err());
        for _ in 0..10 {
            rates.count_address(address("127.0.0.1")).unwrap();
        }
    }
}
