//! Wishes: changes that a client wants to be made once, each with a value by which the books tell it from every other.

use anyhow::{Context as _, Result, anyhow};
use remit_core::schema::field::{Field, Kind};
use remit_core::wire::Request;
use remit_core::{Context, Currency, Draft, Money, Operation, Provider, applies, name};

/// What a wish changes, as the books show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// The payment that was made at this second, which no other payment has. The relays compare only days.
    Payment { paid_at: String },
    /// The payment with this identifier is gone.
    Removal { id: String },
    /// The invoice with this number.
    Invoice { number: String },
}

/// A wish.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) target: Target,
    /// Wishes of one group share a target or a key.
    pub(crate) group: usize,
    pub(crate) operation: &'static Operation,
    pub(crate) draft: Draft,
    pub(crate) request: Request,
    pub(crate) currency: Currency,
    /// The invoice's identifier; empty for an invoice to add.
    pub(crate) invoice: String,
    /// The amount; 0 if there is none.
    pub(crate) minor: i64,
    /// Whether a value tells the payment from another of the same amount and day.
    pub(crate) is_marked: bool,
    /// A text that only this wish's request contains.
    pub(crate) mark: String,
    /// Whether it only exists to use another wish's key for another request.
    pub(crate) is_misuse: bool,
}

/// The values of a payment.
#[derive(Debug, Clone)]
pub(crate) struct Values<'a> {
    pub(crate) invoice: &'a str,
    pub(crate) currency: Currency,
    pub(crate) minor: i64,
    /// The second of its minute at which the payment was made.
    pub(crate) second: usize,
    pub(crate) note: Option<&'a str>,
    pub(crate) receipt: &'a str,
    pub(crate) transaction: &'a str,
}

/// The moment of a payment: always on one day, before the campaign.
fn moment(second: usize) -> String {
    format!("2026-11-19T10:00:{second:02}Z")
}

impl Wish {
    /// Records a payment.
    pub(crate) fn payment(provider: &'static Provider, group: usize, values: &Values<'_>) -> Result<Self> {
        let operation = &provider.payment;
        let paid_at = moment(values.second);
        let amount = Money::from_minor(values.minor, values.currency).to_decimal_string();
        let draft = fill(provider, operation, |field| match (field.name, field.kind) {
            (name::INVOICE, _) => Some(values.invoice.to_owned()),
            (name::AMOUNT, _) => Some(amount.clone()),
            (name::PAID_AT, _) => Some(paid_at.clone()),
            (name::NOTE, _) => values.note.map(str::to_owned),
            (name::RECEIPT, _) => Some(values.receipt.to_owned()),
            (_, Kind::Currency(_)) => Some(values.currency.code().to_owned()),
            (_, Kind::Transaction) => Some(values.transaction.to_owned()),
            _ => None,
        });
        let has = |wanted: &str| draft.get(wanted).is_some();
        let is_marked = has(name::NOTE) || has(name::RECEIPT) || has(name::TRANSACTION);
        let mark = format!("10:00:{:02}", values.second);
        let wish = Self::new(operation, draft, Target::Payment { paid_at }, group, mark, values.currency)?;
        Ok(Self { invoice: values.invoice.to_owned(), minor: values.minor, is_marked, ..wish })
    }

    /// Removes a payment.
    pub(crate) fn removal(
        provider: &'static Provider,
        operation: &'static Operation,
        group: usize,
        invoice: &str,
        payment: &str,
    ) -> Result<Self> {
        let draft = fill(provider, operation, |field| match field.name {
            name::INVOICE => Some(invoice.to_owned()),
            name::PAYMENT => Some(payment.to_owned()),
            _ => None,
        });
        let target = Target::Removal { id: payment.to_owned() };
        let mark = format!("/{payment}\n");
        let wish = Self::new(operation, draft, target, group, mark, Currency::UNSTATED)?;
        Ok(Self { invoice: invoice.to_owned(), is_marked: true, ..wish })
    }

    /// Adds an invoice.
    pub(crate) fn invoice(
        provider: &'static Provider,
        operation: &'static Operation,
        group: usize,
        number: &str,
        currency: Currency,
    ) -> Result<Self> {
        let client = (provider.emulation.identifier)(901);
        let draft = fill(provider, operation, |field| match (field.name, field.kind) {
            (name::NUMBER, _) => Some(number.to_owned()),
            (name::CLIENT, _) => Some(client.clone()),
            (_, Kind::Currency(_)) => Some(currency.code().to_owned()),
            (_, Kind::Instant) => Some(moment(0)),
            _ => None,
        });
        let target = Target::Invoice { number: number.to_owned() };
        Self::new(operation, draft, target, group, number.to_owned(), currency)
    }

    fn new(
        operation: &'static Operation,
        draft: Draft,
        target: Target,
        group: usize,
        mark: String,
        currency: Currency,
    ) -> Result<Self> {
        let context = Context { currency: Some(currency), ..Context::default() };
        let context = if currency == Currency::UNSTATED { Context::default() } else { context };
        let parsed = operation.parse(&draft, &context);
        let (values, _) = parsed.map_err(|rejection| anyhow!("an invalid wish: {rejection}: {draft:?}"))?;
        let request = operation.request(&values);
        Ok(Self {
            target,
            group,
            operation,
            request,
            currency,
            invoice: String::new(),
            minor: 0,
            is_marked: false,
            mark,
            is_misuse: false,
            draft,
        })
    }
}

/// A draft with the values that `text` knows, and the first valid value for every other required field.
fn fill(
    provider: &'static Provider,
    operation: &Operation,
    text: impl Fn(&Field) -> Option<String>,
) -> Draft {
    let mut draft: Draft = provider.emulation.ids.iter().copied().collect();
    for field in operation.fields {
        if !applies(field, &draft) || draft.get(field.name).is_some() {
            continue;
        }
        let known = text(field);
        let required = || match field.kind {
            Kind::Choice(choices) => choices.first().map(|choice| choice.value.to_owned()),
            Kind::Integer { min, .. } => Some(min.to_string()),
            Kind::Text { .. } => Some("campaign".to_owned()),
            _ => None,
        };
        if let Some(text) = known.or_else(|| field.required.then(required).flatten()) {
            draft.set(field.name, text);
        }
    }
    let known: Vec<_> = operation.fields.iter().map(|field| field.name).collect();
    draft.iter().filter(|(name, _)| known.contains(name)).collect()
}

/// A provider's currency by its code.
pub(crate) fn currency(code: &str) -> Result<Currency> {
    Currency::parse(code).ok().with_context(|| format!("the books have the currency `{code}`"))
}
