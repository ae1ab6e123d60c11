//! A payment as every provider has it.

use crate::check::Values;
use crate::field::Field;
use crate::instant::Instant;
use crate::money::Money;

/// The fields that have a meaning beyond their kind, by their names in a draft. All other names are their provider's.
pub mod name {
    /// The invoice that is paid.
    pub const INVOICE: &str = "invoiceId";
    /// The currency that amounts are in.
    pub const CURRENCY: &str = "currency";
    /// How much was paid.
    pub const AMOUNT: &str = "amount";
    /// When it was paid.
    pub const PAID_AT: &str = "paidAt";
    /// A note.
    pub const NOTE: &str = "note";
    /// The bank transaction that the payment is taken from.
    pub const TRANSACTION: &str = "transactionId";
    /// A payment that is recorded.
    pub const PAYMENT: &str = "paymentId";
    /// Which page of a list: a number, or what the provider gave for it.
    pub const PAGE: &str = "page";
    /// How many items a page of a list has.
    pub const PAGE_SIZE: &str = "pageSize";
    /// The customer of an invoice.
    pub const CLIENT: &str = "clientId";
    /// The number that people know an invoice by.
    pub const NUMBER: &str = "number";
    /// When an invoice was issued.
    pub const ISSUED_AT: &str = "issuedAt";
    /// When an invoice is due.
    pub const DUE_AT: &str = "dueAt";
    /// A number on the receipt.
    pub const RECEIPT: &str = "receiptNumber";
}

/// The likely value of a field, which a form can offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suggestion {
    /// Today.
    Today,
    /// What is left to pay on the invoice.
    Balance,
}

impl Suggestion {
    /// What can be offered for a field. Other dates and amounts, such as fees, have no likely value.
    #[must_use]
    pub fn of(field: &Field) -> Option<Self> {
        match field.name {
            name::PAID_AT | name::ISSUED_AT => Some(Self::Today),
            name::AMOUNT => Some(Self::Balance),
            _ => None,
        }
    }
}

/// What is the same about a checked payment, whichever provider it is for.
#[derive(Debug, Clone, PartialEq)]
pub struct Payment {
    /// The provider's identifier of the invoice.
    pub invoice_id: String,
    /// How much.
    pub amount: Money,
    /// When it was paid; `None` where the provider takes the bank transaction's date.
    pub paid_at: Option<Instant>,
    /// A note.
    pub note: Option<String>,
    /// The bank transaction that it is taken from.
    pub transaction_id: Option<String>,
    /// The receipt number.
    pub receipt_number: Option<String>,
}

impl Payment {
    /// From checked values; `None` when they are not a payment's.
    #[must_use]
    pub fn of(values: &Values) -> Option<Self> {
        Some(Self {
            invoice_id: values.text(name::INVOICE)?,
            amount: values.money(name::AMOUNT)?,
            paid_at: values.instant(name::PAID_AT),
            note: values.text(name::NOTE),
            transaction_id: values.text(name::TRANSACTION),
            receipt_number: values.text(name::RECEIPT),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Provider;

    #[test]
    fn today_and_the_balance_would_have_to_be_typed_or_be_offered_for_a_fee() {
        let fields = Provider::find("ivvy").unwrap().payment.fields;
        let offered = fields.iter().filter_map(|field| Some((field.name, Suggestion::of(field)?)));
        assert!(offered.eq([(name::PAID_AT, Suggestion::Today), (name::AMOUNT, Suggestion::Balance)]));
    }
}
