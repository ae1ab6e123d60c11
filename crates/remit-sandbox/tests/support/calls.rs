//! Calls any operation of any provider, using only its declaration.

use remit_core::emulate::Refusal;
use remit_core::wire::{Request, Response};
use remit_core::{Answer, Context, Currency, Draft, Failure, Operation, Provider, Purpose, name};

use super::drafts::{About, full};
use super::{Running, id, shared, usd};

/// Every provider that has an operation of this purpose. Panics if there is none.
pub(crate) fn having(purpose: Purpose) -> Vec<(&'static Provider, &'static Operation)> {
    let all = Provider::ALL.iter().copied();
    let having: Vec<_> = all.filter_map(|provider| Some((provider, provider.operation(purpose)?))).collect();
    assert!(!having.is_empty(), "{purpose:?}");
    having
}

/// A request to an operation, with those of the given fields that the operation has.
pub(crate) fn call(provider: &Provider, operation: &Operation, given: &[(&str, &str)]) -> Request {
    let shared = shared(provider);
    let texts = shared.iter().chain(given.iter().copied());
    let has = |name: &str| operation.fields.iter().any(|field| field.name == name);
    let draft: Draft = texts.filter(|(name, _)| has(name)).collect();
    match operation.parse(&draft, &Context::default()) {
        Ok((values, _)) => operation.request(&values),
        Err(rejection) => panic!("{} {:?}: {rejection}", provider.id, operation.purpose),
    }
}

/// A request to an operation, with seeded records and this payment.
pub(crate) fn sample(provider: &'static Provider, operation: &Operation, payment: &str) -> Request {
    let (invoice, transaction, client) = (id(provider, 1001), id(provider, 2004), id(provider, 901));
    if operation.purpose == Purpose::RecordPayment {
        let about = About { invoice: &invoice, currency: "USD", amount: "1", transaction: &transaction };
        let draft = full(provider, shared(provider), about, 0);
        return provider.check(&draft, &Context::default()).unwrap().request;
    }
    let given = [
        (name::INVOICE, invoice.as_str()),
        (name::PAYMENT, payment),
        (name::TRANSACTION, &transaction),
        (name::CLIENT, &client),
        (name::CURRENCY, "USD"),
        (name::NUMBER, "R-7"),
        (name::ISSUED_AT, "2026-11-01T08:00:00Z"),
        (name::DUE_AT, "2026-12-01T08:00:00Z"),
    ];
    call(provider, operation, &given)
}

/// Calls an operation, and parses its response: in US dollars if the response names no currency.
pub(crate) fn ask(
    running: &Running,
    provider: &'static Provider,
    operation: &Operation,
    given: &[(&str, &str)],
) -> Result<Answer, Failure> {
    ask_in(running, provider, operation, given, usd())
}

pub(crate) fn ask_in(
    running: &Running,
    provider: &'static Provider,
    operation: &Operation,
    given: &[(&str, &str)],
    currency: Currency,
) -> Result<Answer, Failure> {
    let reply = running.send(provider, &call(provider, operation, given), 0).unwrap();
    operation.understand(&reply, currency)
}

pub(crate) fn understood(answer: Result<Answer, Failure>) -> Answer {
    answer.unwrap_or_else(|failure| panic!("{failure:?}"))
}

/// All pages of a list. Each page names the next.
pub(crate) fn walk(
    running: &Running,
    provider: &'static Provider,
    operation: &Operation,
    given: &[(&str, &str)],
) -> Vec<Answer> {
    let mut pages = Vec::new();
    let mut page_name: Option<String> = None;
    while pages.len() < 100 {
        let page = page_name.iter().map(|page| (name::PAGE, page.as_str()));
        let given: Vec<_> = given.iter().copied().chain(page).collect();
        let answer = understood(ask(running, provider, operation, &given));
        let next = match &answer {
            Answer::Payments(page) => page.after(page_name.as_deref()),
            Answer::Invoices(page) => page.after(page_name.as_deref()),
            Answer::Transactions(page) => page.after(page_name.as_deref()),
            other => panic!("{}: {other:?}", provider.id),
        };
        pages.push(answer);
        let Some(next) = next else { return pages };
        page_name = Some(next);
    }
    panic!("{}: more than 100 pages", provider.id)
}

/// Asserts that a request receives the provider's response to this refusal, and that it is parsed as refused.
pub(crate) fn refused_as(
    running: &Running,
    provider: &'static Provider,
    operation: &Operation,
    request: &Request,
    refusal: &Refusal,
) {
    let reply = running.send(provider, request, 0).unwrap();
    assert_refusal(provider, operation, &reply, refusal);
    let read = operation.understand(&reply, usd());
    assert!(matches!(read, Err(Failure::Refused(_))), "{} {}: {read:?}", provider.id, request.path);
}

/// Asserts that a response is the provider's response to this refusal of this operation.
pub(crate) fn assert_refusal(
    provider: &Provider,
    operation: &Operation,
    reply: &Response,
    refusal: &Refusal,
) {
    let own = (provider.emulation.refuse)(refusal, operation);
    assert_eq!((reply.status, &reply.body), (own.status, &own.body), "{}: {refusal:?}", provider.id);
    for header in ["Allow", "Retry-After", "WWW-Authenticate"] {
        assert_eq!(reply.headers.get(header), own.headers.get(header), "{}: {refusal:?}", provider.id);
    }
}
