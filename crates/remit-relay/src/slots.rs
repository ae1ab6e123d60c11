//! Counts the open connections, and chooses the one to close when there are too many.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use crate::limits::Limits;

/// The part of an IPv6 address that identifies the network. A client can choose the rest freely.
const NETWORK: u128 = u128::MAX << 64;

/// The open connections.
pub(crate) struct Slots {
    limits: Limits,
    state: Mutex<State>,
    freed: Notify,
}

#[derive(Default)]
struct State {
    /// The source of the numbers below, which increase with time.
    next: u64,
    open: BTreeMap<u64, Open>,
}

struct Open {
    /// The client's address; `None` for a connection that is refused because its address has too many.
    address: Option<IpAddr>,
    /// Since when the connection waits for its client; `None` while it has a complete request.
    waiting: Option<u64>,
    evicted: Arc<watch::Sender<bool>>,
}

/// One open connection.
pub(crate) struct Slot {
    id: u64,
    slots: Arc<Slots>,
    evicted: Arc<watch::Sender<bool>>,
}

/// The decision about a new connection.
pub(crate) enum Admission {
    Accepted(Slot),
    /// The client's address has too many connections, and none of them waits for its client.
    Refused(Slot),
    /// There are too many connections, and none of them waits for its client.
    Full,
}

impl Slots {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, state: Mutex::default(), freed: Notify::new() })
    }

    /// Decides about a new connection. If there are too many, this closes the one that has waited for its client for the
    /// longest time: a slow client must not keep others out, and a fast one waits only for moments.
    pub(crate) fn admit(self: &Arc<Self>, client: IpAddr) -> Admission {
        let address = network(client);
        let limit = if address.is_loopback() {
            self.limits.connections_per_loopback_address
        } else {
            self.limits.connections_per_address
        };
        let mut state = self.state();
        let count = state.open.values().filter(|open| open.address == Some(address)).count();
        let is_accepted = count < limit || state.evict(|open| open.address == Some(address));
        if state.open.len() >= self.limits.connections && !state.evict(|_| true) {
            return Admission::Full;
        }
        let (id, waiting) = (state.number(), state.number());
        let evicted = Arc::new(watch::Sender::new(false));
        let open = Open {
            address: Some(address).filter(|_| is_accepted),
            waiting: Some(waiting),
            evicted: evicted.clone(),
        };
        state.open.insert(id, open);
        let slot = Slot { id, slots: self.clone(), evicted };
        if is_accepted { Admission::Accepted(slot) } else { Admission::Refused(slot) }
    }

    /// Closes the connection that has waited for its client for the longest time.
    pub(crate) fn evict(&self) {
        self.state().evict(|_| true);
    }

    /// Ready once a connection ends, or waits for its client.
    pub(crate) async fn freed(&self) {
        self.freed.notified().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Evicts the connection that has waited for the longest time, among those that match. It counts no more.
    fn evict(&mut self, matches: impl Fn(&Open) -> bool) -> bool {
        let waiting = self.open.iter().filter(|(_, open)| matches(open));
        let waiting = waiting.filter_map(|(id, open)| Some((open.waiting?, *id)));
        let Some(evicted) = waiting.min().and_then(|(_, id)| self.open.remove(&id)) else { return false };
        evicted.evicted.send_replace(true);
        true
    }
}

impl Slot {
    /// Protects the connection from eviction: its request has arrived.
    pub(crate) fn protect(&self) {
        if let Some(open) = self.slots.state().open.get_mut(&self.id) {
            open.waiting = None;
        }
    }

    /// Permits the eviction of the connection: its response has been sent.
    pub(crate) fn release(&self) {
        let mut state = self.slots.state();
        let waiting = state.number();
        if let Some(open) = state.open.get_mut(&self.id) {
            open.waiting = Some(waiting);
        }
        self.slots.freed.notify_one();
    }

    /// Ready once the connection must be closed, because another one takes its place.
    pub(crate) async fn evicted(&self) {
        // The sender is borrowed, so waiting cannot fail.
        let _ = self.evicted.subscribe().wait_for(|evicted| *evicted).await;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.state().open.remove(&self.id);
        self.slots.freed.notify_one();
    }
}

/// The addresses that count as one client.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            Ipv6Addr::from_bits(address.to_bits() & NETWORK).into()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(connections: usize, per_address: usize) -> Arc<Slots> {
        Slots::new(Limits {
            connections,
            connections_per_address: per_address,
            connections_per_loopback_address: connections,
            ..Limits::default()
        })
    }

    fn accepted(slots: &Arc<Slots>, client: &str) -> Slot {
        match slots.admit(client.parse().unwrap()) {
            Admission::Accepted(slot) => slot,
            Admission::Refused(_) | Admission::Full => panic!("{client} is not accepted"),
        }
    }

    fn is_evicted(slot: &Slot) -> bool {
        *slot.evicted.borrow()
    }

    #[test]
    fn evicts_the_connection_that_has_waited_longest() {
        let slots = slots(3, 3);
        let busy = accepted(&slots, "192.0.2.1");
        busy.protect();
        let slow = accepted(&slots, "192.0.2.2");
        let other = accepted(&slots, "192.0.2.3");
        let new = accepted(&slots, "192.0.2.4");
        assert!(is_evicted(&slow));
        assert!(!is_evicted(&busy) && !is_evicted(&other) && !is_evicted(&new));
        other.protect();
        new.protect();
        assert!(matches!(slots.admit("192.0.2.5".parse().unwrap()), Admission::Full));
        busy.release();
        accepted(&slots, "192.0.2.5");
        assert!(is_evicted(&busy));
    }

    #[test]
    fn an_address_takes_the_place_of_no_other() {
        let slots = slots(10, 2);
        let other = accepted(&slots, "192.0.2.1");
        let (first, second) = (accepted(&slots, "192.0.2.2"), accepted(&slots, "::ffff:192.0.2.2"));
        let third = accepted(&slots, "192.0.2.2");
        assert!(is_evicted(&first) && !is_evicted(&second) && !is_evicted(&other));
        second.protect();
        third.protect();
        assert!(matches!(slots.admit("192.0.2.2".parse().unwrap()), Admission::Refused(_)));
        drop(second);
        accepted(&slots, "192.0.2.2");
    }

    #[test]
    fn counts_the_addresses_of_one_ipv6_network_together_and_loopback_apart() {
        let slots = slots(10, 1);
        let first = accepted(&slots, "2001:db8::1");
        let elsewhere = accepted(&slots, "2001:db8:0:1::1");
        let second = accepted(&slots, "2001:db8::2");
        assert!(is_evicted(&first) && !is_evicted(&elsewhere) && !is_evicted(&second));
        let local = [accepted(&slots, "127.0.0.1"), accepted(&slots, "127.0.0.1"), accepted(&slots, "::1")];
        assert!(!local.iter().any(is_evicted));
    }
}
