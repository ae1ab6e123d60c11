//! Places at which a test can stop the relay as a crash would.

use std::sync::Arc;

/// The places, in the order in which a change passes them.
#[doc(hidden)]
pub const POINTS: [&str; 6] = ["begun", "claimed", "listed", "sending", "answered", "finished"];

/// Decides at each place whether the relay stops there.
#[doc(hidden)]
pub type Stop = Arc<dyn Fn(&'static str) -> bool + Send + Sync>;

/// Where to stop; nowhere outside tests.
#[derive(Clone, Default)]
pub(crate) struct Points(Option<Stop>);

impl Points {
    pub(crate) fn new(stop: Stop) -> Self {
        Self(Some(stop))
    }

    /// Goes on, or never returns: the task is left where it is, as by a crash.
    pub(crate) async fn pass(&self, place: &'static str) {
        if self.0.as_ref().is_some_and(|stop| stop(place)) {
            std::future::pending::<()>().await;
        }
    }
}
