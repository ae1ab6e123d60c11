//! What changes nothing: an operation that reads the books.

use remit_core::emulate::{Entry, Posted, Records, Refusal, Seen};
use remit_core::schema::field::{Field, Location};
use remit_core::wire::Response;
use remit_core::{BankTransaction, Code, Context, Purpose, Rejection, Values, name};

use crate::books::Ledger;
use crate::call::{Call, Stop};

/// Answers an operation that reads.
pub(crate) fn read(call: &Call<'_>, ledger: &Ledger<'_>) -> Result<Response, Stop> {
    let values = values(call)?;
    let payments = |invoice: &Entry| ledger.payments(call.provider, &invoice.id);
    match call.operation.purpose {
        Purpose::ListPayments => {
            let invoice = invoice(call, &values, ledger)?;
            Ok(say(call, &values, Records::Payments(&invoice, &payments(&invoice)?)))
        }
        Purpose::ShowPayment => {
            let invoice = invoice(call, &values, ledger)?;
            let payment = payment(call, &values, &invoice, ledger)?;
            Ok(say(call, &values, Records::Payment(&invoice, &payment)))
        }
        Purpose::GetInvoice => {
            let invoice = invoice(call, &values, ledger)?;
            Ok(say(call, &values, Records::Invoice(&invoice, &payments(&invoice)?)))
        }
        Purpose::ListInvoices => Ok(say(call, &values, Records::Invoices(&ledger.invoices(call.provider)?))),
        Purpose::ListTransactions => {
            Ok(say(call, &values, Records::Transactions(&ledger.transactions(call.provider)?)))
        }
        Purpose::Allocations => {
            let transaction = transaction(call, &values, ledger)?;
            let payments = ledger.allocated(call.provider, &transaction.id)?;
            Ok(say(call, &values, Records::Allocations(&transaction, &payments)))
        }
        _ => Ok(say(call, &values, Records::Nothing)),
    }
}

/// The provider's answer, made from what was found.
pub(crate) fn say(call: &Call<'_>, values: &Values, records: Records<'_>) -> Response {
    let seen = Seen { purpose: call.operation.purpose, values, asked: call.asked, now: call.now, records };
    (call.provider.emulation.answer)(&seen)
}

/// The request's fields, when they are as the operation has them, and the workspace is the one that the books are of.
pub(crate) fn values(call: &Call<'_>) -> Result<Values<'static>, Stop> {
    let known = Context { now: Some(call.now), ..Context::default() };
    let (values, _) = call.operation.read(call.request, &known).map_err(|rejection| {
        if is_unreadable(&rejection) { Refusal::Unreadable } else { missing(call, rejection) }
    })?;
    call.asked.check().map_err(Refusal::Invalid)?;
    let elsewhere = |(name, shared): &(&str, &str)| values.text(name).is_some_and(|value| value != *shared);
    if call.provider.emulation.ids.iter().any(elsewhere) {
        return Err(Refusal::NoInvoice.into());
    }
    Ok(values)
}

/// Nothing is found under what is no identifier, where the path has one; all else is invalid.
fn missing(call: &Call<'_>, rejection: Rejection) -> Refusal {
    let of_path = |field: &&Field| field.location == Location::Route;
    let mut in_path = call.operation.fields.iter().filter(of_path).map(|field| field.name);
    match in_path.find(|name| rejection.issues().any(|issue| issue.field == *name)) {
        Some(name::PAYMENT) => Refusal::NoPayment,
        Some(name::TRANSACTION) => Refusal::NoTransaction,
        Some(_) => Refusal::NoInvoice,
        None => Refusal::Invalid(rejection),
    }
}

/// Whether it is the body as a whole that is not what the operation takes, and no member of it.
pub(crate) fn is_unreadable(rejection: &Rejection) -> bool {
    rejection.issues().any(|issue| issue.field.is_empty() && issue.code == Code::MemberType)
}

/// The invoice that the request names.
pub(crate) fn invoice(call: &Call<'_>, values: &Values, ledger: &Ledger<'_>) -> Result<Entry, Stop> {
    let id = values.text(name::INVOICE).unwrap_or_default();
    ledger.invoice(call.provider, &id)?.ok_or_else(|| Refusal::NoInvoice.into())
}

/// The payment of an invoice that the request names.
pub(crate) fn payment(
    call: &Call<'_>,
    values: &Values,
    invoice: &Entry,
    ledger: &Ledger<'_>,
) -> Result<Posted, Stop> {
    let id = values.text(name::PAYMENT).unwrap_or_default();
    let payments = ledger.payments(call.provider, &invoice.id)?;
    payments.into_iter().find(|payment| payment.id == id).ok_or_else(|| Refusal::NoPayment.into())
}

fn transaction(call: &Call<'_>, values: &Values, ledger: &Ledger<'_>) -> Result<BankTransaction, Stop> {
    let id = values.text(name::TRANSACTION).unwrap_or_default();
    let transactions = ledger.transactions(call.provider)?;
    let found = transactions.into_iter().find(|transaction| transaction.id == id);
    found.ok_or_else(|| Refusal::NoTransaction.into())
}
