//! The form that records a payment: Leptos components in a shadow root, driven by a provider's declaration alone.
//!
//! Nothing here names a provider or decides a rule: fields, limits and conditions come from
//! [`remit_core::Provider`], sentences from a locale's table, and the host page speaks to it through
//! `www/remit.js`, which owns the custom element's class.

mod ask;
mod element;
mod event;
mod intl;
mod options;
mod payments;
mod send;
mod state;
mod transactions;
mod typed;
mod view;

pub use element::Widget;
