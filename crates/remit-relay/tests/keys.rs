//! Idempotency keys: what the caller of a change is answered.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

#[path = "support/documented.rs"]
#[allow(dead_code, reason = "this file uses only some of it")]
mod documented;
mod support;

use documented::{Documented, documented};
use remit_core::wire::Response;
use remit_core::{Outcome, Provider, Purpose, RELAY_HEADER, REPLAYED_HEADER as REPLAYED};
use support::{
    Behaviour, Upstream, any_request, client, new_key, outcome, payment, relay, reply, says, send, toml,
    with_key, withdraw,
};

/// A documented response of the provider that confirms a payment.
fn confirmed(provider: &Provider) -> Behaviour {
    let confirms = |one: &Documented| {
        one.provider.id == provider.id
            && one.operation.purpose == Purpose::RecordPayment
            && matches!(outcome(provider, &one.response), Outcome::Recorded(_))
    };
    let Documented { response, .. } = documented().into_iter().find(confirms).unwrap();
    let lines: Vec<_> = response.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    says(&format!("{} Confirmed", response.status), &lines, &response.body)
}

fn is_not_sent(reply: &Response, status: u16) -> bool {
    reply.status == status && reply.headers.get(RELAY_HEADER) == Some("not-sent")
}

#[tokio::test]
async fn refuses_a_change_without_a_key_and_names_the_header() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    let operations = "operations = [\"record_payment\", \"delete_payment\", \"list_payments\"]";
    let toml = toml(upstream.address).replacen("base_url", &format!("{operations}\nbase_url"), 1);
    let relay = relay(&toml).await;
    let provider = Provider::ALL[0];
    let remove = provider.operation(Purpose::DeletePayment).map(|operation| any_request(provider, operation));
    for request in [payment(provider)].into_iter().chain(remove) {
        let method = request.method.name().parse().unwrap();
        let mut builder = client().request(method, format!("{relay}/{}{}", provider.id, request.path));
        for (name, value) in request.headers.iter() {
            builder = builder.header(name, value);
        }
        let missing = reply(builder.body(request.body.clone()).send().await.unwrap()).await;
        assert!(is_not_sent(&missing, 400), "{missing:?}");
        assert!(missing.body.contains("Send the header Idempotency-Key"), "{}", missing.body);
        let invalid = send(&relay, provider, &with_key(request, "a b")).await;
        assert!(is_not_sent(&invalid, 400), "{invalid:?}");
    }
    // Reading needs no key.
    let list = provider.operation(Purpose::ListPayments).map(|operation| any_request(provider, operation));
    let list = list.unwrap();
    let url = format!("{relay}/{}{}", provider.id, list.path);
    assert_eq!(client().get(url).send().await.unwrap().status(), 404);
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn sends_a_payment_once_for_a_key_and_replays_the_response() {
    for provider in Provider::ALL {
        let upstream = Upstream::start(confirmed(provider));
        let relay = relay(&toml(upstream.address)).await;
        let request = with_key(payment(provider), &new_key());
        let first = send(&relay, provider, &request).await;
        assert!(matches!(outcome(provider, &first), Outcome::Recorded(_)), "{}: {first:?}", provider.id);
        assert_eq!(first.headers.get(REPLAYED), None);
        for _ in 0..3 {
            let again = send(&relay, provider, &request).await;
            assert_eq!((again.status, &again.body), (first.status, &first.body), "{}", provider.id);
            assert_eq!(again.headers.get(REPLAYED), Some("true"));
            assert_eq!(outcome(provider, &again), outcome(provider, &first));
        }
        assert_eq!(upstream.requests().len(), 1, "{}", provider.id);
    }
}

#[tokio::test]
async fn sends_one_of_many_payments_with_one_key_at_the_same_time() {
    let provider = Provider::ALL[0];
    let upstream = Upstream::start(confirmed(provider));
    let relay = relay(&toml(upstream.address)).await;
    let request = with_key(payment(provider), &new_key());
    let senders: Vec<_> = (0..20)
        .map(|_| {
            let (relay, request) = (relay.clone(), request.clone());
            tokio::spawn(async move { send(&relay, provider, &request).await })
        })
        .collect();
    for sender in senders {
        let reply = sender.await.unwrap();
        let is_pending = reply.status == 409 && reply.headers.get(RELAY_HEADER) == Some("unknown");
        assert!(is_pending || matches!(outcome(provider, &reply), Outcome::Recorded(_)), "{reply:?}");
    }
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn refuses_a_key_for_another_payment_and_accepts_it_with_reordered_members() {
    let provider = Provider::find("clockify").unwrap();
    let upstream = Upstream::start(confirmed(provider));
    let relay = relay(&toml(upstream.address)).await;
    let request = with_key(payment(provider), &new_key());
    send(&relay, provider, &request).await;
    let mut other = request.clone();
    other.body = other.body.replace("1250", "1251");
    assert_ne!(other.body, request.body);
    assert!(is_not_sent(&send(&relay, provider, &other).await, 422));
    let mut reordered = request.clone();
    let members = request.body.trim_matches(['{', '}']).split(',').rev().collect::<Vec<_>>();
    reordered.body = format!("{{ {} }}", members.join(" , "));
    let again = send(&relay, provider, &reordered).await;
    assert_eq!(again.headers.get(REPLAYED), Some("true"), "{again:?}");
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn replays_an_unknown_outcome_and_never_sends_it_again() {
    for provider in Provider::ALL {
        let upstream = Upstream::start(Behaviour::Closes);
        let relay = relay(&toml(upstream.address)).await;
        let request = with_key(payment(provider), &new_key());
        for attempt in 0..3 {
            let reply = send(&relay, provider, &request).await;
            assert!(matches!(outcome(provider, &reply), Outcome::Unknown(_)), "{reply:?}");
            assert_eq!(reply.headers.get(REPLAYED), (attempt > 0).then_some("true"));
        }
        // Another payment of the invoice has to wait: the lost one could not be told from it.
        let other = send(&relay, provider, &payment(provider)).await;
        assert!(is_not_sent(&other, 409), "{other:?}");
        assert_eq!(other.headers.get("Retry-After"), Some("10"));
        assert_eq!(upstream.requests().len(), 1, "{}", provider.id);
    }
}

#[tokio::test]
async fn replays_a_refusal_but_tries_again_after_one_that_the_operator_can_remedy() {
    for (status, sent) in
        [("400 Bad Request", 1), ("404 Not Found", 1), ("401 Unauthorized", 2), ("403 Forbidden", 2)]
    {
        let provider = Provider::find("harvest-v2").unwrap();
        let upstream = Upstream::start(says(status, &[], r#"{"message":"no"}"#));
        let relay = relay(&toml(upstream.address)).await;
        let request = with_key(payment(provider), &new_key());
        for _ in 0..2 {
            let reply = send(&relay, provider, &request).await;
            assert!(matches!(outcome(provider, &reply), Outcome::Refused(_)), "{reply:?}");
        }
        assert_eq!(upstream.requests().len(), sent, "{status}");
    }
}

#[tokio::test]
async fn a_key_of_which_nothing_was_sent_may_be_used_again() {
    let provider = Provider::ALL[0];
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let relay = relay(&toml(port)).await;
    let request = with_key(payment(provider), &new_key());
    assert!(is_not_sent(&send(&relay, provider, &request).await, 502));
    let listener = std::net::TcpListener::bind(port).unwrap();
    let upstream = Upstream::on(listener, confirmed(provider));
    let reply = send(&relay, provider, &request).await;
    assert!(matches!(outcome(provider, &reply), Outcome::Recorded(_)), "{reply:?}");
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn a_withdrawn_key_sends_nothing() {
    let provider = Provider::ALL[0];
    let upstream = Upstream::start(confirmed(provider));
    let relay = relay(&toml(upstream.address)).await;
    let key = new_key();
    assert!(is_not_sent(&withdraw(&relay, provider, &key).await, 200));
    let reply = send(&relay, provider, &with_key(payment(provider), &key)).await;
    assert_eq!(reply.headers.get(RELAY_HEADER), Some("not-sent"), "{reply:?}");
    assert!(upstream.requests().is_empty());
    let key = new_key();
    send(&relay, provider, &with_key(payment(provider), &key)).await;
    let known = withdraw(&relay, provider, &key).await;
    assert_eq!((known.status, known.headers.get(RELAY_HEADER)), (200, Some("recorded")), "{known:?}");
}

#[tokio::test]
async fn limits_what_is_sent_to_a_provider_that_hangs() {
    let provider = Provider::ALL[0];
    let upstream = Upstream::start(Behaviour::KeepsSilent);
    let relay = relay(&toml(upstream.address).replace("timeout_seconds = 2", "timeout_seconds = 4")).await;
    let base = payment(provider);
    let senders: Vec<_> = (0..60)
        .map(|at| {
            // Payments of different invoices: those of one are made one at a time anyway.
            let mut request = base.clone();
            request.path = request.path.replace("4393", &format!("{at}"));
            let relay = relay.clone();
            tokio::spawn(async move { send(&relay, provider, &request).await })
        })
        .collect();
    let (mut unknown, mut not_sent) = (0, 0);
    for sender in senders {
        match outcome(provider, &sender.await.unwrap()) {
            Outcome::Unknown(_) => unknown += 1,
            Outcome::NotSent(_) => not_sent += 1,
            other => panic!("{other:?}"),
        }
    }
    let sent = upstream.requests().len();
    assert!(sent <= 8 && unknown == sent && not_sent == 60 - sent, "{sent} {unknown} {not_sent}");
    // The provider has not answered three times in a row, so the next payment is not sent either.
    let reply = send(&relay, provider, &payment(provider)).await;
    assert!(is_not_sent(&reply, 503), "{reply:?}");
    assert!(reply.headers.get("Retry-After").is_some());
}
