//! Screens a provider's response: builds it anew from the parsed document, without the texts that contain a secret.
//!
//! A text that contains a secret is withheld as a whole, never in part: what is left of it could still reveal something.

use std::collections::HashSet;

use remit_core::operation::body::Body;
use remit_core::wire::json::Json;
use remit_core::wire::xml::Element;
use remit_core::wire::{Headers, Response};
use remit_core::{
    AccountOption, Answer, BankTransaction, Cause, Currency, Failure, Invoice, Operation, Outcome, Page,
    Reason, Receipt, RecordedPayment,
};

use crate::connection::Connection;
use crate::leak::LeakDetector;

/// Replaces a text that contains a secret.
const WITHHELD: &str = "***";

/// The currencies in which amounts of unknown currency are compared: with two decimals, which amounts in minor units require,
/// and with as many as any currency has.
const ASSUMED: [&str; 2] = ["USD", "CLF"];

/// The result of screening a response.
pub(crate) struct Screened {
    /// The response to forward; else the relay's own outcome.
    pub(crate) result: Result<Response, Outcome>,
    /// The number of withheld texts, names and headers.
    pub(crate) withheld: usize,
    /// Whether the body is not in the operation's format, so that it was not forwarded.
    pub(crate) is_unparsed: bool,
}

/// Screens the response to an operation. `response` has only headers that may be forwarded.
///
/// The provider's response decides what happened. A screened response that would be read differently is not forwarded: with
/// neither its body nor, failing that, at all.
pub(crate) fn screen(response: &Response, operation: &Operation, connection: &Connection) -> Screened {
    let mut screen = Screen::new(&connection.leaks);
    let headers = screen.headers(&response.headers);
    let text = response.body.trim_start_matches('\u{FEFF}');
    let body = if text.trim().is_empty() { Some(String::new()) } else { screen.body(operation.body, text) };
    let is_unparsed = body.is_none();
    let withheld = screen.withheld;
    let screened = Response::new(response.status, headers.clone(), body.unwrap_or_default());
    let received = Response::new(response.status, response.headers.clone(), text);
    // Parsing what was printed returns the same document, so only a change can change the meaning.
    let result = if withheld == 0 && !is_unparsed {
        Ok(screened)
    } else {
        let without_body = Response::new(response.status, headers, "");
        let mut candidates = [screened, without_body].into_iter();
        let same = candidates.find(|candidate| has_same_meaning(&received, candidate, operation, connection));
        same.ok_or_else(|| unforwarded(&received, operation, &connection.leaks, withheld > 0))
    };
    let result = result.map(|mut response| {
        if !response.body.is_empty() {
            response.headers.set("Content-Type", content_type(operation.body));
        }
        response
    });
    Screened { result, withheld, is_unparsed }
}

/// The relay prints UTF-8. Only XML has a character set of its own, and a client may assume another one.
fn content_type(body: Body) -> &'static str {
    match body {
        Body::EmptyXml | Body::Xml(_) => "application/xml; charset=utf-8",
        Body::Empty | Body::Json | Body::JsonWith(_) => "application/json",
    }
}

/// The relay's own outcome, for a response that cannot be forwarded.
fn unforwarded(
    received: &Response,
    operation: &Operation,
    leaks: &LeakDetector,
    has_secret: bool,
) -> Outcome {
    let words = if has_secret {
        "The provider's response contained a secret, so the relay withheld it."
    } else {
        "The provider's response was not in the documented format, so the relay withheld it."
    };
    match operation.outcome(received, Currency::UNSTATED) {
        Outcome::Unknown(reason) => Outcome::Unknown(Reason::new(reason.cause, words)),
        Outcome::Recorded(receipt) => {
            // Nothing else of the receipt: it is the provider's text.
            let payment_id = receipt.payment_id.filter(|id| !leaks.finds(id));
            Outcome::Recorded(Receipt { payment_id, ..Receipt::default() })
        }
        // A refusal cannot be reported by a relay. `Unknown` makes the caller check whether the payment was recorded.
        Outcome::Refused(_) | Outcome::NotSent(_) => Outcome::Unknown(Reason::new(Cause::Unreadable, words)),
    }
}

struct Screen<'a> {
    leaks: &'a LeakDetector,
    withheld: usize,
    /// Names without a secret, since each item of a list has the same names.
    names: HashSet<String>,
}

impl<'a> Screen<'a> {
    fn new(leaks: &'a LeakDetector) -> Self {
        Self { leaks, withheld: 0, names: HashSet::new() }
    }

    fn withholds(&mut self, text: &str) -> bool {
        let found = self.leaks.finds(text);
        self.withheld += usize::from(found);
        found
    }

    fn withholds_name(&mut self, name: &str) -> bool {
        if self.names.contains(name) {
            return false;
        }
        let found = self.withholds(name);
        if !found {
            self.names.insert(name.to_owned());
        }
        found
    }

    fn headers(&mut self, headers: &Headers) -> Headers {
        headers.iter().filter(|(_, value)| !self.withholds(value)).collect()
    }

    /// The body, printed anew; `None` if it is not in the format, or if its root is withheld.
    fn body(&mut self, format: Body, text: &str) -> Option<String> {
        match format {
            Body::Empty | Body::Json | Body::JsonWith(_) => {
                Json::parse(text).ok().map(|json| self.json(json).print())
            }
            Body::EmptyXml | Body::Xml(_) => {
                Element::parse(text).ok().and_then(|root| self.element(root)).map(|root| root.print())
            }
        }
    }

    fn json(&mut self, json: Json) -> Json {
        match json {
            Json::Text(text) | Json::Number(text) if self.withholds(&text) => Json::text(WITHHELD),
            // A text may be listed character by character, as in the JSON of a Node.js buffer.
            Json::Array(elements) if joined(&elements).is_some_and(|text| self.withholds(&text)) => {
                Json::text(WITHHELD)
            }
            Json::Array(elements) => Json::Array(elements.into_iter().map(|one| self.json(one)).collect()),
            Json::Object(members) => {
                members
                    .into_iter()
                    .filter_map(|(name, value)| {
                        if self.withholds_name(&name) { None } else { Some((name, self.json(value))) }
                    })
                    .collect()
            }
            other => other,
        }
    }

    fn element(&mut self, mut element: Element) -> Option<Element> {
        if self.withholds_name(&element.name) {
            return None;
        }
        if element.kind.as_deref().is_some_and(|kind| self.withholds_name(kind)) {
            element.kind = None;
        }
        if self.withholds(&element.text) {
            element.text = WITHHELD.to_owned();
        }
        // Whitespace between elements is for people.
        if !element.children.is_empty() && element.text.trim().is_empty() {
            element.text.clear();
        }
        element.children = element.children.into_iter().filter_map(|child| self.element(child)).collect();
        Some(element)
    }
}

/// The texts and numbers of an array that has nothing else, as one text.
fn joined(elements: &[Json]) -> Option<String> {
    let text = |one: &Json| match one {
        Json::Number(number) => Some(format!("{number} ")),
        one => one.as_text().map(str::to_owned),
    };
    elements.iter().map(text).collect()
}

/// Whether both responses have the same meaning, apart from texts for people.
///
/// Operations may have the same request, such as showing an invoice and listing its payments. Only the caller knows which of
/// them it means, so the meaning must be the same for all of them.
fn has_same_meaning(
    received: &Response,
    screened: &Response,
    operation: &Operation,
    connection: &Connection,
) -> bool {
    let same_request =
        |other: &&Operation| (other.method, other.route) == (operation.method, operation.route);
    // Amounts without a currency of their own are read in each of these, so that no change of an amount is missed.
    let assumed = ASSUMED.iter().filter_map(|code| Currency::parse(code).ok());
    let currencies: Vec<_> = connection.currency.map_or_else(|| assumed.collect(), |currency| vec![currency]);
    connection.provider.all_operations().filter(same_request).all(|operation| {
        currencies.iter().all(|currency| {
            match (operation.understand(received, *currency), operation.understand(screened, *currency)) {
                (Ok(received), Ok(screened)) => facts(received) == facts(screened),
                (Err(Failure::Refused(received)), Err(Failure::Refused(screened))) => {
                    received.code == screened.code
                }
                (Err(Failure::Unknown(_)), Err(Failure::Unknown(_))) => true,
                _ => false,
            }
        })
    })
}

/// An answer without its texts for people. What is left decides whether a payment was recorded, and which.
fn facts(answer: Answer) -> Answer {
    fn all<T>(page: Page<T>, one: fn(T) -> T) -> Page<T> {
        Page { items: page.items.into_iter().map(one).collect(), next: page.next }
    }
    let payment = |payment| RecordedPayment { note: None, by: None, ..payment };
    match answer {
        Answer::Receipt(receipt) => {
            Answer::Receipt(Receipt { payment_id: receipt.payment_id, ..Receipt::default() })
        }
        Answer::Payments(page) => Answer::Payments(all(page, payment)),
        Answer::Payment(one) => Answer::Payment(payment(one)),
        Answer::Invoices(page) => Answer::Invoices(all(page, |one| Invoice { number: None, ..one })),
        Answer::Invoice(one) => Answer::Invoice(Invoice { number: None, ..one }),
        Answer::Transactions(page) => {
            Answer::Transactions(all(page, |one| BankTransaction { description: None, ..one }))
        }
        Answer::Options(options) => Answer::Options(
            options.into_iter().map(|one| AccountOption { name: String::new(), ..one }).collect(),
        ),
        other => other,
    }
}
