//! Reads the invoice that the page or the person named, for its currency, balance and state.

use remit_core::wire::Response;
use remit_core::{Answer, Currency, Failure, Invoice, Purpose, name};

use crate::call::Task;
use crate::caller::request;
use crate::phase::Phase;
use crate::reading::{Reading, State};
use crate::session::{READ_TIMEOUT, Session};

impl Session {
    /// Whether the invoice is being read.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        self.reading.is_busy()
    }

    /// Reads the invoice whenever another one is named, unless the page has set it. A number that is being typed is not read
    /// before its field is left.
    pub(crate) fn follow_invoice(&mut self) {
        if self.options.purpose == Purpose::AddInvoice || !matches!(self.phase, Phase::Editing) {
            return;
        }
        let draft = self.merged();
        let is_preset = self.options.preset.get(name::INVOICE).is_some();
        let wanted = (self.options.invoice.is_none()
            && (is_preset || self.entry.left.contains(&name::INVOICE)))
        .then(|| request(self.provider(), Purpose::GetInvoice, &draft))
        .flatten()
        .filter(|_| !self.options.base_url.is_empty());
        let Some(request) = wanted else {
            if self.options.invoice.is_some() || is_preset {
                self.reading = Reading::default();
            }
            return;
        };
        let caller = self.caller();
        let headers: Vec<_> = request.headers.iter().map(|(_, value)| value).collect();
        let headers = headers.join(" ");
        let changes = self.changes.to_string();
        let key = [caller.base_url.as_str(), &request.path, &request.body, &headers, &changes].join(" ");
        if key == self.reading.key {
            return;
        }
        self.reading = Reading { key: key.clone(), state: State::Busy, submitted: false };
        self.call(&caller, request, READ_TIMEOUT, Task::Invoice(key));
    }

    /// The invoice has arrived, or not.
    pub(crate) fn invoice_read(&mut self, key: &str, response: Result<Response, Failure>) {
        if self.reading.key != key {
            return;
        }
        let shown = self.provider().operation(Purpose::GetInvoice);
        let currency = self.currency().unwrap_or(Currency::UNSTATED);
        let answer = shown.and_then(|shown| shown.understand(&response.ok()?, currency).ok());
        self.reading.state = match answer {
            Some(Answer::Invoice(invoice)) if invoice.currency != Currency::UNSTATED => {
                // The provider may write the identifier in another way than the page or the person did.
                let id = self.merged().get(name::INVOICE).unwrap_or_default().trim().to_owned();
                State::Read(Invoice { id, ..invoice })
            }
            _ => State::None,
        };
        if let State::Read(invoice) = &self.reading.state
            && self.options.preset.get(name::CURRENCY).is_none()
            && self.entry.draft.get(name::CURRENCY).is_none()
        {
            self.entry.draft.set(name::CURRENCY, invoice.currency.code());
        }
        self.recheck();
        if core::mem::take(&mut self.reading.submitted) {
            self.submit();
        }
    }
}
