//! Makes a change at most once for each key, whatever fails on the way.
//!
//! The rule that everything else serves: before the first byte of a request is sent, the store says so, durably. A relay that
//! crashes later leaves an intent that counts as sent, and that is looked for and never sent again.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use axum::response::Response;
use remit_core::operation::reconcile::may_be_invoice;
use remit_core::provider::lookup::Lookup;
use remit_core::schema::values::Values;
use remit_core::wire::{self, Request, json::Json};
use remit_core::{
    Cause, Currency, Draft, Failure, Invoice, Operation, Outcome, ProblemCode, Purpose, Reason, Receipt,
    RecordedPayment, name, to_json,
};
use sha2::{Digest as _, Sha256};

use crate::answer::{Forwarding, Refusal, relay_response};
use crate::connection::Connection;
use crate::intent::{Budget, Claim, Claimed, Ending, Intent, KeyOf, State, Ticket};
use crate::key::REPLAYED;
use crate::listing::{self, Unlisted};
use crate::relay::Relay;
use crate::session::{Denied, Permit};
use crate::store::StoreError;

/// How long a change waits for another one of the same invoice.
const TURN: Duration = Duration::from_secs(3);
/// How long a request whose key could not be claimed waits for what is known of it.
const READ: Duration = Duration::from_secs(1);
/// How often it looks whether the other one has finished.
const POLL: Duration = Duration::from_millis(50);

/// A checked request that changes something.
pub(crate) struct Change {
    operation: &'static Operation,
    /// The request as the relay rewrote it.
    request: Request,
    values: Values<'static>,
    /// The currency of the amounts, if it is known.
    currency: Currency,
    key: String,
    tenant: String,
    budget: Option<Budget>,
    by: Option<String>,
    /// When the caller stops waiting.
    deadline: Instant,
}

impl Change {
    /// A change that the permit allows. `currency` is that of amounts that state none.
    pub(crate) fn new(
        operation: &'static Operation,
        request: Request,
        values: Values<'static>,
        currency: Option<Currency>,
        permit: &Permit,
        key: String,
        deadline: Instant,
    ) -> Result<Self, Refusal> {
        let stated = values.money(name::AMOUNT).map(|money| money.currency());
        let currency = stated.or(currency).unwrap_or(Currency::UNSTATED);
        let budget = match operation.purpose {
            Purpose::RecordPayment => permit.budget(currency).map_err(Denied::refusal)?,
            _ => None,
        };
        let (tenant, by) = (permit.tenant(), permit.by());
        Ok(Self { operation, request, values, currency, key, tenant, budget, by, deadline })
    }

    fn claim(&self, connection: &Connection) -> Claim {
        Claim {
            key: KeyOf {
                tenant: self.tenant.clone(),
                connection: connection.name.clone(),
                key: self.key.clone(),
            },
            fingerprint: fingerprint(&self.request),
            operation: self.operation.purpose.as_str(),
            // Identifiers are unique within an account, and a connection has one.
            invoice: self
                .values
                .text(name::INVOICE)
                .or_else(|| Some(new_invoice(&self.values.text(name::NUMBER)?))),
            amount: (self.operation.purpose == Purpose::RecordPayment)
                .then(|| self.values.money(name::AMOUNT).map(|money| money.minor()))
                .flatten(),
            request: to_json::request(&self.request).print(),
            session: self.budget.clone(),
            by: self.by.clone(),
        }
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

/// Stands for an invoice that has no identifier yet. Invoices with one number are added one at a time.
fn new_invoice(number: &str) -> String {
    format!("number {number}")
}

/// A digest of the rewritten request. It does not depend on the order or the notation of the received members.
fn fingerprint(request: &Request) -> String {
    let text = to_json::request(request).print();
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The request in an intent's record.
pub(crate) fn read_request(operation: &Operation, record: &str) -> Option<Request> {
    let json = Json::parse(record).ok()?;
    let text = |member| json.get(member).and_then(Json::as_text).map(str::to_owned);
    let Some(Json::Object(headers)) = json.get("headers") else { return None };
    let headers =
        headers.iter().filter_map(|(name, value)| Some((name.clone(), value.as_text()?.to_owned())));
    Some(Request {
        method: operation.method,
        path: text("path")?,
        headers: headers.collect(),
        body: text("body")?,
    })
}

impl Relay {
    /// Makes the change, or answers with the outcome of an earlier request with its key.
    pub(crate) async fn change(&self, connection: &Arc<Connection>, change: Change) -> Response {
        self.shared.points.pass("begun").await;
        let claim = change.claim(connection);
        match self.take_turn(&claim, &change).await {
            Ok(Claimed::Granted(ticket)) => self.attempt(connection, &change, &ticket).await,
            Ok(Claimed::Known(intent)) => replay(&intent),
            Ok(Claimed::Mismatch) => mismatch(),
            Ok(Claimed::OverLimit) => {
                Refusal::new(403, "The amount exceeds what this session permits.").response()
            }
            Ok(Claimed::Busy(State::Unknown)) => later(
                409,
                "The outcome of an earlier change of this invoice is not known yet; the relay is looking for it. Try again later.",
                10,
            ),
            Ok(Claimed::Busy(_)) => {
                later(503, "Another change of this invoice is in progress. Try again.", 1)
            }
            Err(error) => self.unclaimed(&claim, &error).await,
        }
    }

    /// Answers to a request whose key could not be claimed. It was not sent, but an earlier one with its key may have been.
    async fn unclaimed(&self, claim: &Claim, error: &StoreError) -> Response {
        let found = tokio::time::timeout(READ, self.shared.store.find(&claim.key)).await;
        match found.unwrap_or_else(|_| Err(StoreError::Failed("it does not answer in time".into()))) {
            Ok(None) => unwritable(error),
            Ok(Some(intent)) if intent.fingerprint == claim.fingerprint => {
                tracing::error!(%error, "cannot write the store");
                replay(&intent)
            }
            Ok(Some(_)) => mismatch(),
            Err(_) => {
                tracing::error!(%error, "nothing is sent, because the store can be neither written nor read");
                later(
                    503,
                    "The relay cannot read its store, so it did not send this request. Whether an earlier one with its key was sent is not known; ask again with the same key.",
                    10,
                )
            }
        }
    }

    /// Claims the key, and waits a little for other changes of the invoice.
    async fn take_turn(&self, claim: &Claim, change: &Change) -> Result<Claimed, StoreError> {
        let give_up = Instant::now() + TURN.min(change.left() / 4);
        loop {
            let claimed = self.shared.store.claim(claim, change.left() + self.shared.pace.slack);
            // A claim that succeeds later is left behind, and ends as not sent.
            let claimed = tokio::time::timeout_at(change.deadline.into(), claimed).await;
            match claimed.unwrap_or_else(|_| Err(StoreError::Failed("it does not answer in time".into())))? {
                Claimed::Busy(_) if Instant::now() < give_up => {
                    tokio::time::sleep(POLL).await;
                }
                claimed => return Ok(claimed),
            }
        }
    }

    async fn attempt(&self, connection: &Arc<Connection>, change: &Change, ticket: &Ticket) -> Response {
        let points = &self.shared.points;
        points.pass("claimed").await;
        let before = match self.list_before(connection, change).await {
            Ok(before) => before,
            Err(response) => return self.conclude(ticket, State::NotSent, None, response).await,
        };
        points.pass("listed").await;
        match self.shared.store.send(ticket, before.as_deref(), change.left() + self.shared.pace.slack).await
        {
            Ok(true) => {}
            Ok(false) => return later(503, "The relay was too slow to send the request. Try again.", 1),
            Err(error) => return unwritable(&error),
        }
        points.pass("sending").await;
        let sent = self.send(connection, change.request.clone(), change.deadline).await;
        points.pass("answered").await;
        let outcome = sent.outcome(change.operation, change.currency);
        let payment = match &outcome {
            // The identifier is shown to callers later.
            Outcome::Recorded(receipt) => receipt.payment_id.clone().filter(|id| !connection.leaks.finds(id)),
            _ => None,
        };
        let response = sent.response(change.operation, connection);
        let response = self.conclude(ticket, state_of(&outcome), payment, response).await;
        points.pass("finished").await;
        response
    }

    /// The identifiers of the records that the change could be taken for later, if its response is lost: the payments of the
    /// invoice, or the invoices with the number of the new one.
    ///
    /// If the provider does not answer even this, the change is not sent: its outcome would hardly be known. If it answers
    /// that it does not list them, the change is sent, and an unknown outcome is for a person to decide.
    async fn list_before(
        &self,
        connection: &Arc<Connection>,
        change: &Change,
    ) -> Result<Option<Vec<String>>, wire::Response> {
        let draft = Draft::from(&change.values);
        let deadline = Instant::now() + change.left() / 2;
        let listed = match change.operation.purpose {
            Purpose::RecordPayment => {
                let Some(lookup) = Lookup::new(connection.provider, &draft, change.currency) else {
                    return Ok(None);
                };
                let all = listing::all::<RecordedPayment>(self, connection, lookup, deadline).await;
                all.map(|all| all.into_iter().map(|payment| payment.id).collect())
            }
            Purpose::AddInvoice => {
                let lookup = Lookup::new(connection.provider, &draft, change.currency);
                let (Some(lookup), Some(number)) = (lookup, change.values.text(name::NUMBER)) else {
                    return Ok(None);
                };
                let all = listing::all::<Invoice>(self, connection, lookup, deadline).await;
                let may_be = |all: Vec<Invoice>| {
                    let possible = all.into_iter().filter(|invoice| may_be_invoice(&number, invoice));
                    possible.map(|invoice| invoice.id).collect()
                };
                all.map(may_be)
            }
            // A removal is looked for by the payment's identifier.
            _ => return Ok(None),
        };
        let unlisted = match listed {
            Ok(ids) => return Ok(Some(ids)),
            Err(unlisted) => unlisted,
        };
        let silent = || {
            let words = "The provider did not list its records, so nothing was sent.";
            Forwarding::not_sent(Reason::new(Cause::Unreachable, words))
        };
        let not_sent = match unlisted {
            Unlisted::NoResponse(not_sent @ Forwarding::NotSent { .. }) => not_sent,
            Unlisted::NoResponse(_) => silent(),
            Unlisted::NoList(Failure::Unknown(reason)) if reason.cause != Cause::Unreadable => silent(),
            Unlisted::NoList(Failure::Refused(problem)) if problem.code == ProblemCode::Throttled => {
                let words = "The provider receives too many requests. Nothing was sent.";
                let wait = problem.retry_after.unwrap_or(1);
                Forwarding::NotSent {
                    reason: Reason::new(Cause::Relay, words),
                    retry_after: Some(Duration::from_secs(wait.into())),
                }
            }
            Unlisted::NoList(_) => return Ok(None),
        };
        Err(not_sent.response(change.operation, connection))
    }

    /// Writes the end of the attempt to the store, and answers with it. The answer is true even if it cannot be written:
    /// then the intent stays open, and is looked for.
    async fn conclude(
        &self,
        ticket: &Ticket,
        state: State,
        payment: Option<String>,
        response: wire::Response,
    ) -> Response {
        let ending = Ending { state, response, payment };
        match self.shared.store.finish(ticket, &ending).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::error!(id = ticket.id, state = state.as_str(), "ended too late to be written")
            }
            Err(error) => {
                tracing::error!(id = ticket.id, state = state.as_str(), %error, "cannot write the end")
            }
        }
        relay_response(ending.response)
    }

    /// Answers what has become of a key, and makes sure that nothing is sent under it from now on.
    pub(crate) async fn withdraw(&self, key: &KeyOf) -> Response {
        match self.shared.store.withdraw(key).await {
            Ok(intent) => {
                let (_, outcome) = known(&intent);
                Refusal::of(200, outcome).response()
            }
            Err(error) => {
                tracing::error!(%error, "cannot withdraw a key");
                let words = "The relay cannot write its store, so the key is not withdrawn. Ask again.";
                let unknown = Outcome::Unknown(Reason::new(Cause::Lost, words));
                retry_after(Refusal::of(503, unknown), 10)
            }
        }
    }
}

/// What an outcome means for the intent. After a refusal that the operator can remedy, or that ends by itself, the same key
/// may be used again: nothing was done.
fn state_of(outcome: &Outcome) -> State {
    match outcome {
        Outcome::Recorded(_) => State::Recorded,
        Outcome::NotSent(_) => State::NotSent,
        Outcome::Unknown(_) => State::Unknown,
        Outcome::Refused(problem) => match problem.code {
            ProblemCode::SignIn | ProblemCode::Forbidden | ProblemCode::Throttled => State::NotSent,
            _ => State::Refused,
        },
    }
}

/// The answer to a request whose key is known: the first response, or what has become of it since.
fn replay(intent: &Intent) -> Response {
    let first = match intent.state {
        State::Recorded | State::Refused | State::NotSent | State::Unknown => intent.response.clone(),
        _ => None,
    };
    let mut response = match first {
        Some(response) => relay_response(response),
        None => {
            let (status, outcome) = known(intent);
            Refusal::of(status, outcome).response()
        }
    };
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// What is known of an intent, in the relay's own words.
fn known(intent: &Intent) -> (u16, Outcome) {
    let not_sent = |words: &str| Outcome::NotSent(Reason::new(Cause::Relay, words));
    let unknown = |words: &str| Outcome::Unknown(Reason::new(Cause::Lost, words));
    match intent.state {
        State::Prepared | State::Sending => (409, unknown("A request with this key is in progress.")),
        State::Recorded | State::Settled => {
            let receipt = Receipt { payment_id: intent.payment.clone(), ..Receipt::default() };
            (200, Outcome::Recorded(receipt))
        }
        State::Refused => (409, not_sent("The provider refused it: nothing was recorded.")),
        State::NotSent => (503, not_sent("Nothing was sent.")),
        State::Unknown => {
            (504, unknown("It is not known whether this was recorded. The relay is looking for it."))
        }
        State::Absent => (
            409,
            not_sent(
                "Nothing was recorded under this key, and nothing will be. To try again, use a new key.",
            ),
        ),
        State::Person => (
            504,
            unknown(
                "The provider's records do not tell whether it was recorded. A person has to look and decide.",
            ),
        ),
        State::Expired => (
            410,
            unknown(
                "The relay has deleted the outcome of this key, because its retention is over. Nothing was sent now.",
            ),
        ),
    }
}

fn mismatch() -> Response {
    let words = "This Idempotency-Key has been used for a different request. Use a new key for each change.";
    Refusal::new(422, words).response()
}

/// Nothing was sent because the store cannot be written: a payment that cannot be remembered is not made.
fn unwritable(error: &StoreError) -> Response {
    tracing::error!(%error, "nothing is sent, because the store cannot be written");
    later(503, "The relay cannot write its store, so it sent nothing.", 10)
}

/// Nothing was sent, and the caller may try again after some seconds.
fn later(status: u16, words: &str, seconds: u64) -> Response {
    retry_after(Refusal::new(status, words), seconds)
}

fn retry_after(refusal: Refusal, seconds: u64) -> Response {
    let mut response = refusal.response();
    response.headers_mut().insert(RETRY_AFTER, seconds.into());
    response
}
