//! Ledgerly: JSON, decimal amounts, a channel with conditions, and the receipt with what is left as the answer.
//!
//! Made up: there is no such service, and so there are no sources. `cargo xtask test` adds this page to a copy of the
//! workspace, to see that a page, a word and vectors are all that a provider takes. It is unlike the others: the
//! invoice stands in the body, the sign-in is a bare bearer token, and fields and choices have names of their own.

use super::Provider;
use crate::agree;
use crate::auth::Scheme;
use crate::check::Values;
use crate::currency::Currency;
use crate::field::{
    Amount, Choice, CurrencyOf, Encoding, Id, Line, Lines, List, Moment, OneOf, Percentage, Place, Takes,
};
use crate::finding::Findings;
use crate::known::Known;
use crate::money::Money;
use crate::operation::Body;
use crate::outcome::{Outcome, Receipt, Words};
use crate::wire::Reply;
use crate::wire::json::Json;

/// Ledgerly.
pub const PROVIDER: Provider = Provider {
    id: "ledgerly",
    name: "Ledgerly",
    payment: Payment::OPERATION,
    receipt,
    auth: &[Scheme::Bearer { secret: "accessToken", with: &[] }],
    #[cfg(feature = "emulate")]
    emulation: emulation::EMULATION,
};

payment! {
    /// A receipt entered in a Ledgerly ledger.
    Payment = Post "/v3/ledgers/{ledgerId}/receipts", Body::Json, agree {
        /// The ledger that the invoice is in.
        ledger_id "ledgerId": Id<36> => Place::Route;
        /// The invoice that is paid.
        invoice_id "invoiceId": Id => Place::Body("invoice", Encoding::Text);
        /// The invoice's currency; a receipt has none of its own.
        currency "currency": CurrencyOf<Currencies> => Place::Unsent;
        /// How much was received, in major units; never more than is outstanding.
        amount "amount": Amount => Place::Body("value", Encoding::Decimal);
        /// When it was received.
        paid_at "paidAt": Moment => Place::Body("received_at", Encoding::Rfc3339);
        /// How it was received.
        channel "channel": OneOf<Channels> => Place::Body("channel", Encoding::Code);
        /// The mandate that permits the debit.
        mandate "mandate": Option<Id<35>> where needed if "channel" = "directDebit"
            => Place::Body("mandate_reference", Encoding::Text);
        /// Who sent the transfer.
        payer_name "payerName": Option<Line<70>> where allowed if "channel" = "bankTransfer"
            => Place::Body("payer_name", Encoding::Text);
        /// What was withheld at the source, as a percentage.
        withheld "withheld": Option<Percentage> [unless "withheldAmount"]
            => Place::Body("withheld_percent", Encoding::Decimal);
        /// What was withheld at the source, as an amount; the percentage is not sent then.
        withheld_amount "withheldAmount": Option<Amount<0>> => Place::Body("withheld_value", Encoding::Decimal);
        /// A memo of at most 500 characters.
        note "note": Option<Lines<500>> => Place::Body("memo", Encoding::Text);
    }
}

/// Four, of which one has no decimals and one has three.
pub struct Currencies;
impl List for Currencies {
    const TAKES: Takes = Takes::Only(&["EUR", "JPY", "KWD", "USD"]);
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
fn agree(values: &Values, known: &Known, found: &mut Findings) {
    agree::date(values, known, found);
    agree::overpayment_refused(values, known, found);
}

/// 201 with the receipt, its amounts as decimal text. 202 means that somebody has yet to approve it: it may be recorded.
fn receipt(reply: &Reply, currency: Currency) -> Outcome {
    let json = Json::parse(&reply.body).unwrap_or(Json::Null);
    if !reply.is_success() {
        return Outcome::by_status(reply, words(&json));
    }
    let text = |name| json.get("receipt")?.get(name)?.as_text();
    let money = |name| Money::parse(text(name)?, currency).ok();
    match text("id") {
        Some(id) if reply.status == 201 => Outcome::Recorded(Receipt {
            payment_id: Some(id.to_owned()),
            balance: money("outstanding"),
            paid: money("received"),
            status: text("invoice_state").map(str::to_owned),
            raw: reply.body.clone(),
        }),
        _ => Outcome::unreadable(reply),
    }
}

/// `{"error": {"code", "message", "member"}}`; the member is named as it is in the request.
fn words(json: &Json) -> Words {
    let text = |name| json.get("error")?.get(name)?.as_text();
    Words {
        said: text("message").map(str::to_owned),
        code: text("code").map(str::to_owned),
        field: text("member").and_then(|name| Payment::OPERATION.field_on_wire(name)),
    }
}

#[cfg(feature = "emulate")]
mod emulation {
    use super::*;
    use crate::emulate::{Books, Emulation, Refusal, State, reply_json};

    pub(super) const EMULATION: Emulation = Emulation {
        base: "/ledgerly",
        ids: &[("ledgerId", "main-2026")],
        credentials: &[&[("accessToken", "ledgerly-sandbox-token")]],
        identifier,
        status,
        payable: &[State::Open, State::Partial],
        draft_stays: false,
        answer,
        refuse,
    };

    fn identifier(n: u64) -> String {
        format!("L_{n:06}")
    }

    fn status(state: State) -> &'static str {
        match state {
            State::Draft => "unposted",
            State::Open => "posted",
            State::Partial => "part_settled",
            State::Paid => "settled",
            State::Void => "reversed",
        }
    }

    fn answer(books: &Books) -> Reply {
        let receipt = [
            ("id", Json::text(books.payment_id)),
            ("invoice_state", Json::text(status(books.invoice.state))),
            ("received", Json::text(books.invoice.paid.decimal())),
            ("outstanding", Json::text(books.invoice.balance().decimal())),
        ];
        reply_json(201, [("receipt", receipt.into_iter().collect::<Json>())])
    }

    fn refuse(refusal: &Refusal) -> Reply {
        match refusal {
            Refusal::SignIn(_) => error(401, "unauthenticated", "A valid access token is required.", None),
            Refusal::NoRoute(_) => error(404, "no_resource", "There is nothing here.", None),
            Refusal::Method(_) => error(405, "no_method", "This method is not supported.", None),
            Refusal::NoInvoice => {
                error(404, "no_invoice", "This ledger has no such invoice.", Some("invoice"))
            }
            Refusal::State(state) => {
                let message = format!("The invoice is {}.", status(*state));
                error(409, "invoice_state", &message, Some("invoice"))
            }
            Refusal::Unreadable => error(400, "unreadable", "The body is not a receipt.", None),
            Refusal::Invalid(rejection) => {
                let first = rejection.issues().next();
                let member = first.and_then(|issue| Payment::OPERATION.wire_name(issue.field));
                error(422, first.map_or("invalid", |issue| issue.code.text()), &rejection.to_string(), member)
            }
        }
    }

    fn error(status: u16, code: &str, message: &str, member: Option<&str>) -> Reply {
        let members = [("code", Some(code)), ("message", Some(message)), ("member", member)];
        let members = members.into_iter().filter_map(|(name, text)| Some((name, Json::text(text?))));
        reply_json(status, [("error", members.collect::<Json>())])
    }
}
