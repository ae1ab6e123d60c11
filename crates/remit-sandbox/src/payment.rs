//! Records a payment in the books or removes it, checked by the provider's rules.

use remit_core::emulate::{Entry, Posted, Records, Refusal};
use remit_core::wire::Response;
use remit_core::{Checked, Code, Context, Draft, Invoice, Rejection, name};

use crate::books::Ledger;
use crate::call::{Call, Stop};
use crate::read::{self, is_unreadable, respond};

/// Records a payment. It checks in a provider's order: the body, the invoice, its state, the rules.
pub(crate) fn record(call: &Call<'_>, ledger: &Ledger<'_>) -> Result<Response, Stop> {
    let Call { provider, request, now, .. } = *call;
    let emulation = &provider.emulation;
    let read = provider.read(request, &Context { now: Some(now), ..Context::default() });
    if read.as_ref().is_err_and(is_unreadable) {
        return Err(Refusal::Unreadable.into());
    }
    // If the path names the invoice, a missing invoice is reported before invalid fields of the body.
    let Some(id) = text(call, read.as_ref().ok(), name::INVOICE) else {
        return Err(read.map_or_else(Refusal::Invalid, |_| Refusal::NoInvoice).into());
    };
    let is_foreign =
        |(name, own): &(&str, &str)| text(call, read.as_ref().ok(), name).is_some_and(|value| value != *own);
    if emulation.ids.iter().any(is_foreign) {
        return Err(Refusal::NoInvoice.into());
    }
    let before = ledger.invoice(provider, &id)?.ok_or(Refusal::NoInvoice)?;
    if !emulation.payable.contains(&before.state) {
        return Err(Refusal::State(before.state).into());
    }
    let context = Context {
        now: Some(now),
        invoice: Some(Invoice {
            number: Some(before.number.clone()),
            balance: Some(before.balance()),
            state: Some(before.state),
            issued: Some(before.issued),
            ..Invoice::new(&before.id, before.amount.currency())
        }),
        transactions: ledger.transactions(provider)?,
        ..Context::default()
    };
    let checked = provider.read(request, &context).map_err(Refusal::Invalid)?;
    let payment = &checked.payment;
    let transaction = match &payment.transaction_id {
        None => None,
        Some(id) => {
            let has_id = |transaction: &&remit_core::BankTransaction| transaction.id == *id;
            Some(context.transactions.iter().find(has_id).ok_or(Refusal::NoTransaction)?)
        }
    };
    let too_large = || Refusal::Invalid(Rejection::of(name::AMOUNT, Code::AmountTooLarge, Vec::new()));
    let paid = before.paid.checked_add(payment.amount).ok_or_else(too_large)?;
    let invoice = with_state(call, Entry { paid, ..before });
    let number = ledger.next_number(provider)?.ok_or(Refusal::NoInvoice)?;
    let paid_at = payment.paid_at.or(transaction.and_then(|transaction| transaction.at));
    let posted = Posted {
        id: (emulation.identifier)(number),
        invoice_id: invoice.id.clone(),
        transaction_id: payment.transaction_id.clone(),
        amount: payment.amount,
        paid_at: paid_at.unwrap_or(now),
        note: payment.note.clone(),
        fields: Draft::from(&checked.values),
        recorded_at: now,
    };
    ledger.post(provider, &invoice, &posted, &request.body)?;
    Ok(respond(call, &checked.values, Records::Payment(&invoice, &posted)))
}

/// Removes a payment, and restores the invoice's paid amount and state.
pub(crate) fn remove(call: &Call<'_>, ledger: &Ledger<'_>) -> Result<Response, Stop> {
    let values = read::values(call)?;
    let before = read::invoice(call, &values, ledger)?;
    let payment = read::payment(call, &values, &before, ledger)?;
    let paid = before.paid.checked_sub(payment.amount).unwrap_or(before.paid);
    let invoice = with_state(call, Entry { paid, ..before });
    ledger.remove(call.provider, &invoice, &payment.id)?;
    Ok(respond(call, &values, Records::Removed(&invoice)))
}

/// The invoice in the state that follows from its paid amount.
fn with_state(call: &Call<'_>, invoice: Entry) -> Entry {
    Entry { state: call.provider.emulation.state_of(&invoice), ..invoice }
}

/// A field's text: from the parsed request, or else from the path.
fn text(call: &Call<'_>, read: Option<&Checked>, name: &str) -> Option<String> {
    let in_path = || call.route.iter().find(|(known, _)| *known == name).map(|(_, text)| text.clone());
    read.and_then(|checked| checked.values.text(name)).or_else(in_path)
}
