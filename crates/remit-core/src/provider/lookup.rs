//! Listing all payments of an invoice, page by page. The caller sends the requests.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::check::context::Context;
use crate::check::draft::Draft;
use crate::ledger::recorded_payment::RecordedPayment;
use crate::money::currency::Currency;
use crate::operation::Operation;
use crate::operation::answer::Answer;
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

/// A list of payments that is being loaded.
#[derive(Debug, Clone)]
pub struct Lookup {
    operation: &'static Operation,
    draft: Draft,
    currency: Currency,
    found: Vec<RecordedPayment>,
    pages: usize,
}

/// What a page of the list brings.
#[derive(Debug)]
pub enum Progress {
    /// There is another page: send its [`Lookup::request`].
    More(Lookup),
    /// Every payment of the invoice, or why they could not be listed.
    Done(Result<Vec<RecordedPayment>, Failure>),
}

impl Lookup {
    /// Lists the payments of the draft's invoice. Other fields of the draft are not sent.
    ///
    /// `None` if the provider cannot list them or the draft lacks a field.
    #[must_use]
    pub fn new(provider: &'static Provider, draft: &Draft, currency: Currency) -> Option<Self> {
        let operation = provider.operation(Purpose::ListPayments)?;
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
    pub fn read(mut self, response: Result<Response, Failure>) -> Progress {
        let answer = response.and_then(|response| self.operation.understand(&response, self.currency));
        let unreadable = || Progress::Done(Err(Failure::Unknown(Reason::of(Cause::Unreadable))));
        match answer {
            Ok(Answer::Payments(page)) => {
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
            Ok(_) => unreadable(),
            Err(failure) => Progress::Done(Err(failure)),
        }
    }
}

/// The number of payments to request in a page; empty if the provider does not page the list.
fn page_size(list: &Operation) -> String {
    let sizes = list.fields.iter().filter(|field| field.name == name::PAGE_SIZE);
    let limits =
        sizes.filter_map(|field| if let Kind::Integer { max, .. } = field.kind { Some(max) } else { None });
    limits.map(|max| max.min(PAGE).to_string()).next().unwrap_or_default()
}
