//! Resolves host names, and drops the addresses that a connection may not use.
//!
//! The check is here and not before, because the client connects to exactly the addresses that this resolver returns: a
//! name that resolves to another address a moment later cannot evade it (DNS rebinding).

use std::collections::BTreeMap;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::{AddressKind, Reach};

/// A name that resolves only to addresses that its connection may not use.
#[derive(Debug, thiserror::Error)]
#[error("{name} resolves only to addresses that this connection may not use: {addresses}")]
pub(crate) struct ForbiddenAddress {
    name: String,
    addresses: String,
}

/// The client's resolver.
pub(crate) struct Resolver {
    /// The addresses that each connection's host may have.
    pub(crate) hosts: BTreeMap<String, Reach>,
    /// The addresses that other hosts may have: proxies, which the environment names.
    pub(crate) others: Reach,
}

impl Resolver {
    fn reach(&self, name: &str) -> Reach {
        self.hosts.get(name).copied().unwrap_or(self.others)
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let reach = self.reach(&name);
        Box::pin(async move {
            // The client replaces the port.
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let addresses: Addrs = Box::new(permitted(name, found, reach)?.into_iter());
            Ok(addresses)
        })
    }
}

/// The addresses that a connection may use. An empty answer stays empty: the client reports it.
fn permitted(
    name: String,
    found: Vec<SocketAddr>,
    reach: Reach,
) -> Result<Vec<SocketAddr>, ForbiddenAddress> {
    let (permitted, forbidden): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|address| reach.permits(address.ip()));
    if permitted.is_empty() && !forbidden.is_empty() {
        let describe = |address: &SocketAddr| {
            format!("{} is {}", address.ip().to_canonical(), AddressKind::of(address.ip()))
        };
        let addresses = forbidden.iter().map(describe).collect::<Vec<_>>().join(", ");
        return Err(ForbiddenAddress { name, addresses });
    }
    Ok(permitted)
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test that cannot go on has failed")]
mod tests {
    use remit_core::Provider;
    use remit_core::operation::auth::Scheme;
    use remit_core::wire::{Headers, Method, Request};
    use std::time::{Duration, Instant};

    use super::*;
    use crate::answer::Forwarding;
    use crate::config::Config;
    use crate::forward::{client, forward};

    fn among(found: &[&str], reach: Reach) -> Result<Vec<String>, String> {
        let found = found.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 0)).collect();
        let permitted = permitted("api.example".to_owned(), found, reach);
        permitted
            .map(|addresses| addresses.iter().map(|address| address.ip().to_string()).collect())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn drops_forbidden_addresses_and_keeps_the_others() {
        let found = ["127.0.0.1", "8.8.8.8", "169.254.169.254", "::1", "2606:4700::1111", "10.0.0.1"];
        assert_eq!(among(&found, Reach::Public).unwrap(), ["8.8.8.8", "2606:4700::1111"]);
        assert_eq!(among(&found, Reach::Network).unwrap(), ["8.8.8.8", "2606:4700::1111", "10.0.0.1"]);
        assert_eq!(among(&[], Reach::Public).unwrap(), [""; 0]);
    }

    #[test]
    fn reports_a_name_without_a_permitted_address() {
        for (address, kind) in [
            ("127.0.0.1", "127.0.0.1 is a loopback address"),
            ("::ffff:10.1.2.3", "10.1.2.3 is a private address"),
            ("169.254.169.254", "169.254.169.254 is a link-local address"),
        ] {
            let error = among(&[address], Reach::Public).unwrap_err();
            assert!(error.starts_with("api.example resolves only to addresses that"), "{error}");
            assert!(error.contains(kind), "{error}");
        }
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_this_machine_is_only_for_a_sandbox() {
        let hosts = [("localhost".to_owned(), Reach::Public)].into_iter().collect();
        let resolver = Resolver { hosts, others: Reach::Sandbox };
        let error = resolver.resolve("localhost".parse().unwrap()).await.err().unwrap();
        assert!(error.to_string().contains("a loopback address"), "{error}");
        let resolver = Resolver { hosts: BTreeMap::new(), others: Reach::Sandbox };
        assert!(resolver.resolve("localhost".parse().unwrap()).await.is_ok());
    }
    /// A name of this machine stands for a public name whose DNS entry points to this machine.
    #[tokio::test]
    async fn a_request_to_a_forbidden_address_is_not_sent() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let provider = Provider::ALL.iter().find(|provider| provider.only_base().is_some()).unwrap();
        let mut toml = format!("[connections.a]\nprovider = \"{}\"\n[connections.a.secrets]\n", provider.id);
        let with = if let Scheme::Bearer { with, .. } = provider.auth[0] { with } else { &[] };
        for name in provider.auth[0].secrets().into_iter().chain(with.iter().map(|(_, name)| *name)) {
            toml.push_str(&format!("{name} = {{ env = \"A_KEY\" }}\n"));
        }
        let mut config = Config::parse(&toml, ".".as_ref(), &|_| Some("a-secret".to_owned())).unwrap();
        let connection = &mut config.connections[0];
        connection.base_url = format!("http://localhost:{port}");
        connection.host = "localhost".to_owned();
        let strict = client(&config).unwrap();
        let request = Request {
            method: Method::Post,
            path: "/".to_owned(),
            headers: Headers::default(),
            body: String::new(),
        };
        let long = Duration::from_secs(10);
        let deadline = Instant::now() + long;
        let forwarding = forward(&strict, &config.connections[0], request.clone(), long, deadline).await;
        assert!(matches!(forwarding, Forwarding::NotSent { .. }), "{forwarding:?}");
        assert!(listener.accept().is_err(), "a connection was opened");
        // With a sandbox's permission, the same request arrives.
        config.connections[0].reach = Reach::Sandbox;
        let client = client(&config).unwrap();
        let sending =
            tokio::spawn(
                async move { forward(&client, &config.connections[0], request, long, deadline).await },
            );
        let started = Instant::now();
        while listener.accept().is_err() {
            assert!(started.elapsed() < Duration::from_secs(10), "no connection");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        sending.abort();
    }
}
