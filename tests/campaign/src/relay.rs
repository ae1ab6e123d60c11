//! Opens a relay as every run needs it: at a fast pace, and with a place to crash at.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;
use remit_relay::{Config, Pace, Relay, Rig, Stop};
use tokio::net::TcpListener;

use crate::crash::Crash;

/// Does what the plan says when the relay passes the point. After the death, every change stops, as after a crash.
pub(crate) fn stop_at(
    crash: Option<Crash>,
    is_dead: impl Fn() -> bool + Send + Sync + 'static,
    die: impl Fn(&str) + Send + Sync + 'static,
) -> Stop {
    let passed = AtomicU32::new(0);
    Arc::new(move |place| {
        if is_dead() {
            return true;
        }
        let Some(Crash::At(point, nth) | Crash::Pause(point, nth, _)) = crash else { return false };
        if place != point || passed.fetch_add(1, Ordering::SeqCst) + 1 != nth {
            return false;
        }
        if let Some(Crash::Pause(.., time)) = crash {
            // The relay has one thread, apart from that of its store.
            std::thread::sleep(time);
            return is_dead();
        }
        die(place);
        true
    })
}

/// Opens a relay and its listener.
pub(crate) async fn open(
    toml: &str,
    environment: &dyn Fn(&str) -> Option<String>,
    stop: Option<Stop>,
) -> Result<(Relay, TcpListener, SocketAddr)> {
    let config = Config::parse(toml, Path::new("."), environment)?;
    // The network passes every request on before `quiet` is over.
    let relay = Relay::open_with(config, Rig { pace: Pace::HASTY, stop }).await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    Ok((relay, listener, address))
}
