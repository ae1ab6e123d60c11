//! A relay whose store cannot be written.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use remit_core::wire::Response;
use remit_core::{Provider, Purpose, RELAY_HEADER, REPLAYED_HEADER};
use support::{Upstream, any_request, payment, relay, says, send, toml, with_key, withdraw};

/// A relay whose store is a file, with its upstream, its address and the file.
async fn relay_with_file(folder: &Path) -> (Upstream, String, PathBuf) {
    let path = folder.join("remit.db");
    let upstream = Upstream::start(says("422 Unprocessable Content", &[], "{}"));
    let toml = toml(upstream.address).replace(":memory:", path.to_str().unwrap());
    let relay = relay(&toml).await;
    (upstream, relay, path)
}

fn is_not_sent(reply: &Response, words: &str) -> bool {
    reply.status == 503
        && reply.headers.get(RELAY_HEADER) == Some("not-sent")
        && reply.headers.get("Retry-After") == Some("10")
        && reply.body.contains(words)
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_are_not_sent_and_reading_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (upstream, relay, path) = relay_with_file(folder.path()).await;
    let (provider, request) = (Provider::ALL[0], payment(Provider::ALL[0]));
    let sent = send(&relay, provider, &with_key(request.clone(), "known")).await;
    assert_eq!((sent.status, sent.headers.get(REPLAYED_HEADER)), (422, None), "{sent:?}");
    let count = upstream.requests().len();

    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let reply = send(&relay, provider, &with_key(request.clone(), "new")).await;
    assert!(is_not_sent(&reply, "cannot write its store"), "{reply:?}");
    // An earlier request with this key was sent.
    let known = send(&relay, provider, &with_key(request.clone(), "known")).await;
    assert_eq!((known.status, known.headers.get(REPLAYED_HEADER)), (422, Some("true")), "{known:?}");
    assert_eq!(upstream.requests().len(), count);
    let started = Instant::now();
    let list = any_request(provider, provider.operation(Purpose::GetInvoice).unwrap());
    assert_eq!(send(&relay, provider, &list).await.status, 422);
    assert!(started.elapsed() < Duration::from_secs(1), "reading waits for the store");

    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(send(&relay, provider, &with_key(request.clone(), "newer")).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_even_be_read_does_not_tell_about_earlier_requests() {
    let folder = tempfile::tempdir().unwrap();
    let (upstream, relay, path) = relay_with_file(folder.path()).await;
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("ALTER TABLE intents RENAME TO elsewhere").unwrap();
    let provider = Provider::ALL[0];
    let reply = send(&relay, provider, &payment(provider)).await;
    assert!(is_not_sent(&reply, "cannot read its store"), "{reply:?}");
    assert!(upstream.requests().is_empty());
    let withdrawn = withdraw(&relay, provider, "key").await;
    assert_eq!(
        (withdrawn.status, withdrawn.headers.get(RELAY_HEADER)),
        (503, Some("unknown")),
        "{withdrawn:?}"
    );
    other.execute_batch("ALTER TABLE elsewhere RENAME TO intents").unwrap();
    assert_eq!(send(&relay, provider, &payment(provider)).await.status, 422);
}
