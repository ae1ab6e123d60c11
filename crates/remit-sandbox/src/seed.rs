//! What the books begin with: for every provider the same invoices in its currencies, under its identifiers.

use remit_core::InvoiceState;
use remit_core::emulate::{Entry, Posted};
use remit_core::schema::field::Kind;
use remit_core::{Context, Currency, Draft, Instant, Money, Provider};

use crate::books::{Deposit, Error, Ledger};

/// Numbers of identifiers, far enough apart that no two kinds of record meet.
const INVOICES: u64 = 1001;
const TRANSACTIONS: u64 = 2001;
const PAYMENTS: i64 = 3001;
const CLIENT: u64 = 901;

/// 2026-09-01T09:00:00Z; what is seeded follows day by day.
const FIRST_DAY: i64 = 1_788_253_200;
const DAY: i64 = 24 * 60 * 60;

/// In which of a provider's currencies.
#[derive(Clone, Copy)]
enum In {
    /// The first that it takes of those that are tried.
    First,
    /// The second, or else the first.
    Second,
    /// This one, or not at all.
    Only(&'static str),
}

/// An invoice: its number is `INV-` and 1001, 1002, … by its line, whether the line before is left out or not.
struct Invoice {
    currency: In,
    /// In major units.
    amount: &'static str,
    paid: &'static str,
    state: InvoiceState,
}

const fn invoice(currency: In, amount: &'static str, paid: &'static str, state: InvoiceState) -> Invoice {
    Invoice { currency, amount, paid, state }
}

const LEDGER: &[Invoice] = &[
    invoice(In::First, "1250", "0", InvoiceState::Open),
    invoice(In::Second, "980.5", "0", InvoiceState::Open),
    invoice(In::First, "75.25", "0", InvoiceState::Open),
    invoice(In::Only("JPY"), "125000", "0", InvoiceState::Open),
    invoice(In::Only("KWD"), "310.125", "0", InvoiceState::Open),
    invoice(In::First, "2400", "900", InvoiceState::Partial),
    invoice(In::First, "640", "640", InvoiceState::Paid),
    invoice(In::First, "512", "0", InvoiceState::Draft),
    invoice(In::First, "333", "0", InvoiceState::Void),
];

/// A line of a bank's statement.
struct Line {
    currency: In,
    amount: &'static str,
    /// Of it, what went to bills.
    elsewhere: &'static str,
    description: &'static str,
}

const fn line(
    currency: In,
    amount: &'static str,
    elsewhere: &'static str,
    description: &'static str,
) -> Line {
    Line { currency, amount, elsewhere, description }
}

/// The first has paid what the invoices above show as paid, and nothing of it is left.
const STATEMENT: &[Line] = &[
    line(In::First, "1540", "0", "Incoming transfer, earlier invoices"),
    line(In::First, "1250", "0", "Incoming transfer, INV-1001"),
    line(In::Second, "980.5", "0", "Incoming transfer, INV-1002"),
    line(In::First, "5000", "3000", "Incoming transfer, partly allocated"),
    line(In::Second, "400", "0", "Incoming transfer, on account"),
    line(In::First, "-89.9", "0", "Office supplies"),
];

/// The currencies that are tried, in this order.
const CURRENCIES: [&str; 4] = ["USD", "EUR", "JPY", "KWD"];

/// Seeds every provider that has no books yet.
pub(crate) fn missing(ledger: &Ledger<'_>) -> Result<(), Error> {
    for provider in Provider::ALL {
        if !ledger.begin(provider, PAYMENTS)? {
            seed(provider, ledger)?;
        }
    }
    Ok(())
}

fn seed(provider: &'static Provider, ledger: &Ledger<'_>) -> Result<(), Error> {
    let currencies = Currencies::of(provider);
    let identifier = provider.emulation.identifier;
    let from_bank = provider.payment.fields.iter().any(|field| field.kind == Kind::Transaction);
    if from_bank {
        for ((line, number), at) in STATEMENT.iter().zip(TRANSACTIONS..).zip(days()) {
            let Some(currency) = currencies.pick(line.currency) else { continue };
            let (amount, elsewhere) = (money(line.amount, currency), money(line.elsewhere, currency));
            let id = identifier(number);
            let deposit = Deposit { id: &id, amount, elsewhere, at, description: line.description };
            ledger.deposit(provider, &deposit)?;
        }
    }
    for ((invoice, number), issued) in LEDGER.iter().zip(INVOICES..).zip(days()) {
        let Some(currency) = currencies.pick(invoice.currency) else { continue };
        let (amount, paid) = (money(invoice.amount, currency), money(invoice.paid, currency));
        // What is paid now was sent before, open.
        let unpaid = match invoice.state {
            InvoiceState::Draft | InvoiceState::Void => invoice.state,
            InvoiceState::Open | InvoiceState::Partial | InvoiceState::Paid => InvoiceState::Open,
        };
        let before = Entry {
            id: identifier(number),
            number: format!("INV-{number}"),
            amount,
            paid: Money::from_minor(0, currency),
            state: unpaid,
            unpaid,
            issued,
            due: later(issued),
            client: identifier(CLIENT),
        };
        ledger.issue(provider, &before)?;
        if paid.minor() > 0
            && let Some(number) = ledger.next_number(provider)?
        {
            let posted = Posted {
                id: identifier(number),
                invoice_id: before.id.clone(),
                transaction_id: from_bank.then(|| identifier(TRANSACTIONS)),
                amount: paid,
                paid_at: issued,
                note: None,
                fields: Draft::new(),
                recorded_at: issued,
            };
            let after = Entry { paid, state: invoice.state, ..before };
            ledger.post(provider, &after, &posted, "")?;
        }
    }
    Ok(())
}

/// Thirty days later.
fn later(at: Instant) -> Instant {
    Instant::from_unix(at.unix().saturating_add(30 * DAY)).unwrap_or(at)
}

fn days() -> impl Iterator<Item = Instant> {
    (0..).filter_map(|day: i64| Instant::from_unix(FIRST_DAY.checked_add(day.checked_mul(DAY)?)?))
}

/// One of the amounts above in a currency, without the decimals that the currency does not have.
fn money(text: &str, currency: Currency) -> Money {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let decimals = decimals
        .chars()
        .chain(std::iter::repeat('0'))
        .take(usize::try_from(currency.exponent()).unwrap_or(0));
    let minor = whole
        .chars()
        .chain(decimals)
        .filter_map(|c| c.to_digit(10))
        .fold(0, |sum, digit| sum * 10 + i64::from(digit));
    Money::from_minor(if negative { -minor } else { minor }, currency)
}

/// What of [`CURRENCIES`] a provider takes.
struct Currencies(Vec<Currency>);

impl Currencies {
    fn of(provider: &Provider) -> Self {
        let tried = CURRENCIES.iter().filter_map(|code| Currency::parse(code).ok());
        let taken: Vec<_> = tried.filter(|currency| takes(provider, *currency)).collect();
        // A provider that takes none of them takes another.
        let any = || Currency::all().find(|currency| takes(provider, *currency)).into_iter().collect();
        Self(if taken.is_empty() { any() } else { taken })
    }

    fn pick(&self, which: In) -> Option<Currency> {
        match which {
            In::First => self.0.first().copied(),
            In::Second => self.0.get(1).or(self.0.first()).copied(),
            In::Only(code) => self.0.iter().copied().find(|currency| currency.code() == code),
        }
    }
}

/// Asks the provider's own check: whatever else a draft of a currency alone lacks, the currency is not refused.
fn takes(provider: &Provider, currency: Currency) -> bool {
    let Some(field) = provider.payment.fields.iter().find(|field| matches!(field.kind, Kind::Currency(_)))
    else {
        return true;
    };
    let draft = Draft::new().with(field.name, currency.code());
    match provider.payment.parse(&draft, &Context::default()) {
        Ok(_) => true,
        Err(rejection) => rejection.issues().all(|issue| issue.field != field.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::books::{Books, End};

    fn seeded() -> Books {
        let books = Books::open(None).unwrap();
        books.within(|ledger| Ok((missing(ledger)?, End::Keep))).unwrap();
        books
    }

    #[test]
    fn every_provider_has_an_invoice_for_each_thing_a_person_may_try() {
        let books = seeded();
        for provider in Provider::ALL {
            let invoices = books.within(|ledger| Ok((ledger.invoices(provider)?, End::Discard))).unwrap();
            for state in InvoiceState::ALL {
                assert!(invoices.iter().any(|invoice| invoice.state == state), "{}: {state:?}", provider.id);
            }
            let open = invoices.iter().filter(|invoice| invoice.state == InvoiceState::Open);
            let currencies: Vec<_> = open.map(|invoice| invoice.amount.currency()).collect();
            assert!(currencies.len() >= 3, "{}: {currencies:?}", provider.id);
            for currency in CURRENCIES.map(|code| Currency::parse(code).unwrap()) {
                assert_eq!(
                    currencies.contains(&currency),
                    takes(provider, currency),
                    "{}: {currency}",
                    provider.id
                );
            }
            assert_eq!(invoices[0].number, "INV-1001");
            assert_eq!(invoices[0].id, (provider.emulation.identifier)(1001));
        }
    }

    #[test]
    fn a_payment_from_the_bank_can_be_tried_with_every_kind_of_transaction() {
        let books = seeded();
        for provider in Provider::ALL {
            let transactions =
                books.within(|ledger| Ok((ledger.transactions(provider)?, End::Discard))).unwrap();
            let wanted = provider.payment.fields.iter().any(|field| field.kind == Kind::Transaction);
            assert_eq!(!transactions.is_empty(), wanted, "{}", provider.id);
            if !wanted {
                continue;
            }
            let left = |amount: fn(i64, i64) -> bool| {
                let pairs =
                    transactions.iter().map(|t| (t.amount.unwrap().minor(), t.unallocated.unwrap().minor()));
                pairs.filter(|(whole, left)| amount(*whole, *left)).count()
            };
            assert!(left(|whole, left| whole > 0 && left == whole) >= 2, "untouched");
            assert_eq!(left(|whole, left| 0 < left && left < whole), 1, "partly allocated");
            assert_eq!(left(|whole, left| whole > 0 && left == 0), 1, "used up");
            assert_eq!(left(|whole, _| whole < 0), 1, "an expense");
        }
    }

    #[test]
    fn an_amount_is_the_same_in_every_currency_but_for_its_decimals() {
        let in_currency = |text, code| money(text, Currency::parse(code).unwrap()).to_string();
        assert_eq!(in_currency("980.5", "EUR"), "EUR 980.50");
        assert_eq!(in_currency("980.5", "JPY"), "JPY 980");
        assert_eq!(in_currency("310.125", "KWD"), "KWD 310.125");
        assert_eq!(in_currency("-89.9", "USD"), "USD -89.90");
    }
}
