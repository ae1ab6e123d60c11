//! A connection: a provider's address, and the secrets that authenticate with it.

use std::collections::BTreeMap;

use remit_core::operation::auth::{Scheme, Secrets, SignInError, sign_in};
use remit_core::report::message;
use remit_core::schema::field::Kind;
use remit_core::wire::{Headers, Method, Request};
use remit_core::{Context, Currency, Draft, Instant, Provider, Purpose};
use secrecy::{ExposeSecret as _, SecretString};

use crate::address::Reach;
use crate::base_url::{self, BaseUrl, Permissions};
use crate::document::{Section, Text, nearest};
use crate::leak::LeakDetector;
use crate::mistake::Mistakes;
use crate::secret::Sources;

/// The keys of `[connections.NAME]`.
const KEYS: &[&str] =
    &["provider", "base_url", "gateway", "allow_http", "currency", "operations", "max_concurrent", "secrets"];

const MAX_CONCURRENT: u64 = 8;
const MOST_CONCURRENT: u64 = 256;

/// A valid connection.
pub(crate) struct Connection {
    pub(crate) name: String,
    pub(crate) provider: &'static Provider,
    /// Has no trailing slash: an operation's path starts with one.
    pub(crate) base_url: String,
    pub(crate) host: String,
    /// The addresses that the host may have.
    pub(crate) reach: Reach,
    /// Whether the host is the organisation's own gateway.
    pub(crate) gateway: bool,
    pub(crate) currency: Option<Currency>,
    /// How many requests may be in progress at the provider.
    pub(crate) max_concurrent: u64,
    operations: Vec<Purpose>,
    secrets: BTreeMap<String, SecretString>,
    /// Finds what no response may contain: the confidential secrets, and the credentials made from them.
    pub(crate) leaks: LeakDetector,
}

impl Connection {
    /// Reads `[connections.NAME]`. `None` if it has a mistake.
    pub(crate) fn read(
        name: &str,
        section: &Section<'_>,
        sandbox: bool,
        sources: &Sources<'_>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Self> {
        section.only(KEYS, mistakes);
        let gateway = section.flag("gateway", mistakes);
        let allow_http = section.flag("allow_http", mistakes);
        for (key, is_set, conflict) in [
            (
                "gateway",
                gateway && sandbox,
                "a gateway leads to a real provider, but sandbox = true; remove one",
            ),
            ("allow_http", allow_http && !sandbox, "only for a sandbox; remove it, or set sandbox = true"),
        ] {
            if let Some(entry) = section.entry(key).filter(|_| is_set) {
                entry.wrong(mistakes, conflict);
            }
        }
        let max_concurrent = section.number("max_concurrent", 1..=MOST_CONCURRENT, MAX_CONCURRENT, mistakes);
        let provider = provider(section, mistakes);
        let permissions = Permissions { sandbox, gateway, allow_http };
        let base_url = section.text("base_url", "\"https://api.example\"", mistakes);
        let currency = section.text("currency", "\"EUR\"", mistakes);
        let operations = section.texts("operations", "\"record_payment\"", mistakes);
        let secrets = section.section("secrets", &format!("[{}]", section.key("secrets")), mistakes);
        // The other values depend on the provider.
        let provider = provider?;
        let base_url = match base_url {
            Some(text) => base_url::check(text.text, provider, permissions)
                .map_err(|message| text.wrong(mistakes, message))
                .ok(),
            None => base_url::default(provider, permissions).or_else(|| {
                if section.entry("base_url").is_none() {
                    section.missing("base_url", &base_url::remedy(provider, permissions), mistakes);
                }
                None
            }),
        };
        let currency = currency.and_then(|code| check_currency(provider, &code, mistakes));
        let operations = check_operations(provider, section, operations, mistakes);
        let has_secrets = secrets.is_some() || section.entry("secrets").is_none();
        let secrets = read_secrets(provider, secrets.as_ref(), sources, mistakes);
        let signed_in = match secrets.as_ref().filter(|_| has_secrets) {
            Some(secrets) => try_sign_in(provider, &expose(secrets))
                .map_err(|error| {
                    let at = section.entry("secrets").map_or(section.at(), |entry| entry.at);
                    let message = format!("cannot authenticate with {}: {error}", provider.name);
                    mistakes.add(at, section.key("secrets"), message);
                })
                .ok(),
            None => None,
        };
        let (BaseUrl { url, host, reach }, secrets) = (base_url?, secrets?);
        let confidential = confidential(provider, &secrets, &signed_in?);
        let leaks = LeakDetector::new(confidential.iter().map(|secret| secret.expose_secret()));
        Some(Self {
            name: name.to_owned(),
            provider,
            base_url: url,
            host,
            reach,
            gateway,
            currency,
            max_concurrent,
            operations,
            secrets,
            leaks,
        })
    }

    /// Whether the connection relays operations of this purpose.
    pub(crate) fn relays(&self, purpose: Purpose) -> bool {
        self.operations.contains(&purpose)
    }

    /// The purposes of the operations that the connection relays.
    pub(crate) fn operations(&self) -> impl Iterator<Item = Purpose> {
        self.operations.iter().copied()
    }

    /// The secrets in plain text, for the time that it takes to authenticate a request.
    pub(crate) fn secrets(&self) -> Secrets {
        expose(&self.secrets)
    }

    /// The first header that this connection sets and that the request sets to a different value. The connection is
    /// bound to one account, and a page must not choose another one with its credentials.
    pub(crate) fn overridden(&self, request: &Request) -> Option<&'static str> {
        self.provider.auth.iter().flat_map(|scheme| account_headers(*scheme)).find_map(|(header, name)| {
            let configured = self.secrets.get(*name)?.expose_secret();
            let requested = request.headers.get(header)?;
            (!requested.eq_ignore_ascii_case(configured)).then_some(*header)
        })
    }
}

fn expose(secrets: &BTreeMap<String, SecretString>) -> Secrets {
    secrets.iter().map(|(name, secret)| (name.as_str(), secret.expose_secret())).collect()
}

fn confidential(
    provider: &Provider,
    secrets: &BTreeMap<String, SecretString>,
    signed_in: &Request,
) -> Vec<SecretString> {
    let authorization = signed_in.headers.get("Authorization").and_then(|value| value.split_once(' '));
    let credentials = authorization.map(|(_, credentials)| SecretString::from(credentials));
    let names: Vec<_> = provider.auth.iter().flat_map(|scheme| scheme.confidential()).collect();
    let named = secrets.iter().filter(|(name, _)| names.contains(&name.as_str()));
    named.map(|(_, secret)| secret.clone()).chain(credentials).collect()
}

fn provider(section: &Section<'_>, mistakes: &mut Mistakes<'_>) -> Option<&'static Provider> {
    let known: Vec<_> = Provider::ALL.iter().map(|provider| provider.id).collect();
    let Some(id) =
        section.text("provider", &format!("\"{}\"", known.first().copied().unwrap_or_default()), mistakes)
    else {
        if section.entry("provider").is_none() {
            section.missing("provider", &format!("write one of: {}", known.join(", ")), mistakes);
        }
        return None;
    };
    let provider = Provider::find(id.text);
    if provider.is_none() {
        id.wrong(mistakes, unknown("provider", id.text, &known));
    }
    provider
}

/// A mistake about a name that is not among the known ones.
fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let known_names = known.join(", ");
    match nearest(name, known) {
        Some(meant) => format!("unknown {what}; did you mean `{meant}`? The known ones are: {known_names}"),
        None => format!("unknown {what}; use one of: {known_names}"),
    }
}

/// Authenticates a request that is never sent, so that an error is reported at startup and not with the first payment.
fn try_sign_in(provider: &'static Provider, secrets: &Secrets) -> Result<Request, SignInError> {
    let mut request = Request {
        method: Method::Post,
        path: "/".to_owned(),
        headers: Headers::default(),
        body: String::new(),
    };
    // An account header that is not configured comes from each request, if the payment has a field for it.
    for (header, name) in provider.auth.iter().flat_map(|scheme| account_headers(*scheme)) {
        if secrets.get(name).is_none() && provider.payment.field_on_wire(header).is_some() {
            request.headers.set(*header, "from the request");
        }
    }
    sign_in(provider.auth, &mut request, secrets, Instant::from_unix(0))?;
    Ok(request)
}

/// The headers that accompany an authentication scheme, such as the account, and the names of their values.
fn account_headers(scheme: Scheme) -> &'static [(&'static str, &'static str)] {
    if let Scheme::Bearer { with, .. } = scheme { with } else { &[] }
}

/// The operations that the connection relays; defaults to those that recording a payment needs. An operation that
/// removes or adds anything else, or that shows more than the invoice, must be configured by name.
fn check_operations(
    provider: &'static Provider,
    section: &Section<'_>,
    configured: Option<Vec<Text<'_>>>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Purpose> {
    let known = || provider.all_operations().map(|operation| operation.purpose);
    let Some(configured) = configured else {
        return known().filter(|purpose| purpose.is_relayed_by_default()).collect();
    };
    let mut names: Vec<_> = known().map(Purpose::as_str).collect();
    names.dedup();
    if let Some(entry) = section.entry("operations").filter(|_| configured.is_empty()) {
        let names = names.join(", ");
        entry.wrong(
            mistakes,
            format!(
                "the list is empty; write one or more of: {names}; or leave the line out for the default"
            ),
        );
    }
    let mut purposes = Vec::new();
    for text in configured {
        match known().find(|purpose| purpose.as_str() == text.text) {
            Some(purpose) => purposes.push(purpose),
            None => {
                text.wrong(mistakes, unknown(&format!("operation of {}", provider.name), text.text, &names))
            }
        }
    }
    purposes
}

/// Parses a currency that the provider accepts.
fn check_currency(provider: &Provider, code: &Text<'_>, mistakes: &mut Mistakes<'_>) -> Option<Currency> {
    let Ok(currency) = Currency::parse(code.text) else {
        code.wrong(mistakes, "it is not an ISO 4217 code; write one, as in currency = \"EUR\"");
        return None;
    };
    let field = provider.payment.fields.iter().find(|field| matches!(field.kind, Kind::Currency(_)));
    if let Some(field) = field {
        // The draft has only a currency: issues of other fields do not count.
        let draft = Draft::new().with(field.name, code.text);
        let issues = provider.payment.parse(&draft, &Context::default()).err();
        let issue =
            issues.as_ref().and_then(|rejection| rejection.issues().find(|issue| issue.field == field.name));
        if let Some(issue) = issue {
            code.wrong(mistakes, message::Table::english().issue(issue));
            return None;
        }
    }
    Some(currency)
}

/// Reads `[connections.NAME.secrets]`. `None` if it has a mistake.
fn read_secrets(
    provider: &'static Provider,
    section: Option<&Section<'_>>,
    sources: &Sources<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Option<BTreeMap<String, SecretString>> {
    let Some(section) = section else { return Some(BTreeMap::new()) };
    let needed = provider.auth.iter().flat_map(|scheme| scheme.secrets());
    let accounts = provider.auth.iter().flat_map(|scheme| account_headers(*scheme)).map(|(_, name)| *name);
    let known: Vec<_> = needed.chain(accounts).collect();
    section.only(&known, mistakes);
    let mut secrets = Some(BTreeMap::new());
    for (name, _, entry) in section.entries() {
        if !known.contains(&name) {
            secrets = None;
        } else if let Some(secret) = sources.find(&entry, mistakes) {
            if let Some(secrets) = &mut secrets {
                secrets.insert(name.to_owned(), secret);
            }
        } else {
            secrets = None;
        }
    }
    secrets
}
