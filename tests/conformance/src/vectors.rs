//! The vectors in tests/vectors: what a person enters and what goes out for it, what comes back and what it means.
//!
//! A file belongs to the provider whose directory it is in, and holds cases of the kind that its name begins with:
//!
//! - `payment`: a `draft`, what is `known` beside it, and either the exact `request` with every notice, or every issue;
//! - `reply`: a provider's answer, and its `outcome`;
//! - `wire`: a request as any client may send it, and either the `draft` that reads back from it, or every issue;
//! - `call`: as `payment`, for the `operation` that is named;
//! - `answer`: as `reply`, for the `operation` that is named, with the `answer` in place of the outcome.
//!
//! A case has what differs from its file's `base`, merged as RFC 7396 says: `null` takes a member away. What is not
//! expected must not be there: no notices means that there are none, and a member that is left out of an outcome is
//! one that it does not have. `raw`, the answer as it came, is compared without being written down twice.

use core::fmt;

use remit_core::wire::{Headers, Method, Request, Response};
use remit_core::{
    BankTransaction, Context, Currency, Instant, Invoice, InvoiceState, Money, Notice, Offset, Operation,
    Provider, Rejection, Zone, name, to_json,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::zone;

/// A file of vectors.
#[derive(Debug, Clone, Copy)]
pub struct File {
    /// The provider's identifier.
    pub provider: &'static str,
    /// The file's name.
    pub name: &'static str,
    /// What it holds.
    pub text: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/vectors.rs"));

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// From a draft to a request.
    Payment,
    /// From an answer to an outcome.
    Response,
    /// From a request to a draft.
    Wire,
    /// From a draft to the request of any operation.
    Call,
    /// From an answer to what any operation makes of it.
    Answer,
}

impl Kind {
    /// The members of a case that say what is expected.
    #[must_use]
    pub fn expected(self) -> &'static [&'static str] {
        match self {
            Self::Payment | Self::Call => &["request", "notices", "issues"],
            Self::Answer => &["answer"],
            Self::Response => &["outcome"],
            Self::Wire => &["draft", "notices", "issues"],
        }
    }
}

/// A case, merged with its file's base.
#[derive(Debug, Clone)]
pub struct Case {
    /// The file that it is in.
    pub file: File,
    /// What it is about.
    pub kind: Kind,
    /// The provider.
    pub provider: &'static Provider,
    /// All of it.
    pub value: Value,
}

/// What is wrong with a case.
#[derive(Debug, Clone)]
pub enum Fault {
    /// It cannot be run as it is written.
    Unusable(String),
    /// It came out otherwise.
    Different {
        /// As the vector has it.
        expected: Value,
        /// As it came out.
        actual: Value,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unusable(why) => write!(f, "cannot be run: {why}"),
            Self::Different { expected, actual } => {
                write!(f, "expected: {expected:#}\nactual: {actual:#}")
            }
        }
    }
}

impl<E: core::error::Error> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Unusable(error.to_string())
    }
}

fn unusable<T>(why: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Unusable(why.into()))
}

/// Every case of every file.
///
/// # Errors
/// The first file that cannot be read.
pub fn cases() -> Result<Vec<Case>, String> {
    let mut all = Vec::new();
    for file in FILES {
        all.extend(read(*file).map_err(|fault| format!("{}/{} {fault}", file.provider, file.name))?);
    }
    Ok(all)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    #[serde(rename = "about")]
    _about: String,
    #[serde(default)]
    base: Map<String, Value>,
    cases: Vec<Map<String, Value>>,
}

fn read(file: File) -> Result<Vec<Case>, Fault> {
    let Some(provider) = Provider::find(file.provider) else { return unusable("no such provider") };
    let kind = match file.name.split(['-', '.']).next() {
        Some("payment") => Kind::Payment,
        Some("reply") => Kind::Response,
        Some("wire") => Kind::Wire,
        Some("call") => Kind::Call,
        Some("answer") => Kind::Answer,
        _ => return unusable("its name begins with none of payment, reply, wire, call, answer"),
    };
    let Cases { base, cases, .. } = serde_json::from_str(file.text)?;
    let merged = cases.into_iter().map(|case| {
        let mut base = base.clone();
        if matches!(kind, Kind::Payment | Kind::Call) && case.contains_key("issues") {
            base.remove("request");
        }
        let mut value = Value::Object(base);
        merge(&mut value, Value::Object(case));
        Case { file, kind, provider, value }
    });
    Ok(merged.collect())
}

/// [RFC 7396]
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, value) in patch {
        if value.is_null() {
            members.remove(&name);
        } else {
            merge(members.entry(name).or_insert(Value::Null), value);
        }
    }
}

impl Case {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        self.value.get("name").and_then(Value::as_str).unwrap_or("(a case without a name)")
    }

    /// Runs it.
    ///
    /// # Errors
    /// [`Fault`] when anything differs from what is expected.
    pub fn run(&self) -> Result<(), Fault> {
        match self.kind {
            Kind::Payment => payment(self.provider, as_written(&self.value)?),
            Kind::Response => reply(self.provider, as_written(&self.value)?),
            Kind::Wire => wire(self.provider, as_written(&self.value)?),
            Kind::Call => call(self.provider, as_written(&self.value)?),
            Kind::Answer => answer(self.provider, as_written(&self.value)?),
        }
    }
}

/// Runs every case, and says of each that fails what differs.
///
/// # Errors
/// The report.
pub fn run() -> Result<usize, String> {
    let cases = cases()?;
    let failed: Vec<_> = cases
        .iter()
        .filter_map(|case| {
            let fault = case.run().err()?;
            Some(format!("{}/{}: {}\n{fault}\n", case.file.provider, case.file.name, case.name()))
        })
        .collect();
    if failed.is_empty() {
        return Ok(cases.len());
    }
    Err(format!("{}\n{} of {} cases failed", failed.join("\n"), failed.len(), cases.len()))
}

fn as_written<T: DeserializeOwned>(value: &Value) -> Result<T, Fault> {
    Ok(T::deserialize(value)?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PaymentCase {
    name: String,
    #[serde(rename = "source")]
    _source: Option<String>,
    draft: Map<String, Value>,
    #[serde(default)]
    known: KnownParts,
    request: Option<Value>,
    #[serde(default)]
    notices: Vec<Value>,
    issues: Option<Vec<Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplyCase {
    name: String,
    #[serde(rename = "source")]
    _source: Option<String>,
    currency: String,
    reply: ReplyParts,
    outcome: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallCase {
    name: String,
    #[serde(rename = "source")]
    _source: Option<String>,
    operation: String,
    draft: Map<String, Value>,
    #[serde(default)]
    known: KnownParts,
    request: Option<Value>,
    #[serde(default)]
    notices: Vec<Value>,
    issues: Option<Vec<Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerCase {
    name: String,
    #[serde(rename = "source")]
    _source: Option<String>,
    operation: String,
    currency: String,
    reply: ReplyParts,
    answer: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireCase {
    name: String,
    #[serde(rename = "source")]
    _source: Option<String>,
    currency: Option<String>,
    request: RequestParts,
    draft: Option<Value>,
    #[serde(default)]
    notices: Vec<Value>,
    issues: Option<Vec<Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplyParts {
    status: u16,
    headers: Map<String, Value>,
    body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestParts {
    method: String,
    path: String,
    headers: Map<String, Value>,
    body: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct KnownParts {
    currency: Option<String>,
    offset_minutes: Option<i32>,
    /// By its name in the IANA database. Where a case has both, this counts.
    time_zone: Option<String>,
    now: Option<String>,
    invoice: Option<InvoiceParts>,
    #[serde(default)]
    transactions: Vec<TransactionParts>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InvoiceParts {
    id: String,
    number: Option<String>,
    balance: Option<String>,
    currency: String,
    state: Option<String>,
    issued: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TransactionParts {
    id: String,
    amount: Option<String>,
    unallocated: Option<String>,
    currency: String,
}

fn payment(provider: &Provider, case: PaymentCase) -> Result<(), Fault> {
    named(&case.name)?;
    let known = case.known.read()?;
    let draft = texts(case.draft)?.into_iter().collect();
    match provider.check(&draft, &known) {
        Ok(checked) => {
            let request: Value = serde_json::from_str(&to_json::request(&checked.request).print())?;
            let actual = json!({ "request": request, "notices": notices(&checked.notices) });
            compare(expected("request", case.request, case.notices, case.issues)?, actual)?;
            // What goes out reads back as the same payment, whichever side of the wire reads it.
            let currency = Some(checked.payment.amount.currency());
            let back = provider
                .read(&checked.request, &Context { currency, ..Context::default() })
                .map(|back| (back.values, back.request))
                .map_err(|rejection| Fault::Unusable(format!("its request is refused: {rejection}")))?;
            if back != (checked.values, checked.request) {
                return unusable("its request reads back as another payment");
            }
            Ok(())
        }
        Err(rejection) => compare(
            expected("request", case.request, case.notices, case.issues)?,
            json!({ "issues": issues(&rejection) }),
        ),
    }
}

fn reply(provider: &Provider, case: ReplyCase) -> Result<(), Fault> {
    named(&case.name)?;
    let ReplyParts { status, headers, body } = case.reply;
    let reply = Response::new(status, texts(headers)?.into_iter().collect(), body);
    let outcome = to_json::outcome(&provider.receipt(&reply, currency(&case.currency)?));
    let mut actual: Map<String, Value> = serde_json::from_str(&outcome.print())?;
    actual.retain(|_, value| !value.is_null());
    if actual.remove("raw").is_some_and(|raw| raw != reply.body.as_str()) {
        return unusable("the answer is not kept as it came");
    }
    compare(Value::Object(case.outcome), Value::Object(actual))
}

fn wire(provider: &Provider, case: WireCase) -> Result<(), Fault> {
    named(&case.name)?;
    let RequestParts { method, path, headers, body } = case.request;
    let methods = [Method::Get, Method::Post, Method::Delete];
    let Some(method) = methods.into_iter().find(|known| known.name() == method) else {
        return unusable("no such method");
    };
    let headers: Headers = texts(headers)?.into_iter().collect();
    let currency = case.currency.as_deref().map(currency).transpose()?;
    let known = Context { currency, ..Context::default() };
    let actual = match provider.read(&Request { method, path, headers, body }, &known) {
        Ok(checked) => {
            let draft: Value =
                serde_json::from_str(&to_json::draft(&remit_core::Draft::from(&checked.values)).print())?;
            json!({ "draft": draft, "notices": notices(&checked.notices) })
        }
        Err(rejection) => json!({ "issues": issues(&rejection) }),
    };
    compare(expected("draft", case.draft, case.notices, case.issues)?, actual)
}

fn operation<'a>(provider: &'a Provider, name: &str) -> Result<&'a Operation, Fault> {
    let found = provider.all_operations().find(|operation| operation.purpose.as_str() == name);
    found.map_or_else(|| unusable(format!("{} has no operation {name}", provider.name)), Ok)
}

fn call(provider: &Provider, case: CallCase) -> Result<(), Fault> {
    named(&case.name)?;
    let operation = operation(provider, &case.operation)?;
    let known = case.known.read()?;
    let draft = texts(case.draft)?.into_iter().collect();
    let expected = expected("request", case.request, case.notices, case.issues)?;
    match operation.parse(&draft, &known) {
        Ok((values, told)) => {
            let sent = operation.request(&values);
            let request: Value = serde_json::from_str(&to_json::request(&sent).print())?;
            compare(expected, json!({ "request": request, "notices": notices(&told) }))?;
            let currency = values.text(name::CURRENCY).map(|code| currency(&code)).transpose()?;
            let back = operation
                .read(&sent, &Context { currency, ..Context::default() })
                .map_err(|rejection| Fault::Unusable(format!("its request is refused: {rejection}")))?;
            if back.0 != values || operation.request(&back.0) != sent {
                return unusable("its request reads back as another one");
            }
            Ok(())
        }
        Err(rejection) => compare(expected, json!({ "issues": issues(&rejection) })),
    }
}

fn answer(provider: &Provider, case: AnswerCase) -> Result<(), Fault> {
    named(&case.name)?;
    let operation = operation(provider, &case.operation)?;
    let ReplyParts { status, headers, body } = case.reply;
    let reply = Response::new(status, texts(headers)?.into_iter().collect(), body);
    let currency = if case.currency.is_empty() { Currency::UNSTATED } else { currency(&case.currency)? };
    let answered = to_json::answered(&operation.understand(&reply, currency));
    let mut actual: Value = serde_json::from_str(&answered.print())?;
    strip(&mut actual);
    if let Value::Object(members) = &mut actual
        && members.remove("raw").is_some_and(|raw| raw != reply.body.as_str())
    {
        return unusable("the answer is not kept as it came");
    }
    compare(case.answer, actual)
}

/// AcceptedCurrencies every `null` away.
fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, value| !value.is_null());
            members.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

/// Either an accepted thing with its notices, or issues.
fn expected(
    what: &str,
    accepted: Option<Value>,
    notices: Vec<Value>,
    issues: Option<Vec<Value>>,
) -> Result<Value, Fault> {
    match (accepted, issues) {
        (Some(accepted), None) => Ok(json!({ what: accepted, "notices": notices })),
        (None, Some(issues)) if notices.is_empty() => Ok(json!({ "issues": issues })),
        _ => unusable(format!("expects not exactly one of {what} and issues, or notices beside issues")),
    }
}

fn compare(expected: Value, actual: Value) -> Result<(), Fault> {
    if expected == actual { Ok(()) } else { Err(Fault::Different { expected, actual }) }
}

/// A case without a name says nothing when it fails.
fn named(name: &str) -> Result<(), Fault> {
    if name.is_empty() { unusable("it has no name") } else { Ok(()) }
}

fn notices(notices: &[Notice]) -> Vec<Value> {
    notices.iter().map(|n| finding(n.field, n.code.as_str(), &n.params)).collect()
}

fn issues(rejection: &Rejection) -> Vec<Value> {
    rejection.issues().map(|i| finding(i.field, i.code.as_str(), &i.params)).collect()
}

fn finding(field: &str, code: &str, params: &remit_core::Params) -> Value {
    let params: Map<_, _> = params.iter().map(|(n, p)| ((*n).to_owned(), p.to_string().into())).collect();
    json!({ "field": field, "code": code, "params": params })
}

fn texts(members: Map<String, Value>) -> Result<Vec<(String, String)>, Fault> {
    members
        .into_iter()
        .map(|(name, value)| match value {
            Value::String(text) => Ok((name, text)),
            _ => unusable(format!("{name} is not a text")),
        })
        .collect()
}

fn currency(code: &str) -> Result<Currency, Fault> {
    Currency::parse(code).or_else(|_| unusable(format!("{code} is no currency")))
}

fn moment(text: &str) -> Result<Instant, Fault> {
    let reading = Instant::read(text, Zone::Unknown).map(|reading| reading.instant);
    reading.or_else(|_| unusable(format!("{text} is no moment")))
}

fn money(text: Option<&str>, currency: Currency) -> Result<Option<Money>, Fault> {
    let read = |text| Money::parse(text, currency).or_else(|_| unusable(format!("{text} is no amount")));
    text.map(read).transpose()
}

impl KnownParts {
    fn read(self) -> Result<Context, Fault> {
        let now = self.now.as_deref().map(moment);
        let zone = match (self.time_zone, self.offset_minutes) {
            (Some(name), _) => {
                zone::named(&name).map_or_else(|| unusable(format!("{name} is no time zone")), Ok)?
            }
            (None, Some(minutes)) => match Offset::from_minutes(minutes) {
                Some(offset) => Zone::Fixed(offset),
                None => return unusable(format!("{minutes} is no offset")),
            },
            (None, None) => Zone::Unknown,
        };
        let invoice = self.invoice.map(|invoice| {
            let currency = currency(&invoice.currency)?;
            let state = invoice.state.map(|text| {
                let known = InvoiceState::ALL.into_iter().find(|state| state.as_str() == text);
                known.map_or_else(|| unusable(format!("{text} is no state")), Ok)
            });
            Ok::<_, Fault>(Invoice {
                number: invoice.number,
                balance: money(invoice.balance.as_deref(), currency)?,
                state: state.transpose()?,
                issued: invoice.issued.as_deref().map(moment).transpose()?,
                ..Invoice::new(invoice.id, currency)
            })
        });
        let transactions = self.transactions.into_iter().map(|transaction| {
            let currency = currency(&transaction.currency)?;
            Ok::<_, Fault>(BankTransaction {
                amount: money(transaction.amount.as_deref(), currency)?,
                unallocated: money(transaction.unallocated.as_deref(), currency)?,
                id: transaction.id,
                at: None,
                description: None,
            })
        });
        Ok(Context {
            now: now.transpose()?,
            zone,
            currency: self.currency.as_deref().map(currency).transpose()?,
            invoice: invoice.transpose()?,
            transactions: transactions.collect::<Result<_, _>>()?,
        })
    }
}
