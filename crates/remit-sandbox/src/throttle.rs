//! Counts requests, and refuses those that a provider would find too many.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

use remit_core::Provider;

/// When the latest requests came: for each provider, and each way to sign in to it. Kept in memory: a provider's
/// throttle outlives no restart either.
#[derive(Debug, Default)]
pub(crate) struct Throttles(BTreeMap<(&'static str, usize), VecDeque<Instant>>);

impl Throttles {
    /// Lets a request pass, or says how many seconds have to go by first. One that is refused counts as well: a client
    /// that does not wait does not get through. [HV-GH: "the throttle is reset with each call"]
    pub(crate) fn pass(&mut self, provider: &Provider, way: usize) -> Result<(), u32> {
        self.pass_at(provider, way, Instant::now())
    }

    fn pass_at(&mut self, provider: &Provider, way: usize, now: Instant) -> Result<(), u32> {
        let Some(throttle) = provider.emulation.throttle else { return Ok(()) };
        if throttle.only.is_some_and(|only| only != way) {
            return Ok(());
        }
        let window = Duration::from_secs(throttle.seconds.into());
        let latest = self.0.entry((provider.id, way)).or_default();
        while latest.front().is_some_and(|at| now.duration_since(*at) >= window) {
            latest.pop_front();
        }
        // What is over the limit needs no place of its own: that the newest is new is enough.
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
    fn a_client_learns_to_wait_here_and_not_at_the_provider() {
        let mut seen = 0;
        for provider in Provider::ALL {
            let Some(throttle) = provider.emulation.throttle else { continue };
            seen += 1;
            let (way, start) = (throttle.only.unwrap_or(0), Instant::now());
            let window = Duration::from_secs(throttle.seconds.into());
            let mut throttles = Throttles::default();
            for _ in 0..throttle.calls {
                assert_eq!(throttles.pass_at(provider, way, start), Ok(()), "{}", provider.id);
            }
            let nearly = start + window - Duration::from_millis(1);
            assert_eq!(throttles.pass_at(provider, way, nearly), Err(throttle.seconds), "{}", provider.id);
            // Whoever does not wait does not get through, and whoever waits does.
            assert_eq!(throttles.pass_at(provider, way, nearly), Err(throttle.seconds));
            assert_eq!(throttles.pass_at(provider, way, nearly + window), Ok(()));
            if throttle.only.is_some() {
                let other = way + 1;
                for _ in 0..throttle.calls * 2 {
                    assert_eq!(throttles.pass_at(provider, other, start), Ok(()));
                }
            }
        }
        assert!(seen >= 1);
    }
}
