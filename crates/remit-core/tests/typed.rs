//! Operations as structs, for Rust programs that use one provider.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use remit_core::provider::ivvy::{Payment, Ping};
use remit_core::{Context, Draft, Provider};

/// A draft with values of most kinds.
fn draft() -> Draft {
    Draft::new()
        .with("invoiceId", "156")
        .with("currency", "AUD")
        .with("paidAt", "2018-07-24T00:00:00Z")
        .with("amount", "1,010.50")
        .with("method", "creditCard")
        .with("cardType", "visa")
        .with("receiptNumber", "123")
        .with("feePercentage", "2.5")
        .with("excludedTaxes", "3, 4")
}

#[test]
fn a_typed_payment_has_the_same_request_and_notices_as_a_checked_draft() {
    let checked = Provider::find("ivvy").unwrap().check(&draft(), &Context::default()).unwrap();
    let (payment, notices) = Payment::parse(&draft(), &Context::default()).unwrap();
    assert_eq!(payment.request(), checked.request);
    assert_eq!(notices, checked.notices);
    assert_eq!(notices.len(), 1);
    assert_eq!(payment.invoice_id(), &156);
    assert_eq!(payment.amount().to_string(), "AUD 1010.50");
    assert_eq!(payment.card_type().map(|card| card.value), Some("visa"));
    assert_eq!(payment.excluded_taxes().as_deref(), Some(&[3, 4][..]));
    assert_eq!((payment.cheque_number(), payment.fee_amount()), (&None, &None));
    assert_eq!(Ping::parse(&Draft::new(), &Context::default()).unwrap().0.request().body, "{}");
}

#[test]
fn a_typed_payment_has_the_same_issues_as_a_checked_draft() {
    let draft = draft().with("amount", "1.250").with("cardType", " ");
    let checked =
        Provider::find("ivvy").unwrap().check(&draft, &Context::default()).map(|checked| checked.request);
    let typed = Payment::parse(&draft, &Context::default()).map(|(payment, _)| payment.request());
    assert_eq!(typed, checked);
    assert_eq!(typed.as_ref().err().map(|rejection| rejection.issues().count()), Some(2));
}

#[test]
fn every_field_has_documentation() {
    let operations = Provider::ALL.iter().flat_map(|provider| provider.all_operations());
    for field in operations.flat_map(|operation| operation.fields) {
        assert!(field.about.split_whitespace().count() > 1, "{}: {:?}", field.name, field.about);
    }
}
