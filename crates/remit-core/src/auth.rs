//! How a caller signs in to a provider, as data on the provider's page.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::instant::Instant;
use crate::wire::Request;

/// One way to sign in. The texts name the secrets that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// A secret in a header of its own.
    Header {
        /// The header.
        header: &'static str,
        /// The secret.
        secret: &'static str,
    },
    /// `Authorization: Bearer`. [RFC 6750]
    Bearer {
        /// The secret.
        secret: &'static str,
        /// Headers that go with it where the caller has not set them: header and the name of the value.
        with: &'static [(&'static str, &'static str)],
    },
    /// `Authorization: Basic`. [RFC 7617]
    Basic {
        /// The user's name.
        user: &'static str,
        /// The password.
        password: &'static str,
    },
    /// A signature over the request, with a secret that never goes out. Not for browsers.
    Signed {
        /// The public key's name.
        key: &'static str,
        /// The secret.
        secret: &'static str,
    },
}

impl Scheme {
    /// The names of the secrets that it cannot do without.
    #[must_use]
    pub fn secrets(self) -> Vec<&'static str> {
        match self {
            Self::Header { secret, .. } | Self::Bearer { secret, .. } => vec![secret],
            Self::Basic { user, password } => vec![user, password],
            Self::Signed { key, secret } => vec![key, secret],
        }
    }

    /// Whether a trusted page may use it in a browser with its user's own key.
    #[must_use]
    pub fn in_browser(self) -> bool {
        !matches!(self, Self::Signed { .. })
    }
}

/// Secrets by name. Printed as their names alone.
#[derive(Clone, Default)]
pub struct Secrets(Vec<(String, String)>);

impl Secrets {
    /// The secret of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Secrets {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(secrets: I) -> Self {
        Self(secrets.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

/// Why a request could not be signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannotSignIn {
    /// For each way to sign in, the secrets that it needs.
    pub needs: Vec<Vec<&'static str>>,
}

impl fmt::Display for CannotSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ways: Vec<_> = self.needs.iter().map(|names| names.join(" and ")).collect();
        write!(f, "the secrets needed are: {}", ways.join(", or "))
    }
}

impl core::error::Error for CannotSignIn {}

/// Adds what the first scheme needs for which there are secrets. Exactly one is used, as Clockify demands.
///
/// `now` is part of a signature; nothing else needs it.
///
/// # Errors
/// [`CannotSignIn`] when no scheme has all of its secrets, or the only one signs and this build cannot.
pub fn sign_in(
    schemes: &'static [Scheme],
    request: &mut Request,
    secrets: &Secrets,
    now: Option<Instant>,
) -> Result<(), CannotSignIn> {
    schemes
        .iter()
        .find_map(|scheme| apply(*scheme, request, secrets, now))
        .ok_or_else(|| CannotSignIn { needs: schemes.iter().map(|scheme| scheme.secrets()).collect() })
}

fn apply(scheme: Scheme, request: &mut Request, secrets: &Secrets, now: Option<Instant>) -> Option<()> {
    match scheme {
        Scheme::Header { header, secret } => request.headers.set(header, secrets.get(secret)?),
        Scheme::Bearer { secret, with } => {
            request.headers.set("Authorization", format!("Bearer {}", secrets.get(secret)?));
            for (header, name) in with {
                if let (None, Some(value)) = (request.headers.get(header), secrets.get(name)) {
                    request.headers.set(*header, value);
                }
            }
        }
        Scheme::Basic { user, password } => {
            let pair = format!("{}:{}", secrets.get(user)?, secrets.get(password)?);
            request.headers.set("Authorization", format!("Basic {}", STANDARD.encode(pair)));
        }
        #[cfg(feature = "sign")]
        Scheme::Signed { key, secret } => {
            crate::sign::sign(request, secrets.get(key)?, secrets.get(secret)?, now?)?;
        }
        #[cfg(not(feature = "sign"))]
        Scheme::Signed { .. } => {
            let _ = now;
            return None;
        }
    }
    Some(())
}
