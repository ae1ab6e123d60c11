//! The addresses at which a provider serves its API, as its documentation lists them.

use core::fmt;

/// An address of a provider's API: `https://`, this host and this path. The route of an operation follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Base {
    /// The host name, in lower case. A leading `*` stands for exactly one label, such as an account's subdomain.
    pub host: &'static str,
    /// The path before an operation's route: empty, or with a leading slash.
    pub path: &'static str,
}

impl Base {
    /// Whether this host name, in lower case, is one of this address.
    #[must_use]
    pub fn has_host(&self, name: &str) -> bool {
        let Some(domain) = self.host.strip_prefix('*') else {
            return name == self.host;
        };
        let in_label = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        name.strip_suffix(domain).is_some_and(|label| !label.is_empty() && label.bytes().all(in_label))
    }

    /// Whether the address is complete, without a placeholder.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.host.starts_with('*')
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}{}", self.host, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::declaration::Provider;

    #[test]
    fn a_placeholder_stands_for_exactly_one_label() {
        let base = Base { host: "*.books.example", path: "" };
        for name in ["acme.books.example", "a-1.books.example"] {
            assert!(base.has_host(name), "{name}");
        }
        for name in [
            "books.example",
            ".books.example",
            "a.b.books.example",
            "acme.books.example.",
            "acmebooks.example",
            "acme.books.example.evil.example",
            "evil.example/.books.example",
            "Acme.books.example",
        ] {
            assert!(!base.has_host(name), "{name}");
        }
        let fixed = Base { host: "api.books.example", path: "/api" };
        assert!(fixed.has_host("api.books.example") && !fixed.has_host("x.api.books.example"));
    }

    #[test]
    fn every_provider_declares_well_formed_addresses() {
        for provider in Provider::ALL {
            assert!(!provider.bases.is_empty(), "{}", provider.id);
            for base in provider.bases {
                let labels = base.host.strip_prefix("*.").unwrap_or(base.host);
                let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
                assert!(labels.bytes().all(plain) && labels.contains('.'), "{base}");
                assert!(base.path.is_empty() || base.path.starts_with('/'), "{base}");
                assert!(!base.path.ends_with('/'), "{base}");
            }
        }
    }
}
