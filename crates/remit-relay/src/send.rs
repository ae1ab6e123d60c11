//! Sends a request when its turn has come, and tries again only if nothing could be sent.

use std::time::{Duration, Instant, SystemTime};

use remit_core::wire::Request;

use crate::answer::Forwarding;
use crate::connection::Connection;
use crate::forward::forward;
use crate::relay::Relay;

/// The most often that a request of which nothing could be sent is tried.
const TRIES: u32 = 3;
/// The longest time before the second try; it doubles with each.
const BACK_OFF: Duration = Duration::from_millis(400);

impl Relay {
    /// Waits for the connection's turn, sends the request and reads the response, all before `deadline`.
    ///
    /// The request is sent at most once. Only if nothing could be sent is that tried again.
    pub(crate) async fn send(
        &self,
        connection: &Connection,
        request: Request,
        deadline: Instant,
    ) -> Forwarding {
        let shared = &self.shared;
        let Some(pacing) = shared.pacings.get(&connection.name) else { return Forwarding::failed() };
        let mut tries = 1;
        loop {
            let place = pacing.enter(&shared.store, &connection.name, connection.provider, deadline).await;
            let _place = match place {
                Ok(place) => place,
                Err(wait) => {
                    return Forwarding::NotSent { reason: wait.reason, retry_after: Some(wait.retry_after) };
                }
            };
            let result =
                forward(&shared.client, connection, request.clone(), shared.timeouts.first_byte, deadline)
                    .await;
            pacing.learn(&result, pause_asked(&result), Instant::now());
            // Full jitter: callers that failed together do not come back together.
            let pause = BACK_OFF.saturating_mul(tries).mul_f64(fastrand::f64());
            let may_retry = matches!(result, Forwarding::NotSent { .. })
                && tries < TRIES
                && Instant::now() + pause + BACK_OFF < deadline
                && pacing.may_retry();
            if !may_retry {
                return result;
            }
            tries += 1;
            tokio::time::sleep(pause).await;
        }
    }
}

/// How long the provider asks to wait, if it refuses requests for the moment.
fn pause_asked(result: &Forwarding) -> Option<Duration> {
    let Forwarding::Answered(response) = result else { return None };
    let text = response.headers.get("Retry-After").filter(|_| matches!(response.status, 429 | 503))?;
    match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::now()).ok(),
    }
}
