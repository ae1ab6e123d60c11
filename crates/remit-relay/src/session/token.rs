//! Session tokens: a session, encrypted. [PASETO v4.local, paseto-standard/paseto-spec]

use std::collections::BTreeMap;

use pasetors::Local;
use pasetors::keys::SymmetricKey;
use pasetors::token::UntrustedToken;
use pasetors::version4::{LocalToken, V4};
use remit_core::wire::json::Json;
use remit_core::{Currency, Instant, Purpose, Zone};
use secrecy::{ExposeSecret as _, SecretString};

use super::rights::Session;

/// Bound to each token without being in it, so that no token of another program with the same key is accepted.
const CONTEXT: &[u8] = b"remit-relay session 1";
/// The length of a key, in hexadecimal digits.
const DIGITS: usize = 64;

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenError {
    /// It is not a token of this relay, or its key has been removed.
    Invalid,
    /// It has expired.
    Expired,
}

/// The keys of the tokens.
pub(crate) struct Keys {
    keys: BTreeMap<String, SymmetricKey<V4>>,
    /// The identifier of the key for new tokens.
    newest: String,
}

impl Keys {
    /// Whether a secret can be a key.
    pub(crate) fn is_key(secret: &SecretString) -> bool {
        bytes(secret.expose_secret()).is_some()
    }

    /// Takes the keys by their identifiers. The identifier that sorts last, such as the latest date, is used for new tokens;
    /// the others are accepted until they are removed. `None` without keys.
    pub(crate) fn new(secrets: &BTreeMap<String, SecretString>) -> Option<Self> {
        let read = |(id, secret): (&String, &SecretString)| {
            let key = SymmetricKey::from(&bytes(secret.expose_secret())?).ok()?;
            Some((id.clone(), key))
        };
        let keys: BTreeMap<_, _> = secrets.iter().filter_map(read).collect();
        keys.keys().next_back().cloned().map(|newest| Self { keys, newest })
    }

    /// Makes a token; `None` if this machine has no random numbers.
    pub(crate) fn seal(&self, session: &Session) -> Option<String> {
        let key = self.keys.get(&self.newest)?;
        let footer = self.newest.as_bytes();
        LocalToken::encrypt(key, print(session).as_bytes(), Some(footer), Some(CONTEXT)).ok()
    }

    /// Reads a token.
    pub(crate) fn open(&self, token: &str, now: Instant) -> Result<Session, TokenError> {
        let token = UntrustedToken::<Local, V4>::try_from(token).map_err(|_| TokenError::Invalid)?;
        let id = str::from_utf8(token.untrusted_footer()).map_err(|_| TokenError::Invalid)?;
        let key = self.keys.get(id).ok_or(TokenError::Invalid)?;
        let opened = LocalToken::decrypt(key, &token, Some(id.as_bytes()), Some(CONTEXT));
        let session = opened.ok().and_then(|opened| read(opened.payload())).ok_or(TokenError::Invalid)?;
        if session.expires <= now { Err(TokenError::Expired) } else { Ok(session) }
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let is_hex = hex.len() == DIGITS && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    let pairs = (0..DIGITS).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok());
    if is_hex { pairs.collect() } else { None }
}

fn print(session: &Session) -> String {
    let text = |text: &Option<String>| text.as_ref().map_or(Json::Null, Json::text);
    let operations = session.operations.iter().map(|operation| Json::text(operation.as_str()));
    let (limit, currency) = session.limit.map_or((Json::Null, Json::Null), |(minor, currency)| {
        (Json::integer(minor), Json::text(currency.code()))
    });
    let members = [
        ("id", Json::text(&session.id)),
        ("host", Json::text(&session.host)),
        ("connections", Json::Array(session.connections.iter().map(Json::text).collect())),
        ("invoice", text(&session.invoice)),
        ("operations", Json::Array(operations.collect())),
        ("limit", limit),
        ("currency", currency),
        ("origin", text(&session.origin)),
        ("by", text(&session.by)),
        ("expires", Json::text(session.expires.rfc3339())),
    ];
    members.into_iter().collect::<Json>().print()
}

fn read(json: &str) -> Option<Session> {
    let json = Json::parse(json).ok()?;
    let text = |member| json.get(member).and_then(Json::as_text).map(str::to_owned);
    let name = |name: &Json| name.as_text().map(str::to_owned);
    let operation = |name: &Json| {
        let name = name.as_text()?;
        Purpose::ALL.into_iter().find(|purpose| purpose.as_str() == name)
    };
    let limit = json.get("limit").and_then(Json::as_integer);
    let currency = text("currency").and_then(|code| Currency::parse(&code).ok());
    Some(Session {
        id: text("id")?,
        host: text("host")?,
        connections: json.get("connections")?.as_array()?.iter().map(name).collect::<Option<_>>()?,
        invoice: text("invoice"),
        operations: json.get("operations")?.as_array()?.iter().map(operation).collect::<Option<_>>()?,
        limit: limit.zip(currency),
        origin: text("origin"),
        by: text("by"),
        expires: Instant::read(&text("expires")?, Zone::Unknown).ok()?.instant,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn session() -> Session {
        Session {
            id: "s-1".to_owned(),
            host: "shop".to_owned(),
            connections: vec!["books".to_owned()],
            invoice: Some("4393".to_owned()),
            operations: vec![Purpose::RecordPayment, Purpose::ListPayments],
            limit: Some((125_000, Currency::parse("EUR").unwrap())),
            origin: Some("https://shop.example".to_owned()),
            by: Some("Ann \u{20ac}".to_owned()),
            expires: at(1_000),
        }
    }

    pub(crate) fn at(seconds: i64) -> Instant {
        Instant::from_unix(seconds).unwrap()
    }

    fn keys(ids: &[(&str, char)]) -> Keys {
        let secret = |digit: char| SecretString::from(digit.to_string().repeat(64));
        let secrets = ids.iter().map(|(id, digit)| ((*id).to_owned(), secret(*digit))).collect();
        Keys::new(&secrets).unwrap()
    }

    #[test]
    fn a_session_is_read_back_from_its_token() {
        let keys = keys(&[("2026-11", 'a')]);
        let bare = Session {
            invoice: None,
            limit: None,
            origin: None,
            by: None,
            operations: Vec::new(),
            ..session()
        };
        for session in [session(), bare] {
            let token = keys.seal(&session).unwrap();
            assert!(token.starts_with("v4.local."), "{token}");
            assert_eq!(keys.open(&token, at(999)), Ok(session));
        }
    }

    #[test]
    fn a_token_shows_nothing_of_its_session() {
        let token = keys(&[("k", 'a')]).seal(&session()).unwrap();
        let other = keys(&[("k", 'a')]).seal(&session()).unwrap();
        assert_ne!(token, other);
        for text in ["shop", "books", "4393"] {
            assert!(!token.contains(text), "{token}");
        }
    }

    #[test]
    fn a_token_ends_at_its_expiry() {
        let keys = keys(&[("k", 'a')]);
        let token = keys.seal(&session()).unwrap();
        for (now, result) in
            [(999, None), (1_000, Some(TokenError::Expired)), (5_000, Some(TokenError::Expired))]
        {
            assert_eq!(keys.open(&token, at(now)).err(), result);
        }
    }

    #[test]
    fn a_token_of_another_key_or_with_a_changed_character_is_not_accepted() {
        let own = keys(&[("k", 'a')]);
        let token = own.seal(&session()).unwrap();
        for other in [keys(&[("k", 'b')]), keys(&[("other", 'a')])] {
            assert_eq!(other.open(&token, at(0)), Err(TokenError::Invalid));
        }
        for at_character in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at_character] ^= 1;
            let changed = String::from_utf8_lossy(&changed).into_owned();
            assert_eq!(own.open(&changed, at(0)), Err(TokenError::Invalid), "{changed}");
        }
        for text in ["", "v4.local.", "v4.local.AAAA", "v4.local.AAAA.aw", "v3.local.AAAA", "Bearer x"] {
            assert_eq!(own.open(text, at(0)), Err(TokenError::Invalid), "{text}");
        }
    }

    #[test]
    fn an_older_key_is_accepted_until_it_is_removed() {
        let old = keys(&[("2026-10", 'a')]).seal(&session()).unwrap();
        let both = keys(&[("2026-10", 'a'), ("2026-11", 'b')]);
        assert!(both.open(&old, at(0)).is_ok());
        let new = both.seal(&session()).unwrap();
        let rotated = keys(&[("2026-11", 'b')]);
        assert!(rotated.open(&new, at(0)).is_ok());
        assert_eq!(rotated.open(&old, at(0)), Err(TokenError::Invalid));
    }

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        for wrong in ["", "abc", &"g".repeat(64), &"a".repeat(63), &"a".repeat(66), &"\u{e9}".repeat(32)] {
            assert!(!Keys::is_key(&SecretString::from(wrong.to_owned())), "{wrong}");
        }
        assert!(Keys::new(&BTreeMap::new()).is_none());
    }
}
