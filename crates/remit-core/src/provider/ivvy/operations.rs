//! iVvy's operations: their fields and rules, and reading their responses. The sources are listed in [`super`].

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
use crate::wire::Response;
use crate::wire::json::Json;

/// The operations besides recording a payment. iVvy has no list of payments: they are part of the invoice. Both
/// operations have the same request, so reading a request finds the first one.
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
        /// When the payment was made, in UTC. [IV-DOC, `paidDate`]
        paid_at "paidAt": Moment => Location::Body("paidDate", Encoding::UtcDateTime);
        /// The amount in major units; never more than is outstanding. [IV-DOC, `amountPaid`]
        amount "amount": Amount => Location::Body("amountPaid", Encoding::Decimal);
        /// The payment method. [IV-DOC, `paymentMethod`]
        method "method": OneOf<Methods> => Location::Body("paymentMethod", Encoding::Code);
        /// The account's custom payment method. [IV-DOC, `customPaymentMethodId`: required if custom]
        custom_method_id "customMethodId": Option<RowId> where needed if "method" = "custom"
            => Location::Body("customPaymentMethodId", Encoding::Integer);
        /// The card type. [IV-DOC, `cardType`: required if credit card]
        card_type "cardType": Option<OneOf<Cards>> where needed if "method" = "creditCard"
            => Location::Body("cardType", Encoding::Code);
        /// The cheque number. [IV-DOC, `chequeNumber`: required if cheque]
        cheque_number "chequeNumber": Option<Line> where needed if "method" = "cheque"
            => Location::Body("chequeNumber", Encoding::Text);
        /// The drawer of the cheque. [IV-DOC, `chequeDrawerName`]
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
        /// A receipt number. Required in the last edition that marks required parameters; whether the service still
        /// requires it is not known, so it is required here. [IV-2020, `receiptNum`]
        receipt_number "receiptNumber": Line => Location::Body("receiptNum", Encoding::Text);
        /// The fee as a percentage. [IV-DOC, `feePercentage`]
        fee_percentage "feePercentage": Option<Percentage> [unless "feeAmount"]
            => Location::Body("feePercentage", Encoding::Decimal);
        /// The fee as an amount, which takes precedence over the percentage. [IV-DOC, `feeAmount`]
        fee_amount "feeAmount": Option<Amount<0>> => Location::Body("feeAmount", Encoding::Decimal);
        /// The identifiers of taxes that the payment does not cover. [IV-DOC, `feeExcludedTaxIds`]
        excluded_taxes "excludedTaxes": Option<RowIds> => Location::Body("feeExcludedTaxIds", Encoding::Integers);
        /// When the payment was reconciled, in UTC. [IV-DOC, `reconciledDate`]
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
    /// All payments of an invoice, as part of the invoice. [IV-DOC, getInvoice, `payments`]
    ListPayments = ListPayments, Post "/api/1.0/invoice?action=getInvoice", Body::Json, rules::nothing, payments {
        /// The invoice. [IV-DOC, `id`]
        invoice_id "invoiceId": RowId => Location::Body("id", Encoding::Integer);
    }
}

operation! {
    /// The account's custom payment methods. "No Parameters Required." [IV-DOC, getOptions]
    Options = Options, Post "/api/1.0/invoice?action=getOptions", Body::Json, rules::nothing, options {}
}

operation! {
    /// Checks that the service is reachable and accepts the signature. [IV-DOC, Test Ping]
    Ping = Ping, Post "/api/1.0/test?action=ping", Body::Json, rules::nothing, pong {}
}

/// Payment methods. Number 7, a custom gateway, is known only to the official client; error 24237 states that a gateway
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

/// Card types. [IV-DOC, cardType]
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

/// "Over pays will not be accepted." [IV-DOC, addPayment] The fee is part of the amount [IV-DOC, getInvoice] and
/// becomes an item of the invoice. It is not documented whether the fee increases the balance before the amount is
/// compared with it. So an amount of the balance plus the fee is refused as an overpayment; a page that knows better
/// passes the larger balance.
pub(super) fn rules(values: &Values, context: &Context, found: &mut Findings) {
    rules::date(values, context, found);
    rules::state(values, context, PAYABLE, found);
    rules::overpayment_refused(values, context, found);
    rules::fee_within(values, "feeAmount", found);
}

/// The states that accept payments. Nothing is outstanding on a cancelled or written-off invoice. [IV-DOC, addPayment]
pub(super) const PAYABLE: &[InvoiceState] =
    &[InvoiceState::Draft, InvoiceState::Open, InvoiceState::Partial, InvoiceState::Paid];

/// The numbers of the states. [IV-DOC, `currentStatus`] A partly paid invoice is still "not paid"; only its amounts
/// show the payment.
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

/// The JSON of a response that is not a rejection.
///
/// The body decides; the status is used only if the body has no result, since the official client ignores it. [IV-SDK]
/// Names are read in any case: the page's example and its table disagree. [IV-DOC] A response that contradicts itself,
/// or that cannot be read, is unreadable: it neither confirms nor rejects.
pub(super) fn accepted(response: &Response, operation: &Operation) -> Result<Json, Failure> {
    let Ok(json) = Json::parse(&response.body).and_then(Json::lower_names) else {
        // Plain text and markup have no result, so the status decides. A broken JSON object may have had one.
        let has_no_result = !response.is_success() && !response.body.trim_start().starts_with('{');
        return Err(if has_no_result {
            by_status(response, operation, None)
        } else {
            Failure::unreadable(response)
        });
    };
    let words = message(&json);
    match (member(&json, "success"), member(&json, "errorcode")) {
        (None | Some(Json::Bool(true)), None)
            if response.is_success() && member(&json, "specificcode").is_none() =>
        {
            Ok(json)
        }
        // A rejection with an identifier, which only a confirmation has.
        _ if member(&json, "id").is_some() => Err(Failure::unreadable(response)),
        (None | Some(Json::Bool(false)), Some(Json::Number(error) | Json::Text(error))) => {
            let specific = member(&json, "specificcode").and_then(Json::scalar);
            Err(refusal(response, operation, error, specific, words))
        }
        // "Whether or not the payment was added to the invoice." [IV-DOC, addPayment] With an error status, a gateway
        // may have written it, so the status decides.
        (Some(Json::Bool(false)), None) if response.is_success() => {
            let refusal = RefusalText { words, ..RefusalText::default() };
            Err(Failure::refused(response, ProblemCode::Invalid, refusal))
        }
        (None | Some(Json::Bool(false)), None) => Err(by_status(response, operation, words)),
        _ => Err(Failure::unreadable(response)),
    }
}

/// A member that is not `null`.
pub(super) fn member<'a>(json: &'a Json, name: &str) -> Option<&'a Json> {
    json.get(name).filter(|value| **value != Json::Null)
}

/// The text of a string or a number: the page shows the reference and the receipt number as either. [IV-DOC,
/// getInvoice]
pub(super) fn text(json: &Json, name: &str) -> Option<String> {
    member(json, name)?.scalar().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A record's number.
pub(super) fn number(json: &Json) -> Option<String> {
    text(json, "id").filter(|id| digits::only(id))
}

/// An exact amount; `None` if it has too many decimals or the currency is not known.
pub(super) fn money(json: &Json, name: &str, currency: Currency) -> Option<Money> {
    let money = Money::from_wire(member(json, name)?.scalar()?, currency)?;
    (currency != Currency::UNSTATED).then_some(money)
}

/// A moment, in UTC with or without the suffix. [IV-DOC, "Timestamp Format"]
pub(super) fn moment(json: &Json, name: &str) -> Option<Instant> {
    Instant::from_wire(member(json, name)?.as_text()?)
}

/// The currency that the invoice names.
pub(super) fn currency_of(json: &Json) -> Option<Currency> {
    Currency::parse(member(json, "currency")?.as_text()?).ok()
}

/// Reads the confirmation of a payment. [IV-DOC, addPayment]
pub(super) fn receipt(response: &Response, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(response, &Payment::OPERATION)?;
    match (member(&json, "success"), number(&json)) {
        (Some(_), payment_id @ Some(_)) => {
            Ok(Answer::Receipt(Receipt { payment_id, raw: response.body.clone(), ..Receipt::default() }))
        }
        _ => Err(Failure::unreadable(response)),
    }
}

/// Reads an invoice. [IV-DOC, getInvoice]
pub(super) fn invoice(response: &Response, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(response, &GetInvoice::OPERATION)?;
    invoice_in(&json).map(Answer::Invoice).ok_or_else(|| Failure::unreadable(response))
}

/// Reads an invoice object. It has no balance, so the balance is the total minus the paid amount; whether refunds
/// reduce the paid amount is not documented. A "not paid" invoice is partly paid if its amounts show a payment.
pub(super) fn invoice_in(json: &Json) -> Option<Invoice> {
    let currency = currency_of(json)?;
    let amount = money(json, "totalcost", currency);
    let paid = money(json, "amountpaid", currency);
    let balance = amount.zip(paid).and_then(|(amount, paid)| amount.checked_sub(paid));
    let is_positive = |money: Option<Money>| money.is_some_and(|money| money.minor() > 0);
    let state = match InvoiceState::of(&text(json, "currentstatus").unwrap_or_default(), STATES) {
        Some(InvoiceState::Open) if is_positive(paid) && is_positive(balance) => Some(InvoiceState::Partial),
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

/// Reads the payments of an invoice. [IV-DOC, getInvoice, "Payment Details"] Their `paymentId` is that of a card
/// transaction, or 0.
pub(super) fn payments(response: &Response, currency: Currency) -> Result<Answer, Failure> {
    let json = accepted(response, &ListPayments::OPERATION)?;
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
    // The object must be an invoice.
    let items = number(&json).and(member(&json, "payments")).and_then(Json::as_array);
    let items = items.and_then(|items| items.iter().map(one).collect::<Option<Vec<_>>>());
    items.map(|items| Answer::Payments(Page::whole(items))).ok_or_else(|| Failure::unreadable(response))
}

/// Reads "the complete list of custom payment methods". [IV-DOC, getOptions] Its items are not documented, so two forms
/// are accepted: objects with a number and a name, and an object of names by number.
pub(super) fn options(response: &Response, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(response, &Options::OPERATION)?;
    let methods: Option<Vec<_>> = match json.get("custompaymentmethods") {
        Some(Json::Array(items)) => items.iter().map(|item| option(None, item)).collect(),
        Some(Json::Object(members)) => members.iter().map(|(id, item)| option(Some(id), item)).collect(),
        _ => None,
    };
    methods.map(Answer::Options).ok_or_else(|| Failure::unreadable(response))
}

/// Reads a custom payment method. Items of other lists have an "identifier and description". [IV-DOC, getOptions]
pub(super) fn option(id: Option<&String>, item: &Json) -> Option<AccountOption> {
    let item = item.clone().lower_names().ok()?;
    let id = id.cloned().or_else(|| number(&item)).filter(|id| digits::only(id))?;
    let named = || ["name", "title", "label", "description"].iter().find_map(|name| text(&item, name));
    let name = item.as_text().map(str::to_owned).or_else(named).filter(|name| !name.is_empty())?;
    Some(AccountOption { id, name })
}

/// Reads "an ack message, with the timestamp from the server". [IV-DOC, Test Ping]
pub(super) fn pong(response: &Response, _: Currency) -> Result<Answer, Failure> {
    let json = accepted(response, &Ping::OPERATION)?;
    text(&json, "ack").map(|_| Answer::Pong).ok_or_else(|| Failure::unreadable(response))
}

/// The failure of a response whose body has no error code. The HTTP status of an error is not documented; it may be the
/// error code. [IV-DOC, errors]
pub(super) fn by_status(response: &Response, operation: &Operation, words: Option<String>) -> Failure {
    match response.status {
        460..=463 => refusal(response, operation, &response.status.to_string(), None, words),
        _ => Failure::by_status(response, RefusalText { words, ..RefusalText::default() }),
    }
}

/// The failure for an error code. A code that blames the request is a refusal. After a server failure, "an unknown
/// error" (24240) or a code that is not documented, the outcome is unknown. [IV-DOC, errors; addPayment; getInvoice]
pub(super) fn refusal(
    response: &Response,
    operation: &Operation,
    error: &str,
    specific: Option<&str>,
    words: Option<String>,
) -> Failure {
    let field = field_of(operation, specific, words.as_deref());
    let refusal = RefusalText { field, code: Some(specific.unwrap_or(error).to_owned()), words };
    let code = match (error, specific) {
        (_, Some("24240")) => return Failure::unknown(response, Cause::Failed, &refusal),
        ("404", _) | ("400", Some("24137" | "24238")) => ProblemCode::NotFound,
        ("400" | "405" | "406", _) => ProblemCode::Invalid,
        ("401" | "462" | "463", _) => ProblemCode::SignIn,
        ("403", _) => ProblemCode::Forbidden,
        ("429", _) => ProblemCode::Throttled,
        _ => return Failure::unknown(response, Cause::Failed, &refusal),
    };
    Failure::refused(response, code, refusal)
}

/// The message and the additional messages, as in "'id' does not validate: Value must be a whole number".
pub(super) fn message(json: &Json) -> Option<String> {
    let message = json.get("message").and_then(Json::scalar)?;
    let more = json.get("additionalmessages").and_then(Json::as_array).unwrap_or_default();
    let more = more.iter().filter_map(Json::as_text).collect::<Vec<_>>().join("; ");
    Some(if more.is_empty() { message.to_owned() } else { [message, ": ", &more].concat() })
}

/// The field that an error is about: from its code, or the first name that the message quotes. [IV-DOC, errors]
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
