//! Counts requests, and refuses those that exceed a provider's limit.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

use remit_core::Provider;

/// The times of the latest requests, for each provider and authentication scheme. They are kept in memory only.
#[derive(Debug, Default)]
pub(crate) struct Throttles(BTreeMap<(&'static str, usize), VecDeque<Instant>>);

impl Throttles {
    /// Counts a request. An error is the number of seconds to wait. A refused request counts too, so a client that does
    /// not wait is refused again. [HV-GH: "the throttle is reset with each call"]
    pub(crate) fn pass(&mut self, provider: &Provider, scheme: usize) -> Result<(), u32> {
        self.pass_at(provider, scheme, Instant::now())
    }

    fn pass_at(&mut self, provider: &Provider, scheme: usize, now: Instant) -> Result<(), u32> {
        let Some(throttle) = provider.throttle else { return Ok(()) };
        if throttle.only.is_some_and(|only| only != scheme) {
            return Ok(());
        }
        let window = Duration::from_secs(throttle.seconds.into());
        let latest = self.0.entry((provider.id, scheme)).or_default();
        while latest.front().is_some_and(|at| now.duration_since(*at) >= window) {
            latest.pop_front();
        }
        // Requests beyond the limit need no extra entries: the newest entry's time is enough.
        if latest.len() > throttle.calls {
            latest.pop_front();
        }
        latest.push_back(now);
        if latest.len() > throttle.calls { Err(throttle.seconds) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_a_client_that_exceeds_the_limit_until_it_waits_for_a_window() {
        let mut tested = 0;
        for provider in Provider::ALL {
            let Some(throttle) = provider.throttle else { continue };
            tested += 1;
            let (scheme, start) = (throttle.only.unwrap_or(0), Instant::now());
            let window = Duration::from_secs(throttle.seconds.into());
            let mut throttles = Throttles::default();
            for _ in 0..throttle.calls {
                assert_eq!(throttles.pass_at(provider, scheme, start), Ok(()), "{}", provider.id);
            }
            let nearly = start + window - Duration::from_millis(1);
            assert_eq!(throttles.pass_at(provider, scheme, nearly), Err(throttle.seconds), "{}", provider.id);
            // A client that does not wait is refused again. A client that waits passes.
            assert_eq!(throttles.pass_at(provider, scheme, nearly), Err(throttle.seconds));
            assert_eq!(throttles.pass_at(provider, scheme, nearly + window), Ok(()));
            if throttle.only.is_some() {
                let other = scheme + 1;
                for _ in 0..throttle.calls * 2 {
                    assert_eq!(throttles.pass_at(provider, other, start), Ok(()));
                }
            }
        }
        assert!(tested >= 1);
    }
}
