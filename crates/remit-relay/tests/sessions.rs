//! Sessions: asking for one, and what it permits.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use remit_core::wire::json::Json;
use remit_core::wire::{Request, Response};
use remit_core::{Cause, Outcome, Provider, Purpose, RELAY_HEADER};
use support::{
    KEY, Upstream, any_request, client, new_key, outcome, payment, relay_in, reply, says, send_from, toml,
};

const SERVER_KEY: &str = "server-key-0123456789-0123456789-0123";
const ORIGIN: &str = "https://shop.example";

/// Harvest v2: its payments have an invoice in the path, and a confirmation is a single member.
fn provider() -> &'static Provider {
    Provider::find("harvest-v2").unwrap()
}

async fn relay(upstream: &Upstream) -> String {
    let sessions =
        "[session_keys]\n\"2026-11\" = { env = \"SESSION\" }\n[servers.shop]\nkey = { env = \"SERVER\" }\n";
    let toml = format!("{}{sessions}", toml(upstream.address));
    let environment = |variable: &str| match variable {
        "SESSION" => Some("ab".repeat(32)),
        "SERVER" => Some(SERVER_KEY.to_owned()),
        other => support::environment(other),
    };
    relay_in(&toml, &environment).await
}

async fn ask(relay: &str, key: &str, body: &str) -> Response {
    let request = client().post(format!("{relay}/_sessions")).header("Content-Type", "application/json");
    let request = request.header("Authorization", format!("Bearer {key}"));
    reply(request.body(body.to_owned()).send().await.unwrap()).await
}

/// A session with these members besides the connection.
async fn session(relay: &str, members: &str) -> String {
    let body = format!("{{\"connections\":[\"{}\"]{members}}}", provider().id);
    let response = ask(relay, SERVER_KEY, &body).await;
    assert_eq!(response.status, 201, "{response:?}");
    let json = Json::parse(&response.body).unwrap();
    assert!(json.get("expires").and_then(Json::as_text).is_some());
    json.get("session").and_then(Json::as_text).unwrap().to_owned()
}

fn with_session(mut request: Request, session: &str) -> Request {
    request.headers.set("Authorization", format!("Bearer {session}"));
    request
}

async fn pay(relay: &str, session: &str, amount: &str) -> Response {
    let mut request = payment(provider());
    request.body = request.body.replace("12.5", amount);
    assert!(request.body.contains(amount), "{}", request.body);
    send_from(relay, provider(), &with_session(request, session), Some(ORIGIN)).await
}

fn confirmed() -> support::Behaviour {
    says("201 Created", &[], r#"{"id":7,"amount":12.5}"#)
}

#[tokio::test]
async fn refuses_a_request_without_a_valid_session_and_says_so_by_its_code() {
    let upstream = Upstream::start(confirmed());
    let relay = relay(&upstream).await;
    let list = any_request(provider(), provider().operation(Purpose::ListPayments).unwrap());
    for request in [payment(provider()), list] {
        for session in [None, Some("nonsense"), Some("v4.local.AAAA")] {
            let request = match session {
                Some(session) => with_session(request.clone(), session),
                None => request.clone(),
            };
            let reply = send_from(&relay, provider(), &request, Some(ORIGIN)).await;
            assert_eq!((reply.status, reply.headers.get(RELAY_HEADER)), (401, Some("not-sent")), "{reply:?}");
            let Outcome::NotSent(reason) = outcome(provider(), &reply) else { panic!("{reply:?}") };
            assert_eq!(reason.cause, Cause::Session);
        }
    }
    // Finding out whether the relay can be reached needs no session.
    assert_eq!(client().get(format!("{relay}/{}", provider().id)).send().await.unwrap().status(), 204);
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn a_session_permits_its_payment_and_is_not_sent_to_the_provider() {
    let upstream = Upstream::start(confirmed());
    let relay = relay(&upstream).await;
    let session = session(&relay, ",\"invoice\":\"4393\",\"by\":\"Ann\"").await;
    let reply = pay(&relay, &session, "12.5").await;
    assert!(matches!(outcome(provider(), &reply), Outcome::Recorded(_)), "{reply:?}");
    let sent = upstream.requests();
    assert!(!sent[0].contains(&session), "{}", sent[0]);
}

#[tokio::test]
async fn a_session_is_refused_for_another_invoice_connection_operation_or_origin() {
    let upstream = Upstream::start(confirmed());
    let relay = relay(&upstream).await;
    let members = ",\"invoice\":\"4394\"";
    assert_eq!(pay(&relay, &session(&relay, members).await, "12.5").await.status, 403);
    let members = ",\"operations\":[\"list_payments\"]";
    assert_eq!(pay(&relay, &session(&relay, members).await, "12.5").await.status, 403);
    let bound = session(&relay, &format!(",\"origin\":\"{ORIGIN}\"")).await;
    let request = with_session(payment(provider()), &bound);
    assert_eq!(send_from(&relay, provider(), &request, None).await.status, 403);
    let other = Provider::find("clockify").unwrap();
    let request = with_session(payment(other), &session(&relay, "").await);
    assert_eq!(send_from(&relay, other, &request, Some(ORIGIN)).await.status, 403);
    assert!(upstream.requests().is_empty());
    assert_eq!(pay(&relay, &bound, "12.5").await.status, 201);
}

#[tokio::test]
async fn the_payments_of_a_session_stay_within_its_limit_together() {
    let upstream = Upstream::start(confirmed());
    let relay = relay(&upstream).await;
    let session = session(&relay, ",\"limit\":\"30.00\",\"currency\":\"USD\"").await;
    for (amount, status) in [("12.5", 201), ("17.51", 403), ("17.5", 201), ("0.01", 403)] {
        let reply = pay(&relay, &session, amount).await;
        assert_eq!(reply.status, status, "{amount}: {reply:?}");
    }
    assert_eq!(upstream.requests().len(), 2);
}

#[tokio::test]
async fn a_repeated_payment_counts_once_towards_the_limit() {
    let upstream = Upstream::start(confirmed());
    let relay = relay(&upstream).await;
    let session = session(&relay, ",\"limit\":\"12.50\",\"currency\":\"USD\"").await;
    let mut request = with_session(payment(provider()), &session);
    request.headers.set(KEY, new_key());
    for _ in 0..3 {
        assert_eq!(send_from(&relay, provider(), &request, Some(ORIGIN)).await.status, 201);
    }
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn an_expired_session_is_refused() {
    let upstream = Upstream::start(confirmed());
    let relay = relay(&upstream).await;
    let session = session(&relay, ",\"seconds\":1").await;
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    let reply = pay(&relay, &session, "12.5").await;
    assert_eq!(reply.status, 401);
    assert!(reply.body.contains("expired"), "{}", reply.body);
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn gives_no_session_without_the_server_s_key() {
    let upstream = Upstream::start(confirmed());
    let relay = relay(&upstream).await;
    let body = format!("{{\"connections\":[\"{}\"]}}", provider().id);
    for key in ["", "nonsense", SERVER_KEY.trim_start_matches('s'), &format!("{SERVER_KEY}x")] {
        assert_eq!(ask(&relay, key, &body).await.status, 401, "{key}");
    }
    let without = client().post(format!("{relay}/_sessions")).body(body).send().await.unwrap();
    assert_eq!(without.status(), 401);
    assert_eq!(client().get(format!("{relay}/_sessions")).send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn names_the_member_that_a_server_has_wrong_and_the_remedy() {
    let upstream = Upstream::start(confirmed());
    let relay = relay(&upstream).await;
    let connection = provider().id;
    for (body, says) in [
        ("[]", "must be a JSON object"),
        ("{ }", "connections: write a list"),
        ("{\"connections\":\"books\"}", "connections: write a list"),
        ("{\"connections\":[]}", "connections: write a list"),
        ("{\"connections\":[\"nobody\"]}", "connections: the relay has no connection"),
        (
            "{\"connections\":[\"{}\"],\"amount\":\"1\"}",
            "amount: there is no such member; use connections, invoice",
        ),
        ("{\"connections\":[\"{}\"],\"seconds\":0}", "seconds: write a whole number from 1 to 86400"),
        ("{\"connections\":[\"{}\"],\"seconds\":\"60\"}", "seconds: write a whole number"),
        (
            "{\"connections\":[\"{}\"],\"operations\":[]}",
            "operations: write a list of one or more of record_payment",
        ),
        ("{\"connections\":[\"{}\"],\"operations\":[\"delete_payment\"]}", "operations: write a list"),
        ("{\"connections\":[\"{}\"],\"limit\":\"10\"}", "currency: write the currency of limit"),
        (
            "{\"connections\":[\"{}\"],\"limit\":\"10\",\"currency\":\"Euro\"}",
            "currency: write an ISO 4217 code",
        ),
        (
            "{\"connections\":[\"{}\"],\"limit\":\"1.234\",\"currency\":\"EUR\"}",
            "limit: write a positive amount in EUR",
        ),
        ("{\"connections\":[\"{}\"],\"limit\":\"0\",\"currency\":\"EUR\"}", "limit: write a positive amount"),
        ("{\"connections\":[\"{}\"],\"limit\":10,\"currency\":\"EUR\"}", "limit: write a text"),
        ("{\"connections\":[\"{}\"],\"currency\":\"EUR\"}", "currency: it belongs to limit"),
        (
            "{\"connections\":[\"{}\"],\"origin\":\"https://evil.example\"}",
            "origin: the relay's allow_origins does not list it",
        ),
        ("{\"connections\":[\"{}\"],\"invoice\":\"\"}", "invoice: write a text"),
    ] {
        let reply = ask(&relay, SERVER_KEY, &body.replace("{}", connection)).await;
        assert!((400..=422).contains(&reply.status), "{body}: {reply:?}");
        assert!(reply.body.contains(says), "{body}: {}", reply.body);
    }
}
