//! Parses the options: the context of a draft, from texts.

use remit_core::money::reading::AmountError;
use remit_core::{
    BankTransaction, Code, Context, Currency, Draft, Findings, Instant, Invoice, InvoiceState, Money, Offset,
    Param, Zone, name,
};

/// Texts by their paths, such as `options.invoice.id`.
pub(crate) trait Source {
    /// The text of a member. `at` is the index of the transaction.
    fn text(&mut self, path: &'static str, at: usize, found: &mut Findings) -> Option<String>;
    /// Whether there is an invoice.
    fn has_invoice(&self) -> bool;
    /// How many transactions there are.
    fn transactions(&self) -> usize;
}

/// Parses the options. An invoice without an identifier or a currency has those of the draft.
pub(crate) fn context<S: Source>(
    source: &mut S,
    draft: &dyn Fn(&str) -> Option<String>,
    zone: Zone,
    found: &mut Findings,
) -> Context {
    let mut reader = Reader { source, found, at: 0, zone };
    let currency = reader.currency("options.currency");
    Context {
        now: reader.moment("options.now", zone),
        zone,
        currency,
        invoice: reader.invoice(draft, currency),
        transactions: reader.transactions(),
    }
}

/// Parses an offset in minutes east of UTC.
pub(crate) fn offset(text: &str) -> Option<Offset> {
    text.parse().ok().and_then(Offset::from_minutes)
}

struct Reader<'a, S> {
    source: &'a mut S,
    found: &'a mut Findings,
    at: usize,
    zone: Zone,
}

impl<S: Source> Reader<'_, S> {
    fn invoice(
        &mut self,
        draft: &dyn Fn(&str) -> Option<String>,
        fallback: Option<Currency>,
    ) -> Option<Invoice> {
        if !self.source.has_invoice() {
            return None;
        }
        let id = self.text("options.invoice.id").or_else(|| draft(name::INVOICE));
        let number = self.text("options.invoice.number");
        let of_draft = || Currency::parse(&draft(name::CURRENCY)?).ok();
        let currency = self.currency("options.invoice.currency").or(fallback).or_else(of_draft);
        let balance = self.money("options.invoice.balance", currency);
        let state = self.state("options.invoice.state");
        let issued = self.recorded_moment("options.invoice.issued");
        // If the draft lacks them as well, it is rejected for that.
        Some(Invoice { number, balance, state, issued, ..Invoice::new(id?.trim(), currency?) })
    }

    fn state(&mut self, path: &'static str) -> Option<InvoiceState> {
        let text = self.text(path)?;
        let found = InvoiceState::ALL.into_iter().find(|state| state.as_str() == text);
        if found.is_none() {
            let choices = Param::Text(InvoiceState::ALL.map(InvoiceState::as_str).join(", "));
            self.found.issue(
                path,
                Code::ChoiceUnknown,
                vec![("value", Param::Text(text)), ("choices", choices)],
            );
        }
        found
    }

    fn transactions(&mut self) -> Vec<BankTransaction> {
        let mut all = Vec::new();
        for at in 0..self.source.transactions() {
            self.at = at;
            all.extend(self.transaction());
        }
        all
    }

    fn transaction(&mut self) -> Option<BankTransaction> {
        let id = self.required("options.transactions.id");
        let currency = self.required("options.transactions.currency");
        let currency = currency.and_then(|text| self.read_currency("options.transactions.currency", text));
        let amount = self.money("options.transactions.amount", currency);
        let unallocated = self.money("options.transactions.unallocated", currency);
        let at = self.recorded_moment("options.transactions.datetime");
        let description = self.text("options.transactions.description");
        Some(BankTransaction { id: id?, amount, unallocated, at, description })
    }

    fn text(&mut self, path: &'static str) -> Option<String> {
        self.source.text(path, self.at, self.found).filter(|text| !text.trim().is_empty())
    }

    fn required(&mut self, path: &'static str) -> Option<String> {
        let before = self.found.issues();
        let text = self.text(path);
        // A text that is present but cannot be read has its own issue.
        if text.is_none() && self.found.issues() == before {
            self.found.issue(path, Code::Required, Vec::new());
        }
        text
    }

    fn currency(&mut self, path: &'static str) -> Option<Currency> {
        let text = self.text(path)?;
        self.read_currency(path, text)
    }

    fn read_currency(&mut self, path: &'static str, text: String) -> Option<Currency> {
        self.parsed(path, Currency::parse(&text).map_err(|_| Code::CurrencyUnknown), text)
    }

    /// Parses an amount. `None` without its currency, whose own issue has been reported.
    fn money(&mut self, path: &'static str, currency: Option<Currency>) -> Option<Money> {
        let text = self.text(path)?;
        let currency = currency?;
        match Money::parse(&text, currency) {
            Err(AmountError::Precision) => {
                let max = Param::Integer(currency.exponent().into());
                let code_of = Param::Text(currency.code().to_owned());
                self.found.issue(path, Code::AmountPrecision, vec![("max", max), ("currency", code_of)]);
                None
            }
            Err(AmountError::Character) => {
                let name = remit_core::odd_character(&text).unwrap_or_default();
                self.found.issue(path, Code::Character, vec![("code", Param::Text(name))]);
                None
            }
            parsed => self.parsed(path, parsed.map_err(Code::from), text),
        }
    }

    /// Parses a moment from the provider's records. UTC is the default if neither the text nor the caller names a zone.
    fn recorded_moment(&mut self, path: &'static str) -> Option<Instant> {
        let zone = if matches!(self.zone, Zone::Unknown) { Zone::Fixed(Offset::UTC) } else { self.zone };
        self.moment(path, zone)
    }

    fn moment(&mut self, path: &'static str, zone: Zone) -> Option<Instant> {
        let text = self.text(path)?;
        self.parsed(path, Instant::read(&text, zone).map(|reading| reading.instant).map_err(Code::from), text)
    }

    fn parsed<T>(&mut self, path: &'static str, parsed: Result<T, Code>, text: String) -> Option<T> {
        parsed.map_err(|code| self.found.issue(path, code, vec![("value", Param::Text(text))])).ok()
    }
}

/// A function that returns the draft's text for a name.
pub(crate) fn draft_texts(draft: &Draft) -> impl Fn(&str) -> Option<String> {
    |name| draft.get(name).map(str::to_owned)
}
