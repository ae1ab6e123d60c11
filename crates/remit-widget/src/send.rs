//! Sends a payment, once, and finds out what became of it.

use std::sync::Arc;

use leptos::prelude::*;
use remit_core::operation::reconcile::{Match, compare};
use remit_core::wire::Response;
use remit_core::{Cause, Failure, Outcome, Reason, Receipt, RecordedPayment};
use wasm_bindgen_futures::spawn_local;

use crate::ask::{self, Caller};
use crate::event;
use crate::state::{Looking, Phase, Ready, State};

/// Sends the payment that is under review. A second call finds it on its way and does nothing: the phase changes in
/// the same turn as the click, before anything is awaited.
pub(crate) fn send(state: State) {
    let Phase::Review(ready) = state.phase.get_untracked() else { return };
    if state.options.read_untracked().disabled {
        return;
    }
    state.phase.set(Phase::Sending(ready.clone()));
    state.looking.set(Looking { sent: js_sys::Date::now(), ..Looking::default() });
    if !state.tell("remit-submit", true, &event::before(&ready)) {
        state.phase.set(Phase::HandedOver(ready));
        return;
    }
    let caller = state.caller(&ready);
    spawn_local(async move {
        let outcome = deliver(state, &caller, &ready).await;
        finish(state, ready, outcome);
    });
}

/// AcceptedCurrencies the answer that the page had to a payment that it took over; without one, nobody knows.
pub(crate) fn settle(state: State, reply: Option<&Response>) -> bool {
    let Phase::HandedOver(ready) = state.phase.get_untracked() else { return false };
    let outcome = match reply {
        Some(reply) => understand(&ready, reply),
        None => Outcome::Unknown(Reason::of(Cause::Lost)),
    };
    finish(state, ready, outcome);
    true
}

fn understand(ready: &Ready, reply: &Response) -> Outcome {
    ready.operation.outcome(reply, ready.currency())
}

fn finish(state: State, ready: Arc<Ready>, outcome: Outcome) {
    let name = match &outcome {
        Outcome::Recorded(_) => "remit-success",
        Outcome::Refused(_) | Outcome::NotSent(_) => "remit-failure",
        Outcome::Unknown(_) => "remit-unknown",
    };
    let told = event::after(&ready, &outcome);
    if matches!(outcome, Outcome::Recorded(_)) {
        state.changes.update(|changes| *changes = changes.wrapping_add(1));
    }
    state.go(Phase::Done(ready, outcome));
    state.tell(name, false, &told);
}

async fn deliver(state: State, caller: &Caller, ready: &Ready) -> Outcome {
    // The payments from before: should the answer be lost, what is new among them says what became of it.
    let before = list(caller, ready).await;
    if let Err(Failure::NotSent(reason)) = &before
        && reason.cause == Cause::Unreachable
    {
        return Outcome::NotSent(reason.clone());
    }
    // When nothing came back, somebody may still be there who only keeps the page from reading the list.
    let answered = match &before {
        Ok(_) | Err(Failure::Refused(_)) => true,
        Err(Failure::Unknown(reason)) => reason.cause != Cause::Lost,
        Err(Failure::NotSent(_)) => false,
    };
    if !answered && !caller.base_url.is_empty() && !caller.is_there().await {
        return Outcome::NotSent(Reason::of(Cause::Unreachable));
    }
    let before = before.ok();
    let outcome = match ask::send(caller, ready.checked.request.clone()).await {
        Ok(reply) => understand(ready, &reply),
        Err(failure) => failure.into(),
    };
    let outcome = match outcome {
        Outcome::Recorded(receipt) => {
            let brief = Caller { patience: ask::REFRESH_TIMEOUT, ..caller.clone() };
            Outcome::Recorded(complete(&brief, ready, before.as_deref(), receipt).await)
        }
        outcome => outcome,
    };
    state.looking.update(|looking| looking.before = before);
    outcome
}

/// The payments of the invoice that is paid; nothing is looked for when an invoice is added.
async fn list(caller: &Caller, ready: &Ready) -> Result<Vec<RecordedPayment>, Failure> {
    if ready.checked.payment.is_none() {
        return Err(Failure::NotSent(Reason::of(Cause::Stopped)));
    }
    caller.payments(&remit_core::Draft::from(&ready.checked.values), ready.currency()).await
}

/// What the provider's answer leaves out: the payment's identifier, found among the payments, and how the invoice now
/// stands. What cannot be had is left out; that it is recorded is certain.
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
        && let Match::Recorded(id) = compare(payment, before, &after)
    {
        receipt.payment_id = Some(id);
    }
    if receipt.balance.is_none() {
        let invoice = caller.invoice(&remit_core::Draft::from(&ready.checked.values), ready.currency()).await;
        receipt.balance = invoice.and_then(|invoice| invoice.balance);
    }
    receipt
}

/// Looks whether a payment whose outcome is unknown has been recorded. Never sends it again.
pub(crate) fn look(state: State) {
    let Phase::Done(ready, Outcome::Unknown(_)) = state.phase.get_untracked() else { return };
    if state.looking.read_untracked().found == Some(Found::Busy) {
        return;
    }
    state.looking.update(|looking| looking.found = Some(Found::Busy));
    state.at_work.update(|count| *count = count.saturating_add(1));
    let Looking { before, sent, .. } = state.looking.get_untracked();
    let caller = state.caller(&ready);
    spawn_local(async move {
        let looked = match &ready.checked.payment {
            Some(payment) => {
                list(&caller, &ready).await.map(|after| compare(payment, before.as_deref(), &after))
            }
            None => Ok(Match::Unclear),
        };
        let receipt = match &looked {
            Ok(Match::Recorded(id)) => {
                let receipt = Receipt { payment_id: Some(id.clone()), ..Receipt::default() };
                let brief = Caller { patience: ask::REFRESH_TIMEOUT, ..caller };
                Some(complete(&brief, &ready, None, receipt).await)
            }
            _ => None,
        };
        state.at_work.update(|count| *count = count.saturating_sub(1));
        // The person may have gone on meanwhile; the page hears of it all the same.
        let stays = matches!(&*state.phase.read_untracked(),
            Phase::Done(now, Outcome::Unknown(_)) if Arc::ptr_eq(now, &ready));
        match receipt {
            Some(receipt) if stays => finish(state, ready, Outcome::Recorded(receipt)),
            Some(receipt) => {
                let told = event::after(&ready, &Outcome::Recorded(receipt));
                state.tell("remit-success", false, &told);
            }
            None if stays => {
                let late = js_sys::Date::now() - sent >= f64::from(ask::SEND_TIMEOUT);
                let found = match looked {
                    Err(_) => Found::Nobody,
                    Ok(Match::NotRecorded) if late => Found::NotThere,
                    Ok(Match::NotRecorded) => Found::NotYet,
                    Ok(_) => Found::Unclear,
                };
                state.looking.update(|looking| looking.found = Some(found));
            }
            None => {}
        }
    });
}

/// What checking again has found, as long as it is not the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// It is being looked for.
    Busy,
    /// It is not there, and may still be on its way.
    NotYet,
    /// It is not there, and nobody can be working on it any more.
    NotThere,
    /// Something is there that could be it.
    Unclear,
    /// Nobody could be asked.
    Nobody,
}

impl Found {
    /// The sentence for it, by its key.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Busy => "check_busy",
            Self::NotYet => "not_there",
            Self::NotThere => "not_there_late",
            Self::Unclear => "cannot_tell",
            Self::Nobody => "could_not_look",
        }
    }
}
