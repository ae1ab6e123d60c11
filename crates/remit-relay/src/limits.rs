//! The limits that keep slow or greedy clients from occupying the relay.

use std::time::Duration;

/// The limits of the serving side.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How long the headers of a request may take to arrive, from the opening of the connection.
    pub head_time: Duration,
    /// How long the body of a request may take to arrive, from the end of the headers.
    pub body_time: Duration,
    /// How long a response may take to be sent, once it is complete.
    pub response_time: Duration,
    /// How long the relay discards input after its response. If it closed the socket while the client still sends, the
    /// client's system would discard the response.
    pub linger_time: Duration,
    /// The longest request line and headers together, in bytes; at least 8192.
    pub head_bytes: usize,
    /// The most connections at the same time. The limit of open files may allow fewer.
    pub connections: usize,
    /// The most connections of one client address, or of one IPv6 network of 64 bits, which a single client may hold.
    pub connections_per_address: usize,
    /// The most connections of one loopback address: the default is all of them. A proxy on this machine connects from
    /// loopback for all its users.
    pub connections_per_loopback_address: usize,
    /// How long to wait after a connection could not be accepted, for example because too many files are open.
    pub accept_pause: Duration,
    /// How long a connection may still deliver the headers of its request after the relay was asked to stop.
    pub stop_time: Duration,
    /// How long the relay may take to exit after the last forwarded request.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(10),
            response_time: Duration::from_secs(30),
            linger_time: Duration::from_secs(1),
            head_bytes: 16 * 1024,
            connections: 1024,
            connections_per_address: 64,
            connections_per_loopback_address: 1024,
            accept_pause: Duration::from_millis(100),
            stop_time: Duration::from_millis(250),
            grace: Duration::from_secs(2),
        }
    }
}
