//! Ledgerly: XML, decimal amounts, a channel with conditions, a signature of its own, and the receipt with the remaining
//! balance in the response.
//!
//! The service is fictitious, so there are no sources. `cargo xtask test` adds this page to a copy of the workspace to prove
//! that a provider needs only a page, an entry in the list and vectors. It is the hardest case: it uses XML, signs requests
//! with its own scheme, names the invoice in the body, and has its own field names and choices.

use alloc::borrow::ToOwned;

use crate::check::context::Context;
use crate::check::rules;
use crate::ledger::invoice::InvoiceState;
use crate::ledger::recorded_payment::RecordedPayment;
use crate::money::Money;
use crate::money::currency::Currency;
use crate::operation::answer::{Answer, Next, Page};
use crate::operation::auth::{Scheme, Signature};
use crate::operation::body::Body;
use crate::operation::outcome::{Failure, Receipt, RefusalText};
#[cfg(feature = "complete")]
use crate::provider::base::Base;
use crate::provider::declaration::Provider;
use crate::report::rejection::Findings;
use crate::schema::choice::{AcceptedCurrencies, Choice};
use crate::schema::field::{Encoding, Location};
use crate::schema::field_type::{
    Amount, Count, CurrencyOf, Id, Line, Lines, List, Moment, OneOf, Percentage,
};
use crate::schema::values::Values;
use crate::time::instant::Instant;
use crate::wire::Response;
use crate::wire::xml::Element;

/// Ledgerly.
pub const PROVIDER: Provider = Provider {
    id: "ledgerly",
    name: "Ledgerly",
    payment: Payment::OPERATION,
    operations: operations![ListPayments::OPERATION, DeletePayment::OPERATION],
    auth: &[Scheme::Signed { key: "keyId", secret: "signingSecret", signature: SIGNATURE }],
    #[cfg(feature = "complete")]
    throttle: None,
    #[cfg(feature = "complete")]
    bases: &[Base { host: "*.ledgerly.example", path: "" }],
    #[cfg(feature = "emulate")]
    emulation: emulation::EMULATION,
};

/// `X-Ledgerly-Signature: {key}.{signature}`, valid for one minute around `X-Ledgerly-Timestamp`.
const SIGNATURE: Signature = Signature {
    header: "X-Ledgerly-Signature",
    #[cfg(feature = "sign")]
    sign: signature::sign,
    #[cfg(feature = "emulate")]
    holds: signature::holds,
    #[cfg(feature = "emulate")]
    signed_at: signature::signed_at,
    #[cfg(feature = "emulate")]
    tolerance: 60,
};

operation! {
    /// A receipt entered in a Ledgerly ledger.
    Payment = RecordPayment, Post "/v3/ledgers/{ledgerId}/receipts", Body::Xml("receipt"), rules, receipt {
        /// The ledger that the invoice is in.
        ledger_id "ledgerId": Id<36> => Location::Route;
        /// The invoice that is paid.
        invoice_id "invoiceId": Id => Location::Body("invoice", Encoding::Text);
        /// The invoice's currency; a receipt has none of its own.
        currency "currency": CurrencyOf<Currencies> => Location::Unsent;
        /// The amount received, in major units; at most the outstanding amount.
        amount "amount": Amount => Location::Body("value", Encoding::Decimal);
        /// The moment of receipt.
        paid_at "paidAt": Moment => Location::Body("received_at", Encoding::Rfc3339);
        /// The channel of the payment.
        channel "channel": OneOf<Channels> => Location::Body("channel", Encoding::Code);
        /// The mandate that permits the debit.
        mandate "mandate": Option<Id<35>> where needed if "channel" = "directDebit"
            => Location::Body("mandate_reference", Encoding::Text);
        /// The sender of the transfer.
        payer_name "payerName": Option<Line<70>> where allowed if "channel" = "bankTransfer"
            => Location::Body("payer_name", Encoding::Text);
        /// The share that was withheld at the source, as a percentage.
        withheld "withheld": Option<Percentage> [unless "withheldAmount"]
            => Location::Body("withheld_percent", Encoding::Decimal);
        /// The amount that was withheld at the source. If it is present, the percentage is not sent.
        withheld_amount "withheldAmount": Option<Amount<0>> => Location::Body("withheld_value", Encoding::Decimal);
        /// A memo of at most 500 characters.
        note "note": Option<Lines<500>> => Location::Body("memo", Encoding::Text);
    }
}

operation! {
    /// Lists the receipts of an invoice, page by page.
    ListPayments = ListPayments, Get "/v3/ledgers/{ledgerId}/receipts", Body::EmptyXml, rules::nothing, receipts {
        /// The ledger.
        ledger_id "ledgerId": Id<36> => Location::Route;
        /// The invoice.
        invoice_id "invoiceId": Id => Location::Query("invoice", Encoding::Text);
        /// The start of the page, from the previous page's response.
        page "page": Option<Line> => Location::Query("from", Encoding::Text);
        /// The number of receipts on a page; defaults to 20.
        page_size "pageSize": Option<Count<100>> => Location::Query("count", Encoding::Integer);
    }
}

operation! {
    /// Deletes a receipt. The response is the same as for a new receipt.
    DeletePayment = DeletePayment, Delete "/v3/ledgers/{ledgerId}/invoices/{invoiceId}/receipts/{paymentId}", Body::EmptyXml, rules::nothing, removed {
        /// The ledger.
        ledger_id "ledgerId": Id<36> => Location::Route;
        /// The invoice.
        invoice_id "invoiceId": Id => Location::Route;
        /// The receipt.
        payment_id "paymentId": Id => Location::Route;
    }
}

/// Four currencies: one has no decimals, one has three.
pub struct Currencies;
impl List for Currencies {
    const ACCEPTED: AcceptedCurrencies = AcceptedCurrencies::Only(&["EUR", "JPY", "KWD", "USD"]);
}

/// The channels of payments.
pub struct Channels;
impl List for Channels {
    const CHOICES: &'static [Choice] = &[
        Choice { value: "bankTransfer", wire: 10 },
        Choice { value: "directDebit", wire: 20 },
        Choice { value: "cash", wire: 30 },
        Choice { value: "voucher", wire: 45 },
    ];
}

/// Overpayment is refused.
fn rules(values: &Values, context: &Context, found: &mut Findings) {
    rules::date(values, context, found);
    rules::state(values, context, PAYABLE, found);
    rules::overpayment_refused(values, context, found);
}

/// An invoice that is not posted yet, or is settled, accepts no receipt.
const PAYABLE: &[InvoiceState] = &[InvoiceState::Open, InvoiceState::Partial];

/// The element in a response to a request that succeeded.
fn accepted(response: &Response, name: &str) -> Result<Element, Failure> {
    let element = Element::parse(&response.body).ok();
    if !response.is_success() {
        return Err(Failure::by_status(response, refusal_text(element.as_ref())));
    }
    element.filter(|element| element.name == name).ok_or_else(|| Failure::unreadable(response))
}

/// A child's text, unless the child is missing or nil.
fn text<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element.get(name).filter(|child| !child.nil).map(|child| child.text.as_str())
}

/// 201 with the receipt. 202 means that it awaits approval, so it may or may not be recorded.
fn receipt(response: &Response, currency: Currency) -> Result<Answer, Failure> {
    confirmed(response, currency, 201)
}

fn removed(response: &Response, currency: Currency) -> Result<Answer, Failure> {
    confirmed(response, currency, 200)
}

fn confirmed(response: &Response, currency: Currency, status: u16) -> Result<Answer, Failure> {
    let element = accepted(response, "receipt")?;
    let money = |name| Money::from_wire(text(&element, name)?, currency);
    match text(&element, "id") {
        Some(id) if response.status == status => Ok(Answer::Receipt(Receipt {
            payment_id: Some(id.to_owned()),
            balance: money("outstanding"),
            paid: money("received"),
            status: text(&element, "invoice_state").map(str::to_owned),
            raw: response.body.clone(),
        })),
        _ => Err(Failure::unreadable(response)),
    }
}

/// `<page><receipts><receipt>…</receipt></receipts><next>…</next></page>`; `next` is nil on the last page.
fn receipts(response: &Response, currency: Currency) -> Result<Answer, Failure> {
    let page = accepted(response, "page")?;
    let unreadable = || Failure::unreadable(response);
    let recorded = |element: &Element| {
        let amount = Money::from_wire(text(element, "value")?, currency);
        Some(RecordedPayment {
            paid_at: text(element, "received_at").and_then(|text| text.parse::<Instant>().ok()),
            note: text(element, "memo").map(str::to_owned),
            ..RecordedPayment::new(text(element, "id")?, amount)
        })
    };
    let list = page.get("receipts").ok_or_else(unreadable)?;
    let items = list.children.iter().map(recorded).collect::<Option<_>>().ok_or_else(unreadable)?;
    let next = page.get("next").ok_or_else(unreadable)?;
    let next = (!next.nil).then(|| Next::At(next.text.clone()));
    Ok(Answer::Payments(Page { items, next }))
}

/// `<error><code/><message/><member/></error>`; the member is named as in the request.
fn refusal_text(element: Option<&Element>) -> RefusalText {
    let error = element.filter(|element| element.name == "error");
    let text = |name| text(error?, name);
    RefusalText {
        words: text("message").map(str::to_owned),
        code: text("code").map(str::to_owned),
        field: text("member").and_then(|name| Payment::OPERATION.field_on_wire(name)),
    }
}

/// HMAC-SHA-1 in hexadecimal over method, path, timestamp and body, a line each.
#[cfg(feature = "sign")]
mod signature {
    use alloc::format;
    use alloc::string::{String, ToString};
    use core::fmt::Write as _;

    use hmac::{Hmac, KeyInit, Mac};
    use sha1::Sha1;

    use crate::operation::auth::KeyPair;
    use crate::time::instant::Instant;
    #[cfg(feature = "emulate")]
    use crate::wire::Headers;
    use crate::wire::Request;

    const TIMESTAMP: &str = "X-Ledgerly-Timestamp";

    pub(super) fn sign(request: &mut Request, pair: &KeyPair<'_>, now: Instant) -> Option<()> {
        request.headers.set(TIMESTAMP, now.unix().to_string());
        let signature = signature(request, &request.path, pair)?;
        request.headers.set(super::SIGNATURE.header, signature);
        Some(())
    }

    fn signature(request: &Request, path: &str, pair: &KeyPair<'_>) -> Option<String> {
        let mut mac = Hmac::<Sha1>::new_from_slice(pair.secret.as_bytes()).ok()?;
        let timestamp = request.headers.get(TIMESTAMP)?;
        mac.update(format!("{}\n{path}\n{timestamp}\n{}", request.method.name(), request.body).as_bytes());
        let mut text = format!("{}.", pair.key);
        for byte in mac.finalize().into_bytes() {
            write!(text, "{byte:02x}").ok()?;
        }
        Some(text)
    }

    #[cfg(feature = "emulate")]
    pub(super) fn holds(request: &Request, path: &str, pair: &KeyPair<'_>) -> bool {
        request.headers.get(super::SIGNATURE.header) == signature(request, path, pair).as_deref()
    }

    #[cfg(feature = "emulate")]
    pub(super) fn signed_at(headers: &Headers) -> Option<Instant> {
        Instant::from_unix(headers.get(TIMESTAMP)?.parse().ok()?)
    }
}

#[cfg(feature = "emulate")]
mod emulation {
    use alloc::format;
    use alloc::string::{String, ToString};
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;
    use crate::emulate::{Emulation, Entry, Posted, Records, Refusal, Seen, unanswered, word};
    use crate::operation::Operation;
    use crate::schema::name;

    const STATES: &[(InvoiceState, &str)] = &[
        (InvoiceState::Draft, "unposted"),
        (InvoiceState::Open, "posted"),
        (InvoiceState::Partial, "part_settled"),
        (InvoiceState::Paid, "settled"),
        (InvoiceState::Void, "reversed"),
    ];

    pub(super) const EMULATION: Emulation = Emulation {
        base: "/ledgerly",
        ids: &[("ledgerId", "main-2026")],
        credentials: &[&[("keyId", "ledgerly-key"), ("signingSecret", "ledgerly-secret")]],
        identifier,
        words: STATES,
        payable: PAYABLE,
        draft_stays: false,
        filters: &[],
        in_query: &[],
        answer,
        refuse,
    };

    fn identifier(n: u64) -> String {
        format!("L_{n:06}")
    }

    fn answer(seen: &Seen) -> Response {
        match seen.records {
            Records::Payment(invoice, posted) => confirm(201, invoice, &posted.id),
            Records::Removed(invoice) => {
                confirm(200, invoice, &seen.values.text(name::PAYMENT).unwrap_or_default())
            }
            Records::Payments(_, all) => page(seen, all),
            _ => unanswered(),
        }
    }

    fn xml(status: u16, element: &Element) -> Response {
        let headers = [("Content-Type", "application/xml")].into_iter().collect();
        Response::new(status, headers, element.print())
    }

    fn string(name: &str, text: &str) -> Element {
        Element::new(name, None, text)
    }

    /// An element whose text may be absent.
    fn optional(name: &str, text: Option<&str>) -> Element {
        Element { nil: text.is_none(), ..string(name, text.unwrap_or_default()) }
    }

    fn confirm(status: u16, invoice: &Entry, id: &str) -> Response {
        let members = vec![
            string("id", id),
            string("invoice_state", word(STATES, invoice.state)),
            string("received", &invoice.paid.to_decimal_string()),
            string("outstanding", &invoice.balance().to_decimal_string()),
        ];
        xml(status, &Element::with("receipt", members))
    }

    /// A page that starts at the named receipt.
    fn page(seen: &Seen, all: &[Posted]) -> Response {
        let from = seen.values.text(name::PAGE);
        let start = from.map_or(Some(0), |id| all.iter().position(|posted| posted.id == id));
        let Some(start) = start else {
            return error(422, "from", "No page begins at this receipt.", Some("from"));
        };
        let size = seen.values.text(name::PAGE_SIZE).and_then(|text| text.parse().ok()).unwrap_or(20);
        let receipt = |posted: &Posted| {
            let members = vec![
                string("id", &posted.id),
                string("value", &posted.amount.to_decimal_string()),
                string("received_at", &posted.paid_at.rfc3339()),
                optional("memo", posted.note.as_deref()),
            ];
            Element::with("receipt", members)
        };
        let mut rest = all.iter().skip(start);
        let items: Vec<_> = rest.by_ref().take(size).map(receipt).collect();
        let next = optional("next", rest.next().map(|posted| posted.id.as_str()));
        xml(200, &Element::with("page", vec![Element::with("receipts", items), next]))
    }

    fn refuse(refusal: &Refusal, operation: &Operation) -> Response {
        match refusal {
            Refusal::SignIn(_) => error(401, "unauthenticated", "A valid signature is required.", None),
            Refusal::NoRoute(_) => error(404, "no_resource", "No such resource exists.", None),
            Refusal::Method { .. } => error(405, "no_method", "This method is not supported.", None),
            Refusal::NoInvoice | Refusal::NoTransaction => {
                error(404, "no_invoice", "This ledger has no such invoice.", Some("invoice"))
            }
            Refusal::NoPayment => error(404, "no_receipt", "The invoice has no such receipt.", None),
            Refusal::Throttled(_) => error(429, "slow_down", "There are too many requests.", None),
            Refusal::State(state) => {
                let message = format!("The invoice is {}.", word(STATES, *state));
                error(409, "invoice_state", &message, Some("invoice"))
            }
            Refusal::Unreadable => error(400, "unreadable", "The body is not a receipt.", None),
            Refusal::Invalid(rejection) => {
                let first = rejection.issues().next();
                let member = first.and_then(|issue| operation.wire_name(issue.field));
                error(
                    422,
                    first.map_or("invalid", |issue| issue.code.as_str()),
                    &rejection.to_string(),
                    member,
                )
            }
        }
    }

    fn error(status: u16, code: &str, message: &str, member: Option<&str>) -> Response {
        let members = vec![string("code", code), string("message", message), optional("member", member)];
        xml(status, &Element::with("error", members))
    }
}
