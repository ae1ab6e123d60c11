//! The forms of Remit as custom elements, `<remit-payment>` and `<remit-invoice>`.
//!
//! `www/remit.js` defines the elements' classes, because WebAssembly cannot. Each mounts an [`element::Widget`], which connects a
//! form of `remit-leptos` to its element: options in, DOM events out.

mod element;
mod host;

pub use element::Widget;
