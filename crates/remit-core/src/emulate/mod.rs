//! The provider's side of the wire, for the sandbox and the tests: the records, credentials, responses and refusals
//! that a provider's page declares. Not in browser builds.

pub mod filter;
pub mod list;
pub mod sign_in;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::check::draft::Draft;
use crate::emulate::filter::{Asked, Filter};
use crate::ledger::bank_transaction::BankTransaction;
use crate::ledger::invoice::InvoiceState;
use crate::money::Money;
use crate::operation::Operation;
use crate::operation::purpose::Purpose;
use crate::report::rejection::Rejection;
use crate::schema::values::Values;
use crate::time::instant::Instant;
use crate::wire::Response;
use crate::wire::json::Json;

/// The emulation of a provider.
#[derive(Debug, Clone, Copy)]
pub struct Emulation {
    /// The path where the emulation is mounted, in place of the provider's host and base path.
    pub base: &'static str,
    /// Field values that all seeded invoices share, such as the workspace.
    pub ids: &'static [(&'static str, &'static str)],
    /// The accepted secrets of each scheme, in the order of [`Provider::auth`](crate::Provider::auth).
    pub credentials: &'static [&'static [(&'static str, &'static str)]],
    /// Makes the n-th identifier, in the provider's style.
    pub identifier: fn(u64) -> String,
    /// The provider's words for the states.
    pub words: &'static [(InvoiceState, &'static str)],
    /// The states that accept payments.
    pub payable: &'static [InvoiceState],
    /// Whether a partly paid draft stays a draft.
    pub draft_stays: bool,
    /// The query parameters of lists that are not fields.
    pub filters: &'static [Filter],
    /// Query parameters that replace a header: the name of each, the header, and the prefix of the header's value.
    pub in_query: &'static [(&'static str, &'static str, &'static str)],
    /// Makes the response to a successful operation.
    pub answer: fn(&Seen<'_>) -> Response,
    /// Makes the response to a refused request. The operation is recording a payment if the request matches none.
    pub refuse: fn(&Refusal, &Operation) -> Response,
}

impl Emulation {
    /// The provider's word for a state.
    #[must_use]
    pub fn word(&self, state: InvoiceState) -> &'static str {
        word(self.words, state)
    }

    /// The state of an invoice, given its paid amount.
    #[must_use]
    pub fn state_of(&self, invoice: &Entry) -> InvoiceState {
        match invoice.unpaid {
            InvoiceState::Void => InvoiceState::Void,
            unpaid if invoice.paid.minor() <= 0 => unpaid,
            _ if invoice.paid.minor() >= invoice.amount.minor() => InvoiceState::Paid,
            InvoiceState::Draft if self.draft_stays => InvoiceState::Draft,
            _ => InvoiceState::Partial,
        }
    }
}

/// The first of these words for a state.
pub(crate) fn word(words: &[(InvoiceState, &'static str)], state: InvoiceState) -> &'static str {
    words.iter().find(|(known, _)| *known == state).map_or("", |(_, word)| word)
}

/// An invoice in the sandbox's records.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The provider's identifier.
    pub id: String,
    /// The invoice number that people use.
    pub number: String,
    /// The total.
    pub amount: Money,
    /// The paid amount.
    pub paid: Money,
    /// The current state.
    pub state: InvoiceState,
    /// The state while nothing is paid.
    pub unpaid: InvoiceState,
    /// The date of issue.
    pub issued: Instant,
    /// The due date.
    pub due: Instant,
    /// The provider's identifier of the customer.
    pub client: String,
}

impl Entry {
    /// The amount that is still to be paid; negative after an overpayment.
    #[must_use]
    pub fn balance(&self) -> Money {
        self.amount.checked_sub(self.paid).unwrap_or(self.amount)
    }
}

/// A payment in the sandbox's records.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    /// The provider's identifier.
    pub id: String,
    /// The invoice that was paid.
    pub invoice_id: String,
    /// The bank transaction that the payment is allocated from.
    pub transaction_id: Option<String>,
    /// The amount.
    pub amount: Money,
    /// When the payment was made.
    pub paid_at: Instant,
    /// A note.
    pub note: Option<String>,
    /// All fields of the request, as a draft.
    pub fields: Draft,
    /// When the payment was recorded.
    pub recorded_at: Instant,
}

/// A successful request and the records that it is about. The response is made from it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The purpose of the operation.
    pub purpose: Purpose,
    /// The values of the request's fields.
    pub values: &'a Values<'a>,
    /// The filters of the request.
    pub asked: &'a Asked,
    /// The current time.
    pub now: Instant,
    /// The records.
    pub records: Records<'a>,
}

/// The records that an operation is about.
#[derive(Debug, Clone, Copy)]
pub enum Records<'a> {
    /// The updated invoice, and a payment that was recorded or is shown.
    Payment(&'a Entry, &'a Posted),
    /// The updated invoice, after a payment was removed.
    Removed(&'a Entry),
    /// All payments of an invoice, in the order in which they were recorded.
    Payments(&'a Entry, &'a [Posted]),
    /// An invoice was added.
    Added(&'a Entry),
    /// An invoice with its payments.
    Invoice(&'a Entry, &'a [Posted]),
    /// All invoices, in the order in which they were added.
    Invoices(&'a [Entry]),
    /// All bank transactions.
    Transactions(&'a [BankTransaction]),
    /// A bank transaction with the payments that are allocated from it.
    Allocations(&'a BankTransaction, &'a [Posted]),
    /// No records: the response does not depend on any.
    Nothing,
}

/// Why the provider refuses a request.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// The credentials are missing or wrong.
    SignIn(SignInFault),
    /// No operation has this path.
    NoRoute(String),
    /// The path does not support this method.
    Method {
        /// The method of the request.
        given: String,
        /// The supported methods, separated by commas.
        allowed: String,
    },
    /// The invoice does not exist, or not in this workspace.
    NoInvoice,
    /// The invoice has no such payment.
    NoPayment,
    /// The bank transaction does not exist.
    NoTransaction,
    /// The invoice does not accept payments in its state.
    State(InvoiceState),
    /// The body cannot be parsed.
    Unreadable,
    /// The request breaks a rule.
    Invalid(Rejection),
    /// Too many requests; retry after this number of seconds.
    Throttled(u32),
}

/// Why a request's credentials are not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInFault {
    /// The request has no credentials, or those of several schemes.
    NotOne,
    /// The credentials of the scheme at this index are wrong.
    Wrong(usize),
    /// The credentials of the scheme at this index are valid, but not for the business or account that the request
    /// names.
    Elsewhere(usize),
    /// The request was signed too long ago, or in the future.
    Stale,
}

impl fmt::Display for SignInFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotOne => "no credentials, or several kinds at once",
            Self::Wrong(_) => "wrong credentials",
            Self::Elsewhere(_) => "credentials for another business or account",
            Self::Stale => "a signature that is too old, or from the future",
        })
    }
}

impl core::error::Error for SignInFault {}

impl SignInFault {
    /// The text for this fault; `wrong` has one for each scheme.
    pub(crate) fn pick(self, not_one: &'static str, wrong: &[&'static str]) -> &'static str {
        match self {
            Self::Wrong(at) | Self::Elsewhere(at) => wrong.get(at).copied().unwrap_or(not_one),
            Self::NotOne | Self::Stale => not_one,
        }
    }
}

/// A response with a JSON object.
pub(crate) fn reply_json<N: Into<String>>(
    status: u16,
    members: impl IntoIterator<Item = (N, Json)>,
) -> Response {
    let headers = [("Content-Type", "application/json")].into_iter().collect();
    Response::new(status, headers, members.into_iter().collect::<Json>().print())
}

/// An amount in major units without trailing zeros.
pub(crate) fn decimal(money: Money) -> Json {
    Json::Number(money.to_decimal().normalize().to_string())
}

/// A count as a JSON integer.
pub(crate) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A response with a JSON array.
pub(crate) fn reply_list(status: u16, items: Vec<Json>) -> Response {
    let headers = [("Content-Type", "application/json")].into_iter().collect();
    Response::new(status, headers, Json::Array(items).print())
}

/// The response for records that the provider has no operation for.
pub(crate) fn unanswered() -> Response {
    Response::new(501, Default::default(), "")
}

/// An identifier of 24 hexadecimal digits.
pub(crate) fn hex24(n: u64) -> String {
    format!("{:024x}", 0x64a6_87e2_9ae1_0000_u64.wrapping_add(n))
}

/// A UUID of version 8, for custom formats. [RFC 9562, 5.8]
pub(crate) fn uuid(n: u64) -> String {
    let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!(
        "{:08x}-{:04x}-8{:03x}-8{:03x}-{:012x}",
        mixed >> 32,
        (mixed >> 16) & 0xffff,
        mixed & 0xfff,
        n & 0xfff,
        n
    )
}

/// A row number.
pub(crate) fn row(n: u64) -> String {
    n.to_string()
}
