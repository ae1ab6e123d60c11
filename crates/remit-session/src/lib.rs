//! The life of one payment form, from the first keystroke to the outcome, without a DOM, a clock or a network.
//!
//! # Overview
//!
//! A [`Session`] is a state machine: [`Session::handle`] takes an [`Event`] (the person typed, the page changed an option, a
//! response arrived) and returns [`Effect`]s (send this request, store this intent, tell the page). The caller
//! carries the effects out and reports their results as further events. The same session runs behind the Leptos components,
//! the custom elements and the npm package, and in tests against a model of a provider's records.
//!
//! ```text
//! Editing ─submit─▶ Review ─confirm─▶ Sending ─────────────▶ recorded | refused | not sent | unknown
//!    ▲                 │                 └─the page takes over─▶ HandedOver ─settle─┘            │
//!    └──────change─────┘                                          check again, until settled ◀──┘
//! ```
//!
//! # Promises
//!
//! - **At most one request to record is sent for each confirmation**, and none while another payment of the same invoice is
//!   pending or its outcome is unknown, in this form or in another tab.
//! - **No outcome is lost.** Nothing that the page sets, resets or removes leaves a pending payment or an unknown outcome. An
//!   [`Intent`] is stored before its request is sent, so the next visit finds it.
//! - **No statement without evidence.** "Recorded" comes from the provider's response, from its list of payments, or from the
//!   person who looked.
//!
//! `tests/model.rs` plays random sequences of events against a model of the records and checks these promises.
//!
//! # Usage
//!
//! ```
//! use remit_session::{Event, Now, Options, Phase, Session};
//!
//! let options = Options::read(r#"{"provider": "harvest", "baseUrl": "https://relay.example.com/harvest", "preset": {"invoiceId": "4393"}}"#)?;
//! let mut session = Session::new(options, "a name that no other tab has", Now::default());
//! session.handle(Event::Submit, Now::default());
//! // The amount is missing, so the review does not open, and the session says what to ask for.
//! assert!(matches!(session.phase(), Phase::Editing));
//! assert!(session.errors().iter().any(|(field, text)| *field == "amount" && text == "Amount is required."));
//! # Ok::<(), String>(())
//! ```

mod announcement;
mod call;
mod caller;
mod check;
mod clock;
mod deliver;
mod effect;
mod entry;
mod event;
mod format;
mod intent;
mod invoice;
mod listing;
mod machine;
mod offered;
mod options;
mod payments;
mod phase;
mod question;
mod reading;
mod said;
mod session;
mod stored;
mod text;
mod transactions;
mod typed;

pub use announcement::Announcement;
pub use call::{Call, Mode};
pub use clock::Now;
pub use effect::Effect;
pub use entry::Entry;
pub use event::Event;
pub use format::{Format, Plain};
pub use intent::{Intent, Passed};
pub use listing::{Listing, PaymentsOf};
pub use options::Options;
pub use phase::{Check, CheckResult, Phase, Stage};
pub use question::{Choice, Question};
pub use said::{Action, Said};
pub use session::Session;
pub use stored::{State as StoredState, StoredIntent};
pub use text::UiText;
