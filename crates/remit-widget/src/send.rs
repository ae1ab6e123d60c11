//! Sends a payment, once, and finds out what became of it.

use std::sync::Arc;

use gloo_net::http::{Request, RequestBuilder, Response};
use leptos::prelude::*;
use remit_core::auth::{Secrets, sign_in};
use remit_core::wire::{Headers, Reply};
use remit_core::{Cause, Outcome, Reason};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestMode, RequestRedirect};

use crate::event;
use crate::state::{Phase, Ready, State};

/// How long to wait for an answer, in milliseconds: longer than a relay waits for a provider.
const PATIENCE: u32 = 60_000;

/// Sends the payment that is under review. A second call finds it on its way and does nothing: the phase changes in
/// the same turn as the click, before anything is awaited.
pub(crate) fn send(state: State) {
    let Phase::Review(ready) = state.phase.get_untracked() else { return };
    if state.options.read_untracked().disabled {
        return;
    }
    state.phase.set(Phase::Sending(ready.clone()));
    if !state.tell("remit-submit", true, &event::before(&ready)) {
        state.phase.set(Phase::HandedOver(ready));
        return;
    }
    let credentials = state.options.read_untracked().credentials.clone();
    spawn_local(async move {
        let outcome = deliver(&ready, &credentials).await;
        finish(state, ready, outcome);
    });
}

/// Takes the answer that the page had to a payment that it took over; without one, nobody knows.
pub(crate) fn settle(state: State, reply: Option<&Reply>) -> bool {
    let Phase::HandedOver(ready) = state.phase.get_untracked() else { return false };
    let outcome = match reply {
        Some(reply) => ready.provider.receipt(reply, ready.checked.payment.amount.currency()),
        None => Outcome::Unknown(Reason::of(Cause::Lost)),
    };
    finish(state, ready, outcome);
    true
}

fn finish(state: State, ready: Arc<Ready>, outcome: Outcome) {
    let name = match &outcome {
        Outcome::Recorded(_) => "remit-success",
        Outcome::Refused(_) | Outcome::NotSent(_) => "remit-failure",
        Outcome::Unknown(_) => "remit-unknown",
    };
    let told = event::after(&ready, &outcome);
    state.go(Phase::Done(ready, outcome));
    state.tell(name, false, &told);
}

async fn deliver(ready: &Ready, credentials: &Secrets) -> Outcome {
    let Ready { provider, checked, base_url: base, .. } = ready;
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
    let Ok(post) = builder.body(request.body) else {
        return Outcome::NotSent(Reason::of(Cause::Stopped));
    };
    match post.send().await {
        Ok(response) => read(ready, response).await,
        Err(error) => Outcome::Unknown(Reason::new(Cause::Lost, error.to_string())),
    }
}

/// No cache, not for ever, and cookies only to the page's own origin, where a relay may stand behind its sign-in.
fn plain(builder: RequestBuilder) -> RequestBuilder {
    builder
        .credentials(RequestCredentials::SameOrigin)
        .cache(RequestCache::NoStore)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)))
}

async fn read(ready: &Ready, response: Response) -> Outcome {
    let status = response.status();
    let headers: Headers = response.headers().entries().collect();
    match response.text().await {
        Ok(body) => {
            let reply = Reply::new(status, headers, body);
            ready.provider.receipt(&reply, ready.checked.payment.amount.currency())
        }
        Err(error) => Outcome::Unknown(Reason::new(Cause::Lost, error.to_string())),
    }
}
