//! The options that the page sets on the element.

use remit_core::operation::auth::Secrets;
use remit_core::report::message::Table;
use remit_core::wire::json::Json;
use remit_core::{
    BankTransaction, Currency, Draft, Instant, Invoice, InvoiceState, Money, Offset, Provider, Purpose, Zone,
    name,
};

use crate::format::{Format, Plain};

/// The name of the session token.
pub(crate) const SESSION: &str = "session";

/// The checked options.
#[derive(Debug, Clone)]
pub struct Options {
    /// The operation that the form performs.
    pub purpose: Purpose,
    /// The providers to choose from, in the page's order.
    pub providers: Vec<&'static Provider>,
    /// The first of the providers.
    pub first: &'static Provider,
    /// The address of the relay or the provider; `{provider}` stands for the identifier of the chosen provider.
    pub base_url: String,
    /// The locale of numbers and dates, a BCP 47 tag.
    pub locale: String,
    /// The language of the sentences. It may differ from the language of the locale, which formats numbers and dates.
    pub language: String,
    /// Whether the language is written from right to left.
    pub right_to_left: bool,
    /// Whether the form accepts no input and sends nothing.
    pub disabled: bool,
    /// Whether the user may remove payments.
    pub removable: bool,
    /// The fields that the page has set; the form does not ask for them.
    pub preset: Draft,
    /// The invoice to pay, if the page knows it.
    pub invoice: Option<Invoice>,
    /// The bank transactions to choose from, if the page knows them.
    pub transactions: Vec<BankTransaction>,
    /// The person's own secrets, for a page that calls a provider directly.
    pub credentials: Secrets,
    /// The token of the page's session with a relay. [`Options::with_session`] sets and checks it.
    pub session: Secrets,
    /// The sentences.
    pub table: Table,
    /// How amounts and dates are written.
    pub format: &'static dyn Format,
}

impl Options {
    /// The options of a form for one provider: English, and everything else unset.
    #[must_use]
    pub fn new(provider: &'static Provider) -> Self {
        Self {
            purpose: Purpose::RecordPayment,
            providers: vec![provider],
            first: provider,
            base_url: String::new(),
            locale: "en".to_owned(),
            language: "en".to_owned(),
            right_to_left: false,
            disabled: false,
            removable: false,
            preset: Draft::new(),
            invoice: None,
            transactions: Vec::new(),
            credentials: Secrets::default(),
            session: Secrets::default(),
            table: Table::english(),
            format: &Plain,
        }
    }

    /// Sets the token of the page's session with a relay; an empty text removes it.
    ///
    /// # Errors
    /// A message for the page's developer if no header can carry the token, or if the options have a provider's credentials.
    pub fn with_session(mut self, token: &str) -> Result<Self, String> {
        self.session = Secrets::default();
        if token.is_empty() {
            return Ok(self);
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(
                "session has a character that a token cannot have. Set it to the token alone.".to_owned()
            );
        }
        if self.credentials.names().next().is_some() {
            return Err("session and credentials are both set. Set session for a relay, or credentials for a provider.".to_owned());
        }
        self.session = [(SESSION, token)].into_iter().collect();
        Ok(self)
    }

    /// Sets the invoice to pay, and with it the fields that it determines.
    #[must_use]
    pub fn with_invoice(mut self, invoice: Invoice) -> Self {
        self.preset.set(name::INVOICE, invoice.id.clone());
        self.preset.set(name::CURRENCY, invoice.currency.code());
        self.invoice = Some(invoice);
        self
    }

    /// Checks an address and removes its trailing slash.
    ///
    /// # Errors
    /// A message for the page's developer if the browser would read it as a path on the page's own server.
    pub fn address(text: &str) -> Result<String, String> {
        let text = text.trim();
        let has_scheme = ["https://", "http://"].iter().any(|scheme| {
            text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
                && text.len() > scheme.len()
        });
        if text.is_empty() || has_scheme || (text.starts_with('/') && !text.starts_with("//")) {
            return Ok(text.trim_end_matches('/').to_owned());
        }
        Err(format!(
            "base-url=\"{text}\" has no scheme, so the browser would send payments to this page's own server. Start it with https:// or, for a path on this server, with /."
        ))
    }

    /// Parses the element's attributes and properties, which `www/remit.js` passes as JSON with amounts as decimal text.
    ///
    /// # Errors
    /// A message for the page's developer that names the invalid option and the remedy.
    pub fn read(json: &str) -> Result<Self, String> {
        let json = Json::parse(json).map_err(|_| "The options are not valid JSON.")?;
        let purpose = if text(&json, "purpose").as_deref() == Some(Purpose::AddInvoice.as_str()) {
            Purpose::AddInvoice
        } else {
            Purpose::RecordPayment
        };
        let has = |provider: &&&'static Provider| provider.operation(purpose).is_some();
        let allowed = || Provider::ALL.iter().filter(has).map(|p| p.id).collect::<Vec<_>>().join(", ");
        let mut providers = Vec::new();
        for id in text(&json, "provider").unwrap_or_default().split_whitespace() {
            let found = Provider::find(id).filter(|provider| has(&provider));
            providers.push(found.ok_or_else(|| {
                format!("provider=\"{id}\" is unknown. Set one or more of: {}.", allowed())
            })?);
        }
        let missing = || format!("The attribute provider is missing. Set one or more of: {}.", allowed());
        let first = *providers.first().ok_or_else(missing)?;
        let preset: Draft = texts(&json, "preset").collect();
        let invoice_json = json.get("invoice").filter(|invoice| **invoice != Json::Null);
        let invoice = invoice_json.map(|json| invoice(json, preset.get(name::CURRENCY))).transpose()?;
        let transactions = json.get("transactions").and_then(Json::as_array).unwrap_or_default();
        let transactions = transactions.iter().map(transaction).collect::<Result<_, _>>()?;
        let table = match text(&json, "messages") {
            Some(messages) => {
                Table::parse(&messages).map_err(|_| "The locale's messages are not a JSON object.")?
            }
            None => Table::english(),
        };
        let options = Self {
            purpose,
            providers,
            first,
            base_url: Self::address(&text(&json, "baseUrl").unwrap_or_default())?,
            locale: text(&json, "locale").unwrap_or_else(|| "en".to_owned()),
            language: text(&json, "language").unwrap_or_else(|| "en".to_owned()),
            right_to_left: json.get("rightToLeft") == Some(&Json::Bool(true)),
            removable: json.get("removable") == Some(&Json::Bool(true)),
            disabled: json.get("disabled") == Some(&Json::Bool(true)),
            preset,
            invoice: None,
            transactions,
            credentials: texts(&json, "credentials").collect(),
            session: Secrets::default(),
            table,
            format: &Plain,
        }
        .with_session(&text(&json, SESSION).unwrap_or_default())?;
        Ok(match invoice {
            Some(invoice) => options.with_invoice(invoice),
            None => options,
        })
    }
}

/// The text of a member, or `None` if the member is absent or blank.
fn text(json: &Json, member: &str) -> Option<String> {
    json.get(member).and_then(Json::scalar).filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// The texts in an object member, without blank ones.
fn texts(json: &Json, member: &str) -> impl Iterator<Item = (String, String)> {
    let members =
        if let Some(Json::Object(members)) = json.get(member) { members.clone() } else { Vec::new() };
    let text = |(name, value): (String, Json)| Some((name, value.scalar()?.to_owned()));
    members.into_iter().filter_map(text).filter(|(_, text)| !text.trim().is_empty())
}

fn currency(code: &str, parent: &str) -> Result<Currency, String> {
    Currency::parse(code)
        .map_err(|_| format!("{parent}.currency must be an ISO 4217 code such as EUR, not \"{code}\"."))
}

fn amount(text: Option<&String>, currency: Currency, path: &str) -> Result<Option<Money>, String> {
    let read = |text: &String| {
        Money::parse(text, currency).map_err(|_| {
            format!("{path} must be a decimal amount in {currency} such as 1250.00, not \"{text}\".")
        })
    };
    text.map(read).transpose()
}

fn invoice(json: &Json, fallback: Option<&str>) -> Result<Invoice, String> {
    let code = text(json, "currency");
    let code = code.as_deref().or(fallback);
    let currency = currency(
        code.ok_or("invoice.currency is missing. Set it to an ISO 4217 code such as EUR.")?,
        "invoice",
    )?;
    let balance = amount(text(json, "balance").as_ref(), currency, "invoice.balance")?;
    let id = text(json, "id")
        .ok_or("invoice.id is missing. Set it to the provider's identifier of the invoice.")?;
    let allowed = || InvoiceState::ALL.map(InvoiceState::as_str).join(", ");
    let state = text(json, "state").map(|name| {
        let state = InvoiceState::ALL.into_iter().find(|state| state.as_str() == name);
        state.ok_or_else(|| format!("invoice.state must be one of {}, not \"{name}\".", allowed()))
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
    let code = text(json, "currency")
        .ok_or("transactions[].currency is missing. Set it to an ISO 4217 code such as EUR.")?;
    let currency = currency(&code, "transactions[]")?;
    let at = text(json, "datetime").and_then(|text| Instant::read(&text, Zone::Fixed(Offset::UTC)).ok());
    Ok(BankTransaction {
        id: text(json, "id")
            .ok_or("transactions[].id is missing. Set it to the provider's identifier of the transaction.")?,
        amount: amount(text(json, "amount").as_ref(), currency, "transactions[].amount")?,
        unallocated: amount(text(json, "unallocated").as_ref(), currency, "transactions[].unallocated")?,
        at: at.map(|reading| reading.instant),
        description: text(json, "description"),
    })
}
