//! A payment: checked as the provider would, and entered in the books.

use remit_core::emulate::{Books, Entry, Refusal};
use remit_core::wire::json::Json;
use remit_core::{Checked, Code, Invoice, Known, Rejection, name};

use crate::books::{Ledger, Posting};
use crate::decide::{Answered, Call};

/// Answers the operation in the order in which a provider does: the body, the invoice, its state, the rules.
pub(crate) fn record(call: &Call<'_>, ledger: &Ledger<'_>) -> Answered {
    let Call { provider, request, now, .. } = *call;
    let emulation = &provider.emulation;
    let read = provider.read(request, &Known { now: Some(now), ..Known::default() });
    if read.as_ref().is_err_and(is_unreadable) {
        return Ok(Err(Refusal::Unreadable));
    }
    // Where the path names the invoice, it is looked for before the body is complained of.
    let Some(id) = given(call, read.as_ref().ok(), name::INVOICE) else {
        return Ok(Err(read.map_or_else(Refusal::Invalid, |_| Refusal::NoInvoice)));
    };
    let elsewhere = |(name, shared): &(&str, &str)| {
        given(call, read.as_ref().ok(), name).is_some_and(|value| value != *shared)
    };
    if emulation.ids.iter().any(elsewhere) {
        return Ok(Err(Refusal::NoInvoice));
    }
    let Some(before) = ledger.invoice(provider, &id)? else { return Ok(Err(Refusal::NoInvoice)) };
    if !emulation.payable.contains(&before.state) {
        return Ok(Err(Refusal::State(before.state)));
    }
    let known = Known {
        now: Some(now),
        invoice: Some(Invoice {
            id: before.id.clone(),
            number: Some(before.number.clone()),
            balance: Some(before.balance()),
            currency: before.amount.currency(),
        }),
        transactions: ledger.transactions(provider)?,
        ..Known::default()
    };
    let checked = match provider.read(request, &known) {
        Ok(checked) => checked,
        Err(rejection) => return Ok(Err(Refusal::Invalid(rejection))),
    };
    let payment = &checked.payment;
    let transaction = match &payment.transaction_id {
        None => None,
        Some(id) => match known.transactions.iter().find(|transaction| transaction.id == *id) {
            Some(transaction) => Some(transaction),
            // Nothing is found under an identifier, whichever record it is of.
            None => return Ok(Err(Refusal::NoInvoice)),
        },
    };
    let transaction_at = transaction.and_then(|transaction| transaction.at);
    let Some(paid) = before.paid.checked_add(payment.amount) else {
        return Ok(Err(Refusal::Invalid(Rejection::of(name::AMOUNT, Code::AmountTooLarge, Vec::new()))));
    };
    let state = emulation.state_after(before.state, before.amount, paid);
    let invoice = Entry { paid, state, ..before };
    let Some(number) = ledger.next_number(provider)? else { return Ok(Err(Refusal::NoInvoice)) };
    let payment_id = (emulation.identifier)(number);
    let posting = Posting {
        id: &payment_id,
        transaction_id: payment.transaction_id.as_deref(),
        amount: payment.amount,
        paid_at: payment.paid_at.or(transaction_at).unwrap_or(now),
        note: payment.note.as_deref(),
        fields: &fields(&checked),
        body: &request.body,
        recorded_at: now,
    };
    ledger.post(provider, &invoice, &posting)?;
    let books = Books { invoice: &invoice, checked: &checked, payment_id: &payment_id, transaction_at, now };
    Ok(Ok((emulation.answer)(&books)))
}

/// Whether it is the body as a whole that is not what the operation takes, and no member of it.
fn is_unreadable(rejection: &Rejection) -> bool {
    rejection.issues().any(|issue| issue.field.is_empty() && issue.code == Code::MemberType)
}

/// A field's text: as it was read, or else as it stands in the path.
fn given(call: &Call<'_>, read: Option<&Checked>, name: &str) -> Option<String> {
    let in_path = || call.route.iter().find(|(known, _)| *known == name).map(|(_, text)| text.clone());
    read.and_then(|checked| checked.values.text(name)).or_else(in_path)
}

fn fields(checked: &Checked) -> String {
    let draft = checked.values.draft();
    draft.iter().map(|(name, text)| (name, Json::text(text))).collect::<Json>().print()
}
