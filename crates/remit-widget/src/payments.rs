//! The existing payments of an invoice: loaded when the user opens the list, and removed one at a time.

use leptos::prelude::*;
use remit_core::{Answer, Cause, Currency, Draft, Outcome, Purpose, Reason, RecordedPayment, name};
use wasm_bindgen_futures::spawn_local;

use crate::ask::{Caller, REFRESH_TIMEOUT, request};
use crate::event;
use crate::listing::Listing;
use crate::state::State;
use crate::text::UiText;

/// The invoice whose payments are listed, with the caller that lists them.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    caller: Caller,
    draft: Draft,
    currency: Currency,
    /// Identifies the list and the address that it comes from.
    pub(crate) key: String,
}

impl Subject {
    /// The form's current invoice; `None` if the provider cannot list payments or the invoice is still unknown.
    pub(crate) fn of(state: State) -> Option<Self> {
        if state.options.read().purpose != Purpose::RecordPayment {
            return None;
        }
        let (caller, draft) = state.asking();
        let list = request(caller.provider.operation(Purpose::ListPayments)?, &draft)?;
        if caller.base_url.is_empty() {
            return None;
        }
        let currency = state.currency().unwrap_or(Currency::UNSTATED);
        let headers: Vec<_> = list.headers.iter().map(|(_, value)| value).collect();
        let headers = headers.join(" ");
        let key = format!("{} {} {} {headers} {}", caller.base_url, list.path, list.body, currency.code());
        Some(Self { caller, draft, currency, key })
    }

    /// Whether the page and the provider allow the removal of payments.
    pub(crate) fn removes(&self, state: State) -> bool {
        let is_supported = self.caller.provider.operation(Purpose::DeletePayment).is_some();
        is_supported && state.options.read().removable
    }

    /// The invoice's number, or else its identifier, and the provider's name.
    pub(crate) fn names(&self, state: State) -> (String, &'static str) {
        let options = state.options.read_untracked();
        let number = options.invoice.as_ref().and_then(|invoice| invoice.number.clone());
        let id = || self.draft.get(name::INVOICE).unwrap_or_default().to_owned();
        (number.unwrap_or_else(id), self.caller.provider.name)
    }
}

/// Loads and shows the payments, or hides them. Does nothing during a removal.
pub(crate) fn toggle(state: State) {
    let now = state.listing.get_untracked();
    if now.busy {
        return;
    }
    let Some(subject) = untrack(|| Subject::of(state)) else { return };
    state.listing.set(Listing { key: subject.key.clone(), open: !now.open, ..Listing::default() });
    if !now.open {
        spawn_local(async move { load(state, &subject).await });
    }
}

async fn load(state: State, subject: &Subject) {
    let payments = subject.caller.payments(&subject.draft, subject.currency).await;
    // Meanwhile the form may have been unmounted, or the invoice changed.
    let _ = state.listing.try_update(|listing| {
        if listing.key == subject.key {
            listing.payments = Some(payments);
        }
    });
}

/// Sends one request to remove the confirmed payment, then loads the list again.
pub(crate) fn remove(state: State) {
    let now = state.listing.get_untracked();
    let Some(subject) = untrack(|| Subject::of(state)).filter(|subject| subject.key == now.key) else {
        return;
    };
    let Some(pending_removal) =
        now.pending_removal.filter(|_| !now.busy && !state.options.read_untracked().disabled)
    else {
        return;
    };
    state.listing.update(|listing| listing.busy = true);
    state.at_work.update(|count| *count = count.saturating_add(1));
    spawn_local(async move {
        let draft = subject.draft.clone().with(name::PAYMENT, &pending_removal.id);
        let outcome = delete(&subject, &draft).await;
        let message = sentence(state, &subject, &pending_removal, &outcome);
        let invoice = draft.get(name::INVOICE).unwrap_or_default();
        let detail = event::removed(subject.caller.provider, invoice, &pending_removal, &outcome);
        state.at_work.update(|count| *count = count.saturating_sub(1));
        if !matches!(outcome, Outcome::Refused(_) | Outcome::NotSent(_)) {
            state.changes.update(|changes| *changes = changes.wrapping_add(1));
        }
        let is_shown = state.listing.read_untracked().key == subject.key;
        if is_shown {
            let key = subject.key.clone();
            state.listing.set(Listing {
                key,
                open: true,
                removal_message: Some(message),
                ..Listing::default()
            });
            // The focused button no longer exists.
            if state.has_focus() {
                state.focus(".toggle");
            }
        }
        state.dispatch("remit-remove", false, &detail);
        if is_shown {
            load(state, &subject).await;
        }
    });
}

async fn delete(subject: &Subject, draft: &Draft) -> Outcome {
    match subject.caller.ask(Purpose::DeletePayment, draft, subject.currency).await {
        Ok(Answer::Receipt(mut receipt)) => {
            if receipt.balance.is_none() {
                let caller = Caller { read_timeout: REFRESH_TIMEOUT, ..subject.caller.clone() };
                let invoice = caller.invoice(draft, subject.currency).await;
                receipt.balance = invoice.and_then(|invoice| invoice.balance);
            }
            Outcome::Recorded(receipt)
        }
        Ok(_) => Outcome::Unknown(Reason::of(Cause::Unreadable)),
        Err(failure) => failure.into(),
    }
}

/// The sentence for the outcome of a removal, with the details from the provider or the relay.
fn sentence(state: State, subject: &Subject, payment: &RecordedPayment, outcome: &Outcome) -> String {
    let (text, words) = match outcome {
        Outcome::Recorded(_) => (UiText::RemoveDone, None),
        Outcome::Unknown(_) => (UiText::RemoveUnknown, None),
        Outcome::Refused(problem) => (UiText::RemoveRefused, problem.words.as_ref()),
        Outcome::NotSent(reason) => (UiText::RemoveRefused, reason.words.as_ref()),
    };
    let amount = state.amount(payment.amount);
    let params = [("amount", amount.as_str()), ("provider", subject.caller.provider.name)];
    let sentence = untrack(|| state.ui_with(text, &params));
    match words {
        Some(words) => {
            format!("{sentence} {}", untrack(|| state.ui_with(UiText::Words, &[("words", words)])))
        }
        None => sentence,
    }
}
