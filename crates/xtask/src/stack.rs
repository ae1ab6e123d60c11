//! The whole demo, running: the sandbox, the relay before it, and the page.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Error, Result, anyhow};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::process::{Program, command, read};
use crate::{serve, workspace};

/// How long the sandbox and the relay may take to get ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// What to run and where.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Where the page is served; bound already, so that the page's address is known before anything is started.
    pub(crate) page: TcpListener,
    /// The built page.
    pub(crate) dist: PathBuf,
    /// Where the sandbox's database and the relay's configuration live.
    pub(crate) state: PathBuf,
    /// Faults that the sandbox shall show, in its own words.
    pub(crate) faults: Vec<String>,
}

/// A running stack. Dropping it ends everything, in the order of the fields.
#[derive(Debug)]
pub(crate) struct Stack {
    server: JoinHandle<Result<()>>,
    relay: Program,
    sandbox: Program,
    urls: Urls,
    database: PathBuf,
    describe: Value,
}

#[derive(Debug)]
struct Urls {
    page: String,
    relay: String,
    sandbox: String,
}

impl Stack {
    /// Starts everything; the page answers when this returns.
    pub(crate) async fn start(plan: Plan) -> Result<Self> {
        let programs = workspace::programs()?;
        let port = plan.page.local_addr().context("cannot tell the page's port")?.port();
        fs::create_dir_all(&plan.state).with_context(|| format!("cannot make {}", plan.state.display()))?;
        let state = fs::canonicalize(&plan.state)?;
        let database = state.join("sandbox.db");

        eprintln!("starting the sandbox");
        let mut start = command(programs.join("remit-sandbox"));
        start.args(["--listen", "127.0.0.1:0", "--db"]).arg(&database).stdout(Stdio::piped());
        for fault in &plan.faults {
            start.args(["--fault", fault]);
        }
        let mut sandbox = Program::start("remit-sandbox", &mut start)?;
        let sandbox_url = sandbox.says("remit-sandbox listening on ", PATIENCE).await?;
        let describe = {
            let (program, database) = (programs.join("remit-sandbox"), database.clone());
            move || describe(&program, &database)
        };
        let described = describe()?;

        eprintln!("starting the relay");
        let connections = connections(&described, &sandbox_url)?;
        let config = state.join("remit.toml");
        fs::write(&config, configuration(port, &connections))
            .with_context(|| format!("cannot write {}", config.display()))?;
        let mut start = command(programs.join("remit-relay"));
        start.arg("--config").arg(&config).args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        for secret in connections.iter().flat_map(|connection| &connection.secrets) {
            start.env(&secret.variable, &secret.value);
        }
        let mut relay = Program::start("remit-relay", &mut start)?;
        let relay_url = relay.says("remit-relay listening on ", PATIENCE).await?;

        let server = {
            let (dist, relay) = (plan.dist, relay_url.clone());
            let told = relay_url.clone();
            // The books change with every payment.
            let demo = move || {
                let providers = without_credentials(&describe()?)?;
                Ok(json!({ "relay": told, "providers": providers }).to_string())
            };
            tokio::spawn(async move { serve::serve(plan.page, &dist, demo, &relay).await })
        };
        let urls = Urls { page: format!("http://127.0.0.1:{port}/"), relay: relay_url, sandbox: sandbox_url };
        Ok(Self { server, relay, sandbox, urls, database, describe: described })
    }

    /// Where a browser finds the page.
    pub(crate) fn page(&self) -> &str {
        &self.urls.page
    }

    /// What a test must know to work with the stack.
    pub(crate) fn summary(&self) -> Value {
        json!({
            "page": self.urls.page,
            "relay": self.urls.relay,
            "sandbox": self.urls.sandbox,
            "db": self.database,
            "describe": self.describe,
            "relayPid": self.relay.id(),
            "sandboxPid": self.sandbox.id(),
        })
    }

    /// Waits until a part ends that should not, and says which.
    pub(crate) async fn broken(&mut self) -> Error {
        let how = |name: &str, status: Result<_>| match status {
            Ok(status) => anyhow!("{name} ended by itself ({status}): what it said is above"),
            Err(error) => error,
        };
        tokio::select! {
            status = self.sandbox.ended() => how("remit-sandbox", status),
            status = self.relay.ended() => how("remit-relay", status),
            end = &mut self.server => match end {
                Ok(Ok(())) => anyhow!("the page's server ended by itself"),
                Ok(Err(error)) => error,
                Err(error) => Error::new(error).context("the page's server failed"),
            },
        }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// What the sandbox's books say now.
fn describe(program: &Path, database: &Path) -> Result<Value> {
    let described = read(command(program).arg("--describe").arg("--db").arg(database))?;
    serde_json::from_str(&described).context("remit-sandbox --describe is not JSON")
}

/// How the relay reaches one provider of the sandbox.
#[derive(Debug)]
struct Connection {
    provider: String,
    base_url: String,
    operations: Value,
    secrets: Vec<Secret>,
}

#[derive(Debug)]
struct Secret {
    name: String,
    variable: String,
    value: String,
}

/// One connection a provider, signed in by the first of the ways that the sandbox offers.
fn connections(describe: &Value, sandbox: &str) -> Result<Vec<Connection>> {
    let mut connections = Vec::new();
    for entry in providers(describe)? {
        let text = |key: &str| {
            entry[key]
                .as_str()
                .with_context(|| format!("remit-sandbox --describe: a provider without `{key}`"))
        };
        let provider = text("id")?;
        let credentials = entry
            .pointer("/credentials/0")
            .and_then(Value::as_object)
            .with_context(|| format!("remit-sandbox --describe: {provider} has no credentials"))?;
        let secrets = credentials.iter().map(|(name, value)| {
            let value =
                value.as_str().with_context(|| format!("{provider}: the secret {name} is not text"))?;
            let variable = variable(provider, name);
            Ok(Secret { name: name.clone(), variable, value: value.to_owned() })
        });
        connections.push(Connection {
            provider: provider.to_owned(),
            base_url: format!("{}{}", sandbox.trim_end_matches('/'), text("basePath")?),
            operations: entry["operations"].clone(),
            secrets: secrets.collect::<Result<_>>()?,
        });
    }
    Ok(connections)
}

/// What the page may know: no credentials.
fn without_credentials(describe: &Value) -> Result<Value> {
    let mut providers = providers(describe)?.clone();
    for provider in &mut providers {
        if let Some(entry) = provider.as_object_mut() {
            entry.remove("credentials");
        }
    }
    Ok(Value::Array(providers))
}

fn providers(describe: &Value) -> Result<&Vec<Value>> {
    let providers = describe["providers"].as_array();
    providers.filter(|list| !list.is_empty()).context("remit-sandbox --describe lists no providers")
}

/// The relay's configuration. Secrets are named in it, never written.
fn configuration(port: u16, connections: &[Connection]) -> String {
    let mut toml = format!("allow_origins = [\"http://127.0.0.1:{port}\", \"http://localhost:{port}\"]\n");
    for Connection { provider, base_url, operations, secrets } in connections {
        let id = quoted(provider);
        toml.push_str(&format!("\n[connections.{id}]\nprovider = {id}\nbase_url = {}\n", quoted(base_url)));
        toml.push_str(&format!("operations = {operations}\n"));
        toml.push_str(&format!("\n[connections.{id}.secrets]\n"));
        for Secret { name, variable, .. } in secrets {
            toml.push_str(&format!("{} = {{ env = {} }}\n", quoted(name), quoted(variable)));
        }
    }
    toml
}

/// The environment variable that carries a secret to the relay.
fn variable(provider: &str, secret: &str) -> String {
    let plain = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
    };
    format!("REMIT_{}_{}", plain(provider), plain(secret))
}

/// A basic string of TOML, whose escapes are those of JSON.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The programs that [`Stack::start`] needs, as `cargo build` is to be told.
pub(crate) const PACKAGES: [&str; 4] = ["-p", "remit-sandbox", "-p", "remit-relay"];

/// Where the demo keeps its state when it is not told.
pub(crate) fn default_state() -> Result<PathBuf> {
    Ok(workspace::target()?.join("demo"))
}

/// The built page, or how to get one.
pub(crate) fn built_page() -> Result<PathBuf> {
    let dist = workspace::dist();
    if !dist.join("index.html").is_file() {
        return Err(anyhow!("dist/ holds no page: run `cargo xtask build`, or leave --no-build out"));
    }
    Ok(dist)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn describe() -> Value {
        json!({ "providers": [
            { "id": "clockify", "name": "Clockify", "basePath": "/clockify/api",
              "operations": ["record_payment", "delete_payment"],
              "credentials": [{ "apiKey": "k\"1" }, { "other": "x" }], "ids": { "workspaceId": "w" } },
            { "id": "ivvy", "name": "iVvy", "basePath": "/ivvy", "operations": ["ping"],
              "credentials": [{ "api-key": "a", "apiSecret": "b" }] },
        ]})
    }

    #[test]
    fn the_relay_is_told_where_and_never_what() {
        let connections = connections(&describe(), "http://127.0.0.1:7/").unwrap();
        assert_eq!(
            configuration(8080, &connections),
            r#"allow_origins = ["http://127.0.0.1:8080", "http://localhost:8080"]

[connections."clockify"]
provider = "clockify"
base_url = "http://127.0.0.1:7/clockify/api"
operations = ["record_payment","delete_payment"]

[connections."clockify".secrets]
"apiKey" = { env = "REMIT_CLOCKIFY_APIKEY" }

[connections."ivvy"]
provider = "ivvy"
base_url = "http://127.0.0.1:7/ivvy"
operations = ["ping"]

[connections."ivvy".secrets]
"api-key" = { env = "REMIT_IVVY_API_KEY" }
"apiSecret" = { env = "REMIT_IVVY_APISECRET" }
"#
        );
        let values: Vec<_> = connections.iter().flat_map(|c| &c.secrets).map(|s| s.value.as_str()).collect();
        assert_eq!(values, ["k\"1", "a", "b"]);
    }

    #[test]
    fn the_page_is_told_no_credentials() {
        let told = without_credentials(&describe()).unwrap();
        assert_eq!(
            told[0],
            json!({ "id": "clockify", "name": "Clockify", "basePath": "/clockify/api", "ids": { "workspaceId": "w" },
                "operations": ["record_payment", "delete_payment"] })
        );
        assert!(!told.to_string().contains("credentials"));
    }

    #[test]
    fn a_sandbox_that_describes_nothing_is_an_error() {
        for (value, says) in [
            (json!({}), "lists no providers"),
            (json!({ "providers": [] }), "lists no providers"),
            (json!({ "providers": [{}] }), "without `id`"),
            (json!({ "providers": [{ "id": "x", "basePath": "/x", "credentials": [] }] }), "no credentials"),
        ] {
            let error = connections(&value, "http://x").unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
