//! Runs the stack: the sandbox, the relay in front of it, and the page.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use remit_relay::Pace;
use remit_sandbox::{Fault, Sandbox};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::page;
use crate::relay::Relay;

/// The pace of a relay in tests. Slower than that of the campaign: a test has to see an outcome while it is unknown.
const HASTY: Pace = Pace {
    slack: Duration::ZERO,
    every: Duration::from_millis(100),
    quiet: Duration::from_millis(300),
    patience: Duration::from_secs(10),
    pause: Duration::from_millis(500),
};

/// The parts of the stack to start.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The bound listener of the page. The relay needs its port for the page's origin.
    pub(crate) page: TcpListener,
    /// The folder of the built page.
    pub(crate) files: PathBuf,
    /// The folder of the sandbox's database.
    pub(crate) state: PathBuf,
    /// The faults of the sandbox.
    pub(crate) faults: Vec<Fault>,
    /// Whether the relay asks for no sessions.
    pub(crate) open: bool,
    /// Whether the relay settles lost payments in fractions of a second.
    pub(crate) hasty: bool,
}

/// A running stack.
pub(crate) struct Stack {
    page: String,
    sandbox: String,
    database: PathBuf,
    description: Value,
    relay: Relay,
    server: JoinHandle<Result<()>>,
}

impl Stack {
    /// Starts all parts. The page is reachable when this returns.
    pub(crate) async fn start(plan: Plan) -> Result<Self> {
        let port = plan.page.local_addr().context("cannot read the page's port")?.port();
        fs::create_dir_all(&plan.state).with_context(|| format!("cannot create {}", plan.state.display()))?;
        let database = fs::canonicalize(&plan.state)?.join("sandbox.db");

        let sandbox = Sandbox::open(Some(&database))
            .with_context(|| format!("cannot open the sandbox's database {}", database.display()))?;
        sandbox.set_faults(plan.faults);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let description = describe(&sandbox)?;
        tokio::spawn(remit_sandbox::serve(listener, sandbox.clone(), std::future::pending()));

        let store = database.with_file_name("relay.db");
        let pace = if plan.hasty { HASTY } else { Pace::default() };
        let relay = Relay::start(port, &description, &address, &store, plan.open, pace).await?;
        let host = relay.host();
        let sessions = host.is_some();
        let relay_url = relay.url().to_owned();
        // Reads the books for each request, because every payment changes them.
        let demo = move || {
            let providers = without_credentials(&describe(&sandbox)?)?;
            Ok(json!({ "relay": relay_url, "sessions": sessions, "providers": providers }).to_string())
        };
        let server = tokio::spawn(page::serve(plan.page, plan.files, demo, relay.url().to_owned(), host));
        let page = format!("http://127.0.0.1:{port}/");
        Ok(Self { page, sandbox: address, database, description, relay, server })
    }

    /// The page's address.
    pub(crate) fn page(&self) -> &str {
        &self.page
    }

    /// The stack's addresses and description, for tests.
    pub(crate) fn summary(&self) -> Value {
        json!({
            "page": self.page,
            "relay": self.relay.url(),
            "sandbox": self.sandbox,
            "db": self.database,
            "describe": self.description,
        })
    }

    /// Kills the relay, and closes its connections.
    pub(crate) fn kill_relay(&mut self) {
        self.relay.kill();
    }

    /// Waits until a part fails.
    pub(crate) async fn failed(&mut self) -> Result<()> {
        tokio::select! {
            error = self.relay.failed() => Err(error),
            end = &mut self.server => {
                end.context("the page's server failed")??;
                bail!("the page's server ended")
            }
        }
    }
}

/// The current content of the sandbox's books.
fn describe(sandbox: &Sandbox) -> Result<Value> {
    let description = sandbox.describe().context("cannot read the sandbox's books")?;
    serde_json::from_str(&description.print()).context("the sandbox's description is not JSON")
}

/// The description of the providers without the credentials, which the page must not see.
fn without_credentials(description: &Value) -> Result<Value> {
    let mut providers =
        description.get("providers").cloned().context("the sandbox describes no providers")?;
    for provider in providers.as_array_mut().into_iter().flatten() {
        if let Some(entry) = provider.as_object_mut() {
            entry.remove("credentials");
        }
    }
    Ok(providers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_page_no_credentials() {
        let description = json!({ "providers": [{ "id": "clockify", "credentials": [{ "apiKey": "k" }] }] });
        assert_eq!(without_credentials(&description).unwrap(), json!([{ "id": "clockify" }]));
        assert!(without_credentials(&json!({})).is_err());
        let own = describe(&Sandbox::open(None).unwrap()).unwrap();
        assert!(!without_credentials(&own).unwrap().to_string().contains("credentials"));
    }
}
