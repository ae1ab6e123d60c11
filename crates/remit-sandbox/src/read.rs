//! Operations that read the books without changing them.

use remit_core::emulate::{Entry, Posted, Records, Refusal, Seen};
use remit_core::schema::field::{Field, Location};
use remit_core::wire::Response;
use remit_core::{BankTransaction, Code, Context, Purpose, Rejection, Values, name};

use crate::books::Ledger;
use crate::call::{Call, Stop};

/// Answers a reading operation.
pub(crate) fn read(call: &Call<'_>, ledger: &Ledger<'_>) -> Result<Response, Stop> {
    let values = values(call)?;
    let payments = |invoice: &Entry| ledger.payments(call.provider, &invoice.id);
    match call.operation.purpose {
        Purpose::ListPayments => {
            let invoice = invoice(call, &values, ledger)?;
            Ok(respond(call, &values, Records::Payments(&invoice, &payments(&invoice)?)))
        }
        Purpose::ShowPayment => {
            let invoice = invoice(call, &values, ledger)?;
            let payment = payment(call, &values, &invoice, ledger)?;
            Ok(respond(call, &values, Records::Payment(&invoice, &payment)))
        }
        Purpose::GetInvoice => {
            let invoice = invoice(call, &values, ledger)?;
            Ok(respond(call, &values, Records::Invoice(&invoice, &payments(&invoice)?)))
        }
        Purpose::ListInvoices => {
            Ok(respond(call, &values, Records::Invoices(&ledger.invoices(call.provider)?)))
        }
        Purpose::ListTransactions => {
            Ok(respond(call, &values, Records::Transactions(&ledger.transactions(call.provider)?)))
        }
        Purpose::Allocations => {
            let transaction = transaction(call, &values, ledger)?;
            let payments = ledger.allocated(call.provider, &transaction.id)?;
            Ok(respond(call, &values, Records::Allocations(&transaction, &payments)))
        }
        _ => Ok(respond(call, &values, Records::Nothing)),
    }
}

/// The provider's response, built from these records.
pub(crate) fn respond(call: &Call<'_>, values: &Values, records: Records<'_>) -> Response {
    let seen = Seen { purpose: call.operation.purpose, values, asked: call.asked, now: call.now, records };
    (call.provider.emulation.answer)(&seen)
}

/// The request's fields, if they are valid for the operation and name the workspace of the books.
pub(crate) fn values(call: &Call<'_>) -> Result<Values<'static>, Stop> {
    let context = Context { now: Some(call.now), ..Context::default() };
    let (values, _) = call.operation.read(call.request, &context).map_err(|rejection| {
        if is_unreadable(&rejection) { Refusal::Unreadable } else { missing(call, rejection) }
    })?;
    call.asked.check().map_err(Refusal::Invalid)?;
    let is_foreign = |(name, own): &(&str, &str)| values.text(name).is_some_and(|value| value != *own);
    if call.provider.emulation.ids.iter().any(is_foreign) {
        return Err(Refusal::NoInvoice.into());
    }
    Ok(values)
}

/// The refusal of a rejected request: an invalid identifier in the path is a missing record, all else an invalid field.
fn missing(call: &Call<'_>, rejection: Rejection) -> Refusal {
    let is_in_path = |field: &&Field| field.location == Location::Route;
    let mut in_path = call.operation.fields.iter().filter(is_in_path).map(|field| field.name);
    match in_path.find(|name| rejection.issues().any(|issue| issue.field == *name)) {
        Some(name::PAYMENT) => Refusal::NoPayment,
        Some(name::TRANSACTION) => Refusal::NoTransaction,
        Some(_) => Refusal::NoInvoice,
        None => Refusal::Invalid(rejection),
    }
}

/// Whether the body as a whole is rejected, and not one of its members.
pub(crate) fn is_unreadable(rejection: &Rejection) -> bool {
    rejection.issues().any(|issue| issue.field.is_empty() && issue.code == Code::MemberType)
}

/// The invoice that the request names.
pub(crate) fn invoice(call: &Call<'_>, values: &Values, ledger: &Ledger<'_>) -> Result<Entry, Stop> {
    let id = values.text(name::INVOICE).unwrap_or_default();
    ledger.invoice(call.provider, &id)?.ok_or_else(|| Refusal::NoInvoice.into())
}

/// The payment that the request names, among those of the invoice.
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
