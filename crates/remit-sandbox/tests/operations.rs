//! Every operation of every provider over a socket: what is listed, shown, added and removed, against the database.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::collections::BTreeSet;

use remit_core::emulate::Refusal;
use remit_core::{
    Answer, BankTransaction, Code, Context, Currency, Instant, Invoice, InvoiceState, Money, Offset,
    Operation, Provider, Purpose, RecordedPayment, name,
};
use support::books::{Books, Left};
use support::calls::{ask, ask_in, call, having, refused_as, understood, walk};
use support::{PaymentRow, Running, id, is_recorded, payment, standing, usd};

/// Records a payment, and shows what the books have of it.
fn pay(running: &Running, provider: &'static Provider, invoice: u64, amount: &str) -> PaymentRow {
    let reply = running.send(provider, &payment(provider, invoice, amount), 0).unwrap();
    assert!(is_recorded(provider, &reply), "{}: {}", provider.id, reply.body);
    running.rows(provider).pop().unwrap()
}

fn remove(running: &Running, provider: &'static Provider, row: &PaymentRow) {
    let operation = provider.operation(Purpose::DeletePayment).unwrap();
    let given = [(name::INVOICE, row.invoice_id.as_str()), (name::PAYMENT, row.id.as_str())];
    let Answer::Receipt(receipt) = understood(ask(running, provider, operation, &given)) else {
        panic!("{}: a removal is answered with something else", provider.id)
    };
    let invoice = Books::of(running, provider).invoice(&row.invoice_id);
    assert!(receipt.paid.is_none_or(|paid| paid == invoice.paid), "{}", provider.id);
    assert!(receipt.balance.is_none_or(|balance| balance == invoice.balance()), "{}", provider.id);
}

/// All payments of an invoice, as they are listed.
fn listed(
    running: &Running,
    provider: &'static Provider,
    operation: &Operation,
    invoice: u64,
) -> Vec<RecordedPayment> {
    let invoice = id(provider, invoice);
    walk(running, provider, operation, &[(name::INVOICE, &invoice)])
        .into_iter()
        .flat_map(|answer| match answer {
            Answer::Payments(page) => page.items,
            other => panic!("{}: {other:?}", provider.id),
        })
        .collect()
}

/// That a payment is shown as the books have it.
fn agrees(provider: &Provider, shown: &RecordedPayment, row: &PaymentRow) {
    let has = |name| provider.payment.fields.iter().any(|field| field.name == name);
    assert_eq!(shown.id, row.id, "{}", provider.id);
    assert_eq!(shown.amount, Some(row.amount), "{}", provider.id);
    assert_eq!(shown.paid_at.map(Instant::rfc3339), Some(row.paid_at.clone()), "{}", provider.id);
    if has(name::NOTE) {
        assert_eq!(shown.note, row.note, "{}", provider.id);
    }
    if has(name::TRANSACTION) {
        assert_eq!(shown.transaction_id, row.transaction_id, "{}", provider.id);
    }
    if has(name::RECEIPT) && row.fields[name::RECEIPT].is_string() {
        assert_eq!(shown.receipt_number.as_deref(), row.fields[name::RECEIPT].as_str(), "{}", provider.id);
    }
}

#[test]
fn a_payment_that_was_recorded_would_be_missing_from_the_list_or_differ_there() {
    let running = Running::start();
    for (provider, list) in having(Purpose::ListPayments) {
        assert!(listed(&running, provider, list, 1001).is_empty(), "{}", provider.id);
        let first = pay(&running, provider, 1001, "12.34");
        assert_eq!(first.amount, Money::from_minor(1234, usd()));
        let second = pay(&running, provider, 1001, "12.34");
        // Of another invoice.
        pay(&running, provider, 1003, "12.34");
        let mut shown = listed(&running, provider, list, 1001);
        assert_eq!(shown.len(), 2, "{}: {shown:?}", provider.id);
        if shown[0].id != first.id {
            shown.reverse();
        }
        agrees(provider, &shown[0], &first);
        agrees(provider, &shown[1], &second);
        // What the books begin with.
        let seeded = running.rows(provider).remove(0);
        let shown = listed(&running, provider, list, 1006);
        assert_eq!(shown.len(), 1, "{}", provider.id);
        agrees(provider, &shown[0], &seeded);
    }
}

#[test]
fn one_payment_would_be_shown_otherwise_than_in_the_list() {
    let running = Running::start();
    for (provider, show) in having(Purpose::ShowPayment) {
        let row = pay(&running, provider, 1001, "12.34");
        let given = [(name::INVOICE, row.invoice_id.as_str()), (name::PAYMENT, row.id.as_str())];
        // One may be shown at more than one path.
        let others = provider.all_operations().filter(|operation| operation.purpose == show.purpose);
        for operation in others {
            match understood(ask(&running, provider, operation, &given)) {
                Answer::Payment(shown) => agrees(provider, &shown, &row),
                other => panic!("{}: {other:?}", provider.id),
            }
        }
    }
}

#[test]
fn a_payment_that_was_removed_would_still_be_counted() {
    let running = Running::start();
    for (provider, _) in having(Purpose::DeletePayment) {
        let list = provider.operation(Purpose::ListPayments).unwrap();
        // Open, paid in part, a draft; in part and to the last cent.
        for (number, amount) in [(1001, "1"), (1003, "75.25"), (1006, "1500"), (1008, "1"), (1008, "512")] {
            let before = Books::of(&running, provider);
            let invoice = id(provider, number);
            if !provider.emulation.payable.contains(&before.invoice(&invoice).state) {
                continue;
            }
            let first = listed(&running, provider, list, number);
            let row = pay(&running, provider, number, amount);
            let between = Books::of(&running, provider);
            assert_ne!(between, before, "{}", provider.id);
            let paid = row.amount.minor() + before.invoice(&invoice).paid.minor();
            let (said, sum, state) = standing(running.file.path(), provider, &invoice);
            assert_eq!((said, sum), (paid, paid), "{}", provider.id);
            let whole = between.invoice(&invoice).amount.minor() == paid;
            assert_eq!(state == InvoiceState::Paid.as_str(), whole, "{} {number}: {state}", provider.id);
            assert_eq!(listed(&running, provider, list, number).len(), first.len() + 1, "{}", provider.id);
            remove(&running, provider, &row);
            assert_eq!(Books::of(&running, provider), before, "{} {number}", provider.id);
            assert_eq!(listed(&running, provider, list, number), first, "{}", provider.id);
        }
        // A payment that the books began with.
        let seeded = running.rows(provider).remove(0);
        remove(&running, provider, &seeded);
        let (paid, sum, state) = standing(running.file.path(), provider, &seeded.invoice_id);
        assert_eq!((paid, sum, state.as_str()), (0, 0, InvoiceState::Open.as_str()), "{}", provider.id);
    }
}

#[test]
fn an_identifier_would_be_given_out_again_after_its_payment_was_removed() {
    let running = Running::start();
    for (provider, _) in having(Purpose::DeletePayment) {
        let mut seen = BTreeSet::new();
        for _ in 0..3 {
            let row = pay(&running, provider, 1001, "1");
            remove(&running, provider, &row);
            assert!(seen.insert(row.id), "{}", provider.id);
        }
    }
}

#[test]
fn a_payment_that_is_gone_would_be_removed_again_from_the_balance() {
    let running = Running::start();
    for (provider, delete) in having(Purpose::DeletePayment) {
        let (kept, gone) = (pay(&running, provider, 1001, "2"), pay(&running, provider, 1001, "1"));
        remove(&running, provider, &gone);
        let books = Books::of(&running, provider);
        let given = [(name::INVOICE, gone.invoice_id.as_str()), (name::PAYMENT, gone.id.as_str())];
        refused_as(&running, provider, delete, &call(provider, delete, &given), &Refusal::NoPayment);
        assert_eq!(Books::of(&running, provider), books, "{}", provider.id);
        assert_eq!(running.rows(provider).last(), Some(&kept), "{}", provider.id);
    }
}

#[test]
fn a_payment_would_be_shown_or_removed_under_another_invoice_than_its_own() {
    let running = Running::start();
    for purpose in [Purpose::ShowPayment, Purpose::DeletePayment] {
        for (provider, operation) in having(purpose) {
            let row = pay(&running, provider, 1001, "1");
            let books = Books::of(&running, provider);
            for (number, refusal) in
                [(1003, Refusal::NoPayment), (1006, Refusal::NoPayment), (999, Refusal::NoInvoice)]
            {
                let other = id(provider, number);
                let given = [(name::INVOICE, other.as_str()), (name::PAYMENT, row.id.as_str())];
                refused_as(&running, provider, operation, &call(provider, operation, &given), &refusal);
            }
            let given = [(name::INVOICE, row.invoice_id.as_str()), (name::PAYMENT, row.id.as_str())];
            // What may be an identifier, and what is none.
            for text in ["0", "!"] {
                let mut nobody_s = call(provider, operation, &given);
                nobody_s.path = nobody_s.path.replace(&row.id, text);
                refused_as(&running, provider, operation, &nobody_s, &Refusal::NoPayment);
            }
            assert_eq!(Books::of(&running, provider), books, "{}", provider.id);
        }
    }
}

#[test]
fn a_payment_would_be_missed_or_come_twice_between_two_pages() {
    let running = Running::start();
    for (provider, list) in having(Purpose::ListPayments) {
        let rows: Vec<_> =
            ["1", "2", "3", "4", "5"].map(|amount| pay(&running, provider, 1001, amount)).into();
        let invoice = id(provider, 1001);
        for (size, sizes) in [("2", &[2, 2, 1][..]), ("5", &[5]), ("4", &[4, 1]), ("1", &[1, 1, 1, 1, 1])] {
            let paged = list.fields.iter().any(|field| field.name == name::PAGE);
            let given = [(name::INVOICE, invoice.as_str()), (name::PAGE_SIZE, size)];
            let pages: Vec<_> = walk(&running, provider, list, &given)
                .into_iter()
                .map(|answer| match answer {
                    Answer::Payments(page) => page.items,
                    other => panic!("{}: {other:?}", provider.id),
                })
                .collect();
            let came: Vec<_> = pages.iter().map(Vec::len).collect();
            assert_eq!(came, if paged { sizes } else { &[5] }, "{}", provider.id);
            let mut items = pages.concat();
            if items[0].id != rows[0].id {
                items.reverse();
            }
            for (item, row) in items.iter().zip(&rows) {
                agrees(provider, item, row);
            }
        }
    }
}

/// An invoice as it is shown, held against the books. Of states that a provider has one word for, either will do.
fn stands(provider: &Provider, shown: &Invoice, books: &Books) {
    let entry = books.invoice(&shown.id);
    assert_eq!(shown.currency, entry.amount.currency(), "{}", provider.id);
    assert_eq!(shown.amount, Some(entry.amount), "{}", provider.id);
    assert_eq!(shown.balance, Some(entry.balance()), "{}", provider.id);
    let word = |state| provider.emulation.word(state);
    assert_eq!(shown.state.map(word), Some(word(entry.state)), "{} {}", provider.id, entry.number);
    assert!(shown.number.as_ref().is_none_or(|number| *number == entry.number), "{}", provider.id);
    assert!(entry.state == InvoiceState::Draft || shown.number.is_some(), "{}", provider.id);
    let day = |at: Instant| at.day(Offset::UTC);
    assert!(shown.issued.is_none_or(|at| day(at) == day(entry.issued)), "{}", provider.id);
}

#[test]
fn an_invoice_would_be_shown_otherwise_than_the_books_have_it() {
    let running = Running::start();
    for (provider, get) in having(Purpose::GetInvoice) {
        let all_agree = || {
            let books = Books::of(&running, provider);
            for entry in &books.invoices {
                // Each says in which currency it is.
                let given = [(name::INVOICE, entry.id.as_str())];
                match understood(ask_in(&running, provider, get, &given, Currency::UNSTATED)) {
                    Answer::Invoice(shown) => {
                        assert_eq!(shown.id, entry.id, "{}", provider.id);
                        stands(provider, &shown, &books);
                    }
                    other => panic!("{}: {other:?}", provider.id),
                }
            }
            assert!(books.invoices.len() >= 6, "{}", provider.id);
        };
        all_agree();
        pay(&running, provider, 1001, "250");
        pay(&running, provider, 1003, "75.25");
        all_agree();
        let nobody_s = id(provider, 999);
        let request = call(provider, get, &[(name::INVOICE, &nobody_s)]);
        refused_as(&running, provider, get, &request, &Refusal::NoInvoice);
    }
}

#[test]
fn an_invoice_would_be_missing_from_the_list_of_all_or_differ_there() {
    let running = Running::start();
    for (provider, list) in having(Purpose::ListInvoices) {
        pay(&running, provider, 1001, "250");
        let books = Books::of(&running, provider);
        let wanted: BTreeSet<_> = books.invoices.iter().map(|entry| entry.id.clone()).collect();
        for size in ["2", "1", "1000"] {
            let shown: Vec<_> = walk(&running, provider, list, &[(name::PAGE_SIZE, size)])
                .into_iter()
                .flat_map(|answer| match answer {
                    Answer::Invoices(page) => page.items,
                    other => panic!("{}: {other:?}", provider.id),
                })
                .collect();
            shown.iter().for_each(|invoice| stands(provider, invoice, &books));
            assert_eq!(shown.len(), wanted.len(), "{}", provider.id);
            let ids: BTreeSet<_> = shown.into_iter().map(|invoice| invoice.id).collect();
            assert_eq!(ids, wanted, "{}", provider.id);
        }
    }
}

/// What an invoice to add is made of.
fn bill<'a>(client: &'a str, number: &'a str) -> [(&'static str, &'a str); 5] {
    [
        (name::CLIENT, client),
        (name::CURRENCY, "USD"),
        (name::NUMBER, number),
        (name::ISSUED_AT, "2026-11-01T08:00:00Z"),
        (name::DUE_AT, "2026-12-01T08:00:00Z"),
    ]
}

#[test]
fn an_invoice_that_was_added_would_be_lost_or_owed_something() {
    let running = Running::start();
    for (provider, add) in having(Purpose::AddInvoice) {
        let client = id(provider, 901);
        // Nothing is documented against two of one number.
        let added = ["R-7", "R-7"].map(|number| {
            match understood(ask(&running, provider, add, &bill(&client, number))) {
                Answer::Invoice(invoice) => invoice,
                other => panic!("{}: {other:?}", provider.id),
            }
        });
        assert_ne!(added[0].id, added[1].id, "{}", provider.id);
        let books = Books::of(&running, provider);
        for invoice in &added {
            let entry = books.invoice(&invoice.id);
            assert_eq!((entry.number.as_str(), entry.client.as_str()), ("R-7", client.as_str()));
            assert_eq!(
                (entry.state, entry.unpaid),
                (InvoiceState::Draft, InvoiceState::Draft),
                "{}",
                provider.id
            );
            assert_eq!((entry.amount, entry.paid), (Money::from_minor(0, usd()), entry.amount));
            assert_eq!(entry.issued.rfc3339(), "2026-11-01T08:00:00Z", "{}", provider.id);
            assert_eq!(entry.due.rfc3339(), "2026-12-01T08:00:00Z", "{}", provider.id);
            let get = provider.operation(Purpose::GetInvoice).unwrap();
            let Answer::Invoice(shown) =
                understood(ask(&running, provider, get, &[(name::INVOICE, &invoice.id)]))
            else {
                panic!("{}", provider.id)
            };
            stands(provider, &shown, &books);
            assert_eq!((&shown.id, &shown.number), (&invoice.id, &invoice.number), "{}", provider.id);
        }
        let mut backwards = call(provider, add, &bill(&client, "R-8"));
        backwards.body = backwards.body.replace("2026-12-01", "2026-10-31");
        let reply = running.send(provider, &backwards, 0).unwrap();
        assert!(add.understand(&reply, usd()).is_err(), "{}: {}", provider.id, reply.body);
        assert_eq!(Books::of(&running, provider), books, "{}: due before it is issued", provider.id);
        // In a currency that nobody has named it would be owed in whichever the invoices before it had.
        let mut unnamed = call(provider, add, &bill(&client, "R-9"));
        unnamed.body = unnamed.body.replace("\"USD\"", "null");
        let reply = running.send(provider, &unnamed, 0).unwrap();
        assert!(add.understand(&reply, usd()).is_err(), "{}: {}", provider.id, reply.body);
        let known = Context { currency: Some(usd()), ..Context::default() };
        let rejection = add.read(&unnamed, &known).unwrap_err();
        let told: Vec<_> = rejection.issues().map(|issue| (issue.field, issue.code)).collect();
        assert_eq!(told, [(name::CURRENCY, Code::Required)], "{}", provider.id);
        assert_eq!(Books::of(&running, provider), books, "{}: in no currency", provider.id);
    }
}

/// A bank transaction as it is shown, held against the view of allocations.
fn holds(provider: &Provider, shown: &BankTransaction, left: &Left) {
    assert_eq!(shown.id, left.id, "{}", provider.id);
    assert_eq!(shown.amount, Some(left.amount), "{}", provider.id);
    assert!(shown.unallocated.is_none_or(|money| money == left.unallocated), "{}: {shown:?}", provider.id);
}

#[test]
fn a_bank_transaction_would_be_shown_otherwise_than_the_books_have_it() {
    let running = Running::start();
    for (provider, list) in having(Purpose::ListTransactions) {
        pay(&running, provider, 1001, "250");
        let lefts = Books::of(&running, provider).lefts;
        assert!(lefts.len() >= 6, "{}", provider.id);
        for size in ["2", "1000"] {
            let mut shown: Vec<_> = walk(&running, provider, list, &[(name::PAGE_SIZE, size)])
                .into_iter()
                .flat_map(|answer| match answer {
                    Answer::Transactions(page) => page.items,
                    other => panic!("{}: {other:?}", provider.id),
                })
                .collect();
            assert_eq!(shown.len(), lefts.len(), "{}", provider.id);
            shown.sort_by(|a, b| a.id.cmp(&b.id));
            for (shown, left) in shown.iter().zip(&lefts) {
                holds(provider, shown, left);
                assert_eq!(shown.at.map(Instant::rfc3339), Some(left.at.clone()), "{}", provider.id);
                assert_eq!(shown.description.as_ref(), Some(&left.description), "{}", provider.id);
            }
        }
    }
}

#[test]
fn what_is_left_of_a_bank_transaction_would_be_wrong_after_a_payment_or_its_removal() {
    let running = Running::start();
    for (provider, allocations) in having(Purpose::Allocations) {
        let all_hold = || {
            let lefts = Books::of(&running, provider).lefts;
            for left in &lefts {
                match understood(ask(&running, provider, allocations, &[(name::TRANSACTION, &left.id)])) {
                    Answer::Allocations(shown) => {
                        holds(provider, &shown, left);
                        assert_eq!(shown.unallocated, Some(left.unallocated), "{}", provider.id);
                    }
                    other => panic!("{}: {other:?}", provider.id),
                }
            }
            lefts
        };
        let before = all_hold();
        let row = pay(&running, provider, 1001, "250");
        let between = all_hold();
        let of = |lefts: &[Left]| lefts.iter().map(|left| left.unallocated.minor()).sum::<i64>();
        assert_eq!(of(&between), of(&before) - 25_000, "{}", provider.id);
        if provider.operation(Purpose::DeletePayment).is_some() {
            remove(&running, provider, &row);
            assert_eq!(all_hold(), before, "{}", provider.id);
        }
        let nobody_s = id(provider, 2999);
        let request = call(provider, allocations, &[(name::TRANSACTION, &nobody_s)]);
        refused_as(&running, provider, allocations, &request, &Refusal::NoTransaction);
    }
}

#[test]
fn payments_and_removals_at_once_would_leave_a_balance_that_is_not_their_sum() {
    let running = Running::start();
    for (provider, delete) in having(Purpose::DeletePayment) {
        let rows: Vec<_> = (0..8).map(|_| pay(&running, provider, 1001, "3")).collect();
        // Each payment is removed by two at once, while as many are recorded.
        let (running, rows) = (&running, &rows);
        let (removed, recorded) = std::thread::scope(|scope| {
            let removing: Vec<_> = rows
                .iter()
                .chain(rows)
                .map(|row| {
                    scope.spawn(move || {
                        let given = [(name::INVOICE, row.invoice_id.as_str()), (name::PAYMENT, &row.id)];
                        ask(running, provider, delete, &given).is_ok().then(|| row.id.clone())
                    })
                })
                .collect();
            let paying: Vec<_> = rows
                .iter()
                .map(|_| scope.spawn(move || running.send(provider, &payment(provider, 1001, "5"), 0)))
                .collect();
            let removed: Vec<_> = removing.into_iter().filter_map(|thread| thread.join().unwrap()).collect();
            let recorded = paying.into_iter().map(|thread| thread.join().unwrap().unwrap());
            (removed, recorded.filter(|reply| is_recorded(provider, reply)).count())
        });
        let once: BTreeSet<_> = removed.iter().collect();
        assert_eq!((removed.len(), once.len(), recorded), (8, 8, 8), "{}", provider.id);
        let books = Books::of(running, provider).invoice(&id(provider, 1001));
        assert_eq!(books.paid, Money::from_minor(4000, usd()), "{}", provider.id);
        let (paid, sum, _) = standing(running.file.path(), provider, &id(provider, 1001));
        assert_eq!((paid, sum), (4000, 4000), "{}", provider.id);
        let kept = running.rows(provider).into_iter().filter(|row| row.invoice_id == id(provider, 1001));
        assert!(kept.map(|row| row.amount.minor()).eq([500; 8]), "{}", provider.id);
    }
}
