//! DayZero: JSON, cents, and a bank transaction for every payment.
//!
//! Sources: DZ-A and DZ-B are two editions of the reference (www.ondayzero.com and ondayzero.com), DZ-G its guides.

#[cfg(feature = "emulate")]
mod emulation;
mod operations;

use crate::operation::auth::Scheme;
#[cfg(feature = "complete")]
use crate::provider::base::Base;
use crate::provider::declaration::Provider;
pub use operations::*;

/// DayZero.
pub const PROVIDER: Provider = Provider {
    id: "dayzero",
    name: "DayZero",
    payment: Payment::OPERATION,
    operations: OPERATIONS,
    auth: &[Scheme::Bearer { secret: "token", with: &[(BUSINESS, "businessId")] }],
    // 429 is documented without a number, so requests are not throttled. [DZ-G, errors]
    #[cfg(feature = "complete")]
    throttle: None,
    // [DZ-A, "Code samples"]
    #[cfg(feature = "complete")]
    bases: &[Base { host: "api.ondayzero.com", path: "" }],
    #[cfg(feature = "emulate")]
    emulation: emulation::EMULATION,
};
