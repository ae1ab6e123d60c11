//! The payments that an invoice has so far: asked for when they are to be seen, and removed one at a time.

use leptos::prelude::*;
use remit_core::{Answer, Cause, Currency, Draft, Failure, Outcome, Purpose, Reason, RecordedPayment, name};
use wasm_bindgen_futures::spawn_local;

use crate::ask::{Caller, REFRESH_TIMEOUT, request};
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
        let currency = state.currency().unwrap_or(Currency::UNSTATED);
        let headers: Vec<_> = list.headers.iter().map(|(_, value)| value).collect();
        let headers = headers.join(" ");
        let key = format!("{} {} {} {headers} {}", caller.base_url, list.path, list.body, currency.code());
        Some(Self { caller, draft, currency, key })
    }

    /// Whether the page and the provider let a payment be removed.
    pub(crate) fn removes(&self, state: State) -> bool {
        let has = self.caller.provider.operation(Purpose::DeletePayment).is_some();
        has && state.options.read().removable
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
    /// Whose they are: [`Subject::key`].
    pub(crate) key: String,
    pub(crate) open: bool,
    /// `None` while they are asked for.
    pub(crate) payments: Option<Result<Vec<RecordedPayment>, Failure>>,
    /// The payment that is to be removed once that is confirmed.
    pub(crate) pending_removal: Option<RecordedPayment>,
    /// Whether it is being removed.
    pub(crate) busy: bool,
    /// What became of the last removal.
    pub(crate) said: Option<String>,
}

/// Shows the payments, as they are now, or hides them. Not while one is being removed.
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
    // The form, or the invoice, may be another by now.
    let _ = state.listing.try_update(|listing| {
        if listing.key == subject.key {
            listing.payments = Some(payments);
        }
    });
}

/// Removes the payment that was confirmed, once, and shows what is there afterwards.
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
        let outcome = take_out(&subject, &draft).await;
        let said = sentence(state, &subject, &pending_removal, &outcome);
        let invoice = draft.get(name::INVOICE).unwrap_or_default();
        let told = event::removed(subject.caller.provider, invoice, &pending_removal, &outcome);
        state.at_work.update(|count| *count = count.saturating_sub(1));
        if !matches!(outcome, Outcome::Refused(_) | Outcome::NotSent(_)) {
            state.changes.update(|changes| *changes = changes.wrapping_add(1));
        }
        let is_shown = state.listing.read_untracked().key == subject.key;
        if is_shown {
            let key = subject.key.clone();
            state.listing.set(Listing { key, open: true, said: Some(said), ..Listing::default() });
            // The button that was pressed is gone.
            if state.is_here() {
                state.focus(".toggle");
            }
        }
        state.tell("remit-remove", false, &told);
        if is_shown {
            load(state, &subject).await;
        }
    });
}

async fn take_out(subject: &Subject, draft: &Draft) -> Outcome {
    match subject.caller.ask(Purpose::DeletePayment, draft, subject.currency).await {
        Ok(Answer::Receipt(mut receipt)) => {
            if receipt.balance.is_none() {
                let brief = Caller { patience: REFRESH_TIMEOUT, ..subject.caller.clone() };
                let invoice = brief.invoice(draft, subject.currency).await;
                receipt.balance = invoice.and_then(|invoice| invoice.balance);
            }
            Outcome::Recorded(receipt)
        }
        Ok(_) => Outcome::Unknown(Reason::of(Cause::Unreadable)),
        Err(failure) => failure.into(),
    }
}

/// What became of a removal, with what was said of it.
fn sentence(state: State, subject: &Subject, pending_removal: &RecordedPayment, outcome: &Outcome) -> String {
    let (word, words) = match outcome {
        Outcome::Recorded(_) => ("remove_done", None),
        Outcome::Unknown(_) => ("remove_unknown", None),
        Outcome::Refused(problem) => ("remove_refused", problem.words.as_ref()),
        Outcome::NotSent(reason) => ("remove_refused", reason.words.as_ref()),
    };
    let amount = state.amount(pending_removal.amount);
    let params = [("amount", amount.as_str()), ("provider", subject.caller.provider.name)];
    let said = untrack(|| state.ui_with(word, &params));
    match words {
        Some(words) => format!("{said} {}", untrack(|| state.ui_with("words", &[("words", words)]))),
        None => said,
    }
}
