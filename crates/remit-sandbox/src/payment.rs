//! A payment: checked as the provider would, and entered in the books.

use remit_core::emulate::{Entry, Posted, Records, Refusal};
use remit_core::wire::Response;
use remit_core::{Checked, Code, Context, Draft, Invoice, Rejection, name};

use crate::books::Ledger;
use crate::call::{Call, Stop};
use crate::read::{self, is_unreadable, say};

/// Answers the operation in the order in which a provider does: the body, the invoice, its state, the rules.
pub(crate) fn record(call: &Call<'_>, ledger: &Ledger<'_>) -> Result<Response, Stop> {
    let Call { provider, request, now, .. } = *call;
    let emulation = &provider.emulation;
    let read = provider.read(request, &Context { now: Some(now), ..Context::default() });
    if read.as_ref().is_err_and(is_unreadable) {
        return Err(Refusal::Unreadable.into());
    }
    // Where the path names the invoice, it is looked for before the body is complained of.
    let Some(id) = given(call, read.as_ref().ok(), name::INVOICE) else {
        return Err(read.map_or_else(Refusal::Invalid, |_| Refusal::NoInvoice).into());
    };
    let elsewhere = |(name, shared): &(&str, &str)| {
        given(call, read.as_ref().ok(), name).is_some_and(|value| value != *shared)
    };
    if emulation.ids.iter().any(elsewhere) {
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
            let its = |transaction: &&remit_core::BankTransaction| transaction.id == *id;
            Some(context.transactions.iter().find(its).ok_or(Refusal::NoTransaction)?)
        }
    };
    let too_large = || Refusal::Invalid(Rejection::of(name::AMOUNT, Code::AmountTooLarge, Vec::new()));
    let paid = before.paid.checked_add(payment.amount).ok_or_else(too_large)?;
    let invoice = standing(call, Entry { paid, ..before });
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
    Ok(say(call, &checked.values, Records::Payment(&invoice, &posted)))
}

/// Removes a payment; the invoice stands as if it had never been.
pub(crate) fn remove(call: &Call<'_>, ledger: &Ledger<'_>) -> Result<Response, Stop> {
    let values = read::values(call)?;
    let before = read::invoice(call, &values, ledger)?;
    let payment = read::payment(call, &values, &before, ledger)?;
    let paid = before.paid.checked_sub(payment.amount).unwrap_or(before.paid);
    let invoice = standing(call, Entry { paid, ..before });
    ledger.remove(call.provider, &invoice, &payment.id)?;
    Ok(say(call, &values, Records::Removed(&invoice)))
}

/// The invoice in the state that follows from what is paid.
fn standing(call: &Call<'_>, invoice: Entry) -> Entry {
    Entry { state: call.provider.emulation.state_of(&invoice), ..invoice }
}

/// A field's text: as it was read, or else as it stands in the path.
fn given(call: &Call<'_>, read: Option<&Checked>, name: &str) -> Option<String> {
    let in_path = || call.route.iter().find(|(known, _)| *known == name).map(|(_, text)| text.clone());
    read.and_then(|checked| checked.values.text(name)).or_else(in_path)
}
