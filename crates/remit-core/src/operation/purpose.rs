//! What an operation is for.

use crate::text::named::named;

/// What an operation is for, the same word for every provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// Records a payment against an invoice.
    RecordPayment,
    /// Lists the payments of an invoice.
    ListPayments,
    /// Shows one payment.
    ShowPayment,
    /// Removes a payment.
    DeletePayment,
    /// Adds an invoice.
    AddInvoice,
    /// Lists invoices.
    ListInvoices,
    /// Shows one invoice.
    GetInvoice,
    /// Lists bank transactions.
    ListTransactions,
    /// Shows what of a bank transaction is allocated, and what is left.
    Allocations,
    /// Lists what an account can choose from.
    Options,
    /// Tells whether the provider is there and knows the caller.
    Ping,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 11] = [
        Self::RecordPayment,
        Self::ListPayments,
        Self::ShowPayment,
        Self::DeletePayment,
        Self::AddInvoice,
        Self::ListInvoices,
        Self::GetInvoice,
        Self::ListTransactions,
        Self::Allocations,
        Self::Options,
        Self::Ping,
    ];

    /// The stable text of the purpose.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RecordPayment => "record_payment",
            Self::ListPayments => "list_payments",
            Self::ShowPayment => "show_payment",
            Self::DeletePayment => "delete_payment",
            Self::AddInvoice => "add_invoice",
            Self::ListInvoices => "list_invoices",
            Self::GetInvoice => "get_invoice",
            Self::ListTransactions => "list_transactions",
            Self::Allocations => "allocations",
            Self::Options => "options",
            Self::Ping => "ping",
        }
    }

    /// Whether it is part of recording payments: it changes nothing else, and shows nothing but the invoice that is paid.
    #[must_use]
    pub fn is_relayed_by_default(self) -> bool {
        let beyond = matches!(self, Self::ListInvoices | Self::ListTransactions | Self::Allocations);
        self == Self::RecordPayment || !(self.changes() || beyond)
    }

    /// Whether it changes what the provider keeps. What does not may be sent as often as one likes.
    #[must_use]
    pub fn changes(self) -> bool {
        matches!(self, Self::RecordPayment | Self::DeletePayment | Self::AddInvoice)
    }
}

named!(Purpose, "the purpose of an operation");
