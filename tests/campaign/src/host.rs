//! A relay that can crash: on a thread and a runtime of its own, or as a program of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::{Context as _, Result};
use tokio::sync::{Notify, oneshot};

use crate::crash::Crash;
use crate::log::Log;
use crate::program::Program;
use crate::relay;
use crate::setup::Setup;

/// A running relay. Dropping it is a crash too.
#[allow(clippy::large_enum_variant, reason = "a run has three of them")]
pub(crate) enum Host {
    Thread(Thread),
    Program(Program),
}

impl Host {
    pub(crate) async fn start(setup: &Setup, crash: Option<Crash>, name: String, log: &Log) -> Result<Self> {
        Ok(match &setup.program {
            None => Self::Thread(Thread::start(setup.clone(), crash, name, log.clone()).await?),
            Some(program) => Self::Program(Program::start(setup, program, crash, &name).await?),
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        match self {
            Self::Thread(thread) => thread.address,
            Self::Program(program) => program.address,
        }
    }

    /// Waits for the crash.
    pub(crate) async fn ended(&mut self) -> Result<()> {
        match self {
            Self::Thread(thread) => {
                let _ = (&mut thread.ended).await;
                Ok(())
            }
            Self::Program(program) => program.ended().await,
        }
    }

    /// Crashes now.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        match self {
            Self::Thread(thread) => {
                thread.death.die();
                let _ = (&mut thread.ended).await;
                Ok(())
            }
            Self::Program(program) => program.kill().await,
        }
    }
}

/// Ends a relay.
#[derive(Debug, Default)]
struct Death {
    is_dead: AtomicBool,
    dies: Notify,
}

impl Death {
    fn die(&self) {
        self.is_dead.store(true, Ordering::SeqCst);
        self.dies.notify_one();
    }
}

/// A relay on a thread and a runtime of its own, so that a crash ends everything of it at once.
pub(crate) struct Thread {
    address: SocketAddr,
    death: Arc<Death>,
    ended: oneshot::Receiver<()>,
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.death.die();
    }
}

impl Thread {
    async fn start(setup: Setup, crash: Option<Crash>, name: String, log: Log) -> Result<Self> {
        let death = Arc::new(Death::default());
        let (started, address) = oneshot::channel();
        let (ending, ended) = oneshot::channel();
        let dying = death.clone();
        thread::Builder::new().name(name.clone()).spawn(move || {
            run(&setup, crash, name, &dying, started, log);
            let _ = ending.send(());
        })?;
        let address = address.await.context("the relay's thread ended")??;
        Ok(Self { address, death, ended })
    }
}

/// Runs a relay until it dies. Then every task of it ends where it waits.
fn run(
    setup: &Setup,
    crash: Option<Crash>,
    name: String,
    death: &Arc<Death>,
    started: oneshot::Sender<Result<SocketAddr>>,
    log: Log,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = started.send(Err(error.into()));
            return;
        }
    };
    let (dead, dying) = (death.clone(), death.clone());
    let stop = relay::stop_at(
        crash,
        move || dead.is_dead.load(Ordering::SeqCst),
        move |point| {
            log.add(format!("{name}: crashes at `{point}`"));
            dying.die();
        },
    );
    runtime.block_on(async {
        let environment = |name: &str| {
            let mut secrets = setup.secrets.iter();
            secrets.find_map(|(known, value)| (known == name).then(|| value.clone()))
        };
        match relay::open(&setup.toml, &environment, Some(stop)).await {
            Ok((relay, listener, address)) => {
                let _ = started.send(Ok(address));
                tokio::select! {
                    _ = remit_relay::serve(listener, relay, std::future::pending()) => {}
                    () = death.dies.notified() => {}
                }
            }
            Err(error) => {
                let _ = started.send(Err(error));
            }
        }
    });
    runtime.shutdown_background();
}
