//! The components, and what they share.

#![allow(unreachable_pub, reason = "the component macro writes a second function, which is not exported")]

pub(crate) mod invoice_form;
pub(crate) mod payment_form;
pub(crate) mod payment_list;
pub(crate) mod shell;
