//! The invoice that the page or the person named, as the provider returns it.

use remit_core::Invoice;

/// The invoice that is being read, or has been.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// Identifies the invoice and the address that it is read from; empty if there is none to read.
    pub(crate) key: String,
    pub(crate) state: State,
    /// Whether the person has asked for the review meanwhile.
    pub(crate) submitted: bool,
}

/// How far the reading has got.
#[derive(Debug, Default)]
pub(crate) enum State {
    #[default]
    None,
    Busy,
    Read(Invoice),
}

impl Reading {
    /// The invoice, once it has been read.
    pub(crate) fn invoice(&self) -> Option<&Invoice> {
        if let State::Read(invoice) = &self.state { Some(invoice) } else { None }
    }

    /// Whether the invoice is being read.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.state, State::Busy)
    }

    /// Opens the review once the invoice has been read.
    pub(crate) fn then_submit(&mut self) {
        self.submitted = true;
    }
}
