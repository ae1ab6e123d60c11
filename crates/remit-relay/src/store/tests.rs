//! What every store guarantees. Each guarantee is tested with SQLite and, by `cargo xtask test --only postgres`, with
//! PostgreSQL.

use std::sync::Arc;

use remit_core::wire::Response;

use super::*;
use crate::intent::Budget;

const LONG: Duration = Duration::from_secs(60);

/// The address of the PostgreSQL database of the tests.
const POSTGRES: &str = "REMIT_TEST_POSTGRES";

/// Stores that share one database: as many as there would be relays.
async fn stores(database: Kind) -> (Vec<Arc<Store>>, Option<tempfile::TempDir>) {
    match database {
        Kind::Memory => (vec![Arc::new(Store::memory().unwrap())], None),
        Kind::File => {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("remit.db");
            let stores = (0..2).map(|_| Arc::new(Store::file(&path).unwrap())).collect();
            (stores, Some(folder))
        }
        Kind::Postgres => {
            let url = schema_of_its_own().await;
            let mut stores = Vec::new();
            for _ in 0..3 {
                stores.push(Arc::new(Store::over(Postgres::connect(&url, None).await.unwrap())));
            }
            (stores, None)
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Memory,
    File,
    Postgres,
}

/// A new database, so that tests do not see each other's rows.
async fn schema_of_its_own() -> String {
    let url = std::env::var(POSTGRES).expect("cargo xtask test --only postgres sets the address");
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let name = format!("remit_{}", Uuid::new_v4().simple());
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    let (address, _) = url.rsplit_once('/').unwrap();
    format!("{address}/{name}")
}

macro_rules! conformance {
    ($($(#[$doc:meta])* async fn $name:ident($stores:ident: &[Arc<Store>]) $body:block)*) => {
        mod guarantee {
            use super::*;
            $($(#[$doc])* pub(super) async fn $name($stores: &[Arc<Store>]) $body)*
        }
        conformance!(suite memory Kind::Memory => $($name)*);
        conformance!(suite file Kind::File => $($name)*);
        conformance!(suite postgres Kind::Postgres => #[ignore = "needs PostgreSQL: cargo xtask test --only postgres"] $($name)*);
    };
    (suite $suite:ident $kind:expr => #[$ignored:meta] $($name:ident)*) => {
        mod $suite {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread")] #[$ignored] async fn $name() {
                let (stores, _folder) = stores($kind).await;
                guarantee::$name(&stores).await;
            })*
        }
    };
    (suite $suite:ident $kind:expr => $($name:ident)*) => {
        mod $suite {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread")] async fn $name() {
                let (stores, _folder) = stores($kind).await;
                guarantee::$name(&stores).await;
            })*
        }
    };
}

fn key(key: &str) -> KeyOf {
    KeyOf { tenant: "t".to_owned(), connection: "c".to_owned(), key: key.to_owned() }
}

fn claim(name: &str) -> Claim {
    Claim {
        key: key(name),
        fingerprint: "f".to_owned(),
        operation: "record_payment",
        invoice: Some(format!("invoice of {name}")),
        amount: Some(100),
        request: "{}".to_owned(),
        session: None,
        by: None,
    }
}

fn on_one_invoice(name: &str) -> Claim {
    Claim { invoice: Some("one".to_owned()), ..claim(name) }
}

fn within(name: &str, limit: i64) -> Claim {
    Claim { session: Some(Budget { session: "s".to_owned(), limit: Some(limit) }), ..claim(name) }
}

async fn granted(store: &Store, claim: &Claim) -> Ticket {
    match store.claim(claim, LONG).await.unwrap() {
        Claimed::Granted(ticket) => ticket,
        other => panic!("{other:?}"),
    }
}

async fn known(store: &Store, claim: &Claim) -> State {
    match store.claim(claim, LONG).await.unwrap() {
        Claimed::Known(intent) => intent.state,
        other => panic!("{other:?}"),
    }
}

fn ending(state: State, payment: Option<&str>) -> Ending {
    let response = Response::new(201, [("A", "b")].into_iter().collect(), "body \u{20ac} \"'?");
    Ending { state, response, payment: payment.map(str::to_owned) }
}

/// An intent whose outcome is unknown and whose deadline has passed.
async fn unknown(store: &Store, claim: &Claim) -> Ticket {
    let ticket = granted(store, claim).await;
    assert!(store.send(&ticket, Some(&["1".to_owned()]), Duration::ZERO).await.unwrap());
    assert!(store.finish(&ticket, &ending(State::Unknown, None)).await.unwrap());
    ticket
}

async fn state(store: &Store, name: &str) -> State {
    store.find(&key(name)).await.unwrap().unwrap().state
}

conformance! {
    /// Of many callers with one key, exactly one may go on.
    async fn grants_a_key_once(stores: &[Arc<Store>]) {
        let callers: Vec<_> = (0..50).map(|at| {
            let store = stores[at % stores.len()].clone();
            tokio::spawn(async move { store.claim(&claim("k"), LONG).await.unwrap() })
        }).collect();
        let mut count = 0;
        for caller in callers {
            match caller.await.unwrap() {
                Claimed::Granted(_) => count += 1,
                Claimed::Known(intent) => assert_eq!(intent.state, State::Prepared),
                Claimed::Busy(_) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(count, 1);
    }

    async fn keeps_what_was_written(stores: &[Arc<Store>]) {
        let (one, other) = (&stores[0], stores.last().unwrap());
        let claim = Claim { request: "{\"a\":\"?1 $1 {now}\"}".to_owned(), by: Some("ann".to_owned()), ..claim("k") };
        let ticket = granted(one, &claim).await;
        let before = ["1".to_owned(), "a\"b".to_owned()];
        assert!(one.send(&ticket, Some(&before), LONG).await.unwrap());
        assert!(one.finish(&ticket, &ending(State::Recorded, Some("p"))).await.unwrap());
        let intent = other.find(&claim.key).await.unwrap().unwrap();
        assert_eq!((intent.state, intent.payment.as_deref()), (State::Recorded, Some("p")));
        assert_eq!(intent.before.as_deref(), Some(&before[..]));
        assert_eq!(intent.response, Some(ending(State::Recorded, None).response));
        assert_eq!((intent.request, intent.invoice), (claim.request.clone(), claim.invoice.clone()));
        assert_eq!(known(other, &claim).await, State::Recorded);
    }

    async fn tells_keys_of_other_tenants_and_connections_apart(stores: &[Arc<Store>]) {
        granted(&stores[0], &claim("k")).await;
        let tenant = Claim { key: KeyOf { tenant: "u".to_owned(), ..key("k") }, invoice: None, ..claim("k") };
        let connection = Claim { key: KeyOf { connection: "d".to_owned(), ..key("k") }, ..claim("k") };
        granted(&stores[0], &tenant).await;
        granted(&stores[0], &connection).await;
    }

    async fn refuses_a_key_for_another_request(stores: &[Arc<Store>]) {
        granted(&stores[0], &claim("k")).await;
        let other = Claim { fingerprint: "g".to_owned(), ..claim("k") };
        assert!(matches!(stores[0].claim(&other, LONG).await.unwrap(), Claimed::Mismatch));
    }

    async fn changes_of_one_invoice_are_made_one_at_a_time(stores: &[Arc<Store>]) {
        let other = stores.last().unwrap();
        let ticket = granted(&stores[0], &on_one_invoice("a")).await;
        assert!(matches!(other.claim(&on_one_invoice("b"), LONG).await.unwrap(), Claimed::Busy(State::Prepared)));
        assert!(stores[0].send(&ticket, None, LONG).await.unwrap());
        assert!(matches!(other.claim(&on_one_invoice("b"), LONG).await.unwrap(), Claimed::Busy(State::Sending)));
        stores[0].finish(&ticket, &ending(State::Unknown, None)).await.unwrap();
        assert!(matches!(other.claim(&on_one_invoice("b"), LONG).await.unwrap(), Claimed::Busy(State::Unknown)));
        stores[0].settle(&ticket, &Finding::Person).await.unwrap();
        granted(other, &on_one_invoice("b")).await;
    }

    async fn a_key_of_which_nothing_was_sent_may_be_used_three_times(stores: &[Arc<Store>]) {
        let store = &stores[0];
        for attempt in 1..=3 {
            let ticket = granted(store, &claim("k")).await;
            assert_eq!(ticket.attempt, attempt);
            assert!(store.finish(&ticket, &ending(State::NotSent, None)).await.unwrap());
        }
        assert_eq!(known(store, &claim("k")).await, State::NotSent);
    }

    /// An attempt that was given up cannot send any more.
    async fn an_attempt_that_was_left_behind_cannot_go_on(stores: &[Arc<Store>]) {
        let store = &stores[0];
        let Claimed::Granted(late) = store.claim(&claim("k"), Duration::ZERO).await.unwrap() else { panic!() };
        tokio::time::sleep(Duration::from_millis(5)).await;
        store.sweep().await.unwrap();
        assert_eq!(state(store, "k").await, State::NotSent);
        assert!(!store.send(&late, None, LONG).await.unwrap());
        let next = granted(store, &claim("k")).await;
        assert!(!store.send(&late, None, LONG).await.unwrap());
        assert!(!store.finish(&late, &ending(State::Recorded, None)).await.unwrap());
        assert!(store.send(&next, None, LONG).await.unwrap());
        assert!(!store.send(&next, None, LONG).await.unwrap(), "sent twice");
    }

    async fn an_attempt_that_crashed_while_sending_is_unknown_and_never_sent_again(stores: &[Arc<Store>]) {
        let store = &stores[0];
        let ticket = granted(store, &claim("k")).await;
        assert!(store.send(&ticket, None, Duration::ZERO).await.unwrap());
        assert_eq!(known(store, &claim("k")).await, State::Sending);
        tokio::time::sleep(Duration::from_millis(5)).await;
        store.sweep().await.unwrap();
        assert_eq!(known(stores.last().unwrap(), &claim("k")).await, State::Unknown);
        assert!(!store.send(&ticket, None, LONG).await.unwrap());
        // A response that arrives late is still the truth.
        assert!(store.finish(&ticket, &ending(State::Recorded, Some("p"))).await.unwrap());
        assert_eq!(known(store, &claim("k")).await, State::Recorded);
    }

    async fn sweeps_nothing_before_its_deadline(stores: &[Arc<Store>]) {
        let store = &stores[0];
        granted(store, &claim("a")).await;
        let ticket = granted(store, &claim("b")).await;
        store.send(&ticket, None, LONG).await.unwrap();
        store.sweep().await.unwrap();
        assert_eq!((state(store, "a").await, state(store, "b").await), (State::Prepared, State::Sending));
    }

    async fn an_unknown_intent_is_looked_for_by_one_relay_at_a_time(stores: &[Arc<Store>]) {
        unknown(&stores[0], &claim("k")).await;
        tokio::time::sleep(Duration::from_millis(5)).await;
        let looks: Vec<_> = (0..12).map(|at| {
            let store = stores[at % stores.len()].clone();
            tokio::spawn(async move { store.due(LONG).await.unwrap().len() })
        }).collect();
        let mut found = 0;
        for look in looks {
            found += look.await.unwrap();
        }
        assert_eq!(found, 1);
    }

    async fn an_unknown_intent_is_looked_for_at_once_and_then_not_before_the_pause_is_over(stores: &[Arc<Store>]) {
        let ticket = granted(&stores[0], &claim("k")).await;
        stores[0].send(&ticket, None, LONG).await.unwrap();
        assert!(stores[0].due(LONG).await.unwrap().is_empty(), "its relay is still sending it");
        stores[0].finish(&ticket, &ending(State::Unknown, None)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert_eq!(stores[0].due(LONG).await.unwrap().len(), 1);
        assert!(stores[0].due(LONG).await.unwrap().is_empty());
    }

    async fn a_payment_settles_at_most_one_intent(stores: &[Arc<Store>]) {
        let (one, other) = (&stores[0], stores.last().unwrap());
        let first = unknown(one, &claim("a")).await;
        let second = unknown(one, &claim("b")).await;
        assert!(one.settle(&first, &Finding::Settled(Some("p".to_owned()))).await.unwrap());
        assert!(!other.settle(&second, &Finding::Settled(Some("p".to_owned()))).await.unwrap());
        assert_eq!((state(one, "a").await, state(one, "b").await), (State::Settled, State::Unknown));
        let third = Claim { operation: "delete_payment", ..claim("c") };
        let third = unknown(one, &third).await;
        assert!(one.settle(&third, &Finding::Settled(Some("p".to_owned()))).await.unwrap());
    }

    async fn a_key_that_is_withdrawn_while_its_attempt_ends_is_not_left_open(stores: &[Arc<Store>]) {
        for round in 0..40 {
            let (first, last) = (stores[0].clone(), stores[stores.len() - 1].clone());
            let claim = claim(&format!("k{round}"));
            let ticket = granted(&first, &claim).await;
            first.send(&ticket, None, LONG).await.unwrap();
            let ends = tokio::spawn(async move { first.finish(&ticket, &ending(State::NotSent, None)).await });
            let withdrawn = last.withdraw(&claim.key).await.unwrap().state;
            ends.await.unwrap().unwrap();
            match withdrawn {
                State::Absent => assert_eq!(known(&last, &claim).await, State::Absent),
                state => assert_eq!(state, State::Sending, "it could be sent again"),
            }
        }
    }

    async fn a_confirmation_stands_although_its_payment_belongs_to_another_intent(stores: &[Arc<Store>]) {
        let store = &stores[0];
        for name in ["a", "b"] {
            let ticket = granted(store, &claim(name)).await;
            store.send(&ticket, None, LONG).await.unwrap();
            assert!(store.finish(&ticket, &ending(State::Recorded, Some("p"))).await.unwrap());
        }
        let intent = store.find(&key("b")).await.unwrap().unwrap();
        assert_eq!((intent.state, intent.payment), (State::Recorded, None));
    }

    async fn tells_which_payments_belong_to_other_intents_of_the_invoice(stores: &[Arc<Store>]) {
        let store = &stores[0];
        let ticket = granted(store, &on_one_invoice("a")).await;
        store.send(&ticket, None, LONG).await.unwrap();
        store.finish(&ticket, &ending(State::Recorded, Some("p"))).await.unwrap();
        unknown(store, &on_one_invoice("b")).await;
        let intent = store.find(&key("b")).await.unwrap().unwrap();
        assert_eq!(store.claimed(&intent).await.unwrap(), ["p"]);
        let intent = store.find(&key("a")).await.unwrap().unwrap();
        assert!(store.claimed(&intent).await.unwrap().is_empty());
    }

    async fn counts_how_long_a_change_has_been_missing(stores: &[Arc<Store>]) {
        let store = &stores[0];
        let ticket = unknown(store, &claim("k")).await;
        store.settle(&ticket, &Finding::Unreadable).await.unwrap();
        assert_eq!(store.find(&key("k")).await.unwrap().unwrap().missing, None);
        store.settle(&ticket, &Finding::Missing).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        store.settle(&ticket, &Finding::Missing).await.unwrap();
        let missing = store.find(&key("k")).await.unwrap().unwrap().missing;
        assert!(missing.is_some_and(|ms| ms >= 20), "{missing:?}");
        store.settle(&ticket, &Finding::Absent).await.unwrap();
        assert_eq!(known(store, &claim("k")).await, State::Absent);
        assert!(store.settle(&ticket, &Finding::Settled(None)).await.unwrap());
        assert_eq!(known(store, &claim("k")).await, State::Absent, "settled twice");
    }

    /// The sum of many claims at the same time never exceeds the limit.
    async fn enforces_a_limit_across_the_intents_of_a_session(stores: &[Arc<Store>]) {
        let callers: Vec<_> = (0..30).map(|at| {
            let store = stores[at % stores.len()].clone();
            let claim = within(&format!("k{at}"), 750);
            tokio::spawn(async move { store.claim(&claim, LONG).await.unwrap() })
        }).collect();
        let mut tickets = Vec::new();
        for caller in callers {
            match caller.await.unwrap() {
                Claimed::Granted(ticket) => tickets.push(ticket),
                Claimed::OverLimit => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(tickets.len(), 7);
        // What was not recorded does not count.
        stores[0].finish(&tickets[0], &ending(State::NotSent, None)).await.unwrap();
        granted(&stores[0], &within("next", 750)).await;
        assert!(matches!(stores[0].claim(&within("over", 750), LONG).await.unwrap(), Claimed::OverLimit));
        let unlimited = Claim { session: Some(Budget { session: "s".to_owned(), limit: None }), ..claim("free") };
        granted(&stores[0], &unlimited).await;
    }

    async fn an_amount_without_a_limit_of_its_own_cannot_overflow_the_sum(stores: &[Arc<Store>]) {
        let huge = Claim { amount: Some(i64::MAX), ..within("huge", i64::MAX) };
        granted(&stores[0], &huge).await;
        assert!(matches!(stores[0].claim(&within("more", i64::MAX), LONG).await.unwrap(), Claimed::OverLimit));
    }

    async fn a_withdrawn_key_is_never_granted(stores: &[Arc<Store>]) {
        let store = &stores[0];
        assert_eq!(store.withdraw(&key("new")).await.unwrap().state, State::Absent);
        assert!(!matches!(store.claim(&claim("new"), LONG).await.unwrap(), Claimed::Granted(_)));
        let ticket = granted(store, &claim("prepared")).await;
        assert_eq!(store.withdraw(&key("prepared")).await.unwrap().state, State::Absent);
        assert!(!store.send(&ticket, None, LONG).await.unwrap());
        let ticket = granted(store, &claim("sending")).await;
        store.send(&ticket, None, LONG).await.unwrap();
        assert_eq!(store.withdraw(&key("sending")).await.unwrap().state, State::Sending);
        assert!(store.finish(&ticket, &ending(State::Recorded, Some("p"))).await.unwrap());
        let intent = store.withdraw(&key("sending")).await.unwrap();
        assert_eq!((intent.state, intent.payment.as_deref()), (State::Recorded, Some("p")));
    }

    async fn a_pruned_key_stays_taken(stores: &[Arc<Store>]) {
        let store = &stores[0];
        let ticket = granted(store, &claim("old")).await;
        store.send(&ticket, None, LONG).await.unwrap();
        store.finish(&ticket, &ending(State::Recorded, Some("p"))).await.unwrap();
        unknown(store, &claim("open")).await;
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert_eq!(store.prune(LONG).await.unwrap(), 0);
        assert_eq!(store.prune(Duration::from_millis(1)).await.unwrap(), 1);
        let other = Claim { fingerprint: "g".to_owned(), ..claim("old") };
        for claim in [claim("old"), other] {
            assert_eq!(known(store, &claim).await, State::Expired);
        }
        let intent = store.find(&key("old")).await.unwrap().unwrap();
        assert_eq!((intent.response, intent.request.as_str()), (None, ""));
        assert_eq!(state(store, "open").await, State::Unknown);
    }

    async fn a_bucket_gives_out_its_burst_and_then_its_rate(stores: &[Arc<Store>]) {
        let interval = Duration::from_secs(10);
        for at in 0..5 {
            stores[at % stores.len()].take("b", 5, interval).await.unwrap().unwrap();
        }
        // The rates of a file are those of one relay.
        let wait = stores[0].take("b", if stores.len() == 2 { 3 } else { 5 }, interval).await.unwrap().unwrap_err();
        assert!(wait > Duration::from_secs(5) && wait <= interval, "{wait:?}");
        stores[0].take("another", 5, interval).await.unwrap().unwrap();
        let fast = Duration::from_millis(20);
        stores[0].take("fast", 1, fast).await.unwrap().unwrap();
        let wait = stores[0].take("fast", 1, fast).await.unwrap().unwrap_err();
        tokio::time::sleep(wait + Duration::from_millis(1)).await;
        stores[0].take("fast", 1, fast).await.unwrap().unwrap();
    }
}

#[test]
fn a_file_keeps_its_intents_when_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("remit.db");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async { granted(&Store::file(&path).unwrap(), &claim("k")).await });
    runtime.block_on(async {
        assert_eq!(known(&Store::file(&path).unwrap(), &claim("k")).await, State::Prepared)
    });
}

#[test]
fn refuses_a_file_of_a_newer_relay_or_of_another_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("remit.db");
    drop(Store::file(&path).unwrap());
    let open = |sql: &str| {
        rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        Store::file(&path).err().unwrap().to_string()
    };
    let newer = open("PRAGMA user_version = 99");
    assert!(newer.contains("schema 99") && newer.contains("run the newer relay again"), "{newer}");
    let foreign = open("PRAGMA application_id = 7");
    assert!(foreign.contains("is not a relay's store"), "{foreign}");
}

#[test]
fn reports_a_file_that_cannot_be_opened() {
    let error = Store::file("/no/such/folder/remit.db".as_ref()).err().unwrap().to_string();
    assert!(error.starts_with("store: cannot open /no/such/folder/remit.db: "), "{error}");
}

#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn refuses_a_database_of_a_newer_relay() {
    let url = schema_of_its_own().await;
    drop(Postgres::connect(&url, None).await.unwrap());
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("INSERT INTO remit_schema VALUES (99)").await.unwrap();
    let error = Postgres::connect(&url, None).await.err().unwrap().to_string();
    assert!(error.contains("schema 99") && error.contains("run the newer relay again"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: cargo xtask test --only postgres"]
async fn relays_that_start_together_create_one_schema() {
    let url = schema_of_its_own().await;
    let starts: Vec<_> = (0..5)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { Postgres::connect(&url, None).await.map(|_| ()) })
        })
        .collect();
    for start in starts {
        start.await.unwrap().unwrap();
    }
}

#[test]
fn statements_that_wait_together_share_a_commit_and_fail_alone() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Arc::new(Store::memory().unwrap());
        let callers: Vec<_> = (0..200)
            .map(|at| {
                let store = store.clone();
                // Every tenth claims the same invoice, and fails.
                let claim =
                    if at % 10 == 0 { on_one_invoice(&format!("k{at}")) } else { claim(&format!("k{at}")) };
                tokio::spawn(async move {
                    matches!(store.claim(&claim, LONG).await.unwrap(), Claimed::Granted(_))
                })
            })
            .collect();
        let mut granted = 0;
        for caller in callers {
            granted += i32::from(caller.await.unwrap());
        }
        assert_eq!(granted, 181);
    });
}
