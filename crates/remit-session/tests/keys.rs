//! One key for each intent: kept as long as nothing was sent and nothing has changed, and sent only to a relay.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use remit_core::wire::{Headers, Method, Response};
use remit_core::{Currency, Draft, Invoice, KEY_HEADER, Provider, Purpose, RecordedPayment};
use remit_session::{Announcement, Call, Effect, Event, Mode, Now, Options, Session, StoredIntent};
use support::instant;

const RELAY: &str = "https://relay.example/p";
const SEED: &str = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
const NONE_LISTED: &str = r#"{"invoice_payments":[],"total_pages":1,"next_page":null,"page":1}"#;
const RECORDED: &str = r#"{"id":99,"amount":125.0,"paid_at":"2026-11-19T12:00:00Z"}"#;
/// The headers of a relay's response, of its refusal, and of a provider's response.
const BY_RELAY: &[(&str, &str)] = &[("remit-deadline", "30")];
const NOT_SENT: &[(&str, &str)] = &[("remit-deadline", "30"), ("remit-outcome", "not-sent")];
const BY_PROVIDER: &[(&str, &str)] = &[];

fn now() -> Now {
    Now { elapsed: 1_000, wall: Some(instant("2026-11-19T15:00:00Z")), offset: None }
}

/// A session with what happened last.
struct Form {
    session: Session,
    calls: Vec<Call>,
    stored: Option<StoredIntent>,
    told: Vec<&'static str>,
}

impl Form {
    fn new(options: Options) -> Self {
        let session = Session::new(options, SEED, now());
        Self { session, calls: Vec::new(), stored: None, told: Vec::new() }
    }

    fn paying(base_url: &str) -> Self {
        let mut form = Self::new(options(base_url));
        form.enter("125.00");
        form
    }

    fn enter(&mut self, amount: &str) {
        self.event(Event::Replaced(Draft::new().with("amount", amount).with("paidAt", "2026-11-19")));
    }

    /// Passes on an event, grants every claim, and sends every payment.
    fn event(&mut self, event: Event) {
        for effect in self.session.handle(event, now()) {
            match effect {
                Effect::Call(call) => self.calls.push(call),
                Effect::Store(stored) => self.stored = Some(stored),
                Effect::Forget(_) => self.stored = None,
                Effect::Claim(_) => {
                    let stored = self.stored.iter().cloned().collect();
                    self.event(Event::Claimed { granted: true, stored });
                }
                Effect::Announce(announcement) => {
                    self.told.push(announcement.name());
                    if matches!(announcement, Announcement::Submit(_)) {
                        self.event(Event::NotTaken);
                    }
                }
                _ => {}
            }
        }
    }

    fn last(&self) -> Call {
        self.calls.last().unwrap().clone()
    }

    /// Answers the last call.
    fn answer(&mut self, status: u16, headers: &[(&str, &str)], body: &str) {
        let json = [("content-type", "application/json")];
        let headers: Headers = json.iter().chain(headers).copied().collect();
        let response = Ok(Response::new(status, headers, body));
        self.event(Event::Answered { call: self.last().id, response });
    }

    fn lose(&mut self) {
        self.event(Event::Answered { call: self.last().id, response: Err("lost".to_owned()) });
    }

    /// From the entered values to the request that records, if the list is readable.
    fn send(&mut self, headers: &[(&str, &str)]) -> Call {
        self.event(Event::Submit);
        self.confirm(headers)
    }

    fn confirm(&mut self, headers: &[(&str, &str)]) -> Call {
        self.event(Event::Confirm);
        self.answer(200, headers, NONE_LISTED);
        let call = self.last();
        assert_eq!(call.request.method, Method::Post);
        call
    }

    fn phase(&self) -> &'static str {
        self.session.phase().as_str()
    }
}

fn options(base_url: &str) -> Options {
    let mut options = Options::new(Provider::find("harvest-v2").unwrap());
    options.base_url = base_url.to_owned();
    options.removable = true;
    options.with_invoice(Invoice::new("7", Currency::parse("USD").unwrap()))
}

fn key(call: &Call) -> Option<&str> {
    call.request.headers.get(KEY_HEADER)
}

#[test]
fn only_a_relay_receives_the_key_and_only_with_a_change() {
    let mut form = Form::paying(RELAY);
    let create = form.send(BY_RELAY);
    // A structured field: a text in quotation marks. The request that the person reviewed has none.
    assert_eq!(key(&create), Some(format!("\"{SEED}-1\"").as_str()));
    assert!(form.session.phase().intent().unwrap().passed.request.headers.get(KEY_HEADER).is_none());
    let reads = form.calls.iter().filter(|call| call.request.method == Method::Get);
    assert!(reads.count() >= 2 && form.calls.iter().filter(|call| key(call).is_some()).count() == 1);
    assert_eq!(key(&Form::paying(RELAY).send(BY_PROVIDER)), None);
}

#[test]
fn another_address_does_not_inherit_that_there_is_a_relay() {
    let mut form = Form::paying(RELAY);
    let create = form.send(BY_RELAY);
    assert_eq!((key(&create).is_some(), create.timeout), (true, 35_000));
    form.answer(502, NOT_SENT, "{}");
    form.event(Event::Configured(Box::new(options("https://api.example"))));
    assert_eq!(form.phase(), "editing");
    let create = form.send(BY_PROVIDER);
    assert_eq!((key(&create), create.timeout), (None, 60_000));
}

#[test]
fn a_payment_that_was_not_sent_keeps_its_key_until_something_changes() {
    let mut form = Form::paying(RELAY);
    let first = form.send(BY_RELAY);
    form.answer(502, NOT_SENT, r#"{"code":"unreachable"}"#);
    form.event(Event::Retry);
    assert_eq!(key(&form.confirm(BY_RELAY)), key(&first), "tried again");
    form.answer(502, NOT_SENT, r#"{"code":"unreachable"}"#);
    form.event(Event::Edit);
    assert_eq!(key(&form.send(BY_RELAY)), key(&first), "submitted again, unchanged");
    form.answer(502, NOT_SENT, r#"{"code":"unreachable"}"#);
    form.event(Event::Edit);
    form.enter("126.00");
    let second = form.send(BY_RELAY);
    assert_ne!(key(&second), key(&first), "another amount");
    form.answer(502, NOT_SENT, r#"{"code":"unreachable"}"#);
    let mut other = options(RELAY);
    other.invoice = None;
    let other = other.with_invoice(Invoice::new("8", Currency::parse("USD").unwrap()));
    form.event(Event::Configured(Box::new(other)));
    assert_ne!(key(&form.send(BY_RELAY)), key(&second), "another invoice");
}

#[test]
fn a_key_that_the_relay_sends_no_more_is_given_up() {
    let replayed = [NOT_SENT, &[("idempotent-replayed", "true")]].concat();
    for (status, headers) in [(503, replayed.as_slice()), (409, &replayed), (422, NOT_SENT)] {
        for retry in [true, false] {
            let mut form = Form::paying(RELAY);
            let first = form.send(BY_RELAY);
            form.answer(status, headers, "{}");
            assert_eq!(form.phase(), "not-sent");
            let next = if retry {
                form.event(Event::Retry);
                form.confirm(BY_RELAY)
            } else {
                form.event(Event::Edit);
                form.send(BY_RELAY)
            };
            assert_ne!(key(&next), key(&first), "{status}");
        }
    }
}

#[test]
fn a_refused_or_recorded_payment_gives_its_key_up() {
    for (status, body, phase) in [(422, r#"{"message":"no"}"#, "refused"), (201, RECORDED, "recorded")] {
        let mut form = Form::paying(RELAY);
        let first = form.send(BY_RELAY);
        form.answer(status, BY_RELAY, body);
        if phase == "recorded" {
            // The invoice's new balance.
            form.answer(404, BY_RELAY, "{}");
        }
        assert_eq!(form.phase(), phase);
        form.event(if phase == "refused" { Event::Edit } else { Event::StartOver });
        form.enter("125.00");
        assert_ne!(key(&form.send(BY_RELAY)), key(&first), "{phase}");
    }
}

#[test]
fn a_payment_that_a_check_has_not_found_gives_its_key_up() {
    let mut form = Form::paying(RELAY);
    let first = form.send(BY_RELAY);
    form.lose();
    form.event(Event::CheckAgain);
    let asked = form.last();
    assert_eq!((asked.request.method, key(&asked)), (Method::Delete, None));
    form.answer(200, NOT_SENT, "{}");
    form.event(Event::Edit);
    assert_ne!(key(&form.send(BY_RELAY)), key(&first));
}

#[test]
fn the_next_visit_asks_the_relay_about_the_stored_key() {
    let mut form = Form::paying(RELAY);
    form.send(BY_RELAY);
    let stored = StoredIntent::read(&form.stored.unwrap().print()).unwrap();
    let mut next = Form::new(options(RELAY));
    next.stored = Some(stored.clone());
    next.event(Event::Stored { stored: vec![stored], claimed: Vec::new() });
    next.event(Event::CheckAgain);
    let asked = next.last();
    assert_eq!((asked.request.method, asked.url), (Method::Delete, format!("{RELAY}/_intents/{SEED}-1")));
    let recorded = [("remit-deadline", "30"), ("remit-outcome", "recorded")];
    next.answer(200, &recorded, r#"{"title":"Recorded","status":200,"paymentId":"99"}"#);
    // The invoice's new balance.
    next.answer(404, BY_RELAY, "{}");
    assert_eq!(next.phase(), "recorded");
    assert!(next.session.said().unwrap().rows.iter().any(|(_, value)| value == "99"));
}

#[test]
fn an_intent_that_an_earlier_version_stored_has_no_key() {
    let mut form = Form::paying(RELAY);
    form.send(BY_RELAY);
    let text = form.stored.unwrap().print();
    assert!(text.contains(r#""keyed":true"#), "{text}");
    let earlier = StoredIntent::read(&text.replace(r#""keyed":true,"#, "")).unwrap();
    assert!(!earlier.keyed);
}

/// A form for an invoice: there is no list that could show whether a relay answers.
fn adding(credentials: &[(&str, &str)]) -> Form {
    let mut options = Options::new(Provider::find("clockify").unwrap());
    options.purpose = Purpose::AddInvoice;
    options.base_url = RELAY.to_owned();
    options.credentials = credentials.iter().copied().collect();
    let mut form = Form::new(options);
    let id = "64a687e29ae1f428e7ebe303";
    let draft = Draft::new()
        .with("workspaceId", id)
        .with("clientId", id)
        .with("currency", "EUR")
        .with("number", "INV-9")
        .with("issuedAt", "2026-11-19")
        .with("dueAt", "2026-12-19");
    form.event(Event::Replaced(draft));
    form.event(Event::Submit);
    assert_eq!(form.phase(), "review", "{:?}", form.session.errors());
    form.event(Event::Confirm);
    assert_eq!(form.last().mode, Mode::Reach);
    form.answer(200, BY_PROVIDER, "");
    form
}

#[test]
fn without_a_list_a_relay_is_recognised_before_it_receives_anything() {
    let mut form = adding(&[]);
    assert_eq!((form.last().mode, form.last().request.method), (Mode::Full, Method::Get));
    form.answer(404, NOT_SENT, "{}");
    assert_eq!(form.last().request.method, Method::Post);
    assert!(key(&form.last()).is_some());
    // The relay can say what happened to an invoice, which no list can.
    form.lose();
    form.event(Event::CheckAgain);
    assert!(form.last().url.contains("/_intents/"));
    form.answer(200, &[("remit-outcome", "recorded")], r#"{"paymentId":"64a687e29ae1f428e7ebe304"}"#);
    assert_eq!(form.phase(), "recorded");
}

#[test]
fn a_provider_that_the_page_cannot_read_receives_the_invoice_without_a_key() {
    let mut form = adding(&[]);
    form.lose();
    assert_eq!((form.last().request.method, key(&form.last())), (Method::Post, None));
    // A page with credentials calls a provider, which is not probed.
    let form = adding(&[("apiKey", "a")]);
    assert_eq!((form.last().request.method, key(&form.last())), (Method::Post, None));
}

#[test]
fn a_removal_keeps_its_key_until_it_has_an_outcome() {
    let mut form = Form::paying(RELAY);
    let mut remove = |id: &str, status: u16, headers: &[(&str, &str)]| {
        form.event(Event::ListToggled);
        if !form.session.listing().open {
            form.event(Event::ListToggled);
        }
        form.answer(200, BY_RELAY, NONE_LISTED);
        form.event(Event::RemovalAsked(RecordedPayment::new(id, None)));
        form.event(Event::RemovalConfirmed);
        let call = form.last();
        assert_eq!(call.request.method, Method::Delete);
        match status {
            0 => form.lose(),
            status => form.answer(status, headers, "{}"),
        }
        key(&call).unwrap().to_owned()
    };
    let first = remove("1", 502, NOT_SENT);
    assert_eq!(remove("1", 0, &[]), first, "not sent");
    assert_eq!(remove("1", 404, BY_RELAY), first, "unknown");
    let second = remove("1", 502, NOT_SENT);
    assert_ne!(second, first, "refused");
    assert_ne!(remove("2", 502, NOT_SENT), second, "another payment");
    assert_eq!(remove("1", 502, NOT_SENT), second, "after another payment");
}
