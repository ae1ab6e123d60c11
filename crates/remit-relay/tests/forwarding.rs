//! Requests that the relay forwards, and their responses.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::time::Duration;

use remit_core::operation::auth::Scheme;
use remit_core::wire::json::Json;
use remit_core::wire::xml::Element;
use remit_core::{Cause, DEADLINE_HEADER, Outcome, Provider, RELAY_HEADER};
use support::{
    Behaviour, CONNECTED, KEY, Upstream, canary, client, environment, field, new_key, outcome, payment,
    relay, relay_in, says, send, toml,
};

#[tokio::test]
async fn forwards_a_payment_once_with_the_credentials_and_without_the_page_s_headers() {
    let upstream = Upstream::start(says("201 Created", &[], ""));
    let relay = relay(&toml(upstream.address)).await;
    for provider in Provider::ALL {
        let mut request = payment(provider);
        request.headers.set("Cookie", "session=page");
        request.headers.set("X-Forwarded-For", "10.0.0.1");
        request.headers.set("X-Anything", "else");
        request.headers.set("Authorization", "Bearer page");
        let before = upstream.requests().len();
        send(&relay, provider, &request).await;
        let requests = upstream.requests();
        assert_eq!(requests.len(), before + 1, "{}", provider.id);
        let sent = requests.last().unwrap();
        assert!(sent.starts_with(&format!("POST /base{} HTTP/1.1\r\n", request.path)), "{sent}");
        assert!(sent.ends_with(&format!("\r\n\r\n{}", payment(provider).body)), "{sent}");
        for omitted in ["cookie", "x-forwarded-for", "x-anything", "origin", "referer", "accept-encoding"] {
            assert_eq!(field(sent, omitted), None, "{omitted}");
        }
        assert!(!sent.contains("Bearer page"), "{sent}");
        let agent = field(sent, "user-agent").unwrap();
        assert_eq!(agent, concat!("remit-relay/", env!("CARGO_PKG_VERSION")));
        // A signing secret is never sent. Every other secret is, in some form.
        match provider.auth[0] {
            Scheme::Header { header, secret } => {
                assert_eq!(field(sent, header), Some(canary(provider, secret).as_str()));
            }
            Scheme::Signed { signature, .. } => assert!(field(sent, signature.header).is_some(), "{sent}"),
            Scheme::Bearer { .. } | Scheme::Basic { .. } => {
                assert!(field(sent, "authorization").is_some(), "{sent}");
            }
        }
        // The account is sent too, whether the payment or the connection sets it.
        if let Scheme::Bearer { with, .. } = provider.auth[0] {
            assert!(with.iter().all(|(header, _)| field(sent, header).is_some()), "{sent}");
        }
    }
}

#[tokio::test]
async fn sends_the_contact_in_the_user_agent() {
    let upstream = Upstream::start(says("201 Created", &[], ""));
    let relay = relay(&format!("contact = \"ops@books.example\"\n{}", toml(upstream.address))).await;
    for provider in Provider::ALL {
        let before = upstream.requests().len();
        send(&relay, provider, &payment(provider)).await;
        let requests = upstream.requests();
        assert_eq!(requests.len(), before + 1, "{}", provider.id);
        let agent = requests.last().and_then(|sent| field(sent, "user-agent"));
        assert_eq!(agent, Some(concat!("remit-relay/", env!("CARGO_PKG_VERSION"), " (ops@books.example)")));
    }
}

#[tokio::test]
async fn forwards_the_provider_s_status_and_parsed_body_and_only_known_headers() {
    const XML: &[&str] = &["Content-Type: text/xml", "Location: /invoice/1/payments/2"];
    const JSON: &[&str] = &["Content-Type: application/problem+json", "Last-Page: true"];
    for (status, lines, body, forwarded_by_xml, forwarded_by_json) in [
        ("200 OK", XML, "<a>\u{20ac}<!-- no text --></a>", Some("<a>\u{20ac}</a>"), None),
        ("404 Not Found", JSON, r#"{ "errorCode": 4e2 }"#, None, Some(r#"{"errorCode":4e2}"#)),
        ("400 Bad Request", &["Hint: the invoice is closed"], " ", None, None),
        ("503 Service Unavailable", &["Retry-After: 7", "Content-Type: text/plain"], "busy", None, None),
        ("502 Bad Gateway", &["Content-Type: text/html"], "<html><br></html>", None, None),
    ] {
        let upstream = Upstream::start(says(
            status,
            &[lines, &["Set-Cookie: a=b", "X-Internal: c", "remit-outcome: not-sent"]].concat(),
            body,
        ));
        let relay = relay(&toml(upstream.address)).await;
        for provider in Provider::ALL {
            let reply = send(&relay, provider, &payment(provider)).await;
            assert!(status.starts_with(&reply.status.to_string()), "{reply:?}");
            let (media_type, forwarded) = match provider.payment.body.media_type() {
                "application/xml" => ("application/xml; charset=utf-8", forwarded_by_xml),
                media_type => (media_type, forwarded_by_json),
            };
            assert_eq!(reply.body, forwarded.unwrap_or_default());
            assert_eq!(reply.headers.get("Content-Type"), forwarded.map(|_| media_type));
            for line in lines.iter().filter(|line| !line.starts_with("Content-Type")) {
                let (name, value) = line.split_once(": ").unwrap();
                assert_eq!(reply.headers.get(name), Some(value));
            }
            for dropped in ["set-cookie", "x-internal", "remit-outcome"] {
                assert_eq!(reply.headers.get(dropped), None, "{dropped}");
            }
        }
    }
}

#[tokio::test]
async fn does_not_follow_or_forward_a_redirect() {
    let elsewhere = Upstream::start(says("201 Created", &[], "{}"));
    for status in [
        "300 Multiple Choices",
        "301 Moved",
        "302 Found",
        "303 See Other",
        "304 Not Modified",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let location = format!("Location: http://{}/", elsewhere.address);
        let upstream = Upstream::start(says(status, &[&location], ""));
        let relay = relay(&toml(upstream.address)).await;
        for provider in Provider::ALL {
            let reply = send(&relay, provider, &payment(provider)).await;
            // No client follows this response, even if it follows redirects.
            assert_eq!((reply.status, reply.headers.get("Location")), (502, None), "{status}");
            assert_eq!(reply.headers.get(RELAY_HEADER), Some("unknown"), "{status}");
            let Outcome::Unknown(reason) = outcome(provider, &reply) else { panic!("{reply:?}") };
            assert_eq!(reason.cause, Cause::Unreadable);
        }
        assert_eq!(upstream.requests().len(), Provider::ALL.len());
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn reports_a_payment_that_may_have_arrived_as_unknown_and_does_not_retry() {
    let broken = "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"id\":";
    let endless = format!("HTTP/1.1 201 Created\r\nContent-Length: 2000000\r\n\r\n{}", " ".repeat(2_000_000));
    for (behaviour, status, cause) in [
        (Behaviour::Closes, 502, Cause::Lost),
        (Behaviour::KeepsSilent, 504, Cause::Lost),
        (Behaviour::Says(broken.to_owned()), 502, Cause::Lost),
        (Behaviour::Says("not HTTP at all\r\n\r\n".to_owned()), 502, Cause::Lost),
        (Behaviour::Says(endless), 502, Cause::Unreadable),
    ] {
        let upstream = Upstream::start(behaviour);
        let relay = relay(&toml(upstream.address)).await;
        for (at, provider) in Provider::ALL.iter().enumerate() {
            let reply = send(&relay, provider, &payment(provider)).await;
            assert_eq!(reply.status, status, "{}", reply.body);
            let Outcome::Unknown(reason) = outcome(provider, &reply) else { panic!("{reply:?}") };
            assert_eq!(reason.cause, cause);
            assert_eq!(reply.headers.get(DEADLINE_HEADER), Some("2"));
            assert_eq!(upstream.requests().len(), at + 1, "sent more than once");
        }
    }
}

#[tokio::test]
async fn waits_for_a_provider_until_the_deadline_that_it_states() {
    let upstream = Upstream::start(Behaviour::KeepsSilent);
    let relay = relay(&toml(upstream.address)).await;
    let provider = Provider::ALL[0];
    let started = std::time::Instant::now();
    let reply = send(&relay, provider, &payment(provider)).await;
    let seconds = started.elapsed().as_secs_f64();
    let deadline: f64 = reply.headers.get(DEADLINE_HEADER).unwrap().parse().unwrap();
    assert_eq!(reply.status, 504);
    assert!((deadline..deadline + 1.0).contains(&seconds), "{seconds} s; the deadline is {deadline} s");
}

#[tokio::test]
async fn waits_less_long_for_the_first_byte_than_for_the_rest() {
    let provider = Provider::ALL[0];
    let timeouts = "first_byte_timeout_seconds = 1\ntimeout_seconds = 5\n";
    let toml = |address| toml(address).replace("timeout_seconds = 2\n", timeouts);

    let silent = Upstream::start(Behaviour::KeepsSilent);
    let through = relay(&toml(silent.address)).await;
    let started = std::time::Instant::now();
    let reply = send(&through, provider, &payment(provider)).await;
    let seconds = started.elapsed().as_secs_f64();
    assert_eq!(reply.status, 504);
    assert!(matches!(outcome(provider, &reply), Outcome::Unknown(_)), "{reply:?}");
    assert!((1.0..2.5).contains(&seconds), "{seconds} s");

    let slow = Upstream::start(Behaviour::StopsInBetween(Duration::from_millis(1_500)));
    let through = relay(&toml(slow.address)).await;
    assert_eq!(send(&through, provider, &payment(provider)).await.status, 400);
}

#[tokio::test]
async fn reports_a_payment_without_a_connection_as_not_sent() {
    let unused = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let plain = Upstream::start(says("201 Created", &[], "{}"));
    for toml in [
        toml(unused),
        toml(unused).replace(&format!("http://{unused}"), "https://no-such-host.invalid"),
        // A host without TLS.
        toml(plain.address).replace("http://127", "https://127"),
    ] {
        let relay = relay(&toml.replace("timeout_seconds = 2", "timeout_seconds = 20")).await;
        for provider in Provider::ALL {
            let reply = send(&relay, provider, &payment(provider)).await;
            assert_eq!(reply.status, 502, "{}", reply.body);
            let Outcome::NotSent(reason) = outcome(provider, &reply) else { panic!("{reply:?}") };
            assert_eq!(reason.cause, Cause::Unreachable);
            assert_eq!(reply.headers.get(DEADLINE_HEADER), Some("20"));
        }
    }
}

#[tokio::test]
async fn completes_a_payment_after_its_caller_disconnects() {
    let upstream = Upstream::start(Behaviour::Waits(Duration::from_millis(500)));
    let relay = relay(&toml(upstream.address)).await;
    let provider = Provider::ALL[0];
    let request = payment(provider);
    let sending = client()
        .post(format!("{relay}/{}{}", provider.id, request.path))
        .header("Content-Type", provider.payment.body.media_type())
        .header(KEY, new_key())
        .timeout(Duration::from_millis(200))
        .body(request.body)
        .send();
    assert!(sending.await.unwrap_err().is_timeout());
    while upstream.requests().len() < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(upstream.requests()[1], CONNECTED);
}

#[tokio::test]
async fn withholds_texts_in_which_a_provider_quotes_secrets() {
    for provider in Provider::ALL {
        let probe = Upstream::start(says("400 Bad Request", &[], ""));
        let through = relay(&toml(probe.address)).await;
        send(&through, provider, &payment(provider)).await;
        // The provider quotes the entire request, as an error page may, and the secrets themselves.
        let mut quoted = probe.requests().remove(0);
        for name in ["authorization", "x-api-key"] {
            quoted = field(&quoted, name).map(|value| format!("{quoted} {value}")).unwrap_or(quoted);
        }
        let secrets: Vec<_> =
            provider.auth[0].confidential().iter().map(|name| canary(provider, name)).collect();
        quoted.push_str(&secrets.join(" "));
        let hint = format!("Hint: got {}", secrets[0]);
        let body = if provider.payment.body.media_type() == "application/xml" {
            let quoted = Element::new("quoted", None, &quoted);
            Element::with("errors", vec![quoted, Element::new("more", None, "text")]).print()
        } else {
            [("quoted", Json::text(&quoted)), ("more", Json::text("text"))]
                .into_iter()
                .collect::<Json>()
                .print()
        };
        let upstream = Upstream::start(says("400 Bad Request", &[&hint], &body));
        let through = relay(&toml(upstream.address)).await;
        let reply = send(&through, provider, &payment(provider)).await;
        assert_eq!(reply.status, 400);
        assert!(reply.body.contains("***") && reply.body.contains("text"), "{}", reply.body);
        assert!(!reply.body.contains("HTTP/1.1"), "{}", reply.body);
        assert_eq!(reply.headers.get("hint"), None);
        let basic = field(&quoted, "authorization").and_then(|value| value.strip_prefix("Basic "));
        for secret in secrets.iter().map(String::as_str).chain(basic) {
            assert!(!reply.body.contains(secret), "{}: {}", provider.id, reply.body);
        }
    }
}

#[tokio::test]
async fn does_not_withhold_a_user_name() {
    let mut tested = 0;
    for provider in Provider::ALL {
        let Scheme::Basic { user, password } = provider.auth[0] else { continue };
        let body = format!("<payment><id>1</id><notes>{}</notes></payment>", canary(provider, password));
        let upstream = Upstream::start(says("201 Created", &["Location: /payments/1"], &body));
        let user_variable = format!("{}-{user}", provider.id);
        let environment = |variable: &str| {
            if variable == user_variable { Some("payments".to_owned()) } else { environment(variable) }
        };
        let relay = relay_in(&toml(upstream.address), &environment).await;
        let reply = send(&relay, provider, &payment(provider)).await;
        assert_eq!(reply.body, "<payment><id>1</id><notes>***</notes></payment>");
        assert_eq!(reply.headers.get("Location"), Some("/payments/1"));
        tested += 1;
    }
    assert!(tested > 0);
}
