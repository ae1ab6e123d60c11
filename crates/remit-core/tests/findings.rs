//! The sentences and the timing of findings, and the fields that apply to a draft.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use remit_core::wire::json::Json;
use remit_core::{Code, Context, Draft, NoticeCode, Provider, Rejection, Timing, applies, to_json};

fn refused(draft: Draft) -> Rejection {
    let draft = draft
        .with("workspaceId", "64a687e29ae1f428e7ebe303")
        .with("invoiceId", "78a687e29ae1f428e7ebe303")
        .with("currency", "USD");
    Provider::find("clockify").unwrap().check(&draft, &Context::default()).unwrap_err()
}

#[test]
fn displays_a_rejection_as_sentences_separated_by_spaces() {
    assert_eq!(refused(Draft::new()).to_string(), "Payment date is required. Amount is required.");
}

#[test]
fn a_rejection_includes_the_notices() {
    let rejection = refused(Draft::new().with("paidAt", " 2026-11-19T10:00:00Z"));
    let notices: Vec<_> = rejection.notices().iter().map(|notice| (notice.field, notice.code)).collect();
    assert_eq!(notices, [("paidAt", NoticeCode::Trimmed)]);
}

#[test]
fn issues_are_shown_when_leaving_a_field_except_those_shown_while_typing_or_on_submit() {
    let codes = |timing| Code::ALL.iter().copied().filter(move |code| code.timing() == timing);
    assert!(codes(Timing::Typing).eq([Code::TooLong, Code::Character]));
    assert!(codes(Timing::Submitting).eq([Code::Required]));
    assert!(Timing::Typing < Timing::Leaving && Timing::Leaving < Timing::Submitting);
}

#[test]
fn a_field_applies_only_while_its_condition_holds() {
    let applied = |draft: &Draft| {
        let fields = Provider::find("ivvy").unwrap().payment.fields;
        ["amount", "cardType", "chequeNumber", "feePercentage"]
            .map(|name| fields.iter().any(|field| field.name == name && applies(field, draft)))
    };
    assert_eq!(applied(&Draft::new()), [true, false, false, true]);
    let card = Draft::new().with("method", " creditCard");
    assert_eq!(applied(&card), [true, true, false, true]);
    assert_eq!(applied(&card.with("feeAmount", "1")), [true, true, false, false]);
    assert_eq!(applied(&Draft::new().with("method", "cheque")), [true, false, true, true]);
}

#[test]
fn lists_a_provider_s_currencies_in_declaration_order() {
    let dayzero = to_json::provider(Provider::find("dayzero").unwrap());
    let fields = dayzero.get("fields").and_then(Json::as_array).unwrap();
    let currency = fields.iter().find(|field| field.get("name") == Some(&Json::text("currency"))).unwrap();
    let choices = currency.get("choices").and_then(Json::as_array).unwrap().iter();
    let codes = choices.filter_map(|choice| choice.get("value").and_then(Json::as_text));
    assert_eq!(codes.collect::<Vec<_>>(), ["USD", "CAD", "AUD", "EUR", "GBP"]);
}
