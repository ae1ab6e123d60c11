//! One connection: a provider's address, and the secrets to sign in to it with.

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

/// `[connections.NAME]`, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    provider: String,
    base_url: String,
    /// Of every invoice that is paid through this connection, where they have but one.
    currency: Option<String>,
    /// What is relayed, by the names of [`Purpose`].
    operations: Option<Vec<String>>,
    /// Lets credentials go unencrypted to a host that is not this machine.
    #[serde(default)]
    allow_http: bool,
    /// Looked at by [`secret::find`]: a parser's message would quote what it does not expect.
    secrets: Option<Value>,
}

/// What is wrong with a connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectionError {
    /// The name cannot stand in a path.
    #[error("the name is part of a path: write it with letters, digits, `-` and `_`")]
    Name,
    /// A key that is missing, unknown or of the wrong kind.
    #[error("{0}")]
    Key(String),
    /// There is no such provider.
    #[error("provider: there is no `{given}`; write one of: {known}")]
    Provider {
        /// What was written.
        given: String,
        /// The providers that there are.
        known: String,
    },
    /// Not an address to forward to.
    #[error("base_url: {why}; write it as in https://api.example or https://api.example/base")]
    BaseUrl {
        /// What is wrong with it.
        why: String,
    },
    /// Credentials would go out unencrypted.
    #[error(
        "base_url: {host} is not this machine, and http:// would show the credentials to everybody on the way; write https://, or allow_http = true if the way is yours"
    )]
    Http {
        /// The host.
        host: String,
    },
    /// Not a currency that the provider takes.
    #[error("currency: {0}")]
    Currency(String),
    /// Not an operation that the provider has.
    #[error("operations: {provider} has no `{given}`; write some of: {known}")]
    Operation {
        /// What was written.
        given: String,
        /// The provider's name.
        provider: &'static str,
        /// The operations that it has.
        known: String,
    },
    /// `secrets` is not a table.
    #[error("secrets: write a table, as in [connections.NAME.secrets] with a line a secret")]
    Secrets,
    /// A secret that nothing needs, most likely a misspelling.
    #[error("secrets.{given}: {provider} has no such secret; write one of: {known}")]
    SecretUnknown {
        /// What was written.
        given: String,
        /// The provider's name.
        provider: &'static str,
        /// The secrets that it has.
        known: String,
    },
    /// A secret that cannot be had.
    #[error("secrets.{name}: {source}")]
    Secret {
        /// The secret's name.
        name: String,
        /// Why.
        source: SecretError,
    },
    /// Too few secrets for any way to sign in, or one that no header can carry.
    #[error("secrets: {provider} cannot be signed in to; {source}")]
    SignIn {
        /// The provider's name.
        provider: &'static str,
        /// What is needed, or wrong.
        source: SignInError,
    },
}

/// A connection that can be used.
pub(crate) struct Connection {
    pub(crate) name: String,
    pub(crate) provider: &'static Provider,
    /// Without a slash at the end: an operation's path begins with one.
    pub(crate) base_url: String,
    pub(crate) currency: Option<Currency>,
    operations: Vec<Purpose>,
    secrets: BTreeMap<String, SecretString>,
    /// What must not be in any answer: the confidential ones of the secrets, and how they go out.
    confidential: Vec<SecretString>,
}

impl Connection {
    pub(crate) fn new(name: String, written: Table, sources: Sources<'_>) -> Result<Self, ConnectionError> {
        let in_path = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if name.is_empty() || !name.bytes().all(in_path) {
            return Err(ConnectionError::Name);
        }
        let written = Written::deserialize(Value::Table(written))
            .map_err(|error| ConnectionError::Key(error.message().to_owned()))?;
        let provider = Provider::find(&written.provider).ok_or_else(|| {
            let known: Vec<_> = Provider::ALL.iter().map(|provider| provider.id).collect();
            ConnectionError::Provider { given: written.provider.clone(), known: known.join(", ") }
        })?;
        let base_url = base_url(&written.base_url, written.allow_http)?;
        let currency = written.currency.map(|code| currency(provider, &code)).transpose()?;
        let operations = operations(provider, written.operations)?;
        let secrets = secrets(provider, written.secrets, sources)?;
        let signed_in = try_sign_in(provider, &expose(&secrets))?;
        let sent = signed_in.headers.get("Authorization").and_then(|value| value.split_once(' '));
        let names: Vec<_> = provider.auth.iter().flat_map(|scheme| scheme.confidential()).collect();
        let named = secrets.iter().filter(|(name, _)| names.contains(&name.as_str()));
        let sent = sent.map(|(_, credentials)| SecretString::from(credentials));
        let confidential = named.map(|(_, secret)| secret.clone()).chain(sent).collect();
        Ok(Self { name, provider, base_url, currency, operations, secrets, confidential })
    }

    /// Whether an operation for this purpose is relayed.
    pub(crate) fn relays(&self, purpose: Purpose) -> bool {
        self.operations.contains(&purpose)
    }

    /// The secrets, in the open for as long as a request is signed.
    pub(crate) fn secrets(&self) -> Secrets {
        expose(&self.secrets)
    }

    /// What must not be in any answer.
    pub(crate) fn confidential(&self) -> impl Iterator<Item = &str> {
        self.confidential.iter().map(|secret| secret.expose_secret())
    }

    /// The first header that this connection sets and the request has set to something else: the connection is bound
    /// to one account, and a page must not choose another under its credentials.
    pub(crate) fn overridden(&self, request: &Request) -> Option<&'static str> {
        self.provider.auth.iter().flat_map(|scheme| companions(*scheme)).find_map(|(header, name)| {
            let own = self.secrets.get(*name)?.expose_secret();
            let given = request.headers.get(header)?;
            (!given.eq_ignore_ascii_case(own)).then_some(*header)
        })
    }
}

fn expose(secrets: &BTreeMap<String, SecretString>) -> Secrets {
    secrets.iter().map(|(name, secret)| (name.as_str(), secret.expose_secret())).collect()
}

/// Signs in a request that goes nowhere, so that what is wrong is told at the start and not to the first customer.
fn try_sign_in(provider: &'static Provider, secrets: &Secrets) -> Result<Request, ConnectionError> {
    let mut request = Request {
        method: Method::Post,
        path: "/".to_owned(),
        headers: Headers::default(),
        body: String::new(),
    };
    // What goes with the credentials and is not among the secrets, each request brings itself, where it has a
    // field for it.
    for (header, name) in provider.auth.iter().flat_map(|scheme| companions(*scheme)) {
        if secrets.get(name).is_none() && provider.payment.field_on_wire(header).is_some() {
            request.headers.set(*header, "from the request");
        }
    }
    sign_in(provider.auth, &mut request, secrets, Instant::from_unix(0))
        .map_err(|source| ConnectionError::SignIn { provider: provider.name, source })?;
    Ok(request)
}

/// The headers that go with a way to sign in, and the names of their values.
fn companions(scheme: Scheme) -> &'static [(&'static str, &'static str)] {
    if let Scheme::Bearer { with, .. } = scheme { with } else { &[] }
}

fn base_url(text: &str, allow_http: bool) -> Result<String, ConnectionError> {
    let not = |why: &str| ConnectionError::BaseUrl { why: why.to_owned() };
    let url = Url::parse(text).map_err(|error| not(&error.to_string()))?;
    let host = url.host_str().ok_or_else(|| not("it has no host"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(not("it is neither http:// nor https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(not("it holds a user or a password, which belong in secrets"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(not("it has a query or a fragment"));
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

/// What is relayed: what is written, or else what recording payments takes. What removes or adds something else, or shows
/// more than the invoice, has to be asked for by its name.
fn operations(
    provider: &'static Provider,
    written: Option<Vec<String>>,
) -> Result<Vec<Purpose>, ConnectionError> {
    let known = || provider.all_operations().map(|operation| operation.purpose);
    let Some(written) = written else {
        return Ok(known().filter(|purpose| purpose.is_relayed_by_default()).collect());
    };
    let find = |given: String| {
        let found = known().find(|purpose| purpose.as_str() == given);
        found.ok_or_else(|| {
            let mut names: Vec<_> = known().map(Purpose::as_str).collect();
            names.dedup();
            ConnectionError::Operation { given, provider: provider.name, known: names.join(", ") }
        })
    };
    written.into_iter().map(find).collect()
}

/// A currency, when the provider takes it.
fn currency(provider: &Provider, code: &str) -> Result<Currency, ConnectionError> {
    let field = provider.payment.fields.iter().find(|field| matches!(field.kind, Kind::Currency(_)));
    if let Some(field) = field {
        // Whatever else a draft of a currency alone lacks.
        let draft = Draft::new().with(field.name, code);
        let issues = provider.payment.parse(&draft, &Context::default()).err();
        let issue =
            issues.as_ref().and_then(|rejection| rejection.issues().find(|issue| issue.field == field.name));
        if let Some(issue) = issue {
            return Err(ConnectionError::Currency(message::Table::english().issue(issue)));
        }
    }
    Currency::parse(code)
        .map_err(|_| ConnectionError::Currency(format!("`{code}` is not a code of ISO 4217")))
}

fn secrets(
    provider: &'static Provider,
    written: Option<Value>,
    sources: Sources<'_>,
) -> Result<BTreeMap<String, SecretString>, ConnectionError> {
    let table = match written {
        None => return Ok(BTreeMap::new()),
        Some(Value::Table(table)) => table,
        Some(_) => return Err(ConnectionError::Secrets),
    };
    let needed = provider.auth.iter().flat_map(|scheme| scheme.secrets());
    let known: Vec<_> =
        needed.chain(provider.auth.iter().flat_map(|s| companions(*s)).map(|(_, name)| *name)).collect();
    let mut secrets = BTreeMap::new();
    for (name, said) in table {
        if !known.contains(&name.as_str()) {
            let known = known.join(", ");
            return Err(ConnectionError::SecretUnknown { given: name, provider: provider.name, known });
        }
        match secret::find(&said, sources) {
            Ok(secret) => secrets.insert(name, secret),
            Err(source) => return Err(ConnectionError::Secret { name, source }),
        };
    }
    Ok(secrets)
}
