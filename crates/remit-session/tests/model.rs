//! Plays random sequences of events against a model of a provider's books, and checks the promises of the session.
//!
//! `cargo test` plays [`SEQUENCES`] of them. `REMIT_SEQUENCES=1000000 cargo test --release -p remit-session --test model` plays
//! a million. A failure names the seed; `REMIT_SEED=…` plays that sequence alone and prints it.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

#[path = "support/network.rs"]
mod network;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use remit_core::wire::Method;
use remit_core::{Draft, Invoice, Offset, Outcome};
use remit_session::{
    Announcement, Call, CheckResult, Effect, Event, Mode, Now, Options, Phase, Session, StoredIntent,
    StoredState,
};
use support::random::Random;
use support::relay::{Kind, Server, key_of, payload};
use support::report::{Counts, name_of, name_of_effect};
use support::{Books, PROVIDERS, instant};

const SEQUENCES: u64 = 2_000;
const STEPS: usize = 120;
const TABS: usize = 2;

/// A request on its way. The client may have given up on it, or be gone.
struct Flight {
    tab: usize,
    /// The life of the tab that sent it; a reload begins another.
    life: u32,
    call: Call,
    sent: u64,
    /// The intent, if the request records a payment.
    intent: Option<String>,
    is_answered: bool,
}

/// What really happened to an intent, whatever anybody knows of it.
#[derive(Default)]
struct Truth {
    scope: String,
    creates: u32,
    /// How often the person has confirmed it.
    confirmed: u32,
    /// The last outcome was that nothing was sent, and nothing was sent since.
    is_unsent: bool,
    /// The relay has repeated an earlier answer for its key.
    is_used_up: bool,
    /// The payment in the books.
    recorded: Option<String>,
    /// Requests that may still record it.
    in_flight: u32,
    /// The page was handed the payment, and may still record it.
    handed_over: bool,
    /// The person said that a similar payment is this one.
    is_claimed: bool,
    /// The page was told a final outcome, or the person declared it settled.
    is_settled: bool,
}

struct Tab {
    session: Session,
    life: u32,
    /// Whether the page sends payments itself.
    takes_over: bool,
    claims: BTreeSet<String>,
    /// The index of the invoice that the page has set; `None` if the person types it.
    invoice: usize,
}

struct World {
    random: Random,
    books: Books,
    server: Server,
    /// The payload of every key that a form has used.
    payloads: BTreeMap<String, String>,
    tabs: Vec<Tab>,
    flights: Vec<Flight>,
    /// Claims that the browser has not decided yet.
    claims: Vec<(usize, u32, String)>,
    store: BTreeMap<String, StoredIntent>,
    /// The tabs that have not been told yet of changes of the store.
    news: Vec<usize>,
    truth: BTreeMap<String, Truth>,
    elapsed: u64,
    /// What happened, if the sequence is to be printed.
    log: Option<String>,
    lives: u32,
    counts: Counts,
}

impl World {
    fn new(seed: u64, verbose: bool) -> Self {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let books = Books::new(PROVIDERS[random.below(PROVIDERS.len())]);
        let server = Server::new(&mut random);
        let mut world = Self {
            random,
            books,
            server,
            payloads: BTreeMap::new(),
            tabs: Vec::new(),
            flights: Vec::new(),
            claims: Vec::new(),
            store: BTreeMap::new(),
            news: Vec::new(),
            truth: BTreeMap::new(),
            elapsed: 1_000,
            log: verbose.then(String::new),
            lives: 0,
            counts: Counts::default(),
        };
        for tab in 0..TABS {
            let fresh = world.fresh(0);
            world.tabs.push(fresh);
            world.stored(tab);
            let draft = Draft::new().with("amount", "125.00").with("paidAt", "2026-11-19");
            world.event(tab, Event::Replaced(draft));
        }
        world
    }

    fn note(&mut self, line: impl FnOnce(u64) -> String) {
        if let Some(log) = &mut self.log {
            *log += &line(self.elapsed);
            log.push('\n');
        }
    }

    fn now(&self) -> Now {
        Now { elapsed: self.elapsed, wall: Some(instant("2026-11-19T15:00:00Z")), offset: Some(Offset::UTC) }
    }

    fn options(&self, invoice: usize) -> Options {
        let entry = &self.books.invoices[invoice];
        let mut options = Options::new(self.books.provider);
        options.base_url = "https://relay.example/p".to_owned();
        for (name, value) in self.books.provider.emulation.ids {
            options.preset.set(*name, *value);
        }
        options.with_invoice(Invoice {
            number: Some(entry.number.clone()),
            balance: Some(entry.balance()),
            ..Invoice::new(&entry.id, entry.amount.currency())
        })
    }

    fn fresh(&mut self, invoice: usize) -> Tab {
        self.lives += 1;
        let seed = format!("life-of-a-tab-{:03}", self.lives);
        let session = Session::new(self.options(invoice), seed, self.now());
        Tab { session, life: self.lives, takes_over: false, claims: BTreeSet::new(), invoice }
    }

    fn claimed_by_others(&self, tab: usize) -> Vec<String> {
        let others = self.tabs.iter().enumerate().filter(|(at, _)| *at != tab);
        others.flat_map(|(_, tab)| tab.claims.iter().cloned()).collect()
    }

    /// Tells a tab what the store holds.
    fn stored(&mut self, tab: usize) {
        let stored = self.store.values().cloned().collect();
        let claimed = self.claimed_by_others(tab);
        self.event(tab, Event::Stored { stored, claimed });
    }

    /// Tells every other tab, as the browser does some time after a change.
    fn publish(&mut self, from: usize) {
        self.news.extend((0..self.tabs.len()).filter(|tab| *tab != from));
    }

    fn event(&mut self, tab: usize, event: Event) {
        self.counts.events += 1;
        let now = self.now();
        let before = self.tabs[tab].session.phase().clone();
        let is_page = matches!(
            event,
            Event::Configured(_) | Event::Blocked(_) | Event::Replaced(_) | Event::Reset | Event::Validate
        );
        let declared = match (&event, before.intent()) {
            (Event::StartOver | Event::Edit, Some(intent)) => Some(intent.id.clone()),
            _ => None,
        };
        let confirmed_not_recorded = self.tabs[tab].session.check().result == Some(CheckResult::NotRecorded);
        self.note(|elapsed| format!("{elapsed:>7} tab {tab}: {}", name_of(&event)));
        if matches!(event, Event::Mine)
            && matches!(self.tabs[tab].session.check().result, Some(CheckResult::Similar(_)))
            && let Some(intent) = before.intent()
        {
            self.truth.entry(intent.id.clone()).or_default().is_claimed = true;
            self.counts.settled_by_looking += 1;
        }
        let effects = self.tabs[tab].session.handle(event.clone(), now);
        let after = self.tabs[tab].session.phase().clone();

        // Nothing that the page does leaves a pending payment, an unknown or a recorded outcome.
        if is_page && let Some(intent) = before.intent() {
            let is_recorded = matches!(&before, Phase::Done(_, Outcome::Recorded(_)));
            if (before.is_open() && !intent.restored) || is_recorded {
                let same = after.intent().is_some_and(|now| now.id == intent.id)
                    && after.as_str() == before.as_str();
                assert!(same, "{} left {} for {}", name_of(&event), before.as_str(), after.as_str());
            }
        }
        // The person settles an unknown outcome by saying so.
        if let Some(id) = declared
            && matches!(&before, Phase::Done(_, Outcome::Unknown(_)))
            && after.intent().is_none_or(|now| now.id != id)
        {
            let truth = self.truth.entry(id).or_default();
            if matches!(event, Event::Edit) {
                assert!(confirmed_not_recorded, "went back to the form without evidence");
            }
            truth.is_settled = true;
        }
        if let Event::Claimed { granted: false, .. } = event {
            self.counts.refused_elsewhere += 1;
        }
        if matches!(event, Event::Confirm)
            && let (Phase::Review(_), Some(intent)) = (&before, after.intent())
        {
            self.truth.entry(intent.id.clone()).or_default().confirmed += 1;
        }
        if matches!(event, Event::Retry)
            && let (Phase::Done(unsent, _), Phase::Review(intent)) = (&before, &after)
        {
            let is_used_up = self.truth.get(&unsent.id).is_some_and(|truth| truth.is_used_up);
            assert_eq!(
                unsent.id == intent.id,
                !is_used_up,
                "another key for the same payment, or a used one"
            );
        }
        for effect in effects {
            self.effect(tab, effect);
        }
    }

    fn effect(&mut self, tab: usize, effect: Effect) {
        self.note(|_| format!("          tab {tab}   → {}", name_of_effect(&effect)));
        match effect {
            Effect::Call(call) => self.call(tab, call),
            Effect::Claim(scope) => self.claims.push((tab, self.tabs[tab].life, scope)),
            Effect::Release(scope) => {
                if self.tabs[tab].claims.remove(&scope) {
                    self.publish(tab);
                }
            }
            Effect::Store(stored) => {
                let text = stored.print();
                assert!(!text.contains("secret note"), "a note is stored");
                assert_eq!(StoredIntent::read(&text).as_ref(), Some(&stored), "the store changes an intent");
                self.store.insert(stored.id.clone(), stored);
                self.publish(tab);
            }
            Effect::Forget(id) => {
                if self.store.remove(&id).is_some() {
                    self.publish(tab);
                }
            }
            Effect::Announce(announcement) => self.announce(tab, &announcement),
            Effect::Wake(_) => {}
        }
    }

    fn call(&mut self, tab: usize, call: Call) {
        let is_create = call.request.method == Method::Post;
        let mut intent = None;
        if is_create {
            let Phase::Sending(sent, _) = self.tabs[tab].session.phase() else {
                panic!("a request to record in phase {}", self.tabs[tab].session.phase().as_str())
            };
            let (id, scope) = (sent.id.clone(), sent.scope());
            assert!(self.store.contains_key(&id), "sent before it was stored");
            let open = self.truth.iter().find(|(other, truth)| {
                **other != id
                    && truth.scope == scope
                    && !truth.is_settled
                    && (truth.creates > 0 || truth.handed_over)
            });
            assert!(open.is_none(), "sent while {:?} is open", open.map(|(id, _)| id));
            let key = key_of(&call);
            assert!(key.as_ref().is_none_or(|key| *key == id), "the key of another intent");
            assert_eq!(
                key.is_some(),
                self.server.kind != Kind::Provider,
                "a key goes to a relay, and only there"
            );
            let first = self.payloads.entry(id.clone()).or_insert_with(|| payload(&call));
            assert_eq!(*first, payload(&call), "one key for two payloads");
            let truth = self.truth.entry(id.clone()).or_default();
            assert!(
                truth.creates == 0 || truth.is_unsent,
                "a second request for {id}, which may have been sent"
            );
            assert!(truth.recorded.is_none() && truth.in_flight == 0, "a second request for {id}");
            self.counts.keyed += u64::from(key.is_some());
            self.counts.retried += u64::from(truth.creates > 0);
            truth.scope = scope;
            truth.creates += 1;
            truth.in_flight += 1;
            (truth.is_settled, truth.is_unsent) = (false, false);
            self.counts.creates += 1;
            assert!(truth.creates <= truth.confirmed, "a second request for one confirmation of {id}");
            intent = Some(id);
        }
        self.counts.asked += u64::from(call.request.path.starts_with("/_intents/"));
        let (life, sent) = (self.tabs[tab].life, self.elapsed);
        self.flights.push(Flight { tab, life, call, sent, intent, is_answered: false });
    }

    fn announce(&mut self, tab: usize, announcement: &Announcement) {
        match announcement {
            Announcement::Submit(intent) => {
                let takes_over = self.tabs[tab].takes_over;
                if takes_over {
                    let truth = self.truth.entry(intent.id.clone()).or_default();
                    truth.scope = intent.scope();
                    truth.handed_over = true;
                    self.counts.handed_over += 1;
                }
                self.event(tab, if takes_over { Event::TakenOver } else { Event::NotTaken });
            }
            Announcement::Outcome(intent, outcome) => {
                let note_is_known = !intent.restored;
                let truth = self.truth.entry(intent.id.clone()).or_default();
                match outcome {
                    Outcome::Recorded(receipt) => {
                        self.counts.recorded += 1;
                        truth.is_settled = true;
                        // Backed by the provider's response or by its list; or the person said that the payment is theirs.
                        let by_person = truth.is_claimed;
                        let really = truth.recorded.is_some() || truth.handed_over;
                        assert!(really || by_person, "said to be recorded, and is not: {}", intent.id);
                        if let (Some(id), Some(known), false) =
                            (&truth.recorded, &receipt.payment_id, by_person)
                            && note_is_known
                        {
                            let equal = |id: &String| {
                                let posted = self.books.payments.iter().find(|posted| posted.id == *id);
                                posted.map(|posted| (posted.amount, posted.note.clone()))
                            };
                            assert_eq!(equal(id), equal(known), "another payment's identifier");
                        }
                    }
                    Outcome::Refused(_) | Outcome::NotSent(_) => {
                        assert!(truth.recorded.is_none(), "said not to be recorded, and is: {}", intent.id);
                        assert_eq!(truth.in_flight, 0, "said not to be recorded, and may be: {}", intent.id);
                        truth.is_settled = true;
                        truth.is_unsent = matches!(outcome, Outcome::NotSent(_));
                    }
                    Outcome::Unknown(_) => self.counts.unknown += 1,
                }
            }
            _ => {}
        }
    }

    fn reload(&mut self, tab: usize) {
        self.note(|elapsed| format!("{elapsed:>7} tab {tab}: reload"));
        let invoice = self.tabs[tab].invoice;
        self.tabs[tab] = self.fresh(invoice);
        self.news.retain(|other| *other != tab);
        self.publish(tab);
        let (claimed, id) = (self.claimed_by_others(tab), self.books.invoices[invoice].id.clone());
        let mut due = self.store.values().filter(|stored| stored.scope.ends_with(&format!(" {id}")));
        let was_recorded = due
            .next()
            .is_some_and(|stored| stored.state == StoredState::Recorded && !claimed.contains(&stored.scope));
        self.stored(tab);
        // What was pending or unknown is shown again.
        let scope = self.books.invoices[invoice].id.clone();
        let claimed = self.claimed_by_others(tab);
        // A payment that another tab has just recorded is announced there.
        let is_due = |stored: &&StoredIntent| {
            stored.state != StoredState::Recorded || !claimed.contains(&stored.scope)
        };
        let open = self
            .store
            .values()
            .filter(|stored| stored.scope.ends_with(&format!(" {scope}")))
            .any(|stored| is_due(&stored));
        let phase = self.tabs[tab].session.phase();
        let is_shown = phase.is_open() || matches!(phase, Phase::Done(_, Outcome::Recorded(_)));
        if is_shown {
            self.counts.restored += 1;
        }
        // An intent whose state was `Recorded` has been announced by now, and forgotten.
        assert!(
            !was_recorded || matches!(self.tabs[tab].session.phase(), Phase::Done(_, Outcome::Recorded(_)))
        );
        assert!(
            is_shown || !open,
            "an open intent is stored: {open}; it is shown after the reload: {is_shown}"
        );
    }

    fn step(&mut self) {
        let tab = self.random.below(TABS);
        let session = &self.tabs[tab].session;
        // What the person is asked to do, more often than chance would.
        let next = match session.phase() {
            Phase::Review(_) => Some(Event::Confirm),
            Phase::Done(_, Outcome::NotSent(_)) => Some(Event::Retry),
            Phase::Done(_, Outcome::Unknown(_))
                if matches!(session.check().result, Some(CheckResult::Similar(_))) =>
            {
                Some(Event::Mine)
            }
            Phase::Done(_, Outcome::Unknown(_)) => Some(Event::CheckAgain),
            _ => None,
        };
        if let Some(event) = next.filter(|_| self.random.one_in(4)) {
            return self.event(tab, event);
        }
        let session = &self.tabs[tab].session;
        let field = |name| session.field(name).unwrap();
        let enter = |name, text: &str| Event::Entered {
            field: field(name),
            text: text.to_owned(),
            unfinished: false,
        };
        let (amount, date, note) =
            (enter("amount", "125.00"), enter("paidAt", "2026-11-19"), enter("note", "secret note"));
        let other = enter("amount", "60");
        let event = match self.random.below(40) {
            0..=3 => amount,
            4..=6 => date,
            7 => note,
            8 => other,
            9..=13 => Event::Submit,
            14..=18 => Event::Confirm,
            19 => Event::Edit,
            20 => Event::Retry,
            21 => Event::StartOver,
            22..=24 => Event::CheckAgain,
            25 => Event::Mine,
            26 => {
                let invoice = self.random.below(2);
                self.tabs[tab].invoice = invoice;
                Event::Configured(Box::new(self.options(invoice)))
            }
            27 => Event::Reset,
            28 => Event::Blocked(if self.random.one_in(2) { "no".to_owned() } else { String::new() }),
            29 | 38..=39 => {
                Event::Replaced(Draft::new().with("amount", "125.00").with("paidAt", "2026-11-19"))
            }
            30 => Event::Validate,
            31 => Event::ListToggled,
            32 => {
                self.tabs[tab].takes_over = self.random.one_in(3);
                return;
            }
            33 => return self.settle(tab),
            34 => return self.reload(tab),
            35 => {
                let invoice = self.books.invoices[self.random.below(2)].id.clone();
                let note = self.random.one_in(2).then_some("by another clerk");
                return self.books.post_other(&invoice, 12_500, note);
            }
            36 => Event::Online(!self.random.one_in(4)),
            37 => {
                let milliseconds = [400, 5_000, 40_000][self.random.below(3)];
                return self.wait(milliseconds);
            }
            _ => return,
        };
        self.event(tab, event);
    }

    /// The page reports the response to the payment that it was handed.
    fn settle(&mut self, tab: usize) {
        let Phase::HandedOver(intent) = self.tabs[tab].session.phase() else { return };
        let intent = intent.clone();
        if self.random.one_in(2) {
            return self.event(tab, Event::Settled(None));
        }
        let mut call = Call {
            id: 0,
            url: String::new(),
            request: intent.passed.request.clone(),
            timeout: 0,
            mode: Mode::Full,
        };
        call.request.headers = intent.passed.request.headers.clone();
        let (response, recorded) = self.books.serve(&call);
        self.truth.entry(intent.id.clone()).or_default().recorded = recorded;
        self.event(tab, Event::Settled(Some(response)));
    }

    /// Every intent that may be in the books is accounted for, and no statement is wrong.
    fn check(&self) {
        for (id, truth) in &self.truth {
            if truth.is_settled || (truth.creates == 0 && !truth.handed_over) {
                continue;
            }
            let is_shown = self
                .tabs
                .iter()
                .any(|tab| tab.session.phase().intent().is_some_and(|intent| intent.id == *id));
            assert!(is_shown || self.store.contains_key(id), "nobody knows of {id} any more");
        }
        for tab in &self.tabs {
            if tab.session.check().result == Some(CheckResult::NotRecorded)
                && let Phase::Done(intent, Outcome::Unknown(_)) = tab.session.phase()
                && let Some(truth) = self.truth.get(&intent.id)
            {
                let may_be_sent = truth.in_flight > 0 && !self.server.is_withdrawn(&intent.id);
                assert!(truth.recorded.is_none() && !may_be_sent, "said not to be recorded: {}", intent.id);
            }
            for sentence in tab.session.said().into_iter().flat_map(|said| said.sentences) {
                assert!(!sentence.contains('{'), "an unfilled sentence: {sentence}");
            }
        }
    }
}

fn play(seed: u64, verbose: bool) -> Counts {
    let mut world = World::new(seed, verbose);
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        for _ in 0..STEPS {
            if world.random.one_in(2) {
                world.network();
            } else {
                world.step();
            }
            world.check();
        }
    }));
    if let Some(log) = &world.log {
        println!("{log}");
    }
    world.counts.replayed = world.server.replays;
    match result {
        Ok(()) => world.counts,
        Err(panic) if verbose => std::panic::resume_unwind(panic),
        Err(_) => {
            println!("seed {seed}:");
            play(seed, true)
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn no_payment_is_sent_twice_no_outcome_is_lost_and_no_statement_is_wrong() {
    if let Some(seed) = number("REMIT_SEED") {
        play(seed, true);
        return;
    }
    let sequences = number("REMIT_SEQUENCES").unwrap_or(SEQUENCES);
    let mut counts = Counts::default();
    for seed in 0..sequences {
        counts.add(&play(seed, false));
    }
    println!("{sequences} sequences: {counts:?}");
    // A model in which nothing happens would prove nothing.
    for (what, count) in [
        ("creates", counts.creates),
        ("recorded", counts.recorded),
        ("unknown", counts.unknown),
        ("restored", counts.restored),
        ("settled by looking", counts.settled_by_looking),
        ("handed over", counts.handed_over),
        ("refused elsewhere", counts.refused_elsewhere),
        ("keyed", counts.keyed),
        ("retried", counts.retried),
        ("asked", counts.asked),
        ("told", counts.told),
        ("replayed", counts.replayed),
    ] {
        assert!(count * 200 > sequences, "only {count} of {sequences} sequences have {what}");
    }
}
