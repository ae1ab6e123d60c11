//! Adds an invoice to the books, checked by the provider's rules.

use remit_core::InvoiceState;
use remit_core::emulate::{Entry, Records, Refusal};
use remit_core::wire::Response;
use remit_core::{Currency, Money, name};

use crate::books::Ledger;
use crate::call::{Call, Stop};
use crate::read::{respond, values};

/// Adds an invoice without items, so its total is zero.
pub(crate) fn add(call: &Call<'_>, ledger: &Ledger<'_>) -> Result<Response, Stop> {
    let values = values(call)?;
    let number = ledger.next_number(call.provider)?.ok_or(Refusal::NoInvoice)?;
    let currency = values.text(name::CURRENCY).and_then(|code| Currency::parse(&code).ok());
    let currency = currency.ok_or(Refusal::Unreadable)?;
    let zero = Money::from_minor(0, currency);
    let moment = |name| values.instant(name).unwrap_or(call.now);
    let invoice = Entry {
        id: (call.provider.emulation.identifier)(number),
        number: values.text(name::NUMBER).unwrap_or_else(|| format!("INV-{number}")),
        amount: zero,
        paid: zero,
        state: InvoiceState::Draft,
        unpaid: InvoiceState::Draft,
        issued: moment(name::ISSUED_AT),
        due: moment(name::DUE_AT),
        client: values.text(name::CLIENT).unwrap_or_default(),
    };
    ledger.issue(call.provider, &invoice)?;
    Ok(respond(call, &values, Records::Added(&invoice)))
}
