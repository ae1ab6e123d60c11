//! Somebody else, who records a payment directly at the provider.

use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use remit_core::operation::auth::sign_in;
use remit_core::{Instant, Provider};

use crate::wire;
use crate::wish::Wish;

/// Records the payment of a wish at the provider, with the provider's credentials.
///
/// # Errors
/// If it is not recorded.
pub(crate) async fn record(provider: &'static Provider, sandbox: SocketAddr, wish: &Wish) -> Result<()> {
    let mut request = wish.request.clone();
    let credentials = provider.emulation.credentials.first().context("no credentials")?;
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let now = Instant::from_unix(i64::try_from(since)?);
    sign_in(provider.auth, &mut request, &credentials.iter().copied().collect(), now)?;
    let path = format!("{}{}", provider.emulation.base, request.path);
    let response = wire::exchange(sandbox, &path, &request).await?;
    ensure!(response.is_success(), "the provider refused: {} {}", response.status, response.body);
    Ok(())
}
