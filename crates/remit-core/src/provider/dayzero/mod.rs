//! DayZero: JSON, cents, and a bank transaction for every payment.
//!
//! Sources: DZ-A and DZ-B are two editions of the reference (www.ondayzero.com and ondayzero.com), DZ-G its guides.

#[cfg(feature = "emulate")]
mod emulation;
mod operations;

use crate::operation::auth::Scheme;
use crate::provider::declaration::Provider;
pub use operations::*;

/// DayZero.
pub const PROVIDER: Provider = Provider {
    id: "dayzero",
    name: "DayZero",
    payment: Payment::OPERATION,
    operations: OPERATIONS,
    auth: &[Scheme::Bearer { secret: "token", with: &[(BUSINESS, "businessId")] }],
    #[cfg(feature = "emulate")]
    emulation: emulation::EMULATION,
};
