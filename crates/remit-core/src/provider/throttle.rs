//! Published rate limits.

/// A provider's rate limit per caller.
#[derive(Debug, Clone, Copy)]
pub struct Throttle {
    /// The maximum number of requests.
    pub calls: usize,
    /// The period in seconds.
    pub seconds: u32,
    /// If set, only callers that use the scheme at this index of [`Provider::auth`](crate::Provider::auth) are limited.
    pub only: Option<usize>,
}
