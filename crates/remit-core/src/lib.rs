//! Validates and normalises payments that were received against invoices, for the systems that keep the invoices.
//!
//! # Overview
//!
//! A [`Draft`] (text by field name) goes in. Either a [`Checked`] payment comes out, with the exact
//! [`wire::Request`] that records it, or a [`Rejection`] with every issue at once. The provider's response is read as
//! an [`Outcome`]: recorded, refused, not sent or unknown.
//!
//! The crate is `no_std` (with `alloc`) and pure: it does no I/O and has no clock and no time zone database. The caller
//! sends the request, and passes the current time and the time zone in a [`Context`].
//!
//! | Module | What it holds |
//! |---|---|
//! | [`money`] | [`Money`] in minor units, [`Currency`], reading amounts from text |
//! | [`time`] | [`Instant`], [`Zone`], reading moments from text |
//! | [`report`] | issue and notice codes, findings, sentences in any language |
//! | [`ledger`] | what a provider keeps: [`Invoice`], [`RecordedPayment`], [`BankTransaction`] |
//! | [`schema`] | the declaration of fields, and checked values |
//! | [`check`] | [`Draft`], [`Context`] and the check itself |
//! | [`wire`] | HTTP requests and responses as data, JSON, XML |
//! | [`operation`] | what a provider can be asked: requests, responses, outcomes, sign-in, reconciliation |
//! | [`provider`] | the providers, one page each |
//! | [`to_json`] | the same data as JSON, for JavaScript |
//!
//! # Usage
//!
//! ```
//! use remit_core::{Context, Draft, Provider};
//!
//! let harvest = Provider::find("harvest").ok_or("no such provider")?;
//! let draft = Draft::new()
//!     .with("invoiceId", "4393")
//!     .with("currency", "USD")
//!     .with("amount", "1,238.00")
//!     .with("paidAt", "2008-02-14T00:00:00Z");
//! let checked = harvest.check(&draft, &Context::default())?;
//! assert_eq!(checked.payment.amount.to_string(), "USD 1238.00");
//! assert_eq!(checked.request.path, "/invoices/4393/payments");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Cookbook
//!
//! ## Report every issue of a draft
//!
//! An issue is data: a field, a stable code and parameters. [`report::message::Table`] holds the sentences.
//!
//! ```
//! use remit_core::report::message::Table;
//! use remit_core::{Code, Context, Draft, Provider};
//!
//! let clockify = Provider::find("clockify").ok_or("no such provider")?;
//! let draft = Draft::new().with("workspaceId", "w1").with("invoiceId", "i1").with("currency", "USD").with("amount", "1.250");
//! let rejection = clockify.check(&draft, &Context::default()).err().ok_or("it is incomplete")?;
//! let issues: Vec<_> = rejection.issues().map(|issue| (issue.field, issue.code)).collect();
//! assert_eq!(issues, [("paidAt", Code::Required), ("amount", Code::AmountAmbiguous)]);
//! let english = Table::english();
//! assert!(rejection.issues().all(|issue| !english.issue(issue).is_empty()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ## Refuse a payment that exceeds the balance
//!
//! Rules whose inputs are missing are skipped, so pass what you know in the [`Context`].
//!
//! ```
//! use remit_core::{Code, Context, Currency, Draft, Invoice, Money, Provider};
//!
//! let eur: Currency = "EUR".parse()?;
//! let invoice = Invoice { balance: Some(Money::from_minor(10_000, eur)), ..Invoice::new("156", eur) };
//! let context = Context { invoice: Some(invoice), ..Context::default() };
//! let draft = Draft::new()
//!     .with("invoiceId", "156")
//!     .with("amount", "100.01")
//!     .with("paidAt", "2026-11-19")
//!     .with("method", "cash")
//!     .with("receiptNumber", "7");
//! let ivvy = Provider::find("ivvy").ok_or("no such provider")?;
//! let rejection = ivvy.check(&draft, &context).err().ok_or("iVvy refuses overpayments")?;
//! assert!(rejection.issues().any(|issue| issue.code == Code::OverOutstanding));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ## Read the provider's response
//!
//! ```
//! use remit_core::wire::{Headers, Response};
//! use remit_core::{Currency, Outcome, Provider};
//!
//! let ivvy = Provider::find("ivvy").ok_or("no such provider")?;
//! let response = Response::new(200, Headers::default(), r#"{"success":true,"id":7}"#);
//! let Outcome::Recorded(receipt) = ivvy.receipt(&response, "AUD".parse()?) else { panic!("recorded") };
//! assert_eq!(receipt.payment_id.as_deref(), Some("7"));
//! // A gateway timeout does not say whether the payment was recorded. Do not send it again.
//! let lost = Response::new(504, Headers::default(), "");
//! assert!(matches!(ivvy.receipt(&lost, "AUD".parse()?), Outcome::Unknown(_)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ## Find a payment whose response was lost
//!
//! List the invoice's payments before sending and again afterwards, and compare.
//!
//! ```
//! use remit_core::operation::reconcile::{Match, compare};
//! use remit_core::{Context, Draft, Money, Provider, RecordedPayment};
//!
//! let harvest = Provider::find("harvest").ok_or("no such provider")?;
//! let draft = Draft::new()
//!     .with("invoiceId", "4393")
//!     .with("currency", "USD")
//!     .with("amount", "1238.00")
//!     .with("paidAt", "2026-11-19T10:00:00Z")
//!     .with("note", "ACH 8841");
//! let sent = harvest.check(&draft, &Context::default())?.payment;
//! let before = [];
//! let similar = [RecordedPayment { paid_at: sent.paid_at, ..RecordedPayment::new("99", Some(sent.amount)) }];
//! let after = similar.clone().map(|payment| RecordedPayment { note: sent.note.clone(), ..payment });
//! assert_eq!(compare(&sent, Some(&before), &after), Match::Recorded("99".to_owned()));
//! // Without a note, the payment could also be one that someone else has recorded.
//! let unmarked = remit_core::Payment { note: None, ..sent.clone() };
//! assert_eq!(compare(&unmarked, Some(&before), &similar), Match::Similar("99".to_owned()));
//! // A payment that was already listed cannot be the one that was sent.
//! assert_eq!(compare(&sent, Some(&after), &after), Match::NotRecorded);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! | Feature | Adds | For |
//! |---|---|---|
//! | (none) | recording payments | validators in a browser |
//! | `form` | the other operations that a form needs, and a form's texts | forms in a browser |
//! | `files` | the sentences about files of rows | readers of CSV files |
//! | `complete` | every operation | relays |
//! | `sign` | request signatures (HMAC); a signing secret never belongs in a browser | relays |
//! | `emulate` | the provider's side of the wire | sandboxes and tests |
//!
//! # Non-goals
//!
//! - Sending requests, retrying them, or storing anything. No provider offers an idempotency key, so a retry is the
//!   caller's decision; [`operation::reconcile`] supplies the facts for it.
//! - Currency conversion, rounding, and floating-point amounts. An amount is exact or it is rejected.
//! - A time zone database: pass offsets, or a function that knows them, in [`Zone`].

#![no_std]
extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod check;
#[cfg(feature = "emulate")]
pub mod emulate;
pub mod ledger;
pub mod money;
pub mod operation;
mod payment;
pub mod provider;
pub mod report;
pub mod schema;
pub mod text;
pub mod time;
pub mod to_json;
pub mod wire;

pub use check::context::Context;
pub use check::draft::Draft;
pub use check::interpreter::applies;
pub use ledger::account_option::AccountOption;
pub use ledger::bank_transaction::BankTransaction;
pub use ledger::invoice::{Invoice, InvoiceState};
pub use ledger::recorded_payment::RecordedPayment;
pub use money::currency::{Currency, CurrencyError};
pub use money::{Money, MoneyError};
pub use operation::Operation;
pub use operation::answer::{Answer, Next, Page};
pub use operation::body::Body;
pub use operation::outcome::{
    Cause, DEADLINE_HEADER, Failure, KEY_HEADER, Outcome, Problem, ProblemCode, RELAY_HEADER,
    REPLAYED_HEADER, Reason, Receipt,
};
pub use operation::purpose::Purpose;
pub use payment::Payment;
pub use provider::declaration::{Checked, Provider};
pub use report::codes::{Code, NoticeCode, Timing};
pub use report::finding::{Finding, Issue, Notice, Param, Params};
pub use report::rejection::{Findings, Rejection};
pub use schema::name;
pub use schema::suggestion::Suggestion;
pub use schema::value::Value;
pub use schema::values::Values;
pub use text::digits::{is_digit, is_invisible, is_zero, odd_character};
pub use time::instant::Instant;
pub use time::zone::{Local, Offset, Zone};
