//! Calls one operation of a provider, directly or through a relay.

use gloo_net::http::{Request as Call, RequestBuilder, Response};
use remit_core::operation::auth::{Secrets, sign_in};
use remit_core::schema::field::Kind;
use remit_core::wire::{self, Headers, Method, Request};
use remit_core::{
    Answer, Cause, Context, Currency, Draft, Failure, Invoice, Operation, Provider, Purpose, Reason,
    RecordedPayment, name,
};
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestMode, RequestRedirect};

/// The timeout of a request that changes something, in milliseconds. Longer than a relay's default timeout for a provider.
pub(crate) const SEND_TIMEOUT: u32 = 60_000;
/// The timeout of a request that only reads, in milliseconds.
pub(crate) const READ_TIMEOUT: u32 = 10_000;
/// The timeout of a request that completes a response already received, in milliseconds.
pub(crate) const REFRESH_TIMEOUT: u32 = 2_000;
/// The maximum number of pages to request of a list.
const PAGES: usize = 10;
/// The number of items to request in a page, where the provider allows that many.
const PAGE: i64 = 500;

/// A provider with the address and the credentials to call it.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) provider: &'static Provider,
    /// Without a trailing slash.
    pub(crate) base_url: String,
    pub(crate) credentials: Secrets,
    /// The timeout of requests that only read, in milliseconds.
    pub(crate) read_timeout: u32,
}

impl Caller {
    /// Sends a request once. The request may have arrived even if no response does.
    ///
    /// # Errors
    /// [`Failure::NotSent`] if the request could not be built, and [`Failure::Unknown`] if no response arrived.
    pub(crate) async fn send(&self, mut request: Request, timeout: u32) -> Result<wire::Response, Failure> {
        let stopped = |words: &str| Failure::NotSent(Reason::new(Cause::Stopped, words));
        if self.base_url.is_empty() {
            return Err(stopped(
                "The element has no base-url. Set it to the address of the relay or the provider.",
            ));
        }
        if self.credentials.names().next().is_some() {
            sign_in(self.provider.auth, &mut request, &self.credentials, None)
                .map_err(|error| stopped(&error.to_string()))?;
        }
        let url = format!("{}{}", self.base_url, request.path);
        let call = match request.method {
            Method::Get => Call::get(&url),
            Method::Post => Call::post(&url),
            Method::Delete => Call::delete(&url),
        };
        let mut call = plain(call, timeout).redirect(RequestRedirect::Manual);
        for (name, value) in request.headers.iter() {
            call = call.header(name, value);
        }
        // The browser rejects a body in a GET request, even an empty one.
        let call = if request.body.is_empty() { call.build() } else { call.body(request.body) };
        let call = call.map_err(|_| Failure::NotSent(Reason::of(Cause::Stopped)))?;
        let lost = |error: gloo_net::Error| Failure::Unknown(Reason::new(Cause::Lost, error.to_string()));
        read(call.send().await.map_err(lost)?).await.map_err(lost)
    }

    /// Whether the server at the address is reachable. The browser does not report whether a failed request was ever
    /// sent; if this request fails too, no server is reachable.
    pub(crate) async fn is_reachable(&self) -> bool {
        plain(Call::get(&self.base_url), READ_TIMEOUT).mode(RequestMode::NoCors).send().await.is_ok()
    }

    /// Calls an operation with the fields of a draft.
    ///
    /// # Errors
    /// [`Failure`], also if the provider lacks the operation or the draft lacks one of its required fields.
    pub(crate) async fn ask(
        &self,
        purpose: Purpose,
        draft: &Draft,
        currency: Currency,
    ) -> Result<Answer, Failure> {
        let missing = || Failure::NotSent(Reason::of(Cause::Stopped));
        let operation = self.provider.operation(purpose).ok_or_else(missing)?;
        let request = request(operation, draft).ok_or_else(missing)?;
        let timeout = if purpose.changes() { SEND_TIMEOUT } else { self.read_timeout };
        operation.understand(&self.send(request, timeout).await?, currency)
    }

    /// Lists all payments of the draft's invoice.
    ///
    /// # Errors
    /// [`Failure`], also if there are more than [`PAGES`] pages.
    pub(crate) async fn payments(
        &self,
        draft: &Draft,
        currency: Currency,
    ) -> Result<Vec<RecordedPayment>, Failure> {
        let (mut all, mut draft) = (Vec::new(), draft.clone());
        // As few pages as possible: a payment removed between two requests shifts the others.
        draft.set(name::PAGE_SIZE, self.page_size());
        for _ in 0..PAGES {
            let Answer::Payments(page) = self.ask(Purpose::ListPayments, &draft, currency).await? else {
                break;
            };
            let next = page.after(draft.get(name::PAGE));
            all.extend(page.items);
            match next {
                Some(next) => draft.set(name::PAGE, next),
                None => return Ok(all),
            }
        }
        Err(Failure::Unknown(Reason::of(Cause::Unreadable)))
    }

    /// The number of payments to request in a page; empty if the provider does not page the list.
    fn page_size(&self) -> String {
        let list = self.provider.operation(Purpose::ListPayments);
        let sizes =
            list.into_iter().flat_map(|list| list.fields).filter(|field| field.name == name::PAGE_SIZE);
        let limits = sizes
            .filter_map(|field| if let Kind::Integer { max, .. } = field.kind { Some(max) } else { None });
        limits.map(|max| max.min(PAGE).to_string()).next().unwrap_or_default()
    }

    /// The draft's invoice, if the provider returns it.
    pub(crate) async fn invoice(&self, draft: &Draft, currency: Currency) -> Option<Invoice> {
        match self.ask(Purpose::GetInvoice, draft, currency).await {
            Ok(Answer::Invoice(invoice)) => Some(invoice),
            _ => None,
        }
    }
}

/// The request for an operation, or `None` if the draft lacks a field that it needs. Other fields of the draft are not sent.
pub(crate) fn request(operation: &Operation, draft: &Draft) -> Option<Request> {
    let (values, _) = operation.parse(draft, &Context::default()).ok()?;
    Some(operation.request(&values))
}

/// Sends a payment with the timeout for requests that change something.
pub(crate) async fn send(caller: &Caller, request: Request) -> Result<wire::Response, Failure> {
    caller.send(request, SEND_TIMEOUT).await
}

/// Disables the cache, sets the timeout and limits cookies to the page's own origin: a relay there may require its sign-in.
fn plain(builder: RequestBuilder, timeout: u32) -> RequestBuilder {
    builder
        .credentials(RequestCredentials::SameOrigin)
        .cache(RequestCache::NoStore)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(timeout)))
}

async fn read(response: Response) -> Result<wire::Response, gloo_net::Error> {
    let status = response.status();
    let headers: Headers = response.headers().entries().collect();
    Ok(wire::Response::new(status, headers, response.text().await?))
}
