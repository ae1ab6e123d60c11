//! iVvy: JSON-RPC, decimal amounts, signed requests, and errors decided by the body.
//!
//! Sources: IV-DOC is github ivvycode/apidocs (IV-2020 its edition of April 2020, which still marks required
//! parameters), IV-SDK the official client, github ivvycode/ivvy-sdk-net.

#[cfg(feature = "emulate")]
mod emulation;
mod operations;
#[cfg(feature = "sign")]
mod signature;

use crate::operation::auth::{Scheme, Signature};
#[cfg(feature = "complete")]
use crate::provider::base::Base;
use crate::provider::declaration::Provider;
pub use operations::*;

/// iVvy.
pub const PROVIDER: Provider = Provider {
    id: "ivvy",
    name: "iVvy",
    payment: Payment::OPERATION,
    operations: OPERATIONS,
    auth: &[Scheme::Signed { key: "apiKey", secret: "apiSecret", signature: SIGNATURE }],
    // 429 is documented without a number, so requests are not throttled. [IV-DOC, errors]
    #[cfg(feature = "complete")]
    throttle: None,
    // `[PlatformAddress]` in the reference: Australia, the United States and the United Kingdom. [IV-DOC, Headers, HOST]
    #[cfg(feature = "complete")]
    bases: &[
        Base { host: "api.ap-southeast-2.ivvy.com", path: "" },
        Base { host: "api.us-west-2.ivvy.com", path: "" },
        Base { host: "api.eu-west-2.ivvy.com", path: "" },
    ],
    #[cfg(feature = "emulate")]
    emulation: emulation::EMULATION,
};

/// The signature, in the header `X-Api-Authorization`. [IV-DOC, Authentication]
const SIGNATURE: Signature = Signature {
    header: "X-Api-Authorization",
    #[cfg(feature = "sign")]
    sign: signature::sign,
    #[cfg(feature = "emulate")]
    holds: signature::holds,
    #[cfg(feature = "emulate")]
    signed_at: signature::signed_at,
    // "5 minutes" [IV-DOC, Authentication]
    #[cfg(feature = "emulate")]
    tolerance: 5 * 60,
};
