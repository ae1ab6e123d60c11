//! A request on its way through the sandbox, and why it may stop.

use remit_core::emulate::Refusal;
use remit_core::emulate::filter::Asked;
use remit_core::wire::Request;
use remit_core::{Instant, Operation, Provider};

use crate::books::Error;

/// A request that is for an operation, from somebody who is signed in.
pub(crate) struct Call<'a> {
    pub(crate) provider: &'static Provider,
    pub(crate) operation: &'static Operation,
    pub(crate) request: &'a Request,
    /// What stands in the path for the route's fields.
    pub(crate) route: &'a [(&'static str, String)],
    /// What is asked beside the operation's fields.
    pub(crate) asked: &'a Asked,
    pub(crate) now: Instant,
}

/// Why there is no answer of success.
pub(crate) enum Stop {
    /// The provider refuses.
    Refusal(Refusal),
    /// The books cannot say.
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
