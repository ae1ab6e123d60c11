//! Requests that the relay refuses, and its responses to them. No refused request reaches the upstream.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use remit_core::operation::auth::Scheme;
use remit_core::wire::json::Json;
use remit_core::wire::{Method, Request, Response};
use remit_core::{Body, Cause, Operation, Outcome, Provider, Purpose};
use support::{
    Upstream, any_request, client, outcome, payment, relay, reply, says, send, send_from, send_raw, toml,
};

fn is_not_sent(provider: &Provider, reply: &Response, status: u16) -> bool {
    let Outcome::NotSent(reason) = outcome(provider, reply) else { return false };
    let problem = reply.headers.get("Content-Type") == Some("application/problem+json");
    let body = Json::parse(&reply.body).unwrap();
    // A client that shows only `message` shows the relay's reason.
    let shown = body.get("message").and_then(Json::as_text);
    let worded = shown.is_some_and(|shown| !shown.is_empty()) && shown == reason.words.as_deref();
    problem && worded && reason.cause == Cause::Relay && reply.status == status
}

/// The provider's payment with an additional member in its body.
fn with_member(provider: &Provider, name: &str) -> Request {
    let request = payment(provider);
    let body = match provider.payment.body {
        Body::Json | Body::JsonWith(_) => request.body.replacen('{', &format!("{{\"{name}\":1,"), 1),
        Body::Xml(root) => {
            request.body.replacen(&format!("</{root}>"), &format!("<{name}>1</{name}></{root}>"), 1)
        }
        Body::Empty | Body::EmptyXml => panic!("a payment has a body"),
    };
    assert_ne!(body, request.body);
    Request { body, ..request }
}

#[tokio::test]
async fn refuses_every_request_that_is_not_a_declared_operation() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    let relay = relay(&toml(upstream.address)).await;
    for provider in Provider::ALL {
        let good = payment(provider);
        let with_path = |path: &str| Request { path: path.to_owned(), ..good.clone() };
        let with_body = |body: &str| Request { body: body.to_owned(), ..good.clone() };
        let with_type = |media_type: &str| {
            let mut request = good.clone();
            request.headers.set("Content-Type", media_type);
            request
        };
        let delete = Request { method: Method::Delete, ..good.clone() };
        for (request, status) in [
            (with_member(provider, "isAdmin"), 422),
            (with_body(""), 422),
            (with_body("{}"), 422),
            (with_body("not a payment"), 422),
            (with_path("/no/such/route"), 404),
            (with_path(&format!("{}/more/and/more", good.path)), 404),
            (delete, 405),
            (with_type("text/plain"), 415),
            (with_type("application/x-www-form-urlencoded"), 415),
            (with_body(&" ".repeat(16 * 1024 + 1)), 413),
        ] {
            let reply = send(&relay, provider, &request).await;
            assert!(is_not_sent(provider, &reply, status), "{} {status}: {reply:?}", provider.id);
            let allow = reply.headers.get("Allow");
            assert_eq!(allow.is_some_and(|allow| allow.split(", ").any(|m| m == "POST")), status == 405);
        }
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn relays_operations_beyond_recording_a_payment_only_if_configured() {
    let upstream = Upstream::with_lists(says("200 OK", &[], ""));
    let default = relay(&toml(upstream.address)).await;
    let mut tested = 0;
    for provider in Provider::ALL {
        for operation in provider.all_operations().filter(|o| o.purpose != Purpose::RecordPayment) {
            let request = any_request(provider, operation);
            let reply = send(&default, provider, &request).await;
            let arrived = upstream.requests().len();
            let name = operation.purpose.as_str();
            if !operation.purpose.is_relayed_by_default() {
                tested += 1;
                // The request may match a relayed operation at the same path, and then lacks that operation's fields.
                let matches_relayed = |o: &Operation| {
                    o.purpose.is_relayed_by_default()
                        && o.matches(request.method.name(), &request.path).is_some()
                };
                let status = if provider.all_operations().any(matches_relayed) { 422 } else { 403 };
                assert!(is_not_sent(provider, &reply, status), "{} {name}: {reply:?}", provider.id);
                assert_eq!(arrived, 0, "{} {name}", provider.id);
                let toml = toml(upstream.address);
                let at = toml.find(&format!("[connections.{}]", provider.id)).unwrap();
                let (before, connection) = toml.split_at(at);
                let base_url = format!("base_url = \"http://{}/base/\"", upstream.address);
                let with_operations = format!("{base_url}\noperations = [\"{name}\"]");
                let connection = connection.replacen(&base_url, &with_operations, 1);
                let configured = relay(&format!("{before}{connection}")).await;
                assert_eq!(send(&configured, provider, &request).await.status, 200, "{} {name}", provider.id);
                let sent = format!("{} /base{} ", request.method.name(), request.path);
                let arrived = upstream.requests();
                let arrived: Vec<_> = arrived.iter().filter(|request| request.starts_with(&sent)).collect();
                assert_eq!(arrived.len(), 1, "{arrived:?}");
                // The connection then relays no other operation.
                let payment = send(&configured, provider, &payment(provider)).await;
                assert!(is_not_sent(provider, &payment, 403), "{payment:?}");
            } else {
                assert_eq!(reply.status, 200, "{} {name}: {reply:?}", provider.id);
                assert_eq!(arrived, 1);
            }
            upstream.forget();
        }
    }
    assert!(tested >= 4);
}

#[tokio::test]
async fn refuses_a_host_name_that_is_neither_local_nor_allowed() {
    let upstream = Upstream::start(says("200 OK", &[], "{}"));
    let named = relay(&format!("allow_hosts = [\"books.example\"]\n{}", toml(upstream.address))).await;
    let plain = relay(&toml(upstream.address)).await;
    for (relay, host, status) in [
        (&plain, "evil.example", 421),
        (&plain, "evil.example:8080", 421),
        (&plain, "127.0.0.1.evil.example", 421),
        (&plain, "books.example", 421),
        (&plain, "localhost:9100", 204),
        (&plain, "[::1]:9100", 204),
        (&named, "Books.Example", 204),
        (&named, "books.example:443", 204),
        (&named, "evil.example", 421),
    ] {
        let reply = reply(client().get(format!("{relay}/")).header("Host", host).send().await.unwrap()).await;
        assert_eq!(reply.status, status, "{host}");
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn refuses_to_list_payments_for_a_page_of_another_origin() {
    let upstream = Upstream::start(says("200 OK", &[], "{}"));
    let relay = relay(&toml(upstream.address)).await;
    for provider in Provider::ALL {
        let list = provider.operation(Purpose::ListPayments).unwrap();
        let request = any_request(provider, list);
        let reply = send_from(&relay, provider, &request, Some("https://evil.example")).await;
        assert!(is_not_sent(provider, &reply, 403), "{reply:?}");
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn closes_the_connection_after_every_response() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    let relay = relay(&toml(upstream.address)).await;
    for provider in Provider::ALL {
        for reply in [
            send(&relay, provider, &payment(provider)).await,
            send(&relay, provider, &Request { body: String::new(), ..payment(provider) }).await,
            reply(client().get(&relay).send().await.unwrap()).await,
        ] {
            assert_eq!(reply.headers.get("Connection"), Some("close"), "{reply:?}");
        }
    }
}

#[tokio::test]
async fn reports_all_issues_of_a_payment_together() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    let relay = relay(&toml(upstream.address)).await;
    for provider in Provider::ALL {
        let empty = match provider.payment.body {
            Body::Json | Body::JsonWith(_) => "{}".to_owned(),
            Body::Xml(root) => format!("<{root}/>"),
            Body::Empty | Body::EmptyXml => panic!("a payment has a body"),
        };
        let request = Request { body: empty, ..payment(provider) };
        let rejection = provider.read(&request, &remit_core::Context::default()).unwrap_err();
        let reply = send(&relay, provider, &request).await;
        let Outcome::NotSent(reason) = outcome(provider, &reply) else { panic!("{reply:?}") };
        assert_eq!(reason.words, Some(rejection.to_string()));
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn refuses_a_path_that_leaves_the_operation_s_route() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    let relay = relay(&toml(upstream.address)).await;
    for provider in Provider::ALL {
        let path = payment(provider).path;
        for start in ["/..", "/.", "//", "/%2e%2e", "/a/..", "/@evil.example", "/http://evil.example"] {
            assert_eq!(
                send_raw(&relay, provider, &format!("/{}{start}{path}", provider.id)).await,
                404,
                "{start}"
            );
        }
        let elsewhere = format!("http://evil.example/{}{path}/", provider.id);
        assert_eq!(send_raw(&relay, provider, &elsewhere).await, 421);
        if !provider.payment.route.contains("{invoiceId}") {
            continue;
        }
        for id in ["..", ".", "..%2f..", "%2e%2e", "1%00", "a%20b", "1;x", "1:2", "", "%C3%A4"] {
            let path = provider.payment.route.replace("{invoiceId}", id).replace(['{', '}'], "");
            assert_eq!(
                send_raw(&relay, provider, &format!("/{}{path}", provider.id)).await,
                if id.is_empty() { 404 } else { 422 },
                "{} `{id}`",
                provider.id
            );
        }
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn sends_no_account_other_than_the_connection_s() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    let mut tested = 0;
    for provider in Provider::ALL {
        let Scheme::Bearer { with: [(header, name)], .. } = provider.auth[0] else { continue };
        let own = "0b6b9d0e-3c7f-4f4e-9a53-5d1f6a2c7e01";
        let id = provider.id;
        let secrets = format!("[connections.{id}.secrets]\n");
        let toml = toml(upstream.address)
            .replace(&format!("{name} = {{ env = \"{id}-{name}\" }}\n"), "")
            .replace(&secrets, &format!("{secrets}{name} = {{ env = \"OWN\" }}\n"));
        let environment = |variable: &str| match variable {
            "OWN" => Some(own.to_owned()),
            other => support::environment(other),
        };
        let relay = support::relay_in(&toml, &environment).await;
        let with = |value: Option<&str>| {
            let mut request = payment(provider);
            let others: Vec<_> =
                request.headers.iter().filter(|(n, _)| !n.eq_ignore_ascii_case(header)).collect();
            request.headers = others.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
            if let Some(value) = value {
                request.headers.set(*header, value);
            }
            request
        };
        let other = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
        let before = upstream.requests().len();
        let reply = send(&relay, provider, &with(Some(other))).await;
        if provider.payment.field_on_wire(header).is_some() {
            assert!(is_not_sent(provider, &reply, 422), "{id}");
            assert_eq!(upstream.requests().len(), before);
        } else {
            // The payment does not declare this header, so the relay ignores it like any other undeclared header.
            assert_eq!(support::field(&upstream.requests()[before], header), Some(own), "{id}");
        }
        for same in [None, Some(own), Some(own.to_ascii_uppercase().as_str())] {
            // Another relay: the upstream's answers leave the outcome unknown, which keeps the invoice from being paid again.
            let relay = support::relay_in(&toml, &environment).await;
            let before = upstream.requests().len();
            send(&relay, provider, &with(same)).await;
            assert_eq!(upstream.requests().len(), before + 1, "{id}");
            let sent = upstream.requests().pop().unwrap();
            assert_eq!(support::field(&sent, header), Some(own));
        }
        tested += 1;
    }
    assert!(tested > 0);
}

#[tokio::test]
async fn forwards_payments_only_for_pages_of_an_allowed_origin() {
    let upstream = Upstream::start(says("201 Created", &["Location: /x"], ""));
    let relay = relay(&toml(upstream.address)).await;
    for provider in Provider::ALL {
        let request = payment(provider);
        for origin in
            ["https://evil.example", "null", "https://shop.example.evil.example", "http://shop.example"]
        {
            let reply = send_from(&relay, provider, &request, Some(origin)).await;
            assert!(is_not_sent(provider, &reply, 403), "{origin}: {reply:?}");
            assert_eq!(reply.headers.get("Access-Control-Allow-Origin"), None);
        }
    }
    assert!(upstream.requests().is_empty());
    for provider in Provider::ALL {
        let reply = send_from(&relay, provider, &payment(provider), Some("https://shop.example")).await;
        assert_eq!(reply.status, 201);
        assert_eq!(reply.headers.get("Access-Control-Allow-Origin"), Some("https://shop.example"));
        let exposed = reply.headers.get("Access-Control-Expose-Headers").unwrap().to_ascii_lowercase();
        for name in ["location", "retry-after", "hint", "remit-outcome", "remit-deadline"] {
            assert!(exposed.split(',').any(|exposed| exposed.trim() == name), "{name}: {exposed}");
        }
        assert!(reply.headers.get("Vary").unwrap().to_ascii_lowercase().contains("origin"));
    }
}

/// An image request has no `Origin`, only `Sec-Fetch-Site`.
#[tokio::test]
async fn refuses_a_request_without_an_origin_from_another_site() {
    let upstream =
        Upstream::with_lists(says("200 OK", &["Content-Type: text/html"], "<script>alert(1)</script>"));
    let relay = relay(&toml(upstream.address)).await;
    let provider = Provider::find("harvest-v2").unwrap();
    let list = any_request(provider, provider.operation(Purpose::ListPayments).unwrap());
    let from = |site: &'static str| {
        client().get(format!("{relay}/{}{}", provider.id, list.path)).header("Sec-Fetch-Site", site).send()
    };
    for site in ["cross-site", "same-site", "elsewhere"] {
        assert!(is_not_sent(provider, &reply(from(site).await.unwrap()).await, 403), "{site}");
    }
    // A reachability probe is allowed.
    let probe = client().get(format!("{relay}/{}", provider.id)).header("Sec-Fetch-Site", "cross-site");
    assert_eq!(probe.send().await.unwrap().status(), 204);
    assert!(upstream.requests().is_empty());
    for site in ["same-origin", "none"] {
        let shown = reply(from(site).await.unwrap()).await;
        assert_eq!(shown.status, 200, "{site}");
        // The response is not a page of the relay's origin.
        assert_eq!(shown.headers.get("X-Content-Type-Options"), Some("nosniff"));
        assert_eq!(shown.headers.get("Content-Security-Policy"), Some("default-src 'none'; sandbox"));
        assert_eq!(shown.headers.get("Cache-Control"), Some("no-store"));
    }
}

#[tokio::test]
async fn answers_the_preflight_of_an_allowed_origin_and_lets_it_read_a_refusal() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    let relay = relay(&toml(upstream.address)).await;
    for provider in Provider::ALL {
        let request = payment(provider);
        let requested: Vec<_> = request.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        let preflight = |origin: &'static str| {
            client()
                .request(reqwest::Method::OPTIONS, format!("{relay}/{}{}", provider.id, request.path))
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", requested.join(","))
                .send()
        };
        let granted = reply(preflight("https://shop.example").await.unwrap()).await;
        assert_eq!(granted.headers.get("Access-Control-Allow-Origin"), Some("https://shop.example"));
        assert!(granted.headers.get("Access-Control-Allow-Methods").unwrap().contains("POST"));
        let allowed = granted.headers.get("Access-Control-Allow-Headers").unwrap().to_ascii_lowercase();
        for name in &requested {
            assert!(allowed.split(',').any(|allowed| allowed.trim() == name), "{name}: {allowed}");
        }
        assert!(!allowed.contains("authorization"));
        assert!(allowed.matches("x-business-id").count() <= 1, "{allowed}");
        let denied = reply(preflight("https://evil.example").await.unwrap()).await;
        assert_eq!(denied.headers.get("Access-Control-Allow-Origin"), None);
        let refused =
            send_from(&relay, provider, &with_member(provider, "x"), Some("https://shop.example")).await;
        assert!(is_not_sent(provider, &refused, 422));
        assert_eq!(refused.headers.get("Access-Control-Allow-Origin"), Some("https://shop.example"));
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn answers_a_reachability_probe_of_a_known_connection() {
    let upstream = Upstream::start(says("201 Created", &[], "{}"));
    let relay = relay(&toml(upstream.address)).await;
    let get = async |path: &str| reply(client().get(format!("{relay}{path}")).send().await.unwrap()).await;
    assert_eq!(get("/").await.status, 204);
    for provider in Provider::ALL {
        assert_eq!(get(&format!("/{}", provider.id)).await.status, 204);
        assert!(is_not_sent(provider, &get("/unknown").await, 404));
        let path = format!("{relay}/{}{}", provider.id, payment(provider).path);
        assert!(is_not_sent(provider, &reply(client().put(path).send().await.unwrap()).await, 405));
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn states_its_deadline_in_every_response() {
    let upstream = Upstream::start(says("201 Created", &["remit-deadline: 99"], ""));
    let toml = toml(upstream.address).replace("timeout_seconds = 2\n", "timeout_seconds = 7\n");
    let relay = relay(&toml).await;
    let shop = Some("https://shop.example");
    for provider in Provider::ALL {
        let good = payment(provider);
        let path = format!("{relay}/{}{}", provider.id, good.path);
        let preflight = client()
            .request(reqwest::Method::OPTIONS, &path)
            .header("Origin", "https://shop.example")
            .header("Access-Control-Request-Method", "POST");
        let too_long = Request { body: " ".repeat(16 * 1024 + 1), ..good.clone() };
        for (response, status) in [
            (send_from(&relay, provider, &good, shop).await, 201),
            (send_from(&relay, provider, &with_member(provider, "x"), shop).await, 422),
            (send_from(&relay, provider, &too_long, shop).await, 413),
            (send_from(&relay, provider, &good, Some("https://evil.example")).await, 403),
            (reply(client().put(&path).send().await.unwrap()).await, 405),
            (reply(client().get(format!("{relay}/unknown")).send().await.unwrap()).await, 404),
            (reply(client().get(&relay).header("Host", "evil.example").send().await.unwrap()).await, 421),
            (reply(client().get(&relay).send().await.unwrap()).await, 204),
            (reply(client().get(format!("{relay}/{}", provider.id)).send().await.unwrap()).await, 204),
            (reply(preflight.send().await.unwrap()).await, 200),
        ] {
            assert_eq!(response.status, status, "{response:?}");
            assert_eq!(response.headers.get("remit-deadline"), Some("7"), "{response:?}");
        }
    }
}
