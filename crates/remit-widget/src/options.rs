//! What the page has set on the element.

use remit_core::operation::auth::Secrets;
use remit_core::report::message::Table;
use remit_core::wire::json::Json;
use remit_core::{
    BankTransaction, Currency, Draft, Instant, Invoice, InvoiceState, Money, Offset, Provider, Purpose, Zone,
    name,
};

/// The options, checked.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// What the form is for.
    pub(crate) purpose: Purpose,
    /// What is offered, in the page's order.
    pub(crate) providers: Vec<&'static Provider>,
    /// The first of them.
    pub(crate) first: &'static Provider,
    pub(crate) base_url: String,
    pub(crate) locale: String,
    /// The language of the sentences, which may be another than the one that numbers and dates are written in.
    pub(crate) language: String,
    pub(crate) right_to_left: bool,
    pub(crate) disabled: bool,
    /// Whether payments may be removed.
    pub(crate) removable: bool,
    pub(crate) preset: Draft,
    pub(crate) invoice: Option<Invoice>,
    pub(crate) transactions: Vec<BankTransaction>,
    pub(crate) credentials: Secrets,
    pub(crate) table: Table,
}

impl Options {
    /// Reads what the element's class hands over: its attributes and properties as JSON, amounts as decimal text.
    ///
    /// # Errors
    /// A sentence for the page's developer: what is wrong and what would be right.
    pub(crate) fn read(json: &str) -> Result<Self, String> {
        let json = Json::parse(json).map_err(|_| "The options are not JSON.")?;
        let purpose = if text(&json, "purpose").as_deref() == Some(Purpose::AddInvoice.as_str()) {
            Purpose::AddInvoice
        } else {
            Purpose::RecordPayment
        };
        let has = |provider: &&&'static Provider| provider.operation(purpose).is_some();
        let known = || Provider::ALL.iter().filter(has).map(|p| p.id).collect::<Vec<_>>().join(", ");
        let mut providers = Vec::new();
        for id in text(&json, "provider").unwrap_or_default().split_whitespace() {
            let found = Provider::find(id).filter(|provider| has(&provider));
            providers.push(
                found.ok_or_else(|| format!("provider=\"{id}\" is not known. Context are: {}.", known()))?,
            );
        }
        let missing = || format!("The attribute provider is missing. Set one or more of: {}.", known());
        let first = *providers.first().ok_or_else(missing)?;
        let mut preset: Draft = texts(&json, "preset").collect();
        let given = json.get("invoice").filter(|invoice| **invoice != Json::Null);
        let invoice = given.map(|given| invoice(given, preset.get(name::CURRENCY))).transpose()?;
        if let Some(invoice) = &invoice {
            preset.set(name::INVOICE, invoice.id.clone());
            preset.set(name::CURRENCY, invoice.currency.code());
        }
        let given = json.get("transactions").and_then(Json::as_array).unwrap_or_default();
        let transactions = given.iter().map(transaction).collect::<Result<_, _>>()?;
        let table = match text(&json, "messages") {
            Some(messages) => {
                Table::parse(&messages).map_err(|_| "The locale's messages are not a JSON object.")?
            }
            None => Table::english(),
        };
        Ok(Self {
            purpose,
            providers,
            first,
            base_url: text(&json, "baseUrl").unwrap_or_default(),
            locale: text(&json, "locale").unwrap_or_else(|| "en".to_owned()),
            language: text(&json, "language").unwrap_or_else(|| "en".to_owned()),
            right_to_left: json.get("rightToLeft") == Some(&Json::Bool(true)),
            removable: json.get("removable") == Some(&Json::Bool(true)),
            disabled: json.get("disabled") == Some(&Json::Bool(true)),
            preset,
            invoice,
            transactions,
            credentials: texts(&json, "credentials").collect(),
            table,
        })
    }
}

/// The text of a member that is there and not empty.
fn text(json: &Json, member: &str) -> Option<String> {
    json.get(member).and_then(Json::scalar).filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// The texts that are not empty in a member that is an object.
fn texts(json: &Json, member: &str) -> impl Iterator<Item = (String, String)> {
    let members =
        if let Some(Json::Object(members)) = json.get(member) { members.clone() } else { Vec::new() };
    let text = |(name, value): (String, Json)| Some((name, value.scalar()?.to_owned()));
    members.into_iter().filter_map(text).filter(|(_, text)| !text.trim().is_empty())
}

fn currency(code: &str, of: &str) -> Result<Currency, String> {
    Currency::parse(code)
        .map_err(|_| format!("{of}.currency must be a code of ISO 4217 such as EUR, not \"{code}\"."))
}

fn amount(text: Option<&String>, currency: Currency, of: &str) -> Result<Option<Money>, String> {
    let read = |text: &String| {
        Money::parse(text, currency).map_err(|_| {
            format!("{of} must be an amount of {currency} in decimals such as 1250.00, not \"{text}\".")
        })
    };
    text.map(read).transpose()
}

fn invoice(json: &Json, fallback: Option<&str>) -> Result<Invoice, String> {
    let code = text(json, "currency");
    let currency = currency(code.as_deref().or(fallback).ok_or("invoice.currency is missing.")?, "invoice")?;
    let balance = amount(text(json, "balance").as_ref(), currency, "invoice.balance")?;
    let id = text(json, "id").ok_or("invoice.id is missing.")?;
    let words = || InvoiceState::ALL.map(InvoiceState::as_str).join(", ");
    let state = text(json, "state").map(|given| {
        let known = InvoiceState::ALL.into_iter().find(|state| state.as_str() == given);
        known.ok_or_else(|| format!("invoice.state must be one of: {}, not \"{given}\".", words()))
    });
    let issued = text(json, "issued").and_then(|text| Instant::read(&text, Zone::Fixed(Offset::UTC)).ok());
    Ok(Invoice {
        number: text(json, "number"),
        balance,
        state: state.transpose()?,
        issued: issued.map(|reading| reading.instant),
        ..Invoice::new(id, currency)
    })
}

fn transaction(json: &Json) -> Result<BankTransaction, String> {
    let code = text(json, "currency").ok_or("transactions[].currency is missing.")?;
    let currency = currency(&code, "transactions[]")?;
    let at = text(json, "datetime").and_then(|text| Instant::read(&text, Zone::Fixed(Offset::UTC)).ok());
    Ok(BankTransaction {
        id: text(json, "id").ok_or("transactions[].id is missing.")?,
        amount: amount(text(json, "amount").as_ref(), currency, "transactions[].amount")?,
        unallocated: amount(text(json, "unallocated").as_ref(), currency, "transactions[].unallocated")?,
        at: at.map(|reading| reading.instant),
        description: text(json, "description"),
    })
}
