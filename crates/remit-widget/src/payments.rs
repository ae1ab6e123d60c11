//! The payments that an invoice has so far: asked for when they are to be seen, and removed one at a time.

use leptos::prelude::*;
use remit_core::{Cause, Currency, Draft, Failure, Outcome, Purpose, Reason, Recorded, name};
use wasm_bindgen_futures::spawn_local;

use crate::ask::{Caller, request};
use crate::event;
use crate::state::State;

/// Whose payments they are, and whom to ask for them.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    caller: Caller,
    draft: Draft,
    currency: Currency,
    /// The same for the same list at the same address.
    pub(crate) key: String,
}

impl Subject {
    /// The invoice that the form is about now; `None` when the provider cannot be asked, or it is not known yet.
    pub(crate) fn of(state: State) -> Option<Self> {
        if state.options.read().purpose != Purpose::RecordPayment {
            return None;
        }
        let (caller, draft) = state.asking();
        let list = request(caller.provider.operation(Purpose::ListPayments)?, &draft)?;
        if caller.base_url.is_empty() {
            return None;
        }
        let key = format!("{} {} {}", caller.base_url, list.path, list.body);
        let currency = state.currency().unwrap_or(Currency::UNSTATED);
        Some(Self { caller, draft, currency, key })
    }

    /// Whether the provider lets a payment be removed.
    pub(crate) fn removes(&self) -> bool {
        self.caller.provider.operation(Purpose::DeletePayment).is_some()
    }

    /// The invoice, as people know it, and the provider, for a sentence.
    pub(crate) fn names(&self, state: State) -> (String, &'static str) {
        let options = state.options.read_untracked();
        let number = options.invoice.as_ref().and_then(|invoice| invoice.number.clone());
        let id = || self.draft.get(name::INVOICE).unwrap_or_default().to_owned();
        (number.unwrap_or_else(id), self.caller.provider.name)
    }
}

/// What is known of the payments, and what is being done with them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listing {
    pub(crate) open: bool,
    /// `None` while they are asked for.
    pub(crate) payments: Option<Result<Vec<Recorded>, Failure>>,
    /// The payment that is to be removed once that is confirmed.
    pub(crate) doomed: Option<Recorded>,
    /// Whether it is being removed.
    pub(crate) busy: bool,
    /// What became of the last removal.
    pub(crate) said: Option<String>,
}

/// Shows the payments, as they are now, or hides them.
pub(crate) fn toggle(listing: RwSignal<Listing>, subject: &Subject) {
    let open = !listing.read_untracked().open;
    listing.set(Listing { open, ..Listing::default() });
    if open {
        let subject = subject.clone();
        spawn_local(async move { load(listing, &subject).await });
    }
}

async fn load(listing: RwSignal<Listing>, subject: &Subject) {
    let payments = subject.caller.payments(&subject.draft, subject.currency).await;
    // The list may be gone from the page by now.
    let _ = listing.try_update(|listing| listing.payments = Some(payments));
}

/// Removes the payment that was confirmed, once, and shows what is there afterwards.
pub(crate) fn remove(state: State, listing: RwSignal<Listing>, subject: &Subject) {
    let Some(doomed) = listing.read_untracked().doomed.clone() else { return };
    if listing.read_untracked().busy || state.options.read_untracked().disabled {
        return;
    }
    listing.update(|listing| listing.busy = true);
    let subject = subject.clone();
    spawn_local(async move {
        let draft = subject.draft.clone().with(name::PAYMENT, &doomed.id);
        let answer = subject.caller.ask(Purpose::DeletePayment, &draft, subject.currency).await;
        let outcome = match answer {
            Ok(remit_core::Answer::Receipt(mut receipt)) => {
                if receipt.balance.is_none() {
                    let invoice = subject.caller.invoice(&draft, subject.currency).await;
                    receipt.balance = invoice.and_then(|invoice| invoice.balance);
                }
                Outcome::Recorded(receipt)
            }
            Ok(_) => Outcome::Unknown(Reason::of(Cause::Unreadable)),
            Err(failure) => failure.into(),
        };
        let word = match &outcome {
            Outcome::Recorded(_) => "remove_done",
            Outcome::Unknown(_) => "remove_unknown",
            Outcome::Refused(_) | Outcome::NotSent(_) => "remove_refused",
        };
        let amount = state.amount(doomed.amount);
        let mut said =
            state.ui_with(word, &[("amount", &amount), ("provider", subject.caller.provider.name)]);
        if let Outcome::Refused(problem) = &outcome
            && let Some(words) = &problem.words
        {
            said.push(' ');
            said.push_str(&state.ui_with("words", &[("words", words)]));
        }
        let gone = listing.try_update(|listing| {
            *listing = Listing { open: true, said: Some(said), ..Listing::default() };
        });
        let invoice = draft.get(name::INVOICE).unwrap_or_default();
        let told = event::removed(subject.caller.provider, invoice, &doomed, &outcome);
        state.tell("remit-remove", false, &told);
        if gone.is_some() {
            state.focus(".toggle");
            load(listing, &subject).await;
        }
    });
}
