//! How long the relay waits for a provider.

use std::time::Duration;

use crate::document::Section;
use crate::mistake::Mistakes;

const CONNECT: &str = "connect_timeout_seconds";
const FIRST_BYTE: &str = "first_byte_timeout_seconds";
const TOTAL: &str = "timeout_seconds";

/// The keys of the time limits, at the top of the file.
pub(crate) const KEYS: &[&str] = &[CONNECT, FIRST_BYTE, TOTAL];

const CONNECT_SECONDS: u64 = 5;
const FIRST_BYTE_SECONDS: u64 = 20;
const TOTAL_SECONDS: u64 = 30;
const LONGEST: u64 = 600;

/// The time limits of a request to a provider. Each starts with the request, and none is longer than the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    /// Until there is a connection. Later, nothing was sent.
    pub(crate) connect: Duration,
    /// Until the first byte of the response. Later, the outcome is unknown.
    pub(crate) first_byte: Duration,
    /// Until the response is complete. Of a change, this includes the requests that come before it.
    pub(crate) total: Duration,
}

impl Timeouts {
    /// Reads the time limits. Mistakes that were added make the result meaningless.
    pub(crate) fn read(root: &Section<'_>, mistakes: &mut Mistakes<'_>) -> Self {
        let mut number = |key, default| root.number(key, 1..=LONGEST, default, mistakes);
        let total = number(TOTAL, TOTAL_SECONDS);
        let connect = number(CONNECT, CONNECT_SECONDS.min(total));
        let first_byte = number(FIRST_BYTE, FIRST_BYTE_SECONDS.max(connect).min(total));
        let connect = if root.entry(CONNECT).is_some() { connect } else { connect.min(first_byte) };
        for (key, value, longer, limit) in [
            (FIRST_BYTE, first_byte, TOTAL, total),
            (CONNECT, connect, TOTAL, total),
            (CONNECT, connect, FIRST_BYTE, first_byte),
        ] {
            if let Some(entry) = root.entry(key).filter(|_| value > limit) {
                entry.wrong(
                    mistakes,
                    format!("longer than it can be; write at most {longer}, which is {limit}"),
                );
                break;
            }
        }
        Self {
            connect: Duration::from_secs(connect),
            first_byte: Duration::from_secs(first_byte),
            total: Duration::from_secs(total),
        }
    }
}
