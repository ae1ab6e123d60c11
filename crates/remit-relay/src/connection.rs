//! A connection: a provider's address, and the secrets that authenticate with it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use remit_core::operation::auth::{Scheme, Secrets, SignInError, sign_in};
use remit_core::report::message;
use remit_core::schema::field::Kind;
use remit_core::wire::{Headers, Method, Request};
use remit_core::{Context, Currency, Draft, Instant, Provider, Purpose};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use toml::{Table, Value};

use crate::secret::{self, SecretError, Sources};

/// The parsed table `[connections.NAME]`, before validation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConnectionTable {
    provider: String,
    base_url: String,
    /// The currency of every invoice of this connection, if there is only one.
    currency: Option<String>,
    /// The operations that are relayed, by the names of [`Purpose`].
    operations: Option<Vec<String>>,
    /// Permits unencrypted credentials to a host other than this machine.
    #[serde(default)]
    allow_http: bool,
    /// Left to [`secret::find`]: a typed parser's error would quote an unexpected value, which may be a secret.
    secrets: Option<Value>,
}

/// An invalid connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectionError {
    /// A name that cannot be part of a path.
    #[error("the name is part of a path: write it with letters, digits, `-` and `_` only")]
    Name,
    /// A key that is missing, unknown or of the wrong type.
    #[error("{0}")]
    Key(String),
    /// An unknown provider.
    #[error("provider: `{value}` is unknown; use one of: {known}")]
    Provider {
        /// The configured value.
        value: String,
        /// The known providers.
        known: String,
    },
    /// A `base_url` that the relay cannot forward to.
    #[error("base_url: {why}; write it as in https://api.example or https://api.example/base")]
    BaseUrl {
        /// The reason.
        why: String,
    },
    /// A `base_url` that would send credentials unencrypted.
    #[error(
        "base_url: {host} is not this machine, and http:// sends the credentials unencrypted; write https://, or set allow_http = true if you control the network in between"
    )]
    Http {
        /// The host.
        host: String,
    },
    /// A currency that the provider does not accept.
    #[error("currency: {0}")]
    Currency(String),
    /// An operation that the provider does not have.
    #[error("operations: {provider} has no operation `{value}`; write one or more of: {known}")]
    Operation {
        /// The configured value.
        value: String,
        /// The provider's name.
        provider: &'static str,
        /// The provider's operations.
        known: String,
    },
    /// `secrets` is not a table.
    #[error("secrets: write a table, as in [connections.NAME.secrets] with one line for each secret")]
    Secrets,
    /// A secret that the provider does not use, most likely a misspelling.
    #[error("secrets.{name}: {provider} has no such secret; use one of: {known}")]
    SecretUnknown {
        /// The configured name.
        name: String,
        /// The provider's name.
        provider: &'static str,
        /// The provider's secrets.
        known: String,
    },
    /// A secret that cannot be read.
    #[error("secrets.{name}: {source}")]
    Secret {
        /// The secret's name.
        name: String,
        /// The reason.
        source: SecretError,
    },
    /// Too few secrets for any authentication scheme, or a secret that no header can contain.
    #[error("secrets: cannot authenticate with {provider}: {source}")]
    SignIn {
        /// The provider's name.
        provider: &'static str,
        /// The missing or invalid secret.
        source: SignInError,
    },
}

/// A valid connection.
pub(crate) struct Connection {
    pub(crate) name: String,
    pub(crate) provider: &'static Provider,
    /// Has no trailing slash: an operation's path starts with one.
    pub(crate) base_url: String,
    pub(crate) currency: Option<Currency>,
    operations: Vec<Purpose>,
    secrets: BTreeMap<String, SecretString>,
    /// Texts that no response may contain: the confidential secrets, and the credentials made from them.
    confidential: Vec<SecretString>,
}

impl Connection {
    pub(crate) fn new(name: String, table: Table, sources: Sources<'_>) -> Result<Self, ConnectionError> {
        let in_path = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if name.is_empty() || !name.bytes().all(in_path) {
            return Err(ConnectionError::Name);
        }
        let table = ConnectionTable::deserialize(Value::Table(table))
            .map_err(|error| ConnectionError::Key(error.message().to_owned()))?;
        let provider = Provider::find(&table.provider).ok_or_else(|| {
            let known: Vec<_> = Provider::ALL.iter().map(|provider| provider.id).collect();
            ConnectionError::Provider { value: table.provider.clone(), known: known.join(", ") }
        })?;
        let base_url = base_url(&table.base_url, table.allow_http)?;
        let currency = table.currency.map(|code| currency(provider, &code)).transpose()?;
        let operations = operations(provider, table.operations)?;
        let secrets = secrets(provider, table.secrets, sources)?;
        let signed_in = try_sign_in(provider, &expose(&secrets))?;
        let authorization = signed_in.headers.get("Authorization").and_then(|value| value.split_once(' '));
        let credentials = authorization.map(|(_, credentials)| SecretString::from(credentials));
        let names: Vec<_> = provider.auth.iter().flat_map(|scheme| scheme.confidential()).collect();
        let named = secrets.iter().filter(|(name, _)| names.contains(&name.as_str()));
        let confidential = named.map(|(_, secret)| secret.clone()).chain(credentials).collect();
        Ok(Self { name, provider, base_url, currency, operations, secrets, confidential })
    }

    /// Whether the connection relays operations of this purpose.
    pub(crate) fn relays(&self, purpose: Purpose) -> bool {
        self.operations.contains(&purpose)
    }

    /// The secrets in plain text, for the time that it takes to authenticate a request.
    pub(crate) fn secrets(&self) -> Secrets {
        expose(&self.secrets)
    }

    /// Texts that no response may contain.
    pub(crate) fn confidential(&self) -> impl Iterator<Item = &str> {
        self.confidential.iter().map(|secret| secret.expose_secret())
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

/// Authenticates a request that is never sent, so that an error is reported at startup and not with the first payment.
fn try_sign_in(provider: &'static Provider, secrets: &Secrets) -> Result<Request, ConnectionError> {
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
    sign_in(provider.auth, &mut request, secrets, Instant::from_unix(0))
        .map_err(|source| ConnectionError::SignIn { provider: provider.name, source })?;
    Ok(request)
}

/// The headers that accompany an authentication scheme, such as the account, and the names of their values.
fn account_headers(scheme: Scheme) -> &'static [(&'static str, &'static str)] {
    if let Scheme::Bearer { with, .. } = scheme { with } else { &[] }
}

fn base_url(text: &str, allow_http: bool) -> Result<String, ConnectionError> {
    let invalid = |why: &str| ConnectionError::BaseUrl { why: why.to_owned() };
    let url = Url::parse(text).map_err(|error| invalid(&error.to_string()))?;
    let host = url.host_str().ok_or_else(|| invalid("it has no host"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid("it starts with neither http:// nor https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("it contains a user or a password, which belong in secrets"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(invalid("it has a query or a fragment"));
    }
    if url.scheme() == "http" && !allow_http && !is_loopback(host) {
        return Err(ConnectionError::Http { host: host.to_owned() });
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The operations that the connection relays; defaults to those that recording a payment needs. An operation that
/// removes or adds anything else, or that shows more than the invoice, must be configured by name.
fn operations(
    provider: &'static Provider,
    configured: Option<Vec<String>>,
) -> Result<Vec<Purpose>, ConnectionError> {
    let known = || provider.all_operations().map(|operation| operation.purpose);
    let Some(configured) = configured else {
        return Ok(known().filter(|purpose| purpose.is_relayed_by_default()).collect());
    };
    let find = |value: String| {
        let found = known().find(|purpose| purpose.as_str() == value);
        found.ok_or_else(|| {
            let mut names: Vec<_> = known().map(Purpose::as_str).collect();
            names.dedup();
            ConnectionError::Operation { value, provider: provider.name, known: names.join(", ") }
        })
    };
    configured.into_iter().map(find).collect()
}

/// Parses a currency that the provider accepts.
fn currency(provider: &Provider, code: &str) -> Result<Currency, ConnectionError> {
    let field = provider.payment.fields.iter().find(|field| matches!(field.kind, Kind::Currency(_)));
    if let Some(field) = field {
        // The draft has only a currency: issues of other fields do not count.
        let draft = Draft::new().with(field.name, code);
        let issues = provider.payment.parse(&draft, &Context::default()).err();
        let issue =
            issues.as_ref().and_then(|rejection| rejection.issues().find(|issue| issue.field == field.name));
        if let Some(issue) = issue {
            return Err(ConnectionError::Currency(message::Table::english().issue(issue)));
        }
    }
    Currency::parse(code).map_err(|_| {
        ConnectionError::Currency(format!("`{code}` is not an ISO 4217 code; write one, as in EUR"))
    })
}

fn secrets(
    provider: &'static Provider,
    configured: Option<Value>,
    sources: Sources<'_>,
) -> Result<BTreeMap<String, SecretString>, ConnectionError> {
    let table = match configured {
        None => return Ok(BTreeMap::new()),
        Some(Value::Table(table)) => table,
        Some(_) => return Err(ConnectionError::Secrets),
    };
    let needed = provider.auth.iter().flat_map(|scheme| scheme.secrets());
    let known: Vec<_> =
        needed.chain(provider.auth.iter().flat_map(|s| account_headers(*s)).map(|(_, name)| *name)).collect();
    let mut secrets = BTreeMap::new();
    for (name, source) in table {
        if !known.contains(&name.as_str()) {
            let known = known.join(", ");
            return Err(ConnectionError::SecretUnknown { name, provider: provider.name, known });
        }
        match secret::find(&source, sources) {
            Ok(secret) => secrets.insert(name, secret),
            Err(source) => return Err(ConnectionError::Secret { name, source }),
        };
    }
    Ok(secrets)
}
