//! The token of the page's session with a relay: who receives it, and what happens once it has expired.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use remit_core::wire::{Headers, Method, Response};
use remit_core::{Cause, Draft, Outcome};
use remit_session::{Announcement, Call, Effect, Event, Mode, Now, Options, Phase, Session};
use support::instant;

const TOKEN: &str = "v4.local.a-token_of-the~page";
const EXPIRED: &str = r#"{"code":"session","detail":"The session has expired."}"#;

fn now() -> Now {
    Now { elapsed: 1_000, wall: Some(instant("2026-11-19T15:00:00Z")), offset: None }
}

fn options(base_url: &str, session: &str) -> Options {
    let json = format!(
        r#"{{"provider":"harvest-v2","baseUrl":"{base_url}","session":"{session}","preset":{{"invoiceId":"7"}}}}"#
    );
    Options::read(&json).unwrap()
}

fn calls(effects: &[Effect]) -> Vec<Call> {
    let call = |effect: &Effect| if let Effect::Call(call) = effect { Some(call.clone()) } else { None };
    effects.iter().filter_map(call).collect()
}

fn token(call: &Call) -> Option<&str> {
    call.request.headers.get("Authorization")
}

fn answered(call: &Call, status: u16, body: &str) -> Event {
    let outcome: &[_] = if status == 401 { &[("remit-outcome", "not-sent")] } else { &[] };
    let headers = [("content-type", "application/json"), ("remit-deadline", "30")];
    let headers: Headers = headers.into_iter().chain(outcome.iter().copied()).collect();
    Event::Answered { call: call.id, response: Ok(Response::new(status, headers, body)) }
}

/// A session that is asked to send a payment, with its last call.
fn sending(options: Options) -> (Session, Call) {
    let mut session = Session::new(options, "a-seed-of-a-session", now());
    let draft = Draft::new().with("amount", "1").with("currency", "USD").with("paidAt", "2026-11-19");
    session.handle(Event::Replaced(draft), now());
    session.handle(Event::Submit, now());
    session.handle(Event::Confirm, now());
    session.handle(Event::Claimed { granted: true, stored: Vec::new() }, now());
    let list = calls(&session.handle(Event::NotTaken, now())).pop().unwrap();
    (session, list)
}

#[test]
fn every_request_to_the_page_s_address_has_the_token_except_the_unreadable_probe() {
    let (mut session, list) = sending(options("https://relay.example/{provider}", TOKEN));
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(token(&list), Some(bearer.as_str()));
    let lost = |call: &Call| Event::Answered { call: call.id, response: Err("lost".to_owned()) };
    let reach = calls(&session.handle(lost(&list), now())).pop().unwrap();
    assert_eq!((reach.mode, token(&reach)), (Mode::Reach, None));
    let probe = calls(&session.handle(answered(&reach, 200, ""), now())).pop().unwrap();
    assert_eq!((probe.mode, token(&probe)), (Mode::Full, Some(bearer.as_str())));
    let create = calls(&session.handle(answered(&probe, 404, ""), now())).pop().unwrap();
    assert_eq!((create.request.method, token(&create)), (Method::Post, Some(bearer.as_str())));
}

#[test]
fn an_earlier_address_does_not_receive_the_token() {
    let (mut session, list) = sending(options("https://one.example", "token-of-one"));
    let listed = r#"{"invoice_payments":[],"total_pages":1,"next_page":null,"page":1}"#;
    let create = calls(&session.handle(answered(&list, 200, listed), now())).pop().unwrap();
    session.handle(Event::Answered { call: create.id, response: Err("lost".to_owned()) }, now());
    session.handle(Event::Configured(Box::new(options("https://two.example", "token-of-two"))), now());
    session.handle(Event::CheckAgain, now());
    let claimed = Event::Claimed { granted: true, stored: Vec::new() };
    let asked = calls(&session.handle(claimed, now())).pop().unwrap();
    assert!(asked.url.starts_with("https://one.example/_intents/"), "{}", asked.url);
    assert_eq!(token(&asked), None);
}

#[test]
fn an_expired_session_sends_nothing_keeps_the_entries_and_tells_the_page() {
    let (mut session, list) = sending(options("https://relay.example", TOKEN));
    let effects = session.handle(answered(&list, 401, EXPIRED), now());
    assert_eq!(calls(&effects).len(), 0, "the payment is not sent");
    let Phase::Done(_, Outcome::NotSent(reason)) = session.phase() else { panic!("{:?}", session.phase()) };
    assert_eq!(reason.cause, Cause::Session);
    assert_eq!(session.entry().draft.get("amount"), Some("1"));
    assert!(session.said().unwrap().sentences.iter().any(|sentence| sentence.contains("expired")));
    let told = effects.iter().filter_map(|effect| match effect {
        Effect::Announce(announcement) => Some((announcement.name(), announcement.detail().print())),
        _ => None,
    });
    let told: Vec<_> = told.collect();
    assert_eq!(
        told.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        ["remit-session-expired", "remit-failure"]
    );
    assert_eq!(told.first().unwrap().1, r#"{"provider":"harvest-v2","reason":"The session has expired."}"#);
    // The new token changes neither the payment nor its key; the person presses the button again.
    session.handle(Event::Configured(Box::new(options("https://relay.example", "another-token"))), now());
    let before = session.phase().intent().unwrap().id.clone();
    session.handle(Event::Retry, now());
    assert_eq!(session.phase().intent().unwrap().id, before);
    session.handle(Event::Confirm, now());
    session.handle(Event::Claimed { granted: true, stored: Vec::new() }, now());
    let list = calls(&session.handle(Event::NotTaken, now())).pop().unwrap();
    assert_eq!(token(&list), Some("Bearer another-token"));
}

#[test]
fn a_new_session_reads_the_invoice_that_the_relay_did_not_show() {
    let mut session = Session::new(options("https://relay.example", ""), "a-seed-of-a-session", now());
    let read = |session: &mut Session, event| calls(&session.handle(event, now())).pop();
    let stored = Event::Stored { stored: Vec::new(), claimed: Vec::new() };
    let invoice = read(&mut session, stored).unwrap();
    assert_eq!(token(&invoice), None);
    assert!(read(&mut session, answered(&invoice, 401, EXPIRED)).is_none());
    let set = |token| Event::Configured(Box::new(options("https://relay.example", token)));
    let again = read(&mut session, set(TOKEN)).unwrap();
    assert_eq!((&again.url, token(&again)), (&invoice.url, Some(format!("Bearer {TOKEN}").as_str())));
    // Another token alone is no reason.
    assert!(read(&mut session, set("another-token")).is_none());
}

#[test]
fn the_token_is_neither_printed_nor_announced_nor_stored() {
    let (mut session, list) = sending(options("https://relay.example", TOKEN));
    let listed = r#"{"invoice_payments":[],"total_pages":1,"next_page":null,"page":1}"#;
    let mut effects = session.handle(answered(&list, 200, listed), now());
    let create = calls(&effects).pop().unwrap();
    effects.extend(session.handle(answered(&create, 401, EXPIRED), now()));
    assert!(!format!("{session:?} {effects:?}").contains(TOKEN));
    for effect in effects {
        match effect {
            Effect::Store(stored) => assert!(!stored.print().contains(TOKEN)),
            Effect::Announce(announcement) => {
                assert!(!announcement.detail().print().contains(TOKEN));
                assert!(!matches!(announcement, Announcement::Submit(_)));
            }
            _ => {}
        }
    }
}

#[test]
fn an_invalid_token_and_one_with_credentials_are_refused_with_the_remedy() {
    let read = |rest: &str| {
        Options::read(&format!(r#"{{"provider":"clockify","baseUrl":"/relay",{rest}}}"#)).unwrap_err()
    };
    for token in ["two words", "a\\nb", "caf\u{e9}"] {
        let error = read(&format!(r#""session":"{token}""#));
        assert!(error.starts_with("session has a character"), "{error}");
        assert!(!error.contains(token), "{error}");
    }
    let error = read(r#""session":"a","credentials":{"apiKey":"b"}"#);
    assert!(error.contains("Set session for a relay, or credentials for a provider"), "{error}");
}
