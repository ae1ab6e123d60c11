//! Reads the options.

use remit_session::Options;

/// The checked options, with amounts and dates as the platform's `Intl` writes them.
pub(crate) fn read(json: &str) -> Result<Options, String> {
    let options = Options::read(json)?;
    #[cfg(target_arch = "wasm32")]
    let options = Options { format: &crate::intl::Intl, ..options };
    Ok(options)
}
