//! Where payments are sent, and what is paid.

use remit_core::operation::auth::Secrets;
use remit_core::{Currency, Money};
use remit_session::Options;

/// Where requests go. The default is nowhere: then the application takes over each payment, with `on_submit`.
///
/// A component shows an alert in place of its form if the address is invalid; [`Endpoint::check`] says why.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Endpoint {
    base_url: String,
    pub(crate) secrets: Secrets,
}

impl Endpoint {
    /// A relay, which adds the provider's secrets: the browser never holds them. `{provider}` in the address stands for the
    /// identifier of the chosen provider.
    ///
    /// ```
    /// use remit_leptos::Endpoint;
    ///
    /// assert!(Endpoint::relay("https://relay.example.com/{provider}").check().is_ok());
    /// // The browser would read this as a path on the page's own server.
    /// assert!(Endpoint::relay("relay.example.com").check().is_err());
    /// ```
    #[must_use]
    pub fn relay(base_url: &str) -> Self {
        Self { base_url: base_url.to_owned(), secrets: Secrets::default() }
    }

    /// The provider's own API, with the user's own secrets. Only for pages that their users trust with
    /// them: the secrets are in the browser's memory.
    ///
    /// ```
    /// use remit_leptos::Endpoint;
    ///
    /// let typed = "a key that the user has typed";
    /// let direct = Endpoint::provider("https://api.clockify.me/api", [("apiKey", typed)]);
    /// assert!(direct.check().is_ok());
    /// ```
    #[must_use]
    pub fn provider<'a>(base_url: &str, secrets: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self { base_url: base_url.to_owned(), secrets: secrets.into_iter().collect() }
    }

    /// The address, without its trailing slash.
    ///
    /// # Errors
    /// A message for the developer that says what is wrong with the address.
    pub fn check(&self) -> Result<String, String> {
        Options::address(&self.base_url).map_err(|message| message.replacen("base-url", "endpoint", 1))
    }
}

/// The invoice to pay.
///
/// A component shows an alert in place of its form if a value is invalid; [`Invoice::check`] says why.
///
/// ```
/// use remit_leptos::Invoice;
///
/// let invoice = Invoice::new("13150378", "EUR").with_balance("1250.00").with_number("INV-42");
/// assert!(invoice.check().is_ok());
/// assert!(Invoice::new("13150378", "EUR").with_balance("1,250.00€").check().is_err());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Invoice(Result<remit_core::Invoice, String>);

impl Invoice {
    /// An invoice with the provider's identifier and its ISO 4217 currency.
    #[must_use]
    pub fn new(id: &str, currency: &str) -> Self {
        let currency = Currency::parse(currency).map_err(|_| {
            format!("invoice: currency must be an ISO 4217 code such as EUR, not \"{currency}\".")
        });
        Self(currency.map(|currency| remit_core::Invoice::new(id, currency)))
    }

    /// Sets the balance, as decimal text. The form then suggests it, and knows an overpayment.
    #[must_use]
    pub fn with_balance(self, balance: &str) -> Self {
        Self(self.0.and_then(|invoice| {
            let currency = invoice.currency;
            let balance = Money::parse(balance, currency).map_err(|_| {
                format!(
                    "invoice: balance must be a decimal amount in {currency} such as 1250.00, not \"{balance}\"."
                )
            })?;
            Ok(remit_core::Invoice { balance: Some(balance), ..invoice })
        }))
    }

    /// Sets the number that people use, for the form's sentences.
    #[must_use]
    pub fn with_number(self, number: &str) -> Self {
        Self(self.0.map(|invoice| remit_core::Invoice { number: Some(number.to_owned()), ..invoice }))
    }

    /// The invoice.
    ///
    /// # Errors
    /// A message for the developer that names the invalid value.
    pub fn check(&self) -> Result<&remit_core::Invoice, &str> {
        self.0.as_ref().map_err(String::as_str)
    }
}

impl From<remit_core::Invoice> for Invoice {
    fn from(invoice: remit_core::Invoice) -> Self {
        Self(Ok(invoice))
    }
}
