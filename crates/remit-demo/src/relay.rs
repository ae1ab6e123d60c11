//! Runs the demo's relay, with one connection for each provider of the sandbox.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::path::Path;

use anyhow::{Context as _, Error, Result, anyhow};
use remit_relay::{Config, Pace, Rig};
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::host::Host;

/// A running relay. It has its own runtime, so that killing it also closes its connections.
pub(crate) struct Relay {
    url: String,
    host: Option<Host>,
    runtime: Option<Runtime>,
    server: Option<JoinHandle<std::io::Result<()>>>,
}

impl Relay {
    /// Starts a relay for the page on `page_port`, in front of the described sandbox.
    ///
    /// Unless `open`, it asks for sessions. `store` is its database.
    pub(crate) async fn start(
        page_port: u16,
        description: &Value,
        sandbox: &str,
        store: &Path,
        open: bool,
        pace: Pace,
    ) -> Result<Self> {
        let mut connections = Connections::of(description, sandbox)?;
        if !open {
            connections.ask_for_sessions();
        }
        let text = connections.configuration(page_port, store);
        let secret = |name: &str| connections.secrets.get(name).cloned();
        let config = Config::parse(&text, Path::new("."), &secret)
            .map_err(|error| anyhow!("the relay rejects the demo's configuration: {error}\n{text}"))?;
        let relay = remit_relay::Relay::open_with(config, Rig { pace, ..Rig::default() }).await?;
        let listener =
            std::net::TcpListener::bind("127.0.0.1:0").context("cannot bind a port for the relay")?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let server = runtime.spawn(async move {
            remit_relay::serve(tokio::net::TcpListener::from_std(listener)?, relay, pending()).await
        });
        let host = (!open).then(|| Host {
            relay: url.clone(),
            key: connections.secrets.remove(SERVER_KEY).unwrap_or_default(),
            connections: connections.names,
            operations: connections.operations.into_iter().collect(),
        });
        Ok(Self { url, host, runtime: Some(runtime), server: Some(server) })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The host's server that may ask for sessions, if the relay asks for them.
    pub(crate) fn host(&self) -> Option<Host> {
        self.host.clone()
    }

    pub(crate) fn kill(&mut self) {
        self.server = None;
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    /// Waits until the relay fails. A relay that was killed does not fail.
    pub(crate) async fn failed(&mut self) -> Error {
        match &mut self.server {
            None => pending().await,
            Some(server) => match server.await {
                Ok(Ok(())) => anyhow!("the relay ended"),
                Ok(Err(error)) => Error::new(error).context("the relay failed"),
                Err(error) => Error::new(error).context("the relay failed"),
            },
        }
    }
}

impl Drop for Relay {
    // Dropping a runtime inside another one panics, so it is shut down first.
    fn drop(&mut self) {
        self.kill();
    }
}

/// The relay's connections to the sandbox's providers.
struct Connections {
    toml: String,
    /// The values of the secrets, by their names in the configuration.
    secrets: BTreeMap<String, String>,
    names: Vec<String>,
    operations: BTreeSet<String>,
}

/// The secrets of the sessions, by their names in the configuration.
const SESSION_KEY: &str = "session key";
const SERVER_KEY: &str = "server key";

impl Connections {
    /// Makes a connection for each provider, with the first credentials that the sandbox accepts for it.
    fn of(description: &Value, sandbox: &str) -> Result<Self> {
        let mut connections = Self {
            toml: String::new(),
            secrets: BTreeMap::new(),
            names: Vec::new(),
            operations: BTreeSet::new(),
        };
        let providers =
            description.get("providers").and_then(Value::as_array).filter(|list| !list.is_empty());
        for entry in providers.context("the sandbox describes no providers")? {
            connections.add(entry, sandbox).with_context(|| format!("the sandbox describes {entry}"))?;
        }
        Ok(connections)
    }

    fn add(&mut self, entry: &Value, sandbox: &str) -> Result<()> {
        let text =
            |key: &str| entry.get(key).and_then(Value::as_str).with_context(|| format!("`{key}` is missing"));
        let provider = text("id")?;
        let id = quoted(provider);
        let base_url = quoted(&format!("{sandbox}{}", text("basePath")?));
        let operations = entry.get("operations").context("`operations` is missing")?;
        let named = operations.as_array().into_iter().flatten().filter_map(Value::as_str);
        self.operations.extend(named.map(str::to_owned));
        self.names.push(provider.to_owned());
        self.toml += &format!(
            "\n[connections.{id}]\nprovider = {id}\nbase_url = {base_url}\noperations = {operations}\n"
        );
        self.toml += &format!("\n[connections.{id}.secrets]\n");
        let credentials = entry.pointer("/credentials/0").and_then(Value::as_object);
        for (name, value) in credentials.context("`credentials` is empty")? {
            let value = value.as_str().with_context(|| format!("the secret {name} is not text"))?;
            let variable = format!("{provider} {name}");
            self.toml += &format!("{} = {{ env = {} }}\n", quoted(name), quoted(&variable));
            self.secrets.insert(variable, value.to_owned());
        }
        Ok(())
    }

    /// Makes the keys of the sessions, new ones for each start.
    fn ask_for_sessions(&mut self) {
        let mut add = |name: &str| {
            let secret = [Uuid::new_v4(), Uuid::new_v4()].map(|half| half.simple().to_string()).concat();
            self.secrets.insert(name.to_owned(), secret);
            format!("{{ env = {} }}", quoted(name))
        };
        let (session, server) = (add(SESSION_KEY), add(SERVER_KEY));
        self.toml += &format!("\n[session_keys]\ndemo = {session}\n\n[servers.demo]\nkey = {server}\n");
    }

    /// The relay's configuration. It contains the names of the secrets, not their values.
    fn configuration(&self, page_port: u16, store: &Path) -> String {
        let origins = ["127.0.0.1", "localhost"].map(|host| quoted(&format!("http://{host}:{page_port}")));
        format!(
            "sandbox = true\nstore = {}\nallow_origins = [{}]\n{}",
            quoted(&store.to_string_lossy()),
            origins.join(", "),
            self.toml
        )
    }
}

/// Quotes a text as a TOML basic string, whose escapes are those of JSON.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_secrets_in_the_configuration_without_writing_them() {
        let description = json!({ "providers": [
            { "id": "clockify", "basePath": "/clockify/api", "operations": ["record_payment"],
              "credentials": [{ "apiKey": "k\"1" }, { "other": "x" }] },
            { "id": "ivvy", "basePath": "/ivvy", "operations": ["ping"], "credentials": [{ "api-key": "a" }] },
        ]});
        let connections = Connections::of(&description, "http://127.0.0.1:7").unwrap();
        assert_eq!(
            connections.configuration(8080, Path::new("relay.db")),
            r#"sandbox = true
store = "relay.db"
allow_origins = ["http://127.0.0.1:8080", "http://localhost:8080"]

[connections."clockify"]
provider = "clockify"
base_url = "http://127.0.0.1:7/clockify/api"
operations = ["record_payment"]

[connections."clockify".secrets]
"apiKey" = { env = "clockify apiKey" }

[connections."ivvy"]
provider = "ivvy"
base_url = "http://127.0.0.1:7/ivvy"
operations = ["ping"]

[connections."ivvy".secrets]
"api-key" = { env = "ivvy api-key" }
"#
        );
        let secrets: Vec<_> = connections.secrets.values().map(String::as_str).collect();
        assert_eq!(secrets, ["k\"1", "a"]);
    }

    #[test]
    fn rejects_a_description_that_lacks_a_part() {
        for (description, says) in [
            (json!({}), "describes no providers"),
            (json!({ "providers": [] }), "describes no providers"),
            (json!({ "providers": [{}] }), "`id` is missing"),
            (
                json!({ "providers": [{ "id": "x", "basePath": "/x", "operations": [], "credentials": [] }] }),
                "`credentials` is empty",
            ),
        ] {
            let error = Connections::of(&description, "http://x").err().unwrap();
            assert!(format!("{error:#}").contains(says), "{error:#}");
        }
    }
}
