//! Types that have a text: what `Display` writes, `FromStr` reads back, and errors say what is wrong.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::error::Error;
use std::fmt::Display;
use std::str::FromStr;

use remit_core::emulate::SignInFault;
use remit_core::money::reading::{AmountError, ParseMoneyError};
use remit_core::time::reading::MomentError;
use remit_core::wire::json::Json;
use remit_core::wire::xml::Element;
use remit_core::{
    Cause, Code, Currency, CurrencyError, Failure, Instant, InvoiceState, Money, NoticeCode, Problem,
    ProblemCode, Purpose, Reason,
};

fn reads_back<T>(all: impl IntoIterator<Item = T>)
where
    T: Display + FromStr + PartialEq + std::fmt::Debug,
    T::Err: Error,
{
    let mut count = 0;
    for value in all {
        assert_eq!(value.to_string().parse::<T>().ok(), Some(value));
        count += 1;
    }
    assert!(count > 1);
    let error = "no such text".parse::<T>().err().unwrap();
    assert!(!error.to_string().is_empty());
}

#[test]
fn every_displayed_text_parses_back() {
    reads_back(Code::ALL.iter().copied());
    reads_back(NoticeCode::ALL.iter().copied());
    reads_back(Purpose::ALL);
    reads_back(InvoiceState::ALL);
    reads_back(ProblemCode::ALL);
    reads_back(Cause::ALL);
    reads_back(Currency::all());
    reads_back(
        Currency::all().flat_map(|currency| [-105, 0, 1_250_000].map(|n| Money::from_minor(n, currency))),
    );
    reads_back([-2_208_988_800, 0, 1_795_082_400, 253_402_300_799].map(|n| Instant::from_unix(n).unwrap()));
}

#[test]
fn a_moment_without_an_offset_is_not_completed() {
    for text in ["2026-11-19", "2026-11-19 10:00:00", "2026-11-19T10:00:00"] {
        assert_eq!(text.parse::<Instant>(), Err(MomentError::NeedsOffset), "{text}");
    }
    assert_eq!("2026-11-19T11:00:00+01:00".parse(), "2026-11-19T10:00:00Z".parse::<Instant>());
}

#[test]
fn an_amount_names_what_is_wrong_with_it() {
    for (text, error) in [
        ("1250.00", ParseMoneyError::Currency(CurrencyError::Unknown)),
        ("XAU 1", ParseMoneyError::Currency(CurrencyError::NoMinorUnit)),
        ("USD", ParseMoneyError::Amount(AmountError::Malformed)),
        ("USD 1.250", ParseMoneyError::Amount(AmountError::Ambiguous)),
        ("USD 1.005", ParseMoneyError::Amount(AmountError::Ambiguous)),
        ("JPY 1.5", ParseMoneyError::Amount(AmountError::Precision)),
    ] {
        assert_eq!(text.parse::<Money>(), Err(error), "{text}");
    }
}

#[test]
fn every_error_has_a_text() {
    let reason = || Reason::new(Cause::Lost, "no response in time");
    let refused = Problem {
        code: ProblemCode::Invalid,
        field: None,
        words: Some("Amount is missing".to_owned()),
        provider_code: None,
        retry_after: None,
    };
    let errors: Vec<(Box<dyn Error>, &str)> = vec![
        (Box::new(Failure::Refused(refused)), "refused: invalid, Amount is missing"),
        (Box::new(Failure::NotSent(Reason::of(Cause::Unreachable))), "not sent: unreachable"),
        (Box::new(Failure::Unknown(reason())), "unknown outcome: lost, no response in time"),
        (Box::new(Json::parse("{").unwrap_err()), "not JSON, or beyond the limits"),
        (Box::new(Element::parse("<a>").unwrap_err()), "not one well-formed element of XML"),
        (Box::new(SignInFault::Stale), "a signature that is too old, or from the future"),
        (Box::new(Currency::parse("US$").unwrap_err()), "not an ISO 4217 currency code"),
        (Box::new("void?".parse::<InvoiceState>().unwrap_err()), "not the state of an invoice"),
    ];
    for (error, text) in errors {
        assert_eq!(error.to_string(), text);
    }
}
