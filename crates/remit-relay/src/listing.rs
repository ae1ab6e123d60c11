//! Lists all payments of an invoice at the provider.

use std::sync::Arc;
use std::time::Instant;

use remit_core::provider::lookup::{Lookup, Progress};
use remit_core::{Failure, RecordedPayment};

use crate::answer::Forwarding;
use crate::connection::Connection;
use crate::relay::Relay;

/// Why the payments could not be listed.
pub(crate) enum Unlisted {
    /// The provider did not respond.
    NoResponse(Forwarding),
    /// The provider's response has no list.
    NoList(Failure),
}

/// Every payment of the invoice.
pub(crate) async fn all(
    relay: &Relay,
    connection: &Arc<Connection>,
    mut lookup: Lookup,
    deadline: Instant,
) -> Result<Vec<RecordedPayment>, Unlisted> {
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
