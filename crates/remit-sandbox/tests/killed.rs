//! The books after the program was killed during payments.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use remit_core::{Money, Provider};
use rusqlite::Connection;
use support::{
    File, Program, exchange_as_is, id, is_recorded, payment, rows, send_signed, signed, totals, usd,
};

/// How many payments are confirmed before each kill: a few, and enough for SQLite's log to grow.
const ROUNDS: [usize; 6] = [1, 40, 7, 60, 2, 25];
/// Clients of each provider.
const CLIENTS: usize = 2;
const CONFIRMATION_TIMEOUT: Duration = Duration::from_secs(60);

/// The payments at one provider. Each has a different amount in cents, which identifies it.
#[derive(Default)]
struct Paid {
    last: AtomicI64,
    /// The payments that a complete response confirmed.
    confirmed: BTreeSet<i64>,
}

/// Pays until the program is killed, and returns the confirmed amounts.
fn pay(program: &Program, provider: &'static Provider, last: &AtomicI64, count: &AtomicUsize) -> Vec<i64> {
    let mut confirmed = Vec::new();
    loop {
        let cents = last.fetch_add(1, Ordering::Relaxed) + 1;
        let amount = Money::from_minor(cents, usd()).to_decimal_string();
        let request = signed(provider, &payment(provider, 1001, &amount), 0);
        match exchange_as_is(program.address, provider, &request) {
            Ok(Some(received)) if received.missing == 0 => {
                assert!(is_recorded(provider, &received.reply), "{}: {:?}", provider.id, received.reply);
                confirmed.push(cents);
                count.fetch_add(1, Ordering::Relaxed);
            }
            _ => return confirmed,
        }
    }
}

/// Lets all clients pay concurrently, and kills the program after this many payments were confirmed.
fn kill_after(target: usize, program: &Program, paid: &mut [Paid]) {
    let count = AtomicUsize::new(0);
    let (sender, confirmed) = channel();
    std::thread::scope(|scope| {
        for (at, (provider, paid)) in Provider::ALL.iter().zip(paid.iter()).enumerate() {
            for _ in 0..CLIENTS {
                let (sender, count) = (sender.clone(), &count);
                scope.spawn(move || sender.send((at, pay(program, provider, &paid.last, count))).unwrap());
            }
        }
        let started = Instant::now();
        while count.load(Ordering::Relaxed) < target && started.elapsed() < CONFIRMATION_TIMEOUT {
            std::thread::yield_now();
        }
        program.kill();
        assert!(count.load(Ordering::Relaxed) >= target, "the program confirmed too few payments");
    });
    drop(sender);
    for (at, cents) in confirmed {
        paid[at].confirmed.extend(cents);
    }
}

/// Invoices whose paid amount in the books is not the sum of their payments.
fn wrong_sums(database: &Path) -> Vec<String> {
    let connection = Connection::open(database).unwrap();
    let sql = "SELECT provider || ' ' || number FROM invoices AS i WHERE paid_minor <>
        (SELECT coalesce(sum(amount_minor), 0) FROM payments AS p WHERE p.provider = i.provider AND p.invoice_id = i.id)";
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn check(database: &Path, pragma: &str) -> Vec<String> {
    let connection = Connection::open(database).unwrap();
    let mut statement = connection.prepare(pragma).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn confirmed_payments_survive_a_kill_and_every_paid_amount_is_the_sum_of_its_payments() {
    let file = File::new();
    let mut paid: Vec<_> = Provider::ALL.iter().map(|_| Paid::default()).collect();
    for target in ROUNDS {
        kill_after(target, &Program::start(file.path()), &mut paid);
        // Opening the books recovers them.
        let reopened = Program::start(file.path());
        assert_eq!(check(file.path(), "PRAGMA integrity_check"), ["ok"]);
        assert_eq!(check(file.path(), "PRAGMA foreign_key_check"), [""; 0]);
        assert_eq!(wrong_sums(file.path()), [""; 0]);
        for (provider, paid) in Provider::ALL.iter().zip(&mut paid) {
            let cents = paid.last.load(Ordering::Relaxed) + 1;
            // A payment after the restart is recorded too.
            let amount = Money::from_minor(cents, usd()).to_decimal_string();
            let request = payment(provider, 1001, &amount);
            let reply = send_signed(reopened.address, provider, &request, 0).unwrap();
            assert!(is_recorded(provider, &reply), "{}: {reply:?}", provider.id);
            paid.last.store(cents, Ordering::Relaxed);
            paid.confirmed.insert(cents);
            let invoice = id(provider, 1001);
            let kept: Vec<_> = rows(file.path(), provider)
                .into_iter()
                .filter(|row| row.invoice_id == invoice)
                .map(|row| row.amount.minor())
                .collect();
            let amounts: BTreeSet<_> = kept.iter().copied().collect();
            assert_eq!(kept.len(), amounts.len(), "{}: a payment is recorded twice", provider.id);
            let lost: Vec<_> = paid.confirmed.difference(&amounts).collect();
            assert!(lost.is_empty(), "{}: {lost:?} were confirmed but are missing", provider.id);
            assert!(amounts.iter().all(|cents| (1..=paid.last.load(Ordering::Relaxed)).contains(cents)));
            let sum = kept.iter().sum();
            let (stored, summed, _) = totals(file.path(), provider, &invoice);
            assert_eq!((stored, summed), (sum, sum), "{}", provider.id);
        }
    }
    let confirmed: usize = paid.iter().map(|paid| paid.confirmed.len()).sum();
    assert!(confirmed >= ROUNDS.iter().sum::<usize>(), "{confirmed}");
}
