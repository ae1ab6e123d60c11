//! A relay whose store cannot be written.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use remit_core::{Provider, Purpose, RELAY_HEADER};
use support::{Upstream, any_request, payment, relay, says, send, toml};

#[tokio::test(flavor = "multi_thread")]
async fn payments_are_not_sent_and_reading_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("remit.db");
    let upstream = Upstream::with_lists(says("200 OK", &[], "[]"));
    let toml = toml(upstream.address).replace(":memory:", path.to_str().unwrap());
    let relay = relay(&toml).await;
    let break_it = |sql: &str| rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    break_it("ALTER TABLE intents RENAME TO elsewhere");
    let provider = Provider::ALL[0];
    let reply = send(&relay, provider, &payment(provider)).await;
    assert_eq!((reply.status, reply.headers.get(RELAY_HEADER)), (503, Some("not-sent")), "{reply:?}");
    assert_eq!(reply.headers.get("Retry-After"), Some("10"));
    assert!(reply.body.contains("cannot write its store"), "{}", reply.body);
    assert!(upstream.requests().is_empty());
    let list = any_request(provider, provider.operation(Purpose::ListPayments).unwrap());
    assert_eq!(send(&relay, provider, &list).await.status, 200);
    break_it("ALTER TABLE elsewhere RENAME TO intents");
    send(&relay, provider, &payment(provider)).await;
    assert!(upstream.requests().iter().any(|request| request.starts_with("POST")));
}
