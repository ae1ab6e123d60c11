//! Bank transactions to choose from, loaded if the page sets none: the incoming ones, with the amount not yet allocated.

use remit_core::wire::Response;
use remit_core::{Answer, BankTransaction, Currency, Draft, Failure, Purpose, name};

use crate::call::Task;
use crate::caller::{Caller, request};
use crate::offered::Offered;
use crate::phase::Phase;
use crate::session::{READ_TIMEOUT, Session};

/// The maximum number of transactions whose allocations are loaded. The person rarely means an older one.
const MAX_TRANSACTIONS: usize = 25;

impl Session {
    /// Reloads the transactions whenever the form's business changes, once the page has set the invoice.
    pub(crate) fn follow_transactions(&mut self) {
        if !matches!(self.phase, Phase::Editing) {
            return;
        }
        let wanted = self.transactions_request();
        let key = wanted.as_ref().map(|(_, _, key)| key.clone()).unwrap_or_default();
        if key == self.offered.key {
            return;
        }
        self.offered = Offered { key: key.clone(), ..Offered::default() };
        if let Some((caller, mut draft, _)) = wanted {
            draft.set(name::PAGE_SIZE, MAX_TRANSACTIONS.to_string());
            if let Some(request) = request(caller.provider, Purpose::ListTransactions, &draft) {
                self.call(&caller, request, READ_TIMEOUT, Task::Transactions(key));
            }
        }
    }

    /// The caller, the draft, and a key that differs for a different list.
    fn transactions_request(&self) -> Option<(Caller, Draft, String)> {
        if self.invoice().is_none() || !self.options.transactions.is_empty() {
            return None;
        }
        let (caller, draft) = (self.caller(), self.merged());
        let list = request(caller.provider, Purpose::ListTransactions, &draft)?;
        if caller.base_url.is_empty() {
            return None;
        }
        let business: Vec<_> = list.headers.iter().map(|(_, value)| value).collect();
        let currency = self.currency().map(Currency::code).unwrap_or_default();
        let (business, changes) = (business.join(" "), self.changes.to_string());
        let key = [&caller.base_url, &list.path, &business, currency, &changes].join(" ");
        Some((caller, draft, key))
    }

    /// The list has arrived, or not.
    pub(crate) fn transactions_read(&mut self, key: &str, response: Result<Response, Failure>) {
        if self.offered.key != key {
            return;
        }
        let currency = self.currency().unwrap_or(Currency::UNSTATED);
        let list = self.provider().operation(Purpose::ListTransactions);
        let answer = list.and_then(|list| list.understand(&response.ok()?, currency).ok());
        let Some(Answer::Transactions(page)) = answer else { return };
        // The intended transaction may be on a later page. Then the person enters its identifier instead of choosing from an
        // incomplete list.
        if page.next.is_some() {
            return;
        }
        let is_incoming = |transaction: &BankTransaction| {
            transaction.amount.is_none_or(|amount| amount.minor() > 0 && amount.currency() == currency)
        };
        self.offered.pending = page.items.into_iter().filter(is_incoming).take(MAX_TRANSACTIONS).collect();
        self.offered.pending.reverse();
        self.load_allocations(key);
    }

    fn load_allocations(&mut self, key: &str) {
        let Some(transaction) = self.offered.pending.last() else {
            self.offered.transactions = core::mem::take(&mut self.offered.found);
            return self.judge();
        };
        let mut draft = self.merged();
        draft.set(name::TRANSACTION, transaction.id.clone());
        let caller = self.caller();
        match request(caller.provider, Purpose::Allocations, &draft) {
            Some(request) => self.call(&caller, request, READ_TIMEOUT, Task::Allocations(key.to_owned())),
            None => self.offer(key, None),
        }
    }

    /// What is left of one transaction has arrived, or not.
    pub(crate) fn allocations_read(&mut self, key: &str, response: Result<Response, Failure>) {
        if self.offered.key != key {
            return;
        }
        let currency = self.currency().unwrap_or(Currency::UNSTATED);
        let shown = self.provider().operation(Purpose::Allocations);
        let answer = shown.and_then(|shown| shown.understand(&response.ok()?, currency).ok());
        let allocations = if let Some(Answer::Allocations(found)) = answer { Some(found) } else { None };
        self.offer(key, allocations);
    }

    fn offer(&mut self, key: &str, allocations: Option<BankTransaction>) {
        if let Some(mut transaction) = self.offered.pending.pop() {
            transaction.unallocated =
                allocations.and_then(|found| found.unallocated).or(transaction.unallocated);
            if transaction.unallocated.is_none_or(|amount| amount.minor() > 0) {
                self.offered.found.push(transaction);
            }
        }
        self.load_allocations(key);
    }
}
