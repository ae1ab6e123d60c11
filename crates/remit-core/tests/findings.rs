//! What a refusal says, and when; and what is asked for at all.

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
fn a_log_would_run_two_complaints_together_or_begin_with_a_space() {
    assert_eq!(refused(Draft::new()).to_string(), "Payment date is required. Amount is required.");
}

#[test]
fn what_was_changed_on_the_way_would_not_be_told_where_something_else_is_wrong() {
    let rejection = refused(Draft::new().with("paidAt", " 2026-11-19T10:00:00Z"));
    let told: Vec<_> = rejection.notices().iter().map(|notice| (notice.field, notice.code)).collect();
    assert_eq!(told, [("paidAt", NoticeCode::Trimmed)]);
}

#[test]
fn a_form_would_complain_of_what_is_not_entered_yet_or_be_silent_while_it_is_too_long() {
    let said = |timing| Code::ALL.iter().copied().filter(move |code| code.timing() == timing);
    assert!(said(Timing::Typing).eq([Code::TooLong, Code::Character]));
    assert!(said(Timing::Submitting).eq([Code::Required]));
    assert_eq!(said(Timing::Leaving).count(), Code::ALL.len() - 3);
}

#[test]
fn a_form_would_ask_whoever_pays_by_card_for_a_cheque() {
    let asks = |draft: &Draft| {
        let fields = Provider::find("ivvy").unwrap().payment.fields;
        ["amount", "cardType", "chequeNumber", "feePercentage"]
            .map(|name| fields.iter().any(|field| field.name == name && applies(field, draft)))
    };
    assert_eq!(asks(&Draft::new()), [true, false, false, true]);
    let card = Draft::new().with("method", " creditCard");
    assert_eq!(asks(&card), [true, true, false, true]);
    assert_eq!(asks(&card.with("feeAmount", "1")), [true, true, false, false]);
    assert_eq!(asks(&Draft::new().with("method", "cheque")), [true, false, true, true]);
}

#[test]
fn a_program_s_list_of_currencies_would_not_begin_with_the_provider_s_own() {
    let dayzero = to_json::provider(Provider::find("dayzero").unwrap());
    let fields = dayzero.get("fields").and_then(Json::as_array).unwrap();
    let currency = fields.iter().find(|field| field.get("name") == Some(&Json::text("currency"))).unwrap();
    let choices = currency.get("choices").and_then(Json::as_array).unwrap().iter();
    let codes = choices.filter_map(|choice| choice.get("value").and_then(Json::as_text));
    assert_eq!(codes.collect::<Vec<_>>(), ["USD", "CAD", "AUD", "EUR", "GBP"]);
}
