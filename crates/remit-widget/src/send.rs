//! Sends a payment once and determines its outcome.

use std::sync::Arc;

use leptos::prelude::*;
use remit_core::operation::reconcile::{Match, compare};
use remit_core::wire::Response;
use remit_core::{Cause, Failure, Outcome, Reason, Receipt, RecordedPayment};
use wasm_bindgen_futures::spawn_local;

use crate::ask::{self, Caller};
use crate::event;
use crate::phase::{Check, CheckResult, Phase, Ready};
use crate::state::State;

/// Sends the payment under review. A second call does nothing: the phase becomes [`Phase::Sending`] in the same turn as
/// the click, before the first await.
pub(crate) fn send(state: State) {
    let Phase::Review(ready) = state.phase.get_untracked() else { return };
    if state.options.read_untracked().disabled {
        return;
    }
    state.phase.set(Phase::Sending(ready.clone()));
    state.check.set(Check { sent: js_sys::Date::now(), ..Check::default() });
    if !state.dispatch("remit-submit", true, &event::before(&ready)) {
        state.phase.set(Phase::HandedOver(ready));
        return;
    }
    let caller = state.caller(&ready);
    spawn_local(async move {
        let outcome = deliver(state, &caller, &ready).await;
        finish(state, ready, outcome);
    });
}

/// Accepts the response to a payment that the page sent itself. Without a response the outcome is unknown. Returns whether
/// the form was waiting for a response.
pub(crate) fn settle(state: State, response: Option<&Response>) -> bool {
    let Phase::HandedOver(ready) = state.phase.get_untracked() else { return false };
    let outcome = match response {
        Some(response) => read_outcome(&ready, response),
        None => Outcome::Unknown(Reason::of(Cause::Lost)),
    };
    finish(state, ready, outcome);
    true
}

fn read_outcome(ready: &Ready, response: &Response) -> Outcome {
    ready.operation.outcome(response, ready.currency())
}

fn finish(state: State, ready: Arc<Ready>, outcome: Outcome) {
    let name = match &outcome {
        Outcome::Recorded(_) => "remit-success",
        Outcome::Refused(_) | Outcome::NotSent(_) => "remit-failure",
        Outcome::Unknown(_) => "remit-unknown",
    };
    let detail = event::after(&ready, &outcome);
    if matches!(outcome, Outcome::Recorded(_)) {
        state.changes.update(|changes| *changes = changes.wrapping_add(1));
    }
    state.go(Phase::Done(ready, outcome));
    state.dispatch(name, false, &detail);
}

async fn deliver(state: State, caller: &Caller, ready: &Ready) -> Outcome {
    // If the response is lost, comparing with the payments from before shows whether this one was recorded.
    let before = list(caller, ready).await;
    if let Err(Failure::NotSent(reason)) = &before
        && reason.cause == Cause::Unreachable
    {
        return Outcome::NotSent(reason.clone());
    }
    // If the list failed without a response, the server may be reachable and only block the page from reading it.
    let responded = match &before {
        Ok(_) | Err(Failure::Refused(_)) => true,
        Err(Failure::Unknown(reason)) => reason.cause != Cause::Lost,
        Err(Failure::NotSent(_)) => false,
    };
    if !responded && !caller.base_url.is_empty() && !caller.is_reachable().await {
        return Outcome::NotSent(Reason::of(Cause::Unreachable));
    }
    let before = before.ok();
    let outcome = match ask::send(caller, ready.checked.request.clone()).await {
        Ok(response) => read_outcome(ready, &response),
        Err(failure) => failure.into(),
    };
    let outcome = match outcome {
        Outcome::Recorded(receipt) => {
            let caller = Caller { read_timeout: ask::REFRESH_TIMEOUT, ..caller.clone() };
            Outcome::Recorded(complete(&caller, ready, before.as_deref(), receipt).await)
        }
        outcome => outcome,
    };
    state.check.update(|check| check.before = before);
    outcome
}

/// Lists the payments of the paid invoice. Fails without a request if the form adds an invoice.
async fn list(caller: &Caller, ready: &Ready) -> Result<Vec<RecordedPayment>, Failure> {
    if ready.checked.payment.is_none() {
        return Err(Failure::NotSent(Reason::of(Cause::Stopped)));
    }
    caller.payments(&remit_core::Draft::from(&ready.checked.values), ready.currency()).await
}

/// Adds what the provider's response omits: the payment's identifier, found in the list of payments, and the invoice's new
/// balance. A value that cannot be loaded stays absent; the payment is recorded either way.
async fn complete(
    caller: &Caller,
    ready: &Ready,
    before: Option<&[RecordedPayment]>,
    mut receipt: Receipt,
) -> Receipt {
    let Some(payment) = &ready.checked.payment else { return receipt };
    if receipt.payment_id.is_none()
        && before.is_some()
        && let Ok(after) = list(caller, ready).await
        // The response has confirmed the payment, so a similar new one is this one.
        && let Match::Recorded(id) | Match::Similar(id) = compare(payment, before, &after)
    {
        receipt.payment_id = Some(id);
    }
    if receipt.balance.is_none() {
        let invoice = caller.invoice(&remit_core::Draft::from(&ready.checked.values), ready.currency()).await;
        receipt.balance = invoice.and_then(|invoice| invoice.balance);
    }
    receipt
}

/// Checks whether a payment with an unknown outcome was recorded. Never sends the payment again.
pub(crate) fn check_again(state: State) {
    let Phase::Done(ready, Outcome::Unknown(_)) = state.phase.get_untracked() else { return };
    if state.check.read_untracked().result == Some(CheckResult::Busy) {
        return;
    }
    state.check.update(|check| check.result = Some(CheckResult::Busy));
    state.at_work.update(|count| *count = count.saturating_add(1));
    let Check { before, sent, .. } = state.check.get_untracked();
    let caller = state.caller(&ready);
    spawn_local(async move {
        let compared = match &ready.checked.payment {
            Some(payment) => {
                list(&caller, &ready).await.map(|after| compare(payment, before.as_deref(), &after))
            }
            None => Ok(Match::Unclear),
        };
        let receipt = match &compared {
            Ok(Match::Recorded(id)) => {
                let receipt = Receipt { payment_id: Some(id.clone()), ..Receipt::default() };
                let caller = Caller { read_timeout: ask::REFRESH_TIMEOUT, ..caller };
                Some(complete(&caller, &ready, None, receipt).await)
            }
            _ => None,
        };
        state.at_work.update(|count| *count = count.saturating_sub(1));
        // Even if the user has left this outcome meanwhile, the page is notified.
        let stays = matches!(&*state.phase.read_untracked(),
            Phase::Done(now, Outcome::Unknown(_)) if Arc::ptr_eq(now, &ready));
        match receipt {
            Some(receipt) if stays => finish(state, ready, Outcome::Recorded(receipt)),
            Some(receipt) => {
                let detail = event::after(&ready, &Outcome::Recorded(receipt));
                state.dispatch("remit-success", false, &detail);
            }
            None if stays => {
                let is_over = js_sys::Date::now() - sent >= f64::from(ask::SEND_TIMEOUT);
                let result = match compared {
                    Err(_) => CheckResult::Failed,
                    Ok(Match::NotRecorded) if is_over => CheckResult::NotRecorded,
                    Ok(Match::NotRecorded) => CheckResult::NotYet,
                    // Someone else may have recorded the similar payment.
                    Ok(_) => CheckResult::Unclear,
                };
                state.check.update(|check| check.result = Some(result));
            }
            None => {}
        }
    });
}
