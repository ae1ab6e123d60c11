//! The relays of a run: one, two or three over one store. A crashed one is replaced after a while.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::crash::{Crash, Failure};
use crate::host::Host;
use crate::log::Log;
use crate::plan::Plan;
use crate::setup::Setup;

/// The addresses of the relays that run.
#[derive(Debug, Clone)]
pub(crate) struct Addresses(Arc<Mutex<Vec<Option<SocketAddr>>>>);

impl Addresses {
    fn all(&self) -> MutexGuard<'_, Vec<Option<SocketAddr>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, at: usize, address: Option<SocketAddr>) {
        if let Some(place) = self.all().get_mut(at) {
            *place = address;
        }
    }

    /// The address of one of them; `None` if it is down. A load balancer picks any, whether it runs or not.
    pub(crate) fn pick(&self, number: usize) -> Option<SocketAddr> {
        let all = self.all();
        all.get(number.checked_rem(all.len())?).copied().flatten()
    }

    /// The address of one that runs.
    pub(crate) fn running(&self) -> Option<SocketAddr> {
        self.all().iter().copied().flatten().next()
    }
}

/// The relays of a run.
pub(crate) struct Fleet {
    pub(crate) addresses: Addresses,
    stop: watch::Sender<bool>,
    keepers: JoinSet<Result<()>>,
}

impl Fleet {
    pub(crate) async fn start(setup: &Setup, plan: &Plan, seed: u64, log: &Log) -> Result<Self> {
        let (relays, failures) = (plan.relays, &plan.failures);
        let addresses = Addresses(Arc::new(Mutex::new(vec![None; relays])));
        let (stop, stopped) = watch::channel(false);
        let mut fleet = Self { addresses, stop, keepers: JoinSet::new() };
        for relay in 0..relays {
            let of_this = |failure: &&Failure| failure.relay == relay;
            let mut keeper = Keeper {
                setup: setup.clone(),
                relay,
                addresses: fleet.addresses.clone(),
                failures: failures.iter().filter(of_this).copied().collect(),
                log: log.clone(),
                lives: 0,
                random: fastrand::Rng::with_seed(seed),
            };
            let host = keeper.start().await?;
            fleet.keepers.spawn(keeper.keep(host, stopped.clone()));
        }
        Ok(fleet)
    }

    /// Crashes every relay.
    ///
    /// # Errors
    /// If a relay could not be started again.
    pub(crate) async fn end(mut self) -> Result<()> {
        let _ = self.stop.send(true);
        while let Some(ended) = self.keepers.join_next().await {
            ended??;
        }
        Ok(())
    }
}

/// Keeps one relay running.
struct Keeper {
    setup: Setup,
    relay: usize,
    addresses: Addresses,
    /// The crashes to come.
    failures: std::collections::VecDeque<Failure>,
    log: Log,
    lives: u32,
    random: fastrand::Rng,
}

impl Keeper {
    async fn start(&mut self) -> Result<Host> {
        self.lives += 1;
        let name = format!("relay {}.{}", self.relay, self.lives);
        let crash = self.failures.front().map(|failure| failure.crash);
        let host = Host::start(&self.setup, crash, name.clone(), &self.log).await?;
        self.log.add(format!("{name}: started"));
        self.addresses.set(self.relay, Some(host.address()));
        Ok(host)
    }

    async fn keep(mut self, mut host: Host, mut stopped: watch::Receiver<bool>) -> Result<()> {
        loop {
            let failure = self.failures.front().copied();
            let comes = async {
                match failure.map(|failure| failure.crash) {
                    Some(Crash::After(time)) => tokio::time::sleep(time).await,
                    _ => std::future::pending().await,
                }
            };
            tokio::select! {
                ended = host.ended() => ended?,
                () = comes => {
                    self.log.add(format!("relay {}: is killed", self.relay));
                    host.kill().await?;
                }
                _ = stopped.changed() => {
                    self.addresses.set(self.relay, None);
                    return host.kill().await;
                }
            }
            self.addresses.set(self.relay, None);
            tokio::time::sleep(failure.map_or(Duration::ZERO, |failure| failure.outage)).await;
            self.failures.pop_front();
            if let Some(power) = self.setup.program.as_ref().and_then(|program| program.power.as_ref()) {
                self.log.add("the power is lost");
                power.lose(&mut self.random)?;
            }
            host = self.start().await?;
        }
    }
}
