//! The purposes of operations.

use crate::text::named::named;

/// The purpose of an operation, the same for every provider.
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
    /// Shows the allocated and the unallocated amount of a bank transaction.
    Allocations,
    /// Lists the account's own options.
    Options,
    /// Checks that the provider is reachable and accepts the credentials.
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

    /// Whether a relay allows the purpose by default: it is needed to record a payment, changes nothing else, and shows
    /// no other invoices and no bank transactions.
    #[must_use]
    pub fn is_relayed_by_default(self) -> bool {
        let shows_more = matches!(self, Self::ListInvoices | Self::ListTransactions | Self::Allocations);
        self == Self::RecordPayment || !(self.changes() || shows_more)
    }

    /// Whether an operation of this purpose changes the provider's records. If not, a retry is always safe.
    #[must_use]
    pub fn changes(self) -> bool {
        matches!(self, Self::RecordPayment | Self::DeletePayment | Self::AddInvoice)
    }
}

named!(Purpose, "the purpose of an operation");
