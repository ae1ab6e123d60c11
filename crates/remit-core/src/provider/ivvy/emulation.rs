//! iVvy's side of the wire, for the sandbox and the tests: responses and refusals in iVvy's own words.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

use super::operations::*;
use crate::emulate::SignInFault;
use crate::emulate::{
    Emulation, Entry, Posted, Records, Refusal, Seen, decimal, reply_json, row, unanswered, word,
};
use crate::operation::Operation;
use crate::operation::purpose::Purpose;
use crate::report::codes::Code;
use crate::report::finding::{Issue, Param};
use crate::schema::field::Kind;
use crate::schema::field_type::List;
use crate::schema::name;
use crate::time::instant::Instant;
use crate::wire::Response;
use crate::wire::json::Json;

pub(super) const EMULATION: Emulation = Emulation {
    base: "/ivvy",
    ids: &[],
    credentials: &[&[("apiKey", "sandbox-key"), ("apiSecret", "sandbox-secret")]],
    identifier: row,
    words: STATES,
    payable: PAYABLE,
    draft_stays: false,
    filters: &[],
    in_query: &[],
    answer,
    refuse,
};

fn answer(seen: &Seen) -> Response {
    match seen.records {
        // As in the page's example. [IV-DOC, addPayment]
        Records::Payment(_, posted) => {
            reply_json(200, [("Success", Json::Bool(true)), ("Id", numeral(&posted.id))])
        }
        Records::Invoice(invoice, all) | Records::Payments(invoice, all) => {
            reply_json(200, whole(invoice, all))
        }
        Records::Nothing if seen.purpose == Purpose::Options => reply_json(200, choices()),
        Records::Nothing => reply_json(200, [("ack", stamp(seen.now))]),
        _ => unanswered(),
    }
}

fn numeral(text: &str) -> Json {
    Json::Number(text.to_owned())
}

/// A moment with the "optional text at the end", as in the example. [IV-DOC, "Timestamp Format"; getInvoice]
fn stamp(instant: Instant) -> Json {
    Json::text(format!("{} UTC", instant.utc_date_time()))
}

fn object<const N: usize>(members: [(&'static str, Json); N]) -> Json {
    members.into_iter().collect()
}

/// An invoice with the members of the page's example and the refunds of its table. [IV-DOC, getInvoice] The reference
/// of a "Custom" invoice is not documented: it is `null` here. The sandbox has no taxes and no refunds.
fn whole(invoice: &Entry, payments: &[Posted]) -> [(&'static str, Json); 29] {
    let modified = payments.iter().map(|posted| posted.recorded_at).fold(invoice.issued, Ord::max);
    [
        ("id", numeral(&invoice.id)),
        ("reference", Json::text(&invoice.number)),
        ("title", Json::text("Sandbox Invoice")),
        ("description", Json::text("")),
        ("currency", Json::text(invoice.amount.currency().code())),
        ("totalCost", decimal(invoice.amount)),
        ("totalTaxCost", Json::integer(0)),
        ("amountPaid", decimal(invoice.paid)),
        ("toContactEmail", Json::text("client@example.com")),
        ("toContactName", Json::text("Sandbox Client")),
        ("currentStatus", numeral(word(STATES, invoice.state))),
        ("createdDate", stamp(invoice.issued)),
        ("issuedDate", stamp(invoice.issued)),
        ("modifiedDate", stamp(modified)),
        ("refType", Json::integer(0)),
        ("refId", Json::Null),
        ("taxRateUsed", Json::Null),
        ("isTaxCharged", Json::integer(0)),
        ("paymentDueDate", stamp(invoice.due)),
        ("eventId", Json::Null),
        ("venueId", Json::Null),
        ("toContactId", numeral(&invoice.client)),
        ("payments", Json::Array(payments.iter().map(payment).collect())),
        ("refunds", Json::Array(Vec::new())),
        ("contact", Json::Null),
        ("company", Json::Null),
        ("toAddress", Json::Null),
        ("venueExTaxes", Json::Array(Vec::new())),
        ("items", Json::Array(vec![line(invoice)])),
    ]
}

/// The only line of an invoice, an "Additional Line". The real service adds a line for a fee, type 103 [IV-DOC,
/// getInvoice]; the emulation does not, since its totals do not include fees.
fn line(invoice: &Entry) -> Json {
    object([
        ("description", Json::text("Services")),
        ("quantity", Json::integer(1)),
        ("unitCost", decimal(invoice.amount)),
        ("totalCost", decimal(invoice.amount)),
        ("totalTaxCost", Json::integer(0)),
        ("amountPaid", decimal(invoice.paid)),
        ("refType", Json::integer(511)),
    ])
}

/// A payment. [IV-DOC, getInvoice, "Payment Details"] The receipt number is a number in the example but is sent as
/// text; it is text here. Omitted fields are `null`, like some in the example.
fn payment(posted: &Posted) -> Json {
    let entered = |name: &str| posted.fields.get(name);
    let as_text = |name| entered(name).map_or(Json::Null, Json::text);
    let as_number = |name| entered(name).map_or(Json::Null, numeral);
    object([
        ("id", numeral(&posted.id)),
        ("paymentId", Json::integer(0)),
        ("receiptNum", as_text(name::RECEIPT)),
        ("amountPaid", decimal(posted.amount)),
        ("feeAmount", as_number("feeAmount")),
        ("feePercentage", as_number("feePercentage")),
        ("notes", Json::text(posted.note.as_deref().unwrap_or_default())),
        ("chequeNumber", as_text("chequeNumber")),
        ("paymentMethod", code::<Methods>(entered("method").or(Some("unknown")))),
        ("customPaymentMethodId", as_number("customMethodId")),
        ("paidDate", stamp(posted.paid_at)),
        ("cardType", code::<Cards>(entered("cardType"))),
    ])
}

/// The number of a choice on the wire.
fn code<L: List>(value: Option<&str>) -> Json {
    let choice = L::CHOICES.iter().find(|choice| Some(choice.value) == value);
    choice.map_or(Json::Null, |choice| Json::integer(choice.wire))
}

/// The four lists of options. Their items are not documented. [IV-DOC, getOptions] The names are from other pages; the
/// custom payment methods are invented.
fn choices() -> [(&'static str, Json); 4] {
    let list = |items: &[(i64, &str)]| {
        let one =
            |(id, name): &(i64, &str)| object([("id", Json::integer(*id)), ("name", Json::text(*name))]);
        Json::Array(items.iter().map(one).collect())
    };
    [
        (
            "invoiceRefTypes",
            list(&[
                (0, "Custom"),
                (1, "Event Registration"),
                (2, "Membership Sign Up"),
                (3, "Membership Renewal"),
                (4, "Venue Booking"),
            ]),
        ),
        ("invoiceLineRefTypes", list(&[(0, "Unknown"), (103, "Payment Fee"), (511, "Additional Line")])),
        (
            "paymentMethods",
            list(&[
                (0, "Unknown"),
                (1, "Credit Card"),
                (2, "BPay"),
                (3, "Direct Deposit"),
                (4, "PayPal"),
                (5, "Cheque"),
                (6, "Cash"),
                (8, "Accounts Receivable"),
                (9, "EFTPOS"),
                (10, "WriteOff"),
                (11, "Point of Sale"),
                (12, "Wire Transfer"),
                (13, "Custom"),
            ]),
        ),
        ("customPaymentMethods", list(&[(1, "Gift voucher"), (2, "Loyalty points")])),
    ]
}

/// A refusal. [IV-DOC, errors] The HTTP status of an error is not documented: it is 200 here, since the official client
/// expects no other.
fn refuse(refusal: &Refusal, operation: &Operation) -> Response {
    let (error, message, specific) = match refusal {
        Refusal::Throttled(_) => (429, "Too many requests".to_owned(), None),
        Refusal::SignIn(SignInFault::Stale) => (401, "Request is stale".to_owned(), Some(23005)),
        Refusal::SignIn(_) => (401, "Unable to authenticate".to_owned(), None),
        Refusal::NoInvoice => {
            // Each action has its own code. [IV-DOC, getInvoice; addPayment]
            let code = if operation.purpose == Purpose::RecordPayment { 24238 } else { 24137 };
            (400, "Unable to find invoice".to_owned(), Some(code))
        }
        Refusal::State(_) => (400, "The payment details are invalid".to_owned(), Some(24239)),
        Refusal::Unreadable if operation.purpose == Purpose::RecordPayment => {
            (400, "The request is empty".to_owned(), Some(24235))
        }
        // Only recording a payment has that code. For other actions, a required parameter is missing. [IV-DOC,
        // "Throws"]
        Refusal::Unreadable => match operation.fields.first().and_then(|field| field.wire_name()) {
            Some(name) => (400, format!("'{name}' is required"), Some(23017)),
            None => (400, "Bad Request".to_owned(), None),
        },
        Refusal::NoPayment | Refusal::NoTransaction | Refusal::NoRoute(_) => {
            (404, "Not found".to_owned(), None)
        }
        Refusal::Method { .. } => (405, "Method not allowed".to_owned(), None),
        Refusal::Invalid(rejection) => invalid(operation, rejection),
    };
    let members = [("errorCode", Json::integer(error)), ("message", Json::text(message))];
    let members = members.into_iter().chain(specific.map(|code| ("specificCode", Json::integer(code))));
    let more = match refusal {
        Refusal::Invalid(rejection) => {
            rejection.issues().next().and_then(|issue| additional_message(operation, issue))
        }
        _ => None,
    };
    let more = more.map(|more| ("additionalMessages", Json::Array(vec![Json::text(more)])));
    reply_json(200, members.chain(more))
}

/// The additional message for an invalid parameter. Only one is documented. [IV-DOC, errors]
fn additional_message(operation: &Operation, issue: &Issue) -> Option<&'static str> {
    let field = operation.fields.iter().find(|field| field.name == issue.field)?;
    let whole = matches!(field.kind, Kind::Integer { .. }) && issue.code != Code::Required;
    whole.then_some("Value must be a whole number")
}

/// Whether an issue is about a member that the action has but does not accept from clients. [IV-DOC, addPayment, 24237]
fn is_of_gateway(issue: &Issue) -> bool {
    let names = ["gateway", "paymentId"].map(|name| Param::Text(name.to_owned()));
    issue.params.iter().any(|(_, param)| names.contains(param))
}

/// The error for the first invalid parameter; the others are not reported. [IV-DOC, errors]
fn invalid(
    operation: &Operation,
    rejection: &crate::report::rejection::Rejection,
) -> (i64, String, Option<i64>) {
    let first = rejection.issues().next();
    let name = first.and_then(|issue| operation.wire_name(issue.field)).unwrap_or("body");
    match first.map(|issue| issue.code) {
        Some(Code::Required) => (400, format!("'{name}' is required"), Some(23017)),
        Some(Code::ChoiceUnknown) if name == "paymentMethod" => {
            (400, "Invalid payment method".to_owned(), Some(24236))
        }
        Some(Code::MemberUnknown) if first.is_some_and(is_of_gateway) => (
            400,
            "Cannot use \"gateway\" or \"paymentId\" to make the invoice payment".to_owned(),
            Some(24237),
        ),
        Some(Code::OverOutstanding) => (400, "The payment details are invalid".to_owned(), Some(24239)),
        _ => (400, format!("'{name}' does not validate"), Some(23016)),
    }
}
