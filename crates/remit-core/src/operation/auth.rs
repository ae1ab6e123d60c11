//! How a caller signs in to a provider, as data on the provider's page.

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
        /// Headers that must go with it, set where the caller has not: header and the name of the value.
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
        /// How the provider signs.
        signature: Signature,
    },
}

/// How a provider signs requests: declared in the provider's own file.
#[derive(Clone, Copy)]
pub struct Signature {
    /// The header that carries the signature.
    pub header: &'static str,
    /// Signs a request: sets its headers. `None` when the key pair cannot sign.
    #[cfg(feature = "sign")]
    pub sign: fn(&mut Request, &KeyPair<'_>, Instant) -> Option<()>,
    /// Whether a request carries the signature of this key pair, had it been sent to this path.
    #[cfg(feature = "emulate")]
    pub holds: fn(&Request, &str, &KeyPair<'_>) -> bool,
    /// When a request says that it was signed.
    #[cfg(feature = "emulate")]
    pub signed_at: fn(&Headers) -> Option<Instant>,
    /// How many seconds that may be off.
    #[cfg(feature = "emulate")]
    pub tolerance: u64,
}

impl PartialEq for Signature {
    /// Each provider has a header of its own; comparing functions says nothing.
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

/// A public key and the secret that belongs to it.
#[derive(Clone, Copy)]
pub struct KeyPair<'a> {
    /// The public key, which is sent.
    pub key: &'a str,
    /// The secret, which is not.
    pub secret: &'a str,
}

impl Scheme {
    /// The names of the secrets that it cannot do without.
    #[must_use]
    pub fn secrets(self) -> Vec<&'static str> {
        match self {
            Self::Header { secret, .. } | Self::Bearer { secret, .. } => vec![secret],
            Self::Basic { user, password } => vec![user, password],
            Self::Signed { key, secret, .. } => vec![key, secret],
        }
    }

    /// Those of them that must not be seen: all but a user's name, which may be a word as any answer holds it.
    #[must_use]
    pub fn confidential(self) -> Vec<&'static str> {
        match self {
            Self::Basic { password, .. } => vec![password],
            Self::Header { .. } | Self::Bearer { .. } | Self::Signed { .. } => self.secrets(),
        }
    }

    /// Whether a trusted page may use it in a browser with its user's own key.
    #[must_use]
    pub fn in_browser(self) -> bool {
        !matches!(self, Self::Signed { .. })
    }
}

/// Secrets by name. Printed as their names alone.
#[derive(Clone, Default, PartialEq, Eq)]
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

/// Why a request could not be signed in. As it is then, it is not to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignInError {
    /// There are too few secrets: for each way to sign in, those that it needs.
    Needs(Vec<Vec<&'static str>>),
    /// A header that goes with the credentials is not in the request, nor its value among the secrets.
    Lacks {
        /// The header.
        header: &'static str,
        /// The name of its value.
        value: &'static str,
    },
    /// This header cannot carry what a secret holds.
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
                write!(f, "{value} is needed for the header {header}, in the payment or among the secrets")
            }
            Self::Unsendable(header) => {
                write!(f, "a secret holds a line break or another character that {header} cannot carry")
            }
        }
    }
}

impl core::error::Error for SignInError {}

/// Adds what the first scheme needs for which there are secrets. Exactly one is used, as Clockify demands.
///
/// `now` is part of a signature; nothing else needs it.
///
/// # Errors
/// [`SignInError`] when no scheme has all of its secrets, or the only one signs and this build cannot; when a header
/// that must go with it is missing; when a secret does not fit into its header.
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

/// What is wrong with a request that a scheme was applied to.
fn fault(scheme: Scheme, request: &Request, secrets: &Secrets) -> Option<SignInError> {
    let has = |name, wrong: fn(char) -> bool| secrets.get(name).is_some_and(|text| text.contains(wrong));
    match scheme {
        Scheme::Bearer { with, .. } => {
            let lacking = with.iter().find(|(header, _)| request.headers.get(header).is_none());
            if let Some(&(header, value)) = lacking {
                return Some(SignInError::Lacks { header, value });
            }
        }
        // Letters of any script may be in it, but nothing that controls, and the first colon ends the user's name.
        // [RFC 7617, 2]
        Scheme::Basic { user, password }
            if has(user, |c| c == ':' || c.is_control()) || has(password, char::is_control) =>
        {
            return Some(SignInError::Unsendable("Authorization".to_owned()));
        }
        _ => {}
    }
    // Of letters beyond ASCII, a browser refuses some and writes others in bytes that a relay would not.
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
    fn a_payment_would_go_out_without_the_account_that_it_is_for() {
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
    fn a_credential_that_no_header_can_carry_would_break_the_page_in_the_midst_of_sending() {
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
                // It does not go out.
                assert!(signed("right", wrong).is_ok(), "{wrong:?}");
            }
        }
        for right in ["!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "a b"] {
            assert!(try_with(HEADER, &[], &[("key", right)]).is_ok(), "{right}");
        }
    }

    #[test]
    fn a_user_with_a_colon_would_be_signed_in_as_somebody_else() {
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
    fn a_secret_would_stand_in_a_log_or_in_an_answer() {
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
    fn a_secret_that_signs_would_be_asked_for_in_a_browser() {
        for (schemes, may) in [(BEARER, true), (BASIC, true), (HEADER, true), (SIGNED, false)] {
            assert_eq!(schemes[0].in_browser(), may, "{schemes:?}");
        }
    }

    #[test]
    fn whoever_has_half_of_the_secrets_would_not_be_told_which_are_needed() {
        let needs = |schemes, secrets| try_with(schemes, &[], secrets).unwrap_err().to_string();
        assert_eq!(needs(BASIC, &[("user", "a")]), "the secrets needed are: user and password");
        assert_eq!(needs(SIGNED, &[("key", "a")]), "the secrets needed are: key and secret");
    }
}
