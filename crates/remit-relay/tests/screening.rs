//! Responses that quote a secret, and responses that the provider documents.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

#[path = "support/documented.rs"]
mod documented;
mod support;

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use documented::{Documented, documented, examples, is_document, is_xml, usd};
use remit_core::wire::json::Json;
use remit_core::wire::xml::Element;
use remit_core::wire::{Headers, Response};
use remit_core::{Answer, Cause, Failure, Operation, Outcome, Provider, Purpose, RELAY_HEADER};
use support::{
    Behaviour, Upstream, any_request, on_a_new_invoice, payment, relay_without_pauses, secrets, send_to,
};

/// A relay whose connections relay every operation.
struct Stack {
    relay: String,
    upstream: Upstream,
    answer: Arc<Mutex<Vec<u8>>>,
}

impl Stack {
    /// With a connection to each provider, named after it. All confidential secrets are this one.
    async fn with(secret: &str) -> Self {
        Self::of(Provider::ALL.iter().map(|provider| (provider.id.to_owned(), *provider, secret))).await
    }

    /// With these connections: the name, the provider, and the value of all confidential secrets.
    async fn of<'a>(connections: impl Iterator<Item = (String, &'static Provider, &'a str)>) -> Self {
        let answer = Arc::new(Mutex::new(Vec::new()));
        let upstream = Upstream::start(Behaviour::SaysNext(answer.clone()));
        let (address, mut toml, mut values) =
            (upstream.address, "sandbox = true\nstore = \":memory:\"\n".to_owned(), HashMap::new());
        for (name, provider, secret) in connections {
            let mut operations: Vec<_> =
                provider.all_operations().map(|one| format!("{:?}", one.purpose.as_str())).collect();
            operations.dedup();
            let (id, operations) = (provider.id, operations.join(", "));
            write!(
                toml,
                "[connections.{name}]\nprovider = \"{id}\"\nbase_url = \"http://{address}\"\n\
                 operations = [{operations}]\n[connections.{name}.secrets]\n"
            )
            .unwrap();
            for variable in secrets(provider) {
                writeln!(toml, "{variable} = {{ env = \"{name}-{variable}\" }}").unwrap();
                let is_confidential = provider.auth[0].confidential().contains(&variable);
                let value = if is_confidential { secret } else { "1000001" };
                values.insert(format!("{name}-{variable}"), value.to_owned());
            }
        }
        let relay = relay_without_pauses(&toml, &|variable| values.get(variable).cloned()).await;
        Self { relay, upstream, answer }
    }

    /// The relay's response to an operation, if the provider responds with this status, these headers and this body.
    async fn respond(
        &self,
        connection: &str,
        (provider, operation): (&Provider, &Operation),
        (status, headers, body): (u16, &Headers, &[u8]),
    ) -> Response {
        let length = body.len();
        let mut head = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n");
        for (name, value) in headers.iter() {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        *self.answer.lock().unwrap() = [head.as_bytes(), b"\r\n", body].concat();
        let request = if operation.purpose == Purpose::RecordPayment {
            payment(provider)
        } else {
            any_request(provider, operation)
        };
        // Before a change, the relay lists the payments of its invoice. That response is not the one to screen.
        let changes = operation.purpose.changes();
        self.upstream.set_lists(!changes);
        let request = if changes { on_a_new_invoice(request) } else { request };
        send_to(&format!("{}/{connection}", self.relay), &request, None).await
    }
}

/// What a response means for an operation, without the texts for people.
fn meaning(operation: &Operation, response: &Response) -> String {
    match operation.understand(response, usd()) {
        Ok(Answer::Receipt(receipt)) => format!("receipt {:?}", receipt.payment_id),
        Ok(Answer::Payments(page)) => {
            let one = |payment: &remit_core::RecordedPayment| (payment.id.clone(), payment.amount);
            format!("payments {:?} {:?}", page.items.iter().map(one).collect::<Vec<_>>(), page.next)
        }
        Ok(Answer::Invoices(page)) => {
            format!("invoices {:?} {:?}", page.items.iter().map(|one| &one.id).collect::<Vec<_>>(), page.next)
        }
        Ok(Answer::Transactions(page)) => {
            format!("transactions {:?}", page.items.iter().map(|one| &one.id).collect::<Vec<_>>())
        }
        Ok(Answer::Options(options)) => {
            format!("options {:?}", options.iter().map(|one| &one.id).collect::<Vec<_>>())
        }
        Ok(Answer::Payment(one)) => format!("payment {} {:?}", one.id, one.amount),
        Ok(Answer::Invoice(one)) => format!("invoice {} {:?} {:?}", one.id, one.balance, one.state),
        Ok(Answer::Allocations(one)) => format!("transaction {} {:?}", one.id, one.unallocated),
        Ok(other) => format!("{other:?}"),
        Err(Failure::Refused(problem)) => format!("refused {}", problem.code.as_str()),
        Err(Failure::Unknown(_)) => "unknown".to_owned(),
        Err(Failure::NotSent(_)) => "not sent".to_owned(),
    }
}

/// Asserts that the relay's response means the same as the provider's, or that its outcome is unknown. Only the caller knows
/// which of the operations with the same request it means.
fn assert_true(
    provider: &Provider,
    operation: &Operation,
    received: &Response,
    reply: &Response,
    name: &str,
) {
    let same = |one: &&Operation| (one.method, one.route) == (operation.method, operation.route);
    for operation in provider.all_operations().filter(same) {
        let (truth, told) = (meaning(operation, received), meaning(operation, reply));
        let is_recorded = || matches!(operation.outcome(received, usd()), Outcome::Recorded(_));
        let is_withheld = match reply.headers.get(RELAY_HEADER) {
            Some("unknown") => reply.status == 502,
            Some("recorded") => reply.status == 200 && is_recorded(),
            _ => false,
        };
        assert!(
            truth == told || is_withheld,
            "{name}: {truth}, but the relay reports {told}: {}",
            reply.body
        );
    }
}

/// The encodings of a secret that a text can contain.
fn encodings(secret: &str) -> Vec<(&'static str, String)> {
    let each = |one: &dyn Fn(char) -> String| -> String { secret.chars().map(one).collect() };
    let between = |text: &str| -> String { secret.chars().map(String::from).collect::<Vec<_>>().join(text) };
    let hex = |between: &str| -> String {
        secret.bytes().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(between)
    };
    let percent = each(&|c| format!("%{:02X}", u32::from(c)));
    let mut mixed = secret.to_owned();
    mixed[..1].make_ascii_uppercase();
    mixed[1..].make_ascii_lowercase();
    let json = Json::Object(vec![("key".to_owned(), Json::text(secret))]).print();
    vec![
        ("plain", secret.to_owned()),
        ("mixed case", mixed),
        ("upper case", secret.to_uppercase()),
        ("percent", percent.clone()),
        ("percent twice", percent.replace('%', "%25")),
        ("slash only", secret.replace('/', "%2f")),
        ("\\/", secret.replace('/', "\\/")),
        ("\\u", each(&|c| format!("\\u{:04x}", u32::from(c)))),
        ("&#x2F;", secret.replace('/', "&#x2F;")),
        ("&#47;", secret.replace('/', "&#47;")),
        ("references", each(&|c| format!("&#{};", u32::from(c)))),
        ("hexadecimal", hex("")),
        ("hexadecimal with colons", hex(":")),
        ("base64", STANDARD.encode(secret)),
        ("base64 after one byte", STANDARD.encode(format!("u{secret}."))),
        ("base64 after two bytes", STANDARD.encode(format!("us{secret}."))),
        ("base64url", URL_SAFE.encode(format!("user:{secret}?>?"))),
        ("reversed", secret.chars().rev().collect()),
        ("zero-width", between("\u{200B}")),
        ("soft line breaks", between("=\r\n")),
        ("soft hyphens", between("\u{AD}")),
        ("JSON in a string", json.clone()),
        ("JSON in JSON in a string", Json::text(json.replace('/', "\\/")).print()),
    ]
}

/// The body with additional members or elements, which no reader expects.
fn with_more(operation: &Operation, body: &str, more: &[(String, String)]) -> String {
    if is_xml(operation) {
        let mut root = Element::parse(body).unwrap();
        root.children.extend(more.iter().map(|(name, text)| Element::new(name, None, text)));
        return root.print();
    }
    let more = more.iter().map(|(name, text)| (name.clone(), Json::text(text)));
    match Json::parse(body).unwrap() {
        Json::Object(members) => members.into_iter().chain(more).collect::<Json>().print(),
        Json::Array(mut elements) => {
            if let Some(Json::Object(members)) = elements.first_mut() {
                members.extend(more);
            }
            Json::Array(elements).print()
        }
        other => other.print(),
    }
}

/// The body with a secret in it: as a text, in a name, in the syntax of the format, and in other formats. Each body has a
/// name, and the texts that the relay must not forward.
fn bodies(operation: &Operation, body: &str, secret: &str) -> Vec<(String, Vec<u8>, Vec<String>)> {
    const PLACE: &str = "PLACEHOLDER";
    let in_text = with_more(operation, body, &[("echo".to_owned(), PLACE.to_owned())]);
    let xml_text = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let is_name = |text: &str| !is_xml(operation) || text.chars().all(|c| c.is_ascii_alphanumeric());
    let quoted: Vec<_> = encodings(secret).into_iter().map(|(_, text)| text).collect();
    let texts: Vec<_> =
        quoted.iter().enumerate().map(|(at, text)| (format!("echo{at}"), format!("got {text}!"))).collect();
    let names: Vec<_> = quoted.iter().enumerate().filter(|(_, text)| is_name(text)).collect();
    let names: Vec<_> =
        names.iter().map(|(at, text)| (format!("echo{at}x{text}"), "text".to_owned())).collect();
    let texts = with_more(operation, body, &texts).into_bytes();
    let names = with_more(operation, body, &names).into_bytes();
    let mut all = vec![
        ("encoded texts".to_owned(), texts, quoted.clone()),
        ("encoded names".to_owned(), names, quoted),
    ];
    let mut add = |name: &str, body: String, quoted: &str| {
        all.push((name.to_owned(), body.into_bytes(), vec![quoted.to_owned()]));
    };
    let escaped: String = secret.bytes().map(|b| format!("\\u{b:04X}")).collect();
    let references: String = secret.bytes().map(|b| format!("&#x{b:X};")).collect();
    if is_xml(operation) {
        add("resolved references", in_text.replace(PLACE, &references), secret);
        add("a CDATA section", in_text.replace(PLACE, &format!("<![CDATA[{secret}]]>")), secret);
        let (start, end) = secret.split_at(2);
        let split = format!("{}<!-- x --><![CDATA[{end}]]>", xml_text(start));
        add("a text around a comment", in_text.replace(PLACE, &split), secret);
        add("a comment", in_text.replace(PLACE, &format!("<!--{secret}-->")), secret);
        let attribute = |name: &str| {
            let value = format!("<echo {name}=\"{}\">", xml_text(secret).replace('"', "&quot;"));
            in_text.replace("<echo>", &value)
        };
        add("an attribute", attribute("key"), secret);
        add("a type", attribute("type"), secret);
        add("a processing instruction", format!("<?key {secret}?>{body}"), secret);
    } else {
        add("escaped in the body", in_text.replace(PLACE, &escaped), secret);
        add("escaped solidus", in_text.replace(PLACE, &secret.replace('/', "\\/")), secret);
        let characters = |one: &dyn Fn(char) -> String| {
            let characters: Vec<_> = secret.chars().map(one).collect();
            in_text.replace(&format!("\"{PLACE}\""), &format!("[{}]", characters.join(", ")))
        };
        if secret.len() >= 8 {
            let quoted = secret.chars().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(",");
            add("an array of characters", characters(&|c| format!("\"{c}\"")), &quoted);
        }
        let codes = secret.bytes().map(|b| b.to_string()).collect::<Vec<_>>().join(",");
        add("an array of codes", characters(&|c| u32::from(c).to_string()), &codes);
    }
    // Bodies that are not in the format.
    let plain = in_text.replace(PLACE, secret);
    let utf16: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
    all.push(("UTF-16".to_owned(), utf16.clone(), vec![secret.to_owned()]));
    all.push((
        "UTF-16 with a mark".to_owned(),
        [&[0xFF, 0xFE][..], &utf16].concat(),
        vec![secret.to_owned()],
    ));
    all.push(("gzip".to_owned(), gzip(plain.as_bytes()), vec![secret.to_owned(), "\u{1f}".to_owned()]));
    all.push(("HTML".to_owned(), format!("<p>{secret}<br></p>").into_bytes(), vec![secret.to_owned()]));
    all.push(("text".to_owned(), secret.as_bytes().to_vec(), vec![secret.to_owned()]));
    let half = plain.len().checked_sub(2).map(|end| plain.as_bytes()[..end].to_vec()).unwrap();
    all.push(("half a body".to_owned(), half, vec![secret.to_owned()]));
    all
}

/// A gzip stream whose data is stored, not compressed: an encoding that a byte search would see through. [RFC 1952; RFC 1951]
fn gzip(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    let mut crc = u32::MAX;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    let mut out = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend_from_slice(data);
    out.extend((!crc).to_le_bytes());
    out.extend(u32::from(length).to_le_bytes());
    out
}

/// Every text of a response: the header values, the body, and the texts of the parsed body.
fn texts(reply: &Response) -> String {
    let headers = reply.headers.iter().map(|(_, value)| value.to_owned());
    headers.chain([reply.body.clone()]).chain(texts_of(&reply.body)).collect::<Vec<_>>().join("\n")
}

/// The names and values of a parsed body.
fn texts_of(body: &str) -> Vec<String> {
    fn of_json(json: &Json, all: &mut Vec<String>) {
        match json {
            Json::Text(text) | Json::Number(text) => all.push(text.clone()),
            Json::Array(elements) => elements.iter().for_each(|one| of_json(one, all)),
            Json::Object(members) => members.iter().for_each(|(name, value)| {
                all.push(name.clone());
                of_json(value, all);
            }),
            _ => {}
        }
    }
    fn of_xml(element: &Element, all: &mut Vec<String>) {
        all.extend([element.name.clone(), element.text.clone()]);
        all.extend(element.kind.clone());
        element.children.iter().for_each(|child| of_xml(child, all));
    }
    let mut all = Vec::new();
    if let Ok(json) = Json::parse(body) {
        of_json(&json, &mut all);
    }
    if let Ok(root) = Element::parse(body) {
        of_xml(&root, &mut all);
    }
    all.retain(|text| !text.is_empty());
    all
}

const SECRETS: [&str; 3] = ["q/Z", "q7/Zk+3J", "Vb9/Lm4+R8nC1wY6hJ3dF5gS0tXz2KpQ7aE/cU=="];

#[tokio::test]
async fn forwards_no_secret_in_any_encoding() {
    let mut count = 0;
    for secret in SECRETS {
        let stack = Stack::with(secret).await;
        for Documented { provider, operation, response, name } in examples() {
            for (encoding, body, quoted) in bodies(operation, &response.body, secret) {
                let received =
                    Response { body: String::from_utf8_lossy(&body).into_owned(), ..response.clone() };
                let reply = stack
                    .respond(provider.id, (provider, operation), (response.status, &response.headers, &body))
                    .await;
                let name = format!("{name}, {encoding}, {} characters", secret.len());
                let forwarded = texts(&reply);
                for quoted in quoted.iter().map(String::as_str).chain([secret]) {
                    assert!(!forwarded.contains(quoted), "{name}: {quoted:?} in {forwarded}");
                }
                assert_true(provider, operation, &received, &reply, &name);
                // Only the quoting text is withheld. A secret this short may match other texts, too.
                if secret.len() >= 8 && is_document(operation, &received.body) {
                    // A list with an element that is no payment is unreadable. It must not become a list without it.
                    let is_unreadable = meaning(operation, &received) == "unknown";
                    if is_unreadable && reply.headers.get(RELAY_HEADER) == Some("unknown") {
                        continue;
                    }
                    assert_eq!(reply.headers.get(RELAY_HEADER), None, "{name}: {}", reply.body);
                    assert_eq!(reply.status, response.status, "{name}");
                    assert!(!reply.body.is_empty() || is_unreadable, "{name}");
                }
                count += 1;
            }
        }
    }
    assert!(count > 1500, "{count}");
}

#[tokio::test]
async fn forwards_no_secret_in_a_header() {
    for secret in SECRETS {
        let stack = Stack::with(secret).await;
        for Documented { provider, operation, response, name } in examples() {
            let mut quoted: Vec<_> = encodings(secret).into_iter().map(|(_, text)| text).collect();
            quoted.retain(|text| text.is_ascii() && !text.contains(['\r', '\n']));
            for at in 0..quoted.len().div_ceil(3) {
                let next = |more: usize| &quoted[(3 * at + more) % quoted.len()];
                let mut headers = response.headers.clone();
                headers.set("Hint", format!("got {}", next(0)));
                headers.set("Location", format!("https://{}@books.example/invoices/1/payments/2", next(1)));
                headers.set("Last-Page", next(2));
                headers.set("Content-Type", format!("text/html; key={secret}"));
                let received = Response { headers: headers.clone(), ..response.clone() };
                let answer = (response.status, &headers, response.body.as_bytes());
                let reply = stack.respond(provider.id, (provider, operation), answer).await;
                let name = format!("{name}, header texts {at}, {} characters", secret.len());
                for dropped in ["Hint", "Location", "Last-Page"] {
                    assert_eq!(reply.headers.get(dropped), None, "{name}: {dropped}");
                }
                let forwarded = texts(&reply);
                assert!(!quoted.iter().any(|text| forwarded.contains(text)), "{name}: {forwarded}");
                assert_true(provider, operation, &received, &reply, &name);
            }
        }
    }
}

/// Withholding any text must not change what happened: a payment is never reported as recorded, refused or missing for it.
/// Here, the secret is each of the texts that the provider documents.
#[tokio::test]
async fn withholding_a_text_does_not_change_the_outcome() {
    let (examples, mut withheld) = (examples(), 0);
    for provider in Provider::ALL {
        let of_provider = || examples.iter().filter(|one| one.provider.id == provider.id);
        let texts: BTreeSet<String> = of_provider().flat_map(|one| texts_of(&one.response.body)).collect();
        let secrets: Vec<_> =
            texts.iter().filter(|text| text.bytes().all(|b| b.is_ascii_graphic())).enumerate().collect();
        let connections = secrets.iter().map(|(at, secret)| (format!("c{at}"), *provider, secret.as_str()));
        let stack = Stack::of(connections).await;
        for (at, secret) in &secrets {
            for Documented { operation, response, name, .. } in of_provider() {
                if !response.body.contains(secret.as_str()) {
                    continue;
                }
                let answer = (response.status, &response.headers, response.body.as_bytes());
                let reply = stack.respond(&format!("c{at}"), (provider, operation), answer).await;
                let name = format!("{name} without {secret}");
                assert_true(provider, operation, response, &reply, &name);
                withheld += usize::from(reply.headers.get(RELAY_HEADER).is_some());
            }
        }
    }
    assert!(withheld > 50, "{withheld}");
}

#[tokio::test]
async fn a_body_that_is_not_forwarded_does_not_turn_a_response_into_a_recorded_payment() {
    let stack = Stack::with(SECRETS[2]).await;
    let located: Headers = [("Location", "/invoices/1/payments/2")].into_iter().collect();
    for provider in Provider::ALL {
        let operation = &provider.payment;
        for status in [200, 201, 202, 204, 400, 404, 422, 429, 500, 502] {
            for body in [
                "<!DOCTYPE html><html><body>Sign in</body></html>".as_bytes(),
                b"<html><body>Bad Gateway</body></html>",
                b"{\"success\": true, \"id\": 7",
                b"<payment><id>7</id>",
                b"{\"id\": 7, \"id\": 8}",
                b"\x1f\x8b\x08\0\0\0\0\0",
                b"OK",
            ] {
                if status == 204 {
                    continue;
                }
                for headers in [&Headers::default(), &located] {
                    let received =
                        Response::new(status, headers.clone(), String::from_utf8_lossy(body).into_owned());
                    let reply =
                        stack.respond(provider.id, (provider, operation), (status, headers, body)).await;
                    let name = format!("{} {status} {body:?}", provider.id);
                    assert_true(provider, operation, &received, &reply, &name);
                    let outcome = operation.outcome(&reply, usd());
                    assert!(!matches!(outcome, Outcome::Recorded(_)), "{name}: {reply:?}");
                    if !is_document(operation, &received.body) && reply.headers.get(RELAY_HEADER).is_none() {
                        assert_eq!(reply.body, "", "{name}");
                    }
                    if let (Outcome::Unknown(reason), Some(_)) = (outcome, reply.headers.get(RELAY_HEADER)) {
                        assert!(matches!(reason.cause, Cause::Unreadable | Cause::Failed), "{name}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn forwards_documented_responses_with_their_meaning() {
    let secrets = ["Zk7pQ2xVb9Lm4R8nC1wY6hJ3dF5gS0aTqE", "sandbox-invoice-payment-token-2026"];
    for secret in secrets {
        let stack = Stack::with(secret).await;
        for Documented { provider, operation, response, name } in documented() {
            let (status, headers) = (response.status, &response.headers);
            let reply = stack
                .respond(provider.id, (provider, operation), (status, headers, response.body.as_bytes()))
                .await;
            assert_eq!(meaning(operation, &reply), meaning(operation, &response), "{name}");
            if reply.headers.get(RELAY_HEADER).is_some() {
                // A body in another format, such as a proxy's page, which would otherwise be read as a success.
                assert!(!is_document(operation, &response.body), "{name}");
                continue;
            }
            assert_eq!(reply.status, status, "{name}");
            for kept in ["Location", "Retry-After", "Hint", "Last-Page"] {
                assert_eq!(reply.headers.get(kept), headers.get(kept).map(str::trim), "{name}: {kept}");
            }
            if !is_document(operation, &response.body) {
                assert_eq!((reply.body.as_str(), reply.headers.get("Content-Type")), ("", None), "{name}");
            } else if is_xml(operation) {
                assert_eq!(reply.headers.get("Content-Type"), Some("application/xml; charset=utf-8"));
                let parsed = |body: &str| without_layout(Element::parse(body).unwrap());
                assert_eq!(parsed(&reply.body), parsed(&response.body), "{name}");
            } else {
                assert_eq!(reply.headers.get("Content-Type"), Some("application/json"), "{name}");
                assert_eq!(Json::parse(&reply.body), Json::parse(&response.body), "{name}");
            }
        }
    }
}

/// The element without the whitespace between its children.
fn without_layout(mut element: Element) -> Element {
    if !element.children.is_empty() && element.text.trim().is_empty() {
        element.text.clear();
    }
    element.children = element.children.into_iter().map(without_layout).collect();
    element
}

#[tokio::test]
async fn reads_a_body_with_a_byte_order_mark() {
    let stack = Stack::with(SECRETS[2]).await;
    for Documented { provider, operation, response, name } in examples() {
        let body = format!("\u{FEFF}{}", response.body);
        let (status, headers) = (response.status, &response.headers);
        let reply =
            stack.respond(provider.id, (provider, operation), (status, headers, body.as_bytes())).await;
        assert_eq!(meaning(operation, &reply), meaning(operation, &response), "{name}");
        assert_eq!((reply.status, reply.headers.get(RELAY_HEADER)), (status, None), "{name}");
    }
}
