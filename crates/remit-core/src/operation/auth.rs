//! Authentication: the schemes that a provider's page declares, and applying them to a request.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::time::instant::Instant;
#[cfg(feature = "emulate")]
use crate::wire::Headers;
use crate::wire::Request;

/// An authentication scheme. Its fields are the names of the secrets that it needs.
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
        /// Additional required headers: each header, and the name of the secret that is used if the request lacks it.
        with: &'static [(&'static str, &'static str)],
    },
    /// `Authorization: Basic`. [RFC 7617]
    Basic {
        /// The user name.
        user: &'static str,
        /// The password.
        password: &'static str,
    },
    /// A signature over the request. The secret is never sent. Not for browsers.
    Signed {
        /// The public key.
        key: &'static str,
        /// The secret.
        secret: &'static str,
        /// The provider's signature.
        signature: Signature,
    },
}

/// A provider's request signature, declared in the provider's own file.
#[derive(Clone, Copy)]
pub struct Signature {
    /// The header that carries the signature.
    pub header: &'static str,
    /// Signs a request by setting its headers. `None` if the key pair cannot sign.
    #[cfg(feature = "sign")]
    pub sign: fn(&mut Request, &KeyPair<'_>, Instant) -> Option<()>,
    /// Whether a request has a valid signature of this key pair for this path.
    #[cfg(feature = "emulate")]
    pub holds: fn(&Request, &str, &KeyPair<'_>) -> bool,
    /// The time of signing that a request's headers state.
    #[cfg(feature = "emulate")]
    pub signed_at: fn(&Headers) -> Option<Instant>,
    /// The maximum difference between that time and now, in seconds.
    #[cfg(feature = "emulate")]
    pub tolerance: u64,
}

impl PartialEq for Signature {
    /// Compares the headers, which differ between providers. Function pointers cannot be compared reliably.
    fn eq(&self, other: &Self) -> bool {
        self.header == other.header
    }
}

impl Eq for Signature {}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.header)
    }
}

/// A public key and its secret.
#[derive(Clone, Copy)]
pub struct KeyPair<'a> {
    /// The public key, which is sent.
    pub key: &'a str,
    /// The secret, which is not sent.
    pub secret: &'a str,
}

impl Scheme {
    /// The names of the secrets that the scheme requires.
    #[must_use]
    pub fn secrets(self) -> Vec<&'static str> {
        match self {
            Self::Header { secret, .. } | Self::Bearer { secret, .. } => vec![secret],
            Self::Basic { user, password } => vec![user, password],
            Self::Signed { key, secret, .. } => vec![key, secret],
        }
    }

    /// The names of the secrets that no response may contain: all but a user name, which can be an ordinary word that
    /// occurs in responses.
    #[must_use]
    pub fn confidential(self) -> Vec<&'static str> {
        match self {
            Self::Basic { password, .. } => vec![password],
            Self::Header { .. } | Self::Bearer { .. } | Self::Signed { .. } => self.secrets(),
        }
    }

    /// Whether a trusted page may use the scheme in a browser, with its user's own key.
    #[must_use]
    pub fn in_browser(self) -> bool {
        !matches!(self, Self::Signed { .. })
    }
}

/// Secrets by name. `Debug` prints only the names.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets(Vec<(String, String)>);

#[cfg(feature = "sign")]
impl Drop for Secrets {
    /// Overwrites the values in memory.
    fn drop(&mut self) {
        for (_, value) in &mut self.0 {
            zeroize::Zeroize::zeroize(value);
        }
    }
}

impl Secrets {
    /// The secret of this name; `None` if it is missing or empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// The names of the secrets.
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

/// Why a request could not be authenticated. Do not send the request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignInError {
    /// Secrets are missing. The value lists the required secrets of each scheme.
    Needs(Vec<Vec<&'static str>>),
    /// An additional required header is missing from the request, and its value from the secrets.
    Lacks {
        /// The header.
        header: &'static str,
        /// The name of its value.
        value: &'static str,
    },
    /// A secret contains a character that this header cannot carry.
    Unsendable(String),
}

impl fmt::Display for SignInError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Needs(ways) => {
                let ways: Vec<_> = ways.iter().map(|names| names.join(" and ")).collect();
                write!(f, "the secrets needed are: {}", ways.join(", or "))
            }
            Self::Lacks { header, value } => {
                write!(f, "{value} is needed for the header {header}; set it in the payment or the secrets")
            }
            Self::Unsendable(header) => {
                write!(
                    f,
                    "a secret for the header {header} contains a line break or another invalid character; use only \
                    printable ASCII"
                )
            }
        }
    }
}

impl core::error::Error for SignInError {}

/// Authenticates a request with the first scheme whose secrets are all present. Exactly one scheme is used, as Clockify
/// requires.
///
/// `now` is used only by signatures.
///
/// # Errors
/// [`SignInError`] if no scheme has all of its secrets, or the only one that does is a signature and this build cannot
/// sign; if an additional required header is missing; if a secret contains a character that its header cannot carry.
pub fn sign_in(
    schemes: &'static [Scheme],
    request: &mut Request,
    secrets: &Secrets,
    now: Option<Instant>,
) -> Result<(), SignInError> {
    let needs = || SignInError::Needs(schemes.iter().map(|scheme| scheme.secrets()).collect());
    let mut schemes = schemes.iter().copied();
    let used = schemes.find(|scheme| apply(*scheme, request, secrets, now).is_some()).ok_or_else(needs)?;
    fault(used, request, secrets).map_or(Ok(()), Err)
}

/// The error of a request that a scheme was applied to, if any.
fn fault(scheme: Scheme, request: &Request, secrets: &Secrets) -> Option<SignInError> {
    let has = |name, wrong: fn(char) -> bool| secrets.get(name).is_some_and(|text| text.contains(wrong));
    match scheme {
        Scheme::Bearer { with, .. } => {
            let missing = with.iter().find(|(header, _)| request.headers.get(header).is_none());
            if let Some(&(header, value)) = missing {
                return Some(SignInError::Lacks { header, value });
            }
        }
        // The credentials may contain letters of any script, but no control characters. The first colon ends the user
        // name. [RFC 7617, 2]
        Scheme::Basic { user, password }
            if has(user, |c| c == ':' || c.is_control()) || has(password, char::is_control) =>
        {
            return Some(SignInError::Unsendable("Authorization".to_owned()));
        }
        _ => {}
    }
    // A browser refuses some non-ASCII characters, and encodes others differently from a relay.
    let plain = |value: &str| value.bytes().all(|b| (b' '..=b'~').contains(&b));
    let (header, _) = request.headers.iter().find(|(_, value)| !plain(value))?;
    Some(SignInError::Unsendable(header.to_owned()))
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
        Scheme::Signed { key, secret, signature } => {
            let pair = KeyPair { key: secrets.get(key)?, secret: secrets.get(secret)? };
            (signature.sign)(request, &pair, now?)?;
        }
        #[cfg(not(feature = "sign"))]
        Scheme::Signed { .. } => {
            let _ = now;
            return None;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;
    use crate::wire::{Headers, Method};

    const TENANT: &str = "X-Tenant";
    const BEARER: &[Scheme] = &[Scheme::Bearer { secret: "token", with: &[(TENANT, "tenant")] }];
    const BASIC: &[Scheme] = &[Scheme::Basic { user: "user", password: "password" }];
    const HEADER: &[Scheme] = &[Scheme::Header { header: "X-Key", secret: "key" }];
    const SIGNED: &[Scheme] = &[Scheme::Signed {
        key: "key",
        secret: "secret",
        signature: Signature {
            header: "X-Signature",
            #[cfg(feature = "sign")]
            sign: |request, pair, _| {
                request.headers.set("X-Signature", pair.key);
                Some(())
            },
            #[cfg(feature = "emulate")]
            holds: |_, _, _| false,
            #[cfg(feature = "emulate")]
            signed_at: |_| None,
            #[cfg(feature = "emulate")]
            tolerance: 0,
        },
    }];

    fn try_with(
        schemes: &'static [Scheme],
        headers: &[(&str, &str)],
        secrets: &[(&str, &str)],
    ) -> Result<Headers, SignInError> {
        let headers = headers.iter().copied().collect();
        let mut request =
            Request { method: Method::Post, path: "/".to_owned(), headers, body: String::new() };
        sign_in(schemes, &mut request, &secrets.iter().copied().collect(), Instant::from_unix(0))?;
        Ok(request.headers)
    }

    #[test]
    fn requires_the_additional_headers_and_keeps_those_of_the_request() {
        let token = ("token", "secret");
        let lacks = SignInError::Lacks { header: TENANT, value: "tenant" };
        assert!(lacks.to_string().contains(TENANT) && lacks.to_string().contains("tenant is needed"));
        assert_eq!(try_with(BEARER, &[], &[token]), Err(lacks.clone()));
        assert_eq!(try_with(BEARER, &[], &[token, ("tenant", "")]), Err(lacks));
        let own: &[_] = &[token, ("tenant", "17")];
        for (headers, secrets, expected) in
            [(&[][..], own, "17"), (&[(TENANT, "18")], &[token], "18"), (&[(TENANT, "18")], own, "18")]
        {
            assert_eq!(try_with(BEARER, headers, secrets).unwrap().get(TENANT), Some(expected));
        }
    }

    #[test]
    fn rejects_a_credential_that_its_header_cannot_carry() {
        let unsendable = |header: &str| Err(SignInError::Unsendable(header.to_owned()));
        for wrong in ["two\nlines", "\r", "nul\0", "\u{7f}", "\u{85}", "caf\u{e9}", "\u{20ac}uro"] {
            assert_eq!(try_with(HEADER, &[], &[("key", wrong)]), unsendable("X-Key"), "{wrong:?}");
            assert_eq!(
                try_with(BEARER, &[], &[("token", wrong), ("tenant", "17")]),
                unsendable("Authorization")
            );
            assert_eq!(try_with(BEARER, &[], &[("token", "right"), ("tenant", wrong)]), unsendable(TENANT));
            #[cfg(feature = "sign")]
            {
                let signed = |key, secret| try_with(SIGNED, &[], &[("key", key), ("secret", secret)]);
                assert_eq!(signed(wrong, "right"), unsendable("X-Signature"), "{wrong:?}");
                // The secret of a signature is not sent.
                assert!(signed("right", wrong).is_ok(), "{wrong:?}");
            }
        }
        for right in ["!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "a b"] {
            assert!(try_with(HEADER, &[], &[("key", right)]).is_ok(), "{right}");
        }
    }

    #[test]
    fn rejects_a_colon_in_a_user_name_and_encodes_the_examples_of_rfc_7617() {
        let basic = |user, password| try_with(BASIC, &[], &[("user", user), ("password", password)]);
        let unsendable = Err(SignInError::Unsendable("Authorization".to_owned()));
        assert_eq!(basic("a:b", "c"), unsendable);
        assert_eq!(basic("a\n", "c"), unsendable);
        assert_eq!(basic("a", "\tc"), unsendable);
        // [RFC 7617, 2 and 2.1]
        let sent = |user, password| basic(user, password).unwrap().get("Authorization").map(str::to_owned);
        assert_eq!(sent("Aladdin", "open sesame").as_deref(), Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        assert_eq!(sent("test", "123\u{a3}").as_deref(), Some("Basic dGVzdDoxMjPCow=="));
        assert_eq!(sent("a", "b:c").as_deref(), Some("Basic YTpiOmM="));
    }

    #[test]
    fn debug_output_omits_secrets_and_all_but_the_user_name_are_confidential() {
        let secrets: Secrets = [("user", "ann"), ("password", "open sesame")].into_iter().collect();
        assert_eq!(format!("{secrets:?}"), r#"["user", "password"]"#);
        assert!(secrets.names().eq(["user", "password"]));
        let signed_in = try_with(HEADER, &[], &[("key", "open sesame")]).unwrap();
        assert_eq!(format!("{signed_in:?}"), r#"["X-Key"]"#);
        for (schemes, confidential) in [
            (BEARER, &["token"][..]),
            (BASIC, &["password"]),
            (HEADER, &["key"]),
            (SIGNED, &["key", "secret"]),
        ] {
            assert_eq!(schemes[0].confidential(), confidential);
        }
    }

    #[test]
    fn every_scheme_but_a_signature_may_be_used_in_a_browser() {
        for (schemes, in_browser) in [(BEARER, true), (BASIC, true), (HEADER, true), (SIGNED, false)] {
            assert_eq!(schemes[0].in_browser(), in_browser, "{schemes:?}");
        }
    }

    #[test]
    fn the_error_for_missing_secrets_lists_the_required_ones() {
        let needs = |schemes, secrets| try_with(schemes, &[], secrets).unwrap_err().to_string();
        assert_eq!(needs(BASIC, &[("user", "a")]), "the secrets needed are: user and password");
        assert_eq!(needs(SIGNED, &[("key", "a")]), "the secrets needed are: key and secret");
    }
}
