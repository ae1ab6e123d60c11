//! Bank transactions to choose from, asked for where the page has not said: those that brought money in, with what is left
//! on each.

use leptos::prelude::*;
use remit_core::{Answer, BankTransaction, Currency, Draft, Purpose, name};
use wasm_bindgen_futures::spawn_local;

use crate::ask::{Caller, request};
use crate::state::State;

/// How many transactions are asked for what is left on them: the latest of more than these are seldom the ones meant.
const MOST: usize = 25;

/// Keeps the transactions those of the business that the form is about, once the page has named the invoice.
pub(crate) fn follow(state: State) {
    Effect::new(move |before: Option<Option<String>>| {
        let subject = subject(state);
        let key = subject.as_ref().map(|(_, _, key)| key.clone());
        if before != Some(key.clone()) {
            state.transactions.set(Vec::new());
            if let Some((caller, draft, _)) = subject {
                let asked = key.clone();
                spawn_local(async move { load(state, &caller, draft, asked).await });
            }
        }
        key
    });
}

/// Whom to ask, and what makes it another list.
fn subject(state: State) -> Option<(Caller, Draft, String)> {
    {
        let options = state.options.read();
        if options.invoice.is_none() || !options.transactions.is_empty() {
            return None;
        }
    }
    let (caller, draft) = state.asking();
    let list = request(caller.provider.operation(Purpose::ListTransactions)?, &draft)?;
    if caller.base_url.is_empty() {
        return None;
    }
    let business: Vec<_> = list.headers.iter().map(|(_, value)| value).collect();
    let currency = state.currency().map(Currency::code).unwrap_or_default();
    let (business, changes) = (business.join(" "), state.changes.get());
    let key = format!("{}{} {business} {currency} {changes}", caller.base_url, list.path);
    Some((caller, draft, key))
}

async fn load(state: State, caller: &Caller, mut draft: Draft, asked: Option<String>) {
    // The form may be gone by now, and its signals with it.
    let is_meant =
        || !state.phase.is_disposed() && untrack(|| subject(state).map(|(_, _, key)| key)) == asked;
    let currency = untrack(|| state.currency()).unwrap_or(Currency::UNSTATED);
    draft.set(name::PAGE_SIZE, MOST.to_string());
    let Ok(Answer::Transactions(page)) = caller.ask(Purpose::ListTransactions, &draft, currency).await else {
        return;
    };
    // Of a list that goes on, the one that is meant may be on another page: it is better named than missed.
    if page.next.is_some() || !is_meant() {
        return;
    }
    let came_in = |transaction: &BankTransaction| {
        transaction.amount.is_none_or(|amount| amount.minor() > 0 && amount.currency() == currency)
    };
    let mut found = Vec::new();
    for mut transaction in page.items.into_iter().filter(came_in).take(MOST) {
        draft.set(name::TRANSACTION, transaction.id.clone());
        if let Ok(Answer::Allocations(of)) = caller.ask(Purpose::Allocations, &draft, currency).await {
            transaction.unallocated = of.unallocated.or(transaction.unallocated);
        }
        if transaction.unallocated.is_none_or(|left| left.minor() > 0) {
            found.push(transaction);
        }
        if !is_meant() {
            return;
        }
    }
    if is_meant() {
        state.offer(found);
    }
}
