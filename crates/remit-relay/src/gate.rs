//! Decides whether a request may still be forwarded, and knows which are.

use tokio::sync::watch;

use crate::answer::Refusal;

/// The reason for refusing a request after the relay was asked to stop.
pub(crate) const STOPPING: &str = "The relay is stopping.";

/// Lets requests pass to the provider until the relay is asked to stop.
pub(crate) struct Gate {
    stopped: watch::Sender<bool>,
    /// Each request that is being forwarded holds a receiver.
    forwarding: watch::Sender<()>,
}

/// A request that is being forwarded. The relay does not exit before this is dropped.
#[must_use]
pub(crate) struct Pass {
    _forwarding: watch::Receiver<()>,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self { stopped: watch::Sender::new(false), forwarding: watch::Sender::new(()) }
    }

    /// Lets a request pass. Call this right before the request is forwarded.
    pub(crate) fn enter(&self) -> Result<Pass, Refusal> {
        // The lock is held until the request is counted, so that [`Gate::stop`] comes either before or after both.
        let stopped = self.stopped.borrow();
        if *stopped {
            return Err(Refusal::new(503, STOPPING));
        }
        Ok(Pass { _forwarding: self.forwarding.subscribe() })
    }

    /// Lets no more requests pass.
    pub(crate) fn stop(&self) {
        self.stopped.send_replace(true);
    }

    /// Ready once the relay was asked to stop.
    pub(crate) async fn stopped(&self) {
        // The sender is borrowed, so waiting cannot fail.
        let _ = self.stopped.subscribe().wait_for(|stopped| *stopped).await;
    }

    /// Ready once no request is being forwarded.
    pub(crate) async fn empty(&self) {
        self.forwarding.closed().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lets_no_request_pass_after_the_stop_and_waits_for_those_before() {
        let gate = Gate::new();
        let pass = gate.enter().unwrap();
        gate.stop();
        assert!(gate.enter().is_err());
        gate.stopped().await;
        let pause = std::time::Duration::from_millis(10);
        assert!(tokio::time::timeout(pause, gate.empty()).await.is_err());
        drop(pass);
        gate.empty().await;
    }
}
