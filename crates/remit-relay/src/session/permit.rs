//! What a caller may do: what its session permits, or everything if the relay is open.

use remit_core::schema::values::Values;
use remit_core::{Cause, Currency, Instant, Operation, Outcome, Reason, name};

use super::rights::Session;
use super::token::{Keys, TokenError};
use crate::answer::Refusal;
use crate::intent::Budget;

/// The rights of the caller of one request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Permit {
    /// The relay asks for no session.
    Open,
    /// What the session permits.
    Session(Box<Session>),
}

/// Why a request is not permitted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    /// There is no session, or it is not accepted: the page needs a new one.
    Session(&'static str),
    /// The session does not permit this.
    Right(String),
}

impl Denied {
    pub(crate) fn refusal(self) -> Refusal {
        match self {
            Self::Session(words) => Refusal::of(401, Outcome::NotSent(Reason::new(Cause::Session, words))),
            Self::Right(words) => Refusal::new(403, words),
        }
    }
}

impl Permit {
    /// The rights of a caller with this `Authorization` header. `keys` are absent if the relay asks for no session.
    pub(crate) fn of(keys: Option<&Keys>, authorization: Option<&str>, now: Instant) -> Result<Self, Denied> {
        let Some(keys) = keys else { return Ok(Self::Open) };
        let token = authorization.and_then(bearer).ok_or(Denied::Session(
            "The relay needs a session: the page's server must request one and pass it to the form.",
        ))?;
        match keys.open(token, now) {
            Ok(session) => Ok(Self::Session(Box::new(session))),
            Err(TokenError::Expired) => Err(Denied::Session("The session has expired.")),
            Err(TokenError::Invalid) => Err(Denied::Session("The session is not valid.")),
        }
    }

    /// Whether the caller may use the connection from a page of this origin. `is_own` means that the page has the relay's
    /// own origin; then its browser may omit `Origin`.
    pub(crate) fn may_use(&self, connection: &str, origin: Option<&str>, is_own: bool) -> Result<(), Denied> {
        let Self::Session(session) = self else { return Ok(()) };
        if !session.connections.iter().any(|name| name == connection) {
            return Err(Denied::Right("The session is for another connection.".to_owned()));
        }
        match (&session.origin, origin) {
            (Some(bound), Some(origin)) if bound == origin => Ok(()),
            (Some(_), None) if is_own => Ok(()),
            (Some(_), _) => Err(Denied::Right("The session is for a page of another origin.".to_owned())),
            (None, _) => Ok(()),
        }
    }

    /// Whether the caller may use the operation with these values.
    pub(crate) fn may_call(&self, operation: &Operation, values: &Values<'_>) -> Result<(), Denied> {
        let Self::Session(session) = self else { return Ok(()) };
        if !session.operations.contains(&operation.purpose) {
            return Err(Denied::Right(format!(
                "The session does not permit {}.",
                operation.purpose.as_str()
            )));
        }
        let names_invoice = operation.fields.iter().any(|field| field.name == name::INVOICE);
        match &session.invoice {
            // The host has permitted the operation by its name.
            Some(_) if !names_invoice => Ok(()),
            Some(invoice) if values.text(name::INVOICE).as_ref() != Some(invoice) => {
                Err(Denied::Right("The session is for another invoice.".to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// The currency of the session's limit.
    pub(crate) fn currency(&self) -> Option<Currency> {
        match self {
            Self::Open => None,
            Self::Session(session) => session.limit.map(|(_, currency)| currency),
        }
    }

    /// The limit of the session, for amounts in this currency.
    pub(crate) fn budget(&self, currency: Currency) -> Result<Option<Budget>, Denied> {
        let Self::Session(session) = self else { return Ok(None) };
        match session.limit {
            Some((_, limited)) if limited != currency => {
                Err(Denied::Right(format!("The session is for amounts in {}.", limited.code())))
            }
            limit => Ok(Some(Budget { session: session.id.clone(), limit: limit.map(|(minor, _)| minor) })),
        }
    }

    /// The identifier of the caller's session.
    pub(crate) fn session(&self) -> Option<&str> {
        match self {
            Self::Open => None,
            Self::Session(session) => Some(&session.id),
        }
    }

    /// The host whose keys the caller's keys belong to.
    pub(crate) fn tenant(&self) -> String {
        match self {
            Self::Open => String::new(),
            Self::Session(session) => session.host.clone(),
        }
    }

    /// Who the caller is, in the host's words.
    pub(crate) fn by(&self) -> Option<String> {
        match self {
            Self::Open => None,
            Self::Session(session) => session.by.clone(),
        }
    }
}

/// The credentials in `Authorization: Bearer …`. [RFC 6750, 2.1]
pub(crate) fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use remit_core::schema::field::{Field, Kind};
    use remit_core::{Context, Draft, Provider, Purpose};

    use super::super::token::tests::{at, session};
    use super::*;

    fn permit(session: Session) -> Permit {
        Permit::Session(Box::new(session))
    }

    #[test]
    fn a_relay_with_keys_asks_for_a_session() {
        let secrets = [("k".to_owned(), "a".repeat(64).into())].into_iter().collect();
        let keys = Keys::new(&secrets).unwrap();
        let token = format!("Bearer {}", keys.seal(&session()).unwrap());
        assert_eq!(Permit::of(Some(&keys), Some(&token), at(0)), Ok(permit(session())));
        assert_eq!(
            Permit::of(Some(&keys), Some(&token.replace("Bearer", "bearer")), at(0)),
            Ok(permit(session()))
        );
        for (authorization, now) in [
            (None, 0),
            (Some("Bearer nonsense"), 0),
            (Some("Basic dXNlcjpwYXNz"), 0),
            (Some(token.trim_start_matches("Bearer ")), 0),
            (Some(token.as_str()), 2_000),
        ] {
            let denied = Permit::of(Some(&keys), authorization, at(now));
            assert!(matches!(denied, Err(Denied::Session(_))), "{authorization:?}");
        }
        assert_eq!(Permit::of(None, None, at(0)), Ok(Permit::Open));
        assert_eq!(Permit::of(None, Some("Bearer nonsense"), at(0)), Ok(Permit::Open));
    }

    #[test]
    fn a_session_is_bound_to_its_connection_and_its_origin() {
        let bound = permit(session());
        let own = Some("https://shop.example");
        assert_eq!(bound.may_use("books", own, false), Ok(()));
        assert_eq!(bound.may_use("books", None, true), Ok(()));
        for (connection, origin, is_own) in [
            ("other", own, false),
            ("books", Some("https://evil.example"), false),
            ("books", None, false),
            ("books", Some("null"), true),
        ] {
            assert!(bound.may_use(connection, origin, is_own).is_err(), "{connection} {origin:?}");
        }
        let anywhere = permit(Session { origin: None, ..session() });
        assert_eq!(anywhere.may_use("books", Some("https://other.example"), false), Ok(()));
    }

    #[test]
    fn a_session_is_bound_to_its_operations_and_its_invoice() {
        let removes = |provider: &&&Provider| provider.operation(Purpose::DeletePayment).is_some();
        let provider = Provider::ALL.iter().find(removes).unwrap();
        let values = |operation: &Operation, invoice: &str| {
            let text = |field: &Field| match field.kind {
                Kind::Currency(_) => "EUR",
                Kind::Amount { .. } => "1.00",
                Kind::Instant => "2026-11-19T00:00:00Z",
                _ => "7",
            };
            let required = operation.fields.iter().filter(|field| field.required);
            let draft: Draft = required.map(|field| (field.name, text(field))).collect();
            let draft = draft.with(name::INVOICE, invoice);
            operation.parse(&draft, &Context::default()).unwrap().0.into_owned()
        };
        let bound = permit(session());
        let record = &provider.payment;
        let remove = provider.operation(Purpose::DeletePayment).unwrap();
        assert_eq!(bound.may_call(record, &values(record, "4393")), Ok(()));
        assert!(bound.may_call(record, &values(record, "4394")).is_err());
        assert!(bound.may_call(remove, &values(remove, "4393")).is_err());
        let any_invoice = permit(Session { invoice: None, ..session() });
        assert_eq!(any_invoice.may_call(record, &values(record, "4394")), Ok(()));
    }

    #[test]
    fn a_limit_holds_only_for_its_currency() {
        let bound = permit(session());
        let eur = Currency::parse("EUR").unwrap();
        let budget = bound.budget(eur).unwrap().unwrap();
        assert_eq!((budget.session.as_str(), budget.limit), ("s-1", Some(125_000)));
        assert!(bound.budget(Currency::parse("USD").unwrap()).is_err());
        assert!(bound.budget(Currency::UNSTATED).is_err());
        let unlimited = permit(Session { limit: None, ..session() });
        assert_eq!(unlimited.budget(Currency::UNSTATED).unwrap().unwrap().limit, None);
    }
}
