//! iVvy: JSON-RPC, decimal amounts, signed requests, and errors decided by the body.
//!
//! Sources: IV-DOC is github ivvycode/apidocs (IV-2020 its edition of April 2020, which still says what is required),
//! IV-SDK the official client, github ivvycode/ivvy-sdk-net.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::check::context::Context;
use crate::check::rules;
use crate::ledger::account_option::AccountOption;
use crate::ledger::invoice::{Invoice, InvoiceState};
use crate::ledger::recorded_payment::RecordedPayment;
use crate::money::Money;
use crate::money::currency::Currency;
use crate::operation::Operation;
use crate::operation::answer::{Answer, Page};
use crate::operation::body::Body;
use crate::operation::outcome::{Cause, Failure, ProblemCode, Receipt, RefusalText};
use crate::report::rejection::Findings;
use crate::schema::choice::Choice;
use crate::schema::field::{Encoding, Location};
use crate::schema::field_type::{
    Amount, AnyCurrency, CurrencyOf, Line, List, Moment, OneOf, Percentage, RowId, RowIds,
};
use crate::schema::values::Values;
use crate::text::digits;
use crate::time::instant::Instant;
use crate::time::zone::Zone;
use crate::wire::Response;
use crate::wire::json::Json;

/// The operations besides recording a payment. iVvy has no list of payments: they are part of the invoice, which the
/// same request returns, so reading a request back finds the first of the two.
pub(super) const OPERATIONS: &[Operation] = operations![
    GetInvoice::OPERATION,
    ListPayments::OPERATION,
    #[cfg(feature = "complete")]
    Options::OPERATION,
    #[cfg(feature = "complete")]
    Ping::OPERATION,
];

operation! {
    /// A payment against an iVvy invoice. [IV-DOC, addPayment]
    Payment = RecordPayment, Post "/api/1.0/invoice?action=addPayment", Body::Json, rules, receipt {
        /// The invoice that is paid. [IV-DOC, `invoiceId`]
        invoice_id "invoiceId": RowId => Location::Body("invoiceId", Encoding::Integer);
        /// The invoice's currency; the request has none. [IV-DOC, getInvoice]
        currency "currency": CurrencyOf<AnyCurrency> => Location::Unsent;
        /// When it was paid, in UTC. [IV-DOC, `paidDate`]
        paid_at "paidAt": Moment => Location::Body("paidDate", Encoding::UtcDateTime);
        /// How much was paid, in major units; never more than is outstanding. [IV-DOC, `amountPaid`]
        amount "amount": Amount => Location::Body("amountPaid", Encoding::Decimal);
        /// How it was paid. [IV-DOC, `paymentMethod`]
        method "method": OneOf<Methods> => Location::Body("paymentMethod", Encoding::Code);
        /// Which of the account's own methods. [IV-DOC, `customPaymentMethodId`: required if custom]
        custom_method_id "customMethodId": Option<RowId> where needed if "method" = "custom"
            => Location::Body("customPaymentMethodId", Encoding::Integer);
        /// The kind of card. [IV-DOC, `cardType`: required if credit card]
        card_type "cardType": Option<OneOf<Cards>> where needed if "method" = "creditCard"
            => Location::Body("cardType", Encoding::Code);
        /// The number on the cheque. [IV-DOC, `chequeNumber`: required if cheque]
        cheque_number "chequeNumber": Option<Line> where needed if "method" = "cheque"
            => Location::Body("chequeNumber", Encoding::Text);
        /// Who drew the cheque. [IV-DOC, `chequeDrawerName`]
        cheque_drawer "chequeDrawer": Option<Line> where allowed if "method" = "cheque"
            => Location::Body("chequeDrawerName", Encoding::Text);
        /// The bank and branch that the cheque is drawn on. [IV-DOC, `chequeBankBranch`]
        cheque_branch "chequeBranch": Option<Line> where allowed if "method" = "cheque"
            => Location::Body("chequeBankBranch", Encoding::Text);
        /// When the money was transferred, in UTC. [IV-DOC, `eftTransferDate`]
        transferred_at "transferredAt": Option<Moment> where allowed if "method" = "directDeposit"
            => Location::Body("eftTransferDate", Encoding::UtcDateTime);
        /// The reference on the transfer. [IV-DOC, `eftPaymentReference`]
        transfer_reference "transferReference": Option<Line> where allowed if "method" = "directDeposit"
            => Location::Body("eftPaymentReference", Encoding::Text);
        /// A receipt number. Required in the edition that still said so; whether the service enforces it today is not
        /// known, so it is asked for. [IV-2020, `receiptNum`]
        receipt_number "receiptNumber": Line => Location::Body("receiptNum", Encoding::Text);
        /// The fee as a percentage. [IV-DOC, `feePercentage`]
        fee_percentage "feePercentage": Option<Percentage> [unless "feeAmount"]
            => Location::Body("feePercentage", Encoding::Decimal);
        /// The fee as an amount; the percentage is ignored then. [IV-DOC, `feeAmount`]
        fee_amount "feeAmount": Option<Amount<0>> => Location::Body("feeAmount", Encoding::Decimal);
        /// Taxes that the payment does not cover, by their numbers. [IV-DOC, `feeExcludedTaxIds`]
        excluded_taxes "excludedTaxes": Option<RowIds> => Location::Body("feeExcludedTaxIds", Encoding::Integers);
        /// When it was reconciled, in UTC. [IV-DOC, `reconciledDate`]
        reconciled_at "reconciledAt": Option<Moment> => Location::Body("reconciledDate", Encoding::UtcDateTime);
    }
}

operation! {
    /// An invoice with its payments. [IV-DOC, getInvoice]
    GetInvoice = GetInvoice, Post "/api/1.0/invoice?action=getInvoice", Body::Json, rules::nothing, invoice {
        /// The invoice. [IV-DOC, `id`]
        invoice_id "invoiceId": RowId => Location::Body("id", Encoding::Integer);
    }
}

operation! {
    /// The payments of an invoice: all of them, as the invoice has them. [IV-DOC, getInvoice, `payments`]
    ListPayments = ListPayments, Post "/api/1.0/invoice?action=getInvoice", Body::Json, rules::nothing, payments {
        /// The invoice. [IV-DOC, `id`]
        invoice_id "invoiceId": RowId => Location::Body("id", Encoding::Integer);
    }
}

operation! {
    /// The account's own payment methods. "No Parameters Required." [IV-DOC, getOptions]
    Options = Options, Post "/api/1.0/invoice?action=getOptions", Body::Json, rules::nothing, options {}
}

operation! {
    /// Whether the service is there and takes the signature. [IV-DOC, Test Ping]
    Ping = Ping, Post "/api/1.0/test?action=ping", Body::Json, rules::nothing, pong {}
}

/// Methods of payment. 7, a custom gateway, is known to the official client only, and error 24237 says that a gateway
/// cannot be used here. [IV-DOC, paymentMethod]
pub struct Methods;
impl List for Methods {
    const CHOICES: &'static [Choice] = &[
        Choice { value: "creditCard", wire: 1 },
        Choice { value: "directDeposit", wire: 3 },
        Choice { value: "cheque", wire: 5 },
        Choice { value: "cash", wire: 6 },
        Choice { value: "bpay", wire: 2 },
        Choice { value: "payPal", wire: 4 },
        Choice { value: "accountsReceivable", wire: 8 },
        Choice { value: "eftpos", wire: 9 },
        Choice { value: "writeOff", wire: 10 },
        Choice { value: "pointOfSale", wire: 11 },
        Choice { value: "wireTransfer", wire: 12 },
        Choice { value: "custom", wire: 13 },
        Choice { value: "unknown", wire: 0 },
    ];
}

/// Kinds of card. [IV-DOC, cardType]
pub struct Cards;
impl List for Cards {
    const CHOICES: &'static [Choice] = &[
        Choice { value: "visa", wire: 1 },
        Choice { value: "mastercard", wire: 2 },
        Choice { value: "amex", wire: 3 },
        Choice { value: "diners", wire: 4 },
        Choice { value: "unknown", wire: 0 },
    ];
}

/// "Over pays will not be accepted." [IV-DOC, addPayment] The fee is part of the amount [IV-DOC, getInvoice] and becomes
/// an item of the invoice; whether the balance grows by it before the amount is held against it is not documented. So
/// the balance with the fee on top is refused as any overpayment; a page that knows better gives the larger balance.
pub(super) fn rules(values: &Values, context: &Context, found: &mut Findings) {
    rules::date(values, context, found);
    rules::state(values, context, PAYABLE, found);
    rules::overpayment_refused(values, context, found);
    rules::fee_within(values, "feeAmount", found);
}

/// Nothing is outstanding on what was cancelled or written off. [IV-DOC, addPayment]
pub(super) const PAYABLE: &[InvoiceState] =
    &[InvoiceState::Draft, InvoiceState::Open, InvoiceState::Partial, InvoiceState::Paid];

/// [IV-DOC, `currentStatus`] An invoice paid in part is still not paid; the amounts say how much is.
pub(super) const STATES: &[(InvoiceState, &str)] = &[
    (InvoiceState::Open, "0"),
    (InvoiceState::Draft, "0"),
    (InvoiceState::Partial, "0"),
    (InvoiceState::Partial, "1"),
    (InvoiceState::Paid, "2"),
    (InvoiceState::Void, "4"),
    (InvoiceState::Void, "3"),
    (InvoiceState::Void, "5"),
];

/// The JSON of an answer that does not say no.
///
/// The body decides, and the status only where it says nothing: the official client ignores the status. [IV-SDK] Names
/// are read in any case: the page's example and its table disagree. [IV-DOC] What says yes and no, or neither in a way
/// that can be read, is not decided here.
pub(super) fn accepted(reply: &Response, operation: &Operation) -> Result<Json, Failure> {
    let Ok(json) = Json::parse(&reply.body).and_then(Json::lower_names) else {
        // RefusalText or markup say nothing; an object that cannot be read does.
        let silent = !reply.is_success() && !reply.body.trim_start().starts_with('{');
        return Err(if silent { by_status(reply, operation, None) } else { Failure::unreadable(reply) });
    };
    let said = said(&json);
    match (member(&json, "success"), member(&json, "errorcode")) {
        (None | Some(Json::Bool(true)), None)
            if reply.is_success() && member(&json, "specificcode").is_none() =>
        {
            Ok(json)
        }
        // A no that has what only a yes has.
        _ if member(&json, "id").is_some() => Err(Failure::unreadable(reply)),
        (None | Some(Json::Bool(false)), Some(Json::Number(error) | Json::Text(error))) => {
            let specific = member(&json, "specificcode").and_then(Json::scalar);
            Err(refusal(reply, operation, error, specific, said))
        }
        // "Whether or not the payment was added to the invoice." [IV-DOC, addPayment] A gateway that fails writes so, too.
        (Some(Json::Bool(false)), None) if reply.is_success() => {
            Err(Failure::refused(reply, ProblemCode::Invalid, RefusalText { said, ..RefusalText::default() }))
        }
        (None | Some(Json::Bool(false)), None) => Err(by_status(reply, operation, said)),
        _ => Err(Failure::unreadable(reply)),
    }
}

/// A member that has a value.
pub(super) fn member<'a>(json: &'a Json, name: &str) -> Option<&'a Json> {
    json.get(name).filter(|value| **value != Json::Null)
}

/// A text, or a number in its place: the reference and the receipt's number are shown as either. [IV-DOC, getInvoice]
pub(super) fn text(json: &Json, name: &str) -> Option<String> {
    member(json, name)?.scalar().filter(|text| !text.is_empty()).map(str::to_owned)
}

pub(super) fn number(json: &Json) -> Option<String> {
    text(json, "id").filter(|id| digits::only(id))
}

/// Exactly, or not at all.
pub(super) fn money(json: &Json, name: &str, currency: Currency) -> Option<Money> {
    let money = Money::from_wire(member(json, name)?.scalar()?, currency)?;
    (currency != Currency::UNSTATED).then_some(money)
}

/// In UTC, whether it says so or not. [IV-DOC, "Timestamp Format"]
pub(super) fn moment(json: &Json, name: &str) -> Option<Instant> {
    Instant::read(member(json, name)?.as_text()?, Zone::Unknown).ok().map(|reading| reading.instant)
}

/// The currency that the invoice names, and no other.
pub(super) fn currency_of(json: &Json) -> Option<Currency> {
    Currency::parse(member(json, "currency")?.as_text()?).ok()
}

/// [IV-DOC, addPayment]
pub(super) fn receipt(reply: &Response, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(reply, &Payment::OPERATION)?;
    match (member(&json, "success"), number(&json)) {
        (Some(_), payment_id @ Some(_)) => {
            Ok(Answer::Receipt(Receipt { payment_id, raw: reply.body.clone(), ..Receipt::default() }))
        }
        _ => Err(Failure::unreadable(reply)),
    }
}

/// [IV-DOC, getInvoice]
pub(super) fn invoice(reply: &Response, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(reply, &GetInvoice::OPERATION)?;
    invoice_in(&json).map(Answer::Invoice).ok_or_else(|| Failure::unreadable(reply))
}

/// No member says what is left to pay; it is the total without what was paid. Whether a refund is taken from what was
/// paid is documented nowhere. An invoice that is "not paid" is so in part where the amounts say it.
pub(super) fn invoice_in(json: &Json) -> Option<Invoice> {
    let currency = currency_of(json)?;
    let amount = money(json, "totalcost", currency);
    let paid = money(json, "amountpaid", currency);
    let balance = amount.zip(paid).and_then(|(amount, paid)| amount.checked_sub(paid));
    let some = |money: Option<Money>| money.is_some_and(|money| money.minor() > 0);
    let state = match InvoiceState::of(&text(json, "currentstatus").unwrap_or_default(), STATES) {
        Some(InvoiceState::Open) if some(paid) && some(balance) => Some(InvoiceState::Partial),
        state => state,
    };
    Some(Invoice {
        number: text(json, "reference"),
        amount,
        balance,
        state,
        issued: moment(json, "issueddate"),
        ..Invoice::new(number(json)?, currency)
    })
}

/// [IV-DOC, getInvoice, "Payment Details"] Their `paymentId` is a card's transaction, and 0 without one.
pub(super) fn payments(reply: &Response, currency: Currency) -> Result<Answer, Failure> {
    let json = accepted(reply, &ListPayments::OPERATION)?;
    let currency = match member(&json, "currency") {
        Some(_) => currency_of(&json).unwrap_or(Currency::UNSTATED),
        None => currency,
    };
    let one = |json: &Json| {
        let json = json.clone().lower_names().ok()?;
        Some(RecordedPayment {
            paid_at: moment(&json, "paiddate"),
            note: text(&json, "notes"),
            receipt_number: text(&json, "receiptnum"),
            ..RecordedPayment::new(number(&json)?, money(&json, "amountpaid", currency))
        })
    };
    // Those of an invoice, and of nothing else.
    let items = number(&json).and(member(&json, "payments")).and_then(Json::as_array);
    let items = items.and_then(|items| items.iter().map(one).collect::<Option<Vec<_>>>());
    items.map(|items| Answer::Payments(Page::whole(items))).ok_or_else(|| Failure::unreadable(reply))
}

/// "The complete list of custom payment methods." [IV-DOC, getOptions] What one of them looks like is documented
/// nowhere: it is read as an object with its number and its name, or as its name under its number.
pub(super) fn options(reply: &Response, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(reply, &Options::OPERATION)?;
    let methods: Option<Vec<_>> = match json.get("custompaymentmethods") {
        Some(Json::Array(items)) => items.iter().map(|item| choosable(None, item)).collect(),
        Some(Json::Object(members)) => members.iter().map(|(id, item)| choosable(Some(id), item)).collect(),
        _ => None,
    };
    methods.map(Answer::Options).ok_or_else(|| Failure::unreadable(reply))
}

/// "Identifier and description", the page says of others. [IV-DOC, getOptions]
pub(super) fn choosable(id: Option<&String>, item: &Json) -> Option<AccountOption> {
    let item = item.clone().lower_names().ok()?;
    let id = id.cloned().or_else(|| number(&item)).filter(|id| digits::only(id))?;
    let named = || ["name", "title", "label", "description"].iter().find_map(|name| text(&item, name));
    let name = item.as_text().map(str::to_owned).or_else(named).filter(|name| !name.is_empty())?;
    Some(AccountOption { id, name })
}

/// "An ack message, with the timestamp from the server." [IV-DOC, Test Ping]
pub(super) fn pong(reply: &Response, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(reply, &Ping::OPERATION)?;
    text(&json, "ack").map(|_| Answer::Pong).ok_or_else(|| Failure::unreadable(reply))
}

/// What is left where the body has no error: the status, which may be the error's. [IV-DOC, errors; which status an error has is
/// documented nowhere]
pub(super) fn by_status(reply: &Response, operation: &Operation, said: Option<String>) -> Failure {
    match reply.status {
        460..=463 => refusal(reply, operation, &reply.status.to_string(), None, said),
        _ => Failure::by_status(reply, RefusalText { said, ..RefusalText::default() }),
    }
}

/// What an error means. Those that name a fault of the request are refusals; after a failure, "an unknown error"
/// (24240) or a code that is not in the list, nobody says that nothing was recorded. [IV-DOC, errors; addPayment;
/// getInvoice]
pub(super) fn refusal(
    reply: &Response,
    operation: &Operation,
    error: &str,
    specific: Option<&str>,
    said: Option<String>,
) -> Failure {
    let field = field_of(operation, specific, said.as_deref());
    let words = RefusalText { field, code: Some(specific.unwrap_or(error).to_owned()), said };
    let code = match (error, specific) {
        (_, Some("24240")) => return Failure::unknown(reply, Cause::Failed, &words),
        ("404", _) | ("400", Some("24137" | "24238")) => ProblemCode::NotFound,
        ("400" | "405" | "406", _) => ProblemCode::Invalid,
        ("401" | "462" | "463", _) => ProblemCode::SignIn,
        ("403", _) => ProblemCode::Forbidden,
        ("429", _) => ProblemCode::Throttled,
        _ => return Failure::unknown(reply, Cause::Failed, &words),
    };
    Failure::refused(reply, code, words)
}

/// The message, and what more is said of it: "'id' does not validate: Value must be a whole number".
pub(super) fn said(json: &Json) -> Option<String> {
    let message = json.get("message").and_then(Json::scalar)?;
    let more = json.get("additionalmessages").and_then(Json::as_array).unwrap_or_default();
    let more = more.iter().filter_map(Json::as_text).collect::<Vec<_>>().join("; ");
    Some(if more.is_empty() { message.to_owned() } else { [message, ": ", &more].concat() })
}

/// The field that an error is about: from its code, or the name that the message quotes first. [IV-DOC, errors]
pub(super) fn field_of(
    operation: &Operation,
    specific: Option<&str>,
    message: Option<&str>,
) -> Option<&'static str> {
    match specific {
        Some("24236" | "24237") => Some("method"),
        Some("24137" | "24238") => Some("invoiceId"),
        _ => operation.field_on_wire(message?.split('\'').nth(1)?),
    }
}
