//! What the clients of a run share.

use std::net::SocketAddr;
use std::time::Duration;

use remit_core::wire::{Headers, Method, Request, Response};

use crate::fleet::Addresses;
use crate::log::Log;
use crate::told::{Claim, Record, Source};
use crate::wire;
use crate::wish::Wish;

/// The name of the connection in every relay's configuration.
pub(crate) const CONNECTION: &str = "c";

/// What the clients of a run share.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) wishes: std::sync::Arc<[Wish]>,
    pub(crate) addresses: Addresses,
    pub(crate) record: Record,
    pub(crate) log: Log,
}

/// A response, and what it claims.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) claim: Claim,
}

impl World {
    /// Sends a wish's request under a key, and notes the answer. `None` if no answer arrives in time.
    pub(crate) async fn send(
        &self,
        relay: Option<SocketAddr>,
        wish: usize,
        key: &str,
        request: &Request,
        timeout: Duration,
    ) -> Option<Answer> {
        let path = format!("/{CONNECTION}{}", request.path);
        let response = self.send_to(relay, wish, key, &path, request, timeout).await?;
        let claim = self.claim(wish, &response)?;
        Some(Answer { status: response.status, claim })
    }

    /// Sends it to this path of the relay, and returns the response.
    pub(crate) async fn send_to(
        &self,
        relay: Option<SocketAddr>,
        wish: usize,
        key: &str,
        path: &str,
        request: &Request,
        timeout: Duration,
    ) -> Option<Response> {
        let question = self.record.ask(wish, key, Source::Request);
        let mut request = request.clone();
        request.headers.set("Idempotency-Key", format!("\"{key}\""));
        let Some(response) = self.exchange(relay, path, &request, timeout).await else {
            self.log.add(format!("wish {wish} under {key}: no answer"));
            return None;
        };
        let claim = self.claim(wish, &response)?;
        self.log.add(format!("wish {wish} under {key}: {} {claim:?}", response.status));
        self.record.answer(question, claim);
        Some(response)
    }

    fn claim(&self, wish: usize, response: &Response) -> Option<Claim> {
        let wish = self.wishes.get(wish)?;
        Some(Claim::of(&wish.operation.outcome(response, wish.currency)))
    }

    /// Withdraws a key, and notes the answer.
    pub(crate) async fn withdraw(
        &self,
        relay: Option<SocketAddr>,
        wish: usize,
        key: &str,
        timeout: Duration,
    ) -> Option<Claim> {
        let question = self.record.ask(wish, key, Source::Withdrawal);
        let request = Request {
            method: Method::Delete,
            path: format!("/{CONNECTION}/_intents/{key}"),
            headers: Headers::default(),
            body: String::new(),
        };
        let Some(response) = self.exchange(relay, &request.path, &request, timeout).await else {
            self.log.add(format!("wish {wish}: withdrew {key}: no answer"));
            return None;
        };
        let claim = self.claim(wish, &response)?;
        self.log.add(format!("wish {wish}: withdrew {key}: {} {claim:?}", response.status));
        self.record.answer(question, claim.clone());
        Some(claim)
    }

    /// Sends a request to a path of the relay.
    pub(crate) async fn exchange(
        &self,
        relay: Option<SocketAddr>,
        path: &str,
        request: &Request,
        timeout: Duration,
    ) -> Option<Response> {
        tokio::time::timeout(timeout, wire::exchange(relay?, path, request)).await.ok()?.ok()
    }
}
