//! An authenticated request to an operation, and the reasons why it can fail.

use remit_core::emulate::Refusal;
use remit_core::emulate::filter::Asked;
use remit_core::wire::Request;
use remit_core::{Instant, Operation, Provider};

use crate::books::Error;

/// An authenticated request to an operation.
pub(crate) struct Call<'a> {
    pub(crate) provider: &'static Provider,
    pub(crate) operation: &'static Operation,
    pub(crate) request: &'a Request,
    /// The texts of the route's fields in the path.
    pub(crate) route: &'a [(&'static str, String)],
    /// The list parameters that are not fields of the operation.
    pub(crate) asked: &'a Asked,
    pub(crate) now: Instant,
}

/// The reason why a call fails.
pub(crate) enum Stop {
    /// The provider refuses the request.
    Refusal(Refusal),
    /// The books cannot be read or written.
    Books(Error),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Books(error)
    }
}
