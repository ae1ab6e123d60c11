//! The provider's side of the wire, for the sandbox and the tests: what a page says of its provider's invoices,
//! credentials, answers and refusals. Not part of anything that goes to a browser.

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

/// A provider, emulated.
#[derive(Debug, Clone, Copy)]
pub struct Emulation {
    /// Where it is mounted; stands for the provider's host and base path.
    pub base: &'static str,
    /// Values of fields that every seeded invoice shares, such as the workspace.
    pub ids: &'static [(&'static str, &'static str)],
    /// For each way to sign in, in the order of [`Provider::auth`], what is accepted.
    pub credentials: &'static [&'static [(&'static str, &'static str)]],
    /// The n-th identifier in the provider's style.
    pub identifier: fn(u64) -> String,
    /// The provider's word for each state.
    pub words: &'static [(InvoiceState, &'static str)],
    /// The states in which a payment is taken.
    pub payable: &'static [InvoiceState],
    /// Whether a draft that is paid in part stays a draft.
    pub draft_stays: bool,
    /// How many requests are taken.
    pub throttle: Option<Throttle>,
    /// What lists are asked beside their fields.
    pub filters: &'static [Filter],
    /// Query parameters that stand for a header: the name of each, the header, and what goes before the value there.
    pub in_query: &'static [(&'static str, &'static str, &'static str)],
    /// The answer to an operation that succeeded.
    pub answer: fn(&Seen<'_>) -> Response,
    /// The answer to a request that is refused: for this operation, or recording a payment where it was for none.
    pub refuse: fn(&Refusal, &Operation) -> Response,
}

/// How many requests a provider takes from one caller before it refuses them.
#[derive(Debug, Clone, Copy)]
pub struct Throttle {
    /// So many.
    pub calls: usize,
    /// Within so many seconds.
    pub seconds: u32,
    /// Only from callers that sign in by the way at this place in [`Provider::auth`].
    pub only: Option<usize>,
}

impl Emulation {
    /// The provider's word for a state.
    #[must_use]
    pub fn word(&self, state: InvoiceState) -> &'static str {
        word(self.words, state)
    }

    /// The state of an invoice of which so much has been paid.
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

/// One of these words, for a state.
pub(crate) fn word(words: &[(InvoiceState, &'static str)], state: InvoiceState) -> &'static str {
    words.iter().find(|(known, _)| *known == state).map_or("", |(_, word)| word)
}

/// An invoice in the sandbox's books.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The provider's identifier.
    pub id: String,
    /// The number that people know it by.
    pub number: String,
    /// What it comes to.
    pub amount: Money,
    /// What has been paid.
    pub paid: Money,
    /// Its state.
    pub state: InvoiceState,
    /// Its state while nothing is paid.
    pub unpaid: InvoiceState,
    /// When it was issued.
    pub issued: Instant,
    /// When it is due.
    pub due: Instant,
    /// The customer, by the provider's identifier.
    pub client: String,
}

impl Entry {
    /// What is left to pay; below zero when more was paid.
    #[must_use]
    pub fn balance(&self) -> Money {
        self.amount.checked_sub(self.paid).unwrap_or(self.amount)
    }
}

/// A payment in the sandbox's books.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    /// The provider's identifier.
    pub id: String,
    /// The invoice that was paid.
    pub invoice_id: String,
    /// The bank transaction that it is taken from.
    pub transaction_id: Option<String>,
    /// How much.
    pub amount: Money,
    /// When it was paid.
    pub paid_at: Instant,
    /// A note.
    pub note: Option<String>,
    /// Everything else that was given, as a draft.
    pub fields: Draft,
    /// When it was recorded.
    pub recorded_at: Instant,
}

/// What there is in the books of what was asked for, or was just changed. An answer is made from it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// What the operation is for.
    pub purpose: Purpose,
    /// What was asked, field by field.
    pub values: &'a Values<'a>,
    /// What was asked beside the fields.
    pub asked: &'a Asked,
    /// Now.
    pub now: Instant,
    /// The records.
    pub records: Records<'a>,
}

/// The records that an operation is about.
#[derive(Debug, Clone, Copy)]
pub enum Records<'a> {
    /// A payment was recorded, or is shown; the invoice as it now stands.
    Payment(&'a Entry, &'a Posted),
    /// A payment was removed; the invoice as it now stands.
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
    /// A bank transaction with the payments that are taken from it.
    Allocations(&'a BankTransaction, &'a [Posted]),
    /// Nothing: the provider answers from itself.
    Nothing,
}

/// Why the provider refuses a request.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// The caller is not signed in.
    SignIn(SignInFault),
    /// Nothing is at this path.
    NoRoute(String),
    /// Something is at this path, but not for this method.
    Method {
        /// The method that was tried.
        given: String,
        /// Those that are taken, separated by commas.
        allowed: String,
    },
    /// There is no such invoice, or not in this workspace.
    NoInvoice,
    /// There is no such payment on the invoice.
    NoPayment,
    /// There is no such bank transaction.
    NoTransaction,
    /// The invoice takes no payment in its state.
    State(InvoiceState),
    /// The body cannot be read at all.
    Unreadable,
    /// The request breaks a rule.
    Invalid(Rejection),
    /// Too many requests; so many seconds have to pass.
    Throttled(u32),
}

/// Why a caller is not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInFault {
    /// No credentials, or several kinds at once.
    NotOne,
    /// Credentials of the scheme at this place, and they are wrong.
    Wrong(usize),
    /// Credentials of the scheme at this place, for another business or account than the one that is named beside them.
    Elsewhere(usize),
    /// Signed too long ago, or in the future.
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
    /// `wrong` has a text for each scheme.
    pub(crate) fn pick(self, not_one: &'static str, wrong: &[&'static str]) -> &'static str {
        match self {
            Self::Wrong(at) | Self::Elsewhere(at) => wrong.get(at).copied().unwrap_or(not_one),
            Self::NotOne | Self::Stale => not_one,
        }
    }
}

/// A JSON answer.
pub(crate) fn reply_json<N: Into<String>>(
    status: u16,
    members: impl IntoIterator<Item = (N, Json)>,
) -> Response {
    let headers = [("Content-Type", "application/json")].into_iter().collect();
    Response::new(status, headers, members.into_iter().collect::<Json>().print())
}

/// A count, as JSON has it.
pub(crate) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A JSON answer that is a list.
pub(crate) fn reply_list(status: u16, items: Vec<Json>) -> Response {
    let headers = [("Content-Type", "application/json")].into_iter().collect();
    Response::new(status, headers, Json::Array(items).print())
}

/// What an operation has no answer for, because it has no such operation.
pub(crate) fn unanswered() -> Response {
    Response::new(501, Default::default(), "")
}

/// Identifiers of 24 hexadecimal digits.
pub(crate) fn hex24(n: u64) -> String {
    format!("{:024x}", 0x64a6_87e2_9ae1_0000_u64.wrapping_add(n))
}

/// UUIDs, version 8: made by us. [RFC 9562, 5.8]
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

/// Row numbers.
pub(crate) fn row(n: u64) -> String {
    n.to_string()
}
