//! Every operation of every provider over a socket, compared with the database.

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
use support::books::{Allocation, Books};
use support::calls::{ask, ask_in, call, having, refused_as, understood, walk};
use support::{PaymentRow, Running, id, is_recorded, payment, totals, usd};

/// Records a payment, and returns its row in the books.
fn pay(running: &Running, provider: &'static Provider, invoice: u64, amount: &str) -> PaymentRow {
    let reply = running.send(provider, &payment(provider, invoice, amount), 0).unwrap();
    assert!(is_recorded(provider, &reply), "{}: {}", provider.id, reply.body);
    running.rows(provider).pop().unwrap()
}

fn remove(running: &Running, provider: &'static Provider, row: &PaymentRow) {
    let operation = provider.operation(Purpose::DeletePayment).unwrap();
    let given = [(name::INVOICE, row.invoice_id.as_str()), (name::PAYMENT, row.id.as_str())];
    let Answer::Receipt(receipt) = understood(ask(running, provider, operation, &given)) else {
        panic!("{}: the response to a removal is not a receipt", provider.id)
    };
    let invoice = Books::of(running, provider).invoice(&row.invoice_id);
    assert!(receipt.paid.is_none_or(|paid| paid == invoice.paid), "{}", provider.id);
    assert!(receipt.balance.is_none_or(|balance| balance == invoice.balance()), "{}", provider.id);
}

/// All listed payments of an invoice.
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

/// Asserts that a payment in a response agrees with the books.
fn assert_payment(provider: &Provider, shown: &RecordedPayment, row: &PaymentRow) {
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
fn lists_the_recorded_payments_of_an_invoice_as_the_books_have_them() {
    let running = Running::start();
    for (provider, list) in having(Purpose::ListPayments) {
        assert!(listed(&running, provider, list, 1001).is_empty(), "{}", provider.id);
        let first = pay(&running, provider, 1001, "12.34");
        assert_eq!(first.amount, Money::from_minor(1234, usd()));
        let second = pay(&running, provider, 1001, "12.34");
        // A payment of another invoice.
        pay(&running, provider, 1003, "12.34");
        let mut shown = listed(&running, provider, list, 1001);
        assert_eq!(shown.len(), 2, "{}: {shown:?}", provider.id);
        if shown[0].id != first.id {
            shown.reverse();
        }
        assert_payment(provider, &shown[0], &first);
        assert_payment(provider, &shown[1], &second);
        // A seeded payment.
        let seeded = running.rows(provider).remove(0);
        let shown = listed(&running, provider, list, 1006);
        assert_eq!(shown.len(), 1, "{}", provider.id);
        assert_payment(provider, &shown[0], &seeded);
    }
}

#[test]
fn shows_a_payment_as_the_books_have_it() {
    let running = Running::start();
    for (provider, show) in having(Purpose::ShowPayment) {
        let row = pay(&running, provider, 1001, "12.34");
        let given = [(name::INVOICE, row.invoice_id.as_str()), (name::PAYMENT, row.id.as_str())];
        // A provider may have several paths for a payment.
        let operations = provider.all_operations().filter(|operation| operation.purpose == show.purpose);
        for operation in operations {
            match understood(ask(&running, provider, operation, &given)) {
                Answer::Payment(shown) => assert_payment(provider, &shown, &row),
                other => panic!("{}: {other:?}", provider.id),
            }
        }
    }
}

#[test]
fn removing_a_payment_restores_the_books() {
    let running = Running::start();
    for (provider, _) in having(Purpose::DeletePayment) {
        let list = provider.operation(Purpose::ListPayments).unwrap();
        // Open, partially paid and draft invoices; partial and full payments.
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
            let (stored, sum, state) = totals(running.file.path(), provider, &invoice);
            assert_eq!((stored, sum), (paid, paid), "{}", provider.id);
            let is_full = between.invoice(&invoice).amount.minor() == paid;
            assert_eq!(state == InvoiceState::Paid.as_str(), is_full, "{} {number}: {state}", provider.id);
            assert_eq!(listed(&running, provider, list, number).len(), first.len() + 1, "{}", provider.id);
            remove(&running, provider, &row);
            assert_eq!(Books::of(&running, provider), before, "{} {number}", provider.id);
            assert_eq!(listed(&running, provider, list, number), first, "{}", provider.id);
        }
        // A seeded payment.
        let seeded = running.rows(provider).remove(0);
        remove(&running, provider, &seeded);
        let (paid, sum, state) = totals(running.file.path(), provider, &seeded.invoice_id);
        assert_eq!((paid, sum, state.as_str()), (0, 0, InvoiceState::Open.as_str()), "{}", provider.id);
    }
}

#[test]
fn never_reuses_the_identifier_of_a_removed_payment() {
    let running = Running::start();
    for (provider, _) in having(Purpose::DeletePayment) {
        let mut used = BTreeSet::new();
        for _ in 0..3 {
            let row = pay(&running, provider, 1001, "1");
            remove(&running, provider, &row);
            assert!(used.insert(row.id), "{}", provider.id);
        }
    }
}

#[test]
fn refuses_to_remove_a_payment_twice() {
    let running = Running::start();
    for (provider, delete) in having(Purpose::DeletePayment) {
        let (kept, removed) = (pay(&running, provider, 1001, "2"), pay(&running, provider, 1001, "1"));
        remove(&running, provider, &removed);
        let books = Books::of(&running, provider);
        let given = [(name::INVOICE, removed.invoice_id.as_str()), (name::PAYMENT, removed.id.as_str())];
        refused_as(&running, provider, delete, &call(provider, delete, &given), &Refusal::NoPayment);
        assert_eq!(Books::of(&running, provider), books, "{}", provider.id);
        assert_eq!(running.rows(provider).last(), Some(&kept), "{}", provider.id);
    }
}

#[test]
fn refuses_to_show_or_remove_a_payment_under_another_invoice_or_identifier() {
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
            // An unknown identifier, and an invalid one.
            for text in ["0", "!"] {
                let mut request = call(provider, operation, &given);
                request.path = request.path.replace(&row.id, text);
                refused_as(&running, provider, operation, &request, &Refusal::NoPayment);
            }
            assert_eq!(Books::of(&running, provider), books, "{}", provider.id);
        }
    }
}

#[test]
fn the_pages_of_a_list_contain_every_payment_once() {
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
            let lengths: Vec<_> = pages.iter().map(Vec::len).collect();
            assert_eq!(lengths, if paged { sizes } else { &[5] }, "{}", provider.id);
            let mut items = pages.concat();
            if items[0].id != rows[0].id {
                items.reverse();
            }
            for (item, row) in items.iter().zip(&rows) {
                assert_payment(provider, item, row);
            }
        }
    }
}

/// Asserts that an invoice in a response agrees with the books. States for which the provider has one word are equal.
fn assert_invoice(provider: &Provider, shown: &Invoice, books: &Books) {
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
fn shows_an_invoice_as_the_books_have_it() {
    let running = Running::start();
    for (provider, get) in having(Purpose::GetInvoice) {
        let assert_all = || {
            let books = Books::of(&running, provider);
            for entry in &books.invoices {
                // Each response names its currency.
                let given = [(name::INVOICE, entry.id.as_str())];
                match understood(ask_in(&running, provider, get, &given, Currency::UNSTATED)) {
                    Answer::Invoice(shown) => {
                        assert_eq!(shown.id, entry.id, "{}", provider.id);
                        assert_invoice(provider, &shown, &books);
                    }
                    other => panic!("{}: {other:?}", provider.id),
                }
            }
            assert!(books.invoices.len() >= 6, "{}", provider.id);
        };
        assert_all();
        pay(&running, provider, 1001, "250");
        pay(&running, provider, 1003, "75.25");
        assert_all();
        let unknown = id(provider, 999);
        let request = call(provider, get, &[(name::INVOICE, &unknown)]);
        refused_as(&running, provider, get, &request, &Refusal::NoInvoice);
    }
}

#[test]
fn lists_every_invoice_once_as_the_books_have_it() {
    let running = Running::start();
    for (provider, list) in having(Purpose::ListInvoices) {
        pay(&running, provider, 1001, "250");
        let books = Books::of(&running, provider);
        let expected: BTreeSet<_> = books.invoices.iter().map(|entry| entry.id.clone()).collect();
        for size in ["2", "1", "1000"] {
            let shown: Vec<_> = walk(&running, provider, list, &[(name::PAGE_SIZE, size)])
                .into_iter()
                .flat_map(|answer| match answer {
                    Answer::Invoices(page) => page.items,
                    other => panic!("{}: {other:?}", provider.id),
                })
                .collect();
            shown.iter().for_each(|invoice| assert_invoice(provider, invoice, &books));
            assert_eq!(shown.len(), expected.len(), "{}", provider.id);
            let ids: BTreeSet<_> = shown.into_iter().map(|invoice| invoice.id).collect();
            assert_eq!(ids, expected, "{}", provider.id);
        }
    }
}

/// The fields of an invoice to add.
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
fn adds_an_empty_draft_invoice_and_refuses_one_without_a_currency_or_due_before_its_issue() {
    let running = Running::start();
    for (provider, add) in having(Purpose::AddInvoice) {
        let client = id(provider, 901);
        // No provider documents that numbers must be unique.
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
            assert_invoice(provider, &shown, &books);
            assert_eq!((&shown.id, &shown.number), (&invoice.id, &invoice.number), "{}", provider.id);
        }
        let mut backwards = call(provider, add, &bill(&client, "R-8"));
        backwards.body = backwards.body.replace("2026-12-01", "2026-10-31");
        let reply = running.send(provider, &backwards, 0).unwrap();
        assert!(add.understand(&reply, usd()).is_err(), "{}: {}", provider.id, reply.body);
        assert_eq!(
            Books::of(&running, provider),
            books,
            "{}: an invoice that is due before its issue was added",
            provider.id
        );
        // The currency must be named: the sandbox does not derive it from earlier invoices.
        let mut unnamed = call(provider, add, &bill(&client, "R-9"));
        unnamed.body = unnamed.body.replace("\"USD\"", "null");
        let reply = running.send(provider, &unnamed, 0).unwrap();
        assert!(add.understand(&reply, usd()).is_err(), "{}: {}", provider.id, reply.body);
        let context = Context { currency: Some(usd()), ..Context::default() };
        let rejection = add.read(&unnamed, &context).unwrap_err();
        let issues: Vec<_> = rejection.issues().map(|issue| (issue.field, issue.code)).collect();
        assert_eq!(issues, [(name::CURRENCY, Code::Required)], "{}", provider.id);
        let message = "an invoice without a currency was added";
        assert_eq!(Books::of(&running, provider), books, "{}: {message}", provider.id);
    }
}

/// Asserts that a bank transaction in a response agrees with the view of allocations.
fn assert_transaction(provider: &Provider, shown: &BankTransaction, row: &Allocation) {
    assert_eq!(shown.id, row.id, "{}", provider.id);
    assert_eq!(shown.amount, Some(row.amount), "{}", provider.id);
    assert!(shown.unallocated.is_none_or(|money| money == row.unallocated), "{}: {shown:?}", provider.id);
}

#[test]
fn lists_bank_transactions_as_the_books_have_them() {
    let running = Running::start();
    for (provider, list) in having(Purpose::ListTransactions) {
        pay(&running, provider, 1001, "250");
        let allocations = Books::of(&running, provider).allocations;
        assert!(allocations.len() >= 6, "{}", provider.id);
        for size in ["2", "1000"] {
            let mut shown: Vec<_> = walk(&running, provider, list, &[(name::PAGE_SIZE, size)])
                .into_iter()
                .flat_map(|answer| match answer {
                    Answer::Transactions(page) => page.items,
                    other => panic!("{}: {other:?}", provider.id),
                })
                .collect();
            assert_eq!(shown.len(), allocations.len(), "{}", provider.id);
            shown.sort_by(|a, b| a.id.cmp(&b.id));
            for (shown, row) in shown.iter().zip(&allocations) {
                assert_transaction(provider, shown, row);
                assert_eq!(shown.at.map(Instant::rfc3339), Some(row.at.clone()), "{}", provider.id);
                assert_eq!(shown.description.as_ref(), Some(&row.description), "{}", provider.id);
            }
        }
    }
}

#[test]
fn shows_the_unallocated_amount_before_and_after_a_payment_and_its_removal() {
    let running = Running::start();
    for (provider, allocations) in having(Purpose::Allocations) {
        let assert_all = || {
            let rows = Books::of(&running, provider).allocations;
            for row in &rows {
                match understood(ask(&running, provider, allocations, &[(name::TRANSACTION, &row.id)])) {
                    Answer::Allocations(shown) => {
                        assert_transaction(provider, &shown, row);
                        assert_eq!(shown.unallocated, Some(row.unallocated), "{}", provider.id);
                    }
                    other => panic!("{}: {other:?}", provider.id),
                }
            }
            rows
        };
        let before = assert_all();
        let payment = pay(&running, provider, 1001, "250");
        let between = assert_all();
        let sum = |rows: &[Allocation]| rows.iter().map(|row| row.unallocated.minor()).sum::<i64>();
        assert_eq!(sum(&between), sum(&before) - 25_000, "{}", provider.id);
        if provider.operation(Purpose::DeletePayment).is_some() {
            remove(&running, provider, &payment);
            assert_eq!(assert_all(), before, "{}", provider.id);
        }
        let unknown = id(provider, 2999);
        let request = call(provider, allocations, &[(name::TRANSACTION, &unknown)]);
        refused_as(&running, provider, allocations, &request, &Refusal::NoTransaction);
    }
}

#[test]
fn the_books_are_exact_after_concurrent_payments_and_removals() {
    let running = Running::start();
    for (provider, delete) in having(Purpose::DeletePayment) {
        let rows: Vec<_> = (0..8).map(|_| pay(&running, provider, 1001, "3")).collect();
        // Two threads remove each payment, while other threads record as many new payments.
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
        let (paid, sum, _) = totals(running.file.path(), provider, &id(provider, 1001));
        assert_eq!((paid, sum), (4000, 4000), "{}", provider.id);
        let kept = running.rows(provider).into_iter().filter(|row| row.invoice_id == id(provider, 1001));
        assert!(kept.map(|row| row.amount.minor()).eq([500; 8]), "{}", provider.id);
    }
}
