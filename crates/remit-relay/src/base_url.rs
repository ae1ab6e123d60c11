//! Decides where a connection may send its credentials: to its provider, to a gateway, or to a sandbox.

use std::net::IpAddr;

use remit_core::Provider;
use reqwest::Url;

use crate::address::{AddressKind, Reach};

/// The configuration's permissions for an address.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Permissions {
    /// No payment of this relay is real.
    pub(crate) sandbox: bool,
    /// The host is the organisation's own, and speaks the provider's API.
    pub(crate) gateway: bool,
    /// The network in between may read the credentials.
    pub(crate) allow_http: bool,
}

/// A checked address.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    /// Has no trailing slash: an operation's path starts with one.
    pub(crate) url: String,
    pub(crate) host: String,
    /// The addresses that the host may have.
    pub(crate) reach: Reach,
}

/// The address if none is configured: the provider's, if it has exactly one.
pub(crate) fn default(provider: &Provider, permissions: Permissions) -> Option<BaseUrl> {
    if permissions.sandbox || permissions.gateway {
        return None;
    }
    let base = provider.only_base()?;
    Some(BaseUrl { url: base.to_string(), host: base.host.to_owned(), reach: Reach::Public })
}

/// Checks an address. The error says the reason and the remedy, and repeats nothing of the text, which may contain a
/// password.
pub(crate) fn check(text: &str, provider: &Provider, permissions: Permissions) -> Result<BaseUrl, String> {
    let remedy = remedy(provider, permissions);
    let wrong = |why: &str| Err(format!("{why}; {remedy}"));
    let Ok(url) = Url::parse(text) else { return wrong("it is not a URL") };
    let Some(host) = url.host_str() else { return wrong("it has no host") };
    if !matches!(url.scheme(), "http" | "https") {
        return wrong("it starts with neither http:// nor https://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("it contains a user or a password, which belong in secrets");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("it has a query or a fragment");
    }
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
    if let Some(AddressKind::Unusable(reason)) = literal.map(AddressKind::of) {
        return wrong(&format!("it is {reason}, and no configuration permits that"));
    }
    let is_loopback = host == "localhost"
        || host.ends_with(".localhost")
        || literal.is_some_and(|address| AddressKind::of(address) == AddressKind::Loopback);
    let is_encrypted = url.scheme() == "https";
    let own = provider.bases.iter().find(|base| base.has_host(host));
    let reach = match own {
        Some(_) if permissions.sandbox => {
            return wrong(&format!("{}'s own host is no sandbox", provider.name));
        }
        Some(_) if permissions.gateway => {
            return wrong(&format!("the host is {}'s own", provider.name));
        }
        Some(base) => {
            let path = url.path().trim_end_matches('/');
            if !is_encrypted || url.port().is_some() || path != base.path {
                return Err(format!("write {base}, which is the documented address on this host"));
            }
            Reach::Public
        }
        None if permissions.sandbox => {
            if !is_encrypted && !is_loopback && !permissions.allow_http {
                return wrong(
                    "http:// sends the credentials unencrypted to another machine; write https://, or set \
                    allow_http = true if you control the network in between",
                );
            }
            Reach::Sandbox
        }
        None if is_loopback => return wrong("it is a loopback address, where only a sandbox may be"),
        None if permissions.gateway && !is_encrypted => {
            return wrong("http:// sends the credentials unencrypted");
        }
        None if permissions.gateway => Reach::Network,
        None => return wrong(&format!("the host is none of {}'s", provider.name)),
    };
    let host = host.to_owned();
    Ok(BaseUrl { url: url.as_str().trim_end_matches('/').to_owned(), host, reach })
}

/// The addresses that the configuration permits, and how to permit others.
pub(crate) fn remedy(provider: &Provider, permissions: Permissions) -> String {
    if permissions.sandbox {
        return "write the sandbox's address, as in http://127.0.0.1:9000, or remove sandbox = true"
            .to_owned();
    }
    if permissions.gateway {
        return "write the gateway's address, as in https://gateway.example/base, or remove gateway = true"
            .to_owned();
    }
    let bases: Vec<_> = provider.bases.iter().map(ToString::to_string).collect();
    let one_of = if bases.len() > 1 { "one of " } else { "" };
    format!(
        "write {one_of}{}; or set gateway = true for a host of your own that speaks {}'s API, or sandbox = true at the \
        top of the file for a sandbox",
        bases.join(", "),
        provider.name
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Permissions = Permissions { sandbox: false, gateway: false, allow_http: false };
    const GATEWAY: Permissions = Permissions { gateway: true, ..PLAIN };
    const SANDBOX: Permissions = Permissions { sandbox: true, ..PLAIN };
    const SANDBOX_HTTP: Permissions = Permissions { allow_http: true, ..SANDBOX };

    /// A provider with one address, and that address.
    fn single() -> (&'static Provider, String) {
        let found =
            Provider::ALL.iter().find_map(|provider| Some((*provider, provider.only_base()?.to_string())));
        found.unwrap()
    }

    #[test]
    fn every_documented_address_is_permitted_and_only_with_https_its_path_and_without_a_port() {
        for provider in Provider::ALL {
            for base in provider.bases {
                let (host, path) = (base.host.replace('*', "acme"), base.path);
                let url = format!("https://{host}{path}");
                let checked = check(&url, provider, PLAIN).unwrap();
                assert_eq!((checked.url.as_str(), checked.reach), (url.as_str(), Reach::Public));
                for right in [format!("{url}/"), format!("https://{}:443{path}", host.to_uppercase())] {
                    assert_eq!(check(&right, provider, PLAIN).as_ref(), Ok(&checked), "{right}");
                }
                for wrong in [
                    format!("http://{host}{path}"),
                    format!("https://{host}{path}/more"),
                    format!("https://{host}:8443{path}"),
                    format!("https://{host}.{path}"),
                    format!("https://x.{host}{path}"),
                    format!("https://{host}.evil.example{path}"),
                    format!("https://evil.example/{host}{path}"),
                    // The URL parser takes the backslash for a slash.
                    format!("https://{host}\\@evil.example"),
                    format!("https://evil.example\\@{host}{path}"),
                ] {
                    assert!(check(&wrong, provider, PLAIN).is_err(), "{wrong}");
                }
                assert!(check(&url, provider, GATEWAY).is_err(), "not a gateway: {url}");
                assert!(check(&url, provider, SANDBOX).is_err(), "a real payment in a sandbox: {url}");
            }
            let default = default(provider, PLAIN).map(|base| base.url);
            assert_eq!(default, provider.only_base().map(|base| base.to_string()));
        }
        let (provider, _) = single();
        assert!(default(provider, SANDBOX).is_none() && default(provider, GATEWAY).is_none());
    }

    #[test]
    fn decides_by_the_host_and_the_permissions() {
        let (provider, _) = single();
        let all = [PLAIN, GATEWAY, SANDBOX, SANDBOX_HTTP];
        for (url, permitted) in [
            ("https://gateway.example/x", [false, true, true, true]),
            ("https://8.8.8.8", [false, true, true, true]),
            ("https://10.0.0.1", [false, true, true, true]),
            ("https://[fd12::1]", [false, true, true, true]),
            ("http://gateway.example", [false, false, false, true]),
            ("http://10.0.0.1:9000/x", [false, false, false, true]),
            ("http://192.168.0.1", [false, false, false, true]),
            ("http://127.0.0.1:9000", [false, false, true, true]),
            ("http://127.9.9.9", [false, false, true, true]),
            ("https://127.0.0.1", [false, false, true, true]),
            ("http://[::1]:1", [false, false, true, true]),
            ("http://[::ffff:127.0.0.1]", [false, false, true, true]),
            ("http://localhost:1/x", [false, false, true, true]),
            ("http://LOCALHOST", [false, false, true, true]),
            ("http://books.localhost", [false, false, true, true]),
            // The URL parser reads these as 127.0.0.1. [URL standard, IPv4 parser]
            ("http://2130706433", [false, false, true, true]),
            ("http://0x7f000001", [false, false, true, true]),
            ("http://0177.0.0.1", [false, false, true, true]),
            ("http://127.1", [false, false, true, true]),
            ("http://localhost.example", [false, false, false, true]),
        ] {
            let found = all.map(|permissions| check(url, provider, permissions).is_ok());
            assert_eq!(found, permitted, "{url}");
        }
    }

    #[test]
    fn no_permission_includes_link_local_metadata_and_other_unusable_addresses() {
        let (provider, _) = single();
        for host in [
            "169.254.169.254",
            "169.254.0.1",
            "2852039166",
            "0xa9fea9fe",
            "0251.0376.0251.0376",
            "169.254.43518",
            "[::ffff:169.254.169.254]",
            "[::ffff:a9fe:a9fe]",
            "[64:ff9b::a9fe:a9fe]",
            "[fe80::1]",
            "[fd00:ec2::254]",
            "[fd20:ce::254]",
            "100.100.100.200",
            "168.63.129.16",
            "0.0.0.0",
            "0",
            "[::]",
            "224.0.0.1",
            "255.255.255.255",
            "[ff02::1]",
        ] {
            for permissions in [PLAIN, GATEWAY, SANDBOX, SANDBOX_HTTP] {
                for scheme in ["http", "https"] {
                    let error = check(&format!("{scheme}://{host}"), provider, permissions).unwrap_err();
                    assert!(error.contains("no configuration permits that"), "{host}: {error}");
                }
            }
        }
    }

    #[test]
    fn rejects_what_is_no_base_of_an_api() {
        let (provider, own) = single();
        let host = own.trim_start_matches("https://");
        for (url, why) in [
            ("", "it is not a URL"),
            ("api.example", "it is not a URL"),
            ("https://", "it is not a URL"),
            ("data:x", "it has no host"),
            ("ftp://api.example", "it starts with neither http:// nor https://"),
            ("https://api.example/?key=1", "it has a query"),
            ("https://api.example/#x", "it has a query or a fragment"),
            ("https://me@api.example", "it contains a user or a password"),
            (&format!("https://me:canary@{host}"), "it contains a user or a password"),
            (&format!("https://{host}@evil.example"), "it contains a user or a password"),
        ] {
            for permissions in [PLAIN, GATEWAY] {
                let error = check(url, provider, permissions).unwrap_err();
                assert!(error.contains(why) && !error.contains("canary"), "{url}: {error}");
            }
        }
    }
}
