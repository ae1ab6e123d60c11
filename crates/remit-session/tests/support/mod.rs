//! A model of the world around sessions: a provider with its books, a network, a store shared by tabs, and a clock.

#![allow(dead_code, reason = "each test file uses only some of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

pub(crate) mod random;
pub(crate) mod relay;
pub(crate) mod report;

use remit_core::emulate::{Entry, Posted, Records, Seen};
use remit_core::wire::{Headers, Method, Response};
use remit_core::{
    Context, Currency, Draft, Instant, InvoiceState, Money, Provider, Purpose, Values, Zone, name,
};
use remit_session::{Call, Mode};

pub(crate) const PROVIDERS: [&str; 2] = ["clockify", "harvest-v2"];

pub(crate) fn instant(text: &str) -> Instant {
    Instant::read(text, Zone::Unknown).unwrap().instant
}

/// A provider's books, kept by the sandbox's emulation.
#[derive(Debug)]
pub(crate) struct Books {
    pub(crate) provider: &'static Provider,
    pub(crate) invoices: Vec<Entry>,
    pub(crate) payments: Vec<Posted>,
    next: u64,
}

impl Books {
    pub(crate) fn new(id: &str) -> Self {
        let provider = Provider::find(id).unwrap();
        let usd = Currency::parse("USD").unwrap();
        let invoice = |n: u64| Entry {
            id: (provider.emulation.identifier)(n),
            number: format!("INV-{n}"),
            amount: Money::from_minor(100_000, usd),
            paid: Money::from_minor(0, usd),
            state: InvoiceState::Open,
            unpaid: InvoiceState::Open,
            issued: instant("2026-11-01T00:00:00Z"),
            due: instant("2026-12-01T00:00:00Z"),
            client: "64a687e29ae1f428e7ebe303".to_owned(),
        };
        Self { provider, invoices: vec![invoice(1), invoice(2)], payments: Vec::new(), next: 100 }
    }

    /// Records a payment that somebody else entered, equal to `like` except for its note.
    pub(crate) fn post_other(&mut self, invoice_id: &str, minor: i64, note: Option<&str>) {
        let usd = Currency::parse("USD").unwrap();
        self.next += 1;
        self.payments.push(Posted {
            id: (self.provider.emulation.identifier)(self.next),
            invoice_id: invoice_id.to_owned(),
            transaction_id: None,
            amount: Money::from_minor(minor, usd),
            paid_at: instant("2026-11-19T12:00:00Z"),
            note: note.map(str::to_owned),
            fields: Draft::new(),
            recorded_at: instant("2026-11-19T12:00:00Z"),
        });
    }

    /// Answers a request as the provider would. Returns the identifier of a payment that was recorded.
    pub(crate) fn serve(&mut self, call: &Call) -> (Response, Option<String>) {
        let refused = || (Response::new(422, Headers::default(), r#"{"message":"no"}"#), None);
        if call.mode == Mode::Reach || call.request.path.is_empty() {
            return (Response::new(200, Headers::default(), ""), None);
        }
        for operation in self.provider.all_operations() {
            if operation.method != call.request.method {
                continue;
            }
            let Ok((values, _)) = operation.read(&call.request, &Context::default()) else { continue };
            let id = values.text(name::INVOICE).unwrap_or_default();
            let Some(invoice) = self.invoices.iter().find(|invoice| invoice.id == id).cloned() else {
                continue;
            };
            let of: Vec<_> = self.payments.iter().filter(|p| p.invoice_id == id).cloned().collect();
            let respond = |records| self.respond(operation.purpose, &values, records);
            match operation.purpose {
                Purpose::RecordPayment => {
                    let Some((amount, at)) = amount_and_date(&values) else { return refused() };
                    self.next += 1;
                    let posted = Posted {
                        id: (self.provider.emulation.identifier)(self.next),
                        invoice_id: id,
                        transaction_id: None,
                        amount,
                        paid_at: at,
                        note: values.text(name::NOTE),
                        fields: Draft::from(&values),
                        recorded_at: at,
                    };
                    let response =
                        self.respond(operation.purpose, &values, Records::Payment(&invoice, &posted));
                    let recorded = posted.id.clone();
                    self.payments.push(posted);
                    return (response, Some(recorded));
                }
                Purpose::ListPayments => return (respond(Records::Payments(&invoice, &of)), None),
                Purpose::GetInvoice => return (respond(Records::Invoice(&invoice, &of)), None),
                _ => {}
            }
        }
        assert_ne!(call.request.method, Method::Post, "an unreadable request to record: {call:?}");
        refused()
    }

    fn respond(&self, purpose: Purpose, values: &Values, records: Records) -> Response {
        let now = instant("2026-11-19T12:00:00Z");
        (self.provider.emulation.answer)(&Seen { purpose, values, asked: &Default::default(), now, records })
    }
}

fn amount_and_date(values: &Values) -> Option<(Money, Instant)> {
    Some((values.money(name::AMOUNT)?, values.instant(name::PAID_AT)?))
}
