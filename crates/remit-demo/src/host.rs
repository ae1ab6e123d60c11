//! The host's server: it asks the relay for the sessions of its page.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// A host's server, which has a key of the relay.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    /// The address of the relay.
    pub(crate) relay: String,
    /// The key with which it asks.
    pub(crate) key: String,
    /// The connections of its page.
    pub(crate) connections: Vec<String>,
    /// What its page may do.
    pub(crate) operations: Vec<String>,
}

impl Host {
    /// A session for the page of this origin, as JSON. A real host would also name the invoice, a limit and its user.
    pub(crate) async fn session(&self, origin: &str) -> Result<String> {
        let asked = json!({
            "connections": self.connections,
            "operations": self.operations,
            "origin": origin,
            "by": "the demo",
        });
        let client = reqwest::Client::builder().no_proxy().build().context("cannot make an HTTP client")?;
        let request = client.post(format!("{}/_sessions", self.relay)).bearer_auth(&self.key);
        let request = request.header("Content-Type", "application/json").body(asked.to_string());
        let response = request.send().await.context("the relay does not answer")?;
        let (status, body) = (response.status(), response.text().await?);
        if status != 201 {
            bail!("the relay gives no session: {status} {body}");
        }
        let answer: Value = serde_json::from_str(&body).context("the relay's session is not JSON")?;
        let session = answer.get("session").context("the relay's answer has no session")?;
        Ok(json!({ "session": session }).to_string())
    }
}
