//! Bank transactions to choose from, loaded if the page sets none: the incoming ones, with the amount not yet allocated.

use leptos::prelude::*;
use remit_core::{Answer, BankTransaction, Currency, Draft, Purpose, name};
use wasm_bindgen_futures::spawn_local;

use crate::ask::{Caller, request};
use crate::state::State;

/// The maximum number of transactions whose allocations are loaded. The user rarely means an older one.
const MAX_TRANSACTIONS: usize = 25;

/// Reloads the transactions whenever the form's business changes, once the page has set the invoice.
pub(crate) fn follow(state: State) {
    Effect::new(move |before: Option<Option<String>>| {
        let subject = subject(state);
        let key = subject.as_ref().map(|(_, _, key)| key.clone());
        if before != Some(key.clone()) {
            state.transactions.set(Vec::new());
            if let Some((caller, draft, _)) = subject {
                let requested = key.clone();
                spawn_local(async move { load(state, &caller, draft, requested).await });
            }
        }
        key
    });
}

/// The caller, the draft, and a key that differs for a different list.
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

async fn load(state: State, caller: &Caller, mut draft: Draft, requested: Option<String>) {
    // The form may have been unmounted meanwhile, and its signals disposed.
    let is_current =
        || !state.phase.is_disposed() && untrack(|| subject(state).map(|(_, _, key)| key)) == requested;
    let currency = untrack(|| state.currency()).unwrap_or(Currency::UNSTATED);
    draft.set(name::PAGE_SIZE, MAX_TRANSACTIONS.to_string());
    let Ok(Answer::Transactions(page)) = caller.ask(Purpose::ListTransactions, &draft, currency).await else {
        return;
    };
    // The intended transaction may be on a later page. Then the user enters its identifier instead of choosing from an
    // incomplete list.
    if page.next.is_some() || !is_current() {
        return;
    }
    let is_incoming = |transaction: &BankTransaction| {
        transaction.amount.is_none_or(|amount| amount.minor() > 0 && amount.currency() == currency)
    };
    let mut transactions = Vec::new();
    for mut transaction in page.items.into_iter().filter(is_incoming).take(MAX_TRANSACTIONS) {
        draft.set(name::TRANSACTION, transaction.id.clone());
        if let Ok(Answer::Allocations(allocations)) = caller.ask(Purpose::Allocations, &draft, currency).await
        {
            transaction.unallocated = allocations.unallocated.or(transaction.unallocated);
        }
        if transaction.unallocated.is_none_or(|amount| amount.minor() > 0) {
            transactions.push(transaction);
        }
        if !is_current() {
            return;
        }
    }
    if is_current() {
        state.offer(transactions);
    }
}
