//! iVvy: JSON-RPC, decimal amounts, signed requests, and errors decided by the body.
//!
//! Sources: IV-DOC is github ivvycode/apidocs (IV-2020 its edition of April 2020, which still says what is required),
//! IV-SDK the official client, github ivvycode/ivvy-sdk-net.

use super::Provider;
use crate::agree;
use crate::auth::Scheme;
use crate::check::Values;
use crate::currency::Currency;
use crate::digits;
use crate::field::{
    Amount, AnyCurrency, Choice, CurrencyOf, Encoding, Line, List, Moment, OneOf, Percentage, Place, RowId, RowIds,
};
use crate::finding::Findings;
use crate::known::Known;
use crate::operation::Body;
use crate::outcome::{Cause, Outcome, ProblemCode, Receipt, Words};
use crate::wire::Reply;
use crate::wire::json::Json;

/// iVvy.
pub const PROVIDER: Provider = Provider {
    id: "ivvy",
    name: "iVvy",
    payment: Payment::OPERATION,
    receipt,
    auth: &[Scheme::Signed { key: "apiKey", secret: "apiSecret" }],
    #[cfg(feature = "emulate")]
    emulation: emulation::EMULATION,
};

payment! {
    /// A payment against an iVvy invoice. [IV-DOC, addPayment]
    Payment = Post "/api/1.0/invoice?action=addPayment", Body::Json, agree {
        /// The invoice that is paid. [IV-DOC, `invoiceId`]
        invoice_id "invoiceId": RowId => Place::Body("invoiceId", Encoding::Integer);
        /// The invoice's currency; the request has none. [IV-DOC, getInvoice]
        currency "currency": CurrencyOf<AnyCurrency> => Place::Unsent;
        /// When it was paid, in UTC. [IV-DOC, `paidDate`]
        paid_at "paidAt": Moment => Place::Body("paidDate", Encoding::Spaced);
        /// How much was paid, in major units; never more than is outstanding. [IV-DOC, `amountPaid`]
        amount "amount": Amount => Place::Body("amountPaid", Encoding::Decimal);
        /// How it was paid. [IV-DOC, `paymentMethod`]
        method "method": OneOf<Methods> => Place::Body("paymentMethod", Encoding::Code);
        /// Which of the account's own methods. [IV-DOC, `customPaymentMethodId`: required if custom]
        custom_method_id "customMethodId": Option<RowId> where needed if "method" = "custom"
            => Place::Body("customPaymentMethodId", Encoding::Integer);
        /// The kind of card. [IV-DOC, `cardType`: required if credit card]
        card_type "cardType": Option<OneOf<Cards>> where needed if "method" = "creditCard"
            => Place::Body("cardType", Encoding::Code);
        /// The number on the cheque. [IV-DOC, `chequeNumber`: required if cheque]
        cheque_number "chequeNumber": Option<Line> where needed if "method" = "cheque"
            => Place::Body("chequeNumber", Encoding::Text);
        /// Who drew the cheque. [IV-DOC, `chequeDrawerName`]
        cheque_drawer "chequeDrawer": Option<Line> where allowed if "method" = "cheque"
            => Place::Body("chequeDrawerName", Encoding::Text);
        /// The bank and branch that the cheque is drawn on. [IV-DOC, `chequeBankBranch`]
        cheque_branch "chequeBranch": Option<Line> where allowed if "method" = "cheque"
            => Place::Body("chequeBankBranch", Encoding::Text);
        /// When the money was transferred, in UTC. [IV-DOC, `eftTransferDate`]
        transferred_at "transferredAt": Option<Moment> where allowed if "method" = "directDeposit"
            => Place::Body("eftTransferDate", Encoding::Spaced);
        /// The reference on the transfer. [IV-DOC, `eftPaymentReference`]
        transfer_reference "transferReference": Option<Line> where allowed if "method" = "directDeposit"
            => Place::Body("eftPaymentReference", Encoding::Text);
        /// A receipt number. Required in the edition that still said so; whether the service enforces it today is not
        /// known, so it is asked for. [IV-2020, `receiptNum`]
        receipt_number "receiptNumber": Line => Place::Body("receiptNum", Encoding::Text);
        /// The fee as a percentage. [IV-DOC, `feePercentage`]
        fee_percentage "feePercentage": Option<Percentage> [unless "feeAmount"]
            => Place::Body("feePercentage", Encoding::Decimal);
        /// The fee as an amount; the percentage is ignored then. [IV-DOC, `feeAmount`]
        fee_amount "feeAmount": Option<Amount<0>> => Place::Body("feeAmount", Encoding::Decimal);
        /// Taxes that the payment does not cover, by their numbers. [IV-DOC, `feeExcludedTaxIds`]
        excluded_taxes "excludedTaxes": Option<RowIds> => Place::Body("feeExcludedTaxIds", Encoding::Integers);
        /// When it was reconciled, in UTC. [IV-DOC, `reconciledDate`]
        reconciled_at "reconciledAt": Option<Moment> => Place::Body("reconciledDate", Encoding::Spaced);
    }
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
fn agree(values: &Values, known: &Known, found: &mut Findings) {
    agree::date(values, known, found);
    agree::overpayment_refused(values, known, found);
    agree::fee_within(values, "feeAmount", found);
}

/// The body decides, and the status only where it says nothing: the official client ignores the status. [IV-SDK] Names
/// are read in any case: the page's example and its table disagree. [IV-DOC] What says yes and no, or neither in a way
/// that can be read, is not decided here.
fn receipt(reply: &Reply, _: Currency) -> Outcome {
    let Ok(json) = Json::parse(&reply.body).and_then(Json::lower_names) else {
        // Words or markup say nothing; an object that cannot be read does.
        let silent = !reply.is_success() && !reply.body.trim_start().starts_with('{');
        return if silent { Outcome::by_status(reply, Words::default()) } else { Outcome::unreadable(reply) };
    };
    let member = |name| json.get(name).filter(|value| **value != Json::Null);
    let said = said(&json);
    match (member("success"), member("id"), member("errorcode")) {
        (Some(Json::Bool(true)), Some(Json::Number(id) | Json::Text(id)), None)
            if reply.is_success() && digits::only(id) =>
        {
            let payment_id = Some(id.clone());
            Outcome::Recorded(Receipt { payment_id, raw: reply.body.clone(), ..Receipt::default() })
        }
        (None | Some(Json::Bool(false)), None, Some(Json::Number(error) | Json::Text(error))) => {
            refusal(reply, error, member("specificcode").and_then(Json::scalar), said)
        }
        // "Whether or not the payment was added to the invoice." [IV-DOC, addPayment]
        (Some(Json::Bool(false)), None, None) => {
            Outcome::refused(reply, ProblemCode::Invalid, Words { said, ..Words::default() })
        }
        (None, None, None) if !reply.is_success() => {
            Outcome::by_status(reply, Words { said, ..Words::default() })
        }
        _ => Outcome::unreadable(reply),
    }
}

/// What an error means. Those that name a fault of the request are refusals; after a failure, "an unknown error"
/// (24240) or a code that is not in the list, nobody says that nothing was recorded. [IV-DOC, errors; addPayment]
fn refusal(reply: &Reply, error: &str, specific: Option<&str>, said: Option<String>) -> Outcome {
    let field = field_of(specific, said.as_deref());
    let words = Words { field, code: Some(specific.unwrap_or(error).to_owned()), said };
    let code = match (error, specific) {
        (_, Some("24240")) => return Outcome::unknown(reply, Cause::Failed, &words),
        ("404", _) | ("400", Some("24238")) => ProblemCode::NotFound,
        ("400" | "405" | "406", _) => ProblemCode::Invalid,
        ("401" | "462" | "463", _) => ProblemCode::SignIn,
        ("403", _) => ProblemCode::Forbidden,
        ("429", _) => ProblemCode::Throttled,
        _ => return Outcome::unknown(reply, Cause::Failed, &words),
    };
    Outcome::refused(reply, code, words)
}

/// The message, and what more is said of it: "'id' does not validate: Value must be a whole number".
fn said(json: &Json) -> Option<String> {
    let message = json.get("message").and_then(Json::scalar)?;
    let more = json.get("additionalmessages").and_then(Json::as_array).unwrap_or_default();
    let more = more.iter().filter_map(Json::as_text).collect::<Vec<_>>().join("; ");
    Some(if more.is_empty() { message.to_owned() } else { format!("{message}: {more}") })
}

/// The field that an error is about: from its code, or the name that the message quotes first. [IV-DOC, errors]
fn field_of(specific: Option<&str>, message: Option<&str>) -> Option<&'static str> {
    match specific {
        Some("24236" | "24237") => Some("method"),
        Some("24238") => Some("invoiceId"),
        _ => Payment::OPERATION.field_on_wire(message?.split('\'').nth(1)?),
    }
}

#[cfg(feature = "emulate")]
mod emulation {
    use super::*;
    use crate::emulate::{Books, Emulation, Refusal, SignInFault, State, reply_json, row};
    use crate::finding::Code;

    pub(super) const EMULATION: Emulation = Emulation {
        base: "/ivvy",
        ids: &[],
        credentials: &[&[("apiKey", "sandbox-key"), ("apiSecret", "sandbox-secret")]],
        identifier: row,
        status,
        payable: &[State::Draft, State::Open, State::Partial, State::Paid],
        draft_stays: false,
        answer,
        refuse,
    };

    /// [IV-DOC, `currentStatus`] An invoice paid in part is still not paid.
    fn status(state: State) -> &'static str {
        match state {
            State::Draft | State::Open | State::Partial => "0",
            State::Paid => "2",
            State::Void => "4",
        }
    }

    /// As in the page's example. [IV-DOC, addPayment]
    fn answer(books: &Books) -> Reply {
        let id = Json::Number(books.payment_id.to_owned());
        reply_json(200, [("Success", Json::Bool(true)), ("Id", id)])
    }

    /// [IV-DOC, errors] The HTTP status of an error is not documented: 200, as the official client expects no other.
    fn refuse(refusal: &Refusal) -> Reply {
        let (error, message, specific) = match refusal {
            Refusal::SignIn(SignInFault::Stale) => (401, "Request is stale".to_owned(), Some(23005)),
            Refusal::SignIn(_) => (401, "Unable to authenticate".to_owned(), None),
            Refusal::NoInvoice => (400, "Unable to find invoice".to_owned(), Some(24238)),
            Refusal::State(_) => (400, "The payment details are invalid".to_owned(), Some(24239)),
            Refusal::Unreadable => (400, "The request is empty".to_owned(), Some(24235)),
            Refusal::NoRoute(_) => (404, "Not found".to_owned(), None),
            Refusal::Method(_) => (405, "Method not allowed".to_owned(), None),
            Refusal::Invalid(rejection) => invalid(rejection),
        };
        let members = [("errorCode", Json::integer(error)), ("message", Json::text(message))];
        reply_json(200, members.into_iter().chain(specific.map(|code| ("specificCode", Json::integer(code)))))
    }

    /// Only the first wrong parameter is named. [IV-DOC, errors]
    fn invalid(rejection: &crate::finding::Rejection) -> (i64, String, Option<i64>) {
        let first = rejection.issues().next();
        let name = first.and_then(|issue| Payment::OPERATION.wire_name(issue.field)).unwrap_or("body");
        match first.map(|issue| issue.code) {
            Some(Code::Required) => (400, format!("'{name}' is required"), Some(23017)),
            Some(Code::ChoiceUnknown) if name == "paymentMethod" => (400, "Invalid payment method".to_owned(), Some(24236)),
            Some(Code::OverOutstanding) => (400, "The payment details are invalid".to_owned(), Some(24239)),
            _ => (400, format!("'{name}' does not validate"), Some(23016)),
        }
    }
}
