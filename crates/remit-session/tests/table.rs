//! Every phase × every event: which phase follows, and what is asked of the page, the network and the store.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use remit_core::wire::{Headers, Response};
use remit_core::{Currency, Draft, Invoice, Money, Offset, Provider, RecordedPayment};
use remit_session::{Announcement, CheckResult, Effect, Event, Now, Options, Phase, Session};
use support::instant;

const ADDRESS: &str = "https://relay.example/p";

fn now(elapsed: u64) -> Now {
    Now { elapsed, wall: Some(instant("2026-11-19T15:00:00Z")), offset: Some(Offset::UTC) }
}

fn options() -> Options {
    let usd = Currency::parse("USD").unwrap();
    let mut options = Options::new(Provider::find("harvest-v2").unwrap());
    options.base_url = ADDRESS.to_owned();
    options.with_invoice(Invoice { balance: Some(Money::from_minor(100_000, usd)), ..Invoice::new("7", usd) })
}

fn other_invoice() -> Event {
    let invoice = Invoice::new("8", Currency::parse("USD").unwrap());
    let mut options = options();
    options.invoice = None;
    Event::Configured(Box::new(options.with_invoice(invoice)))
}

fn draft() -> Draft {
    Draft::new().with("amount", "125.00").with("paidAt", "2026-11-19").with("note", "ACH 1")
}

/// The last call that was asked for.
fn call(effects: &[Effect]) -> u32 {
    effects
        .iter()
        .rev()
        .find_map(|effect| if let Effect::Call(call) = effect { Some(call.id) } else { None })
        .unwrap()
}

fn answered(call: u32, status: u16, body: &str) -> Event {
    let headers = Headers::from_iter([("content-type", "application/json")]);
    Event::Answered { call, response: Ok(Response::new(status, headers, body)) }
}

const NONE_LISTED: &str = r#"{"invoice_payments":[],"total_pages":1,"next_page":null,"page":1}"#;
const RECORDED: &str = r#"{"id":99,"amount":125.0,"paid_at":"2026-11-19T12:00:00Z","notes":"ACH 1"}"#;

/// The phases, by name. Each is reached by the events that lead there in life.
const PHASES: [&str; 12] = [
    "editing",
    "review",
    "claiming",
    "offered",
    "listing",
    "posting",
    "completing",
    "handed-over",
    "recorded",
    "refused",
    "not-sent",
    "unknown",
];

fn session_in(phase: &str) -> Session {
    let mut session = Session::new(options(), "s", now(0));
    session.handle(Event::Replaced(draft()), now(0));
    let path: &[&str] = match phase {
        "editing" => &[],
        "review" => &["submit"],
        "claiming" => &["submit", "confirm"],
        "offered" => &["submit", "confirm", "claimed"],
        "handed-over" => &["submit", "confirm", "claimed", "taken over"],
        "not-sent" => &["submit", "confirm", "not claimed"],
        "listing" => &["submit", "confirm", "claimed", "not taken"],
        "posting" => &["submit", "confirm", "claimed", "not taken", "listed"],
        "completing" => &["submit", "confirm", "claimed", "not taken", "listed", "recorded"],
        "recorded" => &["submit", "confirm", "claimed", "not taken", "listed", "recorded", "no invoice"],
        "refused" => &["submit", "confirm", "claimed", "not taken", "listed", "refused"],
        _ => &["submit", "confirm", "claimed", "not taken", "listed", "lost"],
    };
    let mut last = Vec::new();
    for step in path {
        let event = match *step {
            "submit" => Event::Submit,
            "confirm" => Event::Confirm,
            "taken over" => Event::TakenOver,
            "not taken" => Event::NotTaken,
            "claimed" => Event::Claimed { granted: true, stored: Vec::new() },
            "not claimed" => Event::Claimed { granted: false, stored: Vec::new() },
            "listed" => answered(call(&last), 200, NONE_LISTED),
            "recorded" => answered(call(&last), 201, RECORDED),
            "no invoice" => answered(call(&last), 404, "{}"),
            "refused" => answered(call(&last), 422, r#"{"message":"no"}"#),
            _ => Event::Answered { call: call(&last), response: Err("lost".to_owned()) },
        };
        last = session.handle(event, now(1_000));
    }
    session
}

/// The events, by name.
fn events(session: &Session) -> Vec<(&'static str, Event)> {
    let amount = session.field("amount").unwrap();
    let entered = Event::Entered { field: amount, text: "60".to_owned(), unfinished: false };
    let payment = RecordedPayment::new("1", None);
    vec![
        ("enter", entered),
        ("leave", Event::Left("amount")),
        ("suggest", Event::Suggested(amount)),
        ("choose", Event::Chosen("harvest-v2".to_owned())),
        ("submit", Event::Submit),
        ("confirm", Event::Confirm),
        ("edit", Event::Edit),
        ("retry", Event::Retry),
        ("start over", Event::StartOver),
        ("check again", Event::CheckAgain),
        ("mine", Event::Mine),
        ("list", Event::ListToggled),
        ("ask removal", Event::RemovalAsked(payment)),
        ("cancel removal", Event::RemovalCancelled),
        ("confirm removal", Event::RemovalConfirmed),
        ("same options", Event::Configured(Box::new(options()))),
        ("other invoice", other_invoice()),
        ("blocked", Event::Blocked("why".to_owned())),
        ("same values", Event::Replaced(draft())),
        ("other values", Event::Replaced(Draft::new().with("amount", "1"))),
        ("reset", Event::Reset),
        ("validate", Event::Validate),
        ("taken over", Event::TakenOver),
        ("not taken", Event::NotTaken),
        ("settle", Event::Settled(None)),
        ("stale answer", answered(9_999, 201, RECORDED)),
        ("claimed", Event::Claimed { granted: true, stored: Vec::new() }),
        ("not claimed", Event::Claimed { granted: false, stored: Vec::new() }),
        ("stored", Event::Stored { stored: Vec::new(), claimed: Vec::new() }),
        ("offline", Event::Online(false)),
        ("woke", Event::Woke),
    ]
}

/// What an event leads to: the next phase if it is another, and the effects, each as a letter.
///
/// `G` requests a list or an invoice, `P` requests to record, `C` claims, `R` releases, `S` stores, `F` forgets, `w` wakes;
/// `?` asks the page whether it sends the payment, `!` tells it an outcome, `i` issues, `~` a change.
fn result(session: &Session, before: &str, effects: &[Effect]) -> String {
    let letter = |effect: &Effect| match effect {
        Effect::Call(call) if call.request.method == remit_core::wire::Method::Post => 'P',
        Effect::Call(_) => 'G',
        Effect::Claim(_) => 'C',
        Effect::Release(_) => 'R',
        Effect::Store(_) => 'S',
        Effect::Forget(_) => 'F',
        Effect::Wake(_) => 'w',
        Effect::Announce(Announcement::Submit(_)) => '?',
        Effect::Announce(Announcement::Outcome(..)) => '!',
        Effect::Announce(Announcement::Invalid(..)) => 'i',
        Effect::Announce(_) => '~',
    };
    let after = session.phase().as_str();
    let moved = if after == before { String::new() } else { format!(" → {after}") };
    let effects: String = effects.iter().map(letter).collect();
    format!("{effects}{moved}").trim().to_owned()
}

/// The table: for each phase, the events that change or ask for something. All others do nothing.
const TABLE: &str = include_str!("table.txt");

#[test]
fn every_event_in_every_phase_leads_where_the_table_says() {
    let mut table = String::new();
    for phase in PHASES {
        table += &format!("{phase}\n");
        for at in 0..events(&session_in(phase)).len() {
            let mut session = session_in(phase);
            let before = session.phase().as_str();
            let (name, event) = events(&session).swap_remove(at);
            let effects = session.handle(event, now(1_200));
            let result = result(&session, before, &effects);
            if !result.is_empty() {
                table += &format!("  {name}: {result}\n");
            }
        }
    }
    if std::env::var_os("REMIT_TABLE").is_some() {
        println!("{table}");
    }
    assert_eq!(
        table, TABLE,
        "run with REMIT_TABLE=1 to see the table, and read it before you copy it to table.txt"
    );
}

/// What a check leads to, by the relay's words about the key.
const KEY_TABLE: &str = "\
recorded: G
not-sent: R not-recorded
unknown: G
another word: G
no word: G
404 not-sent: G
405 not-sent: G
401 not-sent: ~G
500: G
lost: G
";

#[test]
fn the_relay_s_words_about_a_key_settle_a_check_or_the_list_is_compared() {
    let ask = |status: u16, word: &str| {
        let mut session = session_in("listing");
        let relay = [("content-type", "application/json"), ("remit-deadline", "30")];
        let answer = |call: u32, status: u16, more: &[(&str, &str)], body: &str| {
            let headers = relay.iter().chain(more).copied().collect();
            Event::Answered { call, response: Ok(Response::new(status, headers, body)) }
        };
        let create = call(&session.handle(answer(1, 200, &[], NONE_LISTED), now(1_000)));
        session.handle(Event::Answered { call: create, response: Err("lost".to_owned()) }, now(1_000));
        session.handle(Event::CheckAgain, now(1_000));
        let effects = session.handle(Event::Claimed { granted: true, stored: Vec::new() }, now(1_000));
        let key = call(&effects);
        let event = match (status, word) {
            (0, _) => Event::Answered { call: key, response: Err("lost".to_owned()) },
            (_, "") => answer(key, status, &[], "{}"),
            _ => answer(key, status, &[("remit-outcome", word)], r#"{"code":"session","paymentId":"99"}"#),
        };
        let before = session.phase().as_str();
        let effects = session.handle(event, now(1_000));
        let result = result(&session, before, &effects);
        let is_settled = session.check().result == Some(CheckResult::NotRecorded);
        // A recorded payment's balance is read; otherwise, the list is.
        let of_balance = effects
            .iter()
            .any(|effect| matches!(effect, Effect::Call(call) if !call.request.path.contains("/payments")));
        assert_eq!(of_balance, (status, word) == (200, "recorded"), "{status} {word}");
        if is_settled { format!("{result} not-recorded") } else { result }
    };
    let mut table = String::new();
    for (name, status, word) in [
        ("recorded", 200, "recorded"),
        ("not-sent", 200, "not-sent"),
        ("unknown", 200, "unknown"),
        ("another word", 200, "not-received"),
        ("no word", 200, ""),
        ("404 not-sent", 404, "not-sent"),
        ("405 not-sent", 405, "not-sent"),
        ("401 not-sent", 401, "not-sent"),
        ("500", 500, ""),
        ("lost", 0, ""),
    ] {
        table += &format!("{name}: {}\n", ask(status, word));
    }
    assert_eq!(table, KEY_TABLE);
}

#[test]
fn each_phase_is_reached() {
    for phase in PHASES {
        let expected = match phase {
            "offered" | "claiming" | "listing" | "posting" | "completing" => "sending",
            phase => phase,
        };
        assert_eq!(session_in(phase).phase().as_str(), expected, "{phase}");
    }
    assert!(matches!(session_in("posting").phase(), Phase::Sending(_, remit_session::Stage::Posting)));
    assert!(matches!(session_in("completing").phase(), Phase::Sending(_, remit_session::Stage::Completing)));
}
