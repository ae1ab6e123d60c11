//! Loading the list of an invoice's payments when the person opens it, and removing one at a time.

use remit_core::provider::lookup::{Lookup, Progress};
use remit_core::wire::Response;
use remit_core::{
    Answer, Cause, Currency, Failure, Outcome, Purpose, Reason, Receipt, RecordedPayment, name,
};

use crate::announcement::Announcement;
use crate::call::Task;
use crate::caller::request;
use crate::listing::{Listing, PaymentsOf};
use crate::phase::Phase;
use crate::session::{READ_TIMEOUT, REFRESH_TIMEOUT, Session};
use crate::text::UiText;

impl Session {
    /// The form's current invoice; `None` if the provider cannot list payments or the invoice is still unknown.
    #[must_use]
    pub fn payments_of(&self) -> Option<PaymentsOf> {
        if self.options().purpose == Purpose::AddInvoice {
            return None;
        }
        let (caller, draft) = (self.caller(), self.merged());
        let list = request(caller.provider, Purpose::ListPayments, &draft)?;
        if caller.base_url.is_empty() {
            return None;
        }
        let currency = self.currency().unwrap_or(Currency::UNSTATED);
        let headers: Vec<_> = list.headers.iter().map(|(_, value)| value).collect();
        let headers = headers.join(" ");
        let key = [&caller.base_url, &list.path, &list.body, &headers, currency.code()].join(" ");
        Some(PaymentsOf { caller, draft, currency, key })
    }

    /// Whether the page and the provider allow the removal of payments.
    #[must_use]
    pub fn can_remove(&self) -> bool {
        self.provider().operation(Purpose::DeletePayment).is_some() && self.options().removable
    }

    /// Whether an identifier means the form's invoice, however the two are spelled: the provider would be asked the same.
    #[must_use]
    pub fn is_invoice(&self, id: &str) -> bool {
        let Some(own) = self.invoice().map(|invoice| invoice.id.clone()) else { return false };
        let provider = self.provider();
        let purpose = [Purpose::ListPayments, Purpose::GetInvoice]
            .into_iter()
            .find(|purpose| provider.operation(*purpose).is_some());
        let draft = self.merged();
        let asked = |id: &str| request(provider, purpose?, &draft.clone().with(name::INVOICE, id));
        own == id || asked(&own).is_some_and(|own| asked(id) == Some(own))
    }

    /// The invoice's number, or else its identifier.
    #[must_use]
    pub fn invoice_name(&self) -> String {
        let number = self.invoice().and_then(|invoice| invoice.number.clone());
        number.unwrap_or_else(|| self.merged().get(name::INVOICE).unwrap_or_default().to_owned())
    }

    /// Whether the list is of the form's current invoice.
    fn is_listed(&self, of: &PaymentsOf) -> bool {
        self.listing.key == of.key
    }

    /// Loads and shows the payments, or hides them. Does nothing during a removal.
    pub(crate) fn toggle_list(&mut self) {
        if self.listing.busy {
            return;
        }
        let Some(of) = self.payments_of() else { return };
        let open = !(self.listing.open && self.is_listed(&of));
        self.listing = Listing { key: of.key.clone(), open, ..Listing::default() };
        if open {
            self.load(of);
        }
    }

    fn load(&mut self, of: PaymentsOf) {
        if let Some(lookup) = Lookup::new(of.caller.provider, &of.draft, of.currency) {
            let caller = of.caller.clone();
            self.look(&caller, lookup, READ_TIMEOUT, |lookup| Task::Payments(of, lookup));
        }
    }

    /// A page of the list has arrived, or not.
    pub(crate) fn listed(&mut self, of: PaymentsOf, lookup: Lookup, response: Result<Response, Failure>) {
        match lookup.read(response) {
            Progress::More(lookup) => {
                let caller = of.caller.clone();
                self.look(&caller, lookup, READ_TIMEOUT, |lookup| Task::Payments(of, lookup));
            }
            Progress::Done(payments) if self.is_listed(&of) => self.listing.payments = Some(payments),
            Progress::Done(_) => {}
        }
    }

    pub(crate) fn ask_removal(&mut self, payment: RecordedPayment) {
        if !self.listing.busy && self.can_remove() {
            self.listing.removal_message = None;
            self.listing.pending_removal = Some(payment);
        }
    }

    pub(crate) fn cancel_removal(&mut self) {
        if !self.listing.busy {
            self.listing.pending_removal = None;
        }
    }

    /// Sends one request to remove the confirmed payment.
    pub(crate) fn remove(&mut self) {
        if self.listing.busy || self.is_disabled() || !matches!(self.phase, Phase::Editing) {
            return;
        }
        let Some(of) = self.payments_of().filter(|of| self.is_listed(of)) else { return };
        let Some(payment) = self.listing.pending_removal.clone() else { return };
        let draft = of.draft.clone().with(name::PAYMENT, &payment.id);
        let Some(request) = request(of.caller.provider, Purpose::DeletePayment, &draft) else { return };
        self.listing.busy = true;
        self.at_work = self.at_work.saturating_add(1);
        let subject = subject(&of, &payment);
        let key = match self.removals.get(&subject) {
            Some(key) => key.to_owned(),
            None => self.next_id(),
        };
        self.removals.set(subject, &key);
        let caller = of.caller.clone();
        self.change(&caller, request, &key, Task::Remove(of, payment));
    }

    /// The response to the removal has arrived, or not.
    pub(crate) fn removed(
        &mut self,
        of: PaymentsOf,
        payment: RecordedPayment,
        response: Result<Response, Failure>,
    ) {
        let operation = of.caller.provider.operation(Purpose::DeletePayment);
        let outcome = match (response, operation) {
            (Ok(response), Some(operation)) => match operation.understand(&response, of.currency) {
                Ok(Answer::Receipt(receipt)) => Outcome::Recorded(receipt),
                Ok(_) => Outcome::Unknown(Reason::of(Cause::Unreadable)),
                Err(failure) => failure.into(),
            },
            (Err(failure), _) => failure.into(),
            (Ok(_), None) => Outcome::Unknown(Reason::of(Cause::Unreadable)),
        };
        if let Outcome::Recorded(receipt) = &outcome
            && receipt.balance.is_none()
            && let Some(request) = request(of.caller.provider, Purpose::GetInvoice, &of.draft)
        {
            let (caller, receipt) = (of.caller.clone(), receipt.clone());
            let task = Task::BalanceAfterRemoval(of, payment, receipt);
            return self.call(&caller, request, REFRESH_TIMEOUT, task);
        }
        self.finish_removal(of, payment, outcome);
    }

    /// The invoice after the removal, or not.
    pub(crate) fn removal_balanced(
        &mut self,
        of: PaymentsOf,
        payment: RecordedPayment,
        mut receipt: Receipt,
        response: Result<Response, Failure>,
    ) {
        let shown = of.caller.provider.operation(Purpose::GetInvoice);
        let answer = shown.and_then(|shown| shown.understand(&response.ok()?, of.currency).ok());
        if let Some(Answer::Invoice(invoice)) = answer {
            receipt.balance = invoice.balance;
        }
        self.finish_removal(of, payment, Outcome::Recorded(receipt));
    }

    fn finish_removal(&mut self, of: PaymentsOf, payment: RecordedPayment, outcome: Outcome) {
        let message = self.removal_sentence(&of, &payment, &outcome);
        let invoice_id = of.draft.get(name::INVOICE).unwrap_or_default().to_owned();
        self.at_work = self.at_work.saturating_sub(1);
        if matches!(outcome, Outcome::Recorded(_) | Outcome::Refused(_)) {
            self.removals.set(subject(&of, &payment), "");
        }
        if !matches!(outcome, Outcome::Refused(_) | Outcome::NotSent(_)) {
            self.changes = self.changes.wrapping_add(1);
        }
        let provider = of.caller.provider;
        self.announce(Announcement::Removal { provider, invoice_id, payment, outcome });
        if self.is_listed(&of) {
            let key = of.key.clone();
            self.listing = Listing { key, open: true, removal_message: Some(message), ..Listing::default() };
            self.load(of);
        }
    }

    /// The sentence for the outcome of a removal, with the details from the provider or the relay.
    fn removal_sentence(&self, of: &PaymentsOf, payment: &RecordedPayment, outcome: &Outcome) -> String {
        let (text, words) = match outcome {
            Outcome::Recorded(_) => (UiText::RemoveDone, None),
            Outcome::Unknown(_) => (UiText::RemoveUnknown, None),
            Outcome::Refused(problem) => (UiText::RemoveRefused, problem.words.as_ref()),
            Outcome::NotSent(reason) => (UiText::RemoveRefused, reason.words.as_ref()),
        };
        let amount = payment.amount.map(|amount| self.money(amount)).unwrap_or_default();
        let sentence =
            self.ui_with(text, &[("amount", amount.as_str()), ("provider", of.caller.provider.name)]);
        match words {
            Some(words) => [sentence, self.ui_with(UiText::Words, &[("words", words)])].join(" "),
            None => sentence,
        }
    }
}

/// Identifies the removal of a payment. Tried again before it has an outcome, it keeps its key.
pub(crate) fn subject(of: &PaymentsOf, payment: &RecordedPayment) -> String {
    [of.key.as_str(), " ", &payment.id].concat()
}
