//! iVvy's request signature. [ivvycode/apidocs, "Authentication"; ivvycode/ivvy-sdk-net]

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha1::Sha1;

use crate::operation::auth::KeyPair;
use crate::time::instant::Instant;
#[cfg(feature = "emulate")]
use crate::time::zone::Zone;
use crate::wire::{Headers, Request};

pub(super) const HEADER: &str = "X-Api-Authorization";
const VERSION: &str = "1.0";

/// Sets `Content-MD5`, `IVVY-Date`, `X-Api-Version` and `X-Api-Authorization`.
///
/// The signature covers the exact body. `None` if the secret cannot key an HMAC, which cannot happen for string keys.
pub(super) fn sign(request: &mut Request, pair: &KeyPair<'_>, now: Instant) -> Option<()> {
    request.headers.set("Content-MD5", body_md5(&request.body));
    request.headers.set("IVVY-Date", now.utc_date_time());
    request.headers.set("X-Api-Version", VERSION);
    let authorization = authorization(request, &request.path, pair)?;
    request.headers.set(HEADER, authorization);
    Some(())
}

/// The value of `X-Api-Authorization` for a request to this path.
fn authorization(request: &Request, path: &str, pair: &KeyPair<'_>) -> Option<String> {
    let signature = signature(request.method.name(), path, &request.headers, pair.secret)?;
    Some(format!("IWS {}:{signature}", pair.key))
}

/// Whether a request's `Content-MD5` and signature are valid for this path.
#[cfg(feature = "emulate")]
pub(super) fn holds(request: &Request, path: &str, pair: &KeyPair<'_>) -> bool {
    request.headers.get("Content-MD5") == Some(&body_md5(&request.body))
        && request.headers.get(HEADER) == authorization(request, path, pair).as_deref()
}

/// The time of signing: `IVVY-Date` in the provider's format, else `Date` in HTTP's. [RFC 9110, 5.6.7]
#[cfg(feature = "emulate")]
pub(super) fn signed_at(headers: &Headers) -> Option<Instant> {
    let text = headers.get("IVVY-Date").or_else(|| headers.get("Date"))?;
    let http = || Instant::from_unix(chrono::DateTime::parse_from_rfc2822(text).ok()?.timestamp());
    Instant::read(text, Zone::Unknown).ok().map(|reading| reading.instant).or_else(http)
}

/// The lower-case hexadecimal MD5 of a body without leading and trailing whitespace.
fn body_md5(body: &str) -> String {
    hex(&Md5::digest(body.trim()))
}

/// The signature of a request with these headers.
fn signature(method: &str, path: &str, headers: &Headers, secret: &str) -> Option<String> {
    hmac_sha1(&string_to_sign(method, path, headers), secret)
}

/// The string to sign: all parts without separators, in lower case.
fn string_to_sign(method: &str, path: &str, headers: &Headers) -> String {
    let own =
        headers.iter().filter(|(name, _)| name.get(..4).is_some_and(|p| p.eq_ignore_ascii_case("ivvy")));
    let mut own: Vec<_> =
        own.map(|(name, value)| format!("{}={value}", name.replace(['-', '_'], "")).to_lowercase()).collect();
    own.sort();
    let part = |name| headers.get(name).unwrap_or_default();
    // `IVVY-Date` replaces `Date`, which is then empty.
    let date = if own.iter().any(|pair| pair.starts_with("ivvydate=")) { "" } else { part("Date") };
    let all = [method, part("Content-MD5"), part("Content-Type"), date, path, VERSION, &own.join("&")];
    all.concat().to_lowercase()
}

fn hmac_sha1(text: &str, secret: &str) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(text.as_bytes());
    Some(hex(&mac.finalize().into_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::auth::{Scheme, Secrets, sign_in};
    use crate::{Context, Draft, Provider};

    #[test]
    fn computes_the_provider_s_example_hmac_and_the_md5_of_a_body() {
        assert_eq!(
            hmac_sha1("string to sign", "my secret key").as_deref(),
            Some("a993876ea1218921a1c8551923473da7b310dfae")
        );
        assert_eq!(body_md5(r#"{"example":"body"}"#), "a09f600c77a6dbd947db24c61e8935ca");
        assert_eq!(body_md5(""), "d41d8cd98f00b204e9800998ecf8427e");
    }

    #[test]
    fn builds_and_signs_the_string_of_the_official_example() {
        let headers: Headers = [
            ("Content-MD5", "a09f600c77a6dbd947db24c61e8935ca"),
            ("Content-Type", "application/json"),
            ("IVVY-Date", "2012-04-03 22:23:24"),
        ]
        .into_iter()
        .collect();
        assert_eq!(
            string_to_sign("POST", "/api/1.0/test?action=ping", &headers),
            "posta09f600c77a6dbd947db24c61e8935caapplication/json/api/1.0/test?action=ping1.0ivvydate=2012-04-03 22:23:24"
        );
        assert_eq!(
            signature("POST", "/api/1.0/test?action=ping", &headers, "my secret key").as_deref(),
            Some("74af7ec6fec55dc88543e05096c69cebaf391eb9")
        );
    }

    /// From a draft to the sent request: no step may change a signed byte.
    #[test]
    fn signs_a_payment_s_body_path_and_headers_exactly_as_they_are_sent() {
        let draft = Draft::new()
            .with("invoiceId", "156")
            .with("currency", "AUD")
            .with("paidAt", "2018-07-24T00:00:00Z")
            .with("amount", "10.00")
            .with("method", "accountsReceivable")
            .with("receiptNumber", "123")
            .with("feePercentage", "10");
        let provider = Provider::find("ivvy").unwrap();
        let Scheme::Signed { key, secret, .. } = provider.auth[0] else { panic!("it signs") };
        let secrets: Secrets = [(key, "my key"), (secret, "my secret key")].into_iter().collect();
        let now = Instant::read("2018-07-24T00:00:00Z", crate::Zone::Unknown).unwrap().instant;
        let mut request = provider.check(&draft, &Context::default()).unwrap().request;
        sign_in(provider.auth, &mut request, &secrets, Some(now)).unwrap();
        assert_eq!(
            request.body,
            r#"{"invoiceId":156,"paidDate":"2018-07-24 00:00:00","amountPaid":10,"paymentMethod":8,"receiptNum":"123","feePercentage":10}"#
        );
        assert_eq!(request.path, "/api/1.0/invoice?action=addPayment");
        let sent: Vec<_> = request.headers.iter().collect();
        assert_eq!(
            sent,
            [
                ("Accept", "application/json"),
                ("Content-Type", "application/json"),
                ("Content-MD5", "5487194302086082283d9420a935923a"),
                ("IVVY-Date", "2018-07-24 00:00:00"),
                ("X-Api-Version", "1.0"),
                ("X-Api-Authorization", "IWS my key:4aa2a981c64b71a34798317a302de64e69464cf5"),
            ]
        );
    }
}

#[cfg(test)]
#[cfg(feature = "emulate")]
mod emulated {
    use std::borrow::ToOwned;
    use std::format;

    use super::*;
    use crate::emulate::SignInFault;
    use crate::emulate::sign_in::signed_in;
    use crate::operation::auth::{Scheme, Secrets};
    use crate::provider::ivvy::PROVIDER;
    use crate::wire::Method;

    /// A request that an independent client has signed, with this header for its date.
    fn signed(date: (&str, &str), path: &str) -> Request {
        let Scheme::Signed { key, secret, .. } = PROVIDER.auth[0] else { panic!("it signs") };
        let secrets: Secrets = PROVIDER.emulation.credentials[0].iter().copied().collect();
        let headers: Headers =
            [("Content-MD5", body_md5("{}")), (date.0, date.1.to_owned())].into_iter().collect();
        let mut request =
            Request { method: Method::Post, path: "/x".to_owned(), headers, body: "{}".to_owned() };
        let signature = signature("POST", path, &request.headers, secrets.get(secret).unwrap()).unwrap();
        let authorization = format!("IWS {}:{signature}", secrets.get(key).unwrap());
        request.headers.set("X-Api-Authorization", authorization);
        request
    }

    #[test]
    fn accepts_an_independent_signature_for_five_minutes() {
        let then: Instant = "1994-11-15T08:12:31Z".parse().unwrap();
        let after = |seconds| Instant::from_unix(then.unix() + seconds).unwrap();
        for date in [
            ("IVVY-Date", "1994-11-15 08:12:31"),
            ("IVVY-Date", "1994-11-15 08:12:31 UTC"),
            ("Date", "Tue, 15 Nov 1994 08:12:31 GMT"),
        ] {
            let check = |path, now| {
                signed_in(PROVIDER.auth, &PROVIDER.emulation, &signed(date, path), "/base/x", now)
            };
            for path in ["/x", "/base/x"] {
                assert_eq!(check(path, after(300)), Ok(0), "{date:?}");
                assert_eq!(check(path, after(301)), Err(SignInFault::Stale));
                assert_eq!(check(path, after(-301)), Err(SignInFault::Stale));
            }
            assert_eq!(check("/y", then), Err(SignInFault::Wrong(0)));
        }
    }
}
