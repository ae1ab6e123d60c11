//! Listing all payments of an invoice, page by page.

use remit_core::schema::field::Kind;
use remit_core::wire::{Request, Response};
use remit_core::{
    Answer, Cause, Context, Currency, Draft, Failure, Operation, Provider, Purpose, Reason, RecordedPayment,
    name,
};

/// The maximum number of pages to request of a list.
const PAGES: usize = 10;
/// The number of items to request in a page, where the provider allows that many.
const PAGE: i64 = 500;

/// A list of payments that is being loaded.
#[derive(Debug, Clone)]
pub(crate) struct Lookup {
    operation: &'static Operation,
    draft: Draft,
    currency: Currency,
    found: Vec<RecordedPayment>,
    pages: usize,
}

/// What a page of the list brings.
pub(crate) enum Progress {
    More(Lookup),
    Done(Result<Vec<RecordedPayment>, Failure>),
}

impl Lookup {
    /// Lists the payments of the draft's invoice; `None` if the provider cannot list them or the draft lacks a field.
    pub(crate) fn new(provider: &'static Provider, draft: &Draft, currency: Currency) -> Option<Self> {
        let operation = provider.operation(Purpose::ListPayments)?;
        let mut draft = draft.clone();
        // As few pages as possible: a payment removed between two requests shifts the others.
        draft.set(name::PAGE_SIZE, page_size(operation));
        let lookup = Self { operation, draft, currency, found: Vec::new(), pages: 0 };
        lookup.request().is_some().then_some(lookup)
    }

    /// The request for the next page.
    pub(crate) fn request(&self) -> Option<Request> {
        let (values, _) = self.operation.parse(&self.draft, &Context::default()).ok()?;
        Some(self.operation.request(&values))
    }

    /// Reads a page.
    pub(crate) fn read(mut self, response: Result<Response, Failure>) -> Progress {
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
