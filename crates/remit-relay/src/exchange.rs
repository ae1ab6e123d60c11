//! The state of one connection of a client: how far its only request has come.
//!
//! Every response closes its connection, so that a connection carries one request.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::slots::Slot;

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// The headers are arriving.
    Head,
    /// The body is arriving.
    Body,
    /// The request is complete.
    Complete,
    /// The response is complete, and is being sent.
    Response,
}

/// The state of a connection, shared by its socket, its handler and its time limits.
pub(crate) struct Exchange {
    /// The address of this machine to which the client has connected.
    pub(crate) local: IpAddr,
    pub(crate) client: SocketAddr,
    pub(crate) slot: Slot,
    phase: watch::Sender<Phase>,
    has_begun: AtomicBool,
}

impl Exchange {
    pub(crate) fn new(local: IpAddr, client: SocketAddr, slot: Slot) -> Self {
        let phase = watch::Sender::new(Phase::Head);
        Self { local: local.to_canonical(), client, slot, phase, has_begun: AtomicBool::new(false) }
    }

    pub(crate) fn enter(&self, phase: Phase) {
        if phase >= Phase::Complete {
            self.slot.protect();
        }
        self.phase.send_replace(phase);
    }

    pub(crate) fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    /// Ready once the request has come this far.
    pub(crate) async fn reached(&self, phase: Phase) {
        // The sender is borrowed, so waiting cannot fail.
        let _ = self.phase.subscribe().wait_for(|reached| *reached >= phase).await;
    }

    /// Records that the client has sent something.
    pub(crate) fn begin(&self) {
        self.has_begun.store(true, Ordering::Relaxed);
    }

    /// Whether the client has sent anything. A browser opens connections in advance, and may leave them unused.
    pub(crate) fn has_begun(&self) -> bool {
        self.has_begun.load(Ordering::Relaxed)
    }
}
