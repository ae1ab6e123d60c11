//! What the books hold after the program was killed in the midst of payments.

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
    File, Program, exchange_as_is, id, is_recorded, payment, rows, send_signed, signed, standing, usd,
};

/// How many payments are answered before each kill: early, and when the log has grown.
const ROUNDS: [usize; 6] = [1, 40, 7, 60, 2, 25];
/// Clients at each provider.
const CLIENTS: usize = 2;
const PATIENCE: Duration = Duration::from_secs(60);

/// At one provider. Every payment is of another amount in cents, and so can be told from all others.
#[derive(Default)]
struct Paid {
    last: AtomicI64,
    /// Those whose answer came whole and said that they are recorded.
    answered: BTreeSet<i64>,
}

/// Pays until the program is gone, and hands over every amount that was answered.
fn pay(program: &Program, provider: &'static Provider, last: &AtomicI64, answered: &AtomicUsize) -> Vec<i64> {
    let mut confirmed = Vec::new();
    loop {
        let cents = last.fetch_add(1, Ordering::Relaxed) + 1;
        let amount = Money::from_minor(cents, usd()).to_decimal_string();
        let request = signed(provider, &payment(provider, 1001, &amount), 0);
        match exchange_as_is(program.address, provider, &request) {
            Ok(Some(came)) if came.missing == 0 => {
                assert!(is_recorded(provider, &came.reply), "{}: {:?}", provider.id, came.reply);
                confirmed.push(cents);
                answered.fetch_add(1, Ordering::Relaxed);
            }
            _ => return confirmed,
        }
    }
}

/// Has all clients pay at once, and kills the program when so many payments were answered.
fn kill_after(target: usize, program: &Program, paid: &mut [Paid]) {
    let answered = AtomicUsize::new(0);
    let (told, confirmed) = channel();
    std::thread::scope(|scope| {
        for (at, (provider, paid)) in Provider::ALL.iter().zip(paid.iter()).enumerate() {
            for _ in 0..CLIENTS {
                let (told, answered) = (told.clone(), &answered);
                scope.spawn(move || told.send((at, pay(program, provider, &paid.last, answered))).unwrap());
            }
        }
        let started = Instant::now();
        while answered.load(Ordering::Relaxed) < target && started.elapsed() < PATIENCE {
            std::thread::yield_now();
        }
        program.kill();
        assert!(answered.load(Ordering::Relaxed) >= target, "the program did not answer");
    });
    drop(told);
    for (at, cents) in confirmed {
        paid[at].answered.extend(cents);
    }
}

/// Invoices of which the books do not say what their payments add up to.
fn wrong_sums(database: &Path) -> Vec<String> {
    let connection = Connection::open(database).unwrap();
    let sql = "SELECT provider || ' ' || number FROM invoices AS i WHERE paid_minor <>
        (SELECT coalesce(sum(amount_minor), 0) FROM payments AS p WHERE p.provider = i.provider AND p.invoice_id = i.id)";
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn check(database: &Path, check: &str) -> Vec<String> {
    let connection = Connection::open(database).unwrap();
    let mut statement = connection.prepare(check).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_payment_that_was_confirmed_outlives_a_kill_and_every_balance_is_the_sum_of_its_payments() {
    let file = File::new();
    let mut paid: Vec<_> = Provider::ALL.iter().map(|_| Paid::default()).collect();
    for target in ROUNDS {
        kill_after(target, &Program::start(file.path()), &mut paid);
        // Opening the books is what brings them in order.
        let reopened = Program::start(file.path());
        assert_eq!(check(file.path(), "PRAGMA integrity_check"), ["ok"]);
        assert_eq!(check(file.path(), "PRAGMA foreign_key_check"), [""; 0]);
        assert_eq!(wrong_sums(file.path()), [""; 0]);
        for (provider, paid) in Provider::ALL.iter().zip(&mut paid) {
            let cents = paid.last.load(Ordering::Relaxed) + 1;
            // What is paid now is in the books, and under an identifier of its own.
            let amount = Money::from_minor(cents, usd()).to_decimal_string();
            let request = payment(provider, 1001, &amount);
            let reply = send_signed(reopened.address, provider, &request, 0).unwrap();
            assert!(is_recorded(provider, &reply), "{}: {reply:?}", provider.id);
            paid.last.store(cents, Ordering::Relaxed);
            paid.answered.insert(cents);
            let invoice = id(provider, 1001);
            let kept: Vec<_> = rows(file.path(), provider)
                .into_iter()
                .filter(|row| row.invoice_id == invoice)
                .map(|row| row.amount.minor())
                .collect();
            let amounts: BTreeSet<_> = kept.iter().copied().collect();
            assert_eq!(kept.len(), amounts.len(), "{}: a payment is there twice", provider.id);
            let lost: Vec<_> = paid.answered.difference(&amounts).collect();
            assert!(lost.is_empty(), "{}: {lost:?} were confirmed and are gone", provider.id);
            assert!(amounts.iter().all(|cents| (1..=paid.last.load(Ordering::Relaxed)).contains(cents)));
            let sum = kept.iter().sum();
            let (said, summed, _) = standing(file.path(), provider, &invoice);
            assert_eq!((said, summed), (sum, sum), "{}", provider.id);
        }
    }
    let confirmed: usize = paid.iter().map(|paid| paid.answered.len()).sum();
    assert!(confirmed >= ROUNDS.iter().sum::<usize>(), "{confirmed}");
}
