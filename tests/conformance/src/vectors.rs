//! The vectors in tests/vectors: inputs with their expected requests, and responses with their expected outcomes.
//!
//! A file belongs to the provider of its directory. The start of its name determines the kind of its cases:
//!
//! - `payment`: a `draft`, its context in `known`, and either the exact `request` with all `notices`, or all `issues`;
//! - `reply`: a provider's response, and its `outcome`;
//! - `wire`: a request from any client, and either the `draft` that it is parsed as, or all `issues`;
//! - `call`: like `payment`, for the named `operation`;
//! - `answer`: like `reply`, for the named `operation`, with an `answer` instead of the outcome.
//!
//! A case contains the differences from its file's `base`, as a merge patch [RFC 7396]: `null` removes a member. The
//! comparison is exact: omitted `notices` mean that there are none, and an outcome must not have a member that the case
//! omits. Only `raw`, the unchanged body, is not repeated: it is compared with the body itself.

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
    /// The file's contents.
    pub text: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/vectors.rs"));

/// The kind of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// From a draft to a request.
    Payment,
    /// From a response to an outcome.
    Response,
    /// From a request to a draft.
    Wire,
    /// From a draft to a request of any operation.
    Call,
    /// From a response to an answer of any operation.
    Answer,
}

impl Kind {
    /// The members of a case that contain the expected result.
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
    /// The case's file.
    pub file: File,
    /// The case's kind.
    pub kind: Kind,
    /// The provider.
    pub provider: &'static Provider,
    /// The entire case.
    pub value: Value,
}

/// The reason why a case fails.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The case is invalid and cannot run.
    Unusable(String),
    /// The result differs from the expected one.
    Different {
        /// The expected result.
        expected: Value,
        /// The actual result.
        actual: Value,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unusable(why) => write!(f, "cannot run: {why}"),
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
/// The first file that is invalid.
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
        _ => return unusable("its name must start with payment, reply, wire, call or answer"),
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

/// Applies a merge patch. [RFC 7396]
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
    /// The case's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.value.get("name").and_then(Value::as_str).unwrap_or("(a case without a name)")
    }

    /// Runs the case.
    ///
    /// # Errors
    /// [`Fault`] if the result differs from the expected one.
    pub fn run(&self) -> Result<(), Fault> {
        match self.kind {
            Kind::Payment => payment(self.provider, parsed(&self.value)?),
            Kind::Response => reply(self.provider, parsed(&self.value)?),
            Kind::Wire => wire(self.provider, parsed(&self.value)?),
            Kind::Call => call(self.provider, parsed(&self.value)?),
            Kind::Answer => answer(self.provider, parsed(&self.value)?),
        }
    }
}

/// Runs every case, and returns the number of cases.
///
/// # Errors
/// A report of the failed cases and their differences.
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

fn parsed<T: DeserializeOwned>(value: &Value) -> Result<T, Fault> {
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
    known: ContextParts,
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
    known: ContextParts,
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
struct ContextParts {
    currency: Option<String>,
    offset_minutes: Option<i32>,
    /// The zone's name in the IANA database. It has precedence over `offset_minutes`.
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
            // The request must be parsed as the same payment on the other side of the wire.
            let currency = Some(checked.payment.amount.currency());
            let back = provider
                .read(&checked.request, &Context { currency, ..Context::default() })
                .map(|back| (back.values, back.request))
                .map_err(|rejection| Fault::Unusable(format!("its request is rejected: {rejection}")))?;
            if back != (checked.values, checked.request) {
                return unusable("its request is parsed as a different payment");
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
        return unusable("the raw body differs from the response's body");
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
        Ok((values, found)) => {
            let sent = operation.request(&values);
            let request: Value = serde_json::from_str(&to_json::request(&sent).print())?;
            compare(expected, json!({ "request": request, "notices": notices(&found) }))?;
            let currency = values.text(name::CURRENCY).map(|code| currency(&code)).transpose()?;
            let back = operation
                .read(&sent, &Context { currency, ..Context::default() })
                .map_err(|rejection| Fault::Unusable(format!("its request is rejected: {rejection}")))?;
            if back.0 != values || operation.request(&back.0) != sent {
                return unusable("its request is parsed as a different one");
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
        return unusable("the raw body differs from the response's body");
    }
    compare(case.answer, actual)
}

/// Removes every member that is `null`.
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

/// The expected result: either an accepted `member` with its notices, or issues.
fn expected(
    member: &str,
    accepted: Option<Value>,
    notices: Vec<Value>,
    issues: Option<Vec<Value>>,
) -> Result<Value, Fault> {
    match (accepted, issues) {
        (Some(accepted), None) => Ok(json!({ member: accepted, "notices": notices })),
        (None, Some(issues)) if notices.is_empty() => Ok(json!({ "issues": issues })),
        _ => unusable(format!(
            "must expect exactly one of {member} and issues, and no notices together with issues"
        )),
    }
}

fn compare(expected: Value, actual: Value) -> Result<(), Fault> {
    if expected == actual { Ok(()) } else { Err(Fault::Different { expected, actual }) }
}

/// Checks that a case has a name, because a failure reports it.
fn named(name: &str) -> Result<(), Fault> {
    if name.is_empty() { unusable("its name is empty") } else { Ok(()) }
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
            _ => unusable(format!("{name} must be a string")),
        })
        .collect()
}

fn currency(code: &str) -> Result<Currency, Fault> {
    Currency::parse(code).or_else(|_| unusable(format!("`{code}` is not a currency")))
}

fn moment(text: &str) -> Result<Instant, Fault> {
    let reading = Instant::read(text, Zone::Unknown).map(|reading| reading.instant);
    reading.or_else(|_| unusable(format!("`{text}` is not a date and time")))
}

fn money(text: Option<&str>, currency: Currency) -> Result<Option<Money>, Fault> {
    let read =
        |text| Money::parse(text, currency).or_else(|_| unusable(format!("`{text}` is not an amount")));
    text.map(read).transpose()
}

impl ContextParts {
    fn read(self) -> Result<Context, Fault> {
        let now = self.now.as_deref().map(moment);
        let zone = match (self.time_zone, self.offset_minutes) {
            (Some(name), _) => {
                zone::named(&name).map_or_else(|| unusable(format!("`{name}` is not a time zone")), Ok)?
            }
            (None, Some(minutes)) => match Offset::from_minutes(minutes) {
                Some(offset) => Zone::Fixed(offset),
                None => return unusable(format!("`{minutes}` is not an offset in minutes")),
            },
            (None, None) => Zone::Unknown,
        };
        let invoice = self.invoice.map(|invoice| {
            let currency = currency(&invoice.currency)?;
            let state = invoice.state.map(|text| {
                let known = InvoiceState::ALL.into_iter().find(|state| state.as_str() == text);
                known.map_or_else(|| unusable(format!("`{text}` is not a state")), Ok)
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
