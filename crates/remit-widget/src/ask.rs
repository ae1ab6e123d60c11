//! Asks a provider, or the relay before it, for one operation.

use gloo_net::http::{Request as Call, RequestBuilder, Response};
use remit_core::operation::auth::{Secrets, sign_in};
use remit_core::schema::field::Kind;
use remit_core::wire::{self, Headers, Method, Request};
use remit_core::{
    Answer, Cause, Context, Currency, Draft, Failure, Invoice, Operation, Provider, Purpose, Reason,
    RecordedPayment, name,
};
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestMode, RequestRedirect};

/// How long to wait for an answer to what changes something, in milliseconds: longer than a relay waits for a provider
/// unless it is told to.
pub(crate) const SEND_TIMEOUT: u32 = 60_000;
/// How long to wait for what only helps.
pub(crate) const READ_TIMEOUT: u32 = 10_000;
/// How long to wait for what completes an answer that is there already.
pub(crate) const REFRESH_TIMEOUT: u32 = 2_000;
/// The most pages of a list that are asked for, and the items of each.
const PAGES: usize = 10;
const PAGE: i64 = 500;

/// Whom to ask, where, and with whose credentials.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) provider: &'static Provider,
    /// Without a slash at the end.
    pub(crate) base_url: String,
    pub(crate) credentials: Secrets,
    /// How long to wait for what only helps, in milliseconds.
    pub(crate) patience: u32,
}

impl Caller {
    /// Sends a request once. It may have arrived even when there is no answer.
    ///
    /// # Errors
    /// [`Failure::NotSent`] when it could not be made, and [`Failure::Unknown`] when there is no answer.
    pub(crate) async fn send(&self, mut request: Request, patience: u32) -> Result<wire::Response, Failure> {
        let stopped = |words: &str| Failure::NotSent(Reason::new(Cause::Stopped, words));
        if self.base_url.is_empty() {
            return Err(stopped("base-url is not set on the element."));
        }
        if self.credentials.names().next().is_some() {
            sign_in(self.provider.auth, &mut request, &self.credentials, None)
                .map_err(|cannot| stopped(&cannot.to_string()))?;
        }
        let url = format!("{}{}", self.base_url, request.path);
        let call = match request.method {
            Method::Get => Call::get(&url),
            Method::Post => Call::post(&url),
            Method::Delete => Call::delete(&url),
        };
        let mut call = plain(call, patience).redirect(RequestRedirect::Manual);
        for (name, value) in request.headers.iter() {
            call = call.header(name, value);
        }
        // A request that is made without a body may not have an empty one either.
        let call = if request.body.is_empty() { call.build() } else { call.body(request.body) };
        let call = call.map_err(|_| Failure::NotSent(Reason::of(Cause::Stopped)))?;
        let lost = |error: gloo_net::Error| Failure::Unknown(Reason::new(Cause::Lost, error.to_string()));
        read(call.send().await.map_err(lost)?).await.map_err(lost)
    }

    /// Whether anyone answers at the address. The browser does not say of a request that failed whether it ever left;
    /// when even this one fails, nobody is there.
    pub(crate) async fn is_there(&self) -> bool {
        plain(Call::get(&self.base_url), READ_TIMEOUT).mode(RequestMode::NoCors).send().await.is_ok()
    }

    /// Asks for an operation, its fields filled in from a draft.
    ///
    /// # Errors
    /// [`Failure`], also when the provider has no such operation or the draft not enough for it.
    pub(crate) async fn ask(
        &self,
        purpose: Purpose,
        draft: &Draft,
        currency: Currency,
    ) -> Result<Answer, Failure> {
        let missing = || Failure::NotSent(Reason::of(Cause::Stopped));
        let operation = self.provider.operation(purpose).ok_or_else(missing)?;
        let request = request(operation, draft).ok_or_else(missing)?;
        let patience = if purpose.changes() { SEND_TIMEOUT } else { self.patience };
        operation.understand(&self.send(request, patience).await?, currency)
    }

    /// All payments of the draft's invoice.
    ///
    /// # Errors
    /// [`Failure`], also when there are more than anybody would read.
    pub(crate) async fn payments(
        &self,
        draft: &Draft,
        currency: Currency,
    ) -> Result<Vec<RecordedPayment>, Failure> {
        let (mut all, mut draft) = (Vec::new(), draft.clone());
        // In as few pages as may be: what is removed between two would shift the rest.
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

    /// How many payments to ask for at once; nothing where the provider lists all.
    fn page_size(&self) -> String {
        let list = self.provider.operation(Purpose::ListPayments);
        let sizes =
            list.into_iter().flat_map(|list| list.fields).filter(|field| field.name == name::PAGE_SIZE);
        let most = sizes
            .filter_map(|field| if let Kind::Integer { max, .. } = field.kind { Some(max) } else { None });
        most.map(|max| max.min(PAGE).to_string()).next().unwrap_or_default()
    }

    /// The draft's invoice, where the provider can show it.
    pub(crate) async fn invoice(&self, draft: &Draft, currency: Currency) -> Option<Invoice> {
        match self.ask(Purpose::GetInvoice, draft, currency).await {
            Ok(Answer::Invoice(invoice)) => Some(invoice),
            _ => None,
        }
    }
}

/// The request of an operation, when the draft has all that it needs. What else the draft has is not sent.
pub(crate) fn request(operation: &Operation, draft: &Draft) -> Option<Request> {
    let (values, _) = operation.parse(draft, &Context::default()).ok()?;
    Some(operation.request(&values))
}

/// Sends a payment and waits as long as its answer may take.
pub(crate) async fn send(caller: &Caller, request: Request) -> Result<wire::Response, Failure> {
    caller.send(request, SEND_TIMEOUT).await
}

/// No cache, not for ever, and cookies only to the page's own origin, where a relay may stand behind its sign-in.
fn plain(builder: RequestBuilder, patience: u32) -> RequestBuilder {
    builder
        .credentials(RequestCredentials::SameOrigin)
        .cache(RequestCache::NoStore)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(patience)))
}

async fn read(response: Response) -> Result<wire::Response, gloo_net::Error> {
    let status = response.status();
    let headers: Headers = response.headers().entries().collect();
    Ok(wire::Response::new(status, headers, response.text().await?))
}
