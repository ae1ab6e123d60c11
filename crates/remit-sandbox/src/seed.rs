//! Seeds the books: each provider has the same invoices, in its own currencies and with its own identifiers.

use remit_core::InvoiceState;
use remit_core::emulate::{Entry, Posted};
use remit_core::schema::field::Kind;
use remit_core::{Context, Currency, Draft, Instant, Money, Provider};

use crate::books::{Deposit, Error, Ledger};

/// The first numbers of the identifiers, far enough apart that no two kinds of records collide.
const INVOICES: u64 = 1001;
const TRANSACTIONS: u64 = 2001;
const PAYMENTS: i64 = 3001;
const CLIENT: u64 = 901;

/// 2026-09-01T09:00:00Z; seeded records follow one a day.
const FIRST_DAY: i64 = 1_788_253_200;
const DAY: i64 = 24 * 60 * 60;

/// One of the provider's currencies.
#[derive(Clone, Copy)]
enum In {
    /// The first of [`CURRENCIES`] that the provider accepts.
    First,
    /// The second that the provider accepts, or else the first.
    Second,
    /// This currency. If the provider does not accept it, the record is omitted.
    Only(&'static str),
}

/// An invoice. Its position determines its number, `INV-1001`, `INV-1002` and so on, even if another one is omitted.
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

const INVOICE_LIST: &[Invoice] = &[
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

/// A line of a bank statement.
struct Line {
    currency: In,
    amount: &'static str,
    /// The part that is allocated to bills.
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

/// The first line paid the paid amounts of the invoices above, and is fully allocated.
const STATEMENT: &[Line] = &[
    line(In::First, "1540", "0", "Incoming transfer, earlier invoices"),
    line(In::First, "1250", "0", "Incoming transfer, INV-1001"),
    line(In::Second, "980.5", "0", "Incoming transfer, INV-1002"),
    line(In::First, "5000", "3000", "Incoming transfer, partly allocated"),
    line(In::Second, "400", "0", "Incoming transfer, on account"),
    line(In::First, "-89.9", "0", "Office supplies"),
];

/// The candidate currencies, in order of preference.
const CURRENCIES: [&str; 4] = ["USD", "EUR", "JPY", "KWD"];

/// Seeds the books of each provider that has none yet.
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
    for ((invoice, number), issued) in INVOICE_LIST.iter().zip(INVOICES..).zip(days()) {
        let Some(currency) = currencies.pick(invoice.currency) else { continue };
        let (amount, paid) = (money(invoice.amount, currency), money(invoice.paid, currency));
        // An invoice that is paid now was open before.
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

/// The due date: thirty days later.
fn later(at: Instant) -> Instant {
    Instant::from_unix(at.unix().saturating_add(30 * DAY)).unwrap_or(at)
}

fn days() -> impl Iterator<Item = Instant> {
    (0..).filter_map(|day: i64| Instant::from_unix(FIRST_DAY.checked_add(day.checked_mul(DAY)?)?))
}

/// One of the amounts above in a currency, without the decimal places that the currency does not have.
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

/// Those of [`CURRENCIES`] that a provider accepts.
struct Currencies(Vec<Currency>);

impl Currencies {
    fn of(provider: &Provider) -> Self {
        let candidates = CURRENCIES.iter().filter_map(|code| Currency::parse(code).ok());
        let accepted: Vec<_> = candidates.filter(|currency| accepts(provider, *currency)).collect();
        // If the provider accepts none of them, use any currency that it accepts.
        let any = || Currency::all().find(|currency| accepts(provider, *currency)).into_iter().collect();
        Self(if accepted.is_empty() { any() } else { accepted })
    }

    fn pick(&self, which: In) -> Option<Currency> {
        match which {
            In::First => self.0.first().copied(),
            In::Second => self.0.get(1).or(self.0.first()).copied(),
            In::Only(code) => self.0.iter().copied().find(|currency| currency.code() == code),
        }
    }
}

/// Whether the provider's own check has no issue with the currency. The draft has only a currency, so issues of other
/// fields do not count.
fn accepts(provider: &Provider, currency: Currency) -> bool {
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
    fn seeds_every_provider_with_an_invoice_in_each_state_and_each_accepted_currency() {
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
                    accepts(provider, currency),
                    "{}: {currency}",
                    provider.id
                );
            }
            assert_eq!(invoices[0].number, "INV-1001");
            assert_eq!(invoices[0].id, (provider.emulation.identifier)(1001));
        }
    }

    #[test]
    fn seeds_every_kind_of_bank_transaction_for_providers_that_use_them() {
        let books = seeded();
        for provider in Provider::ALL {
            let transactions =
                books.within(|ledger| Ok((ledger.transactions(provider)?, End::Discard))).unwrap();
            let uses_transactions =
                provider.payment.fields.iter().any(|field| field.kind == Kind::Transaction);
            assert_eq!(!transactions.is_empty(), uses_transactions, "{}", provider.id);
            if !uses_transactions {
                continue;
            }
            let count = |matches: fn(i64, i64) -> bool| {
                let pairs =
                    transactions.iter().map(|t| (t.amount.unwrap().minor(), t.unallocated.unwrap().minor()));
                pairs.filter(|(amount, unallocated)| matches(*amount, *unallocated)).count()
            };
            assert!(count(|amount, unallocated| amount > 0 && unallocated == amount) >= 2, "unallocated");
            let partly = count(|amount, unallocated| 0 < unallocated && unallocated < amount);
            assert_eq!(partly, 1, "partly allocated");
            assert_eq!(count(|amount, unallocated| amount > 0 && unallocated == 0), 1, "fully allocated");
            assert_eq!(count(|amount, _| amount < 0), 1, "an expense");
        }
    }

    #[test]
    fn an_amount_has_the_decimal_places_of_its_currency() {
        let in_currency = |text, code| money(text, Currency::parse(code).unwrap()).to_string();
        assert_eq!(in_currency("980.5", "EUR"), "EUR 980.50");
        assert_eq!(in_currency("980.5", "JPY"), "JPY 980");
        assert_eq!(in_currency("310.125", "KWD"), "KWD 310.125");
        assert_eq!(in_currency("-89.9", "USD"), "USD -89.90");
    }
}
