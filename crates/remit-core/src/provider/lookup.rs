//! Listing all payments of an invoice, or all invoices, page by page. The caller sends the requests.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::check::context::Context;
use crate::check::draft::Draft;
use crate::ledger::invoice::Invoice;
use crate::ledger::recorded_payment::RecordedPayment;
use crate::money::currency::Currency;
use crate::operation::Operation;
use crate::operation::answer::{Answer, Page};
use crate::operation::outcome::{Cause, Failure, Reason};
use crate::operation::purpose::Purpose;
use crate::provider::declaration::Provider;
use crate::schema::field::Kind;
use crate::schema::name;
use crate::wire::{Request, Response};

/// The maximum number of pages to request of a list.
const PAGES: usize = 10;
/// The number of items to request in a page, where the provider allows that many.
const PAGE: i64 = 500;

/// What a provider can list.
pub trait Listed: Sized {
    /// The operation that lists them.
    const LIST: Purpose;

    /// The page that the operation returns.
    fn page(answer: Answer) -> Option<Page<Self>>;
}

/// The payments of an invoice.
impl Listed for RecordedPayment {
    const LIST: Purpose = Purpose::ListPayments;

    fn page(answer: Answer) -> Option<Page<Self>> {
        if let Answer::Payments(page) = answer { Some(page) } else { None }
    }
}

/// All invoices.
impl Listed for Invoice {
    const LIST: Purpose = Purpose::ListInvoices;

    fn page(answer: Answer) -> Option<Page<Self>> {
        if let Answer::Invoices(page) = answer { Some(page) } else { None }
    }
}

/// A list that is being loaded: of the payments of an invoice, unless stated otherwise.
#[derive(Debug, Clone)]
pub struct Lookup<T = RecordedPayment> {
    operation: &'static Operation,
    draft: Draft,
    currency: Currency,
    found: Vec<T>,
    pages: usize,
}

/// What a page of the list brings.
#[derive(Debug)]
pub enum Progress<T = RecordedPayment> {
    /// There is another page: send its [`Lookup::request`].
    More(Lookup<T>),
    /// The whole list, or why it could not be loaded.
    Done(Result<Vec<T>, Failure>),
}

impl<T: Listed> Lookup<T> {
    /// Starts a list. Only the draft's fields that the list needs are sent, for example the invoice.
    ///
    /// `None` if the provider has no such list or the draft lacks a field.
    #[must_use]
    pub fn new(provider: &'static Provider, draft: &Draft, currency: Currency) -> Option<Self> {
        let operation = provider.operation(T::LIST)?;
        let mut draft = draft.clone();
        // As few pages as possible: a payment removed between two requests shifts the others.
        draft.set(name::PAGE_SIZE, page_size(operation));
        let lookup = Self { operation, draft, currency, found: Vec::new(), pages: 0 };
        lookup.request().is_some().then_some(lookup)
    }

    /// The request for the next page; `None` only if [`Lookup::new`] was `None`.
    #[must_use]
    pub fn request(&self) -> Option<Request> {
        let (values, _) = self.operation.parse(&self.draft, &Context::default()).ok()?;
        Some(self.operation.request(&values))
    }

    /// Reads the response to [`Lookup::request`].
    #[must_use]
    pub fn read(mut self, response: Result<Response, Failure>) -> Progress<T> {
        let answer = response.and_then(|response| self.operation.understand(&response, self.currency));
        let unreadable = || Progress::Done(Err(Failure::Unknown(Reason::of(Cause::Unreadable))));
        match answer.map(T::page) {
            Ok(Some(page)) => {
                let next = page.after(self.draft.get(name::PAGE));
                self.found.extend(page.items);
                self.pages = self.pages.saturating_add(1);
                match next {
                    None => Progress::Done(Ok(self.found)),
                    Some(_) if self.pages >= PAGES => unreadable(),
                    Some(next) => {
                        self.draft.set(name::PAGE, next);
                        Progress::More(self)
                    }
                }
            }
            Ok(None) => unreadable(),
            Err(failure) => Progress::Done(Err(failure)),
        }
    }
}

/// The number of items to request in a page; empty if the provider does not page the list.
fn page_size(list: &Operation) -> String {
    let sizes = list.fields.iter().filter(|field| field.name == name::PAGE_SIZE);
    let limits =
        sizes.filter_map(|field| if let Kind::Integer { max, .. } = field.kind { Some(max) } else { None });
    limits.map(|max| max.min(PAGE).to_string()).next().unwrap_or_default()
}
