//! The form waits for a relay as long as the relay waits for the provider, on a monotonic clock.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use remit_core::wire::{Headers, Method, Response};
use remit_core::{Currency, Draft, Invoice, Provider};
use remit_session::{Call, CheckResult, Effect, Event, Now, Options, Session};
use support::instant;

const NONE_LISTED: &str = r#"{"invoice_payments":[],"total_pages":1,"next_page":null,"page":1}"#;

fn at(elapsed: u64) -> Now {
    // The wall clock jumps a day with every event.
    let wall = instant("2026-11-19T15:00:00Z").unix() + i64::try_from(elapsed).unwrap() * 86_400;
    Now { elapsed, wall: remit_core::Instant::from_unix(wall), offset: None }
}

fn call(effects: &[Effect]) -> Call {
    let calls = effects.iter().rev();
    calls
        .filter_map(|effect| if let Effect::Call(call) = effect { Some(call.clone()) } else { None })
        .next()
        .unwrap()
}

/// The list of payments, from a relay that states its deadline.
fn listed(call: &Call, deadline: &[(&str, &str)]) -> Event {
    let json = [("content-type", "application/json")];
    let headers: Headers = json.into_iter().chain(deadline.iter().copied()).collect();
    Event::Answered { call: call.id, response: Ok(Response::new(200, headers, NONE_LISTED)) }
}

/// The timeout of the request that records, and when a check says that no request can be pending.
fn waits(deadline: &[(&str, &str)], tries: &[u64]) -> (u32, Vec<Option<CheckResult>>) {
    let mut options = Options::new(Provider::find("harvest-v2").unwrap());
    options.base_url = "https://relay.example/p".to_owned();
    let invoice = Invoice::new("7", Currency::parse("USD").unwrap());
    let mut session = Session::new(options.with_invoice(invoice), "s", at(0));
    let draft = Draft::new().with("amount", "1.00").with("paidAt", "2026-11-19");
    session.handle(Event::Replaced(draft), at(0));
    session.handle(Event::Submit, at(0));
    session.handle(Event::Confirm, at(0));
    session.handle(Event::Claimed { granted: true, stored: Vec::new() }, at(0));
    let list = call(&session.handle(Event::NotTaken, at(0)));
    // The list takes nine seconds. They do not count.
    let create = call(&session.handle(listed(&list, deadline), at(9_000)));
    assert_eq!(create.request.method, Method::Post);
    session.handle(Event::Answered { call: create.id, response: Err("lost".to_owned()) }, at(10_000));
    let mut results = Vec::new();
    for after in tries {
        let now = at(9_000 + after);
        session.handle(Event::CheckAgain, now);
        let mut next = call(&session.handle(Event::Claimed { granted: true, stored: Vec::new() }, now));
        if next.request.path.starts_with("/_intents/") {
            // A relay that keeps no keys.
            let headers = deadline.iter().copied().collect();
            let event = Event::Answered { call: next.id, response: Ok(Response::new(404, headers, "{}")) };
            next = call(&session.handle(event, now));
        }
        session.handle(listed(&next, deadline), now);
        results.push(session.check().result.clone());
    }
    (create.timeout, results)
}

#[test]
fn without_a_relay_s_deadline_a_request_may_be_pending_for_a_minute() {
    let (timeout, results) = waits(&[], &[59_999, 60_000]);
    assert_eq!(timeout, 60_000);
    assert_eq!(results, [Some(CheckResult::NotYet), Some(CheckResult::NotRecorded)]);
}

#[test]
fn a_relay_s_deadline_is_the_form_s_as_well() {
    let (timeout, results) = waits(&[("remit-deadline", "600")], &[60_000, 604_999, 605_000]);
    assert_eq!(timeout, 605_000);
    assert_eq!(
        results,
        [Some(CheckResult::NotYet), Some(CheckResult::NotYet), Some(CheckResult::NotRecorded)]
    );
}
