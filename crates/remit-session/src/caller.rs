//! A provider at an address, with credentials.

use remit_core::operation::auth::{Secrets, sign_in};
use remit_core::wire::Request;
use remit_core::{Cause, Context, Draft, Failure, Provider, Purpose, Reason};

/// A provider with the address and the credentials to call it.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) provider: &'static Provider,
    /// Without a trailing slash.
    pub(crate) base_url: String,
    pub(crate) credentials: Secrets,
}

impl Caller {
    pub(crate) fn has_credentials(&self) -> bool {
        self.credentials.names().next().is_some()
    }

    /// The request with credentials.
    ///
    /// # Errors
    /// [`Failure::NotSent`] if the page has set no address or unusable credentials.
    pub(crate) fn sign(&self, mut request: Request) -> Result<Request, Failure> {
        let stopped = |words: &str| Failure::NotSent(Reason::new(Cause::Stopped, words));
        if self.base_url.is_empty() {
            return Err(stopped(
                "The page has set no address. It must set that of the relay or the provider.",
            ));
        }
        if self.has_credentials() {
            sign_in(self.provider.auth, &mut request, &self.credentials, None)
                .map_err(|error| stopped(&error.to_string()))?;
        }
        Ok(request)
    }
}

/// The request for an operation, or `None` if the provider lacks it or the draft lacks a field that it needs. Other fields of
/// the draft are not sent.
pub(crate) fn request(provider: &'static Provider, purpose: Purpose, draft: &Draft) -> Option<Request> {
    let operation = provider.operation(purpose)?;
    let (values, _) = operation.parse(draft, &Context::default()).ok()?;
    Some(operation.request(&values))
}
