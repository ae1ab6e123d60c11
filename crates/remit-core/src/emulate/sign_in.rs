//! Checking a caller's credentials.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::emulate::Emulation;
use crate::emulate::SignInFault;
use crate::operation::auth::{KeyPair, Scheme, Secrets, sign_in};
use crate::time::instant::Instant;
use crate::wire::{Headers, Request};

/// Checks a request's credentials by authenticating the same request again and comparing the headers.
///
/// `mounted` is the path including [`Emulation::base`]: an independent client signs that path.
///
/// Returns the index in `auth` of the scheme that the caller used.
///
/// # Errors
/// [`SignInFault`] if the credentials are missing, ambiguous, wrong or stale.
pub fn signed_in(
    auth: &'static [Scheme],
    emulation: &Emulation,
    request: &Request,
    mounted: &str,
    now: Instant,
) -> Result<usize, SignInFault> {
    let request = &with_plain_scheme(request);
    let shown = |scheme: &Scheme| match scheme {
        Scheme::Header { header, .. } => request.headers.get(header),
        Scheme::Bearer { .. } => request.headers.get("Authorization").filter(|v| v.starts_with("Bearer ")),
        Scheme::Basic { .. } => request.headers.get("Authorization").filter(|v| v.starts_with("Basic ")),
        Scheme::Signed { signature, .. } => request.headers.get(signature.header),
    };
    let mut used = auth.iter().enumerate().filter(|(_, scheme)| shown(scheme).is_some());
    let (Some((at, scheme)), None) = (used.next(), used.next()) else { return Err(SignInFault::NotOne) };
    let accepted = emulation.credentials.get(at).ok_or(SignInFault::Wrong(at))?;
    let secrets: Secrets = accepted.iter().copied().collect();
    if let Scheme::Signed { key, secret, signature } = scheme {
        let wrong = SignInFault::Wrong(at);
        let pair = KeyPair { key: secrets.get(key).ok_or(wrong)?, secret: secrets.get(secret).ok_or(wrong)? };
        let signed_at = (signature.signed_at)(&request.headers).ok_or(wrong)?;
        if signed_at.unix().abs_diff(now.unix()) > signature.tolerance {
            return Err(SignInFault::Stale);
        }
        let holds = |path| (signature.holds)(request, path, &pair);
        return if holds(&request.path) || holds(mounted) { Ok(at) } else { Err(wrong) };
    }
    let mut expected = Request { headers: Headers::default(), ..request.clone() };
    sign_in(auth.get(at..=at).unwrap_or_default(), &mut expected, &secrets, Some(now))
        .map_err(|_| SignInFault::Wrong(at))?;
    let differs = |(name, value): &(&str, &str)| request.headers.get(name) != Some(value);
    let differing: Vec<_> = expected.headers.iter().filter(differs).collect();
    // The scheme's own header has the secret; an additional header names the business or account.
    let is_additional = |(name, _): &(&str, &str)| {
        let value = request.headers.get(name);
        value.is_some() && value != shown(scheme)
    };
    match differing.as_slice() {
        [] => Ok(at),
        differing if differing.iter().all(is_additional) => Err(SignInFault::Elsewhere(at)),
        _ => Err(SignInFault::Wrong(at)),
    }
}

/// Moves the query parameters that replace a header into that header, and returns the path and the headers. An existing
/// header takes precedence.
#[must_use]
pub fn in_headers(emulation: &Emulation, path: &str, headers: &Headers) -> (String, Headers) {
    let mut headers = headers.clone();
    let Some((bare, query)) = path.split_once('?') else { return (path.to_owned(), headers) };
    let mut rest = Vec::new();
    for pair in query.split('&') {
        let parameter = form_urlencoded::parse(pair.as_bytes()).next();
        let replaced = parameter.and_then(|(name, value)| {
            let (_, header, prefix) = emulation.in_query.iter().find(|(known, ..)| name == *known)?;
            Some((*header, format!("{prefix}{value}")))
        });
        match replaced {
            Some((header, value)) if headers.get(header).is_none() => headers.set(header, value),
            Some(_) => {}
            None => rest.push(pair),
        }
    }
    let query = rest.join("&");
    (if query.is_empty() { bare.to_owned() } else { format!("{bare}?{query}") }, headers)
}

/// The request with the scheme in `Authorization` normalised: its case and the number of spaces after it are not
/// significant. [RFC 9110, 11.1 and 11.4]
fn with_plain_scheme(request: &Request) -> Request {
    let mut plain = request.clone();
    if let Some((scheme, rest)) = request.headers.get("Authorization").and_then(|text| text.split_once(' ')) {
        let known = ["Basic", "Bearer"].into_iter().find(|known| known.eq_ignore_ascii_case(scheme));
        let scheme = known.unwrap_or(scheme);
        plain.headers.set("Authorization", format!("{scheme} {}", rest.trim_start_matches(' ')));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::declaration::Provider;
    use crate::wire::Method;

    #[test]
    fn ignores_the_case_of_the_scheme_and_rejects_a_wrong_secret() {
        let mut schemes = 0;
        for provider in Provider::ALL {
            for (at, accepted) in provider.emulation.credentials.iter().enumerate() {
                let secrets: Secrets = accepted.iter().copied().collect();
                let headers = Headers::default();
                let mut request =
                    Request { method: Method::Post, path: "/x".to_owned(), headers, body: String::new() };
                let now = Instant::from_unix(0);
                sign_in(&provider.auth[at..=at], &mut request, &secrets, now).unwrap();
                let Some((scheme, secret)) =
                    request.headers.get("Authorization").and_then(|value| value.split_once(' '))
                else {
                    continue;
                };
                schemes += 1;
                let other = secret.chars().rev().collect::<String>();
                for (value, expected) in [
                    (format!("{} {secret}", scheme.to_lowercase()), Ok(at)),
                    (format!("{}   {secret}", scheme.to_uppercase()), Ok(at)),
                    (format!("{scheme} {}", secret.to_uppercase()), Err(SignInFault::Wrong(at))),
                    (format!("{scheme} {other}"), Err(SignInFault::Wrong(at))),
                    (format!("{scheme}{secret}"), Err(SignInFault::NotOne)),
                    (format!("Digest {secret}"), Err(SignInFault::NotOne)),
                ] {
                    let mut shown = request.clone();
                    shown.headers.set("Authorization", &value);
                    assert_eq!(
                        signed_in(provider.auth, &provider.emulation, &shown, "/base/x", now.unwrap()),
                        expected,
                        "{}: {value}",
                        provider.id
                    );
                }
            }
        }
        assert!(schemes >= 2, "only {schemes} schemes use Authorization");
    }
}
