//! Limits what a connection sends to its provider, and stops sending while the provider does not answer.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use remit_core::{Cause, Provider, Reason};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::answer::Forwarding;
use crate::store::Store;

/// How long a request waits for its turn.
const WAIT: Duration = Duration::from_secs(2);
/// How many requests in a row must fail without having been sent until the connection pauses.
const UNREACHABLE: u32 = 5;
/// How many requests in a row must end without a response until the connection pauses. Fewer, because each may leave a payment
/// whose outcome is unknown.
const UNANSWERED: u32 = 3;
/// The longest pause that a provider may ask for, in pauses of the connection.
const LONGEST_PAUSE: u32 = 12;
/// What a retry costs, in tenths, and the most that can be saved up: a request saves one tenth.
const RETRY_COST: u32 = 10;
const MOST_SAVED: u32 = 100;

/// The pace of one connection.
pub(crate) struct Pacing {
    places: Semaphore,
    /// How long the connection pauses.
    pause: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    unreachable: u32,
    unanswered: u32,
    /// Until when nothing is sent, and why.
    paused: Option<(Instant, &'static str)>,
    /// What is saved for retries, in tenths.
    saved: u32,
}

/// Why a request may not be sent now.
#[derive(Debug)]
pub(crate) struct Wait {
    pub(crate) reason: Reason,
    pub(crate) retry_after: Duration,
}

impl Wait {
    fn new(words: &str, retry_after: Duration) -> Self {
        Self { reason: Reason::new(Cause::Relay, words), retry_after }
    }
}

impl Pacing {
    /// A pace with at most `places` requests at a time, and pauses of this length.
    pub(crate) fn new(places: u64, pause: Duration) -> Self {
        let places = usize::try_from(places).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        let state = State { unreachable: 0, unanswered: 0, paused: None, saved: MOST_SAVED };
        Self { places: Semaphore::new(places), pause, state: Mutex::new(state) }
    }

    /// Waits briefly for the right to send one request.
    pub(crate) async fn enter(
        &self,
        store: &Store,
        connection: &str,
        provider: &Provider,
        deadline: Instant,
    ) -> Result<SemaphorePermit<'_>, Wait> {
        let give_up = deadline.min(Instant::now() + WAIT);
        let place = tokio::time::timeout_at(give_up.into(), self.places.acquire()).await;
        let Ok(Ok(place)) = place else {
            return Err(Wait::new("The relay has too many requests to this provider in progress.", WAIT));
        };
        self.take_rate(store, connection, provider, give_up).await?;
        // Last, so that a request that waited for its turn does not go out into an outage that began meanwhile.
        self.may_send(Instant::now())?;
        Ok(place)
    }

    /// Waits for the provider's published rate, which all relays of a store share.
    async fn take_rate(
        &self,
        store: &Store,
        connection: &str,
        provider: &Provider,
        give_up: Instant,
    ) -> Result<(), Wait> {
        let Some(throttle) = provider.throttle else { return Ok(()) };
        let burst = u32::try_from(throttle.calls).unwrap_or(u32::MAX).max(1);
        let interval = Duration::from_secs(throttle.seconds.into()) / burst;
        loop {
            match store.take(connection, burst, interval).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(wait)) if Instant::now() + wait < give_up => tokio::time::sleep(wait).await,
                Ok(Err(wait)) => {
                    return Err(Wait::new(
                        "The provider's limit of requests is used up for the moment.",
                        wait,
                    ));
                }
                Err(error) => {
                    // Reading goes on without a store, and a change has failed before.
                    tracing::warn!(%error, "cannot count requests");
                    return Ok(());
                }
            }
        }
    }

    /// Whether the connection is not paused. When a pause ends, one request tries, and the others wait for its result.
    fn may_send(&self, now: Instant) -> Result<(), Wait> {
        let mut state = self.state();
        match state.paused {
            Some((until, words)) if until > now => Err(Wait::new(words, until - now)),
            Some((_, words)) => {
                state.paused = Some((now + self.pause, words));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Learns from the result of a request. `retry_after` is how long the provider asks to wait.
    pub(crate) fn learn(&self, result: &Forwarding, retry_after: Option<Duration>, now: Instant) {
        let mut state = self.state();
        state.saved = state.saved.saturating_add(1).min(MOST_SAVED);
        match result {
            Forwarding::Answered(_) => {
                (state.unreachable, state.unanswered, state.paused) = (0, 0, None);
                if let Some(wait) = retry_after {
                    let words = "The provider has asked for a pause.";
                    state.paused = Some((now + wait.min(self.pause.saturating_mul(LONGEST_PAUSE)), words));
                }
            }
            Forwarding::NotSent { .. } => {
                state.unreachable = state.unreachable.saturating_add(1);
                if state.unreachable >= UNREACHABLE {
                    state.paused =
                        Some((now + self.pause, "The provider has not been reachable for a while."));
                }
            }
            Forwarding::Unknown(..) => {
                state.unanswered = state.unanswered.saturating_add(1);
                if state.unanswered >= UNANSWERED {
                    state.paused = Some((now + self.pause, "The provider has not answered for a while."));
                }
            }
        }
    }

    /// Whether a request of which nothing was sent may be tried again: a tenth of the requests, and a few at once.
    pub(crate) fn may_retry(&self) -> bool {
        let mut state = self.state();
        let left = state.saved.checked_sub(RETRY_COST);
        state.saved = left.unwrap_or(state.saved);
        left.is_some()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic cannot leave the counts half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
