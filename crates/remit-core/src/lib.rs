//! Validates and normalises payments that were received against invoices, for the systems that keep the invoices.
//!
//! Pure: no I/O, no clock, no time zone database. A [`Draft`] goes in; a [`Checked`] payment with its
//! [`wire::Request`] comes out, or a [`Rejection`] with every issue. The answer, a [`wire::Reply`], is read as an
//! [`Outcome`].
//!
//! ```
//! use remit_core::{Draft, Known, Provider};
//!
//! let harvest = Provider::find("harvest").ok_or("no such provider")?;
//! let draft = Draft::new()
//!     .with("invoiceId", "4393")
//!     .with("currency", "USD")
//!     .with("amount", "1,238.00")
//!     .with("paidAt", "2008-02-14T00:00:00Z");
//! let checked = harvest.check(&draft, &Known::default())?;
//! assert_eq!(checked.payment.amount.to_string(), "USD 1238.00");
//! assert_eq!(checked.request.path, "/invoices/4393/payments");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// Keeps the README's example true.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod readme {}

mod agree;
mod amount;
mod answer;
pub mod auth;
mod check;
mod currency;
mod digits;
mod draft;
#[cfg(feature = "emulate")]
pub mod emulate;
pub mod field;
mod finding;
mod instant;
mod known;
mod lines;
pub mod look;
mod member;
pub mod message;
mod money;
mod operation;
mod outcome;
mod payment;
pub mod plain;
pub mod provider;
#[cfg(feature = "sign")]
pub mod sign;
pub mod template;
mod value;
pub mod wire;

pub use answer::{Answer, Choosable, Next, Page, Recorded};
pub use check::{Values, applies};
pub use currency::{Currency, CurrencyFault};
pub use digits::{is_digit, is_zero};
pub use draft::Draft;
pub use finding::{Code, Finding, Findings, Issue, Notice, NoticeCode, Param, Params, Rejection, Timing};
pub use instant::{Instant, Local, Offset, Reading, Zone};
pub use known::{Invoice, Known, State, Transaction};
pub use money::{Money, MoneyFault};
pub use operation::{Body, Operation, Purpose};
pub use outcome::{Cause, Failure, Outcome, Problem, ProblemCode, RELAY_HEADER, Reason, Receipt};
pub use payment::{Payment, Suggestion, name};
pub use provider::{Checked, Provider};
pub use value::Value;
