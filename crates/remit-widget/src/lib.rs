//! The form that records a payment: Leptos components in a shadow root, built from a provider's declaration.
//!
//! This crate names no provider and decides no rule. Fields, limits and conditions come from
//! [`remit_core::Provider`]; sentences come from a locale's table. `www/remit.js` defines the custom element's class and
//! connects the form to the host page.

mod ask;
mod element;
mod event;
mod intl;
mod listing;
mod options;
mod payments;
mod phase;
mod send;
mod sentences;
mod state;
mod text;
mod transactions;
mod typed;
mod view;

pub use element::Widget;
