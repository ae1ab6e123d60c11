//! Ledgerly: JSON, decimal amounts, a channel with conditions, and the receipt with what is left as the answer.
//!
//! Made up: there is no such service, and so there are no sources. `cargo xtask test` adds this page to a copy of the
//! workspace, to see that a page, a word and vectors are all that a provider takes. It is unlike the others: the
//! invoice stands in the body, the sign-in is a bare bearer token, and fields and choices have names of their own.

use super::Provider;
use crate::check::context::Context;
use crate::check::rules;
use crate::ledger::invoice::InvoiceState;
use crate::ledger::recorded_payment::RecordedPayment;
use crate::money::Money;
use crate::money::currency::Currency;
use crate::operation::answer::{Answer, Next, Page};
use crate::operation::auth::Scheme;
use crate::operation::body::Body;
use crate::operation::outcome::{Failure, Receipt, RefusalText};
use crate::report::rejection::Findings;
use crate::schema::choice::{AcceptedCurrencies, Choice};
use crate::schema::field::{Encoding, Location};
use crate::schema::field_type::{
    Amount, Count, CurrencyOf, Id, Line, Lines, List, Moment, OneOf, Percentage,
};
use crate::schema::values::Values;
use crate::time::instant::Instant;
use crate::time::zone::Zone;
use crate::wire::Response;
use crate::wire::json::Json;

/// Ledgerly.
pub const PROVIDER: Provider = Provider {
    id: "ledgerly",
    name: "Ledgerly",
    payment: Payment::OPERATION,
    operations: operations![ListPayments::OPERATION, DeletePayment::OPERATION],
    auth: &[Scheme::Bearer { secret: "accessToken", with: &[] }],
    #[cfg(feature = "emulate")]
    emulation: emulation::EMULATION,
};

operation! {
    /// A receipt entered in a Ledgerly ledger.
    Payment = RecordPayment, Post "/v3/ledgers/{ledgerId}/receipts", Body::Json, rules, receipt {
        /// The ledger that the invoice is in.
        ledger_id "ledgerId": Id<36> => Location::Route;
        /// The invoice that is paid.
        invoice_id "invoiceId": Id => Location::Body("invoice", Encoding::Text);
        /// The invoice's currency; a receipt has none of its own.
        currency "currency": CurrencyOf<Currencies> => Location::Unsent;
        /// How much was received, in major units; never more than is outstanding.
        amount "amount": Amount => Location::Body("value", Encoding::Decimal);
        /// When it was received.
        paid_at "paidAt": Moment => Location::Body("received_at", Encoding::Rfc3339);
        /// How it was received.
        channel "channel": OneOf<Channels> => Location::Body("channel", Encoding::Code);
        /// The mandate that permits the debit.
        mandate "mandate": Option<Id<35>> where needed if "channel" = "directDebit"
            => Location::Body("mandate_reference", Encoding::Text);
        /// Who sent the transfer.
        payer_name "payerName": Option<Line<70>> where allowed if "channel" = "bankTransfer"
            => Location::Body("payer_name", Encoding::Text);
        /// What was withheld at the source, as a percentage.
        withheld "withheld": Option<Percentage> [unless "withheldAmount"]
            => Location::Body("withheld_percent", Encoding::Decimal);
        /// What was withheld at the source, as an amount; the percentage is not sent then.
        withheld_amount "withheldAmount": Option<Amount<0>> => Location::Body("withheld_value", Encoding::Decimal);
        /// A memo of at most 500 characters.
        note "note": Option<Lines<500>> => Location::Body("memo", Encoding::Text);
    }
}

operation! {
    /// The receipts of an invoice, a page at a time.
    ListPayments = ListPayments, Get "/v3/ledgers/{ledgerId}/receipts", Body::Empty, rules::nothing, receipts {
        /// The ledger.
        ledger_id "ledgerId": Id<36> => Location::Route;
        /// The invoice.
        invoice_id "invoiceId": Id => Location::Query("invoice", Encoding::Text);
        /// Where the page before said that the next one begins.
        page "page": Option<Line> => Location::Query("from", Encoding::Text);
        /// How many receipts a page has; 20 where it is left out.
        page_size "pageSize": Option<Count<100>> => Location::Query("count", Encoding::Integer);
    }
}

operation! {
    /// A receipt taken back; the answer is as for one that is entered.
    DeletePayment = DeletePayment, Delete "/v3/ledgers/{ledgerId}/invoices/{invoiceId}/receipts/{paymentId}", Body::Empty, rules::nothing, removed {
        /// The ledger.
        ledger_id "ledgerId": Id<36> => Location::Route;
        /// The invoice.
        invoice_id "invoiceId": Id => Location::Route;
        /// The receipt.
        payment_id "paymentId": Id => Location::Route;
    }
}

/// Four, of which one has no decimals and one has three.
pub struct Currencies;
impl List for Currencies {
    const ACCEPTED: AcceptedCurrencies = AcceptedCurrencies::Only(&["EUR", "JPY", "KWD", "USD"]);
}

/// How money is received.
pub struct Channels;
impl List for Channels {
    const CHOICES: &'static [Choice] = &[
        Choice { value: "bankTransfer", wire: 10 },
        Choice { value: "directDebit", wire: 20 },
        Choice { value: "cash", wire: 30 },
        Choice { value: "voucher", wire: 45 },
    ];
}

/// More than is outstanding is refused.
fn rules(values: &Values, context: &Context, found: &mut Findings) {
    rules::date(values, context, found);
    rules::state(values, context, PAYABLE, found);
    rules::overpayment_refused(values, context, found);
}

/// What is not posted yet, or settled, takes no receipt.
const PAYABLE: &[InvoiceState] = &[InvoiceState::Open, InvoiceState::Partial];

fn accepted(reply: &Response) -> Result<Json, Failure> {
    let json = Json::parse(&reply.body).unwrap_or(Json::Null);
    if reply.is_success() { Ok(json) } else { Err(Failure::by_status(reply, words(&json))) }
}

/// 201 with the receipt, its amounts as decimal text. 202 means that somebody has yet to approve it: it may be recorded.
fn receipt(reply: &Response, currency: Currency) -> Result<Answer, Failure> {
    stands(reply, currency, 201)
}

fn removed(reply: &Response, currency: Currency) -> Result<Answer, Failure> {
    stands(reply, currency, 200)
}

fn stands(reply: &Response, currency: Currency, status: u16) -> Result<Answer, Failure> {
    let json = accepted(reply)?;
    let text = |name| json.get("receipt")?.get(name)?.as_text();
    let money = |name| Money::from_wire(text(name)?, currency);
    match text("id") {
        Some(id) if reply.status == status => Ok(Answer::Receipt(Receipt {
            payment_id: Some(id.to_owned()),
            balance: money("outstanding"),
            paid: money("received"),
            status: text("invoice_state").map(str::to_owned),
            raw: reply.body.clone(),
        })),
        _ => Err(Failure::unreadable(reply)),
    }
}

/// `{"receipts": [{"id", "value", "received_at", "memo"}], "next"}`; `next` is `null` on the last page.
fn receipts(reply: &Response, currency: Currency) -> Result<Answer, Failure> {
    let json = accepted(reply)?;
    let one = |json: &Json| {
        let text = |name| json.get(name).and_then(Json::as_text);
        let amount = Money::from_wire(text("value")?, currency);
        Some(RecordedPayment {
            paid_at: text("received_at")
                .and_then(|text| Some(Instant::read(text, Zone::Unknown).ok()?.instant)),
            note: text("memo").map(str::to_owned),
            ..RecordedPayment::new(text("id")?, amount)
        })
    };
    let all = json.get("receipts").and_then(Json::as_array);
    let items = all.and_then(|all| all.iter().map(one).collect::<Option<Vec<_>>>());
    let items = items.ok_or_else(|| Failure::unreadable(reply))?;
    let next = match json.get("next") {
        Some(Json::Null) => None,
        Some(Json::Text(place)) => Some(Next::At(place.clone())),
        _ => return Err(Failure::unreadable(reply)),
    };
    Ok(Answer::Payments(Page { items, next }))
}

/// `{"error": {"code", "message", "member"}}`; the member is named as it is in the request.
fn words(json: &Json) -> RefusalText {
    let text = |name| json.get("error")?.get(name)?.as_text();
    RefusalText {
        said: text("message").map(str::to_owned),
        code: text("code").map(str::to_owned),
        field: text("member").and_then(|name| Payment::OPERATION.field_on_wire(name)),
    }
}

#[cfg(feature = "emulate")]
mod emulation {
    use super::*;
    use crate::emulate::{Emulation, Entry, Found, Posted, Refusal, Seen, reply_json, unanswered, word};
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
        credentials: &[&[("accessToken", "ledgerly-sandbox-token")]],
        identifier,
        words: STATES,
        payable: PAYABLE,
        draft_stays: false,
        throttle: None,
        filters: &[],
        in_query: &[],
        answer,
        refuse,
    };

    fn identifier(n: u64) -> String {
        format!("L_{n:06}")
    }

    fn answer(seen: &Seen) -> Response {
        match seen.found {
            Records::Payment(invoice, posted) => stands(201, invoice, &posted.id),
            Records::Removed(invoice) => {
                stands(200, invoice, &seen.values.text(name::PAYMENT).unwrap_or_default())
            }
            Records::Payments(_, all) => receipts(seen, all),
            _ => unanswered(),
        }
    }

    fn stands(status: u16, invoice: &Entry, id: &str) -> Response {
        let receipt = [
            ("id", Json::text(id)),
            ("invoice_state", Json::text(word(STATES, invoice.state))),
            ("received", Json::text(invoice.paid.to_decimal_string())),
            ("outstanding", Json::text(invoice.balance().to_decimal_string())),
        ];
        reply_json(status, [("receipt", receipt.into_iter().collect::<Json>())])
    }

    /// The next page begins at the receipt that is named.
    fn receipts(seen: &Seen, all: &[Posted]) -> Response {
        let from = seen.values.text(name::PAGE);
        let start = from.map_or(Some(0), |id| all.iter().position(|posted| posted.id == id));
        let Some(start) = start else { return error(422, "from", "There is no such place.", Some("from")) };
        let size = seen.values.text(name::PAGE_SIZE).and_then(|text| text.parse().ok()).unwrap_or(20);
        let one = |posted: &Posted| {
            let members = [
                ("id", Json::text(&posted.id)),
                ("value", Json::text(posted.amount.to_decimal_string())),
                ("received_at", Json::text(posted.paid_at.rfc3339())),
                ("memo", posted.note.as_deref().map_or(Json::Null, Json::text)),
            ];
            members.into_iter().collect::<Json>()
        };
        let mut rest = all.iter().skip(start);
        let items = rest.by_ref().take(size).map(one).collect();
        let next = rest.next().map_or(Json::Null, |posted| Json::text(&posted.id));
        reply_json(200, [("receipts", Json::Array(items)), ("next", next)])
    }

    fn refuse(refusal: &Refusal, operation: &Operation) -> Response {
        match refusal {
            Refusal::SignIn(_) => error(401, "unauthenticated", "A valid access token is required.", None),
            Refusal::NoRoute(_) => error(404, "no_resource", "There is nothing here.", None),
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
        let members = [("code", Some(code)), ("message", Some(message)), ("member", member)];
        let members = members.into_iter().filter_map(|(name, text)| Some((name, Json::text(text?))));
        reply_json(status, [("error", members.collect::<Json>())])
    }
}
