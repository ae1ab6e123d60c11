//! Lists all payments of an invoice, or all invoices, at the provider.

use std::sync::Arc;
use std::time::Instant;

use remit_core::Failure;
use remit_core::provider::lookup::{Listed, Lookup, Progress};

use crate::answer::Forwarding;
use crate::connection::Connection;
use crate::relay::Relay;

/// Why the list could not be loaded.
pub(crate) enum Unlisted {
    /// The provider did not respond.
    NoResponse(Forwarding),
    /// The provider's response has no list.
    NoList(Failure),
}

/// The whole list.
pub(crate) async fn all<T: Listed>(
    relay: &Relay,
    connection: &Arc<Connection>,
    mut lookup: Lookup<T>,
    deadline: Instant,
) -> Result<Vec<T>, Unlisted> {
    loop {
        let Some(request) = lookup.request() else { return Ok(Vec::new()) };
        let response = match relay.send(connection, request, deadline).await {
            Forwarding::Answered(response) => response,
            failed => return Err(Unlisted::NoResponse(failed)),
        };
        match lookup.read(Ok(response)) {
            Progress::More(next) => lookup = next,
            Progress::Done(all) => return all.map_err(Unlisted::NoList),
        }
    }
}
