//! Leptos components that record a payment against an invoice in Clockify, DayZero, Harvest or iVvy.
//!
//! | Component | What it is |
//! |---|---|
//! | [`PaymentForm`] | a form that records a payment, with the invoice's payments below it |
//! | [`InvoiceForm`] | a form that adds an invoice |
//! | [`PaymentList`] | the payments of an invoice, with a button that removes one |
//!
//! The components ask for the fields of the chosen provider, check them with `remit-core` while the user types, show a review,
//! send the request once with gloo-net, and show the outcome. Requests go to a [relay](Endpoint::relay) that holds the provider's
//! secrets, or [directly to the provider](Endpoint::provider) with the user's own.
//!
//! # Usage
//!
//! ```
//! use leptos::prelude::*;
//! use remit_leptos::{Endpoint, Invoice, PaymentForm, Recorded};
//!
//! #[component]
//! fn RecordPayment() -> impl IntoView {
//!     let endpoint = Endpoint::relay("https://relay.example.com/harvest-v2");
//!     let invoice = Invoice::new("13150378", "EUR").with_balance("1250.00").with_number("INV-42");
//!     view! {
//!         <PaymentForm provider="harvest-v2" endpoint invoice on_success=move |paid: Recorded| {
//!             leptos::logging::log!("recorded {}", paid.payment.amount);
//!         }/>
//!     }
//! }
//! ```
//!
//! A required prop takes a plain value, a signal or a closure. An optional prop takes a plain value, a signal of the value or
//! of an `Option`, or `Signal::derive` with a closure. A callback takes a closure or a `Callback`; state the type of its
//! argument, such as [`Recorded`].
//!
//! # Features
//!
//! Like Leptos itself, the crate needs one of these in each build:
//!
//! | Feature | For |
//! |---|---|
//! | `csr` | an application that runs only in the browser, for example with Trunk |
//! | `hydrate` | the browser's part of an application that a server renders |
//! | `ssr` | that server |
//!
//! A server renders the form with plain amounts and dates (`EUR 1250.00`). After hydration, the browser writes them in the user's
//! notation, and a stored payment whose outcome is unknown appears.
//!
//! # Styles
//!
//! The components bring their styles in a `<style>` element, limited to themselves with `@scope`. Custom properties such as
//! `--remit-accent` change colours, shape, spacing and type; the top of `www/remit.css` lists them. Under a
//! Content-Security-Policy without inline styles, pass `styles=false` and serve [`STYLES`] as a file.

/// Runs the Rust examples of the pages, those of the validator and those of the components.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../../README.md")]
    mod readme {}
    #[doc = include_str!("../../../docs/leptos.md")]
    mod leptos {}
}

#[cfg(target_arch = "wasm32")]
mod browser;
mod components;
mod endpoint;
mod form;
#[cfg(target_arch = "wasm32")]
mod net;
mod outcome;
mod styles;
mod view;

pub use components::invoice_form::{InvoiceForm, InvoiceFormProps};
pub use components::payment_form::{PaymentForm, PaymentFormProps};
pub use components::payment_list::{PaymentList, PaymentListProps};
pub use endpoint::{Endpoint, Invoice};
pub use form::{Form, Host, browser_formats};
pub use outcome::{
    Added, NotSent, Recorded, Refused, Removed, SessionExpired, Submission, Ticket, Uncertain,
};
/// The validator: amounts, dates, providers and their rules.
pub use remit_core;
/// The state machine behind every form.
pub use remit_session;
pub use styles::STYLES;
