//! Sends a payment, once, and finds out what became of it.

use gloo_net::http::{Request, RequestBuilder, Response};
use leptos::prelude::*;
use remit_core::auth::{Secrets, sign_in};
use remit_core::wire::{Headers, Reply};
use remit_core::{Cause, Checked, Outcome, Provider, Reason};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestMode, RequestRedirect};

use crate::event;
use crate::state::{Phase, State};

/// How long to wait for an answer, in milliseconds: longer than a relay waits for a provider.
const PATIENCE: u32 = 60_000;

/// Sends the payment that is under review. A second call finds it on its way and does nothing: the phase changes in
/// the same turn as the click, before anything is awaited.
pub(crate) fn send(state: State) {
    let Phase::Review(checked) = state.phase.get_untracked() else { return };
    let provider = state.chosen();
    state.phase.set(Phase::Sending(checked.clone()));
    if !state.tell("remit-submit", true, &event::before(provider, &checked)) {
        // The page has taken it over; what becomes of it is the page's to tell.
        state.phase.set(Phase::Review(checked));
        return;
    }
    let (base, credentials) = {
        let options = state.options.read_untracked();
        (base_url(&options.base_url, provider), options.credentials.clone())
    };
    spawn_local(async move {
        let outcome = deliver(provider, &checked, &base, &credentials).await;
        let name = match &outcome {
            Outcome::Recorded(_) => "remit-success",
            Outcome::Refused(_) | Outcome::NotSent(_) => "remit-failure",
            Outcome::Unknown(_) => "remit-unknown",
        };
        let sent = event::after(provider, &checked, &outcome);
        state.go(Phase::Done(checked, outcome));
        state.tell(name, false, &sent);
    });
}

fn base_url(base: &str, provider: &Provider) -> String {
    base.replace("{provider}", provider.id).trim_end_matches('/').to_owned()
}

async fn deliver(
    provider: &'static Provider,
    checked: &Checked,
    base: &str,
    credentials: &Secrets,
) -> Outcome {
    let mut request = checked.request.clone();
    if credentials.names().next().is_some()
        && let Err(cannot) = sign_in(provider.auth, &mut request, credentials, None)
    {
        return Outcome::NotSent(Reason::new(Cause::Stopped, cannot.to_string()));
    }
    // The browser does not say whether a failed request ever left. So first ask whether anyone is there: when even
    // that fails, nothing was sent for certain.
    if base.is_empty() {
        return Outcome::NotSent(Reason::new(Cause::Stopped, "base-url is not set on the element."));
    }
    let asked = plain(Request::get(base)).mode(RequestMode::NoCors).send().await;
    if asked.is_err() {
        return Outcome::NotSent(Reason::of(Cause::Unreachable));
    }
    let mut builder =
        plain(Request::post(&format!("{base}{}", request.path))).redirect(RequestRedirect::Manual);
    for (name, value) in request.headers.iter() {
        builder = builder.header(name, value);
    }
    let Ok(ready) = builder.body(request.body) else {
        return Outcome::NotSent(Reason::of(Cause::Stopped));
    };
    match ready.send().await {
        Ok(response) => read(provider, checked, response).await,
        Err(error) => Outcome::Unknown(Reason::new(Cause::Lost, error.to_string())),
    }
}

/// No cookies, no cache, and not for ever.
fn plain(builder: RequestBuilder) -> RequestBuilder {
    builder
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)))
}

async fn read(provider: &Provider, checked: &Checked, response: Response) -> Outcome {
    let status = response.status();
    let headers: Headers = response.headers().entries().collect();
    match response.text().await {
        Ok(body) => provider.receipt(&Reply::new(status, headers, body), checked.payment.amount.currency()),
        Err(error) => Outcome::Unknown(Reason::new(Cause::Lost, error.to_string())),
    }
}
